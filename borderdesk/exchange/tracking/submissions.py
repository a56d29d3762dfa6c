"""Submissions: what posts have handed in for which days, as statements of their logs, or as
packages of earlier versions, which have none."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from peewee import fn

from borderdesk.exchange.entries.statements import POST_SCOPE
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import SessionPart
from borderdesk.store.models.exchange import BatchRow, CardRow
from borderdesk.store.models.logs import AcknowledgedLogRow, StatementRow


class Submission(NamedTuple):
    """A submission of a post's desk: `unit` the post; first, last: ISO days; number: of the
    package; made, received: UTC, by the two desks' clocks; entry: of the statement in the desk's
    log, 0 without one; holding: {desk of the post: entry} that it counted; batch: of the stored
    package, "" if the statement arrived through another desk."""

    desk: str
    unit: str
    period: str
    first: str
    last: str
    number: int
    made: str
    received: str
    entry: int
    holding: dict[str, int]
    batch: str

    @property
    def key(self) -> str:
        """Its name on the board: the batch, or desk and entry."""
        return self.batch or f"{self.desk}:{self.entry}"

    def covers(self, first: str, last: str) -> bool:
        """Whether it is for all of these days."""
        return self.first <= first and self.last >= last

    def day(self) -> datetime.date:
        """The day it was handed in: when it was made, if that is plausible, else when it
        arrived."""
        day_made = local_date(self.made)
        over = day_made > datetime.date.fromisoformat(self.last)
        return day_made if over and self.made <= self.received else local_date(self.received)

    def contains(self, other: "Submission") -> bool:
        """Whether it counted everything that the other did."""
        return all(self.holding.get(desk, 0) >= n for desk, n in other.holding.items())


class Submissions(SessionPart):
    """The received submissions of posts."""

    def touching(self, first: str, last: str) -> defaultdict[str, list[Submission]]:
        """{post: its submissions for any of these ISO days, in the order of arrival}."""
        batches = self._batches(first, last)
        by_number = {(submission.desk, submission.number): submission for submission in batches}
        by_post: defaultdict[str, list[Submission]] = defaultdict(list)
        stated = set()
        for submission in self._statements(first, last):
            batch = by_number.get((submission.desk, submission.number))
            if batch is not None:
                stated.add(batch.key)
                submission = submission._replace(
                    batch=batch.batch, received=min(submission.received, batch.received)
                )
            by_post[submission.unit].append(submission)
        for batch in batches:
            if batch.key not in stated:
                by_post[batch.unit].append(batch)
        for ordered in by_post.values():
            ordered.sort(
                key=lambda submission: (submission.received, submission.number, submission.key)
            )
        return by_post

    def _statements(self, first: str, last: str) -> list[Submission]:
        row = StatementRow
        columns = (row.desk, row.scope, row.period, row.first, row.last, row.number, row.made)
        query = row.select(*columns, row.received, row.entry, row.holding).where(
            row.first <= last, row.last >= first, row.scope.startswith(POST_SCOPE)
        )
        return [
            Submission._make(
                (desk, scope.removeprefix(POST_SCOPE), *rest, entry, json.loads(holding), "")
            )
            for desk, scope, *rest, entry, holding in self.store.fetch(query)
        ]

    def _batches(self, first: str, last: str) -> list[Submission]:
        row = BatchRow
        columns = (row.desk, row.unit, row.period, row.first, row.last, row.number, row.made)
        query = row.select(*columns, row.imported, row.id).where(
            row.undone == 0, row.role == "post", row.first <= last, row.last >= first
        )
        rows = self.store.fetch(query)
        return [Submission._make((*columns, 0, {}, batch)) for *columns, batch in rows]

    def newest_holdings(self) -> dict[str, dict[str, int]]:
        """{post: the highest entry of each of its desks that any of them has stated or
        acknowledged}."""
        row = StatementRow
        newest = row.select(row.desk, fn.MAX(row.entry).alias("entry")).group_by(row.desk)
        query = (
            row.select(row.scope, row.holding)
            .join(newest, on=(row.desk == newest.c.desk) & (row.entry == newest.c.entry))
            .where(row.scope.startswith(POST_SCOPE))
        )
        holdings: dict[str, dict[str, int]] = {}
        for scope, holding in self.store.fetch(query):
            post_holdings = holdings.setdefault(scope.removeprefix(POST_SCOPE), {})
            for desk, number in json.loads(holding).items():
                post_holdings[desk] = max(number, post_holdings.get(desk, 0))
        for post, desk, number in self._acknowledged_entries():
            post_holdings = holdings.setdefault(post, {})
            post_holdings[desk] = max(number, post_holdings.get(desk, 0))
        return holdings

    def _acknowledged_entries(self) -> list[tuple[str, str, int]]:
        """(post, desk, its own highest entry by its last acknowledgement in a file)."""
        log, card = AcknowledgedLogRow, CardRow
        query = (
            log.select(card.unit, log.receiver, log.number)
            .join(card, on=log.receiver == card.desk)
            .where(log.log == log.receiver, card.role == "post")
        )
        return [(unit, desk, number) for unit, desk, number in self.store.fetch(query)]


def counting(submissions: Iterable[Submission]) -> list[Submission]:
    """The submissions that count among those of one post's desks for the same days: of each desk
    the newest, and of these the one that contains the others; all if none does."""
    newest: dict[str, Submission] = {}
    for submission in submissions:
        before = newest.get(submission.desk)
        if before is None or (submission.entry, submission.number, submission.made) >= (
            before.entry,
            before.number,
            before.made,
        ):
            newest[submission.desk] = submission
    latest = list(newest.values())
    whole = [
        submission for submission in latest if all(submission.contains(other) for other in latest)
    ]
    return whole[-1:] if whole and whole[-1].holding else latest
