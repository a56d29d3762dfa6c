"""Files on a stick: packages are recognised by content, discarded ones are skipped, and everything
else is listed with the reason."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from borderdesk.base import mounts
from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.cli.app import run_command
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import read_card
from borderdesk.exchange.format.verified_file import write_verified
from borderdesk.exchange.merging.request_texts import parse_file_name
from borderdesk.exchange.reading.package_files import find_packages, opened_file
from borderdesk.exchange.reading.package_source import opens_with_passphrase
from borderdesk.exchange.receiving.imports import IMPORTED, REFUSED
from tests.age_files import locked
from tests.exchanging import clearing, new_desk, send, trust


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """A package of a post, one locked with a passphrase, and the post's card."""
    folder = tmp_path_factory.mktemp("sent")
    with new_desk(folder / "post", "post", "BS", 1) as post:
        post.records.add("clearing", clearing(post=None))
        card = folder / "BS.bdcard"
        card.write_text(post.exchange.cards.own().text() + "\n", "utf-8")
        yield send(post, folder), locked(send(post, folder / "locked"), "mật khẩu 2023"), card


def names(found):
    return [path.name for path in found.packages]


@pytest.mark.parametrize(
    "name",
    ["BORDERDESK_BS-00000000_2023_1.BDX", "BORDER~1.BDX", "BORDER~1", "x.bdx.zip", "x (1).bdx",
     "gói tháng 11.dat", "báo cáo.zip", "x.bdx.sync-conflict-20231205.bdx"],
)  # fmt: skip
def test_a_package_is_one_whatever_it_is_called(sent, tmp_path, name):
    shutil.copy(sent[0], tmp_path / name)
    assert find_packages([tmp_path]) == ([tmp_path / name], [])
    assert find_packages([tmp_path / name]) == ([tmp_path / name], [])


@pytest.mark.parametrize(
    "place",
    ["$RECYCLE.BIN/S-1-5-21/$RABC123.bdx", "RECYCLER/x.bdx", "FOUND.000/x.bdx",
     ".Trash-1000/files/x.bdx", ".Trashes/501/x.bdx", "System Volume Information/x.bdx",
     "._x.bdx", ".trashed-1-x.bdx", "thư mục/._x.bdx", "__MACOSX/x.bdx", ".x.bdx.part",
     "desktop.ini", "Thumbs.db", ".DS_Store", ".stversions/x.bdx", "~$x.docx"],
)  # fmt: skip
def test_what_was_thrown_away_or_is_the_systems_is_passed_over_in_silence(sent, tmp_path, place):
    target = tmp_path / place
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(sent[0], target)
    assert find_packages([tmp_path]) == ([], [])


def test_the_bin_of_a_linux_desktop_is_passed_over_and_a_folder_of_that_name_is_not(sent, tmp_path):
    for place in ("bin/Trash/files", "bin/Trash/info", "own/Trash"):
        (tmp_path / place).mkdir(parents=True)
        shutil.copy(sent[0], tmp_path / place)
    assert find_packages([tmp_path]).packages == [tmp_path / "own/Trash" / sent[0].name]


def test_everything_else_is_named_with_why(sent, tmp_path):
    package, _locked, card = sent
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04" + bytes(60))
    (tmp_path / "b.txt").write_text("xin chào", "utf-8")
    (tmp_path / "c").write_bytes(b"")
    (tmp_path / "d.rar").write_bytes(b"Rar!\x1a\x07")
    shutil.copy(card, tmp_path / "e.bdcard")
    (tmp_path / "f.bdx").write_bytes(package.read_bytes()[:300])
    (tmp_path / "g.bdx").write_bytes(b"")
    found = find_packages([tmp_path])
    assert names(found) == ["f.bdx", "g.bdx"]
    no_package, own = _("It is not a BorderDesk package."), {}
    own |= {"c": _("It is empty."), "e.bdcard": _("It is a card: accept it with the cards.")}
    own["d.rar"] = _("It is packed by another program: unpack it first.")
    others = ["a.docx", "b.txt", "c", "d.rar", "e.bdcard"]
    expected = [(name, own.get(name, no_package)) for name in others]
    assert [(one.label, one.reason) for one in found.others] == expected


def test_a_card_named_by_hand_is_no_damaged_package(sent, tmp_path, capsys):
    _package, _locked, card = sent
    (tmp_path / "d.rar").write_bytes(b"Rar!\x1a\x07")
    (tmp_path / "b.txt").write_text("xin chào", "utf-8")
    named = [card, tmp_path / "d.rar", tmp_path / "b.txt"]
    found = find_packages(named)
    assert names(found) == ["b.txt"]
    assert [(one.label, one.reason) for one in found.others] == [
        (card.name, _("It is a card: accept it with the cards.")),
        ("d.rar", _("It is packed by another program: unpack it first.")),
    ]
    with new_desk(tmp_path.with_name("named"), "province", "20", 2) as desk:
        folder = str(desk.folder)
    assert run_command(["--desk", folder, "--lang", "en", "import", str(card)]) == 1
    assert "It is a card: accept it with the cards." in capsys.readouterr().err
    with Desk.open(Path(folder)) as desk:
        assert desk.exchange.quarantine.refused_files() == []


def test_packages_in_a_zip_are_taken_one_by_one(sent, tmp_path):
    package, locked, _card = sent
    with zipfile.ZipFile(tmp_path / "Tổng hợp tháng 11.zip", "w") as archive:
        for folder in ("Ba Sơn", "Chi Ma"):
            archive.write(package, f"{folder}/{package.name}")
        archive.write(locked, locked.name)
        archive.writestr("__MACOSX/._x.bdx", b"\x00")
        archive.writestr("đọc.txt", "xin chào")
    found = find_packages([tmp_path])
    assert names(found) == [package.name, f"(2) {package.name}", locked.name]
    assert found.others == []
    for path in found.packages[:2]:
        with opened_file(path) as file:
            assert file.read() == package.read_bytes()
    assert [opens_with_passphrase(path) for path in found.packages] == [False, False, True]
    with pytest.raises(FileNotFoundError), opened_file(tmp_path / "Tổng hợp tháng 11.zip/không"):
        pass


def test_a_zip_of_other_things_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "ảnh.zip", "w") as archive:
        archive.writestr("đọc.txt", "xin chào")
    (tmp_path / "cụt.zip").write_bytes((tmp_path / "ảnh.zip").read_bytes()[:-30])
    found = find_packages([tmp_path])
    assert (names(found), [one.label for one in found.others]) == ([], ["cụt.zip", "ảnh.zip"])


def test_a_name_of_any_bytes_is_shown_and_stored(sent, tmp_path):
    broken = tmp_path / os.fsdecode(b"th\xe1ng 11.bdx")
    broken.write_bytes(b"broken")
    shutil.copy(sent[0], os.fsencode(tmp_path) + b"/\xff.bdx")
    with new_desk(tmp_path.with_name("province"), "province", "20", 2) as desk:
        found = find_packages([tmp_path]).packages
        outcomes = [desk.exchange.imports.take(path) for path in found]
        assert [one.file for one in outcomes] == ["th\ufffdng 11.bdx", "\ufffd.bdx"]
        assert [one.file for one in desk.exchange.quarantine.refused_files()] == [
            "th\ufffdng 11.bdx"
        ]


@pytest.mark.parametrize(
    "file",
    ["BorderDesk_BS-0000000a_2023-12_7.bdx", "BorderDesk_BS-0000000a_2023-12_7 (1).bdx",
     "BorderDesk_BS-0000000a_2023-12_7.bdx.zip", "BorderDesk_BS-0000000a_2023-12_7 - Copy.bdx.age",
     "BORDERDESK_BS-0000000A_2023-12_7.BDX"],
)  # fmt: skip
def test_a_file_is_known_again_by_what_is_left_of_its_name(file):
    assert parse_file_name(file) == ("BS", "0000000a", "2023-12", 7)


def test_a_folder_is_imported_by_command_with_the_rest_named(sent, tmp_path, capsys):
    stick = tmp_path / "stick"
    stick.mkdir()
    with zipfile.ZipFile(stick / "gói.zip", "w") as archive:
        archive.write(sent[0], sent[0].name)
    (stick / "báo cáo.docx").write_bytes(b"PK")
    with new_desk(tmp_path / "province", "province", "20", 2) as province:
        province.exchange.cards.accept_card(read_card(sent[2]))
    code = run_command(["--desk", str(tmp_path / "province"), "--lang", "en", "import", str(stick)])
    out, err = capsys.readouterr()
    assert code == 0
    assert json.loads(out)["status"] == IMPORTED
    assert "báo cáo.docx" in err


# ---------------------------------------------------------------------- mount points


def test_a_stick_that_is_not_plugged_in_is_not_written_to(tmp_path, monkeypatch):
    media, by_hand = tmp_path / "media", tmp_path / "mnt"
    for folder in (media / "nong", by_hand / "usb", by_hand / "kept"):
        folder.mkdir(parents=True)
    (by_hand / "kept/x").write_text("x")
    monkeypatch.setattr(mounts, "MOUNTED_BELOW", (str(media),))
    monkeypatch.setattr(mounts, "BY_HAND", str(by_hand))
    monkeypatch.setattr(mounts, "FSTAB", tmp_path / "fstab")
    mounted: set[Path] = set()  # not even what this test's own folder is on
    monkeypatch.setattr(mounts.os.path, "ismount", lambda path: Path(path) in mounted)
    (tmp_path / "fstab").write_text(f"/dev/sdb1 {tmp_path}/share vfat noauto 0 0\n# x\n")
    away = [media / "nong/KINGSTON/x.bdx", by_hand / "usb/a/x.bdx", tmp_path / "share/x.bdx"]
    for target in away:
        with pytest.raises(OperationRefused):
            write_verified(target, b"x")
        assert not target.parent.exists() or not list(target.parent.iterdir())
    write_verified(by_hand / "kept/y/x.bdx", b"x")
    mounted |= {media / "nong/KINGSTON", by_hand / "usb"}
    for target in away[:2]:
        write_verified(target, b"x")
        assert target.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("folder", "file"),
    [(0o700, 0o600), (0o755, 0o600), (0o770, 0o640), (0o2775, 0o640), (0o1777, 0o644)],
)
def test_who_may_write_into_a_shared_folder_reads_what_others_put_there(tmp_path, folder, file):
    """On Linux each desk may have an account of its own, and a package that only the sender's can
    read would never arrive."""
    shared = tmp_path / "chung"
    shared.mkdir()
    shared.chmod(folder)
    write_verified(shared / "x.bdx", b"x")
    assert os.name != "posix" or (shared / "x.bdx").stat().st_mode & 0o777 == file


def test_a_file_in_the_folder_of_a_group_is_read_by_that_group_alone(tmp_path, monkeypatch):
    """A new file is of the group of its account, which others of the computer may be in."""
    shared, group = tmp_path / "chung", 54_321 if os.geteuid() == 0 else os.getgroups()[-1]
    shared.mkdir()
    os.chown(shared, -1, group)
    shared.chmod(0o770)
    write_verified(shared / "x.bdx", b"x")
    state = (shared / "x.bdx").stat()
    assert (state.st_gid, state.st_mode & 0o777) == (group, 0o640)
    # Who is not of that group may not give a file to it.
    monkeypatch.setattr(os, "fchown", refused)
    write_verified(shared / "y.bdx", b"y")
    state = (shared / "y.bdx").stat()
    assert state.st_mode & 0o777 == (0o640 if state.st_gid == group else 0o600)


def refused(*_arguments):
    raise PermissionError


def test_a_damaged_package_is_refused_and_not_passed_over(sent, tmp_path):
    (tmp_path / "x.bdx").write_bytes(sent[0].read_bytes()[:-40])
    with new_desk(tmp_path.with_name("at"), "province", "20", 2) as desk:
        trust(desk)
        [path] = find_packages([tmp_path]).packages
        assert desk.exchange.imports.take(path).status == REFUSED


def test_a_zip_within_a_zip_is_named(sent, tmp_path):
    """The packages in it would otherwise be skipped silently."""
    package, other, _card = sent
    inner, outer = tmp_path / "Tháng 10.zip", tmp_path / "stick" / "Quý IV.zip"
    outer.parent.mkdir()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.write(other, other.name)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, inner.name)
    for named in (outer, outer.parent):
        found = find_packages([named])
        assert found.packages == []
        assert [one.label for one in found.others] == [inner.name]
    with zipfile.ZipFile(outer, "a") as archive:
        archive.write(package, f"đồn/{package.name}")
    for named in (outer, outer.parent):
        found = find_packages([named])
        assert [path.name for path in found.packages] == [package.name]
        assert [one.label for one in found.others] == [inner.name]
    with opened_file(found.packages[0]) as file:
        assert file.read() == package.read_bytes()
