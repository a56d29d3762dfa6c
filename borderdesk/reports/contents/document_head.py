"""The head that the JSON and the document of every report share."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, language
from borderdesk.closing.calculation import Summary
from borderdesk.closing.editions import CLOSED, standing
from borderdesk.figures.scopes import FigureView
from borderdesk.reports.blocks import Annex, Block, Document, Letter, PaperSeal
from borderdesk.reports.contents.letterhead import letterhead, wide_paper
from borderdesk.reports.contents.requests import Request
from borderdesk.session.session import Session


def json_line(value: Any) -> str:
    """`value` as JSON on one line, Vietnamese letters as they are."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def json_head(session: Session, request: Request, view: FigureView) -> dict[str, Any]:
    """The first members of a report's JSON: desk, kind, period, scope, geography."""
    return {
        "desk": session.identity.id,
        "kind": request.kind,
        "period": {"from": view.period.first.isoformat(), "to": view.period.last.isoformat()},
        "scope": request.scope or view.scope.text,
        "geography": view.geography,
    }


def subtitles(view: FigureView) -> tuple[str, str]:
    """The lines below a report's title: the scope, and its first and last day."""
    return (
        view.scope.name,
        _("From {first} to {last}").format(
            first=format_date(view.period.first), last=format_date(view.period.last)
        ),
    )


def unsigned_note(session: Session, summary: Summary) -> Iterator[str]:
    """The note on figures that are not the signed ones: of a period that is not closed, or of a
    closed one by other units than its paper."""
    if summary.edition is not None:
        return
    edition = standing(session.store, summary.period.text, summary.scope.text)
    if edition is not None and edition.state == CLOSED:
        yield _(
            "Not the signed figures: the records as they are now, by other units than the signed"
            " report ({edition})."
        ).format(edition=edition.title)
    else:
        yield _("The period is not closed yet: figures may still change.")


def document(
    session: Session,
    view: FigureView,
    title: str,
    blocks: Iterable[Block],
    *,
    more: tuple[str, ...] = (),
    landscape: bool = False,
    letter: Letter | None = None,
    annexes: Iterable[Annex] = (),
    seal: PaperSeal | None = None,
    sheet: str = "",
) -> Document:
    """The document of a report of a view; more: further lines below its title; sheet: a shorter
    title."""
    return Document(
        title=title,
        subtitle=(*subtitles(view), *more),
        blocks=blocks,
        issuer=letterhead(session, view.period.last).issuer,
        lang=language(),
        author=session.account.full_name,
        subject=f"{view.scope.text} {view.period.text}",
        banner=session.banner(),
        footer=_("Not for classified content."),
        landscape=landscape,
        wide_paper=wide_paper(session, session.today()),
        letter=letter,
        annexes=annexes,
        seal=seal,
        sheet=sheet,
    )
