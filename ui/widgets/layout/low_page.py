"""How a page saves height where the window is low or the text large."""

from PySide6.QtWidgets import QWidget

LINES = 26
"""A page of fewer lines has no room for lines of tabs or buttons: at 200 % on 1366 × 768."""
SIDE = 24


def is_low(page: QWidget) -> bool:
    """Whether a page has no room for lines of tabs or buttons."""
    return page.height() < LINES * page.fontMetrics().lineSpacing()


def page_margins(*, low: bool, right: int = SIDE) -> tuple[int, int, int, int]:
    """Pixels left, above, right and below of what a page shows."""
    return (SIDE, 4, right, 0) if low else (SIDE, 16, right, 8)
