"""Starting an installed program: which version runs, and when the previous one returns."""

import os
import sys
from pathlib import Path

import pytest

from borderdesk.base import version_state, versions
from borderdesk.base.starter import run_newest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="for Windows: run.py test-windows")
WINDOW, COMMAND = (), ("doctor",)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the person's versions, beside a program that was installed."""
    (tmp_path / "installed" / "program").mkdir(parents=True)
    main = tmp_path / "installed" / "program" / "main.py"
    main.touch()
    monkeypatch.setattr(versions, "MAIN", main)
    monkeypatch.setattr(version_state, "MAIN", main)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    made = tmp_path / "BorderDesk-versions"
    made.mkdir()
    return made


def version(number: str, script: str) -> versions.InstalledVersion:
    """A version that runs a script; it finds itself in `folder`."""
    made = versions.version_in(number)
    made.main.parent.mkdir(parents=True)
    start = f"from pathlib import Path\nfolder = Path({str(made.folder)!r})\n"
    made.main.write_text(start + script, encoding="utf-8")
    return made


def test_versions_compare_as_numbers() -> None:
    assert versions.is_newer("0.10.0", "0.9.9")
    assert versions.is_newer("1.0", "0.99")
    assert not versions.is_newer("0.1", "0.1.0")
    for text in ("", "0", "1.x", "../0.2", "0.2.0-rc1", "0.2.0\n", "1" * 9 + ".0"):
        assert versions.version_numbers(text) is None, text


def test_only_a_whole_and_newer_version_runs(folder: Path) -> None:
    assert run_newest(WINDOW) is None
    for number, written in (("0.9.0", "0.9.0"), ("0.0.1", "0.0.1"), ("0.9.0", "../0.9.0"),
                            ("0.9.0", "x"), ("0.9.0", "")):  # fmt: skip
        (folder / "current").write_text(f"{written}\n", encoding="ascii")
        # An empty folder; then an entry that is not newer, or not a version.
        assert run_newest(WINDOW) is None
        assert not versions.version_in(number).is_whole()
    old = version("0.0.1", "raise SystemExit(7)\n")
    version_state.use_version(old)
    assert run_newest(WINDOW) is None


def test_a_new_version_is_trusted_once_its_window_has_opened_a_desk() -> None:
    new = version("0.9.0", "raise SystemExit(0)\n")
    version_state.use_version(new)
    assert run_newest(WINDOW) == 0
    assert new.was_opened()
    assert version_state.returned_from() is None
    # A window that crashes later, or is killed, does not cause a fallback.
    later = version("0.9.1", "(folder / 'opened').touch()\nraise SystemExit(9)\n")
    version_state.use_version(later)
    assert run_newest(WINDOW) == 9
    assert versions.named_version() == later


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit(1)\n", ""),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", ""),
        ("(folder / 'failed').write_text('Sổ mới')\nraise SystemExit(3)\n", "Sổ mới"),
    ],
)
def test_a_version_that_does_not_open_the_desk_gives_way_to_the_one_before(
    folder: Path, script: str, why: str
) -> None:
    good = version("0.5.0", "raise SystemExit(0)\n")
    version_state.use_version(good)
    version_state.use_version(version("0.9.0", script))
    assert run_newest(WINDOW) == 0
    assert versions.named_version() == good
    assert version_state.returned_from() == ("0.9.0", why)
    version_state.forget_return()
    # Without a previous version, the installed one.
    (folder / "current").write_text("0.9.0\n", encoding="ascii")
    assert run_newest(WINDOW) is None
    assert versions.named_version() is None
    assert version_state.returned_from() == ("0.9.0", why)


@pytest.mark.parametrize("status", [2, 3, 4])
def test_a_window_that_was_not_to_be_opened_is_no_reason_to_go_back(status: int) -> None:
    """Another window has the desk, or the password was wrong: the old version would fail too."""
    new = version("0.9.0", f"raise SystemExit({status})\n")
    version_state.use_version(new)
    assert run_newest(WINDOW) == status
    assert versions.named_version() == new


def test_a_command_becomes_the_new_version() -> None:
    new = version("0.9.0", "import sys\nraise SystemExit(5 * (sys.argv[1:] == ['doctor']))")
    version_state.use_version(new)
    child = os.fork()
    if not child:
        os._exit(run_newest(COMMAND) or 99)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5


def test_what_nobody_starts_any_more_is_removed(folder: Path) -> None:
    for number in ("0.2.0", "0.3.0", "0.4.0"):
        version_state.use_version(version(number, ""))
    (folder / "notes").mkdir()
    version_state.remove_others()
    assert sorted(path.name for path in folder.iterdir()) == ["0.3.0", "0.4.0", "current", "notes"]
