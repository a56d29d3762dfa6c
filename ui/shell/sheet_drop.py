"""Spreadsheets dropped on the window: opens the page of the record type they hold."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.sources.sheet_files import SheetFiles
from ui.base.tasks import Runner
from ui.widgets.actions.asking_menu import ask_again_unless_chosen
from ui.widgets.choosers.file_drop import FileDrop
from ui.widgets.pages.page import Page

if TYPE_CHECKING:
    from borderdesk.sheets.columns import likely_types
else:
    likely_types = lazy_module("borderdesk.sheets.columns.likely_types")

MOST_OFFERED = 2
"""Maximum number of likely types with a button of their own."""


class SheetDrop:
    """Derives the record type from the headings, and asks if it is not clear."""

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        tasks: Runner,
        show_page: Callable[[str, Mapping[str, Any]], None],
        current: Callable[[], Page],
    ) -> None:
        self._window = window
        self._desk = desk
        self._tasks = tasks
        self._show_page = show_page
        self._current = current
        FileDrop(window, self.open)

    def open(self, paths: Sequence[Path], folders: int = 0) -> None:
        """Read the headings of the first file and open the page that imports all files."""
        files = SheetFiles(paths, folders)
        desk = self._desk

        def done(likely: "list[likely_types.LikelyType]") -> None:
            clear = likely_types.clear_type(likely)
            if clear is not None:
                self._take(clear, files)
            else:
                self._ask([kind.type_name for kind in likely], files)

        # Unknown or unreadable files: the chosen page reports them.
        self._tasks.run(
            lambda: likely_types.likely_types(desk, paths[0]),
            done,
            lambda _error: self._ask([], files),
            self._window,
        )

    def _take(self, type_name: str, files: SheetFiles) -> None:
        self._show_page(type_name, {"files": list(files.files), "folders": files.folders})

    def _ask(self, likely: Sequence[str], files: SheetFiles) -> None:
        """Ask for the type: buttons of the likely ones, and a menu of all."""
        offers = [
            (_(ALL_TYPES[type_name].title), partial(self._take, type_name, files))
            for type_name in likely[:MOST_OFFERED]
        ]
        page = self._current()
        words = _("Which list is “{name}”?").format(name=files.files[0].name[:60])
        other = (_("Another…"), partial(self._choose, likely, files))
        page.bar.ask(words, *offers, other, (_("Close"), page.bar.clear))

    def _choose(self, likely: Sequence[str], files: SheetFiles) -> None:
        """Show the menu of all types."""
        menu = QMenu(self._window)
        ask_again_unless_chosen(menu, partial(self._ask, likely, files))
        for type_name, model in ALL_TYPES.items():
            menu.addAction(_(model.title), partial(self._take, type_name, files))
        menu.popup(QCursor.pos())
