"""Panel of one ledger: load, search, edit, and save as a whole."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.progress import Progress
from borderdesk.base.stored_words import stored_words
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.entry.grid import RowReading, RowsRefused
from borderdesk.figures.targets import BaselineTable, ClauseTable, RegulationTable
from borderdesk.ledgers.editor import form_of, next_year, permission_of, row_uses, texts_of
from borderdesk.ledgers.rows import Row, check_rows, columns_of
from borderdesk.ledgers.tables import TARGET_TABLES, ledgers
from borderdesk.schema.settings import SettingTable
from ui.base.plain_text import PlainLabel
from ui.base.rights import RIGHTS, permit
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.base.undo_steps import UndoStep, undo_steps_of
from ui.grid.grid_keys import GridKeys
from ui.grid.grid_model import CellState, GridModel, Place
from ui.grid.grid_view import GridView
from ui.grid.paste_mapping import PasteMapping
from ui.settings.file_rows import file_rows
from ui.settings.ledger_form import LedgerForm
from ui.settings.own_rows import OwnRows
from ui.settings.row_form import RowForm
from ui.settings.settings_form import SettingsForm
from ui.widgets.actions.all_actions import ACTIONS, bind, button
from ui.widgets.editors.draft import DRAFT_PAUSE
from ui.widgets.editors.search_line import SearchLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.final_steps import warn_if_final
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.tabbed_page import SPARE
from ui.widgets.tables.row_choice import FoundRows

FORMS = frozenset(
    table.table_key for table in (SettingTable, ClauseTable, RegulationTable, BaselineTable)
)
"""The ledgers with a form; their grid is shown on request."""
SETTLED = 200
"""Debounce in milliseconds before the uses of the current row are counted."""


class LedgerPanel(DeskPanel):
    """The grid or form of one ledger; changes are a draft until saved."""

    def __init__(self, desk: Desk, name: str, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.name = name
        self._stored: list[Row] = []
        self._job: Job | None = None
        columns = columns_of(desk.book, name)
        self.cells = GridModel(columns, [column.key for column in columns])
        self.cells.signs = frozenset({CellState.WRONG})
        self.cells.refusal = RIGHTS.why_not(permission_of(ledgers()[name]))
        self.view = GridView(self.cells, desk)
        self.form = self._make_form()
        self.middle = (self.view, self.form)
        self.search = SearchLine(_("Search… Ctrl+F"), _("Search"))
        self.usage = named(PlainLabel(), "muted")
        self.problem = named(PlainLabel(), "problem")
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._draft_timer.timeout.connect(self._save_draft)
        self._usage_timer = QTimer(self, singleShot=True, interval=SETTLED)
        self._usage_timer.timeout.connect(self._read_usage)
        self._lay_out()
        self._connect()
        self.load()

    # ------------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(8)
        row = FlowLayout()
        table = ledgers()[self.name]
        writing = [bind(self, "ledger_save", self.save), bind(self, "ledger_remove", self.remove)]
        adding = bind(self, "ledger_add", partial(_begin_row, self))
        if isinstance(self.form, RowForm):
            writing.append(adding)
        if table.yearly is not None:
            writing.append(bind(self, "copy_year", self.copy_year))
        for action in writing:
            permit(action, permission_of(table))
        for action in writing:
            first = action is writing[0]
            row.add(button(action, main=first, keys=first))
        if self.form is not None:
            self.as_table = button(bind(self, "ledger_table", self.turn), flat=True)
            row.add(self.as_table)
        self.files = file_rows(self, self._desk, table)
        if self.files is not None:
            row.add(self.files.button)
        self.undo_all = button(bind(self, "ledger_drop", self.drop), flat=True)
        row.add(self.undo_all)
        row.add_stretch()
        self.search.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 30)
        row.add(self.search)
        outer.addLayout(row)
        self.hint = named(PlainLabel(self.cells.refusal or _(table.hint)), "muted")
        self.hint.setWordWrap(True)
        self.hint.setProperty(SPARE, True)
        outer.addWidget(self.hint)
        self._own = OwnRows(self._desk, self.name, self.cells, self.hint)
        if self.form is not None:
            outer.addWidget(self.form, 1)
            self.view.hide()
        outer.addWidget(self.view, 1)
        for label in (self.problem, self.usage):
            label.setWordWrap(True)
            outer.addWidget(label)
        self.problem.hide()

    def _make_form(self) -> LedgerForm | None:
        if self.name not in FORMS:
            return None
        if self.name == SettingTable.table_key:
            return SettingsForm(self.cells)
        empty = _("Nothing here yet. Ctrl+N begins the first row.")
        return RowForm(self.cells, self._desk, empty)

    @property
    def in_form(self) -> bool:
        """Whether the form is shown instead of the grid."""
        return self.form is not None and not self.form.isHidden()

    def turn(self) -> None:
        """Switch between form and grid."""
        form = self.in_form
        self.view.finish_typing(lambda: None)
        if self.form is not None:
            self.form.setVisible(not form)
        self.view.setVisible(form)
        table = ACTIONS["ledger_table"].name
        self.as_table.setText(_("As a form") if form else _(table))
        (self.view if form else self.search).setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_problem()

    def _connect(self) -> None:
        mapping = PasteMapping(
            self, self.cells, self.bar, self._desk, self._tasks, f"ledger:{self.name}"
        )
        self.keys = GridKeys(
            self, self.view, self.bar, lambda _keys: None, mapping, before=self._undo_last
        )
        bind(self, "grid_next", self.next_bad, self.view)
        bind(self, "ledger_find", self.search.setFocus)
        self.search.seen.connect(self._filter)
        FoundRows(self.search, self.view)
        if isinstance(self.form, RowForm):
            FoundRows(self.search, self.form.table)
        self.cells.typed.connect(self._typed)
        self.cells.messages_changed.connect(self._show_problem)
        self.view.typing.connect(self._save_draft_soon)
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)
        self.view.selectionModel().currentChanged.connect(lambda *_places: self._show_problem())

    # ------------------------------------------------------------------------- reading

    def load(self) -> None:
        """Load the ledger as stored, or its draft."""
        draft = self._desk.drafts.open_draft(form_of(self.name))
        if draft is not None:
            self._stored = draft.texts["seen"]
            self.cells.start(draft.texts["rows"])
            self.bar.notify(
                _("These changes are not saved yet: they are a draft."), (_("Drop"), self.drop)
            )
        else:
            self._stored = self._desk.ledgers.rows(self.name)
            self.cells.start(self._stored)
        self._draft_timer.stop()
        self.undo_all.setEnabled(self.dirty)
        self._own.read(self, self._stored)
        self.view.fit_columns()
        self.view.setAccessibleName(_(ledgers()[self.name].title))
        self.changed.emit()

    def refresh(self) -> None:
        """Load again, unless there are unsaved changes."""
        if not self.dirty:
            self.load()

    def _typed(self, rows: set[int]) -> None:
        changed = {row: dict(self.cells.rows[row]) for row in rows if self._is_changed(row)}
        self.undo_all.setEnabled(self.dirty)
        self._save_draft_soon()
        self.changed.emit()
        if not changed:
            return
        desk, name = self._desk, self.name

        def done(answers: list[RowReading]) -> None:
            for (row, cells), checked in zip(changed.items(), answers, strict=True):
                self.cells.receive(row, cells, checked)
            self._show_problem()

        self.ask(lambda: check_rows(desk, name, changed.values()), done)

    def _is_changed(self, row: int) -> bool:
        cells = self.cells.rows[row]
        return bool(cells) and (row >= len(self._stored) or cells != self._stored[row])

    def idle(self) -> bool:
        """Whether nothing is being read or saved, and the draft is written."""
        return super().idle() and not self._draft_timer.isActive() and self._job is None

    def _show_problem(self) -> None:
        """Show the problem of the current cell."""
        at = self.view.currentIndex()
        marked = at.isValid() and not self.in_form
        problem = self.cells.cell_message(*self.view.place(at)) if marked else ""
        if problem:
            problem = f"✗ {self.cells.every[self.view.place(at)[1]].label}: {problem}"
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _filter(self, typed: str) -> None:
        """Show only the rows that contain every word typed."""
        words = fold(typed).split()
        if self.form is not None:
            self.form.filter(typed)
        for row, cells in enumerate(self.cells.rows):
            text = fold(" ".join(cells.values()))
            self.view.setRowHidden(row, not all(word in text for word in words))

    # ---------------------------------------------------------------------------- usage

    def _row_changed(self) -> None:
        self.usage.clear()
        self._usage_timer.start()

    def _read_usage(self) -> None:
        """Count the records that refer to the current row."""
        row = self.view.currentIndex().row()
        if not 0 <= row < len(self._stored):
            return
        desk, name, cells = self._desk, self.name, self._stored[row]

        def done(uses: Counter[str]) -> None:
            lang = language()
            parts = [f"{title} {format_number(n, lang)}" for title, n in uses.most_common()]
            words = ngettext(
                "Named by {count} record: {where}",
                "Named by {count} records: {where}",
                uses.total(),
            )
            count = format_number(uses.total(), lang)
            self.usage.setText(words.format(count=count, where=", ".join(parts)) if parts else "")

        self.read(lambda: row_uses(desk, name, cells), done)

    # ------------------------------------------------------------------------ the draft

    @property
    def dirty(self) -> bool:
        """Whether there are unsaved changes."""
        return self.view.typed_rows() != self._stored

    def _save_draft_soon(self) -> None:
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    def _save_draft(self) -> None:
        drafts, form = self._desk.drafts, form_of(self.name)
        rows, stored = self.view.typed_rows(), self._stored

        def work() -> None:
            if rows != stored:
                drafts.keep_draft(form, texts_of(rows, stored))
            else:
                drafts.drop_draft(form)

        self.write(work, lambda _none: None)

    def keep_now(self) -> None:
        """Save the draft at once."""
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self._save_draft()

    # -------------------------------------------------------------------------- actions

    def remove(self) -> None:
        """Clear the selected rows; saving checks whether they can be removed."""
        lines = [line[0][0] for line in self.view.chosen()]
        rows = self.form.chosen() if self.form is not None and self.in_form else lines
        self.cells.write({(row, key): "" for row in rows for key in self.cells.every})

    def next_bad(self) -> None:
        """Move to the next cell with a problem."""
        self._go_to_bad(self.cells.bad_after(*self.view.place(self.view.currentIndex())))

    def _go_to_bad(self, place: Place | None) -> None:
        if place is None:
            self.bar.notify(_("Nothing is wrong."))
        elif self.form is not None and self.in_form:
            self.form.judge_all(place[0])
        else:
            self.view.go_to(place)

    def copy_year(self) -> None:
        """Append copies of the newest year's rows for the next year, unsaved."""
        yearly = ledgers()[self.name].yearly
        assert yearly is not None
        year, copied = next_year(yearly, [cells for cells in self.cells.rows if cells])
        if not copied:
            self.bar.hint(_("There is no year to copy."))
            return
        first = len(self.view.typed_rows())
        self.cells.write(
            {
                (first + down, key): text
                for down, cells in enumerate(copied)
                for key, text in cells.items()
            }
        )
        if self.form is not None and self.in_form:
            self.form.show_cell(first, yearly.anew)
        else:
            self.view.go_to((first, yearly.anew))
        words = ngettext(
            "{count} target copied to {year}. It counts once it is saved.",
            "{count} targets copied to {year}. They count once they are saved.",
            len(copied),
        )
        self.bar.notify(words.format(count=len(copied), year=year))

    def drop(self) -> None:
        """Discard all changes since the last save, as a step that can be undone."""
        self._draft_timer.stop()
        desk, form, dirty = self._desk, form_of(self.name), self.dirty
        texts = texts_of(self.view.typed_rows(), self._stored)

        def done(_none: None) -> None:
            self.bar.clear()
            self.load()
            if dirty:
                words = _("What was not saved is put back.")
                self._push_step(words, lambda _report: desk.drafts.keep_draft(form, texts))
                self.bar.notify(words, (_("Undo   Ctrl+Z"), self.take_back))

        self.write(lambda: desk.drafts.drop_draft(form), done)

    def save(self) -> None:
        """Save the whole ledger in one transaction."""
        self.view.finish_typing(self._save)

    def _save(self) -> None:
        if self._job is not None:
            return
        if not self.dirty:
            self.bar.hint(_("Nothing was changed."))
            return
        self._draft_timer.stop()
        rows = [(number, dict(cells)) for number, cells in enumerate(self.cells.rows) if cells]
        desk, name, stored = self._desk, self.name, self._stored

        def done(changed: int) -> None:
            self._job = None
            self.load()
            template = ngettext("{count} row saved.", "{count} rows saved.", changed)
            words = template.format(count=format_number(changed, language()))
            self._push_step(words, _restoring(desk, name, stored, self._stored))
            self.bar.notify(words, (_("Undo   Ctrl+Z"), self.take_back))

        self._job = self._tasks.later(
            lambda: desk.ledgers.save(name, stored, rows, form_of(name)),
            done,
            self._refused,
            self,
        )

    def _push_step(self, words: str, work: Callable[[Progress], object]) -> None:
        """Push an undo step."""
        table, intent = ledgers()[self.name], {"ledger": self.name}
        page = "targets" if table in TARGET_TABLES else "settings"
        step = UndoStep(page, table.title, stored_words(words), work, intent=intent)
        undo_steps_of(self._tasks).push(step)

    def _undo_last(self) -> None:
        """Undo the newest step of the window, on whatever page it was."""
        steps = undo_steps_of(self._tasks)
        if warn_if_final(steps, self.bar, self._undo_last):
            return
        step = steps.newest()
        if step is None:
            self.bar.hint(_("There is nothing to take back."))
        elif step.intent.get("ledger") == self.name:
            self.take_back()
        else:
            self.page_wanted.emit(step.page, {**step.intent, "undo": True})

    def take_back(self) -> None:
        """Undo the newest step if it is the save of this ledger."""
        step = undo_steps_of(self._tasks).newest()
        if step is None or step.intent.get("ledger") != self.name or self._job is not None:
            return

        def done(_none: object) -> None:
            self._job = None
            self.load()
            self.bar.notify(_("Taken back: {what}").format(what=step.words))

        undo_steps_of(self._tasks).pop()
        work = lambda: step.work(lambda _done, _whole: None)  # noqa: E731
        self._job = self._tasks.later(work, done, self._refused, self)

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


def _restoring(
    desk: Desk, name: str, before: list[Row], after: list[Row]
) -> Callable[[Progress], object]:
    """The undo of a save: saves the former rows, unless they were changed since."""
    rows = [(number, dict(cells)) for number, cells in enumerate(before)]
    return lambda _report: desk.ledgers.save(name, after, rows, form_of(name))


def _begin_row(panel: LedgerPanel) -> None:
    """Begin a new row in form or grid."""
    if not panel.in_form:
        panel.search.clear()
        panel.view.go_to_free()
    elif isinstance(panel.form, RowForm):
        panel.form.begin()
