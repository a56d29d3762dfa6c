"""What cannot be logged in the desk is not done: password, account, sheet, package."""

import pytest

from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.keys.wrap_set import WrongPassword
from borderdesk.reports.handouts.recovery_paper import write_recovery_sheet
from borderdesk.store.connection.database import DATABASE_ERRORS
from tests.conftest import PASSWORD

FULL = "CREATE TEMP TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"
NEW = "mật khẩu khác hẳn"


@pytest.fixture
def unwritable(locked_folder):
    """An encrypted desk whose audit log cannot be appended to, as on a full disk."""
    with Desk.open(locked_folder, KeyRing(locked_folder).unlock(None, PASSWORD)) as desk:
        desk.store.run(FULL)
        yield desk


def test_a_password_that_is_not_recorded_stays_what_it_was(unwritable):
    ring, name = KeyRing(unwritable.folder), unwritable.account.name
    with pytest.raises(DATABASE_ERRORS):
        unwritable.accounts.change_password(name, NEW)
    assert ring.unlock(name, PASSWORD) == unwritable.store.key
    with pytest.raises(WrongPassword):
        ring.unlock(name, NEW)
    unwritable.store.run("DROP TRIGGER full")
    unwritable.accounts.change_password(name, NEW)
    assert ring.unlock(name, NEW) == unwritable.store.key
    assert unwritable.audit.lines(limit=1)[0].kind == "account.password"


def test_an_account_that_is_not_recorded_can_be_added_later(unwritable):
    ring = KeyRing(unwritable.folder)
    before = ring.names()
    with pytest.raises(DATABASE_ERRORS):
        unwritable.accounts.add_account("Bế Thị Bình", "clerk", NEW)
    assert ring.names() == before == [one.name for one in unwritable.accounts.all()]
    unwritable.store.run("DROP TRIGGER full")
    unwritable.accounts.add_account("Bế Thị Bình", "clerk", NEW)
    assert len(ring.names()) == len(before) + 1
    unwritable.store.run(FULL)
    with pytest.raises(DATABASE_ERRORS):
        unwritable.accounts.disable_account("Bế Thị Bình")
    assert ring.unlock("Bế Thị Bình", NEW) == unwritable.store.key


def test_a_sheet_that_is_not_recorded_is_no_paper(unwritable, tmp_path):
    with pytest.raises(DATABASE_ERRORS):
        write_recovery_sheet(unwritable, tmp_path / "sheet.pdf", "vi", cost=LEAST_COST)
    assert list(tmp_path.glob("*.pdf")) == []
    assert KeyRing(unwritable.folder).recovery_made() is None


def test_a_package_that_is_not_recorded_is_no_file(unwritable, tmp_path):
    with pytest.raises(DATABASE_ERRORS):
        unwritable.exchange.exports.export("2023", tmp_path / "stick", ExportOptions())
    assert [file for file in (tmp_path / "stick").iterdir() if file.suffix == ".bdx"] == []
    unwritable.store.run("DROP TRIGGER full")
    sent = unwritable.exchange.exports.export("2023", tmp_path / "stick", ExportOptions())
    assert sent.name.endswith("_1.bdx")
