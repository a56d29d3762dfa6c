"""Names, numbers and titles in the form that officers use on paper."""

import datetime
import re

import pypdfium2
import pytest

from borderdesk.base.i18n import set_language
from borderdesk.reports.blocks import Column, Paragraph, Row, Table
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.paper.letter import citation
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.report_kinds import REPORTS
from borderdesk.reports.wording import in_sentence, scope_in_sentence
from tests.paper import pages
from tests.papers import document, letter
from tests.report_files import words_of, written


@pytest.mark.parametrize(
    ("name", "written_so"),
    [
        ("Tỉnh Lạng Sơn", "tỉnh Lạng Sơn"),
        ("Huyện Cao Lộc", "huyện Cao Lộc"),
        ("Thị trấn Đồng Đăng", "thị trấn Đồng Đăng"),
        ("Đồn Biên phòng Ba Sơn", "Đồn Biên phòng Ba Sơn"),
        ("BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN", "Bộ Chỉ huy BĐBP tỉnh Lạng Sơn"),
        ("BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN", "Ban Chỉ huy BĐBP tỉnh Lạng Sơn"),
        (
            "ĐỒN BIÊN PHÒNG CỬA KHẨU QUỐC TẾ HỮU NGHỊ",
            "Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị",
        ),
        ("ĐẢNG ỦY ĐỒN BIÊN PHÒNG BA SƠN", "Đảng ủy Đồn Biên phòng Ba Sơn"),
        ("UBND XÃ MẪU SƠN", "UBND xã Mẫu Sơn"),
        ("BỘ CHỈ HUY QUÂN SỰ TỈNH LẠNG SƠN", "Bộ Chỉ huy Quân sự tỉnh Lạng Sơn"),
        ("ỦY BAN MẶT TRẬN TỔ QUỐC HUYỆN CAO LỘC", "Ủy ban Mặt trận Tổ quốc huyện Cao Lộc"),
        ("CÔNG AN THỊ TRẤN ĐỒNG ĐĂNG", "Công an thị trấn Đồng Đăng"),
        ("ĐỘI VẬN ĐỘNG QUẦN CHÚNG", "Đội Vận động quần chúng"),
    ],
)
def test_a_name_within_a_sentence(name, written_so):
    assert in_sentence(name) == written_so


@pytest.mark.parametrize(
    ("name", "lang", "written_so"),
    [
        ("Tỉnh Lạng Sơn", "vi", "tỉnh Lạng Sơn"),
        ("Tỉnh Lạng Sơn", "en", "Lạng Sơn province"),
        ("Huyện Cao Lộc", "en", "Cao Lộc district"),
        ("Thị trấn Đồng Đăng", "en", "Đồng Đăng township"),
        ("Thị trấn Đồng Đăng", "vi", "thị trấn Đồng Đăng"),
        ("Đồn Biên phòng Ba Sơn", "en", "Đồn Biên phòng Ba Sơn"),
    ],
)
def test_a_scope_is_written_in_the_language_of_the_sentence(name, lang, written_so):
    set_language(lang)
    assert scope_in_sentence(name) == written_so


def test_a_document_is_cited_by_number_day_and_body():
    cited = citation(letter(issuer="ĐỒN BIÊN PHÒNG BA SƠN"))
    assert cited == ("Báo cáo số 05/BC-ĐBPHN ngày 05 tháng 01 năm 2024 của Đồn Biên phòng Ba Sơn")


def test_words_stay_with_their_numbers(tmp_path):
    for much in range(60):
        text = "x" * much + " trong tháng 6/2023 đạt 72,5 % kế hoạch 6 tháng ngày 15 năm 2023 " * 6
        write_pdf(document(Paragraph(text), annexes=()), tmp_path / "a.pdf")
        for run in pages(tmp_path / "a.pdf")[0].runs:
            assert not re.search(r"\b(trong tháng|ngày|năm|72,5|hoạch 6)$", run.text), run.text


def test_a_minus_is_a_minus(tmp_path):
    table = Table(
        (Column("A", "number"), Column("B", "percent"), Column("C")),
        [Row((-5, -12, "BB-05")), Row((1234, 0, "-3"))],
    )
    write_pdf(document(table, annexes=()), tmp_path / "a.pdf")
    words = words_of(tmp_path / "a.pdf")
    assert "−5 −12,0 % BB-05" in words
    assert "-5" not in words


def test_the_file_is_called_as_the_paper_is_titled(desk, tmp_path):
    target = written(desk, tmp_path, ".pdf", "summary", "2023-12", scope="post:BS")
    with pypdfium2.PdfDocument(target) as opened:
        title = opened.get_metadata_dict()["Title"]
    assert title == "Báo cáo kết quả công tác biên phòng tháng 12 năm 2023"


def test_party_papers_are_signed_by_their_custom(desk):
    for key, value in (
        ("template", "party"), ("signer_mode", "TM."), ("signs_for", "Đảng ủy"),
        ("signer_office", "Bí thư"),
    ):  # fmt: skip
        desk.reference.set_setting(key, value)
    head = letterhead(desk, datetime.date(2024, 1, 5))
    assert head.signature().office == ("T/M Đảng ủy", "Bí thư")


@pytest.mark.parametrize("kind", sorted({*REPORTS} - {"amendment"}))
def test_no_paper_speaks_of_the_program(desk, tmp_path, kind):
    asked = {"type": "clearing"} if kind == "register" else {}
    words = words_of(written(desk, tmp_path, ".pdf", kind, "2023-12", scope="province", **asked))
    for said in ("bản ghi", "hãy nạp"):
        assert said not in words.lower()
    # One line of a briefing is its whole head.
    issuer = "Bộ Chỉ huy BĐBP tỉnh" if kind == "briefing" else "BỘ CHỈ HUY BĐBP"
    assert issuer in words


def test_running_text_names_the_province_in_small_letters(desk, tmp_path):
    words = words_of(written(desk, tmp_path, ".pdf", "summary", "2023-12", scope="province"))
    assert "Kết quả công tác của tỉnh Lạng Sơn từ ngày" in words


def test_money_in_millions_where_asked(desk, tmp_path):
    desk.records.add(
        "track",
        {"post": "BS", "completed_on": "2023-12-05", "commune": "06196", "cost_vnd": 129_500_000},
    )
    asked = {"scope": "post:BS", "hide_empty": True}
    words = words_of(written(desk, tmp_path, ".pdf", "summary", "2023-12", **asked))
    assert "129.500.000" in words
    words = words_of(written(desk, tmp_path, ".pdf", "summary", "2023-12", millions=True, **asked))
    assert "129,5" in words
    assert "129.500.000" not in words.split("Phụ lục")[0]
