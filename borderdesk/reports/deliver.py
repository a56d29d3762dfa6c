"""Every kind of report, and writing one to a file in the format its name asks for.

To add a kind: a module that answers a `Request` with a `Made`, and a line in REPORTS; command
line, window and batch loop over it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.files import whole_file
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.requests import Kind, Made, Request, Say, silent

if TYPE_CHECKING:
    from borderdesk.closing import summary as summary_module
    from borderdesk.figures import scopes
    from borderdesk.reports import (
        amendment,
        completeness,
        coverage_report,
        pdf,
        register,
        review,
        shapes,
        summary_paper,
        xlsx,
    )
    from borderdesk.reports import sources as sources_module
    from borderdesk.reports.blocks import Document
    from borderdesk.session.session import Session
else:
    amendment = lazy_module("borderdesk.reports.amendment")
    completeness = lazy_module("borderdesk.reports.completeness")
    coverage_report = lazy_module("borderdesk.reports.coverage_report")
    pdf = lazy_module("borderdesk.reports.pdf")
    register = lazy_module("borderdesk.reports.register")
    review = lazy_module("borderdesk.reports.review")
    scopes = lazy_module("borderdesk.figures.scopes")
    shapes = lazy_module("borderdesk.reports.shapes")
    sources_module = lazy_module("borderdesk.reports.sources")
    summary_module = lazy_module("borderdesk.closing.summary")
    summary_paper = lazy_module("borderdesk.reports.summary_paper")
    xlsx = lazy_module("borderdesk.reports.xlsx")

FORMATS = (".pdf", ".xlsx", ".json")


def _summary(desk: "Session", request: Request, say: Say) -> Made:
    summary = summary_module.make_summary(
        desk,
        request.period,
        request.scope,
        geography=request.geography,
        with_ids=request.with_ids,
    )
    return Made(
        lambda: summary_paper.as_document(summary, desk, language(), request, say),
        lambda: [shapes.json_line(summary_module.as_json(summary))],
        summary,
    )


def _register(desk: "Session", request: Request, say: Say) -> Made:
    return register.make_register(desk, request, say)


def _coverage(desk: "Session", request: Request, say: Say) -> Made:
    return coverage_report.make_coverage(desk, request, say)


def _completeness(desk: "Session", request: Request, say: Say) -> Made:
    return completeness.make_completeness(desk, request, say)


def _review(desk: "Session", request: Request, say: Say) -> Made:
    return review.make_review(desk, request, say)


def _amendment(desk: "Session", request: Request, say: Say) -> Made:
    return amendment.make_amendment(desk, request, say)


REPORTS: Mapping[str, Kind] = {
    "summary": Kind(
        N_("Summary of figures"), N_("Every indicator of a period."), _summary, annexed=True
    ),
    "register": Kind(
        N_("Register of records"), N_("Every record of a type in a period."), _register, typed=True
    ),
    "coverage": Kind(
        N_("Coverage of the border markers"),
        N_("Markers: last inspected, condition, never visited, month by month."),
        _coverage,
    ),
    "completeness": Kind(
        N_("Completeness of the records"),
        N_("Which post has what for which month, and what was typed late."),
        _completeness,
    ),
    "review": Kind(
        N_("Review against the targets"),
        N_("The clauses of the year's regulations, by unit and as a whole."),
        _review,
    ),
    "amendment": Kind(
        N_("Amendment"), N_("What was corrected of a signed report, and why."), _amendment
    ),
}
"""Every kind of report by its name on the command line."""


def make_report(desk: "Session", request: Request, say: Say = silent) -> Made:
    """The report that is asked for. Raises UserError."""
    kind = REPORTS[request.kind]
    if kind.typed and request.type is None:
        raise UserError(_("Say which type of record the report is of."))
    made = kind.make(desk, request, say)
    return made._replace(document=lambda: _with_sources(desk, request, made))


def _with_sources(desk: "Session", request: Request, made: Made) -> "Document":
    """The document with the state of every post behind it; as it was when it was signed."""
    edition = made.summary.edition if made.summary is not None else None
    if edition is not None:
        return sources_module.with_sources(made.document(), sources_module.kept_sources(edition))
    view = scopes.make_view(desk, request.period, request.scope, request.geography)
    return sources_module.with_sources(made.document(), sources_module.sources(desk, view))


def write_report(desk: "Session", request: Request, target: Path, say: Say = silent) -> None:
    """Write the report that is asked for as PDF, XLSX or JSON, whole or not at all.

    Raises UserError, and OperationStopped when `say` does; `target` is then as it was.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise UserError(_("A report is written as {formats}.").format(formats=", ".join(FORMATS)))
    made = make_report(desk, request, say)
    if suffix == ".json":
        with whole_file(target) as file:
            for piece in made.json():
                file.write(piece.encode())
            file.write(b"\n")
    elif suffix == ".pdf":
        pdf.write_pdf(made.document(), target)
    else:
        xlsx.write_xlsx(made.document(), target)
