"""Personal data: reports, requests with deadlines, erasure together with joined records."""

import datetime
import json
from pathlib import Path

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.entry.person_requests import PersonRequest
from borderdesk.exchange.entries.erasures import apply_erasures
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.sending.person_data import PersonFile
from borderdesk.reports.blocks import Table
from borderdesk.reports.handouts.person_report import person_document
from borderdesk.schema.records.household import Household
from borderdesk.store.records.history import NewVersion
from borderdesk.store.records.household_joins import joined_households
from borderdesk.store.records.logs import waiting_entries
from tests.exchanging import new_desk, put_rows, resigned, send, table_rows, trust
from tests.factories import example

DATA = Path(__file__).resolve().parents[2] / "data"
DAY = datetime.date.fromisoformat
HOME = {
    "head": "Kjqwxz Fghijk", "commune": "06202-2023", "hamlet": "Thôn Bản Khoai",
    "citizen_id": "020086001234", "phone": "0912345678", "review_on": "2026-01-01",
}  # fmt: skip
ELSEWHERE = "01a229dd-eaac-70f5-a1ae-4bfc62808ba4"


@pytest.mark.parametrize(
    ("kind", "days"), [("view", 10), ("correct", 10), ("restrict", 15), ("delete", 20)]
)
def test_a_request_is_done_within_its_days(kind, days):
    came, told, by = DAY("2026-11-02"), DAY("2026-11-03"), DAY("2026-11-04")
    one = PersonRequest(1, "x", kind, came, told, None, by)
    assert one.due == one.next_due == came + datetime.timedelta(days)
    assert one._replace(acknowledged=None).next_due == by


@pytest.fixture
def homes(post_desk):
    """A household and a duplicate that was joined to it."""
    first = post_desk.records.add("household", HOME).id
    other = {**HOME, "head": "Kjqwxz Phghijk", "citizen_id": None, "note": "Nhà đầu bản"}
    second = post_desk.records.add("household", other).id
    post_desk.records.edit("household", second, {"merged_into": first})
    return first, second


def test_a_report_tells_all_that_is_kept_and_where_it_went(post_desk, homes, tmp_path, cli_inline):
    exports = post_desk.exchange.exports
    exports.export("2023-12", tmp_path, ExportOptions())
    card = post_desk.exchange.cards.own()
    exports.export("2023-12", tmp_path, ExportOptions([card], reason="Rà soát"))
    post_desk.backups.make(tmp_path / "stick")
    post_desk.requests.note_request(homes[0], "view")
    desk = ("--desk", post_desk.folder)
    told = json.loads(cli_inline(*desk, "person", "report", homes[1]).stdout)
    first, second = sorted(told["households"], key=lambda one: one["head"])
    assert first["citizen_id"] == "020086001234"
    assert (second["note"], second["merged_into"]) == ("Nhà đầu bản", homes[0])
    assert [one["author"] for one in second["versions"]] == ["Người thử"] * 2
    assert [one["personal"] for one in told["packages"]] == [True, False]
    assert len(told["backups"]) == len(told["requests"]) == 1
    paper = tmp_path / "ban-ke.pdf"
    assert cli_inline(*desk, "person", "report", homes[0], "--out", paper).returncode == 0
    assert paper.read_bytes().startswith(b"%PDF")
    assert [line.kind for line in post_desk.audit.lines(limit=2)] == ["person.reported"] * 2
    post_desk.account = post_desk.account._replace(role="clerk")
    with pytest.raises(OperationRefused):
        post_desk.requests.note_request(homes[0], "view")


def test_the_report_says_in_words_whom_a_package_went_to(post_desk, homes, tmp_path):
    exports, own = post_desk.exchange.exports, post_desk.exchange.cards.own()
    exports.export("2023-12", tmp_path, ExportOptions([own], reason="Rà soát"))
    exports.export("2023-12", tmp_path, ExportOptions([own], reason="Rà soát", receiver="HN"))
    exports.export("2023-12", tmp_path, ExportOptions(passphrase="một hai ba", reason="Rà soát"))
    person = post_desk.part(PersonFile).gather(homes[0])
    blocks = person_document(post_desk, person).blocks
    title = "Các tệp số liệu có dữ liệu cá nhân"
    [sent] = [block for block in blocks if isinstance(block, Table) and block.title == title]
    whom = ["ai biết mật khẩu", "Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị", "Ba Sơn"]
    assert [row.cells[2] for row in sent.rows] == whom
    [noted, *_rest] = post_desk.audit.lines(limit=1)
    assert noted.text.endswith("(gửi: ai biết mật khẩu, bản ghi: 2)")


def test_erasing_one_erases_who_was_joined_to_it_and_keeps_the_counts(post_desk, homes):
    home, double = homes
    raw = {**example("pledge"), "household": double, "count": None}
    for key in ("commune", "hamlet", "post"):
        raw.pop(key, None)
    post_desk.records.add("pledge", {**raw, "signed_on": "2023-12-05"})
    edition = post_desk.closing.close_period("2023-12")
    asked = post_desk.requests.note_request(home, "delete")
    assert post_desk.exchange.erasures.erase_household(home, "Theo đề nghị") == 3
    for one in homes:
        assert "head" not in post_desk.records.read("household", one)[0]
    assert post_desk.closing.moved(edition.id) == []
    assert post_desk.maintenance.verify()["ok"]
    assert [r.settled for r in post_desk.requests.all() if r.number == asked.number] != [None]


def test_an_erasure_takes_along_what_is_joined_where_it_arrives(post_desk, homes):
    """The erasing desk did not know of the join."""
    time = "2026-11-01T00:00:00.000Z"
    with post_desk.writing():
        apply_erasures(post_desk, [(homes[0], "", post_desk.identity.id, time)])
    assert post_desk.exchange.erasures.still_held(homes) == []
    assert post_desk.exchange.erasures.records() == set(homes)
    assert post_desk.maintenance.verify()["ok"]


def test_what_is_past_its_day_is_listed_and_erased_at_once(post_desk, homes, cli_inline):
    later = post_desk.records.add("household", {**HOME, "head": "Đỗ", "citizen_id": None,
                                                "review_on": "2030-01-01"}).id  # fmt: skip
    desk = ("--desk", post_desk.folder)
    found = json.loads(cli_inline(*desk, "retention", "list", "--format", "json").stdout)
    assert {one["id"] for one in found} == set(homes)
    with pytest.raises(UserError):
        post_desk.exchange.retention.erase_outdated("Hết hạn", [later])
    assert post_desk.exchange.erasures.notices() == []
    done = cli_inline(*desk, "retention", "erase", "--reason", "Hết hạn lưu")
    assert json.loads(done.stdout) == {"erased": 2}
    assert post_desk.exchange.retention.outdated() == []
    assert "head" in post_desk.records.read("household", later)[0]


def test_who_is_joined_with_somebody_still_kept_is_not_past_the_day(post_desk, homes):
    home, double = homes
    for day in ("2031-01-01", None):
        post_desk.records.edit("household", home, {"review_on": day})
        assert post_desk.exchange.retention.outdated() == []
        with pytest.raises(UserError):
            post_desk.exchange.retention.erase_outdated("Hết hạn", [double])
    post_desk.records.edit("household", home, {"review_on": "2031-01-01"})
    later = post_desk.exchange.retention.outdated(DAY("2031-01-02"))
    assert {one.id for one in later} == {home, double}
    post_desk.records.edit("household", double, {"merged_into": None})
    assert [one.id for one in post_desk.exchange.retention.outdated()] == [double]


def test_requests_by_command(post_desk, homes, cli_inline):
    desk = ("--desk", post_desk.folder)
    noted = cli_inline(
        *desk, "person", "request", homes[0], "--kind", "delete", "--on", "2026-11-02"
    )
    told = json.loads(noted.stdout)
    assert (told["acknowledge_by"], told["due"]) == ("2026-11-04", "2026-11-22")
    cli_inline(*desk, "person", "acknowledge", told["number"])
    listed = json.loads(
        cli_inline(*desk, "person", "requests", "--open", "--format", "json").stdout
    )
    assert [one["acknowledged"] for one in listed] == [post_desk.today().isoformat()]
    cli_inline(*desk, "person", "settle", told["number"])
    assert cli_inline(*desk, "person", "requests", "--open", "--format", "json").stdout == "[]\n"
    assert cli_inline(*desk, "person", "settle", 99).returncode == 1
    assert cli_inline(*desk, "person", "request", homes[0], "--kind", "x").returncode == 2


@pytest.mark.parametrize("way", ["joined", "joined and deleted"])
def test_a_double_that_was_deleted_is_erased_with_what_it_was_joined_to(post_desk, homes, way):
    home, double = homes
    if way == "joined and deleted":
        post_desk.records.delete("household", double, "nhập trùng")
    asked = double if way == "joined" else home
    assert post_desk.exchange.erasures.erase_household(asked, "Theo đề nghị") == 3
    assert post_desk.exchange.erasures.still_held(homes) == []
    told = post_desk.part(PersonFile).gather(home)
    assert {one.id for one in told.households} == set(homes)


def test_nothing_personal_is_typed_into_what_was_erased(post_desk, homes):
    home, double = homes
    stranger = post_desk.records.add("household", {**HOME, "head": "Đỗ", "citizen_id": None}).id
    post_desk.records.edit("household", double, {"merged_into": None})
    post_desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    editor = post_desk.records
    for record, change in (
        (home, {"head": "Triệu Mùi"}),
        (double, {"merged_into": home}),
        (stranger, {"merged_into": home}),
    ):
        with pytest.raises(OperationRefused):
            editor.edit("household", record, change)
    with post_desk.writing():
        # The erasure is known from a list beside a backup older than the household.
        notice = (ELSEWHERE, "", post_desk.identity.id, "2026-11-01T00:00:00.000Z")
        apply_erasures(post_desk, [notice])
    for record in (home, ELSEWHERE):
        with pytest.raises(InvalidRecord):
            editor.add("household", {**HOME, "head": "Đỗ", "citizen_id": None, "id": record})
    assert post_desk.exchange.erasures.still_held(homes) == [double]
    editor.edit("household", stranger, {"merged_into": double})


def test_what_is_joined_with_somebody_erased_elsewhere_is_erased_when_that_arrives(tmp_path):
    """Joined and erased on two desks, neither of which knew of the other."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        records = [one.records.add("household", {**HOME, "head": head, "citizen_id": None}).id
                   for head in ("Lý A", "Lý B")]  # fmt: skip
        wish = ExportOptions([two.exchange.cards.own()], reason="Rà soát")
        two.exchange.imports.take(send(one, tmp_path / "a", wish=wish))
        two.exchange.erasures.erase_household(records[0], "Theo đề nghị")
        one.records.edit("household", records[1], {"merged_into": records[0]})
        two.exchange.imports.take(send(one, tmp_path / "b"))
        one.exchange.imports.take(send(two, tmp_path / "c"))
        for desk in (one, two):
            assert desk.exchange.erasures.still_held(records) == []
            assert desk.exchange.erasures.records() == set(records)
            assert desk.maintenance.verify()["ok"]


def test_a_version_that_does_not_count_brings_nothing_of_somebody_erased(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "TL", 2) as two,
    ):
        trust(one, two)
        record = one.records.add("household", HOME).id
        wish = ExportOptions([two.exchange.cards.own()], reason="Rà soát")
        two.exchange.imports.take(send(one, tmp_path / "a", wish=wish))
        one.exchange.erasures.erase_household(record, "Theo đề nghị")
        values, head = two.records.head_of("household", record)
        with two.writing():
            change = NewVersion(
                Household, record, {**values, "note": "x"}, (head.id,), 2, None, None
            )
            two.records.write([change])
        wish = ExportOptions([one.exchange.cards.own()], reason="Rà soát")
        one.exchange.imports.take(send(two, tmp_path / "b", wish=wish))
        (waiting,) = waiting_entries(one.store)
        assert record in waiting.content
        assert HOME["head"] not in waiting.content


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("Ông kjqwxz  FGHIJK đề nghị", "Ông … đề nghị"),
        ("Kjqwxz Phghijk, số 0912 345 678, gọi", "…, số …, gọi"),
        ("CCCD 020086001234 (Kjqwxz)", "CCCD … (Kjqwxz)"),
        ("Kjqwxz: 0912 của 12 hộ", "Kjqwxz: 0912 của 12 hộ"),
    ],
)
def test_the_reason_of_an_erasure_names_nobody(post_desk, homes, reason, kept):
    """It is in the list beside the backups, which is readable without a password."""
    assert post_desk.exchange.erasures.erase_household(homes[0], reason) == 3
    assert {notice[1] for notice in post_desk.exchange.erasures.notices()} == {kept}


@pytest.mark.parametrize("deleted", ["household", "pledge"])
def test_the_reason_of_a_deletion_names_nobody_either(post_desk, deleted):
    """It is sent with every package, and no erasure removes it."""
    alone = post_desk.records.add("household", {**HOME, "head": "Xyzwq Vbnmpo"}).id
    named = {**example("pledge"), "household": alone}
    gone = post_desk.records.add("pledge", named).id if deleted == "pledge" else alone
    post_desk.records.delete(deleted, gone, "ông Xyzwq Vbnmpo chuyển về Nà Mỏ, Kjqwxz Fghijk báo")
    newest = post_desk.records.history(deleted, gone)[-1]
    assert newest.reason == "ông … chuyển về Nà Mỏ, Kjqwxz Fghijk báo"


@pytest.mark.parametrize(
    ("head", "reason", "kept"),
    [
        ("Lý Đô", "Không rõ lý do, Lý Đô báo, hộ LÝ ĐÔ", "Không rõ lý do, … báo, hộ …"),
        ("Lý Đô", "ho Ly Do chuyen di", "ho … chuyen di"),
        ("Nông Văn Hoà", "Hộ Nông Văn Hòa, Nong Van Hoa", "Hộ …, …"),
        ("Nong Van An", "Hộ Nông Văn An", "Hộ …"),
    ],
)
def test_a_name_is_told_from_other_words_by_its_accents(post_desk, head, reason, kept):
    gone = post_desk.records.add("household", {**HOME, "head": head}).id
    post_desk.records.delete("household", gone, reason)
    assert post_desk.records.history("household", gone)[-1].reason == kept


def test_the_reason_of_a_correction_names_nobody_that_it_enters(post_desk):
    records = post_desk.records
    home = records.add("household", {**HOME, "head": "Xyzwq Vbnmpo"}).id
    pledge = records.add("pledge", {**example("pledge"), "household": home}).id
    other = records.add("household", {**HOME, "head": "Qwrtz Plkjh", "citizen_id": None}).id
    records.edit("pledge", pledge, {"household": other}, reason="Qwrtz Plkjh ký, không phải")
    assert records.history("pledge", pledge)[-1].reason == "… ký, không phải"
    new = {"head": "Zxcvb Nmlkj", "commune": HOME["commune"], "hamlet": HOME["hamlet"]}
    records.edit("pledge", pledge, {"household": new}, reason="Zxcvb Nmlkj")
    assert records.history("pledge", pledge)[-1].reason == "…"
    records.edit("household", home, {"head": "Xyzwq Bnmlk"}, reason="tên là Xyzwq Bnmlk")
    assert records.history("household", home)[-1].reason == "tên là …"


@pytest.mark.parametrize(
    "phone", ["0912345678; 0987654321", "0987 654 321", "0987654321 (con trai)"]
)
def test_each_number_of_a_person_is_found_wherever_it_was_typed(post_desk, phone):
    """Several stand in one field, and with what people put between digits."""
    home = post_desk.records.add("household", {**HOME, "citizen_id": None, "phone": phone}).id
    post_desk.closing.close_period("2023-12")
    reopened = post_desk.closing.reopen_period("2023-12", None, "Gọi 0987.654.321 hỏi lại")
    assert reopened.reason == "Gọi … hỏi lại"
    drafts, other = post_desk.drafts, {"head": "K", "phone": "0911222333"}
    for raws in ({"head": "K", "phone": "0933444555, 0987 654 321"}, other):
        drafts.keep_draft("household", {"record": "", "raws": raws})
        drafts.park_draft("household")
    post_desk.exchange.erasures.erase_household(home, "Người có số 0987654321 đề nghị")
    assert {notice[1] for notice in post_desk.exchange.erasures.notices()} == {
        "Người có số … đề nghị"
    }
    assert [draft.texts["raws"] for draft in drafts.drafts("household")] == [other]


def test_the_reasons_of_closings_name_nobody(post_desk, homes):
    """They go out with every package, stand on the paper, and no erasure takes them back."""
    closing, reason = post_desk.closing, "Hộ Kjqwxz Fghijk (0912 345 678) nhập thiếu"
    kept = "Hộ … (…) nhập thiếu"
    closing.close_period("2023-12")
    assert closing.reopen_period("2023-12", None, reason).reason == kept
    closing.close_period("2023-12")
    closing.note_printed("2023-12", None)
    assert closing.amend_period("2023-12", None, reason).reason == kept
    post_desk.records.add("pledge", {**example("pledge"), "household": homes[0]})
    moved = {one.key: reason for one in closing.amendment_draft("2023-12")}
    assert moved
    edition = closing.close_period("2023-12", number="06", reasons=moved)
    assert {row.reasons for row in closing.differences(edition.id)} == {(kept,)}


def test_no_line_of_the_audit_log_keeps_a_name_that_a_file_had(post_desk, homes):
    notes = post_desk.audit_notes
    notes.note("paper.written", "Cam kết_Kjqwxz_Fghijk_020086001234.pdf")
    notes.note_anyway("list.written", "household", file="ông Kjqwxz Phghijk, 12-2023.xlsx")
    notes.note("account.added", "Kjqwxz Fghijk", role="clerk")
    post_desk.exchange.erasures.erase_household(homes[0], "Theo đề nghị")
    lines = {line.kind: line for line in post_desk.audit.lines()}
    assert lines["paper.written"].subject == "Cam kết_…_….pdf"
    assert lines["list.written"].detail["file"] == "ông …, 12-2023.xlsx"
    assert lines["account.added"].subject == "Kjqwxz Fghijk"


def test_the_reason_for_sending_names_nobody_any_more(post_desk, homes, tmp_path):
    card, exports = post_desk.exchange.cards.own(), post_desk.exchange.exports
    for reason in ("Đối chiếu hộ Kjqwxz Fghijk", "Rà soát"):
        exports.export("2023-12", tmp_path, ExportOptions([card], reason=reason))
    post_desk.exchange.erasures.erase_household(homes[0], "Theo đề nghị")
    assert {sent.reason for sent in exports.sent()} == {"Đối chiếu hộ …", "Rà soát"}
    assert post_desk.maintenance.verify()["ok"]


def test_the_reason_of_joining_households_names_neither(post_desk):
    gone, stays = (
        post_desk.records.add("household", {**HOME, "head": head}).id
        for head in ("Xyzwq Vbnmpo", "Kjqwxz Fghijk")
    )
    post_desk.doubles.mark_same("household", gone, stays, "Xyzwq Vbnmpo là Kjqwxz Fghijk ở Nà Mỏ")
    newest = post_desk.records.history("household", gone)[-1]
    assert newest.reason == "… là … ở Nà Mỏ"


def test_names_of_several_versions_leave_the_rest_of_a_reason(post_desk, homes):
    post_desk.records.edit("household", homes[0], {"head": "Kjqwxz Fghijk Lmn"})
    reason = "Kjqwxz Fghijk Lmn xin xóa tên khỏi sổ"
    assert post_desk.exchange.erasures.erase_household(homes[0], reason) == 4
    assert {notice[1] for notice in post_desk.exchange.erasures.notices()} == {
        "… xin xóa tên khỏi sổ"
    }


def test_what_was_joined_and_deleted_in_a_dry_run_is_joined_with_nobody(post_desk):
    """Later revisions reuse the `seq` of the rolled back ones."""
    one, other = [
        post_desk.records.add("household", {**HOME, "head": head, "citizen_id": None}).id
        for head in ("Kjqwxz Fghijk", "Lmnpqr Stuvwx")
    ]

    @post_desk.writing()
    def join_in_vain():
        post_desk.records.edit("household", other, {"merged_into": one})
        post_desk.records.delete("household", other, "nhập trùng")
        assert joined_households(post_desk.store, one) == sorted([one, other])
        raise OperationRefused("")

    with pytest.raises(OperationRefused):
        join_in_vain()
    for note in ("Nhà đầu bản", "Nhà cuối bản"):
        post_desk.records.edit("household", one, {"note": note})
    assert joined_households(post_desk.store, one) == [one]


def test_what_was_typed_of_a_person_and_not_saved_is_erased_too(post_desk, homes):
    drafts, stranger = post_desk.drafts, {"head": "Kjqwxz Fghijk", "hamlet": "Nà Mỏ"}
    typed = [
        {"head": "kjqwxz  fghijk", "hamlet": "Thôn Bản Khoai"},
        {"head": "Kjqwxz Phghijk", "hamlet": ""},
        {"head": "K", "phone": "0912.345.678"},
        stranger,
    ]
    for raws in typed:
        drafts.keep_draft("household", {"record": "", "raws": raws})
        drafts.park_draft("household")
    for household in (typed[0], stranger):
        drafts.keep_draft("pledge", {"raws": {"household": household, "witness": "Kjqwxz Fghijk"}})
        drafts.park_draft("pledge")
    other = {"household.head": "Kjqwxz Fghijk", "household.hamlet": "Nà Mỏ", "signed_on": "5"}
    person = {"household.head": "kjqwxz fghijk", "household.hamlet": "", "signed_on": "4"}
    drafts.keep_draft("grid:pledge", {"rows": [{"household": "x"}, person, other], "period": ""})
    drafts.keep_draft("grid:household", {"rows": [typed[0], stranger]})
    change = {"key": "head", "find": "", "text": "ông Kjqwxz  Fghijk"}
    drafts.keep_draft("change:household", change)
    drafts.keep_draft("change:pledge", {**change, "text": "Kjqwxz Fghijh"})
    drafts.keep_draft("round:pledge", {"ticked": {homes[0]: "Bản Khoai", "x": "Nà Mỏ"}})
    post_desk.exchange.erasures.erase_household(homes[0], "Theo đề nghị")
    assert [one.texts["raws"] for one in drafts.drafts("household")] == [stranger]
    left = [one.texts["raws"] for one in drafts.drafts("pledge")]
    assert sorted(str(one["household"]) for one in left) == ["", str(stranger)]
    assert {one["witness"] for one in left} == {"Kjqwxz Fghijk"}
    (table,), (homes_table,) = (drafts.drafts(f"grid:{one}") for one in ("pledge", "household"))
    assert table.texts["rows"] == [{"household": "x"}, {"signed_on": "4"}, other]
    assert homes_table.texts["rows"] == [{}, stranger]
    assert drafts.open_draft("change:household") is None
    assert drafts.open_draft("change:pledge").texts["text"] == "Kjqwxz Fghijh"
    assert drafts.open_draft("round:pledge").texts == {"ticked": {"x": "Nà Mỏ"}}


@pytest.mark.parametrize("joined", ["by its keeper", "by another post"])
def test_a_post_erases_what_another_keeps_only_where_that_joined_it(tmp_path, joined):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "TL", 2) as two,
    ):
        trust(one, two)
        kept = one.records.add("household", {**HOME, "citizen_id": None}).id
        there = two.records.add("household", {**HOME, "commune": "06196-2023"}).id
        two.exchange.imports.take(send(one, tmp_path / "a"))
        one.exchange.imports.take(
            send(two, tmp_path / "b", wish=ExportOptions(receiver=one.identity.id))
        )
        assert there in {row[0] for row in one.store.rows("SELECT id FROM household")}
        if joined == "by its keeper":
            one.records.edit("household", kept, {"merged_into": there})
        else:
            two.records.edit("household", there, {"merged_into": kept})
        two.exchange.erasures.erase_household(there, "Theo đề nghị")
        one.exchange.imports.take(
            send(two, tmp_path / "c", wish=ExportOptions(receiver=one.identity.id))
        )
        assert there in one.exchange.erasures.records()
        gone = [] if joined == "by its keeper" else [kept]
        assert one.exchange.erasures.still_held([kept]) == gone
        assert one.maintenance.verify()["ok"]


@pytest.mark.parametrize("stated", ["f" * 32, f"{3:032x}"], ids=["nobody", "the province"])
def test_an_older_package_erases_along_what_its_sender_may_erase(tmp_path, stated):
    """Its table names the erasing desk, and its sender can write any name there."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "TL", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        kept = two.records.add("household", {**HOME, "commune": "06196-2023"}).id
        own = one.records.add("household", {**HOME, "citizen_id": None}).id
        to_one, to_two = (ExportOptions(receiver=desk.identity.id) for desk in (one, two))
        one.exchange.imports.take(send(two, tmp_path / "a", wish=to_one))
        one.records.edit("household", own, {"merged_into": kept})
        two.exchange.imports.take(send(one, tmp_path / "b", wish=to_two))

        def erase(files, _descriptor):
            (header,) = table_rows(files, "erasures")
            row = [own, "x", stated, "2026-11-01T00:00:00.000Z"]
            put_rows(files, "erasures", [header, row])

        (old,) = DATA.glob("package-0.1.0.bdx")
        two.exchange.imports.take(resigned(one, old, erase, tmp_path / "old.bdx"))
        assert two.exchange.erasures.records() == {own}
        assert two.exchange.erasures.still_held([kept]) == [kept]
