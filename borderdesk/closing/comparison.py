"""A closed period's summary as it was signed, compared with the records as they are."""

from collections.abc import Iterator

from borderdesk.base.i18n import _, in_every_language
from borderdesk.closing.calculation import Summary, counted_ids, lines_compared, summary_of
from borderdesk.closing.editions import Edition, SignedDifference, counted_in, read_figures
from borderdesk.closing.lines import SummaryLine
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session

COLUMNS = ("value", "year_to_date")
"""The columns of a paper that are compared with the desk."""


def as_signed(
    session: Session, edition: Edition, scope_text: str, *, with_ids: bool = False
) -> Summary:
    """The summary that was signed, with where the records now differ from it."""
    signed = signed_summary(session, edition, scope_text)
    if with_ids:
        now = summary_of(session, edition.view, scope_text, with_ids=True).lines
        signed = signed._replace(lines=_with_ids(session, edition, signed.lines, now))
    else:
        now = lines_now(session, edition)
    return signed._replace(moved=tuple(differing(signed.lines, now)))


def _with_ids(
    session: Session, edition: Edition, signed: list[SummaryLine], now: list[SummaryLine]
) -> list[SummaryLine]:
    """The signed rows with the ids of the records that were counted then."""
    counted = counted_ids(session, edition.view, counted_in(session.store, edition))
    late = {line.key: line.late_records for line in now}
    return [
        line._replace(records=counted.get(line.key, []), late_records=late.get(line.key))
        for line in signed
    ]


def lines_now(session: Session, edition: Edition) -> list[SummaryLine]:
    """The lines of an edition's period and scope from the current records, by its units: only the
    columns that are compared."""
    return lines_compared(session, edition.view)


def signed_summary(session: Session, edition: Edition, scope_text: str = "") -> Summary:
    """The summary that was signed, its words in the language in use where they are known."""
    rows = {row.key: row for row in all_rows(session.book)}
    lines = []
    for line in read_figures(session.store, edition.id):
        row = rows.get(line.key)
        if row is not None:
            label, unit = words_now(row, line.label, line.unit)
            line = line._replace(group=row.words[0], label=label, unit=unit)
        lines.append(line)
    return Summary(
        session.identity.id,
        edition.period,
        edition.view.compared,
        edition.scope,
        scope_text or edition.scope.text,
        edition.view.geography,
        lines,
        [(_title_now(title), count) for title, count in edition.frame["joint"]],
        list(edition.frame["remarks"]),
        edition,
    )


def words_now(row: Indicator, label: str, unit: str) -> tuple[str, str]:
    """Signed label and unit of an indicator in the language in use. The words of a pick list stay
    as they were signed: an entry can be renamed."""
    return row.words[1:] if row.translated else (label, unit)


def _title_now(title: str) -> str:
    """The signed title of a type of record in the language in use."""
    titles = (model.title for model in RECORD_TYPES.values())
    return next(
        (_(model_title) for model_title in titles if title in in_every_language(model_title)), title
    )


def differing(signed: list[SummaryLine], now: list[SummaryLine]) -> Iterator[SignedDifference]:
    """The figures that differ between the signed edition and the records."""
    by_key = {line.key: line for line in now}
    before = {line.key: line for line in signed}
    for key in dict.fromkeys([*before, *by_key]):
        was, line = before.get(key), by_key.get(key)
        any_line = line or was
        assert any_line is not None
        for column in COLUMNS:
            old = getattr(was, column) if was is not None else 0
            new = getattr(line, column) if line is not None else 0
            if old != new:
                has_both_values = old is not None and new is not None
                moved = new - old if has_both_values else None
                yield SignedDifference(
                    key, any_line.label, any_line.unit, column, old, new, moved
                ).marked(was, line)
