"""Tables on the clipboard: single cells, headings, skipped columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.entry.clipboard import (
    LEFT_OUT,
    as_typed,
    copied,
    pasted,
    with_days_asked,
    with_headings,
)
from borderdesk.entry.day_columns import whole_day
from borderdesk.entry.grid import columns_of
from borderdesk.entry.headings import heading_words

DITTO = (
    'Tập trung\t2\tNà Mỏ\t40\nTập trung\t3\t"\t41\nTập trung\t4\tBản Lán\t42\nTập trung\t5\t"\t43'
)
CELL = st.text(
    st.characters(blacklist_categories=("C", "Z"), blacklist_characters="\r"), max_size=6
)


def test_a_ditto_mark_is_a_letter():
    rows = pasted(DITTO)
    assert [row[3] for row in rows] == ["40", "41", "42", "43"]
    assert [row[2] for row in rows] == ["Nà Mỏ", '"', "Bản Lán", '"']


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"Nà Mỏ (khu A\t4\nBản\t5', [['"Nà Mỏ (khu A', "4"], ["Bản", "5"]]),
        ('"Lũy tre" xanh\t4', [['"Lũy tre" xanh', "4"]]),
        ('"hai\ndòng"\t4\nx\t5', [["hai dòng", "4"], ["x", "5"]]),
        ('"nói ""có"" rồi\nvề"\t4', [['nói "có" rồi về', "4"]]),
        ('a"b\t"', [['a"b', '"']]),
        ('"khu A\t41\nNà Mỏ"\t42', [['"khu A', "41"], ['Nà Mỏ"', "42"]]),
        ("a\r\nb\r\n", [["a"], ["b"]]),
        ("", []),
    ],
)
def test_a_cell_is_in_quotes_only_where_they_close_at_its_end(text, rows):
    assert pasted(text) == rows


@given(st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=4))
def test_what_is_copied_is_pasted_again(rows):
    rows = [["x", *row] for row in rows]
    assert pasted(copied(rows)) == rows


def test_the_table_of_a_page_says_where_every_cell_ends():
    html = (
        "<html><body><!--StartFragment--><table><tr><td rowspan=2>Xã&nbsp;Ba Sơn</td>"
        '<td>"Nà<br>Mỏ</td></tr><tr><td>40</td></tr><tr><td colspan=2>cả</td></tr></table></body>'
    )
    assert pasted("other", html) == [["Xã Ba Sơn", '"Nà Mỏ'], ["", "40"], ["cả", ""]]
    assert pasted("text\t1", "<p>text 1</p>") == [["text", "1"]]


def headings(desk, type_name, text, kept=None):
    return with_headings(pasted(text), columns_of(desk, type_name), kept or {})


def test_a_unit_in_brackets_and_a_number_in_front_are_no_hindrance(post_desk):
    table = headings(
        post_desk,
        "clearing",
        "TT\tNgày\tLoại công việc\tXã\tLượt người tham gia\tChiều dài (m)\n"
        "\t\t\t\t(lượt)\t(m)\nA\tB\tC\t1\t2\t3\n"
        "1\t4/11/2026\tPhát quang đường tuần tra\tBa Sơn\t12\t1.500\nTổng cộng\t\t\t\t12\t1.500",
    )
    assert table.keys == [None, "started_on", "kind", "commune", "participants", "length_m"]
    assert len(table.rows) == 1
    assert table.totals == 1
    assert table.unknown == {}


def test_an_unknown_column_is_told_and_then_remembered(post_desk):
    text = "Từ ngày\tXã\tCông dân quân\n4/11/2026\tBa Sơn\t7"
    table = headings(post_desk, "clearing", text)
    assert table.unknown == {2: "Công dân quân"}
    kept = {heading_words("Công dân quân"): "of_whom_militia"}
    again = headings(post_desk, "clearing", text, kept)
    assert again.keys[2] == "of_whom_militia"
    assert again.unknown == {}
    left = headings(post_desk, "clearing", text, {heading_words("Công dân quân"): LEFT_OUT})
    assert left.keys[2] is None
    assert left.unknown == {}


@pytest.mark.parametrize("hamlet", ["Thôn, bản", "Thôn", "Thôn, khu phố"])
def test_headings_of_households_on_two_lines(post_desk, hamlet):
    head = f"Danh sách hộ ký cam kết\nSTT\tChủ hộ\tĐịa chỉ\t\n\t\t{hamlet}\tXã\n"
    text = f"{head}1\tLý A Sáng\tNà Mỏ\tBa Sơn"
    table = headings(post_desk, "household", text)
    assert table.keys == [None, "head", "hamlet", "commune"]
    assert table.rows == [["1", "Lý A Sáng", "Nà Mỏ", "Ba Sơn"]]


def test_values_without_headings_are_values(post_desk):
    assert headings(post_desk, "clearing", "1\t4/11/2026\tBa Sơn") is None


@pytest.mark.parametrize(
    ("key", "cell", "typed"),
    [
        ("started_on", "46331", "2026-11-05"),
        ("started_on", "2023-12-02 00:00:00", "2023-12-02"),
        ("participants", "1\u00a0200", "1 200"),
        ("note", "  40  ", "40"),
        ("started_on", "hôm nọ", "hôm nọ"),
    ],
)
def test_cells_as_spreadsheets_write_them_are_read(post_desk, key, cell, typed):
    columns = {column.key: column for column in columns_of(post_desk, "clearing")}
    assert as_typed(columns[key], cell) == typed


@pytest.mark.parametrize(
    "head",
    [
        "Ngày\tTháng\tNăm\tHình thức\tLượt người",
        "Thời gian\t\t\tHình thức\tLượt người\nNgày\tTháng\tNăm",
    ],
)
@pytest.mark.parametrize(
    ("cells", "typed"),
    [
        ("5\t6\t2023", "5/6/2023"),
        ("05/06/2023\t6\t2023", "05/06/2023"),
        ("5\t6\t", "5/6"),
        ("5\tVI\t2023", "5/6/2023"),
    ],
)
def test_a_day_in_columns_of_its_own_is_one(post_desk, head, cells, typed):
    table = headings(post_desk, "patrol", f"{head}\n{cells}\tĐơn phương\t6")
    assert table.keys == ["started_on", None, None, "kind", "participants"]
    assert table.unknown == {}
    day = next(one for one in columns_of(post_desk, "patrol") if one.key == "started_on")
    assert as_typed(day, table.rows[0][0]) == typed


@pytest.mark.parametrize(
    ("cells", "whole"),
    [
        (("5/6", "6", "2022"), "5/6/2022"),
        (("5/6", "tháng 6", "2022"), "5/6/2022"),
        (("5/06", "", ""), "5/06"),
        (("5/6", "7", "2022"), "5/6/7/2022"),  # ambiguous
        (("5-7", "6", "2022"), "5-7/6/2022"),
        (("5/6/2023", "7", "2022"), "5/6/2023"),
        (("5.", "6", "2022"), "5/6/2022"),
        (("", "6", "2022"), "/6/2022"),
        (("5", "", ""), "5"),
    ],
)
def test_the_cells_of_a_day_as_one(cells, whole):
    assert whole_day(*cells) == whole


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (["2/8/2023", "4/21/2023", "3/15/2023"], ["2/8/2023 ?", "4/21/2023 ?", "3/15/2023 ?"]),
        (["02/08/2023", "04/21/2023", "21/04/2023"], ["02/08/2023", "04/21/2023", "21/04/2023"]),
        (["04/21/2023", "", "3-15-23"], ["04/21/2023 ?", "", "3-15-23 ?"]),
    ],
)  # fmt: skip
def test_a_day_of_a_column_with_the_month_first_is_asked_for(post_desk, days, written):
    columns = {column.key: column for column in columns_of(post_desk, "clearing")}
    rows = [["12", day, "02/08/2023"] for day in days]
    found, labels = with_days_asked(columns, [None, "started_on", "note"], rows)
    assert [row[1] for row in found] == written
    assert {row[2] for row in found} == {"02/08/2023"}
    assert labels == ([columns["started_on"].label] if found is not rows else [])
