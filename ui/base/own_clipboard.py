"""Clears the program's own clipboard contents on locking, closing, or the erasure of a person.

Copied rows, ID numbers and names could be pasted by the next person otherwise.
"""

from collections.abc import Callable

from PySide6.QtGui import QClipboard, QGuiApplication


def _any_text(_text: str) -> bool:
    return True


def clear_own_clipboard(is_cleared: Callable[[str], bool] = _any_text) -> None:
    """Empty the clipboard if this program owns its contents and `is_cleared` is true for the text;
    what other programs copied stays."""
    clipboard, mode = QGuiApplication.clipboard(), QClipboard.Mode
    if clipboard.ownsClipboard() and is_cleared(clipboard.text()):
        clipboard.clear(mode.Clipboard)
    # The X11 primary selection, which the middle button pastes.
    if clipboard.ownsSelection() and is_cleared(clipboard.text(mode.Selection)):
        clipboard.clear(mode.Selection)
