"""The texts of a report: limits of each text, initial values, and what is stored."""

import datetime

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused
from borderdesk.closing.narratives import (
    CLAUSE_LIMIT,
    CLAUSES_MOST,
    TASK_LIMIT,
    TASKS_MOST,
    TEXT_MOST,
    Narrative,
    TaskAhead,
    TaskOutcome,
    clause_key,
)

DAY = datetime.date(2023, 11, 30)


@pytest.fixture
def book(post_desk):
    return post_desk.narratives


def wrong(book, **given):
    """The problems of a write, which must leave the stored texts unchanged."""
    before = book.of("2023-10")
    given["parts"] = {"situation": "mới", **given.get("parts", {})}
    with pytest.raises(InvalidRecord) as refused:
        book.write_narrative("2023-10", **given)
    assert all(refused.value.problems.values())
    assert book.of("2023-10") == before
    return {*refused.value.problems}


def test_the_longest_and_the_most_that_is_taken(book):
    written = book.write_narrative(
        "2023-10",
        parts={"situation": "x" * TEXT_MOST},
        tasks=[TaskAhead("x" * TASK_LIMIT, "y" * 200, DAY)] * TASKS_MOST,
        clauses={f"{n:0200d}": "x" * CLAUSE_LIMIT for n in range(CLAUSES_MOST)},
        outcomes=[TaskOutcome("a", "", None, False, "x" * TASK_LIMIT)] * TASKS_MOST,
    )
    assert book.of("2023-10") == written
    assert (len(written.tasks), len(written.clauses)) == (TASKS_MOST, CLAUSES_MOST)


def test_what_a_chat_or_word_put_between_the_letters_is_left_out(book):
    """As in the fields of a form; a text that is refused for a sign nobody sees is never saved."""
    pasted = "Công\xad tác\u200b\tdân\xa0vận\ufeff\r\nĐợt\u2028hai"
    written = book.write_narrative("2023-10", parts={"situation": pasted})
    assert written.parts["situation"] == "Công tác dân vận\nĐợt\nhai"


def test_what_is_too_long_or_too_many_is_named(book):
    assert wrong(book, parts={"results": "x" * (TEXT_MOST + 1)}) == {"results"}
    assert wrong(book, tasks=[TaskAhead("a"), TaskAhead("x" * (TASK_LIMIT + 1))]) == {"tasks[1]"}
    assert wrong(book, tasks=[TaskAhead("a", "y" * 201)]) == {"tasks[0]"}
    assert wrong(book, tasks=[TaskAhead("a")] * (TASKS_MOST + 1)) == {"tasks"}
    assert wrong(book, clauses={"1": "x" * (CLAUSE_LIMIT + 1)}) == {"clauses.1"}
    assert wrong(book, clauses={"x" * 201: "a"}) == {"clauses." + "x" * 40}
    assert wrong(book, clauses={str(n): "a" for n in range(CLAUSES_MOST + 1)}) == {"clauses"}
    late = TaskOutcome("a", why="x" * (TASK_LIMIT + 1))
    assert wrong(book, outcomes=[TaskOutcome("b"), late]) == {"outcomes[1]"}
    assert wrong(book, outcomes=[TaskOutcome("b")] * (TASKS_MOST + 1)) == {"outcomes"}


def test_what_is_no_text_or_has_no_place_is_named(book):
    assert wrong(book, parts={"other": "a", "results": 1}) == {"other", "results"}
    assert wrong(book, parts={"x" * 50: "a"}) == {"x" * 40}
    assert wrong(book, parts={"results": "a\x07"}) == {"results"}
    assert wrong(book, tasks=[TaskAhead("", "Đội"), TaskAhead(" ", "", DAY)]) == {
        "tasks[0]",
        "tasks[1]",
    }
    assert wrong(book, clauses={" ": "a", "b ": "c", "d": 1}) == {
        "clauses. ",
        "clauses.b ",
        "clauses.d",
    }


def test_lines_and_tabs_are_kept_as_plain_text(book):
    written = book.write_narrative(
        "2023-10", parts={"results": "\n một \r\n\thai\tba\n", "situation": " "},
        tasks=[TaskAhead("\n"), TaskAhead(" Họp\n dân ", " Đội ")],
        clauses={clause_key("12/QC", "3"): "có"},
    )  # fmt: skip
    assert written == Narrative(
        {"results": "một\n hai ba"}, [TaskAhead("Họp\n dân", "Đội")], {"12/QC#3": "có"}
    )
    assert book.of("2023-10") == written
    assert not written.empty


def test_parts_are_in_the_order_of_the_paper_and_go_when_emptied(book):
    book.write_narrative("2023-10", parts={"difficulties": "c", "situation": "a", "results": "b"},
                         clauses={"2": "y", "1": "x"})  # fmt: skip
    read = book.of("2023-10")
    assert ([*read.parts], [*read.clauses]) == (
        ["situation", "results", "difficulties"],
        ["1", "2"],
    )
    left = book.write_narrative("2023-10", parts={"results": ""}, clauses={"1": ""})
    assert ([*left.parts], [*left.clauses]) == (["situation", "difficulties"], ["2"])
    book.write_narrative("2023-10", parts=dict.fromkeys(left.parts, ""), clauses={"2": ""})
    assert book.of("2023-10").empty


def test_a_narrative_begins_from_the_last_of_its_kind_and_scope_before_it(book):
    own = ("2023-08", "2023-09", "2023-Q3", "2023-11", "2023-09-30..2023-10-01")
    for period, scope in (*((period, None) for period in own), ("2023-09", "province")):
        book.write_narrative(period, scope, parts={"situation": f"{period} {scope}"})
    begun = book.of("2023-10")
    assert (begun.begun_from, begun.parts) == ("2023-09", {"situation": "2023-09 None"})
    assert book.of("2023-Q4").begun_from == "2023-Q3"
    assert book.of("2023-08").begun_from is None
    assert book.of("2023-07") == Narrative({}, [], {})
    assert book.of("2023-10", "province").parts == {"situation": "2023-09 province"}
    # Once anything is typed, defaults are no longer used.
    book.write_narrative("2023-10", clauses={"1": "a"})
    assert book.of("2023-10")[:4] == ({"situation": "2023-09 None"}, [], {"1": "a"}, None)


def test_what_became_of_tasks_is_asked_of_those_of_the_last_period(book):
    first, other = TaskAhead("Phát quang", "Đội", DAY), TaskAhead("Họp dân")
    book.write_narrative("2023-10", tasks=[first, other])
    told = TaskOutcome(*other, done=True)
    written = book.write_narrative("2023-11", outcomes=[TaskOutcome(*first), told])
    assert (written.tasks, written.outcomes) == ([first], (told,))
    assert book.of("2023-11").outcomes == (TaskOutcome(*first), told)
    assert [one.answered for one in book.of("2023-11").outcomes] == [False, True]
    assert [one.of for one in book.of("2023-11").outcomes] == [first, other]
    # An outcome stays though its task is no longer there.
    book.write_narrative("2023-10", tasks=[first])
    assert book.of("2023-11").outcomes == (TaskOutcome(*first), told)
    # Tasks typed for this period stay when they are done.
    again = book.write_narrative("2023-11", outcomes=[TaskOutcome(*first, done=True), told])
    assert again.tasks == [first]
    assert not Narrative({}, [], {}, None, (told,)).empty


def test_a_closed_period_is_written_again_only_while_it_is_amended(post_desk, book):
    post_desk.closing.close_period("2023-10")
    with pytest.raises(OperationRefused):
        book.write_narrative("2023-10", parts={"situation": "a"})
    book.write_narrative("2023-10", "post:TL", parts={"situation": "a"})
    post_desk.closing.note_printed("2023-10")
    post_desk.closing.amend_period("2023-10", None, "thiếu lời")
    assert book.write_narrative("2023-10", parts={"situation": "a"}).parts == {"situation": "a"}
