"""The demonstration: its figures, their distribution, and that every run gives the same."""

import datetime
import shutil
import unicodedata
from collections import Counter

import pytest

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import set_language
from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.figures import targets
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from borderdesk.schema.invented import invented_hamlets
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.revisions import totals_hash, utc_stamp
from borderdesk.store.lists.listing import Filter
from tests.paper import pages

LAST_DAY = datetime.date(2023, 12, 31)


def everything(desk):
    """{type: the values of its records}."""
    return {name: [r.values for r in desk.lists.stream(name, Filter())] for name in RECORD_TYPES}


def revisions_hash(desk):
    return totals_hash(sorted(bytes(r[0]) for r in desk.store.rows("SELECT id FROM revision")))


def event_of(name, values):
    return values[RECORD_TYPES[name].event().name]


@pytest.fixture(scope="module")
def demo_desk(demo_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "desk"
    with Desk.open(shutil.copytree(demo_template, folder)) as desk:
        yield desk


@pytest.fixture(scope="module")
def year(demo_desk):
    return everything(demo_desk)


@pytest.fixture(scope="module")
def small_hashes(tmp_path_factory):
    """The hash of 400 records, for a seed and a run."""
    hashes = []
    for seed in (7, 7, 8):
        folder, told = tmp_path_factory.mktemp("small") / "desk", []

        def note(done, of, told=told):
            told.append((done, of))

        assert make_demo(folder, records=400, seed=seed, progress=note) == 400
        assert told[-1] == (400, 400)
        with Desk.open(folder) as desk:
            assert sum(desk.lists.count(name, Filter()) for name in RECORD_TYPES) == 400
            hashes.append((revisions_hash(desk), desk.identity.id))
    return hashes


def alive(rows, subject):
    return [
        r
        for r in rows
        if r["subject"] == subject
        and r["from_on"] <= LAST_DAY
        and ("to_on" not in r or r["to_on"] >= LAST_DAY)
    ]


def test_stocks_are_the_published_ones(year):
    rows = year["registration"]
    assert len(alive(rows, "collective")) == 24
    households = alive(rows, "household")
    assert len({r["household"] for r in households}) == len(households) == 885
    assert any("to_on" in r for r in rows)
    assert all(r["from_on"].year == 2023 for r in rows)


def test_works_are_the_published_ones(year):
    assert sum(r["count"] for r in year["track"]) == 173
    assert all(len(r["lines"]) == r["count"] for r in year["track"])
    assert sum(r["times"] for r in year["clearing"]) == 394
    assert sum(r["participants"] for r in year["clearing"]) == 3_848


def test_outreach_adds_up_to_the_published_year(year):
    rows = year["outreach"]
    heard = [r for r in rows if r["form"] in ("session", "training")]
    assert sum(r["sessions"] for r in heard) == 312
    assert sum(r["attendance"] for r in heard) == 14_236
    assert sum(r["attendance"] for r in rows if r["form"] == "small_scale") == 9_342
    assert sum(r.get("leaflets", 0) for r in rows) == 21_870
    assert sum(r.get("document_sets", 0) for r in rows) == 350


def test_pledges_are_the_published_ones(year):
    rows = year["pledge"]
    named = [r for r in rows if "household" in r]
    households = {r["household"] for r in named}
    unlisted = sum(r["count"] for r in rows if r["count"] > 1)
    assert len(households) + unlisted == 13_864
    assert 0.45 < len(households) / 13_864 < 0.55
    assert len(named) > len(households)
    posts = Counter(household for household, _post in {(r["household"], r["post"]) for r in named})
    assert set(posts.values()) == {1}
    assert all(r["source_ref"] and r["hamlet"] for r in rows if r["count"] > 1)


def test_every_type_in_every_post_and_month(demo_desk, year):
    months = {(post, month) for post in demo_desk.book.posts for month in range(1, 13)}
    assert len(months) == 144
    for name, rows in year.items():
        assert {(r["post"], event_of(name, r).month) for r in rows} == months, name
        assert {event_of(name, r).year for r in rows} == {2023}


def test_the_year_has_every_kind_and_detail(year):
    assert {r["kind"] for r in year["coordination"]} == {
        "exchange", "briefing", "talks", "conference", "twinning",
    }  # fmt: skip
    assert {r["kind"] for r in year["patrol"]} == {"unilateral", "bilateral", "combined"}
    assert len({r["programme"] for r in year["programme"]}) == 4
    assert {r["status"] for r in year["incident"]} == {"open", "closed"}
    assert any(r.get("funders") for r in year["track"])
    assert any(r.get("funders") for r in year["programme"])
    assert any(r.get("other_places") for r in year["outreach"])
    assert any(r.get("with_posts") for r in year["patrol"])
    assert any(r["subject"] == "individual" for r in year["registration"])


def test_patrols_inspect_their_own_markers(demo_desk, year):
    markers = demo_desk.book.markers
    for row in year["patrol"]:
        assert {markers[i["marker"]][0] for i in row["inspected"]} == {row["post"]}


def test_hamlets_hold_more_households_than_signed(demo_desk, year):
    book = demo_desk.book
    assert sum(h.households_total for h in book.hamlets) == 15_040
    border = {u.id for u in book.units.values() if u.border and u.kind == "commune"}
    assert {h.commune for h in book.hamlets} == {u for u in border if u.endswith("-2023")}
    assert {h.is_border for h in book.hamlets} == {True, False}
    known = {(h.commune, h.name) for h in invented_hamlets()}
    assert {(h.commune, h.name) for h in book.hamlets} == known
    assert {h.post for h in invented_hamlets()} == set(book.posts)
    home = {
        r.id: (r.values["commune"], r.values["hamlet"])
        for r in demo_desk.lists.stream("household", Filter())
    }
    signed = Counter(home[h] for h in {r.get("household") for r in year["pledge"]} - {None})
    for row in year["pledge"]:
        if row["count"] > 1:
            signed[row["commune"], row["hamlet"]] += row["count"]
    for hamlet in book.hamlets:
        assert signed[hamlet.commune, hamlet.name] <= hamlet.households_total


def test_it_says_that_it_is_invented(demo_desk, year):
    assert demo_desk.identity.demo
    assert demo_desk.identity.role == "province"
    for rows in year.values():
        assert all(r["source_ref"].endswith("(giả định)") for r in rows)
    households = [r.values for r in demo_desk.lists.stream("household", Filter())]
    assert len(households) == 6_930
    assert {h["note"] for h in households} == {"Số liệu giả định"}
    assert not any("citizen_id" in h or "phone" in h for h in households)


def test_texts_are_composed(demo_desk):
    for (text,) in demo_desk.store.rows(
        "SELECT body FROM revision UNION ALL SELECT part FROM private_part"
    ):
        assert unicodedata.is_normalized("NFC", text)


def test_nothing_is_doubtful_and_everything_was_typed_after_it_happened(demo_desk):
    assert demo_desk.store.value("SELECT COUNT(*) FROM soft_warning") == 0
    for name, model in RECORD_TYPES.items():
        wrong = demo_desk.store.value(
            f"SELECT COUNT(*) FROM {name} t JOIN revision r ON r.seq = t.revision"
            f" WHERE substr(r.time, 1, 10) < t.{model.event().name}"
        )
        assert wrong == 0
    times = [str(r[0]) for r in demo_desk.store.rows("SELECT DISTINCT time FROM revision")]
    assert all(utc_stamp(datetime.datetime.fromisoformat(time)) == time for time in times)
    newest = demo_desk.store.value("SELECT MAX(time) FROM revision")
    assert demo_desk.store.value("SELECT value FROM meta WHERE key = 'newest_time'") == newest
    assert demo_desk.store.damage() == []


def test_targets_are_set(demo_desk):
    keys = {t.indicator for t in targets.targets(demo_desk.store, 2023)}
    assert {"clearing_events", "household_pledges"} <= keys


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_short_form_of_the_whole_province_is_one_page(demo_desk, tmp_path, lang):
    set_language(lang)
    for period in ("2023-12", "2023"):
        write_report(demo_desk, Request("summary", period, short=True), tmp_path / "a.pdf")
        assert len(pages(tmp_path / "a.pdf")) == 1


def test_one_seed_gives_one_demonstration(small_hashes):
    first, again, other = small_hashes
    assert first == again
    assert first[0] != other[0]
    assert first[1] != other[1]


def test_another_seed_adds_up_to_the_same(tmp_path):
    make_demo(tmp_path, seed=99)
    with Desk.open(tmp_path) as desk:
        rows = everything(desk)
        assert desk.store.value("SELECT COUNT(*) FROM soft_warning") <= 5
    test_stocks_are_the_published_ones(rows)
    test_works_are_the_published_ones(rows)
    test_outreach_adds_up_to_the_published_year(rows)
    test_pledges_are_the_published_ones(rows)


def test_many_records_span_ten_years(tmp_path):
    make_demo(tmp_path, records=2_000, seed=1)
    with Desk.open(tmp_path) as desk:
        years = {event_of(n, r).year for n, rows in everything(desk).items() for r in rows}
        assert desk.lists.count("household", Filter()) <= 2_000 // 14
        assert desk.store.value("SELECT COUNT(*) FROM soft_warning") <= 5
    assert years == set(range(2014, 2024))


@pytest.mark.parametrize("records", [0, 1, 13])
def test_few_records(tmp_path, records):
    assert make_demo(tmp_path, records=records) == records
    with Desk.open(tmp_path) as desk:
        assert sum(desk.lists.count(name, Filter()) for name in RECORD_TYPES) == records


def test_a_desk_is_not_overwritten(tmp_path):
    make_demo(tmp_path, records=1)
    with pytest.raises(OperationRefused):
        make_demo(tmp_path, records=1)


def test_nothing_is_left_of_a_demonstration_that_failed(tmp_path):
    def stop(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path, records=50, progress=stop)
    assert not (tmp_path / "desk.db").exists()
    assert make_demo(tmp_path, records=50) == 50
