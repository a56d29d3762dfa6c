"""Files are written atomically, under unpredictable temporary names, and never through a link."""

import errno
import os
import stat
import subprocess
import sys

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.erasure_list import FILE_NAME, read_parts
from borderdesk.base import paths
from borderdesk.base.errors import UserError, reason
from borderdesk.base.files import (
    append_to,
    atomic_file,
    is_part_name,
    new_file,
    own_content,
    own_file,
    part_file,
    part_name,
    readable_file,
    require_file,
    write_atomically,
)
from borderdesk.base.i18n import _
from borderdesk.base.private_files import make_private_folder
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import read_card
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.figures.regulations import read_regulation
from borderdesk.reports.paper.paper_files import paper_file
from borderdesk.schema.reference.files import read_file
from borderdesk.session import last_state
from borderdesk.session.opening import verify_file
from borderdesk.session.witness import witness_file
from borderdesk.sheets.sources.file_formats import format_of
from borderdesk.store.lists.listing import Filter
from tests.factories import example

PRECIOUS = "quan trọng"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_whole_for_its_owner_alone_and_replaces_the_former(tmp_path):
    target = tmp_path / "a.txt"
    write_atomically(target, b"1")
    write_atomically(target, b"2")
    assert (target.read_bytes(), names(tmp_path)) == (b"2", ["a.txt"])
    assert os.name != "posix" or target.stat().st_mode & 0o777 == 0o600


def fail_while_writing(target, error):
    with atomic_file(target) as file:
        file.write(b"2")
        raise error


def test_an_error_leaves_the_former_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    write_atomically(target, b"1")
    for error in (OSError(errno.ENOSPC, ""), KeyboardInterrupt(), ValueError()):
        wanted = UserError if isinstance(error, OSError) else type(error)
        with pytest.raises(wanted):
            fail_while_writing(target, error)
        assert (target.read_bytes(), names(tmp_path)) == (b"1", ["a.txt"])


def test_a_name_that_the_disk_does_not_confirm_is_not_called_unchanged(tmp_path, monkeypatch):
    flush = os.fsync

    def fail_for_folders(opened):
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            raise OSError(errno.EIO, "")
        flush(opened)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    with pytest.raises(UserError) as met:
        write_atomically(tmp_path / "a.txt", b"1")
    assert (tmp_path / "a.txt").read_bytes() == b"1"
    assert "a.txt" in str(met.value)
    assert _("Nothing was changed.") not in str(met.value)


def test_what_is_done_last_leaves_the_former_file_where_it_fails(tmp_path):
    target = tmp_path / "a.txt"
    write_atomically(target, b"1")
    seen = []
    write_atomically(target, b"2", lambda: seen.append(target.read_bytes()))
    assert (seen, target.read_bytes()) == ([b"1"], b"2")
    with pytest.raises(ZeroDivisionError):
        write_atomically(target, b"3", lambda: 1 / 0)
    assert (target.read_bytes(), names(tmp_path)) == (b"2", ["a.txt"])


def test_a_link_is_replaced_not_followed(tmp_path):
    victim, link = tmp_path / "victim", tmp_path / "a.txt"
    victim.write_text(PRECIOUS)
    link.symlink_to(victim)
    for open_one in (new_file, own_file):
        with pytest.raises(OSError, match=r"."):
            open_one(link).close()
    write_atomically(link, b"2")
    assert (victim.read_text(), link.is_symlink(), link.read_bytes()) == (PRECIOUS, False, b"2")


def test_a_device_or_a_pipe_is_not_replaced(tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("/dev/null")
    for target in (pipe, link, tmp_path):
        with pytest.raises(UserError, match=target.name):
            write_atomically(target, b"2")
    assert (pipe.is_fifo(), names(tmp_path)) == (True, ["link", "pipe"])


def test_where_a_folder_is_meant_and_a_pipe_stands_no_folder_is_told(desk, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    pipe = place / "usb"
    os.mkfifo(pipe)
    made = desk.backups.make().file
    for into in (pipe, pipe / "new"):
        for write in (
            lambda: desk.exchange.exports.export("2023-05", into, ExportOptions()),  # noqa: B023
            lambda: desk.backups.make(into),  # noqa: B023
            lambda: restore(made, into),  # noqa: B023
        ):
            with pytest.raises((UserError, OSError)) as refused:
                write()
            told = refused.value
            words = reason(told) if isinstance(told, OSError) else str(told)
            assert "không phải là thư mục" in words, words
    with pytest.raises(NotADirectoryError):
        make_private_folder(pipe / "desk")
    circle = place / "circle"
    circle.symlink_to(circle)
    for write in (
        lambda: desk.exchange.exports.export("2023-05", circle / "a", ExportOptions()),
        lambda: desk.backups.make(circle),
    ):
        with pytest.raises((UserError, OSError)) as refused:
            write()
        told = refused.value
        words = reason(told) if isinstance(told, OSError) else str(told)
        assert "liên kết không dẫn đến đâu" in words, words
    circle.unlink()
    assert names(place) == ["usb"]


def test_what_is_there_and_no_file_is_not_called_absent(tmp_path):
    pipe = tmp_path / "a.pdf"
    os.mkfifo(pipe)
    refusals = []
    for named in (pipe, tmp_path, tmp_path / "none.pdf"):
        for ask in (require_file, verify_file, lambda file: restore(file, tmp_path / "new")):
            with pytest.raises(UserError) as refused:
                ask(named)
            refusals.append(str(refused.value))
    assert refusals == [
        *[f"Không đọc được {pipe}: đó không phải tệp thường mà là đường ống hoặc thiết bị"] * 3,
        *[f"Không đọc được {tmp_path}: đó là thư mục"] * 3,
        *[f"Không có tệp {tmp_path / 'none.pdf'}."] * 3,
    ]
    with pytest.raises(UserError, match="đó không phải tệp thường"):
        paper_file(str(pipe))


KILLED = """
import os, sys
from pathlib import Path
from borderdesk.base.files import part_file
with part_file(Path(sys.argv[1])) as part:
    part.path.with_name(part.path.name + "-wal").touch()
    os._exit(9)
"""


def test_what_a_killed_run_left_goes_at_the_next_and_what_is_in_use_stays(tmp_path):
    target = tmp_path / "a.txt"
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    left = names(tmp_path)
    assert len(left) == 2
    assert is_part_name(left[0])
    assert left[1] == f"{left[0]}-wal"
    (tmp_path / part_name()).symlink_to(tmp_path / "b.txt")
    with part_file(target) as first:
        write_atomically(tmp_path / "b.txt", b"2")
        assert first.path.exists()
        first.file.write(b"1")
    assert (target.read_bytes(), names(tmp_path)[-2:]) == (b"1", ["a.txt", "b.txt"])
    # A link of that name is none of our files.
    assert len(names(tmp_path)) == 3


def test_links_planted_on_a_stick_overwrite_nothing(desk, tmp_path):
    """The temporary names of former versions, and the final names."""
    victim, stick = tmp_path / "victim", tmp_path / "stick"
    victim.write_text(PRECIOUS)
    stick.mkdir()
    desk.records.add("pledge", example("pledge", 1))
    household = next(desk.lists.stream("household", Filter())).id
    desk.exchange.erasures.erase_household(household, "đề nghị")
    card = desk.exchange.cards.own()
    name = f"BorderDesk_{desk.identity.unit}-{card.desk[:8]}_2023-05_1.bdx"
    for planted in (f".{name}.part", name, "da-xoa.json.part", "da-xoa.json.new", "a.pdf.part"):
        (stick / planted).symlink_to(victim)
    made = desk.exchange.exports.export("2023-05", stick, ExportOptions())
    desk.backups.make(stick)
    assert victim.read_text() == PRECIOUS
    assert made.is_file()
    assert not made.is_symlink()


def test_pipes_devices_and_large_files_are_refused_at_once(tmp_path):
    """Opening a pipe without a writer blocks, a device might never end."""
    pipe, endless, large = tmp_path / "pipe", tmp_path / "zero", tmp_path / "large"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    with large.open("wb") as file:
        file.truncate(2 << 30)
    for path, words in ((pipe, "đường ống"), (endless, "đường ống"), (large, "quá lớn")):
        with pytest.raises(OSError, match=path.name) as told:
            readable_file(path, 1 << 20)
        assert words in reason(told.value)
    for read in (read_card, read_setup, read_file, read_regulation, read_parts_at, format_of):
        with pytest.raises(UserError, match=r"đường ống|loại"):
            read(pipe)


def test_what_stands_in_the_place_of_a_file_of_ours_is_neither_read_nor_written(tmp_path):
    """A pipe would be waited for, what a link leads to is somebody else's."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    (tmp_path / "victim").write_text(PRECIOUS)
    link.symlink_to(tmp_path / "victim")
    os.mkfifo(pipe)
    # Opened at both ends, so that any access shows, and nothing blocks.
    ends = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    os.write(ends, b"#" * 4_096)
    uses = (lambda path: own_content(path, 512), own_file, lambda path: append_to(path, b"2"))
    for use in uses:
        for path in (pipe, link):
            with pytest.raises(OSError, match=path.name):
                use(path)
    assert (os.read(ends, 9_999), (tmp_path / "victim").read_text()) == (b"#" * 4_096, PRECIOUS)
    os.close(ends)


def test_a_desk_opens_beside_pipes_in_the_place_of_its_notes(desk):
    desk.close()
    seen = list(witness_file(desk.folder, "x").parent.iterdir())
    pipes, ends = [*seen, desk.folder / last_state.FILE_NAME], []
    for pipe in pipes:
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        ends.append(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
        os.write(ends[-1], b"#" * 4_096)
    with Desk.open(desk.folder) as again:
        assert again.maintenance.verify()["ok"]
    assert seen
    assert [len(os.read(end, 9_999)) for end in ends] == [4_096] * len(ends)


def read_parts_at(pipe):
    """Reading the list of erasures where a pipe has its name."""
    pipe.with_name(FILE_NAME).unlink(missing_ok=True)
    os.mkfifo(pipe.with_name(FILE_NAME))
    try:
        read_parts(pipe.parent)
    except OSError as error:
        raise UserError(reason(error)) from error


def test_an_installed_program_keeps_what_it_compiles_with_the_person(tmp_path, monkeypatch):
    beside = tmp_path / "code" / "__pycache__"
    assert paths.program_cache(beside) == beside
    monkeypatch.setattr(paths, "MAIN", tmp_path / "code" / "main.py")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "own"))
    kept = paths.program_cache(beside)
    assert kept.parent == tmp_path / "own"
    assert kept != paths.default_desk()


def test_a_path_that_the_system_does_not_tell_of_is_taken_as_it_is(tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(tmp_path)
    assert paths.real_path(tmp_path / "link" / "sổ") == tmp_path.resolve() / "sổ"

    def tell_nothing(*_words, **_kinds):
        raise OSError(errno.EINVAL, "")

    monkeypatch.setattr(os.path, "realpath", tell_nothing)
    assert paths.real_path(tmp_path / "link" / "sổ") == tmp_path / "link" / "sổ"
