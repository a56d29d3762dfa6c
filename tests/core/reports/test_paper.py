"""The page of a report against Nghị định 30/2020, as read back by other programs."""

import datetime
import os
import re
import subprocess
import sys
import unicodedata
import weakref
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from borderdesk.reports.blocks import Annex, Column, Heading, Paragraph, Row, Signature, Table
from borderdesk.reports.paper.letter import date_words, number_line, recipients
from borderdesk.reports.paper.numbering import Numbering, roman
from borderdesk.reports.paper.pdf import first_page, write_pdf
from tests import paper, papers
from tests.effort import tries
from tests.papers import BODY, CODE, document, letter, table

ROOT = Path(__file__).resolve().parents[3]
NEAR = 0.5  # mm
LEFT, RIGHT, MIDDLE = 30.0, 195.0, 112.5
SINGLE = 1.149  # a single line of Times, in its size


@pytest.fixture
def read(tmp_path):
    """The pages of a document, read back."""

    def made(document):
        target = tmp_path / "paper.pdf"
        write_pdf(document, target)
        return paper.pages(target)

    return made


def near(one, other, within=NEAR):
    return abs(one - other) <= within


# --------------------------------------------------------------------- the decree's table


def test_paper_and_margins(read):
    first, second, *_annexes = read(document())
    for page in (first, second):
        assert near(page.width, 210)
        assert near(page.height, 297)
        text = [run for run in page.runs if run.foot > 19 and not run.text.startswith("Không dùng")]
        assert near(min(run.left for run in text), LEFT)
        assert max(run.right for run in text) <= RIGHT + NEAR
        assert all(run.foot - run.size * 0.7 / paper.MM >= 20 - NEAR for run in text)
        assert max(run.foot for run in text) <= 277
    spread = [run for run in first.runs if near(run.right, RIGHT) and run.size == 13]
    assert len(spread) > 5


def test_the_first_page_begins_with_the_letterhead(read):
    page = read(document())[0]
    nation, motto = page.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), page.find("Độc lập - Tự do")
    assert (nation.face, nation.size) == ("LiberationSerif-Bold", 12)
    assert (motto.text, motto.size) == ("Độc lập - Tự do - Hạnh phúc", 13)
    assert motto.face == "LiberationSerif-Bold"
    assert near(nation.middle, motto.middle)
    assert near(motto.foot - nation.foot, 13 * SINGLE / paper.MM)
    rule = page.rule_under(motto)
    assert near(rule.width, motto.width)
    assert near(rule.middle, motto.middle)
    superior, issuer = page.find("BỘ CHỈ HUY BĐBP"), page.find("QUỐC TẾ HỮU NGHỊ")
    assert (superior.face, superior.size) == ("LiberationSerif", 12)
    assert (issuer.face, issuer.size) == ("LiberationSerif-Bold", 12)
    assert near(superior.middle, issuer.middle)
    assert near(superior.middle, LEFT + 74 / 2)
    assert near(nation.middle, LEFT + 74 + 91 / 2)
    assert near(superior.foot, nation.foot)
    short = page.rule_under(issuer)
    assert issuer.width / 3 <= short.width <= issuer.width / 2
    assert near(short.middle, issuer.middle)


def test_number_and_date_on_one_line(read):
    page = read(document())[0]
    number, date = page.find("Số:"), page.find("Lạng Sơn, ngày")
    assert (number.text, number.face, number.size) == ("Số: 05/BC-ĐBPHN", "LiberationSerif", 13)
    assert date.text == "Lạng Sơn, ngày 05 tháng 01 năm 2024"
    assert (date.face, date.size) == ("LiberationSerif-Italic", 13)
    assert near(number.foot, date.foot)
    assert near(number.middle, page.find("QUỐC TẾ HỮU NGHỊ").middle)
    assert near(date.middle, page.find("CỘNG HÒA").middle)


def test_title_and_addressees(read):
    page = read(document())[0]
    name, last = page.find("BÁO CÁO"), page.find("an ninh biên giới quốc gia")
    assert last.text.endswith("tháng 12 năm 2023")
    for run in (name, page.find("Kết quả công tác"), last):
        assert (run.face, run.size) == ("LiberationSerif-Bold", 14)
        assert near(run.middle, MIDDLE)
    rule = page.rule_under(last)
    assert last.width / 3 <= rule.width <= last.width / 2
    assert near(rule.middle, MIDDLE)
    to, one, two = page.find("Kính gửi:"), page.find("- Bộ Chỉ huy"), page.find("- Ủy ban")
    assert (to.face, to.size) == ("LiberationSerif", 13)
    assert near(one.left, two.left)
    assert to.left < one.left < to.right  # the dashes stand under the colon
    assert to.right - one.left < 3
    assert (one.text[-1], two.text[-1]) == (";", ".")
    alone = read(document(letter=letter(addressees=("Bộ Chỉ huy BĐBP tỉnh Lạng Sơn.",))))[0]
    assert alone.find("Kính gửi").text == "Kính gửi: Bộ Chỉ huy BĐBP tỉnh Lạng Sơn"
    assert near(alone.find("Kính gửi").middle, MIDDLE)


def test_body_text_has_its_indent_and_spacing(read):
    page = read(document())[0]
    starts = [run for run in page.runs if run.text.startswith("Trong tháng, đơn vị")]
    lines = [run for run in page.runs if run.size == 13 and run.foot >= starts[1].foot]
    second, third = lines[1], lines[2]
    assert near(starts[0].left, LEFT + 10)
    assert near(second.left, LEFT)
    assert second.face == "LiberationSerif"
    step = (second.foot - starts[1].foot) * paper.MM
    assert 13 * SINGLE <= step <= 13 * SINGLE * 1.5
    assert third.foot > second.foot
    gap = (starts[2].foot - third.foot) * paper.MM - step
    assert 6 - 0.1 <= gap <= 12


def test_numbered_headings_have_their_faces(read):
    page = read(document())[0]
    level_one, level_two = page.find("I. TÌNH HÌNH CHUNG"), page.find("1. Tuần tra")
    assert page.find("II. KẾT QUẢ").face == "LiberationSerif-Bold"
    for run in (level_one, level_two):
        assert (run.face, run.size) == ("LiberationSerif-Bold", 13)
        assert near(run.left, LEFT + 10)
    assert page.find("a) Đơn phương").size == 13


def test_points_follow_the_vietnamese_alphabet(read):
    points = [Heading(f"điểm {number}", 3, numbered=True) for number in range(1, 25)]
    pages = read(document(*points, Paragraph(BODY), annexes=(), seal=None))
    text = "\n".join(run.text for page in pages for run in page.runs)
    found = re.findall(r"^(\w+)\) điểm", text, re.MULTILINE)
    assert found == "a b c d đ e g h i k l m n o p q r s t u v x y aa".split()


def test_the_foot_has_signature_and_recipients(read):
    page = read(document())[1]
    office, second, name = (page.find(t) for t in ("KT. ĐỒN", "PHÓ ĐỒN", "Trung tá Nông Văn Ổn"))
    for run in (office, second, name):
        assert (run.face, run.size) == ("LiberationSerif-Bold", 13)
        assert near(run.middle, office.middle)
    assert name.foot - second.foot > 25  # room for signature and stamp
    to, first = page.find("Nơi nhận:"), page.find("- Như trên;")
    assert (to.face, to.size) == ("LiberationSerif-BoldItalic", 12)
    assert near(to.left, LEFT)
    assert near(to.foot, office.foot)
    listed = [run.text for run in page.runs if run.size == 11 and run.text.startswith("- ")]
    assert listed == [
        "- Như trên;", "- Đảng ủy, Ban Chỉ huy Đồn;", "- Ủy ban nhân dân các xã biên giới;",
        "- Lưu: VT, VĐQC.",
    ]  # fmt: skip
    assert (first.face, near(first.left, LEFT)) == ("LiberationSerif", True)


def test_rank_is_left_out_when_so_asked(read):
    signature = Signature(("Đồn trưởng",), "Nông Văn Ổn")
    pages = read(document(letter=letter(signature=signature, addressees=())))
    assert any(run.text == "Nông Văn Ổn" for run in pages[1].runs)
    assert not any(run.text == "- Như trên;" for page in pages for run in page.runs)


def test_page_numbers_stand_in_the_middle_of_the_top_margin(read):
    pages = read(document())
    numbers = [[run for run in page.runs if run.foot < 19 and run.text.isdecimal()]
               for page in pages]  # fmt: skip
    assert [[run.text for run in found] for found in numbers] == [[], ["2"], [], ["2"], ["3"], []]
    for page, found in zip(pages, numbers, strict=True):
        for run in found:
            assert run.size == 13
            assert run.face == "LiberationSerif"
            assert near(run.middle, (30 + page.width - 15) / 2)


def test_annexes_begin_pages_of_their_own(read):
    pages = read(document())
    first, second = pages[2], pages[5]
    assert (first.width > first.height, second.width > second.height) == (True, False)
    for page, name, title in ((first, "Phụ lục I", "SỔ TUẦN TRA"), (second, "Phụ lục II", "BIỂU")):
        middle = (30 + page.width - 15) / 2
        head, caps, of = page.find(name), page.find(title), page.find("(Kèm theo Báo cáo số 05/BC")
        assert (head.text, head.face, head.size) == (name, "LiberationSerif-Bold", 14)
        assert (caps.face, caps.size) == ("LiberationSerif-Bold", 13)
        assert (of.face, of.size) == ("LiberationSerif-Italic", 13)
        assert all(near(run.middle, middle) for run in (head, caps, of))
        assert head.foot < caps.foot < of.foot
    text = " ".join(run.text for run in first.runs)
    assert "ngày 05 tháng 01 năm 2024 của Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị)" in text
    (only,) = papers.party().annexes
    assert read(papers.party())[-1].find("Phụ lục").text == "Phụ lục"
    assert isinstance(only, Annex)


def test_the_box_for_internal_use(read):
    page = read(papers.invented())[0]
    words = page.find("LƯU HÀNH NỘI BỘ")
    assert (words.face, words.size) == ("LiberationSerif-Bold", 13)
    box = next(b for b in page.boxes if 7 < b.height < 9 and b.left < words.left < b.right)
    assert near(box.middle, words.middle)
    assert near(box.height, 8)
    assert box.top < words.foot < box.bottom
    assert page.find("SỐ LIỆU GIẢ ĐỊNH").foot < 20
    assert page.find("/BC-ĐBPHN").left - page.find("Số:").right > 5  # room for the number
    assert page.find("tháng").left - page.find("Lạng Sơn, ngày").right > 3
    assert page.find("năm 2024").left - page.find("tháng").right > 3


def test_a_party_committee_writes_under_another_head(read):
    page = read(papers.party())[0]
    words = [run.text for run in page.runs]
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in words
    assert not any(word.startswith(("CỘNG HÒA", "Độc lập")) for word in words)
    head = page.find("ĐẢNG CỘNG SẢN VIỆT NAM")
    assert near(page.rule_under(head).width, head.width)
    star, number, issuer = page.find("*"), page.find("Số 05-BC/ĐU"), page.find("BIÊN PHÒNG BA SƠN")
    assert issuer.foot < star.foot < number.foot
    assert near(star.middle, issuer.middle)
    assert near(page.find("Lạng Sơn, ngày 05").middle, head.middle)


# ------------------------------------------------------------------------------- its words


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2199, 12, 31)))
def test_the_zero_before_days_and_months(day):
    words = re.fullmatch(r"ngày (\d+) tháng (\d+) năm (\d{4})", date_words(day))
    assert words
    assert [int(word) for word in words.groups()] == [day.day, day.month, day.year]
    assert len(words[1]) == 2
    assert (words[2][0] == "0") == (day.month in (1, 2))


@pytest.mark.parametrize(
    ("template", "number", "told"),
    [
        ("government", "5", "Số: 05/BC-X"), ("government", "12", "Số: 12/BC-X"),
        ("government", "05", "Số: 05/BC-X"), ("government", "105", "Số: 105/BC-X"),
        ("government", "5a", "Số: 5a/BC-X"), ("party", "5", "Số 05-BC-X"),
    ],
)  # fmt: skip
def test_numbers_under_ten_get_a_zero(template, number, told):
    assert number_line(letter(template=template, number=number, symbol="BC-X")) == told


def test_recipients_are_punctuated_whatever_was_typed():
    made = letter(recipients=("Ban Chỉ huy;", " Các xã. ", ""), archive="VT, VĐQC.")
    assert recipients(made) == [
        "- Như trên;", "- Ban Chỉ huy;", "- Các xã;", "- Lưu: VT, VĐQC.",
    ]  # fmt: skip


@given(st.integers(1, 399))
def test_roman_numerals_can_be_read_back(number):
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    digits = [values[letter] for letter in roman(number)]
    told = sum(-d if any(d < e for e in digits[n + 1 :][:1]) else d for n, d in enumerate(digits))
    assert told == number
    assert not re.search("(IIII|XXXX|CCCC|VV|LL)", roman(number))


def test_numbers_begin_again_below_a_new_part():
    numbering = Numbering()
    levels = (1, 2, 3, 3, 2, 3, 1, 2)
    found = [numbering.of(Heading("x", level, numbered=True)) for level in levels]
    assert found == ["I. x", "1. x", "a) x", "b) x", "2. x", "a) x", "II. x", "1. x"]


# ---------------------------------------------------------------------------- whole pages


@settings(max_examples=tries(12, 25))
@given(st.integers(0, 70), st.booleans(), st.sampled_from([1, 3, 12]))
def test_a_signature_never_stands_alone(tmp_path_factory, lines, ends_in_table, sentences):
    target = tmp_path_factory.mktemp("foot") / "a.pdf"
    blocks = [Paragraph(f"Đoạn {n}. " + "Nội dung đoạn văn. " * sentences) for n in range(lines)]
    if ends_in_table:
        blocks.append(table(5))
    blocks.append(Heading("Kết", 1)) if not blocks else None
    write_pdf(document(*blocks, annexes=()), target)
    page = next(p for p in paper.pages(target) if any("KT. ĐỒN" in r.text for r in p.runs))
    office, name = page.find("KT. ĐỒN"), page.find("Trung tá")
    assert name.foot > office.foot
    above = [run for run in page.runs if 19 < run.foot < office.foot - 2]
    assert above
    assert page.find("Nơi nhận:").foot < 277
    assert all(run.foot < 278 for run in page.runs if not run.text.startswith("Không dùng"))


def test_no_line_of_a_paragraph_is_left_alone(read):
    for before in range(14, 28):
        filler = [Paragraph("Một dòng.") for _line in range(before)]
        pages = read(document(*filler, Paragraph(BODY * 2), annexes=(), seal=None))
        ends = [
            sum("Một dòng" not in r.text and r.size == 13 and r.face == "LiberationSerif"
                and 19 < r.foot < 277 and not r.text.startswith(("Số", "Kính", "- "))
                for r in page.runs)
            for page in pages
        ]  # fmt: skip
        assert 1 not in ends, (before, ends)


@settings(max_examples=tries(10, 30))
@given(st.text("ĂÂĐÊÔƠƯẬỘ ABCDEGHIKLM", min_size=1, max_size=200))
@example("Ộ" * 200)
@example("ĐỒN BIÊN PHÒNG CỬA KHẨU " * 8)
def test_long_names_stay_in_their_column(tmp_path_factory, name):
    target = tmp_path_factory.mktemp("long") / "a.pdf"
    head = letter(issuer=name, superior=name)
    write_pdf(document(Paragraph(BODY), annexes=(), letter=head), target)
    page = paper.pages(target)[0]
    name_at = page.find("BÁO CÁO").foot
    above = [run for run in page.runs if run.foot < name_at and not run.text.startswith("CỘNG")]
    for run in above:
        column = (LEFT, LEFT + 74) if run.left < LEFT + 74 else (LEFT + 74, RIGHT)
        assert column[0] - NEAR <= run.left <= run.right <= column[1] + NEAR, run
    assert page.find("Số: 05/BC-ĐBPHN").foot < name_at


def test_text_comes_out_composed_and_in_order(tmp_path):
    target = tmp_path / "a.pdf"
    decomposed = unicodedata.normalize("NFD", BODY)
    write_pdf(document(Paragraph(decomposed), annexes=()), target)
    told = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", str(target), "-"],
                          capture_output=True, check=True).stdout.decode()  # fmt: skip
    assert unicodedata.is_normalized("NFC", told)
    flat = " ".join(told.split())
    order = ["BỘ CHỈ HUY", "ĐỒN BIÊN PHÒNG", "Số: 05", "CỘNG HÒA", "Lạng Sơn, ngày", "BÁO CÁO",
             "Kính gửi", BODY, "Nơi nhận", "Lưu", "KT. ĐỒN TRƯỞNG", "Nông Văn Ổn"]  # fmt: skip
    places = [flat.index(words) for words in order]
    assert places == sorted(places)


def test_the_code_is_read_by_another_program(tmp_path):
    target = tmp_path / "a.pdf"
    write_pdf(document(), target)
    with pypdfium2.PdfDocument(target) as opened:
        picture = opened[1].render(scale=200 / 72, grayscale=True).to_pil()
    picture.save(tmp_path / "a.png")
    (found,) = zxingcpp.read_barcodes(Image.open(tmp_path / "a.png"))
    assert found.text == CODE
    assert found.format == zxingcpp.BarcodeFormat.QRCode


TITLE = (
    "Báo cáo kết quả công tác tham gia bảo vệ chủ quyền lãnh thổ, an ninh biên giới quốc gia tháng"
    " 12 năm 2023"
)


def test_outline_links_language_and_fonts(tmp_path):
    target = tmp_path / "a.pdf"
    write_pdf(document(), target)
    raw = target.read_bytes()
    assert b"Helvetica" not in raw
    assert b"/Lang (vi)" in raw
    assert b"/UseOutlines" in raw
    with pypdfium2.PdfDocument(target) as opened:
        entries = [(entry.level, entry.get_title(), entry.get_dest().get_index())
                   for entry in opened.get_toc()]  # fmt: skip
        links = [a for a in raw.split(b"endobj") if b"/Subtype /Link" in a]
    assert entries == [
        (0, TITLE, 0),
        (1, "I. TÌNH HÌNH CHUNG", 0), (1, "II. KẾT QUẢ", 0), (2, "1. Tuần tra", 0),
        (3, "a) Đơn phương", 0), (1, "III. KHÓ KHĂN, VƯỚNG MẮC, KIẾN NGHỊ", 1),
        (0, "Phụ lục I. Sổ tuần tra", 2), (0, "Phụ lục II. Biểu đồ", 5),
    ]  # fmt: skip
    assert len(links) == 12


def test_a_link_that_leads_nowhere_is_a_bug(tmp_path):
    with pytest.raises(ValueError, match="without an anchor"):
        write_pdf(document(annexes=()), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


MAKE = """
import sys
from pathlib import Path
from borderdesk.reports.paper.pdf import write_pdf
from tests.papers import document
write_pdf(document(), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "elsewhere",
    [{"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
     {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"}],
)  # fmt: skip
def test_the_same_bytes_in_another_process_and_place(tmp_path, elsewhere):
    here, there = tmp_path / "here.pdf", tmp_path / "there.pdf"
    write_pdf(document(), here)
    subprocess.run([sys.executable, "-c", MAKE, str(there)], cwd=ROOT, check=True,
                   env={**os.environ, **elsewhere})  # fmt: skip
    assert here.read_bytes() == there.read_bytes()


def test_page_one_alone_is_the_same_page(tmp_path):
    whole, first = tmp_path / "whole.pdf", tmp_path / "first.pdf"
    reached = []

    def blocks():
        for number in range(100):
            reached.append(number)
            yield Paragraph(BODY)

    made = document(annexes=())
    first.write_bytes(first_page(document(annexes=(), blocks=blocks())))
    assert len(paper.pages(first)) == 1
    assert len(reached) < 30  # what comes after page 1 was not asked for
    write_pdf(document(*[Paragraph(BODY)] * 100, annexes=()), whole)
    assert paper.pages(first)[0] == paper.pages(whole)[0]
    assert made.title


def test_page_one_alone_does_not_wait_for_annexes(tmp_path):
    def annexes():
        raise AssertionError("an annex was asked for")
        yield

    first = tmp_path / "first.pdf"
    first.write_bytes(first_page(document(Paragraph(BODY), annexes=annexes())))
    assert "KT. ĐỒN TRƯỞNG" in [run.text for run in paper.pages(first)[0].runs]


# -------------------------------------------------------------------------------- pictures


def test_pages_look_as_they_were_accepted(tmp_path):
    """After an intended change: `python -m tests.papers`, and look at each picture."""
    made = papers.pictures(tmp_path)
    kept = {file.stem: file for file in papers.PICTURES.glob("*.png")}
    assert made.keys() == kept.keys()
    for name, picture in made.items():
        accepted = Image.open(kept[name]).convert("L")
        assert picture.size == accepted.size, name
        apart = ImageChops.difference(_blurred(picture), _blurred(accepted))
        assert ImageStat.Stat(apart).mean[0] < 1.5, name
        assert apart.getextrema()[1] < 60, name


def _blurred(picture):
    """Blocks of 2 × 2 dots averaged, so that antialiasing does not matter."""
    return picture.resize((picture.width // 4, picture.height // 4), Image.Resampling.BOX)


# ------------------------------------------------------------------------------ hard input


def test_long_names_and_large_figures_are_whole(tmp_path):
    name, most = "Tuyến đường " + "Ậ" * 188, 999_999_999
    rows = [Row((str(n), name, most, -most, Decimal(most))) for n in range(3)]
    target = tmp_path / "a.pdf"
    write_pdf(document(Table(papers.COLUMNS, rows), annexes=()), target)
    told = subprocess.run(["pdftotext", "-raw", str(target), "-"], capture_output=True,
                          check=True).stdout.decode()  # fmt: skip
    assert told.replace("\n", "").replace(" ", "").count(name.replace(" ", "")) == 3
    assert told.count("−999.999.999") == 3
    assert told.count("999.999.999,0 %") == 3
    for page in paper.pages(target):
        assert all(run.right <= RIGHT + NEAR for run in page.runs)


def test_figures_get_room_from_columns_of_words(read):
    """A figure has the size of the text beside it wherever columns of text can give up width."""
    columns = (Column("Chỉ tiêu", weight=6), Column("Số", "number", 0.6))
    page = read(document(Table(columns, [Row(("Kinh phí", 8_483_000_000))]), annexes=()))[0]
    assert page.find("8.483.000.000").size == page.find("Kinh phí").size


@pytest.mark.parametrize("words", ["Chênh lệch", "Same month last year", "Đường kiểm tra cột mốc"])
def test_no_title_is_cut_within_a_word(read, words):
    columns = (Column("Chỉ tiêu", weight=5), *(Column(words, "number", 1.0) for _n in range(4)))
    page = read(document(Table(columns, [Row(("x", 1, 2, 3, 4))]), annexes=()))[0]
    bold = [run.text for run in page.runs if run.face == "LiberationSerif-Bold"]
    whole = set(words.split()) | {" ".join(words.split()[a:b]) for a in range(5) for b in range(6)}
    head = [text for text in bold if set(text.split()) & set(words.split())]
    assert len(head) >= 4
    assert all(text in whole for text in head), head


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Only the compressed content of a finished page is kept."""
    target = tmp_path / "a.pdf"
    alive, most = weakref.WeakSet(), [0]

    class Watched(Row):
        __slots__ = ("__weakref__",)

    def rows():
        for number in range(4_000):
            row = Watched((str(number), "Lượt người", number, 1, None), anchor=f"row-{number}")
            alive.add(row)
            most[0] = max(most[0], len(alive))
            yield row

    pages = write_pdf(document(Table(papers.COLUMNS, rows()), annexes=(), seal=None), target)
    assert pages > 50
    assert most[0] < 200


def test_a_foot_without_recipients_or_signer_is_still_a_foot(read):
    made = letter(signature=Signature(("Đồn trưởng",)), recipients=(), addressees=(), archive="")
    page = read(document(Paragraph(BODY), letter=made, annexes=(), seal=None))[0]
    listed = [run.text for run in page.runs if run.text.startswith("- ")]
    assert listed == ["- Lưu: VT."]
    assert page.find("ĐỒN TRƯỞNG").face == "LiberationSerif-Bold"
