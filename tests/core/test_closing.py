"""Closed periods on the command line and by named operations: signed figures stay, later records
are shown as late."""

import datetime
import json
from decimal import Decimal

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.closing.editions import Signer
from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.file_check import check_file
from borderdesk.reports.report_kinds import write_report

COMMUNE, OTHER = "06196", "06202"
SIGNER = Signer("Nông Văn Hòa", "Trung tá", "ĐỒN TRƯỞNG", "TM.")


def clearing(day, participants=5, **more):
    return {"post": "BS", "kind": "road_repair", "started_on": day, "commune": COMMUNE,
            "participants": participants, **more}  # fmt: skip


def pledge(day, head="Lý A", commune=COMMUNE, **more):
    return {"post": "BS", "signed_on": day, "programme": "phao",
            "household": {"head": head, "commune": commune, "hamlet": "Pò Mã"}, **more}  # fmt: skip


def registration(day, head="Lý A", **more):
    return {"post": "BS", "subject": "household", "from_on": day, "commune": COMMUNE,
            "hamlet": "Pò Mã", "household": {"head": head, "commune": COMMUNE, "hamlet": "Pò Mã"},
            **more}  # fmt: skip


def incident(day, **more):
    return {"post": "BS", "happened_on": day, "commune": COMMUNE, "category": "khac",
            "status": "open", **more}  # fmt: skip


def patrol(day, *markers, **more):
    return {"post": "BS", "kind": "unilateral", "started_on": day, "from_marker": "1180",
            "to_marker": "1190", "communes": [COMMUNE], "participants": 4, "result": "unchanged",
            "inspected": [{"marker": m, "condition": "intact"} for m in markers],
            **more}  # fmt: skip


def handout(day, **more):
    return {"post": "BS", "form": "handout", "held_on": day, "commune": COMMUNE,
            "topics": ["bien_gioi"], **more}  # fmt: skip


def line(desk, period, key, scope=None, **options):
    (found,) = [x for x in make_summary(desk, period, scope, **options).lines if x.key == key]
    return found


def told(desk, period, scope=None):
    """The figures of a report, as JSON."""
    return as_json(make_summary(desk, period, scope))


def sent(desk, period, scope=None, **options):
    """Close a period and have it sent."""
    desk.closing.close_period(period, scope, **options)
    return desk.closing.note_sent(period, scope)


# ------------------------------------------------------------------ what is signed stays


def test_an_edition_keeps_every_column_and_who_signed(post_desk):
    post_desk.records.add("clearing", clearing("2022-11-07", 3))
    post_desk.records.add("clearing", clearing("2023-10-07", 4, length_m=12.5))
    post_desk.records.add("clearing", clearing("2023-11-07", 7))
    before = make_summary(post_desk, "2023-11")
    day = datetime.date(2023, 12, 5)
    edition = post_desk.closing.close_period("2023-11", number="05", signed_on=day, signer=SIGNER)
    assert (edition.number, edition.document, edition.signed_on) == (1, "05", day)
    assert (edition.signer, edition.final, edition.author) == (SIGNER, None, "Người thử")
    after = make_summary(post_desk, "2023-11")
    assert after.closed
    assert not before.closed
    assert after.lines == before.lines
    assert as_json(after) == {**as_json(before), "closed": True}
    assert post_desk.maintenance.verify()["totals_hash"] == edition.totals_hash


def test_a_new_record_leaves_the_edition_and_shows_as_late_afterwards(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07", 361))
    post_desk.closing.close_period("2023-10")
    post_desk.records.add("clearing", clearing("2023-11-07", 30))
    late = post_desk.records.add("clearing", clearing("2023-10-09", 3))
    assert "Bổ sung kỳ đã chốt" in late.warnings["started_on"]
    frozen = line(post_desk, "2023-10", "clearing_participants")
    assert (frozen.value, frozen.late) == (361, 0)
    moved = make_summary(post_desk, "2023-10").moved
    assert [(m.column, m.signed, m.now) for m in moved if m.key == "clearing_participants"] == [
        ("value", 361, 364), ("year_to_date", 361, 364),
    ]  # fmt: skip
    now = line(post_desk, "2023-11", "clearing_participants", with_ids=True)
    assert (now.value, now.year_to_date, now.late) == (30, 394, 3)
    assert now.carry is not None
    assert now.carry[1:] == (361, 0, 30, 3, 0)
    assert now.carry.total == now.year_to_date
    assert now.late_records == [late.id]


def test_ids_of_a_signed_figure_leave_late_records_out(post_desk):
    first = post_desk.records.add("clearing", clearing("2023-10-07"))
    post_desk.closing.close_period("2023-10")
    post_desk.records.add("clearing", clearing("2023-10-09"))
    assert line(post_desk, "2023-10", "clearing_events", with_ids=True).records == [first.id]


def test_a_period_never_closed_between_is_told_apart(post_desk):
    for month, number in (("09", 100), ("10", 20), ("11", 3)):
        post_desk.records.add("clearing", clearing(f"2023-{month}-07", number))
    post_desk.closing.close_period("2023-09")
    carry = line(post_desk, "2023-11", "clearing_participants").carry
    assert carry[1:] == (100, 20, 3, 0, 0)


def test_what_was_withdrawn_is_not_carried_over(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07"))
    post_desk.closing.close_period("2023-10")
    assert line(post_desk, "2023-11", "clearing_events").carry.signed == 1
    post_desk.closing.reopen_period("2023-10", None, "sai số")
    assert line(post_desk, "2023-11", "clearing_events").carry is None


def test_a_quarter_over_closed_months_tells_what_came_late_within_it(post_desk):
    for month in ("09", "10", "11", "12"):
        post_desk.records.add("clearing", clearing(f"2023-{month}-07", 10))
        post_desk.closing.close_period(f"2023-{month}")
    post_desk.records.add("clearing", clearing("2023-08-09", 1))
    post_desk.records.add("clearing", clearing("2023-11-09", 2))
    found = line(post_desk, "2023-Q4", "clearing_participants")
    assert (found.value, found.year_to_date, found.late) == (32, 43, 3)
    assert found.carry[1:] == (10, 0, 32, 1, 2)
    assert found.carry.total == 43


def test_months_that_end_on_the_cut_off_day_are_closed_as_such(post_desk):
    post_desk.reference.set_setting("cut_off_day", "14")
    inside = post_desk.records.add("clearing", clearing("2023-11-14"))
    after = post_desk.records.add("clearing", clearing("2023-11-15"))
    edition = post_desk.closing.close_period("2023-11")
    assert (edition.period.first, edition.period.last) == (
        datetime.date(2023, 10, 15), datetime.date(2023, 11, 14),
    )  # fmt: skip
    post_desk.records.edit("clearing", after.id, {"participants": 9})
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", inside.id, {"participants": 9})
    # A signed period keeps its days, whatever the setting says later.
    with pytest.raises(OperationRefused, match="01/12/2023"):
        post_desk.reference.set_setting("cut_off_day", "0")
    post_desk.reference.set_setting("cut_off_day", "0", "2023-12-01")
    assert make_summary(post_desk, "2023-11").period.last == datetime.date(2023, 11, 14)


def test_a_period_is_not_closed_before_it_ends(post_desk):
    month = post_desk.calendar().month_of(post_desk.today() + datetime.timedelta(days=40))
    with pytest.raises(OperationRefused, match=f"{month.last:%d/%m/%Y}.*mới chốt được"):
        post_desk.closing.close_period(month.text)


def test_a_reason_is_one_line_of_at_most_500_signs(post_desk):
    closing = post_desk.closing
    closing.close_period("2023-10")
    for wrong in ("", " ", "x" * 501, "a\nb", "a\rb", "a\u2028b", "a\x07"):
        with pytest.raises(UserError):
            closing.reopen_period("2023-10", None, wrong)
    assert closing.state("2023-10").name == "closed"
    assert closing.reopen_period("2023-10", None, "x" * 500).reason == "x" * 500


# ------------------------------------------------------------------------- what is refused


def refused(desk, *deeds):
    """Assert that each operation is refused, and neither records nor figures change."""
    before = desk.maintenance.verify(), told(desk, "2023")
    for deed in deeds:
        with pytest.raises(ClosedPeriodError, match="tháng 10 năm 2023") as caught:
            deed()
        assert caught.value.exit_code == 4
    assert (desk.maintenance.verify(), told(desk, "2023")) == before


def test_edits_and_deletions_of_what_was_counted_are_refused(post_desk):
    desk = post_desk
    one = desk.records.add("clearing", clearing("2023-10-07")).id
    other = desk.records.add("clearing", clearing("2023-11-07")).id
    gone = desk.records.add("clearing", clearing("2023-10-08")).id
    desk.records.delete("clearing", gone, "nhập nhầm")
    desk.closing.close_period("2023-10")
    refused(
        desk,
        lambda: desk.records.edit("clearing", one, {"participants": 6}),
        lambda: desk.records.edit("clearing", one, {"started_on": "2023-11-01"}),
        lambda: desk.records.edit("clearing", other, {"started_on": "2023-10-31"}),
        lambda: desk.records.delete("clearing", one, "sai"),
        lambda: desk.records.undelete("clearing", gone),
        lambda: desk.bulk.delete_many("clearing", [other, one], "sai"),
    )
    assert desk.records.read("clearing", other)[0]["started_on"] == datetime.date(2023, 11, 7)
    desk.records.edit("clearing", one, {"note": "đã xem"})
    desk.records.edit("clearing", one, {"started_on": "2023-10-09"})
    desk.bulk.tag_many("clearing", [one], "dan_van_kheo", on=True)
    desk.records.edit("clearing", other, {"participants": 90})


def test_reopening_allows_again_what_was_refused(post_desk):
    one = post_desk.records.add("clearing", clearing("2023-10-07")).id
    post_desk.closing.close_period("2023-10")
    with pytest.raises(UserError, match="lý do"):
        post_desk.closing.reopen_period("2023-10", None, "  ")
    assert post_desk.closing.reopen_period("2023-10", None, "sai số").name == "reopened"
    post_desk.records.edit("clearing", one, {"participants": 6})
    assert not make_summary(post_desk, "2023-10").closed
    edition = post_desk.closing.close_period("2023-10")
    assert edition.number == 2  # the withdrawn paper keeps its number
    assert [e.state for e in post_desk.closing.editions("2023-10")] == ["withdrawn", "closed"]
    assert line(post_desk, "2023-10", "clearing_participants").value == 6


def test_a_period_withdrawn_twice_is_open_for_the_later_reason(desk):
    closing = desk.closing
    for scope, reasons in (("post:BS", ("lần đầu", "lần sau")), ("province", ("của tỉnh",))):
        for reason in reasons:
            closing.close_period("2023-10", scope)
            made = closing.reopen_period("2023-10", scope, reason)
            assert (made.name, made.edition, made.reason) == ("reopened", None, reason)
    closing.close_period("2023-09", "post:BS")
    closing.reopen_period("2023-09", "post:BS", "tháng khác")
    states = [closing.state("2023-10", scope) for scope in ("post:BS", "province", "post:TL")]
    assert [(state.name, state.reason, state.final) for state in states] == [
        ("reopened", "lần sau", False), ("reopened", "của tỉnh", False), ("open", None, False),
    ]  # fmt: skip
    assert closing.state("2023-11", "post:BS").name == "open"
    # A period and scope have numbers of their own, including those of withdrawn editions.
    for period, scope, numbers in (("2023-10", "post:BS", [1, 2]), ("2023-10", "province", [1]),
                                   ("2023-09", "post:BS", [1])):  # fmt: skip
        assert [one.number for one in closing.editions(period, scope)] == numbers
    assert [one.period.text for one in closing.editions(None, "post:BS")] == [
        "2023-09", "2023-10", "2023-10",
    ]  # fmt: skip
    assert len(closing.editions()) == 4


def test_late_records_may_be_changed_and_deleted(post_desk):
    post_desk.closing.close_period("2023-10")
    late = post_desk.records.add("clearing", clearing("2023-10-07")).id
    post_desk.records.edit("clearing", late, {"participants": 6})
    assert ("started_on", "Bổ sung kỳ đã chốt.") in post_desk.records.doubts(late)
    post_desk.records.delete("clearing", late, "nhập nhầm")
    post_desk.records.undelete("clearing", late)


def test_ending_a_registration_or_an_incident_later_is_allowed(post_desk):
    desk = post_desk
    kept = desk.records.add("registration", registration("2023-05-01")).id
    case = desk.records.add("incident", incident("2023-05-01")).id
    for month in ("09", "10"):
        desk.closing.close_period(f"2023-{month}")
    refused(
        desk,
        lambda: desk.records.edit("registration", kept, {"to_on": "2023-10-30"}),
        lambda: desk.records.edit(
            "incident", case, {"status": "closed", "closed_on": "2023-10-02"}
        ),
    )
    with pytest.raises(ClosedPeriodError, match="tháng 9 năm 2023"):
        desk.records.delete("registration", kept, "sai")
    desk.records.edit("registration", kept, {"to_on": "2023-10-31"})
    desk.records.edit("registration", kept, {"to_on": "2023-11-01"})
    desk.records.edit("incident", case, {"status": "closed", "closed_on": "2023-11-01"})


def test_an_earlier_signature_may_not_take_a_first_one_out_of_a_closed_month(post_desk):
    desk = post_desk
    march = desk.records.add("pledge", pledge("2023-03-05", "Lý B")).id
    desk.records.add("pledge", pledge("2023-10-05", "Lý A"))
    home = desk.households.find("Lý A")[0][0]
    desk.closing.close_period("2023-10")
    refused(desk, lambda: desk.records.edit("pledge", march, {"household": home}))


def test_joining_households_that_were_counted_apart_is_refused(post_desk):
    desk = post_desk
    desk.records.add("registration", registration("2023-10-05", "Lý A"))
    desk.records.add("registration", registration("2023-10-06", "Nông B"))
    first, second = (desk.households.find(head)[0][0] for head in ("Lý A", "Nông B"))
    desk.closing.close_period("2023-10")
    refused(desk, lambda: desk.records.edit("household", second, {"merged_into": first}))
    desk.records.edit("household", second, {"phone": "0987654321"})


def test_moving_a_household_changes_no_closed_figure_and_needs_no_reopening(desk):
    desk.records.add("pledge", pledge("2023-10-05", "Lý A"))
    home = desk.households.find("Lý A")[0][0]
    editions = [
        desk.closing.close_period("2023-10", scope) for scope in ("post:BS", f"commune:{COMMUNE}")
    ]
    desk.records.edit("household", home, {"commune": f"{OTHER}-2023"})
    assert [desk.closing.moved(edition.id) for edition in editions] == [[], []]


def test_only_figures_of_the_closed_scope_are_kept(desk):
    one = desk.records.add("clearing", clearing("2023-10-07")).id
    other = desk.records.add("clearing", clearing("2023-10-08", post="TL", commune="06238")).id
    desk.closing.close_period("2023-10", "post:BS")
    desk.records.edit("clearing", other, {"participants": 99})
    assert not desk.records.add("clearing", clearing("2023-10-09", post="TL")).warnings.get("post")
    refused(desk, lambda: desk.records.edit("clearing", one, {"participants": 99}))
    refused(desk, lambda: desk.records.edit("clearing", one, {"post": "TL"}))


def test_different_markers_count_when_no_other_patrol_saw_them(post_desk):
    desk = post_desk
    one = desk.records.add("patrol", patrol("2023-10-07", "1180", "1181")).id
    desk.records.add("patrol", patrol("2023-10-08", "1181", "1182"))
    desk.closing.close_period("2023-10")

    def inspected(*markers):
        rows = [{"marker": m, "condition": "intact"} for m in markers]
        return lambda: desk.records.edit("patrol", one, {"inspected": rows})

    refused(desk, inspected("1181", "1182"))
    inspected("1183", "1181")()
    inspected("1183", "1182")()


def test_a_handout_that_made_its_commune_active_stays(desk):
    one = desk.records.add("outreach", handout("2023-10-07")).id
    desk.closing.close_period("2023-10", "province")
    refused(desk, lambda: desk.records.delete("outreach", one, "sai"))
    desk.closing.reopen_period("2023-10", "province", "thử")
    desk.records.add("clearing", clearing("2023-10-07"))
    desk.closing.close_period("2023-10", "province")
    desk.records.delete("outreach", one, "sai")


def test_a_record_may_go_back_to_what_was_signed(post_desk):
    one = post_desk.records.add("clearing", clearing("2023-10-07", 5)).id
    sent(post_desk, "2023-10")
    post_desk.closing.amend_period("2023-10", None, "thử")
    post_desk.records.edit("clearing", one, {"participants": 6})
    sent(post_desk, "2023-10")
    refused(post_desk, lambda: post_desk.records.edit("clearing", one, {"participants": 5}))
    assert post_desk.records.read("clearing", one)[0]["participants"] == 6


# -------------------------------------------------------------------------- amendments


def test_an_amendment_is_a_document_of_its_own_with_reasons(post_desk):
    desk = post_desk
    one = desk.records.add("clearing", clearing("2023-10-07", 5)).id
    first = sent(desk, "2023-10", number="05")
    assert first.final is not None
    with pytest.raises(OperationRefused, match="bản đính chính"):
        desk.closing.reopen_period("2023-10", None, "sai")
    late = desk.records.add("clearing", clearing("2023-10-09", 1)).id
    state = desk.closing.amend_period("2023-10", None, "Đoàn kiểm tra phát hiện")
    assert (state.name, state.final, state.edition.id) == ("amending", True, first.id)
    desk.records.edit("clearing", one, {"participants": 8}, reason="đếm lại")
    with pytest.raises(UserError, match="số riêng"):
        desk.closing.close_period("2023-10", number="05")
    second = desk.closing.close_period("2023-10", number="06", signer=SIGNER)
    assert (second.number, second.replaces) == (2, first.id)
    assert second.reason == "Đoàn kiểm tra phát hiện"
    told_apart = {(m.key, m.column): m for m in desk.closing.differences(second.id)}
    assert {key for key, _column in told_apart} == {
        "clearing_events", "clearing_participants",
    }  # fmt: skip
    people = told_apart["clearing_participants", "value"]
    assert (people.signed, people.now, people.difference) == (5, 9, 4)
    today, name = f"ngày {desk.today():%d/%m/%Y}", desk.identity.user
    assert people.reasons == (
        "đếm lại",
        f"Phát quang, tu sửa ngày 07/10/2023, số hiệu {one[-8:]}: {name} sửa {today}",
        f"Phát quang, tu sửa ngày 09/10/2023, số hiệu {late[-8:]}: {name} nhập bổ sung {today}",
    )
    assert set(people.records) == {one, late}
    assert told_apart["clearing_events", "value"].records == (late,)
    old = {x.key: x.value for x in desk.closing.summary(first.id).lines}
    assert (old["clearing_participants"], old["clearing_events"]) == (5, 1)


def test_what_happened_to_an_edition_is_told(post_desk):
    first = sent(post_desk, "2023-10")
    post_desk.closing.amend_period("2023-10", None, "sai")
    post_desk.records.add("clearing", clearing("2023-10-07", 5))
    second = post_desk.closing.close_period("2023-10")
    post_desk.closing.reopen_period("2023-10", None, "chưa đủ")
    assert post_desk.closing.state("2023-10").edition.id == first.id
    post_desk.closing.close_period("2023-10")
    assert [(e.what, e.reason) for e in post_desk.closing.events(first.id)] == [
        ("closed", None), ("sent", None), ("amending", "sai"), ("replaced", None),
        ("replaced", None),
    ]  # fmt: skip
    assert [(e.what, e.reason) for e in post_desk.closing.events(second.id)] == [
        ("closed", "sai"), ("reopened", "chưa đủ"),
    ]  # fmt: skip
    assert {e.author for e in post_desk.closing.events(first.id)} == {"Người thử"}


def test_the_days_of_a_closed_month_are_not_closed_once_more_as_a_range(post_desk):
    first = post_desk.closing.close_period("2023-10")
    for state in ("closed", "amending"):
        with pytest.raises(OperationRefused, match=r"tháng 10 năm 2023 .* đã chốt rồi"):
            post_desk.closing.close_period("2023-10-01..2023-10-31")
        if state == "closed":
            post_desk.closing.note_sent("2023-10")
            post_desk.closing.amend_period("2023-10", None, "sai")
    assert [one.id for one in post_desk.closing.editions()] == [first.id]
    post_desk.closing.close_period("2023-09-01..2023-09-30")
    with pytest.raises(OperationRefused, match="đã chốt rồi"):
        post_desk.closing.close_period("2023-09")


def test_amending_before_anything_went_out_is_refused(post_desk):
    with pytest.raises(OperationRefused, match="chưa chốt"):
        post_desk.closing.amend_period("2023-10", None, "sai")
    post_desk.closing.close_period("2023-10")
    with pytest.raises(OperationRefused, match="mở lại kỳ"):
        post_desk.closing.amend_period("2023-10", None, "sai")
    with pytest.raises(OperationRefused, match="đã chốt rồi"):
        post_desk.closing.close_period("2023-10")
    assert post_desk.closing.note_printed("2023-11") is None
    assert post_desk.closing.note_printed("2023-10").final is not None


def test_a_paper_that_tells_signed_figures_makes_them_final(post_desk, tmp_path):
    post_desk.records.add("clearing", clearing("2023-03-07"))
    telling = {"summary", "briefing", "years", "review"}
    for month, kind in enumerate([*telling, "register", "daybook", "coverage", "completeness"], 1):
        period = f"2023-{month:02d}"
        request = Request(kind, period, type="clearing" if kind == "register" else None)
        post_desk.closing.close_period(period)
        for suffix in (".xlsx", ".json"):
            write_report(post_desk, request, tmp_path / f"a{suffix}")
        assert not post_desk.closing.state(period).final
        write_report(post_desk, request, tmp_path / "a.pdf")
        assert post_desk.closing.state(period).final == (kind in telling), kind
        if kind in telling:
            assert check_file(post_desk, str(tmp_path / "a.pdf")).made_from is not None, kind


@pytest.mark.parametrize(
    "wrong", [{"number": "x" * 41}, {"number": "05\n06"}, {"signer": Signer("A", mode="??")},
              {"signer": Signer("a" * 201)}, {"signer": Signer("A\x00")}],
)  # fmt: skip
def test_what_cannot_stand_on_a_paper_is_refused(post_desk, wrong):
    with pytest.raises(UserError):
        post_desk.closing.close_period("2023-10", **wrong)
    assert post_desk.closing.editions() == []


# ----------------------------------------------------------------- a paper and the desk


def paper(desk, period="2023-10", scope=None):
    return desk.closing.paper_text(make_summary(desk, period, scope))


def test_a_paper_is_the_same_until_the_desk_says_something_else(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07", 5))
    draft = paper(post_desk)
    assert post_desk.closing.check(draft).result == "same"
    post_desk.closing.close_period("2023-10")
    text = paper(post_desk)
    assert text.split("|")[4] == "1"
    assert post_desk.closing.check(f" {text[:30]}\n{text[30:]} ").result == "same"
    post_desk.records.add("clearing", clearing("2023-10-09", 1))
    verdict = post_desk.closing.check(text)
    assert (verdict.result, verdict.known, verdict.columns) == ("revised", True, "value")
    assert ("clearing_participants", 5, 6) in {(m.key, m.signed, m.now) for m in verdict.moved}
    assert post_desk.closing.check(draft).result == "revised"


def test_a_paper_that_was_withdrawn_and_signed_again_unchanged_is_the_same(post_desk):
    post_desk.closing.close_period("2023-10")
    text = paper(post_desk)
    post_desk.closing.reopen_period("2023-10", None, "sửa lời văn")
    assert post_desk.closing.check(text).result == "revised"
    post_desk.closing.close_period("2023-10")
    assert post_desk.closing.check(text).result == "same"


def test_the_paper_that_an_amendment_replaced_was_revised(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07", 5))
    sent(post_desk, "2023-10")
    first = paper(post_desk)
    post_desk.closing.amend_period("2023-10", None, "sai")
    post_desk.records.add("clearing", clearing("2023-10-08", 5))
    post_desk.closing.close_period("2023-10")
    second = paper(post_desk)
    verdict = post_desk.closing.check(first)
    assert (verdict.result, verdict.edition, verdict.state) == ("revised", 2, "replaced")
    assert verdict.successor.number == 2
    assert post_desk.closing.check(second).result == "same"


def test_another_desks_paper_is_compared_by_its_own_figures(post_desk, desk):
    for one in (post_desk, desk):
        one.records.add("clearing", clearing("2023-10-07", 5))
    desk.records.add("clearing", clearing("2023-09-07", 5))
    text = paper(post_desk)
    assert desk.closing.check(text).result == "same"
    desk.records.add("clearing", clearing("2023-10-08", 5))
    verdict = desk.closing.check(text)
    assert (verdict.result, verdict.known) == ("different", False)


@pytest.mark.parametrize("wrong", ["", "BD1", "BD2|x", "xin chào", "BD1|" + "0" * 500])
def test_a_text_that_is_none_is_refused(post_desk, wrong):
    with pytest.raises(UserError, match="BD1"):
        post_desk.closing.check(wrong)


def test_a_slip_of_the_pen_is_found(post_desk):
    text = paper(post_desk)
    wrong = text.replace("2023-10", "2023-11")
    with pytest.raises(UserError, match="từng chữ"):
        post_desk.closing.check(wrong)


# -------------------------------------------------------------------- double versions


def test_records_with_two_versions_are_counted_by_the_figures_they_are_in(post_desk):
    one = post_desk.records.add("clearing", clearing("2023-10-07", 5))
    post_desk.records.add("clearing", clearing("2023-10-08", 5))
    post_desk.store.run(
        "INSERT INTO double_version (record, type) VALUES (?, 'clearing')", (one.id,)
    )
    assert line(post_desk, "2023-10", "clearing_events").doubles == 1
    assert line(post_desk, "2023-10", "pledges_signed").doubles == 0
    assert line(post_desk, "2023-11", "clearing_events").doubles == 0


# ------------------------------------------------------------------------ command line


def test_the_commands_of_the_lock_and_their_exit_codes(cli_inline, desk_folder, tmp_path):
    def run(*words, stdin=""):
        return cli_inline("--desk", desk_folder, *words, stdin=stdin)

    def rows(period):
        assert run("report", "summary", "--period", period, "--scope", "post:BS", "--out",
                   tmp_path / "o.json").returncode == 0  # fmt: skip
        said = json.loads((tmp_path / "o.json").read_text())
        return said["closed"], {row["key"]: row for row in said["rows"]}

    added = run("add", "clearing", stdin=json.dumps(clearing("2023-10-07", 361)))
    record = json.loads(added.stdout)["id"]
    where = ("--period", "2023-10", "--scope", "post:BS")
    assert run("reopen", *where, "--reason", "x").returncode == 4
    closed = run("close", *where, "--number", "05", "--date", "2023-11-05", "--signer",
                 "Nông Văn Hòa", "--rank", "Trung tá", "--office", "ĐỒN TRƯỞNG",
                 "--mode", "KT")  # fmt: skip
    assert closed.returncode == 0, closed.stderr
    said = json.loads(closed.stdout)
    assert (said["edition"], said["number"], said["date"]) == (1, "05", "2023-11-05")
    assert said["signer"]["mode"] == "KT."
    assert run("close", *where).returncode == 4
    edited = run("edit", "clearing", record, stdin='{"participants": 9}')
    assert edited.returncode == 4
    assert "bản thứ 1, số 05" in edited.stderr
    assert run("delete", "clearing", record, "--reason", "x").returncode == 4
    assert run("edit", "clearing", record, stdin='{"note": "x"}').returncode == 0
    late = run("add", "clearing", stdin=json.dumps(clearing("2023-10-09", 3)))
    assert late.returncode == 0
    assert "Bổ sung kỳ đã chốt" in json.loads(late.stdout)["warnings"]["started_on"]
    run("add", "clearing", stdin=json.dumps(clearing("2023-11-09", 30)))
    assert "số đã ký" in run("report", "summary", *where, "--out", tmp_path / "o.json").stderr
    closed_now, october = rows("2023-10")
    assert closed_now is True
    assert october["clearing_participants"]["value"] == 361
    open_still, november = rows("2023-11")
    assert open_still is False
    found = november["clearing_participants"]
    assert (found["value"], found["late"], found["year_to_date"]) == (30, 3, 394)
    assert set(found) == set(
        "key group label unit kind value previous change change_pct year_to_date target target_pct"
        " late".split()
    )
    checked = run("report", "check", said["paper"])
    assert checked.returncode == 1
    assert json.loads(checked.stdout)["result"] == "revised"
    assert run("amend", *where, "--reason", "x").returncode == 4
    assert run("reopen", *where, "--reason", "thiếu").returncode == 0
    assert run("edit", "clearing", record, stdin='{"participants": 360}').returncode == 0
    again = json.loads(run("close", *where).stdout)
    assert run("report", "check", again["paper"]).returncode == 0
    told_all = [json.loads(x) for x in run("editions").stdout.splitlines()]
    assert [(e["edition"], e["state"]) for e in told_all] == [(1, "withdrawn"), (2, "closed")]
    assert [e["what"] for e in told_all[0]["events"]] == ["closed", "reopened"]
    assert run("report", "check", "xin chào").returncode == 1
    assert run("close", "--period", "2023-13").returncode == 1
    assert run("close", "--period", "2023-10", "--mode", "XX").returncode == 2


# --------------------------------------------------------------------------- narratives


def test_a_narrative_begins_from_the_last_of_its_kind_and_is_kept_as_signed(post_desk):
    from borderdesk.closing.narratives import TaskAhead, TaskOutcome, narrative_of

    book = post_desk.narratives
    due = datetime.date(2023, 11, 30)
    book.write_narrative("2023-10", parts={"situation": "Yên tĩnh.\r\nỔn định."},
                         tasks=[TaskAhead("Phát quang", "Đội VĐQC", due)],
                         clauses={"QC01#3": "Đã làm"})  # fmt: skip
    book.write_narrative("2023-Q3", parts={"situation": "Quý"})
    begun = book.of("2023-11")
    assert begun.begun_from == "2023-10"
    assert begun.parts == {"situation": "Yên tĩnh.\nỔn định."}
    book.write_narrative("2023-11", parts={"results": "Tốt"}, tasks=[])
    assert book.of("2023-11") == (
        {"situation": "Yên tĩnh.\nỔn định.", "results": "Tốt"}, [], {"QC01#3": "Đã làm"}, None,
        (TaskOutcome("Phát quang", "Đội VĐQC", due),),
    )  # fmt: skip
    edition = post_desk.closing.close_period("2023-10")
    assert narrative_of(edition).tasks == [TaskAhead("Phát quang", "Đội VĐQC", due)]
    with pytest.raises(OperationRefused):
        book.write_narrative("2023-10", parts={"situation": "khác"})
    post_desk.closing.reopen_period("2023-10", None, "sửa lời văn")
    book.write_narrative("2023-10", parts={"situation": ""})
    kept = narrative_of(post_desk.closing.edition(edition.id))
    assert kept.parts == {"situation": "Yên tĩnh.\nỔn định."}
    assert book.of("2023-10").parts == {}


@pytest.mark.parametrize(
    "wrong",
    [{"parts": {"situation": "a" * 20_001}}, {"parts": {"situation": "a\x07"}},
     {"parts": {"khac": "a"}}, {"tasks": [("", "ai", None)]}, {"tasks": [("a" * 1_001, "", None)]},
     {"tasks": [("a", "b\nc", None)]}, {"tasks": [("a", "", None)] * 61},
     {"clauses": {"": "a"}}, {"clauses": {"x": "a" * 4_001}}],
)  # fmt: skip
def test_what_cannot_be_written_in_a_narrative_is_refused_whole(post_desk, wrong):
    post_desk.narratives.write_narrative("2023-10", parts={"results": "Tốt"})
    with pytest.raises(InvalidRecord):
        post_desk.narratives.write_narrative("2023-10", **{"parts": {"results": "Kém"}, **wrong})
    assert post_desk.narratives.of("2023-10").parts == {"results": "Tốt"}


def test_figures_are_exact(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07", length_m=12.5))
    post_desk.closing.close_period("2023-10")
    assert line(post_desk, "2023-10", "clearing_length").value == Decimal("12.5")
