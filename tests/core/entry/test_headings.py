"""Column headings of lists, and the fields they mean."""

import pytest

from borderdesk.entry.grid import columns_of
from borderdesk.entry.headings import heading_words, recognised
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.columns.sheet_columns import field_columns


def named(desk, type_name, *headings):
    return recognised(headings, field_columns(desk, type_name))


@pytest.mark.parametrize(
    ("type_name", "heading", "key"),
    [
        ("pledge", "Số CMND/CCCD", "household.citizen_id"),
        ("pledge", "Họ tên chủ hộ", "household.head"),
        ("pledge", "NGÀY, THÁNG, NĂM", "signed_on"),
        ("pledge", "signed_on", "signed_on"),
        ("outreach", "Lượt người", "attendance"),
        ("outreach", "Thôn, bản", "hamlet"),
        ("outreach", "Thôn/bản:", "hamlet"),
        ("outreach", "Tờ rơi (tờ)", "leaflets"),
        ("clearing", "Chiều dài (m)", "length_m"),
        ("clearing", "Chiều dài [mét]", "length_m"),
        ("registration", "Chiều dài (km)", "length_km"),
        ("pledge", "Ngày ký cam kết của hộ", "signed_on"),
        ("pledge", "Số hộ ký năm 2023", "count"),
        ("patrol", "Tổng số người", "participants"),
        ("clearing", "Tổng số người", "participants"),
    ],
)
def test_a_heading_names_its_field(post_desk, type_name, heading, key):
    assert named(post_desk, type_name, heading) == [key]


@pytest.mark.parametrize(
    "heading",
    ["TT", "STT", "Công dân quân", "Trưởng thôn", "Nơi", "Năm sinh", "Ngày sinh", "", "***"],
)
def test_a_heading_of_no_field_is_not_recognised(post_desk, heading):
    assert named(post_desk, "clearing", heading) == [None]


def test_a_place_belongs_to_the_household_where_one_is_named(post_desk):
    both = named(post_desk, "pledge", "Chủ hộ", "Xã", "Thôn")
    assert both == ["household.head", "household.commune", "household.hamlet"]
    assert named(post_desk, "pledge", "Xã", "Thôn", "Số hộ") == ["commune", "hamlet", "count"]
    assert named(post_desk, "registration", "Họ tên", "Xã") == ["name", "commune"]


@pytest.mark.parametrize(
    ("type_name", "key", "meant", "others"),
    [
        ("pledge", "count", "Số hộ ký", ["Số hộ"]),
        ("pledge", "count", "Số hộ đã ký", ["Tổng số hộ", "Số hộ", "Số hộ được tuyên truyền"]),
        ("pledge", "count", "Số hộ", ["Số hộ nghèo", "Số hộ chưa ký"]),
        ("pledge", "signed_on", "Ngày ký", ["Ngày"]),
        ("pledge", "household.head", "Họ tên chủ hộ", ["Họ tên"]),
        ("outreach", "attendance", "Số người tham gia", ["Số người"]),
        ("outreach", "attendance", "Số lượt người", ["Tổng số người", "Số người vắng"]),
        ("outreach", "attendance", "Lượt người", ["Số lượt người nữ", "Số người trong độ tuổi"]),
        ("pledge", "count", "Số hộ ký cam kết đợt 1", ["Số hộ", "Số hộ nghèo"]),
        ("incident", "fine_vnd", "Số tiền phạt", ["Số tiền"]),
    ],
)
def test_of_several_headings_of_a_field_the_one_that_says_more_is_meant(
    post_desk, type_name, key, meant, others
):
    for headings in ([*others, meant], [meant, *others]):
        found = dict(zip(headings, named(post_desk, type_name, *headings), strict=True))
        assert [heading for heading, one in found.items() if one == key] == [meant]


@pytest.mark.parametrize(
    ("type_name", "heading"),
    [
        ("pledge", "Số hộ chưa ký"), ("pledge", "Số hộ nghèo"), ("pledge", "Sổ hộ khẩu"),
        ("pledge", "Số hộ khẩu"), ("pledge", "Họ tên vợ (chồng)"), ("household", "Số CCCD của vợ"),
        ("outreach", "Lượt người là nữ"), ("outreach", "Số buổi kế hoạch"),
        ("clearing", "Đơn vị tính"),
    ],
)  # fmt: skip
def test_what_is_of_others_or_was_not_done_names_no_field(post_desk, type_name, heading):
    assert named(post_desk, type_name, heading) == [None]


def test_a_field_is_named_once(post_desk):
    assert named(post_desk, "clearing", "Ghi chú", "Ghi chú") == ["note", None]


@pytest.mark.parametrize("type_name", list(ALL_TYPES))
def test_every_label_and_key_of_a_grid_names_its_own_column(post_desk, type_name):
    columns = columns_of(post_desk, type_name)
    assert recognised([column.label for column in columns], columns) == [c.key for c in columns]


@pytest.mark.parametrize("type_name", list(ALL_TYPES))
def test_no_declared_heading_means_two_fields_of_a_type(post_desk, type_name):
    """Except parts of a household, which share headings with a record's own fields."""
    owners = {}
    for column in field_columns(post_desk, type_name):
        if "." in column.key:
            continue
        for heading in filter(str.strip, column.field.headings.split(";")):
            owners.setdefault(heading_words(heading), set()).add(column.key)
    assert {heading: keys for heading, keys in owners.items() if len(keys) > 1} == {}
