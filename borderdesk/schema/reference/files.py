"""Rows of reference data from outside: CSV files with the header of a shipped one, set-up files."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import InvalidRecord, UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import RESOURCES
from borderdesk.base.text import FORBIDDEN, nfc, without_unseen
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.columns import EditableColumn, LinkColumn
from borderdesk.schema.reference.table import Cells, no_fit

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

LONGEST_CELL = 4_000

Refusal = tuple[int, str, str]
"""Line, column, why."""


MOST_BYTES = 64 << 20
"""The limit of the size of a file."""


class ReferenceRows(NamedTuple):
    """Rows of one type, each with its line; of two with the same key the later counts."""

    table: type[ReferenceType]
    rows: list[Cells]
    lines: list[int]


def shipped_file(table: type[ReferenceType]) -> Path:
    """The path of the CSV file of a type in the program's resources."""
    return RESOURCES / "reference" / f"{table.table_key}.csv"


def shipped_rows(*, real: bool = False) -> Iterator[ReferenceRows]:
    """The reference data in the program's resources, targets of links first; `real`: without
    invented rows, where links to an invented row are replaced by the real one."""
    replaced: dict[str, dict[str, str]] = {}
    for table in REFERENCE_TYPES.values():
        if table.shipped:
            read = read_file(shipped_file(table))
            yield _real_rows(read, replaced) if real else read


def _real_rows(read: ReferenceRows, replaced: dict[str, dict[str, str]]) -> ReferenceRows:
    table = read.table
    rows = [cells for cells in read.rows if not table.is_invented(cells)]
    key = table.key_columns()[0]
    replaced[table.table_key] = {
        cells[key]: table.stand_in(cells, rows) for cells in read.rows if table.is_invented(cells)
    }
    links = [
        (name, replaced.get(column.to, {}))
        for name, column in table.columns().items()
        if isinstance(column, LinkColumn) and not column.several
    ]
    real_rows = [
        {**cells, **{name: stand_ins.get(cells[name], cells[name]) for name, stand_ins in links}}
        for cells in rows
    ]
    return read._replace(rows=real_rows)


def read_file(path: Path) -> ReferenceRows:
    """Every row of a CSV file, checked cell by cell, or of a file of a kind that a type reads.

    Raises InvalidRecord with {"line N, column": message}, UserError for a file of no known type.
    """
    for table in REFERENCE_TYPES.values():
        if any(path.match(pattern) for pattern in table.files.split()):
            numbered = enumerate(table.cells_in(path), start=1)
            return _reference_rows(
                table, {table.key_of(cells): (at, cells) for at, cells in numbered}
            )
    try:
        opened = readable_file(path, MOST_BYTES)
        with TextIOWrapper(opened, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            lines = csv.reader(chain([first], file), strict=True, delimiter=_separator(first))
            header = next(lines, [])
            return _check_lines(_type_of(header), len(header), lines)
    except UnicodeDecodeError:
        raise UserError(
            _(
                "{file} is no CSV file in UTF-8. Open it in a spreadsheet program, save it as"
                " CSV UTF-8 and try again."
            ).format(file=path.name)
        ) from None
    except csv.Error as error:
        raise UserError(
            _("{file} is not a readable CSV file: {error}").format(file=path.name, error=error)
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _separator(first: str) -> str:
    """The separator of the cells: a spreadsheet set to Vietnamese saves with semicolons."""
    return max(",;\t", key=first.count)


def _type_of(header: list[str]) -> type[ReferenceType]:
    for table in REFERENCE_TYPES.values():
        if header in _headers(table):
            return table
    raise UserError(
        _("The first line names no known reference data. Known: {headers}").format(
            headers=" · ".join(",".join(table.columns()) for table in REFERENCE_TYPES.values())
        )
    )


def _headers(table: type[ReferenceType]) -> list[list[str]]:
    """The first lines that a file of a type may have: with and without its later columns."""
    keys = list(table.columns())
    return [keys, keys[: len(keys) - len(table.later_columns)]]


def _check_lines(
    table: type[ReferenceType], width: int, lines: Iterator[list[str]]
) -> ReferenceRows:
    problems: dict[str, str] = {}
    columns = table.columns()
    rows: dict[tuple[str, ...], tuple[int, Cells]] = {}
    for number, line_cells in enumerate(lines, start=2):
        if not any(line_cells):
            continue
        if len(line_cells) != width:
            problems[place_of(number, "*")] = _("Has {count} cells, not {expected}.").format(
                count=len(line_cells), expected=width
            )
            continue
        cells = dict.fromkeys(columns, "")
        texts = (without_unseen(cell).strip() for cell in line_cells)
        cells |= dict(zip(columns, texts, strict=False))
        for key, message in _wrong(table, cells).items():
            problems[place_of(number, key)] = message
        rows[table.key_of(cells)] = (number, cells)
    if problems:
        raise InvalidRecord(problems)
    return _reference_rows(table, rows)


def rows_of_objects(
    table: type[ReferenceType], objects: Any
) -> tuple[ReferenceRows, list[Refusal]]:
    """Rows of a JSON list of objects of texts, numbered from 1, and the refusals; with any refusal
    the rows must not be used."""
    columns = table.columns()
    rows: dict[tuple[str, ...], tuple[int, Cells]] = {}
    refused: list[Refusal] = []
    for number, cells in enumerate(objects if isinstance(objects, list) else [None], start=1):
        if not isinstance(cells, dict) or not _are_cells(table, cells):
            refused.append((number, "*", _("Must be an object.")))
            continue
        cells = {**dict.fromkeys(table.later_columns, ""), **cells}
        # Text that is not NFC cannot originate from a desk.
        odd = {
            key: no_fit(str(cell))
            for key, cell in cells.items()
            if type(cell) is not str or cell != nfc(cell)
        }
        texts = {key: str(cells[key]) for key in columns}
        wrong = {**_wrong(table, texts), **odd}
        refused += [(number, key, wrong[key]) for key in columns if key in wrong]
        rows[table.key_of(texts)] = (number, texts)
    return _reference_rows(table, {} if refused else rows), refused


def _are_cells(table: type[ReferenceType], cells: dict[str, Any]) -> bool:
    columns = table.columns().keys()
    return cells.keys() <= columns and columns - cells.keys() <= {*table.later_columns}


def _reference_rows(
    table: type[ReferenceType], rows: Mapping[tuple[str, ...], tuple[int, Cells]]
) -> ReferenceRows:
    return ReferenceRows(
        table, [cells for _n, cells in rows.values()], [n for n, _cells in rows.values()]
    )


def _wrong(table: type[ReferenceType], cells: Cells) -> dict[str, str]:
    """The errors in the cells of a row: {column: message}."""
    bad = {
        key: no_fit(cells[key])
        for key, column in table.columns().items()
        if not _fits(column, cells[key])
    }
    return bad or table.check_row(cells)


def _fits(column: EditableColumn, cell: str) -> bool:
    return len(cell) <= LONGEST_CELL and not FORBIDDEN.search(cell) and column.fits(cell)


def place_of(line: int, column: str) -> str:
    """The words for a place in a file."""
    return _("line {line}, {column}").format(line=line, column=column)


def resolve_links(read: ReferenceRows, book: "ReferenceBook") -> ReferenceRows:
    """The rows with what links of a file stand for, where they may name a row otherwise than by
    what is stored."""
    resolved = [
        (key, column.resolve)
        for key, column in read.table.columns().items()
        if isinstance(column, LinkColumn) and column.resolve is not None
    ]
    if not resolved:
        return read
    rows = [
        {**cells, **{key: resolve(book, cells[key], cells) for key, resolve in resolved}}
        for cells in read.rows
    ]
    return read._replace(rows=rows)


def broken_links(read: ReferenceRows, book: "ReferenceBook") -> list[Refusal]:
    """Refusals for links of rows to targets that are neither in the book nor among the rows."""
    links = {
        key: _linkable(column, read, book)
        for key, column in read.table.columns().items()
        if isinstance(column, LinkColumn) and column.to
    }
    message = _("“{value}” is not known.")
    return [
        (line, key, message.format(value=value[:60]))
        for line, cells in zip(read.lines, read.rows, strict=True)
        for key, linkable_cells in links.items()
        for value in cells[key].split()
        if value not in linkable_cells
    ]


def circular_links(read: ReferenceRows, book: "ReferenceBook") -> list[Refusal]:
    """Refusals for rows that links within their own table lead back to: no unit becomes itself."""
    table, (key, *_rest) = read.table, read.table.key_columns()
    stored = {row[key]: row for row in map(table.cells_of, book.entries(table.table_key))}
    rows = stored | {cells[key]: cells for cells in read.rows}
    message = _("“{value}” leads back to this row: choose another one.")
    return [
        (line, column, message.format(value=cells[column][:60]))
        for column, link in table.columns().items()
        if isinstance(link, LinkColumn) and link.to == table.table_key
        for line, cells in zip(read.lines, read.rows, strict=True)
        if cells[key] in _reached(rows, column, cells[column].split())
    ]


def _reached(rows: Mapping[str, Cells], column: str, names: Iterable[str]) -> set[str]:
    """The keys that a column of links leads to from some, directly or through others."""
    reached, waiting = set[str](), [*names]
    while waiting:
        name = waiting.pop()
        if name in rows and name not in reached:
            reached.add(name)
            waiting += rows[name][column].split()
    return reached


def invented_rows(read: ReferenceRows) -> list[Refusal]:
    """Refusals for the rows allowed in a demonstration only: those that are marked as invented,
    those with the name of an invented row of the resources, and those of the demonstration's own
    keys."""
    table = read.table
    names = _invented_names(table) if table.demo_only else frozenset()
    message = _("“{name}” is invented, for demonstrations. It does not enter a real desk.")
    return [
        (
            line,
            table.invented_column or table.name_column,
            message.format(name=table.row_name(cells)),
        )
        for line, cells in zip(read.lines, read.rows, strict=True)
        if table.is_invented(cells)
        or table.is_demonstration(cells)
        or (names and table.bare_name(cells[table.name_column]) in names)
    ]


@cache
def _invented_names(table: type[ReferenceType]) -> frozenset[str]:
    rows = read_file(shipped_file(table)).rows if table.shipped else []
    return frozenset(
        table.bare_name(cells[table.name_column]) for cells in rows if table.is_invented(cells)
    )


def _linkable(link: LinkColumn, read: ReferenceRows, book: "ReferenceBook") -> set[str]:
    linkable_cells = {
        str(getattr(entry, key)) for entry in book.entries(link.to) for key in link.by
    }
    if link.to == read.table.table_key:
        linkable_cells |= {cells[key] for cells in read.rows for key in link.by}
    return linkable_cells
