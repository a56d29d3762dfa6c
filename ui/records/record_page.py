"""The page of one record type: its list beside its form."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import KeptElsewhere, UserError
from borderdesk.base.formats import show_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.schema.record import Record
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.drafts import StoredDraft
from borderdesk.store.listing import Filter
from ui.base.style import named
from ui.base.tasks import Job, Runner, Work
from ui.records.draft_keeper import DraftKeeper, age
from ui.records.record_list import RecordList
from ui.widgets.actions import bind, button
from ui.widgets.draft import FormDraft
from ui.widgets.files import ask_where
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.page import Page
from ui.widgets.period_chooser import first_period

T = TypeVar("T")

if TYPE_CHECKING:
    from borderdesk.entry import differences
    from borderdesk.reports import list_files
    from ui.grid import grid_panel
    from ui.records import history_window, list_filter, record_form
else:
    # The list is painted first; choosers, form and the rest come after it.
    differences = lazy_module("borderdesk.entry.differences")
    list_files = lazy_module("borderdesk.reports.list_files")
    grid_panel = lazy_module("ui.grid.grid_panel")
    history_window = lazy_module("ui.records.history_window")
    list_filter = lazy_module("ui.records.list_filter")
    record_form = lazy_module("ui.records.record_form")

PADDING = 14
"""How much higher a chooser is than its text."""
NARROW = 90
"""A page of fewer digits than this has no room for list and form side by side."""
LEAST_LINES, GAP = 16, 8
"""So many lines a list has at least above its form, and the room around what is scrolled to."""
SIDE_BY_SIDE, ABOVE_POSTS = [590, 495], [665, 420]
"""List and form at first, in pixels of a window as wide as it is made; lists have a column more
where records are of several posts."""
SPLIT, SETTLED = "splitter", 600
"""Where list and form part is remembered, so many milliseconds after the last move."""
REASON = N_("Deleted in the window")


class RecordPage(Page):
    """List and form of one type; `changed` when its form becomes or ceases to be unsaved."""

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._type = type_name
        self._wanted = ""
        self._undo: Callable[[], None] | None = None
        self._work: Work | None = None
        # Its keys are its own while the table is shown in its place.
        self._front = QWidget()
        self._heading = named(QLabel(_(ALL_TYPES[type_name].title)), "title")
        self.bar = MessageBar()
        self.list = RecordList(desk, type_name, tasks)
        self.table, self.view = self.list.table, self.list.view
        self.count, self.empty = self.list.count, self.list.empty
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        first = first_period(desk, type_name)
        self.list.start(Filter(first.first, first.last) if first else Filter())

    @cached_property
    def filter(self) -> "list_filter.ListFilter":
        """The choosers above the list, made when they are first needed."""
        made = list_filter.ListFilter(self._desk, self._type)
        self._above.replaceWidget(self._heading, made)
        self._heading.deleteLater()
        # As they stand, for the focus goes by age otherwise.
        for before, after in pairwise((made.search, *self._row, self.view)):
            self.setTabOrder(before, after)
        made.changed.connect(self.refresh)
        return made

    @cached_property
    def form(self) -> "record_form.RecordForm":
        """The form, made when it is first needed."""
        form = record_form.RecordForm(self._desk, self._type, self._ask_aside)
        form.month = self.filter.month
        form.escaped.connect(self.put_back)
        drafts = bind(self._front, "drafts", self.show_parked)
        self.parked = named(button(drafts, flat=True), "link")
        self.parked.hide()
        form.set_buttons(
            button(self._saving), button(self._going_on, main=True, keys=True), aside=self.parked
        )
        self.keeper = DraftKeeper(form, self._desk, self._tasks, self._failed)
        self.keeper.described.connect(lambda text: form.state.setText(text or self._form_words()))
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

    def _furnish(self) -> None:
        """Make what stands around the list, which is on the screen by now."""
        if self.filter.value() != self.table.chosen:
            self.refresh()
        assert self.form

    def _ask_aside(self, work: Callable[[], T], done: Callable[[T], None], owner: QObject) -> Job:
        return self._tasks.run(work, done, self._failed, owner)

    def _form_words(self) -> str:
        return "" if self.form.record else _("New record")

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._front)
        whole = QVBoxLayout(self._front)
        whole.setContentsMargins(0, 0, 0, 0)
        inside = named(QWidget(), "page")
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        whole.addWidget(self._scroll)
        outer = QVBoxLayout(inside)
        # The form keeps the rest of its right margin for the bar that scrolls it.
        outer.setContentsMargins(24, 16, 12, 8)
        outer.setSpacing(8)
        self._above = QVBoxLayout()
        self._above.setContentsMargins(0, 0, 12, 0)
        self._heading.setMinimumHeight(self.fontMetrics().height() + PADDING)
        self._above.addWidget(self._heading)
        self._above.addLayout(self._actions())
        outer.addLayout(self._above)
        self._stand_in = QWidget()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(24)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self._stand_in)
        self.splitter.setSizes(self._split())
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self._remember_split)
        self.splitter.splitterMoved.connect(lambda *_place: self._settle.start())
        self.splitter.setStretchFactor(0, 1)
        outer.addWidget(self.splitter, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Make the form once the list is on the screen."""
        super().paintEvent(event)
        if not self._has_form:
            QTimer.singleShot(1, self, self._furnish)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """List and form stand side by side where there is room for both, else one above the
        other."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != way:
            self.splitter.setOrientation(way)
            self.splitter.setSizes(self._split())
        # One above the other, each has nearly the whole page, which scrolls to where the keys go.
        rows = self.fontMetrics().lineSpacing() * LEAST_LINES
        each = max(self.height() - 2 * GAP, rows)
        self.splitter.setMinimumHeight(each + rows if narrow else 0)
        if narrow:
            self.splitter.setSizes([rows, each])

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring list or form into sight, whichever the keyboard goes to."""
        if now is None or self.splitter.orientation() != Qt.Orientation.Vertical:
            return
        for part in range(self.splitter.count()):
            widget = self.splitter.widget(part)
            if widget is not None and widget.isAncestorOf(now):
                self._scroll.ensureWidgetVisible(widget, 0, GAP)

    def _split(self) -> list[int]:
        """How list and form share the room: as somebody moved it, or as at first."""
        first = SIDE_BY_SIDE if self._desk.identity.role == "post" else ABOVE_POSTS
        kept: list[int] = self._desk.preferences.preferred(SPLIT, first)
        return kept

    def _remember_split(self) -> None:
        desk, sizes = self._desk, self.splitter.sizes()
        if self.splitter.orientation() == Qt.Orientation.Vertical:
            return
        self._tasks.later(
            lambda: desk.preferences.prefer(SPLIT, sizes), lambda _none: None, self._failed, self
        )

    def _actions(self) -> FlowLayout:
        self.add = button(bind(self._front, "add", self.begin), main=True, keys=True)
        self.deleting = bind(self._front, "delete", self.delete, self.view)
        self.deleting.setEnabled(False)
        self.remove = button(self.deleting, flat=True)
        self.copying = button(bind(self._front, "duplicate", self.duplicate), flat=True)
        self.more = button(bind(self._front, "more", self.show_more), flat=True)
        row = FlowLayout()
        self.as_table = button(bind(self._front, "grid", self.show_grid), flat=True)
        self._row = (self.add, self.copying, self.remove, self.as_table, self.more)
        for widget in self._row:
            row.add(widget)
        row.add(self.bar, 1)
        return row

    def _connect(self) -> None:
        self._saving = bind(self._front, "save", self.save)
        self._going_on = bind(self._front, "save_next", self.save_and_next)
        bind(self._front, "keep_doubts", self.keep_doubts)
        bind(self._front, "fill_stretch", self.fill_stretch)
        bind(self._front, "times_days", self.times_days)
        bind(self._front, "park", self.park)
        bind(self._front, "search", lambda: self.filter.begin_search())
        bind(self._front, "undo", self.undo)
        bind(self._front, "refresh", self.refresh)
        bind(self._front, "choose_all", self.list.choose_all, self.view)
        self._aside = [
            bind(self._front, "history", self.show_history),
            bind(self._front, "tag", self.show_tags),
            bind(self._front, "export_xlsx", partial(self.ask_file, ".xlsx")),
            bind(self._front, "export_csv", partial(self.ask_file, ".csv")),
            bind(self._front, "sort", self.list.show_sort_menu),
            bind(self._front, "columns", self.list.show_columns_menu),
        ]
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]
        self.list.arrived.connect(self._arrived)
        self.list.failed.connect(self._failed)
        self.list.opened.connect(self._opened)
        self.view.selectionModel().selectionChanged.connect(lambda *_moved: self._may_delete())

    def show_more(self) -> None:
        """What else can be done with the list or what is chosen in it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._aside)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # --------------------------------------------------------------------- the list

    def refresh(self) -> None:
        """Read the list anew."""
        self.list.read(self.filter.value())

    def _arrived(self) -> None:
        there = bool(self.table.lines)
        if not there and self.view.hasFocus():
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.empty.setText("" if there else self._empty_words())
        if self._wanted:
            self.list.mark(self._wanted)
            self._wanted = ""
        elif self._has_form and self.form.record:
            self.list.mark(self.form.record)

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        still = not self._has_grid or self.grid.idle()
        return still and self._has_form and self._work is None and self.list.idle()

    def _empty_words(self) -> str:
        if self.table.chosen.search.strip():
            return _("Nothing is found by these words. Choose a longer period or other words.")
        return _("Nothing here for this choice. Press Ctrl+N to add the first record.")

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def _opened(self, record: str) -> None:
        if record != self.form.record:
            self._guarded(lambda: self.open(record))

    def _may_delete(self) -> None:
        self.deleting.setEnabled(self.list.how_many() > 0 or bool(self.form.record))

    # --------------------------------------------------------------------- the form

    def open(self, record: str) -> None:
        """Show a record in the form."""
        try:
            self.form.load(record)
        except UserError as error:
            self.bar.warn(error)
            self.refresh()
            return
        self.list.mark(record)

    def begin(self) -> None:
        """Begin a new record."""
        self._guarded(self._begin)

    def _begin(self) -> None:
        self.bar.clear()
        self.form.blank()
        self.list.mark("")
        self.form.begin()

    def keep_doubts(self) -> None:
        """Keep what looks doubtful in the form."""
        if not self.form.keep_doubts():
            self.bar.notify(_("Nothing that was typed here looks doubtful."))

    def fill_stretch(self) -> None:
        """Fill in the markers of the stretch as intact; their rows may be out of sight."""
        count = self.form.fill_stretch()
        filled = _("{count} markers of the stretch are filled in as intact.")
        none = _("No markers to fill in: type the first and the last of a stretch.")
        self.bar.notify(filled.format(count=count) if count else none)

    def times_days(self) -> None:
        """Turn people into turns."""
        if not self.form.times_days():
            self.bar.notify(_("Nothing to multiply: type the people, and both days of the work."))

    def save(self) -> bool:
        """Save the form; False when something is wrong with it."""
        saved = self._save()
        if saved is None:
            return False
        if saved.id:
            self._wanted = saved.id
            self.form.load(saved.id)
        return True

    def write_note(self) -> None:
        """Say something of the record that is open to the desk that keeps it."""
        note = {"tab": "notes", "type": self._type, "record": self.form.record}
        self.wanted.emit("exchange", note)

    def save_and_next(self) -> None:
        """Save the form and begin the next record with the values that stay."""
        if not self.form.dirty and not self.form.record:
            self.form.begin()
            return
        if self._save() is not None:
            self.form.blank()
            self.list.mark("")
            self.form.begin()

    def _save(self) -> SavedRecord | None:
        """Write the form; None when something is wrong, a blank id when there was nothing to."""
        self.form.finish()
        if not self.form.dirty:
            self.bar.notify(_("Nothing was changed."))
            return SavedRecord("", "", {})
        day = self.form.event_day
        try:
            saved = self.form.save(self._write)
        except KeptElsewhere as error:
            self.bar.warn(error, (_("Write a note…"), self.write_note))
            return None
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
        self.bar.notify(_("Saved.") if inside else outside)
        return saved

    def _write(self, work: Callable[[], T]) -> T:
        return self._tasks.write(
            work, lambda: self.bar.notify(_("Saving; another program is writing to the desk."))
        )

    def _form_changed(self) -> None:
        self._may_delete()
        self.changed.emit()

    @property
    def _has_form(self) -> bool:
        return "form" in vars(self)

    @property
    def dirty(self) -> bool:
        """Whether the form holds what is not saved."""
        return (self._has_form and self.form.dirty) or (self._has_grid and self.grid.dirty)

    def draft(self) -> FormDraft | None:
        """What is not saved, for a page in another language."""
        return self.form.draft() if self._has_form and self.form.dirty else None

    def restore(self, draft: FormDraft) -> None:
        """Put unsaved text back."""
        self.form.restore(draft)
        self.list.mark(draft.record)

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
            lambda: self.bar.notify(
                _("What you were typing was put aside as a draft."),
                (_("Take it up again"), lambda: self.take_up(kept.id)),
                (_("Close"), self.bar.clear),
            ),
        )  # fmt: skip
        QTimer.singleShot(0, self, self._count_parked)

    def _tell_of_draft(self, kept: StoredDraft | None) -> None:
        """Say that what stood in the form when the window closed, or died, stands there again."""
        self._count_parked()
        if kept is None:
            return
        self.list.mark(self.form.record)
        words = _("A draft of {time} is open again as it was.")
        self.bar.notify(
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
            self.bar.notify(_("There are no drafts put aside."))
            return
        menu.popup(self.parked.mapToGlobal(self.parked.rect().topLeft()))

    def _taker(self, draft: str) -> Callable[[], None]:
        return lambda: self.take_up(draft)

    def _gist(self, kept: StoredDraft) -> str:
        """What a draft is about: its first few values."""
        typed = {k: raw for k, raw in kept.texts["raws"].items() if raw and isinstance(raw, str)}
        checked = self._desk.records.check(self._type, typed).values
        columns, book = ALL_TYPES[self._type].columns(), self._desk.book
        shown = [columns[k].show(checked[k], book) for k in columns if checked.get(k)]
        # What is no value yet is told as it was typed.
        return " · ".join((shown or list(typed.values()))[:3])

    def take_up(self, draft: str) -> None:
        """Open a draft put aside; what stands in the form is put aside in its place."""
        self.keeper.take_up(draft, self._write)
        kept = self._desk.drafts.open_draft(self._type)
        assert kept is not None
        self.bar.clear()
        self.form.restore(self.form.draft_of(kept.texts))
        self.keeper.opened()
        self.list.mark(self.form.record)
        self._count_parked()
        self.form.begin()

    def put_back(self) -> None:
        """Throw away what is typed and not saved; the bar offers it back."""
        if not self.form.dirty:
            self.bar.clear()
            return
        thrown = self.form.draft()
        self.form.discard()
        self.bar.notify(
            _("What was typed is thrown away."),
            (_("Take it back"), lambda: self._take_back(thrown)),
            (_("Close"), self.bar.clear),
        )

    def _take_back(self, thrown: FormDraft) -> None:
        self.restore(thrown)
        self.form.begin()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period, kind, look: what the list shows; record: opened; draft: taken up; new: begun;
        grid: the table shown."""
        if self.filter.choose(intent):
            self.refresh()
        if "record" in intent:
            self._wanted = intent["record"]
            self._guarded(lambda: self.open(intent["record"]))
        if "draft" in intent:
            self.take_up(intent["draft"])
        if "new" in intent:
            self.begin()
        if "grid" in intent:
            self.show_grid()

    def keep_now(self) -> None:
        """Keep what stands in the form and in the table, for the window closes."""
        if self._has_form:
            self.keeper.keep_now()
        self.keep_table()

    def keep_table(self) -> None:
        """Keep what stands in the table."""
        if self._has_grid:
            self.grid.keep_now()

    @property
    def in_table(self) -> bool:
        """Whether the table is shown in place of list and form."""
        return self._has_grid and self._layers.currentWidget() is self.grid

    # ------------------------------------------------------------------- the table

    @cached_property
    def grid(self) -> "grid_panel.GridPanel":
        """The table for many records, made when it is first needed."""
        panel = grid_panel.GridPanel(self._desk, self._type, self._tasks)
        panel.left.connect(self._grid_left)
        panel.changed.connect(self.changed)
        self._layers.addWidget(panel)
        return panel

    @property
    def _has_grid(self) -> bool:
        return "grid" in vars(self)

    def show_grid(self) -> None:
        """Show the table in place of list and form."""
        self._layers.setCurrentWidget(self.grid)
        self.help_topic = "grid"
        self.grid.open(self.filter.month())

    def _grid_left(self, saved: list[str]) -> None:
        self._layers.setCurrentWidget(self._front)
        self.help_topic = ""
        self.refresh()
        self.changed.emit()
        if not saved:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._undo = lambda: self._take_out(saved)
        words = _("{count} records saved.").format(count=show_number(len(saved), language()))
        self.bar.notify(words, (_("Undo   Ctrl+Z"), self.undo))

    def _take_out(self, records: list[str]) -> None:
        """Delete what the table saved."""
        desk, type_name, reason = self._desk, self._type, _(REASON)
        self._do(
            _("Deleting…"),
            lambda say: desk.bulk.delete_many(type_name, records, reason, say),
            lambda _none: self._deleted(records),
        )

    def duplicate(self) -> None:
        """Begin a new record with the values of the one in the form."""
        if not self.form.record:
            self.bar.notify(_("Choose a record in the list first."))
            return
        copied = self.form.draft()
        self._guarded(lambda: self._copy(copied))

    def _copy(self, copied: FormDraft) -> None:
        self.form.restore(copied)
        self.form.duplicate()
        self.list.mark("")
        self.form.begin()

    # ------------------------------------------------------------------ many records

    def _do(
        self, text: str, work: Callable[[Callable[[int, int], None]], T], done: Callable[[T], None]
    ) -> None:
        """A long work on records, with how far it is and a way to stop it."""

        def ended(answer: T) -> None:
            self._work = None
            self.refresh()
            done(answer)

        def failed(error: Exception) -> None:
            self._work = None
            self.refresh()
            self._failed(error)

        if self._work is None:
            self._work = self._tasks.long(work, ended, failed, self)
            self.bar.follow(self._work, text)

    def delete(self) -> None:
        """Delete what is chosen; the bar offers to undo it."""
        if self.list.how_many() or self.form.record:
            self._guarded(self._delete)

    def _delete(self) -> None:
        chosen, only = self.list.chosen(), self.form.record
        if self.list.how_many() <= 1:
            chosen = chosen._replace(ids=frozenset({only})) if only else chosen
        desk, type_name, reason = self._desk, self._type, _(REASON)

        def work(say: Callable[[int, int], None]) -> list[str]:
            records = desk.lists.ids(type_name, chosen)
            desk.bulk.delete_many(type_name, records, reason, say)
            return records

        self._do(_("Deleting…"), work, self._deleted)

    def _deleted(self, records: list[str]) -> None:
        if self.form.record in records:
            self.form.blank()
        self.list.mark("")
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._undo = lambda: self._undelete(records)
        many = _("{count} records deleted.").format(count=show_number(len(records), language()))
        words = _("Deleted.") if len(records) == 1 else many
        self.bar.notify(words, (_("Undo   Ctrl+Z"), self.undo))

    def undo(self) -> None:
        """Take back what was last done to the list."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _undelete(self, records: list[str]) -> None:
        desk, type_name = self._desk, self._type
        self._wanted = records[0] if len(records) == 1 else ""

        def done(_none: None) -> None:
            self.bar.notify(_("The deletion is undone."))
            if len(records) == 1 and not self.form.dirty:
                self.form.load(records[0])

        self._do(
            _("Taking back…"),
            lambda say: desk.bulk.undelete_many(type_name, records, say), done,
        )  # fmt: skip

    def show_tags(self) -> None:
        """Offer the tags, to be given to what is chosen or taken off it."""
        if not issubclass(ALL_TYPES[self._type], Record) or not self.list.how_many():
            self.bar.notify(_("Choose records in the list first."))
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, on in ((N_("Give the tag"), True), (N_("Take the tag off"), False)):
            below = menu.addMenu(_(title))
            for code in self._desk.book.picks.get("tag", {}):
                label = self._desk.book.pick_label("tag", code)
                below.addAction(label).triggered.connect(partial(self.tag, code, on))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def tag(self, code: str, on: bool, _checked: bool = False) -> None:
        """Give what is chosen a tag, or take it off."""
        desk, type_name, chosen = self._desk, self._type, self.list.chosen()
        self._retag(
            code, on, lambda say: desk.bulk.tag_many(
                type_name, desk.lists.ids(type_name, chosen), code, on, say
            )
        )  # fmt: skip

    def _retag(
        self, code: str, on: bool, work: Callable[[Callable[[int, int], None]], list[str]]
    ) -> None:
        desk, type_name = self._desk, self._type
        label = desk.book.pick_label("tag", code)

        def done(changed: list[str]) -> None:
            words = (
                _("“{tag}” given to {count} records.")
                if on
                else _("“{tag}” taken off {count} records.")
            )
            text = words.format(tag=label, count=show_number(len(changed), language()))
            back = lambda say: desk.bulk.tag_many(type_name, changed, code, not on, say)  # noqa: E731
            self._undo = lambda: self._retag(code, not on, back)
            self.bar.notify(text, *([(_("Undo   Ctrl+Z"), self.undo)] if changed else []))

        self._do(_("Tagging…"), work, done)

    def ask_file(self, suffix: str) -> None:
        """Ask for a file and write the list, or what is chosen in it, there."""
        title = _(ALL_TYPES[self._type].title)
        name = f"{title} {self._desk.today().isoformat()}"
        ask_where(self, name, suffix, self.export)

    def export(self, target: Path) -> None:
        """Write what is chosen, or with one or none chosen all that is shown, to a file."""
        many = self.list.how_many() > 1
        chosen = self.list.chosen() if many else self.table.chosen
        desk, type_name = self._desk, self._type

        def work(say: Callable[[int, int], None]) -> int:
            return list_files.write_list(desk, type_name, chosen, target, say)

        def done(rows: int) -> None:
            words = _("{count} rows saved as {file}.")
            count = show_number(rows, language())
            self.bar.notify(words.format(count=count, file=target.name))

        self._do(_("Writing {file}…").format(file=target.name), work, done)

    # ---------------------------------------------------------------------- history

    def show_history(self) -> None:
        """Show what was changed in the record, by whom, when and why."""
        record, desk, type_name = self.form.record, self._desk, self._type
        if not record:
            self.bar.notify(_("Choose a record in the list first."))
            return

        def work() -> "list[differences.Version]":
            return differences.versions_of(desk.records.history(type_name, record), desk.book)

        self._tasks.run(work, self._show_versions, self._failed, self)

    def _show_versions(self, versions: "list[differences.Version]") -> None:
        self.history = history_window.HistoryWindow(self, _(ALL_TYPES[self._type].title), versions)
        self.history.finished.connect(self.activateWindow)
        self.history.show()
        self.history.activateWindow()
