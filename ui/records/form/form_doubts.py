"""Doubts about a form's values, and which of them were confirmed."""

from collections.abc import Iterable, Sequence

from borderdesk.entry.entry_rules import REPEATED

Doubt = tuple[str, str]
"""(path of a field, such as "inspected[0].marker"; English key of the doubt)."""


class FormDoubts:
    """The doubts of one form: found while typing, raised by a save, confirmed with F8."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Reset for another record."""
        self._found: list[Doubt] = []
        self._asked: list[Doubt] = []
        self._kept: set[Doubt] = set()

    def already(self, doubts: Iterable[Doubt]) -> None:
        """Set the doubts confirmed with the saved record."""
        self._kept = set(doubts)

    def found(self, doubts: Iterable[Doubt]) -> None:
        """Set the doubts about the present contents."""
        self._found = list(doubts)

    def asked(self, doubts: Iterable[Doubt]) -> None:
        """Set the doubts that stopped a save; the next save confirms them."""
        self._asked = list(doubts)

    def changed(self) -> None:
        """Reset after an edit the doubts that depend on other records."""
        self._asked = []
        self._kept = {doubt for doubt in self._kept if doubt[1] not in REPEATED}

    def repeated(self) -> bool:
        """Whether a possible duplicate stopped the save."""
        return any(doubt[1] in REPEATED for doubt in self._asked)

    def keep(self, fields: Sequence[str]) -> bool:
        """Confirm the doubts of these fields; False if there were none."""
        kept_doubts = [d for d in self.open() if root_of(d[0]) in fields]
        self._kept.update(kept_doubts)
        return bool(kept_doubts)

    def _known(self) -> list[Doubt]:
        return list(dict.fromkeys([*self._found, *self._asked]))

    def open(self) -> list[Doubt]:
        """The doubts not confirmed."""
        return [doubt for doubt in self._known() if doubt not in self._kept]

    def kept(self) -> list[Doubt]:
        """The confirmed doubts."""
        return [doubt for doubt in self._known() if doubt in self._kept]

    def lasting(self) -> tuple[Doubt, ...]:
        """The confirmed doubts to store in a draft, without those that depend on other records,
        which may change."""
        return tuple(sorted(doubt for doubt in self._kept if doubt[1] not in REPEATED))

    def accepted(self) -> frozenset[Doubt]:
        """The doubts that a save may ignore: confirmed ones, and those that stopped the last save.
        Possible duplicates need an explicit confirmation: a second save does not prove that the
        person has read it."""
        asked_doubts = (doubt for doubt in self._asked if doubt[1] not in REPEATED)
        return frozenset((*self._kept, *asked_doubts))


def root_of(path: str) -> str:
    """The field of a path: "inspected[0].marker" → "inspected"."""
    return path.partition("[")[0].partition(".")[0]


def inside_of(path: str) -> str:
    """The rest of a path: "inspected[0].marker" → "[0].marker"; "" for the whole field."""
    return path[len(root_of(path)) :].lstrip(".")
