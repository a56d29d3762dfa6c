"""A restored desk equals the original whatever happened on it, and works on among other desks."""

import json
import lzma
import random
import shutil
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.backups.backups import restore
from borderdesk.backups.erasure_list import FILE_NAME, read_list
from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.paths import database_file
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.desks.desk_renewal import introduced_cards
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.connection.database import SCHEMA_VERSION
from tests.conftest import ROOT
from tests.exchanging import clearing, entries, everything, new_desk, send, state, trust
from tests.factories import example
from tests.random_desks import DEEDS, QUIET, RECORDS, Y2023, fill, listed

MONTHS = ["2023-03", "2023-06", "2023-12"]
OLDER = ROOT / "tests" / "data" / "desks" / "0006.db.xz"


def columns_of(path):
    """{table: its columns} of a desk's database."""
    plain = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        tables = plain.execute("SELECT name, sql FROM sqlite_master").fetchall()
        return {
            name: [row[1] for row in plain.execute(f'PRAGMA table_info("{name}")')]
            for name, sql in tables
            if sql and sql.startswith("CREATE TABLE")
        }
    finally:
        plain.close()


def contents(path, columns=None):
    """Every row of every table of a desk's database, restricted to the given columns; its own notes
    of backups and audit log are excluded."""
    columns = columns or columns_of(path)
    plain = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        tables = [
            name
            for name, sql in plain.execute("SELECT name, sql FROM sqlite_master")
            if sql
            and sql.startswith("CREATE TABLE")
            and name not in ("backup", "table_digest", "audit")
        ]
        return {
            name: sorted(
                row
                for row in map(
                    repr, plain.execute(f'SELECT {", ".join(columns[name])} FROM "{name}"')
                )
                if "audit_head" not in row
            )
            for name in tables
            # Segments of the full-text index are compared through their search results.
            if name in columns and not name.endswith(("_search_data", "_search_idx"))
        }
    finally:
        plain.close()


def sent(desk, folder):
    """The tables and stated figures of the package a desk would send of a year, without the
    statement, which contains its time, and the log head above it."""
    path = desk.exchange.exports.export("2023", folder, ExportOptions())
    tables = {name: text for name, text in entries(path).items() if name.startswith("data/")}
    del tables["data/heads.csv"], tables["data/statements.csv"]
    lines = tables["data/revisions.csv"].splitlines()
    tables["data/revisions.csv"] = [line for line in lines if b",statement," not in line]
    figures = as_json(make_summary(desk, "2023"))["rows"]
    return path.name, tables, figures


# -------------------------------------------------------------------------- any desk


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A post's package and its card."""
    folder = tmp_path_factory.mktemp("post")
    with new_desk(folder / "desk", "post", "CL", 7) as post:
        for n in range(3):
            post.records.add("clearing", clearing(post=None, commune="06004", participants=9 + n))
        return post.exchange.cards.own(), send(post, folder / "stick")


def happen(desk, chance, package):
    """Everything else that can be on a desk: closed periods, packages, drafts, settings, an
    erasure."""
    card, file = package
    desk.exchange.cards.accept_card(card)
    desk.exchange.cards.own()
    came = desk.exchange.imports.take(file)
    if chance.random() < 0.3:
        desk.exchange.batches.undo_batch(came.batch)
    for month in MONTHS:
        if chance.random() < 0.5:
            desk.closing.close_period(month, "province")
            if chance.random() < 0.5:
                desk.closing.reopen_period(month, "province", "Sai số")
    desk.drafts.keep_draft("patrol", {"leader": "Đại úy"})
    desk.preferences.prefer("columns", ["a", "b"])
    desk.reference.set_setting("due_day", "7")
    homes = [one.id for one in desk.lists.stream("household", everything())]
    if homes and chance.random() < 0.5:
        desk.exchange.erasures.erase_household(chance.choice(homes), "Theo đề nghị")


@QUIET
@given(drawn=RECORDS, deeds=DEEDS, number=st.integers(0, 10**9))
def test_a_desk_restored_is_the_desk(province_template, tmp_path, package, drawn, deeds, number):
    chance = random.Random(number)
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    shutil.copytree(province_template, folder / "desk")
    with Desk.open(folder / "desk") as desk:
        fill(desk, drawn, Y2023, deeds)
        happen(desk, chance, package)
        before = contents(desk.store.path)
        made = desk.backups.make(folder / "stick")
        told = desk.maintenance.verify()
        assert restore(made.file, folder / "again", renew=False)[1:4] == (
            told["records"], told["revisions"], told["totals_hash"],
        )  # fmt: skip
        assert contents(database_file(folder / "again")) == before
        with Desk.open(folder / "again") as again:
            same_desk(desk, again, told)
            assert sent(again, folder / "b") == sent(desk, folder / "a")
            # Both continue alike from there, and separately.
            for one in (desk, again):
                saved = one.records.add("clearing", example("clearing", 5))
                one.records.edit("clearing", saved.id, {"participants": 99})
                assert one.maintenance.verify()["ok"]
            assert again.maintenance.verify()["revisions"] == told["revisions"] + 2
    shutil.rmtree(folder)


def same_desk(desk, again, told):
    """Assert that two desks give the same answers."""
    assert again.maintenance.verify() == told
    assert told["ok"]
    assert again.identity == desk.identity
    for kind in ALL_TYPES:
        assert listed(again, kind) == listed(desk, kind)
    for month in MONTHS:
        editions = desk.closing.editions(month, "province")
        assert again.closing.editions(month, "province") == editions
    assert again.households.find("pò mã") == desk.households.find("pò mã")
    assert again.drafts.drafts() == desk.drafts.drafts()
    assert again.preferences.preferred("columns") == ["a", "b"]
    assert again.exchange.cards.own() == desk.exchange.cards.own()
    assert again.exchange.inbox.doubles(-1) == desk.exchange.inbox.doubles(-1)
    assert again.maintenance.rebuild() == []


# ---------------------------------------------------------------------- other desks


def test_a_desk_restored_sends_on_and_nothing_is_refused_or_lost(tmp_path):
    """The desk had sent more than its backup contains; what it writes and sends from then on joins
    the entries that others have, in any order of arrival."""
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "one", "province", "20", 2) as one,
        new_desk(tmp_path / "two", "liaison", "Cao Lộc", 3) as two,
    ):
        kept = post.records.add("clearing", clearing(post=None, participants=11))
        # Before its first package, so before anybody had its card.
        made = post.backups.make(tmp_path / "backups")
        trust(post, one, two)
        lost = post.records.add("clearing", clearing(post=None, participants=12))
        post.records.edit("clearing", kept.id, {"participants": 13})
        before = send(post, tmp_path / "stick")
    restore(made.file, tmp_path / "again")
    with (
        Desk.open(tmp_path / "again") as again,
        Desk.open(tmp_path / "one") as one,
        Desk.open(tmp_path / "two") as two,
    ):
        fresh = again.records.add("clearing", clearing(post=None, participants=14))
        again.records.edit("clearing", kept.id, {"hamlet": "Thôn 1"})
        elsewhere = send(again, tmp_path / "other stick")
        beside = send(again, tmp_path / "stick")
        assert again.identity.id != post.identity.id
        assert again.identity.id[:8] in elsewhere.name
        assert len({before.name, elsewhere.name, beside.name}) == 3
        for desk, order in ((one, (before, elsewhere, beside)), (two, (beside, elsewhere, before))):
            came = [desk.exchange.imports.take(file) for file in order]
            assert {one.status for one in came} <= {IMPORTED, UNCHANGED}, came
            assert {one.copied for one in came} == {()}
            assert desk.exchange.quarantine.refused_files() == []
            assert {row.id for row in desk.lists.stream("clearing", everything())} == {
                kept.id, lost.id, fresh.id,
            }  # fmt: skip
        # The record edited on both sides waits for the post's choice.
        assert [d.record for d in one.exchange.inbox.doubles(-1)] == [kept.id]
        assert [d.record for d in two.exchange.inbox.doubles(-1)] == [kept.id]
        # The desk imports from its own package what its backup lacked.
        assert again.exchange.imports.take(before).status == IMPORTED
        assert state(again)[0] == state(one)[0] == state(two)[0]
        (double,) = again.exchange.inbox.doubles(-1)
        again.exchange.inbox.resolve("clearing", kept.id, double.versions[0].id.hex())
        last = send(again, tmp_path / "last")
        for desk in (one, two):
            assert desk.exchange.imports.take(last).status == IMPORTED
            assert desk.exchange.imports.take(last).status == UNCHANGED
            assert desk.exchange.inbox.doubles(-1) == []
            assert state(desk)[0] == state(again)[0]


def test_what_the_backup_lacked_comes_back_from_the_district(tmp_path):
    """The new id is trusted through the old key; the old log goes on where the others know it, and
    the machine is not taken for a copy."""
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "district", "liaison", "Cao Lộc", 2) as district,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, district, province)
        post.records.add("clearing", clearing(post=None, participants=11))
        made = post.backups.make(tmp_path / "stick")
        post.records.add("clearing", clearing(post=None, participants=12))
        assert district.exchange.imports.take(send(post, tmp_path / "a")).added == 2
        restore(made.file, tmp_path / "again")
        with Desk.open(tmp_path / "again") as again:
            back = send(district, tmp_path / "b", wish=ExportOptions(receiver="BS", back=True))
            told = again.exchange.imports.take(back)
            assert (told.status, told.added, told.copied) == (IMPORTED, 1, ())
            again.records.add("clearing", clearing(post=None, participants=13))
            told = district.exchange.imports.take(send(again, tmp_path / "c"))
            assert (told.status, told.added, told.copied, told.unknown) == (IMPORTED, 1, (), ())
            card = again.exchange.cards.own()
            assert district.exchange.cards.of(card.desk).card == card
            assert state(district) == state(again)
            # The level above learns it from the district, a restored machine from its twin.
            wish = ExportOptions(receiver=province.identity.id)
            assert (
                province.exchange.imports.take(send(district, tmp_path / "d", wish=wish)).added == 3
            )
            assert state(province)[0] == state(again)[0]
            assert post.exchange.imports.take(send(again, tmp_path / "e")).copied == ()
            assert state(post)[0] == state(again)[0]
            for desk in (again, district, province, post):
                assert desk.exchange.renewal.copied() == []


def test_a_backup_restored_twice_or_from_a_restored_desk_is_no_copy(tmp_path):
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        trust(post, province)
        post.records.add("clearing", clearing(post=None, participants=11))
        file = post.backups.make(tmp_path / "stick").file
        restored = []
        for number in range(3):
            restore(file, tmp_path / f"{number}")
            with Desk.open(tmp_path / f"{number}") as again:
                again.records.add("clearing", clearing(post=None, participants=20 + number))
                restored.append(again.identity.id)
                if number == 1:
                    file = again.backups.make(tmp_path / "stick").file
        # The last is a successor's successor, unknown to the province.
        with Desk.open(tmp_path / "2") as last, Desk.open(tmp_path / "0") as first:
            for desk, added in ((last, 3), (first, 1)):
                told = province.exchange.imports.take(send(desk, tmp_path / "a"))
                assert (told.status, told.added, told.copied) == (IMPORTED, added, ())
        assert len({post.identity.id, *restored}) == 4
        assert all(province.exchange.cards.of(desk).accepted for desk in restored)


def test_a_new_id_that_the_old_key_did_not_sign_waits(tmp_path):
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "other", "post", "TL", 2) as other,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, province)
        trust(other, province)
        made = post.backups.make(tmp_path / "stick")
        restore(made.file, tmp_path / "again")
        with Desk.open(tmp_path / "again") as again:
            path = send(again, tmp_path / "a")
            province.exchange.cards.revoke_card(post.identity.id)
            assert province.exchange.imports.take(path).status == QUARANTINED
            # Another post's statement, or an altered card, has no effect.
            (said,) = [
                json.loads(entry.content)["content"]
                for entry in again.part(DeskLog).entries(kind="card")
            ]
            trust(post, province)
            assert [card.desk for card, _old in introduced_cards(province, [said])] == [
                again.identity.id
            ]
            for change in (
                {"age": other.exchange.cards.own().age},
                {"instead_of": other.identity.id},
                {"unit": "TL"},
                {"time": "2023-01-01T00:00:00.000Z"},
                {"signature": ""},
                {"signature": "x"},
            ):
                assert introduced_cards(province, [{**said, **change}]) == []


def test_what_was_erased_elsewhere_is_told_beside_the_backups_of_who_had_it(tmp_path):
    raw = {**example("household"), "head": "Kjqwxz Fghijk"}
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        trust(post, province)
        home = post.records.add("household", raw).id
        card = province.exchange.cards.own()
        whole = send(post, tmp_path / "a", wish=ExportOptions([card], reason="Đối chiếu"))
        assert province.exchange.imports.take(whole).status == IMPORTED
        assert province.records.read("household", home)[0]["head"] == raw["head"]
        made = province.backups.make(tmp_path / "stick")
        post.exchange.erasures.erase_household(home, "Theo đề nghị")
        assert not (tmp_path / "stick" / FILE_NAME).exists()
        province.exchange.imports.take(send(post, tmp_path / "b"))
    assert [one[0] for one in read_list(tmp_path / "stick")] == [home]
    assert restore(made.file, tmp_path / "again").erased == 1


def test_what_a_lost_laptop_erased_is_erased_by_the_one_restored_in_its_place(tmp_path):
    """It had told nobody: the other laptop and the province still had the personal data."""
    raw = {**example("household"), "head": "Kjqwxz Fghijk"}
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "twin", "post", "BS", 2) as twin,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, twin, province)
        home = post.records.add("household", raw).id
        cards = [desk.exchange.cards.own() for desk in (twin, province)]
        whole = send(post, tmp_path / "a", wish=ExportOptions(cards, reason="Đối chiếu"))
        for desk in (twin, province):
            desk.exchange.imports.take(whole)
        made = post.backups.make(tmp_path / "stick")
        post.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert restore(made.file, tmp_path / "again").erased == 1
    with Desk.open(tmp_path / "again") as again:
        told = send(again, tmp_path / "b")
        assert len([*again.part(DeskLog).entries(kind="erasure")]) == 1
    assert restore(database_file(tmp_path / "again"), tmp_path / "third").erased == 0
    with Desk.open(tmp_path / "third") as third:
        assert [*third.part(DeskLog).entries(kind="erasure")] == []
    for folder in ("twin", "province"):
        with Desk.open(tmp_path / folder) as desk:
            desk.exchange.imports.take(told)
            assert desk.exchange.erasures.still_held([home]) == []
            assert desk.maintenance.verify()["ok"]


# ------------------------------------------------------------------------ older files


def test_an_older_file_is_brought_up_to_date_in_the_new_place(tmp_path):
    """The database of a desk as the program of schema 6 left it."""
    file = tmp_path / "old" / "desk.db"
    file.parent.mkdir()
    file.write_bytes(lzma.decompress(OLDER.read_bytes()))
    content, columns = file.read_bytes(), columns_of(file)
    beside = sorted(file.parent.iterdir())
    restored = restore(file, tmp_path / "new", renew=False)
    assert file.read_bytes() == content
    assert sorted(file.parent.iterdir()) == beside
    assert [path.name for path in (tmp_path / "new").glob("*.db")] == ["desk.db"]
    assert restored.made == ""
    # A later migration may add columns and recompute derived values; the rest stays.
    columns["household"] = [key for key in columns["household"] if not key.endswith("_key")]
    columns["pledge"] = [key for key in columns["pledge"] if key not in ("commune", "hamlet")]
    before = contents(file, columns)
    after = contents(database_file(tmp_path / "new"), columns)
    # The invented post of a real desk is removed too, and its markers go to the neighbouring post.
    after["meta"] = [
        row for row in after["meta"] if "'program'" not in row and "'last_state'" not in row
    ]
    for table in set(before) - {"schema_migration", "post", "marker"}:
        assert after[table] == before[table]
    assert set(after["post"]) < set(before["post"])
    assert len(after["marker"]) == len(before["marker"])
    with Desk.open(tmp_path / "new") as desk:
        assert desk.store.schema_version() == SCHEMA_VERSION
        assert desk.maintenance.verify()["revisions"] == restored.revisions == 12
        assert desk.backups.make().revisions == 12


def test_a_desk_that_is_open_is_not_restored_from(desk, tmp_path):
    with pytest.raises(OperationRefused):
        restore(desk.store.path, tmp_path / "again")
    desk.records.add("clearing", example("clearing"))
    revisions = desk.maintenance.verify()["revisions"]
    # Copied by hand with its write-ahead log, as from a computer that lost power.
    shutil.copytree(desk.folder, tmp_path / "saved")
    assert (tmp_path / "saved" / "desk.db-wal").stat().st_size > 0
    assert restore(database_file(tmp_path / "saved"), tmp_path / "again").revisions == revisions


def test_there_must_be_a_file(tmp_path):
    with pytest.raises(UserError) as told:
        restore(tmp_path / "none.db", tmp_path / "again")
    assert told.value.exit_code == 1
    assert [*tmp_path.iterdir()] == []
