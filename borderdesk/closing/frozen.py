"""A closed period's summary, as it was signed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from borderdesk.closing.editions import Edition, Moved, read_figures
from borderdesk.figures.indicators import all_rows, words

if TYPE_CHECKING:
    from borderdesk.closing.summary import Line, Summary
    from borderdesk.session.session import Session

COLUMNS = ("value", "year_to_date")
"""The columns of a paper that are compared with the desk."""


def as_signed(
    desk: "Session", edition: Edition, asked: str, *, with_ids: bool = False
) -> "Summary":
    """The summary that was signed, with what the desk would say otherwise now."""
    from borderdesk.closing.summary import summary_of

    signed = signed_summary(desk, edition, asked)
    if with_ids:
        now = summary_of(desk, edition.view, asked, with_ids=True).lines
        signed = signed._replace(lines=_with_ids(desk, edition, signed.lines, now))
    else:
        now = lines_now(desk, edition)
    return signed._replace(moved=tuple(differing(signed.lines, now)))


def _with_ids(
    desk: "Session", edition: Edition, signed: "list[Line]", now: "list[Line]"
) -> "list[Line]":
    """The signed rows with the ids of the records behind them that were there then."""
    later, by_key = added_since(desk, edition), {line.key: line for line in now}
    return [
        line._replace(
            records=[r for r in by_key[line.key].records or () if r not in later],
            late_records=by_key[line.key].late_records,
        )
        if line.key in by_key
        else line._replace(records=[])
        for line in signed
    ]


def added_since(desk: "Session", edition: Edition) -> frozenset[str]:
    """The records that were not there when the edition was closed."""
    rows = desk.store.rows(
        "SELECT DISTINCT record FROM revision r WHERE seq > ? AND NOT EXISTS"
        " (SELECT 1 FROM revision o WHERE o.record = r.record AND o.seq <= ?)",
        (edition.last_seq, edition.last_seq),
    )
    return frozenset(row[0] for row in rows)


def lines_now(desk: "Session", edition: Edition) -> "list[Line]":
    """What the records say now of an edition's period and scope, by its units: the columns
    that are compared, and no others."""
    from borderdesk.closing.summary import lines_compared

    return lines_compared(desk, edition.view)


def signed_summary(desk: "Session", edition: Edition, asked: str = "") -> "Summary":
    """The summary that was signed, its words in the language in use where they are known."""
    from borderdesk.closing.summary import Summary

    spoken = {row.key: words(row) for row in all_rows(desk.book) if ":" not in row.key}
    lines = [
        line._replace(group=spoken[line.key][0], label=spoken[line.key][1],
                      unit=spoken[line.key][2]) if line.key in spoken else line
        for line in read_figures(desk.store, edition.id)
    ]  # fmt: skip
    return Summary(
        desk.identity.id, edition.period, edition.view.compared, edition.scope,
        asked or edition.scope.text, edition.view.geography, lines,
        [(title, count) for title, count in edition.frame["joint"]],
        list(edition.frame["remarks"]), edition,
    )  # fmt: skip


def differing(signed: "list[Line]", now: "list[Line]") -> Iterator[Moved]:
    """The figures that differ between what was signed and what is said now."""
    by_key = {line.key: line for line in now}
    before = {line.key: line for line in signed}
    for key in dict.fromkeys([*before, *by_key]):
        was, line = before.get(key), by_key.get(key)
        named = line or was
        assert named is not None
        for column in COLUMNS:
            old = getattr(was, column) if was is not None else 0
            new = getattr(line, column) if line is not None else 0
            if old != new:
                known = old is not None and new is not None
                yield Moved(
                    key, named.label, named.unit, column, old, new, new - old if known else None
                )
