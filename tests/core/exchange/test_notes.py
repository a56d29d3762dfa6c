"""Notes between desks: checked while typed, announced, settled, erased with the person they
name."""

import pytest

from borderdesk.base.errors import UserError
from borderdesk.base.names import person_named
from borderdesk.exchange.decisions.note_threads import note_threads
from borderdesk.overview.overview import make_overview
from borderdesk.session.desk_log import DeskLog
from tests.exchanging import HOUSEHOLD, clearing, new_desk, send, trust
from tests.factories import example


def carry(sender, receiver, folder):
    outcome = receiver.exchange.imports.take(send(sender, folder))
    assert outcome.status in ("imported", "unchanged"), outcome


def told(desk):
    """The tasks of the home page about notes."""
    todos = make_overview(desk, "2023-12").todos
    return [
        (todo.lead, todo.intent["record"]) for todo in todos if todo.intent.get("tab") == "notes"
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hộ Nông Văn Hoà đã ký", "Nông Văn Hoà"),
        ("bà Vi Sơn chưa ký", "Vi Sơn"),
        ("xem lại Hoàng Thị Thu Hà, thôn Nà Căng", "Hoàng Thị Thu Hà"),
        ("Xã Ba Sơn, Thôn Nà Căng, mốc 1140", None),
        ("Đồn Biên phòng Ba Sơn ghi 60, huyện Cao Lộc ghi 62", None),
        ("theo ông ấy thì đúng", None),
        ("", None),
    ],
)
def test_what_looks_like_a_person_is_named(text, name):
    assert person_named(text) == name


def test_a_note_is_doubted_as_internal_text_is(post_desk, cli_inline):
    notes = post_desk.exchange.notes
    assert notes.doubts("Xem lại số người") == []
    assert "Nông Văn Hoà" in notes.doubts("Hộ Nông Văn Hoà ký hai lần")[0]
    assert len(notes.doubts("Nông Văn Hoà, 020085001234")) == 2
    record = post_desk.records.add("clearing", clearing(post=None)).id
    said = cli_inline("--desk", post_desk.folder, "note", "clearing", record, "Gọi 0912345678")
    assert said.returncode == 0
    assert '"warnings": {"text": "' in said.stdout


def test_whoever_writes_a_file_for_anybody_is_told_of_the_notes_in_it(pair, tmp_path, cli_inline):
    post, province = pair
    record = post.records.add("clearing", clearing(post=None)).id
    carry(post, province, tmp_path)
    for text in ("Có đúng 18 người không?", "Hai lần?"):
        province.exchange.notes.add_note("clearing", record, text)
    carry(province, post, tmp_path)
    province.close()
    words = ("--desk", province.folder, "--lang", "en", "export", "--period", "2023-12", "--out")
    told = cli_inline(*words, tmp_path / "all")
    assert "2 notes in this file can be read by whoever has it" in told.stderr
    assert "can be read" not in cli_inline(*words, tmp_path / "bs", "--for", "BS").stderr
    # Those of other desks are not in it.
    post.close()
    own = cli_inline("--desk", post.folder, *words[2:], tmp_path / "own")
    assert own.returncode == 0
    assert "can be read" not in own.stderr


def test_a_question_and_its_answer_are_announced_and_settled(pair, tmp_path):
    post, province = pair
    record = post.records.add("clearing", clearing(post=None)).id
    carry(post, province, tmp_path)
    question = province.exchange.notes.add_note("clearing", record, "Có đúng 18 người không?")
    assert (told(post), told(province)) == ([], [])
    carry(province, post, tmp_path)
    assert told(post) == [("1", record)]
    assert [note.id for note in post.exchange.notes.arrived()] == [question.id]
    post.exchange.notes.add_note("clearing", record, "Đúng", reply_to=question.id)
    assert told(post) == []
    carry(post, province, tmp_path)
    assert told(province) == [("1", record)]
    (thread,) = note_threads(province)
    assert (thread.waits, thread.news) == (False, True)
    province.exchange.notes.settle(record)
    assert told(province) == []
    # Another one opens it again.
    post.exchange.notes.add_note("clearing", record, "Nhầm: 19", reply_to=question.id)
    carry(post, province, tmp_path)
    assert told(province) == [("1", record)]


def test_a_question_may_be_settled_without_an_answer(pair, tmp_path):
    post, province = pair
    record = post.records.add("clearing", clearing(post=None)).id
    carry(post, province, tmp_path)
    province.exchange.notes.add_note("clearing", record, "Đã xem")
    carry(province, post, tmp_path)
    post.exchange.notes.settle(record.upper())
    assert (post.exchange.notes.unanswered(), post.exchange.notes.arrived()) == ([], [])
    with pytest.raises(UserError):
        post.exchange.notes.settle("nothing")


def test_the_other_laptop_of_the_post_hears_of_the_answer(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        record = one.records.add("clearing", clearing(post=None)).id
        for desk in (two, province):
            carry(one, desk, tmp_path)
        question = province.exchange.notes.add_note("clearing", record, "18 người?")
        for desk in (one, two):
            carry(province, desk, tmp_path)
        one.exchange.notes.add_note("clearing", record, "Đúng", reply_to=question.id)
        assert told(two) == [("1", record)]
        carry(one, two, tmp_path)
        assert told(two) == []


def test_notes_go_with_the_person_they_speak_of(pair, tmp_path):
    post, province = pair
    pledge = post.records.add("pledge", {**example("pledge", 1), "post": None})
    home = post.records.read("pledge", pledge.id)[0]["household"]
    other = post.records.add("clearing", clearing(post=None)).id
    for type_name, record in (("pledge", pledge.id), ("household", home), ("clearing", other)):
        post.exchange.notes.add_note(type_name, record, "Ông ấy đã chuyển đi")
    post.preferences.prefer("exchange/note", {pledge.id: "chưa gửi", other: "chưa gửi"})
    carry(post, province, tmp_path)
    entries = [e.id for e in post.part(DeskLog).entries(kind="note")]
    post.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert [note.record for note in post.exchange.notes.notes()] == [other]
    assert [post.part(DeskLog).text_of(entry) is None for entry in entries] == [True, True, False]
    assert post.preferences.preferred("exchange/note") == {other: "chưa gửi"}
    assert post.maintenance.verify()["ok"]
    carry(post, province, tmp_path)
    assert [n.record for n in province.exchange.notes.notes()] in ([other], [])
    # Remains of them in an older file do not come back.
    late = ("01a20ff6-09ed-7011-864d-fbd06db17fb5", "pledge", pledge.id, "Còn nữa", "X", "f" * 32,
            "2026-01-01T00:00:00.000Z", "")  # fmt: skip
    province.exchange.notes.add_received([late])
    assert pledge.id not in {n.record for n in province.exchange.notes.notes()}


def test_notes_on_other_records_that_name_an_erased_person_go_too(post_desk):
    described = {**HOUSEHOLD, "commune": "06199-2023", "citizen_id": "020085001234"}
    home = post_desk.records.add("household", described).id
    record = post_desk.records.add("clearing", clearing(post=None)).id
    notes = post_desk.exchange.notes
    naming = ["Hộ Hoàng Văn Thụ có đi không?", "Số 020 085 001 234 là ai?"]
    others = ["Hộ Hoàng Văn Thú có đi không?", "Đường Hoàng Văn", "18 người?"]
    for text in (*naming, *others):
        notes.add_note("clearing", record, text)
    post_desk.preferences.prefer("exchange/note", {record: naming[0], home: "x", "k": others[0]})
    post_desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert sorted(note.text for note in notes.notes()) == sorted(others)
    log = post_desk.part(DeskLog)
    kept = [log.text_of(entry.id) for entry in log.entries(kind="note")]
    assert [text and text[1] for text in kept] == [None, None, *others]
    assert post_desk.preferences.preferred("exchange/note") == {"k": others[0]}
    assert post_desk.maintenance.verify()["ok"]
