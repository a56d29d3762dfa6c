"""Gửi – nhận số liệu: what goes to other desks on a stick, and what comes from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.desk import Desk
from borderdesk.exchange.setups import SUFFIX
from borderdesk.i18n import N_, _
from ui.batches_panel import BatchesPanel
from ui.board_panel import BoardPanel
from ui.cards_panel import CARD_SUFFIX, CardsPanel
from ui.desk_panel import DeskPanel
from ui.doubles_panel import DoublesPanel
from ui.notes_panel import NotesPanel
from ui.paper_panel import PaperPanel
from ui.receive_panel import ReceivePanel
from ui.send_panel import SendPanel
from ui.tabbed_page import TabbedPage
from ui.tasks import Job, Runner

PANELS: Mapping[str, tuple[str, type[DeskPanel]]] = {
    "send": (N_("Send"), SendPanel),
    "receive": (N_("Receive"), ReceivePanel),
    "batches": (N_("Taken in"), BatchesPanel),
    "board": (N_("Board"), BoardPanel),
    "doubles": (N_("Two versions"), DoublesPanel),
    "notes": (N_("Notes"), NotesPanel),
    "cards": (N_("Cards"), CardsPanel),
    "paper": (N_("Paper and file"), PaperPanel),
}
"""{key of a tab: its title, and what it shows}."""


class ExchangePage(TabbedPage):
    """The tabs; files may be dropped anywhere on the page."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        self._counting: Job | None = None
        names = {key: _(title) for key, (title, _panel) in PANELS.items()}
        if desk.identity.role == "post":
            # Nobody sends to a post what it would have to watch over.
            del names["board"]
        super().__init__(desk, tasks, _("Send and receive figures"), names)
        self.setAcceptDrops(True)
        QApplication.instance().applicationStateChanged.connect(self._came_back)  # type: ignore[union-attr]
        self._count()

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        panel = PANELS[key][1](self._desk, self._tasks, self.bar)
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
        shown = self.stack.currentWidget()
        if state != Qt.ApplicationState.ApplicationActive or not self.isVisible():
            return
        if isinstance(shown, SendPanel) and shown.idle():
            shown.refresh()

    def _count(self) -> None:
        """Say on the tabs how many records wait for a choice, and how many notes for an answer."""
        if self._counting is not None:
            self._counting.forget()
        inbox = self._desk.exchange.inbox
        self._counting = self._tasks.run(
            lambda: {"doubles": inbox.count(), "notes": len(inbox.unanswered())},
            self._show_counts, self._failed, self,
        )  # fmt: skip

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self._counting = None
        for key, count in counts.items():
            words = _(PANELS[key][0])
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
        for_cards = [path for path in paths if path.suffix in (CARD_SUFFIX, SUFFIX)]
        others = [path for path in paths if path not in for_cards]
        if others:
            self.hand_over("receive", {"paths": others})
        if for_cards:
            self.hand_over("cards", {"paths": for_cards[:1]})


def _paths(event: QDropEvent) -> list[Path]:
    """The files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
