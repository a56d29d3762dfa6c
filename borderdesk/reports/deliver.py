"""Every kind of report, and writing one to a file in the format its name asks for.

To add a kind: a module that answers a `Request` with a `Made`, and a line in REPORTS; command
line, window and batch loop over it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.errors import UserError
from borderdesk.i18n import N_, _, language
from borderdesk.reports.requests import Kind, Made, Request, Say, silent
from borderdesk.reports.saving import save_whole

if TYPE_CHECKING:
    from borderdesk.desk import Desk

FORMATS = (".pdf", ".xlsx", ".json")


def _summary(desk: "Desk", request: Request, say: Say) -> Made:
    from borderdesk.reports.shapes import json_line
    from borderdesk.reports.summary import as_json, make_summary
    from borderdesk.reports.summary_paper import as_document

    summary = make_summary(
        desk, request.period, request.scope, geography=request.geography,
        with_ids=request.with_ids,
    )  # fmt: skip
    return Made(
        lambda: as_document(summary, desk, language(), request, say),
        lambda: [json_line(as_json(summary))],
    )


REPORTS: Mapping[str, Kind] = {
    "summary": Kind(N_("Summary of figures"), N_("Every indicator of a period."), _summary),
}
"""Every kind of report by its name on the command line."""


def make_report(desk: "Desk", request: Request, say: Say = silent) -> Made:
    """The report that is asked for. Raises UserError."""
    kind = REPORTS[request.kind]
    if kind.typed and request.type is None:
        raise UserError(_("Say which type of record the report is of."))
    return kind.make(desk, request, say)


def write_report(desk: "Desk", request: Request, target: Path, say: Say = silent) -> None:
    """Write the report that is asked for as PDF, XLSX or JSON, whole or not at all.

    Raises UserError, and Stopped when `say` does; `target` is then as it was.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise UserError(_("A report is written as {formats}.").format(formats=", ".join(FORMATS)))
    made = make_report(desk, request, say)
    if suffix == ".json":
        save_whole(target, "".join(made.json()).encode() + b"\n")
    elif suffix == ".pdf":
        from borderdesk.reports.pdf import write_pdf

        write_pdf(made.document(), target)
    else:
        from borderdesk.reports.xlsx import write_xlsx

        write_xlsx(made.document(), target)
