"""A quarter, before a release a whole year: eleven desks each send every month, which arrive
shuffled and doubled at two empty desks; these must equal the desk that imported everything from the
first."""

import random
import shutil
from itertools import groupby

import pytest

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.entry.record_output import as_json as record_json
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setups import create_from_setup
from borderdesk.exchange.receiving.imports import IMPORTED, UNCHANGED
from borderdesk.exchange.tracking.submissions import counting
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.exchanging import send

MONTHS = [f"2023-{number:02}" for number in range(1, tries(3, 12) + 1)]
ALL = "2023-Q1" if len(MONTHS) == 3 else "2023"
TRUE_FROM = "2000-01-02"
"""The first day of hamlets that are only invented as part of the demonstration."""


def figures(desk):
    """Every figure of the months and of all of them together."""
    return {
        period: {row["key"]: row["value"] for row in as_json(make_summary(desk, period))["rows"]}
        for period in (ALL, *MONTHS)
    }


def of_post(demo, post):
    """{month: [(month, type, record as JSON), …]} of a post's work."""
    found = []
    for name, model in RECORD_TYPES.items():
        for listed in demo.lists.stream(name, Filter(post=post), revisions=True):
            told = record_json(model, listed, demo.book)
            real = [one for one in told["with_posts"] if not demo.book.posts[one].invented]
            told["with_posts"] = real
            month = told[model.event().name][:7]
            found.append((month, name, told))
    found.sort(key=lambda one: one[:2])
    return {month: list(group) for month, group in groupby(found, key=lambda one: one[0])}


def households_of(demo, rows, known):
    """The households that records name and the desk does not have yet."""
    wanted = {told["household"] for _month, _name, told in rows if told.get("household")} - known
    known |= wanted
    listed = (
        demo.lists.stream("household", Filter(ids=frozenset(wanted)), revisions=True)
        if wanted
        else ()
    )
    return [record_json(ALL_TYPES["household"], one, demo.book) for one in listed]


def in_earnest(value):
    """A demonstration's record, or one of its values, without the marks that exclude it from a real
    desk; equal values stay equal."""
    if isinstance(value, dict):
        return {key: in_earnest(one) for key, one in value.items()}
    if isinstance(value, list):
        return [in_earnest(one) for one in value]
    if isinstance(value, str) and is_uuid(value):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value.replace("giả định", "thật") if isinstance(value, str) else value


def add_all(desk, name, told):
    desk.records.add_batch(name, [*enumerate(map(in_earnest, told))])


def without_the_invented_post(demo):
    """Remove the work of the invented post, which real desks do not have; its code."""
    invented = next(code for code, post in demo.book.posts.items() if post.invented)
    for kind in RECORD_TYPES:
        for one in demo.lists.ids(kind, Filter(post=invented)):
            demo.records.delete(kind, one, "đồn giả định")
    return invented


@pytest.mark.long
def test_a_year_of_twelve_posts_comes_to_one_truth(demo_template, tmp_path):
    shutil.copytree(demo_template, tmp_path / "demo")
    chances, packages = random.Random(12), []
    with Desk.open(tmp_path / "demo") as demo:
        invented = without_the_invented_post(demo)
        expected = figures(demo)
        assert expected[ALL]["clearing_events"] > 0
        setup_file = tmp_path / "lang-son.bdsetup"
        demo.exchange.setups.make(setup_file)
        setup = read_setup(setup_file)
        # The demonstration's own says that it is invented, which no desk in earnest takes.
        del setup.sections["invented"]
        for row in setup.sections["reference"]["hamlets"]:
            row["valid_from"] = TRUE_FROM
        posts = [post for post in demo.book.posts if post != invented]
        assert len(posts) == 11
        cards = []
        for post in posts:
            folder = tmp_path / post
            with create_from_setup(
                Desk, folder, setup, "post", post, "A", vouched=setup.card.fingerprint
            ) as d:
                months, known = of_post(demo, post), set()
                for month in MONTHS:
                    rows = months.get(month, [])
                    add_all(d, "household", households_of(demo, rows, known))
                    for name, group in groupby(rows, key=lambda one: one[1]):
                        add_all(d, name, [told for _month, _name, told in group])
                    packages.append(send(d, tmp_path / "sticks", month))
                cards.append(d.exchange.cards.own())
    hashes = set()
    for name in ("first", "second"):
        chances.shuffle(packages)
        again = chances.sample(packages, tries(len(packages) // 4, len(packages)))
        with create_from_setup(
            Desk, tmp_path / name, setup, "province", "20", "B", vouched=setup.card.fingerprint
        ) as desk:
            for card in cards:
                desk.exchange.cards.accept_card(card)
            for path in [*packages, *again]:
                outcome = desk.exchange.imports.take(path)
                assert outcome.status in (IMPORTED, UNCHANGED)
                assert outcome.refused_rows == 0
            hashes.add(desk.maintenance.verify()["totals_hash"])
            told = figures(desk)
            for period, of_period in expected.items():
                assert told[period] == of_period, period
            assert desk.exchange.inbox.doubles() == []
            board = desk.exchange.board.table(2023)
            sent = [cell for row in board.rows for cell in row.cells[: len(MONTHS)]]
            assert {len(cell.batches) for cell in sent} == {1}
            assert not any(row.gaps for row in board.rows)
            for row in board.rows[:3]:
                (stated,) = counting(row.cells[2].submissions)
                found = desk.exchange.board.compare(stated)
                assert (found.differences, found.cause) == ([], "")
    assert len(hashes) == 1
