"""Text in encodings of the 1990s: TCVN3 and VNI by font, by column, by choice; never half, never
twice."""

import csv
import unicodedata
from pathlib import Path
from time import process_time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from borderdesk.base.legacy_text import (
    CONVERTERS,
    TCVN3,
    VNI,
    EncodingVotes,
    from_tcvn3,
    is_capital_font,
)
from borderdesk.base.syllables import is_syllable
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.decoding import SheetText
from borderdesk.sheets.sources.inline_runs import inline_runs
from borderdesk.sheets.sources.workbook_source import open_sheet
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
with (DATA / "legacy_samples.csv").open(encoding="utf-8", newline="") as samples:
    SAMPLES = [tuple(row.values()) for row in csv.DictReader(samples)]
LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
)


def encoding_of(text):
    votes = EncodingVotes()
    votes.add(text)
    return votes.decided() or "unicode"


def decoded(path, choice=None):
    return [list(row.cells) for row in SheetText(open_sheet(path), choice).rows()]


@pytest.mark.parametrize(("encoding", "old", "new"), SAMPLES)
def test_the_samples_are_recognised_and_converted(encoding, old, new):
    assert CONVERTERS[encoding](old) == new
    assert encoding_of(old) == encoding
    assert encoding_of(new) == "unicode"


def test_every_vietnamese_letter_has_a_code():
    assert set(LETTERS) - set("abcdeghiklmnopqrstuvxy") <= set(TCVN3.values())
    marked = set(LETTERS) - set("abcdeghiklmnopqrstuvxy")
    assert marked | {letter.upper() for letter in marked} <= set(VNI.values())
    assert CONVERTERS["vni"]("aúAÚ") == "ẳẲ"
    assert CONVERTERS["tcvn3"]("\xad") == "ư"


@given(st.text(LETTERS + " ", max_size=30))
def test_what_is_written_in_an_old_encoding_is_read_back(text):
    assert CONVERTERS["tcvn3"](files.as_tcvn3(text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("word", ["Nguyễn", "Quý", "thuỵ", "luỹ", "giếng", "ngoằn", "khuya", "ước"])
def test_syllables_are_known(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["NguyÔn", "Th¸ng", "Hoàngg", "tãc", "bcd", "Vieät"])
def test_what_no_mouth_can_say_is_no_syllable(word):
    assert not is_syllable(word)


def test_each_font_decides_for_its_cells_and_capital_fonts_are_capitals(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    cells = [
        ("Céng hoµ x· héi", ".VnTimeH", "CỘNG HOÀ XÃ HỘI"),
        ("NguyÔn V¨n An", ".VnTime", "Nguyễn Văn An"),
        ("Nguyeãn Vaên An", "VNI-Times", "Nguyễn Văn An"),
        ("Nguyễn Văn An", "Times New Roman", "Nguyễn Văn An"),
        ("Nguyễn Thị Đào", ".VnTime", "Nguyễn Thị Đào"),
        ("Hµ", ".VnArial", "Hà"),
        ("Tõ", ".VnTime", "Từ"),
        ("Ðàm", "Arial", "Đàm"),
        (unicodedata.normalize("NFD", "Hoàng"), "Arial", "Hoàng"),
    ]
    for number, (text, font, _wanted) in enumerate(cells, start=1):
        page.cell(number, 1, text).font = Font(name=font)
    book.save(tmp_path / "f.xlsx")
    assert [row[0] for row in decoded(tmp_path / "f.xlsx")] == [wanted for *_cell, wanted in cells]
    assert is_capital_font(".VnTimeH")
    assert not is_capital_font(".VnTime")


@pytest.mark.parametrize("write", [files.as_tcvn3, files.as_vni])
def test_without_fonts_the_whole_column_decides(tmp_path, write):
    names = ["Nguyễn văn Hòa", "Từ thị hà", "hà", "Lương thế Đạt"]
    rows = [[write(name.lower()), "1"] for name in names]
    path = files.write_csv(tmp_path / "n.csv", rows)
    assert [row[0] for row in decoded(path)] == [name.lower() for name in names]
    eight_bit = files.write_csv(tmp_path / "l.csv", rows, charset="latin-1")
    assert [row[0] for row in decoded(eight_bit)] == [name.lower() for name in names]


def test_a_text_counts_for_each_of_its_cells(tmp_path):
    path = files.write_csv(tmp_path / "m.csv", [["Nguyễn"], *[["hµ"]] * 4])
    assert decoded(path) == [["Nguyễn"], *[["hà"]] * 4]


def test_the_person_s_choice_wins_but_spares_what_only_unicode_can_hold(tmp_path):
    path = files.write_csv(tmp_path / "c.csv", [["Hµ", "Tõ", "Nguyễn"]])
    assert decoded(path, "tcvn3") == [["Hà", "Từ", "Nguyễn"]]
    assert decoded(path, "unicode") == [["Hµ", "Tõ", "Nguyễn"]]


@pytest.mark.parametrize("font", ["Arial", ".VnArial"])
def test_each_part_of_a_text_in_the_sheet_itself_has_its_font(tmp_path, font):
    book = openpyxl.Workbook()
    parts = [(".VnTimeH", "Lương "), ("Times New Roman", "Thị "), ("VNI-Times", "Ướt")]
    ways = {".VnTimeH": files.as_tcvn3, "VNI-Times": files.as_vni}
    book.active["A1"] = CellRichText(
        [TextBlock(InlineFont(rFont=name), ways.get(name, str)(text)) for name, text in parts]
    )
    book.active["A1"].font = Font(name=font)
    book.active["B2"] = CellRichText(TextBlock(InlineFont(b=True), "Nà "), "Mỏ")
    book.save(tmp_path / "f.xlsx")
    rows = decoded(tmp_path / "f.xlsx")
    assert (rows[0][0], rows[1][1]) == ("LƯƠNG Thị Ướt", "Nà Mỏ")


@pytest.mark.parametrize(("texts", "parts"), [(20_000, 1), (3, 3_000)])
def test_texts_without_an_end_are_looked_through_once(texts, parts):
    begun = b'<c r="A1" t="inlineStr"><is>' + b'<r><rPr><rFont val="VNI-Times"/>' * parts
    before = process_time()
    assert list(inline_runs(begun * texts + b"</is>")) == []
    assert process_time() - before < 2


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Lý Thị Ánh", "Lý Thị Ánh"),
        ("Nông Văn Út, Ải Khẩu", "Nông Văn Út, Ải Khẩu"),
        ("Đã ký ở xã", "Đã ký ở xã"),
        ("Trâu ốm", "Trâu ốm"),
        ("NGUYỄN VĂN HẢI", "NGUYỄN VĂN HẢI"),
        ("LÝ THỊ HOA", "LÝ THỊ HOA"),
        ("ĐỒN BIÊN PHÒNG BA SƠN", "ĐỒN BIÊN PHÒNG BA SƠN"),
        ("CHỦ hộ", "CHỦ hộ"),
        ("UBND xã Mỏ", "UBND xã Mỏ"),
        ("Bà Lò", "Bà Lò"),
        ("Số CMND/CCCD", "Số CMND/CCCD"),
    ],
)
def test_a_name_has_the_capitals_that_tcvn3_lacks(written, read):
    assert from_tcvn3(files.as_tcvn3(written)) == read


@pytest.mark.parametrize("font", [".VnTime", "VNI-Times"])
def test_unicode_typed_in_an_old_font_stays_as_it_is(post_desk, tmp_path, font):
    names = ["Hà Vân", "Lò Thào", "Tô Hoài"]
    rows = [[number, name, "Xuất Lễ", "Bản Ranh"] for number, name in enumerate(names, 1)]
    head = ["TT", "Chủ hộ", "Xã", "Thôn"]
    path = files.write_openpyxl(tmp_path / "list.xlsx", [head, *rows], font)
    outcome = post_desk.sheets.import_sheet("household", path, SheetRequest())
    assert outcome.table.text.encodings == set()
    assert {one.values["head"] for one in post_desk.lists.stream("household", Filter())} == {*names}


def test_a_column_in_unicode_beside_one_in_tcvn3_of_the_same_font(post_desk, tmp_path):
    rows = [
        [1, "Hà Vân Tô", "Đường Bản Ranh", files.as_tcvn3("Bản Ranh")],
        [2, "Lò Thào Ân", "Đường Bản Ranh", files.as_tcvn3("Tằm Nguyên")],
    ]
    head = ["TT", "Chủ hộ", "Ghi chú", "Thôn"]
    path = files.write_openpyxl(tmp_path / "list.xlsx", [head, *rows], ".VnTime")
    request = SheetRequest(fixed={"commune": "Xuất Lễ"})
    post_desk.sheets.import_sheet("household", path, request)
    found = [one.values for one in post_desk.lists.stream("household", Filter())]
    assert {(one["head"], one["hamlet"]) for one in found} == {
        ("Hà Vân Tô", "Bản Ranh"),
        ("Lò Thào Ân", "Tằm Nguyên"),
    }
