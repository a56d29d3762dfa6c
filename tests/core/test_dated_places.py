"""A pledge counts where its household lived on the day it was signed, whatever moves later."""

import datetime
from itertools import permutations

import pytest

from borderdesk.closing.summary import make_summary
from borderdesk.entry.record_output import table_lines
from borderdesk.exchange.entries.record_derivation import derive_record
from borderdesk.figures.scopes import make_view
from borderdesk.reports.blocks import Table
from borderdesk.reports.contents.record_lines import record_lines
from borderdesk.reports.contents.register import register_blocks
from borderdesk.reports.workbooks.list_files import spreadsheet_row, worded_lines
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.pledge import Pledge
from borderdesk.schema.revisions import make_body, new_id
from borderdesk.store.lists.listing import Filter
from borderdesk.store.records.history import NewVersion
from borderdesk.store.records.revision_batches import insert_revisions
from borderdesk.store.records.writer import Writer

HOME = {"head": "Nông Văn A", "commune": "06202", "hamlet": "Pò Mã"}
KEY = "household_pledges"


def sign(desk, day, home=HOME, **more):
    return desk.records.add(
        "pledge", {"post": "BS", "signed_on": day, "programme": "phao", "household": home, **more}
    ).id


def figure(desk, period, scope, key=KEY):
    return next(ln.value for ln in make_summary(desk, period, scope).lines if ln.key == key)


@pytest.fixture
def moved(desk):
    """A household that signs in 2023 and 2024 and moves in between."""
    first = sign(desk, "2023-03-03")
    household = desk.records.read("pledge", first)[0]["household"]
    desk.closing.close_period("2023-03", "commune:06202")
    desk.records.edit("household", household, {"commune": "06196-2023", "hamlet": "Thôn 1"})
    return desk, first, household


def test_a_move_changes_no_old_figure_and_needs_no_reopening(moved):
    desk, first, household = moved
    assert figure(desk, "2023-03", "commune:06202") == 1
    assert desk.closing.moved(desk.closing.editions("2023-03", "commune:06202")[0].id) == []
    kept = desk.records.read("pledge", first)[0]
    assert (kept["commune"], kept["hamlet"]) == ("06202-2023", "Pò Mã")
    later = sign(desk, "2024-03-03", household)
    kept = desk.records.read("pledge", later)[0]
    assert (kept["commune"], kept["hamlet"]) == ("06196-2023", "Thôn 1")
    assert figure(desk, "2024-03", "commune:06196") == 1
    assert figure(desk, "2024-03", "commune:06202") == 0


def test_a_pledge_is_told_with_the_hamlet_of_its_day(moved):
    desk, first, household = moved
    (listed,) = desk.lists.stream("pledge", Filter(ids=frozenset({first})))
    book, told = desk.book, "Nông Văn A, Pò Mã"
    assert told in "".join(table_lines(Pledge, [listed], book))
    assert told in "".join(worded_lines(Pledge, [listed], book))
    assert told in spreadsheet_row(Pledge, listed, book)
    assert told in record_lines(desk, {"pledge": [first]})[0].text
    blocks = register_blocks(desk, make_view(desk, "2023-03"), "pledge")
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert any(told in row.cells for row in table.rows)
    assert desk.household_name(household) == "Nông Văn A, Thôn 1"


def test_what_comes_in_for_the_place_is_ignored_while_a_household_is_named(desk):
    one = sign(desk, "2023-03-03", commune="06004", hamlet="Nơi khác")
    kept = desk.records.read("pledge", one)[0]
    assert (kept["commune"], kept["hamlet"]) == ("06202-2023", "Pò Mã")
    assert desk.records.edit("pledge", one, {"commune": "06004"}).revision
    assert desk.records.read("pledge", one)[0]["commune"] == "06202-2023"


def test_an_edit_of_something_else_keeps_the_place(moved):
    desk, first, household = moved
    desk.records.edit("pledge", first, {"witness": "Ông B"})
    assert desk.records.read("pledge", first)[0]["commune"] == "06202-2023"
    other = sign(desk, "2023-04-04", {**HOME, "head": "Lý B", "hamlet": "Thôn 9"})
    desk.records.edit("pledge", other, {"household": household})
    assert desk.records.read("pledge", other)[0]["hamlet"] == "Thôn 1"


def test_a_pledge_of_after_the_reform_is_in_the_commune_of_its_day(desk):
    household = desk.records.read("pledge", sign(desk, "2023-03-03"))[0]["household"]
    later = sign(desk, "2026-03-03", household)
    became = desk.book.successors_on("06202-2023", "2026-03-03")
    assert desk.records.read("pledge", later)[0]["commune"] in became
    assert became != {"06202-2023"}


def sign_all(desk, days, home):
    """A list that names one household on several days; the (commune, hamlet) of each pledge."""
    row = {"post": "BS", "programme": "phao", "household": home}
    lines = [(number, {**row, "signed_on": day}) for number, day in enumerate(days, start=1)]
    saved = [one for _number, one in desk.records.add_batch("pledge", lines)]
    read = [desk.records.read("pledge", one.id)[0] for one in saved]
    return [(values["commune"], values["hamlet"]) for values in read]


@pytest.mark.parametrize("is_known", [False, True])
def test_a_list_asks_once_for_the_home_of_a_household_that_never_moved(desk, is_known):
    home = desk.records.read("pledge", sign(desk, "2023-01-01"))[0]["household"]
    said, connection = [], desk.store.connection()
    connection.set_trace_callback(said.append)
    new = {**HOME, "head": "Lý Thị B", "commune": "06202-2023"}
    days = ("2023-03-03", "2023-03-04", "2026-03-03")
    places = sign_all(desk, days, home if is_known else new)
    connection.set_trace_callback(None)
    (became,) = desk.book.successors_on("06202-2023", "2026-03-03")
    assert places == [("06202-2023", "Pò Mã"), ("06202-2023", "Pò Mã"), (became, "Pò Mã")]
    # One that the list itself adds is not asked for: it is not written yet.
    assert sum("FROM household h WHERE h.id" in sql for sql in said) == is_known


def test_a_list_gives_each_pledge_the_home_of_its_day(desk):
    household, first = new_id(), None
    with desk.writing():
        writer = Writer(desk.store, desk.book)
        for number, (year, hamlet) in enumerate(((2022, "Pò Mã"), (2024, "Thôn 1")), start=1):
            values = {**HOME, "commune": "06202-2023", "hamlet": hamlet}
            version = NewVersion(Household, household, values, (first,) if first else (), number)
            stamp = desk.stamp()._replace(time=f"{year}-01-01T00:00:00.000Z")
            first = writer.write(version, stamp)
        writer.finish()
    homes = sign_all(desk, ("2023-03-03", "2024-03-03", "2023-04-04"), household)
    assert [hamlet for _commune, hamlet in homes] == ["Pò Mã", "Thôn 1", "Pò Mã"]


def test_an_older_pledge_gets_its_place_outside_its_content(moved):
    desk, first, _household = moved
    values, _revision, _doubts = desk.records.read("pledge", first)
    older = {k: v for k, v in values.items() if k not in ("commune", "hamlet")}
    seq = desk.store.value("SELECT revision FROM pledge WHERE id = ?", (first,))
    with desk.writing():
        writer = Writer(desk.store, desk.book)
        writer.derive(Pledge, first, seq, older, is_new=False)
        writer.finish()
    # Saved by an older program: it lived there when the pledge was entered.
    kept = desk.records.read("pledge", first)[0]
    assert (kept["commune"], kept["hamlet"]) == ("06202-2023", "Pò Mã")
    assert figure(desk, "2023-03", "commune:06202") == 1


HOUSEHOLD, PLEDGE = "00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b"
SIGNED = {
    "post": "BS", "signed_on": "2023-03-03", "programme": "phao", "count": 1,
    "household": HOUSEHOLD,
}  # fmt: skip
VERSIONS = {
    "first": ("household", HOUSEHOLD, b"", "2023-05-01",
              {"commune": "06202-2023", "hamlet": "Pò Mã"}),
    "signed": ("pledge", PLEDGE, b"", "2023-06-01", SIGNED),
    "moved": ("household", HOUSEHOLD, b"first", "2023-07-01",
              {"commune": "06196-2023", "hamlet": "Thôn 1"}),
    "apart": ("household", HOUSEHOLD, b"first", "2023-05-02",
              {"commune": "06202-2023", "hamlet": "Thôn 2"}),
    "deleted": ("household", HOUSEHOLD, b"first", "2023-08-01", None),
}  # fmt: skip
ARRIVING = ("first", "signed", "moved", "apart")


def arrive(desk, names):
    """The versions, of an older program that stored no home with a pledge, arrive one by one."""
    for seq, name in enumerate(names, start=1_001):
        type_name, record, parent, day, fields = VERSIONS[name]
        body, parents = fields and make_body(fields, None), parent.ljust(32) if parent else b""
        stamp = ("", "0" * 31 + "7", f"{day}T02:00:00.000Z")
        row = (seq, name.encode().ljust(32), type_name, record, 1 + len(parents) // 32, parents)
        with desk.writing():
            insert_revisions(desk.store, [(*row, *stamp, None, int(body is None), body, None)])
            writer = Writer(desk.store, desk.book)
            derive_record(desk.store, writer, record)
            writer.finish()


@pytest.mark.parametrize("names", [*permutations(ARRIVING)][1::3], ids=" ".join)
def test_an_older_pledge_is_in_one_place_in_whatever_order_versions_arrive(desk, names):
    arrive(desk, names)
    # When it was entered, two desks had told the hamlet, and the household had not moved yet.
    pledge = desk.store.one("SELECT commune, hamlet, place FROM pledge")
    assert pledge == ("06202-2023", "Thôn 2", "06202-2023")
    assert desk.maintenance.rebuild() == []


def test_an_older_pledge_of_a_deleted_household_stays_where_it_is(desk):
    arrive(desk, ("first", "signed", "deleted"))
    assert desk.store.one("SELECT commune, place FROM pledge") == ("06202-2023", "06202-2023")
    assert desk.maintenance.rebuild() == []


def test_rebuilding_finds_the_same_places(moved):
    desk, _first, household = moved
    sign(desk, "2024-03-03", household)
    assert desk.maintenance.rebuild() == []
    assert desk.maintenance.verify()["ok"]


def test_coverage_after_a_split_keeps_the_years_denominator(desk, tmp_path):
    (tmp_path / "hamlets.csv").write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06202-2023,Pò Mã,1,40,2000-01-01,2025-06-30\n"
        "06202-2023,Thôn 1,1,10,2000-01-01,\n", encoding="utf-8",
    )  # fmt: skip
    desk.reference.load(tmp_path / "hamlets.csv")
    desk.reference.set_setting("complete_from", "2024-01-01")
    sign(desk, "2024-05-05")
    for scope in ("province", "post:BS"):
        line = next(
            ln for ln in make_summary(desk, "2025-H2", scope).lines if ln.key == "pledge_coverage"
        )
        assert line.previous == 2
    assert datetime.date(2025, 7, 1) < desk.today()
