"""The cipher settings of an encrypted database are stored with its key: former ones still open,
copies and rewritten files keep theirs, and a new key uses the newest."""

import shutil
from pathlib import Path

import pytest

from borderdesk.backups.rekeying import change_key
from borderdesk.base.errors import CannotOpen
from borderdesk.base.paths import backups_folder, database_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.keys.wrap_set import WrapSet
from borderdesk.session.account_table import first_account
from borderdesk.session.file_keys import unlock_file
from borderdesk.session.opening import verify_file
from borderdesk.store.connection.cipher import copy_under_key
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.page_cipher import FIRST, NEWEST, PAGE_MACS, new_key
from tests.factories import example

FORMER = bytes(range(32))
PASSWORD = "mật khẩu của đồn"


@pytest.fixture
def former(desk_folder: Path) -> Path:
    """A desk encrypted before its key stored cipher settings."""
    locked = desk_folder.with_name("former.db")
    with Desk.open(desk_folder) as desk:
        copy_under_key(desk.store, locked, FORMER)
        name = first_account(desk.store).name
    locked.replace(database_file(desk_folder))
    KeyRing(desk_folder).create(name, PASSWORD, cost=LEAST_COST, key=FORMER)
    return desk_folder


def read(path: Path, key: bytes) -> str:
    """The answer of an encrypted database about its MACs. Raises a database error."""
    store = Store(path, key, read_only=True)
    with store.connection_context():
        assert store.damage() == []
        return str(store.value("PRAGMA cipher_hmac_algorithm"))


def test_a_desk_from_before_opens_and_a_new_key_brings_the_newest(former: Path) -> None:
    with Desk.open(former, FORMER) as desk:
        desk.records.add("clearing", example("clearing"))
        kept = desk.backups.make().file
        who = first_account(desk.store)
    old = Path(shutil.copy(kept, former.with_name("kept.db")))
    ring = KeyRing(former)
    assert b'"version": 2' in ring.path.read_bytes(), "a program from before reads it too"
    assert read(database_file(former), FORMER) == PAGE_MACS[FIRST]
    done = change_key(former, ring.unlock(None, PASSWORD), who)
    key = ring.unlock(None, PASSWORD)
    assert key == done.key
    assert key[-1] == NEWEST
    assert b'"version": 3' in ring.path.read_bytes()
    files = [database_file(former), *backups_folder(former).glob("*.db")]
    assert [read(file, key) for file in files] == [PAGE_MACS[NEWEST]] * 3
    assert unlock_file(old, None, PASSWORD) == FORMER
    assert verify_file(old, key=FORMER)["ok"], "a backup on a stick keeps its own"


@pytest.mark.parametrize("is_former", [False, True])
def test_a_file_written_anew_keeps_its_settings(desk_folder: Path, is_former: bool) -> None:
    own, other = (FORMER, new_key()) if is_former else (new_key(), FORMER)
    first, second, third = (desk_folder.with_name(f"{n}.db") for n in ("one", "two", "three"))
    with Desk.open(desk_folder) as desk:
        copy_under_key(desk.store, first, own)
    store = Store(first, own)
    with store.connection_context():
        # Settings for one copy must not affect the next.
        copy_under_key(store, second, other)
        store.scrub()
        store.copy_to(third)
        store.empty_log()
    for file, key in ((first, own), (second, other), (third, own)):
        assert read(file, key) == PAGE_MACS[key[32] if len(key) > 32 else FIRST]


def test_settings_of_a_newer_program_are_called_that(former: Path) -> None:
    with pytest.raises(CannotOpen, match="BorderDesk mới hơn"):
        read(database_file(former), FORMER + b"\x09")
    ring = KeyRing(former)
    ring.path.write_bytes(ring.path.read_bytes().replace(b'"version": 2', b'"version": 4'))
    with pytest.raises(CannotOpen, match="BorderDesk mới hơn"):
        ring.unlock(None, PASSWORD)


def test_who_took_the_settings_out_of_a_ring_opens_nothing(former: Path) -> None:
    """The MAC is computed with the whole key, so settings cannot be exchanged."""
    wraps, key = WrapSet.of_one(new_key(), "An", PASSWORD, cost=LEAST_COST), FORMER
    assert not wraps.is_of(wraps.open("An", PASSWORD)[:32])
    assert wraps.is_of(wraps.open("An", PASSWORD))
    assert KeyRing(former).read().is_of(key)
