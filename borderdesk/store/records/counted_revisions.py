"""The revisions counted by a signed paper.

A closing on this desk counted every revision up to a `seq`. A closing on another desk counted the
entries that its author held then: a record typed on this desk and not sent by that time is not
among them whatever its `seq`, and neither is one that arrives only after the closing.

SQL by hand: it is part of statements over revisions, and each test is an index lookup.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.store.connection.database import Store
from borderdesk.store.records.logs import logs

Condition = tuple[str, tuple[Any, ...]]
"""(SQL, its parameters)."""

AT_ONCE = 500
_NUMBERED = "SELECT 1 FROM log_entry n WHERE n.revision = {seq}"


class CountedRevisions(NamedTuple):
    """The revisions that were counted: those up to the place `last`; or, of those that are entries
    of logs, the ones up to `limits` ({log: number}, every log of the desk), where that is known."""

    last: int
    limits: Mapping[int, int] | None = None

    def within(self, seq: str) -> Condition:
        """The condition that a revision is counted; seq: the column of its place."""
        if self.limits is None:
            return f"{seq} <= ?", (self.last,)
        inside = " OR ".join(["n.log = ? AND n.number <= ?"] * len(self.limits)) or "0"
        numbered = _NUMBERED.format(seq=seq)
        return (
            f"(EXISTS ({numbered} AND ({inside})) OR ({seq} <= ? AND NOT EXISTS ({numbered})))",
            (*self._numbers(), self.last),
        )

    def beyond(self, seq: str) -> Condition:
        """The condition that it is not; found by an index on the place or on the log."""
        if self.limits is None:
            return f"{seq} > ?", (self.last,)
        later = " UNION ALL ".join(
            ["SELECT revision FROM log_entry WHERE log = ? AND number > ? AND revision NOTNULL"]
            * len(self.limits)
        )
        unnumbered = f"SELECT seq FROM revision u WHERE seq > ? AND NOT EXISTS ({_NUMBERED})"
        return (
            f"{seq} IN ({later}{' UNION ALL ' if later else ''}{unnumbered.format(seq='u.seq')})",
            (*self._numbers(), self.last),
        )

    def _numbers(self) -> tuple[int, ...]:
        return tuple(number for pair in (self.limits or {}).items() for number in pair)


def counted_by(store: Store, last: int, holding: Mapping[str, int] | None) -> CountedRevisions:
    """The revisions that a paper counted: up to the `seq` `last`; holding: that of the author's
    desk {log name: last entry}, None if the author is this desk."""
    if holding is None:
        return CountedRevisions(last)
    log_numbers = logs(store).items()
    return CountedRevisions(last, {number: holding.get(name, 0) for name, number in log_numbers})


def counted_records(store: Store, records: list[str], counted: CountedRevisions) -> set[str]:
    """The subset of `records` of which a revision was counted."""
    marks = ", ".join("?" * len(records))
    within, params = counted.within("r.seq")
    rows = store.rows(
        f"SELECT DISTINCT r.record FROM revision r WHERE r.record IN ({marks}) AND {within}",
        (*records, *params),
    )
    return {row[0] for row in rows}


def counted_places(store: Store, counted: CountedRevisions, seqs: list[int]) -> set[int]:
    """The subset of the revisions (places) that was counted."""
    if counted.limits is None:
        return {seq for seq in seqs if seq <= counted.last}
    within, params = counted.within("r.seq")
    places: set[int] = set()
    for at in range(0, len(seqs), AT_ONCE):
        some = seqs[at : at + AT_ONCE]
        marks = ", ".join("?" * len(some))
        rows = store.rows(
            f"SELECT r.seq FROM revision r WHERE r.seq IN ({marks}) AND {within}", (*some, *params)
        )
        places.update(row[0] for row in rows)
    return places
