"""The doubts of a form, and those that the person has confirmed."""

from collections.abc import Iterable, Sequence

from borderdesk.entry.entry_rules import REPEATED

Doubt = tuple[str, str]
"""The path of a field (a child's as inspected[0].marker) and the doubt's English key."""


class FormDoubts:
    """The doubts of one form: found while it is typed in, asked at a saving, kept with F8."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin with another record."""
        self._found: list[Doubt] = []
        self._asked: list[Doubt] = []
        self._kept: set[Doubt] = set()

    def already(self, doubts: Iterable[Doubt]) -> None:
        """What was kept with the record before."""
        self._kept = set(doubts)

    def found(self, doubts: Iterable[Doubt]) -> None:
        """What the form as it stands makes doubtful."""
        self._found = list(doubts)

    def asked(self, doubts: Iterable[Doubt]) -> None:
        """What a saving stopped at; saving once more takes it as kept."""
        self._asked = list(doubts)

    def changed(self) -> None:
        """Something was typed: what needs the other records is to be asked again."""
        self._asked = []
        self._kept = {doubt for doubt in self._kept if doubt[1] not in REPEATED}

    def repeated(self) -> bool:
        """Whether a saving stopped at another record that may be the same."""
        return any(doubt[1] in REPEATED for doubt in self._asked)

    def keep(self, fields: Sequence[str]) -> bool:
        """Keep the doubts of these fields; False when none was open."""
        chosen = [d for d in self.open() if root_of(d[0]) in fields]
        self._kept.update(chosen)
        return bool(chosen)

    def _known(self) -> list[Doubt]:
        return list(dict.fromkeys([*self._found, *self._asked]))

    def open(self) -> list[Doubt]:
        """What nobody has decided on."""
        return [doubt for doubt in self._known() if doubt not in self._kept]

    def kept(self) -> list[Doubt]:
        """What was decided to be right."""
        return [doubt for doubt in self._known() if doubt in self._kept]

    def lasting(self) -> tuple[Doubt, ...]:
        """What was decided to be right and stays so in a draft; what needs the other records is
        asked again, for there may be others by then."""
        return tuple(sorted(doubt for doubt in self._kept if doubt[1] not in REPEATED))

    def accepted(self) -> frozenset[Doubt]:
        """What a saving may keep: what was kept, and what the last saving asked about. That
        another record is the same is kept by its key alone: who saves twice has not read it."""
        asked = (doubt for doubt in self._asked if doubt[1] not in REPEATED)
        return frozenset((*self._kept, *asked))


def root_of(path: str) -> str:
    """The field a problem or a doubt belongs to: inspected[0].marker → inspected."""
    return path.partition("[")[0].partition(".")[0]


def inside_of(path: str) -> str:
    """What a path names within its field: inspected[0].marker → [0].marker, "" for all of it."""
    return path[len(root_of(path)) :].lstrip(".")
