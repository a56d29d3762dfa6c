"""The paper size setting: landscape parts are printed on it, signed parts on A4."""

import datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import UserError
from borderdesk.closing.summary import make_summary
from borderdesk.figures.targets import set_target
from borderdesk.reports.blocks import Annex, Column, Row, Table, plain_of
from borderdesk.reports.contents.commune_annex import MOST_COMMUNES
from borderdesk.reports.contents.letterhead import wide_paper
from borderdesk.reports.contents.summary_paper import as_document
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.schema.settings import PAPERS
from tests import paper
from tests.factories import example
from tests.papers import document
from tests.random_desks import QUIET
from tests.report_files import written

LYING = {"A4": (297, 210), "A3": (420, 297)}
STANDING = (210, 297)
NEAR = 0.5  # mm
WORDS = "Tuần tra, phát quang, tu sửa đường kiểm tra cột mốc ở thôn giáp biên".split()
SIZES = pytest.mark.parametrize("size", PAPERS.values())


@pytest.fixture
def busy(desk):
    """A year with a few records of every kind that the reports include."""
    for number in range(45):
        day = f"2023-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        desk.records.add("clearing", {**example("clearing", number), "started_on": day})
    for number in range(3):
        desk.records.add("patrol", example("patrol", number))
    desk.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, "province", "36")
    )
    return desk


def size_of(page):
    return round(page.width), round(page.height)


def within_margins(page):
    """Assert that nothing lies outside the text area, and only banner, number and footer above and
    below it."""
    edges = [(run.left, run.right) for run in page.runs]
    edges += [(box.left, box.right) for box in page.boxes]
    assert min(left for left, _right in edges) >= 30 - NEAR
    assert max(right for _left, right in edges) <= page.width - 15 + NEAR
    assert all(box.top >= 20 - NEAR and box.bottom <= page.height - 20 + NEAR
               for box in page.boxes)  # fmt: skip


# ------------------------------------------------------------------------- kinds and sizes


@SIZES
@pytest.mark.parametrize(
    ("kind", "period", "lies"),
    [
        ("register", "2023", {"first", "rest"}), ("completeness", "2023", {"first", "rest"}),
        ("coverage", "2023", {"first", "rest"}), ("coverage", "2023-03", set()),
        ("review", "2023", {"rest"}), ("summary", "2023", {"rest"}),
    ],
)  # fmt: skip
def test_what_lies_is_on_the_paper_that_is_set(busy, tmp_path, kind, period, lies, size):
    busy.reference.set_setting("paper", size)
    asked = {
        "register": {"type": "clearing"}, "summary": {"annex_registers": ("clearing",)},
    }.get(kind, {})  # fmt: skip
    first, *rest = paper.pages(written(busy, tmp_path, ".pdf", kind, period, **asked))
    assert size_of(first) == (LYING[size] if "first" in lies else STANDING)
    sizes = {size_of(page) for page in rest}
    assert sizes <= {LYING[size], STANDING}
    assert (LYING[size] in sizes) == ("rest" in lies)
    for page in (first, *rest):
        within_margins(page)


@SIZES
def test_the_sheet_has_the_same_paper(busy, tmp_path, size):
    busy.reference.set_setting("paper", size)
    asked = {"annex_registers": ("clearing",), "by_commune": False}
    target = written(busy, tmp_path, ".xlsx", "summary", "2023-03", **asked)
    signed, register, *_more = openpyxl.load_workbook(target).worksheets
    assert int(signed.page_setup.paperSize) == 9
    assert int(register.page_setup.paperSize) == {"A4": 9, "A3": 8}[size]
    assert register.page_setup.orientation == "landscape"


def test_a_larger_sheet_has_wider_columns_so_that_letters_stay_as_large(busy, tmp_path):
    wide = {}
    for size in PAPERS.values():
        busy.reference.set_setting("paper", size)
        target = written(busy, tmp_path, ".xlsx", "register", "2023", type="clearing")
        columns = openpyxl.load_workbook(target).active.column_dimensions.values()
        wide[size] = sum(column.width for column in columns)
    # Wider by as much as the paper: 375 mm instead of 252.
    assert wide["A3"] / wide["A4"] == pytest.approx(375 / 252, rel=0.05)


# -------------------------------------------------------------------- the same on both


def table_of(weights, rows):
    columns = [Column("TT", "number", 0.6), Column("Nội dung", "text", 3.0)]
    columns += [Column(f"Cột {n}", "number", weight) for n, weight in enumerate(weights)]
    told = [
        Row((n, " ".join(WORDS[:words]), *(Decimal(figure + at) for at in range(len(weights)))))
        for n, (words, figure) in enumerate(rows, start=1)
    ]
    return Table(tuple(columns), tuple(told))


def told_on(pages):
    """Every letter and figure of the rows, in order; headings are bold, notes italic, and page
    numbers in the margin."""
    return "".join(
        run.text.replace(" ", "")
        for page in pages
        for run in page.runs
        if run.face == "LiberationSerif" and run.foot > 20
    )


def grouped(figure):
    return f"{figure:,}".replace(",", ".")


@QUIET
@given(
    weights=st.lists(st.sampled_from([0.7, 1.0, 1.8]), min_size=1, max_size=18),
    rows=st.lists(st.tuples(st.integers(1, len(WORDS)), st.integers(100, 999_000)),
                  min_size=1, max_size=70),
)  # fmt: skip
def test_both_papers_say_the_same_and_the_larger_one_no_smaller(tmp_path, weights, rows):
    told, counts, letters = {}, {}, {}
    for size in PAPERS.values():
        target = tmp_path / f"{size}.pdf"
        annex = Annex("Sổ tuần tra", (table_of(weights, rows),), landscape=True, anchor="register")
        write_pdf(document(annexes=(annex,), wide_paper=size), target)
        pages = [page for page in paper.pages(target) if page.width > page.height]
        assert {size_of(page) for page in pages} == {LYING[size]}
        for number, page in enumerate(pages, start=1):
            within_margins(page)
            rules = [rule for rule in page.rules() if rule.width > 100]
            # The table is as wide as the text, whatever the paper.
            assert all(abs(rule.left - 30) < NEAR for rule in rules)
            assert all(abs(rule.right - (page.width - 15)) < NEAR for rule in rules)
            assert page.find("Nội dung").face == "LiberationSerif-Bold"
            if number > 1:
                (top,) = [run for run in page.runs if run.foot < 20]
                assert top.text == str(number)
                assert abs(top.middle - (30 + page.width - 15) / 2) < NEAR
        told[size] = told_on(pages)
        counts[size] = len(pages)
        letters[size] = pages[0].find("Nội dung").size
    expected = "".join(
        "".join([str(n), *WORDS[:words], *(grouped(figure + at) for at in range(len(weights)))])
        for n, (words, figure) in enumerate(rows, start=1)
    )
    assert told["A3"] == told["A4"] == expected
    assert letters["A3"] >= letters["A4"] >= 9.5
    assert counts["A3"] <= counts["A4"]


def test_more_communes_stand_beside_each_other(desk):
    # A split commune has a column of its own beside the present ones.
    desk.records.add("clearing", {**example("clearing"), "commune": "06622"})
    tables = {}
    for size in PAPERS.values():
        desk.reference.set_setting("paper", size)
        made = as_document(make_summary(desk, "2023", geography="new"), desk, "vi")
        annex = next(iter(made.annexes))
        tables[size] = [block for block in annex.blocks if isinstance(block, Table)]
    assert len(tables["A3"]) <= len(tables["A4"])
    assert not tables["A3"][0].dense
    for size, parted in tables.items():
        counts = [len(table.columns) - 4 for table in parted]
        assert max(counts) <= MOST_COMMUNES[size]
        assert max(counts) - min(counts) <= 1

    names = {column.title for column in tables["A3"][0].columns[3:-1]}

    def figures(parted):
        return {
            (row.cells[1], column.title): plain_of(cell)
            for table in parted
            for row in table.checked_rows() if row.kind == "row"
            for column, cell in zip(table.columns, row.cells, strict=True) if column.title in names
        }  # fmt: skip

    assert figures(tables["A3"]) == figures(tables["A4"])


# ------------------------------------------------------------------------ from which day


def test_the_paper_of_a_day(desk):
    today = desk.today()
    assert wide_paper(desk, today) == "A4"
    desk.reference.set_setting("paper", "a3", today.isoformat())
    assert wide_paper(desk, today) == "A3"
    assert wide_paper(desk, today - datetime.timedelta(days=1)) == "A4"
    desk.reference.set_setting("paper", " A4 ", (today + datetime.timedelta(days=1)).isoformat())
    assert wide_paper(desk, today) == "A3"
    for wrong in ("A5", "", "A33", "297 × 420"):
        with pytest.raises(UserError, match="A4 hoặc A3"):
            desk.reference.set_setting("paper", wrong)


def test_what_was_signed_keeps_its_paper_and_a_draft_takes_that_of_today(post_desk, tmp_path):
    desk = post_desk
    for month in ("11", "12"):
        desk.records.add("clearing", {**example("clearing"), "started_on": f"2023-{month}-05"})
    day = datetime.date(2023, 12, 1)
    desk.closing.close_period("2023-11", number="7", signed_on=day)

    def made(period):
        asked = {"annex_registers": ("clearing",)}
        return written(desk, tmp_path, ".pdf", "summary", period, **asked)

    signed = made("2023-11").read_bytes()
    desk.reference.set_setting("paper", "A3", desk.today().isoformat())
    assert made("2023-11").read_bytes() == signed
    sizes = [size_of(page) for page in paper.pages(made("2023-12"))]
    assert LYING["A3"] in sizes
    assert LYING["A4"] not in sizes
    # A month signed with the larger paper keeps that one too.
    desk.closing.close_period("2023-12", number="8")
    signed = made("2023-12").read_bytes()
    tomorrow = desk.today() + datetime.timedelta(days=1)
    desk.reference.set_setting("paper", "A4", tomorrow.isoformat())
    assert made("2023-12").read_bytes() == signed
    assert LYING["A3"] in {size_of(page) for page in paper.pages(made("2023-12"))}
