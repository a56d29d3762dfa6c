"""The records of the demonstration, one after another, as JSON for `add`."""

import datetime
import random
from collections.abc import Callable, Mapping

from borderdesk.demo.amounts import COUNTS, Amounts
from borderdesk.demo.border_works import BorderWorkFactory
from borderdesk.demo.commitments import CommitmentFactory
from borderdesk.demo.draws import DemoRecord, RandomDraws
from borderdesk.demo.events import EventFactory
from borderdesk.demo.outreach import OutreachFactory
from borderdesk.demo.places import DemoHouseholds, PostSite
from borderdesk.schema.invented import minutes

RecordMaker = Callable[[datetime.date], DemoRecord]


class DemoRecordFactory:
    """Makes records of every kind of `amounts.COUNTS`.

    Its state is the rotation of posts and the rest of the year's amounts.
    """

    def __init__(
        self,
        rng: random.Random,
        sites: Mapping[str, PostSite],
        demo_households: DemoHouseholds,
        *,
        last_day: datetime.date,
        signatures_a_quarter: int,
        several_years: bool,
    ) -> None:
        self._draws = RandomDraws(rng, sites, COUNTS, last_day)
        # The random generator is used in this order: another order would make other records.
        amounts = Amounts(rng, several_years=several_years)
        self._commitments = CommitmentFactory(
            rng, self._draws, amounts, demo_households, signatures_a_quarter
        )
        self._makers = _makers(
            BorderWorkFactory(self._draws, amounts),
            OutreachFactory(self._draws, amounts),
            self._commitments,
            EventFactory(self._draws),
        )
        self._minutes: dict[str, int] = {}
        self._month = 0

    def make(self, kind: str, day: datetime.date) -> DemoRecord:
        """The next record of a kind, dated on that day."""
        if day.month != self._month:
            self._new_month(day.month)
        record = self._makers[kind](day)
        post = record.raw["post"]
        number = self._minutes[post] = self._minutes.get(post, 0) + 1
        record.raw["source_ref"] = minutes(number, day.month)
        return record

    def _new_month(self, month: int) -> None:
        self._month = month
        self._minutes.clear()
        self._commitments.new_month()
        self._draws.new_month()


def _makers(
    border: BorderWorkFactory,
    outreach: OutreachFactory,
    commitments: CommitmentFactory,
    events: EventFactory,
) -> dict[str, RecordMaker]:
    """{kind of `amounts.COUNTS`: the function that makes its records}."""
    return {
        "patrol": border.patrol,
        "clearing": border.clearing,
        "track": border.track,
        "session": outreach.session,
        "training": outreach.training,
        "small_scale": outreach.small_scale,
        "broadcast": outreach.broadcast,
        "handout": outreach.handout,
        "signature": commitments.signature,
        "second_signature": commitments.second_signature,
        "signature_list": commitments.signature_list,
        "collective": commitments.collective,
        "registered_household": commitments.registered_household,
        "individual": commitments.individual,
        "programme": border.programme,
        "coordination": events.coordination,
        "incident": events.incident,
    }
