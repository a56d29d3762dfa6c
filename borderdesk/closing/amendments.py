"""The changes of a signed paper by an amendment, and the doubts about a paper's number and date."""

import datetime
from collections.abc import Iterator, Mapping

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.closing.calculation import Summary
from borderdesk.closing.comparison import differing
from borderdesk.closing.editions import (
    WITHDRAWN,
    E,
    Edition,
    SignedDifference,
    read_editions,
    read_figures,
)
from borderdesk.closing.explanations import explained
from borderdesk.closing.lines import figures_hash
from borderdesk.closing.narratives import Narratives, stored_parts
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store


def amended_figures(
    session: Session, before: Edition, now: Summary, reason: str, typed: Mapping[str, str]
) -> list[SignedDifference]:
    """The figures that an amendment changes, with the reason of each.

    reason: that of the whole amendment, for figures that no record explains; typed: reasons of
    rows, {indicator's key: text}. Raises OperationRefused where nothing at all would change,
    UserError for the reason of a figure that does not change.
    """
    moved = [*differing(read_figures(session.store, before.id), now.lines)]
    if not moved and _is_same(session, before, now):
        raise OperationRefused(
            _(
                "Nothing differs from the signed paper ({edition}): there is nothing to amend."
                " Correct the records first, or leave the paper as it was signed."
            ).format(edition=before.title)
        )
    unknown = typed.keys() - {difference.key for difference in moved}
    if unknown:
        raise UserError(
            _("{key} does not differ from the signed paper, so it has no reason.").format(
                key=min(unknown)[:60]
            )
        )
    return [
        difference._replace(reasons=(typed[difference.key],))
        if typed.get(difference.key)
        else difference
        for difference in explained(session, before, moved, reason)
    ]


def _is_same(session: Session, before: Edition, now: Summary) -> bool:
    """Whether every column and the text equal the signed ones."""
    typed = session.part(Narratives).typed(now.period, now.scope)
    return (
        figures_hash(now.period, now.scope, now.lines) == before.figures_hash
        and stored_parts(typed) == before.frame["narrative"]
    )


def paper_doubts(store: Store, period: Period, document: str, day: datetime.date) -> Iterator[str]:
    """The doubts about a paper's number and date, in words."""
    if day < period.last:
        yield _("The paper is signed on {date}, before the period ends on {last}.").format(
            date=format_date(day), last=format_date(period.last)
        )
    same = _same_number(store, document, day.year)
    if same is not None:
        yield _("Number {number} was given in {year} already: to the report of {period}.").format(
            number=document, year=day.year, period=same.period.title
        )


def _same_number(store: Store, document: str, year: int) -> Edition | None:
    """A paper of the year with the same number, one that was not withdrawn."""
    if not document:
        return None
    plain_number = _plain_number(document)
    return next(
        (
            edition
            for edition in read_editions(store, E.state != WITHDRAWN, E.document != "")
            if edition.signed_on.year == year and _plain_number(edition.document) == plain_number
        ),
        None,
    )


def _plain_number(document: str) -> str:
    """A paper's number for comparing: 05, 5 and 05/BC-ĐBP are the same."""
    number = document.partition("/")[0].partition("-")[0].strip()
    return number.lstrip("0") if number.isdecimal() else document.casefold()
