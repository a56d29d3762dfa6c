"""The page of one record type: its list beside its form."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from borderdesk.db.listing import Sort
from borderdesk.desk import Desk, Saved
from borderdesk.drafts import Kept
from borderdesk.errors import UserError
from borderdesk.i18n import N_, _, language
from borderdesk.records import ALL_TYPES
from borderdesk.shown import show_number
from ui.actions import bind, button
from ui.draft import Draft
from ui.keeping import Keeper, age
from ui.list_filter import ListFilter
from ui.messages import MessageBar
from ui.pages import Page
from ui.style import named
from ui.table_model import RecordTable
from ui.tasks import Job, Runner

T = TypeVar("T")

if TYPE_CHECKING:
    from ui.record_form import RecordForm

REASON = N_("Deleted in the window")
ROW_HEIGHT = 1.9


class StandIn(QWidget):
    """Where the form will be: it is made once the list beside it is on the screen."""

    painted = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell that the page is on the screen."""
        super().paintEvent(event)
        self.painted.emit()


class RecordPage(Page):
    """List and form of one type; `changed` when its form becomes or ceases to be unsaved."""

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._type = type_name
        self._wanted = ""
        self._counting: Job | None = None
        self._deleted = ""
        self.filter = ListFilter(desk, type_name)
        self.bar = MessageBar()
        self.table = RecordTable(desk, type_name, tasks)
        self.view = self._view()
        self.count = named(QLabel(), "count")
        self.empty = named(QLabel(), "muted")
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        self.table.start(self.filter.value())

    @cached_property
    def form(self) -> "RecordForm":
        """The form, made when it is first needed."""
        from ui.record_form import RecordForm

        form = RecordForm(self._desk, self._type, self._ask_aside)
        form.escaped.connect(self.put_back)
        self.parked = button(bind(self, "drafts", self.show_parked), flat=True)
        self.parked.hide()
        form.set_buttons(
            self.parked, button(self._saving), button(self._going_on, main=True, keys=True)
        )
        self.keeper = Keeper(form, self._desk, self._tasks, self._failed)
        self.keeper.told.connect(lambda text: form.state.setText(text or self._form_words()))
        self.splitter.replaceWidget(1, form)
        self._stand_in.deleteLater()
        # At once, for the next key would begin another draft in its place.
        kept = self._desk.drafts.open_draft(self._type)
        if kept is not None:
            form.restore(form.draft_of(kept.texts))
            self.keeper.opened()
        form.changed.connect(self._form_changed)
        QTimer.singleShot(0, self, lambda: self._tell_of_draft(kept))
        return form

    def _ask_aside(self, work: Callable[[], T], done: Callable[[T], None], owner: QObject) -> Job:
        return self._tasks.run(work, done, self._failed, owner)

    def _form_words(self) -> str:
        return "" if self.form.record else _("New record")

    # ------------------------------------------------------------------ building

    def _view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setAccessibleName(_("List: {title}").format(title=_(ALL_TYPES[self._type].title)))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setTabKeyNavigation(False)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        digit = view.fontMetrics().horizontalAdvance("0")
        view.verticalHeader().setDefaultSectionSize(int(view.fontMetrics().height() * ROW_HEIGHT))
        header = view.horizontalHeader()
        header.setAccessibleName(_("Columns"))
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(digit * 5)
        for column in range(self.table.columnCount()):
            label = str(self.table.headerData(column, Qt.Orientation.Horizontal))
            words = header.fontMetrics().horizontalAdvance(label) + digit * 4
            header.resizeSection(column, max(self.table.width_in_digits(column) * digit, words))
        order = self.table.order
        way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.setSortIndicator(self.table.keys.index(order.key), way)
        return view

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 12, 8)
        outer.setSpacing(8)
        outer.addWidget(self.filter)
        outer.addLayout(self._actions())
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.count)
        self._stand_in = StandIn()
        self._stand_in.painted.connect(lambda: QTimer.singleShot(1, self, lambda: self.form))
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._stand_in)
        self.splitter.setSizes([560, 520])
        self.splitter.setStretchFactor(0, 1)
        outer.addWidget(self.splitter, 1)

    def _actions(self) -> QHBoxLayout:
        self.add = button(bind(self, "add", self.begin), main=True, keys=True)
        self.deleting = bind(self, "delete", self.delete, self.view)
        self.deleting.setEnabled(False)
        self.remove = button(self.deleting, flat=True)
        self.copying = button(bind(self, "duplicate", self.duplicate), flat=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addWidget(self.copying)
        row.addWidget(self.remove)
        row.addWidget(self.bar, 1)
        row.addStretch(0)
        return row

    def _connect(self) -> None:
        self._saving = bind(self, "save", self.save)
        self._going_on = bind(self, "save_next", self.save_and_next)
        bind(self, "keep_doubts", lambda: self.form.keep_doubts())
        bind(self, "fill_stretch", lambda: self.form.fill_stretch())
        bind(self, "times_days", lambda: self.form.times_days())
        bind(self, "park", self.park)
        bind(self, "search", self.filter.begin_search)
        bind(self, "undo", self.undo)
        bind(self, "refresh", self.refresh)
        self.filter.changed.connect(self.refresh)
        self.table.arrived.connect(self._arrived)
        self.table.failed.connect(self._failed)
        self.view.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)

    # --------------------------------------------------------------------- the list

    def refresh(self) -> None:
        """Read the list anew."""
        self.table.ask(self.filter.value(), self.table.order)

    def _sort(self, column: int, way: Qt.SortOrder) -> None:
        key = self.table.keys[column]
        self.table.ask(self.filter.value(), Sort(key, way == Qt.SortOrder.DescendingOrder))

    def _arrived(self) -> None:
        there = bool(self.table.lines)
        if not there and self.view.hasFocus():
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setVisible(there)
        self.empty.setVisible(not there)
        self.empty.setText("" if there else self._empty_words())
        if self._wanted:
            self._mark(self._wanted)
            self._wanted = ""
        elif self._has_form and self.form.record:
            self._mark(self.form.record)
        if self._counting is not None:
            self._counting.forget()
        chosen = self.table.chosen
        self._counting = self._tasks.run(
            lambda: self._desk.count(self._type, chosen), self._counted, self._failed, self
        )

    def _counted(self, number: int) -> None:
        self._counting = None
        words = _("1 row") if number == 1 else _("{count} rows")
        self.count.setText(words.format(count=show_number(number, language())))

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return self._has_form and self._counting is None and self.table.idle()

    def _empty_words(self) -> str:
        if self.filter.search.text().strip():
            return _("Nothing is found by these words. Choose a longer period or other words.")
        return _("Nothing here for this choice. Press Ctrl+N to add the first record.")

    def _failed(self, error: Exception) -> None:
        self._counting = None
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def _mark(self, record: str) -> None:
        """Choose a record's row without loading it again."""
        row = self.table.row_of(record)
        self._choose_row(row)
        if row >= 0:
            self.view.scrollTo(self.table.index(row, 0))

    def _choose_row(self, row: int) -> None:
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        index = self.table.index(row, 0) if row >= 0 else QModelIndex()
        if row < 0:
            selection.clear()
        else:
            selection.setCurrentIndex(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        selection.blockSignals(False)
        self.view.viewport().update()

    def _row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not current.isValid():
            return
        record = self.table.lines[current.row()].id
        if record != self.form.record:
            self._guarded(lambda: self.open(record))

    # --------------------------------------------------------------------- the form

    def open(self, record: str) -> None:
        """Show a record in the form."""
        try:
            self.form.load(record)
        except UserError as error:
            self.bar.warn(error)
            self.refresh()
            return
        self._mark(record)

    def begin(self) -> None:
        """Begin a new record."""
        self._guarded(self._begin)

    def _begin(self) -> None:
        self.bar.clear()
        self.form.blank()
        self._choose_row(-1)
        self.form.begin()

    def save(self) -> bool:
        """Save the form; False when something is wrong with it."""
        saved = self._save()
        if saved is None:
            return False
        if saved.id:
            self._wanted = saved.id
            self.form.load(saved.id)
        return True

    def save_and_next(self) -> None:
        """Save the form and begin the next record with the values that stay."""
        if not self.form.dirty and not self.form.record:
            self.form.begin()
            return
        if self._save() is not None:
            self.form.blank()
            self._choose_row(-1)
            self.form.begin()

    def _save(self) -> Saved | None:
        """Write the form; None when something is wrong, a blank id when there was nothing to."""
        if not self.form.dirty:
            self.bar.say(_("Nothing was changed."))
            return Saved("", "", {})
        day = self.form.event_day
        try:
            saved = self.form.save(self._write)
        except UserError as error:
            self.bar.warn(error)
            return None
        if saved is None:
            self.bar.warn(_("Not saved yet: see what is said beside the fields."))
            return None
        self.keeper.saved()
        self._tasks.later(self.form.memory.write, lambda _none: None, self._failed, self)
        self.refresh()
        inside = day is None or self.filter.covers(day)
        outside = _("Saved. It lies outside the period the list shows.")
        self.bar.say(_("Saved.") if inside else outside)
        return saved

    def _write(self, work: Callable[[], T]) -> T:
        return self._tasks.write(
            work, lambda: self.bar.say(_("Saving; another program is writing to the desk."))
        )

    def _form_changed(self) -> None:
        self.deleting.setEnabled(bool(self.form.record))
        self.changed.emit()

    @property
    def _has_form(self) -> bool:
        return "form" in vars(self)

    @property
    def dirty(self) -> bool:
        """Whether the form holds what is not saved."""
        return self._has_form and self.form.dirty

    def draft(self) -> Draft | None:
        """What is not saved, for a page in another language."""
        return self.form.draft() if self.dirty else None

    def restore(self, draft: Draft) -> None:
        """Put unsaved text back."""
        self.form.restore(draft)
        self._mark(draft.record)

    # --------------------------------------------------------------------- drafts

    def _guarded(self, then: Callable[[], None]) -> None:
        """Do something that would empty the form; what stands in it is put aside, not lost."""
        if not self.form.dirty:
            then()
            return
        self.keeper.park(self._write)
        (kept, *_older) = [d for d in self._desk.drafts.drafts(self._type) if d.parked]
        # The selection has not settled while its own signal is being told.
        QTimer.singleShot(0, self, then)
        QTimer.singleShot(
            0, self,
            lambda: self.bar.say(
                _("What you were typing was put aside as a draft."),
                (_("Take it up again"), lambda: self.take_up(kept.id)),
                (_("Close"), self.bar.clear),
            ),
        )  # fmt: skip
        QTimer.singleShot(0, self, self._count_parked)

    def _tell_of_draft(self, kept: Kept | None) -> None:
        """Say that what stood in the form when the window closed, or died, stands there again."""
        self._count_parked()
        if kept is None:
            return
        self._mark(self.form.record)
        words = _("A draft of {time} is open again as it was.")
        self.bar.say(
            words.format(time=age(kept, self._desk.today())),
            (_("Go on"), self._go_on),
            (_("Put aside"), self.park),
            (_("Throw away"), self.put_back),
        )

    def _go_on(self) -> None:
        self.form.begin()

    def park(self) -> None:
        """Put the draft in the form aside and begin another."""
        self._guarded(self._begin)

    def _count_parked(self) -> None:
        parked = [d for d in self._desk.drafts.drafts(self._type) if d.parked]
        self.parked.setVisible(bool(parked))
        self.parked.setText(_("Drafts put aside: {count}").format(count=len(parked)))

    def show_parked(self) -> None:
        """Offer the drafts put aside; the chosen one is taken up."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kept in self._desk.drafts.drafts(self._type):
            if kept.parked:
                words = f"{age(kept, self._desk.today())}   {self._gist(kept)}"
                menu.addAction(words).triggered.connect(self._taker(kept.id))
        if menu.isEmpty():
            self.bar.say(_("There are no drafts put aside."))
            return
        menu.popup(self.parked.mapToGlobal(self.parked.rect().topLeft()))

    def _taker(self, draft: str) -> Callable[[], None]:
        return lambda: self.take_up(draft)

    def _gist(self, kept: Kept) -> str:
        """What a draft is about: its first few values."""
        typed = {k: raw for k, raw in kept.texts["raws"].items() if raw and isinstance(raw, str)}
        checked = self._desk.check(self._type, typed).values
        columns, book = ALL_TYPES[self._type].columns(), self._desk.book
        shown = [columns[k].show(checked[k], book) for k in columns if checked.get(k)]
        return " · ".join(shown[:3])

    def take_up(self, draft: str) -> None:
        """Open a draft put aside; what stands in the form is put aside in its place."""
        self.keeper.take_up(draft, self._write)
        kept = self._desk.drafts.open_draft(self._type)
        assert kept is not None
        self.bar.clear()
        self.form.restore(self.form.draft_of(kept.texts))
        self.keeper.opened()
        self._mark(self.form.record)
        self._count_parked()
        self.form.begin()

    def put_back(self) -> None:
        """Throw away what is typed and not saved; the bar offers it back."""
        if not self.form.dirty:
            self.bar.clear()
            return
        thrown = self.form.draft()
        self.form.discard()
        self.bar.say(
            _("What was typed is thrown away."),
            (_("Take it back"), lambda: self._take_back(thrown)),
            (_("Close"), self.bar.clear),
        )

    def _take_back(self, thrown: Draft) -> None:
        self.restore(thrown)
        self.form.begin()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period, kind: what the list shows; record: opened; draft: taken up; new: begun."""
        if self.filter.choose(intent):
            self.refresh()
        if "record" in intent:
            self._wanted = intent["record"]
            self._guarded(lambda: self.open(intent["record"]))
        if "draft" in intent:
            self.take_up(intent["draft"])
        if "new" in intent:
            self.begin()

    def keep_now(self) -> None:
        """Keep what stands in the form, for the window closes."""
        if self._has_form:
            self.keeper.keep_now()

    def duplicate(self) -> None:
        """Begin a new record with the values of the one in the form."""
        if not self.form.record:
            self.bar.say(_("Choose a record in the list first."))
            return
        copied = self.form.draft()
        self._guarded(lambda: self._copy(copied))

    def _copy(self, copied: Draft) -> None:
        self.form.restore(copied)
        self.form.duplicate()
        self._choose_row(-1)
        self.form.begin()

    # --------------------------------------------------------------------- deleting

    def delete(self) -> None:
        """Delete the record in the form; the bar offers to undo it."""
        if self.form.record:
            self._guarded(self._delete)

    def _delete(self) -> None:
        record = self.form.record
        try:
            self._write(lambda: self._desk.delete_record(self._type, record, _(REASON)))
        except UserError as error:
            self.bar.warn(error)
            return
        self._deleted = record
        self.form.blank()
        self._choose_row(-1)
        self.refresh()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bar.say(_("Deleted."), (_("Undo   Ctrl+Z"), self.undo))

    def undo(self) -> None:
        """Take the last deletion back."""
        if not self._deleted:
            return
        record, self._deleted = self._deleted, ""
        try:
            self._write(lambda: self._desk.undelete_record(self._type, record))
        except UserError as error:
            self.bar.warn(error)
            return
        self._wanted = record
        self.refresh()
        self.bar.say(_("The deletion is undone."))
        if not self.form.dirty:
            self.form.load(record)
