"""Both geographies: the meaning of a scope on either side of 1 July 2025, and what is left
undecided."""

import datetime

import pytest

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.figures.post_presence import posts_at_work
from borderdesk.figures.scopes import choices, columns_of, make_view, remarks, split_into
from borderdesk.schema.reference.unit import UnitTable

CAO_LOC_LATER = {"06184-2025", "06211-2025", "06196-2025"}  # Đồng Đăng, Cao Lộc, Ba Sơn


def clearing(day, commune, post="BS", **more):
    return {"kind": "road_repair", "post": post, "started_on": day, "commune": commune,
            "participants": 5, **more}  # fmt: skip


def value(desk, period, scope, key="clearing_events", **options):
    lines = make_summary(desk, period, scope, **options).lines
    return next(x.value for x in lines if x.key == key)


def test_a_district_after_its_end_is_the_communes_wholly_of_it(desk):
    view = make_view(desk, "2026-03", "district:Cao Lộc", "old")
    assert (view.geography, view.turned) == ("old", True)
    later = {u for u in view.scope.units if u.endswith("-2025")}
    assert later == CAO_LOC_LATER
    for n, commune in enumerate(("06184", "06211", "06196", "06541")):  # the last: Lộc Bình's
        desk.records.add("clearing", clearing(f"2026-03-0{n + 1}", commune))
    assert value(desk, "2026-03", "district:Cao Lộc", geography="old") == 3
    assert value(desk, "2026-03", "district:Lộc Bình", geography="old") == 1
    # Bính Xá was split between two communes, and both lie in Đình Lập.
    units = make_view(desk, "2026-03", "district:Đình Lập", "old").scope.units
    assert {"06622-2023", "06625-2025", "06613-2025"} <= units
    assert any("Cao Lộc" in text for text in remarks(desk.book, view))


def test_old_communes_are_not_told_for_days_after_them(desk):
    with pytest.raises(UserError, match="Ba Sơn"):
        make_view(desk, "2026-03", "commune:06202", "old")
    with pytest.raises(UserError, match="Kiên Mộc, Xã Đình Lập"):
        make_view(desk, "2025", "commune:Bính Xá", "old")
    assert make_view(desk, "2025-06", "commune:06202", "old").geography == "old"


def test_an_old_period_by_new_communes(desk):
    for day, commune in (("2023-12-01", "06196"), ("2023-12-02", "06202"), ("2023-12-03", "06238"),
                         ("2023-12-04", "06622"), ("2023-12-05", "06619")):  # fmt: skip
        desk.records.add("clearing", clearing(day, commune))
    assert value(desk, "2023-12", "commune:Ba Sơn", geography="new") == 3
    assert value(desk, "2023-12", "commune:Kiên Mộc", geography="new") == 1
    assert value(desk, "2023-12", "province", geography="new") == 5
    with pytest.raises(UserError):
        make_view(desk, "2023-12", "district:Cao Lộc", "new")
    assert make_summary(desk, "2023-12", "commune:Ba Sơn", geography="new").remarks
    assert not make_summary(desk, "2023-12", "commune:Xuất Lễ").remarks


def test_a_liaison_desk_reports_its_district_after_the_change_too(tmp_path):
    with Desk.create(tmp_path / "d", "liaison", "Cao Lộc", "A") as desk:
        before, after = make_view(desk, "2025-06"), make_view(desk, "2026-01")
        assert before.scope.text == after.scope.text == "district:183-2023"
        assert (before.geography, after.geography) == ("old", "new")
        assert {u for u in after.scope.units if u.endswith("-2025")} == CAO_LOC_LATER
        assert before.scope.units < after.scope.units
        assert not remarks(desk.book, before)
        assert remarks(desk.book, after)


def names(desk, places=(), *asked, **options):
    view = make_view(desk, *asked)
    return [column.name for column in columns_of(desk.book, view, places, **options)]


def test_columns_are_the_units_of_the_last_day(desk):
    five = ["Cao Lộc", "Đình Lập", "Lộc Bình", "Tràng Định", "Văn Lãng"]
    assert names(desk, (), "2023", "province", districts=True) == five
    assert names(desk, (), "2026", "province", "old", districts=True) == five
    assert len(names(desk, (), "2023", "province")) == 21
    assert len(names(desk, (), "2026", "province", districts=True)) == 11
    assert names(desk, (), "2023", "district:Đình Lập") == ["Bắc Xa", "Bính Xá"]
    assert names(desk, (), "2026", "post:BS") == ["Ba Sơn"]
    assert names(desk, (), "2023", "post:BS") == ["Cao Lâu", "Mẫu Sơn (Cao Lộc)", "Xuất Lễ"]
    assert names(desk, (), "2023", "commune:06202") == ["Xuất Lễ"]


def test_a_post_has_columns_of_the_districts_that_it_works_in_alone(desk):
    own = ["Cao Lâu", "Mẫu Sơn (Cao Lộc)", "Xuất Lễ"]
    assert names(desk, (), "2023", "post:BS", districts=True) == own
    # A record in another district adds a second one.
    assert names(desk, ["06622-2023"], "2023", "post:BS", districts=True) == ["Cao Lộc", "Đình Lập"]


def test_places_without_a_column_stand_last(desk):
    split = ["Bắc Xa", "Bính Xá"]
    assert names(desk, ["06622-2023"], "2023", "district:Đình Lập") == split
    # In the new geography a split unit is nowhere: it keeps a column of its own.
    assert names(desk, ["06622-2023"], "2023", "province", "new")[-1] == "Bính Xá"
    assert names(desk, ["06622-2023", "05998-2023"], "2023", "province", "new")[-1] == "Nơi khác"
    # A commune away from the border has a column if something was done there.
    assert "Thạch Đạn" in names(desk, ["06199-2023"], "2023", "province")
    every = columns_of(desk.book, make_view(desk, "2023", "post:BS"), ["06004-2023"])
    assert {column.post for column in every} == {"BS"}
    assert every[-1].name != "Nơi khác"
    known = [unit for column in every for unit in column.units]
    assert len(known) == len(set(known))


def test_columns_of_a_district_that_ended_cover_all_its_communes(desk):
    view = make_view(desk, "2026-03", "district:Cao Lộc", "old")
    columns = columns_of(desk.book, view, [])
    assert {column.text for column in columns} == {f"commune:{unit}" for unit in CAO_LOC_LATER}
    old = make_view(desk, "2023", "district:Cao Lộc").scope.units
    together = {unit for column in columns for unit in column.units}
    assert together >= {u for u in old if desk.book.units[u].border}


def column_units(desk, places, *asked, **options):
    columns = columns_of(desk.book, make_view(desk, *asked), places, **options)
    return {column.text.partition(":")[2]: column.units for column in columns}


def test_a_column_is_of_a_border_commune_or_of_one_where_anything_is(desk):
    inner, border = "06199-2023", "06196-2023"  # Thạch Đạn is not at the border
    assert desk.book.units[border].border > desk.book.units[inner].border
    province = column_units(desk, [], "2023", "province")
    assert {border} <= province.keys()
    assert inner not in province
    assert inner in column_units(desk, [inner], "2023", "province")
    # For a single commune there is only its column, whatever was done elsewhere.
    asked = "commune:Cao Lâu"
    assert [*column_units(desk, [], "2023", asked)] == [border]
    assert [*column_units(desk, [inner], "2023", asked)] == [border]


def test_a_posts_columns_are_its_area_and_where_it_worked_and_no_border_beside(desk):
    area = set(desk.book.area_on("BS", datetime.date(2023, 12, 31)))
    assert column_units(desk, [], "2023", "post:BS").keys() == area
    worked = column_units(desk, ["06199-2023"], "2023", "post:BS")
    assert worked.keys() == area | {"06199-2023"}


def test_what_became_whole_of_a_place_is_its_column_on_the_views_day(desk):
    """Thanh Lòa became part of Cao Lộc as a whole on 1 July 2025, Bính Xá was split."""
    whole, later, split = "06193-2023", "06211-2025", "06622-2023"
    last, first = ("2025-06-30..2025-06-30", "post:BS"), ("2025-07-01..2025-07-01", "post:BS")
    assert whole in column_units(desk, [whole], *last)
    area = column_units(desk, [], *first)
    assert later not in area
    found = column_units(desk, [whole], *first)
    assert (found.keys(), whole in found[later]) == ({*area, later}, True)
    found = column_units(desk, [split], *first)
    assert (found.keys(), found[""]) == ({*area, ""}, {split})


UNITS = "id,code,name,kind,parent,border,valid_from,valid_to,successors\n"


@pytest.fixture
def rejoined(desk, tmp_path):
    """Xuất Lễ was split on 1 March 2023 into Lễ Nam, which joined Cao Lâu on 1 May, and Cao Lâu."""
    (tmp_path / "units.csv").write_text(
        f"{UNITS}06202-2023,06202,Xã Xuất Lễ,commune,183-2023,1,2000-01-01,2023-02-28,"
        "LN 06196-2023\n"
        "LN,90001,Xã Lễ Nam,commune,183-2023,1,2023-03-01,2023-04-30,06196-2023\n",
        encoding="utf-8",
    )
    for day, commune in (("2023-02-28", "06202"), ("2023-04-30", "06196")):
        desk.records.add("clearing", clearing(day, commune))
    desk.reference.load(tmp_path / "units.csv")
    return desk


def test_a_split_unit_counts_in_what_all_its_parts_became(rejoined):
    told = [value(rejoined, period, "commune:06196") for period in ("2023-Q1", "2023-H1", "2023")]
    assert told == [0, 2, 2]
    # On the last day of the parts, and on the first one after it.
    for day, count in (("2023-04-30", 1), ("2023-05-01", 2)):
        view = make_view(rejoined, f"2023-02-01..{day}", "commune:06196")
        assert value(rejoined, view.period.text, "commune:06196") == count
        split = [unit.id for unit in split_into(rejoined.book, view.scope, view.period.first)]
        assert split == (["06202-2023"] if count == 1 else [])
    assert [column.text for column in columns_of(
        rejoined.book, make_view(rejoined, "2023", "post:BS"), ["06202-2023"]
    )].count("") == 0  # fmt: skip


def test_figures_are_told_though_units_became_one_another(desk, tmp_path):
    """A list of an earlier program may say so; it is refused now."""
    desk.records.add("clearing", clearing("2023-02-28", "06202"))
    circle = "06202-2023,06202,Xã Xuất Lễ,commune,183-2023,1,2000-01-01,2023-06-30,06202-2023\n"
    (tmp_path / "units.csv").write_text(UNITS + circle, encoding="utf-8")
    with pytest.raises(InvalidRecord) as refused:
        desk.reference.load(tmp_path / "units.csv")
    assert "06202-2023" in str(refused.value.problems)
    desk.store.execute(
        UnitTable.update(valid_to="2023-06-30", successors="06202-2023").where(
            UnitTable.id == "06202-2023"
        )
    )
    desk.touch_reference()
    assert [value(desk, "2023", scope) for scope in ("province", "post:BS")] == [1, 1]
    (elsewhere,) = [
        column for column in columns_of(desk.book, make_view(desk, "2023"), ["06202-2023"])
        if not column.text
    ]  # fmt: skip
    assert elsewhere.units == {"06202-2023"}
    assert make_view(desk, "2026-03", "district:Cao Lộc", "old").scope.units


def test_february_has_29_days_now_and_then(desk):
    view = make_view(desk, "2024-02-29..2024-03-01", "commune:06202")
    assert view.compared.first == datetime.date(2023, 2, 28)
    assert remarks(desk.book, view) == []


def test_posts_that_ended_before_a_period_or_begin_after_it_are_not_offered(desk, tmp_path):
    (tmp_path / "posts.csv").write_text(
        "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
        "BX,Đồn Biên phòng Bắc Xa,,06619,0,0,,2024-06-30,BX2\n"
        "BX2,Đồn Biên phòng Bắc Xa mới,,06619,0,0,2024-07-01,,\n",
        encoding="utf-8",
    )
    desk.reference.load(tmp_path / "posts.csv")
    for text, posts in [
        ("2024-05", {"post:BX"}), ("2024-06-30..2024-07-31", {"post:BX", "post:BX2"}),
        ("2024-H2", {"post:BX2"}), ("2024", {"post:BX", "post:BX2"}),
    ]:  # fmt: skip
        period = desk.calendar().parse(text)
        at_work = posts_at_work(desk, period)
        offered = choices(desk.book, period.last, desk.identity, posts=at_work)
        named = {scope.text for scope in offered if scope.text.startswith("post:BX")}
        assert named == posts, text
    # Targets of years past are still of that post.
    assert "post:BX" in {scope.text for scope in choices(desk.book, datetime.date(2025, 1, 1))}


def test_every_scope_that_is_offered_can_be_asked_for(desk, tmp_path):
    with Desk.create(tmp_path / "d", "liaison", "Cao Lộc", "A") as liaison:
        for one in (desk, liaison):
            for period in ("2023-12", "2026-03"):
                last = one.calendar().parse(period).last
                offered = choices(one.book, last, one.identity)
                assert len({scope.text for scope in offered}) == len(offered)
                for scope in offered:
                    assert make_view(one, period, scope.text).scope == scope
                # The desk's own scopes are among them, also after its district ended.
                assert make_view(one, period).scope in offered
        assert offered[-1].name == "Huyện Cao Lộc (địa bàn cũ)"
