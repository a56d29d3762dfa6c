"""The verdict on a paper: every part of it for a signed, older, draft and foreign one."""

import json
from decimal import Decimal

import pytest

from borderdesk.base.errors import UserError
from borderdesk.closing.paper_check import typed_number
from borderdesk.closing.paper_code import _check_digits
from borderdesk.closing.summary import make_summary
from borderdesk.figures.targets import set_baseline
from borderdesk.store.models.exchange import BatchRow
from tests.core.test_closing import clearing

OCTOBER, ROW = "2023-10", "clearing_participants"


def paper(desk, period=OCTOBER):
    return desk.closing.paper_text(make_summary(desk, period))


def with_part(text, place, part):
    """A paper's text with another part, and its check digits."""
    parts = text.split("|")[:-1]
    parts[place] = part
    return "|".join([*parts, _check_digits("|".join(parts))])


def value(verdict, key=ROW):
    return next(one.value for one in verdict.lines if one.key == key)


def moved(verdict):
    return {(one.key, one.column): (one.signed, one.now, one.difference) for one in verdict.moved}


@pytest.fixture
def signed(post_desk):
    """A desk whose October is signed as No. 05, with 30 participants."""
    post_desk.records.add("clearing", clearing("2023-10-31", 30))
    post_desk.closing.close_period(OCTOBER, number="05")
    return post_desk


def test_a_paper_in_force_says_its_edition_and_nothing_else(signed):
    verdict = signed.closing.check(paper(signed))
    assert (verdict.known, verdict.moved, verdict.columns) == (True, [], "")
    assert (verdict.edition, verdict.made_from.number, verdict.successor) == (1, 1, None)
    assert (verdict.typed, verdict.altered, verdict.paper.edition) == ((), (), 1)
    (reason,) = verdict.reasons
    assert reason.startswith("Văn bản đã ký: ")
    assert "số 05" in reason


def test_a_draft_of_what_was_signed_says_so(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-31", 30))
    draft = paper(post_desk)
    post_desk.closing.close_period(OCTOBER)
    verdict = post_desk.closing.check(draft)
    assert (verdict.result, verdict.state, verdict.known) == ("same", "draft", True)
    assert (verdict.edition, verdict.made_from.number, verdict.successor) == (1, 1, None)
    assert len(verdict.reasons) == 1
    assert "dự thảo" in verdict.reasons[0]


def test_a_record_of_the_last_day_that_came_after_signing_moves_both_columns(signed):
    text = paper(signed)
    signed.records.add("clearing", clearing("2023-11-01", 500))
    assert signed.closing.check(text).result == "same"
    signed.records.add("clearing", clearing("2023-10-31", 1))
    verdict = signed.closing.check(text)
    assert (verdict.result, verdict.state, verdict.successor) == ("revised", "signed", None)
    assert moved(verdict)[ROW, "value"] == (30, 31, 1)
    assert moved(verdict)[ROW, "year_to_date"] == (30, 31, 1)
    assert (verdict.columns, value(verdict)) == ("value", 30)
    assert str(len(verdict.moved)) in verdict.reasons[-1]


def test_what_moves_the_year_alone_is_told_as_that(signed):
    text = paper(signed)
    signed.records.add("clearing", clearing("2023-09-30", 1))
    verdict = signed.closing.check(text)
    assert verdict.columns == "year_to_date"
    assert {column for _key, column in moved(verdict)} == {"year_to_date"}


def test_of_two_equal_editions_the_one_in_force_is_told(signed):
    """Withdrawn and signed again with the same figures: a draft of them belongs to the second."""
    draft = with_part(paper(signed), 4, "0")
    signed.closing.reopen_period(OCTOBER, None, "sửa lời văn")
    withdrawn = signed.closing.check(draft)
    assert (withdrawn.result, withdrawn.made_from.state) == ("revised", "withdrawn")
    assert (withdrawn.edition, withdrawn.successor) == (0, None)
    signed.closing.close_period(OCTOBER, number="06")
    verdict = signed.closing.check(draft)
    assert (verdict.result, verdict.edition, verdict.made_from.number) == ("same", 2, 2)
    signed.closing.reopen_period(OCTOBER, None, "lại sửa")
    assert signed.closing.check(draft).made_from.number == 2


def test_a_withdrawn_paper_names_itself_and_what_is_in_force(signed):
    text = paper(signed)
    signed.closing.reopen_period(OCTOBER, None, "sửa lời văn")
    (alone,) = signed.closing.check(text).reasons
    assert "mở lại" in alone
    signed.closing.close_period(OCTOBER, number="06")
    verdict = signed.closing.check(text)
    assert len(verdict.reasons) == 2
    assert ("số 05" in verdict.reasons[0], "số 06" in verdict.reasons[1]) == (True, True)
    signed.closing.reopen_period(OCTOBER, None, "đếm sai")
    signed.records.add("clearing", clearing("2023-10-01", 1))
    signed.closing.close_period(OCTOBER, number="07")
    verdict = signed.closing.check(text)
    assert (verdict.result, verdict.successor.number) == ("revised", 3)


def test_a_replaced_paper_is_revised_though_its_figures_are_todays(signed):
    """The amendment had other figures, and the records returned to those signed first."""
    text = paper(signed)
    signed.closing.note_printed(OCTOBER)
    signed.closing.amend_period(OCTOBER, None, "đếm sai")
    being_amended = signed.closing.check(text)
    assert (being_amended.result, being_amended.state) == ("same", "signed")
    late = signed.records.add("clearing", clearing("2023-10-01", 4)).id
    signed.closing.close_period(OCTOBER, number="07")
    signed.closing.note_printed(OCTOBER)
    signed.closing.amend_period(OCTOBER, None, "bản sau sai")
    signed.records.delete("clearing", late, "trùng")
    verdict = signed.closing.check(text)
    assert (verdict.result, verdict.state, verdict.moved) == ("revised", "replaced", [])
    assert (verdict.successor.number, verdict.edition) == (2, 2)
    assert verdict.reasons[0].startswith("Không còn hiệu lực")


def test_a_draft_that_moved_shows_what_is_signed_or_what_the_desk_says(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-31", 30))
    draft = paper(post_desk)
    assert len(post_desk.closing.check(draft).reasons) == 2
    post_desk.records.add("clearing", clearing("2023-10-01", 4))
    verdict = post_desk.closing.check(draft)
    assert (verdict.columns, value(verdict), verdict.edition) == ("value", 34, 0)
    assert (verdict.moved, verdict.made_from, len(verdict.reasons)) == ([], None, 2)
    post_desk.closing.close_period(OCTOBER)
    post_desk.records.add("clearing", clearing("2023-10-02", 100))
    verdict = post_desk.closing.check(draft)
    assert (verdict.state, value(verdict), verdict.edition) == ("draft", 34, 1)


def test_a_draft_whose_own_figures_stand_differs_in_the_year(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-31", 30))
    draft = paper(post_desk)
    post_desk.records.add("clearing", clearing("2023-09-30", 4))
    verdict = post_desk.closing.check(draft)
    assert (verdict.result, verdict.columns) == ("different", "year_to_date")


def test_an_edition_with_other_figures_is_told_from_one_that_never_was(signed):
    text = paper(signed)
    other = signed.closing.check(with_part(text, 6, "0" * 12))
    assert (other.state, other.known, other.columns) == ("unknown", False, "year_to_date")
    assert "không được lập từ" in other.reasons[0]
    never = signed.closing.check(with_part(text, 4, "2"))
    assert (never.state, never.edition, never.made_from) == ("unknown", 1, None)
    assert "2" in never.reasons[0]
    assert never.reasons[0] != other.reasons[0].replace("1", "2")
    own = signed.closing.check(with_part(with_part(text, 6, "0" * 12), 5, "0" * 12))
    assert own.columns == "value"
    signed.records.add("clearing", clearing("2023-10-02", 100))
    assert value(signed.closing.check(with_part(text, 4, "2"))) == 30
    signed.closing.reopen_period(OCTOBER, None, "sai")
    assert value(signed.closing.check(with_part(text, 4, "2"))) == 130


# --------------------------------------------------------------------- another desk's paper


def keep_statement(desk, text, period=OCTOBER, **figures):
    """Store the statement of a package from the paper's desk."""
    whole = dict.fromkeys(
        ("digest", "file", "unit", "role", "first", "last", "made", "imported"), ""
    )
    number = len([*desk.store.fetch(BatchRow.select(BatchRow.id))])
    desk_id = text.split("|")[1] + "0" * 24
    row = BatchRow.insert(
        **{**whole, "digest": str(number)}, id=str(number), desk=desk_id, period=period,
        number=number, undone=0, figures=json.dumps(figures), counts="{}",
    )  # fmt: skip
    with desk.writing():
        desk.store.execute(row)


def test_another_desks_paper_with_the_figures_of_the_records_here(post_desk, desk):
    for one in (post_desk, desk):
        one.records.add("clearing", clearing("2023-10-31", 30))
    draft = paper(post_desk)
    verdict = desk.closing.check(draft)
    assert (verdict.result, verdict.state, verdict.known) == ("same", "draft", True)
    assert (len(verdict.reasons), value(verdict)) == (2, 30)
    post_desk.closing.close_period(OCTOBER)
    verdict = desk.closing.check(paper(post_desk))
    assert (verdict.result, verdict.state, verdict.made_from) == ("same", "signed", None)
    desk.records.add("clearing", clearing("2023-10-01", 1))
    verdict = desk.closing.check(draft)
    assert (verdict.result, verdict.state, verdict.known) == ("different", "unknown", False)
    assert (verdict.columns, value(verdict), len(verdict.reasons)) == ("value", 31, 2)


def test_another_desks_figures_are_known_by_its_packages(post_desk, desk):
    whole = clearing("2023-10-31", 30, length_m=12.5)
    for one in (post_desk, desk):
        one.records.add("clearing", whole)
    post_desk.closing.close_period(OCTOBER)
    text = paper(post_desk)
    now = {one.key: one.own_value for one in make_summary(desk, OCTOBER).lines}
    figures = {key: float(one) if isinstance(one, Decimal) else one for key, one in now.items()}
    desk.records.add("clearing", clearing("2023-10-01", 1))
    desk.records.add("clearing", clearing("2023-09-30", 1))
    keep_statement(desk, text, **{**figures, ROW: 29})
    keep_statement(desk, text, "2023-09", **figures)
    assert desk.closing.check(text).state == "unknown"
    keep_statement(desk, text, **figures)
    verdict = desk.closing.check(text)
    assert (verdict.result, verdict.state, verdict.known) == ("different", "signed", True)
    assert (verdict.columns, value(verdict), len(verdict.reasons)) == ("value", 30, 2)
    assert moved(verdict)[ROW, "value"] == (30, 31, 1)
    assert {column for _key, column in moved(verdict)} == {"value"}
    assert all(len(one.reasons) == 1 and one.reasons[0] for one in verdict.moved)
    assert desk.closing.check(with_part(text, 1, "0" * 8)).state == "unknown"


@pytest.mark.parametrize(
    ("text", "number"),
    [("", None), ("-", None), ("12,50%", Decimal("12.50")), ("1.234,5", Decimal("1234.5")),
     (">300*", 300), ("<1.000†", 1000), ("+1.234", 1234), ("1.23", Decimal("1.23")),
     ("3,0", 3), ("1234.567", Decimal("1234.567")), ("5‡", 5)],
)  # fmt: skip
def test_figures_are_read_as_they_are_written(text, number):
    read = typed_number(text)
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize("text", ["1,2,3", "NaN", "Infinity", "1.2.3", "--1", "0x5"])
def test_what_is_no_number_is_named(text):
    with pytest.raises(UserError, match=text[:2]):
        typed_number(text)


def test_typed_figures_are_told_apart_by_column_and_label(signed):
    signed.records.add("clearing", clearing("2023-09-30", 4))
    signed.closing.close_period("2023-09")
    text = paper(signed)
    label = next(one.label for one in signed.closing.check(text).lines if one.key == ROW)
    verdict = signed.closing.check(
        text,
        {
            f" {ROW} ": "30",
            f"{ROW}.year_to_date": "31",
            f"{ROW}.target": "–",
            label.upper(): "29",
            f"{label}.previous": "7",
        },
    )
    told = [(one.key, one.column, one.paper, one.signed, one.same) for one in verdict.typed]
    assert told == [
        (ROW, "value", 30, 30, True), (ROW, "year_to_date", 31, 30, False),
        (ROW, "target", None, None, True), (ROW, "value", 29, 30, False),
        (ROW, "previous", 7, None, False),
    ]  # fmt: skip
    assert [one[3:7] for one in verdict.moved[:3]] == [
        ("year_to_date", 31, 30, -1), ("value", 29, 30, 1), ("previous", 7, None, None),
    ]  # fmt: skip
    assert all(one.reasons and one.label == label for one in verdict.moved[:3])
    assert len(verdict.reasons) == len(signed.closing.check(text).reasons) + 3
    assert "29" in verdict.reasons[-2]
    assert "30" in verdict.reasons[-2]


def test_an_unknown_figure_is_named_with_those_there_are(signed):
    text = paper(signed)
    keys = [one.key for one in signed.closing.check(text).lines]
    with pytest.raises(UserError, match="khong_co.*".join(["", ", ".join(keys[:3])])) as caught:
        signed.closing.check(text, {"khong_co.value": "1"})
    with pytest.raises(UserError, match=r"“khong\.co”"):
        signed.closing.check(text, {"khong.co.value": "1"})
    assert keys[3] not in str(caught.value)


def test_a_figure_from_paper_is_typed_as_it_is_shown(post_desk):
    set_baseline(post_desk.store, ROW, OCTOBER, "post:BS", "7", "báo cáo")
    post_desk.closing.close_period(OCTOBER)
    verdict = post_desk.closing.check(paper(post_desk), {ROW: "7*"})
    assert (verdict.result, verdict.typed[0].same) == ("same", True)
