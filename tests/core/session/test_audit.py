"""The audit log: who did what when, appended, chained, searchable, without personal data."""

import ast
import datetime
import json
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

import borderdesk
from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.settings import SETTINGS
from borderdesk.session.audit import AuditFilter
from borderdesk.session.audit_kinds import DETAILS, KINDS, line_text
from borderdesk.session.permissions import PERMISSIONS
from borderdesk.store.audit_lines import append_audit
from borderdesk.store.verification.verify import verify
from tests.factories import example

HOME = {
    "head": "Hoàng Văn Tám", "commune": "06196-2023", "hamlet": "Thôn Bản Khoai",
    "citizen_id": "020086001234", "phone": "0912345678",
}  # fmt: skip


def kinds(desk: Desk) -> list[str]:
    return [line.kind for line in desk.audit.lines()]


def tampered(desk: Desk, *statements: str, later: int = 0) -> list[str]:
    """The findings of a check after tampering with a database tool; later: the number of lines
    written since."""
    desk.store.run("SAVEPOINT before")
    triggers = list(desk.store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, _sql in triggers:
        desk.store.run(f"DROP TRIGGER {name}")
    for statement in statements:
        desk.store.run(statement)
    for _name, sql in triggers:
        desk.store.run(sql)
    for _line in range(later):
        append_audit(desk.store, ("", ""), "login.ok", "", "{}")
    found = list(verify(desk.store)["problems"])
    desk.store.run("ROLLBACK TO before")
    desk.store.run("RELEASE before")
    return found


def test_a_line_that_was_edited_or_removed_shows(post_desk):
    for day in ("5", "6", "7", "8"):
        post_desk.reference.set_setting("due_day", day)
    edits = {
        "UPDATE audit SET account = 'Người khác' WHERE number = 2": "2",
        "UPDATE audit SET time = '2020-01-01T00:00:00.000Z' WHERE number = 1": "1",
        "DELETE FROM audit WHERE number = 2": "2",
        "DELETE FROM audit WHERE number = 4": "3",
        "DELETE FROM audit": "0",
    }
    for statement, number in edits.items():
        problems = tampered(post_desk, statement)
        assert number in "".join(problems[:1]), statement
    assert tampered(post_desk) == []
    whole = ("DELETE FROM audit", "DELETE FROM meta WHERE key = 'audit_head'")
    assert tampered(post_desk, *whole)
    post_desk.store.run("DROP TRIGGER audit_stays")
    assert post_desk.audit.check().problems
    assert kinds(post_desk)[0] == "audit.broken"


NO_HEAD = "DELETE FROM meta WHERE key = 'audit_head'"


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM audit WHERE number = 4"],
        ["DELETE FROM audit WHERE number > 1"],
        ["DELETE FROM audit"],
        ["DELETE FROM audit WHERE number = 4", NO_HEAD],
        ["UPDATE audit SET chain = x'00' WHERE number = 4"],
        [f"UPDATE meta SET value = '{10**30}:00' WHERE key = 'audit_head'"],
    ],
)
def test_later_lines_do_not_hide_what_was_taken_off_the_end(post_desk, statements):
    """The next login is a line too: it goes on from the newest line that was noted."""
    for day in ("5", "6", "7", "8"):
        post_desk.reference.set_setting("due_day", day)
    assert tampered(post_desk, *statements, later=3)


@pytest.mark.parametrize("statement", ["UPDATE audit SET role = ''", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_log(post_desk, statement):
    post_desk.reference.set_setting("due_day", "6")
    with pytest.raises(sqlcipher.IntegrityError, match="append-only"):
        post_desk.store.run(statement)


def test_what_was_done_is_told_and_nothing_personal(post_desk, tmp_path):
    home = post_desk.records.add("household", HOME)
    post_desk.records.edit("household", home.id, {"phone": "0987654321"})
    post_desk.records.edit("household", home.id, {"head": "Hoàng Văn Chín"})
    post_desk.backups.make(tmp_path / "stick")
    post_desk.exchange.exports.export("2023-12", tmp_path, ExportOptions())
    post_desk.closing.close_period("2023-12")
    post_desk.closing.reopen_period("2023-12", None, "Sai số của Hoàng Văn Tám")
    post_desk.exchange.erasures.erase_household(home.id, "Hoàng Văn Tám đề nghị")
    told = kinds(post_desk)
    assert [one for one in reversed(told) if not one.startswith("backup")] == [
        "record.added", "record.changed", "record.changed", "package.sent", "period.closed",
        "period.reopened", "household.erased",
    ]  # fmt: skip
    assert set(told) <= set(KINDS)
    words = json.dumps([line.as_json() for line in post_desk.audit.lines()], ensure_ascii=False)
    assert {one[1] for one in post_desk.exchange.erasures.notices()} == {"… đề nghị"}
    for secret in ("Tám", "Chín", "0912345678", "0987654321", "020086001234", "Bản Khoai"):
        assert secret not in words


def test_lines_are_found_by_day_person_kind_and_words(post_desk):
    post_desk.records.add("clearing", example("clearing"))
    post_desk.reference.set_setting("due_day", "6")
    find = lambda **wanted: [line.kind for line in post_desk.audit.lines(AuditFilter(**wanted))]  # noqa: E731
    today, one = post_desk.today(), datetime.timedelta(days=1)
    assert find(first=today, last=today) == ["setting.changed", "record.added"]
    assert find(first=today + one) == find(last=today - one) == []
    assert find(kind="record") == find(kind="record.added") == ["record.added"]
    assert find(kind="x") == []
    assert find(user="NGƯỜI THỬ") == ["setting.changed", "record.added"]
    assert find(user="Người khác") == []
    assert find(search="thiet lap due_day") == ["setting.changed"]
    assert [line.kind for line in post_desk.audit.lines(limit=1)] == ["setting.changed"]


def test_personal_data_that_is_written_out_in_full_is_told(post_desk, tmp_path, cli_inline):
    home = post_desk.records.add("household", HOME).id
    desk = ("--desk", post_desk.folder)
    for words in (
        ("list", "household"), ("households",), ("list", "clearing", "--format", "json"),
    ):  # fmt: skip
        assert cli_inline(*desk, *words).returncode == 0
    assert kinds(post_desk) == ["record.added"]
    shown = (
        ("list", "household", "--format", "json"), ("households", "--format", "csv"),
        ("list", "household", "--out", tmp_path / "h.xlsx"), ("history", "household", home),
    )  # fmt: skip
    for words in shown:
        assert cli_inline(*desk, *words).returncode == 0
    assert kinds(post_desk)[:4] == ["personal.viewed", *["personal.written"] * 3]


def test_a_clerk_does_not_read_the_log(post_desk):
    post_desk.account = post_desk.account._replace(role="clerk")
    with pytest.raises(OperationRefused):
        post_desk.audit.lines()


def test_the_command_prints_checks_and_writes_the_log(cli_inline, post_desk, tmp_path):
    post_desk.reference.set_setting("due_day", "6")
    desk = ("--desk", post_desk.folder)
    listed = json.loads(cli_inline(*desk, "audit", "--format", "json").stdout)
    assert [one["kind"] for one in listed] == ["setting.changed"]
    assert (listed[0]["name"], listed[0]["number"]) == ("Người thử", 1)
    paper = tmp_path / "nhat-ky.pdf"
    assert cli_inline(*desk, "audit", "--kind", "setting", "--out", paper).returncode == 0
    assert paper.read_bytes().startswith(b"%PDF")
    assert cli_inline(*desk, "audit", "--check").returncode == 0
    assert kinds(post_desk)[0] == "audit.written"
    post_desk.store.run("DROP TRIGGER audit_stays")
    post_desk.store.run("UPDATE audit SET subject = 'x' WHERE number = 1")
    checked = cli_inline(*desk, "audit", "--check")
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (3, False)
    assert kinds(post_desk)[0] == "audit.broken"
    assert cli_inline(*desk, "verify").returncode == 1
    # From now on the desk is read-only; its log can still be read.
    told = cli_inline(*desk, "audit", "--kind", "audit", "--format", "json")
    assert [one["kind"] for one in json.loads(told.stdout)] == ["audit.written", "audit.broken"]
    assert cli_inline(*desk, "audit", "--check").returncode == 3


def test_a_paper_whose_name_is_no_utf_8_has_its_line(post_desk, tmp_path):
    """It was written, said to be an error that nobody expected, and no line told of it."""
    target = tmp_path / "b\udce1o.json"
    write_report(post_desk, Request("summary", "2023-11"), target)
    assert target.exists()
    assert "b\N{REPLACEMENT CHARACTER}o.json" in post_desk.audit.lines(limit=1)[0].text
    assert verify(post_desk.store)["ok"]


def test_lines_name_things_by_their_words(post_desk, tmp_path):
    desk = post_desk
    desk.reference.set_setting("due_day", "7")
    desk.baselines.set_paper("leaflets", "2022", "post:BS", "7", "BC 2022")
    write_report(desk, Request("summary", "2023-11"), tmp_path / "a.pdf")
    texts = {line.kind: line.text for line in desk.audit.lines()}
    assert "due_day" not in texts["setting.changed"]
    assert _(SETTINGS["due_day"].label) in texts["setting.changed"]
    assert "leaflets" not in texts["target.changed"]
    assert "summary" not in texts["paper.written"]
    assert "Tổng hợp số liệu" in texts["paper.written"]


@pytest.mark.parametrize("key", [*SETTINGS, *REFERENCE_TYPES, *PERMISSIONS])
def test_no_key_stands_in_a_line(key):
    text = line_text("setting.changed", key, {})
    assert key not in text


def test_every_detail_that_is_noted_has_its_word():
    noted = set()
    for path in Path(borderdesk.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(getattr(node, "func", None), "attr", "")
            if called in {"note", "note_anyway"} and "audit_notes" in ast.unparse(node.func):
                noted |= {word.arg for word in node.keywords if word.arg}
    assert {"records", "entries"} <= noted
    assert noted <= DETAILS.keys()
