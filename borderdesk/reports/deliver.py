"""Writing a report to a file, in the format its name asks for."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.errors import UserError
from borderdesk.i18n import _
from borderdesk.reports.pdf import save_whole
from borderdesk.reports.summary import Summary, as_json, make_summary

if TYPE_CHECKING:
    from borderdesk.desk import Desk

FORMATS = (".pdf", ".xlsx", ".json")


def write_report(
    desk: "Desk",
    period: str,
    scope: str | None,
    target: Path,
    *,
    lang: str,
    geography: str | None = None,
    with_ids: bool = False,
) -> None:
    """Make the summary of a period and write it as PDF, XLSX or JSON. Raises UserError."""
    if target.suffix.lower() not in FORMATS:
        raise UserError(_("A report is written as {formats}.").format(formats=", ".join(FORMATS)))
    summary = make_summary(desk, period, scope, geography=geography, with_ids=with_ids)
    render(summary, desk, target, lang)


def render(summary: Summary, desk: "Desk", target: Path, lang: str) -> None:
    """Write a summary in the format of the target's name."""
    suffix = target.suffix.lower()
    if suffix == ".json":
        save_whole(target, json_line(as_json(summary)).encode() + b"\n")
        return
    from borderdesk.reports.summary_paper import as_document

    document = as_document(summary, desk, lang)
    if suffix == ".pdf":
        from borderdesk.reports.pdf import write_pdf

        write_pdf(document, target)
        return
    from borderdesk.reports.xlsx import write_xlsx

    write_xlsx(document, target)


def json_line(value: Any) -> str:
    """`value` as JSON on one line, Vietnamese letters as they are."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
