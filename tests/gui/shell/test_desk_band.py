"""A desk that cannot be written to: reported in the window within a second, with advice."""

import errno
from contextlib import contextmanager

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.damage import noted_damage
from borderdesk.store.connection import cipher
from borderdesk.store.lists.listing import Filter
from tests.conftest import PASSWORD
from tests.factories import example
from tests.gui.steps import go, press, typed
from ui.shell.app import main_window, run
from ui.shell.damage_dialog import DamageDialog
from ui.widgets.secret_dialog import SecretDialog

SECOND = 1_000


@pytest.mark.parametrize("lang", ["vi"])
def test_a_folder_moved_away_is_told_and_what_is_typed_is_saved_when_it_is_back(
    qtbot, window, desk, tmp_path
):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    typed(page, "participants", "17")
    desk.folder.rename(tmp_path / "away")
    band = window.bands.hindrance
    qtbot.waitUntil(band.isVisible, timeout=SECOND)
    assert "không còn ở chỗ cũ" in band.text.text()
    assert not band.save.isVisible()
    page.refresh()
    qtbot.waitUntil(lambda: page.bar.text == f"✗ {band.text.text()}")
    press("Ctrl+S")
    assert "17" in str(page.form.draft())
    (tmp_path / "away").rename(desk.folder)
    qtbot.waitUntil(lambda: not band.isVisible(), timeout=SECOND)
    assert not page.bar.text
    # Text typed meanwhile is stored in the desk again.
    qtbot.waitUntil(lambda: bool(desk.drafts.drafts()))
    assert "17" in str(desk.drafts.drafts()[0].texts)


@pytest.mark.parametrize("lang", ["en"])
def test_a_damaged_desk_is_read_and_salvaged_in_the_window(qtbot, tmp_path, lang):
    folder = tmp_path / "desk"
    with Desk.create(folder, "post", "BS", "Người thử") as made:
        for number in range(2):
            made.records.add("clearing", example("clearing", number) | {"post": "BS"})
        kept = made.backups.make()
        wanted = {one.id for one in made.lists.stream("clearing", Filter())}
    raw = sqlcipher.connect(str(database_file(folder)), isolation_level=None)
    raw.execute("UPDATE revision SET author = 'x' WHERE seq = 1")
    raw.close()
    with Desk.open(folder) as desk:
        assert not desk.maintenance.verify()["ok"]
    with Desk.open(folder, read_only=True) as desk:
        window = main_window(desk, lang)
        qtbot.addWidget(window)
        window.show()
        assert window.bands.hindrance.isVisible()
        assert "damaged" in window.bands.hindrance.text.text()
        page = go(qtbot, window, "clearing")
        assert len(page.table.lines) == 2
        dialog = window.bands.hindrance.offer()
        assert isinstance(dialog, DamageDialog)
        assert kept.file.name in dialog.newest.text()
        dialog.into.setText(str(tmp_path / "new"))
        dialog.salvage.click()
        qtbot.waitUntil(lambda: dialog.idle() and bool(dialog.outcome.text()), timeout=60_000)
        assert dialog.outcome.text().startswith("✓"), dialog.outcome.text()
        assert dialog.open_new.isVisible()
        dialog.into.setText(str(tmp_path / "restored"))
        dialog.restore.click()
        qtbot.waitUntil(lambda: dialog.idle() and "restored" in dialog.outcome.text())
        dialog.reject()
        window.close()
    for place in ("new", "restored"):
        with Desk.open(tmp_path / place) as desk:
            assert {one.id for one in desk.lists.stream("clearing", Filter())} == wanted


@pytest.fixture
def page_lost(locked_folder):
    """The window of an encrypted desk with a backup, whose database no longer opens."""
    with Desk.open(locked_folder, KeyRing(locked_folder).unlock(None, PASSWORD)) as desk:
        desk.records.add("clearing", {**example("clearing"), "post": "BS"})
        desk.backups.make()
    with database_file(locked_folder).open("r+b") as file:
        file.seek(40)
        file.write(b"damage")
    return locked_folder


@pytest.mark.parametrize("ring", ["there", "gone"])
def test_an_encrypted_desk_that_does_not_open_is_restored_and_salvaged(
    qtbot, page_lost, tmp_path, monkeypatch, ring
):
    offered = []
    monkeypatch.setattr(DamageDialog, "exec", lambda dialog: offered.append(dialog))
    monkeypatch.setenv("BORDERDESK_PASSWORD", PASSWORD)
    monkeypatch.delenv("BORDERDESK_USER", raising=False)
    if ring == "gone":
        key_file(page_lost).unlink()
    assert run(page_lost, "vi") == 3
    (dialog,) = offered
    qtbot.addWidget(dialog)
    for place, button in (("restored", dialog.restore), ("salvaged", dialog.salvage)):
        dialog.into.setText(str(tmp_path / place))
        button.click()
        if ring == "gone":
            # No password was asked for yet: the backup contains its own key ring.
            asked = dialog.findChildren(SecretDialog)[-1]
            asked.secret.setText(PASSWORD)
            asked.accept()
        qtbot.waitUntil(lambda: dialog.idle() and bool(dialog.outcome.text()), timeout=60_000)
        assert dialog.outcome.text().startswith("✓"), dialog.outcome.text()
        folder = tmp_path / place
        with Desk.open(folder, KeyRing(folder).unlock(None, PASSWORD)) as desk:
            assert len(list(desk.lists.stream("clearing", Filter()))) == 1


def test_a_disk_that_does_not_give_the_first_sector_is_no_damage_and_what_it_gives_is_saved(
    qtbot, page_lost, tmp_path, monkeypatch
):
    @contextmanager
    def unread(path, *_most):
        raise OSError(errno.EIO, "Input/output error", str(path))
        yield

    offered = []
    monkeypatch.setattr(DamageDialog, "exec", lambda dialog: offered.append(dialog))
    with monkeypatch.context() as patched:
        patched.setattr(cipher, "readable_file", unread)
        assert run(page_lost, "vi") == 3
    (dialog,) = offered
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "Không đọc được sổ"
    assert "kiểm tra ổ đĩa" in dialog.words.text()
    assert noted_damage(page_lost) is None
    dialog.into.setText(str(tmp_path / "salvaged"))
    dialog.salvage.click()
    asked = dialog.findChildren(SecretDialog)[-1]
    asked.secret.setText(PASSWORD)
    asked.accept()
    qtbot.waitUntil(lambda: dialog.idle() and bool(dialog.outcome.text()), timeout=60_000)
    assert dialog.outcome.text().startswith("✓"), dialog.outcome.text()
