"""The size of the window's text, in percent of what the system asks for."""

from functools import cache

from PySide6.QtWidgets import QApplication

from ui.base.garbage_collector import no_collection
from ui.base.style import restyle

SIZES = (100, 110, 125, 150, 175, 200)


class _CurrentSize:
    percent = 100


@cache
def _base() -> float:
    """The system's own size in points, before anybody changed it."""
    return QApplication.font().pointSizeF()


def text_size() -> int:
    """The size in use, in percent."""
    return _CurrentSize.percent


def set_text_size(app: QApplication, percent: int) -> None:
    """Set the text size; open windows must be laid out again."""
    base = _base()
    if percent == _CurrentSize.percent:
        return
    _CurrentSize.percent = percent
    font = app.font()
    font.setPointSizeF(base * percent / 100)
    with no_collection():
        app.setFont(font)
        restyle(app, percent)
