"""Words of clerks beside a date, a number or a marker: a time, a remark, a second unit."""

import pytest

from borderdesk.schema.kinds import FieldError
from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.kinds.marker import MARKER_ALONE
from borderdesk.schema.kinds.numbers import IN_WORDS, WITHOUT_WORDS
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.records.clearing import Clearing
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.outreach import Outreach
from borderdesk.schema.records.programme import Programme
from borderdesk.sheets.columns.carried_values import is_repetition
from borderdesk.sheets.columns.shared_columns import split_days, split_markers
from borderdesk.sheets.imports.outcome_messages import messages
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

DAY = Outreach.columns()["held_on"]
TURNS = Outreach.columns()["attendance"]
METRES = Clearing.columns()["length_m"]
KILOMETRES = Programme.columns()["length_km"]
MARKER = Clearing.columns()["from_marker"]
PHONE = Household.columns()["phone"]
CARD = Household.columns()["citizen_id"]


def given(field, cell):
    """The text read from a cell, and its doubts."""
    reading = CellReading()
    return field.from_sheet(cell, reading), [message for message, _value in reading.doubts]


@pytest.mark.parametrize(
    "cell",
    [
        "07/3/2023 (chiều)",
        "Buổi sáng 07/3/2023",
        "buổi chiều ngày 07/3/2023",
        "Chiều thứ Ba (07/3/2023)",
        "8h00-10h00 ngày 07/3/2023",
        "Từ 8h00 đến 10h00 ngày 07/3/2023",
        "14h00 - 16h30, ngày 07/3/2023",
        "07/3/2023 lúc 8h",
        "07/3/2023 08:00-10:00",
        "07/3/2023 (8h00 - 10h00)",
        "07/3/2023 (sáng, từ 8h00 đến 10h00)",
        "Ngày 07/3/2023 từ 14h-16h",
        "Ngày: 07/3/2023",
        "07/3/2023;",
    ],
)
def test_a_part_of_the_day_beside_a_date_is_left_out(cell):
    assert given(DAY, cell) == ("07/3/2023", [])


def test_a_number_of_days_with_a_point_and_words_without_spaces_are_dates():
    assert given(DAY, "45003.") == ("2023-03-18", [])
    assert given(DAY, "7tháng3năm2023") == ("7/3/2023", [])


@pytest.mark.parametrize(
    "cell", ["07/3/2023 âm lịch", "khoảng 07/3/2023", "7-8/3/2023", "07/3/2023 (?)"]
)
def test_what_may_be_another_day_stays_as_it_is(cell):
    assert given(DAY, cell) == (cell, [])


@pytest.mark.parametrize("cell", ["7/3/'23", "07/03/’23", "7 – 3 – 2023"])
def test_a_date_may_have_an_apostrophe_or_long_dashes(cell):
    text, doubts = given(DAY, cell)
    assert (DAY.read(text, NEUTRAL).isoformat(), doubts) == ("2023-03-07", [])


@pytest.mark.parametrize("cell", ["3-4/12", "3 – 4/12", "1-3/2023", "10-12.2023"])
def test_days_and_months_from_one_to_another_are_no_day_of_another_year(cell):
    with pytest.raises(FieldError, match="Ô này ghi nhiều ngày hoặc nhiều tháng"):
        given(DAY, cell)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3-4/12", ("3/12", "4/12")),
        ("từ ngày 3 đến ngày 5 tháng 4 năm 2023", ("3/4/2023", "5/4/2023")),
        ("từ 7h30 ngày 3/5 đến 16h00 ngày 5/5/2023", ("3/5/2023", "5/5/2023")),
        ("Từ 30/12 đến 02/01/2023", ("30/12/2022", "02/01/2023")),
        ("30/12/22 - 2/1", ("30/12/22", "2/1/23")),
        ("29 tháng 12, năm 2022 đến 3 tháng 1", ("29/12/2022", "3/1/2023")),
        ("28/4 - 2/3/2023", ("28/4/2023", "2/3/2023")),
        ("7h30 - 16h00 ngày 10/7/2023", None),
    ],
)
def test_days_from_one_to_another_may_be_of_two_years(text, days):
    assert split_days(text) == days


def test_days_around_a_new_year_need_a_year():
    with pytest.raises(FieldError, match="hãy ghi năm cho cả hai ngày"):
        split_days("30/12 - 2/1")


def test_a_long_text_in_place_of_a_date_is_left_alone():
    assert given(DAY, "-" * 100_000)[0] == "-" * 100_000


@pytest.mark.parametrize(
    ("cell", "metres", "kilometres"),
    [
        ("1km200", "1200", "1,2"),
        ("1 km 200 m", "1200", "1,2"),
        ("12km 350m", "12350", "12,4"),
        ("2km 50m", "2050", "2,1"),
        ("0km500", "500", "0,5"),
    ],
)
def test_a_length_in_two_units(cell, metres, kilometres):
    assert given(METRES, cell) == (metres, [])
    assert given(KILOMETRES, cell)[0] == kilometres


@pytest.mark.parametrize("cell", ["1km2", "2 km 50", "1km05", "1km1500", "500m+300m", "trên 500"])
def test_a_length_that_may_be_several_is_none(cell):
    assert METRES._number(given(METRES, cell)[0]) is None


@pytest.mark.parametrize(
    ("cell", "turns"),
    [
        ("mười lăm người", 15),
        ("Hai mươi mốt", 21),
        ("bốn mươi tư lượt", 44),
        ("một trăm linh năm", 105),
        ("hai trăm ba mươi", 230),
        ("6 + 2", 8),
        ("6+2+4 người", 12),
    ],
)
def test_a_number_in_words_and_a_sum_are_numbers(cell, turns):
    text, doubts = given(TURNS, cell)
    assert TURNS.read(text, NEUTRAL) == turns
    assert doubts == ([] if "+" in cell else [IN_WORDS])


@pytest.mark.parametrize(
    "cell",
    [
        "mươi người", "ba bốn người", "mười mấy", "một trăm năm", "hai nghìn", "vài", "hai ba",
        "một vài", "một số người", "Một ít", "một nửa", "hai phần ba",
    ],
)  # fmt: skip
def test_words_that_leave_a_number_open_are_none(cell):
    text, doubts = given(TURNS, cell)
    assert (text, doubts) == (cell, [])
    with pytest.raises(FieldError, match="Phải là số nguyên"):
        TURNS.read(text, NEUTRAL)


@pytest.mark.parametrize("cell", ["khoảng 40", "~40", "trên 1.000", "40-50", "40/50", "40+"])
@pytest.mark.parametrize("field", [TURNS, METRES])
def test_a_number_that_is_not_exact_asks_for_one(field, cell):
    with pytest.raises(FieldError, match="không phải một con số chính xác"):
        field.read(given(field, cell)[0], NEUTRAL)


@pytest.mark.parametrize(
    ("field", "cell", "number"),
    [("sessions", "02 cuộc", 2), ("leaflets", "120 tờ rơi", 120), ("document_sets", "5 bộ", 5)],
)
def test_words_for_what_is_counted_are_no_part_of_the_number(field, cell, number):
    column = Outreach.columns()[field]
    assert column.read(given(column, cell)[0], NEUTRAL) == number


@pytest.mark.parametrize(
    ("cell", "text", "doubts"),
    [
        ("12.", "12", []),
        ("'12", "12", []),
        ("12,0", "12", []),
        ("1.234,00", "1234", []),
        ("12 (4 nữ)", "12", [WITHOUT_WORDS]),
        ("40 lượt người (có 4 nữ)", "40", [WITHOUT_WORDS]),
        ("khoảng 40 (4 nữ)", "khoảng 40 (4 nữ)", []),
        ("12,5", "12,5", []),
    ],
)
def test_what_stands_around_a_number(cell, text, doubts):
    assert given(TURNS, cell) == (text, doubts)


@pytest.mark.parametrize(
    ("cell", "text", "doubts"),
    [
        ("1175+200m", "1175", [MARKER_ALONE]),
        ("Mốc số: 1175/1 + 50", "1175/1", [MARKER_ALONE]),
        ("1175 (giáp suối)", "1175", [MARKER_ALONE]),
        ("1150 (2)", "1150/2", []),
        ("1150/02", "1150/2", []),
        ("1175.0", "1175", []),
        ("1175 - 200m", "1175 - 200m", []),
        ("1175 (cũ 1170)", "1175 (cũ 1170)", []),
    ],
)
def test_what_stands_behind_a_marker(cell, text, doubts):
    assert given(MARKER, cell) == (text, doubts)


@pytest.mark.parametrize(
    ("text", "ends", "doubted"),
    [
        ("1175+200m - 1176", ("1175", "1176"), True),
        ("1175 đến 1176+300m", ("1175", "1176"), True),
        ("1175-1176 (2 km)", ("1175", "1176"), True),
        ("1175 – 1176(2)", ("1175", "1176/2"), False),
    ],
)
def test_both_markers_of_a_cell(text, ends, doubted):
    reading = CellReading()
    assert split_markers("a..b", text, reading) == dict(zip("ab", ends, strict=True))
    assert bool(reading.doubts) == doubted


@pytest.mark.parametrize(
    "text", ["1175-76", "1175/1-2", "1175-1176-1177", "từ 1175 đến 76", "1175 tới mốc 76"]
)
def test_a_marker_that_is_not_written_whole_is_asked_for(text):
    with pytest.raises(FieldError):
        split_markers("a..b", text, CellReading())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0912345678.0", "0912345678"),
        ("'0912345678", "0912345678"),
        ("SĐT: 0912 345 678;", "0912 345 678"),
        ("+840912345678", "0912345678"),
        ("0912345678 (vợ)", "0912345678 (vợ)"),
        ("ĐT: 0912 345 678\n0987654321", "0912 345 678; 0987654321"),
        ("0912345678 hoặc 0987654321.", "0912345678; 0987654321"),
        # Too long for a field, and no part is dropped silently.
        ("0912345678" * 30, "0912345678" * 30),
    ],
)
def test_what_stands_around_a_telephone_number(cell, text):
    assert given(PHONE, cell) == (text, [])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("CCCD: 020080012350", "020080012350"),
        ("CMND 081.234.570", "081234570"),
        ("CMND số: 081234570", "081234570"),
        ("Căn cước công dân 020080012350", "020080012350"),
        ("mất", ""),
    ],
)
def test_the_word_before_the_number_of_a_card(cell, text):
    assert given(CARD, cell) == (text, [])


@pytest.mark.parametrize("cell", ['" "', "- // -", "(nt)", "..nt..", "n.t", "‘’", "như nt", "NT."])
def test_a_mark_of_repetition_in_any_form(cell):
    assert is_repetition(cell)


@pytest.mark.parametrize("cell", ["", "-", "..", "’", "Nà Tà", "nta", "/"])
def test_what_is_no_mark_of_repetition(cell):
    assert not is_repetition(cell)


def test_marks_around_a_name_are_none_of_it(post_desk, tmp_path):
    written = ["- Nông Văn An.", "Lý Văn Bình*", "“Vi Thị Chanh”", "Vi Văn Dũng¹;", "Lý (B) Én"]
    path = sheet(
        tmp_path,
        ["Họ tên chủ hộ", "Thôn", "Xã", "Ngày ký"],
        *[[one, "Pò Mã", "Xuất Lễ", "5/3/2023"] for one in written],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    names = {"Nông Văn An", "Lý Văn Bình", "Vi Thị Chanh", "Vi Văn Dũng", "Lý (B) Én"}
    assert homes(post_desk).keys() == names
    assert "2 dòng (3, 5): Đã bỏ dấu ghi cạnh tên người." in messages(outcome)
