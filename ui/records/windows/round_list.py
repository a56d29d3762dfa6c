"""List of a round's households with checkboxes and type-ahead search."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import accented, fold
from borderdesk.entry.hamlet_round import RoundHousehold
from ui.base.style import named

HOUSEHOLD = Qt.ItemDataRole.UserRole
Ticks = dict[str, str]
"""{household id: hamlet} of the ticked households."""


class RoundList(QListWidget):
    """Households with a checkbox each; ticks are kept while a household is filtered out or another
    hamlet is shown."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "commands")
        self.setAccessibleName(_("Households of the hamlet"))
        self.kept: Ticks = {}
        """All ticks with their hamlets, visible or not."""
        self._hamlet = ""
        self.itemChanged.connect(self._note)

    def fill(self, households: Sequence[RoundHousehold], hamlet: str) -> None:
        """Show other households with their ticks."""
        self._hamlet = hamlet
        self.blockSignals(True)
        self.clear()
        for number, household in enumerate(households, start=1):
            item = QListWidgetItem(f"{number}.  {household.name}{_signed(household)}", self)
            item.setData(HOUSEHOLD, household)
            on = household.id in self.kept
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            if on:
                # The hamlet may have been renamed since it was ticked.
                self.kept[household.id] = hamlet
        self.blockSignals(False)
        self.setCurrentRow(0)

    def _note(self, item: QListWidgetItem) -> None:
        household = item.data(HOUSEHOLD)
        if household is None:
            return
        self.kept.pop(household.id, None)
        if _is_on(item):
            self.kept[household.id] = self._hamlet

    def ticked(self) -> list[RoundHousehold]:
        """The ticked households that are visible."""
        items = (self.item(row) for row in range(self.count()))
        return [item.data(HOUSEHOLD) for item in items if _is_on(item)]

    def tick(self, households: Sequence[str], *, on: bool) -> None:
        """Tick visible households (ids), or untick them."""
        for row in range(self.count()):
            if self.item(row).data(HOUSEHOLD).id in households:
                state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
                self.item(row).setCheckState(state)

    def elsewhere(self) -> Counter[str]:
        """{hamlet: number of ticks that are not visible}."""
        shown = {household.id for household in self.ticked()}
        return Counter(hamlet for household, hamlet in self.kept.items() if household not in shown)

    def without(self, households: Sequence[str]) -> Ticks:
        """The remaining ticks when households (ids) are saved."""
        return {
            household: hamlet
            for household, hamlet in self.kept.items()
            if household not in households
        }

    def prune(self, hamlet: str, households: Sequence[RoundHousehold]) -> None:
        """Drop ticks of a hamlet's households that no longer belong to it (deleted or joined)."""
        ids = {household.id for household in households}
        self.kept = {
            household: place
            for household, place in self.kept.items()
            if place != hamlet or household in ids
        }

    # ---------------------------------------------------------------------- finding

    def mark(self, typed: str) -> int:
        """Make the household of a number or name current; its row, -1 for none."""
        row = self._row_of(typed)
        if row >= 0:
            self.setCurrentRow(row)
        return row

    def toggle(self, typed: str) -> bool:
        """Toggle the household of a number or name; False if there is none."""
        row = self.mark(typed)
        if row >= 0:
            item = self.item(row)
            item.setCheckState(Qt.CheckState.Unchecked if _is_on(item) else Qt.CheckState.Checked)
        return row >= 0

    def _row_of(self, typed: str) -> int:
        """The row for a number on the paper, else for the best name whose words begin so: accents
        as typed first, then equal names, then unticked ones."""
        if typed.strip().isdecimal():
            number = int(typed) - 1
            return number if 0 <= number < self.count() else -1
        rows = [row for row in range(self.count()) if _begins(fold(typed), fold(self._head(row)))]
        return min(rows, key=lambda row: self._distance(typed, row), default=-1)

    def _head(self, row: int) -> str:
        head: str = self.item(row).data(HOUSEHOLD).head
        return head

    def _distance(self, typed: str, row: int) -> tuple[bool, bool, bool]:
        head = self._head(row)
        return (
            not _accents_match(typed, head),
            fold(typed) != fold(head),
            _is_on(self.item(row)),
        )


def _is_on(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


def _begins(typed: str, name: str) -> bool:
    """Whether every typed word begins a word of the name."""
    words, parts = typed.split(), name.split()
    return bool(words) and all(any(part.startswith(word) for part in parts) for word in words)


def _accents_match(typed: str, name: str) -> bool:
    """Whether the words typed with accents match the name's accents."""
    words = [word for word in accented(typed).split() if word != fold(word)]
    return not words or _begins(" ".join(words), accented(name))


def _signed(household: RoundHousehold) -> str:
    """The date of the household's last pledge, appended to its name."""
    if household.signed_on is None:
        return ""
    words = _("signed this year, {date}") if household.this_year else _("signed last {date}")
    return "   –   " + words.format(date=format_date(household.signed_on))
