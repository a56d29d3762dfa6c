"""Places and people as clerks abbreviate them: T. Pò Mã, X.Xuất Lễ, TT Đồng Đăng, 8 đ/c."""

import pytest

from borderdesk.sheets.imports.outcome_messages import messages
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

PLEDGES = ["TT", "Chủ hộ", "Thôn", "Xã", "Ngày ký"]
DAY = "4/3/2023"


@pytest.mark.parametrize(
    "other",
    [
        "T. Pò Mã",
        "T.Pò Mã",
        "Th. Pò Mã",
        "Thôn: Pò Mã",
        "Pò Mã.",
        "Tổ 2, Pò Mã",
        "Pò Mã (12 hộ)",
        "Thôn Pò Mã/Xuất Lễ",
        "Pò Mã-Xuất Lễ",
    ],
)
def test_a_known_hamlet_is_the_same_in_short(post_desk, tmp_path, other):
    path = sheet(
        tmp_path,
        PLEDGES,
        [1, "Nông Văn Bình", "Pò Mã", "Xuất Lễ", DAY],
        [2, "Vi Thị Chanh", other, "Xuất Lễ", DAY],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert set(homes(post_desk).values()) == {("06202-2023", "Pò Mã")}
    assert [(one.name, one.rows) for one in outcome.unknown_hamlets] == [("Pò Mã", 2)]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("Bản Vàng", "Thôn Bản Vàng", "Bản Vàng"),
        ("Thôn Bản Vàng", "Bản Vàng", "Thôn Bản Vàng"),
        ("K1", "Khu 1", "Khu 1"),
        ("TDP 3", "Tổ dân phố 3", "Tổ dân phố 3"),
        ("Thôn 1", "Thôn 01", "Thôn 1"),
        ("KP. Hòa Bình", "Khu phố Hoà Bình", "Khu phố Hòa Bình"),
    ],
)
def test_a_new_hamlet_has_its_word_in_full_and_is_one(post_desk, tmp_path, first, second, name):
    path = sheet(
        tmp_path,
        PLEDGES,
        [1, "Nông Văn Bình", first, "Xuất Lễ", DAY],
        [2, "Vi Thị Chanh", second, "Xuất Lễ", DAY],
    )
    read(post_desk, "pledge", path, PROGRAMME)
    assert {hamlet for _commune, hamlet in homes(post_desk).values()} == {name}


@pytest.mark.parametrize(
    "address",
    [
        "T. Pò Mã, X. Xuất Lễ, H. Cao Lộc, T. Lạng Sơn",
        "Thôn Pò Mã - xã Xuất Lễ - Cao Lộc - LS",
        "thôn Pò Mã xã Xuất Lễ huyện Cao Lộc tỉnh Lạng Sơn",
        "Thôn Pò Mã, X.Xuất Lễ, L.Sơn",
    ],
)
def test_an_address_may_abbreviate_every_part(post_desk, tmp_path, address):
    path = sheet(
        tmp_path,
        ["TT", "Chủ hộ", "Địa chỉ thường trú", "Ngày ký"],
        [1, "Nông Văn Bình", address, DAY],
    )
    read(post_desk, "pledge", path, PROGRAMME)
    ((commune, hamlet),) = homes(post_desk).values()
    assert (commune, hamlet.casefold()) == ("06202-2023", "thôn pò mã")


@pytest.mark.parametrize(
    "commune", ["TT. Đồng Đăng", "TT Đồng Đăng", "T.T Đồng Đăng", "Đồng Đăng (30 hộ)"]
)
def test_a_column_of_towns_names_communes(post_desk, tmp_path, commune):
    path = sheet(
        tmp_path,
        ["TT", "Chủ hộ", "Khu", "Thị trấn", "Ngày ký"],
        [1, "Nông Văn Bình", "Khu 1", commune, DAY],
    )
    read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {"Nông Văn Bình": ("06184-2023", "Khu 1")}


def test_a_place_where_something_happened_has_its_commune(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày phát hiện", "Địa điểm xảy ra", "Loại vụ việc", "Tình trạng", "Xử phạt (đồng)"],
        [1, DAY, "Thôn Pò Mã, xã Xuất Lễ", "Ma túy", "Đang giải quyết", "6.000.000"],
    )
    outcome, (incident,) = read(post_desk, "incident", path)
    assert (incident["commune"], incident["fine_vnd"]) == ("06202-2023", 6_000_000)
    assert any("không đọc" in text for text in messages(outcome))


@pytest.mark.parametrize(
    ("written", "number"),
    [("8 đ/c", 8), ("08 đồng chí", 8), ("8đ/c", 8), ("05 CBCS", 5), ("10 đ/c + 2 DQ", None)],
)
def test_counts_in_comrades_are_read(post_desk, tmp_path, written, number):
    path = sheet(
        tmp_path,
        ["Ngày", "Hình thức", "Mốc", "Xã", "Quân số", "Kết quả"],
        [DAY, "Đơn phương", "1175-1178", "Xuất Lễ", written, "Giữ nguyên trạng"],
    )
    outcome, records = read(post_desk, "patrol", path)
    assert [one["participants"] for one in records] == ([number] if number else [])
    assert len(outcome.refused) == (number is None)


def test_the_word_none_leaves_a_count_empty(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Lượt người", "Tờ rơi"],
        [1, DAY, "Tập trung", "Phòng, chống ma túy", "Cao Lâu", 60, "không"],
        [2, DAY, "Tập trung", "Phòng, chống ma túy", "Xuất Lễ", "không", 20],
    )
    outcome, (session,) = read(post_desk, "outreach", path)
    assert session.get("leaflets") is None
    assert [one.row.number for one in outcome.refused] == [3]


def test_a_sheet_called_by_its_commune_gives_it(post_desk, tmp_path):
    rows = [
        ["TT", "Ngày", "Hình thức", "Nội dung", "Thôn", "Lượt người"],
        [1, DAY, "Tập trung", "Phòng, chống ma túy", "Nà Mỏ", 60],
    ]
    path = files.write_sheets(tmp_path / "list.xlsx", {"Cao Lâu": rows})
    _outcome, (session,) = read(post_desk, "outreach", path)
    assert session["commune"] == "06196-2023"
