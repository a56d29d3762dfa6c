"""The light and dark styles: every text has enough contrast with its background."""

import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QMainWindow, QWidget

from borderdesk.base.paths import RESOURCES
from ui.base import style
from ui.base.plain_text import PlainLabel
from ui.base.style import DARK, LIGHT

READABLE = 4.5
"""The minimal contrast of text, by the Web Content Accessibility Guidelines 2.1."""

PAIRS = (
    ("text", "window"), ("text", "base"), ("text", "button"), ("text", "side"), ("text", "soft"),
    ("muted", "window"), ("muted", "base"), ("muted", "side"), ("accent", "soft"),
    ("on_accent", "accent"), ("error", "window"), ("error", "error_back"), ("warn", "warn_back"),
)  # fmt: skip


def brightness(colour: str) -> float:
    parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme, pair):
    front, back = sorted((brightness(scheme[name]) for name in pair), reverse=True)
    assert (front + 0.05) / (back + 0.05) >= READABLE


SEEN = 3.0
"""The minimal contrast of a control's outline and of the focus frame."""
MARKS = (
    ("line", "base"), ("line", "window"), ("line", "side"), ("accent", "base"), ("accent", "side"),
    ("error", "base"), ("error", "error_back"), ("accent", "window"),
)  # fmt: skip


@pytest.mark.parametrize("pair", MARKS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_borders_and_the_focus_stand_out_from_what_is_behind_them(scheme, pair):
    front, back = sorted((brightness(scheme[name]) for name in pair), reverse=True)
    assert (front + 0.05) / (back + 0.05) >= SEEN


def test_light_and_dark_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()


def test_the_whole_palette_follows_the_scheme(qapp, qtbot, monkeypatch):
    window = QWidget()
    qtbot.addWidget(window)
    style.dress(window)
    monkeypatch.setattr(style, "colours", lambda _app: DARK)
    style.restyle(qapp, 100)
    try:
        palette = QApplication.palette()
        assert palette.color(QPalette.ColorRole.Window) == QColor(DARK["window"])
        assert palette.color(QPalette.ColorRole.Text) == QColor(DARK["text"])
        assert DARK["line"] in window.styleSheet()
    finally:
        monkeypatch.undo()
        style.restyle(qapp, 100)
    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT["window"])


DECORATION = (
    "#card",
    "QStatusBar",
    "QHeaderView::section",
    "#sheet",
    ":hover",
    ":disabled",
    "#grid",
)
"""What `rule` may be used for: separators, never the outline of a control."""


def test_what_is_used_is_never_framed_in_the_pale_colour():
    sheet = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", sheet)
    pale = [selector.strip() for selector, body in rules if "$rule" in body]
    assert pale
    assert [s for s in pale if not any(part in s for part in DECORATION)] == []


def test_no_rule_is_tried_on_every_widget():
    """Each would take a tenth of what making a label takes, a hundred times a page."""
    sheet = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    lists = re.findall(r"([^{}]+)\{", sheet)
    ends = [selector.split()[-1] for listed in lists for selector in listed.split(",")]
    assert "#title" in ends
    assert [end for end in ends if end.startswith(("*", "[", "QWidget"))] == []


def test_a_box_to_tick_and_the_keyboard_on_it_are_seen(qtbot, qapp):
    box = QCheckBox("x")
    style.dress(box)
    qtbot.addWidget(box)
    box.resize(120, 30)
    with qtbot.waitActive(box):
        box.show()
        box.activateWindow()
    for focus, name in ((False, "line"), (True, "accent")):
        box.setFocus() if focus else box.clearFocus()
        picture = box.grab().toImage()
        colours = {picture.pixelColor(x, y).name() for x in range(40) for y in range(30)}
        assert LIGHT[name] in colours
    del qapp


def test_the_look_is_the_windows_and_what_is_put_into_it_has_it(qtbot, qapp):
    window, dialog = QMainWindow(), QDialog()
    qtbot.addWidget(window)
    style.dress(window)
    inside, belonging = QLineEdit(), QLineEdit(QDialog(window))
    window.setCentralWidget(inside)
    plain = QLineEdit(dialog)
    qtbot.addWidget(dialog)
    for line in (inside, belonging, plain):
        line.ensurePolished()
    assert qapp.styleSheet() == ""
    assert inside.sizeHint().height() == belonging.sizeHint().height()
    assert inside.sizeHint().height() > plain.sizeHint().height()


@pytest.mark.parametrize("name", ["heading", "muted", "title", "problem"])
def test_a_text_begins_where_the_fields_below_it_begin(qtbot, name):
    window = QMainWindow()
    label = style.named(PlainLabel("Hhh"), name)
    qtbot.addWidget(window)
    window.setCentralWidget(label)
    style.dress(window)
    label.setWordWrap(True)
    picture = label.grab().toImage()
    ground = picture.pixelColor(picture.width() - 1, 0)
    places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert min(x for x, y in places if picture.pixelColor(x, y) != ground) <= 2
