"""Households whose day of review has passed: listed, and erased in bulk."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.records.household import Household
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.records import HouseholdGroupRow


class OutdatedHousehold(NamedTuple):
    """A household stored past its day of review; `commune` a unit id."""

    id: str
    head: str
    commune: str
    hamlet: str
    review_on: datetime.date


class Retention(SessionPart):
    """The households stored longer than the retention period."""

    def outdated(self, day: datetime.date | None = None) -> list[OutdatedHousehold]:
        """The households whose day of review is over on a day (today without one), the longest
        overdue first; without erased ones, and without those joined with a household that is not
        due yet: it is the same person, and would be erased with it."""
        until = day or self.session.today()
        row = Household
        head, commune, hamlet, review = _fields(
            DESCRIBED_BY.name, DESCRIBED_BY.commune, DESCRIBED_BY.hamlet, row.review_key
        )
        query = (
            row.select(row.id, head, commune, hamlet, review)
            .where(review <= until, head.is_null(False))
            .order_by(review, row.id)
        )
        erased, beside = self.session.part(Erasures).records(), self._joined_with_kept(until)
        return [
            OutdatedHousehold(record, name, place, village, datetime.date.fromisoformat(day))
            for record, name, place, village, day in self.store.fetch(query)
            if record not in erased and record not in beside
        ]

    def _joined_with_kept(self, until: datetime.date) -> set[str]:
        """The households in a group with one whose day of review is not over."""
        row, group, other = Household, HouseholdGroupRow, HouseholdGroupRow.alias()
        head, review = _fields(DESCRIBED_BY.name, row.review_key)
        not_due = head.is_null(False) & (review.is_null() | (review > until))
        query = (
            group.select(group.member)
            .join(other, on=other.leader == group.leader)
            .join(row, on=row.id == other.member)
            .where(not_due)
        )
        return {str(columns[0]) for columns in self.store.fetch(query)}

    def count_outdated(self) -> int:
        """How many households are outdated today; nothing is read of a desk that has none."""
        row = Household
        (review,) = _fields(row.review_key)
        due = row.select(row.id).where(review <= self.session.today())
        return len(self.outdated()) if self.store.first(due.limit(1)) is not None else 0

    def erase_outdated(
        self, reason: str, records: Sequence[str] | None = None, day: datetime.date | None = None
    ) -> int:
        """Erase these households, all that are outdated on a day without any named; how many.

        All or none. Raises UserError for one that is not outdated, OperationRefused.
        """
        erased = self._erase(reason, records, day)
        if erased:
            self.session.notify_erasure()
            self.session.part(Erasures).wipe()
        return erased

    @operation("record.erase")
    def _erase(self, reason: str, records: Sequence[str] | None, day: datetime.date | None) -> int:
        outdated = [household.id for household in self.outdated(day)]
        chosen_records = outdated if records is None else [record.lower() for record in records]
        for record in chosen_records:
            if record not in outdated:
                raise UserError(
                    _("The household {id} is not past its day of review.").format(id=record[:40])
                )
        erasures = self.session.part(Erasures)
        erasures.announcer.announce(chosen_records)
        for record in chosen_records:
            erasures.erase_part(record, reason)
        return len(chosen_records)


def _fields(*keys: str) -> list[Any]:
    """The columns of these fields of a household, for a query."""
    return [Household._meta.fields[key] for key in keys]
