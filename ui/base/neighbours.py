"""What a widget refers to without being its parent: neighbours in the focus chain, the widget that
takes its focus, its screen. Only this module asks Qt for them.

PySide ties the Python object of what such a method returns to that of the widget asked, as if it
were a child. Two answers tie them in a circle, apart from the window, and the garbage collector
destroys the whole circle although Qt still uses it: a button vanished, a table lost its headers (a
segmentation fault at the next change of the text size).
"""

from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


def following(widget: QWidget) -> QWidget | None:
    """The next widget in the focus chain."""
    return _tied_to_parent(widget.nextInFocusChain())


def preceding(widget: QWidget) -> QWidget | None:
    """The previous widget in the focus chain."""
    return _tied_to_parent(widget.previousInFocusChain())


def focus_proxy(widget: QWidget) -> QWidget | None:
    """The widget that gets the focus in its place; of the line of a combo box, the combo box."""
    return _tied_to_parent(widget.focusProxy())


def screen_of(widget: QWidget) -> QScreen:
    """The screen with the centre of its window, else the primary one."""
    centre = widget.window().geometry().center()
    return QGuiApplication.screenAt(centre) or QGuiApplication.primaryScreen()


def _tied_to_parent(found: QWidget | None) -> QWidget | None:
    """Tie the Python objects of a widget and all around it to their parents again.

    Qt does nothing where the parent stays the same, PySide does.
    """
    inner = found
    while inner is not None:
        around = inner.parentWidget()
        QWidget.setParent(inner, around)
        inner = around
    return found
