"""Undoing a batch: nothing of it stays, and what it had replaced comes back; or it is set aside,
and waits to be imported again."""

import datetime
import json

import pytest

from borderdesk.base.errors import UserError
from borderdesk.exchange.desks.author_rules import LATER, SET_ASIDE, TAKEN
from borderdesk.exchange.merging.revision_merge import PART, TEXT
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.overview.waiting import waiting as todos
from borderdesk.schema.revisions import moment_of, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.models.exchange import RefusedPackageRow
from borderdesk.store.records.logs import waiting_entries
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, send, state, trust

OWN = ("audit", "batch", "meta", "table_digest", "log_entry", "desk_log", "acknowledgement",
       "acknowledged_log", "sqlite_sequence")  # fmt: skip
"""Tables about this desk itself, or about what others hold: that a file was imported and undone is
logged."""


@pytest.fixture
def desks(tmp_path):
    """Two laptops of a post, another post, the province: all know each other."""
    units = [("post", "BS"), ("post", "BS"), ("post", "TL"), ("province", "20")]
    found = [new_desk(tmp_path / f"d{n}", *unit, n) for n, unit in enumerate(units, start=1)]
    trust(*found)
    yield found
    for desk in found:
        desk.close()


def send_to(desk, receiver, folder, **wish):
    options = ExportOptions(receiver=receiver.identity.id, **wish)
    return send(
        desk, folder / f"{desk.identity.id[-1]}{len([*folder.iterdir()])}", "2023-12", options
    )


def take(desk, path):
    return desk.exchange.imports.take(path)


def content(desk):
    """{table: its rows without ids} except the desk's own actions."""
    kinds = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*_search*'"
    found = {}
    for name in {row[0] for row in desk.store.rows(kinds)} - {*OWN}:
        columns = [row[1] for row in desk.store.rows(f"SELECT * FROM pragma_table_info('{name}')")]
        kept = [column for column in columns if column != "row"]
        rows = desk.store.rows(f"SELECT {', '.join(kept)} FROM {name}")
        found[name] = sorted(rows, key=repr)
    others = desk.store.rows(
        "SELECT l.desk, e.number, e.id, e.revision, e.content, e.refused FROM log_entry e"
        " JOIN desk_log l ON l.id = e.log WHERE l.desk <> ? ORDER BY 1, 2", (desk.identity.id,)
    )  # fmt: skip
    return found | {"others": list(others)}


def board(desk):
    return desk.exchange.board.table(2023).rows


def test_nothing_of_a_batch_is_left(desks, tmp_path):
    """Compared table by table: records, picks, places, versions, notes and their texts, verdicts,
    closings, statements, requested files."""
    one, two, _tl, province = desks
    saved = one.records.add("clearing", clearing(post=None)).id
    pledge = {"signed_on": "2023-12-05", "programme": "chuong_trinh_moi", "household": HOUSEHOLD}
    one.records.add("pledge", pledge, new_picks=True)
    nothing_left(province, send_to(one, province, tmp_path))
    for desk in (province, two):
        take(desk, send_to(one, desk, tmp_path))
    one.records.edit("clearing", saved, {"participants": 33})
    two.records.edit("clearing", saved, {"participants": 44})
    two.closing.close_period("2023-12")
    for desk in (one, province):
        nothing_left(desk, send_to(two, desk, tmp_path))
    take(province, send_to(two, province, tmp_path))
    note = province.exchange.notes.add_note("clearing", saved, "Vì sao?")
    nothing_left(one, send_to(province, one, tmp_path))
    take(one, send_to(province, one, tmp_path))
    one.exchange.notes.add_note("clearing", saved, "Vì thế.", reply_to=note.id)
    broken = send_to(one, province, tmp_path)
    broken.write_bytes(broken.read_bytes()[:300])
    assert take(province, broken).status == REFUSED
    assert [file.file for file in province.exchange.quarantine.refused_files()] == [broken.name]
    healing = send_to(one, province, tmp_path)
    nothing_left(province, healing)
    assert [file.file for file in province.exchange.quarantine.refused_files()] == [broken.name]
    take(province, healing)
    assert province.exchange.quarantine.refused_files() == []


@pytest.mark.parametrize(("aside", "noted"), [(False, PART), (True, PART), (False, TEXT | PART)])
def test_an_undone_file_with_separate_parts_leaves_the_records_that_were_here(
    desks, tmp_path, aside, noted
):
    """It brought only the separate parts, as the texts had arrived before."""
    post, _other, _third, province = desks
    work = post.records.add("clearing", clearing(post=None, note="Ghi chú")).id
    pledge = {"signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": HOUSEHOLD}
    post.records.add("pledge", pledge)
    take(province, send_to(post, province, tmp_path))
    before = content(province)
    wish = {"cards": [province.exchange.cards.own()], "reason": "Đối chiếu hộ dân"}
    path = send_to(post, province, tmp_path, **wish)
    batch = take(province, path).batch
    assert province.records.read("clearing", work)[0]["note"] == "Ghi chú"
    (claimed,) = province.store.one("SELECT DISTINCT carried FROM claim")
    assert claimed == PART
    province.store.run("UPDATE claim SET carried = ?", (noted,))
    province.exchange.batches.undo_batch(batch, aside=aside)
    told = province.maintenance.verify()
    assert told["ok"], told["problems"]
    assert "note" not in province.records.read("clearing", work)[0]
    after = content(province)
    kinds = ("clearing", "pledge", "household", "revision", "private_part", "claim")
    assert {kind: after[kind] for kind in kinds} == {kind: before[kind] for kind in kinds}
    assert rebuild(province.store, province.book) == []
    if aside:
        province.exchange.batches.take_back(batch)
    # The parts were removed with the file: it brings them when it is offered again.
    again = take(province, path)
    assert again.reason.endswith("phần thông tin cá nhân và nội bộ: 2.")
    assert province.records.read("clearing", work)[0]["note"] == "Ghi chú"


@pytest.mark.parametrize("aside", [False, True])
def test_separate_parts_that_came_later_hold_nothing_of_an_undone_file(desks, tmp_path, aside):
    """Parts from the same desk's next file, which is undone too, and from another laptop's file."""
    one, two, _tl, province = desks
    saved = one.records.add("clearing", clearing(post=None, note="Ghi chú")).id
    take(province, send_to(one, province, tmp_path))
    before = content(province)
    one.records.edit("clearing", saved, {"note": "Ghi chú khác"})
    one.records.add("clearing", clearing(post=None, note="Mới", started_on="2023-11-04"))
    batch = take(province, send_to(one, province, tmp_path)).batch
    one.records.add("clearing", clearing(post=None, note="Mới nữa", started_on="2023-11-05"))
    wish = {"cards": [province.exchange.cards.own(), two.exchange.cards.own()], "reason": "Sửa"}
    parts = send_to(one, province, tmp_path, **wish)
    take(two, parts)
    for path in (parts, send_to(two, province, tmp_path, **wish)):
        take(province, path)
    assert province.records.read("clearing", saved)[0]["note"] == "Ghi chú khác"
    (also,) = province.exchange.batches.undone_with(batch)
    province.exchange.batches.undo_batch(batch, aside=aside)
    told = province.maintenance.verify()
    assert told["ok"], told["problems"]
    kinds = ("clearing", "revision", "private_part", "claim")
    after = content(province)
    assert {kind: after[kind] for kind in kinds} == {kind: before[kind] for kind in kinds}
    assert rebuild(province.store, province.book) == []
    if aside:
        for name in (batch, also.id):
            province.exchange.batches.take_back(name)
    else:
        take(province, send_to(one, province, tmp_path))
    assert state(province)[0] == state(one)[0]


def test_a_file_that_could_not_be_taken_in_is_put_away_by_name_and_brought_back(
    desks, tmp_path, cli_inline
):
    _one, _two, other, province = desks
    province.exchange.cards.revoke_card(other.identity.id)
    waits, broken = send_to(other, province, tmp_path), tmp_path / "Bản sao của tháng 11.bdx"
    broken.write_bytes(b"PK half")
    assert [take(province, path).status for path in (waits, broken)] == [QUARANTINED, REFUSED]
    place = ("--desk", province.folder, "quarantine")

    def listed(*words):
        return {
            one["file"] for one in map(json.loads, cli_inline(*place, *words).stdout.splitlines())
        }

    both = {waits.name, broken.name}
    assert listed() == both
    assert listed("--put-away", waits.name, "--put-away", broken.name) == both
    assert (listed(), listed("--away")) == (set(), both)
    assert {todo.intent["tab"] for todo in todos(province)} <= {"cards"}
    assert not any(cell.waiting for row in board(province) for cell in row.cells)
    # Neither the card nor a window of the shared folder imports them again; a person does.
    province.exchange.cards.accept_card(other.exchange.cards.own())
    assert province.exchange.imports.take_waiting() == []
    assert cli_inline(*place, "--bring-back", "x.bdx").returncode == 1
    assert listed("--bring-back", waits.name, "--bring-back", broken.name) == both
    assert [done.file for done in province.exchange.imports.take_waiting()] == [waits.name]
    assert listed() == {broken.name}
    # A repeated submission is reported again.
    province.exchange.quarantine.put_away(province.exchange.quarantine.named([broken.name]))
    assert take(province, broken).status == REFUSED
    assert listed() == {broken.name}
    # The board has no cell for a district's file, nor for that of a year.
    for name in ("BorderDesk_183-2023-0a1b2c3d_2023-11_4.bdx", "BorderDesk_BS-0a1b2c3d_2023_4.bdx"):
        province.exchange.quarantine.note_refused(name, "x")
        wanted = [one.intent for one in todos(province) if "held" in one.intent]
        assert wanted == [{"tab": "receive", "held": name}]


def test_what_was_put_away_is_kept_for_31_days(post_desk):
    quarantine, row = post_desk.exchange.quarantine, RefusedPackageRow
    minutes = {"kept.bdx": 1, "gone.bdx": -1, "new.bdx": None}
    for name, minute in minutes.items():
        quarantine.note_refused(name, "x")
        quarantine.put_away(quarantine.named([name]))
        if minute is not None:
            moment = moment_of(utc_stamp()) - datetime.timedelta(days=31, minutes=-minute)
            query = row.update(put_away=utc_stamp(moment)).where(row.file == name)
            with post_desk.writing():
                post_desk.store.execute(query)
    assert {one.file for one in quarantine.refused_files(away=True)} == {"kept.bdx", "new.bdx"}
    with pytest.raises(UserError):
        quarantine.named(["gone.bdx"], away=True)


def test_a_broken_file_is_made_good_by_what_came_through_another_desk(desks, tmp_path):
    one, two, _other, province = desks
    one.records.add("clearing", clearing(post=None))
    whole = send_to(one, two, tmp_path)
    broken = tmp_path / whole.name
    broken.write_bytes(whole.read_bytes()[:300])
    take(province, broken)
    take(two, whole)
    assert [file.file for file in province.exchange.quarantine.refused_files()] == [broken.name]
    take(province, send_to(two, province, tmp_path))
    assert province.exchange.quarantine.refused_files() == []


def nothing_left(desk, path):
    before, shown, same = content(desk), board(desk), state(desk)
    told = take(desk, path)
    assert told.status in (IMPORTED, UNCHANGED)
    desk.exchange.batches.undo_batch(told.batch)
    after = content(desk)
    assert {name for name in after if after[name] != before[name]} == set()
    assert (board(desk), state(desk)) == (shown, same)
    assert rebuild(desk.store, desk.book) == []


def test_what_had_to_wait_because_of_a_batch_counts_once_that_is_gone(desks, tmp_path):
    """Another post claims a record before its owner's file arrives: the owner's versions wait until
    the false file is undone."""
    one, _two, other, province = desks
    saved = one.records.add("clearing", clearing(post=None, participants=9)).id
    other.records.add("clearing", clearing(post=None, participants=50, id=saved))
    false = take(province, send_to(other, province, tmp_path))
    assert false.added == 1
    told = take(province, send_to(one, province, tmp_path))
    assert [entry.refused for entry in waiting_entries(province.store)] == [TAKEN]
    assert told.added == 0
    province.exchange.batches.undo_batch(false.batch)
    assert waiting_entries(province.store) == []
    assert province.records.read("clearing", saved)[0]["participants"] == 9
    assert state(province)[0] == state(one)[0]
    assert rebuild(province.store, province.book) == []


def test_a_package_of_which_a_part_waits_for_a_card_does_not_come_back(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 4) as province,
    ):
        trust(one, two)
        trust(one, province)
        two.records.add("clearing", clearing(post=None))
        take(one, send_to(two, one, tmp_path))
        one.records.add("clearing", clearing(post=None))
        told = take(province, send_to(one, province, tmp_path))
        assert told.unknown == (two.identity.id,)
        province.exchange.batches.undo_batch(told.batch)
        province.exchange.cards.accept_card(two.exchange.cards.own())
        assert province.exchange.imports.take_waiting() == []
        assert province.lists.count("clearing", everything()) == 0


def test_what_is_set_aside_waits_and_does_not_come_again(desks, tmp_path):
    one, _two, _tl, province = desks
    saved = one.records.add("clearing", clearing(post=None, participants=9)).id
    first = send_to(one, province, tmp_path)
    told = take(province, first)
    whole, held = state(province), province.part(DeskLog).holding()[one.identity.id]
    note = province.exchange.notes.add_note("clearing", saved, "Vì sao?")
    province.exchange.batches.undo_batch(told.batch, aside=True)
    assert province.lists.count("clearing", everything()) == 0
    assert {entry.refused for entry in waiting_entries(province.store)} == {SET_ASIDE}
    assert province.part(DeskLog).holding()[one.identity.id] == held
    (listed,) = province.exchange.batches.all()
    assert (listed.undone, listed.set_aside) == (True, True)
    assert all(cell.state != "on_time" for row in board(province) for cell in row.cells)
    # Neither the file nor the desk's next one brings it again; entries that build on it wait.
    again = take(province, first)
    assert (again.status, again.added) == (UNCHANGED, 0)
    one.records.edit("clearing", saved, {"participants": 10})
    new = one.records.add("clearing", clearing(post=None, participants=20)).id
    later = take(province, send(one, tmp_path / "next", "2023-12"))
    assert (later.status, later.added) == (IMPORTED, 1)
    assert [row.id for row in province.lists.page("clearing", everything())] == [new]
    assert {entry.refused for entry in waiting_entries(province.store)} == {SET_ASIDE, LATER}
    (submission,) = [
        one for row in board(province) for cell in row.cells for one in cell.submissions
    ]
    found = province.exchange.board.compare(submission)
    assert (bool(found.differences), found.cause) == (True, "set_aside")
    assert rebuild(province.store, province.book) == []
    assert province.maintenance.verify()["ok"]
    assert province.exchange.batches.take_back(listed.id[:6]) >= 2
    assert waiting_entries(province.store) == []
    assert province.records.read("clearing", saved)[0]["participants"] == 10
    assert state(province)[0] == state(one)[0] != whole[0]
    assert not province.exchange.board.compare(submission).differences
    assert [one.id for one in province.exchange.notes.notes()] == [note.id]
    assert rebuild(province.store, province.book) == []
    with pytest.raises(UserError):
        province.exchange.batches.take_back(listed.id)


def test_what_stays_because_something_builds_on_it_is_not_set_aside(desks, tmp_path):
    one, two, *_others = desks
    kept = one.records.add("clearing", clearing(post=None, participants=9)).id
    gone = one.records.add("clearing", clearing(post=None, participants=19)).id
    told = take(two, send_to(one, two, tmp_path))
    two.records.edit("clearing", kept, {"participants": 11})
    two.exchange.batches.undo_batch(told.batch, aside=True)
    assert [row.id for row in two.lists.page("clearing", everything())] == [kept]
    two.exchange.batches.take_back(told.batch)
    assert {row.id for row in two.lists.page("clearing", everything())} == {kept, gone}
    assert two.maintenance.verify()["ok"]


def test_what_another_laptop_built_on_stays_whole_when_it_is_set_aside(desks, tmp_path):
    """The desk keeps sending it."""
    one, two, _tl, province = desks
    record = one.records.add("clearing", clearing(post=None)).id
    take(two, send_to(one, two, tmp_path))
    two.records.delete("clearing", record, "Nhập nhầm")
    batch = take(province, send_to(one, province, tmp_path)).batch
    take(province, send_to(two, province, tmp_path))
    before = content(province)
    province.exchange.batches.undo_batch(batch, aside=True)
    assert content(province)["revision"] == before["revision"]
    assert take(two, send(province, tmp_path / "on")).status == UNCHANGED
    assert take(one, send_to(province, one, tmp_path, back=True)).status == IMPORTED
    told = province.maintenance.verify()
    assert told["ok"], told["problems"]


def test_an_erased_person_is_erased_in_what_waits_too(desks, tmp_path):
    one, two, *_others = desks
    pledge = {"signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": HOUSEHOLD}
    one.records.add("pledge", pledge)
    (home,) = one.lists.page("household", everything())
    one.exchange.notes.add_note("household", home.id, "Kjqwxz đã chuyển đi")
    wish = {"cards": [two.exchange.cards.own()], "reason": "Đối chiếu"}
    told = take(two, send_to(one, two, tmp_path, **wish))
    assert two.records.read("household", home.id)[0]["head"] == HOUSEHOLD["head"]
    two.exchange.batches.undo_batch(told.batch, aside=True)
    assert HOUSEHOLD["head"] in "".join(e.content for e in waiting_entries(two.store))
    assert two.store.value("SELECT text FROM log_text") == "Kjqwxz đã chuyển đi"
    one.exchange.erasures.erase_household(home.id, "Theo đề nghị")
    take(two, send_to(one, two, tmp_path))
    assert HOUSEHOLD["head"] not in "".join(e.content for e in waiting_entries(two.store))
    assert two.store.value("SELECT text FROM log_text") is None
    two.exchange.batches.take_back(told.batch)
    assert "head" not in two.records.read("household", home.id)[0]


def test_the_commands_set_aside_and_take_back(desks, tmp_path, cli_inline):
    one, _two, _tl, province = desks
    one.records.add("clearing", clearing(post=None))
    batch = take(province, send_to(one, province, tmp_path)).batch
    words = ("--desk", province.folder, "undo-batch", batch)
    assert json.loads(cli_inline(*words, "--set-aside").stdout)["revisions"] == 1
    (listed,) = map(
        json.loads, cli_inline("--desk", province.folder, "batches").stdout.splitlines()
    )
    assert (listed["undone"], listed["set_aside"]) == (True, True)
    assert cli_inline(*words).returncode == 1
    assert json.loads(cli_inline(*words, "--take-back").stdout)["entries"] >= 1
    assert province.lists.count("clearing", everything()) == 1
    assert cli_inline(*words, "--take-back").returncode == 1
