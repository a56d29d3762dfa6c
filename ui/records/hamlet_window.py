"""Joining the spellings of a hamlet: which are there, and which of them is the right one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.entry.mass_edit import HamletSpelling
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.list_actions import wait_words
from ui.widgets.form_labels import level_labels
from ui.widgets.messages import MessageBar
from ui.widgets.options import choose_only_commune, commune_options
from ui.widgets.search_combo import SearchCombo
from ui.widgets.text_line import TextLine


class Spellings(NamedTuple):
    """What stands in the window: the commune (a unit id), what is ticked, the right name."""

    commune: str
    ticked: Sequence[str]
    name: str


Join = Callable[[str, Sequence[str], str], bool]
"""Takes a commune, the spellings that are ticked, and the name they get; gives whether the joining
was begun."""


class HamletWindow(QDialog):
    """The spellings of a commune, those alike below each other; Space ticks."""

    def __init__(self, owner: QWidget, desk: Desk, tasks: Runner, join: Join) -> None:
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Join spellings of a hamlet"))
        self.resize(owner.window().size() * 0.55)
        self._desk = desk
        self._tasks = tasks
        self._join = join
        self.bar = MessageBar()
        self.commune = SearchCombo(commune_options(desk, desk.today()))
        self.list = named(QListWidget(), "commands")
        self.list.setAccessibleName(_("Spellings"))
        self.name = TextLine()
        self.apply = QPushButton(_("Join"))
        self._left = Spellings("", (), "")
        self._lay_out()
        choose_only_commune(self.commune, desk)
        self.commune.line().selectAll()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        form = QFormLayout()
        self.commune.setAccessibleName(_("Commune"))
        form.addRow(_("Commune"), self.commune)
        self.name.setAccessibleName(_("Right name"))
        column.addLayout(form)
        column.addWidget(self.bar)
        column.addWidget(self.list, 1)
        below = QHBoxLayout()
        below_form = QFormLayout()
        below_form.addRow(_("Right name"), self.name)
        below.addLayout(below_form, 1)
        self.apply.setAccessibleName(self.apply.text())
        self.apply.clicked.connect(lambda _checked=False: self.carry_out())
        below.addWidget(self.apply)
        column.addLayout(below)
        level_labels(form)
        level_labels(below_form)
        self.commune.entry_changed.connect(self.read)
        self.list.itemChanged.connect(lambda _item: self._propose())

    def typed(self) -> Spellings:
        """What stands in the window."""
        return Spellings(self.commune.known_code(), self.ticked(), self.name.text())

    def begin(self, typed: Spellings) -> None:
        """Begin with what was ticked and typed and not carried out."""
        self._left = typed
        self.name.setText(typed.name)
        self.name.setModified(bool(typed.name))
        if typed.commune != self.commune.known_code():
            self.commune.put(typed.commune, self.commune.label_of(typed.commune))

    def read(self) -> None:
        """Read the spellings of the commune chosen."""
        desk, unit = self._desk, self.commune.known_code()
        self.list.clear()
        if unit:
            self._tasks.run(lambda: desk.mass.spellings(unit), self._show, self._fail, self)

    def _show(self, found: list[HamletSpelling]) -> None:
        self.list.clear()
        for one in sorted(found, key=lambda one: (fold(one.text), -one.total)):
            words = ngettext("{count} record", "{count} records", one.total)
            count = words.format(count=format_number(one.total, language()))
            item = QListWidgetItem(f"{one.text}   ({count})", self.list)
            item.setData(Qt.ItemDataRole.UserRole, (one.text, one.total))
            on = one.text in self._left.ticked
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._left = Spellings("", (), "")

    def ticked(self) -> list[str]:
        """The spellings that are ticked, most frequent first."""
        chosen = [
            self.list.item(row).data(Qt.ItemDataRole.UserRole)
            for row in range(self.list.count())
            if self.list.item(row).checkState() == Qt.CheckState.Checked
        ]
        return [text for text, _total in sorted(chosen, key=lambda one: -one[1])]

    def _propose(self) -> None:
        ticked = self.ticked()
        if ticked and not self.name.isModified():
            self.name.setText(ticked[0])

    def carry_out(self) -> None:
        """Join what is ticked, and close."""
        ticked, name = self.ticked(), self.name.text().strip()
        if not ticked or not name:
            self.bar.warn(_("Tick the spellings, then write the right name."))
            return
        if self._join(self.commune.known_code(), ticked, name):
            self.accept()
        else:
            self.bar.warn(wait_words())

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)
