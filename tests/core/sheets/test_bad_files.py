"""Files that are no list, or would unpack to gigabytes: an explanation, bounds, and no changes."""

import random
import resource
import struct
import time
import zipfile
from pathlib import Path

import pytest

from borderdesk.base.errors import UserError
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.file_formats import damaged, format_of
from borderdesk.sheets.sources.workbook_scan import scan_ods, scan_xlsx
from borderdesk.sheets.sources.xls_check import require_sound_xls
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.effort import tries

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
PROGRAMME = SheetRequest(fixed={"programme": "Khu vực biên giới"})
HEAD = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]
ROW = [1, "Nông Văn Bình", "Mẫu Sơn", "Co Loi", "020172242081", "1/2/2023"]
MOST_SECONDS = 20
MOST_KILOBYTES = 700 * 1024


def read(desk, path):
    return desk.part(SheetImport).import_sheet("pledge", path, PROGRAMME)


def refused(desk, path):
    """The message that refuses a file; asserts no changes, and bounded time and memory."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(UserError) as told:
        read(desk, path)
    assert time.monotonic() - started < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES
    assert not list(desk.lists.stream("pledge", Filter()))
    assert not list(desk.lists.stream("household", Filter()))
    return str(told.value)


def written(path, content):
    path.write_bytes(content)
    return path


def test_a_file_with_a_password_is_said_to_have_one(post_desk, tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000)
    path = written(tmp_path / "p.xlsx", ole + "EncryptedPackage".encode("utf-16-le") + bytes(1_000))
    assert "mật khẩu" in refused(post_desk, path)


@pytest.mark.parametrize("name", ["pledges.xlsx", "pledges_xlwt.xls", "pledges_odfpy.ods"])
def test_a_file_that_breaks_off_is_damaged(post_desk, tmp_path, name):
    whole = (DATA / name).read_bytes()
    for length in (9, 100, len(whole) // 2, len(whole) - 30):
        assert refused(post_desk, written(tmp_path / name, whole[:length]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không có nội dung"),
        (b"<html><table><tr><td>TT</td></tr></table></html>", "trang web"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML><html>", "trang web"),
        ("<html><table>".encode("utf-16"), "trang web"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "trang web"),
        (b"<?xml version='1.0'?><Workbook>", "XML"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html><table>", "trang web"),
        (b"<style>td {}</style><table><tr><td>A", "trang web"),
        (b"From: <Saved>\nSubject: x\nMIME-Version: 1.0\n", "trang web"),
        (b"ID;PSCALC3\nC;Y1;X1;K", "rất cũ"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "rất cũ"),
        (b"TABLE\r\n0,1\r\n", "rất cũ"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "không phải bảng tính"),
        (b"Rar!\x1a\x07\x00", "không phải bảng tính"),
        (b"MZ\x90\x00\x03", "không phải bảng tính"),
        (b"%PDF-1.7 x", "không phải bảng tính"),
        (b"\x09\x08\x10\x00", ""),
        (b"\x00" * 5_000, ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), "không phải bảng tính"),
    ],
)
def test_what_is_no_spreadsheet_is_said_to_be_none(post_desk, tmp_path, content, words):
    assert words in refused(post_desk, written(tmp_path / "list.xls", content))


def test_a_list_that_begins_with_ids_and_wards_is_a_list(tmp_path):
    for number, head in enumerate(("ID;Phường;Thôn", "ID;PHUONG")):
        content = f"{head}\n1;Tam Thanh;A\n".encode()
        assert format_of(written(tmp_path / f"{number}.csv", content)) == "csv"


def test_an_old_workbook_with_a_password_is_called_protected(post_desk, tmp_path):
    content = (DATA / "calc.xls").read_bytes()
    # The record of its author becomes one of a password: the rest cannot be read.
    author, password = b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00"
    assert content.count(author) == 1
    path = written(tmp_path / "p.xls", content.replace(author, password))
    assert "mật khẩu" in refused(post_desk, path)


def test_a_document_that_is_called_xlsx_is_no_spreadsheet(post_desk, tmp_path):
    with zipfile.ZipFile(tmp_path / "w.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "không phải bảng tính" in refused(post_desk, tmp_path / "w.xlsx")


def test_a_csv_that_is_called_xls_is_read_as_what_it_is(post_desk, tmp_path):
    path = files.write_csv(tmp_path / "list.xls", [HEAD, ROW], "\t", "utf-16")
    assert read(post_desk, path).accepted == 1


def test_a_workbook_called_csv_is_read_as_what_it_is(post_desk, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes((DATA / "pledges_vntime.xlsx").read_bytes())
    assert read(post_desk, path).accepted == 37


def test_an_archive_that_is_no_workbook_is_refused(post_desk, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    assert "không phải bảng tính" in refused(post_desk, tmp_path / "a.xlsx")


def test_an_archive_that_unpacks_without_end_is_refused(post_desk, tmp_path):
    path = tmp_path / "bomb.xlsx"
    sound = files.write_openpyxl(tmp_path / "sound.xlsx", [HEAD, ROW])
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith("sharedStrings.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            block = b"<si><t>a</t></si>" * 65_536
            for _n in range(300):
                part.write(block)
    assert path.stat().st_size < 4 * 1024 * 1024
    assert "chỗ" in refused(post_desk, path)


def test_entities_that_grow_are_refused(post_desk, tmp_path):
    xml = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    assert "hỏng" in refused(post_desk, files.write_xlsx_sheet(tmp_path / "e.xlsx", xml))


def test_a_lone_cell_at_the_far_corner_takes_no_gigabytes(post_desk, tmp_path):
    cell = '<c r="{0}" t="inlineStr"><is><t>x</t></is></c>'
    xml = (
        f'{files.SHEET_START}<row r="1">{cell.format("A1")}</row>'
        f'<row r="1048576">{cell.format("XFD1048576")}</row>{files.SHEET_END}'
    )
    assert "chỗ" in refused(post_desk, files.write_xlsx_sheet(tmp_path / "far.xlsx", xml))


def test_rows_that_are_repeated_a_million_times_take_no_gigabytes(post_desk, tmp_path):
    cell = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
        "<text:p>x</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert "chỗ" in refused(post_desk, files.write_ods_content(tmp_path / "r.ods", rows))


def test_a_million_empty_formatted_rows_are_passed_over(post_desk, tmp_path):
    """A tenth of them in daily runs."""
    last = tries(100_000, 1_000_000)
    columns = "ABCDEF"

    def row(number, values):
        cells = "".join(
            f'<c r="{c}{number}" t="inlineStr"><is><t>{v}</t></is></c>'
            for c, v in zip(columns, values, strict=True)
        )
        return f'<row r="{number}">{cells}</row>'

    empty = (f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(3, last))
    xml = "".join([files.SHEET_START, row(1, HEAD), row(2, ROW), *empty, files.SHEET_END])
    started = time.monotonic()
    outcome = read(post_desk, files.write_xlsx_sheet(tmp_path / "m.xlsx", xml))
    assert (outcome.rows, outcome.accepted) == (1, 1)
    assert time.monotonic() - started < MOST_SECONDS


def test_a_cell_of_a_hundred_thousand_letters_is_one_refused_row(post_desk, tmp_path):
    rows = [HEAD, [*ROW[:1], "ẵ" * 100_000, *ROW[2:]], ROW]
    outcome = read(post_desk, files.write_csv(tmp_path / "l.csv", rows, charset="utf-8-sig"))
    assert (outcome.accepted, [one.row.number for one in outcome.refused]) == (1, [2])
    assert len(outcome.refused[0].reason) < 300


def test_a_formula_that_would_start_a_program_stays_text(post_desk, tmp_path):
    row = [*ROW[:1], "=cmd|' /C calc'!A0", *ROW[2:]]
    outcome = read(post_desk, files.write_csv(tmp_path / "f.csv", [HEAD, row]))
    assert outcome.accepted + len(outcome.refused) == 1


@pytest.mark.parametrize(
    "name",
    [
        "pledges.xlsx",
        "pledges_vntime.xlsx",
        "pledges_xlwt.xls",
        "pledges_odfpy.ods",
        "calc_vntime.xls",
        "calc_mixed_fonts.ods",
        "outreach.csv",
    ],
)
def test_a_fuzzed_file_never_crashes(post_desk, tmp_path, name):
    whole = bytearray((DATA / name).read_bytes())
    chance = random.Random(name)
    part = post_desk.part(SheetImport)
    for _n in range(tries(8, 1_000)):
        broken = bytearray(whole)
        for _m in range(chance.choice((1, 3, 30))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        if chance.random() < 0.2:
            del broken[chance.randrange(len(broken)) :]
        path = written(tmp_path / name, bytes(broken))
        try:
            outcome = part.dry_run("pledge", path, PROGRAMME)
        except UserError:
            continue
        assert outcome.accepted + outcome.same + len(outcome.refused) == outcome.rows


def test_a_library_that_panics_writes_nothing_to_the_terminal(post_desk, tmp_path, capfd):
    whole = bytearray((DATA / "calc_vntime.xls").read_bytes())
    for length in range(len(whole) - 2_000, len(whole), 137):
        path = written(tmp_path / "p.xls", bytes(whole[:length]))
        try:
            post_desk.part(SheetImport).dry_run("pledge", path, PROGRAMME)
        except UserError:
            continue
    assert "panicked" not in capfd.readouterr().err


@pytest.mark.parametrize("part", ["xl/styles.xml", "docProps/core.xml"])
def test_a_part_that_only_the_reader_of_fonts_looks_at_may_be_broken(post_desk, tmp_path, part):
    with zipfile.ZipFile(DATA / "pledges_vntime.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    content = parts[part]
    parts[part] = content[: len(content) - 20] + b"<" + content[len(content) - 20 :]
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as new:
        for name, one in parts.items():
            new.writestr(name, one)
    assert "hỏng" in refused(post_desk, tmp_path / "f.xlsx")


def test_a_fuzzed_sheet_inside_a_sound_archive_never_crashes(post_desk, tmp_path):
    """The XML itself is corrupted, which a broken archive would hide."""
    chance = random.Random(7)
    part = post_desk.part(SheetImport)
    with zipfile.ZipFile(DATA / "pledges_vntime.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for _n in range(tries(20, 3_000)):
        spoilt = dict(parts)
        name = chance.choice([n for n in parts if n.endswith(".xml")])
        content = bytearray(spoilt[name])
        for _m in range(chance.choice((1, 4, 40))):
            content[chance.randrange(len(content))] = chance.choice(b'<>"=&;0123456789ABZrst/ ')
        spoilt[name] = bytes(content)
        path = tmp_path / "s.xlsx"
        with zipfile.ZipFile(path, "w") as new:
            for one, content in spoilt.items():
                new.writestr(one, content)
        try:
            outcome = part.dry_run("pledge", path, PROGRAMME)
        except UserError:
            continue
        assert outcome.accepted + outcome.same + len(outcome.refused) == outcome.rows


def test_sectors_that_lead_in_a_circle_are_damage(desk):
    # The library follows the cycle for ever.
    with pytest.raises(UserError) as met:
        desk.sheets.dry_run("clearing", DATA / "circle.xls", SheetRequest())
    assert str(met.value) == str(damaged())


SIZES = {
    "rows": (b"\x00\x02\x0e\x00", 8, b"\xac\xc4\x2e\x2b"),
    "columns": (b"\x00\x02\x0e\x00", 14, b"\xff\xff"),
    "sectors": (b"\xd0\xcf\x11\xe0", 44, b"\xff\xff\xff\x7f"),
    "short sectors": (b"\xd0\xcf\x11\xe0", 64, b"\xff\xff\xff\x7f"),
}
"""Where an .xls states its size: the marker before it, and the offset of the size."""


@pytest.mark.parametrize("where", SIZES)
def test_a_file_that_says_to_be_larger_than_it_can_be_is_damage(desk, tmp_path, where):
    # The library asks for the memory, and the system ends the process.
    begin, behind, said = SIZES[where]
    content = bytearray((DATA / "calc.xls").read_bytes())
    at = content.index(begin) + behind
    content[at : at + len(said)] = said
    (tmp_path / "a.xls").write_bytes(content)
    with pytest.raises(UserError) as met:
        desk.sheets.dry_run("clearing", tmp_path / "a.xls", SheetRequest())
    assert str(met.value) == str(damaged())


def test_a_cell_farther_right_than_a_sheet_goes_is_damage(desk, tmp_path):
    # The library asks for 22 GB: every column up to it, in every row.
    content = bytearray((DATA / "calc.xls").read_bytes())
    at = content.index(struct.pack("<HH", 0x00FD, 10)) + 6
    content[at : at + 2] = struct.pack("<H", 15_104)
    (tmp_path / "a.xls").write_bytes(content)
    with pytest.raises(UserError) as met:
        desk.sheets.dry_run("clearing", tmp_path / "a.xls", SheetRequest())
    assert str(met.value) == str(damaged())


def test_an_archive_that_breaks_off_in_its_first_part_is_damage(desk, tmp_path):
    content = bytearray((DATA / "pledges_odfpy.ods").read_bytes())
    # It claims that its header extends beyond the end of the file.
    content[29] = 0x56
    (tmp_path / "a.ods").write_bytes(content)
    with pytest.raises(UserError) as met:
        desk.sheets.dry_run("clearing", tmp_path / "a.ods", SheetRequest())
    assert str(met.value) == str(damaged())


@pytest.mark.parametrize("file", sorted(DATA.glob("*.xls")), ids=lambda path: path.stem)
def test_files_of_other_programs_are_as_large_as_they_say(file):
    if file.stem != "circle":
        require_sound_xls(file.read_bytes())


STYLES = (
    b"<styleSheet><fonts><font/><font><strike/></font></fonts>"
    b'<cellXfs><xf fontId="x"/><xf fontId="1"/></cellXfs></styleSheet>'
)
CELLS = b"<worksheet>" + b'<c t="e" r="A1" s="1" ' * 1_500
ODS_STYLES = b"<x>line-through" + b'<style:style style:name="a">' * 8_000


@pytest.mark.parametrize(
    ("scan", "parts"),
    [
        (
            lambda path: scan_xlsx(path, 0),
            {"xl/worksheets/sheet1.xml": CELLS, "xl/styles.xml": STYLES},
        ),
        (scan_ods, {"content.xml": ODS_STYLES}),
    ],
    ids=["xlsx", "ods"],
)
def test_tags_without_end_are_gone_through_once(tmp_path, scan, parts):
    base = files.write_xlsx_sheet(tmp_path / "base.xlsx", files.SHEET_START + files.SHEET_END)
    with zipfile.ZipFile(base) as source, zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        for name in {*source.namelist(), *parts}:
            target.writestr(name, parts[name] if name in parts else source.read(name))
    began = time.process_time()
    scan(tmp_path / "a.zip")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("heading", "part"), [("Nội dung", "+ "), ("Thôn", "\n"), ("Xã", "- ")])
def test_a_cell_that_goes_on_for_ever_is_refused_at_once(post_desk, tmp_path, heading, part):
    head = ["Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người", "Ghi chú"]
    row = ["5/1/2023", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", "Nà Mỏ", "40", ""]
    row[head.index(heading)] = f"X{part * 50_000}Y"
    row[-1] = "chữ " * 900
    path = files.write_csv(tmp_path / "long.csv", [head, row])
    begun = time.process_time()
    outcome = post_desk.sheets.dry_run("outreach", path, SheetRequest())
    assert [one.reason for one in outcome.refused] == ["Dài quá 2.000 ký tự."]
    assert time.process_time() - begun < 2
