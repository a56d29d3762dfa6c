"""The round of a hamlet: which of its households signed a pledge, and the pledges of all that did
on one evening, in one transaction."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import accented, person_key
from borderdesk.entry.editing import RecordEditor, SavedRecord
from borderdesk.entry.households import HouseholdLookup
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.record import event_key
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.pledge import Pledge
from borderdesk.session.draft_forms import ROUND
from borderdesk.session.drafts import Drafts, Texts
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.lists.listing import Filter

ROUND_FORM = ROUND + Pledge.type_name
"""The form of the round among the drafts."""


class RoundHousehold(NamedTuple):
    """A household of the hamlet: when it signed the programme last, and whether this year; `mark`
    distinguishes it from namesakes, "" without one."""

    id: str
    head: str
    signed_on: datetime.date | None
    this_year: bool
    mark: str = ""

    @property
    def name(self) -> str:
        """Its head and its distinguishing mark."""
        return f"{self.head} ({self.mark})" if self.mark else self.head


class Signatures(NamedTuple):
    """The values shared by all signatures of a round: JSON values of a pledge; `post` "" for the
    own one."""

    programme: str
    day: datetime.date
    witness: str = ""
    source_ref: str = ""
    post: str = ""


class HamletRound(SessionPart):
    """A round through a hamlet to collect signatures: its households, and the pledges saved."""

    def households(
        self, commune: str, hamlet: str, programme: str, day: datetime.date
    ) -> list[RoundHousehold]:
        """The households of a hamlet (of a unit id), by given name.

        A year is the whole of that of the desk's calendar around `day`, as it is for the rule that
        a household signs once a year; joined duplicates are left out.
        """
        lists = self.session.part(RecordLists)
        units = frozenset(self.session.book.lineage(commune))
        name = accented(hamlet)
        households = [
            household
            for household in lists.stream(Household.type_name, Filter(units=units))
            if accented(household.values.get(DESCRIBED_BY.hamlet) or "") == name
            and Household.is_current(household.values, day)
        ]
        year = self.session.calendar().year_of(day)
        list_filter = Filter(last=year.last, kind=programme, units=units)
        signed = self._signed({household.id for household in households}, list_filter)
        called = {
            household.id: accented(household.values.get(DESCRIBED_BY.name) or "")
            for household in households
        }
        marks = self.session.part(HouseholdLookup).marks(called)
        entries = [
            RoundHousehold(
                household.id,
                household.values.get(DESCRIBED_BY.name) or "",
                signed.get(household.id),
                (signed.get(household.id) or datetime.date.min) >= year.first,
                marks.get(household.id, ""),
            )
            for household in households
        ]
        return sorted(entries, key=lambda household: (person_key(household.head), household.id))

    def _signed(self, households: set[str], list_filter: Filter) -> dict[str, datetime.date]:
        """{household: the day of its last pledge among those chosen}."""
        lists, last = self.session.part(RecordLists), {}
        key, day = Pledge.household_key(), event_key(Pledge)
        for pledge in lists.stream(Pledge.type_name, list_filter):
            household = pledge.values.get(key)
            if household in households:
                last[household] = pledge.values[day]
        return last

    @operation("record.write")
    def sign(
        self,
        households: Sequence[str],
        shared: Signatures,
        progress: Progress = no_progress,
        remaining_draft: Texts | None = None,
    ) -> list[SavedRecord]:
        """Save a pledge of each household, all or none. Raises InvalidRecord, UserError.

        remaining_draft: what the draft of the round holds once they are saved, None for nothing.
        """
        editor = self.session.part(RecordEditor)
        saved = []
        for done, household in enumerate(households):
            progress(done, len(households))
            saved.append(
                editor.add(Pledge.type_name, Pledge.signed_by(household, **shared._asdict()))
            )
        self.session.part(Drafts).finish_draft(ROUND_FORM, remaining_draft)
        return saved
