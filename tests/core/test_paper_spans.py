"""Paper figures and their verdicts in isolation: the days each covers, and what a bound allows."""

import datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.periods import Calendar
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import (
    EXACT,
    OVER,
    UNDER,
    BaselineSpan,
    FigureSum,
    PaperFigures,
    as_figure,
    dates_of,
    overlaps,
    told_apart,
    told_part,
)
from borderdesk.figures.post_presence import presence_text
from borderdesk.figures.quantities import DateRange
from borderdesk.figures.scopes import make_view
from borderdesk.figures.shown_figures import ShownFigure, from_paper, share_of, shown
from borderdesk.figures.targets import Baseline
from borderdesk.figures.verdicts import (
    BEHIND,
    EXCEEDED,
    MET,
    MISSED,
    ON_PACE,
    OVER_LIMIT,
    WITHIN_LIMIT,
    YearProgress,
    judge,
    progress_of,
)

ONE_DAY = datetime.timedelta(days=1)
START = datetime.date(2023, 12, 28)


def dates(first, last):
    return DateRange(START + first * ONE_DAY, START + last * ONE_DAY)


def each_day(days):
    return [days.first + n * ONE_DAY for n in range((days.last - days.first).days + 1)]


SPANS = st.builds(
    lambda first, length, part: BaselineSpan(dates(first, first + length), None, part),
    st.integers(0, 9),
    st.integers(0, 5),
    st.frozensets(st.sampled_from("ab"), min_size=1),
)


@given(st.lists(SPANS, max_size=4), st.integers(0, 9), st.integers(0, 5))
def test_a_window_is_cut_where_what_papers_tell_changes(papers, first, length):
    of = dates(first, first + length)
    found = told_apart(of, papers)
    assert [day for days, _part in found for day in each_day(days)] == each_day(of)
    for days, part in found:
        for day in each_day(days):
            telling = [one.part for one in papers if one.days.first <= day <= one.days.last]
            assert part == frozenset().union(*telling)
    # No longer span covers the same days.
    assert all(one[1] != following[1] for one, following in pairwise(found))


@given(SPANS, SPANS)
def test_two_papers_meet_where_both_tell_a_day_of_a_part(one, other):
    common = {*each_day(one.days)} & {*each_day(other.days)}
    assert overlaps(one.days, other.days) == bool(common)
    assert one.meets(other) == bool(common and one.part & other.part)


# ------------------------------------------------------------------ papers beside records


@pytest.fixture
def desk(post_desk):
    for day in ("2023-10-31", "2023-11-01", "2023-11-15", "2023-12-01"):
        post_desk.records.add(
            "clearing",
            {"kind": "road_repair", "post": "BS", "started_on": day, "commune": "06196",
             "participants": 5},
        )  # fmt: skip
    return post_desk


def papers_of(desk, *told, scope="post:BS"):
    view = make_view(desk, "2023", scope)
    figures = Figures(desk.store, desk.book, desk.calendar(), view.scope, view.day)
    rows = [Baseline(KEY, period, of, Decimal(value), qualifier, "BC")
            for period, of, value, qualifier in told]  # fmt: skip
    return PaperFigures(figures, rows, desk.calendar())


KEY = "clearing_participants"


@pytest.fixture
def row(desk):
    return next(row for row in all_rows(desk.book) if row.key == KEY)


def of(text):
    return dates_of(Calendar().parse(text))


def test_of_papers_of_the_same_days_the_exact_then_the_longest_stands(desk, row):
    found = papers_of(
        desk,
        ("2023-07", "post:BS", 1, EXACT), ("2023-Q3", "post:BS", 2, OVER),
        ("2023-H1", "post:BS", 3, EXACT), ("2023-01", "post:BS", 4, EXACT),
        ("2023-08", "post:CM", 5, EXACT), ("2023-09", "province", 6, EXACT),
        ("2023-10", "post:BS", 7, UNDER),
    )  # fmt: skip

    def told(days):
        return [int(one.baseline.value) for one in found.within(row, days)]

    assert told(of("2023")) == [3, 1, 7]
    assert told(of("2023-Q3")) == [1]
    assert told(of("2023-H1")) == [3]
    assert told(of("2023-01")) == [4]
    assert told(DateRange(of("2023-01").first, of("2023-05").last)) == [4]
    assert told(DateRange(of("2023-08").first, of("2023-12").last)) == [7]
    assert [found.of_days(row, of(text)) and int(found.of_days(row, of(text)).value)
            for text in ("2023-07", "2023-Q3", "2023-H1", "2023-01", "2023-02")] == [
        1, 2, 3, 4, None
    ]  # fmt: skip
    stock = next(one for one in all_rows(desk.book) if one.kind == "stock")
    assert found.within(stock, of("2023")) == []
    assert found.tells(row, of("2023-01"))
    assert not found.tells(row, of("2023-02"))
    assert [*found.with_papers([row, stock], of("2023-01"))] == [KEY]


def test_records_are_counted_on_the_days_that_no_paper_tells(desk, row):
    found = papers_of(desk, ("2023-10", "post:BS", 40, EXACT), ("2023-11", "post:BS", 50, EXACT))
    spans = found.record_days(row, of("2023-Q4"))
    assert [span.days for span in spans] == [of("2023-12")]
    assert spans[0].figures is found.figures
    assert found.total(row, of("2023-Q4")) == FigureSum(95, 90, "")
    assert found.total(row, of("2023-11")) == FigureSum(50, 50, "")
    assert found.total(row, of("2023-12")) == FigureSum(5)
    # A paper that extends beyond the date range covers none of it.
    part = DateRange(of("2023-11").first, of("2023-11").last - ONE_DAY)
    assert found.total(row, part) == FigureSum(10)


@pytest.mark.parametrize(
    ("qualifiers", "bound", "paper"),
    [((EXACT, EXACT), "", 90), ((EXACT, OVER), OVER, 90), ((EXACT, UNDER), UNDER, 90),
     ((OVER, UNDER), OVER, 40), ((UNDER, UNDER), UNDER, 90)],
)  # fmt: skip
def test_a_sum_is_a_bound_where_one_of_its_papers_is(desk, row, qualifiers, bound, paper):
    first, second = qualifiers
    found = papers_of(desk, ("2023-10", "post:BS", 40, first), ("2023-11", "post:BS", 50, second))
    assert found.total(row, of("2023-Q4")) == FigureSum(paper + 5, paper, bound)


def test_papers_that_follow_one_another_tell_the_beginning(desk, row):
    def until(*periods, asked="2023"):
        found = papers_of(desk, *((period, "post:BS", 1, EXACT) for period in periods))
        return found.told_until(row, of(asked))

    assert until() == datetime.date(2023, 1, 1)
    assert until("2023-01", "2023-02") == datetime.date(2023, 3, 1)
    assert until("2023-02") == datetime.date(2023, 1, 1)
    assert until("2023-01", "2023-03") == datetime.date(2023, 2, 1)
    assert until("2023") == datetime.date(2024, 1, 1)
    assert until("2023-Q4", asked="2023-Q4") == datetime.date(2024, 1, 1)


def test_what_a_paper_of_a_scope_tells(desk):
    last = datetime.date(2025, 7, 1)
    assert told_part(desk.book, "post:BS", last) == {"BS"}
    assert told_part(desk.book, "province", last) == {"province"}
    assert told_part(desk.book, "district:183-2023", last) == {"district:183-2023"}
    lineage = {"06196-2025", "06196-2023", "06202-2023", "06238-2023"}
    assert told_part(desk.book, "commune:06196-2025", last) == lineage
    assert told_part(desk.book, "commune:06196-2025", last - ONE_DAY) == {"06196-2025"}


def test_a_sum_is_a_whole_number_where_figures_are(desk, row):
    tenths = next(one for one in all_rows(desk.book) if one.tenths)
    for of_row, given_, made in ((row, "5", int), (row, "5.5", Decimal), (tenths, "5", Decimal)):
        found = as_figure(of_row, Decimal(given_))
        assert (found, type(found)) == (Decimal(given_), made)


# ------------------------------------------------------------------------ how it is shown


def test_a_sum_is_shown_with_what_is_known_of_it():
    assert shown(FigureSum(5)) == ShownFigure(5)
    assert shown(FigureSum(None, 3, OVER)) == ShownFigure(None)
    assert shown(FigureSum(5, 0)) == ShownFigure(5, "", "*")
    assert shown(FigureSum(5, 3, UNDER)) == ShownFigure(5, "<", "*")
    assert from_paper(5, "") == ShownFigure(5)
    assert [from_paper(5, one).qualifier for one in (EXACT, OVER, UNDER)] == [EXACT, OVER, UNDER]
    assert ShownFigure(5).qualifier == ""


def test_a_share_of_a_bound_is_one():
    assert share_of(ShownFigure(1), Decimal(3)) == ShownFigure(Decimal("33.3"))
    assert share_of(ShownFigure(1, ">", "*"), Decimal(4)) == ShownFigure(Decimal(25), ">", "*")
    assert share_of(ShownFigure(1, "", "*"), Decimal(4)) == ShownFigure(Decimal(25))
    for part, whole in ((None, Decimal(4)), (1, None), (1, Decimal(0))):
        assert share_of(ShownFigure(part, ">", "*"), whole) == ShownFigure(None)
    assert share_of(ShownFigure(0), Decimal(4)) == ShownFigure(Decimal(0))


def test_a_figure_is_written_with_sign_and_mark():
    figure = ShownFigure(Decimal("1234.5"), ">", "*")
    assert (figure.text("vi"), figure.text("en")) == (">1.234,5*", ">1,234.5*")
    assert ShownFigure(Decimal("93.8"), "<", "*").percent_text("vi") == "<93,8 %*"
    assert [ShownFigure(None).text("vi"), ShownFigure(None, ">", "*").percent_text("vi")] == [
        "–", "–"
    ]  # fmt: skip


# ------------------------------------------------------------------------------- verdicts


ENDED, HALF, NEW = YearProgress(12, True), YearProgress(6, False), YearProgress(0, False)


@pytest.mark.parametrize(
    ("rule", "progress", "below", "equal", "above"),
    [
        ("at_least", ENDED, MISSED, MET, EXCEEDED), ("percent", ENDED, MISSED, MET, EXCEEDED),
        ("maintain", ENDED, MISSED, MET, MET), ("at_most", ENDED, MET, MET, MISSED),
        ("at_most", HALF, WITHIN_LIMIT, WITHIN_LIMIT, OVER_LIMIT),
        ("at_least", HALF, ON_PACE, ON_PACE, ON_PACE), ("at_least", NEW, *[ON_PACE] * 3),
    ],
)  # fmt: skip
def test_verdicts_on_both_sides_of_a_target(rule, progress, below, equal, above):
    target = Decimal(100)
    found = [judge(rule, reached, target, progress) for reached in (99, 100, Decimal("100.1"))]
    assert found == [below, equal, above]


def test_the_pace_is_that_of_the_months_that_are_over():
    for months, due in ((1, Decimal("8.4")), (6, 50), (11, Decimal("91.7"))):
        progress = YearProgress(months, False)
        assert judge("at_least", due, Decimal(100), progress) == ON_PACE
        assert judge("maintain", due - Decimal("0.1"), Decimal(100), progress) == BEHIND
    assert judge("at_least", None, Decimal(100), HALF) is None
    assert judge("at_least", 100, None, HALF) is None


RULES = st.sampled_from(["at_least", "at_most", "maintain", "percent"])


@given(RULES, st.integers(0, 12), st.integers(0, 12), st.sampled_from("<>"),
       st.sampled_from([ENDED, HALF, NEW]))  # fmt: skip
def test_a_bound_is_judged_where_all_that_it_may_be_is(rule, reached, target, sign, progress):
    may_be = range(reached, 30) if sign == ">" else range(reached + 1)
    verdicts = {judge(rule, one, Decimal(target), progress) for one in may_be}
    found = judge(rule, reached, Decimal(target), progress, sign)
    if verdicts == {MET, EXCEEDED}:
        assert found == MET
    else:
        assert found == (verdicts.pop() if len(verdicts) == 1 else None)


@pytest.mark.parametrize(
    ("last", "today", "months", "ended"),
    [
        ("2023-12-31", "2024-03-01", 12, True), ("2023-12-31", "2023-12-31", 12, True),
        ("2023-12-31", "2023-12-30", 11, False), ("2023-06-30", "2024-01-01", 6, False),
        ("2023-06-29", "2024-01-01", 5, False), ("2023-01-30", "2024-01-01", 0, False),
    ],
)  # fmt: skip
def test_how_far_a_year_is(last, today, months, ended):
    calendar, day = Calendar(), datetime.date.fromisoformat
    year = calendar.parse("2023")
    assert progress_of(calendar, year, day(last), day(today)) == YearProgress(months, ended)


def test_posts_are_counted_and_the_missing_ones_named():
    assert presence_text([], []) == ""
    assert presence_text(["Ba Sơn", "Chi Ma"], []) == "Số liệu của 2/2 đồn."
    said = presence_text(["Ba Sơn"], ["Chi Ma", "Tân Thanh"])
    assert said == "Số liệu của 1/3 đồn; chưa có số liệu: Chi Ma, Tân Thanh."
    assert presence_text([], ["Chi Ma"]) == "Số liệu của 0/1 đồn; chưa có số liệu: Chi Ma."
