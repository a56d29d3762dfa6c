"""Clears the program's own clipboard contents when the desk is locked or closed.

Copied rows, ID numbers and names could be pasted by the next person otherwise.
"""

from PySide6.QtGui import QClipboard, QGuiApplication


def clear_own_clipboard() -> None:
    """Empty the clipboard if this program owns its contents; those of other programs stay."""
    clipboard, mode = QGuiApplication.clipboard(), QClipboard.Mode
    if clipboard.ownsClipboard():
        clipboard.clear(mode.Clipboard)
    # The X11 primary selection, which the middle button pastes.
    if clipboard.ownsSelection():
        clipboard.clear(mode.Selection)
