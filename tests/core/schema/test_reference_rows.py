"""Rows of reference data: links, invented rows, days, and codes of new entries."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.invented import INVENTED_FROM, invented_hamlets
from borderdesk.schema.kinds import is_marker
from borderdesk.schema.reference.columns import CountColumn
from borderdesk.schema.reference.files import (
    ReferenceRows,
    broken_links,
    circular_links,
    invented_rows,
    resolve_links,
    shipped_rows,
)
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.schema.reference.marker import MarkerTable
from borderdesk.schema.reference.pick import PickTable, pick_slug
from borderdesk.schema.reference.post import PostTable
from borderdesk.schema.reference.table import check_dates
from borderdesk.schema.reference.unit import UnitTable


@pytest.fixture(scope="module")
def book(province_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / "desk"
    with Desk.open(shutil.copytree(province_template, folder)) as desk:
        yield desk.book


@given(st.text(max_size=80), st.integers(0, 3))
def test_a_new_entry_of_a_pick_list_has_a_code_that_is_free_and_fits(label, others):
    taken = set()
    for _other in range(others + 1):
        code = pick_slug(label, taken)
        assert PickTable.columns()["code"].fits(code)
        assert code not in taken
        taken.add(code)


def test_a_code_is_made_of_the_words_and_numbered_from_two():
    taken = {"phong_chong_ma_tuy", "phong_chong_ma_tuy_2"}
    assert pick_slug("Phòng, chống ma túy", ()) == "phong_chong_ma_tuy"
    assert pick_slug("Phòng, chống ma túy", taken) == "phong_chong_ma_tuy_3"
    assert pick_slug("a/b", ()) == "a_b"
    assert pick_slug("–", ()) == "muc"
    assert pick_slug("x" * 70, ()) == "x" * 60
    assert pick_slug("x" * 70, {"x" * 60}) == "x" * 58 + "_2"


@pytest.mark.parametrize("marker", ["114٦", "١١٤٦", "1146/१", "1146\n"])
def test_digits_of_other_scripts_make_no_marker_and_no_count(marker):
    column = MarkerTable.columns()["marker"]
    assert column.fits("1146/1")
    assert is_marker("1146/1")
    assert not column.fits(marker)
    assert not is_marker(marker)
    assert CountColumn("Guards").fits("12")
    assert not CountColumn("Guards").fits("١٢")


def read_rows(table, *rows):
    cells = [{**dict.fromkeys(table.columns(), ""), **row} for row in rows]
    return ReferenceRows(table, cells, [*range(2, len(cells) + 2)])


def test_links_are_known_by_the_book_or_by_the_rows_themselves(book):
    posts = read_rows(
        PostTable, {"code": "AA", "communes": "06196 06202-2023 0"},
        {"code": "BS", "successors": "AA"},
        {"code": "CC", "successors": f"CM {'z' * 70}"},
    )  # fmt: skip
    found = broken_links(posts, book)
    assert [one[:2] for one in found] == [(2, "communes"), (4, "successors")]
    assert "“0”" in found[0][2]
    assert f"“{'z' * 60}”" in found[1][2]
    hamlets = read_rows(
        HamletTable,
        {"commune": "06202", "valid_from": "2023-01-01"},
        {"commune": "06148", "valid_from": "2025-07-01"},
        {"commune": "0", "valid_from": "2025-07-01"},
    )
    resolved = resolve_links(hamlets, book)
    assert [row["commune"] for row in resolved.rows] == ["06202-2023", "06148-2025", "0"]
    assert [one[:2] for one in broken_links(resolved, book)] == [(4, "commune")]
    assert resolve_links(posts, book) is posts


def test_no_row_becomes_itself_even_through_others(book):
    """Of A that became B, B that became C and A, and C, the first two are in the circle."""
    units = read_rows(
        UnitTable, {"id": "A", "successors": "B"}, {"id": "B", "successors": "C A"},
        {"id": "C", "successors": "06196-2023"}, {"id": "D", "successors": "A C"},
        {"id": "06196-2023", "successors": "C"}, {"id": "E", "parent": "E"},
    )  # fmt: skip
    found = circular_links(units, book)
    circles = [(2, "successors"), (3, "successors"), (4, "successors"), (6, "successors")]
    assert sorted(one[:2] for one in found) == [*circles, (7, "parent")]
    # What is stored leads on: BS became CL here, and CL is to become BS.
    posts = read_rows(PostTable, {"code": "BS", "successors": "CL"})
    assert circular_links(posts, book) == []
    both = read_rows(PostTable, *posts.rows, {"code": "CL", "successors": "BS"})
    assert [one[0] for one in circular_links(both, book)] == [2, 3]


def test_invented_rows_are_told_by_what_they_say_and_by_their_names():
    posts = read_rows(
        PostTable, {"code": "AA", "name": "Đồn A", "invented": "0"},
        {"code": "BB", "name": "Đồn B", "invented": "1"},
        {"code": "CC", "name": "Đồn Biên phòng GIẢ ĐỊNH", "invented": "0"},
    )  # fmt: skip
    assert [one[:2] for one in invented_rows(posts)] == [(3, "invented"), (4, "invented")]
    assert all("Đồn" in one[2] for one in invented_rows(posts))
    hamlet = next(iter(invented_hamlets()))
    row = {"commune": hamlet.commune, "name": hamlet.name, "valid_from": INVENTED_FROM}
    hamlets = read_rows(HamletTable, row, {**row, "valid_from": "2015-01-01"})
    assert [one[:2] for one in invented_rows(hamlets)] == [(2, "name")]
    # Markers may be invented in a desk in earnest.
    assert invented_rows(read_rows(MarkerTable, {"marker": "1", "invented": "1"})) == []


def test_real_rows_link_to_real_ones_alone():
    shipped, real = ({read.table.table_key: read for read in shipped_rows(real=only)}
                     for only in (False, True))  # fmt: skip
    assert shipped.keys() == real.keys()
    lost = {row["code"] for row in shipped["posts"].rows} - {
        row["code"] for row in real["posts"].rows
    }
    assert lost == {"GD"}
    for key, read in real.items():
        whole = shipped[key]
        for column, cells in {
            name: [row[name] for row in read.rows] for name in read.table.columns()
        }.items():
            kept = [row for row in whole.rows if not whole.table.is_invented(row)]
            stand_in = {"GD": "CL"} if (key, column) == ("markers", "post") else {}
            assert cells == [stand_in.get(row[column], row[column]) for row in kept], (key, column)


def test_a_row_that_ends_before_it_begins_is_refused():
    for cells, wrong in (
        ({"valid_from": "2025-07-02", "valid_to": "2025-07-01"}, {"valid_to"}),
        ({"valid_from": "2025-07-01", "valid_to": "2025-07-01"}, set()),
        ({"valid_from": "2025-07-02", "valid_to": ""}, set()),
        ({"valid_from": "2025-07-02"}, set()),
        ({"valid_to": "2025-07-01"}, set()), ({}, set()),
    ):  # fmt: skip
        assert check_dates(cells).keys() == wrong
        assert all(check_dates(cells).values())


def test_names_are_compared_without_what_stands_in_front_where_a_type_says_so():
    assert HamletTable.bare_name("Bản  PHẠC") == "ban phac"
    assert PostTable.bare_name("Đồn Biên phòng Chi Ma") == "chi ma"
