"""A reference type declared in one place is included wherever reference types are looped over."""

import json
import shutil
import zipfile

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_
from borderdesk.cli.app import run_command
from borderdesk.cli.commands.reference import add_list_command
from borderdesk.cli.program import program
from borderdesk.desk import Desk
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.reading.provisional import learn_places, place_rows
from borderdesk.ledgers.editor import form_of
from borderdesk.ledgers.rows import check_rows, columns_of
from borderdesk.ledgers.tables import ledgers
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.reference.columns import (
    CountColumn,
    FlagColumn,
    LastDayColumn,
    LinkColumn,
    TextColumn,
)
from borderdesk.schema.reference.post import POSTS
from borderdesk.schema.reference.table import PackagePlace, ReferenceType
from borderdesk.schema.reference.unit import UNITS, commune_choices


class StationTable(ReferenceType):
    """An invented type."""

    class Meta:
        table_name = "station"

    table_key = "stations"
    title = N_("Posts")
    hint = N_("Posts")
    noun = N_("posts")
    name_column = "name"
    list_help = N_("List the posts.")
    place = PackagePlace("station", {"code": "code", "name": "name"}, same={"name": "code"})

    code = TextColumn("Code", limit=12, required=True, primary_key=True, pattern="[A-Z]{2}")
    name = TextColumn("Name", required=True)
    commune = LinkColumn("Commune", UNITS, by=("id",), choices=commune_choices)
    guards = CountColumn("Guards")
    manned = FlagColumn("Manned")
    valid_to = LastDayColumn("Last day")


HEAD = "code,name,commune,guards,manned,valid_to"
GOOD = f"{HEAD}\nXA,Trạm Một,06196-2023,12,1,\nXB,Trạm Hai,,,0,2024-12-31\n"


@pytest.fixture
def open_desk(province_template, tmp_path, monkeypatch):
    monkeypatch.setitem(REFERENCE_TYPES, StationTable.table_key, StationTable)
    desks = []

    def opened(name, template=province_template):
        desk = Desk.open(shutil.copytree(template, tmp_path / name))
        desk.store.run(
            "CREATE TABLE station (code TEXT PRIMARY KEY, name TEXT NOT NULL, commune TEXT"
            " NOT NULL, guards INTEGER, manned INTEGER NOT NULL, valid_to TEXT NOT NULL)"
        )
        desks.append(desk)
        return desk

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture
def filled(open_desk, tmp_path):
    desk = open_desk("filled")
    (tmp_path / "stations.csv").write_text(GOOD, encoding="utf-8")
    assert desk.reference.load(tmp_path / "stations.csv") == ("stations", 2, 0)
    return desk


def test_its_file_is_checked_cell_by_cell_and_link_by_link(open_desk, tmp_path):
    desk, file = open_desk("desk"), tmp_path / "stations.csv"
    file.write_text(f"{HEAD}\nX1,,06196-2023,x,2,2024-02-30\n", encoding="utf-8")
    with pytest.raises(InvalidRecord) as bad:
        desk.reference.load(file)
    columns = [place.split(", ")[1] for place in bad.value.problems]
    assert columns == ["code", "name", "guards", "manned", "valid_to"]
    file.write_text(f"{HEAD}\nXA,Trạm,99999-2023,,0,\n", encoding="utf-8")
    with pytest.raises(InvalidRecord) as broken:
        desk.reference.load(file)
    assert [place.split(", ")[1] for place in broken.value.problems] == ["commune"]
    assert desk.book.entries("stations") == []


def test_the_book_has_the_rows_of_a_new_table(filled):
    assert [tuple(entry) for entry in filled.book.entries("stations")] == [
        ("XA", "Trạm Một", "06196-2023", 12, True, "9999-12-31"),
        ("XB", "Trạm Hai", "", None, False, "2024-12-31"),
    ]


def test_it_is_a_table_of_the_settings(filled):
    assert ledgers()["stations"] is StationTable
    assert [column.key for column in columns_of(filled.book, "stations")] == HEAD.split(",")
    rows = filled.ledgers.rows("stations")
    assert [checked.texts for checked in check_rows(filled, "stations", rows)] == rows
    changed = [{**rows[0], "guards": "14"}, {"code": "XC", "name": "Trạm Ba"}]
    saved = filled.ledgers.save("stations", rows, list(enumerate(changed)), form_of("stations"))
    assert saved == 3  # one changed, one added, one taken out
    found = {entry.code: entry for entry in filled.book.entries("stations")}
    assert {code: entry.guards for code, entry in found.items()} == {"XA": 14, "XC": None}


def test_it_goes_in_the_set_up_file(filled, open_desk, post_template, tmp_path):
    file = tmp_path / "one.bdsetup"
    filled.exchange.setups.make(file)
    with zipfile.ZipFile(file) as archive:
        content = json.loads(archive.read("setup.json"))
    assert [row["code"] for row in content["reference"]["stations"]] == ["XA", "XB"]
    post, setup = open_desk("post", post_template), read_setup(file)
    post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
    assert post.book.entries("stations") == filled.book.entries("stations")


def test_the_command_line_lists_a_new_table(filled, monkeypatch, capsys):
    monkeypatch.setattr(program, "commands", dict(program.commands))
    add_list_command(StationTable)
    assert run_command(["--desk", str(filled.folder), "stations"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "XA\tTrạm Một\t06196-2023\t12\t1\t", "XB\tTrạm Hai\t\t\t0\t2024-12-31",
    ]  # fmt: skip


def test_a_package_tells_of_it_and_it_stands_in_until_somebody_enters_it(filled, open_desk):
    rows = list(place_rows({StationTable: {("XA",), ("XZ",)}}, filled.book))
    assert [row[:4] for row in rows] == [
        ["station", "", "XA", "Trạm Một"], ["station", "", "XZ", ""],
    ]  # fmt: skip
    other = open_desk("other")
    assert learn_places(other.store, other.book, "a batch", rows, "2024-01-01T00:00:00Z")
    assert not learn_places(other.store, other.book, "another", rows, "2023-01-01T00:00:00Z")
    other.touch_reference()
    assert [entry.name for entry in other.book.entries("stations")] == ["Trạm Một", "XZ"]
    seen = other.ledgers.rows("stations")
    entered = [{**seen[0], "name": "Trạm Mới"}, seen[1]]
    other.ledgers.save("stations", seen, list(enumerate(entered)), form_of("stations"))
    assert not learn_places(other.store, other.book, "third", rows[:1], "2025-01-01T00:00:00Z")


@pytest.mark.parametrize("table", REFERENCE_TYPES.values(), ids=REFERENCE_TYPES)
def test_an_entry_of_the_reference_book_has_the_declared_columns(table):
    assert table.entry_type()._fields == tuple(table.columns())


@pytest.mark.parametrize("table", ledgers().values(), ids=ledgers())
def test_a_declaration_names_columns_it_has(table):
    columns = set(table.columns())
    named = [*table.key_columns(), *table.grid_order.split(), *filter(None, [table.name_column])]
    if issubclass(table, ReferenceType):
        named += [key.rpartition(":")[2] for key in table.print_order.split()]
        named += [*filter(None, [table.record_column]), *table.record_context]
        place = table.place or PackagePlace("", {})
        named += [*place.columns.values(), *place.missing, *place.same, *place.same.values()]
    assert set(named) <= columns
    assert sorted(table.grid_columns()) == sorted(columns)


@pytest.mark.parametrize("table", REFERENCE_TYPES.values(), ids=REFERENCE_TYPES)
def test_what_a_type_links_to_comes_before_it(table):
    before = list(REFERENCE_TYPES)[: list(REFERENCE_TYPES).index(table.table_key) + 1]
    links = [c for c in table.columns().values() if isinstance(c, LinkColumn)]
    assert {link.to for link in links} <= set(before)
    assert {POSTS, UNITS} <= set(REFERENCE_TYPES)
