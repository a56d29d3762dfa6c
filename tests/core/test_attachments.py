"""Scans of signed papers: complete files to the byte, their number and order."""

import struct
import zlib

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.closing import attachments
from borderdesk.closing.attachments import MOST_SCANS, NAME_LIMIT, kind_of
from borderdesk.store.models.closing import AttachmentRow

START, END = b"\xff\xd8", b"\xff\xd9"
PART = b"\xff\xe0\x00\x04ab"
SCAN = b"\xff\xda\x00\x02\x12\x34"
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(name, body=b"", *, length=None, wrong=0):
    size = len(body) if length is None else length
    return (
        struct.pack(">I", size) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ wrong)
    )


@pytest.mark.parametrize(
    "content",
    [START + PART + SCAN + END, START + PART + PART + SCAN + END + b"more",
     START + b"\xff" + PART + SCAN + END,
     START + b"\xff\x01" + SCAN + END, START + b"\xff\xd0\xff\xd8\xff\xd7" + SCAN + END,
     START + b"\xff\xe0\x00\x02" + SCAN + END, START + b"\xff\xda\xff\xd9"],
)  # fmt: skip
def test_a_jpeg_whose_segments_lead_to_a_scan_is_whole(content):
    assert kind_of(content) == "jpg"


@pytest.mark.parametrize(
    "content",
    [START + PART + SCAN, START + PART + END, START + PART, START + b"\xff",
     START + b"\xff\xda\x00",
     START + b"\xff\xe0\x00\x01" + SCAN + END, START + b"\xff\xe0\x00\x05ab" + SCAN + END,
     START + b"\xff\xe0\x00\x03ab" + SCAN + END, START + PART + b"\x00" + SCAN + END, SCAN + END],
)  # fmt: skip
def test_a_jpeg_that_breaks_off_is_none(content):
    assert kind_of(content) is None


HEAD, DATA, LAST = chunk(b"IHDR", b"a"), chunk(b"IDAT", b"b"), chunk(b"IEND")


def test_a_png_is_whole_from_its_head_to_its_end():
    for whole in (HEAD + DATA + LAST, HEAD + DATA + DATA + LAST, HEAD + DATA + LAST + b"more",
                  HEAD + chunk(b"IDAT") + LAST):  # fmt: skip
        assert kind_of(PNG + whole) == "png"
    for broken in (b"", HEAD, HEAD + DATA, HEAD + LAST, DATA + LAST, DATA + HEAD + LAST,
                   HEAD + DATA + LAST[:-1], HEAD + chunk(b"IDAT", b"b", wrong=1) + LAST,
                   HEAD + chunk(b"IDAT", b"b", length=99), HEAD + DATA + chunk(b"IEND", wrong=1),
                   HEAD + chunk(b"IDAT", b"b", length=2) + LAST):  # fmt: skip
        assert kind_of(PNG + broken) is None


@pytest.fixture
def kept(post_desk):
    """The scans of a desk, their edition, and a function that adds one."""
    edition = post_desk.closing.close_period("2023-10").id
    return post_desk.closing.scans, edition


def scan(path, number=0):
    path.write_bytes(START + struct.pack(">HHI", 0xFFE0, 6, number) + SCAN + END)
    return path


def test_the_last_scan_that_has_room_and_one_that_is_there_already(kept, tmp_path):
    scans, edition = kept
    first = scans.attach_scan(edition, scan(tmp_path / "a.jpg"))
    for number in range(1, MOST_SCANS):
        scans.attach_scan(edition, scan(tmp_path / "a.jpg", number))
    assert scans.attach_scan(edition, scan(tmp_path / "b.jpg")) == first
    with pytest.raises(UserError, match=str(MOST_SCANS)):
        scans.attach_scan(edition, scan(tmp_path / "a.jpg", MOST_SCANS))
    assert len(scans.attachments(edition)) == MOST_SCANS


def test_scans_of_one_moment_are_in_the_order_of_their_ids(post_desk, kept, tmp_path):
    scans, edition = kept
    made = [scans.attach_scan(edition, scan(tmp_path / f"{n}.jpg", n)) for n in range(4)]
    ids = sorted((one.id for one in made), reverse=True)
    with post_desk.writing():
        for one, new in zip(made, ids, strict=True):
            row = AttachmentRow.update(time="2023-11-01T00:00:00.000Z", id=f"x{new}")
            post_desk.store.execute(row.where(AttachmentRow.id == one.id))
    assert [one.id for one in scans.attachments(edition)] == sorted(f"x{new}" for new in ids)


def test_the_largest_file_and_the_longest_name(kept, tmp_path, monkeypatch):
    scans, edition = kept
    path = scan(tmp_path / ("x" * (NAME_LIMIT + 1) + ".jpeg"))
    monkeypatch.setattr(attachments, "MOST_BYTES", path.stat().st_size)
    assert scans.attach_scan(edition, path).name == "x" * NAME_LIMIT + ".jpg"
    with path.open("ab") as file:
        file.write(b"\x00")
    with pytest.raises(UserError, match="xxx"):
        scans.attach_scan(edition, path)


def test_a_signed_file_is_the_newest_and_stays(post_desk, kept, tmp_path):
    scans, edition = kept
    assert scans.signed_file(edition) is None
    plain = scans.attach_scan(edition, scan(tmp_path / "a.jpg"))
    assert scans.signed_file(edition) is None
    one, two = (scans.keep_signed_file(edition, "ký.pdf", text) for text in (b"one", b"two"))
    assert (one.signed, one.name, plain.signed) == (1, "ký.pdf", 0)
    assert scans.signed_file(edition) == b"two"
    with pytest.raises(OperationRefused):
        scans.detach_scan(two.id)
    scans.detach_scan(plain.id)
    assert [found.id for found in scans.attachments(edition)] == [one.id, two.id]
    with post_desk.writing():
        row = AttachmentRow.update(content=b"owt").where(AttachmentRow.id == two.id)
        post_desk.store.execute(row)
    with pytest.raises(UserError):
        scans.signed_file(edition)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("ba\u0301o ca\u0301o.JPEG", "báo cáo.jpg"), ("a.b.jpg", "a.b.jpg"),
        ("\u200b .jpg", "scan.jpg"), (" a\u200bb .jpg", "ab.jpg"),
    ],
)  # fmt: skip
def test_a_scan_has_a_name_that_can_be_shown_and_written(kept, tmp_path, given, name):
    scans, edition = kept
    assert scans.attach_scan(edition, scan(tmp_path / given)).name == name
