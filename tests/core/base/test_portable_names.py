"""File names that Windows and sticks accept or refuse."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base import portable_names
from borderdesk.base.errors import UserError
from borderdesk.base.files import write_atomically
from borderdesk.base.portable_names import LONGEST_OFFERED, name_fault, portable_name
from borderdesk.base.private_files import make_private_folder

BAD = ("a:b.pdf", "a?.pdf", "a*.pdf", 'a"b.pdf', "a<b>.pdf", "a|b.pdf", "a\\b.pdf", "a\tb.pdf",
       "tháng 12.", "tháng 12 ", "CON", "con.pdf", "Nul.tar.gz", "aux .pdf", "COM1.db", "lpt9",
       "COM².x", "CONIN$", "ă" * 256, "😀" * 128)  # fmt: skip
GOOD = ("Báo cáo tháng 12.2023.pdf", "CONG.pdf", "COM10", "COM", "a-b;c,d (1) [2] {3} & 'x'.pdf",
        ".part", "ă" * 255, "2023-01-15..2023-02-14.bdx")  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_windows_does_not_keep_is_a_fault_and_is_never_offered(name):
    assert name_fault(name)
    assert name_fault(f"{portable_name(name)}.pdf") is None


@pytest.mark.parametrize("name", GOOD)
def test_ordinary_file_names_have_no_fault(name):
    assert name_fault(name) is None


@given(st.text(max_size=300))
def test_any_words_make_a_name_for_every_system(words):
    offered = portable_name(words)
    assert name_fault(offered) is None
    assert name_fault(f"{offered}.xlsx") is None
    assert 0 < len(offered) <= LONGEST_OFFERED + 1
    assert portable_name(offered) == offered
    assert len(os.fsencode(f"{offered}.xlsx".encode("utf-8", "replace"))) <= 255


def test_words_stay_as_they_are_where_they_can():
    assert portable_name("Tuần tra 2023-12-04") == "Tuần tra 2023-12-04"
    assert portable_name("Nông Văn An/Bế Văn B: hộ?") == "Nông Văn An-Bế Văn B- hộ-"


def mounted(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Make the system report a type of file system for `folder`."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    line = f"43 27 {number} / {folder} rw,nosuid shared:7 - {kind} /dev/sdb1 rw\n"
    (folder / "mountinfo").write_text(f"1 2 0:999 / /x rw - vfat x rw\n{line}")
    monkeypatch.setattr(portable_names, "MOUNTS", folder / "mountinfo")


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs3", "fuseblk", "fuse.fusefat", "cifs"])
def test_on_a_stick_such_a_name_is_refused_before_anything_is_written(kind, tmp_path, monkeypatch):
    mounted(tmp_path, monkeypatch, kind)
    for name in ("a:b.pdf", "CON.pdf", "cuối."):
        with pytest.raises(UserError, match=name[:2]) as met:
            write_atomically(tmp_path / name, b"1")
        assert name in str(met.value)
    for folder in (tmp_path / "a?", tmp_path / "nul" / "sổ"):
        with pytest.raises(UserError, match="tên"):
            make_private_folder(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["mountinfo"]
    write_atomically(tmp_path / "Báo cáo.pdf", b"1")


def test_on_a_disk_of_linux_its_own_names_are_taken(tmp_path, monkeypatch):
    mounted(tmp_path, monkeypatch, "ext4")
    write_atomically(tmp_path / "a:b.pdf", b"1")
    with pytest.raises(UserError, match="ngắn hơn"):
        write_atomically(tmp_path / ("ă" * 200), b"1")
    assert not list(tmp_path.glob(".*.part"))
