"""The reference book: the unit that a code, a name, a post or a marker means on a day."""

import datetime
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.figures.scopes import make_view
from borderdesk.schema.unit_history import bare_name

OLD, NEW = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)
HAMLETS = """commune,name,is_border,households_total,valid_from,valid_to
06202-2023,Bản Phạc,1,40,2000-01-01,
06532-2023,Co Loi,1,,2000-01-01,
"""


@pytest.fixture(scope="module")
def book(province_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    sheet = folder / "hamlets.csv"
    sheet.write_text(HAMLETS, encoding="utf-8")
    with Desk.open(shutil.copytree(province_template, folder / "desk")) as desk:
        desk.reference.load(sheet)
        desk.reference.set_setting("cut_off_day", "20", "2023-05-01")
        yield desk.book


def test_a_unit_is_valid_on_its_days_only(book):
    assert book.commune_on("06202", OLD) == "06202-2023"
    assert book.commune_on("06202", NEW) is None
    assert book.commune_on("06202-2023", NEW) is None
    assert book.commune_on("06196-2025", OLD) is None
    assert book.commune_on("06196-2025", NEW) == "06196-2025"
    assert book.commune_once("06202").id == "06202-2023"
    assert book.commune_once("xuat le").id == "06202-2023"
    assert book.commune_once("99999") is None


def test_the_newest_of_those_that_had_a_code_or_a_name_is_told_of(book):
    assert book.commune_once("06148").name == "Xã Thụy Hùng"
    assert book.commune_once("Mẫu Sơn").id == "06541-2025"


@pytest.mark.parametrize(
    ("commune", "day", "told"),
    [
        ("Cao Lâu", "04/11/2025", ("Ngày 04/11/2025 không còn Xã Cao Lâu: đơn vị này có đến"
         " 30/06/2025, nay là Xã Ba Sơn.")),
        ("Ba Sơn", "04/12/2023", ("Ngày 04/12/2023 chưa có Xã Ba Sơn: đơn vị này có từ"
         " 01/07/2025.")),
        ("Chợ Lớn", "04/12/2023", "Không có xã “Chợ Lớn”."),
    ],
)  # fmt: skip
def test_a_commune_of_another_time_is_refused_with_what_there_is(post_desk, commune, day, told):
    typed = {"started_on": day, "commune": commune}
    assert post_desk.records.check("clearing", typed).problems["commune"] == told


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("06148", "Xã Thanh Long", "Xã Thụy Hùng"), ("06172", "Xã Tân Mỹ", "Xã Hoàng Văn Thụ"),
        ("06211", "Xã Lộc Yên", "Xã Cao Lộc"), ("06541", "Xã Yên Khoái", "Xã Mẫu Sơn"),
    ],
)  # fmt: skip
def test_a_code_used_again_means_the_unit_of_the_day(book, code, old, new):
    assert book.units[book.commune_on(code, OLD)].name == old
    assert book.units[book.commune_on(code, NEW)].name == new


def test_districts_and_the_province_are_no_communes(book):
    for text in ("180", "180-2023", "20"):
        assert book.commune_on(text, OLD) is None
        assert book.commune_once(text) is None


def test_two_communes_of_one_name_are_told_apart_by_their_district(book):
    assert book.unit_name("06238-2023") == "Xã Mẫu Sơn (Cao Lộc)"
    assert book.unit_name("06532-2023") == "Xã Mẫu Sơn (Lộc Bình)"
    assert book.unit_name("06541-2025") == "Xã Mẫu Sơn"
    assert book.commune_named("Mẫu Sơn", OLD) is None
    assert book.commune_named("mẫu sơn (lộc bình)", OLD) == "06532-2023"
    assert book.commune_named("Xã Mẫu Sơn (Cao Lộc)", OLD) == "06238-2023"
    assert book.commune_named("mau son", NEW) == "06541-2025"


@pytest.mark.parametrize("day", [OLD, NEW])
def test_every_commune_is_named_by_the_name_it_shows(book, day):
    for unit in book.communes_on(day):
        assert book.commune_named(book.unit_name(unit.id), day) == unit.id


@pytest.mark.parametrize(("day", "border"), [(OLD, 21), (NEW, 11)])
def test_the_border_communes_of_each_time_come_first(book, day, border):
    communes = book.communes_on(day)
    assert [u.border for u in communes] == sorted((u.border for u in communes), reverse=True)
    assert sum(u.border for u in communes) == border


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Xã Ba Sơn", "ba son"), ("Thị trấn Đồng Đăng", "dong dang"), ("Huyện Cao Lộc", "cao loc")],
)
def test_a_bare_name_has_no_kind_of_unit(name, bare):
    assert bare_name(name) == bare


# -------------------------------------------------------------------------------- lineage


def test_what_became_a_unit_whole_is_of_its_lineage(book):
    assert book.lineage("06196-2025") == {"06196-2025", "06196-2023", "06202-2023", "06238-2023"}
    assert book.lineage("06541-2025") >= {"06532-2023", "06541-2023", "06547-2023"}


def test_a_split_unit_belongs_to_no_successor(book):
    assert book.units["06622-2023"].successors == ("06625-2025", "06613-2025")
    for successor in ("06625-2025", "06613-2025"):
        assert "06622-2023" not in book.lineage(successor)
    assert "06619-2023" in book.lineage("06625-2025")


@given(st.sampled_from([OLD, NEW, datetime.date(2001, 1, 1)]), st.data())
def test_what_a_unit_became_is_valid_on_that_day(book, day, data):
    unit = book.units[data.draw(st.sampled_from(sorted(book.units)))]
    became = book.successors_on(unit.id, day.isoformat())
    if unit.valid_on(day.isoformat()) or day.isoformat() < unit.valid_from:
        assert became == {unit.id}
    else:
        assert became == set(unit.successors)
        assert all(book.units[u].valid_on(day.isoformat()) for u in became)


# ---------------------------------------------------------------------------------- posts


def test_the_area_of_a_post_follows_its_successors(book):
    assert book.area_on("BS", OLD) == {"06196-2023", "06202-2023", "06238-2023"}
    assert book.area_on("BS", NEW) == {"06196-2025"}
    # A reused code means its earliest unit: Thanh Long, not the new Thụy Hùng.
    assert book.area_on("NH", OLD) == {"06148-2023", "06136-2023", "06127-2023"}
    assert book.area_on("NH", NEW) == {"06148-2025"}
    assert book.area_on("CL", NEW) == {"06565-2025", "06625-2025", "06613-2025"}
    assert book.area_on("ZZ", OLD) == frozenset()


@pytest.mark.parametrize("text", ["BS", "bs", "Ba Sơn", "ba son", "ĐỒN BIÊN PHÒNG BA SƠN"])
def test_a_post_goes_by_code_full_and_short_name(book, text):
    assert book.post_code(text) == "BS"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hữu Nghị", "HN"), ("chi ma", "CM"), ("Tân Thanh", "TT"), ("ĐBP Ba Sơn", "BS"),
        ("Đồn BP Ba Sơn", "BS"), ("Đồn BPCK Chi Ma", "CM"), ("ĐBPCK. Chi Ma", "CM"),
        ("Đồn BPCKQT Hữu Nghị", "HN"), ("Đồn BP cửa khẩu quốc tế Hữu Nghị", "HN"),
        ("Đồn Bảo Lâm", "BL"), ("ĐBP", None), ("Đồn", None),
    ],
)  # fmt: skip
def test_a_gate_post_goes_by_its_place(book, text, code):
    assert book.post_code(text) == code


def test_an_unknown_post_has_no_code(book):
    assert book.post_code("Đồn lạ") is None
    assert book.post_name("ZZ") == "ZZ"


# -------------------------------------------------------------------------------- markers


def test_markers_stand_along_the_line(book):
    markers = [*book.markers]
    assert markers[:4] == ["962", "962/1", "963", "964"]
    assert markers == sorted(markers, key=lambda m: [int(n) for n in f"{m}/0".split("/")[:2]])


def test_a_stretch_is_the_same_both_ways(book):
    there = book.markers_between("962", "963")
    assert there == ["962", "962/1", "963"] == book.markers_between("963", "962")
    assert book.markers_between("962/1", "962/1") == ["962/1"]


def test_the_communes_of_a_stretch_are_those_of_the_day(book):
    stretch = "962", "964"
    assert book.communes_of_stretch(*stretch, OLD) == ["06004-2023"]
    assert book.communes_of_stretch(*stretch, NEW) == ["06004-2025"]


# ----------------------------------------------------------- hamlets, picks and settings


def test_a_hamlet_is_known_unknown_or_not_to_be_judged(book):
    assert book.knows_hamlet("06202-2023", "bản  phạc") is True
    assert book.knows_hamlet("06202-2023", "Bản Khác") is False
    assert book.knows_hamlet("06193-2023", "Bản Khác") is None


def test_hamlets_follow_their_commune(book):
    assert book.knows_hamlet("06196-2025", "Bản Phạc") is True
    assert book.knows_hamlet("06541-2025", "co loi") is True


def test_a_pick_goes_by_code_or_label_of_its_own_list(book):
    assert book.pick_code("topic", "Phòng, chống ma túy") == "ma_tuy"
    assert book.pick_code("topic", "drugs") == "ma_tuy"
    assert book.pick_code("pledge_programme", "Phòng, chống ma túy") is None
    assert book.pick_label("topic", "la") == "la"


def test_a_setting_has_the_value_of_the_day(book):
    def cut_off(text):
        return book.setting("cut_off_day", datetime.date.fromisoformat(text), "0")

    assert (cut_off("2023-04-30"), cut_off("2023-05-01")) == ("0", "20")
    assert book.setting("symbol", OLD, "–") == "–"


BEGINNING, END = datetime.date(1999, 12, 31), datetime.date(2031, 1, 1)
AROUND_CHANGES = st.sampled_from([BEGINNING, OLD, NEW, END]) | st.dates(BEGINNING, END)


@given(data=st.data(), days=st.lists(AROUND_CHANGES, min_size=1, max_size=6))
def test_whatever_was_asked_before_a_unit_is_that_of_the_day(book, data, days):
    units = [unit for unit in book.units.values() if unit.kind == "commune"]
    codes = sorted({unit.code for unit in units})
    code, post = data.draw(st.sampled_from(codes)), data.draw(st.sampled_from(sorted(book.posts)))
    for day in days:
        iso = day.isoformat()
        valid = [unit.id for unit in units if unit.code == code and unit.valid_on(iso)]
        assert book.commune_on(code, day) == (valid[0] if valid else None)
        own = {unit.id for given in book.posts[post].communes for unit in _earliest(units, given)}
        assert book.area_on(post, day) == {
            later for unit in own for later in book.successors_on(unit, iso)
        }


def _earliest(units, given):
    """The unit a post's commune names: an id, or a code in its earliest meaning."""
    named = [unit for unit in units if given in (unit.id, unit.code)]
    return sorted(named, key=lambda unit: unit.valid_from)[:1]


def test_a_unit_that_another_joins_is_itself_alone_until_then(desk, tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(
        "id,code,name,kind,parent,border,valid_from,valid_to,successors\n"
        "06202-2023,06202,Xã Xuất Lễ,commune,183-2023,1,2000-01-01,2024-03-31,06196-2023\n",
        encoding="utf-8",
    )
    desk.reference.load(file)
    lineage = desk.book.lineage
    assert lineage("06196-2023", "2024-03-31") == {"06196-2023"}
    assert lineage("06196-2023", "2024-04-01") == {"06196-2023", "06202-2023"}
    for text, period, units in (("2024-03", "2024-03-31", 1), ("2024-04", "2024-04-30", 2)):
        scope = make_view(desk, text, "commune:06196").scope
        assert len(scope.units) == units, period
