"""The kinds of entries of a log that are no revisions: each is declared once, here.

A kind says what its entries are made of, which is also the table it has in a package; how one is
judged; what becomes of one that arrives and of one that is taken back; and who gets it whole.
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.exchange.format.package_tables import PackageTable, entry_table
from borderdesk.exchange.format.text_forms import DESK_ID, TIME, UNIT_CODE, is_line
from borderdesk.schema.kinds import FieldError
from borderdesk.session.session import Session

MAX_CELL = 1 << 20
"""Characters of one text of an entry."""
MAX_LINE = 1_000
"""Characters of one line of a card decision."""


class ArrivedEntry(NamedTuple):
    """An entry of another desk: what it says by key, and the text a person typed where that came
    too; `batch` brought it."""

    desk: str
    number: int
    kind: str
    id: bytes
    facts: Mapping[str, str]
    text: str | None
    batch: str


class EntryKind:
    """A kind of entry.

    name: in the log; keys: of what it says, `required` those that must be there; typed: the column
    of the text that a person typed, "" without one; goes_up: whether every level above the author
    gets it whole, not the number and id alone; can_wait: whether it can be set aside; counted: how
    many came, an English key with {count} in it.
    """

    name: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]
    required: ClassVar[tuple[str, ...]] = ()
    typed: ClassVar[str] = ""
    goes_up: ClassVar[bool] = True
    can_wait: ClassVar[bool] = True
    counted: ClassVar[str]

    @property
    def table(self) -> PackageTable:
        """Its table in a package."""
        return entry_table(f"{self.name}s", self.keys, self.typed)

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """Raise FieldError for what no program of ours would write."""
        cells = [*facts.values(), text or ""]
        if any(len(cell) > MAX_CELL for cell in cells) or not facts.keys() <= {*self.keys}:
            raise unsound()
        if not all(facts.get(key) for key in self.required):
            raise unsound()
        if "time" in facts and not TIME.fullmatch(facts["time"]):
            raise unsound()

    def refusal(self, _session: Session, _entry: ArrivedEntry) -> str | None:
        """Why this author may not write this entry, or not yet, as an English key; None when it
        counts."""
        return None

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Apply a received entry within the open transaction; called again when its text comes
        later."""

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Revert the effect, when the batch that brought the entry is undone."""

    def readers(self, _session: Session, _desk: str, _facts: Mapping[str, str]) -> frozenset[str]:
        """The units, besides those of the author and above, that get it whole."""
        return frozenset()


class CardDecision(EntryKind):
    """A decision on a card: accepted, revoked, renewed; or that a desk goes on under another id,
    with the signature (a minisign file in base64) of the old one over what is said."""

    name = "card"
    counted = N_("decisions on cards: {count}")
    keys = (
        "decision",
        "desk",
        "unit",
        "role",
        "minisign",
        "age",
        "instead_of",
        "time",
        "signature",
    )
    required = ("decision", "desk", "time")

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """A desk id, a unit, a time; short lines."""
        super().check(facts, text)
        unit = facts.get("unit")
        if not DESK_ID.fullmatch(facts["desk"]) or (unit and not UNIT_CODE.fullmatch(unit)):
            raise unsound()
        if not all(is_line(cell, MAX_LINE) for cell in facts.values()):
            raise unsound()


class UndoEntry(EntryKind):
    """That a batch was undone: `logs` says up to where each log it had brought is held since, as
    `desk:number` with blanks between."""

    name = "undo"
    counted = N_("files taken out there: {count}")
    keys = ("batch", "logs", "time")
    required = ("batch", "time")


def unsound() -> FieldError:
    """The error for an entry that no program of ours would write."""
    return FieldError(_("Its fields do not fit together."))
