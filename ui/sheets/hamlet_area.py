"""Unknown hamlets of a list: each is new, or another name of a known one."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.sheets.values.hamlets import UnknownHamlet
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.layout.scrolled import scrolled

MOST_SHOWN = 60
LEAST_DIGITS = 18
TALLEST_LINES = 4

HamletKey = tuple[str, str]
"""Unit id of the commune, and folded name of the hamlet in the list."""


class HamletArea(QWidget):
    """A combo box per unknown hamlet; emits `edited` on a change."""

    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._lines: dict[HamletKey, UnknownHamlet] = {}
        self.choosers: dict[HamletKey, Chooser] = {}
        """By hamlet; item data: the name of a known hamlet, "" for a new one."""
        self.add_new = QCheckBox(_("Add the new ones to the list of hamlets"))
        self.add_new.toggled.connect(lambda _on: self.edited.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.heading = named(PlainLabel(_("Hamlets that are not known here")), "heading")
        self.heading.setWordWrap(True)
        column.addWidget(self.heading)
        self._holder = QWidget()
        self._inside = QVBoxLayout(self._holder)
        self._inside.setContentsMargins(0, 0, 8, 0)
        self._body = QWidget()
        self._inside.addWidget(self._body)
        room = QWidget()
        scrolled(room, self._holder)
        column.addWidget(room)
        column.addWidget(self.add_new)
        room.setFixedHeight(self.fontMetrics().height() * 2 * TALLEST_LINES)
        self.hide()

    def clear(self) -> None:
        """Remove all hamlets and decisions."""
        self._lines = {}
        self.add_new.setChecked(False)
        self._show()

    def show_unknown(self, unknown: Sequence[UnknownHamlet]) -> None:
        """Show these hamlets, and those decided to be known ones."""
        decided = self.decisions()
        decided_lines = {key: hamlet for key, hamlet in self._lines.items() if key in decided}
        unknown_lines = {
            (hamlet.commune, fold(hamlet.name)): hamlet for hamlet in unknown[:MOST_SHOWN]
        }
        self._lines = {**unknown_lines, **decided_lines}
        self._show(decided)

    def decisions(self) -> dict[HamletKey, str]:
        """{hamlet: name of the known hamlet it is}."""
        chosen_names = {key: chooser.currentData() for key, chooser in self.choosers.items()}
        return {key: name for key, name in chosen_names.items() if name}

    def _show(self, decided: Mapping[HamletKey, str] | None = None) -> None:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        self.choosers = {}
        for row, (key, hamlet) in enumerate(self._lines.items()):
            label = PlainLabel(self._words(hamlet))
            label.setWordWrap(True)
            chooser = self._chooser(hamlet, (decided or {}).get(key, ""))
            self.choosers[key] = chooser
            grid.addWidget(label, row, 0)
            grid.addWidget(chooser, row, 1)
        grid.setRowStretch(len(self._lines), 1)
        self._inside.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body
        self.setVisible(bool(self._lines))

    def _chooser(self, hamlet: UnknownHamlet, chosen_name: str) -> Chooser:
        chooser = Chooser()
        chooser.addItem(_("New hamlet"), "")
        for name in dict.fromkeys(
            [*hamlet.near, *hamlet.known, *([chosen_name] if chosen_name else [])]
        ):
            chooser.addItem(name, name)
        chooser.setCurrentIndex(max(chooser.findData(chosen_name), 0))
        chooser.setAccessibleName(_("What the hamlet “{name}” is").format(name=hamlet.name))
        chooser.setToolTip(_("Another name of a hamlet known here, or a new one"))
        chooser.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * LEAST_DIGITS)
        chooser.currentIndexChanged.connect(lambda _index: self.edited.emit())
        return chooser

    def _words(self, hamlet: UnknownHamlet) -> str:
        words = ngettext(
            "{name}, {commune} ({count} row)", "{name}, {commune} ({count} rows)", hamlet.rows
        )
        return words.format(
            name=hamlet.name[:60],
            commune=self._desk.book.unit_name(hamlet.commune),
            count=format_number(hamlet.rows, language()),
        )
