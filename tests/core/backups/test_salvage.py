"""Salvage: everything readable of a damaged desk is saved, beginning with its newest backup."""

import contextlib
import json

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.backups.salvage import APART, TABLES, salvage
from borderdesk.base.errors import CannotOpen, OperationRefused
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.store.connection.database import DATABASE_ERRORS, Store
from borderdesk.store.connection.page_cipher import page_mac, raw_text
from borderdesk.store.lists.listing import Filter
from borderdesk.store.verification.readable_rows import DamagedDatabase
from tests.factories import example

KEY = bytes(range(32))


def written(folder, first, last, key=None, **more):
    with Desk.open(folder, key) as desk:
        for number in range(first, last):
            desk.records.add("clearing", example("clearing", number) | more)


def overwrite_pages(folder, chosen, key=None):
    """Overwrite the pages of the file that the query returns, as a bad disk does."""
    path = database_file(folder)
    raw = sqlcipher.connect(str(path))
    if key:
        raw.execute(f"PRAGMA key = \"x'{raw_text(key)}'\"")
        raw.execute(f"PRAGMA cipher_hmac_algorithm = {page_mac(key)}")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    pages = [row[0] for row in raw.execute(chosen)]
    size = int(raw.execute("PRAGMA page_size").fetchone()[0])
    raw.close()
    content = bytearray(path.read_bytes())
    for page in pages:
        content[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(content)
    return pages


ROOT = "SELECT rootpage FROM sqlite_master WHERE name = '{}'"


def records_of(folder, key=None):
    with Desk.open(folder, key) as desk:
        assert desk.maintenance.verify()["problems"] == []
        return {one.id for one in desk.lists.stream("clearing", Filter())}


def test_what_was_written_since_the_backup_is_added_to_it(desk_folder, tmp_path):
    written(desk_folder, 0, 3)
    with Desk.open(desk_folder) as desk:
        made = desk.backups.make()
    written(desk_folder, 3, 6)
    wanted = records_of(desk_folder)
    overwrite_pages(desk_folder, ROOT.format("clearing"))
    content = database_file(desk_folder).read_bytes()
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.backup, done.in_backup, done.added) == (str(made.file), 3, 3)
    assert (done.apart, done.only_in_backup, done.unreadable, done.altered) == (0, 0, 0, 0)
    assert records_of(tmp_path / "new") == wanted
    assert sorted(p.name for p in (tmp_path / "new").iterdir() if p.suffix == ".db") == ["desk.db"]
    assert database_file(desk_folder).read_bytes() == content
    with pytest.raises(OperationRefused):
        salvage(desk_folder, tmp_path / "new")


def test_altered_and_unreadable_versions_are_told_and_come_from_the_backup(desk_folder, tmp_path):
    written(desk_folder, 0, 40)
    with Desk.open(desk_folder) as desk:
        desk.backups.make()
    written(desk_folder, 40, 44)
    wanted = records_of(desk_folder)
    raw = sqlcipher.connect(str(database_file(desk_folder)), isolation_level=None)
    raw.execute("UPDATE revision SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 5")
    raw.close()
    # A leaf page of the table of versions, not the last one.
    leaves = "SELECT pageno FROM dbstat WHERE name = 'revision' AND pagetype = 'leaf' LIMIT 2"
    # A library without the dbstat table has the altered version only.
    with contextlib.suppress(sqlcipher.OperationalError):
        assert overwrite_pages(desk_folder, leaves)
    done = salvage(desk_folder, tmp_path / "new")
    assert done.altered + done.unreadable == done.only_in_backup >= 1
    assert done.added == 4
    assert records_of(tmp_path / "new") == wanted


def test_without_a_backup_the_file_itself_is_begun_with(desk_folder, tmp_path):
    written(desk_folder, 0, 3)
    wanted = records_of(desk_folder)
    overwrite_pages(desk_folder, ROOT.format("patrol"))
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.backup, done.read, done.added) == ("", 3, 3)
    assert records_of(tmp_path / "new") == wanted
    overwrite_pages(desk_folder, "SELECT 1")
    with pytest.raises(CannotOpen, match="không bản sao lưu nào"):
        salvage(desk_folder, tmp_path / "newer")
    assert not (tmp_path / "newer").exists()


LATER_TABLES = {
    "authority": ("f1", "Root", "2020-01-01", "9999-12-31", "MII="),
    "word_form": ("Mẫu 1", b"PK", 2, "d1", "an", "2026-01-01T00:00:00.000Z", ""),
    "setup_row": ("ab" * 16, "hamlets", "06199-2023|Nà Mò"),
    "person_request": (1, "h1", "access", "2026-01-02", "", ""),
}
"""A row of each of the tables that were added to what is salvaged."""


def test_every_table_a_person_fills_is_copied(desk_folder, tmp_path):
    assert {table._meta.table_name for table in REFERENCE_TYPES.values()} <= set(TABLES)
    with Desk.open(desk_folder) as desk, desk.store.transaction():
        for table, row in LATER_TABLES.items():
            desk.store.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    salvage(desk_folder, tmp_path / "new")
    with Desk.open(tmp_path / "new") as desk:
        for table, row in LATER_TABLES.items():
            assert list(desk.store.rows(f"SELECT * FROM {table}")) == [row]


GAP = "DELETE FROM log_entry WHERE number = (SELECT MAX(number) - 1 FROM log_entry)"
"""The second of the three log entries after the backup."""
ALTERED = "UPDATE revision SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 3"


def with_gap(folder, *broken):
    """A desk with a backup and three later versions, and the parts of it damaged since."""
    written(folder, 0, 1)
    with Desk.open(folder) as desk:
        desk.backups.make()
    written(folder, 1, 4)
    wanted = records_of(folder)
    raw = sqlcipher.connect(str(database_file(folder)), isolation_level=None)
    for statement in broken:
        raw.execute(statement)
    raw.close()
    return wanted


def test_versions_behind_a_gap_of_the_log_are_written_apart(desk_folder, tmp_path):
    with_gap(desk_folder, GAP, ALTERED)
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.added, done.apart) == (1, 1)
    lines = (tmp_path / "new" / APART).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["clearing"]


@pytest.mark.parametrize("broken", [(GAP,), ("DELETE FROM desk_log",), ("DELETE FROM log_entry",)])
def test_a_gap_of_the_log_is_filled_by_the_versions_that_fit_its_chain(
    desk_folder, tmp_path, broken
):
    # What follows the last readable entry is known from where the desk was last seen.
    wanted = with_gap(desk_folder, *broken)
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.added, done.apart, done.unreadable) == (3, 0, 0)
    assert records_of(tmp_path / "new") == wanted


def test_what_nobody_saw_of_the_end_of_a_log_is_written_apart(desk_folder, tmp_path, monkeypatch):
    with_gap(desk_folder, "DELETE FROM log_entry")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.added, done.apart) == (0, 3)


class UnreadFile(Store):
    """A file on a disk that cannot read its first sector."""

    def rows(self, sql, params=()):
        error = sqlcipher.OperationalError(f"disk I/O error: {sql} {params}")
        error.sqlite_errorcode = sqlcipher.SQLITE_IOERR | 1 << 8
        raise error


def test_what_the_disk_does_not_give_is_left_out_but_for_a_disk_that_is_gone(desk_folder):
    path = database_file(desk_folder)
    damaged = DamagedDatabase(UnreadFile(path, read_only=True))
    assert (damaged.meta(), damaged.logs()) == ({}, {})
    assert damaged.revisions(3).unreadable == 3
    path.rename(path.with_name("away"))
    with pytest.raises(DATABASE_ERRORS):
        damaged.meta()


def test_versions_behind_other_entries_and_behind_an_altered_one_are_added(desk_folder, tmp_path):
    written(desk_folder, 0, 2)
    with Desk.open(desk_folder) as desk:
        desk.backups.make()
        card = desk.exchange.cards.own()
        # A statement, and a closing, are entries of the log too.
        desk.exchange.exports.export("2023-11", tmp_path / "usb", ExportOptions())
        desk.closing.close_period("2023-10", "province")
        gone = next(desk.lists.stream("clearing", Filter())).id
        desk.records.delete("clearing", gone, "nhập nhầm")
    written(desk_folder, 2, 6)
    wanted = records_of(desk_folder)
    raw = sqlcipher.connect(str(database_file(desk_folder)), isolation_level=None)
    (record,) = raw.execute("SELECT record FROM revision WHERE seq = 4").fetchone()
    raw.execute("UPDATE revision SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 4")
    raw.close()
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.added, done.apart, done.altered) == (4, 0, 1)
    assert records_of(tmp_path / "new") == wanted - {record}
    with Desk.open(tmp_path / "new") as desk:
        assert gone not in records_of(tmp_path / "new")
        package = desk.exchange.exports.export("2023", tmp_path / "usb", ExportOptions())
    Desk.create(tmp_path / "other", "province", "20", "Người thử").close()
    with Desk.open(tmp_path / "other") as desk:
        desk.exchange.cards.accept_card(card)
        assert desk.exchange.imports.take(package).status == "imported"
        assert desk.maintenance.verify()["ok"]


def typed_anew(folder, key=None):
    """What a person saves of the drafts of a salvaged desk, each as it lies in its form."""
    with Desk.open(folder, key) as desk:
        drafts = desk.drafts.drafts()
        assert all(draft.parked for draft in drafts)
        for draft in drafts:
            raws = {name: raw for name, raw in draft.texts["raws"].items() if raw}
            if draft.texts["record"]:
                desk.records.edit(draft.form, draft.texts["record"], raws, typed=True)
            else:
                desk.records.add(draft.form, raws, typed=True)
        return [draft.form for draft in drafts]


def values_of(folder, key=None, types=("clearing", "pledge", "household")):
    with Desk.open(folder, key) as desk:
        named = desk.household_name
        return sorted(
            str({**one.values, "household": named(one.values.get("household") or "")})
            for type_name in types
            for one in desk.lists.stream(type_name, Filter())
        )


@pytest.mark.parametrize("key", [None, KEY], ids=["open", "encrypted"])
def test_where_no_version_can_be_read_the_lists_are_put_aside_as_drafts(tmp_path, key):
    """The root of the versions is one page; what was typed since the backup is in the lists too."""
    folder = tmp_path / "desk"
    Desk.create(folder, "province", "20", "Người thử", key=key).close()
    written(folder, 0, 2, key)
    with Desk.open(folder, key) as desk:
        desk.backups.make()
        changed = next(desk.lists.stream("clearing", Filter())).id
        desk.records.edit("clearing", changed, {"note": "sau bản sao lưu"})
        home = {"head": "Hứa Văn Lâm", "commune": "06202-2023", "hamlet": "Nà Mỏ"}
        named = desk.records.add("household", home).id
        desk.records.add("pledge", {**example("pledge"), "household": named})
    written(folder, 2, 5, key)
    wanted = values_of(folder, key)
    overwrite_pages(folder, ROOT.format("revision"), key)
    done = salvage(folder, tmp_path / "new", key=key)
    assert (done.read, done.drafts) == (0, 6)
    if key is not None:
        files = [path.read_bytes() for path in (tmp_path / "new").rglob("*") if path.is_file()]
        assert not any("Nà Mỏ".encode() in content for content in files)
    assert not (tmp_path / "new" / APART).exists()
    forms = typed_anew(tmp_path / "new", key)
    assert sorted(forms) == ["clearing"] * 4 + ["household", "pledge"]
    assert set(values_of(tmp_path / "new", key)) == set(wanted)


def test_what_fits_no_log_of_an_encrypted_desk_lies_in_no_plain_file(tmp_path):
    folder = tmp_path / "desk"
    Desk.create(folder, "province", "20", "Người thử", key=KEY).close()
    written(folder, 0, 1, KEY)
    with Desk.open(folder, KEY) as desk:
        desk.backups.make()
    written(folder, 1, 4, KEY)
    wanted = values_of(folder, KEY)
    with Desk.open(folder, KEY) as desk:
        desk.store.execute_sql(GAP)
        desk.store.execute_sql(ALTERED)
    done = salvage(folder, tmp_path / "new", key=KEY)
    assert (done.apart, done.altered, done.drafts) == (1, 1, 2)
    assert not (tmp_path / "new" / APART).exists()
    typed_anew(tmp_path / "new", KEY)
    assert values_of(tmp_path / "new", KEY) == wanted


INTERIOR = 5
"""The first byte of a page of a table that has only children."""


def last_leaf(folder, table):
    """The page of the newest rows of a table that has several: the last child of its root."""
    raw = sqlcipher.connect(str(database_file(folder)))
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    size = int(raw.execute("PRAGMA page_size").fetchone()[0])
    root = int(raw.execute(ROOT.format(table)).fetchone()[0])
    raw.close()
    header = database_file(folder).read_bytes()[(root - 1) * size :][:12]
    assert header[0] == INTERIOR
    return int.from_bytes(header[8:])


def test_rows_of_a_list_are_put_aside_though_its_newest_page_is_lost(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        for _lines in range(2):
            batch = [(n, example("clearing", n) | {"note": "đường mòn " * 60}) for n in range(20)]
            desk.records.add_batch("clearing", batch)
    newest = last_leaf(desk_folder, "clearing")
    overwrite_pages(desk_folder, f"{ROOT.format('revision')} UNION SELECT {newest}")
    done = salvage(desk_folder, tmp_path / "new")
    assert (done.read, 30 < done.drafts < 40) == (0, True)


@pytest.mark.parametrize("damage", ["participants = 'abc'", "started_on = x'ff'", "note = x'ff'"])
def test_a_damaged_value_of_a_list_is_left_out_of_its_draft(desk_folder, tmp_path, damage):
    """What is beyond the versions is not proven by anything; the salvage does not end with it."""
    written(desk_folder, 0, 3)
    with Desk.open(desk_folder) as desk:
        desk.store.execute_sql(f"UPDATE clearing SET {damage} WHERE row = 2")
        desk.store.execute_sql(ALTERED)
    done = salvage(desk_folder, tmp_path / "new")
    assert done.drafts == 2
    field = damage.split(" ")[0]
    with Desk.open(tmp_path / "new") as desk:
        raws = [draft.texts["raws"] for draft in desk.drafts.drafts()]
    assert sorted(bool(one[field]) for one in raws) == [False, field != "note"]
    assert all(one["kind"] for one in raws)


def test_a_deletion_that_fits_no_log_is_no_empty_draft(tmp_path):
    folder = tmp_path / "desk"
    Desk.create(folder, "province", "20", "Người thử", key=KEY).close()
    written(folder, 0, 4, KEY)
    with Desk.open(folder, KEY) as desk:
        gone = next(desk.lists.stream("clearing", Filter())).id
        desk.records.delete("clearing", gone, "nhập nhầm")
        desk.store.execute_sql(GAP)
        desk.store.execute_sql(ALTERED.replace("seq = 3", "seq = 4"))
    done = salvage(folder, tmp_path / "new", key=KEY)
    with Desk.open(tmp_path / "new", KEY) as desk:
        drafts = [draft.texts for draft in desk.drafts.drafts()]
    # The deletion, and the altered record, which is still in the list.
    assert (done.apart, done.altered, done.drafts) == (1, 1, 1)
    assert all(any(texts["raws"].values()) for texts in drafts)
    assert gone not in {texts["record"] for texts in drafts}


def test_an_encrypted_desk(tmp_path):
    folder = tmp_path / "locked"
    Desk.create(folder, "province", "20", "Người thử", key=KEY).close()
    written(folder, 0, 2, KEY)
    wanted = records_of(folder, KEY)
    overwrite_pages(folder, ROOT.format("patrol"), KEY)
    done = salvage(folder, tmp_path / "new", key=KEY)
    assert done.added == 2
    assert records_of(tmp_path / "new", KEY) == wanted
    assert not database_file(tmp_path / "new").read_bytes().startswith(b"SQLite")
