"""Text size of the window in percent of the system's."""

from functools import cache

from PySide6.QtWidgets import QApplication

from ui.base.garbage_collector import no_collection
from ui.base.style import restyle

SIZES = (100, 110, 125, 150, 175, 200)


class _CurrentSize:
    percent = 100


@cache
def _base() -> float:
    """The system's font size in points."""
    return QApplication.font().pointSizeF()


def text_size() -> int:
    """The current size in percent."""
    return _CurrentSize.percent


def set_text_size(app: QApplication, percent: int) -> None:
    """Set the text size; open windows have to be laid out again."""
    base = _base()
    if percent == _CurrentSize.percent:
        return
    _CurrentSize.percent = percent
    font = app.font()
    font.setPointSizeF(base * percent / 100)
    with no_collection():
        app.setFont(font)
        restyle(app, percent)
