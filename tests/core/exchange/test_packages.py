"""Damaged, forged or hostile packages: refused or partly left out with a reason, in bounded time
and memory, without changing the desk otherwise."""

import base64
import csv
import io
import json
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from unicodedata import normalize

import pyrage
import pytest

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, set_language
from borderdesk.desk import Desk
from borderdesk.exchange.format import plain_spool
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.package_zip import encrypt
from borderdesk.exchange.reading import package_source
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.receiving.imports import WOULD_IMPORT as WOULD
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import (
    RevisionStamp,
    canonical,
    content_hash,
    identified,
    make_body,
    new_id,
    private_hash,
)
from borderdesk.store.records.history import NewVersion
from borderdesk.store.verification.rebuild import rebuild
from tests.age_files import locked, locked_bytes
from tests.effort import tries
from tests.exchanging import (
    HOUSEHOLD,
    clearing,
    entries,
    everything,
    new_desk,
    packed,
    put_rows,
    resealed,
    resigned,
    send,
    state,
    table_rows,
    trust,
)
from tests.factories import example

MUTANTS = tries(500, 10_000)
FORGED = tries(60, 600)


@pytest.fixture(scope="module")
def pair_template(tmp_path_factory):
    """The folders of a post with something of everything to send, and of the province that knows
    it: before sending (`before`) and after it (`after`, with its file in `stick`)."""
    folder = tmp_path_factory.mktemp("pair")
    with opened(folder / "making") as (post, province):
        trust(post, province)
        fill(post)
    shutil.copytree(folder / "making", folder / "before")
    with opened(folder / "making") as (post, _province):
        send(post, folder / "making" / "stick")
    return (folder / "making").rename(folder / "after").parent


@contextmanager
def opened(folder):
    """The post and the province below a folder, created if missing."""
    if not folder.exists():
        new_desk(folder / "post", "post", "BS", 1).close()
        new_desk(folder / "province", "province", "20", 2).close()
    with Desk.open(folder / "post") as post, Desk.open(folder / "province") as province:
        yield post, province


@pytest.fixture
def pair(pair_template, tmp_path):
    """A post with something of everything to send, and the province that knows it."""
    shutil.copytree(pair_template / "before", tmp_path, dirs_exist_ok=True)
    with opened(tmp_path) as desks:
        yield desks


def fill(post):
    """Records with children, a household, a deletion, two revisions, a note."""
    first = post.records.add("clearing", clearing(post=None, note="=Ghi chú", participants=18))
    post.records.edit("clearing", first.id, {"participants": 19})
    gone = post.records.add("clearing", clearing(post=None, participants=44))
    post.records.delete("clearing", gone.id, "Nhập nhầm")
    post.records.add("patrol", {**example("patrol", 1), "post": "BS"})
    pledge = {
        "signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": HOUSEHOLD,
    }  # fmt: skip
    post.records.add("pledge", pledge, new_picks=True)
    post.exchange.notes.add_note("clearing", first.id, "Đã đối chiếu.")


def whole(desk):
    return desk.maintenance.verify(), desk.exchange.batches.all(), desk.exchange.notes.notes()


# --------------------------------------------------------------------- damaged on the way


@pytest.fixture
def sent(pair_template, tmp_path):
    """(post, province, the path of a sound package)."""
    shutil.copytree(pair_template / "after", tmp_path, dirs_exist_ok=True)
    (path,) = (path for path in (tmp_path / "stick").rglob("*") if path.is_file())
    with opened(tmp_path) as (post, province):
        yield post, province, path


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_package_is_refused(sent, share):
    _post, province, path = sent
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    before = whole(province)
    told = province.exchange.imports.take(path)
    assert told.status == REFUSED
    assert told.reason
    assert whole(province) == before


def test_a_renamed_package_is_taken_as_what_it_is(sent, tmp_path):
    _post, province, path = sent
    other = path.rename(tmp_path / "Ảnh hội nghị.bdx")
    assert province.exchange.imports.take(other).status == IMPORTED


def test_a_package_zipped_again_without_change_is_the_same_package_of_other_bytes(sent, tmp_path):
    _post, province, path = sent
    again = packed(tmp_path / "again.bdx", entries(path))
    assert province.exchange.imports.take(path).status == IMPORTED
    before = state(province)
    assert province.exchange.imports.take(again).status == UNCHANGED
    assert state(province) == before


def test_a_table_changed_on_the_way_is_refused(sent, tmp_path):
    _post, province, path = sent
    files = entries(path)
    files["data/clearing.csv"] = files["data/clearing.csv"].replace(b",19,", b",91,")
    told = province.exchange.imports.take(packed(tmp_path / "x.bdx", files))
    assert told.status == REFUSED
    assert province.lists.count("clearing", everything()) == 0


def test_a_package_signed_by_another_desk_is_refused(sent, tmp_path):
    post, province, path = sent
    with new_desk(tmp_path / "other", "post", "CL", 3) as other:
        trust(other, province)
        forged = resigned(other, path, lambda _files, _told: None, tmp_path / "x.bdx")
        told = province.exchange.imports.take(forged)
    assert told.status == REFUSED
    assert post.identity.id not in [batch.desk for batch in province.exchange.batches.all()]


def test_a_desk_cannot_pass_for_another_unit(sent, tmp_path):
    post, province, path = sent
    before = whole(province)
    # A file for another post waits: the desk may have been handed over, with its card on the way.
    for key, value, status in (("unit", "CL", QUARANTINED), ("role", "province", REFUSED)):
        forged = resigned(post, path, put(key, value), tmp_path / "x.bdx")
        assert province.exchange.imports.take(forged).status == status
        assert province.exchange.imports.take_waiting() == []
    assert whole(province) == before


def test_mutated_packages_change_nothing(sent, tmp_path):
    """Bytes flipped, removed, doubled and swapped: each is refused quickly."""
    _post, province, path = sent
    sound, chances = path.read_bytes(), random.Random(5)
    before = whole(province)
    file = tmp_path / "mutant.bdx"
    accepted = 0
    for number in range(MUTANTS):
        mutant = mutated(sound, chances)
        file.write_bytes(mutant)
        # Most runs only preview, which makes every check; some really import.
        told = province.exchange.imports.take(file, dry_run=number % 100 != 0)
        if told.status != REFUSED:
            accepted += 1
            # Mutations that zip ignores (a date, an attribute) leave the package valid.
            assert entries(file) == entries(path)
    assert accepted < MUTANTS / 10
    if not province.exchange.batches.all():
        assert whole(province) == before
    assert province.maintenance.verify()["ok"]
    province.exchange.imports.take(path)
    assert province.lists.count("clearing", everything()) == 1


def mutated(content, chances):
    bytes_ = bytearray(content)
    for _time in range(chances.choice((1, 1, 1, 2, 8))):
        at = chances.randrange(len(bytes_))
        what = chances.randrange(6)
        if what == 0:
            bytes_[at] ^= 1 << chances.randrange(8)
        elif what == 1:
            bytes_[at] = chances.randrange(256)
        elif what == 2:
            del bytes_[at : at + chances.randrange(1, 64)]
        elif what == 3:
            bytes_[at:at] = bytes_[at : at + chances.randrange(1, 64)]
        elif what == 4:
            other = chances.randrange(len(bytes_))
            bytes_[at], bytes_[other] = bytes_[other], bytes_[at]
        else:
            bytes_[at : at + 4] = struct.pack("<I", chances.choice((0, 2**31, 2**32 - 1)))
    return bytes(bytes_) if bytes_ else b"\0"


# --------------------------------------------------------- forged by a key that is trusted

STRANGE = [
    "", "0", "-1", "1e9", "99999999999999999999", "true", "2023-13-45", "=1+1", "a" * 300, "\x07",
    "﻿", "nan", ";", "a;b", "{}", "[]", "null", "00000000-0000-7000-8000-000000000000",
    "f" * 64, "post", "clearing", "1146", "06199-2023", "\u202e", "'", '"', "\n", "é",
]  # fmt: skip


def test_forged_tables_are_refused_or_leave_bad_records_out(sent, tmp_path):
    """Cells changed, rows doubled, removed and moved, then hashed and signed correctly."""
    post, province, path = sent
    chances = random.Random(7)
    file = tmp_path / "forged.bdx"
    statuses = set()
    for number in range(FORGED):
        resigned(post, path, lambda files, _told: forge(files, chances), file)
        told = province.exchange.imports.take(file, dry_run=number % 12 != 0)
        statuses.add(told.status)
    # A file whose log has a gap waits for the missing entries.
    assert {REFUSED, IMPORTED} <= statuses <= {REFUSED, IMPORTED, UNCHANGED, QUARANTINED, WOULD}
    assert province.maintenance.verify()["ok"], province.maintenance.verify()["problems"]
    assert rebuild(province.store, province.book) == []
    # Imported records can be forwarded, and form a valid package again.
    onward = send(province, tmp_path / "onward")
    assert post.exchange.imports.take(onward).refused_rows == 0


def forge(files, chances):
    name = chances.choice([n for n in files if files[n].count(b"\n") > 1])
    rows = list(csv.reader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))
    at = chances.randrange(1, len(rows))
    what = chances.randrange(8)
    if what < 4:
        place = chances.randrange(len(rows[at]))
        rows[at][place] = chances.choice([*STRANGE, chances.choice(rows)[0]])
    elif what == 4:
        del rows[at]
    elif what == 5:
        rows.insert(at, list(rows[at]))
    elif what == 6:
        other = chances.randrange(1, len(rows))
        rows[at], rows[other] = rows[other], rows[at]
    else:
        rows[at] = rows[at][:-1]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    files[name] = buffer.getvalue().encode("utf-8-sig")


def change_cell(table, column, value, row=0):
    """A change that puts a value into a column of a row."""

    def change(files, _told):
        name = f"data/{table}.csv"
        rows = list(csv.reader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))
        rows[1 + row][rows[0].index(column)] = value
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerows(rows)
        files[name] = buffer.getvalue().encode("utf-8-sig")

    return change


@pytest.mark.parametrize(
    "change",
    [
        change_cell("clearing", "participants", "20"),
        change_cell("clearing", "participants", "99999999999"),
        change_cell("clearing", "kind", "king"),
        change_cell("clearing", "commune", "00001-2023"),
        change_cell("clearing", "started_on", "1800-01-01"),
        change_cell("patrol_inspected", "condition", "gone"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_rest_goes_in(sent, tmp_path, change):
    post, province, path = sent
    forged = resigned(post, path, change, tmp_path / "x.bdx")
    planned = province.exchange.imports.take(forged, dry_run=True)
    told = province.exchange.imports.take(forged)
    assert planned == told._replace(batch=None, status="would_import")
    assert (told.status, told.refused_rows) == (IMPORTED, 1)
    (row,) = province.exchange.batches.refused_records(told.batch)
    assert row.reason
    assert row.reason in told.reason
    assert told.added == 4
    assert province.maintenance.verify()["ok"]
    again = province.exchange.imports.take(tmp_path / "x.bdx")
    assert (again.status, again.refused_rows, again.unchanged) == (UNCHANGED, 1, 4)


@pytest.mark.parametrize(
    ("spoilt", "english"),
    [
        ({"kind": "king"}, "“Kind of work” cannot be king."),
        ({"participants": None}, "“Participants” is missing."),
    ],
)
def test_why_a_record_was_left_out_is_told_in_the_language_of_who_reads_it(
    pair, tmp_path, spoilt, english
):
    """The post's program accepts what the province's refuses."""
    post, province = pair
    first = post.records.add("clearing", clearing(post=None)).id
    values = {**post.records.head_of("clearing", first)[0], **spoilt}
    kept = {key: value for key, value in values.items() if value is not None}
    with post.writing():
        post.records.write([NewVersion(ALL_TYPES["clearing"], new_id(), kept)])
    told = province.exchange.imports.take(send(post, tmp_path))
    batches = province.exchange.batches
    (in_vietnamese,) = batches.refused_records(told.batch)
    assert in_vietnamese.reason in told.reason
    set_language("en")
    try:
        (in_english,) = batches.refused_records(told.batch)
    finally:
        set_language("vi")
    assert in_english.reason == english != in_vietnamese.reason


def test_what_names_a_household_that_was_left_out_counts_and_finds_it_when_it_comes(sent, tmp_path):
    post, province, path = sent
    forged = resigned(post, path, change_cell("household", "hamlet", "Khác"), tmp_path / "x.bdx")
    told = province.exchange.imports.take(forged)
    types = {row.type for row in province.exchange.batches.refused_records(told.batch)}
    assert types == {"household"}
    assert province.lists.count("pledge", everything()) == 1
    assert province.exchange.imports.take(path).refused_rows == 0
    assert state(province)[0] == state(post)[0]
    assert rebuild(province.store, province.book) == []


def put(key, value):
    return lambda _files, told: told["borderdesk"].update({key: value})


@pytest.mark.parametrize(
    "change",
    [
        put("format", 3), put("format", 1), put("schema", 10**5), put("schema", -1),
        put("schema", True),
        put("number", 0), put("number", 10**400), put("number", "1"), put("role", "king"),
        put("unit", "../../etc"), put("period", "x" * 500), put("first", "hôm nay"),
        put("last", "2000-01-01"), put("made", "now"), put("figures", {"a": "b"}),
        put("figures", {"a": float("inf")}), put("figures", {str(n): 1 for n in range(5_000)}),
        put("title", "a\x1b[31m"), put("records", -5), put("desk", "BS"),
        lambda files, _told: files.update({"data/extra.csv": b"\xef\xbb\xbfid\r\n"}),
        lambda files, told: (files.pop("data/patrol.csv"), told["resources"].clear()),
        lambda _files, told: told["resources"].append(told["resources"][0]),
        lambda _files, told: told.update(resources={}),
        lambda _files, told: told["resources"][0].update(path="../../../etc/passwd"),
        lambda files, _told: files.update({"data/notes.csv": b"id,text\r\n"}),
        lambda files, _told: files.update({"data/notes.csv": "﻿a,b\r\n".encode("utf-16")}),
    ],
)  # fmt: skip
def test_a_descriptor_or_table_that_cannot_be_is_refused_whole(sent, tmp_path, change):
    post, province, path = sent
    before = whole(province)
    told = province.exchange.imports.take(resigned(post, path, change, tmp_path / "x.bdx"))
    assert told.status == REFUSED
    assert whole(province) == before


def test_a_newer_program_is_named_and_its_file_is_not_called_broken(sent, tmp_path):
    post, province, path = sent
    # The required version is named, if the file states it.
    for said, wanted in (("0.9.0", "(0.9.0)"), ("0.1.0", "(> 0.1.0)"), ("beta", "(> 0.1.0)")):
        words = {"schema": 9_999, "program": said}
        newer = resigned(
            post, path, lambda _files, told, words=words: told["borderdesk"].update(words),
            tmp_path / "x.bdx",
        )  # fmt: skip
        told = province.exchange.imports.take(newer)
        assert (told.status, f"mới hơn tạo ra {wanted}" in told.reason) == (REFUSED, True)
    assert province.exchange.quarantine.refused_files() == []


def test_a_package_of_an_older_schema_comes_in_without_the_columns_it_does_not_have(sent, tmp_path):
    post, province, path = sent

    def older(files, told):
        told["borderdesk"]["schema"] = 1
        rows = list(csv.reader(io.StringIO(files["data/clearing.csv"].decode("utf-8-sig"))))
        place = rows[0].index("ended_on")
        assert not any(row[place] for row in rows[1:])
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerows(
            [cell for at, cell in enumerate(row) if at != place] for row in rows
        )
        files["data/clearing.csv"] = buffer.getvalue().encode("utf-8-sig")
        del files["data/incident.csv"]
        told["resources"] = [r for r in told["resources"] if r["path"] != "data/incident.csv"]

    told = province.exchange.imports.take(resigned(post, path, older, tmp_path / "x.bdx"))
    assert (told.status, told.refused_rows) == (IMPORTED, 0)
    assert state(province)[0] == state(post)[0]


def test_a_separate_part_that_holds_what_it_may_not_is_left_out(pair, tmp_path):
    """The hash of a part only proves that its author wrote it, not that it is valid."""
    post, province = pair
    path = send(
        post, tmp_path / "s", wish=ExportOptions([province.exchange.cards.own()], reason="Thử")
    )
    plain = tmp_path / "plain.bdx"
    import pyrage

    (key,) = province.exchange.cards.opening_keys()
    plain.write_bytes(pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(key)]))

    def forge_part(files, _told):
        revisions, private = table_rows(files, "revisions"), table_rows(files, "private")
        households = table_rows(files, "household")
        (row,) = [r for r in revisions if r[4] == "household"]
        (part,) = [r for r in private if r[0] == row[3]]
        part[2] = canonical({"hamlet": "Giả", "head": ["x"]})
        row[13] = private_hash(bytes.fromhex(part[1]), part[2])
        head, cells = households
        fields = {k: v for k, v in zip(head[2:], cells[2:], strict=True) if v}
        row[12] = content_hash(make_body(fields, row[13]))
        stamp = RevisionStamp(row[8], row[0], row[9])
        new = identified("household", row[5], 1, (), stamp, None, row[12]).hex()
        row[3] = part[0] = cells[1] = new
        put_rows(files, "revisions", revisions)
        put_rows(files, "private", private)
        put_rows(files, "household", households)
        resealed(post, files)

    told = province.exchange.imports.take(resigned(post, plain, forge_part, tmp_path / "x.bdx"))
    types = {row.type for row in province.exchange.batches.refused_records(told.batch)}
    assert types == {"household"}
    assert province.maintenance.verify()["ok"], province.maintenance.verify()["problems"]


# ------------------------------------------------------------------------------ hostile zips


def raw_zip(*members, comment=b""):
    """A zip of members (ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry, content in members:
            archive.writestr(entry, content)
        archive.comment = comment
    return buffer.getvalue()


def named(path, **attributes):
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_DEFLATED
    for key, value in attributes.items():
        setattr(entry, key, value)
    return entry


HOSTILE = {
    "path traversal": lambda: raw_zip((named("../../evil.csv"), b"x")),
    "absolute path": lambda: raw_zip((named("/etc/passwd"), b"x")),
    "backslashes": lambda: raw_zip((named("data\\..\\evil.csv"), b"x")),
    "a link": lambda: raw_zip(
        (named("data/clearing.csv", external_attr=0o120777 << 16), b"/etc/passwd")
    ),
    "no descriptor": lambda: raw_zip((named("data/clearing.csv"), b"x")),
    "a hundred entries": lambda: raw_zip(
        *((named(f"data/{letter * n}.csv"), b"") for letter in "ab" for n in range(1, 60))
    ),
    "an empty zip": lambda: raw_zip(),
    "a bomb for a descriptor": lambda: raw_zip(
        (named("datapackage.json"), b" " * (200 << 20)), (named("datapackage.json.minisig"), b"x")
    ),
    "deep json": lambda: raw_zip(
        (named("datapackage.json"), b"[" * 1_000_000), (named("datapackage.json.minisig"), b"x")
    ),
    "long numbers": lambda: raw_zip(
        (named("datapackage.json"), b'{"borderdesk":' + b"9" * 1_000_000 + b"}"),
        (named("datapackage.json.minisig"), b"x"),
    ),
    "no zip": lambda: b"PK\x03\x04" + bytes(100_000),
    "nothing": lambda: b"",
    "a long comment": lambda: raw_zip((named("a"), b""), comment=b"PK\x05\x06" * 10_000),
    "a lying directory": lambda: raw_zip((named("a"), b""))[:-12] + b"\xff" * 12,
    "an age file of nobody": lambda: b"age-encryption.org/v1\n-> X25519 x\n" + bytes(1_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_bounds(pair, tmp_path, name):
    _post, province = pair
    path = tmp_path / "x.bdx"
    path.write_bytes(HOSTILE[name]())
    before = whole(province)
    told = province.exchange.imports.take(path)
    assert told.status == REFUSED
    assert told.reason
    assert whole(province) == before
    assert not (tmp_path / "evil.csv").exists()


def test_two_entries_of_one_name_are_refused(sent, tmp_path):
    post, province, path = sent
    files = entries(path)
    target = tmp_path / "x.bdx"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("data/clearing.csv", files["data/clearing.csv"])
    assert province.exchange.imports.take(target).status == REFUSED
    assert post.identity.id not in [batch.desk for batch in province.exchange.batches.all()]


def test_a_bomb_signed_by_a_trusted_key_stays_within_memory(sent, tmp_path):
    """A quarter of a gigabyte compressed to less than a megabyte is refused, not unpacked."""
    post, province, path = sent
    target = tmp_path / "bomb.bdx"
    _write_bomb(post, path, target, 256 << 20)
    script = (
        "import sys; from pathlib import Path; from borderdesk.desk import Desk\n"
        "with Desk.open(Path(sys.argv[1])) as desk:\n"
        "    print(desk.exchange.imports.take(Path(sys.argv[2])).status)\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )
    folder = province.folder
    province.close()
    told = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(target)],
        capture_output=True, encoding="utf-8", check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    assert told[0] == REFUSED
    assert int(told[1]) < 150


def _write_bomb(post, path, target, size):
    files = entries(path)
    descriptor = json.loads(files["datapackage.json"])
    text = json.dumps(descriptor).encode()
    block = bytes(1 << 20)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if name.startswith("data/") and name != "data/clearing.csv":
                archive.writestr(name, content)
        with archive.open("data/clearing.csv", "w", force_zip64=False) as entry:
            for _part in range(size >> 20):
                entry.write(block)
        archive.writestr("datapackage.json", text)
        archive.writestr("datapackage.json.minisig", post.exchange.cards.sign(text, "x"))


# ------------------------------------------------------------------------------ locked files


def test_a_wrong_passphrase_opens_nothing_and_can_be_tried_again(pair, tmp_path):
    post, province = pair
    path = locked(send(post, tmp_path), "mật khẩu đúng")
    imports = province.exchange.imports
    for wrong in (None, "mật khẩu sai"):
        told = imports.take(path, passphrase=wrong)
        assert told.status == REFUSED
        assert "mật khẩu" in told.reason
    assert province.exchange.quarantine.refused_files() == []
    assert imports.take(path, passphrase="mật khẩu đúng").status == IMPORTED


def test_a_passphrase_opens_as_any_keyboard_writes_its_letters(pair, tmp_path, monkeypatch):
    """Windows' Vietnamese layout types a letter and its tone apart, UniKey together."""
    post, province = pair
    together, apart = (normalize(form, "mật khẩu đúng") for form in ("NFC", "NFD"))
    sent = send(post, tmp_path)
    file = sent.with_suffix(".bdx.age")
    for used, typed in ((together, apart), (apart, apart), (together, together)):
        file.write_bytes(locked_bytes(sent.read_bytes(), used))
        told = province.exchange.imports.take(file, passphrase=typed)
        assert told.status in {IMPORTED, UNCHANGED}
    with pytest.raises(UserError, match="không gõ được từ bàn phím"):
        send(post, tmp_path, wish=ExportOptions(passphrase=f"{together}\r\n"))
    # Five letters, though they are typed as eleven signs.
    with pytest.raises(UserError, match="8 ký tự"):
        send(post, tmp_path, wish=ExportOptions(passphrase=normalize("NFD", "ấếộ a")))
    # The library's own key derivation takes seconds: only what it is given is looked at.
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda _plain, words: words.encode())
    target = io.BytesIO()
    encrypt(io.BytesIO(b"zip"), target, [], apart)
    assert target.getvalue().decode() == together


def with_work(path, power, *, as_text):
    """A package locked with a passphrase whose key derivation is that expensive."""
    content = re.sub(rb"(-> scrypt \S+ )\d+", rb"\g<1>%d" % power, path.read_bytes(), count=1)
    if as_text:
        lines = re.findall(".{1,64}", base64.b64encode(content).decode())
        mark = "-----{} AGE ENCRYPTED FILE-----"
        content = "\n".join((mark.format("BEGIN"), *lines, mark.format("END"), "")).encode()
    path.write_bytes(content)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_passphrase_that_asks_for_work_without_end_is_refused_at_once(
    pair, tmp_path, as_text, monkeypatch
):
    """64 GB of memory and an hour; if only this computer cannot do it, the message says so."""
    post, province = pair
    path = send(post, tmp_path, wish=ExportOptions())
    content = path.read_bytes()
    path.write_bytes(locked_bytes(content, "mật khẩu đúng"))
    with_work(path, 26, as_text=as_text)
    began = time.process_time()
    told = province.exchange.imports.take(path, passphrase="mật khẩu đúng")
    assert (told.status, told.reason) == (REFUSED, str(damaged_package()))
    assert time.process_time() - began < 1
    path.write_bytes(locked_bytes(content, "mật khẩu đúng"))
    monkeypatch.setattr(package_source, "MOST_WORK", 60)
    with_work(path, 40, as_text=as_text)
    told = province.exchange.imports.take(path, passphrase="mật khẩu đúng")
    assert (told.status, "quá bận" in told.reason) == (REFUSED, True)
    # Only the first has to be sent again.
    (kept,) = province.exchange.quarantine.refused_files()
    assert kept.reason == str(damaged_package())


def test_a_package_locked_for_another_desk_is_said_to_be_so(pair, tmp_path):
    post, province = pair
    with new_desk(tmp_path / "other", "post", "CL", 3) as other:
        path = send(post, tmp_path, wish=ExportOptions([other.exchange.cards.own()]))
    told = province.exchange.imports.take(path)
    assert (told.status, "máy khác" in told.reason) == (REFUSED, True)
    assert province.exchange.quarantine.refused_files() == []


def test_a_locked_package_with_a_byte_flipped_is_refused(pair, tmp_path):
    post, province = pair
    path = send(post, tmp_path, wish=ExportOptions([province.exchange.cards.own()]))
    sound, chances = path.read_bytes(), random.Random(3)
    for _time in range(200):
        at = chances.randrange(len(sound))
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        assert province.exchange.imports.take(path, dry_run=True).status == REFUSED
    path.write_bytes(sound)
    assert province.exchange.imports.take(path).status == IMPORTED


# ------------------------------------------------------------------------- programs not ours


@pytest.mark.parametrize("program", ["age", "minisign"])
def test_the_programs_that_open_our_files_are_there(program):
    assert shutil.which(program)


def test_age_unlocks_what_we_lock_and_we_unlock_what_age_locks(pair, tmp_path):
    post, province = pair
    own = province.exchange.cards.own()
    sent = send(post, tmp_path, wish=ExportOptions([own]))
    (key,) = province.exchange.cards.opening_keys()
    identity = tmp_path / "key.txt"
    identity.write_text(key + "\n", encoding="utf-8")
    plain = tmp_path / "plain.bdx"
    subprocess.run(["age", "-d", "-i", identity, "-o", plain, sent], check=True)
    assert zipfile.is_zipfile(plain)
    again = tmp_path / "again.bdx.age"
    subprocess.run(["age", "-r", own.age, "-o", again, plain], check=True)
    assert province.exchange.imports.take(again).status == IMPORTED


def test_minisign_verifies_what_we_sign(pair, tmp_path):
    post, _province = pair
    files = entries(send(post, tmp_path))
    for name in ("datapackage.json", "datapackage.json.minisig"):
        (tmp_path / name).write_bytes(files[name])
    own = post.exchange.cards.own()

    def verified():
        done = subprocess.run(
            ["minisign", "-V", "-P", own.minisign, "-m", tmp_path / "datapackage.json"],
            capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    assert verified()
    (tmp_path / "datapackage.json").write_bytes(files["datapackage.json"] + b" ")
    assert not verified()


def test_we_verify_what_minisign_signs(pair, tmp_path):
    from borderdesk.exchange.desks.cards import signed_by

    post, _province = pair
    secret, public = tmp_path / "key", tmp_path / "key.pub"
    subprocess.run(
        ["minisign", "-G", "-W", "-s", secret, "-p", public], check=True, capture_output=True
    )
    content = tmp_path / "content"
    content.write_bytes(b"noi dung")
    subprocess.run(["minisign", "-S", "-s", secret, "-m", content], check=True, capture_output=True)
    key = public.read_text(encoding="utf-8").splitlines()[-1]
    card = post.exchange.cards.own()._replace(minisign=key)
    signature = (tmp_path / "content.minisig").read_bytes()
    assert signed_by(card, b"noi dung", signature)
    assert not signed_by(card, b"noi dung ", signature)


def validated(folder):
    """The result of frictionless for an unpacked package: (valid, the errors)."""
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    return report.valid, report.flatten(["type", "note"])


def test_frictionless_validates_what_we_export_and_names_the_fault_in_a_damaged_copy(
    pair, tmp_path
):
    post, province = pair
    path = send(
        post, tmp_path, wish=ExportOptions([province.exchange.cards.own()], reason="Đối chiếu")
    )
    import pyrage

    (key,) = province.exchange.cards.opening_keys()
    plain = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(key)])
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(io.BytesIO(plain)).extractall(folder)
    assert validated(folder) == (True, [])
    table = folder / "data" / "clearing.csv"
    sound = table.read_bytes()
    table.write_bytes(sound.replace(b",19,", b",many,"))
    valid, errors = validated(folder)
    assert not valid
    assert {"type-error", "hash-count"} & {kind for kind, _note in errors}
    table.write_bytes(sound.replace(b",19,", b",91,"))
    valid, errors = validated(folder)
    assert not valid
    assert any("hash" in kind for kind, _note in errors)


def test_an_empty_month_is_a_sound_package_too(tmp_path):
    with new_desk(tmp_path / "post", "post", "BS", 1) as post:
        zipfile.ZipFile(send(post, tmp_path, "2023-02")).extractall(tmp_path / "unpacked")
    assert validated(tmp_path / "unpacked") == (True, [])


def test_a_note_of_many_megabytes_is_refused_not_kept(sent, tmp_path):
    post, province, path = sent
    huge = change_cell("notes", "text", "a" * (9 << 20))
    told = province.exchange.imports.take(resigned(post, path, huge, tmp_path / "x.bdx"))
    assert told.status == REFUSED


def test_a_posts_desk_brings_nothing_of_another_post(tmp_path):
    """A desk that was set up as the province's writes for two posts, then sends as a post's."""
    with new_desk(tmp_path / "bs", "province", "20", 1) as desk:
        own = desk.records.add("clearing", clearing("BS")).id
        other = desk.records.add("clearing", clearing("CL", commune="06559")).id
        with desk.writing():
            desk.store.run("UPDATE meta SET value = 'post' WHERE key = 'role'")
            desk.store.run("UPDATE meta SET value = 'BS' WHERE key = 'unit'")
    with (
        Desk.open(tmp_path / "bs") as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        trust(post, province)
        outcome = province.exchange.imports.take(send(post, tmp_path))
        assert (outcome.status, outcome.added, outcome.refused_rows) == ("imported", 1, 1)
        assert province.records.read("clearing", own)
        with pytest.raises(UserError):
            province.records.read("clearing", other)
        (left_out,) = province.exchange.batches.refused_records(outcome.batch)
        assert left_out.record == other
        assert left_out.reason == _("It is of another post than the desk that wrote it.")


def test_what_is_plain_for_a_moment_stays_in_the_desks_folder(pair, tmp_path, monkeypatch):
    """A large package uses no temporary folder of the system, which others may read."""
    post, province = pair
    monkeypatch.setattr(plain_spool, "IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    imports = province.exchange.imports
    made = send(post, tmp_path / "card", wish=ExportOptions([province.exchange.cards.own()]))
    assert imports.take(made).status == IMPORTED
    made = locked(send(post, tmp_path / "words"), "một hai ba bốn")
    assert imports.take(made, passphrase="một hai ba bốn").status in {IMPORTED, UNCHANGED}
