"""What helps a person on in every page: the list of commands, the handbook, the card of keys."""

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
    """Opens lists and windows beside the page shown."""

    def __init__(
        self,
        window: QMainWindow,
        navigation: Navigation,
        tasks: Runner,
        current: Callable[[], Page],
        desk: Desk,
        go_to: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        """current: the page shown; go_to: goes to a page and has it do something."""
        self._window = window
        self._desk = desk
        self._go_to = go_to
        self._navigation = navigation
        self._tasks = tasks
        self._current = current

    def show_commands(self) -> None:
        """Offer everything that can be done here, to be found by a word of its name."""
        here = actions_of(self._current(), shown=True) + self._window.actions()
        names = [action.text() for action in here]
        known = places.places(self._desk, self._navigation.current(), names)
        leads = [command_list.PageLink(*place) for place in known]
        titles = self._navigation.titles
        box = command_list.CommandList(titles, here, leads, self._find, self._window)
        box.page_chosen.connect(self._navigation.go_to)
        box.place_chosen.connect(self._lead)
        box.open_below(self._window)

    def _lead(self, key: str, intent: Mapping[str, Any], action: str) -> None:
        """Go to a place, with the keyboard on the button or the field of this name, else where the
        place has it."""
        self._go_to(key, intent)
        page = self._current()
        within = [*page.findChildren(QPushButton), *page.findChildren(QWidget)] if action else ()
        for one in within:
            takes = (
                one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
            )
            if takes and one.accessibleName() == action:
                one.setFocus(Qt.FocusReason.TabFocusReason)
                return
        page.take_keyboard()

    def _find(self, typed: str, then: "Callable[[Sequence[command_list.PageLink]], None]") -> None:
        """Look for typed words among the markers and in the records of every type."""
        desk, window = self._desk, self._window

        def work() -> "list[command_list.PageLink]":
            words = _("Marker {marker}: {state}")
            markers = [
                command_list.PageLink(
                    words.format(marker=one.marker, state=one.post),
                    "strip",
                    {"marker": one.marker},
                )
                for one in finder.find_markers(desk, typed)
            ]
            return markers + [
                command_list.PageLink(
                    f"{one.title}: {one.text}", one.type, {"record": one.record, "period": ""}
                )
                for one in finder.find_records(desk, typed)
            ]

        def done(found: "list[command_list.PageLink]") -> None:
            box = window.findChild(command_list.CommandList)
            if box is not None and box.isVisible():
                then(found)

        self._tasks.run(work, done, lambda _error: None, window)

    def show_handbook(self) -> None:
        """Open the handbook at the page shown."""
        topic = self._current().help_topic
        window = help_window.HelpWindow(self._tasks, self._window)
        window.show_page(topic or handbook.topic_of(self._navigation.current()))
        window.finished.connect(self._window.activateWindow)
        window.show()
        window.activateWindow()

    def save_key_card(self) -> None:
        """Save the keys of every action as a PDF to print."""
        name = f"{_('Keys of BorderDesk')}.pdf"
        file_choosers.ask_where(self._window, name, ".pdf", self.write_key_card)

    def write_key_card(self, target: Path) -> None:
        """Write the card to a file; the result is shown above the page."""
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
