"""The look: Fusion in the system's light or dark scheme, with one accent colour."""

from string import Template
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.paths import RESOURCES

W = TypeVar("W", bound=QWidget)

LIGHT = {
    "accent": "#1f6f50", "on_accent": "#ffffff", "soft": "#e2f0e9", "side": "#f5f6f8",
    "line": "#d3d8dd", "muted": "#5f6a75", "error": "#b3261e", "error_back": "#fdecea",
    "warn": "#7a4f00", "warn_back": "#fff6e0", "warn_line": "#e0a21b",
    "bar_good": "#2f8f6b", "bar_warn": "#dfb13b", "bar_bad": "#c9523f", "bar_back": "#eef0f1",
}  # fmt: skip
DARK = {
    "accent": "#6cc79d", "on_accent": "#10241b", "soft": "#234437", "side": "#2a2c2f",
    "line": "#53585e", "muted": "#b3bac2", "error": "#ff9d94", "error_back": "#4a2522",
    "warn": "#f3cd75", "warn_back": "#3d3320", "warn_line": "#e0a21b",
    "bar_good": "#4fb08a", "bar_warn": "#d9b04a", "bar_bad": "#e0705d", "bar_back": "#3a3d41",
}  # fmt: skip


TITLE_POINTS, SMALL_POINTS = 15, 8.5


class _Size:
    percent = 100


def restyle(app: QApplication, percent: int) -> None:
    """Give the application its look with text of another size, in percent."""
    _Size.percent = percent
    _apply(app)


def dress(app: QApplication) -> None:
    """Give the application its look, now and whenever the system's scheme changes."""
    app.setStyle("Fusion")
    _apply(app)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _apply(app))


def colours(app: QApplication) -> dict[str, str]:
    """The named colours of the scheme in use."""
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def colour(name: str) -> QColor:
    """A named colour of the scheme in use, for what is painted by hand."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return QColor(colours(app)[name])


def named(widget: W, name: str) -> W:
    """The widget, under the name the style sheet knows it by."""
    widget.setObjectName(name)
    return widget


def _apply(app: QApplication) -> None:
    named = colours(app)
    palette = QPalette()
    if named is LIGHT:
        palette.setColor(QPalette.ColorRole.Window, QColor("#ffffff"))
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Accent):
        palette.setColor(role, QColor(named["accent"]))
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(named["muted"]))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor(named["on_accent"]))
    app.setPalette(palette)
    points = {
        name: f"{size * _Size.percent / 100:.1f}"
        for name, size in (("title", TITLE_POINTS), ("small", SMALL_POINTS))
    }
    icons = (RESOURCES / "icons").as_posix()
    sheet = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    app.setStyleSheet(Template(sheet).substitute(named, icons=icons, **points))
