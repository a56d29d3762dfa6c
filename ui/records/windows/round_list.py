"""The households of a round: what is typed finds one, Enter ticks it, and ticks stay."""

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
"""{household: the name of its hamlet}, of those that are ticked."""


class RoundList(QListWidget):
    """Households with a tick each. A tick stays while its household is not shown: behind “only who
    has not signed”, or while another hamlet is looked at."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "commands")
        self.setAccessibleName(_("Households of the hamlet"))
        self.kept: Ticks = {}
        """Every tick, shown or not, and the hamlet of each."""
        self._hamlet = ""
        self.itemChanged.connect(self._note)

    def fill(self, households: Sequence[RoundHousehold], hamlet: str) -> None:
        """Show other households, ticked as they were."""
        self._hamlet = hamlet
        self.blockSignals(True)
        self.clear()
        for number, one in enumerate(households, start=1):
            item = QListWidgetItem(f"{number}.  {one.name}{_signed(one)}", self)
            item.setData(HOUSEHOLD, one)
            on = one.id in self.kept
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            if on:
                # It may have been ticked while the hamlet was called otherwise.
                self.kept[one.id] = hamlet
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
        """The households that are shown and ticked."""
        items = (self.item(row) for row in range(self.count()))
        return [item.data(HOUSEHOLD) for item in items if _is_on(item)]

    def tick(self, households: Sequence[str], *, on: bool) -> None:
        """Tick households (ids) that are shown, or take their ticks off."""
        for row in range(self.count()):
            if self.item(row).data(HOUSEHOLD).id in households:
                state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
                self.item(row).setCheckState(state)

    def elsewhere(self) -> Counter[str]:
        """{hamlet: ticks of it that are not shown}."""
        shown = {one.id for one in self.ticked()}
        return Counter(hamlet for one, hamlet in self.kept.items() if one not in shown)

    def without(self, households: Sequence[str]) -> Ticks:
        """The ticks that stay once those of households (ids) are saved."""
        return {one: hamlet for one, hamlet in self.kept.items() if one not in households}

    def prune(self, hamlet: str, households: Sequence[RoundHousehold]) -> None:
        """Take off the ticks of a hamlet whose households are its no longer: deleted, or joined."""
        there = {one.id for one in households}
        self.kept = {one: at for one, at in self.kept.items() if at != hamlet or one in there}

    # ---------------------------------------------------------------------- finding

    def mark(self, typed: str) -> int:
        """Mark the household that a number or name means; its row, -1 for none."""
        row = self._row_of(typed)
        if row >= 0:
            self.setCurrentRow(row)
        return row

    def toggle(self, typed: str) -> bool:
        """Tick the household that a number or name means, or take its tick off; whether any is
        meant."""
        row = self.mark(typed)
        if row >= 0:
            item = self.item(row)
            item.setCheckState(Qt.CheckState.Unchecked if _is_on(item) else Qt.CheckState.Checked)
        return row >= 0

    def _row_of(self, typed: str) -> int:
        """Its number on the paper; else the best of the names whose words begin so: one that has
        the accents typed comes before others, the whole name before a part of it, and who is not
        ticked before who is."""
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
            not _said(typed, head),
            fold(typed) != fold(head),
            _is_on(self.item(row)),
        )


def _is_on(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


def _begins(typed: str, name: str) -> bool:
    """Whether every word typed begins a word of the name."""
    words, parts = typed.split(), name.split()
    return bool(words) and all(any(part.startswith(word) for part in parts) for word in words)


def _said(typed: str, name: str) -> bool:
    """Whether the words typed with accents have those of the name; the others may lack them."""
    words = [word for word in accented(typed).split() if word != fold(word)]
    return not words or _begins(" ".join(words), accented(name))


def _signed(one: RoundHousehold) -> str:
    """When a household signed last, behind its name."""
    if one.signed_on is None:
        return ""
    words = _("signed this year, {date}") if one.this_year else _("signed last {date}")
    return "   –   " + words.format(date=format_date(one.signed_on))
