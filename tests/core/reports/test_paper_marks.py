"""A figure taken from paper, or one that is only a bound, is marked wherever it is shown."""

from decimal import Decimal

import openpyxl
import pytest

from borderdesk.closing.editions import Signer
from borderdesk.closing.facts import SummaryFacts
from borderdesk.closing.summary import make_summary
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_baseline, set_target
from borderdesk.figures.verdicts import YearProgress, judge
from borderdesk.overview.overview import make_overview
from borderdesk.reports.blocks import Table, cell_text
from borderdesk.reports.contents.commune_annex import PlaceAnnex
from borderdesk.reports.contents.prose_figures import period_prose_doubts, period_sentences
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.contents.summary_paper import as_document
from tests.factories import example
from tests.report_files import json_of, words_of, written

EXACT_KEY, BOUND_KEY, MONEY = "clearing_events", "outreach_sessions", "funds"


@pytest.fixture
def begun(post_desk):
    """A desk begun in June 2025 with paper figures for the months before: exact clearings, “over
    40” outreach sessions; targets of both."""
    desk = post_desk
    for day in ("2025-06-10", "2025-06-11", "2026-02-03"):
        desk.records.add("clearing", {**example("clearing"), "times": 1, "started_on": day,
            "commune": "06196" if day > "2025-07" else "06202"})  # fmt: skip
    desk.records.add("outreach", {**example("outreach"), "held_on": "2025-06-12", "sessions": 2,
        "commune": "06202"})  # fmt: skip

    def write(store):
        for number in range(1, 6):
            month = f"2025-{number:02}"
            set_baseline(store, EXACT_KEY, month, "post:BS", "8", "BC")
            set_baseline(store, BOUND_KEY, month, "post:BS", "8", "BC", "over")
        set_baseline(store, MONEY, "2025-01", "post:BS", "5000000", "BC", "over")
        for key, value in ((EXACT_KEY, "100"), (BOUND_KEY, "60"), (MONEY, "4000000")):
            set_target(store, key, 2025, "post:BS", value)

    desk.reference.write_targets(write)
    desk.baselines.set_paper(EXACT_KEY, "2025-01", "commune:06202", "3", "BC", "under")
    return desk


def close(desk, period, number="1"):
    desk.closing.close_period(period, number=number, signer=Signer("A"))


def shown_in(tables, key, label):
    """The texts of a row of the tables."""
    for table in tables:
        for row in table.rows:
            texts = [
                cell_text(cell, column.kind, "vi")
                for cell, column in zip(row.cells, table.columns, strict=False)
            ]
            if any(label in text for text in texts):
                return texts
    raise AssertionError(key)


def tables_of(blocks):
    return [block for block in blocks if isinstance(block, Table)]


def label_of(desk, key):
    return next(ln.label for ln in make_summary(desk, "2025-H1").lines if ln.key == key)


def test_a_summary_marks_them_on_every_paper(begun, tmp_path):
    half = make_summary(begun, "2025-H1")
    paper = tables_of(as_document(half, begun, "vi").blocks)
    exact = shown_in(paper, EXACT_KEY, label_of(begun, EXACT_KEY))
    bound = shown_in(paper, BOUND_KEY, label_of(begun, BOUND_KEY))
    assert exact[3:] == ["42*", "–", "–", "–", "42*", "100", "42,0 %"]
    assert bound[3:] == [">42*", "–", "–", "–", ">42*", "60", ">70,0 %*"]
    short = tables_of(as_document(half, begun, "vi", Request("summary", "", short=True)).blocks)
    told = shown_in(short, MONEY, label_of(begun, MONEY))
    assert {">5*"} < {*told}
    assert ">5.000.000*" not in told
    for suffix in (".pdf", ".docx"):
        assert written(begun, tmp_path, suffix, "summary", "2025-H1").stat().st_size > 1000
    words = words_of(written(begun, tmp_path, ".pdf", "summary", "2025-H1", short=True))
    assert "* lấy từ báo cáo giấy" in words
    assert "“>”, “<”" in words
    later = next(ln for ln in make_summary(begun, "2026-H1").lines if ln.key == BOUND_KEY)
    assert later.shown("previous").text("vi") == ">42*"
    rows = {row["key"]: row for row in json_of(begun, tmp_path, "summary", "2025-H1")["rows"]}
    assert rows[EXACT_KEY]["from_paper"] == {"value": "exact", "year_to_date": "exact"}
    assert rows[BOUND_KEY]["from_paper"] == {"value": "over", "year_to_date": "over"}
    assert "from_paper" not in rows["patrols_unilateral"]


def test_a_paper_bound_gives_no_comparison(begun):
    begun.reference.write_targets(
        lambda store: set_baseline(store, BOUND_KEY, "2024-H1", "post:BS", "20", "BC")
    )
    line = next(ln for ln in make_summary(begun, "2025-H1").lines if ln.key == BOUND_KEY)
    assert (line.previous, line.change, line.change_pct) == (20, None, None)
    close(begun, "2025-H1")
    line = next(ln for ln in make_summary(begun, "2025-H1").lines if ln.key == BOUND_KEY)
    assert (line.previous, line.change, line.change_pct) == (20, None, None)


def test_a_review_marks_them_and_judges_no_bound_as_if_it_were_exact(begun, tmp_path):
    words = words_of(written(begun, tmp_path, ".pdf", "review", "2025"))
    assert "42*" in words
    assert ">42*" in words
    assert ">70,0 %*" in words
    assert "* lấy từ báo cáo giấy" in words
    assert "“>”, “<”" in words
    rows = {row["key"]: row for row in json_of(begun, tmp_path, "review", "2025")["rows"]}
    # The column of the successor of the paper's commune includes the paper's bound.
    assert rows[EXACT_KEY]["from_paper"] == {
        "value": "exact", "year_to_date": "exact", "values": ["under"],
    }  # fmt: skip
    assert [rows[key]["verdict"] for key in (EXACT_KEY, BOUND_KEY, MONEY)] == [
        "missed", None, "exceeded",
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(written(begun, tmp_path, ".xlsx", "review", "2025"))
    formats = {
        cell.number_format for page in sheet for row in page.iter_rows() for cell in row
        if cell.value == 42
    }  # fmt: skip
    assert {'#,##0"*"', '">"#,##0"*"'} <= formats


def test_the_commune_annex_marks_paper_figures(begun):
    blocks = list(PlaceAnnex(begun, make_view(begun, "2025-01", "post:BS")).by_commune())
    texts = shown_in(tables_of(blocks), EXACT_KEY, label_of(begun, EXACT_KEY))
    assert "<3*" in texts
    assert texts[-1] == "8*"
    assert any("“<”" in getattr(block, "text", "") for block in blocks)


def test_sentences_mark_paper_figures(begun):
    told = {one.key: one.text for one in period_sentences(begun, "2025-H1")}
    assert "42* lần" in told[EXACT_KEY]
    assert "trên 42* buổi" in told[BOUND_KEY]
    assert "trên 70,0 % kế hoạch" in told[BOUND_KEY]
    begun.narratives.write_narrative("2025-H1", parts={"results": "\n".join(told.values())})
    assert period_prose_doubts(begun, "2025-H1") == []


def test_goals_of_the_home_page_mark_paper_figures(begun):
    goals = {goal.key: goal for goal in make_overview(begun, "2025-12").goals}
    assert goals[EXACT_KEY].to_date.text("vi") == "42*"
    assert goals[BOUND_KEY].to_date.text("vi") == ">42*"
    assert goals[BOUND_KEY].reached.percent_text("vi") == ">70,0 %*"
    assert (goals[BOUND_KEY].state, goals[BOUND_KEY].pace) == (
        None,
        "mới biết mức tối thiểu hoặc tối đa",
    )


def test_charts_mark_paper_figures_as_signed(begun):
    key = EXACT_KEY
    facts = SummaryFacts(make_summary(begun, "2025-H1"), begun)
    assert facts.months()[key][0][:6] == [8, 8, 8, 8, 8, 2]
    assert facts.paper_months()[key][0][:6] == [*["exact"] * 5, ""]
    close(begun, "2025-H1")
    document = as_document(make_summary(begun, "2025-H1"), begun, "vi", Request("summary", "",
        charts=True))  # fmt: skip
    charts = [
        block for annex in document.annexes for block in annex.blocks if hasattr(block, "series")
    ]
    shown = {series.shown(0).text("vi") for chart in charts for series in chart.series}
    assert "8*" in shown


def test_an_amendment_marks_both_sides(begun, tmp_path):
    close(begun, "2025-06")
    written(begun, tmp_path, ".pdf", "summary", "2025-06")
    begun.closing.amend_period("2025-06", None, "thiếu")
    begun.records.add("clearing", {**example("clearing"), "times": 1, "started_on": "2025-06-20",
        "commune": "06202"})  # fmt: skip
    words = words_of(written(begun, tmp_path, ".pdf", "amendment", "2025-06"))
    assert "42* 43* 1" in words
    assert "2 3 1" in words
    assert "* lấy từ báo cáo giấy" in words
    close(begun, "2025-06", "2")
    again = words_of(written(begun, tmp_path, ".pdf", "amendment", "2025-06"))
    assert "42* 43* 1" in again


def test_the_check_of_a_paper_shows_and_takes_them(begun):
    close(begun, "2025-H1")
    summary = make_summary(begun, "2025-H1")
    code = begun.closing.paper_text(summary)
    verdict = begun.closing.check(code, {BOUND_KEY: ">42*", EXACT_KEY: "42*"})
    assert verdict.result == "same"
    assert all(one.same for one in verdict.typed)
    assert begun.closing.check(code, {EXACT_KEY: "72*"}).result == "different"


@pytest.mark.parametrize(
    ("rule", "sign", "reached", "ended", "verdict"),
    [
        ("at_least", ">", 90, True, None), ("at_least", ">", 100, True, "met"),
        ("at_least", ">", 101, True, "exceeded"), ("at_least", "<", 99, True, "missed"),
        ("at_least", "<", 100, True, None), ("at_most", ">", 100, True, None),
        ("at_most", ">", 101, True, "missed"), ("at_most", "<", 100, True, "met"),
        ("at_most", "<", 101, True, None), ("maintain", ">", 100, True, "met"),
        ("at_least", ">", 50, False, "on_pace"), ("at_least", ">", 49, False, None),
        ("at_least", "<", 49, False, "behind"), ("at_most", ">", 101, False, "over_limit"),
        ("at_most", "<", 100, False, "within_limit"), ("at_most", ">", 99, False, None),
    ],
)  # fmt: skip
def test_a_bound_is_judged_where_every_figure_it_may_be_is(rule, sign, reached, ended, verdict):
    progress = YearProgress(12 if ended else 6, ended)
    assert judge(rule, reached, Decimal(100), progress, sign) == verdict
