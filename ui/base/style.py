"""Look of the window: Fusion style in the system's light or dark scheme, with one accent colour."""

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
"""The named colour of each palette role, so that no system theme makes one unreadable."""

TITLE_POINTS, SMALL_POINTS = 15, 8.5


class _SheetSize:
    percent = 100


def restyle(app: QApplication, percent: int) -> None:
    """Apply the style sheet for a text size in percent."""
    _SheetSize.percent = percent
    _recolour(app)


def paint(app: QApplication) -> None:
    """Set colours and font, also on each change of the system's scheme.

    Tabular figures: digits of the same width line up in columns.
    """
    font = app.font()
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    _colour(app)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _recolour(app))


def dress(window: QWidget) -> None:
    """Set the style sheet of a window, which applies to its dialogs and menus.

    Best done when it is filled: with a style sheet in force, a widget is polished again whenever it
    or a parent is reparented. Hence the sheet is the window's, not the application's, and a page is
    polished once, when it is put into the window.
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
    """The named colours of the current scheme."""
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def colour(name: str) -> QColor:
    """A named colour of the current scheme, for painting."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return QColor(colours(app)[name])


def small_bold() -> QFont:
    """The font of headings as in the style sheet, for measuring."""
    font = QApplication.font()
    font.setPointSizeF(SMALL_POINTS * _SheetSize.percent / 100)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def named(widget: W, name: str) -> W:
    """Set the object name, by which the style sheet selects the widget; returns the widget."""
    widget.setObjectName(name)
    return widget


def style_anew(widget: QWidget) -> None:
    """Apply the style sheet again after a change of properties."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    # A frame recalculates its border and padding only on this event.
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _colour(app: QApplication) -> None:
    theme_colours = colours(app)
    palette = QPalette()
    for name, roles in ROLES.items():
        for role in roles:
            palette.setColor(role, QColor(theme_colours[name]))
    for role in ROLES["text"]:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme_colours["muted"]))
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
