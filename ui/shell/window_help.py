"""Help on all pages: command list, handbook, key card."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QPushButton, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.tasks import Runner
from ui.shell.navigation import Navigation
from ui.widgets.actions.all_actions import actions_of, key_entries
from ui.widgets.pages.page import Page

if TYPE_CHECKING:
    from borderdesk.overview import finder
    from borderdesk.reports.handouts import handbook, key_card
    from ui.shell import command_list, help_window, places
    from ui.widgets.choosers import file_choosers
else:
    handbook = lazy_module("borderdesk.reports.handouts.handbook")
    key_card = lazy_module("borderdesk.reports.handouts.key_card")
    finder = lazy_module("borderdesk.overview.finder")
    places = lazy_module("ui.shell.places")
    command_list = lazy_module("ui.shell.command_list")
    help_window = lazy_module("ui.shell.help_window")
    file_choosers = lazy_module("ui.widgets.choosers.file_choosers")


class WindowHelp:
    """Opens the help windows for the current page."""

    def __init__(
        self,
        window: QMainWindow,
        navigation: Navigation,
        tasks: Runner,
        current: Callable[[], Page],
        desk: Desk,
        go_to: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        """current: returns the current page; go_to: switches to a page and passes it an intent."""
        self._window = window
        self._desk = desk
        self._go_to = go_to
        self._navigation = navigation
        self._tasks = tasks
        self._current = current

    def show_commands(self) -> None:
        """Open the command list."""
        actions = actions_of(self._current(), shown=True) + self._window.actions()
        names = [action.text() for action in actions]
        known_places = places.places(self._desk, self._navigation.current(), names)
        leads = [command_list.PageLink(*place) for place in known_places]
        titles = self._navigation.titles
        box = command_list.CommandList(titles, actions, leads, self._find, self._window)
        box.page_chosen.connect(self._navigation.go_to)
        box.place_chosen.connect(self._lead)
        box.open_below(self._window)

    def _lead(self, key: str, intent: Mapping[str, Any], action: str) -> None:
        """Switch to a place; focus the button or field named `action`, else the default of the
        place."""
        self._go_to(key, intent)
        page = self._current()
        candidates = (
            [*page.findChildren(QPushButton), *page.findChildren(QWidget)] if action else ()
        )
        for widget in candidates:
            takes = (
                widget.isVisible()
                and widget.isEnabled()
                and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            )
            if takes and widget.accessibleName() == action:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return
        page.take_keyboard()

    def _find(self, typed: str, then: "Callable[[Sequence[command_list.PageLink]], None]") -> None:
        """Search markers and records of all types in the background."""
        desk, window = self._desk, self._window

        def work() -> "list[command_list.PageLink]":
            words = _("Marker {marker}: {state}")
            markers = [
                command_list.PageLink(
                    words.format(marker=match.marker, state=match.post),
                    "strip",
                    {"marker": match.marker},
                )
                for match in finder.find_markers(desk, typed)
            ]
            return markers + [
                command_list.PageLink(
                    f"{match.title}: {match.text}",
                    match.type,
                    {"record": match.record, "period": ""},
                )
                for match in finder.find_records(desk, typed)
            ]

        def done(links: "list[command_list.PageLink]") -> None:
            box = window.findChild(command_list.CommandList)
            if box is not None and box.isVisible():
                then(links)

        self._tasks.run(work, done, lambda _error: None, window)

    def show_handbook(self) -> None:
        """Open the handbook at the topic of the current page."""
        topic = self._current().help_topic
        window = help_window.HelpWindow(self._tasks, self._window)
        window.show_page(topic or handbook.topic_of(self._navigation.current()))
        window.finished.connect(self._window.activateWindow)
        window.show()
        window.activateWindow()

    def save_key_card(self) -> None:
        """Save all shortcuts as a PDF to print."""
        name = f"{_('Keys of BorderDesk')}.pdf"
        file_choosers.ask_where(self._window, name, ".pdf", self.write_key_card)

    def write_key_card(self, target: Path) -> None:
        """Write the key card to a file; the outcome is shown in the message bar."""
        entries, lang = key_entries(), language()

        def done(_none: None) -> None:
            self._current().bar.notify(_("Saved as {file}").format(file=target))

        def failed(error: Exception) -> None:
            if not isinstance(error, UserError):
                raise error
            self._current().bar.warn(error)

        self._tasks.later(
            lambda: key_card.write_key_card(entries, target, lang), done, failed, self._window
        )
