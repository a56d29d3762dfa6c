"""The board of submissions, the comparisons, and the texts that ask for missing ones."""

import datetime
import json

import pytest

from borderdesk import __version__
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setups import SetupEntry
from borderdesk.exchange.entries.statements import FigureStatements, StatementEntry
from borderdesk.exchange.merging import request_texts
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.tracking import board
from borderdesk.exchange.tracking.board import AGAIN, EMPTY, LATE, MISSING, ON_TIME
from borderdesk.exchange.tracking.board_details import board_year, month_details, request_text
from borderdesk.exchange.tracking.submissions import Submission, counting
from borderdesk.schema.kinds import FieldError
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import clearing, new_desk, send, trust

TODAY = datetime.datetime.now().astimezone().date()
THIS = TODAY.replace(day=1)
BEFORE = (THIS - datetime.timedelta(days=1)).replace(day=1)
"""The month before this one, which a post sends now; the year before is long past."""
DUE_DAY = 28


@pytest.fixture
def desks(tmp_path):
    """Two posts and the province, which knows them."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as one,
        new_desk(tmp_path / "cl", "post", "CL", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        # On most days of a test run the previous month is not late yet.
        province.reference.set_setting("due_day", str(DUE_DAY))
        yield one, two, province


def cell(province, unit, month, year=2023):
    table = province.exchange.board.table(year)
    (row,) = [row for row in table.rows if row.unit == unit]
    return row.cells[month - 1]


def test_the_board_has_a_row_for_every_post_and_nothing_was_sent(desks):
    _one, _two, province = desks
    table = province.exchange.board.table(2023)
    assert [row.unit for row in table.rows] == list(province.book.posts)
    assert {cell.state for row in table.rows for cell in row.cells} == {EMPTY}
    assert not any(cell.overdue for row in table.rows for cell in row.cells)
    following = province.exchange.board.table(TODAY.year + 1)
    assert not any(cell.overdue for row in following.rows for cell in row.cells)


def test_a_month_is_due_on_the_due_day_of_the_next(desks):
    _one, _two, province = desks
    board, calendar = province.exchange.board, province.calendar()
    assert board.due(calendar.parse("2023-11")) == datetime.date(2023, 12, 28)
    assert board.due(calendar.parse("2023-12")) == datetime.date(2024, 1, 28)
    province.reference.set_setting("due_day", "0")
    assert board.due(calendar.parse("2023-12")) == datetime.date(2024, 1, 1)


def handed_in(desks, tmp_path, period, desk=None):
    """Send a period to the province; the outcome of its import."""
    one, _two, province = desks
    wish = ExportOptions(receiver="20")
    return province.exchange.imports.take(send(desk or one, tmp_path, period, wish))


def test_a_post_is_asked_from_its_first_record_or_as_declared(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-03-08"))
    handed_in(desks, tmp_path, "2023-03")
    states = [cell(province, "BS", month).state for month in (1, 2, 3, 4)]
    assert states == [EMPTY, EMPTY, LATE, MISSING]
    # For a post that was never heard of it is unknown: it is asked once it sends something.
    assert [cell(province, "CL", month).state for month in (2, 3)] == [EMPTY, MISSING]
    file = tmp_path / "posts.csv"
    row = province.book.posts["CL"]
    file.write_text(
        "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
        f"CL,{row.name},,{' '.join(row.communes)},1,0,2023-05-10,2023-07-31,BS\n", "utf-8",
    )  # fmt: skip
    province.reference.load(file)
    states = [cell(province, "CL", month).state for month in (4, 5, 7, 8)]
    assert states == [EMPTY, MISSING, MISSING, EMPTY]
    assert province.book.posts["CL"].successors == ("BS",)


def test_on_time_late_and_sent_again(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-01-08"))
    now = f"{BEFORE:%Y-%m}"
    for period in (now, "2023-05"):
        handed_in(desks, tmp_path, period)
    in_time = TODAY.day <= DUE_DAY
    assert cell(province, "BS", BEFORE.month, BEFORE.year).state == (ON_TIME if in_time else LATE)
    may = cell(province, "BS", 5)
    assert (may.state, may.late, may.overdue, may.due) == (
        LATE, True, False, datetime.date(2023, 6, 28)
    )  # fmt: skip
    assert cell(province, "CL", 5).state == MISSING
    handed_in(desks, tmp_path, "2023-05")
    again = cell(province, "BS", 5)
    assert (again.state, again.late) == (AGAIN, True)
    assert cell(province, "BS", 6).state == MISSING


MAY = Submission(
    "0" * 32, "BS", "2023-05", "2023-05-01", "2023-05-31", 1, "", "2023-06-20T03:00:00.000Z", 1,
    {}, "",
)  # fmt: skip


@pytest.mark.parametrize(
    ("made", "day"),
    [("2023-06-03T03:00:00.000Z", "2023-06-03"),  # as stated
     ("2019-01-01T03:00:00.000Z", "2023-06-20"),  # a flat battery
     ("2023-05-20T03:00:00.000Z", "2023-06-20"),  # before the month was over
     ("2024-01-01T03:00:00.000Z", "2023-06-20")],  # a clock that is ahead
)  # fmt: skip
def test_the_senders_clock_counts_only_where_it_can_be_right(made, day):
    assert MAY._replace(made=made).day() == datetime.date.fromisoformat(day)


def test_a_package_of_a_longer_period_covers_its_months(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-01-08"))
    handed_in(desks, tmp_path, "2023-Q2")
    states = [cell(province, "BS", month).state for month in (3, 4, 6, 7)]
    assert states == [MISSING, LATE, LATE, MISSING]


def test_two_laptops_that_hand_in_the_same_month(desks, tmp_path):
    one, _two, province = desks
    with new_desk(tmp_path / "second", "post", "BS", 4) as laptop:
        trust(one, laptop, province)
        one.records.add("clearing", clearing(post=None, started_on="2023-05-08", participants=5))
        laptop.records.add("clearing", clearing(post=None, started_on="2023-05-09", participants=6))
        for desk in (one, laptop):
            handed_in(desks, tmp_path, "2023-05", desk)
        # Neither has the other's records: both are shown with their sum, and nothing is wrong.
        may = cell(province, "BS", 5)
        assert (may.state, len(may.submissions)) == (LATE, 2)
        assert province.exchange.board.to_compare(province.exchange.board.table(2023)) == []
        (row,) = [r for r in province.exchange.board.table(2023).rows if r.unit == "BS"]
        month = province.exchange.board.table(2023).months[4]
        details = {f.label: f for f in month_details(province, row, month, may).figures}
        added = [f for f in details.values() if f.now == 11]
        assert [(f.before, f.here, f.why) for f in added] == [(None, None, "5 + 6")]
        # The file that contains both counts.
        one.exchange.imports.take(send(laptop, tmp_path))
        handed_in(desks, tmp_path, "2023-05")
        may = compared(province, month=5)
        assert counting(may.submissions)[0].desk == one.identity.id
        assert may.differs is False


def test_what_never_came_is_named_by_its_numbers_until_the_next_file(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-01-08"))
    handed_in(desks, tmp_path, "2023-01")
    for day in (4, 5, 6):
        one.records.add("clearing", clearing(post=None, started_on=f"2023-02-0{day}"))
    # The province acknowledged the stick's content, and lost it again.
    send(one, tmp_path / "lost", "2023-02", ExportOptions(receiver="20"))
    one.exchange.holdings.note(province.identity.id, one.part(DeskLog).holding())
    one.records.add("clearing", clearing(post=None, started_on="2023-02-07"))
    handed_in(desks, tmp_path, "2023-02")
    (row,) = [r for r in province.exchange.board.table(2023).rows if r.unit == "BS"]
    ((_desk, (first, last)),) = row.gaps.items()
    assert cell(province, "BS", 2).lacking == last - first + 1
    text = request_text(province, row, province.calendar().parse("2023-02"), row.cells[1])
    assert f"{first}–{last}" in text
    # Asked again, it exports from the province's acknowledged entry on.
    one.exchange.imports.take(send(province, tmp_path, "2023-02", ExportOptions(receiver="BS")))
    handed_in(desks, tmp_path, "2023-02")
    assert cell(province, "BS", 2).state in (LATE, AGAIN)
    assert cell(province, "BS", 2).lacking == 0


def test_a_statement_that_is_ahead_of_what_is_here_names_what_lacks(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-02-08"))
    handed_in(desks, tmp_path, "2023-02")
    here = province.part(DeskLog).holding()[one.identity.id].number
    said = {
        "period": "2023-02", "first": "2023-02-01", "last": "2023-02-28", "scope": "post:BS",
        "number": "9", "figures": "{}", "made": "2023-03-01T00:00:00.000Z",
        "holding": f'{{"{one.identity.id}":{here + 3}}}',
    }  # fmt: skip
    with province.writing():
        province.part(FigureStatements)._insert(one.identity.id, here + 4, said)
    (row,) = [r for r in province.exchange.board.table(2023).rows if r.unit == "BS"]
    february = row.cells[1]
    assert (february.lacking, february.differs) == (3, None)
    assert row.gaps == {one.identity.id: (here + 1, here + 3)}
    text = request_text(province, row, province.calendar().parse("2023-02"), february)
    assert f"{here + 1}–{here + 3}" in text
    assert province.exchange.board.to_compare(province.exchange.board.table(2023)) == []


def test_an_undone_file_leaves_the_set_up_that_was_reported_before(desks, tmp_path):
    one, _two, province = desks
    batches = []
    for number in (1, 2):
        file = tmp_path / f"{number}.bdsetup"
        province.exchange.setups.make(file)
        one.exchange.setups.apply(read_setup(file))
        batches.append(province.exchange.imports.take(send(one, tmp_path, "2023-05")).batch)

    def reported():
        rows = province.exchange.board.table(2023).rows
        return next(row.setup for row in rows if row.unit == "BS")

    for left in (2, 1, 0):
        assert reported() == left
        if left:
            province.exchange.batches.undo_batch(batches.pop())


@pytest.mark.parametrize("number", ["", "٩", "-1", "1234567890"])
def test_the_number_of_a_statement_or_a_set_up_file_has_plain_digits(number):
    day = "2023-02-01"
    said = {
        "period": "2023-02", "first": day, "last": day, "scope": "post:BS", "number": "9",
        "figures": "{}", "made": "2023-03-01T00:00:00.000Z", "holding": "{}",
    }  # fmt: skip
    setup = {"maker": "0" * 32, "number": "9", "time": "2023-03-01T00:00:00.000Z"}
    for kind, fine in ((StatementEntry(), said), (SetupEntry(), setup)):
        kind.check(fine, "")
        with pytest.raises(FieldError):
            kind.check({**fine, "number": number}, "")


def test_waiting_and_broken_files_show_in_their_month_until_a_later_one_heals_them(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-05-08"))
    province.exchange.cards.revoke_card(one.identity.id)
    path = send(one, tmp_path, "2023-05")
    assert province.exchange.imports.take(path).status == QUARANTINED
    broken = tmp_path / path.name.replace("2023-05_1", "2023-06_2")
    broken.write_bytes(path.read_bytes()[:500])
    outcome = province.exchange.imports.take(broken)
    assert outcome.status == REFUSED
    assert cell(province, "BS", 5).waiting == 1
    assert cell(province, "BS", 6).broken == (broken.name,)
    text = request_texts.broken_request(province, broken.name, outcome.reason)
    for told in (broken.name, province.book.post_name("BS"), "tháng 6 năm 2023", outcome.reason):
        assert told in text
    assert "la.bdx" in request_texts.broken_request(province, "la.bdx", "Hỏng.")
    trust(one, province)
    # A later file, of another month, contains everything of the broken one.
    handed_in(desks, tmp_path / "later", "2023-04")
    handed_in(desks, tmp_path / "later", "2023-07")
    assert cell(province, "BS", 6).broken == ()
    assert province.exchange.quarantine.refused_files() == []


def test_the_text_for_a_missing_month_says_who_what_and_when(desks):
    _one, _two, province = desks
    text = request_texts.missing_request(
        province, "CL", "2023-05", province.exchange.board.due(province.calendar().parse("2023-05"))
    )
    for told in (province.book.post_name("CL"), "tháng 5 năm 2023", "28/06/2023"):
        assert told in text


def test_the_board_opens_on_the_newest_year_of_records(desks):
    _one, _two, province = desks
    this_year = province.today().year
    assert board_year(province, None).table.months[0].year == this_year
    for day in ("2021-05-02", "2023-05-02"):
        province.records.add("clearing", clearing(started_on=day))
    found = board_year(province, None)
    assert found.table.months[0].year == 2023
    assert found.years == list(range(this_year, 2020, -1))
    # The desk's year, not the calendar's.
    province.reference.set_setting("cut_off_day", "15")
    province.records.add("clearing", clearing(started_on="2023-12-16"))
    assert board_year(province, None).table.months[0].year == 2024


# ------------------------------------------------------------------------- comparisons


def compared(province, unit="BS", month=12):
    board = province.exchange.board
    for submission in board.to_compare(board.table(2023)):
        board.compare(submission)
    return cell(province, unit, month)


def details(province, unit="BS", month=12):
    found = board_year(province, 2023).table
    (row,) = [row for row in found.rows if row.unit == unit]
    return month_details(province, row, found.months[month - 1], row.cells[month - 1]).figures


def test_honest_corrections_are_no_difference_and_are_told_with_their_reason(desks, tmp_path):
    one, _two, province = desks
    kept = one.records.add("clearing", clearing(post=None, participants=18))
    gone = one.records.add("clearing", clearing(post=None, participants=7))
    handed_in(desks, tmp_path, "2023-12")
    assert cell(province, "BS", 12).differs is None
    found = compared(province)
    assert (found.differs, found.corrected) == (False, 0)
    one.records.edit("clearing", kept.id, {"participants": 20})
    one.records.delete("clearing", gone.id, "Nhập nhầm sang đồn khác")
    one.records.add("clearing", clearing(post=None, started_on="2023-11-09"))
    handed_in(desks, tmp_path, "2023-11")
    assert cell(province, "BS", 12).differs is None
    found = compared(province)
    assert (found.state, found.differs, found.cause) == (LATE, False, "")
    changed = {(one.before, one.now): one for one in details(province)}
    assert found.corrected == len(changed)
    people = changed[25, 20]
    assert people.here is None
    for told in ("Nhập nhầm sang đồn khác", "sửa 1", "xóa 1"):
        assert told in people.why
    assert "thêm" not in people.why
    assert province.maintenance.verify()["ok"]
    assert rebuild(province.store, province.book) == []


def test_another_cut_off_day_is_a_difference_and_is_named(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-11-20"))
    one.reference.set_setting("cut_off_day", "14")
    handed_in(desks, tmp_path, "2023-12")
    assert cell(province, "BS", 12).state == MISSING
    province.reference.set_setting("cut_off_day", "20")
    handed_in(desks, tmp_path, "2023-Q4")


def test_another_reference_list_is_a_difference_and_is_named(desks, tmp_path):
    one, _two, province = desks
    file = tmp_path / "hamlets.csv"
    file.write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06196-2023,Bản Phạc,1,88,2020-01-01,\n", "utf-8",
    )  # fmt: skip
    one.reference.load(file)
    pledge = {
        "signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi",
        "household": {"head": "Hoàng Văn Thụ", "commune": "06196", "hamlet": "Bản Phạc"},
    }  # fmt: skip
    one.records.add("pledge", pledge)
    handed_in(desks, tmp_path, "2023-12")
    found = compared(province)
    assert (found.differs, found.cause) == (True, "reference")
    province.reference.load(file)
    found = compared(province)
    assert (found.differs, found.cause) == (False, "")


def test_a_month_handed_in_again_says_what_changed_and_why(desks, tmp_path):
    one, _two, province = desks
    gone = one.records.add("clearing", clearing(post=None, participants=18))
    handed_in(desks, tmp_path, "2023-12")
    assert details(province) == []
    one.records.delete("clearing", gone.id, "Nhập nhầm sang đồn khác")
    one.records.add("clearing", clearing(post=None, participants=30, started_on="2023-12-09"))
    handed_in(desks, tmp_path, "2023-12")
    (changed,) = [one for one in details(province) if one.before == 18]
    assert changed.now == 30
    assert "Nhập nhầm sang đồn khác" in changed.why
    assert "thêm 1" in changed.why
    assert compared(province).state == AGAIN


def test_what_a_post_handed_in_to_its_district_counts_at_the_province(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-12-08"))
    with new_desk(tmp_path / "district", "liaison", "Cao Lộc", 5) as district:
        trust(one, district, province)
        to_district = ExportOptions(receiver=district.identity.id)
        district.exchange.imports.take(send(one, tmp_path, "2023-12", to_district))
        assert cell(district, "BS", 12).state == LATE
        to_province = ExportOptions(receiver="20")
        province.exchange.imports.take(send(district, tmp_path, "2023-12", to_province))
    found = compared(province)
    assert (found.state, found.differs, found.batches) == (LATE, False, ())


def test_one_piece_of_work_that_two_posts_logged_is_pointed_out(desks, tmp_path):
    one, two, province = desks
    stretch = {"from_marker": "1146", "to_marker": "1150"}
    mine = one.records.add("clearing", clearing(post=None, **stretch))
    other = two.records.add("clearing", clearing(post=None, **stretch, participants=3))
    two.records.add("clearing", clearing(post=None, **{**stretch, "to_marker": "1151"}))
    one.records.add("clearing", clearing(post=None, **stretch, started_on="2023-11-04"))
    for desk in (one, two):
        assert province.exchange.imports.take(send(desk, tmp_path)).status == IMPORTED
    board = province.exchange.board
    (twice,) = board.logged_twice("2023-12")
    assert twice.records == (("BS", mine.id), ("CL", other.id))
    assert (twice.type, twice.day, twice.markers) == (
        "clearing", datetime.date(2023, 12, 4), "1146–1150"
    )  # fmt: skip
    assert board.logged_twice("2023-11") == []


def test_what_a_closed_month_stated_is_held_against_the_records_all_the_same(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, participants=18))
    one.closing.close_period("2023-12")
    handed_in(desks, tmp_path, "2023-12")
    assert one.closing.state("2023-12").edition.final
    province.closing.close_period("2023-12", "post:BS")
    one.records.add("clearing", clearing(post=None, participants=5, started_on="2023-12-09"))
    assert handed_in(desks, tmp_path, "2023-11").added == 1
    found = compared(province)
    assert found.differs is False
    assert (18, 23) in {(one.before, one.now) for one in details(province)}
    # The province's own edition stays as signed, and shows that something arrived since.
    signed = make_summary(province, "2023-12", "post:BS")
    figures = {row["key"]: row["value"] for row in as_json(signed)["rows"]}
    assert figures["clearing_participants"] == 18
    assert "clearing_participants" in {moved.key for moved in signed.moved}


def test_the_command_prints_the_board(desks, tmp_path, cli_inline):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-05-08"))
    handed_in(desks, tmp_path, "2023-05")
    told = cli_inline("--desk", province.folder, "board", "--year", 2023, "--compare")
    rows = {row["unit"]: row for row in map(json.loads, told.stdout.splitlines())}
    assert set(rows) == set(province.book.posts)
    may = rows["BS"]["months"]["2023-05"]
    assert (may["state"], may["differs"], may["due"]) == (LATE, False, "2023-06-28")
    assert (may["late"], may["lacking"], may["corrected"]) == (True, 0, 0)
    assert rows["BS"]["gaps"] == {}


def test_the_board_shows_which_version_a_post_writes_with_and_who_is_behind(
    desks, tmp_path, monkeypatch
):
    one, _two, province = desks
    province.exchange.imports.take(send(one, tmp_path, "2023-12"))

    def programs():
        rows = province.exchange.board.table(2023).rows
        return {row.unit: (row.program, row.behind) for row in rows if row.program}

    assert programs() == {"BS": (__version__, False)}
    # The province already works with the next version.
    monkeypatch.setattr(board, "__version__", "9.0.0")
    assert programs() == {"BS": (__version__, True)}
