"""The pages of a report for the screen: the first as soon as it is rendered, then all of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.files import new_file
from borderdesk.base.i18n import language
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import Edition
from borderdesk.reports.blocks import Document, PageSpot
from borderdesk.reports.contents.letterhead import wide_paper
from borderdesk.reports.contents.requests import PLAIN, Request
from borderdesk.reports.paper.pages import page_sizes
from borderdesk.reports.report_kinds import make_report
from borderdesk.schema.settings import Paper
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.contents import post_sources, summary_paper
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")
    post_sources = lazy_module("borderdesk.reports.contents.post_sources")
    summary_paper = lazy_module("borderdesk.reports.contents.summary_paper")

Size = tuple[float, float]
"""Width and height of a page, in points."""


class ReportPages(NamedTuple):
    """The pages of a report in a PDF file.

    sizes: of every page; summary: its figures, None for a kind of report without; wide_paper: the
    paper of its landscape pages; spots: the clickable figures; complete: False while the file has
    only the first page; edition: the one whose signed figures it has.
    """

    request: Request
    pdf: Path
    sizes: list[Size]
    summary: Summary | None
    wide_paper: Paper
    spots: Sequence[PageSpot] = ()
    complete: bool = True
    edition: Edition | None = None

    def spot_at(self, page: int, x: float, y: float) -> PageSpot | None:
        """The clickable figure at a point of a page (from 0), from its upper left corner."""
        return next(
            (
                spot
                for spot in self.spots
                if spot.page == page
                and spot.left <= x <= spot.right
                and spot.top <= y <= spot.bottom
            ),
            None,
        )

    def is_closed(self) -> bool:
        """Whether it has the signed figures of a closed period."""
        return self.edition is not None

    def is_outdated(self, session: Session) -> bool:
        """Whether its landscape pages have a paper size other than that of the current settings."""
        edition = self.summary.edition if self.summary is not None else None
        paper = wide_paper(session, edition.signed_on if edition else session.today())
        # The pages after the first are not known yet.
        landscape = not self.complete or any(width > height for width, height in self.sizes)
        return landscape and self.wide_paper != paper


def first_page(session: Session, request: Request, target: Path) -> ReportPages:
    """Write the first page of a report to `target`. Raises UserError."""
    with session.store.snapshot():
        content = make_report(session, request)
        document = content.document()
        with new_file(target) as file:
            file.write(pdf.first_page(document))
    return ReportPages(
        request,
        target,
        page_sizes(target),
        content.summary,
        document.wide_paper,
        complete=False,
        edition=content.edition,
    )


def all_pages(session: Session, first: ReportPages, target: Path) -> ReportPages:
    """Write the whole report of a first page to `target`. Raises UserError.

    Everything is read again: what was saved since the first page would stand in the annexes only.
    """
    spots: list[PageSpot] = []
    with session.store.snapshot():
        content = make_report(session, first.request)
        pdf.write_pdf(content.document(), target, spots=spots)
    return first._replace(
        pdf=target,
        sizes=page_sizes(target),
        spots=spots,
        complete=True,
        summary=content.summary,
        edition=content.edition,
    )


def edition_pages(session: Session, edition: str, request: Request, target: Path) -> ReportPages:
    """Write the pages of an edition (its id), as it was signed, to `target`. Raises UserError."""
    summary = session.part(Closing).summary(edition)
    document = edition_document(session, summary)
    spots: list[PageSpot] = []
    pdf.write_pdf(document, target, spots=spots)
    sizes = page_sizes(target)
    return ReportPages(
        request, target, sizes, summary, document.wide_paper, spots, edition=summary.edition
    )


def edition_document(
    session: Session, summary: Summary, request: Request = PLAIN, *, draft: bool = False
) -> Document:
    """The document of an edition's summary, as it was signed; draft: as it was before, without
    number and day."""
    document = summary_paper.as_document(summary, session, language(), request)
    if draft:
        document = replace(document, letter=summary_paper.draft_letter(session, summary))
    if summary.edition is None:
        return document
    return post_sources.with_sources(document, post_sources.kept_sources(summary.edition))
