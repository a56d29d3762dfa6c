"""Reading reference data from CSV files with the header of a shipped one."""

import csv
import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import Invalid, UserError, reason
from borderdesk.base.i18n import N_, _
from borderdesk.base.paths import RESOURCES
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.schema.settings import is_day

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

SHIPPED = ("units", "posts", "markers", "picks")
LONGEST_CELL = 4_000

Check = Callable[[str], bool]


def _or_blank(check: Check) -> Check:
    return lambda cell: not cell or check(cell)


def _flag(cell: str) -> bool:
    return cell in ("0", "1")


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda cell: compiled.fullmatch(cell) is not None


class Sheet(NamedTuple):
    """One kind of reference file: its table, its columns with what each cell must be."""

    name: str
    table: str
    columns: Mapping[str, Check]
    key: tuple[str, ...]
    numbers: tuple[str, ...] = ()


_TEXT = _matches(r".+")
_ANY = _matches(r".*")

SHEETS = (
    Sheet(
        "units",
        "unit",
        {
            "id": _matches(r"[0-9A-Za-z-]{1,20}"),
            "code": _matches(r"[0-9A-Za-z]{1,12}"),
            "name": _TEXT,
            "kind": _matches("province|district|commune"),
            "parent": _ANY,
            "border": _flag,
            "valid_from": is_day,
            "valid_to": _or_blank(is_day),
            "successors": _ANY,
        },
        ("id",),
        ("border",),
    ),
    Sheet(
        "posts",
        "post",
        {
            "code": _matches(r"[0-9A-Za-z]{1,12}"),
            "name": _TEXT,
            "gate": _ANY,
            "communes": _ANY,
            "communes_verified": _flag,
            "invented": _flag,
        },
        ("code",),
        ("communes_verified", "invented"),
    ),
    Sheet(
        "markers",
        "marker",
        {
            "marker": _matches(r"\d{3,4}(/\d{1,2})?"),
            "post": _ANY,
            "commune": _ANY,
            "invented": _flag,
        },
        ("marker",),
        ("invented",),
    ),
    Sheet(
        "hamlets",
        "hamlet",
        {
            "commune": _TEXT,
            "name": _TEXT,
            "is_border": _flag,
            "households_total": _or_blank(_matches(r"\d{1,6}")),
            "valid_from": is_day,
            "valid_to": _or_blank(is_day),
        },
        ("commune", "name", "valid_from"),
        ("is_border", "households_total"),
    ),
    Sheet(
        "picks",
        "pick_entry",
        {
            "list": _matches("topic|partner|pledge_programme|programme|incident_category|tag"),
            "code": _matches(r"[0-9a-z_]{1,60}"),
            "vi": _TEXT,
            "en": _ANY,
            "unit": _ANY,
        },
        ("list", "code"),
    ),
)

EXPECTED = {
    "units": N_("administrative units"),
    "posts": N_("posts"),
    "markers": N_("markers"),
    "hamlets": N_("hamlets"),
    "picks": N_("pick lists"),
}


class Loaded(NamedTuple):
    """A reference file that was read: its kind, and each row's cells by column."""

    sheet: Sheet
    rows: list[dict[str, str]]
    lines: list[int]
    """The line of each row; of two rows with the same key the later counts."""


def shipped(name: str) -> Path:
    """The CSV of reference data that the program comes with."""
    return RESOURCES / "reference" / f"{name}.csv"


def read(path: Path) -> Loaded:
    """Every row of a reference file, checked cell by cell.

    Raises Invalid with {"line N, column": message}, UserError for a file of no known kind.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            sheet = _sheet_of(next(lines, []))
            numbered = _checked(sheet, lines)
            return Loaded(sheet, [r for _n, r in numbered], [n for n, _r in numbered])
    except UnicodeDecodeError:
        raise UserError(_("{file} is not UTF-8 text.").format(file=path.name)) from None
    except csv.Error as error:
        raise UserError(
            _("{file} is not a readable CSV file: {error}").format(file=path.name, error=error)
        ) from None
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {error}").format(file=path, error=reason(error))
        ) from None


def _sheet_of(header: list[str]) -> Sheet:
    for sheet in SHEETS:
        if header == list(sheet.columns):
            return sheet
    raise UserError(
        _("The first line names no known reference data. Known: {headers}").format(
            headers=" · ".join(",".join(sheet.columns) for sheet in SHEETS)
        )
    )


def _checked(sheet: Sheet, lines: Iterator[list[str]]) -> list[tuple[int, dict[str, str]]]:
    problems: dict[str, str] = {}
    rows: dict[tuple[str, ...], tuple[int, dict[str, str]]] = {}
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        if len(cells) != len(sheet.columns):
            problems[_at(number, "*")] = _("Has {count} cells, not {expected}.").format(
                count=len(cells), expected=len(sheet.columns)
            )
            continue
        row = {c: nfc(cell).strip() for c, cell in zip(sheet.columns, cells, strict=True)}
        bad = [c for c, check in sheet.columns.items() if not _good(row[c], check)]
        for column in bad:
            problems[_at(number, column)] = _("“{value}” does not fit here.").format(
                value=row[column][:60]
            )
        dated = sheet.columns.keys() >= {"valid_from", "valid_to"} and not bad
        if dated and row["valid_to"] and row["valid_to"] < row["valid_from"]:
            problems[_at(number, "valid_to")] = _("Ends before it starts.")
        rows[tuple(row[c] for c in sheet.key)] = (number, row)
    if problems:
        raise Invalid(problems)
    return list(rows.values())


def from_rows(sheet: Sheet, given: Any) -> tuple[Loaded, list[tuple[int, str, str]]]:
    """Rows that came as objects of texts rather than lines of a file, numbered from 1, and the
    refused ones as (number, column, why)."""
    rows: dict[tuple[str, ...], tuple[int, dict[str, str]]] = {}
    refused = []
    for number, cells in enumerate(given if isinstance(given, list) else [None], start=1):
        if not isinstance(cells, dict) or cells.keys() != sheet.columns.keys():
            refused.append((number, "*", _("Must be an object.")))
            continue
        told = {c: cells[c] for c in sheet.columns}
        bad = [
            c
            for c, check in sheet.columns.items()
            if type(told[c]) is not str or told[c] != nfc(told[c]) or not _good(told[c], check)
        ]
        refused += [
            (number, c, _("“{value}” does not fit here.").format(value=str(told[c])[:60]))
            for c in bad
        ]
        if not bad and told.get("valid_to") and told["valid_to"] < told["valid_from"]:
            refused.append((number, "valid_to", _("Ends before it starts.")))
        rows[tuple(str(told[c]) for c in sheet.key)] = (number, told)
    good = [] if refused else list(rows.values())
    return Loaded(sheet, [r for _n, r in good], [n for n, _r in good]), refused


def _good(cell: str, check: Check) -> bool:
    return len(cell) <= LONGEST_CELL and not FORBIDDEN.search(cell) and check(cell)


def _at(number: int, column: str) -> str:
    return _("line {line}, {column}").format(line=number, column=column)


def stored(sheet: Sheet, row: Mapping[str, str]) -> tuple[str | int | None, ...]:
    """The row as its table keeps it: flags and counts as numbers, a blank count as nothing."""
    return tuple(
        (int(cell) if cell else None) if column in sheet.numbers else cell
        for column, cell in row.items()
    )


def upsert_sql(sheet: Sheet) -> str:
    """The statement that adds a row or brings it up to date."""
    columns = list(sheet.columns)
    rest = [c for c in columns if c not in sheet.key]
    updates = ", ".join(f"{c} = excluded.{c}" for c in rest)
    return (
        f"INSERT INTO {sheet.table} ({', '.join(columns)})"
        f" VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT ({', '.join(sheet.key)}) DO UPDATE SET {updates}"
    )


def with_unit_ids(loaded: Loaded, book: "Book") -> Loaded:
    """The rows with the id of a hamlet's commune where its code is given: as in a record a code
    means the unit valid on the row's first day."""
    if loaded.sheet.name != "hamlets":
        return loaded
    rows = []
    for row in loaded.rows:
        first = datetime.date.fromisoformat(row["valid_from"])
        rows.append({**row, "commune": book.commune_on(row["commune"], first) or row["commune"]})
    return loaded._replace(rows=rows)


def broken_links(loaded: Loaded, book: "Book") -> list[tuple[int, str, str]]:
    """What rows name and is not there (units, parents, successors, posts): (line, column, why)."""
    ids = set(book.units) | {r["id"] for r in loaded.rows if loaded.sheet.name == "units"}
    codes = {u.code for u in book.units.values()} | ids
    known = {"units": ids, "codes": codes, "posts": set(book.posts)}
    told = _("“{value}” is not known.")
    return [
        (line, column, told.format(value=value[:60]))
        for line, row in zip(loaded.lines, loaded.rows, strict=True)
        for column, among in _LINKS.get(loaded.sheet.name, {}).items()
        for value in row[column].split()
        if value not in known[among]
    ]


_LINKS: Mapping[str, Mapping[str, str]] = {
    "units": {"parent": "units", "successors": "units"},
    "posts": {"communes": "codes"},
    "markers": {"commune": "units", "post": "posts"},
    "hamlets": {"commune": "units"},
}
"""{kind of reference data: {column: what its words must name}}."""
