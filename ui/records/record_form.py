"""The form of one record, made from what its type says about itself."""

import datetime
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import Doubtful, Invalid, UserError
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.entry.grid import in_month
from borderdesk.schema.fields import Children, Communes, Day, Household, is_marker
from borderdesk.schema.record import Cleaned, Field, active, say
from borderdesk.schema.records import ALL_TYPES
from ui.base.style import named
from ui.records.form_doubts import FormDoubts
from ui.records.form_memory import FormMemory
from ui.records.form_rows import COLUMNS, in_rows, span_of
from ui.widgets.children_editor import ChildrenEditor
from ui.widgets.draft import FormDraft
from ui.widgets.editor import Ask, Editor, EditorContext, Raw, at_once, labelled, raw_of
from ui.widgets.editor_table import editor_for

Write = Callable[[Callable[[], SavedRecord]], SavedRecord]

EDGE = 12
"""Pixels at the right of the fields, in which the bar that scrolls them stands."""

SIGNS = {"problem": "✗", "doubt": "⚠", "kept": "✓", "hint": "→"}
"""The signs before a note: meaning is never in its colour alone."""


class FieldCell:
    """A field in the form: its label, its editor, and the line for its problem."""

    def __init__(self, key: str, field: Field, editor: Editor) -> None:
        self.key = key
        self.field = field
        self.editor = editor
        self.label = QLabel(labelled(field))
        self.label.setWordWrap(True)
        self.label.setContentsMargins(0, 4, 0, 0)
        self.label.setBuddy(editor.widget)
        self.note: QLabel | None = None
        editor.describe(_(field.label), labelled(field))

    @property
    def when(self) -> tuple[str, Any] | None:
        """What the field's being there depends on."""
        return getattr(self.field, "when", None)

    def show_note(self, kind: str, text: str) -> QLabel:
        """The note under the field, saying this."""
        if self.note is None:
            self.note = QLabel()
            self.note.setWordWrap(True)
        if self.note.objectName() != kind:
            self.note.setObjectName(kind)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)
        self.note.setText(text)
        self.editor.widget.setAccessibleDescription(text)
        return self.note

    def clear_note(self) -> None:
        """Say nothing under the field."""
        if self.note is not None:
            self.note.hide()
            self.note.clear()
        self.editor.widget.setAccessibleDescription(labelled(self.field))
        self.editor.clear_inside()
        self.editor.mark(False)


class RecordForm(QWidget):
    """Edits one record, or a new one; nothing in it is lost without being asked about."""

    changed = Signal()
    escaped = Signal()
    """Escape, where no field had anything to put back."""

    def __init__(self, desk: Desk, type_name: str, ask: Ask = at_once) -> None:
        """ask: how editors look things up without keeping the person waiting."""
        super().__init__()
        self._desk = desk
        self.model = ALL_TYPES[type_name]
        self.memory = FormMemory(desk, self.model)
        self._doubts = FormDoubts()
        self._at_entry: tuple[str, Raw] = ("", "")
        self.month: Callable[[], Period | None] = lambda: None
        """The month that a day number alone is a day of; the current one without."""
        self._proposed = ""
        self.record = ""
        self._revision = ""
        self._loaded: dict[str, Raw] = {}
        self._visited: set[str] = set()
        self._busy = False
        self._today = desk.today()
        self.save_button: QPushButton | None = None
        self._shown: tuple[str, ...] = ()
        self._ground = EditorContext(desk, self._day, self._raw_of, ask)
        self._build()
        self._offer_recent()
        self.blank()
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        self._content = named(QWidget(), "form")
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(0, 0, EDGE, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.cells = {key: self._cell(key) for _heading, keys in self._groups() for key in keys}
        self._headings = {heading: QLabel(_(heading)) for heading, _keys in self._groups()}
        for label in self._headings.values():
            named(label, "heading").setParent(self._content)
            label.setIndent(0)
        self._notice = named(QLabel(_(self.model.notice)), "notice")
        self._notice.setWordWrap(True)
        self._notice.setParent(self._content)
        self._notice.setVisible(bool(self.model.notice))
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self._bottom())

    def _bottom(self) -> QHBoxLayout:
        self.state = named(QLabel(), "muted")
        self.state.setWordWrap(True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, EDGE, 0)
        # One above the other: side by side neither would have the room for a line.
        self._aside = QVBoxLayout()
        self._aside.setSpacing(0)
        self._aside.addWidget(self.state)
        row.addLayout(self._aside, 1)
        row.addLayout(self.buttons)
        return row

    def _keep_edge(self, _least: int, most: int) -> None:
        """Let the bar stand in the margin, so that the fields end where everything does."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if most else 0
        self._grid.setContentsMargins(0, 0, max(EDGE - bar, 0), 8)
        # What is said of the fields above has moved the one in focus down, or up.
        QTimer.singleShot(0, self, self._bring_into_sight)

    def set_buttons(self, *buttons: QPushButton, aside: QPushButton) -> None:
        """Put the buttons below the form; Enter in the last field goes to the last of them.

        aside: below what is said of the draft.
        """
        self._aside.addWidget(aside, 0, Qt.AlignmentFlag.AlignLeft)
        for button in buttons:
            self.buttons.addWidget(button)
        self.save_button = buttons[-1]
        self._chain([self.cells[key] for key in self._ordered()])

    def _raw_of(self, key: str) -> Raw:
        return self.cells[key].editor.raw() if key in self.cells else ""

    def _offer_recent(self) -> None:
        """Offer what was used last before everything else."""
        for key, codes in self.memory.recent().items():
            if key in self.cells:
                self.cells[key].editor.prefer(codes)

    def _groups(self) -> list[tuple[str, list[str]]]:
        groups = [(heading, keys.split()) for heading, keys in self.model.layout]
        if "post" in self.model.columns() and self._desk.identity.role != "post":
            groups[0][1].insert(0, "post")
        return groups

    def _cell(self, key: str) -> FieldCell:
        field = self.model.fields()[key]
        cell = FieldCell(key, field, editor_for(field, self._ground))
        for widget in (cell.label, cell.editor.widget):
            # A widget without a parent would be shown as a window of its own.
            widget.setParent(self._content)
        cell.editor.edited.connect(lambda: self._edited(key))
        cell.editor.done.connect(lambda: QTimer.singleShot(0, self, self.advance))
        return cell

    def _day(self) -> datetime.date:
        """The day places are valid on: the event's, as far as it is typed."""
        event = self.model.event()
        cell = self.cells.get(event.name) if event is not None and hasattr(self, "cells") else None
        if cell is None or not cell.editor.raw():
            return self._today
        day = self._desk.records.check(self.model.type_name, {cell.key: cell.editor.raw()})
        value = day.values.get(cell.key)
        return value if isinstance(value, datetime.date) else self._today

    # ------------------------------------------------------------------- arranging

    def _arrange(self) -> None:
        """Lay out what is there for the values so far; the keyboard stays where it is."""
        shown = self._there()
        if shown == self._shown:
            return
        self._shown = shown
        while self._grid.count():
            self._grid.takeAt(0)
        self._rows: dict[str, int] = {}
        line = 0
        if self.model.notice:
            self._grid.addWidget(self._notice, 0, 0, 1, COLUMNS)
            line = 1
        order: list[FieldCell] = []
        for heading, keys in self._groups():
            cells = [self.cells[key] for key in keys if key in shown]
            self._headings[heading].setVisible(bool(cells))
            if cells:
                self._grid.addWidget(self._headings[heading], line, 0, 1, COLUMNS)
                line = self._place(cells, line + 1)
            order += cells
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(line, 1)
        for key, cell in self.cells.items():
            for widget in (cell.label, cell.editor.widget):
                widget.setVisible(key in shown)
            if key not in shown:
                cell.clear_note()
        self._chain(order)

    def _place(self, cells: list[FieldCell], line: int) -> int:
        """Put fields into rows of twelve columns; the next free line of the grid."""
        for row in in_rows(cells, lambda cell: span_of(cell.field)):
            column, beneath = 0, line + 2
            for cell, span in row:
                bottom, top = Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop
                self._grid.addWidget(cell.label, line, column, 1, span, bottom)
                self._grid.addWidget(cell.editor.widget, line + 1, column, 1, span, top)
                self._rows[cell.key] = beneath
                if cell.note is not None:
                    self._grid.addWidget(cell.note, beneath, 0, 1, COLUMNS)
                column += span
                beneath += 1
            line = beneath
        return line

    def _chain(self, cells: list[FieldCell]) -> None:
        for before, after in pairwise(cells):
            QWidget.setTabOrder(before.editor.widget, after.editor.widget)
        if cells and self.save_button is not None:
            QWidget.setTabOrder(cells[-1].editor.widget, self.save_button)

    def _there(self) -> tuple[str, ...]:
        """The keys of the fields that are there for the values so far."""
        conditional = {c.when[0] for c in self.cells.values() if c.when}
        raw = {key: self.cells[key].editor.raw() for key in conditional}
        values = self._desk.records.check(self.model.type_name, raw).values if raw else {}
        columns = self.model.columns()
        return tuple(
            key for key in self.cells if key not in columns or active(columns[key], values)
        )

    # ------------------------------------------------------------------- contents

    def blank(self) -> None:
        """Begin a new record."""
        raws = {key: self._initial(key) for key in self.cells}
        raws.update({k: raw for k, raw in self.memory.sticky().items() if k in raws})
        self._doubts.forget()
        self._put(FormDraft("", "", raws, raws))
        self._loaded = self.raws()
        self._scroll.verticalScrollBar().setValue(0)
        self.state.setText(_("New record"))
        self.changed.emit()

    def _initial(self, key: str) -> Raw:
        field = self.cells[key].field
        return raw_of(field, getattr(field, "initial", None), self._desk)

    def duplicate(self) -> None:
        """Begin a new record with everything that stands in this one."""
        raws = self.raws()
        self._doubts.forget()
        self._put(FormDraft("", "", raws, {key: self._initial(key) for key in self.cells}))
        self.state.setText(_("New record, copied"))
        self.changed.emit()

    def load(self, record: str) -> None:
        """Show a saved record."""
        values, revision, doubts = self._desk.records.read(self.model.type_name, record)
        self._doubts.forget()
        self._doubts.already(self._desk.records.kept_doubts(record))
        self._fill(record, revision, values)
        self.state.setText("")
        for key, text in doubts:
            self._show_note("kept", key, text)

    def _fill(self, record: str, revision: str, values: Mapping[str, Any]) -> None:
        raws = {key: raw_of(c.field, values.get(key), self._desk) for key, c in self.cells.items()}
        self._put(FormDraft(record, revision, raws, raws))
        self._loaded = self.raws()
        self._scroll.verticalScrollBar().setValue(0)
        self.changed.emit()

    @property
    def event_day(self) -> datetime.date | None:
        """The date of the record as it stands in the form."""
        event = self.model.event()
        day = self._check().values.get(event.name) if event is not None else None
        return day if isinstance(day, datetime.date) else None

    def _put(self, draft: FormDraft) -> None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QAbstractItemView):
            # It completes what stood here before.
            popup.hide()
        self._busy = True
        self.record, self._revision = draft.record, draft.revision
        event = self.model.event()
        first = [event.name] if event is not None and event.name in self.cells else []
        for key in dict.fromkeys([*first, *draft.raws]):
            cell = self.cells[key]
            cell.editor.put(draft.raws[key])
            cell.clear_note()
            if key in first:
                self._offer_places()
        self._loaded = draft.loaded
        self._proposed = ""
        self._visited.clear()
        self._busy = False
        self._arrange()

    def _offer_places(self) -> None:
        for cell in self.cells.values():
            cell.editor.refresh()

    def raws(self) -> dict[str, Raw]:
        """What every editor holds."""
        return {key: cell.editor.raw() for key, cell in self.cells.items()}

    def _changes(self) -> dict[str, Raw]:
        return {key: raw for key, raw in self.raws().items() if raw != self._loaded.get(key)}

    @property
    def dirty(self) -> bool:
        """Whether anything stands in the form that is not saved."""
        return bool(self._changes())

    def discard(self) -> None:
        """Show again what is saved, or a new record."""
        if self.record:
            self.load(self.record)
        else:
            self.blank()

    def draft(self) -> FormDraft:
        """Everything in the form, to be shown again by `restore`."""
        return FormDraft(self.record, self._revision, self.raws(), self._loaded)

    def draft_of(self, texts: Mapping[str, Any]) -> FormDraft:
        """A kept draft as this form can show it; a field it has no longer is left out."""
        kept = FormDraft(**texts)
        raws, loaded = (
            {key: raw for key, raw in part.items() if key in self.cells}
            for part in (kept.raws, kept.loaded)
        )
        return kept._replace(raws={**self.raws(), **raws}, loaded={**self._loaded, **loaded})

    def restore(self, draft: FormDraft) -> None:
        """Show what `draft` gave."""
        self._put(draft)
        self.state.setText("" if draft.record else _("New record"))
        self.changed.emit()

    # -------------------------------------------------------------------- editing

    def _edited(self, key: str) -> None:
        if self._busy:
            return
        if any(cell.when and cell.when[0] == key for cell in self.cells.values()):
            self._arrange()
        self.changed.emit()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Judge a field when the keyboard leaves it for another."""
        if new is None or not self.isVisible():
            return
        if self.isAncestorOf(new):
            self._bring_into_sight()
            self._note_entry(new)
        if old is None:
            return
        for key, cell in self.cells.items():
            if cell.editor.holds(old) and not cell.editor.holds(new):
                self._left(key)

    def _bring_into_sight(self) -> None:
        inside = QApplication.focusWidget()
        if inside is not None and self._content.isAncestorOf(inside):
            # The whole of it: Qt would see to its cursor alone.
            middle = inside.mapTo(self._content, inside.rect().center())
            self._scroll.ensureVisible(middle.x(), middle.y(), 0, inside.height() // 2 + 24)

    def _left(self, key: str) -> None:
        cell = self.cells[key]
        cell.editor.settle()
        month = self.month()
        if isinstance(cell.field, Day) and month is not None:
            cell.editor.put(in_month(cell.editor.raw(), month))
        self._propose_communes(key)
        if not self.record or cell.editor.raw() != self._loaded.get(key):
            self._visited.add(key)
        checked = self._check()
        self._settle(cell, checked)
        if isinstance(cell.field, Day) and cell.field.event:
            self._offer_places()
        self._judge(checked)

    def _propose_communes(self, key: str) -> None:
        """Name the communes that the markers' stretch runs through, where none are named yet."""
        for cell in self.cells.values():
            along = cell.field.along if isinstance(cell.field, Communes) else None
            if along is None or key not in along or cell.editor.raw() not in ("", self._proposed):
                continue
            first, last = (self._raw_of(end).strip() for end in along)
            if is_marker(first) and is_marker(last):
                found = self._desk.book.communes_of_stretch(first, last, self._day())
                self._proposed = ";".join(found)
                cell.editor.put(self._proposed)

    def finish(self) -> None:
        """Read the field in focus as if the keyboard had left it, before the form is saved."""
        for key, cell in self.cells.items():
            if cell.editor.holds(QApplication.focusWidget()):
                self._left(key)

    def _note_entry(self, widget: QWidget) -> None:
        """Remember what a field held when the keyboard came, for Escape."""
        for key, cell in self.cells.items():
            if cell.editor.holds(widget) and self._at_entry[0] != key:
                self._at_entry = (key, cell.editor.raw())

    # ------------------------------------------------------------------- the keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on; Escape puts back what the field held."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return
        if event.key() == Qt.Key.Key_Escape:
            if not self.revert():
                self.escaped.emit()
            return
        super().keyPressEvent(event)

    def _enter(self) -> None:
        # A button between two fields adds a row: Space presses it, Enter goes by.
        if self.focusWidget() is self.save_button and self.save_button is not None:
            self.save_button.click()
        else:
            self.advance()

    def advance(self) -> None:
        """Put the keyboard into the next field, and after the last on the saving."""
        before = self.focusWidget()
        if before is None:
            return
        place = before.nextInFocusChain()
        while place is not None and place is not before and not self._takes_keys(place):
            place = place.nextInFocusChain()
        if place is not None:
            self._past_rows(before, place).setFocus(Qt.FocusReason.TabFocusReason)

    def _past_rows(self, before: QWidget, place: QWidget) -> QWidget:
        """Where Enter comes to: not into rows that are filled in already, but to what is below."""
        for cell in self.cells.values():
            rows = cell.editor
            if isinstance(rows, ChildrenEditor) and rows.holds(place) and not rows.holds(before):
                return rows.add if rows.filled() else place
        return place

    def _takes_keys(self, widget: QWidget) -> bool:
        tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        aside = bool(widget.property("flat")) or widget.focusProxy() is not None
        return tabbed and not aside and self.isAncestorOf(widget) and widget.isVisibleTo(self)

    def revert(self) -> bool:
        """Put back what the field held when the keyboard came; False when it holds that."""
        key, raw = self._at_entry
        cell = self.cells.get(key)
        if cell is None or not cell.editor.holds(QApplication.focusWidget()):
            return False
        if cell.editor.raw() == raw:
            return False
        cell.editor.put(raw)
        return True

    def fill_stretch(self) -> int:
        """Fill in the markers of the record's stretch as intact; how many came."""
        editors = [cell.editor for cell in self.cells.values()]
        return sum(e.fill_stretch() for e in editors if isinstance(e, ChildrenEditor))

    def times_days(self) -> bool:
        """Turn people into turns, one a day of the work; False where there is nothing to."""
        key, turns = self._turns()
        if not turns:
            return False
        self.cells[key].editor.put(raw_of(self.cells[key].field, turns, self._desk))
        self._left(key)
        return True

    def _turns(self) -> tuple[str, int]:
        """The field of turns and what it would be, people times days; 0 where that is no use."""
        event = self.model.event()
        ends = self.cells.get("ended_on")
        values = self._check().values if ends is not None else {}
        last = values.get("ended_on")
        for key, cell in self.cells.items():
            if event is None or last is None or not getattr(cell.field, "per_day", False):
                continue
            days = (last - values[event.name]).days + 1 if event.name in values else 0
            return key, days * values.get(key, 0) if days > 1 else 0
        return "", 0

    def _offer_turns(self) -> None:
        """Say beside the turns what people times days would make."""
        key, turns = self._turns()
        if not turns or key not in self._visited or self.cells[key].editor.raw() == "":
            return
        values = self._check().values
        people = values[key]
        words = _("{people} people × {days} days = {turns}: press F9 to fill it in.")
        told = words.format(people=people, days=turns // people, turns=turns)
        self._show_note("hint", key, told)

    # ---------------------------------------------------------------------- doubts

    def keep_doubts(self) -> bool:
        """Keep the doubtful values shown: of the field in focus, else all; False for none."""
        inside = [k for k, c in self.cells.items() if c.editor.holds(QApplication.focusWidget())]
        kept = self._doubts.keep(inside) or self._doubts.keep(list(self.cells))
        if kept:
            self._judge(self._check())
        return kept

    def _check(self) -> Cleaned:
        raws = {key: raw for key, raw in self.raws().items() if key in self._shown and raw}
        return self._desk.records.check(self.model.type_name, raws)

    def _settle(self, cell: FieldCell, checked: Cleaned) -> None:
        """Write what was understood in full: 4/12 becomes 04/12/2023."""
        value = checked.values.get(cell.key)
        apart = isinstance(cell.field, Children | Household)
        if value is None or cell.key in checked.problems or apart:
            return
        raw = raw_of(cell.field, value, self._desk)
        if raw != cell.editor.raw():
            cell.editor.put(raw)

    def _judge(self, checked: Cleaned) -> None:
        """Show what is wrong or doubtful with the fields that were left so far."""
        for key in self._visited:
            self.cells[key].clear_note()
        self._doubts.found((doubt.field, doubt.message) for doubt in checked.doubts)
        for path, message in self._doubts.open():
            if _root(path) in self._visited:
                told = _("{doubt} If it is right, press F8 to keep it.")
                self._show_note("doubt", path, told.format(doubt=say(message)))
        for path, message in self._doubts.kept():
            if _root(path) in self._visited:
                self._show_note("kept", path, say(message))
        self._offer_turns()
        for path, message in checked.problems.items():
            if _root(path) in self._visited:
                self._show_note("problem", path, message)

    def _show_note(self, kind: str, path: str, text: str) -> None:
        key = _root(path)
        cell = self.cells.get(key)
        if cell is None:
            return
        inside = path[len(key) :].lstrip(".")
        if kind == "problem":
            cell.editor.mark(inside in ("", "head"))
        if inside and cell.editor.show_inside(inside, text):
            return
        sign = SIGNS[kind]
        before = f"{cell.note.text()}\n" if cell.note is not None and cell.note.text() else ""
        if before and cell.note is not None and cell.note.objectName() != kind:
            before = ""
        note = cell.show_note(kind, f"{before}{sign} {_(cell.field.label)}: {text}")
        self._grid.addWidget(note, self._rows.get(key, 0), 0, 1, COLUMNS)
        note.show()

    # --------------------------------------------------------------------- saving

    def save(self, write: Write) -> SavedRecord | None:
        """Save what stands here; None when something is wrong, shown at its field.

        write: does the work off the window's thread. Raises UserError for what no field is to
        blame for; the text stays.
        """
        try:
            saved = write(self._work())
        except Invalid as refused:
            self._refuse(refused)
            return None
        except Doubtful as doubtful:
            self._doubt(doubtful)
            return None
        self.memory.keep(self.raws(), set(self._shown))
        self._offer_recent()
        return saved

    def _doubt(self, doubtful: Doubtful) -> None:
        """Show what looks wrong; saving once more keeps it."""
        self._visited = set(self.cells)
        self._doubts.asked(doubtful.doubts)
        self._judge(self._check())
        for path, _message in doubtful.doubts:
            if _root(path) in self._shown:
                self.cells[_root(path)].editor.focus()
                return

    def _work(self) -> Callable[[], SavedRecord]:
        """What is to be done at the desk, with everything read from the fields beforehand."""
        type_name, record = self.model.type_name, self.record
        kept = self._doubts.accepted()
        if record:
            edits, base = self._edits(), self._revision
            return lambda: self._desk.records.edit(
                type_name, record, edits, base=base, typed=True, kept=kept, draft=type_name
            )
        raws = {key: raw for key, raw in self.raws().items() if key in self._shown and raw}
        return lambda: self._desk.records.add(
            type_name, raws, typed=True, kept=kept, draft=type_name
        )

    def _edits(self) -> dict[str, Raw]:
        """The changed fields; one that is there no longer is taken away."""
        edits = {key: raw for key, raw in self._changes().items() if key in self._shown}
        gone = {key: "" for key in self.cells if key not in self._shown and self._loaded.get(key)}
        return {**edits, **gone}

    def _refuse(self, refused: Invalid) -> None:
        self._visited = set(self.cells)
        for cell in self.cells.values():
            cell.clear_note()
        strangers = []
        for path, message in refused.problems.items():
            if _root(path) in self._shown:
                self._show_note("problem", path, message)
            else:
                strangers.append(message)
        self._go_to_first(refused)
        if strangers:
            raise UserError(" ".join(strangers))

    def _go_to_first(self, refused: Invalid) -> None:
        for key in self._shown:
            path = next((p for p in refused.problems if _root(p) == key), None)
            if path is not None:
                self.cells[key].editor.focus(path[len(key) :].lstrip("."))
                return

    def begin(self) -> None:
        """Put the keyboard into the first field."""
        if self._shown:
            first = self._ordered()[0]
            self.cells[first].editor.focus()

    def _ordered(self) -> list[str]:
        return [key for _heading, keys in self._groups() for key in keys if key in self._shown]

    def sizeHint(self) -> QSize:
        return QSize(520, 600)


def _root(path: str) -> str:
    """The field a problem belongs to: inspected[0].marker → inspected."""
    return path.partition("[")[0].partition(".")[0]
