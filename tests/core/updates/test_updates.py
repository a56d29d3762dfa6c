"""Updates from a file: refused with an explanation, tried on a copy, installed beside, reverted."""

import json
import lzma
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import minisign
import pytest

from borderdesk.base import versions
from borderdesk.desk import Desk
from borderdesk.session.audit import AuditFilter
from borderdesk.updates import update_file
from borderdesk.updates.update_offers import find_updates
from tests.conftest import Cli
from tests.core.updates.installations import NEWER, Post, lay, make_update, renumber
from tests.effort import tries

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="for Windows: run.py test-windows")


@pytest.fixture(scope="module")
def key() -> minisign.SecretKey:
    return minisign.KeyPair.generate().secret_key


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, key: minisign.SecretKey) -> Path:
    """A read-only installation."""
    return lay(tmp_path_factory.mktemp("installed") / "borderdesk", key)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed program that does nothing."""
    main = tmp_path_factory.mktemp("small") / "program" / "main.py"
    main.parent.mkdir()
    main.write_text("raise SystemExit('gãy')\n", encoding="utf-8")
    return main.parents[1]


@pytest.fixture
def post(tmp_path: Path, program: Path, post_template: Path) -> Post:
    post = Post(tmp_path, program)
    shutil.copytree(post_template, post.desk)
    return post


@pytest.fixture
def here(
    post: Post, key: minisign.SecretKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Post:
    """The same, with this process as its program."""
    public = tmp_path / "update.pub"
    public.write_bytes(bytes(key.get_public_key()))
    monkeypatch.setattr(update_file, "KEY_FILE", public)
    monkeypatch.setattr(versions, "MAIN", post.program / "main.py")
    monkeypatch.setenv("XDG_DATA_HOME", str(post.data))
    return post


def files(folder: Path) -> dict[str, bytes]:
    """All files in a folder except logs and locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".lock", ".db-shm", ".db-wal")
    }


# ----------------------------------------------------------------------------- refused


def other_key(path: Path) -> None:
    """The same metadata signed by another key."""
    stranger = minisign.KeyPair.generate().secret_key
    _repack(path, lambda entries: {
        **entries, "update.json.minisig": bytes(stranger.sign(entries["update.json"])),
    })  # fmt: skip


def other_words(path: Path) -> None:
    """Another version under the old signature."""
    _repack(path, lambda entries: {
        **entries, "update.json": entries["update.json"].replace(b"0.9.0", b"0.9.9"),
    })  # fmt: skip


def other_program(path: Path) -> None:
    """Another program than the signed one."""
    _repack(path, lambda entries: {
        name: content if name.startswith("update.") else lzma.compress(b"other")
        for name, content in entries.items()
    })  # fmt: skip


def unsigned(path: Path) -> None:
    _repack(path, lambda entries: {n: c for n, c in entries.items() if "minisig" not in n})


def cut(path: Path) -> None:
    """Half a file, as after pulling out a stick."""
    os.truncate(path, path.stat().st_size // 2)


def cut_at_the_end(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def no_zip(path: Path) -> None:
    path.write_bytes(b"no update at all" * 100)


def one_bit(path: Path) -> None:
    """A single flipped bit in the program."""
    content = bytearray(path.read_bytes())
    content[content.index(b"7zXZ") + 40] ^= 4
    path.write_bytes(content)


def _repack(path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in change(entries).items():
            archive.writestr(name, content)


SIGNATURE, DAMAGED = "không mang chữ ký của khóa", "bị hỏng, bị cắt ngang"
BAD_FILES = {
    other_key: SIGNATURE, other_words: SIGNATURE, other_program: DAMAGED, unsigned: DAMAGED,
    cut: DAMAGED, cut_at_the_end: DAMAGED, empty: DAMAGED, no_zip: DAMAGED, one_bit: DAMAGED,
}  # fmt: skip


def test_a_bad_file_is_refused_in_words_and_changes_nothing(
    here: Post, small: Path, key: minisign.SecretKey, tmp_path: Path, cli_inline: Cli
) -> None:
    update = make_update(small, tmp_path / "BorderDesk.bdupdate", key)
    before, refused = files(here.desk), []
    for spoil, words in BAD_FILES.items():
        bad = tmp_path / "stick" / f"{spoil.__name__}.bdupdate"
        bad.parent.mkdir(exist_ok=True)
        shutil.copyfile(update, bad)
        spoil(bad)
        for more in ((), ("--dry-run",)):
            done = cli_inline("--desk", here.desk, "update", bad, *more)
            assert (done.returncode, done.stdout) == (4, ""), (spoil, done.stderr)
            assert words in done.stderr, (spoil, done.stderr)
            assert bad.name in done.stderr
        refused.append(bad.name)
    after = files(here.desk)
    assert {name for name, _content in before.items() ^ after.items()} <= {"desk.db", "desk.last"}
    with Desk.open(here.desk) as desk:
        lines = desk.audit.lines(AuditFilter(kind="program.refused"))
        assert [line.subject for line in reversed(lines)] == refused
        assert desk.backups.newest() is None
    assert not here.versions.exists()
    missing = cli_inline("--desk", here.desk, "update", tmp_path / "none.bdupdate")
    assert (missing.returncode, "none.bdupdate" in missing.stderr) == (1, True)
    for of_the_program in (other_program, one_bit):
        (tmp_path / "stick" / f"{of_the_program.__name__}.bdupdate").unlink()
    found = find_updates([tmp_path / "stick", tmp_path / "not there"])
    assert (found.offer, len(found.refused)) == (None, len(BAD_FILES) - 2)


def test_an_update_that_is_of_no_use_here_is_refused_by_what_it_is(
    here: Post, small: Path, key: minisign.SecretKey, tmp_path: Path, cli_inline: Cli
) -> None:
    cases = {
        "older": (("0.0.9",), "không mới hơn"),
        "same": (("0.1.0",), "không mới hơn"),
        "later": (("0.9.0", "0.5.0"), "0.5.0"),
        "other": (("0.9.0", "0.1.0", "windows-x86_64"), "Windows (64-bit)"),
    }
    for name, (wanted, words) in cases.items():
        file = make_update(small, tmp_path / f"{name}.bdupdate", key, *wanted)
        done = cli_inline("--desk", here.desk, "update", file)
        assert done.returncode == 4, (name, done.stderr)
        assert words in done.stderr, (name, done.stderr)
    with Desk.open(here.desk) as desk:
        refused = {line.subject for line in desk.audit.lines(AuditFilter(kind="program.refused"))}
    assert refused == {f"{name}.bdupdate" for name in cases if name != "same"}
    assert find_updates([tmp_path]) == (None, {})
    good = make_update(small, tmp_path / "GOOD.BDUPDATE", key, "0.8.0")
    better = make_update(small, tmp_path / "better.bdupdate", key, "0.10.0")
    offered = find_updates([tmp_path]).offer
    assert offered is not None
    assert (offered.path, offered.version, good.exists()) == (better, "0.10.0", True)


def test_a_program_without_a_key_trusts_no_update_and_a_working_copy_takes_none(
    here: Post,
    small: Path,
    key: minisign.SecretKey,
    tmp_path: Path,
    cli_inline: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    update = make_update(small, tmp_path / "BorderDesk.bdupdate", key)
    monkeypatch.setattr(versions, "MAIN", Path(__file__).parents[3] / "main.py")
    done = cli_inline("--desk", here.desk, "update", update)
    assert (done.returncode, "mã nguồn" in done.stderr) == (4, True)
    with Desk.open(here.desk) as desk:
        assert not desk.audit.lines(AuditFilter(kind="program.refused"))
    update_file.KEY_FILE.unlink()
    done = cli_inline("--desk", here.desk, "update", update)
    assert (done.returncode, "không có khóa" in done.stderr) == (4, True)
    assert "không có khóa" in cli_inline("--desk", here.desk, "doctor").stdout


def test_minisign_itself_verifies_an_update(
    small: Path, key: minisign.SecretKey, tmp_path: Path
) -> None:
    update = make_update(small, tmp_path / "BorderDesk.bdupdate", key)
    again = make_update(small, tmp_path / "again.bdupdate", key)
    with zipfile.ZipFile(update) as one, zipfile.ZipFile(again) as two:
        assert one.read("update.json") == two.read("update.json")
        one.extractall(tmp_path)
    public = tmp_path / "update.pub"
    public.write_bytes(bytes(key.get_public_key()))
    program = shutil.which("minisign")
    for file in (update, tmp_path / "update.json"):
        signature = minisign.Signature.from_file(file.with_name(f"{file.name}.minisig"))
        key.get_public_key().verify(file.read_bytes(), signature)
        if program:
            verify = [program, "-Vm", str(file), "-p", str(public)]
            subprocess.run(verify, check=True, capture_output=True)


# ------------------------------------------------------------------------ installed


def test_a_full_disk_in_the_middle_leaves_the_old_version(
    here: Post, small: Path, key: minisign.SecretKey, tmp_path: Path, cli_inline: Cli
) -> None:
    large = tmp_path / "large"
    shutil.copytree(small, large)
    (large / "program" / "zeros").write_bytes(bytes(12_000_000))
    update = make_update(large, tmp_path / "BorderDesk.bdupdate", key)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, limits[1]))
    try:
        done = cli_inline("--desk", here.desk, "update", update)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.returncode == 1
    assert "Không cài được BorderDesk 0.9.0" in done.stderr
    assert list(here.versions.iterdir()) == []
    with Desk.open(here.desk) as desk:
        assert desk.maintenance.verify()["ok"]
        assert desk.backups.newest() is not None


BROKEN = {
    "opens no desk": ("borderdesk/store/connection/schema.py", "raise ImportError('gãy')\n"),
    "does not start": ("main.py", "raise SystemExit('gãy')\n"),
    "shows no window": ("ui/shell/main_window.py", "raise ImportError('gãy')\n"),
}
"""Faulty versions that a trial detects: {fault: (file, start of its content)}."""


def test_a_version_that_does_not_open_the_desk_is_not_installed(
    post: Post, key: minisign.SecretKey, tmp_path: Path
) -> None:
    for what, (name, text) in list(BROKEN.items())[: tries(1, len(BROKEN))]:
        stage = tmp_path / what
        renumber(lay(stage / "program", key), NEWER)
        broken = stage / "program" / name
        broken.write_text(text + broken.read_text(encoding="utf-8"), encoding="utf-8")
        update = make_update(stage, tmp_path / f"{what}.bdupdate", key)
        done = post.run("update", str(update))
        assert done.returncode == 3, (what, done.stderr)
        assert "nhưng không mở được, nên không cài" in done.stderr, (what, done.stderr)
        assert "gãy" in done.stderr, (what, done.stderr)
        assert list(post.versions.iterdir()) == [], what


def test_killed_in_the_middle_all_is_whole_and_the_next_try_installs(
    post: Post, key: minisign.SecretKey, tmp_path: Path
) -> None:
    stage = tmp_path / "stage"
    renumber(lay(stage / "program", key), NEWER)
    update = make_update(stage, tmp_path / "BorderDesk.bdupdate", key)
    for mark in ("copy", "program", "practice", "")[: tries(2, 4)]:
        process = subprocess.Popen(
            post.command("update", str(update)), env=post.environ(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while process.poll() is None and not any(post.versions.glob(f".*.part/{mark}")):
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "too late"
        assert not (post.versions / "current").exists(), mark
        with Desk.open(post.desk) as desk:
            assert desk.maintenance.verify()["ok"], mark
    done = post.run("update", str(update))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["version"], told["before"]) == (NEWER, "0.1.0")
    assert Path(told["backup"]).is_file()
    assert sorted(path.name for path in post.versions.iterdir()) == [NEWER, "current"]
    assert [path.name for path in (post.versions / NEWER).iterdir()] == ["program"]
    with Desk.open(post.desk) as desk:
        (line,) = desk.audit.lines(AuditFilter(kind="program.updated"))
        assert line.subject == NEWER
    assert post.version() == NEWER
    again = post.run("update", str(update))
    assert (again.returncode, NEWER in again.stderr) == (4, True)
