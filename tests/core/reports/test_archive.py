"""Archivable and accessible papers: PDF/A-1b by PDFBox's preflight, and the tag structure as
poppler reads it."""

import datetime
import io
import re
import subprocess
import zlib
from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image, ImageCms

from borderdesk.base.i18n import set_language
from borderdesk.entry.hamlet_round import RoundHousehold
from borderdesk.figures.coverage import MarkerStatus
from borderdesk.reports.blocks import Annex, Column, Heading, Paragraph, Picture, Row, Table
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.handouts import (
    audit_paper,
    card_paper,
    due_markers,
    handbook,
    key_card,
    paper_forms,
    person_report,
)
from borderdesk.reports.handouts.recovery_paper import recovery_document
from borderdesk.reports.paper.colour_profile import srgb_profile
from borderdesk.reports.paper.pdf import first_page, write_pdf
from borderdesk.reports.report_kinds import REPORTS, write_report
from borderdesk.session.audit import AuditFilter
from borderdesk.store.lists.listing import Filter
from tests import papers, preflight, year_papers
from tests.factories import example


def structure(file, option="-struct-text"):
    """The structure of a file with its texts, read by poppler: one second for 500 cells."""
    told = subprocess.run(["pdfinfo", option, str(file)], check=True, capture_output=True)
    assert told.stderr == b""
    return told.stdout.decode()


def roles(told):
    """(role, texts in it) of every element in reading order."""
    found = []
    for line in told.splitlines():
        if role := re.fullmatch(r" *([A-Z][A-Za-z0-9]*):?(?: \(\w+\))?", line):
            found.append((role[1], []))
        elif text := re.fullmatch(r' *"(.*)"', line):
            found[-1][1].append(text[1])
    return [(role, "".join(texts)) for role, texts in found]


def streams(file):
    """The content stream of every page."""
    for body in re.findall(rb"\d+ 0 obj\n(.*?)\nendobj", file.read_bytes(), re.S):
        head, _stream, rest = body.partition(b"\nstream\n")
        if b"FlateDecode" in head and not re.search(rb"/Length1|ASCII85", head):
            drawn = zlib.decompress(rest.removesuffix(b"\nendstream"))
            if b" Tf" in drawn or b" re" in drawn:
                yield drawn.decode("latin-1")


def assert_all_marked(file):
    """Assert that everything drawn on a page belongs to an element or is marked as an artefact."""
    for drawn in streams(file):
        depth = 0
        for operator in re.findall(r"\b(?:BDC|BMC|EMC|Tj|TJ|S|f|f\*|B|Do)(?=\s|$)", drawn):
            if operator in ("BDC", "BMC"):
                depth += 1
                assert depth == 1, file
            elif operator == "EMC":
                depth -= 1
            else:
                assert depth == 1, (file, operator)
        assert depth == 0, file


def every_paper(folder):
    """One file of every kind that the program writes."""

    def at(name):
        return folder / f"{name}.pdf"

    with year_papers.year_desk(folder / "desk") as desk:
        for kind, of in REPORTS.items():
            period = "2024-03" if kind == "amendment" else "2024"
            typed = "clearing" if of.typed else None
            write_report(desk, Request(kind, period, type=typed), at(kind))
        asked = Request("summary", "2024-03", annex_registers=("clearing",), methods=True)
        write_report(desk, asked, at("summary-of-edition"))
        set_language("en")
        write_report(desk, Request("summary", "2024-05"), at("summary-in-english"))
        set_language("vi")
        household = desk.records.add("pledge", example("pledge")).id
        pledge = desk.records.read("pledge", household)[0]
        person_report.write_person_report(desk, pledge["household"], at("person"))
        keys = ["signed_on", "programme"]
        paper_forms.write_list_paper(desk, "pledge", Filter(), keys, at("list"))
        paper_forms.write_slip(desk, "pledge", household, at("slip"))
        paper_forms.write_blank_form(desk, "patrol", {}, at("form"))
        paper_forms.write_round(desk, "Bản Phạc", "x", ROUND, at("round"))
        card_paper.write_card(desk, desk.exchange.cards.own(), at("card"), "vi")
        lines = desk.audit.lines(AuditFilter())
        audit_paper.write_audit(desk, AuditFilter(), lines, at("audit"))
        due_markers.write_due_markers(desk, MARKERS, DAY, False, at("due"), "vi")
        write_pdf(recovery_document(desk, "abcd-efgh", "vi"), at("recovery"))
    handbook.write_handbook(at("handbook"))
    key_card.write_key_card([("Sổ", "Lưu", "Ctrl+S", "Lưu bản ghi")], at("keys"), "vi")
    write_pdf(papers.document(), at("every-block"))
    write_pdf(hard(), at("hard"))
    write_pdf(papers.party(), at("party"))
    at("preview").write_bytes(first_page(papers.invented()))


DAY = datetime.date(2024, 4, 5)
MARKERS = [MarkerStatus("1146", "BS", "06202", False, None, None, None)]
ROUND = [RoundHousehold("0", "Nông Văn An", None, False)]


def hard():
    """Difficult content: Chinese, combining characters, markup, a picture with an alpha channel, an
    empty heading, a row over several pages, a heading without content."""
    picture = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 30, 30, 80)).save(picture, "PNG")
    turned = (Column("", weight=0.3), Column("Dựng", turned=True), Column("Chữ", weight=6))
    rows = [Row(("1", "", "那 <b>&amp;</b> \\( " + "chữ " * 3000)), Row(("", "", ""))]
    return papers.document(
        Heading("Phần không có phần trên", 3),
        Table(turned, rows),
        Paragraph("那 邊 & < > ( ) \\ \ud800", "warning"),
        Picture(picture.getvalue(), "Ảnh (chụp) 那"),
        annexes=(Annex("Phụ \x07 lục <&>", (Paragraph("x"),)),),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    every_paper(folder)
    return sorted(folder.glob("*.pdf"))


def test_every_paper_is_pdf_a_by_another_program(files):
    assert len(files) >= len(REPORTS) + 16
    assert {name: found for name, found in preflight.faults(files).items() if found} == {}


def test_every_paper_is_tagged_whole(files):
    for file in files:
        assert_all_marked(file)
        found = roles(structure(file, "-struct"))
        assert found[0][0] == "Document"
        levels = [int(role[1]) for role, _text in found if re.fullmatch(r"H\d", role)]
        assert levels[0] == 1, file
        assert all(next_ <= one + 1 for one, next_ in pairwise(levels)), file


def test_a_paper_is_read_aloud_in_order(tmp_path):
    target = tmp_path / "a.pdf"
    shown = replace(papers.letter(), circulation="Lưu hành nội bộ")
    annex = Annex("Sổ tuần tra", (papers.table(30),), landscape=True, anchor="register")
    write_pdf(papers.document(letter=shown, banner="SỐ LIỆU GIẢ ĐỊNH", annexes=(annex,)), target)
    told = structure(target)
    found = roles(told)
    texts = [text for _role, text in found]
    assert texts.index("BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN") < texts.index("Độc lập - Tự do - Hạnh phúc")
    titles = [(role, text) for role, text in found if re.fullmatch(r"H\d|Caption", role)]
    assert titles[0] == ("H1", f"BÁO CÁO {papers.letter().subject}")
    assert titles[1:7] == [
        ("H2", "I. TÌNH HÌNH CHUNG"),
        ("H2", "II. KẾT QUẢ"),
        ("H3", "1. Tuần tra"),
        ("H4", "a) Đơn phương"),
        ("Caption", "Số liệu trong kỳ"),
        ("H2", "III. KHÓ KHĂN, VƯỚNG MẮC, KIẾN NGHỊ"),
    ]
    assert titles[7][1].startswith("Phụ lục SỔ TUẦN TRA")
    # Words are not joined where lines break, and code is not split at blanks.
    assert papers.BODY in texts
    assert any(papers.CODE in text for text in texts)
    # Running heads, page numbers and rules are not read aloud.
    assert not any("GIẢ ĐỊNH" in text or "thông tin mật" in text for text in texts)
    assert "2" not in texts[: texts.index("II. KẾT QUẢ")]
    # A table of 12 and one of 30 rows, each with one heading, though it is printed on every page.
    assert [role for role, _text in found].count("Table") == 2
    heads = [text for role, text in found if role == "TH"]
    assert heads.count("Chỉ tiêu") == 2
    assert (told.count("/ColSpan 2"), told.count("/RowSpan 2")) == (2, 6)
    assert told.count("/Scope /Row") == 2
    cells = [role for role, _text in found].count("TD")
    assert cells == (12 + 30) * len(papers.COLUMNS)


def test_figures_say_what_they_show(tmp_path):
    target = tmp_path / "a.pdf"
    write_pdf(papers.document(), target)
    alternatives = [
        bytes.fromhex(found.decode()).decode("utf-16-be").lstrip("\ufeff")
        for found in re.findall(rb"/Alt <FEFF([0-9A-F]+)>", target.read_bytes())
    ]
    assert len(alternatives) == 3  # the QR code, two charts
    assert papers.CODE in alternatives[0]
    assert alternatives[1].startswith(
        "Phát quang, tu sửa theo tháng (lần). Năm 2023: T1 31; T2 28;"
    )
    assert "Mẫu Sơn (Cao Lộc) 7" in alternatives[2]


def test_a_translation_says_which_parts_stay_vietnamese(tmp_path):
    target = tmp_path / "a.pdf"
    write_pdf(papers.document(lang="en"), target)
    content = target.read_bytes()
    assert b"/Lang (en)" in content
    assert content.count(b"/Lang(vi)") >= 8
    write_pdf(papers.document(), target)
    assert b"/Lang(vi)" not in target.read_bytes()


def test_the_identifier_is_made_of_the_content(tmp_path):
    names = set()
    for number, made in enumerate((papers.document(), papers.document(), papers.party())):
        target = tmp_path / f"{number}.pdf"
        write_pdf(made, target)
        names.add(re.search(rb"/ID\[<(\w{32})><\1>\]", target.read_bytes())[1])
    assert len(names) == 2


def test_properties_and_metadata_say_the_same(tmp_path):
    target = tmp_path / "a.pdf"
    hard_words = replace(papers.document(), author="A & <B> \x01", subject="", made_of="x\u00a0y")
    write_pdf(replace(hard_words, letter=None, title="Đồn \ud800 (1)"), target)
    told = target.read_bytes().decode("latin-1").encode("latin-1").decode("utf-8", "replace")
    assert '<rdf:li xml:lang="x-default">Đồn ? (1)</rdf:li>' in told
    assert "<rdf:li>A &amp; &lt;B&gt;</rdf:li>" in told
    assert "dc:description" not in told
    assert preflight.faults([target]) == {"a.pdf": []}


def test_the_colour_profile_is_srgb():
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert ImageCms.getProfileDescription(ours).strip() == "sRGB IEC61966-2.1"
    theirs = ImageCms.createProfile("sRGB")
    picture = Image.new("RGB", (64, 1))
    picture.putdata([(4 * n, 255 - 4 * n, (n * 37) % 256) for n in range(64)])
    seen = ImageCms.profileToProfile(picture, ours, theirs)
    apart = max(
        abs(a - b)
        for one, other in zip(picture.get_flattened_data(), seen.get_flattened_data(), strict=True)
        for a, b in zip(one, other, strict=True)
    )
    assert apart <= 2
