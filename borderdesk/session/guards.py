"""Interfaces by which a write is checked against closed periods.

`borderdesk.closing.guard`, a floor above, implements them; entry and exchange only call them.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Protocol

from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.store.records.history import NewVersion


class LateCheck(Protocol):
    """Whether new records fall into closed periods; valid for one transaction."""

    def holds(self, day: datetime.date) -> bool:
        """Whether the period of any closed edition, or figure from paper, contains the day."""

    def is_late(
        self,
        model: type[RevisionedModel],
        values: Values,
        day: datetime.date,
        record: str,
        home: str | None,
    ) -> bool:
        """Whether a record dated `day` belongs to a closed period that did not count it.

        home: the commune of the household that the record names.
        """

    def is_on_paper(
        self, model: type[RevisionedModel], values: Values, day: datetime.date, home: str | None
    ) -> bool:
        """Whether a figure from paper replaces those of a day and scope the record counts in."""


class WriteGuard(Protocol):
    """Protects closed periods against writes."""

    def watch(self, changes: Sequence[NewVersion]) -> Callable[[], None] | None:
        """Record the state that a write is about to change; returns the check to run after it,
        which raises OperationRefused, or None when no closed period is concerned."""

    def counts(self, change: NewVersion) -> bool:
        """Whether a closed period counts a record by something that would change in it: a write
        may be refused then."""

    def late_check(self) -> LateCheck:
        """A check for the records of one transaction."""

    def watch_reference(self) -> Callable[[], None] | None:
        """Record the signed figures before reference data, settings or figures from paper are
        changed; returns the check to run after it, as `watch` does."""


class OpenPeriods:
    """The guard of a desk on which no period was ever closed."""

    def watch(self, _changes: Sequence[NewVersion]) -> None:
        """Nothing to check."""

    def counts(self, _change: NewVersion) -> bool:
        """No period counts anything."""
        return False

    def late_check(self) -> "OpenPeriods":
        """Itself: no record is late."""
        return self

    def holds(self, _day: datetime.date) -> bool:
        """No day is in a closed period."""
        return False

    def is_late(self, *_record: object) -> bool:
        """No record is late."""
        return False

    def is_on_paper(self, *_record: object) -> bool:
        """No figures are from paper."""
        return False

    def watch_reference(self) -> None:
        """Nothing to check."""
