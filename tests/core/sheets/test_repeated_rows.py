"""Rows that say the same as a row above them in their own list."""

from borderdesk.schema.kinds import doubt_text
from borderdesk.sheets.imports.outcome_messages import messages
from tests.core.sheets.test_list_habits import PROGRAMME, read, sheet

HEAD = ["TT", "Ngày", "Hình thức", "Từ mốc", "Đến mốc", "Xã", "Quân số", "Kết quả", "Ghi chú"]


def patrol(number, day, note=None):
    row = [number, day, "Tuần tra đơn phương", "1166", "1171", "Cao Lâu", 8, "Nguyên trạng"]
    return [*row, note]


def test_a_row_that_repeats_one_above_is_told_beside_it(post_desk, tmp_path):
    rows = [HEAD, patrol(1, "1/3/2023"), patrol(2, "2/3/2023"), patrol(3, "1/3/2023")]
    outcome, records = read(post_desk, "patrol", sheet(tmp_path, *rows))
    assert (outcome.accepted, outcome.same, len(records)) == (2, 1, 2)
    assert (outcome.repeated, outcome.same_rows) == ({4: 2}, [])
    assert any("không được nhập: 4 (= 2). Nếu" in text for text in messages(outcome))
    (shown,) = outcome.shown["same"]
    assert [*map(doubt_text, shown.reasons)] == ["Giống hệt dòng 2 của danh sách này."]
    # What is here since then is told as such, as is the second one with a note of its own.
    rows[-1] = patrol(3, "1/3/2023", "Tổ 2, buổi chiều")
    outcome, _records = read(post_desk, "patrol", sheet(tmp_path, *rows))
    assert (outcome.accepted, outcome.near) == (1, 1)
    assert (outcome.same_rows, outcome.repeated) == ([2, 3], {})


def test_a_household_that_is_named_twice_is_told_too(post_desk, tmp_path):
    home = ["Nông Văn Bình", "Pò Mã", "Xuất Lễ", "5/3/2023"]
    path = sheet(tmp_path, ["TT", "Chủ hộ", "Thôn", "Xã", "Ngày ký"], [1, *home], [2, *home])
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.accepted, outcome.same, outcome.repeated) == (1, 1, {3: 2})
