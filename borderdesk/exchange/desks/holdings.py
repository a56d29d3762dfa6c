"""The holdings acknowledged by other desks, which allow smaller packages."""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.schema.log_entries import ChainHead, Holding, desk_of
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.models.logs import AcknowledgedLogRow, AcknowledgementRow
from borderdesk.store.records.logs import acknowledged_numbers, logs


class Acknowledgement(NamedTuple):
    """A desk's acknowledgement of its holding: `number` its own highest entry then; signed: whether
    it was in a file, not read over the telephone; noted: when it was received (UTC)."""

    receiver: str
    number: int
    signed: bool
    noted: str


class Holdings(SessionPart):
    """The acknowledged holdings of other desks."""

    @operation("exchange.write")
    def note(self, receiver: str, holding: Holding, *, signed: bool = True) -> bool:
        """Store a holding stated by a desk, replacing its earlier statement; False where the
        earlier one is newer.

        A statement at the desk's own highest number counts, even if it has less than before; a
        signed one overrules an unsigned one.
        """
        number = holding[receiver].number if receiver in holding else 0
        before = self.of(receiver)
        if before is not None and before.signed and (not signed or before.number > number):
            return False
        ack, log = AcknowledgementRow, AcknowledgedLogRow
        self.store.execute(ack.delete().where(ack.receiver == receiver))
        self.store.execute(log.delete().where(log.receiver == receiver))
        self.store.execute(
            ack.insert(receiver=receiver, number=number, signed=int(signed), noted=utc_stamp())
        )
        for name, head in holding.items():
            self.store.execute(
                log.insert(receiver=receiver, log=name, number=head.number, chain=head.chain)
            )
        return True

    @operation("exchange.write")
    def note_from_telephone(self, receiver: str, holding: Holding) -> None:
        """Note what was read over the telephone of some logs; the next signed holding overrules it,
        whatever its number."""
        before = self.of(receiver)
        ack, row = AcknowledgementRow, AcknowledgedLogRow
        self.store.execute(ack.delete().where(ack.receiver == receiver))
        number = before.number if before is not None else 0
        self.store.execute(
            ack.insert(receiver=receiver, number=number, signed=0, noted=utc_stamp())
        )
        for name, head in holding.items():
            cells = {"receiver": receiver, "log": name, "number": head.number, "chain": head.chain}
            query = row.insert(**cells)
            self.store.execute(
                query.on_conflict(
                    conflict_target=[row.receiver, row.log], preserve=[row.number, row.chain]
                )
            )

    def of(self, receiver: str) -> Acknowledgement | None:
        """The newest acknowledgement of a desk, None for none."""
        row = AcknowledgementRow
        columns = self.store.first(
            row.select(row.receiver, row.number, row.signed, row.noted).where(
                row.receiver == receiver
            )
        )
        if columns is None:
            return None
        desk, number, signed, noted = columns
        return Acknowledgement(desk, number, bool(signed), noted)

    def newest(self, receiver: str) -> dict[str, ChainHead]:
        """The newest acknowledged holding of a desk, empty for none."""
        row = AcknowledgedLogRow
        query = row.select(row.log, row.number, row.chain).where(row.receiver == receiver)
        return {
            log: ChainHead(number, bytes(chain)) for log, number, chain in self.store.fetch(query)
        }

    def acknowledged_by(self, receivers: list[str]) -> dict[str, int]:
        """{log: the last entry that every one of these desks holds}; 0 if one of them has
        acknowledged nothing, or another branch."""
        acknowledged = [acknowledged_numbers(self.store, receiver) for receiver in receivers]
        return {
            name: min((numbers.get(name, 0) for numbers in acknowledged), default=0)
            for name in logs(self.store)
        }

    def receivers(self, receiver: str) -> list[str]:
        """The desks that a receiver means: itself, or every accepted desk of that unit, this one
        and its earlier ids apart."""
        if len(receiver) == 32:
            return [receiver]
        signs_for = self.session.part(Cards).signs_for
        return [
            desk for desk in self.session.part(DeskUnits).desks(receiver) if not signs_for(desk)
        ]

    def own_numbers(self) -> dict[str, int]:
        """{desk: the last stored entry of its main log}, without branches of copied folders."""
        heads = self.session.part(DeskLog).holding()
        return {name: head.number for name, head in heads.items() if name == desk_of(name)}


def retract_holding(store: Store, desk: str, first: int) -> None:
    """Delete a desk's acknowledgement of its own entries from `first` on, whose file was removed,
    so that they are not requested."""
    row = AcknowledgedLogRow
    of_itself = (row.receiver == desk) & (row.log == desk)
    store.execute(row.delete().where(of_itself, row.number >= first))


def gaps(
    stored_numbers: Mapping[str, int], stated: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """{desk: (first, last) of the entries that are stated and not stored}. stored_numbers: as
    returned by `own_numbers`; stated: {desk: entry}, from a statement."""
    return {
        desk: (stored_numbers.get(desk, 0) + 1, number)
        for desk, number in stated.items()
        if number > stored_numbers.get(desk, 0)
    }
