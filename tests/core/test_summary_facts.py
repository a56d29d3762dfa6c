"""The facts of a paper besides its table, and why a signed figure differs: each number and word."""

import datetime
import shutil

import pytest

from borderdesk.closing.editions import SignedDifference, counted_in
from borderdesk.closing.explanations import MOST_RECORDS, explained, record_name, short_id
from borderdesk.closing.facts import MOST_INCIDENTS, NAMES, StoredFacts, SummaryFacts, facts_of
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.figures import changes
from borderdesk.figures.changes import FigureChanges, added_since
from borderdesk.figures.newest_month import current_month, newest_day, newest_month, record_span
from borderdesk.figures.quantities import DateRange
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_baseline
from borderdesk.schema.records.clearing import Clearing
from borderdesk.store.records.history import stored_revisions
from tests.core.test_closing import clearing, incident, patrol, pledge, registration
from tests.exchanging import new_desk

DAY = datetime.date.fromisoformat
FLOW = "clearing_events"


def add(desk, kind, *rows):
    return [desk.records.add(kind, row).id for row in rows]


@pytest.fixture(scope="module")
def busy(post_template, tmp_path_factory):
    """A post's October 2023: incidents, patrols, registrations, clearings, a paper of September."""
    folder = shutil.copytree(post_template, tmp_path_factory.mktemp("facts") / "desk")
    with Desk.open(folder) as desk:
        add(desk, "incident", *(incident(f"2023-{m:02}-05") for m in range(1, 11)),
            *(incident(f"2023-10-{d:02}", persons=d, commune="06202") for d in range(20, 27)),
            incident("2023-11-01"))  # fmt: skip
        add(desk, "patrol", patrol("2023-09-20", "1180", "1181"), patrol("2023-10-01", "1180"),
            patrol("2023-10-31", "1182"), patrol("2023-11-01", "1183"))  # fmt: skip
        add(desk, "registration", registration("2023-09-01", "Lý A"),
            registration("2023-09-01", "Lý B", to_on="2023-10-15"),
            registration("2023-10-02", "Lý C"), registration("2023-10-02", "Lý D"))  # fmt: skip
        add(desk, "clearing", clearing("2023-08-31"), clearing("2023-10-01"),
            clearing("2023-10-02"),
            clearing("2023-10-31", commune="06202"), clearing("2023-11-02"))  # fmt: skip
        set_baseline(desk.store, FLOW, "2023-09", "post:BS", "40", "BC", "over")
        set_baseline(desk.store, FLOW, "2022-02", "post:BS", "20", "BC")
        yield desk


@pytest.fixture(scope="module")
def facts(busy):
    return SummaryFacts(make_summary(busy, "2023-10"), busy)


def test_stocks_at_the_start_with_what_came_and_went(facts):
    # No incident was settled: 9 before October, 8 in it.
    assert facts.movements() == {
        "households_registered": [2, 2, 1, 3], "incidents_open": [9, 8, 0, 17]
    }  # fmt: skip


def test_what_came_and_went_within_the_period_is_an_increase_and_a_decrease(post_desk):
    desk = post_desk
    settled = {"status": "closed"}
    add(desk, "incident", incident("2023-09-05"), incident("2023-09-06"),
        incident("2023-10-05", closed_on="2023-10-05", **settled),
        incident("2023-10-06", closed_on="2023-10-20", **settled),
        incident("2023-10-07", closed_on="2023-11-01", **settled),
        incident("2023-08-07", closed_on="2023-10-31", **settled))  # fmt: skip
    add(desk, "registration", registration("2023-10-02", "Lý A", to_on="2023-10-09"),
        registration("2023-09-02", "Lý B"), registration("2023-10-02", "Lý B"))  # fmt: skip
    made = make_summary(desk, "2023-10")
    assert SummaryFacts(made, desk).movements() == {
        "households_registered": [1, 1, 1, 1], "incidents_open": [3, 3, 3, 3]
    }  # fmt: skip
    # The same number as in the table.
    lines = {line.key: line.value for line in made.lines}
    assert [lines[f"incidents_{what}"] for what in ("new", "closed", "open")] == [3, 3, 3]


def test_markers_seen_in_the_period_of_all_and_the_longest_unseen(facts, busy):
    own = [one for one, (post, *_rest) in busy.book.markers.items() if post == "BS"]
    assert {"1180", "1181", "1182"} <= {*own}
    assert facts.markers() == [2, len(own), len(own) - 3, 41]
    commune = SummaryFacts(make_summary(busy, "2023-10", "commune:06001"), busy)
    of_it = [one for one, (_p, unit, _i) in busy.book.markers.items() if unit == "06001-2023"]
    assert commune.markers() == ([0, len(of_it), len(of_it), None] if of_it else [])


def test_the_oldest_incidents_in_their_order(facts):
    found = facts.incidents()
    assert (found["whole"], len(found["oldest"])) == (17, MOST_INCIDENTS)
    assert found["oldest"][0] == ["2023-01-05", "khac", "06196-2023", None]
    assert found["oldest"][-1] == ["2023-10-24", "khac", "06202-2023", 24]
    assert [on for on, *_rest in found["oldest"]] == sorted(on for on, *_rest in found["oldest"])


def test_months_of_two_years_up_to_the_last_day(facts):
    this, before = facts.months()[FLOW]
    # Known since the incident of 5 January; September is from paper, November is still ahead.
    assert this == [0] * 7 + [1, 40, 3, None, None]
    assert before == [None, 20, *[None] * 10]
    papers = facts.paper_months()
    assert papers == {FLOW: [[""] * 8 + ["over", "", "", ""], ["", "exact", *[""] * 10]]}


def months(desk, period, scope="post:BS"):
    return SummaryFacts(make_summary(desk, period, scope), desk).months()[FLOW]


def test_a_month_that_nobody_covers_is_drawn_as_none_and_not_as_zero(post_desk, monkeypatch):
    """As in the table: a registration from years ago does not show that these years are covered."""
    monkeypatch.setattr(type(post_desk), "today", lambda _desk: DAY("2023-07-10"))
    desk = post_desk
    add(desk, "registration", registration("2010-05-01", "Lý A"))
    add(desk, "clearing", clearing("2022-03-10"), clearing("2022-05-10"), clearing("2023-06-10"))
    before = [*[None] * 3, 0, 1, *[0] * 7]
    assert months(desk, "2023-06") == [[0] * 5 + [1] + [None] * 6, before]
    # The year is not over.
    assert months(desk, "2023") == [[0] * 5 + [1, 0, *[None] * 5], before]
    assert months(desk, "2022-06") == [[None, None, 1, 0, 1, 0, *[None] * 6], [None] * 12]


def test_a_post_is_drawn_by_what_is_known_of_itself(desk):
    add(desk, "clearing", clearing("2021-12-10", post="CM"), clearing("2022-03-10", post="CM"),
        clearing("2023-03-10", post="CM"), clearing("2023-03-10", post="BS"))  # fmt: skip
    assert months(desk, "2023-03")[1] == [None] * 12
    assert months(desk, "2023-03", "post:CM")[1] == [0, 0, 1, *[0] * 9]
    # One of the posts has no figure, so the others' are no figure of all.
    assert months(desk, "2023-03", "province")[1] == [None] * 12


def test_communes_with_the_figures_of_each(facts, busy):
    found = facts.communes()
    row = dict(zip(found["names"], found["flows"][FLOW], strict=True))
    first, second = map(busy.book.unit_short, ("06196-2023", "06202-2023"))
    assert (row[first], row[second], sum(row.values())) == (2, 1, 3)
    assert facts.paper_communes() == {}
    assert facts.posts() == {"present": [], "missing": []}


def test_facts_of_a_commune_mark_its_papers(busy):
    set_baseline(busy.store, FLOW, "2023-09", "commune:06202-2023", "8", "BC", "under")
    facts = SummaryFacts(make_summary(busy, "2023-09"), busy)
    names = facts.communes()["names"]
    assert dict(zip(names, facts.communes()["flows"][FLOW], strict=True))["Xuất Lễ"] == 8
    marks = facts.paper_communes()[FLOW]
    assert [name for name, mark in zip(names, marks, strict=True) if mark] == ["Xuất Lễ"]
    assert "under" in marks


def test_what_an_olderedition__does_not_store_is_nothing(facts):
    gathered = facts.gathered()
    assert [*gathered] == [*NAMES]
    stored = StoredFacts(gathered)
    assert {name: getattr(stored, name)() for name in NAMES} == gathered
    older = StoredFacts({"movements": {"x": [1, 0, 0, 1]}})
    assert older.movements() == {"x": [1, 0, 0, 1]}
    assert (older.posts(), older.paper_months(), older.paper_communes(), older.markers()) == (
        {"present": [], "missing": []}, {}, {}, None
    )  # fmt: skip


def test_facts_of_a_signed_summary_are_those_signed(post_desk):
    add(post_desk, "clearing", clearing("2023-10-31", 7))
    post_desk.closing.close_period("2023-10")
    add(post_desk, "clearing", clearing("2023-10-30", 9))
    signed, live = make_summary(post_desk, "2023-10"), make_summary(post_desk, "2023-10", live=True)
    assert facts_of(signed, post_desk).months()[FLOW][0][9] == 1
    assert facts_of(live, post_desk).months()[FLOW][0][9] == 2
    unstored = signed._replace(edition=signed.edition._replace(frame={}))
    assert facts_of(unstored, post_desk).view == signed.edition.view


def test_the_newest_day_is_at_most_today(busy, post_desk, monkeypatch):
    assert newest_day(busy) == DAY("2023-11-02")
    assert newest_month(busy).text == "2023-11"
    assert newest_day(post_desk) is None
    assert newest_month(post_desk) == post_desk.calendar().month_of(post_desk.today())
    monkeypatch.setattr(type(busy), "today", lambda _desk: DAY("2023-10-30"))
    assert newest_day(busy) == DAY("2023-10-30")


@pytest.mark.parametrize(
    ("today", "role", "unit", "month"),
    [
        ("2024-01-03", "post", "BS", "2023-10"),
        # Nothing arrived for December, which the posts have not handed in yet.
        ("2024-01-03", "liaison", "Cao Lộc", "2023-12"),
        ("2023-11-02", "liaison", "Cao Lộc", "2023-10"),
        ("2023-10-31", "province", "20", "2023-10"),
    ],
)
def test_a_desk_above_the_posts_is_at_the_month_that_is_due(
    tmp_path, monkeypatch, today, role, unit, month
):
    monkeypatch.setattr(Desk, "today", lambda _desk: DAY(today))
    with new_desk(tmp_path / "desk", role, unit, 0) as desk:
        add(desk, "clearing", {**clearing("2023-10-05", 7), "post": "BS"})
        assert current_month(desk).text == month
        assert record_span(desk)[0] == current_month(desk).first


# ----------------------------------------------------------------- why a figure differs


def moved(column, key=FLOW):
    return SignedDifference(key, "Số người", "người", column, 1, 2, 1)


@pytest.fixture
def signed(post_desk):
    """A closed October, and later changes of its records."""
    desk = post_desk
    kept, gone = add(desk, "clearing", clearing("2023-10-02", 2), clearing("2023-09-03", 3))
    (promise,) = add(desk, "pledge", pledge("2023-10-05"))
    edition = desk.closing.close_period("2023-10")
    return desk, edition, kept, gone, promise


def test_a_difference_names_what_was_done_to_each_record(signed):
    desk, edition, _kept, gone, _promise = signed
    desk.records.delete("clearing", gone, reason="ghi hai lần")
    new = add(desk, "clearing", *(clearing(f"2023-10-{d}", d) for d in range(11, 15)))
    value, to_date = explained(desk, edition, [moved("value"), moved("year_to_date")], "khác")
    assert value.records == tuple(sorted(new))
    assert to_date.records == tuple(sorted([*new, gone]))
    assert MOST_RECORDS == 3
    assert value.reasons[-1] == "và 1 việc khác"
    assert len(value.reasons) == 4
    assert all("nhập" in one for one in value.reasons[:3])
    assert to_date.reasons[0] == "ghi hai lần"
    assert to_date.reasons[-1] == "và 2 việc khác"
    (other,) = explained(desk, edition, [moved("value", "labour_days")], "khác")
    assert (other.reasons, other.records) == (("khác",), ())
    assert explained(desk, edition, [], "khác") == []


def test_a_record_is_named_by_type_day_and_the_end_of_its_id():
    id_ = "018c0000-0000-7000-8000-0000abcd1234"
    assert short_id(id_) == "abcd1234"
    assert record_name(Clearing, id_, DAY("2023-10-05")) == (
        "Phát quang, tu sửa ngày 05/10/2023, số hiệu abcd1234"
    )
    assert record_name(Clearing, id_, None) == "Phát quang, tu sửa, số hiệu abcd1234"


@pytest.mark.parametrize("size", [1, 2, 500])
def test_changes_are_found_in_batches_of_any_size(signed, monkeypatch, size):
    desk, edition, kept, gone, promise = signed
    monkeypatch.setattr(changes, "AT_ONCE", size)
    asked = []

    def read(store, where, params):
        asked.append(where.partition(")")[0].count("?"))
        return stored_revisions(store, where, params)

    monkeypatch.setattr(changes, "stored_revisions", read)
    desk.records.edit("clearing", gone, {"participants": 9})
    new = add(desk, "clearing", *(clearing(f"2023-10-{d}", d) for d in (11, 12)))
    late = add(desk, "clearing", clearing("2023-11-01"))
    view = make_view(desk, "2023-10", "post:BS")
    found = FigureChanges(desk, view.scope, view.day, counted_in(desk.store, edition))
    year = DateRange(DAY("2023-01-01"), DAY("2023-10-31"))
    people = "clearing_participants"
    assert found.records_behind(year)[people] == sorted([gone, *new])
    assert found.records_behind(year)[FLOW] == sorted(new)
    october = found.records_behind(DateRange(DAY("2023-10-01"), DAY("2023-10-31")))
    assert october[people] == sorted(new)
    assert found.records_behind(DateRange(DAY("2023-09-03"), DAY("2023-09-03")))[people] == [gone]
    behind = {record for records in found.records_behind(year).values() for record in records}
    assert not behind & {kept, promise, *late}
    assert 0 < max(asked) <= size
    assert added_since(desk.store, counted_in(desk.store, edition)) == {*new, *late}


def test_a_further_pledge_of_a_household_is_behind_the_figure_and_the_first_is_not(signed):
    desk, edition, *_records, promise = signed
    home = desk.records.read("pledge", promise)[0]["household"]
    view = make_view(desk, "2023-10", "commune:06196")
    window = DateRange(DAY("2023-10-01"), DAY("2023-10-31"))
    found = FigureChanges(desk, view.scope, view.day, counted_in(desk.store, edition))
    assert found.records_behind(window) == {}
    second = add(desk, "pledge", pledge("2023-10-04", programme="ma_tuy"))
    assert found.records_behind(window)["household_pledges"] == second
    (told,) = explained(desk, edition, [moved("value", "household_pledges")], "khác")
    assert told.records == tuple(second)
    assert desk.records.read("pledge", second[0])[0]["household"] == home


def test_a_paper_differs_in_its_own_figures_where_any_of_them_does(signed):
    desk, edition, *_records = signed
    text = desk.closing.paper_text(desk.closing.summary(edition.id))
    assert desk.closing.check(text).columns == ""
    add(desk, "clearing", clearing("2023-09-05"))
    assert desk.closing.check(text).columns == "year_to_date"
    # The first differing figure differs in the year to date only.
    add(desk, "incident", incident("2023-10-05"))
    found = desk.closing.check(text)
    assert (found.moved[0].column, found.columns) == ("year_to_date", "value")


def test_a_paper_is_held_against_what_is_signed_of_its_period_and_scope_alone(signed):
    desk, edition, *_records = signed
    for period, scope in (("2023-09", "post:BS"), ("2023-10", "commune:06196")):
        found = desk.closing.check(desk.closing.paper_text(make_summary(desk, period, scope)))
        assert (found.state, found.edition, found.made_from) == ("draft", 0, None)
    found = desk.closing.check(desk.closing.paper_text(desk.closing.summary(edition.id)))
    assert (found.state, found.edition, found.made_from.id) == ("signed", 1, edition.id)
