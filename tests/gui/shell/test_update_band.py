"""The band above every page that offers an update from a stick."""

from pathlib import Path

import minisign
import pytest
from pytestqt.qtbot import QtBot

from borderdesk.base import version_state, versions
from borderdesk.base.i18n import set_language
from borderdesk.desk import Desk
from borderdesk.session.audit import AuditFilter
from borderdesk.updates import update_file
from borderdesk.updates.update_offers import find_updates
from tests.core.updates.installations import make_update
from ui.base.tasks import Runner
from ui.shell.update_band import UpdateBand


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick with an update, for an installed program that trusts its key."""
    key = minisign.KeyPair.generate().secret_key
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "main.py").touch()
    (tmp_path / "update.pub").write_bytes(bytes(key.get_public_key()))
    monkeypatch.setattr(update_file, "KEY_FILE", tmp_path / "update.pub")
    monkeypatch.setattr(versions, "MAIN", tmp_path / "installed" / "main.py")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "stick"
    folder.mkdir()
    make_update(tmp_path / "installed", folder / "BorderDesk-0.9.0.bdupdate", key)
    return folder


def test_an_update_is_offered_installed_and_put_away(
    qtbot: QtBot, post_desk: Desk, stick: Path
) -> None:
    set_language("vi")
    tasks = Runner(post_desk)
    band = UpdateBand(post_desk, tasks)
    qtbot.addWidget(band)
    assert band.isHidden()
    band.show_found(find_updates([stick]))
    assert "BorderDesk 0.9.0" in band.text.text()
    assert band.install_button.isVisible()
    # Requested by the window, refused by this program, which is not installed.
    with qtbot.waitSignal(tasks.written, raising=False, timeout=1):
        band.install()
    assert band.stop_button.isVisible()
    qtbot.waitUntil(lambda: band.work is None, timeout=60_000)
    assert not band.stop_button.isVisible()
    assert band.close_button.isVisible()
    band.put_away()
    qtbot.waitUntil(lambda: post_desk.preferences.preferred("update_put_away") == "0.9.0")
    assert band.isHidden()
    band.show_found(find_updates([stick]))
    assert band.isHidden()
    (bad,) = stick.glob("*.bdupdate")
    bad.write_bytes(bad.read_bytes()[:-200])
    band.open_file(bad)
    qtbot.waitUntil(lambda: "bị cắt ngang" in band.text.text())
    assert not band.install_button.isVisible()
    band.hide()
    for _look in range(2):
        band.show_found(find_updates([stick]))
    refused = AuditFilter(kind="program.refused")
    # What the child refused, what was opened, and the file on the stick.
    qtbot.waitUntil(lambda: len(post_desk.audit.lines(refused)) == 3)
    tasks.finish()
    assert {line.subject for line in post_desk.audit.lines(refused)} == {bad.name}


@pytest.mark.usefixtures("stick")
def test_a_version_that_gave_way_is_told_of_once(qtbot: QtBot, post_desk: Desk) -> None:
    set_language("vi")
    (versions.versions_folder()).mkdir()
    version_state.go_back(versions.version_in("0.9.0"), "Lược đồ mới.")
    tasks = Runner(post_desk)
    band = UpdateBand(post_desk, tasks)
    qtbot.addWidget(band)
    band._begin()
    assert "BorderDesk 0.9.0 không mở được sổ này" in band.text.text()
    assert "Lược đồ mới." in band.text.text()
    band.put_away()
    assert version_state.returned_from() is None
    tasks.finish()
