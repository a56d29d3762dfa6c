"""Editions received as entries of another desk's log: the effect of each event, and undoing it."""

import datetime
import json
import random
import shutil

import pytest

from borderdesk.closing.edition_events import read_events
from borderdesk.closing.edition_log import LoggedEvent, _content, apply_events, retract_event
from borderdesk.closing.editions import is_of, read_editions, read_figures
from borderdesk.desk import Desk
from borderdesk.session.desk_log import DeskLog
from tests.core.test_attachments import scan
from tests.core.test_closing import clearing

OCTOBER, SCOPE = "2023-10", "post:BS"
AUTHOR = "3" * 32


@pytest.fixture
def apart(post_desk, post_template, tmp_path):
    """Two laptops of one post: one closes, the other receives its log."""
    with Desk.open(shutil.copytree(post_template, tmp_path / "two")) as other:
        yield post_desk, other


def said(desk, edition, what, time="2023-11-01T00:00:00.000Z", reason=""):
    content = _content(desk.store, edition.id) if what == "closed" else {}
    return {"edition": edition.id, "what": what, "author": "A", "time": time, "reason": reason,
            "holding": "{}", **content}  # fmt: skip


def hear(desk, *entries, number=1):
    with desk.writing():
        for entry in entries:
            arrived = [LoggedEvent(AUTHOR, number, entry)]
            apply_events(desk.store, arrived, lambda arrived=arrived: arrived)


def retract(desk, *entries):
    with desk.writing():
        for entry in entries:
            retract_event(desk.store, entry)


def states(desk):
    found = read_editions(desk.store, is_of(OCTOBER, SCOPE))
    return [(one.number, one.state) for one in found]


def test_an_edition_that_came_is_the_one_that_was_signed(apart):
    one, two = apart
    one.records.add("clearing", clearing("2023-10-31", 30))
    edition = one.closing.close_period(OCTOBER, number="05", signed_on=datetime.date(2023, 11, 2))
    hear(two, said(one, edition, "closed", reason="x"), number=7)
    (came,) = read_editions(two.store)
    assert came.holding == {AUTHOR: 7}
    own = {"holding": None, "last_seq": edition.last_seq}
    assert came._replace(**own) == next(read_editions(one.store))._replace(**own)
    assert read_figures(two.store, came.id) == read_figures(one.store, edition.id)
    told = read_events(two.store, came.id)
    assert [(one.what, one.author, one.reason) for one in told] == [("closed", "A", "x")]
    # The same entry again, from another copy, is no second edition.
    hear(two, said(one, edition, "closed"))
    assert states(two) == [(1, "closed")]


def test_each_event_gives_the_edition_its_state_and_taken_back_the_one_before(apart):
    one, two = apart
    edition = one.closing.close_period(OCTOBER)
    closed = said(one, edition, "closed")
    hear(two, closed)
    made = {"reopened": "withdrawn", "amending": "opened", "replaced": "replaced"}
    for what, state in made.items():
        if what == "replaced":
            hear(two, said(one, edition, "amending"))
        before = states(two), read_events(two.store, edition.id)
        entry = said(one, edition, what, f"2023-11-02T00:00:00.00{len(what)}Z", "vì")
        hear(two, entry)
        told = read_events(two.store, edition.id)
        assert states(two) == [(1, state)]
        assert (told[-1].what, told[-1].reason, len(told)) == (what, "vì", len(before[1]) + 1)
        retract(two, entry)
        assert read_events(two.store, edition.id) == before[1]
        assert states(two) == ([(1, "opened")] if what == "replaced" else before[0])
    kept = said(one, edition, "kept")
    hear(two, kept)
    assert states(two) == [(1, "closed")]
    retract(two, kept)
    assert states(two) == [(1, "opened")]
    retract(two, closed)
    assert (states(two), read_events(two.store, edition.id)) == ([], [])
    assert read_figures(two.store, edition.id) == []


@pytest.mark.parametrize("what", ["printed", "saved", "sent"])
def test_a_paper_that_went_out_is_final(apart, what):
    one, two = apart
    edition = one.closing.close_period(OCTOBER)
    hear(two, said(one, edition, "closed"))
    assert next(read_editions(two.store)).final is None
    hear(two, said(one, edition, what))
    assert next(read_editions(two.store)).final is not None
    assert states(two) == [(1, "closed")]


def test_an_amendment_that_is_withdrawn_opens_what_it_replaced(apart):
    one, two = apart
    first = one.closing.close_period(OCTOBER)
    hear(two, said(one, first, "closed"))
    one.closing.note_printed(OCTOBER)
    one.closing.amend_period(OCTOBER, None, "sai")
    hear(two, said(one, first, "amending"), said(one, first, "replaced"))
    one.records.add("clearing", clearing("2023-10-31", 30))
    second = one.closing.close_period(OCTOBER)
    hear(two, said(one, second, "closed"))
    assert states(two) == [(1, "replaced"), (2, "closed")]
    assert [*read_editions(two.store)][1].replaces == first.id
    hear(two, said(one, second, "reopened"))
    assert states(two) == [(1, "opened"), (2, "withdrawn")]
    retract(two, said(one, first, "closed"))
    (left,) = read_editions(two.store)
    assert (left.id, left.replaces) == (second.id, None)


def test_an_amendment_of_what_is_not_here_replaces_nothing(apart):
    one, two = apart
    one.closing.close_period(OCTOBER)
    one.closing.note_printed(OCTOBER)
    one.closing.amend_period(OCTOBER, None, "sai")
    one.records.add("clearing", clearing("2023-10-31", 30))
    second = one.closing.close_period(OCTOBER)
    hear(two, said(one, second, "closed"))
    (came,) = read_editions(two.store)
    assert (came.replaces, came.state) == (None, "closed")


def test_of_two_that_closed_one_period_the_earlier_stands(apart):
    one, two = apart
    for first, later in ((one, two), (two, one)):
        earlier, after = (desk.closing.close_period(OCTOBER) for desk in (first, later))
        assert earlier.closed < after.closed or earlier.id < after.id
        entries = [said(first, earlier, "closed"), said(later, after, "closed")]
        hear(first, entries[1])
        hear(later, entries[0])
        for desk in (first, later):
            found = {edition.id: edition.state for edition in read_editions(desk.store)}
            assert (found[earlier.id], found[after.id]) == ("closed", "replaced")
            retract(desk, *entries)
            assert states(desk) == []


def history(desk, other):
    """The entries of two machines that close, amend, keep and reopen: {machine: its entries in
    order}."""
    made = {1: [], 2: []}

    def note(machine, what, edition, place):
        time = f"2023-11-{place:02}T00:00:00.000Z"
        author = desk if machine == 1 else other
        made[machine].append(said(author, edition, what, time, f"vì {place}"))

    first = desk.closing.close_period(OCTOBER)
    twin = other.closing.close_period(OCTOBER)
    note(1, "closed", first, 1)
    note(2, "closed", twin, 2)
    desk.closing.note_printed(OCTOBER)
    desk.closing.amend_period(OCTOBER, None, "sai")
    desk.records.add("clearing", clearing("2023-10-31", 30))
    second = desk.closing.close_period(OCTOBER)
    for place, what in enumerate(("printed", "amending", "kept", "amending", "replaced"), start=3):
        # The other machine has few entries of its own, on a paper of the first one.
        note(2 if what in ("kept", "amending") else 1, what, first, place)
    note(1, "closed", second, 8)
    note(1, "saved", second, 9)
    return made, {first.id: "replaced", twin.id: "replaced", second.id: "closed"}


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_the_events_of_two_machines_come_the_states_are_one(
    apart, post_template, tmp_path, seed
):
    made, states_after = history(*apart)
    chance = random.Random(seed)
    events = [LoggedEvent(AUTHOR, machine, facts) for machine in made for facts in made[machine]]
    chance.shuffle(events)
    with Desk.open(shutil.copytree(post_template, tmp_path / "three")) as desk:
        held = []
        while len(held) < len(events):
            arrived = events[len(held) :][: chance.randint(1, 4)]
            held += arrived
            with desk.writing():
                apply_events(desk.store, arrived, lambda held=held: held)
        found = {one.id: one for one in read_editions(desk.store)}
        assert {edition: one.state for edition, one in found.items()} == states_after
        (second,) = (one for one in found.values() if one.state == "closed")
        assert states_after[second.replaces] == "replaced"
        assert all(one.final for one in found.values() if one.number == 2)
        for edition in found:
            told = [(one.what, one.reason) for one in read_events(desk.store, edition)]
            mine = sorted((e.facts["time"], e.what) for e in events if e.edition == edition)
            assert [what for what, _reason in told] == [what for _time, what in mine]
            assert len({reason for _what, reason in told}) == len(told)


def test_taken_back_each_event_leaves_what_was_before_it(apart, post_template, tmp_path):
    made, _states = history(*apart)
    events = [LoggedEvent(AUTHOR, machine, facts) for machine in made for facts in made[machine]]
    random.Random(4).shuffle(events)
    with Desk.open(shutil.copytree(post_template, tmp_path / "three")) as desk:
        seen = []
        for place, event in enumerate(events):
            seen.append(whole_of(desk))
            with desk.writing():
                held = events[: place + 1]
                apply_events(desk.store, [event], lambda held=held: held)
        while events:
            retract(desk, events.pop().facts)
            assert whole_of(desk) == seen.pop()


def whole_of(desk):
    editions = [one._replace(final=bool(one.final)) for one in read_editions(desk.store)]
    return [(one, read_events(desk.store, one.id)) for one in editions]


def test_an_edition_with_a_scan_of_this_desk_stays(apart, tmp_path):
    one, two = apart
    edition = one.closing.close_period(OCTOBER)
    closed, printed = said(one, edition, "closed"), said(one, edition, "printed")
    hear(two, closed, printed)
    kept = two.closing.scans.attach_scan(edition.id, scan(tmp_path / "a.jpg"))
    retract(two, printed, closed)
    assert states(two) == [(1, "closed")]
    assert next(read_editions(two.store)).final is None
    assert two.closing.scans.attachments(edition.id) == [kept]
    hear(two, closed, printed)
    assert [told.what for told in read_events(two.store, edition.id)] == ["closed", "printed"]


def test_reopening_opens_what_two_machines_closed(apart):
    one, two = apart
    mine, other = one.closing.close_period(OCTOBER), two.closing.close_period(OCTOBER)
    hear(one, said(two, other, "closed"))
    one.closing.reopen_period(OCTOBER, None, "sai")
    assert states(one) == [(1, "withdrawn"), (1, "withdrawn")]
    assert one.closing.state(OCTOBER).name == "reopened"
    hear(two, said(one, mine, "closed"), *logged(one))
    assert states(two) == [(1, "withdrawn"), (1, "withdrawn")]


def test_an_amendment_of_what_two_machines_closed_is_the_one_in_force(apart):
    one, two = apart
    one.closing.close_period(OCTOBER)
    hear(one, said(two, two.closing.close_period(OCTOBER), "closed"))
    one.closing.note_printed(OCTOBER)
    one.closing.amend_period(OCTOBER, None, "sai")
    one.records.add("clearing", clearing("2023-10-31", 30))
    second = one.closing.close_period(OCTOBER)
    found = {edition.id: edition.state for edition in read_editions(one.store)}
    assert found.pop(second.id) == second.state == "closed"
    assert [*found.values()] == ["replaced", "replaced"]


def logged(desk):
    """A desk's log entries about editions other than closings."""
    entries = desk.part(DeskLog).entries(kind="edition")
    found = [json.loads(entry.content)["content"] for entry in entries]
    return [facts for facts in found if facts["what"] != "closed"]


def test_a_paper_of_another_machine_that_went_out_stands_after_reopening(apart):
    one, two = apart
    one.closing.close_period(OCTOBER)
    other = two.closing.close_period(OCTOBER)
    hear(one, said(two, other, "closed"), said(two, other, "printed"))
    one.closing.reopen_period(OCTOBER, None, "sai")
    state = one.closing.state(OCTOBER)
    assert (state.name, state.edition.id) == ("closed", other.id)


def test_what_another_stands_in_place_of_does_not_come_back(apart):
    one, two = apart
    first = one.closing.close_period(OCTOBER)
    reopened = said(one, first, "reopened")
    hear(two, said(one, first, "closed"), reopened)
    one.closing.reopen_period(OCTOBER, None, "sai")
    second = one.closing.close_period(OCTOBER)
    hear(two, said(one, second, "closed"))
    retract(two, reopened)
    assert states(two) == [(1, "withdrawn"), (2, "closed")]


def test_an_event_of_an_edition_that_is_not_here_is_nothing(apart):
    one, two = apart
    edition = one.closing.close_period(OCTOBER)
    for what in ("reopened", "amending", "replaced", "kept", "printed"):
        hear(two, said(one, edition, what))
        retract(two, said(one, edition, what))
    assert (states(two), read_events(two.store, edition.id)) == ([], [])


def test_what_is_taken_back_of_one_edition_leaves_the_others(apart):
    one, two = apart
    one.records.add("clearing", clearing("2023-09-30", 30))
    kept, gone = (one.closing.close_period(period) for period in ("2023-09", OCTOBER))
    later = "2023-11-02T00:00:00.000Z"
    entries = [
        said(one, gone, "closed"),
        said(one, gone, "printed"),
        said(one, gone, "sent", later),
    ]
    hear(two, said(one, kept, "closed"), said(one, kept, "printed"), *entries)

    def whole(edition):
        return (
            [e for e in read_editions(two.store) if e.id == edition.id],
            read_events(two.store, edition.id),
            read_figures(two.store, edition.id),
        )

    before, other = whole(kept), whole(gone)
    assert all(before)
    assert all(other)
    retract(two, entries[2])
    assert [event.what for event in whole(gone)[1]] == ["closed", "printed"]
    retract(two, said(one, gone, "printed", later))
    assert [event.what for event in whole(gone)[1]] == ["closed", "printed"]
    retract(two, entries[0])
    assert whole(gone) == ([], [], [])
    assert whole(kept) == before
