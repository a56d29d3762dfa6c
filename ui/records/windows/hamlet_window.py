"""Window that joins different spellings of a hamlet."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.entry.mass_edit import HamletSpelling
from borderdesk.session.draft_forms import SPELLINGS
from borderdesk.session.drafts import Texts
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.drafts.draft_window import DraftWindow
from ui.records.list_actions import wait_words
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.options import choose_only_commune, commune_options
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine


class SpellingChoice(NamedTuple):
    """The request of the window: commune (unit id), ticked spellings, right name."""

    commune: str
    ticked: Sequence[str]
    name: str


Join = Callable[[SpellingChoice], bool]
"""Starts the joining; returns whether it was started."""


class HamletWindow(DraftWindow):
    """The spellings of a commune, similar ones adjacent; Space ticks."""

    way = "join"

    def __init__(self, owner: QWidget, desk: Desk, tasks: Runner, join: Join) -> None:
        super().__init__(owner, desk, tasks)
        self.setWindowTitle(_("Join spellings of a hamlet"))
        self.resize(owner.window().size() * 0.55)
        self._join = join
        self.commune = SearchCombo(commune_options(desk, desk.today()))
        self.list = named(QListWidget(), "commands")
        self.list.setAccessibleName(_("Spellings"))
        self.name = TextLine()
        self.apply = QPushButton(_("Join"))
        self.discard.setEnabled(False)
        self._ticks: list[str] | None = None
        """The spellings to tick once they are read; None otherwise."""
        self._lay_out()
        choose_only_commune(self.commune, desk)
        self.attend(SPELLINGS)
        self._connect()
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
        below.addWidget(self.discard)
        below.addWidget(self.apply)
        column.addLayout(below)
        level_labels(form)
        level_labels(below_form)

    def _connect(self) -> None:
        self.commune.entry_changed.connect(self._read_another)
        self.list.itemChanged.connect(lambda _item: self._propose())
        self.list.itemChanged.connect(lambda _item: self._note_change())
        for line in (self.commune.line(), self.name):
            line.textChanged.connect(lambda _text: self._note_change())

    def _note_change(self) -> None:
        self.draft.changed()
        self.discard.setEnabled(bool(self.ticked() or self.name.text()))

    def typed(self) -> SpellingChoice:
        """The request in the window."""
        return SpellingChoice(self.commune.known_code(), self.ticked(), self.name.text().strip())

    def texts(self) -> Texts:
        """The content as JSON-compatible data."""
        return {"commune": self.commune.code(), "ticked": self.ticked(), "name": self.name.text()}

    def put(self, texts: Texts) -> None:
        """Load a draft."""
        commune = texts["commune"]
        with QSignalBlocker(self.commune):
            # It is read below, once.
            self.commune.put(commune, self.commune.label_of(commune) or commune)
            # Otherwise typing would be inserted into its name.
            self.commune.line().selectAll()
        self.name.setText(texts["name"])
        self.name.setModified(bool(texts["name"]))
        self.read(texts["ticked"])

    def empty(self) -> None:
        """Clear ticks and name; the commune stays."""
        self.put({"commune": self.commune.code(), "ticked": [], "name": ""})

    def summary(self, texts: Texts) -> str:
        """The spellings and the right name."""
        return f"{', '.join(texts['ticked'])} → {texts['name']}"

    def _read_another(self) -> None:
        self.read(())

    def read(self, ticks: Sequence[str]) -> None:
        """Read the spellings of the selected commune and tick these."""
        desk, unit = self._desk, self.commune.known_code()
        self.list.clear()
        self._ticks = list(ticks) if unit else None
        if unit:
            work = lambda: desk.mass.spellings(unit)  # noqa: E731
            self._tasks.run(work, lambda spellings: self._show(unit, spellings), self._fail, self)

    def _show(self, unit: str, spellings: list[HamletSpelling]) -> None:
        if unit != self.commune.known_code():
            # Another commune was selected meanwhile; its read follows.
            return
        ticks, self._ticks = self.ticked(), None
        self.list.clear()
        for spelling in sorted(
            spellings, key=lambda spelling: (fold(spelling.text), -spelling.total)
        ):
            words = ngettext("{count} record", "{count} records", spelling.total)
            count = words.format(count=format_number(spelling.total, language()))
            item = QListWidgetItem(f"{spelling.text}   ({count})", self.list)
            item.setData(Qt.ItemDataRole.UserRole, (spelling.text, spelling.total))
            on = spelling.text in ticks
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def ticked(self) -> list[str]:
        """The ticked spellings, most frequent first; while they are read, those to be ticked."""
        if self._ticks is not None:
            return self._ticks
        ticked_spellings = [
            self.list.item(row).data(Qt.ItemDataRole.UserRole)
            for row in range(self.list.count())
            if self.list.item(row).checkState() == Qt.CheckState.Checked
        ]
        return [text for text, _total in sorted(ticked_spellings, key=lambda entry: -entry[1])]

    def _propose(self) -> None:
        ticked = self.ticked()
        if ticked and not self.name.isModified():
            self.name.setText(ticked[0])

    def carry_out(self) -> None:
        """Start the joining and close."""
        joined = self.typed()
        if not joined.ticked or not joined.name:
            self.bar.warn(_("Tick the spellings, then write the right name."))
            return
        self.draft.keep_now()
        if self._join(joined):
            self.accept()
        else:
            self.bar.warn(wait_words())
