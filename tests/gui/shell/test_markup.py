"""Typed text is shown literally: nothing that looks like markup is interpreted."""

import pytest
from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMessageBox, QWidget

from borderdesk.schema.kinds.text import TextField
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from tests.factories import example
from ui.base.plain_text import PlainLabel, plain_action, plain_tip
from ui.records.record_page import RecordPage
from ui.shell import refusal_dialog
from ui.shell.pages import PAGES
from ui.widgets.pages.messages import MessageBar
from ui.widgets.secret_dialog import SecretDialog

MARKUP = "<img src=file:/etc/passwd><b>đậm</b>&lt;"
TIP = Qt.ItemDataRole.ToolTipRole


def marked_record(type_name):
    """An example record with markup in every free text field."""
    record = example(type_name, 1)
    for key, field in ALL_TYPES[type_name].columns().items():
        if isinstance(field, TextField):
            record[key] = MARKUP
    if isinstance(record.get("household"), dict):
        record["household"] = {**record["household"], "head": MARKUP, "hamlet": MARKUP}
    return record


def is_markup(text):
    """Whether Qt would interpret our own signs as markup."""
    return "<img" in text or "<b>đậm" in text


def tips(view):
    model = view.model()
    if isinstance(model, QAbstractTableModel):
        for row in range(min(model.rowCount(), 5)):
            for column in range(model.columnCount()):
                yield model.index(row, column).data(TIP)


def faults(window):
    """The labels and tooltips that would interpret markup."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel) and not widget.inherits("QTipLabel"):
            if widget.textFormat() == Qt.TextFormat.AutoText and "<" in widget.text():
                found.append(widget.text())
            if widget.textFormat() == Qt.TextFormat.RichText and is_markup(widget.text()):
                found.append(widget.text())
        told = [widget.toolTip()]
        if isinstance(widget, QAbstractItemView):
            told += tips(widget)
        found += [text for text in told if isinstance(text, str) and is_markup(text)]
    return found


@pytest.mark.parametrize("lang", ["vi"])
def test_markup_is_text_on_every_page(qtbot, window, desk):
    kept = 0
    for name in ALL_TYPES:
        if name != Household.type_name:
            desk.records.add(name, marked_record(name))
            kept += 1
    assert kept > 7
    for key in PAGES:
        window.nav.setCurrentItem(window.items[key])
        page = window.current()
        qtbot.waitUntil(page.idle)
        if isinstance(page, RecordPage) and page.table.lines:
            page.open(page.table.lines[0].id)
            qtbot.waitUntil(page.idle)
        for bar in page.findChildren(MessageBar):
            bar.warn(MARKUP)
        assert faults(window) == [], key


def test_a_tooltip_without_signs_stays_as_it_is():
    assert plain_tip("a\nb") == "a\nb"
    assert "&lt;b&gt;" in plain_tip("<b>")
    assert "&amp;lt;" in plain_tip("&lt;")


def test_an_ampersand_is_no_mark_of_a_key(window):
    """Message buttons and menu lines contain file names, tags and typed text."""
    assert plain_action("A & B &amp; &&") == "A && B &&amp; &&&&"
    window.nav.setCurrentItem(window.items["settings"])
    bar = window.current().findChildren(MessageBar)[0]
    bar.warn("", ("Mở R&D.pdf", bar.clear))
    assert bar.buttons[0].text() == "Mở R&&D.pdf"
    assert bar.buttons[0].accessibleName() == "Mở R&D.pdf"


def test_boxes_show_text_as_it_stands(qapp, monkeypatch):
    assert qapp
    shown = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box.textFormat()))
    refusal_dialog.show_refusal(MARKUP)
    assert shown == [Qt.TextFormat.PlainText]


def test_an_ampersand_stays_in_the_label_of_a_field(qtbot):
    """With a buddy Qt would show “BS_VN.db” for “BS_&VN.db”, and take Alt+V for it."""
    name, owner = "BS_&VN && 2026.db", QWidget()
    qtbot.addWidget(owner)
    alone, asked = PlainLabel(name, owner), SecretDialog(owner, name, lambda _secret: None)
    [shown] = asked.findChildren(PlainLabel)
    shown.setWordWrap(False)
    assert shown.buddy() is asked.secret
    assert shown.sizeHint().width() == alone.sizeHint().width()
