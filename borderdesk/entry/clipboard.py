"""Tables on the clipboard, in the formats of spreadsheets and word processors.

The plain text is not CSV: a cell is quoted only where it contains a line break or a tab. Where the
clipboard has the same table as HTML, cell boundaries are unambiguous.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.entry.day_columns import day_places, whole_day, with_day_columns
from borderdesk.entry.day_order import DayOrder, day_orders, has_numbers
from borderdesk.entry.headings import (
    FEWEST_HEADINGS,
    WITHOUT_FIELD,
    NamedColumn,
    describes_columns,
    heading_words,
    recognised,
    without_unit,
)
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading

MOST_ROWS = 20_000
HEADING_ROWS = 4
"""The number of rows from the top in which headings are searched."""
LEFT_OUT = "-"
"""The stored key of a heading that names no column."""
MOST_SPAN = 200

_TOTAL = re.compile(r"(?:tổng cộng|tổng số|tổng|cộng|luỹ kế|lũy kế|total)\b[\s:.]*", re.IGNORECASE)
_NUMBER = re.compile(r"[\d\s.,/:\-]+\Z")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"(?=[\t\n]|\Z)')

Rows = list[list[str]]


# ------------------------------------------------------------------------------ to and fro


def pasted(text: str, html: str = "") -> Rows:
    """The rows of a copied table, blank rows at the end left out; `html` is taken where it holds
    one. Raises UserError for too many."""
    rows = _html_rows(html) or _text_rows(text)
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise UserError(_("At most {most} rows can be pasted at once.").format(most=MOST_ROWS))
    return rows


def copied(rows: Sequence[Sequence[str]]) -> str:
    """Rows as tab-separated text that a spreadsheet pastes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for row in rows:
        if any(row):
            writer.writerow(row)
        else:  # not as two quotation marks, which are text where they are pasted
            out.write("\t" * (len(row) - 1) + "\n")
    return out.getvalue()


def _text_rows(text: str) -> Rows:
    """The cells of a copied text. A cell is in quotes only where these close just before a tab, a
    line's end or the end, and hold no whole rows: any other quotation mark is a letter, such as
    the ditto mark."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: Rows = [[]]
    at, end = 0, len(text)
    while at <= end:
        quoted = _QUOTED.match(text, at) if text.startswith('"', at) else None
        if quoted is not None and "\n" in quoted[1] and "\t" in quoted[1]:
            quoted = None
        if quoted is not None:
            cell, at = quoted[1].replace('""', '"'), quoted.end()
        else:
            stop = _cell_end(text, at)
            cell, at = text[at:stop], stop
        rows[-1].append(cell)
        if at < end and text[at] == "\n":
            rows.append([])
        at += 1
    return rows if any(map(any, rows)) else []


def _cell_end(text: str, at: int) -> int:
    tab, line = text.find("\t", at), text.find("\n", at)
    return min((place for place in (tab, line) if place >= 0), default=len(text))


class _TableReader(HTMLParser):
    """Reads the first table of a page that has rows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Rows = []
        self._cell: list[str] | None = None
        self._wide = 1
        self._below: dict[tuple[int, int], int] = {}
        self._depth = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "table":
            self._depth += 1
        if self._over or self._depth != 1:
            return
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag in ("br", "p", "div") and self._cell is not None:
            self._cell.append(" ")

    def _begin_cell(self, attrs: Mapping[str, str | None]) -> None:
        row = self.rows[-1]
        while (len(self.rows) - 1, len(row)) in self._below:
            row.append("")
        self._cell, self._wide = [], _span(attrs.get("colspan"))
        for down in range(1, _span(attrs.get("rowspan"))):
            for across in range(self._wide):
                self._below[len(self.rows) - 1 + down, len(row) + across] = 1

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.rows[-1] += ["".join(self._cell), *[""] * (self._wide - 1)]
        self._cell = None

    def handle_endtag(self, tag: str) -> None:
        """End a cell; the first table with rows is the one."""
        if tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self._depth -= 1
            self._over = self._over or (self._depth == 0 and bool(self.rows))

    def handle_data(self, data: str) -> None:
        """Collect the text of a cell."""
        if self._cell is not None:
            self._cell.append(data)


def _span(text: str | None) -> int:
    return min(int(text), MOST_SPAN) if text and text.isdecimal() and int(text) else 1


def _html_rows(html: str) -> Rows:
    """The rows of the table in a page, [] where it has none."""
    if "<td" not in html.lower() and "<th" not in html.lower():
        return []
    reader = _TableReader()
    reader.feed(html)
    reader.close()
    return reader.rows if any(map(any, reader.rows)) else []


# ------------------------------------------------------------------------------ headings


class PastedTable(NamedTuple):
    """A pasted table with its headings: the key of each column, None for none; the data rows;
    {column: heading} of the headings that are not recognised; and the number of skipped rows of
    totals."""

    keys: list[str | None]
    rows: Rows
    unknown: dict[int, str]
    totals: int = 0


def with_headings(
    rows: Rows, columns: Sequence[NamedColumn], decided: Mapping[str, str]
) -> PastedTable | None:
    """The table under the headings of the first rows, None for one without headings.

    decided: {heading as returned by `heading_words`: the key that a person assigned to it, or
    LEFT_OUT}.
    """
    best: tuple[int, int, list[str], list[str | None]] | None = None
    for at in range(min(HEADING_ROWS, len(rows))):
        for last, headings, longer in _heading_rows(rows, at):
            keys = _keys(headings, longer, columns, decided)
            score = sum(key is not None for key in keys)
            if score >= FEWEST_HEADINGS and (best is None or score > best[0]):
                best = (score, last, headings, keys)
    if best is None:
        return None
    _score, last, headings, keys = best
    while last + 1 < len(rows) and describes_columns(rows[last + 1]):
        last += 1
    unknown = {
        place: text
        for place, (text, key) in enumerate(zip(headings, keys, strict=True))
        if text and key is None and not _is_left_out(text, decided)
    }
    below = [row for row in rows[last + 1 :] if any(row)]
    works = [row for row in below if not _is_total(row, keys)]
    return _with_whole_days(PastedTable(keys, works, unknown, len(below) - len(works)))


def _with_whole_days(table: PastedTable) -> PastedTable:
    """A table with each day in one column, where it had columns for day, month and year."""
    places = {key: place for place, key in enumerate(table.keys) if key}
    days = {key: of_day for key in places if (of_day := day_places(key, places))}
    if not days:
        return table
    spread = {of_day for of_day in days.values() if of_day[0] >= 0}
    keys = [None if key in days and places[key] != days[key][0] else key for key in table.keys]
    return table._replace(keys=keys, rows=[_with_days(row, spread) for row in table.rows])


def _with_days(row: list[str], spread: Iterable[tuple[int, ...]]) -> list[str]:
    whole = list(row)
    for places in spread:
        parts = (row[place] if 0 <= place < len(row) else "" for place in places)
        if places[0] < len(whole):
            whole[places[0]] = str(whole_day(*parts))
    return whole


def _heading_rows(rows: Rows, at: int) -> list[tuple[int, list[str], list[str]]]:
    """(the last row, headings, longer headings) that a row may be, alone or with the next."""
    candidates = [(at, rows[at], rows[at])]
    if at + 1 < len(rows) and not any(_NUMBER.match(cell) for cell in rows[at + 1] if cell):
        width = max(len(rows[at]), len(rows[at + 1]))
        upper, lower = (row + [""] * (width - len(row)) for row in (rows[at], rows[at + 1]))
        spread = list(upper)
        for place in range(1, width):
            # The clipboard leaves the rest of a merged cell blank.
            if not spread[place] and lower[place]:
                spread[place] = spread[place - 1]
        short = [low or high for high, low in zip(upper, lower, strict=True)]
        joined_headings = [f"{high} {low}".strip() for high, low in zip(spread, lower, strict=True)]
        candidates.append((at + 1, short, joined_headings))
    return candidates


def _keys(
    headings: Sequence[str],
    longer: Sequence[str],
    columns: Sequence[NamedColumn],
    decisions: Mapping[str, str],
) -> list[str | None]:
    column_keys = {column.key for column in columns}
    assigned = [decisions.get(heading_words(text), "") for text in headings]
    decided_keys = [key if key in column_keys else None for key in assigned]
    free = [column for column in columns if column.key not in decided_keys]
    open_headings = ["" if key else text for key, text in zip(assigned, headings, strict=True)]
    keys = [
        decided_key or key
        for decided_key, key in zip(decided_keys, recognised(open_headings, free), strict=True)
    ]
    if longer is not headings:
        remaining = [column for column in free if column.key not in keys]
        texts = [
            "" if key or not text else long
            for key, text, long in zip(keys, open_headings, longer, strict=True)
        ]
        keys = [
            decided_key or key
            for decided_key, key in zip(keys, recognised(texts, remaining), strict=True)
        ]
    days = {column.key: column for column in columns if column.field.is_date}
    decided = [place for place, key in enumerate(assigned) if key]
    return with_day_columns(headings, longer, keys, days, decided)


def _is_left_out(text: str, decided: Mapping[str, str]) -> bool:
    return without_unit(text) in WITHOUT_FIELD or heading_words(text) in decided


def _is_total(row: Sequence[str], keys: Sequence[str | None]) -> bool:
    """Whether a row has totals: it begins with a word for a total, in a column that is no field's
    own text."""
    first = next(((place, cell) for place, cell in enumerate(row) if cell), None)
    if first is None or not _TOTAL.match(first[1]):
        return False
    full = sum(map(bool, row)) > sum(key is not None for key in keys) // 2
    is_in_field = first[0] < len(keys) and keys[first[0]] is not None
    return not (full and is_in_field)


def as_typed(column: NamedColumn, cell: str) -> str:
    """A pasted cell as it would be typed: a spreadsheet's number of days is a date, hard spaces
    group nothing; left as it is where that cannot be known."""
    text = cell.replace("\u00a0", " ").replace("\u202f", " ").strip()
    try:
        return column.field.from_sheet(text, CellReading()) if text else ""
    except FieldError:
        return text


def with_days_asked(
    columns: Mapping[str, NamedColumn], keys: Sequence[str | None], rows: Rows
) -> tuple[Rows, list[str]]:
    """The rows with a question mark behind each day of a column whose days have the month first, so
    that nothing takes it for a day before a person wrote it again; the labels of such columns."""
    days = [n for n, key in enumerate(keys) if key and columns[key].field.is_date]
    orders = day_orders(days, rows)
    reversed_columns = [place for place in days if orders.get(place) is DayOrder.MONTH_FIRST]
    if not reversed_columns:
        return rows, []
    marked = [
        [
            f"{cell} ?" if n in reversed_columns and has_numbers(cell) else cell
            for n, cell in enumerate(row)
        ]
        for row in rows
    ]
    return marked, [columns[key].label for n in reversed_columns if (key := keys[n])]
