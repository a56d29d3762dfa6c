"""Gửi – nhận số liệu: exchange of packages with other desks."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from ui.base.double_search import double_search_of
from ui.base.tasks import Job, Runner
from ui.widgets.choosers.file_drop import dropped_paths, is_spreadsheet
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.tabbed_page import TabbedPage

if TYPE_CHECKING:
    from ui.exchange import (
        batches_panel,
        board_panel,
        cards_panel,
        doubles_panel,
        folder_panel,
        notes_panel,
        paper_panel,
        receive_panel,
        send_panel,
        versions_panel,
    )
else:
    batches_panel = lazy_module("ui.exchange.batches_panel")
    board_panel = lazy_module("ui.exchange.board_panel")
    cards_panel = lazy_module("ui.exchange.cards_panel")
    doubles_panel = lazy_module("ui.exchange.doubles_panel")
    folder_panel = lazy_module("ui.exchange.folder_panel")
    notes_panel = lazy_module("ui.exchange.notes_panel")
    paper_panel = lazy_module("ui.exchange.paper_panel")
    receive_panel = lazy_module("ui.exchange.receive_panel")
    send_panel = lazy_module("ui.exchange.send_panel")
    versions_panel = lazy_module("ui.exchange.versions_panel")

CARD_SUFFIXES = (".bdcard", ".bdsetup")
"""Suffixes of the files that the cards tab opens."""

PanelFactory = Callable[[Desk, Runner, MessageBar], DeskPanel]


TABS: Mapping[str, tuple[str, PanelFactory]] = {
    "send": (N_("Send"), lambda *args: send_panel.SendPanel(*args)),
    "receive": (N_("Receive"), lambda *args: receive_panel.ReceivePanel(*args)),
    "batches": (N_("Taken in"), lambda *args: batches_panel.BatchesPanel(*args)),
    "board": (N_("Board"), lambda *args: board_panel.BoardPanel(*args)),
    "doubles": (N_("Two versions"), lambda *args: versions_panel.VersionsPanel(*args)),
    "pairs": (N_("Possible doubles"), lambda *args: doubles_panel.DoublesPanel(*args)),
    "notes": (N_("Notes"), lambda *args: notes_panel.NotesPanel(*args)),
    "cards": (N_("Cards"), lambda *args: cards_panel.CardsPanel(*args)),
    "folder": (N_("Shared folder"), lambda *args: folder_panel.FolderPanel(*args)),
    "paper": (N_("Paper and file"), lambda *args: paper_panel.PaperPanel(*args)),
}
"""{tab key: (title, factory of its panel)}; a panel's module is imported when first shown."""


class ExchangePage(TabbedPage):
    """Tabs of the exchange; files can be dropped anywhere on the page."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        self._count_job: Job | None = None
        names = {key: _(TABS[key][0]) for key in _order(desk.identity.role)}
        super().__init__(desk, tasks, _("Send and receive figures"), names)
        self.setAcceptDrops(True)
        QApplication.instance().applicationStateChanged.connect(self._refresh_sticks)  # type: ignore[union-attr]
        double_search_of(desk, tasks).ended.connect(self._count)
        self._count()

    def make(self, key: str) -> QWidget:
        """Create the panel of a tab."""
        panel = TABS[key][1](self._desk, self._tasks, self.bar)
        panel.changed.connect(self._refresh_others)
        panel.wanted.connect(self.hand_over)
        panel.page_wanted.connect(self.wanted)
        panel.rebuild_wanted.connect(self.rebuild_wanted)
        return panel

    @property
    def panels(self) -> list[DeskPanel]:
        """The panels created so far."""
        return [panel for panel in self._made.values() if isinstance(panel, DeskPanel)]

    def panel(self, key: str) -> DeskPanel:
        """The panel of a tab, created at first use."""
        panel = self.made(key)
        assert isinstance(panel, DeskPanel)
        return panel

    # --------------------------------------------------------------------- reading

    def _refresh_others(self) -> None:
        for panel in self.panels:
            if panel is not self.sender():
                panel.refresh()
        self._count()
        self.changed.emit()

    def refresh(self) -> None:
        """Read all created panels again."""
        for panel in self.panels:
            panel.refresh()
        self._count()

    def _refresh_sticks(self, state: Qt.ApplicationState) -> None:
        """Read the sticks again when the application becomes active: one may have been plugged
        in."""
        if state != Qt.ApplicationState.ApplicationActive:
            return
        for key in ("send", "receive"):
            panel = self._made.get(key)
            if panel is not None and panel.isVisible() and self.panel(key).idle():
                self.panel(key).refresh()

    def _count(self) -> None:
        """Show on the tabs how many records wait for a choice of version, pairs for a decision,
        notes for an answer."""
        if self._count_job is not None:
            self._count_job.forget()
        desk = self._desk
        inbox, notes = desk.exchange.inbox, desk.exchange.notes
        self._count_job = self._tasks.run(
            lambda: {
                "doubles": inbox.count(),
                "pairs": desk.doubles.count() + len(desk.part(LostDoubles).pairs()),
                "notes": len(notes.unanswered()),
            },
            self._show_counts,
            self._failed,
            self,
        )

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self._count_job = None
        for key, count in counts.items():
            words = _(TABS[key][0])
            if count:
                words = _("{title} ({count})").format(title=words, count=count)
            self.tabs.setTabText(self._keys.index(key), words)

    def _failed(self, error: Exception) -> None:
        self._count_job = None
        raise error

    def idle(self) -> bool:
        """Whether nothing is being read or written."""
        return self._count_job is None and all(panel.idle() for panel in self.panels)

    # ------------------------------------------------------------------- navigation

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Switch to the tab `tab` (default: send) and pass the intent on; files in `open` choose
        their tab."""
        super().receive(intent)
        if "open" in intent:
            self.open_files(intent["open"])
            return
        key = intent.get("tab", "send")
        self.hand_over(key if key in self._keys else self._keys[0], intent)

    def hand_over(self, key: str, intent: Mapping[str, Any]) -> None:
        """Switch to a tab and pass an intent to its panel."""
        self.show_tab(key)
        self.panel(key).receive(intent)

    def keep_now(self) -> None:
        """Save drafts of all panels."""
        for panel in self.panels:
            panel.keep_now()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders, unless all are spreadsheets, which the window handles."""
        if any(not is_spreadsheet(path) for path in dropped_paths(event)):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept anywhere on the page."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped files."""
        paths = dropped_paths(event)
        if any(not is_spreadsheet(path) for path in paths):
            event.acceptProposedAction()
            self.open_files(paths)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Pass files and folders to their tabs."""
        at_cards = self._keys[self.tabs.currentIndex()] == "cards"
        for_cards = [
            path
            for path in paths
            if path.suffix.lower() in CARD_SUFFIXES or (at_cards and _holds_cards(path))
        ]
        others = [path for path in paths if path not in for_cards]
        if others:
            self.hand_over("receive", {"paths": others})
        if for_cards:
            self.hand_over("cards", {"paths": for_cards})


def _holds_cards(path: Path) -> bool:
    """Whether a folder contains cards."""
    try:
        return any(entry.suffix.lower() in CARD_SUFFIXES for entry in path.iterdir())
    except OSError:
        return False


def _order(role: str) -> list[str]:
    """The order of the tabs: a post sends first and has no board, others receive first."""
    if role == "post":
        return [key for key in TABS if key != "board"]
    others = [key for key in TABS if key != "send"]
    others.insert(others.index("cards"), "send")
    return others
