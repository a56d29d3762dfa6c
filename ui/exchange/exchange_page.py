"""Gửi – nhận số liệu: what goes to other desks on a stick, and what comes from them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.i18n import N_, _
from borderdesk.desk import Desk
from ui.base.tasks import Job, Runner
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.messages import MessageBar
from ui.widgets.tabbed_page import TabbedPage

FOR_CARDS = (".bdcard", ".bdsetup")
"""How the names of files end that the tab of cards is for."""


def _send(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.send_panel import SendPanel

    return SendPanel(desk, tasks, bar)


def _receive(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.receive_panel import ReceivePanel

    return ReceivePanel(desk, tasks, bar)


def _batches(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.batches_panel import BatchesPanel

    return BatchesPanel(desk, tasks, bar)


def _board(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.board_panel import BoardPanel

    return BoardPanel(desk, tasks, bar)


def _doubles(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.doubles_panel import DoublesPanel

    return DoublesPanel(desk, tasks, bar)


def _notes(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.notes_panel import NotesPanel

    return NotesPanel(desk, tasks, bar)


def _cards(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.cards_panel import CardsPanel

    return CardsPanel(desk, tasks, bar)


def _paper(desk: Desk, tasks: Runner, bar: MessageBar) -> DeskPanel:
    from ui.exchange.paper_panel import PaperPanel

    return PaperPanel(desk, tasks, bar)


TABS: Mapping[str, tuple[str, Callable[[Desk, Runner, MessageBar], DeskPanel]]] = {
    "send": (N_("Send"), _send),
    "receive": (N_("Receive"), _receive),
    "batches": (N_("Taken in"), _batches),
    "board": (N_("Board"), _board),
    "doubles": (N_("Two versions"), _doubles),
    "notes": (N_("Notes"), _notes),
    "cards": (N_("Cards"), _cards),
    "paper": (N_("Paper and file"), _paper),
}
"""{key of a tab: its title, and how its panel is made (imports happen there, when the tab is
first shown)}."""


class ExchangePage(TabbedPage):
    """The tabs; files may be dropped anywhere on the page."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        self._counting: Job | None = None
        names = {key: _(title) for key, (title, _make) in TABS.items()}
        if desk.identity.role == "post":
            # Nobody sends to a post what it would have to watch over.
            del names["board"]
        super().__init__(desk, tasks, _("Send and receive figures"), names)
        self.setAcceptDrops(True)
        QApplication.instance().applicationStateChanged.connect(self._came_back)  # type: ignore[union-attr]
        self._count()

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        panel = TABS[key][1](self._desk, self._tasks, self.bar)
        panel.changed.connect(self._refresh_others)
        panel.wanted.connect(self.hand_over)
        panel.page_wanted.connect(self.wanted)
        return panel

    @property
    def panels(self) -> list[DeskPanel]:
        """The panels made so far."""
        return [panel for panel in self._made.values() if isinstance(panel, DeskPanel)]

    def panel(self, key: str) -> DeskPanel:
        """The panel of a tab, made if it was not shown yet."""
        panel = self.made(key)
        assert isinstance(panel, DeskPanel)
        return panel

    # --------------------------------------------------------------------- reading

    def _refresh_others(self) -> None:
        for panel in self.panels:
            if panel is not self.sender():
                panel.refresh()
        self._count()

    def refresh(self) -> None:
        """Read anew what the tabs show."""
        for panel in self.panels:
            panel.refresh()
        self._count()

    def _came_back(self, state: Qt.ApplicationState) -> None:
        """A stick may have been plugged in meanwhile."""
        sending = self._made.get("send")
        if state != Qt.ApplicationState.ApplicationActive or sending is None:
            return
        if sending.isVisible() and self.panel("send").idle():
            self.panel("send").refresh()

    def _count(self) -> None:
        """Say on the tabs how many records wait for a choice, and how many notes for an answer."""
        if self._counting is not None:
            self._counting.forget()
        inbox, notes = self._desk.exchange.inbox, self._desk.exchange.notes
        self._counting = self._tasks.run(
            lambda: {"doubles": inbox.count(), "notes": len(notes.unanswered())},
            self._show_counts, self._failed, self,
        )  # fmt: skip

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self._counting = None
        for key, count in counts.items():
            words = _(TABS[key][0])
            if count:
                words = _("{title} ({count})").format(title=words, count=count)
            self.tabs.setTabText(self._keys.index(key), words)

    def _failed(self, error: Exception) -> None:
        self._counting = None
        raise error

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return self._counting is None and all(panel.idle() for panel in self.panels)

    # ------------------------------------------------------------------ going about

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period: to be sent; tab: to be shown, with what to do there."""
        self.hand_over(intent.get("tab", "send"), intent)

    def hand_over(self, key: str, intent: Mapping[str, Any]) -> None:
        """Go to a tab and have it do something."""
        self.show_tab(key)
        self.panel(key).receive(intent)

    def keep_now(self) -> None:
        """Keep what is typed and not sent."""
        for panel in self.panels:
            panel.keep_now()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if _paths(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take them anywhere on the page."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        paths = _paths(event)
        if paths:
            event.acceptProposedAction()
            self.look_at(paths)

    def look_at(self, paths: Sequence[Path]) -> None:
        """Bring files and folders to the tab they are for."""
        for_cards = [path for path in paths if path.suffix in FOR_CARDS]
        others = [path for path in paths if path not in for_cards]
        if others:
            self.hand_over("receive", {"paths": others})
        if for_cards:
            self.hand_over("cards", {"paths": for_cards[:1]})


def _paths(event: QDropEvent) -> list[Path]:
    """The files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
