"""Attacks by somebody at the desk or with a stick: refused or harmless, and reported."""

import json
import shutil

import pytest

from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.kinds import TextField
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.factories import example

WORDS = [
    "x'); DROP TABLE household; --",
    '"; DELETE FROM audit; --',
    "<img src=file:///etc/passwd>",
    "<script>alert(1)</script>",
    "{{7*7}} %s %(x)s ${HOME}",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("type_name", sorted(ALL_TYPES))
def test_sql_and_markup_in_text_fields_are_text(post_desk, type_name):
    model = ALL_TYPES[type_name]
    texts = [key for key, field in model.columns().items() if type(field) is TextField]
    raw = {**example(type_name), "post": "BS"} if "post" in model.columns() else example(type_name)
    tables = set(post_desk.store.table_statements())
    for number, words in enumerate(WORDS):
        typed = {key: f"{words} {number}" for key in texts if key in raw or key == "note"}
        record = post_desk.records.add(type_name, {**raw, **typed}).id
        kept = post_desk.records.read(type_name, record)[0]
        assert {key: kept[key] for key in typed} == typed
        found = post_desk.lists.stream(type_name, Filter(search=words))
        assert list(found) is not None
    assert set(post_desk.store.table_statements()) == tables
    assert post_desk.maintenance.verify()["ok"]


def test_a_package_by_an_unknown_signer_changes_nothing_and_is_told(
    post_desk, post_template, tmp_path, cli_inline
):
    with Desk.open(shutil.copytree(post_template, tmp_path / "stranger")) as stranger:
        stranger.exchange.renewal.renew_desk()
        stranger.records.add("clearing", {**example("clearing"), "post": "BS"})
        stranger.exchange.exports.export("2023", tmp_path / "stick", ExportOptions())
    desk = ("--desk", post_desk.folder)
    done = cli_inline(*desk, "import", tmp_path / "stick")
    assert (done.returncode, json.loads(done.stdout)["status"]) == (1, "quarantined")
    assert post_desk.lists.count("clearing", Filter()) == 0
    line = post_desk.audit.lines(limit=1)[0]
    assert (line.kind, line.detail) == ("package.waiting", {"unit": "BS"})


def test_a_replayed_backup_is_another_desk_and_both_say_so(post_desk, tmp_path, cli_inline):
    made = post_desk.backups.make(tmp_path / "stick")
    desk = ("--desk", post_desk.folder)
    taken = cli_inline(*desk, "restore", made.file, "--into", post_desk.folder)
    assert taken.returncode == 4
    assert cli_inline(*desk, "restore", made.file, "--into", tmp_path / "again").returncode == 0
    assert post_desk.audit.lines(limit=1)[0].kind == "backup.restored"
    with Desk.open(tmp_path / "again") as again:
        assert again.identity.id != post_desk.identity.id
        assert again.audit.lines(limit=1)[0].kind == "backup.restored"
        assert again.audit.check().problems == []
