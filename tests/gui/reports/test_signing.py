"""Signing in the window: the certificate first, then PIN or password, and the result."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from borderdesk.base.i18n import _
from borderdesk.closing.editions import Signer
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.edition_signing import SigningOptions, sign_edition
from borderdesk.reports.editions.signing_words import ORGANISATION, PERSON, PREFERENCE
from borderdesk.signing.certificates import read_certificates
from borderdesk.signing.keys import opened_file
from tests import certificates
from ui.reports.signing_dialog import FILE, TOKEN

PERIOD = "2023-11"
WAIT = 60_000


@pytest.fixture
def page(qtbot, window):
    window.desk.closing.close_period(PERIOD, number="05", signer=Signer("Nông Văn Hải"))
    window.nav.setCurrentItem(window.items["report"])
    shown = window.current()
    shown.chooser.choose(window.desk.calendar().parse(PERIOD))
    shown.make()
    shown.side.show_tab("closing")
    qtbot.waitUntil(shown.idle, timeout=WAIT)
    return shown


def opened(qtbot, page):
    """The dialog, opened by its button."""
    qtbot.waitUntil(page.closing.signature.button.isEnabled, timeout=WAIT)
    qtbot.mouseClick(page.closing.signature.button, Qt.MouseButton.LeftButton)
    dialog = page.closing.signature.dialog
    assert dialog.isVisible()
    return dialog


def test_labels_stand_level_with_their_fields(qtbot, page):
    dialog = opened(qtbot, page)
    fields = [field for field in (dialog.source, dialog.role, dialog.picture) if field.isVisible()]
    labels = [label for label in dialog.findChildren(QLabel) if label.buddy() in fields]
    assert len(labels) == len(fields) == 3
    for label in labels:
        middles = (label.geometry().center().y(), label.buddy().geometry().center().y())
        assert abs(middles[0] - middles[1]) <= 1, label.text()


def choose(dialog, source, path):
    dialog.source.setCurrentIndex(dialog.source.findData(source))
    dialog.source.activated.emit(dialog.source.currentIndex())
    dialog.path.setText(str(path))


def test_another_key_than_the_one_shown_signs_nothing(qtbot, page, tmp_path):
    dialog = opened(qtbot, page)
    file = certificates.key_file(tmp_path)
    choose(dialog, FILE, file)
    dialog.secret.setText(certificates.PASSWORD)
    dialog.read()
    dialog.path.setText(str(tmp_path / "other.p12"))  # before the certificate is loaded
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert not dialog.sign.isEnabled()
    dialog.path.setText(str(file))
    dialog.read()
    qtbot.waitUntil(dialog.sign.isEnabled, timeout=WAIT)
    certificates.key_file(tmp_path, last=301)  # another certificate under the same name
    dialog.sign_to(tmp_path / "ky.pdf")
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert "khoa.p12" in dialog.problem.text()
    assert not (tmp_path / "ky.pdf").exists()


def test_a_key_file_signs_once_its_certificate_was_shown(qtbot, page, desk, tmp_path):
    dialog = opened(qtbot, page)
    choose(dialog, FILE, certificates.key_file(tmp_path))
    assert not dialog.sign.isEnabled()
    dialog.secret.setText("khác")
    qtbot.keyClick(dialog.secret, Qt.Key.Key_Return)
    assert dialog.findChild(QFileDialog) is None
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert "khoa.p12" in dialog.problem.text()
    assert (dialog.secret.text(), dialog.sign.isEnabled()) == ("", False)
    dialog.secret.setText(certificates.PASSWORD)
    qtbot.keyClick(dialog.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.sign.isEnabled, timeout=WAIT)
    for part in ("Nông Văn Hòa", "Ba Sơn", "Cơ quan chứng thực thử"):
        assert part in dialog.certificate.text()
    assert dialog.problem.isVisible()  # no trusted authority here
    assert "Nông Văn Hải" in dialog.problem.text()  # the signer named on the paper
    for role, named in ((ORGANISATION, False), (PERSON, True)):
        dialog.role.setCurrentIndex(dialog.role.findData(role))
        dialog.role.activated.emit(dialog.role.currentIndex())
        assert ("Nông Văn Hải" in dialog.problem.text()) is named
    dialog.sign_to(tmp_path / "none" / "ky.pdf")
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert "ky.pdf" in dialog.problem.text()
    dialog.secret.setText(certificates.PASSWORD)
    dialog.sign_to(tmp_path / "ky.pdf")
    qtbot.waitUntil((tmp_path / "ky.pdf").exists, timeout=WAIT)
    qtbot.waitUntil(lambda: "ky.pdf" in page.bar.text and page.idle(), timeout=WAIT)
    kept = desk.preferences.preferred(PREFERENCE)
    assert certificates.PASSWORD not in str(kept)
    assert kept[FILE].endswith("khoa.p12")
    tree = page.closing.editions
    leaves = [
        tree.topLevelItem(0).child(n).text(0) for n in range(tree.topLevelItem(0).childCount())
    ]
    assert _("Digitally signed: {name}").format(name="ky.pdf") in leaves
    tree.setCurrentItem(tree.topLevelItem(0).child(len(leaves) - 1))
    assert page.closing.save_scan.isEnabled()
    assert not page.closing.detach.isEnabled()


def test_a_token_asks_for_its_pin_and_its_module_is_remembered(
    qtbot, page, desk, tmp_path, monkeypatch
):
    module = certificates.plug_in(tmp_path, monkeypatch, hidden=True)
    dialog = opened(qtbot, page)
    choose(dialog, TOKEN, module)
    dialog.read()
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert "PIN" in dialog.problem.text()
    assert not dialog.sign.isEnabled()  # nobody signs with a certificate that was not shown
    qtbot.keyClicks(dialog.secret, certificates.PIN)
    qtbot.keyClick(dialog.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.sign.isEnabled, timeout=WAIT)
    assert "Nông Văn Hòa" in dialog.certificate.text()
    dialog.secret.setText("0000")
    dialog.sign_to(tmp_path / "ky.pdf")
    qtbot.waitUntil(dialog.idle, timeout=WAIT)
    assert "PIN" in dialog.problem.text()
    assert not (tmp_path / "ky.pdf").exists()
    dialog.secret.setText(certificates.PIN)
    dialog.sign_to(tmp_path / "ky.pdf")
    qtbot.waitUntil(lambda: "ky.pdf" in page.bar.text and page.idle(), timeout=WAIT)
    again = opened(qtbot, page)
    assert again.source.currentData() == TOKEN
    assert again.path.text() == str(module)
    assert certificates.PIN not in str(desk.preferences.preferred(PREFERENCE))
    again.reject()
    expired = certificates.key_file(tmp_path, first=-90, last=-1)
    last = opened(qtbot, page)
    choose(last, FILE, expired)
    last.secret.setText(certificates.PASSWORD)
    last.read()
    qtbot.waitUntil(lambda: last.idle() and last.problem.isVisible(), timeout=WAIT)
    assert not last.sign.isEnabled()
    last.reject()


def test_an_authority_is_added_from_its_file_and_trusted_at_once(qtbot, window, desk, tmp_path):
    desk.closing.close_period(PERIOD, number="05")
    key = opened_file(certificates.key_file(tmp_path), certificates.PASSWORD)
    edition, asked = desk.closing.state(PERIOD).edition.id, Request("summary", PERIOD)
    sign_edition(desk, edition, asked, SigningOptions(key), tmp_path / "ky.pdf")
    window.nav.setCurrentItem(window.items["settings"])
    settings = window.current()
    settings.receive({"ledger": "authorities"})
    qtbot.waitUntil(settings.idle, timeout=WAIT)
    panel = settings.stack.currentWidget()
    panel.files.add([certificates.authority_file(tmp_path)])
    qtbot.waitUntil(panel.idle, timeout=WAIT)
    (kept,) = desk.book.entries("authorities")
    assert kept.name == read_certificates(tmp_path / "co-quan.cer")[0].name
    window.nav.setCurrentItem(window.items["exchange"])
    exchange = window.current()
    exchange.receive({"tab": "paper", "text": str(tmp_path / "ky.pdf")})
    paper = exchange.stack.currentWidget()
    qtbot.waitUntil(lambda: paper.idle() and paper.verdict.isVisible(), timeout=WAIT)
    assert paper.verdict.text().startswith("✓ ")
    assert kept.name in paper.verdict.text()
