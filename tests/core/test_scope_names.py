"""The scope that a text names, and the error if it names none."""

import datetime
import shutil

import pytest

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from borderdesk.figures.quantities import Scope
from borderdesk.figures.scopes import (
    NEW,
    OLD,
    choices,
    column_notes,
    former_posts,
    geography_of,
    make_view,
    own_scope,
    parse_scope,
    period_and_scope,
    province,
    remarks,
    scope_day,
    split_into,
)
from borderdesk.schema.book import ReferenceBook
from tests.core.schema.test_unit_history import UNITS, unit

EVE, CHANGE = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)
YEAR = datetime.date(2023, 12, 31)


@pytest.fixture(scope="module")
def desk(province_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scopes") / "desk"
    with Desk.open(shutil.copytree(province_template, folder)) as desk:
        yield desk


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("province", ("province", "province", "Tỉnh Lạng Sơn", None)),
        (" province ", ("province", "province", "Tỉnh Lạng Sơn", None)),
        ("post:BS", ("post", "post:BS", "Đồn Biên phòng Ba Sơn", "BS")),
        ("post: ba sơn", ("post", "post:BS", "Đồn Biên phòng Ba Sơn", "BS")),
        ("commune:06202", ("commune", "commune:06202-2023", "Xã Xuất Lễ", None)),
        ("commune:06202-2023", ("commune", "commune:06202-2023", "Xã Xuất Lễ", None)),
        ("commune:xuất lễ", ("commune", "commune:06202-2023", "Xã Xuất Lễ", None)),
        ("commune: Xã Xuất Lễ ", ("commune", "commune:06202-2023", "Xã Xuất Lễ", None)),
        ("commune:Mẫu Sơn (Lộc Bình)",
         ("commune", "commune:06532-2023", "Xã Mẫu Sơn (Lộc Bình)", None)),
        ("district:Cao Lộc", ("district", "district:183-2023", "Huyện Cao Lộc", None)),
        ("district:183", ("district", "district:183-2023", "Huyện Cao Lộc", None)),
    ],
)  # fmt: skip
def test_a_scope_is_named_by_code_id_or_name(desk, text, scope):
    found = parse_scope(desk.book, text, YEAR)
    assert (found.kind, found.text, found.name, found.post) == scope


def test_the_units_of_a_scope(desk):
    book = desk.book
    assert parse_scope(book, "province", YEAR).units is None
    assert parse_scope(book, "post:BS", YEAR).units is None
    assert parse_scope(book, "commune:06196", EVE).units == {"06196-2023"}
    assert parse_scope(book, "commune:06196", CHANGE).units == book.lineage("06196-2025")
    inside = parse_scope(book, "district:183", EVE).units
    assert inside == {u.id for u in book.communes_on(EVE) if u.parent == "183-2023"}
    later = parse_scope(book, "district:183-2023", CHANGE)
    assert (later.text, later.units > inside) == ("district:183-2023", True)
    assert later.name != "Huyện Cao Lộc"
    assert parse_scope(book, "district:183-2023", EVE).name == "Huyện Cao Lộc"


@pytest.mark.parametrize(
    ("text", "day", "told"),
    [
        ("post:zz", YEAR, "“zz”"), ("post:", YEAR, "“”"), ("commune:Chợ Lớn", YEAR, "31/12/2023"),
        ("commune:183", YEAR, "“183”"), ("district:06202", YEAR, "“06202”"),
        ("commune:Mẫu Sơn", YEAR, r"06238 Xã Mẫu Sơn \(Cao Lộc\), 06532 Xã Mẫu Sơn \(Lộc Bình\)"),
        ("commune:06202", CHANGE, "01/07/2025"), ("district:Cao Lộc", CHANGE, "“Cao Lộc”"),
        ("province:x", YEAR, "“province:x”"), ("huyện", YEAR, "district:Cao Lộc"),
        ("", YEAR, "post:BS"), (f"post:{'x' * 70}", YEAR, f"“{'x' * 60}”"),
        (f"commune:{'x' * 70}", YEAR, f"“{'x' * 60}”"), ("x" * 70, YEAR, f"“{'x' * 60}”"),
    ],
)  # fmt: skip
def test_a_text_of_no_scope_is_refused(desk, text, day, told):
    with pytest.raises(UserError, match=told):
        parse_scope(desk.book, text, day)


def test_the_days_on_each_side_of_the_change(desk):
    book = desk.book
    assert [geography_of(book, day) for day in (EVE, CHANGE)] == [OLD, NEW]
    assert [scope_day(book, day) for day in (EVE, CHANGE)] == [EVE, CHANGE]
    assert [scope_day(book, YEAR, asked) for asked in (OLD, NEW)] == [YEAR, CHANGE]
    later = datetime.date(2026, 3, 31)
    assert [scope_day(book, later, asked) for asked in (OLD, NEW)] == [EVE, later]
    views = [make_view(desk, *one) for one in (
        ("2023-12", "commune:06196"), ("2023-12", "commune:06196", "new"),
        ("2026-03", "district:183", "old"), ("2026-03", "commune:06196", "new"),
    )]  # fmt: skip
    assert [(view.day, view.geography, view.turned) for view in views] == [
        (YEAR, OLD, False), (CHANGE, NEW, True), (later, OLD, True), (later, NEW, False)
    ]  # fmt: skip
    assert [view.scope.text for view in views] == [
        "commune:06196-2023", "commune:06196-2025", "district:183-2023", "commune:06196-2025"
    ]  # fmt: skip
    assert views[0].compared == desk.calendar().parse("2022-12")
    period, scope = period_and_scope(desk, "2023-12", "post:BS")
    assert (period.text, scope.text) == ("2023-12", "post:BS")
    assert period_and_scope(desk, "2023-12")[1] == province(desk.book)


def test_a_desk_reports_its_own_place(desk):
    book, identity = desk.book, desk.identity
    asked = {
        ("post", "BS"): "post:BS", ("liaison", "183-2023"): "district:183-2023",
        ("province", "20"): "province",
    }  # fmt: skip
    for (role, place), text in asked.items():
        own = identity._replace(role=role, unit=place)
        assert own_scope(book, own, YEAR).text == text
    liaison = identity._replace(role="liaison", unit="183-2023")
    last = choices(book, CHANGE, liaison)[-1]
    assert last.text == "district:183-2023"
    assert [one.text for one in choices(book, CHANGE)].count("district:183-2023") == 0
    offered = [one.text for one in choices(book, YEAR, liaison)]
    assert offered.count("district:183-2023") == 1
    assert offered[0] == "province"
    kinds = [text.partition(":")[0] for text in offered]
    assert sorted(kinds, key=["province", "post", "district", "commune"].index) == kinds
    borders = {unit.id for unit in book.communes_on(YEAR) if unit.border}
    assert {text[8:] for text in offered if text.startswith("commune:")} == borders


def test_a_part_of_what_was_split_is_not_compared_with_before(desk):
    book = desk.book
    part = parse_scope(book, "commune:06625", CHANGE)
    assert [unit.id for unit in split_into(book, part, EVE)] == ["06622-2023"]
    assert split_into(book, part, CHANGE) == []
    assert split_into(book, parse_scope(book, "commune:06196", CHANGE), EVE) == []
    assert split_into(book, province(book), EVE) == []
    both = part._replace(units=part.units | {"06622-2023"})
    assert split_into(book, both, EVE) == []
    told = remarks(book, make_view(desk, "2026-01", "commune:06625"))
    assert len(told) == 1
    assert "30/06/2025" in told[0]
    assert book.unit_name("06622-2023") in told[0]


def test_what_a_reader_has_to_know_of_the_units(desk):
    def told(*asked):
        return remarks(desk.book, make_view(desk, *asked))

    assert told("2023-12", "province") == told("2023-12", "district:183") == []
    assert len(told("2023-12", "province", "new")) == 1
    assert "01/07/2025" in told("2023-12", "province", "new")[0]
    assert len(told("2026-03", "province", "old")) == 1
    (ended,) = told("2026-03", "district:183", "old")
    assert "Huyện Cao Lộc" in ended
    assert told("2026-03", "province", "old") != [ended]


def test_a_column_of_what_belongs_to_none_is_explained():
    own, rest = Scope("commune", "commune:a", "A"), Scope("commune", "", "Nơi khác")
    assert column_notes([own]) == []
    (note,) = column_notes([own, rest])
    assert "Nơi khác" in note


def test_a_post_that_none_became_has_no_former_ones(desk):
    view = make_view(desk, "2023-12", "post:BS")
    assert former_posts(desk.book, view) == ()
    assert former_posts(desk.book, make_view(desk, "2023-12", "province")) == ()


class Units:
    """A reference source with units only."""

    household_name = None

    def __init__(self, *more):
        self._units = [*UNITS, *more]

    def entries(self, _table_key):
        return self._units


def test_the_former_area_of_a_district_has_what_began_after_it_of_its_parts_alone():
    last, first = {"since": EVE.isoformat()}, {"since": CHANGE.isoformat()}
    book = ReferenceBook(Units(
        unit("a1-a", "Xã A", parent="183", until="2025-01-01", into=("e1-b", "e2-b", "e3-b")),
        unit("a2-a", "Xã B", parent="188", until="2025-01-01", into=("e3-b",)),
        unit("e1-b", "Xã C", parent="20", **last), unit("e2-b", "Xã D", parent="20", **first),
        unit("e3-b", "Xã E", parent="20", **first), unit("e4-b", "Xã G", parent="20", **first),
    ))  # fmt: skip
    found = parse_scope(book, "district:183", CHANGE)
    assert "01-a" in found.units
    assert {one for one in found.units if one.startswith("e")} == {"e2-b"}
