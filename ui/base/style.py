"""The look: Fusion in the system's light or dark scheme, with one accent colour."""

from collections.abc import Mapping
from string import Template
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.paths import RESOURCES
from ui.base.garbage_collector import no_collection

W = TypeVar("W", bound=QWidget)

LIGHT = {
    "window": "#ffffff", "base": "#ffffff", "button": "#f2f4f5", "text": "#1d2329",
    "accent": "#1f6f50", "on_accent": "#ffffff", "soft": "#e2f0e9", "side": "#f5f6f8",
    "line": "#838c95", "rule": "#d3d8dd", "muted": "#5f6a75", "error": "#b3261e",
    "error_back": "#fdecea", "warn": "#7a4f00", "warn_back": "#fff6e0", "warn_line": "#e0a21b",
    "bar_good": "#2f8f6b", "bar_warn": "#dfb13b", "bar_bad": "#c9523f", "bar_back": "#eef0f1",
}  # fmt: skip
DARK = {
    "window": "#1f2124", "base": "#26292c", "button": "#303438", "text": "#e6e8ea",
    "accent": "#6cc79d", "on_accent": "#10241b", "soft": "#234437", "side": "#2a2c2f",
    "line": "#7d848b", "rule": "#53585e", "muted": "#b3bac2", "error": "#ff9d94",
    "error_back": "#4a2522", "warn": "#f3cd75", "warn_back": "#3d3320", "warn_line": "#e0a21b",
    "bar_good": "#4fb08a", "bar_warn": "#d9b04a", "bar_bad": "#e0705d", "bar_back": "#3a3d41",
}  # fmt: skip


_Role = QPalette.ColorRole
ROLES: Mapping[str, tuple[QPalette.ColorRole, ...]] = {
    "window": (_Role.Window,), "base": (_Role.Base, _Role.AlternateBase, _Role.ToolTipBase),
    "button": (_Role.Button,),
    "text": (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.ToolTipText),
    "accent": (_Role.Highlight, _Role.Accent, _Role.Link), "on_accent": (_Role.HighlightedText,),
    "muted": (_Role.PlaceholderText,), "line": (_Role.Mid,),
}  # fmt: skip
"""Which named colour each role of the palette has, so that no theme leaves one unreadable."""

TITLE_POINTS, SMALL_POINTS = 15, 8.5


class _SheetSize:
    percent = 100


def restyle(app: QApplication, percent: int) -> None:
    """Give the application its look with text of another size, in percent."""
    _SheetSize.percent = percent
    _recolour(app)


def paint(app: QApplication) -> None:
    """Give the application its colours and its font, now and whenever the system's scheme changes.

    Figures stand below each other in columns: all of them are as wide as the others.
    """
    font = app.font()
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    _colour(app)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _recolour(app))


def dress(window: QWidget) -> None:
    """Give a window the rest of its look, and what belongs to it: its dialogs and menus.

    Best once it is filled. Where a style sheet is in force, a widget is styled again each time it,
    or one that it stands in, is put into another: so it is the window's, not the application's, and
    a page is styled once, when it comes into its window.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with no_collection():
        window.setStyleSheet(_sheet(app))


def _recolour(app: QApplication) -> None:
    _colour(app)
    for window in app.topLevelWidgets():
        if window.styleSheet():
            dress(window)


def colours(app: QApplication) -> dict[str, str]:
    """The named colours of the scheme in use."""
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def colour(name: str) -> QColor:
    """A named colour of the scheme in use, for what is painted by hand."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return QColor(colours(app)[name])


def small_bold() -> QFont:
    """The font of headings, which the style sheet gives them, to be measured."""
    font = QApplication.font()
    font.setPointSizeF(SMALL_POINTS * _SheetSize.percent / 100)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def named(widget: W, name: str) -> W:
    """The widget, under the name the style sheet knows it by."""
    widget.setObjectName(name)
    return widget


def style_anew(widget: QWidget) -> None:
    """Style a widget as its name and its properties say now."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    # A frame asks only then how much of it the border and the padding take.
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _colour(app: QApplication) -> None:
    named = colours(app)
    palette = QPalette()
    for name, roles in ROLES.items():
        for role in roles:
            palette.setColor(role, QColor(named[name]))
    for role in ROLES["text"]:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(named["muted"]))
    app.setPalette(palette)


def _sheet(app: QApplication) -> str:
    points = {
        name: f"{size * _SheetSize.percent / 100:.1f}"
        for name, size in (("title", TITLE_POINTS), ("small", SMALL_POINTS))
    }
    icons = (RESOURCES / "icons").as_posix()
    sheet = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    scheme = "dark" if colours(app) is DARK else "light"
    return Template(sheet).substitute(colours(app), icons=icons, scheme=scheme, **points)
