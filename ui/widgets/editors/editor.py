"""The interface of field editors: widgets whose value is the text a person would type."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from borderdesk.desk import Desk
from borderdesk.schema.kinds import Field, MarkerStretch
from ui.base.style import style_anew

Raw = Any
"""The value of an editor: a text as typed, a code; rows as a list of dicts, a household as one."""


Ask = Callable[[Callable[[], Any], Callable[[Any], None], QObject], object]
"""Asks the desk something and calls back with the answer, unless the owner is gone."""


def at_once(work: Callable[[], Any], done: Callable[[Any], None], _owner: QObject) -> None:
    """Ask without waiting in a thread; for forms outside a window."""
    done(work())


class EditorContext(NamedTuple):
    """What editors may ask for: the desk, the day that places are valid on, the raw value of
    another field of the form, and a way to ask the desk without keeping the person waiting."""

    desk: Desk
    day: Callable[[], datetime.date]
    other: Callable[[str], str] = lambda _key: ""
    ask: Ask = at_once


EditorFactory = Callable[[Field, EditorContext], "Editor"]
"""Makes the editor of a field; handed to editors that are made of others."""


class Editor(QObject):
    """A widget with a value; `edited` is emitted at every change of it."""

    edited = Signal()
    done = Signal()
    """The value was chosen from a list: the keyboard may move on."""
    stretch: MarkerStretch | None = None
    """What `fill_stretch` fills its rows from."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def raw(self) -> Raw:
        """What was typed or chosen; "" for nothing."""
        raise NotImplementedError

    def put(self, raw: Raw) -> None:
        """Show what `raw` gave."""
        raise NotImplementedError

    def put_before(self, inside: QWidget, raw: Raw) -> bool:
        """Show what the record before had in the widget with the keyboard, `raw` being what it had
        in the whole field; False where it had nothing there. What is typed beside it stays."""
        self.put(raw)
        return True

    def refresh(self) -> None:
        """Offer again what depends on the day."""

    def prefer(self, codes: Sequence[str]) -> None:
        """Offer these, which were used last, before the others."""

    def prefer_place(self, place: Mapping[str, Raw]) -> None:
        """Begin a place that is described here as the last one was: {commune, hamlet}."""

    def chosen(self) -> str:
        """The id of the record that was chosen, "" for none or a new one."""
        return ""

    def fill_stretch(self) -> int:
        """Fill in rows for the markers of the record's stretch that have none; how many came."""
        return 0

    def entered_at(self, place: QWidget) -> QWidget:
        """Where Enter comes to that leads to a widget of it from outside."""
        return place

    def settle(self) -> None:
        """Write out in full what was typed in short; called when the keyboard has left."""

    def parts_within(self) -> list["Editor"]:
        """The editors that this one is made of."""
        return []

    def leave_part(self, old: QWidget, new: QWidget) -> None:
        """The keyboard has moved on within the editor: complete what was typed in a part of it."""
        for part in self.parts_within():
            if part.holds(old) and not part.holds(new):
                part.settle()

    def describe(self, label: str, hint: str) -> None:
        """Give the widget its accessible name and description."""
        self.widget.setAccessibleName(label)
        self.widget.setAccessibleDescription(hint)

    def tab_stops(self) -> list[QWidget]:
        """The widgets that Tab comes to, in order."""
        return [self.widget]

    def focus(self, _path: str = "") -> None:
        """Put the keyboard here, at the part that `path` names; what is typed replaces the text."""
        self.widget.setFocus(Qt.FocusReason.TabFocusReason)

    def holds(self, widget: QWidget | None) -> bool:
        """Whether the widget is this editor's, or within it."""
        return widget is not None and (widget is self.widget or self.widget.isAncestorOf(widget))

    def show_inside(self, path: str, text: str) -> bool:
        """Show a problem of a part of the value; False where there is no such part."""
        return False

    def clear_inside(self) -> None:
        """Take the problems of the parts away."""

    def mark(self, wrong: bool) -> None:
        """Show by the frame that the value is refused."""
        paint_wrong(self.widget, wrong)


def paint_wrong(widget: QWidget, wrong: bool) -> None:
    """Give a widget the frame of a refused value, or take it away."""
    if bool(widget.property("wrong")) != wrong:
        widget.setProperty("wrong", wrong)
        style_anew(widget)


def raw_of(field: Field, value: Any, desk: Desk) -> Raw:
    """The text an editor shows and the desk reads back for a stored value."""
    return field.to_editor(value, desk.book)
