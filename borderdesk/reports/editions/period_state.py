"""The state of a report's period: whether it is closed, its signed editions, its narrative."""

from typing import NamedTuple

from borderdesk.closing.attachments import Attachment
from borderdesk.closing.closing import Closing, ClosingState
from borderdesk.closing.editions import AMENDING, Edition, EditionEvent, SignedDifference, Signer
from borderdesk.closing.narratives import Narrative, Narratives, clause_key
from borderdesk.closing.summary import make_summary
from borderdesk.figures.targets import targets
from borderdesk.reports.contents.letterhead import letterhead, missing_settings
from borderdesk.reports.contents.prose_figures import ProseDoubt, prose_doubts
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS
from borderdesk.session.session import Session


class EditionState(NamedTuple):
    """An edition with its events and scans; moved: the number of its figures that the desk now
    calculates differently, 0 for an edition that was replaced."""

    edition: Edition
    events: list[EditionEvent]
    scans: list[Attachment]
    moved: int


class PeriodState(NamedTuple):
    """A period of a scope: titles of both, its state, its editions from the oldest on, and the
    signer by the settings.

    changes: those of the amendment in preparation; unset: {key: label} of the settings of papers
    that were never set on this desk, required before its first closing.
    """

    title: str
    scope: str
    state: ClosingState
    editions: list[EditionState]
    signer: Signer
    changes: list[SignedDifference]
    unset: dict[str, str]


class NarrativeState(NamedTuple):
    """The narrative of a report; clauses: {key: "no. text"} of those without an indicator, which
    are answered in writing; locked: whether its period is closed; doubts: figures of the text that
    the table has otherwise, of a closed period none: that stays as it was signed."""

    narrative: Narrative
    clauses: dict[str, str]
    locked: bool
    doubts: list[ProseDoubt]


def period_state(session: Session, request: Request) -> PeriodState:
    """The state of a report's period for its scope, read in one snapshot. Raises UserError."""
    with session.store.snapshot():
        return _period_state(session, request)


def _period_state(session: Session, request: Request) -> PeriodState:
    closing = session.part(Closing)
    period, scope = closing.meant(request.period, request.scope)
    state = closing.state(request.period, request.scope)
    editions = []
    for edition in closing.editions(request.period, request.scope):
        counts = state.edition is not None and state.edition.id == edition.id
        editions.append(
            EditionState(
                edition,
                closing.events(edition.id),
                closing.scans.attachments(edition.id),
                len(closing.moved(edition.id)) if counts else 0,
            )
        )
    head = letterhead(session, session.today())
    signer = Signer(head.name, head.rank, head.office, head.mode)
    changes = (
        closing.amendment_draft(request.period, request.scope) if state.name == AMENDING else []
    )
    unset = {} if closing.editions() else missing_settings(session)
    return PeriodState(period.title, scope.name, state, editions, signer, changes, unset)


def narrative_state(session: Session, request: Request) -> NarrativeState:
    """The narrative of a report, read in one snapshot. Raises UserError."""
    with session.store.snapshot():
        return _narrative_state(session, request)


def _narrative_state(session: Session, request: Request) -> NarrativeState:
    state = session.part(Closing).state(request.period, request.scope)
    narrative = session.part(Narratives).of(request.period, request.scope)
    answered = REPORTS[request.kind].answered
    clauses = _unmeasured(session, request.period) if answered else {}
    locked, doubts = state.name == "closed", []
    if narrative.parts and not locked:
        lines = make_summary(session, request.period, request.scope).lines
        doubts = prose_doubts(narrative, lines)
    return NarrativeState(narrative, clauses, locked, doubts)


def _unmeasured(session: Session, period: str) -> dict[str, str]:
    """The clauses of the period's year that no indicator measures."""
    calendar = session.calendar()
    year = calendar.year_of(calendar.parse(period).last).year
    return {
        clause_key(target.regulation, target.no): f"{target.no}. {target.text}"
        for target in targets(session.store, year)
        if not target.indicator
    }
