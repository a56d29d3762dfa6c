"""An older database in the desk's place, with all files that matched it then, is reported and
opened read-only."""

import os
import shutil
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.rekeying import encrypt_desk
from borderdesk.base.errors import CannotOpen
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.last_state import FILE_NAME, OlderDesk, read_last, write_last
from borderdesk.store.lists.listing import Filter
from tests.conftest import PASSWORD
from tests.factories import example


def keep(folder: Path, into: Path) -> None:
    """Copy the database of a desk, and its key ring."""
    into.mkdir()
    for file in (database_file(folder), key_file(folder)):
        if file.exists():
            shutil.copy(file, into)


def kinds(desk: Desk) -> list[str]:
    return [line.kind for line in desk.audit.lines()]


def opened(folder: Path, **options: bool) -> Desk:
    locked = key_file(folder).exists()
    return Desk.open(folder, KeyRing(folder).unlock(None, PASSWORD) if locked else None, **options)


def add(desk: Desk, number: int = 0) -> str:
    return desk.records.add("clearing", example("clearing", number)).id


@pytest.mark.parametrize("begin", ["desk_folder", "locked_folder"])
def test_an_older_file_with_all_that_fitted_it_is_told(begin, request, tmp_path):
    folder = request.getfixturevalue(begin)
    with opened(folder) as desk:
        add(desk)
    keep(folder, tmp_path / "then")
    with opened(folder) as desk:
        newest = add(desk, 1)
    for time in ("now", "then again"):
        keep(folder, tmp_path / time)
        shutil.copytree(tmp_path / "then", folder, dirs_exist_ok=True)
        with pytest.raises(OlderDesk) as told:
            opened(folder)
        assert told.value.exit_code == 3
        with opened(folder, read_only=True) as desk:
            assert isinstance(desk.hindrance(), OlderDesk)
            assert len(list(desk.lists.stream("clearing", Filter()))) == 1
            with pytest.raises(OlderDesk):
                add(desk, 2)
        shutil.copytree(tmp_path / time, folder, dirs_exist_ok=True)
        with opened(folder) as desk:
            assert newest in {one.id for one in desk.lists.stream("clearing", Filter())}
    with opened(folder) as desk:
        assert kinds(desk).count("desk.older") == 2
        assert desk.maintenance.verify()["ok"]


@pytest.mark.parametrize("read", ["denied", "personal.viewed"])
def test_a_file_from_before_something_was_only_read_is_told(desk_folder, read):
    """Somebody copies the file, reads what a line tells of, and puts the copy back."""
    with opened(desk_folder) as desk:
        add(desk)
    with Desk.open(desk_folder) as desk:
        database = database_file(desk_folder)
        kept = (database.read_bytes(), Path(f"{database}-wal").read_bytes())
        desk.audit_notes.note_anyway(read, "x")
    Path(f"{database}-wal").write_bytes(kept[1])
    database.write_bytes(kept[0])
    with pytest.raises(OlderDesk):
        Desk.open(desk_folder)


def test_the_command_ends_with_3(desk_folder, cli_inline, tmp_path):
    keep(desk_folder, tmp_path / "then")
    with opened(desk_folder) as desk:
        add(desk)
    shutil.copytree(tmp_path / "then", desk_folder, dirs_exist_ok=True)
    for command in ("list clearing", "verify", "backup", "audit"):
        refused = cli_inline("--desk", desk_folder, *command.split())
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "bản cũ hơn" in refused.stderr


def test_the_plain_file_from_before_the_encryption_is_told(desk_folder, tmp_path):
    keep(desk_folder, tmp_path / "then")
    key = encrypt_desk(desk_folder, PASSWORD).key
    keep(desk_folder, tmp_path / "now")
    shutil.copytree(tmp_path / "then", desk_folder, dirs_exist_ok=True)
    with pytest.raises(CannotOpen):
        Desk.open(desk_folder)
    key_file(desk_folder).unlink()
    with pytest.raises(CannotOpen, match="đã được mã hóa"):
        Desk.open(desk_folder)
    shutil.copytree(tmp_path / "now", desk_folder, dirs_exist_ok=True)
    with Desk.open(desk_folder, key) as desk:
        assert kinds(desk).count("desk.older") == 1


def test_a_log_that_was_taken_away_after_a_kill_is_told(desk_folder):
    child = os.fork()
    if child == 0:
        add(Desk.open(desk_folder))
        os._exit(0)
    os.waitpid(child, 0)
    log = Path(f"{database_file(desk_folder)}-wal")
    away = log.rename(desk_folder.parent / "away")
    with pytest.raises(OlderDesk):
        Desk.open(desk_folder)
    away.rename(log)
    with Desk.open(desk_folder) as desk:
        assert kinds(desk).count("desk.older") == 1
        assert len(list(desk.lists.stream("clearing", Filter()))) == 1


def test_a_note_that_is_behind_torn_or_gone_keeps_nobody_out(desk_folder):
    with opened(desk_folder) as desk:
        add(desk)
    note = desk_folder / FILE_NAME
    behind = note.read_bytes()
    with opened(desk_folder) as desk:
        add(desk, 1)
    for content in (behind, b"", behind[:70], b"\xff" * 512, b'{"audit": []} 1', b"[" * 512):
        note.write_bytes(content)
        with opened(desk_folder) as desk:
            assert "desk.unnoted" not in kinds(desk)
    note.unlink()
    with opened(desk_folder) as desk:
        assert kinds(desk).count("desk.unnoted") == 1
    with opened(desk_folder) as desk:
        assert kinds(desk).count("desk.unnoted") == 1


def test_the_note_follows_what_is_saved_and_holds_nothing_personal(desk_folder):
    with opened(desk_folder) as desk:
        before = read_last(desk_folder)
        add(desk)
        desk.last.keep_up()
        after = read_last(desk_folder)
        assert before is not None
        assert after is not None
        assert after.revision == before.revision + 1
        assert (desk_folder / FILE_NAME).stat().st_size == 512
        # A folder where no note can be written: nothing is reported, the next change is.
        write_last(desk_folder / "nowhere", after)


def test_a_restored_desk_begins_anew(desk_folder, tmp_path):
    with opened(desk_folder) as desk:
        made = desk.backups.make()
        add(desk)
    done = restore(made.file, tmp_path / "new")
    with Desk.open(done.desk) as desk:
        assert "desk.unnoted" not in kinds(desk)
        add(desk)
