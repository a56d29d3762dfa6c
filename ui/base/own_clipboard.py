"""Clears what this program put on the clipboard once it may not be read any more.

Rows, ID numbers and names stay on the clipboard of the system after the desk is locked or closed:
whoever sits down next pastes them anywhere.
"""

from PySide6.QtGui import QClipboard, QGuiApplication


def clear_own_clipboard() -> None:
    """Empty the clipboard where what is on it is this program's; what another one put there since
    stays."""
    clipboard, mode = QGuiApplication.clipboard(), QClipboard.Mode
    if clipboard.ownsClipboard():
        clipboard.clear(mode.Clipboard)
    # On X11 what was marked last, which the middle button pastes.
    if clipboard.ownsSelection():
        clipboard.clear(mode.Selection)
