"""Coordination regulations from files."""

import datetime
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.errors import InvalidRecord, UserError, unreadable
from borderdesk.base.files import require_readable
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.periods import is_day
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.figures.targets import MOST, RULES, ClauseTable, RegulationTable
from borderdesk.schema.kinds import FieldError, read_day
from borderdesk.schema.reference.table import Cells
from borderdesk.store.connection.database import Store
from borderdesk.store.reference import insert_cells, upsert_cells

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = lazy_module("openpyxl")

CLAUSE_KEYS = ClauseTable.columns().keys() - {"regulation", "year"}
"""The keys of a clause in a file; the rest is in the regulation."""


MOST_BYTES = 8 << 20
"""The limit of the size of a file."""
MOST_UNPACKED = 16 << 20
MOST_ROWS, MOST_COLUMNS = 5_000, 100
"""Of a spreadsheet: a regulation has some forty clauses."""


def read_regulation(path: Path) -> dict[str, Any]:
    """A regulation from JSON, or from XLSX: its four fields in rows 1–4 (key, value), then a
    table of clauses under a head of the clauses' keys. Raises UserError for an unreadable file."""
    try:
        require_readable(path, MOST_BYTES)
        if path.suffix.lower() == ".xlsx":
            return _from_xlsx(path)
        read = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, RecursionError):
        raise UserError(_("{file} is not readable JSON.").format(file=path.name)) from None
    if not isinstance(read, dict):
        raise UserError(_("{file} does not hold a regulation.").format(file=path.name))
    return read


def _rows(path: Path) -> list[list[Any]]:
    """The rows of the first sheet. Raises UserError for what unpacks to more than the library,
    which reads texts whole, is to be given."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            most = MOST_UNPACKED >> 20
            raise UserError(_("The file is larger than {most} MB.").format(most=most))
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    read = [list(row) for row in rows]
    book.close()
    return read


def _from_xlsx(path: Path) -> dict[str, Any]:
    try:
        rows = _rows(path)
    except UserError:
        raise
    except Exception:  # a hostile workbook fails in more ways than the library documents
        raise UserError(_("{file} is not a readable spreadsheet.").format(file=path.name)) from None
    facts = {
        str(row[0]).strip(): _plain(row[1])
        for row in rows
        if row and len(row) > 1 and str(row[0]).strip() in RegulationTable.columns()
    }
    head = next((n for n, row in enumerate(rows) if row and "indicator" in row), None)
    clauses = []
    if head is not None:
        keys = [str(cell or "").strip() for cell in rows[head]]
        for row in rows[head + 1 :]:
            clause = {k: _plain(v) for k, v in zip(keys, row, strict=False) if k and v is not None}
            if clause:
                clauses.append(clause)
    return {**facts, "clause": clauses}


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else Decimal(str(cell))
    return cell.date().isoformat() if hasattr(cell, "date") else cell


def load_regulation(
    store: Store,
    read: Mapping[str, Any],
    keys: Iterable[str],
    scope_of: Callable[[str, int], str],
) -> int:
    """Write a regulation with its clauses, replacing an earlier version; returns the number of
    clauses.

    keys: the existing indicators; scope_of: converts a typed scope, and the year, to its stored
    text (raises UserError). Raises InvalidRecord with every problem.
    """
    problems: dict[str, str] = {}
    known_keys = set(keys)
    for key in sorted(set(read) - {*RegulationTable.columns(), "clause"}):
        problems[key] = _("There is no such field.")
    number, year = _text(read, "number", problems), read.get("year")
    if type(year) is not int or not 2000 <= year <= 2200:
        problems["year"] = _("Must be a year.")
    items = read.get("clause")
    if not isinstance(items, list):
        problems["clause"] = _("Must be a list.")
        items = []
    clauses = _clauses(items, year, known_keys, scope_of, problems)
    parties = _text(read, "parties", problems, required=False)
    signed = _day(read, "signed_on", problems)
    if problems:
        raise InvalidRecord(problems)
    table = ClauseTable
    store.execute(table.delete().where(table.regulation == number, table.year == year))
    facts = {"number": number, "year": str(year), "parties": parties, "signed_on": signed}
    upsert_cells(store, RegulationTable, [facts])
    insert_cells(
        store, table, [{"regulation": number, "year": str(year), **cells} for cells in clauses]
    )
    return len(clauses)


def load_clauses(
    store: Store,
    regulation: str,
    year: int,
    items: Sequence[Any],
    keys: Iterable[str],
    scope_of: Callable[[str, int], str],
) -> None:
    """Write clauses of a year that belong to no listed regulation, those set by hand ("") among
    them; they replace earlier ones of the same figure and scope, or of the same text.

    keys, scope_of: as of `load_regulation`. Raises InvalidRecord with every problem.
    """
    problems: dict[str, str] = {}
    name = _text({"regulation": regulation}, "regulation", problems, required=False)
    if not 2000 <= year <= 2200:
        problems["year"] = _("Must be a year.")
    clauses = _clauses(items, year, set(keys), scope_of, problems)
    if problems:
        raise InvalidRecord(problems)
    table = ClauseTable
    for cells in clauses:
        same = [
            table.regulation == name,
            table.year == year,
            table.indicator == cells["indicator"],
            table.scope == cells["scope"],
        ]
        if not cells["indicator"]:
            same.append(table.text == cells["text"])
        store.execute(table.delete().where(*same))
    insert_cells(
        store, table, [{"regulation": name, "year": str(year), **cells} for cells in clauses]
    )


def _clauses(
    items: Sequence[Any],
    year: Any,
    known: set[str],
    scope_of: Callable[[str, int], str],
    problems: dict[str, str],
) -> list[Cells]:
    """The cells of clauses; errors are added to `problems`."""
    clauses = [_clause(place, clause, known, problems) for place, clause in enumerate(items)]
    if problems:
        return clauses
    return [_placed(n, clause, year, scope_of, problems) for n, clause in enumerate(clauses)]


def _placed(
    place: int,
    clause: Cells,
    year: int,
    scope_of: Callable[[str, int], str],
    problems: dict[str, str],
) -> Cells:
    """The clause with its scope as it is stored."""
    try:
        return {**clause, "scope": scope_of(clause["scope"], year)}
    except UserError as error:
        problems[f"clause[{place}].scope"] = str(error)
        return clause


def _text(
    read: Mapping[str, Any],
    key: str,
    problems: dict[str, str],
    *,
    required: bool = True,
    at: str = "",
) -> str:
    value = read.get(key)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "; ".join(value)
    if value is None and not required:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        problems[at + key] = _("Must be text.")
        return ""
    text = without_unseen(str(value), lines=True).strip()
    if (required and not text) or len(text) > 4_000 or FORBIDDEN.search(text.replace("\n", "")):
        problems[at + key] = _("Must be filled in.") if not text else _("Must be text.")
    return text


def _day(read: Mapping[str, Any], key: str, problems: dict[str, str]) -> str:
    """A date, in ISO or typed form, as ISO; blank for none."""
    text = _text(read, key, problems, required=False)
    if not text or is_day(text):
        return text
    try:
        return read_day(text, datetime.date.today()).isoformat()
    except FieldError as error:
        problems[key] = str(error)
        return ""


def _clause(place: int, clause: Any, keys: set[str], problems: dict[str, str]) -> Cells:
    """The cells of a clause; errors are added to `problems`."""
    at = f"clause[{place}]."
    if not isinstance(clause, dict):
        problems[at.rstrip(".")] = _("Must be an object.")
        return {}
    for key in sorted(clause.keys() - CLAUSE_KEYS):
        problems[at + key] = _("There is no such field.")
    indicator = _text(clause, "indicator", problems, required=False, at=at)
    if indicator and indicator not in keys:
        problems[at + "indicator"] = _("There is no indicator “{key}”.").format(key=indicator[:60])
    rule = _text(clause, "rule", problems, required=bool(indicator), at=at)
    if rule and rule not in RULES:
        problems[at + "rule"] = _("A rule is one of: {rules}.").format(rules=", ".join(RULES))
    value = clause.get("value")
    fits = type(value) in (int, Decimal) and 0 <= Decimal(str(value)) <= MOST
    if not fits and (indicator or value is not None):
        problems[at + "value"] = _("Must be a number.")
    scope = _text(clause, "scope", problems, required=False, at=at) or "province"
    no, text = (_text(clause, k, problems, required=False, at=at) for k in ("no", "text"))
    return {
        "no": no,
        "text": text,
        "indicator": indicator,
        "rule": rule,
        "value": "" if value is None else str(value),
        "scope": scope,
    }
