"""A desk folder replaced by an older copy is reported, and the desk can still be used."""

import shutil
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.rekeying import encrypt_desk
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.log_entries import ChainHead
from borderdesk.session.witness import FOLDER, witness_file
from tests.factories import example


@pytest.fixture(autouse=True)
def _own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def add(desk: Desk, number: int = 0) -> None:
    desk.records.add("clearing", example("clearing", number))


def put_back(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)


def told(folder: Path, copy: Path) -> tuple[Desk, int]:
    put_back(folder, copy)
    desk = Desk.open(folder)
    older = desk.last.older()
    return desk, -1 if older is None else older.missing


def put_backs(desk: Desk) -> int:
    return [line.kind for line in desk.audit.lines()].count("desk.put_back")


def test_a_folder_put_back_is_told_until_what_is_missing_is_here_or_a_new_id(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        desk.exchange.cards.own()
        add(desk)
        assert desk.last.older() is None
    shutil.copytree(desk_folder, tmp_path / "then")
    with Desk.open(desk_folder) as desk:
        add(desk, 1)
        sent = desk.exchange.exports.export("2023-11", tmp_path / "usb", ExportOptions())
    shutil.copytree(desk_folder, tmp_path / "now")

    desk, missing = told(desk_folder, tmp_path / "then")
    with desk:
        # The record, and the statement in the sent package.
        assert (missing, put_backs(desk)) == (2, 1)
        add(desk, 2)
        assert desk.last.older().missing == 2
    with Desk.open(desk_folder) as desk:
        assert (desk.last.older().missing, put_backs(desk)) == (2, 1)
        assert "cũ hơn" in desk.last.older().text
        desk.exchange.renewal.renew_desk()
        assert desk.last.older() is None
    # The newer folder: no report.
    desk, missing = told(desk_folder, tmp_path / "now")
    with desk:
        assert (missing, put_backs(desk)) == (-1, 0)
    # The sent package restores it.
    desk, missing = told(desk_folder, tmp_path / "then")
    with desk:
        assert missing == 2
        desk.exchange.imports.take(sent)
        assert desk.last.older() is None
        assert desk.maintenance.verify()["ok"]


def test_a_copy_elsewhere_another_desk_and_a_restored_one_are_never_called_older(
    desk_folder, tmp_path
):
    with Desk.open(desk_folder) as desk:
        made = desk.backups.make()
    shutil.copytree(desk_folder, tmp_path / "copy")
    with Desk.open(desk_folder) as desk:
        add(desk)
    with Desk.open(tmp_path / "copy") as desk:
        add(desk, 1)
        assert (desk.last.older(), put_backs(desk)) == (None, 0)
    backup = shutil.copy(made.file, tmp_path)
    shutil.rmtree(desk_folder)
    restore(Path(backup), desk_folder)
    with Desk.open(desk_folder) as desk:
        assert (desk.last.older(), put_backs(desk)) == (None, 0)
    shutil.rmtree(desk_folder)
    for number in range(2):
        with Desk.create(desk_folder, "province", "20", "Người thử", desk_id="a" * 32) as desk:
            add(desk, number)
        shutil.rmtree(desk_folder) if number == 0 else None
    with Desk.open(desk_folder) as desk:
        assert desk.last.older() is None
    # Trial desks are not remembered.
    assert len(list((tmp_path / "state" / "borderdesk" / FOLDER).iterdir())) == 4


@pytest.mark.parametrize("kind", ["demo", "practice"])
def test_where_nothing_counts_a_folder_put_back_is_no_older_one(kind, tmp_path):
    folder = tmp_path / "desk"
    with Desk.create(folder, "province", "20", "Người thử", **{kind: True}) as desk:
        add(desk)
    shutil.copytree(folder, tmp_path / "then")
    with Desk.open(folder) as desk:
        add(desk, 1)
    desk, missing = told(folder, tmp_path / "then")
    with desk:
        assert (missing, put_backs(desk)) == (-1, 0)
    # Nothing is left of it on the machine either.
    assert not (tmp_path / "state").exists()


def test_a_command_tells_it_once_and_never_among_its_data(desk_folder, cli_inline, tmp_path):
    with Desk.open(desk_folder) as desk:
        add(desk)
        sent = desk.exchange.exports.export("2023-11", tmp_path / "usb", ExportOptions())
    shutil.copytree(desk_folder, tmp_path / "then")
    with Desk.open(desk_folder) as desk:
        add(desk, 1)
    put_back(desk_folder, tmp_path / "then")
    words = "là bản cũ hơn"
    for command in ("list clearing --format json", f"import {sent}"):
        done = cli_inline("--desk", desk_folder, *command.split())
        assert (done.returncode, done.stdout.count(words)) == (0, 0)
        assert done.stderr.count(words) == 1, done.stderr
    checked = cli_inline("--desk", desk_folder, "doctor")
    assert (checked.stdout.count(words), checked.stderr.count(words)) == (1, 0)


def test_a_folder_from_before_the_password_is_told(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        add(desk)
    shutil.copytree(desk_folder, tmp_path / "then")
    encrypt_desk(desk_folder, "suối lạnh rừng sâu")
    desk, missing = told(desk_folder, tmp_path / "then")
    with desk:
        add(desk, 1)
        assert (missing, put_backs(desk)) == (0, 1)
        assert "không mật khẩu" in desk.last.older().text
    key = encrypt_desk(desk_folder, "suối lạnh rừng sâu").key
    with Desk.open(desk_folder, key) as desk:
        # Its audit log is another one, which is reported for the day.
        assert not desk.last.older().lost_password


def test_what_others_hold_of_its_log_tells_that_a_desk_is_older(desk_folder):
    with Desk.open(desk_folder) as desk:
        add(desk)
        own, other = desk.identity.id, "b" * 32
        desk.exchange.holdings.note(other, {own: ChainHead(1, b"\1" * 32)})
        assert desk.last.older() is None
        desk.exchange.holdings.note(other, {own: ChainHead(7, b"\1" * 32)})
        assert desk.last.older().missing == 6
        assert other[:8] in desk.last.older().text


def _no_home():
    raise RuntimeError


def test_what_is_remembered_is_private_and_may_be_torn_or_impossible(
    desk_folder, tmp_path, monkeypatch
):
    with Desk.open(desk_folder) as desk:
        add(desk)
        place = witness_file(desk_folder, desk.identity.id)
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    for content in (b"", b"\xff" * 512, place.read_bytes()[:90]):
        place.write_bytes(content)
        with Desk.open(desk_folder) as desk:
            assert desk.last.older() is None
    with monkeypatch.context() as nowhere:
        # A user without a home, as some services run by.
        nowhere.delenv("XDG_STATE_HOME")
        nowhere.setattr(Path, "home", _no_home)
        with Desk.open(desk_folder) as desk:
            assert desk.last.older() is None
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("a file")
    with Desk.open(desk_folder) as desk:
        add(desk, 1)
        assert desk.last.older() is None
