"""Views of sending and receiving, against a plain calculation."""

import datetime
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import set_language
from borderdesk.base.periods import Calendar
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.note_threads import note_thread, note_threads
from borderdesk.exchange.decisions.version_comparison import compare
from borderdesk.exchange.format.package_errors import newer_package
from borderdesk.exchange.merging.desk_names import desk_names, owner_title
from borderdesk.exchange.receiving.incoming_files import (
    import_file,
    opens_with_passphrase,
    preview_files,
)
from borderdesk.exchange.sending.exports import ExportOptions, SentPackage
from borderdesk.exchange.sending.send_state import missing_months, send_state
from borderdesk.overview.overview import make_overview
from borderdesk.store.lists.listing import Filter
from tests.age_files import locked
from tests.core.exchange.test_exchange import clearing, new_desk, trust

PERIODS = [f"2023-{n:02d}" for n in range(1, 13)] + ["2023-Q1", "2023-Q3", "2023-H1", "2023"]


def compare_versions(desk, type_name, record):
    return compare(desk, desk.exchange.inbox.double(type_name, record), desk_names(desk))


def sent(period):
    return SentPackage(1, period, "f.bdx", "00", 0, "", None, "2024-01-01T00:00:00.000Z")


@given(st.lists(st.sampled_from(PERIODS), max_size=6), st.integers(0, 28))
def test_every_month_since_the_first_is_either_sent_or_missing(periods, cut_off):
    calendar = Calendar(lambda _day: cut_off)
    last = calendar.parse("2023-12")
    missing = missing_months([sent(period) for period in periods], calendar, last)
    spans = [calendar.parse(period) for period in periods]
    months = [calendar.parse(f"2023-{n:02d}") for n in range(1, 13)]
    since = min((span.first for span in spans), default=datetime.date.max)
    plain = [
        month
        for month in months
        if month.first >= since
        and not any(span.first <= month.first <= month.last <= span.last for span in spans)
    ]
    assert missing == plain


def test_what_changed_is_counted_a_package(post_desk, tmp_path):
    month = post_desk.calendar().parse("2023-12")
    one = post_desk.records.add("clearing", clearing(post=None))
    post_desk.exchange.exports.export(month.text, tmp_path, ExportOptions())
    post_desk.records.edit("clearing", one.id, {"participants": 5})
    post_desk.exchange.exports.export(month.text, tmp_path, ExportOptions())
    post_desk.records.add("clearing", clearing(post=None, started_on="2023-12-05"))
    state = send_state(post_desk)
    assert [(went.sent.number, went.changed) for went in state.went] == [(2, 1), (1, 2)]
    assert state.period.text == "2023-12"


def preview_file(session, path, passphrase=None):
    (incoming,) = preview_files(session, [path], {path: passphrase} if passphrase else {})
    return incoming


def export(desk, folder):
    return desk.exchange.exports.export("2023-12", folder, ExportOptions())


def test_looking_changes_nothing_and_says_whom_a_file_is_from(pair, tmp_path):
    post, province = pair
    post.records.add("clearing", clearing(post=None))
    path = export(post, tmp_path)
    renamed = tmp_path / "a.bdx"
    shutil.copy(path, renamed)
    before = province.maintenance.verify()["totals_hash"]
    incoming = preview_file(province, renamed)
    assert (incoming.outcome.status, incoming.outcome.added) == ("would_import", 1)
    assert not incoming.locked
    assert incoming.origin == (post.identity.id, "Ba Sơn", "2023-12", 1)
    assert province.maintenance.verify()["totals_hash"] == before
    assert import_file(province, renamed).outcome.batch is not None
    assert (
        list(province.exchange.batches.refused_records(province.exchange.batches.all()[0].id)) == []
    )


def test_a_locked_file_is_told_from_a_broken_one(pair, tmp_path):
    post, province = pair
    path = locked(export(post, tmp_path), "khoa-mo-cua")
    assert opens_with_passphrase(path)
    assert preview_file(province, path).locked
    assert preview_file(province, path, "sai-mat-khau").locked
    assert not preview_file(province, path, "khoa-mo-cua").locked
    broken = tmp_path / "broken.bdx"
    broken.write_bytes(b"PK nothing")
    incoming = import_file(province, broken)
    assert not incoming.locked
    assert incoming.origin is None
    assert province.exchange.quarantine.refusal_reason("broken.bdx") == incoming.outcome.reason
    assert province.exchange.quarantine.refusal_reason(path.name) == ""
    assert not opens_with_passphrase(tmp_path / "nowhere.bdx")


def test_why_files_are_held_is_told_in_the_language_in_use(pair, tmp_path):
    post, province = pair
    post.records.add("clearing", clearing(post=None))
    path, broken, lost = export(post, tmp_path), tmp_path / "broken.bdx", tmp_path / "lost.bdx"
    broken.write_bytes(b"PK nothing")
    province.exchange.cards.revoke_card(post.identity.id)
    quarantine = province.exchange.quarantine
    came = [province.exchange.imports.take(one) for one in (path, broken, lost)]
    quarantine.note_refused(lost.name, came[2].stored)
    quarantine.note_refused("newer.bdx", newer_package("9.1").stored)
    # As an earlier version stored it.
    quarantine.note_refused("old.bdx", "Tệp bị hỏng {…}.")

    def told():
        held = [*quarantine.waiting(), *quarantine.refused_files()]
        return {one.file: one.reason for one in held}

    in_vietnamese = told()
    assert [in_vietnamese[one.file] for one in came] == [one.reason for one in came]
    set_language("en")
    try:
        assert told() == {
            path.name: "The card of the desk that signed it was revoked.",
            "broken.bdx": "The file is damaged or is not a BorderDesk package.",
            "lost.bdx": "The file cannot be read: it is not there",
            "newer.bdx": str(newer_package("9.1")),
            "old.bdx": "Tệp bị hỏng {…}.",
        }
        assert "9.1" in told()["newer.bdx"]
    finally:
        set_language("vi")
    assert told() == in_vietnamese


def test_versions_stand_side_by_side_with_why_one_counts(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        record = one.records.add("clearing", clearing(post=None)).id
        two.exchange.imports.take(export(one, tmp_path / "a"))
        one.records.edit("clearing", record, {"participants": 21})
        one.records.edit("clearing", record, {"participants": 22})
        two.records.delete("clearing", record, "Ghi nhầm")
        one.exchange.imports.take(export(two, tmp_path / "b"))
        told = compare_versions(one, "clearing", record)
        assert [side.deleted for side in told.sides] == [False, True]
        assert told.whole_only
        assert told.why_first() == "bản sửa được tính trước bản xóa"
        people = next(line for line in told.lines if line.key == "participants")
        assert people.texts == ("22", "")
        assert people.differs
        assert told.owner == one.book.post_name("BS")
        one.exchange.inbox.resolve("clearing", record, told.sides[1].revision)
        assert one.lists.count("clearing", Filter()) == 0


def test_the_version_that_counts_is_the_one_revised_more_often(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        record = one.records.add("clearing", clearing(post=None)).id
        two.exchange.imports.take(export(one, tmp_path / "a"))
        for people in (21, 22):
            two.records.edit("clearing", record, {"participants": people})
        one.records.edit("clearing", record, {"participants": 23})
        one.exchange.imports.take(export(two, tmp_path / "b"))
        told = compare_versions(one, "clearing", record)
        assert told.why_first() == "bản đó đã qua nhiều lần sửa hơn"
        assert next(n for n in told.lines if n.key == "participants").texts == ("22", "23")


def test_fields_kept_at_another_desk_are_no_difference(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        record = one.records.add("clearing", clearing(post=None, note="Ghi chú")).id
        card = two.exchange.cards.own()
        sent_with = ExportOptions([card], reason="Hai máy một đồn")
        two.exchange.imports.take(one.exchange.exports.export("2023-12", tmp_path / "a", sent_with))
        two.records.edit("clearing", record, {"participants": 40})
        one.records.edit("clearing", record, {"participants": 41, "note": "Ghi chú mới"})
        one.exchange.imports.take(export(two, tmp_path / "b"))
        told = compare_versions(one, "clearing", record)
        mine = next(n for n, side in enumerate(told.sides) if side.whole)
        note = next(line for line in told.lines if line.key == "note")
        assert note.texts[mine] == "Ghi chú mới"
        assert note.texts[1 - mine] == "(giữ ở sổ đã nhập)"
        assert not note.differs
        theirs = told.sides[1 - mine].revision
        one.exchange.inbox.resolve("clearing", record, {"participants": theirs})
        values = one.records.read("clearing", record)[0]
        assert (values["participants"], values["note"]) == (40, "Ghi chú mới")


def test_a_thread_waits_until_the_desk_that_keeps_the_record_answers(pair, tmp_path):
    post, province = pair
    record = post.records.add("clearing", clearing(post=None)).id
    province.exchange.imports.take(export(post, tmp_path / "a"))
    with pytest.raises(OperationRefused):
        province.records.edit("clearing", record, {"participants": 3})
    assert note_thread(province, "clearing", record).notes == []
    note = province.exchange.notes.add_note("clearing", record, "Xem lại số người")
    assert not note_threads(province)[0].waits
    post.exchange.imports.take(export(province, tmp_path / "b"))
    thread = note_threads(post)[0]
    assert (thread.waits, thread.answered, thread.here) == (True, note.id, True)
    opened = {"tab": "notes", "type": "clearing", "record": record}
    assert any(todo.intent == opened for todo in make_overview(post, "2023-12").todos)
    post.exchange.notes.add_note("clearing", record, "Đã sửa", reply_to=thread.answered)
    assert not note_threads(post)[0].waits
    assert [one.own for one in note_threads(post)[0].notes] == [False, True]
    assert not any(todo.intent == opened for todo in make_overview(post, "2023-12").todos)


def test_a_thread_of_a_record_that_was_taken_out_still_reads(pair, tmp_path):
    post, province = pair
    record = post.records.add("clearing", clearing(post=None)).id
    province.exchange.imports.take(export(post, tmp_path / "a"))
    province.exchange.notes.add_note("clearing", record, "Xem lại")
    province.exchange.batches.undo_batch(province.exchange.batches.all()[0].id)
    thread = note_threads(province)[0]
    assert not thread.here
    assert thread.notes[0].text == "Xem lại"


def test_a_practice_desk_is_told_what_it_may_not(tmp_path):
    with Desk.create(tmp_path / "p", "post", "BS", "Người tập", practice=True) as desk:
        assert send_state(desk).went == []
        with pytest.raises(OperationRefused):
            export(desk, tmp_path / "out")


def test_owners_are_called_by_their_whole_names_whatever_they_own(post_desk):
    own = post_desk.identity.id
    assert owner_title(post_desk, "household", {}, {}, own) == "Đồn Biên phòng Ba Sơn"
    assert owner_title(post_desk, "clearing", {"post": "BS"}, {}, own) == "Đồn Biên phòng Ba Sơn"
    assert owner_title(post_desk, "household", {}, {"0f": "Bắc Xa"}, "0f") == "Bắc Xa"
