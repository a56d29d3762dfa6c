"""Hamlet and commune from one cell, as lists write homes and meeting places."""

import pytest

from borderdesk.base.text import fold
from borderdesk.schema.kinds import FieldError
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.values.addresses import AddressReader
from tests.core.sheets.test_list_habits import PROGRAMME, TOPIC, homes, read, sheet


@pytest.mark.parametrize(
    ("text", "hamlet", "commune"),
    [
        ("Thôn Pò Mã, xã Xuất Lễ, huyện Cao Lộc, tỉnh Lạng Sơn", "Thôn Pò Mã", "xã Xuất Lễ"),
        ("Pò Mã - Xuất Lễ - Cao Lộc - Lạng Sơn", "Pò Mã", "Xuất Lễ"),
        ("xã Xuất Lễ, thôn Pò Mã", "thôn Pò Mã", "xã Xuất Lễ"),
        ("Xuất Lễ, Pò Mã", "Pò Mã", "Xuất Lễ"),
        ("Pò Mã (Xuất Lễ)", "Pò Mã", "Xuất Lễ"),
        ("Pò Mã-Xuất Lễ", "Pò Mã", "Xuất Lễ"),
        ("Nà Phát-Bó Củng", "Nà Phát-Bó Củng", ""),
        ("Xuất Lễ, Cao Lộc, Lạng Sơn", "", "Xuất Lễ"),
        ("Khuổi Tẳng, Mẫu Sơn, Lộc Bình", "Khuổi Tẳng", "Mẫu Sơn, huyện Lộc Bình"),
        ("Mẫu Sơn (Lộc Bình)", "", "Mẫu Sơn, huyện Lộc Bình"),
        ("Bản Ranh, Cao Lộc", "Bản Ranh", "Cao Lộc"),
        ("Nà Mỏ, 06196", "Nà Mỏ", "06196"),
        ("Pò Mã", "Pò Mã", ""),
    ],
)
def test_an_address_is_read_with_or_without_what_is_above_the_commune(
    post_desk, text, hamlet, commune
):
    assert AddressReader(post_desk.book).read(text) == (hamlet, commune, [])


@pytest.mark.parametrize(
    ("text", "hamlet", "commune", "left_out"),
    [
        ("Nhà văn hóa thôn Pò Mã, xã Xuất Lễ", "thôn Pò Mã", "xã Xuất Lễ", ["Nhà văn hóa"]),
        ("Hội trường UBND xã Xuất Lễ", "", "xã Xuất Lễ", ["Hội trường UBND"]),
        ("Các thôn biên giới xã Xuất Lễ", "", "xã Xuất Lễ", ["Các thôn biên giới"]),
        ("Mốc 1146 - 1148, xã Xuất Lễ", "", "xã Xuất Lễ", ["Mốc 1146", "1148"]),
        ("thôn Pò Mã, mốc 1146", "thôn Pò Mã", "", ["mốc 1146"]),
        ("Tổ 3, Pò Mã, Xuất Lễ", "Pò Mã", "Xuất Lễ", ["Tổ 3"]),
        ("Số nhà 5, tổ 3, thôn Pò Mã, Xuất Lễ", "thôn Pò Mã", "Xuất Lễ", ["Số nhà 5", "tổ 3"]),
        ("Chợ Cũ, Cao Lâu", "", "Cao Lâu", ["Chợ Cũ"]),
        ("Thôn Chợ Cũ, xã Cao Lâu", "Thôn Chợ Cũ", "xã Cao Lâu", []),
    ],
)
def test_houses_streets_and_markers_are_no_hamlets(post_desk, text, hamlet, commune, left_out):
    assert AddressReader(post_desk.book).read(text) == (hamlet, commune, left_out)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thôn Pò Mã, Bản Ranh, xã Xuất Lễ", "nhiều thôn .Thôn Pò Mã; Bản Ranh."),
        ("Thôn Pò Mã và thôn Bản Ranh xã Xuất Lễ", "nhiều thôn .Thôn Pò Mã; thôn Bản Ranh."),
        ("Xã Xuất Lễ, xã Cao Lâu", "nhiều xã .Xã Xuất Lễ; xã Cao Lâu."),
        ("Xuất Lễ, Cao Lâu", "nhiều xã .Cao Lâu; Xuất Lễ."),
    ],
)
def test_of_several_hamlets_or_communes_none_is_taken(post_desk, text, words):
    with pytest.raises(FieldError, match=words):
        AddressReader(post_desk.book).read(text)


@pytest.mark.parametrize("dash", ["-", "–", "- -", "—", "()"])
def test_a_dash_is_no_address(post_desk, tmp_path, dash):
    path = sheet(
        tmp_path,
        ["STT", "Họ tên", "Nơi thường trú", "Ngày ký cam kết"],
        [1, "Nông Văn Bình", dash, "12/3/2023"],
        [2, "Lý Văn Cao", "Pò Mã, Xuất Lễ", "12/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {"Lý Văn Cao": ("06202-2023", "Pò Mã")}
    assert [one.row.number for one in outcome.refused] == [2]


def test_a_list_of_addresses_names_the_communes_that_are_meant(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["STT", "Họ tên", "Nơi thường trú", "Ngày ký cam kết"],
        [1, "Nông Văn Bình", "Khuổi Tẳng, Mẫu Sơn, Lộc Bình", "12/3/2023"],
        [2, "Lý Văn Cao", "Tổ 2, Khuổi Cấp, Mẫu Sơn", "12/3/2023"],
        [3, "Vi Thị Chanh", "Xuất Lễ, Cao Lộc, Lạng Sơn", "12/3/2023"],
        [4, "Vi Thị Dung", "Xuất Lễ, Cao Lâu", "12/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {
        "Nông Văn Bình": ("06532-2023", "Khuổi Tẳng"),
        "Lý Văn Cao": ("06238-2023", "Khuổi Cấp"),
    }
    assert [one.row.number for one in outcome.refused] == [4, 5]
    told = "1 dòng (3): Phần không phải tên thôn, xã nên không đọc."
    assert told in messages(outcome)


def test_a_commune_in_the_cell_of_the_hamlet_is_the_commune(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Họ tên", "Thôn", "Xã", "Ngày ký"],
        ["Nông Văn Bình", "Pò Mã, xã Xuất Lễ", None, "12/3/2023"],
        ["Lý Văn Cao", "Pò Mã - Xuất Lễ", "Xuất Lễ", "12/3/2023"],
        ["Vi Thị Chanh", "Nhà văn hóa thôn Nà Mỏ", "Cao Lâu", "12/3/2023"],
        ["Vi Thị Dung", "Thôn Nà Mỏ (khu cũ)", "Cao Lâu", "12/3/2023"],
        ["Vi Thị Én", "Pò Mã, xã Xuất Lễ", "Cao Lâu", "12/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {
        "Nông Văn Bình": ("06202-2023", "Pò Mã"),
        "Lý Văn Cao": ("06202-2023", "Pò Mã"),
        "Vi Thị Chanh": ("06196-2023", "thôn Nà Mỏ"),
        "Vi Thị Dung": ("06196-2023", "Thôn Nà Mỏ (khu cũ)"),
    }
    assert [(one.row.number, one.reason) for one in outcome.refused] == [
        (6, "Ô này ghi xã khác với xã của dòng: xã Xuất Lễ.")
    ]


def test_a_hamlet_named_like_a_house_is_one_where_people_live(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Họ tên", "Thôn", "Xã", "Ngày ký"],
        ["Nông Văn Bình", "Trường Sơn", "Xuất Lễ", "12/3/2023"],
        ["Lý Văn Cao", "Chợ Mới", "Xuất Lễ", "12/3/2023"],
        ["Vi Thị Chanh", "Nhà văn hóa", "Xuất Lễ", "12/3/2023"],
        ["Vi Thị Dung", "Số nhà 12", "Xuất Lễ", "12/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {hamlet for _commune, hamlet in homes(post_desk).values()} == {"Trường Sơn", "Chợ Mới"}
    assert [one.row.number for one in outcome.refused] == [4, 5]
    path = sheet(
        tmp_path,
        ["Họ tên", "Nơi thường trú", "Ngày ký"],
        ["Nông Văn Én", "Chợ Cũ, Cao Lâu", "12/3/2023"],
        ["Lý Văn Giáp", "Mốc 1146, Cao Lâu", "12/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk)["Nông Văn Én"] == ("06196-2023", "Chợ Cũ")
    assert [one.row.number for one in outcome.refused] == [3]
    # A known name is the hamlet of every record there.
    head = ["Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"]
    rows = [["5/8/2023", "Tập trung", TOPIC, "Xuất Lễ", "Chợ Mới", 40]]
    rows += [["6/8/2023", "Tập trung", TOPIC, "Xuất Lễ", "Chợ Cũ", 40]]
    _outcome, records = read(post_desk, "outreach", sheet(tmp_path, head, *rows))
    assert [one.get("hamlet") for one in records] == ["Chợ Mới", None]


@pytest.mark.parametrize(
    ("name", "taken", "doubt"),
    [
        ("12345", None, None),
        ("x", None, None),
        ("1. Lý Văn Khai", "Lý Văn Khai", None),
        ("Lý Văn Hiền - SN 1970", "Lý Văn Hiền - SN 1970", "chữ số hoặc dấu ngoặc"),
        ("(đã chuyển) Lý Văn On", "(đã chuyển) Lý Văn On", "chữ số hoặc dấu ngoặc"),
        ("Lý Văn Hiền", "Lý Văn Hiền", None),
    ],
)
def test_what_is_no_name_of_a_person_makes_no_household(post_desk, tmp_path, name, taken, doubt):
    head = ["TT", "Họ tên", "Thôn", "Xã", "Ngày ký"]
    path = sheet(tmp_path, head, [1, name, "Pò Mã", "Xuất Lễ", "12/3/2023"])
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert list(homes(post_desk)) == [taken] * (taken is not None)
    assert ("chữ số hoặc dấu ngoặc" in " ".join(messages(outcome))) == (doubt is not None)


def test_the_district_of_before_names_no_other_commune_of_today(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Ngày", "Hình thức", "Nội dung", "Địa điểm", "Lượt người"],
        ["5/8/2025", "Tập trung", TOPIC, "Pò Mã, Ba Sơn, Cao Lộc, Lạng Sơn", 40],
        ["5/8/2025", "Tập trung", TOPIC, "Nà Lầu, xã Mẫu Sơn, huyện Lộc Bình", 41],
        ["5/8/2025", "Tập trung", TOPIC, "Nà Lầu, xã Mẫu Sơn, huyện Cao Lộc", 42],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [one["commune"] for one in records] == ["06196-2025", "06541-2025"]
    assert [one.row.number for one in outcome.refused] == [4]


@pytest.mark.parametrize(("cell", "hamlet"), [("-", None), ("Toàn xã", None), ("Pò Mã", "Pò Mã")])
def test_a_dash_or_the_whole_commune_is_no_hamlet(post_desk, tmp_path, cell, hamlet):
    head = ["Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"]
    row = ["5/8/2023", "Tập trung", TOPIC, "Xuất Lễ", cell]
    path = sheet(tmp_path, head, [*row, 40], [*row, 50])
    _outcome, records = read(post_desk, "outreach", path)
    assert [one.get("hamlet") for one in records] == [hamlet] * 2


@pytest.mark.parametrize(
    "cell", ["Pò Mã, Bản Ranh", "Pò Mã; bản Ranh", "Pò Mã và Bản Ranh", "Khu 1, 2"]
)
def test_two_hamlets_in_one_cell_become_no_new_one(post_desk, tmp_path, cell):
    path = sheet(
        tmp_path, ["Họ tên", "Thôn", "Xã", "Ngày ký"],
        ["Nông Văn Bình", cell, "Xuất Lễ", "12/3/2023"],
        ["Vi Thị Én", "Pò Mã, tổ 3", "Xuất Lễ", "12/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one.row.number for one in outcome.refused] == [2]
    assert outcome.refused[0].reason.startswith("Ô này ghi nhiều thôn (")
    decided = SheetRequest(fixed=PROGRAMME, hamlets={("", fold(cell)): "Pò Mã"})
    assert post_desk.part(SheetImport).import_sheet("pledge", path, decided).refused == []


def test_a_hamlet_of_a_row_and_of_its_household_is_one(post_desk, tmp_path):
    path = sheet(
        tmp_path, ["Đối tượng", "Họ tên chủ hộ", "Xã", "Thôn", "Từ ngày"],
        ["Hộ gia đình", "Nông Văn An", "Cao Lâu", "Bản Chưa Biết", "5/3/2023"],
        ["Hộ gia đình", "Nông Văn Ba", "Cao Lâu", "Pò Mã, Bản Ranh", "5/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "registration", path)
    assert [(one.name, one.rows) for one in outcome.unknown_hamlets] == [("Bản Chưa Biết", 1)]
    (refused,) = outcome.refused
    assert (refused.column, refused.reason.count("nhiều thôn")) == ("Thôn", 1)


def test_what_is_left_out_of_the_same_address_is_told_of_every_row(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Họ tên", "Thôn", "Xã", "Ngày ký"],
        *(
            [head, "Nhà văn hóa thôn Nà Mỏ", "Cao Lâu", "12/3/2023"]
            for head in ("Nông Văn Bình", "Lý Văn Cao", "Vi Thị Chanh")
        ),
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {hamlet for _commune, hamlet in homes(post_desk).values()} == {"thôn Nà Mỏ"}
    told = "3 dòng (2–4): Phần không phải tên thôn, xã nên không đọc."
    assert told in messages(outcome)


def in_rows(desk, tmp_path, *rows, title="DANH SÁCH"):
    """The commune and hamlet of each session (day, commune, hamlet), None if it was refused."""
    lines = [[n, day, "Tập trung", TOPIC, *place, 40 + n] for n, (day, *place) in enumerate(rows)]
    head = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"]
    outcome, records = read(desk, "outreach", sheet(tmp_path, [title], head, *lines))
    found = {one["attendance"] - 40: (one["commune"], one.get("hamlet")) for one in records}
    return outcome, [found.get(n) for n in range(len(rows))]


def test_a_remark_beside_a_commune_tells_what_it_was_or_became(post_desk, tmp_path):
    old, new = "07/03/2023", "07/03/2026"
    outcome, places = in_rows(
        post_desk,
        tmp_path,
        (old, "Ba Sơn (Xuất Lễ cũ)", "Pò Mã"),
        (new, "xã Ba Sơn (xã Xuất Lễ cũ)", "Pò Mã"),
        (old, "Xuất Lễ (nay là Ba Sơn)", "Pò Mã"),
        (new, "Xuất Lễ (nay là Ba Sơn)", "Pò Mã"),
        (old, "Xuất Lễ (giáp biên)", "Pò Mã"),
        (old, "xã Xuất Lễ cũ", "Pò Mã"),
        (new, "Ba Sơn (Bảo Lâm cũ)", "Pò Mã"),
        (old, "Cao Lâu (Xuất Lễ cũ)", "Pò Mã"),
        (new, "xã Xuất Lễ cũ", "Pò Mã"),
    )
    before, today = ("06202-2023", "Pò Mã"), ("06196-2025", "Pò Mã")
    assert places == [before, today, before, today, before, before, None, None, None]
    assert "2 dòng (7–8): Phần không phải tên thôn, xã nên không đọc." in messages(outcome)
    assert "nay là Xã Ba Sơn" in outcome.refused[-1].reason


def test_a_remark_beside_a_hamlet_makes_no_new_one(post_desk, tmp_path):
    day, commune = "07/03/2023", "Xuất Lễ"
    written = [
        "Pò Mã", "Pò Mã (giáp biên)", "Thôn Pò Mã - giáp biên", "Pò Mã [thôn cũ]", "Pò Mã *",
        "pò mã (bản ranh)", "Cả xã", "3 thôn", "Pò Mã (nay là Bản Ranh)", "Pò Mã (Bản Ranh cũ)",
    ]  # fmt: skip
    outcome, places = in_rows(post_desk, tmp_path, *((day, commune, one) for one in written))
    names = [place and place[1] for place in places]
    assert names == [*["Pò Mã"] * 5, "pò mã (bản ranh)", None, None, None, None]
    assert [one.row.number for one in outcome.refused] == [11, 12]
    assert all("Pò Mã; Bản Ranh" in one.reason for one in outcome.refused)


def test_two_known_hamlets_of_one_cell_are_asked_about(post_desk, tmp_path):
    day, commune = "07/03/2023", "Xuất Lễ"
    asked = [(day, commune, one) for one in ("Pò Mã", "Bản Ranh", "Pò Mã (Bản Ranh)", "Nà (Bó)")]
    outcome, places = in_rows(post_desk, tmp_path, *asked)
    assert [place and place[1] for place in places] == ["Pò Mã", "Bản Ranh", None, "Nà (Bó)"]
    assert "Pò Mã; Bản Ranh" in outcome.refused[0].reason


def test_a_code_beside_the_name_of_a_commune(post_desk, tmp_path):
    written = ["06202 - Xuất Lễ", "Xuất Lễ – 06202", "06202. xã Xuất Lễ", "6202.0", "06196 Xuất Lễ"]
    asked = [("07/03/2023", one, "Pò Mã") for one in written]
    outcome, places = in_rows(post_desk, tmp_path, *asked)
    assert places == [*[("06202-2023", "Pò Mã")] * 4, None]
    assert "06196 Xuất Lễ" in outcome.refused[0].reason
