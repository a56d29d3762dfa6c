"""Child rows of a record as lists write them: in one cell, or one of them in columns of its own."""

from decimal import Decimal

import pytest

from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files

TRACK = ["Ngày hoàn thành", "Xã", "Các đường", "Đóng góp"]
SESSION = ["Hình thức", "Ngày tổ chức", "Chủ đề", "Xã", "Lượt người dự nghe", "Địa điểm khác"]
PATROL = [
    "Hình thức", "Từ ngày", "Từ mốc", "Đến mốc", "Xã", "Quân số", "Kết quả", "Mốc đã kiểm tra",
]  # fmt: skip


def take(desk, tmp_path, type_name, *rows):
    path = files.write_openpyxl(tmp_path / "list.xlsx", rows)
    return desk.sheets.import_sheet(type_name, path, SheetRequest())


def below(desk, type_name, outcome, key):
    return [desk.records.read(type_name, one)[0].get(key) for one in outcome.records]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("1170: 120 m; 1171/1 (85,5)", [("1170", "120.0"), ("1171/1", "85.5")]),
        ("1170 · 120 m\n1171 · 1,5 km", [("1170", "120.0"), ("1171", "1500.0")]),
        ("Mốc 1170 – 40", [("1170", "40.0")]),
        ("1170; 1171", [("1170", None), ("1171", None)]),
        ('[{"marker": "1170", "length_m": 3.5}]', [("1170", "3.5")]),
    ],
)
def test_all_rows_stand_in_one_cell(post_desk, tmp_path, cell, wanted):
    outcome = take(post_desk, tmp_path, "track", TRACK, ["1/2/2023", "Mẫu Sơn", cell, ""])
    (lines,) = below(post_desk, "track", outcome, "lines")
    length = {marker: value and Decimal(value) for marker, value in wanted}
    assert [(one["marker"], one.get("length_m")) for one in lines] == [*length.items()]


def test_a_cell_of_funders_becomes_rows(post_desk, tmp_path):
    cell = "Công ty A: 5.000.000 đồng; Hội Phụ nữ – 20 bao xi măng, 5 m3 cát; Bà con"
    outcome = take(post_desk, tmp_path, "track", TRACK, ["1/2/2023", "Mẫu Sơn", "", cell])
    assert below(post_desk, "track", outcome, "funders") == [
        [
            {"name": "Công ty A", "amount_vnd": 5_000_000},
            {"name": "Hội Phụ nữ", "in_kind": "20 bao xi măng, 5 m3 cát"},
            {"name": "Bà con"},
        ]
    ]


@pytest.mark.parametrize("cell", ["mười hai", "1170: 120; x: y: z", "1170: dài lắm"])
def test_what_cannot_be_read_is_refused_with_the_form_to_write(post_desk, tmp_path, cell):
    outcome = take(post_desk, tmp_path, "track", TRACK, ["1/2/2023", "Mẫu Sơn", cell, ""])
    (refused,) = outcome.refused
    assert refused.column == "Các đường"
    assert "mốc · chiều dài" in refused.reason


def test_a_row_below_stands_in_columns_whose_headings_say_so(post_desk, tmp_path):
    head = ["TT", "Ngày hoàn thành", "Xã", "Mốc", "Chiều dài (km)", "Kinh phí", "Đơn vị ủng hộ",
            "Số tiền ủng hộ", "Hiện vật"]  # fmt: skip
    outcome = take(
        post_desk, tmp_path, "track", head,
        [1, "1/2/2023", "Mẫu Sơn", "1170", "0,5", "9.000.000", "Công ty A", "5.000.000", ""],
        [2, "2/2/2023", "Mẫu Sơn", "1171", "mười mấy", "", "", "", ""],
    )  # fmt: skip
    assert below(post_desk, "track", outcome, "lines") == [
        [{"marker": "1170", "length_m": Decimal(500)}]
    ]
    assert below(post_desk, "track", outcome, "funders") == [
        [{"name": "Công ty A", "amount_vnd": 5_000_000}]
    ]
    assert below(post_desk, "track", outcome, "cost_vnd") == [9_000_000]
    assert [one.column for one in outcome.refused] == ["Chiều dài (km)"]


def test_other_places_are_looked_up_like_the_one_of_the_record(post_desk, tmp_path):
    cells = ["Xã Cao Lâu, thôn Bản Vàng: 30 người; Xuất Lễ: 20", "Bản Vàng (Cao Lâu): 30"]
    rows = [
        ["Tập trung", f"{n}/2/2023", "Luật Biên phòng Việt Nam", "Mẫu Sơn", 100, cell]
        for n, cell in enumerate(cells, 1)
    ]
    outcome = take(post_desk, tmp_path, "outreach", SESSION, *rows)
    assert below(post_desk, "outreach", outcome, "other_places") == [
        [
            {"commune": "06196-2023", "hamlet": "thôn Bản Vàng", "attendance": 30},
            {"commune": "06202-2023", "attendance": 20},
        ],
        [{"commune": "06196-2023", "hamlet": "Bản Vàng", "attendance": 30}],
    ]


def test_a_marker_that_was_not_intact_stands_between_stretches(post_desk, tmp_path):
    cell = "1166-1167; 1169: hư hỏng, nứt chân; 1170"
    row = ["Đơn phương", "1/2/2023", "1166", "1170", "Mẫu Sơn", 5, "Giữ nguyên trạng", cell]
    outcome = take(post_desk, tmp_path, "patrol", PATROL, row)
    (inspected,) = below(post_desk, "patrol", outcome, "inspected")
    assert inspected[-2:] == [
        {"marker": "1169", "condition": "damaged", "remark": "nứt chân"},
        {"marker": "1170", "condition": "intact"},
    ]
    assert inspected[0] == {"marker": "1166", "condition": "intact"}


@pytest.mark.parametrize(
    "cell",
    ["1166, 1169,1170", "mốc 1166, mốc 1169 và mốc 1170", "1166\n1169, 1170", "1166, 1169-1170",
     "Mốc 1166, từ mốc 1169 Đến 1170", "MỐC 1166 VÀ từ 1169 tới mốc giới 1170"],
)  # fmt: skip
def test_a_cell_of_markers_becomes_a_row_each(post_desk, tmp_path, cell):
    row = ["Đơn phương", "1/2/2023", "1166", "1170", "Mẫu Sơn", 5, "Giữ nguyên trạng", cell]
    outcome = take(post_desk, tmp_path, "patrol", PATROL, row)
    (inspected,) = below(post_desk, "patrol", outcome, "inspected")
    named = [one["marker"] for one in inspected]
    assert (named[0], named[1], named[-1]) == ("1166", "1169", "1170")
    assert {tuple(one) for one in inspected} == {("marker", "condition")}


def test_a_marker_behind_another_is_no_length(post_desk, tmp_path):
    outcome = take(post_desk, tmp_path, "track", TRACK, ["1/2/2023", "Mẫu Sơn", "1170, 1171", ""])
    assert outcome.accepted == 0
    assert "1170, 1171" in outcome.refused[0].reason


def test_a_marker_behind_a_remark_is_no_part_of_it(post_desk, tmp_path):
    row = [
        "Đơn phương",
        "1/2/2023",
        "1166",
        "1170",
        "Mẫu Sơn",
        5,
        "Giữ nguyên trạng",
        "1166: nứt, 1170",
    ]
    outcome = take(post_desk, tmp_path, "patrol", PATROL, row)
    assert outcome.accepted == 0
    assert "1166: nứt, 1170" in outcome.refused[0].reason


@pytest.mark.parametrize("heading", ["Tình trạng mốc", "Hiện trạng cột mốc"])
@pytest.mark.parametrize(
    ("markers", "condition", "found"),
    [
        ("1166; 1170", "Tốt", ["intact", "intact"]),
        ("1166; 1170", "Bị hư hỏng", ["damaged", "damaged"]),
        ("1166; 1170: hư hỏng", "Nguyên vẹn", ["intact", "damaged"]),
        ("1166; 1170", "Mốc 1170 bị nghiêng", None),
        ("", "Bình thường", []),
        ("", "Hư hỏng", None),
    ],
)
def test_a_column_of_conditions_holds_for_all_markers_of_the_cell_beside_it(
    post_desk, tmp_path, heading, markers, condition, found
):
    head = [*PATROL[:-1], "Các mốc kiểm tra", heading]
    row = ["Đơn phương", "1/2/2023", "1166", "1170", "Mẫu Sơn", 5, "Giữ nguyên trạng"]
    outcome = take(post_desk, tmp_path, "patrol", head, [*row, markers, condition])
    assert outcome.accepted == (found is not None)
    for inspected in below(post_desk, "patrol", outcome, "inspected"):
        assert [one["condition"] for one in inspected or ()] == found
