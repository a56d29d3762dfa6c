"""Reading, searching and checking the audit log: who did what when.

Reading, sending, signing and refusals have lines in the log itself; changes of records are in their
revisions, which are chained too, and are shown between those lines.
"""

import datetime
import heapq
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from borderdesk.base.text import fold
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.account_table import Account, read_accounts, same_name
from borderdesk.session.audit_kinds import RECORD_KINDS, kinds_named, line_text
from borderdesk.session.session import SessionPart
from borderdesk.store.audit_lines import (
    StoredAuditLine,
    audit_faults,
    audit_lines,
    count_audit_lines,
    revision_lines,
)

Detail = dict[str, str | int]


class AuditFilter(NamedTuple):
    """Which lines: from and to a day (included), of an account, of a kind or group of kinds, with
    these words (accents do not count)."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    user: str = ""
    kind: str = ""
    search: str = ""


EVERY_LINE = AuditFilter()


class AuditLine(NamedTuple):
    """A line: `number` in the log, None for a line derived from a revision; `time` UTC; `account`
    its name, `name` the person's; `role` "" for a revision."""

    number: int | None
    time: str
    account: str
    name: str
    role: str
    kind: str
    subject: str
    detail: Detail

    @property
    def text(self) -> str:
        """The event in words."""
        return line_text(self.kind, self.subject, self.detail)

    def as_json(self) -> dict[str, Any]:
        """The line as JSON has it."""
        return {**self._asdict(), "text": self.text}


class AuditCheck(NamedTuple):
    """The result of a check of the log: the number of `lines`, `problems` in words."""

    lines: int
    problems: list[str]


class AuditLog(SessionPart):
    """The audit log of a desk."""

    def lines(
        self, line_filter: AuditFilter = EVERY_LINE, *, limit: int | None = None
    ) -> list[AuditLine]:
        """The lines that the filter selects, newest first, at most `limit`. Raises
        OperationRefused."""
        self.require("audit.read")
        return list(islice(self._wanted(line_filter), limit))

    def check(self) -> AuditCheck:
        """Follow the chain from the first line to the last; what does not hold enters the log as a
        line of its own."""
        problems = list(audit_faults(self.store))
        if problems:
            self.session.audit_notes.note_anyway("audit.broken", lines=len(problems))
        return AuditCheck(count_audit_lines(self.store), problems)

    def _wanted(self, line_filter: AuditFilter) -> Iterator[AuditLine]:
        kinds = kinds_named(line_filter.kind) if line_filter.kind else None
        words = fold(line_filter.search).split()
        after, before = _span(line_filter)
        sources = []
        if kinds is None or kinds - RECORD_KINDS.keys():
            sources.append(self._noted(after, before))
        if kinds is None or kinds & RECORD_KINDS.keys():
            sources.append(self._revised(after, before))
        for line in heapq.merge(*sources, key=_time, reverse=True):
            if kinds is not None and line.kind not in kinds:
                continue
            if line_filter.user and not _is_of(line, line_filter.user):
                continue
            if words:
                folded = fold(f"{line.account} {line.name} {line.text} {line.subject}")
                if not all(word in folded for word in words):
                    continue
            yield line

    def _noted(self, after: str, before: str) -> Iterator[AuditLine]:
        people = {account.name: account for account in read_accounts(self.store)}
        for line in audit_lines(self.store, after, before):
            yield _line(line, people)

    def _revised(self, after: str, before: str) -> Iterator[AuditLine]:
        """The lines for revisions written on this desk."""
        people = {account.full_name: account for account in read_accounts(self.store)}
        added, changed, deleted = RECORD_KINDS
        for time, author, kind, record, number, is_deleted in revision_lines(
            self.store, self.session.identity.id, after, before
        ):
            account = people[author].name if author in people else ""
            line_kind = deleted if is_deleted else added if number == 1 else changed
            title = kind if kind in ALL_TYPES else ""
            yield AuditLine(
                None, time, account, author, "", line_kind, f"{title} {record}".strip(), {}
            )


def _line(line: StoredAuditLine, people: dict[str, Account]) -> AuditLine:
    entry = line.entry
    name = people[entry.account].full_name if entry.account in people else entry.account
    try:
        detail = json.loads(entry.detail)
    except ValueError:
        # An altered line is shown as it is.
        detail = {"": entry.detail}
    return AuditLine(
        line.number, entry.time, entry.account, name, entry.role, entry.kind, entry.subject, detail
    )


def _time(line: AuditLine) -> str:
    return line.time


def _is_of(line: AuditLine, user: str) -> bool:
    return same_name(line.account, user) or same_name(line.name, user)


def _span(line_filter: AuditFilter) -> tuple[str, str]:
    """The UTC times that bound the lines of the days."""

    def begins(day: datetime.date) -> str:
        return utc_stamp(datetime.datetime.combine(day, datetime.time()).astimezone())

    after = begins(line_filter.first) if line_filter.first else ""
    if line_filter.last is None:
        return after, "~"
    return after, begins(line_filter.last + datetime.timedelta(days=1))
