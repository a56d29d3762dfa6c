"""Plans the content of a package for a receiver: which logs, from which entry on, and which entries
whole."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.exchange.desks.desk_units import DeskUnit, DeskUnits
from borderdesk.exchange.desks.holdings import Holdings
from borderdesk.exchange.format.entry_kinds import EntryKind
from borderdesk.exchange.reading.package_layout import KIND_OF
from borderdesk.schema.log_entries import NOTHING, REVISION, desk_of
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.records.logs import StoredEntry, holding, logs, newest_signed
from borderdesk.store.records.package_selection import LogRange


class Receiver(NamedTuple):
    """Whom a package is for: a desk (32 hex digits) or all desks of a unit, by the unit they are
    of; both None for anybody."""

    name: str = ""
    unit: DeskUnit | None = None


ANYBODY = Receiver()


class CarriedEntry(NamedTuple):
    """An entry in a package: its facts, if the receiver gets it whole."""

    kind: EntryKind
    facts: Mapping[str, str]
    hashed: str


class PackagePlan(SessionPart):
    """Selects the entries for a receiver."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._units = session.part(DeskUnits)

    def ranges(self, receiver: Receiver, *, back: bool = False) -> list[LogRange]:
        """The entries of every log that a receiver gets and has not acknowledged, each up to the
        newest head its desk signed of what is held here.

        back: the logs of the receiver's own unit too, for a desk that starts over.
        """
        holdings = self.session.part(Holdings)
        acknowledged: Mapping[str, int] = {}
        if receiver.unit is not None and not back:
            acknowledged = holdings.acknowledged_by(holdings.receivers(receiver.name))
        ranges, held = [], holding(self.store)
        for name, log in logs(self.store).items():
            author = self._units.of(desk_of(name))
            if author is None or not self._is_carried(author, receiver.unit, back=back):
                continue
            signed = newest_signed(self.store, log, held.get(name, NOTHING).number)
            if signed is not None:
                whole = self._is_whole(author, receiver.unit)
                ranges.append(LogRange(name, log, acknowledged.get(name, 0), signed[0], whole))
        return ranges

    def _is_carried(self, author: DeskUnit, to: DeskUnit | None, *, back: bool) -> bool:
        """Whether a log of a unit is sent to a receiver: our own unit's always; upwards logs of
        units below, downwards logs of units above."""
        own_unit = self._units.own()
        if author.unit == own_unit.unit:
            return True
        if to is None:
            return False
        if author.unit == to.unit:
            return back
        if to.unit == own_unit.unit:
            return True
        if self._units.is_above(to, own_unit):
            return self._units.is_above(own_unit, author)
        return self._units.is_above(author, own_unit)

    def _is_whole(self, author: DeskUnit, to: DeskUnit | None) -> bool:
        """Whether the revisions a unit authored go whole, not as stubs."""
        own_unit = self._units.own()
        if to is None or to.unit in (author.unit, own_unit.unit):
            return True
        # A unit's own entries are sent to every receiver; downwards only on request.
        if author.unit == own_unit.unit:
            return not self._units.is_above(own_unit, to)
        return self._units.is_above(to, author)

    def carried(self, entry: StoredEntry, receiver: Receiver) -> CarriedEntry | None:
        """The part of an entry that is sent, for entries other than revisions; None if only its
        number and id are sent."""
        kind = KIND_OF.get(entry.kind)
        if kind is None or entry.kind == REVISION or entry.content is None:
            return None
        content = json.loads(entry.content)
        desk, facts = desk_of(entry.log), content["content"]
        if not self._is_read(kind, desk, facts, receiver.unit):
            return None
        return CarriedEntry(kind, facts, content.get("text", ""))

    def _is_read(
        self, kind: EntryKind, desk: str, facts: Mapping[str, str], to: DeskUnit | None
    ) -> bool:
        author = self._units.of(desk)
        if to is None or author is None or to.unit == author.unit:
            return True
        if kind.goes_up and self._is_whole(author, to):
            return True
        readers = kind.readers(self.session, desk, facts)
        if to.unit in readers:
            return True
        # On the way: a district forwards entries for its posts, and those for the province.
        below = self._units.posts(to) if to.role != "post" else frozenset()
        return bool(readers & below) or (to.level > author.level and bool(readers - below))
