"""Form of one record, generated from the declaration of its type."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import InvalidRecord, UnconfirmedDoubts, UserError
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.entry.grid import in_period
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.record import form_groups
from borderdesk.schema.records import ALL_TYPES
from ui.base.composing import take_composed
from ui.records.form.field_cell import FieldCell
from ui.records.form.fields_area import FieldsArea, Group
from ui.records.form.form_contents import FormContents
from ui.records.form.form_doubts import inside_of
from ui.records.form.form_foot import FormFoot
from ui.records.form.form_keyboard import FormKeyboard
from ui.records.form.form_memory import FormMemory
from ui.records.form.form_proposals import CommunesProposal, PlaceProposal, turns_of
from ui.records.form.form_review import FormReview
from ui.records.form.form_saving import FormSaving
from ui.widgets.editors.draft import FormDraft
from ui.widgets.editors.editor import Ask, EditorContext, Raw, at_once, raw_of
from ui.widgets.editors.editor_table import editor_for

Write = Callable[[Callable[[], SavedRecord]], SavedRecord]


class RecordForm(QWidget):
    """Edits an existing or new record; nothing is lost without a question."""

    changed = Signal()
    escaped = Signal()
    """Escape was pressed with nothing to revert."""

    def __init__(self, desk: Desk, type_name: str, ask: Ask = at_once) -> None:
        """ask: runs the queries of editors in the background."""
        super().__init__()
        self._desk = desk
        self._ask = ask
        self.model = ALL_TYPES[type_name]
        self.memory = FormMemory(desk, self.model)
        self.contents = FormContents(desk, self.model)
        self.cells = self.contents.cells
        groups = form_groups(self.model, desk.identity.role)
        self.area = FieldsArea(groups, self.model.notice)
        self._foot = FormFoot()
        self.state, self.buttons = self._foot.state, self._foot.buttons
        self.review = FormReview(self.contents, self.area)
        self._communes = CommunesProposal(self.contents)
        self._place = PlaceProposal(self.contents)
        self._keyboard = FormKeyboard(self, self.contents)
        self.month: Callable[[], Period | None] = lambda: None
        """Returns the period that completes days typed without month or year; None: the current
        month."""
        self._busy = False
        self._moving = False
        self.saving = FormSaving(self.contents, self.review, self.restore)
        self.save_button: QPushButton | None = None
        self._buttons: tuple[QPushButton, ...] = ()
        self._build(groups, EditorContext(desk, self.contents.day, self.contents.raw, ask))
        self._offer_recent()
        self.blank()
        # A page is created in advance and kept: its lists may be outdated.
        self.area.came.connect(self.offer_anew)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    # ------------------------------------------------------------------ building

    def _build(self, groups: list[Group], context: EditorContext) -> None:
        for _heading, keys in groups:
            for key in keys:
                self.cells[key] = self._cell(key, context)
        self.area.hold(self.cells)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area, 1)
        outer.addLayout(self._foot)

    def set_buttons(self, *buttons: QPushButton, aside: QPushButton) -> None:
        """Set the buttons below the form; Enter in the last field moves to the last of them.

        aside: the button below the state.
        """
        self._foot.set_buttons(*buttons, aside=aside)
        self.save_button = buttons[-1]
        self._buttons = (*buttons, aside)
        self.area.end_at(self.save_button)

    def _cell(self, key: str, context: EditorContext) -> FieldCell:
        field = self.model.fields()[key]
        cell = FieldCell(key, field, editor_for(field, context))
        cell.editor.edited.connect(lambda: self._edited(key))
        cell.editor.done.connect(lambda: QTimer.singleShot(0, self, self._keyboard.advance))
        return cell

    def _offer_recent(self) -> None:
        """Pass recently used values and places to the editors."""
        for key, codes in self.memory.recent().items():
            if key in self.cells:
                self.cells[key].editor.prefer(codes)
        for key, place in self.memory.places().items():
            if key in self.cells:
                self.cells[key].editor.prefer_place(place)

    def _arrange(self) -> None:
        """Lay out the fields that exist for the present values; the focus stays."""
        shown, starred = self.contents.existing_fields()
        for key in {rule.field for rule in self.model.required_when} & self.cells.keys():
            self.cells[key].star(key in starred)
        if shown != self.contents.shown:
            self.contents.shown = shown
            self.area.arrange(shown)

    # ------------------------------------------------------------------- contents

    @property
    def record(self) -> str:
        """The id of the current record, "" for a new one."""
        return self.contents.record

    @property
    def dirty(self) -> bool:
        """Whether there are unsaved changes, including values removed by Escape."""
        return bool(self.contents.changes() or self._keyboard.taken_out())

    def raws(self) -> dict[str, Raw]:
        """The raw values of all fields."""
        return self.contents.raws()

    def blank(self) -> None:
        """Begin a new record."""
        raws = self.contents.initials()
        raws.update({k: raw for k, raw in self.memory.sticky().items() if k in raws and raw})
        self.review.begin()
        self._load(FormDraft("", "", raws, raws), _("New record"))

    def duplicate(self) -> None:
        """Begin a new record with the values of this one."""
        self.review.begin()
        self._put(self.contents.copied())
        self.state.setText(_("New record, copied"))
        self.changed.emit()

    def load(self, record: str) -> None:
        """Load a saved record."""
        values, revision, doubts = self._desk.records.read(self.model.type_name, record)
        self.review.begin(self._desk.records.kept_doubts(record))
        book = self._desk.book
        raws = {key: raw_of(c.field, values.get(key), book) for key, c in self.cells.items()}
        self._load(FormDraft(record, revision, raws, raws), "")
        note = self._desk.disclosures.view_note(self.model, record, values)
        if note is not None:
            self._ask(note, lambda _none: None, self)
        for key, text in doubts:
            self.review.show_note("kept", key, text)

    def _load(self, draft: FormDraft, state: str) -> None:
        """Load a saved record as unchanged."""
        self._put(draft)
        self.contents.loaded = self.raws()
        self.area.go_to_top()
        self.state.setText(state)
        self.changed.emit()

    def _put(self, draft: FormDraft) -> None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QAbstractItemView):
            # It completes a field of the previous contents.
            popup.hide()
        self._busy = True
        self.contents.put(draft, self.offer_anew)
        self._communes.forget()
        self._place.forget()
        self._keyboard.forget()
        self.review.forget()
        self._busy = False
        self._arrange()

    def offer_anew(self) -> None:
        """Rebuild the offers of all fields for the typed date."""
        for cell in self.cells.values():
            cell.editor.refresh()

    def discard(self) -> None:
        """Reload the saved record, or begin a new one if it does not exist any more."""
        try:
            if self.record:
                self.load(self.record)
                return
        except UserError:
            pass
        self.blank()

    def draft(self) -> FormDraft:
        """The contents as draft for `restore`, with values removed by Escape put back."""
        draft = self.contents.draft()
        raws = {**draft.raws, **self._keyboard.taken_out()}
        return draft._replace(raws=raws, doubts=self.review.doubts.lasting())

    def restore(self, draft: FormDraft) -> None:
        """Load a draft, with problems and doubts of its edited fields."""
        saved = self._desk.records.kept_doubts(draft.record) if draft.record else []
        self.review.begin([*saved, *draft.doubts])
        self._put(draft)
        self.state.setText("" if draft.record else _("New record"))
        self.review.judge_typed()
        self.changed.emit()

    # -------------------------------------------------------------------- editing

    def _edited(self, key: str) -> None:
        if self._busy:
            return
        if self.contents.decides(key):
            self._arrange()
        self.review.doubts.changed()
        self.review.judge_soon()
        self.changed.emit()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Validate a field when the focus moves to another."""
        if new is None or not self.isVisible() or self._moving:
            return
        if self.isAncestorOf(new):
            self.area.bring_into_sight()
            self._keyboard.note_entry(new)
        if old is None or new.window() is not self.window():
            # Another window such as help has the focus: it will return to this field.
            return
        for key, cell in self.cells.items():
            if not cell.editor.holds(old):
                continue
            if cell.editor.holds(new):
                cell.editor.leave_part(old, new)
            else:
                self._leave(key)

    def _leave(self, key: str) -> None:
        """A field lost the focus: complete and validate it."""
        cell = self.cells[key]
        cell.editor.settle()
        month = self.month()
        if cell.field.is_date and month is not None:
            cell.editor.write_out(in_period(cell.editor.raw(), month, self._desk.today()))
        self._communes.follow(key)
        self._place.follow(key)
        if not self.record and not self.contents.changes():
            # A new form without input has no problems.
            return
        if not self.record or cell.editor.raw() != self.contents.loaded.get(key):
            self.review.visited.add(key)
        checked = self.contents.check()
        self._write_out(cell, checked)
        if cell.field.event:
            self.offer_anew()
        self.review.judge(checked)

    def _write_out(self, cell: FieldCell, checked: CleaningResult) -> None:
        """Replace a short input by its full form: 4/12 becomes 04/12/2023."""
        value = checked.values.get(cell.key)
        if value is None or cell.key in checked.problems or not cell.field.settles:
            return
        typed = cell.editor.raw()
        if any(cell.field.typed_doubts(typed, value)):
            # Kept as typed while a doubt refers to it.
            return
        cell.editor.write_out(raw_of(cell.field, value, self._desk.book))

    def begin(self) -> None:
        """Focus the first field; in a form with contents (copy, draft) the first with a note, or
        the first required and empty one."""
        cells = self.area.ordered()
        if not cells:
            return
        has_question, new = self.review.questioned, not self.record
        waiting = (cell for cell in cells if has_question(cell.key) or (new and cell.is_owed()))
        first = next(waiting, cells[0]) if self.contents.changes() else cells[0]
        self._moving = True
        first.editor.focus(inside_of(has_question(first.key)))
        self._moving = False
        self._keyboard.note_entry(QApplication.focusWidget() or self)

    def finish(self) -> None:
        """Treat the focused field as left, before a save."""
        take_composed()
        for key, cell in self.cells.items():
            if cell.editor.holds(QApplication.focusWidget()):
                self._leave(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on, or presses a button below the fields; Escape reverts the field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # A button between fields adds a row: Space presses it, Enter skips it.
            focused = self.focusWidget()
            if isinstance(focused, QPushButton) and focused in self._buttons:
                focused.click()
            else:
                self._keyboard.advance()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self._keyboard.revert():
            self.escaped.emit()

    def fill_stretch(self) -> int:
        """Add rows for the markers of the stretch as intact, and set the fields that follow from it
        unless filled in; returns the number of rows."""
        self.finish()
        count = 0
        for cell in self.cells.values():
            filled, stretch = cell.editor.fill_stretch(), cell.editor.stretch
            count += filled
            for key, raw in stretch.outcome.items() if stretch and filled else ():
                if not self.cells[key].editor.raw():
                    self.cells[key].editor.put(raw)
        return count

    def as_before(self) -> bool:
        """Copy the focused field from the record saved last and move on; False if it was empty
        there."""
        focused = QApplication.focusWidget()
        for key, cell in self.cells.items():
            previous = self.memory.last(key)
            if focused is not None and cell.editor.holds(focused) and previous:
                filled = cell.editor.put_before(focused, previous)
                if filled:
                    self._keyboard.advance()
                return filled
        return False

    def times_days(self) -> bool:
        """Multiply people by days; False if there is nothing to multiply."""
        turns = turns_of(self.contents)
        if turns is None:
            return False
        cell = self.cells[turns.key]
        cell.editor.put(raw_of(cell.field, turns.total, self._desk.book))
        self.contents.multiplied = (str(turns.people), cell.editor.raw())
        self._leave(turns.key)
        return True

    # --------------------------------------------------------------------- saving

    def save(self, write: Write) -> SavedRecord | None:
        """Save the form; None if refused, with the problems shown.

        write: runs the save in its thread. Raises UserError for problems that belong to no field;
        the form stays.
        """
        try:
            saved = write(self.contents.saving(self.review.doubts.accepted()))
        except InvalidRecord as refused:
            self.review.show_refused(refused)
            return None
        except UnconfirmedDoubts as doubtful:
            self.review.show_doubtful(doubtful)
            return None
        self._keyboard.forget()
        self.memory.keep(self.raws(), set(self.contents.shown))
        self._offer_recent()
        return saved

    def sizeHint(self) -> QSize:
        return QSize(520, 600)
