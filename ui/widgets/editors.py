"""An editor for each kind of field; all of them give and take the text a person would type.

To add a kind: an editor here if none fits, and a line in EDITORS.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.schema import fields
from borderdesk.schema.fields import Children, Kind, Post
from borderdesk.schema.record import Field
from ui.widgets.search_combo import FoldedCompleter, Option, Options, SearchCombo

Raw = Any
"""What an editor gives: a text as typed, a code; rows as a list of dicts, a household as one."""


Ask = Callable[[Callable[[], Any], Callable[[Any], None], QObject], object]
"""Asks the desk something and calls back with the answer, unless the owner is gone."""


def at_once(work: Callable[[], Any], done: Callable[[Any], None], _owner: QObject) -> None:
    """Ask without waiting in a thread; for forms outside a window."""
    done(work())


class Ground(NamedTuple):
    """What editors may look at: the desk, the day that places are valid on, the raw value of
    another field of the form, and a way to ask the desk without keeping the person waiting."""

    desk: Desk
    day: Callable[[], datetime.date]
    other: Callable[[str], str] = lambda _key: ""
    ask: Ask = at_once


class Editor(QObject):
    """A widget with a value; `edited` tells of every change of it."""

    edited = Signal()
    done = Signal()
    """The value was chosen from a list: the keyboard may move on."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def raw(self) -> Raw:
        """What was typed or chosen; "" for nothing."""
        raise NotImplementedError

    def put(self, raw: Raw) -> None:
        """Show what `raw` gave."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Offer anew what depends on the day."""

    def prefer(self, codes: Sequence[str]) -> None:
        """Offer these, which were used last, before the others."""

    def settle(self) -> None:
        """Write out in full what was typed in short; called when the keyboard has left."""

    def call(self, label: str, hint: str) -> None:
        """Give the widget its accessible name and description."""
        self.widget.setAccessibleName(label)
        self.widget.setAccessibleDescription(hint)

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
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class LineEditor(Editor):
    """One line of text: names, numbers, dates, markers."""

    def __init__(self, field: Kind, _ground: Ground) -> None:
        self.line = QLineEdit()
        super().__init__(self.line)
        if field.numeric:
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(field, fields.Day):
            self.line.setPlaceholderText(_("dd/mm/yyyy"))
        self.line.setMinimumWidth(48)
        self.line.textChanged.connect(self.edited)

    def raw(self) -> str:
        return self.line.text()

    def put(self, raw: Raw) -> None:
        self.line.setText(raw)
        self.line.setCursorPosition(0)


class LongText(QPlainTextEdit):
    """Several lines; Enter is the form's, Shift+Enter begins a new line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave a plain Enter to the form."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            event.ignore()
            return
        super().keyPressEvent(event)


class LongEditor(Editor):
    """Several lines of text; Tab and Enter leave it."""

    USUAL, MOST = 2, 8

    def __init__(self, field: Kind, _ground: Ground) -> None:
        self.text = LongText()
        self._least = 1 if isinstance(field, fields.Text) and field.brief else self.USUAL
        self.text.setToolTip(_("Shift+Enter begins a new line"))
        super().__init__(self.text)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(3)
        self.text.textChanged.connect(self._changed)
        self._fit()

    def _changed(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        # A plain text's document is measured in lines, wrapped ones too.
        lines = int(self.text.document().size().height())
        lines = min(max(lines, self._least), self.MOST)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + 18)

    def raw(self) -> str:
        return self.text.toPlainText()

    def put(self, raw: Raw) -> None:
        self.text.setPlainText(raw)


class ComboEditor(Editor):
    """One of a list: typed with or without accents, or chosen."""

    def __init__(self, field: Kind, ground: Ground) -> None:
        self._field = field
        self._ground = ground
        self.combo = SearchCombo(options_of(field, ground))
        super().__init__(self.combo)
        self.combo.currentTextChanged.connect(self.edited)
        self.combo.picked.connect(self.done)
        self._before: tuple[str, ...] = ()

    def prefer(self, codes: Sequence[str]) -> None:
        self._before = tuple(codes)
        self.refresh()

    def raw(self) -> str:
        return self.combo.code()

    def put(self, raw: Raw) -> None:
        label = "" if raw == "" else self._field.show(self._stored(raw), self._ground.desk.book)
        self.combo.put(raw, label)

    def settle(self) -> None:
        self.combo.settle()

    def _stored(self, raw: str) -> Any:
        return raw == "true" if isinstance(self._field, fields.YesNo) else raw

    def refresh(self) -> None:
        if self._before or isinstance(self._field, fields.Commune):
            self.combo.offer(in_front(options_of(self._field, self._ground), self._before))


class HamletEditor(LineEditor):
    """A hamlet: free text; those known in the commune are offered while it is typed."""

    def __init__(self, field: Kind, ground: Ground) -> None:
        super().__init__(field, ground)
        self._ground = ground
        self._commune: str | None = None
        self._known: dict[str, str] = {}
        self.line.textEdited.connect(lambda _text: self._learn())

    def _learn(self) -> None:
        """Ask for the hamlets of the commune chosen, once."""
        commune = self._ground.other("commune")
        if commune == self._commune:
            return
        self._commune = commune
        desk = self._ground.desk
        self._ground.ask(lambda: desk.lists.hamlets(commune), self._offer, self)

    def settle(self) -> None:
        """Give a known hamlet typed without accents its own spelling."""
        known = self._known.get(fold(self.raw()).strip())
        if known and known != self.raw():
            self.put(known)

    def _offer(self, names: list[str]) -> None:
        self._known = {fold(name): name for name in names}
        model = Options([Option(name, name) for name in names], blank=False)
        completer = FoldedCompleter(model, self.line, free=True)
        model.setParent(completer)
        self.line.setCompleter(completer)
        completer.activated.connect(lambda _text: self.done.emit())
        completer.done.connect(self.done)
        if self.line.hasFocus() and self.line.text():
            completer.setCompletionPrefix(self.line.text())
            completer.complete()


def in_front(options: list[Option], codes: Sequence[str]) -> list[Option]:
    """The options with those of `codes` first, in that order."""
    by_code = {option.code: option for option in options}
    first = [by_code[code] for code in codes if code in by_code]
    return [*first, *(option for option in options if option not in first)]


def options_of(field: Kind, ground: Ground) -> list[Option]:
    """What a field offers: (code, label), in the order of the list."""
    book = ground.desk.book
    if isinstance(field, fields.YesNo):
        return [Option("true", _("Yes")), Option("false", _("No"))]
    if isinstance(field, fields.Choice):
        return [Option(code, _(label)) for code, label in field.options.items()]
    if isinstance(field, fields.Pick):
        codes = book.picks.get(field.pick_list, {})
        return [Option(code, book.pick_label(field.pick_list, code)) for code in codes]
    if isinstance(field, fields.Post):
        return [Option(post.code, post.name) for post in book.posts.values()]
    return commune_options(ground.desk, ground.day())


def commune_options(desk: Desk, day: datetime.date) -> list[Option]:
    """The communes valid on `day`, those of the desk's own post first."""
    book = desk.book
    own = book.area_on(desk.identity.unit, day) if desk.identity.role == "post" else frozenset()
    units = sorted(book.communes_on(day), key=lambda unit: unit.id not in own)
    return [Option(unit.id, book.unit_name(unit.id)) for unit in units]


def _several(field: Kind, ground: Ground) -> Editor:
    from ui.widgets.several_editor import SeveralEditor

    assert isinstance(field, fields.Several)
    return SeveralEditor(field, ground)


def _household(field: Kind, ground: Ground) -> Editor:
    from ui.widgets.household_editor import HouseholdEditor

    return HouseholdEditor(field, ground)


def _text(field: Kind, ground: Ground) -> Editor:
    assert isinstance(field, fields.Text)
    return LongEditor(field, ground) if field.lines else LineEditor(field, ground)


EDITORS: Mapping[type[Kind], Callable[[Kind, Ground], Editor]] = {
    fields.Text: _text,
    fields.Hamlet: HamletEditor,
    fields.Count: LineEditor,
    fields.Tenths: LineEditor,
    fields.Day: LineEditor,
    fields.Marker: LineEditor,
    fields.Choice: ComboEditor,
    fields.Pick: ComboEditor,
    fields.Commune: ComboEditor,
    fields.Post: ComboEditor,
    fields.YesNo: ComboEditor,
    fields.Several: _several,
    fields.Household: _household,
}


def editor_for(field: Field, ground: Ground) -> Editor:
    """A new editor for the field."""
    if isinstance(field, Children):
        from ui.widgets.children_editor import ChildrenEditor

        return ChildrenEditor(field, ground)
    make = next(EDITORS[kind] for kind in type(field).__mro__ if kind in EDITORS)
    return make(field, ground)


def raw_of(field: Field, value: Any, desk: Desk) -> Raw:
    """The text an editor shows and the desk reads back for a stored value."""
    if isinstance(field, Children):
        return [_child_raw(field, row, desk) for row in value or ()]
    if value is None:
        return ""
    if isinstance(field, fields.Several):
        return ";".join(value)
    if isinstance(field, fields.YesNo):
        return "true" if value else "false"
    if isinstance(field, fields.Count | fields.Tenths | fields.Day):
        return field.show(value, desk.book)
    return value


def _child_raw(field: Children, row: Mapping[str, Any], desk: Desk) -> dict[str, Raw]:
    columns = field.child.fields()
    return {key: raw_of(columns[key], row.get(key), desk) for key in columns}


def labelled(field: Field) -> str:
    """The field's label, with its star and its unit of measure."""
    label = _(field.label)
    if isinstance(field, Children):
        return label
    # A form shows the post only where it must be chosen.
    star = "\u00a0*" if field.required or isinstance(field, Post) else ""
    unit = _(field.unit)
    said = fold(unit) in fold(label)
    return f"{label}{star}" if said else f"{label}{star} ({unit})"
