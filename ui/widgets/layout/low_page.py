"""Threshold and margins of a low page (small window or large text)."""

from PySide6.QtWidgets import QWidget

LINES = 26
"""A page of fewer text lines has no room for rows of tabs or buttons: 200 % text on 1366 × 768."""
SIDE = 24


def is_low(page: QWidget) -> bool:
    """Whether a page is too low for rows of tabs or buttons."""
    return page.height() < LINES * page.fontMetrics().lineSpacing()


def page_margins(*, low: bool, right: int = SIDE) -> tuple[int, int, int, int]:
    """Contents margins of a page in pixels: left, top, right, bottom."""
    return (SIDE, 4, right, 0) if low else (SIDE, 16, right, 8)
