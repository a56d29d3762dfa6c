"""Id clashes: records that arrived with the id of a record of another post, for example from a list
with ids that was carried from post to post. They wait in their author's log until they are entered
again."""

from collections import defaultdict
from typing import NamedTuple

from borderdesk.exchange.desks.author_rules import TAKEN
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.waiting_revisions import kept_revision
from borderdesk.schema.log_entries import desk_of
from borderdesk.session.session import Session
from borderdesk.store.records.logs import contents_waiting


class IdClash(NamedTuple):
    """A record that does not count, because another post's record has its id."""

    type: str
    record: str


def id_clashes(session: Session) -> dict[str, list[IdClash]]:
    """{unit: its records that wait so}, by type and id; without those it deleted since."""
    units, by_unit = session.part(DeskUnits), defaultdict(set)
    deleted: set[tuple[str, str]] = set()
    for log, content in contents_waiting(session.store, TAKEN):
        unit, revision = units.of(desk_of(log)), kept_revision(content)
        if unit is None:
            continue
        by_unit[unit.unit].add(IdClash(revision.type, revision.record))
        if revision.deleted:
            deleted.add((unit.unit, revision.record))
    clashes = {
        unit: sorted(clash for clash in of_unit if (unit, clash.record) not in deleted)
        for unit, of_unit in by_unit.items()
    }
    return {unit: of_unit for unit, of_unit in clashes.items() if of_unit}
