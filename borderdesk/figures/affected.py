"""The records that a write affects, besides those it changes, and the days on which they count.

Hand-written SQL: it runs before every edit of a desk with closed periods, each statement one step
into an index of ids.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.record import Values
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current
from borderdesk.store.connection.database import Store
from borderdesk.store.records.counted_revisions import CountedRevisions
from borderdesk.store.records.history import NewVersion, followers, stored_revisions


class AffectedRecords:
    """The records that some edits concern: those edited, and all that follow their households."""

    def __init__(self, store: Store, edits: Sequence[NewVersion]) -> None:
        self._store = store
        self._edits = edits

    def days(self) -> list[str]:
        """The days (ISO), before the edits and after them, by which the records count."""
        days: list[str] = []
        for edit in self._edits:
            event = edit.model.event()
            if event is None:
                continue
            day = self._store.value(
                f"SELECT {event.name} FROM {edit.model.type_name} WHERE id = ?", (edit.record,)
            )
            days += [day] if day else []
            days += [edit.values[event.name].isoformat()] if edit.values else []
        if any(edit.model is Household for edit in self._edits):
            days += self._first_days_of_followers()
        return days

    def _first_days_of_followers(self) -> list[str]:
        days = []
        marks = ", ".join("?" * len(self.households))
        for model in followers():
            event = model.event()
            assert event is not None
            day = self._store.value(
                f"SELECT MIN({event.name}) FROM {model.type_name} WHERE"
                f" {model.household_key()} IN ({marks})",
                self.households,
            )
            days += [day] if day else []
        return days

    @cached_property
    def households(self) -> list[str]:
        """The households the records name or are, with those joined before or after."""
        households: set[str] = set()
        for edit in self._edits:
            if edit.model is Household:
                households.add(edit.record)
            for column in edit.model.referring(HOUSEHOLD):
                old = self._store.value(
                    f"SELECT {column} FROM {edit.model.type_name} WHERE id = ?", (edit.record,)
                )
                households |= {
                    household for household in (old, (edit.values or {}).get(column)) if household
                }
        return sorted(joined_with(self._store, households)) if households else []

    @cached_property
    def records(self) -> list[str]:
        """The ids of the records whose part in the figures may change, in order."""
        records = {edit.record for edit in self._edits}
        if self.households:
            types = {edit.model.type_name for edit in self._edits}
            following = [
                m.type_name
                for m in followers()
                if m.type_name in types or Household.type_name in types
            ]
            records |= set(followers_of(self._store, following, self.households))
        return sorted(records)


def followers_of(store: Store, types: Iterable[str], households: Sequence[str]) -> list[str]:
    """The records of the types that name one of the households."""
    marks = ", ".join("?" * len(households))
    return [
        row[0]
        for name in types
        for row in store.rows(
            f"SELECT id FROM {name} WHERE {RECORD_TYPES[name].household_key()} IN ({marks})",
            households,
        )
    ]


def joined_with(store: Store, households: Collection[str]) -> set[str]:
    """The households and all that are joined with them."""
    household_ids = sorted(households)
    marks = ", ".join("?" * len(household_ids))
    rows = store.rows(
        "SELECT member FROM household_group WHERE leader IN"
        f" (SELECT leader FROM household_group WHERE member IN ({marks}))",
        household_ids,
    )
    return {*household_ids, *(row[0] for row in rows)}


def counted_values(store: Store, record: str, counted: CountedRevisions) -> Values | None:
    """The values of a record by the revisions that were counted; None when none was."""
    within, params = counted.within("r.seq")
    versions = [*stored_revisions(store, f"WHERE r.record = ? AND {within}", (record, *params))]
    if not versions:
        return None
    current_id = current(version.node() for version in versions).id
    return next(version for version in versions if version.id == current_id).values()
