"""Interface of field editors: widgets whose value is the text a person would type."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from borderdesk.desk import Desk
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import Field, MarkerStretch
from ui.base.style import style_anew

Raw = Any
"""The value of an editor: a text or code; a list of dicts for rows; a dict for a new household."""


Ask = Callable[[Callable[[], Any], Callable[[Any], None], QObject], object]
"""Runs a query of the desk and calls back with the result, unless the owner was destroyed."""


def at_once(work: Callable[[], Any], done: Callable[[Any], None], _owner: QObject) -> None:
    """Run the query synchronously; for forms outside a window."""
    done(work())


class EditorContext(NamedTuple):
    """What editors may read: the desk, the reference day for places, the raw value of another field
    of the form, and a function that runs queries in the background."""

    desk: Desk
    day: Callable[[], datetime.date]
    other: Callable[[str], str] = lambda _key: ""
    ask: Ask = at_once


EditorFactory = Callable[[Field, EditorContext], "Editor"]
"""Creates the editor of a field; passed to editors that contain others."""


class Editor(QObject):
    """A widget with a value; `edited` is emitted at each change."""

    edited = Signal()
    done = Signal()
    """A value was chosen from the list: the focus may move on."""
    stretch: MarkerStretch | None = None
    """The stretch of markers that `fill_stretch` adds rows for; None for other fields."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def raw(self) -> Raw:
        """The text typed or code chosen; "" if empty."""
        raise NotImplementedError

    def put(self, raw: Raw) -> None:
        """Show a value in the form that `raw` returns."""
        raise NotImplementedError

    def write_out(self, raw: Raw) -> None:
        """Show in full what was typed in short; a field of text can take that back by Ctrl+Z."""
        if raw != self.raw():
            self.put(raw)

    def put_before(self, inside: QWidget, raw: Raw) -> bool:
        """Fill the focused widget `inside` from the previous record.

        raw: that record's value of the whole field. Returns False if it has none for this widget.
        Other widgets of the editor keep their text.
        """
        self.put(raw)
        return True

    def refresh(self) -> None:
        """Rebuild the offers that depend on the day."""

    def prefer(self, codes: Sequence[str]) -> None:
        """Offer these codes, the most recently used, before all others."""

    def prefer_place(self, place: Mapping[str, Raw]) -> None:
        """Set the initial place of a new household: {commune, hamlet} of the last one."""

    def chosen(self) -> str:
        """The id of the selected record, "" for none or a new one."""
        return ""

    def fill_stretch(self) -> int:
        """Add a row for each marker of the record's stretch that has none; returns how many."""
        return 0

    def entered_at(self, place: QWidget) -> QWidget:
        """The widget that gets the focus when Enter in the field before leads to `place`."""
        return place

    def settle(self) -> None:
        """Replace abbreviated input by its full text; called when the focus has left."""

    def parts_within(self) -> list["Editor"]:
        """The editors that this one contains."""
        return []

    def leave_part(self, old: QWidget, new: QWidget) -> None:
        """Settle the contained editor that the focus has just left."""
        for part in self.parts_within():
            if part.holds(old) and not part.holds(new):
                part.settle()

    def describe(self, label: str, hint: str) -> None:
        """Set the widget's accessible name and description."""
        self.widget.setAccessibleName(label)
        self.widget.setAccessibleDescription(hint)

    def tab_stops(self) -> list[QWidget]:
        """The widgets in tab order."""
        return [self.widget]

    def focus(self, _path: str = "") -> None:
        """Focus the editor, or the part that `path` names, with its text selected."""
        self.widget.setFocus(Qt.FocusReason.TabFocusReason)

    def holds(self, widget: QWidget | None) -> bool:
        """Whether the widget is this editor's or inside it."""
        return widget is not None and (widget is self.widget or self.widget.isAncestorOf(widget))

    def show_inside(self, path: str, text: str) -> bool:
        """Show a problem of a part of the value; False if there is no such part."""
        return False

    def clear_inside(self) -> None:
        """Remove the problems of the parts."""

    def mark(self, wrong: bool) -> None:
        """Show or remove the frame of a refused value."""
        paint_wrong(self.widget, wrong)


def paint_wrong(widget: QWidget, wrong: bool) -> None:
    """Set the style property of a refused value, or remove it."""
    if bool(widget.property("wrong")) != wrong:
        widget.setProperty("wrong", wrong)
        style_anew(widget)


def raw_of(field: Field, value: Any, book: ReferenceBook) -> Raw:
    """The editor text of a stored value, which `clean` reads back."""
    return field.to_editor(value, book)
