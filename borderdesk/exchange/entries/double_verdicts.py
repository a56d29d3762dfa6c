"""Verdicts on doubles: entries of a desk's log, which of several counts, and who receives them."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.exchange.desks.author_rules import AuthorRules
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.format.text_forms import MAX_AUTHOR, is_line
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import stamp_after
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.models.records import DoubleVerdictRow
from borderdesk.store.records.logs import entries, logs

SAME, DIFFERENT, ASKED, OPEN = "same", "different", "asked", "open"
"""Verdicts; ASKED: the same, but another desk has to delete or join a record of the pair; OPEN: a
verdict that was reverted."""
VERDICTS = (SAME, DIFFERENT, ASKED, OPEN)


class VerdictEntry(EntryKind):
    """The verdict of a person on two records; `stays` is the remaining one if they are the same."""

    name = "verdict"
    counted = N_("verdicts on doubles: {count}")
    keys = ("first", "second", "type", "verdict", "stays", "author", "time")
    required = ("first", "second", "type", "verdict", "author", "time")

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """Two records of one type in order, a verdict, an author of one line."""
        super().check(facts, text)
        pair = (facts["first"], facts["second"])
        sound = all(is_uuid(record) for record in pair) and pair[0] < pair[1]
        if not sound or facts["type"] not in ALL_TYPES or facts["verdict"] not in VERDICTS:
            raise unsound()
        stays_in_pair = facts.get("stays") in pair
        if stays_in_pair != (facts["verdict"] in (SAME, ASKED)) or not is_line(
            facts["author"], MAX_AUTHOR
        ):
            raise unsound()

    def refusal(self, session: Session, entry: ArrivedEntry) -> str | None:
        """The reason of a refusal: only the keeper of one of the two records, or a unit above it,
        may decide."""
        pair = (entry.facts["first"], entry.facts["second"])
        return AuthorRules(session).refusal_to_decide(entry.desk, pair)

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Apply it where it is the latest on the two records."""
        put_verdict(session.store, entry.facts, entry.desk, entry.id)

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Restore the latest of the verdicts that remain."""
        first, second, row = entry.facts["first"], entry.facts["second"], DoubleVerdictRow
        store = session.store
        store.execute(row.delete().where(row.first == first, row.second == second))
        for log in logs(store):
            for stored in entries(store, log, kind=self.name):
                if stored.content is None or stored.refused is not None:
                    continue
                facts = json.loads(stored.content)["content"]
                pair = (facts.get("first"), facts.get("second"))
                if pair == (first, second) and stored.id != entry.id:
                    put_verdict(store, facts, stored.log[:32], stored.id)

    def readers(self, session: Session, _desk: str, facts: Mapping[str, str]) -> frozenset[str]:
        """The owners of the two."""
        units = session.part(DeskUnits)
        owners = (units.owner(facts["type"], facts[key]) for key in ("first", "second"))
        return frozenset(owner for owner in owners if owner is not None)


def put_verdict(store: Store, facts: Mapping[str, str], desk: str, entry: bytes) -> None:
    """Apply a verdict unless a later one is stored: of several the latest counts, in whatever order
    they arrive; of the same time that of the greater entry."""
    before = counting_verdict(store, facts["first"], facts["second"])
    if before is not None and (before.time, before.entry) >= (facts["time"], entry):
        return
    row = DoubleVerdictRow
    columns = {key: facts.get(key) or "" for key in VerdictEntry.keys}
    store.execute(
        row.insert(**columns, desk=desk, entry=entry).on_conflict(
            conflict_target=[row.first, row.second],
            preserve=[row.verdict, row.stays, row.author, row.desk, row.time, row.entry],
        )
    )


def given_up_records(store: Store) -> list[tuple[str, str, str]]:
    """(type, record, the one that stays for it) by the verdicts in force."""
    row = DoubleVerdictRow
    query = row.select(row.type, row.first, row.second, row.stays).where(row.verdict == SAME)
    return [
        (kind, second if first == stays else first, stays)
        for kind, first, second, stays in store.fetch(query.order_by(row.first, row.second))
    ]


class CountingVerdict(NamedTuple):
    """The verdict in force on two records; stays: the id of the record that stays, "" for both."""

    verdict: str
    stays: str
    author: str
    desk: str
    time: str
    entry: bytes

    def next_time(self) -> str:
        """A time by which a verdict of this moment counts, also where a clock went wrong."""
        return stamp_after(self.time)


def counting_verdict(store: Store, first: str, second: str) -> CountingVerdict | None:
    """The verdict on two records, ids in order; None for none."""
    row = DoubleVerdictRow
    columns = [getattr(row, name) for name in CountingVerdict._fields]
    query = row.select(*columns).where(row.first == first, row.second == second)
    stored = store.first(query)
    if stored is None:
        return None
    *columns, entry = stored
    return CountingVerdict._make((*columns, bytes(entry or b"")))
