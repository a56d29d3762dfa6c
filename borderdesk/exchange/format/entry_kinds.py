"""The kinds of log entries other than revisions: each is declared once, in this module.

A kind declares the fields of its entries, which are also its columns in a package; the check of an
entry; its effect on arrival and how that is reverted; and the units that receive it whole.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.exchange.format.package_tables import PackageTable, entry_table
from borderdesk.exchange.format.text_forms import DESK_ID, TIME, UNIT_CODE, is_line
from borderdesk.schema.kinds import FieldError
from borderdesk.session.session import Session

MAX_CELL = 1 << 20
"""The limit of characters of a text in an entry."""
MAX_LINE = 1_000
"""The limit of characters of a line in a card decision."""


class ArrivedEntry(NamedTuple):
    """An entry of another desk: its facts by key, and its typed text if that was sent too; `batch`
    contained it."""

    desk: str
    number: int
    kind: str
    id: bytes
    facts: Mapping[str, str]
    text: str | None
    batch: str


class EntryKind:
    """A kind of log entry.

    name: in the log; keys: of its facts, `required` the mandatory ones; typed: the column of the
    typed text, "" without one; goes_up: whether every level above the author receives it whole, not
    the number and id alone; can_wait: whether it can be set aside; counted: the number of entries
    as an English key with {count} in it.
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
        """Raise FieldError for content that no program of ours would write."""
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
        """Apply a received entry within the open transaction; called again when its text arrives
        later."""

    def receive_all(self, session: Session, arrived: Iterable[ArrivedEntry]) -> None:
        """Apply the entries of a package, by their numbers."""
        for entry in arrived:
            self.receive(session, entry)

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Revert the effect, when the entry's batch is undone."""

    def readers(self, _session: Session, _desk: str, _facts: Mapping[str, str]) -> frozenset[str]:
        """The units, besides those of the author and above, that get it whole."""
        return frozenset()


class CardDecision(EntryKind):
    """A decision on a card: accepted, revoked, renewed; or that a desk continues under another id,
    with the signature (a minisign file in base64) of the old id over the facts."""

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
    """The undo of a batch: `logs` has the remaining head of each log in it, as `desk:number` with
    blanks between."""

    name = "undo"
    counted = N_("files taken out there: {count}")
    keys = ("batch", "logs", "time")
    required = ("batch", "time")


def unsound() -> FieldError:
    """The error for an entry that no program of ours would write."""
    return FieldError(_("Its fields do not fit together."))
