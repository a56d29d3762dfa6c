"""Closed periods with packages, scans, a killed process and a full disk."""

import os
import shutil
import signal
import struct
import zlib

import pytest

from borderdesk.base.errors import UserError
from borderdesk.closing.attachments import kind_of
from borderdesk.closing.editions import counted_in
from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.figures.changes import added_since
from borderdesk.figures.scopes import make_view
from borderdesk.reports.contents.completeness import completeness
from borderdesk.store.records.counted_revisions import counted_records
from tests import exchanging
from tests.exchanging import new_desk, send, trust

MONTH = "2023-12"


def clearing(**more):
    return exchanging.clearing(**{"times": 1, **more})


def people(desk, **options):
    (found,) = [x for x in make_summary(desk, MONTH, "post:BS", **options).lines
                if x.key == "clearing_participants"]  # fmt: skip
    return found.value


@pytest.fixture
def laptops(tmp_path):
    """Two laptops of one post."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        yield one, two


# ------------------------------------------------------------------------------ packages


def test_an_import_applies_to_a_closed_period_and_the_edition_says_so(laptops, tmp_path):
    one, two = laptops
    record = one.records.add("clearing", clearing(post=None, participants=5)).id
    two.exchange.imports.take(send(one, tmp_path / "a"))
    edition = one.closing.close_period(MONTH)
    assert one.closing.moved(edition.id) == []
    two.records.edit("clearing", record, {"participants": 8})
    two.records.add("clearing", clearing(post=None, participants=1, started_on="2023-12-09"))
    assert one.exchange.imports.take(send(two, tmp_path / "b")).status == "imported"
    assert (people(one), people(one, live=True)) == (5, 9)
    moved = {(m.key, m.column): (m.signed, m.now) for m in one.closing.moved(edition.id)}
    assert moved["clearing_participants", "value"] == (5, 9)
    assert moved["clearing_events", "value"] == (1, 2)
    # By hand, only a change back to the signed state is allowed.
    with pytest.raises(ClosedPeriodError):
        one.records.edit("clearing", record, {"participants": 6})
    one.records.edit("clearing", record, {"participants": 5})
    assert people(one, live=True) == 6


def test_a_closing_that_comes_counts_what_its_author_held_then(laptops, tmp_path):
    """Neither what the author typed later and sent in the same file, nor what was typed here and
    not sent before."""
    one, two = laptops
    record = two.records.add("clearing", clearing(post=None, participants=2)).id
    one.exchange.imports.take(send(two, tmp_path / "a"))
    unsent = two.records.add("clearing", clearing(post=None, participants=4)).id
    counted = [one.records.add("clearing", clearing(post=None, participants=5 + n)).id
               for n in range(4)]  # fmt: skip
    edition = one.closing.close_period(MONTH)
    late = [one.records.add("clearing", clearing(post=None, participants=40 + n)).id
            for n in range(9)]  # fmt: skip
    two.exchange.imports.take(send(one, tmp_path / "b"))
    (came,) = two.closing.editions(MONTH, "post:BS")
    assert came.id == edition.id
    # Typed here before the file came, so its `seq` is below others that the author counted.
    known = counted_in(two.store, came)
    assert counted_records(two.store, [record, *counted, *late, unsent], known) == {
        record,
        *counted,
    }
    assert added_since(two.store, known) == {unsent, *late}
    found = [make_summary(two, period, with_ids=True).lines for period in (MONTH, "2023")]
    month, year = (x for lines in found for x in lines if x.key == "clearing_participants")
    assert {*month.records} == {record, *counted}
    assert ({*year.late_records}, year.late) == ({unsent, *late}, 4 + sum(range(40, 49)))
    months = completeness(two, make_view(two, MONTH, "post:BS", None))
    assert [one.after_closing for month in months for one in month.posts] == [1 + len(late)]
    assert (people(two), people(two, live=True)) == (people(one), people(one, live=True) + 4)
    for laptop in (one, two):
        (moved,) = [m for m in laptop.closing.moved(edition.id)
                    if (m.key, m.column) == ("clearing_participants", "value")]  # fmt: skip
        assert moved.signed == 28
    # The author's later record may be changed here as there; a counted one may not.
    two.records.edit("clearing", late[0], {"participants": 41})
    with pytest.raises(ClosedPeriodError):
        two.records.edit("clearing", counted[0], {"participants": 41})
    two.records.edit("clearing", unsent, {"participants": 3})


def test_what_the_author_counted_and_comes_here_later_is_counted(laptops, tmp_path):
    """Of a third laptop's records: those that the author of the paper had then, and none since."""
    one, two = laptops
    with new_desk(tmp_path / "three", "post", "BS", 3) as three:
        trust(one, two, three)
        counted = three.records.add("clearing", clearing(post=None, participants=7)).id
        first = send(three, tmp_path / "a")
        one.exchange.imports.take(first)
        batch = two.exchange.imports.take(first).batch
        one.exchange.imports.take(send(two, tmp_path / "b"))
        two.exchange.batches.undo_batch(batch)
        one.closing.close_period(MONTH)
        late = three.records.add("clearing", clearing(post=None, participants=1)).id
        wish = ExportOptions(receiver=two.identity.id)
        two.exchange.imports.take(send(one, tmp_path / "c", wish=wish))
        (came,) = two.closing.editions(MONTH, "post:BS")
        assert (people(two), people(two, live=True)) == (7, 0)
        two.exchange.imports.take(send(three, tmp_path / "d"))
        known = counted_in(two.store, came)
        assert counted_records(two.store, [counted, late], known) == {counted}
        assert added_since(two.store, known) == {late}
        with pytest.raises(ClosedPeriodError):
            two.records.edit("clearing", counted, {"participants": 8})
        two.records.edit("clearing", late, {"participants": 2})
        assert (people(two), people(two, live=True)) == (7, 9)


def test_choosing_a_version_that_was_not_signed_is_refused(laptops, tmp_path):
    one, two = laptops
    record = one.records.add("clearing", clearing(post=None, participants=5)).id
    two.exchange.imports.take(send(one, tmp_path / "a"))
    two.records.edit("clearing", record, {"note": "một"})
    theirs = two.records.edit("clearing", record, {"participants": 8}).revision
    ours = one.records.edit("clearing", record, {"participants": 6}).revision
    one.closing.close_period(MONTH)
    one.exchange.imports.take(send(two, tmp_path / "b"))
    (double,) = one.exchange.inbox.doubles()
    assert (people(one), people(one, live=True)) == (6, 8)
    (line,) = [x for x in make_summary(one, MONTH, live=True).lines if x.key == "clearing_events"]
    assert line.doubles == 1
    # The other's version counts until somebody chooses: keeping it does not change the figures.
    assert double.versions[0].id.hex() == theirs
    one.exchange.inbox.resolve("clearing", record, ours)
    assert people(one, live=True) == 6


def test_to_choose_another_version_than_the_signed_one_is_refused(laptops, tmp_path):
    one, two = laptops
    record = one.records.add("clearing", clearing(post=None, participants=5)).id
    two.exchange.imports.take(send(one, tmp_path / "a"))
    theirs = two.records.edit("clearing", record, {"participants": 8}).revision
    one.records.edit("clearing", record, {"note": "một"})
    one.records.edit("clearing", record, {"participants": 6})
    one.closing.close_period(MONTH)
    one.exchange.imports.take(send(two, tmp_path / "b"))
    assert people(one, live=True) == 6
    with pytest.raises(ClosedPeriodError):
        one.exchange.inbox.resolve("clearing", record, theirs)
    assert len(one.exchange.inbox.doubles()) == 1


def test_what_is_typed_after_a_batch_was_taken_out_is_late_all_the_same(laptops, tmp_path):
    one, two = laptops
    two.records.add("clearing", clearing(post=None, participants=8))
    batch = one.exchange.imports.take(send(two, tmp_path)).batch
    edition = one.closing.close_period(MONTH)
    one.exchange.batches.undo_batch(batch)
    assert (people(one), people(one, live=True)) == (8, 0)
    late = one.records.add("clearing", clearing(post=None, participants=1)).id
    one.records.edit("clearing", late, {"participants": 2})
    assert [(m.signed, m.now) for m in one.closing.moved(edition.id)
            if (m.key, m.column) == ("clearing_participants", "value")] == [(8, 2)]  # fmt: skip
    assert one.maintenance.verify()["ok"]


def test_a_paper_of_another_desk_is_told_figure_by_figure_when_a_package_said_the_same(tmp_path):
    with (
        Desk.create(tmp_path / "post", "post", "BS", "A", desk_id="a" * 32) as post,
        Desk.create(tmp_path / "province", "province", "20", "B", desk_id="b" * 32) as province,
    ):
        trust(post, province)
        record = post.records.add("clearing", clearing(post=None, participants=5)).id
        post.closing.close_period(MONTH)
        text = post.closing.paper_text(make_summary(post, MONTH))
        assert province.closing.check(text).result == "different"
        province.exchange.imports.take(send(post, tmp_path / "a", MONTH))
        assert province.closing.check(text).result == "same"
        post.closing.note_sent(MONTH)
        post.closing.amend_period(MONTH, None, "đếm lại")
        post.records.edit("clearing", record, {"participants": 8})
        province.exchange.imports.take(send(post, tmp_path / "b", MONTH))
        verdict = province.closing.check(text)
        assert (verdict.result, verdict.known) == ("different", True)
        assert [(m.key, m.signed, m.now) for m in verdict.moved] == [
            ("clearing_participants", 5, 8)
        ]


# --------------------------------------------------------------------- whole or not at all


def test_a_full_disk_while_closing_leaves_nothing_half_written(post_desk):
    post_desk.records.add("clearing", clearing())
    before = post_desk.maintenance.verify()
    pages = post_desk.store.value("PRAGMA page_count")
    post_desk.store.value(f"PRAGMA max_page_count = {pages}")
    # The free pages inside the file suffice for a few closings.
    with pytest.raises(UserError, match="đĩa đã đầy"):
        close_months(post_desk)
    post_desk.store.value("PRAGMA max_page_count = 1000000")
    kept = post_desk.closing.editions()
    rows = [len(post_desk.closing.summary(edition.id).lines) for edition in kept]
    assert len(set(rows)) <= 1
    assert post_desk.store.value("SELECT COUNT(DISTINCT edition) FROM edition_figure") == len(kept)
    assert post_desk.store.value("SELECT COUNT(*) FROM edition_event") == len(kept)
    assert post_desk.maintenance.verify() == before


def close_months(desk):
    for month in range(1, 13):
        desk.closing.close_period(f"2022-{month:02}")


def closing_child(folder, steps):
    """A child that amends and closes, killing itself after so many SQLite virtual machine steps."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        with Desk.open(folder) as desk:
            left = [steps]

            def step():
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            desk.store.connection().set_progress_handler(step, 50)
            desk.closing.close_period(MONTH, number="06")
        os._exit(0)
    finally:
        os._exit(9)


def test_a_kill_while_closing_leaves_the_amendment_whole_or_not_there(post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    with Desk.open(folder) as desk:
        desk.records.add("clearing", clearing(participants=5))
        desk.closing.close_period(MONTH, number="05")
        desk.closing.note_printed(MONTH)
        desk.closing.amend_period(MONTH, None, "đếm lại")
        desk.records.add("clearing", clearing(participants=1, started_on="2023-12-09"))
        signed = desk.closing.state(MONTH).edition
    ends, steps = [], 1
    while 0 not in ends:
        ends.append(closing_child(folder, steps))
        with Desk.open(folder) as desk:
            state = desk.closing.state(MONTH)
            assert desk.maintenance.verify()["ok"]
            if ends[-1] == -signal.SIGKILL:
                assert (state.name, state.edition) == ("amending", signed)
                assert len(desk.closing.editions(MONTH)) == 1
                assert len(desk.closing.events(signed.id)) == 3
        steps *= 2
    assert ends[:-1] == [-signal.SIGKILL] * (len(ends) - 1)
    assert len(ends) > 3
    assert (state.name, state.edition.number, state.edition.replaces) == ("closed", 2, signed.id)


def test_a_figure_that_was_altered_by_hand_is_found(post_desk):
    edition = post_desk.closing.close_period(MONTH)
    post_desk.store.run(
        "UPDATE edition_figure SET value = '9' WHERE edition = ? AND key = 'leaflets'",
        (edition.id,),
    )
    found = post_desk.maintenance.verify()
    assert not found["ok"]
    assert "của bản 1 không còn đúng như khi ký" in found["problems"][0]


# --------------------------------------------------------------------------------- scans


def png():
    def chunk(name, body):
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg():
    return (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
            b"\xff\xda\x00\x02\x12\x34\xff\xd9")  # fmt: skip


@pytest.fixture
def pdf(post_desk, tmp_path):
    """A real PDF, written by the program."""
    from borderdesk.reports.contents.requests import Request
    from borderdesk.reports.report_kinds import write_report

    target = tmp_path / "bao-cao.pdf"
    write_report(post_desk, Request("summary", MONTH), target)
    return target.read_bytes()


def test_a_scan_goes_in_and_comes_out_as_it_was(post_desk, pdf, tmp_path):
    edition = post_desk.closing.close_period(MONTH)
    scans = post_desk.closing.scans
    for name, content, kind in (("Bản ký.JPEG", jpeg(), "jpg"), ("b.png", png(), "png"),
                                ("c.dat", pdf, "pdf")):  # fmt: skip
        source = tmp_path / name
        source.write_bytes(content)
        kept = scans.attach_scan(edition.id, source)
        assert (kept.kind, kept.size, kept.author) == (kind, len(content), "Người thử")
        assert scans.attach_scan(edition.id, source) == kept
        scans.save_scan(kept.id, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == content
    assert [s.name for s in scans.attachments(edition.id)] == ["Bản ký.jpg", "b.png", "c.pdf"]
    scans.detach_scan(kept.id)
    assert len(scans.attachments(edition.id)) == 2
    with pytest.raises(UserError):
        scans.content(kept.id)


def test_what_is_no_whole_scan_is_refused(post_desk, pdf, tmp_path):
    edition = post_desk.closing.close_period(MONTH)
    whole = (png(), jpeg(), pdf)
    assert [kind_of(content) for content in whole] == ["png", "jpg", "pdf"]
    broken = [b"", b"MZ\x90", b"%PDF-1.4\n%%EOF", b"\xff\xd8\xff\xd9", *(c[:-9] for c in whole),
              png().replace(b"IDAT", b"IDAS"), pdf[: len(pdf) // 2] + b"%%EOF"]  # fmt: skip
    file = tmp_path / "a.pdf"
    for content in broken:
        file.write_bytes(content)
        with pytest.raises(UserError, match="nguyên vẹn"):
            post_desk.closing.scans.attach_scan(edition.id, file)
    with file.open("wb") as large:
        large.truncate(20 * 2**20 + 1)
    with pytest.raises(UserError, match="20 MB"):
        post_desk.closing.scans.attach_scan(edition.id, file)
    with pytest.raises(UserError, match="Không đọc được"):
        post_desk.closing.scans.attach_scan(edition.id, tmp_path / "nowhere.pdf")
    with pytest.raises(UserError, match="bản đã ký"):
        post_desk.closing.scans.attach_scan("khong", file)
    assert post_desk.closing.scans.attachments(edition.id) == []


def test_a_wrong_scan_on_the_command_line_closes_nothing(cli_inline, desk_folder, tmp_path):
    scan = tmp_path / "a.png"
    scan.write_bytes(b"x")
    words = ("--desk", desk_folder, "close", "--period", MONTH, "--scan", scan)
    assert cli_inline(*words).returncode == 1
    assert cli_inline("--desk", desk_folder, "editions").stdout == ""
    scan.write_bytes(png())
    assert cli_inline(*words).returncode == 0
    assert '"a.png"' in cli_inline("--desk", desk_folder, "editions").stdout
