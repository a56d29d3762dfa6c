"""Requests of persons about their data, and the days they are due.

Decree 356/2025, article 5: acknowledged within two working days (`working_days`); shown or
corrected within 10 days, restricted or objected to within 15, erased within 20.
"""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.working_days import WorkingDays, working_days
from borderdesk.schema.records.household import Household
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.desk import PersonRequestRow

ACKNOWLEDGED_WITHIN = 2
"""Working days from the receipt of a request."""
COLUMNS = ("number", "household", "kind", "received", "acknowledged", "settled")
VIEW, CORRECT, RESTRICT, OBJECT, DELETE = "view", "correct", "restrict", "object", "delete"


class RequestKind(NamedTuple):
    """A kind of request: its name, and within how many days it has to be done."""

    title: str
    days: int


REQUEST_KINDS = {
    VIEW: RequestKind(N_("to see what is kept"), 10),
    CORRECT: RequestKind(N_("to correct it"), 10),
    RESTRICT: RequestKind(N_("to restrict its use"), 15),
    OBJECT: RequestKind(N_("objection"), 15),
    DELETE: RequestKind(N_("to erase it"), 20),
}
"""{kind of request: its words and its term}."""


class PersonRequest(NamedTuple):
    """A request: `received`, `acknowledged`, `settled` are days, the last two None until then;
    `acknowledge_by`: the last day to confirm the receipt to the person; `unchecked`: it depends on
    days off that were not compared with the year's notice."""

    number: int
    household: str
    kind: str
    received: datetime.date
    acknowledged: datetime.date | None
    settled: datetime.date | None
    acknowledge_by: datetime.date
    unchecked: bool = False

    @property
    def due(self) -> datetime.date:
        """The last day to fulfil the request."""
        return self.received + datetime.timedelta(days=REQUEST_KINDS[self.kind].days)

    @property
    def next_due(self) -> datetime.date:
        """The next of its two days that is open."""
        return self.due if self.acknowledged else min(self.acknowledge_by, self.due)


def unchecked_note(requests: Iterable[PersonRequest]) -> str:
    """The warning about unchecked days to acknowledge by, with the remedy; "" for none."""
    numbers = [str(request.number) for request in requests if request.unchecked]
    if not numbers:
        return ""
    return _(
        "Request {numbers}: the day to acknowledge by counts days off of that year's notice as they"
        " were written from memory, not compared with the notice. Compare them, and set what"
        " differs under Settings, Paper and periods."
    ).format(numbers=", ".join(numbers))


class PersonRequests(SessionPart):
    """The register of requests."""

    def all(self, *, open_only: bool = False) -> list[PersonRequest]:
        """Every request, the earliest due first and settled ones last."""
        days = working_days(self.session)
        requests = [_request(row, days) for row in self.store.fetch(_every_request())]
        if open_only:
            requests = [request for request in requests if request.settled is None]
        return sorted(
            requests,
            key=lambda request: (request.settled is not None, request.next_due, request.number),
        )

    def of(self, household: str) -> list[PersonRequest]:
        """The requests of a household."""
        return [request for request in self.all() if request.household == household]

    @operation("person.report")
    def note_request(
        self, household: str, kind: str, received: datetime.date | None = None
    ) -> PersonRequest:
        """Record the request of a person of a household (today without a day). Raises UserError."""
        household, today = household.lower(), self.session.today()
        day = received or today
        self.session.part(RecordEditor).history(Household.type_name, household)
        if kind not in REQUEST_KINDS:
            raise UserError(
                _("A request is one of: {kinds}.").format(kinds=", ".join(REQUEST_KINDS))
            )
        if day > today:
            raise UserError(_("A request cannot have come in the future."))
        fields = {"household": household, "kind": kind, "received": day.isoformat()}
        cursor = self.store.execute(PersonRequestRow.insert(**fields, acknowledged="", settled=""))
        number = int(cursor.lastrowid)
        self.session.audit_notes.note("person.requested", f"household {household}", number=number)
        return self._numbered(number)

    @operation("person.report")
    def acknowledge(self, number: int) -> PersonRequest:
        """Record that the receipt was confirmed to the person."""
        return self._mark(number, "acknowledged", "person.acknowledged")

    @operation("person.report")
    def settle(self, number: int) -> PersonRequest:
        """Record that the request was fulfilled, or refused with its reason to the person."""
        request = self._numbered(number)
        if request.acknowledged is None:
            self._mark(number, "acknowledged", "person.acknowledged")
        return self._mark(number, "settled", "person.settled")

    def settle_erased(self, household: str) -> None:
        """Settle the deletion requests of an erased household, within the open transaction."""
        for request in self.of(household):
            if request.settled is None and request.kind == DELETE:
                self._mark(request.number, "settled", "person.settled")

    def _mark(self, number: int, column: str, kind: str) -> PersonRequest:
        request = self._numbered(number)
        if getattr(request, column) is None:
            row = PersonRequestRow
            day = {column: self.session.today().isoformat()}
            self.store.execute(row.update(**day).where(row.number == number))
            self.session.audit_notes.note(kind, f"household {request.household}", number=number)
        return self._numbered(number)

    def _numbered(self, number: int) -> PersonRequest:
        row = self.store.first(_every_request().where(PersonRequestRow.number == number))
        if row is None:
            raise UserError(_("There is no request {number}.").format(number=number))
        return _request(row, working_days(self.session))


def _every_request() -> Any:
    columns = [getattr(PersonRequestRow, name) for name in COLUMNS]
    return PersonRequestRow.select(*columns)


def _request(row: tuple[Any, ...], days: WorkingDays) -> PersonRequest:
    number, household, kind, *written = row
    day = datetime.date.fromisoformat
    received, acknowledged, settled = (day(text) if text else None for text in written)
    assert received is not None
    last = days.after(received, ACKNOWLEDGED_WITHIN)
    unchecked = days.rests_on_unchecked(received, last)
    return PersonRequest(number, household, kind, received, acknowledged, settled, last, unchecked)
