"""The rows of a summary: the content of each column, their storage, reading and hash."""

import datetime
import hashlib
import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.periods import Calendar
from borderdesk.closing.amendments import amended_figures, paper_doubts
from borderdesk.closing.calculation import summary_of
from borderdesk.closing.editions import (
    MODES,
    NUMBER_LIMIT,
    SignedDifference,
    Signer,
    checked_line,
    checked_signer,
    insert_edition,
    moved_json,
    named_edition,
    read_figures,
    write_figures,
)
from borderdesk.closing.lines import (
    SummaryLine,
    YearToDateParts,
    bound_of,
    carried_figures,
    paper_marks,
    values_hash,
)
from borderdesk.figures.paper_figures import OVER, UNDER, FigureSum
from borderdesk.figures.quantities import FLOW, RATIO, STOCK
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.schema.kinds.quantity import json_number

PLAIN = SummaryLine(
    "clearing_events", "Phát quang", "Số lần", "lần", FLOW, 12, 9, 3, Decimal("33.3"), 40,
    Decimal("50"), Decimal("80.0"), 2, frozenset(), None,
)  # fmt: skip

NUMBERS = st.integers(0, 10**6) | st.decimals(0, 10**4, places=1) | st.none()


@st.composite
def lines(draw):
    now, before, to_date = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
    target = draw(st.none() | st.integers(0, 900).map(Decimal))
    bounded = draw(st.booleans()) and now is not None
    marks = {"previous", f"value>{now}"} if bounded else draw(st.sampled_from([set(), {"value"}]))
    change = None if now is None or before is None or bounded else now - before
    share = None if change is None or not before else percent(change, before)
    reached = None if not target or to_date is None else percent(to_date, target)
    numbers = st.integers(-99, 99) | st.decimals(0, 99, places=1)
    carry = draw(st.none() | st.builds(YearToDateParts, st.just("e1"), *[numbers] * 5))
    return SummaryLine(
        draw(st.sampled_from("abc")), "g", "l", "u", draw(st.sampled_from([FLOW, STOCK, RATIO])),
        now, before, change, share, to_date, target, reached, draw(NUMBERS), frozenset(marks), None,
        carry, draw(st.integers(0, 3)),
    )  # fmt: skip


def percent(part, whole):
    return (Decimal(part) / Decimal(whole) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.fixture
def edition(post_desk):
    return post_desk.closing.close_period("2023-10", number="7/BC")


def test_rows_are_read_as_they_were_written(post_desk, edition):
    store, number = post_desk.store, iter(range(1000))

    @settings(max_examples=30)
    @given(st.lists(lines(), min_size=1, max_size=6))
    def read_again(rows):
        id_ = f"e{next(number)}"
        with store.transaction():
            insert_edition(store, edition._replace(id=id_, state="withdrawn"))
            write_figures(store, id_, rows)
        assert read_figures(store, id_) == rows

    read_again()


def test_an_edition_is_read_as_it_was_written(post_desk, edition):
    store = post_desk.store
    period = Calendar().parse("2023-11")
    view = edition.view._replace(
        period=period,
        compared=Calendar().parse("2022-11"),
        scope=edition.scope._replace(kind="commune", text="commune:1", name="Xã", post=None,
                                     units=frozenset({"b", "a"})),
        day=datetime.date(2023, 11, 29),
        geography="new",
    )  # fmt: skip
    other = edition._replace(
        id="other", view=view, number=3, document="9", state="withdrawn", author="Người khác",
        signed_on=datetime.date(2023, 12, 5), signer=Signer("A", "B", "C", "KT."),
        closed="2023-12-05T01:02:03.004Z", final="2023-12-06T01:02:03.004Z", last_seq=8,
        totals_hash="t", figures_hash="f", values_hash="v", replaces=edition.id, reason="vì",
        holding={"log": 4},
    )  # fmt: skip
    insert_edition(store, other)
    found = named_edition(store, "other")
    assert found._replace(frame={}) == other._replace(frame={})
    assert {**found.frame, **json.loads(json.dumps(edition.frame))} == found.frame
    assert named_edition(store, edition.id)._replace(frame=edition.frame) == edition
    assert named_edition(store, "none") is None


# ------------------------------------------------------------------------------ columns


PAPER_MARKS = frozenset({"value", "value+4", "year_to_date", "year_to_date>40", "previous<9"})


def test_what_is_from_paper_is_taken_from_the_own_value():
    assert PLAIN.own_value == 12
    assert PLAIN._replace(from_paper=PAPER_MARKS).own_value == 8
    assert PLAIN._replace(from_paper=PAPER_MARKS, value=None).own_value is None


def test_each_column_is_shown_with_its_bound_and_mark():
    line = PLAIN._replace(from_paper=PAPER_MARKS)
    assert line.shown("value") == ShownFigure(12, "", "*")
    assert line.shown("previous") == ShownFigure(9, "<", "*")
    assert line.shown("year_to_date") == ShownFigure(40, ">", "*")
    assert line.shown("target_pct") == ShownFigure(Decimal("80.0"), ">", "*")
    assert line.shown("target") == ShownFigure(Decimal("50"))
    assert PLAIN.shown("target_pct") == ShownFigure(Decimal("80.0"))
    assert PLAIN.shown("value") == ShownFigure(12)
    assert line.qualifiers() == {"value": "exact", "previous": UNDER, "year_to_date": OVER}
    assert PLAIN.qualifiers() == {}
    # A bound is the number on the paper, whatever else the row contains.
    assert line._replace(year_to_date=None).shown("year_to_date").value == 40
    assert bound_of(PAPER_MARKS, "value") is None
    assert bound_of(PAPER_MARKS, "year_to_date") == (">", 40)
    assert bound_of(frozenset({"value<2.5"}), "value") == ("<", Decimal("2.5"))


@pytest.mark.parametrize(
    ("total", "counted", "marks"),
    [
        (FigureSum(5, None, ""), True, set()),
        (FigureSum(None, 3, ""), True, set()),
        (FigureSum(5, 3, ""), True, {"value", "value+3"}),
        (FigureSum(5, 3, ""), False, {"value+3"}),
        (FigureSum(Decimal("5.5"), 3, OVER), True, {"value", "value+3", "value>5.5"}),
        (FigureSum(5, 0, UNDER), True, {"value", "value+0", "value<5"}),
    ],
)
def test_the_marks_of_a_column_with_figures_from_paper(total, counted, marks):
    assert paper_marks("value", total, counted=counted) == marks
    others = {mark.replace("value", "previous") for mark in marks if "+" not in mark}
    assert paper_marks("previous", total, counted=counted) == others


def test_a_row_in_another_unit_is_scaled_in_every_column():
    line = PLAIN._replace(
        from_paper=PAPER_MARKS,
        late=90,
        carry=YearToDateParts("e", 10, 20, 30, 40, 50),
        doubles=2,
        records=["r"],
    )
    found = line.rescaled("nghìn", lambda value: None if value is None else Decimal(value) / 10)
    assert found == line._replace(
        unit="nghìn", value=Decimal("1.2"), previous=Decimal("0.9"), change=Decimal("0.3"),
        year_to_date=Decimal(4), target=Decimal(5), late=Decimal(9),
        from_paper=frozenset(
            {"value", "value+0.4", "year_to_date", "year_to_date>4", "previous<0.9"}
        ),
        carry=YearToDateParts("e", *map(Decimal, (1, 2, 3, 4, 5))),
    )  # fmt: skip
    bare = PLAIN._replace(target=None).rescaled("x", lambda value: value)
    assert bare == PLAIN._replace(target=None, unit="x")


def test_what_was_carried_is_shown_as_far_as_it_is_from_paper():
    carry = YearToDateParts("e", 7, 1, 12, 3, 0)
    assert carry.total == 23
    at_once = PLAIN._replace(from_paper=frozenset({"value", "year_to_date", "year_to_date>40"}))
    assert carried_figures(at_once, carry) == (
        ShownFigure(7), ShownFigure(12, "", "*"), ShownFigure(23, ">", "*")
    )  # fmt: skip
    before = PLAIN._replace(from_paper=frozenset({"year_to_date", "year_to_date<40"}))
    assert carried_figures(before, carry) == (
        ShownFigure(7, "<", "*"), ShownFigure(12), ShownFigure(23, "<", "*")
    )  # fmt: skip


def test_the_own_figures_are_hashed_in_the_order_of_their_keys():
    rows = [
        PLAIN._replace(key="b", value=Decimal("2.50")), PLAIN._replace(key="a"),
        PLAIN._replace(key="c", value=0), PLAIN._replace(key="d", value=None),
        PLAIN._replace(key="e", kind=RATIO), PLAIN._replace(key="f", from_paper=PAPER_MARKS),
    ]  # fmt: skip
    text = '[["a","12"],["b","2.5"],["f","8"]]'
    assert values_hash(rows) == hashlib.sha256(text.encode()).hexdigest()


# -------------------------------------------------------------------------- differences


def test_a_difference_is_told_unless_a_side_is_a_bound():
    moved = SignedDifference("k", "Số lần", "lần", "value", 12, Decimal("9.5"), Decimal("-2.5"))
    assert moved_json(moved) == {
        "key": "k", "label": "Số lần", "column": "value", "paper": 12, "now": 9.5,
        "difference": -2.5, "reasons": [],
    }  # fmt: skip
    over = PLAIN._replace(from_paper=frozenset({"value", "value>12"}))
    for sides in ((over, PLAIN), (PLAIN, over), (over, None), (None, over)):
        assert moved.marked(*sides).difference is None
    exact = moved.marked(PLAIN._replace(from_paper=frozenset({"value"})), None)
    assert exact.difference == Decimal("-2.5")
    assert exact.shown() == (ShownFigure(12, "", "*"), ShownFigure(Decimal("9.5")))
    told = moved_json(moved.marked(PLAIN, over)._replace(reasons=("vì",)))
    assert (told["reasons"], told["from_paper"]) == (["vì"], {"now": OVER})
    assert json.dumps([json_number(one) for one in (None, 3, Decimal("2.5"))]) == "[null, 3, 2.5]"


# ----------------------------------------------------------------------- checked input


@given(st.text(st.sampled_from("aB \u200b\u00a0ế"), max_size=NUMBER_LIMIT + 3))
def test_a_line_is_trimmed_and_has_a_longest(text):
    plain = text.replace("\u200b", "").replace("\u00a0", " ").strip()
    if len(plain) <= NUMBER_LIMIT:
        assert checked_line(text, NUMBER_LIMIT) == plain
    else:
        with pytest.raises(UserError, match=str(NUMBER_LIMIT)):
            checked_line(text, NUMBER_LIMIT)


def test_a_line_of_200_signs_is_the_longest_unless_it_is_said():
    assert checked_line("x" * 200) == "x" * 200
    with pytest.raises(UserError, match=f"“{'x' * 40}”.*200"):
        checked_line("x" * 201)


@pytest.mark.parametrize("sign", "\n\r\0\x07")
def test_a_line_holds_no_sign_that_ends_or_rules_it(sign):
    with pytest.raises(UserError, match="“a b”"):
        checked_line(f"a{sign}b")


@pytest.mark.parametrize(
    ("typed", "mode"),
    [("kt", "KT."), ("KT.", "KT."), (" tm. ", "TM."), ("", ""), ("tuq..", "TUQ."), ("Q", "Q.")],
)
def test_a_way_to_sign_is_written_one_way(typed, mode):
    assert checked_signer(Signer(" A ", "B ", " C", typed)) == Signer("A", "B", "C", mode)


def test_an_unknown_way_to_sign_is_told_with_those_there_are():
    with pytest.raises(UserError, match=r"“XXXXXXXXXX”.*TM\., KT\., TL\., Q\., TUQ\."):
        checked_signer(Signer("A", "B", "C", "x" * 12))
    assert MODES[0] == ""


# -------------------------------------------------------------- a paper's number and day


@pytest.mark.parametrize(
    ("number", "same"),
    [
        ("7/BC", True), ("07", True), ("7-BC/ĐBPBS", True), (" 7 /x", True), ("007/BC-1", True),
        ("17/BC", False), ("70", False), ("BC/7", False), ("", False), ("7a", False),
    ],
)  # fmt: skip
def test_a_paper_of_the_year_with_the_same_number_is_told_of(post_desk, edition, number, same):
    store, november = post_desk.store, Calendar().parse("2023-11")
    year = edition.signed_on.year
    found = [*paper_doubts(store, november, number, datetime.date(year, 12, 31))]
    assert len(found) == int(same)
    assert all(edition.period.title in one for one in found)
    assert [*paper_doubts(store, november, number, datetime.date(year + 1, 1, 1))] == []


def test_numbers_in_words_are_the_same_whatever_their_case(post_desk, edition):
    store, day = post_desk.store, edition.signed_on
    insert_edition(store, edition._replace(id="b", number=2, document="Mật/7", state="replaced"))
    insert_edition(store, edition._replace(id="c", number=3, document="9/x", state="withdrawn"))
    period = edition.period._replace(last=day)
    told = [len([*paper_doubts(store, period, number, day)]) for number in ("MẬT/7", "mật/8", "9")]
    assert told == [1, 0, 0]


def test_a_paper_signed_before_its_period_ends_is_told_of(post_desk):
    november = Calendar().parse("2023-11")
    found = [*paper_doubts(post_desk.store, november, "", datetime.date(2023, 11, 29))]
    assert len(found) == 1
    assert "29/11/2023" in found[0]
    assert "30/11/2023" in found[0]
    assert [*paper_doubts(post_desk.store, november, "", november.last)] == []


def test_an_amendment_has_a_reason_for_what_differs_alone(post_desk, edition):
    desk = post_desk
    now = summary_of(desk, edition.view, "post:BS")
    with pytest.raises(OperationRefused, match="7/BC"):
        amended_figures(desk, edition, now, "chung", {})
    raw = {"kind": "road_repair", "post": "BS", "started_on": "2023-10-05", "commune": "06196",
           "participants": 5}  # fmt: skip
    desk.records.add("clearing", raw)
    now = summary_of(desk, edition.view, "post:BS")
    with pytest.raises(UserError, match="fines"):
        amended_figures(desk, edition, now, "chung", {"fines": "vì", "leaflets": "vì"})
    moved = amended_figures(desk, edition, now, "chung", {"clearing_events": "vì"})
    assert {one.key for one in moved} >= {"clearing_events", "clearing_participants"}
    for one in moved:
        assert (one.reasons == ("vì",)) == (one.key == "clearing_events")
        assert all(one.reasons)
