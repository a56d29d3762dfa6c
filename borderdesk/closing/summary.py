"""The summary of a period: as it was signed where it is closed, otherwise from the records."""

from decimal import Decimal
from typing import Any

from borderdesk.closing.calculation import Summary, summary_of
from borderdesk.closing.comparison import as_signed
from borderdesk.closing.editions import CLOSED, standing
from borderdesk.closing.lines import SummaryLine
from borderdesk.figures.scopes import make_view
from borderdesk.schema.kinds import json_number
from borderdesk.session.session import Session


def make_summary(
    session: Session,
    period_text: str,
    scope_text: str | None = None,
    *,
    geography: str | None = None,
    with_ids: bool = False,
    live: bool = False,
) -> Summary:
    """The summary of a period for a scope (without one, the desk's own), read in one snapshot.
    Raises UserError.

    Of a closed period it is the edition that was signed; live: the figures of the records all the
    same.
    """
    with session.store.snapshot():
        view = make_view(session, period_text, scope_text, geography)
        named_scope = scope_text or view.scope.text
        if not live and not view.turned:
            edition = standing(session.store, view.period.text, view.scope.text)
            if edition is not None and edition.state == CLOSED:
                return as_signed(session, edition, named_scope, with_ids=with_ids)
        return summary_of(session, view, named_scope, with_ids=with_ids)


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary in the shape of the command line."""
    return {
        "desk": summary.desk,
        "period": {
            "from": summary.period.first.isoformat(),
            "to": summary.period.last.isoformat(),
        },
        "scope": summary.asked,
        "geography": summary.geography,
        "closed": summary.closed,
        "rows": [_json_row(line) for line in summary.lines],
    }


NOT_IN_JSON = frozenset({"records", "from_paper", "carry", "doubles", "late_records"})


def _json_row(line: SummaryLine) -> dict[str, Any]:
    row = {
        key: json_number(value) if isinstance(value, Decimal) else value
        for key, value in line._asdict().items()
        if key not in NOT_IN_JSON
    }
    if qualifiers := line.qualifiers():
        row["from_paper"] = qualifiers
    return row if line.records is None else {**row, "records": line.records}
