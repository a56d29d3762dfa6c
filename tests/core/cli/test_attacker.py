"""An attacker with the desk's folder, a stick or a clerk's account.

Each step is refused with 3 or 4, or imports nothing, and is in the audit log. A clerk's attempts
are in `test_clerk_walk`, key rings in `session/test_older_keys`, texts in `session/test_attacks`.
"""

import json
import shutil
from pathlib import Path

import pytest

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from tests.conftest import PASSWORD
from tests.factories import example


@pytest.fixture
def run(cli_inline, locked_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command on the encrypted desk, with its password unless another is given."""

    def by(*words, password: str | None = PASSWORD, folder: Path = locked_folder):
        monkeypatch.delenv("BORDERDESK_PASSWORD", raising=False)
        if password is not None:
            monkeypatch.setenv("BORDERDESK_PASSWORD", password)
        return cli_inline("--desk", folder, *words)

    return by


def kinds(run, folder: Path) -> list[str]:
    """The kinds of lines in the audit log of a desk."""
    log = run("audit", "--format", "json", folder=folder)
    assert log.returncode == 0, log.stderr
    return [line["kind"] for line in json.loads(log.stdout)]


def unlocked(folder: Path) -> Desk:
    return Desk.open(folder, KeyRing(folder).unlock(None, PASSWORD))


def test_a_copied_folder_opens_to_nobody(run, locked_folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(locked_folder, tmp_path / "copied"))
    assert run("list", "patrol", password=None, folder=copy).returncode == 3
    assert run("list", "patrol", password="đoán", folder=copy).returncode == 3
    assert "login.failed" in kinds(run, copy)
    (copy / "desk.keys").unlink()
    assert run("list", "patrol", folder=copy).returncode == 3


def test_an_edited_page_ends_with_3_and_is_told_once_the_file_is_back(
    run, locked_folder: Path
) -> None:
    database = database_file(locked_folder)
    whole = database.read_bytes()
    edited = bytearray(whole)
    edited[2_000] ^= 1
    database.write_bytes(edited)
    assert run("list", "patrol").returncode == 3
    database.write_bytes(whole)
    (locked_folder / "damaged.json").unlink(missing_ok=True)
    assert "desk.damaged" in kinds(run, locked_folder)


def test_an_edited_line_of_the_log_is_told(run, locked_folder: Path) -> None:
    with unlocked(locked_folder) as desk:
        desk.enter("Người thử")
        desk.store.run("DROP TRIGGER audit_stays")
        desk.store.run("UPDATE audit SET subject = 'không phải tôi' WHERE number = 1")
    assert run("audit", "--check").returncode == 3
    assert "audit.broken" in kinds(run, locked_folder)


def test_a_backup_that_is_replayed_is_refused(run, locked_folder: Path, tmp_path: Path) -> None:
    made = json.loads(run("backup", tmp_path / "stick").stdout)["file"]
    with unlocked(locked_folder) as desk:
        desk.records.add("clearing", example("clearing"))
    assert run("restore", made, "--into", locked_folder).returncode == 4
    assert "restore.refused" in kinds(run, locked_folder)
    database = database_file(locked_folder)
    own = database.read_bytes()
    shutil.copyfile(made, database)
    for command in (("list", "patrol"), ("verify",), ("backup",)):
        refused = run(*command)
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "bản sao lưu" in refused.stderr
    database.write_bytes(own)
    log = json.loads(run("audit", "--kind", "desk.replaced", "--format", "json").stdout)
    assert [line["detail"] for line in log] == [{"tries": 3}]
    assert json.loads(run("verify").stdout)["records"] == 1


def test_links_on_a_stick_lead_nowhere(run, locked_folder: Path, tmp_path: Path) -> None:
    with unlocked(locked_folder) as desk:
        desk.records.add("clearing", {**example("clearing"), "post": "BS"})
    stick, victim = tmp_path / "stick", tmp_path / "victim"
    stick.mkdir()
    victim.write_text("của tôi")
    first = run("export", "--period", "2023-12", "--out", stick)
    assert first.returncode == 0, first.stderr
    (name,) = [file.name for file in stick.iterdir() if file.is_file()]
    for link in (stick / name, stick / f"{name}.part", stick / "da-xoa.json"):
        link.unlink(missing_ok=True)
        link.symlink_to(victim)
    done = [
        run("export", "--period", "2023-12", "--out", stick),
        run("backup", stick),
        run("list", "clearing", "--format", "csv", "--out", stick / name),
    ]
    assert victim.read_text() == "của tôi"
    assert {one.returncode for one in done} <= {0, 1, 3, 4}
    assert all("Traceback" not in one.stderr for one in done)
    assert kinds(run, locked_folder).count("package.sent") >= 1
