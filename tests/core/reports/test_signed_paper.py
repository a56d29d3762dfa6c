"""The papers of a closed period and of its amendment: signed, late and corrected figures."""

import datetime
import json
import re
import shutil
import subprocess
from dataclasses import replace

import openpyxl
import pypdfium2
import pytest
import zxingcpp

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import set_language
from borderdesk.closing.editions import Signer
from borderdesk.closing.narratives import TaskAhead
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.figures.indicators import all_rows
from borderdesk.reports.blocks import Paragraph
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.contents.summary_paper import as_document
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.report_kinds import make_report, write_report
from tests import paper
from tests.factories import example

DAY = datetime.date(2024, 1, 5)
SETTINGS = {
    "symbol": "ĐBPBS", "addressees": "Ban Chỉ huy BĐBP tỉnh; Ủy ban nhân dân huyện",
    "recipients": "Thường vụ Đảng ủy; Các tổ, đội", "archive": "VT, VĐQC", "signer_mode": "KT.",
    "signs_for": "Đồn trưởng", "signer_office": "Phó Đồn trưởng", "signer_rank": "Thiếu tá",
    "signer_name": "Lò Văn Ỏn",
}  # fmt: skip


def add(desk, day, times=1):
    desk.records.add("clearing", {**example("clearing"), "started_on": day, "times": times})


def fill(desk):
    for key, value in SETTINGS.items():
        desk.reference.set_setting(key, value)
    add(desk, "2023-11-05", 5)
    desk.closing.close_period("2023-11", number="7", signed_on=datetime.date(2023, 12, 1))
    desk.closing.note_printed("2023-11")
    add(desk, "2023-11-20", 2)
    add(desk, "2023-12-03", 30)
    desk.narratives.write_narrative(
        "2023-12", parts={"situation": "Địa bàn ổn định.\nĐường biên giữ nguyên hiện trạng.",
                          "difficulties": "Đề nghị cấp thêm dao phát."},
        tasks=[TaskAhead("Tuần tra song phương", "Tổ tuần tra", DAY)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled(post_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed") / "desk"
    shutil.copytree(post_template, folder)
    with Desk.open(folder) as desk:
        fill(desk)
    return folder


@pytest.fixture
def desk(filled, tmp_path):
    with Desk.open(shutil.copytree(filled, tmp_path / "desk")) as opened:
        yield opened


def close(desk, number="12", **more):
    desk.closing.close_period("2023-12", number=number, signed_on=DAY, **more)


def text_of(path):
    told = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"],
                          capture_output=True, check=True).stdout.decode()  # fmt: skip
    return " ".join(told.split())


def written(desk, tmp_path, kind="summary", **more):
    target = tmp_path / f"{kind}.pdf"
    write_report(desk, Request(kind, "2023-12", **more), target)
    return target


def test_the_letter_is_that_of_the_edition(desk, tmp_path):
    close(desk, signer=Signer("Nông Văn Hòa", "Trung tá", "Chính trị viên", "TL."))
    told = text_of(written(desk, tmp_path))
    for words in (
        "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN", "ĐỒN BIÊN PHÒNG BA SƠN", "Số: 12/BC-ĐBPBS",
        "Lạng Sơn, ngày 05 tháng 01 năm 2024", "- Ban Chỉ huy BĐBP tỉnh;",
        "- Ủy ban nhân dân huyện.", "- Như trên; - Thường vụ Đảng ủy; - Các tổ, đội;",
        "- Lưu: VT, VĐQC.", "TL. ĐỒN TRƯỞNG CHÍNH TRỊ VIÊN", "Trung tá Nông Văn Hòa",
    ):  # fmt: skip
        assert words in told, words


def test_groups_of_a_signed_paper_are_told_in_the_language_in_use(desk):
    """The heading of the programmes stayed in the language of the closing."""
    desk.records.add("programme", {**example("programme"), "done_on": "2023-12-03"})
    close(desk)
    set_language("en")
    lines = make_summary(desk, "2023-12").lines
    assert {line.group for line in lines if line.key.startswith("programme:")} == {"VI. Programmes"}
    assert "Lũy tre biên giới Việt" in [line.label for line in lines]


def test_an_amendment_names_its_figures_in_the_language_in_use(desk):
    close(desk)
    desk.closing.note_printed("2023-12")
    desk.closing.amend_period("2023-12", None, "Sót")
    add(desk, "2023-12-09")
    close(desk, "13")
    set_language("en")
    edition = desk.closing.state("2023-12").edition
    words = {row.key: row.words[1:] for row in all_rows(desk.book)}
    told = desk.closing.differences(edition.id)
    assert ("clearing_events", "times") in {(one.key, one.unit) for one in told}
    assert all((one.label, one.unit) == words[one.key] for one in told)


def test_without_a_signer_the_settings_say_who_signs(desk, tmp_path):
    close(desk)
    told = text_of(written(desk, tmp_path))
    assert "KT. ĐỒN TRƯỞNG PHÓ ĐỒN TRƯỞNG" in told
    assert "Thiếu tá Lò Văn Ỏn" in told
    desk.reference.set_setting("show_rank", "0")
    assert "Thiếu tá Lò Văn Ỏn" in text_of(written(desk, tmp_path))
    assert letterhead(desk, DAY).signature().rank == ""


def test_what_was_written_stands_in_numbered_parts(desk, tmp_path):
    told = text_of(written(desk, tmp_path))
    order = [
        "I. TÌNH HÌNH CHUNG", "Địa bàn ổn định. Đường biên giữ nguyên hiện trạng.", "II. KẾT QUẢ",
        "III. KHÓ KHĂN, VƯỚNG MẮC, KIẾN NGHỊ", "Đề nghị cấp thêm dao phát.",
        "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ TỚI",
        "Tuần tra song phương Tổ tuần tra 05/01/2024",
    ]  # fmt: skip
    places = [told.index(words) for words in order]
    assert places == sorted(places)
    november = tmp_path / "november.pdf"
    write_report(desk, Request("summary", "2023-11"), november)
    assert "I. KẾT QUẢ" in text_of(november)  # a part without text has no heading


def test_last_months_words_are_not_printed_before_somebody_took_them_over(desk, tmp_path):
    target = tmp_path / "january.pdf"
    write_report(desk, Request("summary", "2024-01"), target)
    assert "Địa bàn ổn định" not in text_of(target)


def test_late_additions_are_told_by_figures_that_add_up(desk, tmp_path):
    told = text_of(written(desk, tmp_path))
    line = "† Phát quang, tu sửa: Lũy kế đã ký 5 + trong kỳ 30 + bổ sung, đính chính 2 = 37."
    assert line in told
    assert "37†" in told
    sums = re.findall(r"đã ký ([\d.,]+) \+ trong kỳ ([\d.,]+) \+ bổ sung, đính chính ([\d.,]+) ="
                      r" ([\d.,]*\d)", told)  # fmt: skip
    assert len(sums) > 1
    for parts in sums:
        signed, value, late, total = (float(p.replace(".", "").replace(",", ".")) for p in parts)
        assert signed + value + late == total
    assert "Kỳ này chưa chốt" in told
    close(desk)
    assert "Kỳ này chưa chốt" not in text_of(written(desk, tmp_path))


@pytest.mark.parametrize("short", [False, True])
def test_late_additions_within_the_period_are_told_too(desk, tmp_path, short):
    """A quarter or year with signed months within it has no earlier paper to add up from, and a
    stock no sum: † stood there without explanation."""
    incident = {**example("incident"), "happened_on": "2023-11-20", "status": "open"}
    desk.records.add("incident", {**incident, "closed_on": None})
    for period, late in (("2023-Q4", "2"), ("2023-12", "1")):
        target = tmp_path / "late.pdf"
        write_report(desk, Request("summary", period, short=short, by_commune=False), target)
        told = text_of(target)
        name = "Vụ việc đang giải quyết" if period == "2023-12" else "Phát quang, tu sửa"
        assert f"† {name}: bổ sung, đính chính số liệu đã ký: {late}." in told
        notes = told.count("bổ sung, đính chính số liệu đã ký:") + told.count("Lũy kế đã ký")
        assert told.count("†") == 2 * notes


@pytest.mark.parametrize(("kind", "short"), [("summary", False), ("summary", True), ("years", 0)])
def test_a_closed_period_by_other_units_is_not_called_open(desk, kind, short):
    def told(geography):
        asked = Request(kind, "2023-12", geography=geography, short=bool(short))
        blocks = [*make_report(desk, asked).document().blocks]
        notes = [block.text for block in blocks if isinstance(block, Paragraph)]
        return [note for note in notes if "chưa chốt" in note or "số đã ký:" in note]

    open_period = "Kỳ này chưa chốt: số liệu còn có thể thay đổi."
    assert (told(None), told("new")) == ([open_period], [open_period])
    close(desk)
    assert told(None) == []
    (note,) = told("new")
    assert note == (
        "Đây không phải số đã ký: tính từ sổ hiện nay theo đơn vị hành chính khác với báo cáo đã"
        " ký (bản thứ 1, số 12)."
    )


def test_the_papers_text_is_printed_and_in_the_code(desk, tmp_path):
    close(desk)
    file = written(desk, tmp_path)
    summary = desk.closing.summary(desk.closing.state("2023-12").edition.id)
    code = desk.closing.paper_text(summary)
    with pypdfium2.PdfDocument(file) as opened:
        seen = [
            found.text
            for page in opened
            for found in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
        ]
    assert seen == [code]
    told = text_of(file)
    assert code in told.replace(" ", "")
    assert desk.closing.check(seen[0]).result == "same"
    assert told.count(f"Sổ {desk.identity.id[:8]}, kỳ 2023-12") == len(paper.pages(file))


def test_the_signed_paper_stays_the_same_to_the_byte(desk, tmp_path):
    desk.records.add("incident", example("incident"))
    close(desk)
    first = written(desk, tmp_path).read_bytes()
    desk.closing.note_printed("2023-12")
    add(desk, "2023-12-30", 4)
    add(desk, "2022-12-30", 4)
    for type_name in ("incident", "registration", "patrol", "outreach"):
        desk.records.add(type_name, example(type_name, 2))
    assert written(desk, tmp_path).read_bytes() == first


def amended(desk):
    close(desk)
    desk.closing.note_printed("2023-12")
    desk.closing.amend_period("2023-12", None, "Nhập thiếu một đợt")
    add(desk, "2023-12-15", 3)
    close(desk, "13")


def test_an_amendment_is_a_document_of_its_own(desk, tmp_path):
    with pytest.raises(UserError, match="chưa có báo cáo đính chính"):
        written(desk, tmp_path, "amendment")
    amended(desk)
    told = text_of(written(desk, tmp_path, "amendment"))
    for words in (
        "Số: 13/BC-ĐBPBS", "Đính chính số liệu báo cáo tháng 12 năm 2023",
        "Thay thế Báo cáo số 12/BC-ĐBPBS ngày 05 tháng 01 năm 2024 của Đồn Biên phòng Ba Sơn.",
        "Lý do: Nhập thiếu một đợt",
        "Đã ký Nay Chênh lệch Lý do", "KT. ĐỒN TRƯỞNG",
    ):  # fmt: skip
        assert words in told, words
    out = tmp_path / "a.json"
    write_report(desk, Request("amendment", "2023-12"), out)
    figures = json.loads(out.read_text(encoding="utf-8"))["figures"]
    events = next(f for f in figures if (f["key"], f["column"]) == ("clearing_events", "value"))
    assert (events["paper"], events["now"], events["difference"]) == (30, 33, 3)
    sheet = openpyxl.load_workbook(_sheet(desk, tmp_path)).active
    rows = {line[1].value: [c.value for c in line[3:6]] for line in sheet.iter_rows()}
    assert rows["Phát quang, tu sửa (trong kỳ)"] == [30, 33, 3]
    assert "Thay thế Báo cáo số 12/BC-ĐBPBS" in text_of(written(desk, tmp_path))


def _sheet(desk, tmp_path):
    target = tmp_path / "a.xlsx"
    write_report(desk, Request("amendment", "2023-12"), target)
    return target


def test_figures_of_records_in_two_versions_are_marked(desk, tmp_path):
    summary = make_summary(desk, "2023-12")
    lines = [
        line._replace(doubles=2) if line.key == "clearing_events" else line
        for line in summary.lines
    ]
    target = tmp_path / "double.pdf"
    write_pdf(as_document(summary._replace(lines=lines), desk, "vi"), target)
    told = text_of(target)
    assert "Phát quang, tu sửa lần 30‡ –" in told
    assert "‡ 2 việc có hai bản khác nhau, chờ chọn." in told
    others = [line._replace(doubles=1) if line.doubles == 0 else line for line in lines]
    for request in (Request("summary", ""), Request("summary", "", short=True)):
        write_pdf(as_document(summary._replace(lines=others), desk, "vi", request), target)
        # The records of one row may differ from those of another.
        assert "chờ chọn: mỗi dòng nhiều nhất 2 việc." in text_of(target)
    assert "‡" not in text_of(written(desk, tmp_path))


def test_a_party_committees_report(desk, tmp_path):
    for key, value in (
        ("template", "Đảng"), ("issuer", "Đảng ủy Đồn Biên phòng Ba Sơn"), ("symbol", "ĐU"),
        ("signer_mode", "TM."), ("signs_for", "Đảng ủy"), ("signer_office", "Bí thư"),
    ):  # fmt: skip
        desk.reference.set_setting(key, value)
    close(desk, "5")
    told = text_of(written(desk, tmp_path))
    for words in (
        "ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG ỦY ĐỒN BIÊN PHÒNG BA SƠN * Số 05-BC/ĐU",
        "T/M ĐẢNG ỦY BÍ THƯ", "(Kèm theo Báo cáo số 05-BC/ĐU ngày 05 tháng 01 năm 2024",
    ):  # fmt: skip
        assert words in told, words
    assert "CỘNG HÒA" not in told


def test_hidden_rows_let_a_quiet_month_fit_one_page(post_desk, tmp_path):
    desk, quiet = post_desk, tmp_path / "quiet.pdf"
    add(desk, "2023-12-03")
    write_report(desk, Request("summary", "2023-12", hide_empty=True), quiet)
    pages = paper.pages(quiet)
    annex = next(n for n, p in enumerate(pages) if any("Phụ lục" in r.text for r in p.runs))
    told = text_of(quiet)
    assert annex == 1
    assert "Không in các chỉ tiêu không có số liệu" in told
    assert "Phát quang, tu sửa" in told
    assert "Tờ rơi" not in told
    assert "Tờ rơi" in text_of(written(desk, tmp_path))


def test_a_month_without_records_is_a_proper_page(desk, tmp_path):
    for hide in (True, False):
        target = tmp_path / "none.pdf"
        write_report(desk, Request("summary", "2021-03", hide_empty=hide), target)
        told = text_of(target)
        assert "Trong kỳ không phát sinh" in told
        assert "từ ngày 01/03/2021 đến ngày 31/03/2021" in told
        assert "KT. ĐỒN TRƯỞNG" in told


def test_stocks_move_from_start_to_end(desk, tmp_path):
    register = {**example("registration"), "subject": "collective", "household": None,
                "name": "Tổ A", "from_on": "2023-10-01"}  # fmt: skip
    for name, start, end in (
        ("Tổ A", "2023-10-01", None), ("Tổ B", "2023-10-01", "2023-12-10"),
        ("Tổ C", "2023-12-05", None), ("Tổ D", "2023-12-06", None),
        ("Tổ E", "2023-12-06", "2023-12-08"),
    ):  # fmt: skip
        desk.records.add("registration", {**register, "name": name, "from_on": start,
                                         "to_on": end})  # fmt: skip
    told = text_of(written(desk, tmp_path))
    # E is one of three that began, and of two that ended.
    assert "Tập thể đăng ký tự quản tập thể 2 3 2 3" in told


# ---------------------------------------------------------------------------- letterheads


def test_the_letterhead_is_that_of_the_day(desk):
    desk.reference.set_setting("issuer", "Đồn Biên phòng Ba Sơn mới", "2024-06-01")
    desk.reference.set_setting("template", "đảng", "2024-07-01")
    desk.reference.set_setting("circulation", "có", "2024-07-01")
    before = letterhead(desk, datetime.date(2024, 5, 31))
    assert before.issuer == "Đồn Biên phòng Ba Sơn"
    assert before.superior == "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN"
    assert (before.template, before.circulation) == ("government", "")
    after = letterhead(desk, datetime.date(2025, 7, 1))
    assert after.issuer == "Đồn Biên phòng Ba Sơn mới"
    assert after.superior == "BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN"
    assert (after.template, after.circulation) == ("party", "LƯU HÀNH NỘI BỘ")
    assert after.letter("x").symbol == "BC/ĐBPBS"
    assert before.letter("x").symbol == "BC-ĐBPBS"


@pytest.mark.parametrize(
    ("mode", "behalf", "office", "lines"),
    [
        ("0", "", "Chính trị viên", ("Chính trị viên",)),
        ("TM", "Đảng ủy", "Bí thư", ("TM. Đảng ủy", "Bí thư")),
        ("tm.", "", "Đồn trưởng", ("TM. Đồn Biên phòng Ba Sơn", "Đồn trưởng")),
        ("KT.", "", "Phó Đồn trưởng", ("KT. ĐỒN TRƯỞNG", "Phó Đồn trưởng")),
        ("Q.", "", "Đồn trưởng", ("Q. Đồn trưởng",)),
        ("TUQ.", "Đồn trưởng", "Đội trưởng", ("TUQ. Đồn trưởng", "Đội trưởng")),
    ],
)
def test_ways_to_sign(post_desk, mode, behalf, office, lines):
    for key, value in (("signer_mode", mode), ("signs_for", behalf), ("signer_office", office)):
        if value:
            post_desk.reference.set_setting(key, value)
    assert letterhead(post_desk, DAY).signature().office == lines


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("template", "quân đội"), ("signer_mode", "PP."), ("show_rank", "2"), ("addressees", " ; "),
        ("recipients", "a;" + "x" * 201), ("circulation", ""), ("archive", "x\x1by"),
    ],
)  # fmt: skip
def test_settings_of_paper_are_checked(post_desk, key, value):
    with pytest.raises(UserError):
        post_desk.reference.set_setting(key, value)


def test_a_province_issues_by_itself(desk_folder):
    with Desk.open(desk_folder) as desk:
        head = letterhead(desk, datetime.date(2023, 1, 1))
    assert (head.superior, head.issuer) == ("", "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN")


def test_a_signed_paper_keeps_the_head_it_was_signed_with(post_desk):
    """Later changes of the settings, also for all time, change no signed paper; values missing on
    it are filled in."""
    desk = post_desk
    set_to = desk.reference.set_setting
    for key, value in (("symbol", "BC-ĐBPBS"), ("issuer", "ĐỒN BA SƠN"), ("signer_mode", "KT.")):
        set_to(key, value)
    desk.closing.close_period("2023-11", number="5", signer=Signer("A", "", "PHÓ", "KT."))
    before = as_document(make_summary(desk, "2023-11"), desk, "vi").letter
    assert before.symbol == "BC-ĐBPBS"
    for key, value in (("symbol", "KHÁC"), ("issuer", "KHÁC"), ("signer_mode", "TM.")):
        set_to(key, value)
    set_to("signs_for", "ĐẢNG ỦY")
    set_to("addressees", "Bộ Chỉ huy")
    after = as_document(make_summary(desk, "2023-11"), desk, "vi").letter
    assert after == replace(before, addressees=("Bộ Chỉ huy",))
    assert as_document(make_summary(desk, "2023-10"), desk, "vi").letter.symbol == "BC-KHÁC"


@pytest.mark.parametrize("typed", ["ĐBPBS", "BC-ĐBPBS", "/BC-ĐBPBS", "BC/ĐBPBS"])
def test_a_symbol_typed_with_the_letters_of_a_report_has_them_once(post_desk, typed):
    post_desk.reference.set_setting("symbol", typed)
    assert letterhead(post_desk, post_desk.today()).letter("").symbol == "BC-ĐBPBS"
