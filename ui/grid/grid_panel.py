"""Nhập dạng bảng: grid for many records of one type, typed or pasted, saved in one transaction."""

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from borderdesk.base.errors import user_error
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.entry.grid import (
    RowReading,
    RowsDoubtful,
    RowsRefused,
    check_rows,
    columns_of,
    form_of,
)
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.drafts import ErasedMeanwhile, Texts
from ui.base.erasure_watch import erased_words, erasure_watch_of
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import BackgroundWork, Job, Runner
from ui.grid.grid_columns import GridColumns, kept_columns
from ui.grid.grid_keys import GridKeys
from ui.grid.grid_model import CellState, GridModel, Place
from ui.grid.grid_view import GridView
from ui.grid.paste_mapping import PasteMapping
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.period_chooser import month_label
from ui.widgets.editors.draft import DRAFT_PAUSE
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.messages import MessageBar

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons

AT_ONCE = 100
"""Rows validated per background job; a new job takes the rows edited meanwhile."""
Rows = list[dict[str, str]]


class GridPanel(QWidget):
    """The grid of one type. left(record ids): back to the list, with the records saved; changed: a
    cell was edited."""

    left = Signal(list)
    changed = Signal()

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._type = type_name
        self._tasks = tasks
        self._period: Period | None = None
        self._stale: set[int] = set()
        self._reading: Job | None = None
        self._saving: BackgroundWork | None = None
        self._writing = 0
        self._stored: list[dict[str, str]] = []
        """The rows of the draft as saved last."""
        columns = columns_of(desk, type_name)
        self.cells = GridModel(columns, kept_columns(desk, type_name, columns))
        self.view = GridView(self.cells, desk)
        self.columns = GridColumns(self, self.view, desk, tasks, type_name, self._failed)
        self.bar = MessageBar()
        self.title = named(PlainLabel(), "title")
        self.counter = named(PlainLabel(), "figure")
        self.hint = named(PlainLabel(), "muted")
        self.words = named(PlainLabel(), "problem")
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._soon.timeout.connect(self._keep)
        self._lay_out()
        self._connect()
        desk.drafts.follow_erasures(form_of(type_name))
        self._watch = erasure_watch_of(desk, tasks)
        self._watch.erased.connect(self._clear_erased)

    # ------------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        top = FlowLayout()
        top.add(self.title)
        top.add(named(PlainLabel(_("Enter as a table")), "muted"))
        top.add_stretch()
        top.add(self.counter)
        outer.addLayout(top)
        row = FlowLayout()
        save = bind(self, "grid_save", self.save)
        row.add(button(save, main=True, keys=True))
        choosing = self.columns.make_button()
        back = button(bind(self, "grid_back", self.leave, self.view), flat=True)
        for widget in (choosing, back):
            row.add(widget)
        row.add(self.bar, 1)
        outer.addLayout(row)
        self.hint.setWordWrap(True)
        outer.addWidget(self.hint)
        outer.addWidget(self.view, 1)
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(self.words.fontMetrics().height() + 4)
        outer.addWidget(self.words)

    def _connect(self) -> None:
        self.mapping = PasteMapping(self, self.cells, self.bar, self._desk, self._tasks, self._type)
        self.keys = GridKeys(self, self.view, self.bar, self.columns.show, self.mapping)
        bind(self, "grid_keep", self.keep_doubts, self.view)
        bind(self, "grid_next", self.next_bad, self.view)
        self.cells.typed.connect(self._typed)
        self.cells.messages_changed.connect(self._show_state)
        self.view.typing.connect(self._keep_soon)
        self.view.selectionModel().currentChanged.connect(lambda *_moved: self._show_state())

    # ------------------------------------------------------------------------- opening

    def open(self, period: Period | None) -> None:
        """Load the draft, else an empty grid; `period` completes dates of which only the day is
        typed."""
        draft = self._desk.drafts.open_draft(form_of(self._type))
        self._period = period if period is not None and period.kind == "month" else None
        if draft is not None:
            texts = draft.texts
            self._period = texts["period"] and self._desk.calendar().parse(texts["period"])
            self.columns.show(list(texts["columns"]))
            self.cells.start(texts["rows"], texts["kept"])
            self._stored = texts["rows"]
        elif not self.cells.filled():
            self.cells.start([])
        self.title.setText(_(ALL_TYPES[self._type].title))
        self.hint.setText(self._hint())
        self._show_state()
        self.view.go_to_free()

    def _hint(self) -> str:
        usage = _("Paste from a spreadsheet with Ctrl+V; Ctrl+D fills down; F2 changes a cell.")
        if self._period is None:
            return usage
        day = _("A day number alone is a day of {month}.")
        return f"{usage} {day.format(month=month_label(self._period).lower())}"

    def _show_state(self) -> None:
        filled = self.cells.filled()
        right = sum(self.cells.state(row) is CellState.RIGHT for row in filled)
        words = _("{right}/{all} rows right")
        lang = language()
        self.counter.setText(
            words.format(right=format_number(right, lang), all=format_number(len(filled), lang))
        )
        at = self.view.currentIndex()
        message = self.cells.cell_message(*self.view.place(at)) if at.isValid() else ""
        if at.isValid() and message:
            row, key = self.view.place(at)
            sign = "✗" if self.cells.problem(row, key) else "⚠"
            message = f"{sign} {self.cells.every[key].label}: {message}"
        self.words.setText(message)

    # ------------------------------------------------------------------------- reading

    def _typed(self, rows: set[int]) -> None:
        self._stale |= rows
        self._read()
        self._keep_soon()
        self.changed.emit()
        self._show_state()

    def _read(self) -> None:
        """Validate edited rows in the background, AT_ONCE at a time."""
        if self._reading is not None or not self._stale:
            return
        numbers = sorted(self._stale)[:AT_ONCE]
        self._stale -= set(numbers)
        batch = [(row, dict(self.cells.rows[row])) for row in numbers if self.cells.rows[row]]
        desk, type_name, period = self._desk, self._type, self._period

        def work() -> list[RowReading]:
            return check_rows(desk, type_name, [cells for _row, cells in batch], period)

        def done(answers: list[RowReading]) -> None:
            self._reading = None
            for (row, cells), checked in zip(batch, answers, strict=True):
                self.cells.receive(row, cells, checked)
            self._show_state()
            self._read()

        self._reading = self._tasks.run(work, done, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self._reading = None
        self.bar.warn(user_error(error))

    def idle(self) -> bool:
        """Whether all rows are validated and the draft is saved."""
        waiting = self._reading or self._stale or self._saving or self._writing
        return not waiting and not self._soon.isActive()

    # ------------------------------------------------------------------------ the draft

    def texts(self, rows: Sequence[dict[str, str]] | None = None) -> Texts:
        """The content of the draft; rows: only these instead of all."""
        whole = rows is None
        return {
            "columns": self.columns.shown(),
            "rows": self.view.typed_rows() if rows is None else list(rows),
            "period": self._period.text if self._period else "",
            "kept": sorted(self.cells.kept) if whole else [],
        }

    def _keep_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _keep(self) -> None:
        if self._saving is not None:
            return
        drafts, form, texts = self._desk.drafts, form_of(self._type), self.texts()
        erasure_count = drafts.known_erasures(form)
        self._writing += 1

        def work() -> list[dict[str, str]]:
            rows: list[dict[str, str]] = texts["rows"]
            if rows:
                drafts.keep_draft(form, texts, erasure_count)
            else:
                drafts.drop_draft(form)
            return rows

        self._tasks.later(work, self._draft_saved, self._draft_failed, self)

    def _draft_saved(self, rows: list[dict[str, str]]) -> None:
        self._writing -= 1
        self._stored = rows

    def _draft_failed(self, error: Exception) -> None:
        self._writing -= 1
        if isinstance(error, ErasedMeanwhile):
            self._clear_erased()
            self._keep_soon()
        else:
            self._failed(error)

    def _clear_erased(self, persons: "Persons" = ()) -> None:
        """Remove these persons from the grid, and what an erasure removed from its draft."""
        drafts, form = self._desk.drafts, form_of(self._type)
        persons = persons or self._watch.persons()
        if self._saving is not None or not (drafts.follow_erasures(form) or persons):
            return
        draft = drafts.open_draft(form)
        current = draft.texts["rows"] if draft is not None else self._stored
        typed = self.view.typed_rows()
        texts: Texts | None = {"rows": _without_taken(typed, self._stored, current)}
        for person in persons:
            texts = person.without(form, texts or {})
        rows = (texts or {"rows": []})["rows"]
        if rows != typed:
            self._stored = current
            at = self.view.currentIndex()
            place = self.view.place(at) if at.isValid() else None
            self.cells.start(rows, self.cells.kept)
            if place is not None:
                self.view.go_to(place)
            self.bar.caution(erased_words())

    def keep_now(self) -> None:
        """Save the draft at once: the window is closing."""
        if self._soon.isActive():
            self._soon.stop()
            self._keep()

    @property
    def dirty(self) -> bool:
        """Whether the grid has any rows."""
        return bool(self.cells.filled())

    # -------------------------------------------------------------------------- keys

    def keep_doubts(self) -> None:
        """Confirm the doubts of the selected rows."""
        if self.cells.keep([line[0][0] for line in self.view.chosen()]):
            self._keep_soon()

    def next_bad(self) -> None:
        """Move to the next cell with a problem or doubt."""
        self._go_to_bad(self.cells.bad_after(*self.view.place(self.view.currentIndex())))

    def _go_to_bad(self, place: Place | None) -> None:
        if place is None:
            self.bar.notify(_("Nothing is wrong."))
            return
        shown = self.columns.shown()
        if place[1] not in shown:
            self.columns.show([*shown, place[1]])
        self.view.go_to(place)

    # ------------------------------------------------------------------------ saving

    def save(self) -> None:
        """Save all rows in one transaction, or none."""
        self.view.finish_typing(lambda: self._save(self.cells.filled()))

    def save_good(self) -> None:
        """Save the rows without problems and doubts; the others stay."""
        self._save([r for r in self.cells.filled() if self.cells.state(r) is CellState.RIGHT])

    def _save(self, numbers: list[int]) -> None:
        if self._saving is not None:
            return
        if not numbers:
            self.bar.hint(_("There is no row to save."))
            return
        rows = [(row, dict(self.cells.rows[row])) for row in numbers]
        remaining = [dict(self.cells.rows[r]) for r in self.cells.filled() if r not in set(numbers)]
        remaining_draft = self.texts(remaining) if remaining else None
        confirmed, period = frozenset(self.cells.kept), self._period
        desk, type_name = self._desk, self._type
        self._soon.stop()

        def work(report: Callable[[int, int], None]) -> list[tuple[int, SavedRecord]]:
            form = form_of(type_name)
            return desk.grid.save_rows(
                type_name, rows, period, confirmed, form, remaining_draft, report
            )

        def done(saved: list[tuple[int, SavedRecord]]) -> None:
            self._end()
            self.cells.start(remaining)
            self._stored = remaining
            self._soon.stop()
            self._saved([record.id for _row, record in saved], len(remaining))

        self._saving = self._tasks.long(work, done, self._refused, self)
        self.view.setEnabled(False)
        self.bar.follow(self._saving, _("Saving…"))

    def _end(self) -> None:
        self._saving = None
        self.view.setEnabled(True)

    def _saved(self, ids: list[str], remaining: int) -> None:
        if not remaining:
            self.left.emit(ids)
            return
        words = ngettext(
            "{count} row saved, {rest} are left to be corrected.",
            "{count} rows saved, {rest} are left to be corrected.",
            len(ids),
        )
        lang = language()
        self.bar.notify(
            words.format(count=format_number(len(ids), lang), rest=format_number(remaining, lang))
        )
        self._go_to_bad(self.cells.first_bad())
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self._end()
        if isinstance(error, RowsRefused):
            self.cells.refuse(error.rows)
            good = sum(self.cells.state(row) is CellState.RIGHT for row in self.cells.filled())
            words = ngettext(
                "Nothing is saved yet: {count} row is wrong.",
                "Nothing is saved yet: {count} rows are wrong.",
                len(error.rows),
            ).format(count=len(error.rows))
            offer = (
                ngettext("Save the {count} good one", "Save the {count} good ones", good).format(
                    count=good
                ),
                self.save_good,
            )
            self.bar.warn(words, *([offer] if good else []))
        elif isinstance(error, RowsDoubtful):
            self.cells.ask(error.rows)
            words = ngettext(
                "Nothing is saved yet: {count} row looks doubtful.",
                "Nothing is saved yet: {count} rows look doubtful.",
                len(error.rows),
            )
            rows = set(error.rows)
            self.bar.warn(
                words.format(count=len(rows)),
                (_("Keep all and save"), lambda: self._keep_all(rows)),
            )
        else:
            self._failed(error)
            self._clear_erased()
            return
        self._go_to_bad(self.cells.first_bad())

    def _keep_all(self, rows: set[int]) -> None:
        self.cells.keep(rows)
        self.save()

    def leave(self) -> None:
        """Go back to the list; the draft is kept."""
        self.keep_now()
        self.left.emit([])


def _without_taken(typed: Rows, stored: Rows, current: Rows) -> Rows:
    """The typed rows without the cells that were stored and are no longer in the current draft; a
    cell that was typed over meanwhile stays."""
    none: dict[str, str] = {}
    removed = (
        {key: before[key] for key in before.keys() - after.keys()}
        for before, after in zip(stored, current, strict=False)
    )
    pairs = zip(typed, chain(removed, repeat(none)), strict=False)
    return [
        {key: text for key, text in row.items() if cells.get(key) != text} for row, cells in pairs
    ]
