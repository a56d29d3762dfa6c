"""Closing a period, reopening it, amending a signed edition: operations of the commander."""

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.periods import Period
from borderdesk.base.reasons import REASON_LIMIT, checked_reason
from borderdesk.closing.amendments import amended_figures, paper_doubts
from borderdesk.closing.attachments import Attachments
from borderdesk.closing.calculation import Summary, summary_of
from borderdesk.closing.comparison import differing, lines_now, signed_summary, words_now
from borderdesk.closing.edition_events import add_event, last_reason, make_final, read_events
from borderdesk.closing.edition_log import log_event
from borderdesk.closing.edition_states import settle_states
from borderdesk.closing.editions import (
    AMENDING,
    CLOSED,
    KEPT,
    NUMBER_LIMIT,
    OPENED,
    PRINTED,
    REOPENED,
    REPLACED,
    SAVED,
    SENT,
    SIGNED,
    STANDING,
    WITHDRAWN,
    E,
    Edition,
    EditionEvent,
    SignedDifference,
    Signer,
    checked_line,
    checked_signer,
    insert_edition,
    is_of,
    named_edition,
    read_editions,
    read_figures,
    standing,
    write_figures,
)
from borderdesk.closing.explanations import explained
from borderdesk.closing.facts import SummaryFacts
from borderdesk.closing.lines import figures_hash, number_of, number_text, values_hash
from borderdesk.closing.narratives import Narratives, stored_parts
from borderdesk.closing.paper_check import PaperVerdict, check_paper
from borderdesk.closing.paper_code import paper_text
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.post_presence import post_presence, presence_text
from borderdesk.figures.quantities import Scope
from borderdesk.figures.scopes import FigureView, make_view, parse_scope, period_and_scope
from borderdesk.schema.revisions import new_id, totals_hash, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.personal_words import without_households
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.records.history import last_seq
from borderdesk.store.verification.desk_state import revision_ids

OPEN = "open"
NO_SIGNER = Signer()


class ClosingState(NamedTuple):
    """The state of a period for a scope.

    name: open; closed; reopened (open again, by `reason`); amending (signed, and open for an
    amendment, by `reason`). edition: the edition in force, None without one.
    """

    name: str
    edition: Edition | None = None
    reason: str | None = None

    @property
    def final(self) -> bool:
        """Whether the signed paper left the desk, so that only an amendment can change it."""
        return self.edition is not None and self.edition.final is not None


class Closing(SessionPart):
    """The closed periods of a desk."""

    @cached_property
    def scans(self) -> Attachments:
        """The scans of signed papers."""
        return Attachments(self.session)

    # -------------------------------------------------------------------- state

    def meant(self, period: str, scope: str | None = None) -> tuple[Period, Scope]:
        """The period and the scope (without one, the desk's own) that texts name. Raises
        UserError."""
        return period_and_scope(self.session, period, scope)

    def state(self, period: str, scope: str | None = None) -> ClosingState:
        """The state of a period. Raises UserError."""
        parsed, whose = self.meant(period, scope)
        return self._state(parsed, whose)

    def _state(self, period: Period, scope: Scope) -> ClosingState:
        edition = standing(self.store, period.text, scope.text)
        if edition is None:
            withdrawn = self._last_withdrawn(period, scope)
            if withdrawn is None:
                return ClosingState(OPEN)
            return ClosingState(REOPENED, None, last_reason(self.store, withdrawn.id, REOPENED))
        if edition.state == OPENED:
            return ClosingState(AMENDING, edition, last_reason(self.store, edition.id, AMENDING))
        return ClosingState(CLOSED, edition)

    def _last_withdrawn(self, period: Period, scope: Scope) -> Edition | None:
        editions = read_editions(
            self.store,
            is_of(period.text, scope.text),
            E.state == WITHDRAWN,
            order=(E.closed.desc(),),
            most=1,
        )
        return next(editions, None)

    def editions(self, period: str | None = None, scope: str | None = None) -> list[Edition]:
        """All editions ever made, of a period and scope or of all, in order of their days. Raises
        UserError."""
        if period is not None:
            parsed, whose = self.meant(period, scope)
            return [*read_editions(self.store, is_of(parsed.text, whose.text))]
        if scope is not None:
            scope_filter = parse_scope(self.session.book, scope, self.session.today())
            return [*read_editions(self.store, E.scope == scope_filter.text)]
        return [*read_editions(self.store)]

    def edition(self, edition: str) -> Edition:
        """An edition by its id. Raises UserError."""
        stored = named_edition(self.store, edition)
        if stored is None:
            raise UserError(_("There is no such edition."))
        return stored

    def summary(self, edition: str) -> Summary:
        """The summary as an edition was signed, whatever became of it since."""
        return signed_summary(self.session, self.edition(edition))

    def events(self, edition: str) -> list[EditionEvent]:
        """The events of an edition, oldest first."""
        return read_events(self.store, edition)

    def moved(self, edition: str) -> list[SignedDifference]:
        """Where the records now differ from the edition: empty when nothing was
        added or corrected since ("có bổ sung sau chốt" otherwise)."""
        with self.store.snapshot():
            signed = self.edition(edition)
            return [*differing(read_figures(self.store, edition), lines_now(self.session, signed))]

    def notice(self, period: str, scope: str | None = None) -> str:
        """The warning to show with a closed period's figures when the records now differ;
        "" otherwise. Raises UserError."""
        edition = self.state(period, scope).edition
        if edition is None or edition.state != CLOSED:
            return ""
        rows = {difference.key for difference in self.moved(edition.id)}
        if not rows:
            return ""
        return ngettext(
            "{period} of {scope} is closed ({edition}): these are the figures that "
            "were signed. After additions or corrections the desk now says "
            "otherwise in {count} row.",
            "{period} of {scope} is closed ({edition}): these are the figures that "
            "were signed. After additions or corrections the desk now says "
            "otherwise in {count} rows.",
            len(rows),
        ).format(
            period=edition.period.title,
            scope=edition.scope.name,
            edition=edition.title,
            count=len(rows),
        )

    def differences(self, edition: str) -> list[SignedDifference]:
        """The changes of an amendment against the edition it replaces, with reasons; as signed."""
        amendment = self.edition(edition)
        stored = amendment.frame.get("moved", [])
        if not stored:
            return []
        before, after = (
            {line.key: line for line in read_figures(self.store, edition_id)} if edition_id else {}
            for edition_id in (amendment.replaces, amendment.id)
        )
        rows = {row.key: row for row in all_rows(self.session.book)}
        return [
            _in_words_now(difference, rows.get(difference.key)).marked(
                before.get(difference.key), after.get(difference.key)
            )
            for difference in map(_read_difference, stored)
        ]

    # ----------------------------------------------------------------------- operations

    @operation("period.close")
    def close_period(
        self,
        period: str,
        scope: str | None = None,
        *,
        number: str = "",
        signed_on: datetime.date | None = None,
        signer: Signer = NO_SIGNER,
        reasons: Mapping[str, str] | None = None,
    ) -> Edition:
        """Close a period: its figures are stored as they are now, as an edition; after an
        amendment was begun, as the amendment.

        number: the paper's number; signed_on: its date (today without one); reasons: of rows of an
        amendment, {indicator's key: text}, in place of what the records say. Raises
        OperationRefused, also where an amendment would change nothing, and UserError.
        """
        view = make_view(self.session, period, scope)
        state = self._state(view.period, view.scope)
        self._require_closable(view.period, view.scope, state)
        document = checked_line(number, NUMBER_LIMIT)
        before = state.edition
        if before is not None and document and document == before.document:
            raise UserError(
                _(
                    "An amendment has a number of its own: {number} is that of the paper it"
                    " replaces."
                ).format(number=document)
            )
        day = signed_on or self.session.today()
        edition = self._new(view, state, document, day, checked_signer(signer))
        now = summary_of(self.session, view, view.scope.text)
        edition = self._with_figures(edition, now)
        if before is not None:
            checked = {
                key: without_households(self.store, checked_line(text, REASON_LIMIT))
                for key, text in (reasons or {}).items()
            }
            moved = amended_figures(self.session, before, now, edition.reason or "", checked)
            edition.frame["moved"] = [_stored_difference(difference) for difference in moved]
        # One is in force at most, and another machine's paper must not be in between.
        insert_edition(self.store, edition._replace(state=REPLACED))
        write_figures(self.store, edition.id, now.lines)
        if before is not None:
            self._note(before.id, REPLACED)
        self._note(edition.id, CLOSED, edition.reason)
        return edition

    def _require_closable(self, period: Period, scope: Scope, state: ClosingState) -> None:
        closed = state.edition if state.name == CLOSED else None
        if state.edition is None:
            closed = _same_days(self.store, period, scope)
        if closed is not None:
            raise OperationRefused(
                _("{period} of {scope} is closed already ({edition}).").format(
                    period=closed.period.title, scope=scope.name, edition=closed.title
                )
            )
        if period.last > self.session.today():
            raise OperationRefused(
                _("{period} ends on {date}; it can be closed from then on.").format(
                    period=period.title, date=f"{period.last:%d/%m/%Y}"
                )
            )

    def _new(
        self,
        view: FigureView,
        state: ClosingState,
        document: str,
        signed_on: datetime.date,
        signer: Signer,
    ) -> Edition:
        of_this = is_of(view.period.text, view.scope.text)
        # A withdrawn edition keeps its number, so that no two papers have the same.
        issued = self.store.scalar(E.select(fn.MAX(E.number)).where(of_this))
        return Edition(
            new_id(),
            view,
            int(issued or 0) + 1,
            CLOSED,
            document,
            signed_on,
            signer,
            self.session.account.full_name,
            utc_stamp(),
            None,
            last_seq(self.store),
            "",
            "",
            "",
            state.edition.id if state.edition else None,
            state.reason if state.edition else None,
            {},
        )

    def _with_figures(self, edition: Edition, now: Summary) -> Edition:
        typed = self.session.part(Narratives).typed(edition.period, edition.scope)
        frame = {
            **{name: note(edition) for name, note in self.session.edition_notes.items()},
            "facts": SummaryFacts(now, self.session).gathered(),
            "joint": [list(pair) for pair in now.joint],
            "remarks": now.remarks,
            "narrative": stored_parts(typed),
        }
        return edition._replace(
            totals_hash=totals_hash(revision_ids(self.store)),
            figures_hash=figures_hash(edition.period, edition.scope, now.lines),
            values_hash=values_hash(now.lines),
            frame=frame,
        )

    def amendment_draft(self, period: str, scope: str | None = None) -> list[SignedDifference]:
        """The changes by the amendment in preparation, with the reasons found in the records; empty
        without differences. Raises UserError if none is in preparation."""
        with self.store.snapshot():
            state = self.state(period, scope)
            before = state.edition
            if before is None or state.name != AMENDING:
                raise UserError(_("No amendment of this period is being prepared."))
            now = lines_now(self.session, before)
            moved = [*differing(read_figures(self.store, before.id), now)]
            return explained(self.session, before, moved, state.reason or "")

    def doubts(
        self, period: str, scope: str | None, number: str, signed_on: datetime.date | None
    ) -> list[str]:
        """The doubts about a paper's number and date, in words. Raises UserError."""
        view = make_view(self.session, period, scope)
        day, document = signed_on or self.session.today(), checked_line(number, NUMBER_LIMIT)
        return [
            *_missing_posts(self.session, view),
            *paper_doubts(self.store, view.period, document, day),
        ]

    @operation("period.close")
    def reopen_period(self, period: str, scope: str | None, reason: str) -> ClosingState:
        """Open a closed period again, before its paper went anywhere; that edition is withdrawn.
        Raises OperationRefused once it was printed or sent, UserError without a reason."""
        parsed, whose = self.meant(period, scope)
        edition = self._closed(parsed, whose)
        if edition.final is not None:
            raise OperationRefused(
                _(
                    "{period} of {scope} ({edition}) was printed or sent."
                    " It stays as it is; open it for an amendment instead."
                ).format(period=parsed.title, scope=whose.name, edition=edition.title)
            )
        # It is public and stays: it goes out with packages, and no erasure reaches it.
        reason = without_households(self.store, checked_reason(reason))
        self._note(edition.id, REOPENED, reason)
        while (in_force := standing(self.store, parsed.text, whose.text)) is not None:
            if in_force.id == edition.replaces or in_force.final is not None:
                break
            # Another machine had closed it too: that one was in force at no time.
            self._note(in_force.id, REOPENED, reason)
        return self._state(parsed, whose)

    @operation("period.close")
    def amend_period(self, period: str, scope: str | None, reason: str) -> ClosingState:
        """Open a period whose paper went out, for an amendment; the next closing issues it.
        Raises OperationRefused before that, UserError without a reason."""
        parsed, whose = self.meant(period, scope)
        edition = self._closed(parsed, whose)
        if edition.final is None:
            raise OperationRefused(
                _(
                    "{period} of {scope} ({edition}) was neither printed nor sent yet: reopen it"
                    " instead."
                ).format(period=parsed.title, scope=whose.name, edition=edition.title)
            )
        reason = without_households(self.store, checked_reason(reason))
        self._note(edition.id, AMENDING, reason)
        return self._state(parsed, whose)

    @operation("period.close")
    def keep_signed(self, period: str, scope: str | None = None) -> ClosingState:
        """Leave a paper that was opened for an amendment as it was signed. Raises OperationRefused
        where figures differ already, UserError where no amendment is prepared."""
        if self.amendment_draft(period, scope):
            raise OperationRefused(
                _("Figures differ from the signed paper already: close to issue the amendment.")
            )
        parsed, whose = self.meant(period, scope)
        edition = standing(self.store, parsed.text, whose.text)
        assert edition is not None
        self._note(edition.id, KEPT)
        return self._state(parsed, whose)

    def _closed(self, period: Period, scope: Scope) -> Edition:
        edition = standing(self.store, period.text, scope.text)
        if edition is None or edition.state != CLOSED:
            raise OperationRefused(
                _("{period} of {scope} is not closed.").format(
                    period=period.title, scope=scope.name
                )
            )
        return edition

    @operation("exchange.write")
    def note_printed(self, period: str, scope: str | None = None) -> Edition | None:
        """The paper of a closed period was printed to be signed: it is final from now on. None
        when the period is not closed (what was printed is a draft)."""
        return self._made_final(period, scope, PRINTED)

    @operation("exchange.write")
    def note_saved(self, edition: str) -> None:
        """Note that the paper of an edition (its id) was written to a file, and make it final, if
        it is in force and not open for an amendment."""
        if self.edition(edition).state == CLOSED:
            self._note(edition, SAVED)
            make_final(self.store, edition)

    @operation("period.close")
    def keep_signature(self, edition: str, name: str, content: bytes, who: str) -> None:
        """Keep an edition's PDF with a new digital signature of `who`; the edition is final. For
        the other desks of the unit this is logged as “written to a file”, which every version
        knows."""
        self.scans.keep_signed_file(edition, name, content)
        add_event(self.store, edition, SIGNED, self.session.account.full_name, who)
        self._note(edition, SAVED)
        make_final(self.store, edition)

    @operation("exchange.write")
    def note_sent(self, period: str, scope: str | None = None) -> Edition | None:
        """The figures of a closed period left the desk: final from now on, as after printing."""
        return self._made_final(period, scope, SENT)

    def _made_final(self, period: str, scope: str | None, event: str) -> Edition | None:
        parsed, whose = self.meant(period, scope)
        edition = standing(self.store, parsed.text, whose.text)
        if edition is None or edition.state != CLOSED:
            return None
        self._note(edition.id, event)
        make_final(self.store, edition.id)
        return self.edition(edition.id)

    def _note(self, edition: str, event: str, reason: str | None = None) -> None:
        """Store that something happened to an edition, and what follows for its period."""
        time = add_event(self.store, edition, event, self.session.account.full_name, reason)
        log_event(self.session, edition, event, time, reason)
        period = self.edition(edition)
        settle_states(self.store, period.period.text, period.scope.text)

    # ------------------------------------------------------------------ held against a paper

    def paper_text(self, summary: Summary) -> str:
        """The text, also as a QR code, by which a paper can be held against a desk."""
        return paper_text(summary)

    def check(self, text: str, typed: Mapping[str, str] | None = None) -> PaperVerdict:
        """Check a paper's text against this desk; typed: figures of the paper, {key: as written}.
        Raises UserError for a text that is none."""
        return check_paper(self.session, text, typed)


def _same_days(store: Store, period: Period, scope: Scope) -> Edition | None:
    """The edition of the same days under another name: 01/03–31/03 for the month of March."""
    days = E.first == period.first.isoformat(), E.last == period.last.isoformat()
    same = E.scope == scope.text, E.period != period.text, E.state.in_(STANDING)
    return next(read_editions(store, *days, *same), None)


def _missing_posts(session: Session, view: FigureView) -> list[str]:
    """The warning before a district or the province is closed while posts are missing."""
    presence, book = post_presence(session, view), session.book
    names = [[book.post_short(post) for post in posts] for posts in presence]
    return [presence_text(*names)] if presence.missing else []


def _in_words_now(difference: SignedDifference, row: Indicator | None) -> SignedDifference:
    if row is None:
        return difference
    label, unit = words_now(row, difference.label, difference.unit)
    return difference._replace(label=label, unit=unit)


def _stored_difference(difference: SignedDifference) -> list[Any]:
    figures = [
        number_text(difference.signed),
        number_text(difference.now),
        number_text(difference.difference),
    ]
    words = [difference.key, difference.label, difference.unit, difference.column]
    return [*words, figures, list(difference.reasons), list(difference.records)]


def _read_difference(stored: list[Any]) -> SignedDifference:
    key, label, unit, column, figures, why, records = stored
    was, now, change = map(number_of, figures)
    return SignedDifference(key, label, unit, column, was, now, change, tuple(why), tuple(records))
