"""One ledger as a table: read, found in, changed, and saved as a whole."""

import functools
from collections import Counter

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_number
from borderdesk.base.i18n import _, language
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.entry.grid import Checked, RowsRefused
from borderdesk.ledgers.ledgers import (
    LEDGERS,
    Row,
    check_rows,
    columns_of,
    form_of,
    ledger,
    next_year,
    texts_of,
    uses,
)
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.grid.grid_keys import GridKeys
from ui.grid.grid_model import CellState, GridModel, Place
from ui.grid.grid_view import GridView
from ui.widgets.actions import bind, button
from ui.widgets.draft import DRAFT_PAUSE
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar

CLAUSES = "clauses"
SETTLED = 200
"""Milliseconds on a row before it is asked who uses it."""


class LedgerPanel(QWidget):
    """The table of one ledger; its changes are a draft until they are saved."""

    changed = Signal()

    def __init__(self, desk: Desk, name: str, tasks: Runner, bar: MessageBar) -> None:
        super().__init__()
        self._desk = desk
        self.name = name
        self._tasks = tasks
        self.bar = bar
        self._seen: list[Row] = []
        self._job: Job | None = None
        self._asking: Job | None = None
        self._waiting = 0
        columns = columns_of(desk.book, name)
        self.cells = GridModel(columns, [column.key for column in columns])
        self.cells.signs = frozenset({CellState.WRONG})
        self.view = GridView(self.cells, desk)
        self.search = QLineEdit()
        self.used = named(QLabel(), "muted")
        self.words = named(QLabel(), "problem")
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._soon.timeout.connect(self._keep)
        self._ask_soon = QTimer(self, singleShot=True, interval=SETTLED)
        self._ask_soon.timeout.connect(self._ask)
        self._lay_out()
        self._connect()
        self.read()

    # ------------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(8)
        row = FlowLayout()
        row.add(button(bind(self, "ledger_save", self.save), main=True, keys=True))
        row.add(button(bind(self, "ledger_remove", self.remove)))
        if self.name == CLAUSES:
            row.add(button(bind(self, "copy_year", self.copy_year)))
        self.undo_all = button(bind(self, "ledger_drop", self.drop), flat=True)
        row.add(self.undo_all)
        row.add_stretch()
        self.search.setPlaceholderText(_("Search… Ctrl+F"))
        self.search.setAccessibleName(_("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 30)
        row.add(self.search)
        outer.addLayout(row)
        hint = named(QLabel(_(ledger(self._desk.book, self.name).hint)), "muted")
        hint.setWordWrap(True)
        outer.addWidget(hint)
        outer.addWidget(self.view, 1)
        for label in (self.words, self.used):
            label.setWordWrap(True)
            outer.addWidget(label)
        self.words.hide()

    def _connect(self) -> None:
        self.keys = GridKeys(self, self.view, self.bar, lambda _keys: None)
        bind(self, "grid_next", self.next_bad, self.view)
        bind(self, "ledger_find", self.search.setFocus)
        self.search.textEdited.connect(self._narrow)
        self.cells.typed.connect(self._typed)
        self.cells.judged.connect(self._say)
        self.view.typing.connect(self._keep_soon)
        self.view.selectionModel().currentRowChanged.connect(self._moved)
        self.view.selectionModel().currentChanged.connect(lambda *_moved: self._say())

    # ------------------------------------------------------------------------- reading

    def read(self) -> None:
        """Show the ledger as it is kept, or as a draft of it was left."""
        kept = self._desk.drafts.open_draft(form_of(self.name))
        if kept is not None:
            self._seen = kept.texts["seen"]
            self.cells.start(kept.texts["rows"])
            self.bar.notify(
                _("These changes are not saved yet: they are a draft."), (_("Drop"), self.drop)
            )
        else:
            self._seen = self._desk.ledgers.rows(self.name)
            self.cells.start(self._seen)
        self._soon.stop()
        self.undo_all.setEnabled(self.dirty)
        self.view.fit_columns()
        self.view.setAccessibleName(_(LEDGERS[self.name]))
        self.changed.emit()

    def refresh(self) -> None:
        """Read anew, unless there is something to lose."""
        if not self.dirty:
            self.read()

    def _typed(self, rows: set[int]) -> None:
        taken = {row: dict(self.cells.rows[row]) for row in rows if self._touched(row)}
        self.undo_all.setEnabled(self.dirty)
        self._keep_soon()
        self.changed.emit()
        if not taken:
            return
        desk, name = self._desk, self.name

        def done(answers: list[Checked]) -> None:
            self._waiting -= 1
            for (row, cells), checked in zip(taken.items(), answers, strict=True):
                self.cells.receive(row, cells, checked)
            self._say()

        self._waiting += 1
        self._tasks.run(lambda: check_rows(desk, name, taken.values()), done, self._failed, self)

    def _touched(self, row: int) -> bool:
        cells = self.cells.rows[row]
        return bool(cells) and (row >= len(self._seen) or cells != self._seen[row])

    def _failed(self, error: Exception) -> None:
        self._waiting = max(self._waiting - 1, 0)
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return not self._waiting and not self._soon.isActive() and self._job is None

    def _say(self) -> None:
        at = self.view.currentIndex()
        said = self.cells.said_of(*self.view.place(at)) if at.isValid() else ""
        if said:
            said = f"✗ {self.cells.every[self.view.place(at)[1]].label}: {said}"
        self.words.setText(said)
        self.words.setVisible(bool(said))

    def _narrow(self, typed: str) -> None:
        """Show the rows that hold every word typed."""
        words = fold(typed).split()
        for row, cells in enumerate(self.cells.rows):
            text = fold(" ".join(cells.values()))
            self.view.setRowHidden(row, not all(word in text for word in words))

    # ---------------------------------------------------------------------- who uses it

    def _moved(self) -> None:
        self.used.clear()
        self._ask_soon.start()

    def _ask(self) -> None:
        row = self.view.currentIndex().row()
        if not 0 <= row < len(self._seen):
            return
        desk, name, cells = self._desk, self.name, self._seen[row]

        def done(found: Counter[str]) -> None:
            self._asking = None
            lang = language()
            parts = [f"{title} {show_number(n, lang)}" for title, n in found.most_common()]
            words = _("Named by {count} records: {where}")
            count = show_number(found.total(), lang)
            self.used.setText(words.format(count=count, where=", ".join(parts)) if parts else "")

        if self._asking is not None:
            self._asking.forget()
        self._asking = self._tasks.run(lambda: uses(desk, name, cells), done, self._failed, self)

    # ------------------------------------------------------------------------ the draft

    @property
    def dirty(self) -> bool:
        """Whether it holds what is not saved."""
        return self._used_rows() != self._seen

    def _used_rows(self) -> list[Row]:
        rows = [dict(cells) for cells in self.cells.rows]
        for (row, key), text in self.view.unfinished.items():
            rows[row][key] = text
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def _keep_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _keep(self) -> None:
        drafts, form = self._desk.drafts, form_of(self.name)
        rows, seen = self._used_rows(), self._seen
        act = (
            functools.partial(drafts.keep_draft, form, texts_of(rows, seen))
            if rows != seen
            else functools.partial(drafts.drop_draft, form)
        )

        def done(_none: None) -> None:
            self._waiting -= 1

        self._waiting += 1
        self._tasks.later(act, done, self._failed, self)

    def keep_now(self) -> None:
        """Keep what is typed before the window closes."""
        if self._soon.isActive():
            self._soon.stop()
            self._keep()

    # ---------------------------------------------------------------------------- keys

    def remove(self) -> None:
        """Take the chosen rows out; saving says whether they may go."""
        self.cells.write(
            {(line[0][0], key): "" for line in self.view.chosen() for key in self.cells.every}
        )

    def next_bad(self) -> None:
        """Go to the next cell that is wrong."""
        self._go_to_bad(self.cells.bad_after(*self.view.place(self.view.currentIndex())))

    def _go_to_bad(self, place: Place | None) -> None:
        if place is None:
            self.bar.notify(_("Nothing is wrong."))
        else:
            self.view.go_to(place)

    def copy_year(self) -> None:
        """Copy the newest year's clauses to the year after it, below, as a draft."""
        rows = [cells for cells in self.cells.rows if cells]
        years = [int(cells["year"]) for cells in rows if cells.get("year", "").isdecimal()]
        if not years:
            self.bar.notify(_("There is no year to copy."))
            return
        first = len(self._used_rows())
        copied = next_year(rows, max(years))
        self.cells.write(
            {
                (first + down, key): text
                for down, cells in enumerate(copied)
                for key, text in cells.items()
            }
        )
        self.view.go_to((first, "value"))
        words = _("{count} targets copied to {year}. They count once they are saved.")
        self.bar.notify(words.format(count=len(copied), year=max(years) + 1))

    def drop(self) -> None:
        """Put the table back as it is kept."""
        self._soon.stop()
        desk, form = self._desk, form_of(self.name)

        def done(_none: None) -> None:
            self._waiting -= 1
            self.bar.clear()
            self.read()

        self._waiting += 1
        self._tasks.later(lambda: desk.drafts.drop_draft(form), done, self._failed, self)

    def save(self) -> None:
        """Save the whole table, or nothing of it."""
        self.view.finish_typing(self._save)

    def _save(self) -> None:
        if self._job is not None:
            return
        if not self.dirty:
            self.bar.notify(_("Nothing was changed."))
            return
        self._soon.stop()
        rows = [(number, dict(cells)) for number, cells in enumerate(self.cells.rows) if cells]
        desk, name, seen = self._desk, self.name, self._seen

        def done(changed: int) -> None:
            self._job = None
            self.read()
            words = _("{count} rows saved.")
            self.bar.notify(words.format(count=show_number(changed, language())))

        self._job = self._tasks.later(
            lambda: desk.ledgers.save_ledger(name, seen, rows, form_of(name)),
            done,
            self._refused,
            self,
        )

    def _refused(self, error: Exception) -> None:
        self._job = None
        if isinstance(error, RowsRefused):
            self.cells.refuse(error.rows)
            self.bar.warn(error)
            self._go_to_bad(self.cells.first_bad())
        elif isinstance(error, UserError):
            self.bar.warn(error, (_("Put back"), self.drop))
        else:
            raise error
