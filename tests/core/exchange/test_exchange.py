"""Packages between desks: what is sent and received, who may resolve versions, how batches are
undone."""

import json
from contextlib import ExitStack

import pytest

from borderdesk.base.errors import OperationRefused, RecordChanged, UserError
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, send, state, trust

# ------------------------------------------------------------------------ one package


def test_what_is_sent_arrives_and_twice_changes_nothing(pair, tmp_path):
    post, province = pair
    saved = post.records.add("clearing", clearing(post=None))
    path = send(post, tmp_path / "stick")
    assert path.name == "BorderDesk_BS-00000000_2023_1.bdx"
    assert [*(tmp_path / "stick").iterdir()] == [path]
    first = province.exchange.imports.take(path)
    assert (first.status, first.added) == (IMPORTED, 1)
    values, revision, _doubts = province.records.read("clearing", saved.id)
    assert (values, revision) == post.records.read("clearing", saved.id)[:2]
    before = state(province)
    again = province.exchange.imports.take(path)
    assert (again.status, again.unchanged) == (UNCHANGED, 1)
    assert state(province) == before


def test_personal_and_internal_fields_stay_at_home(pair, tmp_path):
    post, province = pair
    household = {**HOUSEHOLD, "citizen_id": "020085001234"}
    pledge = {
        "signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": household,
        "note": "Ghi chú nội bộ", "witness": "Ông Tám",
    }  # fmt: skip
    saved = post.records.add("pledge", pledge, new_picks=True)
    path = send(post, tmp_path)
    assert b"Ho\xc3\xa0ng" not in path.read_bytes()
    assert province.exchange.imports.take(path).status == IMPORTED
    values = province.records.read("pledge", saved.id)[0]
    assert "note" not in values
    assert "witness" not in values
    there = province.records.read("household", values["household"])[0]
    assert "head" not in there
    assert "citizen_id" not in there
    assert state(province)[0] == state(post)[0]


def test_personal_fields_go_only_with_a_reason_and_a_lock_and_fill_what_came_before(pair, tmp_path):
    post, province = pair
    saved = post.records.add("clearing", clearing(post=None, note="Ghi chú nội bộ"))
    province.exchange.imports.take(send(post, tmp_path / "first"))
    assert "note" not in province.records.read("clearing", saved.id)[0]
    with pytest.raises(OperationRefused):
        send(post, tmp_path / "open", wish=ExportOptions(reason="Đối chiếu hộ dân"))
    wish = ExportOptions([province.exchange.cards.own()], reason="Đối chiếu hộ dân")
    path = send(post, tmp_path / "second", wish=wish)
    assert path.name.endswith(".bdx.age")
    province.exchange.imports.take(path)
    assert province.records.read("clearing", saved.id)[0]["note"] == "Ghi chú nội bộ"
    assert post.exchange.exports.sent()[0].reason == "Đối chiếu hộ dân"
    assert state(province)[0] == state(post)[0]


def test_a_record_whose_personal_part_stayed_elsewhere_is_not_edited_blind(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        saved = one.records.add("clearing", clearing(post=None, note="Ghi chú"))
        two.exchange.imports.take(send(one, tmp_path))
        with pytest.raises(OperationRefused):
            two.records.edit("clearing", saved.id, {"note": "Ghi chú khác"})


def test_a_package_holds_everything_new_whatever_its_date(pair, tmp_path):
    post, province = pair
    old = post.records.add("clearing", clearing(post=None, started_on="2022-03-01"))
    gone = post.records.add("clearing", clearing(post=None, started_on="2022-04-01"))
    province.exchange.imports.take(send(post, tmp_path, "2023-11"))
    post.records.edit("clearing", old.id, {"participants": 19})
    post.records.delete("clearing", gone.id, "Nhập nhầm")
    told = province.exchange.imports.take(send(post, tmp_path, "2023-12"))
    assert (told.updated, told.added) == (2, 0)
    assert province.records.read("clearing", old.id)[0]["participants"] == 19
    with pytest.raises(UserError):
        province.records.read("clearing", gone.id)
    again = province.exchange.imports.take(send(post, tmp_path, "2021-01"))
    assert (again.status, again.unchanged) == (UNCHANGED, 2)
    post.exchange.imports.take(send(province, tmp_path))
    wish = ExportOptions(receiver=province.identity.id)
    empty = province.exchange.imports.take(send(post, tmp_path, "2021-01", wish))
    assert (empty.status, empty.unchanged) == (UNCHANGED, 0)
    assert empty.reason is None
    path = send(post, tmp_path, "2021-02", wish)
    looked_at = province.exchange.imports.take(path, dry_run=True)
    empty = province.exchange.imports.take(path)
    assert looked_at == empty._replace(batch=None)
    again = province.exchange.imports.take(path)
    assert (again.batch, again.reason) == (empty.batch, None)
    assert empty.reason == "Tệp không có bản ghi mới; tệp mang theo kỳ đã nộp số liệu: 1."
    for record, text in ((old.id, "Đã xem lại"), (old.id, "Còn thiếu ảnh")):
        province.exchange.notes.add_note("clearing", record, text)
    noted = post.exchange.imports.take(send(province, tmp_path))
    assert (noted.status, noted.batch is None) == (UNCHANGED, False)
    assert "ý kiến và trả lời: 2" in noted.reason


def test_an_older_package_that_comes_late_is_stale(pair, tmp_path):
    post, province = pair
    saved = post.records.add("clearing", clearing(post=None))
    first = send(post, tmp_path)
    post.records.edit("clearing", saved.id, {"participants": 19})
    second = send(post, tmp_path)
    assert province.exchange.imports.take(second).added == 1
    late = province.exchange.imports.take(first)
    assert (late.status, late.stale) == (UNCHANGED, 1)
    assert province.records.read("clearing", saved.id)[0]["participants"] == 19


def test_a_text_that_looks_like_a_formula_comes_back_as_it_was(pair, tmp_path):
    post, province = pair
    texts = ["=1+1", "@đồn", "-5", "+84", "\u2019=", "'=1", "''", "'", "a\nb"]
    saved = [post.records.add("clearing", clearing(post=None, source_ref=t)) for t in texts]
    province.exchange.imports.take(send(post, tmp_path))
    back = [province.records.read("clearing", one.id)[0]["source_ref"] for one in saved]
    assert back == texts


# ------------------------------------------------------------------------ who is trusted


def test_a_package_waits_until_its_card_is_accepted(tmp_path):
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        post.records.add("clearing", clearing(post=None))
        path = send(post, tmp_path)
        assert province.exchange.imports.take(path).status == QUARANTINED
        assert province.lists.count("clearing", everything()) == 0
        trust(post, province)
        assert province.exchange.imports.take(path).status == IMPORTED
        province.exchange.cards.revoke_card(post.identity.id[:31])
        post.records.add("clearing", clearing(post=None, participants=44))
        assert province.exchange.imports.take(send(post, tmp_path)).status == QUARANTINED


def test_a_package_signed_with_another_key_is_refused(pair, tmp_path):
    post, province = pair
    post.records.add("clearing", clearing(post=None))
    with new_desk(tmp_path / "false", "post", "BS", 3) as other:
        false = other.exchange.cards.own()._replace(desk=post.identity.id)
    province.exchange.cards.accept_card(false)
    told = province.exchange.imports.take(send(post, tmp_path))
    assert told.status == REFUSED


# ------------------------------------------------------------------------ two versions


def test_two_versions_wait_for_the_post_and_its_choice_travels(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        saved = one.records.add("clearing", clearing(post=None, participants=18))
        two.exchange.imports.take(send(one, tmp_path))
        one.records.edit("clearing", saved.id, {"participants": 19})
        two.records.edit("clearing", saved.id, {"participants": 25, "hamlet": "Pò Mã"})
        province.exchange.imports.take(send(one, tmp_path))
        told = province.exchange.imports.take(send(two, tmp_path))
        assert told.double == 1
        (waiting,) = province.exchange.inbox.doubles()
        assert not waiting.chosen_here
        with pytest.raises(OperationRefused):
            province.exchange.inbox.resolve("clearing", saved.id, waiting.versions[0].id.hex())
        two.exchange.imports.take(send(one, tmp_path))
        (here,) = two.exchange.inbox.doubles()
        by_count = {v.values()["participants"]: v.id.hex() for v in here.versions}
        choice = {"participants": by_count[19], "hamlet": by_count[25]}
        chosen = two.exchange.inbox.resolve("clearing", saved.id, choice)
        province.exchange.imports.take(send(two, tmp_path))
        assert province.exchange.inbox.doubles() == []
        # Undone, it waits for a choice again, at the post and wherever the choice arrived.
        sides = [version.id.hex() for version in here.versions]
        two.exchange.inbox.reopen("clearing", saved.id, sides, chosen)
        province.exchange.imports.take(send(two, tmp_path))
        for desk in (two, province):
            (again,) = desk.exchange.inbox.doubles()
            assert [v.values() for v in again.versions] == [v.values() for v in here.versions]
            assert desk.records.read("clearing", saved.id)[0] == here.versions[0].values()
            assert rebuild(desk.store, desk.book) == []
        with pytest.raises(RecordChanged):
            two.exchange.inbox.reopen("clearing", saved.id, sides, chosen)
        by_count = {v.values()["participants"]: v.id.hex() for v in again.versions}
        two.exchange.inbox.resolve(
            "clearing", saved.id, {"participants": by_count[19], "hamlet": by_count[25]}
        )
        values = two.records.read("clearing", saved.id)[0]
        assert (values["participants"], values["hamlet"]) == (19, "Pò Mã")
        province.exchange.imports.take(send(two, tmp_path))
        assert province.exchange.inbox.doubles() == []
        assert province.records.read("clearing", saved.id)[0] == values
        assert rebuild(province.store, province.book) == []


def test_a_review_note_goes_to_the_post_and_its_answer_comes_back(pair, tmp_path):
    post, province = pair
    saved = post.records.add("clearing", clearing(post=None))
    province.exchange.imports.take(send(post, tmp_path))
    asked = province.exchange.notes.add_note("clearing", saved.id, "Vì sao 240 lượt người?")
    assert province.exchange.notes.unanswered() == []
    post.exchange.imports.take(send(province, tmp_path))
    assert post.exchange.notes.unanswered() == [asked]
    with pytest.raises(UserError):
        post.exchange.notes.add_note("clearing", saved.id, "Có.", reply_to="khac")
    post.exchange.notes.add_note(
        "clearing", saved.id, "=3 ngày,\ncó dân tham gia.", reply_to=asked.id
    )
    assert post.exchange.notes.unanswered() == []
    province.exchange.imports.take(send(post, tmp_path))
    question, answer = province.exchange.notes.notes(saved.id)
    assert question == asked
    assert (answer.text, answer.reply_to) == ("=3 ngày,\ncó dân tham gia.", asked.id)


def test_a_version_of_which_a_part_stayed_elsewhere_is_not_chosen_blind(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        saved = one.records.add("clearing", clearing(post=None, participants=18))
        two.exchange.imports.take(send(one, tmp_path))
        one.records.edit("clearing", saved.id, {"participants": 19, "note": "Của máy một"})
        two.records.edit("clearing", saved.id, {"participants": 25, "note": "Của máy hai"})
        two.exchange.imports.take(send(one, tmp_path))
        (waiting,) = two.exchange.inbox.doubles()
        by_count = {v.values()["participants"]: v.id.hex() for v in waiting.versions}
        with pytest.raises(OperationRefused):
            two.exchange.inbox.resolve("clearing", saved.id, {"note": by_count[19]})
        two.exchange.inbox.resolve("clearing", saved.id, {"participants": by_count[19]})
        values = two.records.read("clearing", saved.id)[0]
        assert (values["participants"], values["note"]) == (19, "Của máy hai")


def test_a_record_that_two_laptops_deleted_waits_for_nobody(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        saved = one.records.add("clearing", clearing(post=None))
        two.exchange.imports.take(send(one, tmp_path))
        for desk in (one, two):
            desk.records.delete("clearing", saved.id, "Nhập nhầm")
        told = one.exchange.imports.take(send(two, tmp_path))
        assert one.exchange.inbox.doubles() == []
        assert told.double == 0
        assert one.maintenance.verify()["ok"]
        assert rebuild(one.store, one.book) == []


# -------------------------------------------------------------------------- taking out


@pytest.mark.parametrize("many", [2, 3])
def test_deleting_what_waits_is_a_choice_that_holds_everywhere_and_can_be_undone(tmp_path, many):
    """Laptops changed one record; one of them deletes it, and undoes that."""
    with ExitStack() as opened:
        laptops = [
            opened.enter_context(new_desk(tmp_path / f"{number}", "post", "BS", number))
            for number in range(1, many + 1)
        ]
        province = opened.enter_context(new_desk(tmp_path / "province", "province", "20", 9))
        trust(*laptops, province)
        one, *others = laptops
        record = one.records.add("clearing", clearing(post=None)).id
        first = send(one, tmp_path / "a")
        for people, desk in enumerate(laptops, start=21):
            desk.exchange.imports.take(first)
            desk.records.edit("clearing", record, {"participants": people})
        for number, other in enumerate(others):
            one.exchange.imports.take(send(other, tmp_path / f"b{number}"))
        waiting = waits(one)
        assert waiting == [*range(21, 21 + many)]
        counting = one.records.read("clearing", record)[0]
        one.records.delete("clearing", record, "Nhập nhầm")
        seen = ([], None)
        assert told(one) == told(province, send(one, tmp_path / "c")) == seen
        with one.writing():
            # A note written by an earlier program.
            one.store.run("INSERT INTO double_version VALUES (?, 'clearing')", (record,))
        one.records.undelete("clearing", record)
        seen = (waiting, counting["participants"])
        assert told(one) == told(province, send(one, tmp_path / "d")) == seen
        for desk in (one, province):
            assert rebuild(desk.store, desk.book) == []


def test_what_two_laptops_deleted_is_restored_for_all(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        record = one.records.add("clearing", clearing(post=None, participants=20)).id
        two.exchange.imports.take(send(one, tmp_path / "a"))
        for desk in (one, two):
            desk.records.delete("clearing", record, "Nhập nhầm")
        one.exchange.imports.take(send(two, tmp_path / "b"))
        one.records.undelete("clearing", record)
        assert told(one) == told(province, send(one, tmp_path / "c")) == ([], 20)
        for desk in (one, province):
            assert rebuild(desk.store, desk.book) == []


def waits(desk):
    """The people of each waiting version."""
    doubles = desk.exchange.inbox.doubles(-1)
    return sorted(v.values()["participants"] for one in doubles for v in one.versions)


def told(desk, path=None):
    """What waits for a choice, and what counts, after a file is imported."""
    if path is not None:
        desk.exchange.imports.take(path)
    rows = [row.values["participants"] for row in desk.lists.page("clearing", everything())]
    return waits(desk), next(iter(rows), None)


def test_an_undone_batch_takes_along_what_later_ones_brought_of_the_same_log(pair, tmp_path):
    post, province = pair
    saved = post.records.add("clearing", clearing(post=None, participants=18))
    empty = state(province)
    first_path = send(post, tmp_path)
    first = province.exchange.imports.take(first_path)
    before = state(province)
    post.records.edit("clearing", saved.id, {"participants": 19})
    other = post.records.add("clearing", clearing(post=None, participants=44))
    second_path = send(post, tmp_path)
    second = province.exchange.imports.take(second_path)
    after = state(province)
    province.exchange.batches.undo_batch(second.batch)
    assert state(province) == before
    assert province.records.read("clearing", saved.id)[0]["participants"] == 18
    with pytest.raises(UserError):
        province.records.read("clearing", other.id)
    assert province.exchange.imports.take(second_path).status == IMPORTED
    assert state(province) == after
    (later,) = province.exchange.batches.undone_with(first.batch)
    assert later.id == second.batch
    province.exchange.batches.undo_batch(first.batch)
    assert state(province) == empty
    assert province.exchange.imports.take(second_path).status == IMPORTED
    assert state(province) == after
    assert province.exchange.imports.take(first_path).status == UNCHANGED
    assert state(province) == after
    assert rebuild(province.store, province.book) == []


def test_what_is_written_after_a_batch_was_taken_out_is_still_sent(pair, tmp_path):
    """A removed revision must not leave its `seq` to one that would then count as sent."""
    post, province = pair
    for day in ("2023-12-04", "2023-12-05"):
        post.records.add("clearing", clearing(post=None, started_on=day))
    batch = province.exchange.imports.take(send(post, tmp_path)).batch
    send(province, tmp_path / "first")
    province.exchange.batches.undo_batch(batch)
    new = province.records.add("clearing", clearing(post="BS", started_on="2022-03-04"))
    told = post.exchange.imports.take(send(province, tmp_path / "second", "2021-01"))
    assert told.added == 1
    assert post.records.read("clearing", new.id)[1] == new.revision


def test_a_deletion_whose_package_was_lost_comes_with_the_next_of_any_period(pair, tmp_path):
    post, province = pair
    gone = post.records.add("clearing", clearing(post=None))
    province.exchange.imports.take(send(post, tmp_path, "2023-12"))
    post.records.delete("clearing", gone.id, "Nhập nhầm")
    send(post, tmp_path, "2023-12").unlink()
    assert province.exchange.imports.take(send(post, tmp_path, "2023-11")).updated == 1
    assert province.lists.count("clearing", everything()) == 0


def test_a_record_that_arrived_deleted_is_taken_back_by_any_desk_of_its_post(pair, tmp_path):
    post, province = pair
    gone = post.records.add("clearing", clearing(post=None))
    post.records.delete("clearing", gone.id, "Nhập nhầm")
    province.exchange.imports.take(send(post, tmp_path))
    with pytest.raises(OperationRefused):
        province.records.undelete("clearing", gone.id)
    assert province.records.history("clearing", gone.id)[-1].deleted
    with new_desk(tmp_path / "other", "post", "BS", 3) as other:
        trust(other, post)
        other.exchange.imports.take(send(post, tmp_path / "colleague"))
        assert other.records.undelete("clearing", gone.id).revision
        post.exchange.imports.take(send(other, tmp_path / "back"))
    assert post.records.read("clearing", gone.id)[0]["hamlet"] == clearing()["hamlet"]
    assert post.maintenance.verify()["ok"]


def test_a_household_that_a_record_of_this_desk_names_stays_when_its_batch_goes(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        pledge = {"signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi"}
        first = one.records.add("pledge", {**pledge, "household": HOUSEHOLD}, new_picks=True)
        household = one.records.read("pledge", first.id)[0]["household"]
        batch = two.exchange.imports.take(send(one, tmp_path)).batch
        mine = {**pledge, "signed_on": "2022-12-05", "household": household}
        two.records.add("pledge", mine, new_picks=True)
        assert two.exchange.batches.undo_batch(batch).revisions == 1
        assert two.records.read("household", household)[0]["hamlet"] == HOUSEHOLD["hamlet"]
        with pytest.raises(UserError):
            two.records.read("pledge", first.id)
        assert two.maintenance.verify()["ok"]
        assert rebuild(two.store, two.book) == []


# -------------------------------------------------------------------- the command line


def test_the_commands_send_and_receive(cli_inline, tmp_path):
    post, province = tmp_path / "post", tmp_path / "province"
    for folder, role, unit in ((post, "post", "BS"), (province, "province", "20")):
        cli_inline("--desk", folder, "init", "--role", role, "--unit", unit, "--user", "A",
                   "--no-password")  # fmt: skip
    cli_inline("--desk", post, "add", "clearing", stdin=json.dumps(clearing(post="BS")))
    card = tmp_path / "bs.bdcard"
    card.write_text(cli_inline("--desk", post, "card", "show").stdout, encoding="utf-8")
    path = cli_inline("--desk", post, "export", "--period", "2023-12", "--out", tmp_path)
    waiting = cli_inline("--desk", province, "import", path.stdout.strip())
    assert waiting.returncode == 1
    assert json.loads(waiting.stdout)["status"] == QUARANTINED
    assert cli_inline("--desk", province, "card", "accept", card).returncode == 0
    done = cli_inline("--desk", province, "import", path.stdout.strip())
    assert done.returncode == 0
    assert json.loads(done.stdout)["added"] == 1
    batch = json.loads(cli_inline("--desk", province, "batches").stdout)
    assert batch["period"] == "2023-12"
    gone = cli_inline("--desk", province, "undo-batch", batch["id"])
    assert json.loads(gone.stdout)["revisions"] == 1


def test_the_command_asks_for_a_broken_file_again(cli_inline, pair, tmp_path):
    post, province = pair
    path = send(post, tmp_path, "2023-12")
    path.write_bytes(path.read_bytes()[:200])
    done = cli_inline("--desk", province.folder, "import", path)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (1, REFUSED)
    for told in (path.name, "Đồn Biên phòng Ba Sơn", "tháng 12 năm 2023"):
        assert told in done.stderr
