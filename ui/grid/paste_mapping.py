"""Meanings of unknown headings in pasted tables: asked once, then remembered."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.entry.clipboard import LEFT_OUT, PastedTable
from borderdesk.entry.headings import heading_words
from ui.base.tasks import Runner
from ui.grid.grid_model import GridModel
from ui.widgets.actions.asking_menu import ask_again_unless_chosen
from ui.widgets.pages.messages import MessageBar


class PasteMapping(QObject):
    """Asks for the column of each unknown heading in turn.

    chosen(column key, cells, first row): a column was chosen for a pasted one.
    """

    chosen = Signal(str, list, int)

    def __init__(
        self,
        owner: QWidget,
        cells: GridModel,
        bar: MessageBar,
        desk: Desk,
        tasks: Runner,
        name: str,
    ) -> None:
        """name: of the preference that stores the headings."""
        super().__init__(owner)
        self._owner = owner
        self._cells = cells
        self._bar = bar
        self._desk = desk
        self._tasks = tasks
        self._name = f"headings:{name}"
        self._kept: dict[str, str] | None = None

    def kept(self) -> dict[str, str]:
        """{heading: column key or LEFT_OUT}, as answered before."""
        if self._kept is None:
            self._kept = dict(self._desk.preferences.preferred(self._name, {}))
        return self._kept

    def ask(self, words: str, table: PastedTable, first: int) -> None:
        """Show the unknown headings in the message bar, with a menu of columns for the first
        one."""
        names = ", ".join(f"“{text}”" for text in table.unknown.values())
        left_out = _("Left out, for their headings are not known: {names}.").format(names=names)
        place, heading = next(iter(table.unknown.items()))
        button = _("Which column is “{name}”?").format(name=heading)
        self._bar.caution(
            f"{words} {left_out}",
            (button, partial(self._offer, words, table, first, place)),
            (_("Leave them out"), partial(self._leave_out, table)),
        )

    def _offer(self, words: str, table: PastedTable, first: int, place: int) -> None:
        menu = QMenu(self._owner)
        ask_again_unless_chosen(menu, partial(self.ask, words, table, first))
        for key, column in self._cells.every.items():
            if key not in table.keys:
                take = partial(self._take, words, table, first, place, key)
                menu.addAction(column.label).triggered.connect(lambda _on=False, act=take: act())
        menu.addSeparator()
        leave = partial(self._take, words, table, first, place, LEFT_OUT)
        menu.addAction(_("Leave it out")).triggered.connect(lambda _on=False: leave())
        menu.popup(QCursor.pos())

    def _take(self, words: str, table: PastedTable, first: int, place: int, key: str) -> None:
        self._remember({table.unknown[place]: key})
        keys, unknown = list(table.keys), dict(table.unknown)
        del unknown[place]
        if not unknown:
            self._bar.notify(words)
        if key != LEFT_OUT:
            keys[place] = key
            texts = [row[place] if place < len(row) else "" for row in table.rows]
            self.chosen.emit(key, texts, first)
        if unknown:
            self.ask(words, PastedTable(keys, table.rows, unknown), first)

    def _leave_out(self, table: PastedTable) -> None:
        self._remember(dict.fromkeys(table.unknown.values(), LEFT_OUT))

    def _remember(self, headings: dict[str, str]) -> None:
        headings_known = self.kept()
        headings_known.update({heading_words(text): key for text, key in headings.items()})
        desk, name, snapshot = self._desk, self._name, dict(headings_known)
        self._tasks.later(
            lambda: desk.preferences.prefer(name, snapshot),
            lambda _none: None,
            lambda _error: None,
            self,
        )
