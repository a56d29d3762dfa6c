"""Page of one record type: list and form."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.actions.deleted_action import DeletedAction
from ui.records.actions.form_actions import FormActions
from ui.records.actions.history_action import HistoryAction
from ui.records.actions.household_action import HouseholdAction
from ui.records.actions.mass_actions import MassActions
from ui.records.actions.paper_actions import PaperActions
from ui.records.actions.round_action import RoundAction
from ui.records.actions.sheet_action import SheetAction
from ui.records.actions.tag_actions import TagActions
from ui.records.drafts.draft_shelf import DraftShelf
from ui.records.list_actions import ListActions
from ui.records.list_form_split import ListFormSplit
from ui.records.lists.record_list import RecordList
from ui.records.page_parts import PageParts
from ui.records.page_toolbar import PageToolbar
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.period_chooser import first_period
from ui.widgets.editors.draft import FormDraft
from ui.widgets.layout.tab_order import tab_before
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.page import Page
from ui.widgets.tables.row_choice import FoundRows

if TYPE_CHECKING:
    from ui.grid import grid_panel
    from ui.records.form import record_form
    from ui.records.lists import list_filter
else:
    # The list is painted first; filter row, form and grid are created afterwards.
    grid_panel = lazy_module("ui.grid.grid_panel")
    list_filter = lazy_module("ui.records.lists.list_filter")
    record_form = lazy_module("ui.records.form.record_form")

T = TypeVar("T")

PADDING = 18
"""Height of a combo box beyond its text, as in the style sheet: the heading that stands in for the
filter row is as high, so that nothing moves when the row is created."""
FRAME = 16
"""Milliseconds from the creation of the form to that of the filter row: the form is painted by
then."""


class RecordPage(Page):
    """List and form of one type; emits `changed` when `dirty` changes."""

    own_undo = True

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._type = type_name
        self._expected = ""
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(lambda: self.prepare_seen() and self._rest.start(FRAME))
        # Separate widget, so that its shortcuts do not work while the grid is shown.
        self._front = QWidget()
        self._heading = named(PlainLabel(_(ALL_TYPES[type_name].title)), "title")
        self.bar = MessageBar()
        self.list = RecordList(desk, type_name, tasks)
        self.table, self.view = self.list.table, self.list.view
        self.count, self.empty = self.list.footer.words, self.list.empty
        self._split = ListFormSplit(desk, tasks, self.list)
        self._split.form_wanted.connect(lambda: self.form.begin())
        self._make_parts()
        self._lay_out()
        self._bind_actions()
        self._follow_list()
        first = first_period(desk, type_name)
        self.list.start(Filter(first.first, first.last) if first else Filter())

    def _make_parts(self) -> None:
        self._parts = PageParts(
            self._desk,
            self._tasks,
            self._type,
            front=self._front,
            bar=self.bar,
            records=self.list,
            form=lambda: self.form,
            choosers=lambda: self.filter,
            refresh=self.refresh,
            expect=self._expect,
            go_to=self.wanted.emit,
        )
        self.drafts = DraftShelf(self._parts)
        self.list_actions = ListActions(self._parts, self.drafts)
        self.form_actions = FormActions(self._parts, self.drafts, self.list_actions)
        self.tags = TagActions(self._parts, self.list_actions)
        self.history = HistoryAction(self._parts)
        self.deleted = DeletedAction(self._parts, self.list_actions)
        self.papers = PaperActions(self._parts)
        self.mass = MassActions(self._parts, self.list_actions)
        self.round = RoundAction(self._parts, self.list_actions)
        self.household = HouseholdAction(self._parts)
        self.sheet = SheetAction(
            self._parts, self.list_actions, self, lambda: self.toolbar.add_button
        )

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._front)
        whole = QVBoxLayout(self._front)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        self._heading.setMinimumHeight(self.fontMetrics().height() + PADDING)
        self._split.above.addWidget(self._heading)
        self.toolbar = PageToolbar(
            self._parts,
            add=self.begin,
            delete=self.list_actions.delete,
            duplicate=self.form_actions.duplicate,
            show_grid=self.show_grid,
            show_sheet=lambda: self.sheet.show(),
        )
        self._split.put_toolbar(self.toolbar)

    def _bind_actions(self) -> None:
        front, of_list, of_form = self._front, self.list_actions, self.form_actions
        self._save_actions = (
            bind(front, "save", of_form.save),
            bind(front, "save_next", of_form.save_and_next),
        )
        bind(front, "keep_doubts", of_form.keep_doubts)
        bind(front, "fill_stretch", of_form.fill_stretch)
        bind(front, "times_days", of_form.times_days)
        bind(front, "as_before", of_form.as_before)
        bind(front, "park", self.drafts.park)
        bind(front, "search", lambda: self.filter.begin_search())
        bind(front, "undo", of_list.undo_by_key)
        bind(front, "refresh", self.refresh)
        bind(front, "choose_all", self.list.choose_all, self.view)
        model = ALL_TYPES[self._type]
        above = self._desk.identity.role != "post"
        of_household = bool(model.referring(HOUSEHOLD) or model.matching)
        bind(front, "copy_rows", of_list.copy, self.view)
        bind(front, "list_end", self.list.go_to_end, self.view)
        bind(front, "list_start", self.list.go_to_start, self.view)
        self.toolbar.offer_more(
            [
                bind(front, "sheet_template", self.sheet.ask_template),
                bind(front, "history", self.history.show),
                *([bind(front, "record_note", of_form.write_note)] if above else []),
                bind(front, "deleted", self.deleted.show),
                bind(front, "tag", lambda: self.tags.show_menu(self.toolbar.menu_place())),
                bind(front, "mass_edit", self.mass.show),
                bind(front, "join_hamlets", self.mass.show_hamlets),
                *([bind(front, "round", self.round.show)] if of_household else []),
                *([bind(front, "household_page", self.household.show)] if of_household else []),
                bind(front, "slip", self.papers.ask_slip),
                bind(front, "blank_form", self.papers.ask_blank),
                bind(front, "list_paper", self.papers.ask_list),
                bind(front, "export_xlsx", partial(of_list.ask_file, ".xlsx")),
                bind(front, "export_csv", partial(of_list.ask_file, ".csv")),
                bind(front, "export_words", of_list.ask_words),
                bind(front, "sort", self.list.columns.show_sort_menu),
                bind(front, "columns", self.list.columns.show_columns_menu),
            ]
        )

    def _follow_list(self) -> None:
        self.list.arrived.connect(self._show_arrived)
        self.list.failed.connect(self._parts.fail)
        self.list.opened.connect(self._open_chosen)
        self.view.selectionModel().selectionChanged.connect(lambda *_moved: self._may_delete())

    @cached_property
    def filter(self) -> "list_filter.ListFilter":
        """The filter row, created at first use."""
        filter_row = list_filter.ListFilter(self._desk, self._type)
        self._split.above.replaceWidget(self._heading, filter_row)
        self._heading.deleteLater()
        # The layout would show it in the next turn of the event loop, after the page was painted.
        filter_row.show()
        # In visual order; the default is the order of creation.
        for before, after in pairwise((*self.toolbar.buttons, self.view)):
            self.setTabOrder(before, after)
        for stop in filter_row.tab_stops():
            tab_before(stop, self.toolbar.add_button)
        FoundRows(
            filter_row.search, self.view, lambda: not filter_row.pending() and self.list.idle()
        )
        filter_row.changed.connect(self.refresh)
        if filter_row.period is not None:
            self.list.footer.spanned.connect(filter_row.period.offer)
        return filter_row

    @cached_property
    def form(self) -> "record_form.RecordForm":
        """The form, created at first use."""
        form = record_form.RecordForm(self._desk, self._type, self._parts.ask)
        form.month = lambda: self.filter.typed_in()
        form.escaped.connect(self.drafts.put_aside)
        save, going_on = self._save_actions
        aside = self.drafts.make_button()
        form.set_buttons(button(save), button(going_on, main=True, keys=True), aside=aside)
        draft = self.drafts.attend(form)
        self._split.put_form(form)
        form.changed.connect(self._show_unsaved)
        QTimer.singleShot(0, self, lambda: self.drafts.notify_restored(draft))
        return form

    def prepare(self) -> bool:
        """Create form and filter row one after the other."""
        if not self._has_form:
            _ = self.form  # Creates it.
        elif "filter" in vars(self):
            return False
        elif self.filter.value() != self.table.chosen:
            self.refresh()
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Create form and filter row after the first paint of the list."""
        super().paintEvent(event)
        if not self._has_form:
            # What the page holds is painted after it, and the window system has the picture then.
            QTimer.singleShot(0, self._rest, lambda: self._rest.start(0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the layout of list and form."""
        super().resizeEvent(event)
        self._split.adapt(self)

    # --------------------------------------------------------------------- the list

    def refresh(self) -> None:
        """Read the list again."""
        self.list.read(self.filter.value())

    def _expect(self, record: str) -> None:
        self._expected = record

    def _show_arrived(self) -> None:
        has_rows = bool(self.table.lines)
        if not has_rows and self.view.hasFocus():
            self.toolbar.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.empty.setText("" if has_rows else _empty_words(self.table.chosen))
        if self._expected:
            self.list.mark(self._expected)
            self._expected = ""
        elif self._has_form and self.form.record:
            self.list.mark(self.form.record)

    def idle(self) -> bool:
        """Whether nothing is being read, counted or saved, and all parts exist."""
        panels_idle = ("grid" not in vars(self) or self.grid.idle()) and self.sheet.idle()
        parts_exist = self._has_form and "filter" in vars(self)
        return parts_exist and panels_idle and self.list_actions.idle() and self.list.idle()

    def _open_chosen(self, record: str) -> None:
        if record != self.form.record:
            self.drafts.guard(lambda: self.open(record))

    def _may_delete(self) -> None:
        self.toolbar.deleting.setEnabled(self.list.how_many() > 0 or bool(self.form.record))

    # --------------------------------------------------------------------- the form

    @property
    def _has_form(self) -> bool:
        return "form" in vars(self)

    @property
    def dirty(self) -> bool:
        """Whether form or grid has unsaved changes."""
        return (self._has_form and self.form.dirty) or ("grid" in vars(self) and self.grid.dirty)

    def open(self, record: str) -> None:
        """Load a record into the form."""
        try:
            self.form.load(record)
        except UserError as error:
            self.bar.warn(error)
            self.refresh()
            return
        self.list.mark(record)

    def begin(self) -> None:
        """Begin a new record."""
        self.drafts.guard(self.drafts.begin)

    def _show_unsaved(self) -> None:
        self._may_delete()
        self.changed.emit()

    def draft(self) -> FormDraft | None:
        """The unsaved form, for a rebuilt page."""
        return self.form.draft() if self._has_form and self.form.dirty else None

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Carry out an intent.

        period, kind, commune, post, look, search: filter of the list, described by `task`; record:
        opened; draft: reopened, "" for the one in the form; new: begun; grid: shown; files:
        spreadsheets to import; round, join: windows to open; undo: undo the newest step.
        """
        if intent:
            self._show_front()
        if self.filter.choose(intent):
            self.refresh()
            if "task" in intent:
                words = _("Only what the task names is shown: {task}").format(task=intent["task"])
                self.bar.notify(words, (_("Show everything"), self.filter.show_everything))
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if "record" in intent:
            self._expect(intent["record"])
            # The focus was wherever it was last on this page.
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.drafts.guard(lambda: self.open(intent["record"]))
        handlers: dict[str, Callable[[], object]] = {
            "draft": lambda: self.drafts.go_on(intent["draft"]),
            "new": self.begin,
            "grid": self.show_grid,
            "files": lambda: self.sheet.open(intent["files"], intent.get("folders", 0)),
            "round": self.round.show,
            "join": self.mass.show_hamlets,
            "undo": self.list_actions.undo,
        }
        for keyword, handler in handlers.items():
            if keyword in intent:
                handler()

    def keep_now(self) -> None:
        """Save the drafts of form and grid: the window is closing."""
        if self._has_form:
            self.drafts.keeper.keep_now()
        self.keep_table()

    # ------------------------------------------------------------------- the table

    @cached_property
    def grid(self) -> "grid_panel.GridPanel":
        """The grid for many records, created at first use."""
        panel = grid_panel.GridPanel(self._desk, self._type, self._tasks)
        panel.left.connect(self._leave_grid)
        panel.changed.connect(self.changed)
        self._layers.addWidget(panel)
        return panel

    @property
    def in_table(self) -> bool:
        """Whether the grid is shown instead of list and form."""
        return "grid" in vars(self) and self._layers.currentWidget() is self.grid

    def keep_table(self) -> None:
        """Save the drafts of grid and windows; the form's is carried over by the caller."""
        if "grid" in vars(self):
            self.grid.keep_now()
        for action in (self.round, self.mass):
            action.windows.keep_now()

    def show_grid(self) -> None:
        """Show the grid instead of list and form."""
        self._layers.setCurrentWidget(self.grid)
        self.help_topic = "grid"
        self.grid.open(self.filter.month())

    def _show_front(self) -> None:
        """Show list and form; the grid keeps its draft."""
        self.keep_table()
        self._layers.setCurrentWidget(self._front)
        self.help_topic = ""

    def _leave_grid(self, saved: list[str]) -> None:
        self._show_front()
        self.refresh()
        self.changed.emit()
        if not saved:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.toolbar.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        text = ngettext("{count} record saved.", "{count} records saved.", len(saved))
        words = text.format(count=format_number(len(saved), language()))
        self.list_actions.notify_undoable(words, self.list_actions.out_again(saved), saved)


def _empty_words(list_filter: Filter) -> str:
    """The hint in place of an empty list."""
    if list_filter.search.strip():
        return _("Nothing is found by these words. Choose a longer period or other words.")
    return _("Nothing here for this choice. Press Ctrl+N to add the first record.")
