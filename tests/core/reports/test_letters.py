"""Characters on paper: none makes a report fail. Those missing in the fonts are replaced and
reported."""

import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base import letters as letters_module
from borderdesk.base.letters import HAN_SIGNS, changed_on_paper, is_han, lacking, on_paper
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import Annex, Column, Heading, Paragraph, Row, Table
from borderdesk.reports.paper.faces import FONTS, HAN_NAME, HAN_WIDTH, faces, letters, printable
from borderdesk.reports.paper.pdf import write_pdf
from tests.factories import example
from tests.paper import pages
from tests.papers import document, letter
from tests.report_files import words_of, written

COLUMNS = (Column("TT"), Column("Thôn"))
CLEARING = {
    "post": "BS", "kind": "road_clearing", "started_on": "2023-11-02", "commune": "06196",
    "participants": 5,
}  # fmt: skip


def test_the_letters_written_down_are_those_of_the_font_files():
    written_down = {chr(code) for code in range(0x110000)
                    if letters_module._ELSE_THAN_SERIF.match(chr(code)) is None}  # fmt: skip
    assert written_down == letters()


def test_the_han_face_has_gb_2312_and_a_few_signs_each_one_em_wide():
    from reportlab.pdfbase.ttfonts import TTFont

    face = TTFont("han", str(FONTS / f"{HAN_NAME}.ttf")).face
    having = {chr(code) for code, glyph in face.charToGlyph.items() if glyph}
    assert having == {chr(code) for code in range(0x3000, 0xA000) if is_han(chr(code))}
    assert len(having) == 6763 + len(HAN_SIGNS)
    assert {face.charWidths[ord(one)] for one in having} == {1000 * HAN_WIDTH}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("BB 12\u2011BB", "BB 12-BB"),
        ("a\u2028b\u3000c", "a\nb c"),
        ("\uf0b7 một", "• một"),
        ("✓ ☑ ★ ⇒", "√ √ * →"),
        ("① Ⅳ ㎞ ｆ", "(1) IV km f"),
        ("公函 15/2026", "公函 15/2026"),
        ("憑祥", "[U+6191]祥"),
        ("😀", "[U+1F600]"),
        ("a\u200bb\ufe0f\x07", "ab"),
        ("\ud800", "[U+D800]"),
        ("một\r\nhai\tba", "một\nhai ba"),
    ],
)
def test_letters_are_replaced_by_printable_ones(typed, printed):
    assert printable(typed) == printed


@settings(max_examples=200)
@given(st.text())
def test_every_letter_is_in_a_face_after_it(text):
    shown = printable(text)
    for face in faces():
        face.width(shown.replace("\n", ""))
    assert on_paper(shown) == shown
    assert all(f"[U+{ord(one):04X}]" in shown for one in lacking(nfc(text)))


@pytest.mark.parametrize("letter_", ["漢", "😀", "\ud800"])
@pytest.mark.parametrize("place", ["cell", "group", "head", "paragraph", "heading", "banner"])
def test_a_footnote_names_where_a_stand_in_is(tmp_path, letter_, place):
    text = f"Bản Chắt {letter_}"

    def at(here):
        return text if place == here else "x"

    table = Table(
        (Column(at("head")), *COLUMNS[1:]),
        [Row((at("group"),), "group"), Row(("7", at("cell")))],
    )
    made = document(
        Paragraph(at("paragraph")), Heading(at("heading")), table, banner=at("banner"), annexes=()
    )
    write_pdf(made, tmp_path / "a.pdf")
    sign = f"[U+{ord(letter_):04X}]"
    words = words_of(tmp_path / "a.pdf")
    assert f"Bản Chắt {sign}".upper() in words.upper()
    where = "7 · Bản Chắt" if place == "cell" else "Bản Chắt"
    assert f"{sign}: ký tự không có trong phông chữ của văn bản này, ở: {where} {sign}." in words


def test_a_footnote_is_no_place_of_a_stand_in_in_the_next_part(tmp_path):
    parts = [Annex("Một", (Paragraph("Thư 😀"),)), Annex("Hai", (Paragraph("Không có gì"),))]
    write_pdf(document(Paragraph("x"), annexes=parts), tmp_path / "a.pdf")
    assert words_of(tmp_path / "a.pdf").count("ký tự không có trong phông chữ") == 1


def test_a_footnote_names_the_letters_of_the_same_places_once_and_five_places(tmp_path):
    rows = [Row((str(n), "😀 ✋"), about=f"Phát quang, số {n}") for n in range(8)]
    rows.append(Row(("8", "ꨆ"), about="Phát quang, số 8"))
    write_pdf(document(Table(COLUMNS, rows), annexes=()), tmp_path / "a.pdf")
    words = words_of(tmp_path / "a.pdf")
    assert words.count("ký tự không có trong phông chữ") == 2
    assert "[U+1F600], [U+270B]: ký tự không có" in words
    assert words.count("Phát quang, số 4; và 3 chỗ khác.") == 1


def test_chinese_is_set_in_its_own_face_and_read_back(tmp_path):
    made = document(
        Paragraph("Gặp gỡ 凭祥市 theo công thư 公函 15/2026. " * 6),
        Table(COLUMNS, [Row(("1", "Nà Căng – 那岗"))]),
        letter=letter(issuer="Đồn 友谊关"),
        annexes=(),
    )
    write_pdf(made, tmp_path / "a.pdf")
    words = words_of(tmp_path / "a.pdf")
    assert "Gặp gỡ 凭祥市 theo công thư 公函 15/2026." in words
    assert "Nà Căng – 那岗" in words
    assert "ĐỒN 友谊关" in words
    runs = pages(tmp_path / "a.pdf")[0].runs
    assert b"BorderDeskHan" in (tmp_path / "a.pdf").read_bytes()
    assert max(run.right for run in runs) < 210 - 14.9


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("Nà Mỏ\u2011A", "“\u2011” (U+2011) → “-”"),
        ("BB số 5 ✓", "“✓” (U+2713) → “√”"),
        ("憑祥 😀", "“憑” (U+6191) → “[U+6191]”, “😀” (U+1F600) → “[U+1F600]”"),
        ("Nà Căng – 那岗", ""),
        ("Thôn Nà Căng", ""),
    ],
)
def test_entry_names_the_letter_at_the_field(desk, typed, warned):
    warnings = desk.records.add("clearing", {**CLEARING, "hamlet": typed}).warnings
    told = "Phông chữ của báo cáo không có một số ký tự"
    assert (told in warnings.get("hamlet", "")) == bool(warned)
    assert warned in warnings.get("hamlet", "")


def test_the_rows_below_a_record_are_warned_of_too(desk):
    raw = {**example("track"), "post": "BS", "funders": [{"name": "凭祥市 ✋", "amount_vnd": 5}]}
    warnings = desk.records.add("track", raw).warnings
    assert "“✋” (U+270B) → “[U+270B]”" in warnings["funders[0].name"]


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".json"])
def test_no_letter_stops_a_register_or_a_summary_with_it(desk, tmp_path, suffix):
    typed = "Thôn Nà Căng – 那岗 憑 😀\u2011A ★"
    saved = desk.records.add("clearing", {**CLEARING, "hamlet": typed})
    short = saved.id.replace("-", "")[-8:]
    for kind, asked in (
        ("register", {"type": "clearing"}),
        ("summary", {"annex_registers": ("clearing",)}),
    ):
        file = written(desk, tmp_path, suffix, kind, "2023-11", scope="province", **asked)
        if suffix == ".pdf":
            words = words_of(file)
            assert all(part in words for part in ("那岗", "[U+6191]", "[U+1F600]-A", " *, "))
            assert "[U+1F600]: ký tự không có" in words
            assert f"Phát quang, tu sửa ngày 02/11/2023, số hiệu {short}" in words
        elif suffix == ".xlsx":
            sheets = openpyxl.load_workbook(file)
            cells = [c.value for sheet in sheets for row in sheet for c in row if c.value]
            assert any(typed in str(value) for value in cells)
        elif kind == "register":
            assert json.loads(file.read_text("utf-8"))["records"][0]["hamlet"] == typed


def test_changed_letters_are_told_but_not_unseen_ones():
    assert changed_on_paper("a\u200b\u3000b\ufe0f") == []
    assert changed_on_paper("é ẵ đ ₫ 那") == []
