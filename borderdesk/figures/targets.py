"""Yearly targets (clauses of regulations) and baselines (figures from before the desk)."""

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.errors import Invalid, UserError, reason
from borderdesk.base.i18n import N_, _
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.schema.fields import Bad, read_day
from borderdesk.schema.settings import is_day
from borderdesk.store.database import Store

RULES = {
    "at_least": N_("at least"),
    "at_most": N_("at most"),
    "maintain": N_("maintain"),
    "percent": N_("percent"),
}
QUALIFIERS = {"exact": N_("exactly"), "over": N_("over"), "under": N_("under")}
REGULATION_KEYS = ("number", "year", "parties", "signed_on")
CLAUSE_KEYS = ("no", "text", "indicator", "rule", "value", "scope")
MOST = Decimal(10) ** 13
_FIGURE = re.compile(r"[0-9]{1,14}(?:[.,][0-9]{1,9})?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[. ][0-9]{3})+")


class Target(NamedTuple):
    """A yearly target; `value` in the indicator's unit, None for a clause that is only text."""

    regulation: str
    year: int
    no: str
    text: str
    indicator: str
    rule: str
    value: Decimal | None
    scope: str


class Baseline(NamedTuple):
    """A figure from paper for a period (as text) and scope (as text)."""

    indicator: str
    period: str
    scope: str
    value: Decimal
    qualifier: str
    source: str


def amount(text: str) -> Decimal:
    """A figure typed as 3848, 3.848, 12.5 or 12,5: groups of three are thousands, as in a form.
    Raises UserError."""
    plain = text.strip()
    whole, mark, decimals = plain.partition(",")
    if _GROUPED.fullmatch(whole):
        plain = re.sub("[. ]", "", whole) + mark + decimals
    if not _FIGURE.fullmatch(plain) or Decimal(plain.replace(",", ".")) > MOST:
        raise UserError(_("“{value}” is not a number.").format(value=text[:40]))
    return Decimal(plain.replace(",", "."))


def known_indicator(key: str, keys: Iterable[str]) -> str:
    """The key, when there is such an indicator. Raises UserError."""
    if key not in keys:
        raise UserError(_("There is no indicator “{key}”.").format(key=key[:60]))
    return key


def set_target(
    store: Store, key: str, year: int, scope: str, value: str, rule: str = "at_least",
    clause: str = "",
) -> None:  # fmt: skip
    """Set the target of an indicator for a year and scope (text), in place of an earlier one."""
    if rule not in RULES:
        raise UserError(_("A rule is one of: {rules}.").format(rules=", ".join(RULES)))
    if not 2000 <= year <= 2200:
        raise UserError(_("“{value}” is not a year.").format(value=year))
    if len(clause) > 40 or FORBIDDEN.search(clause):
        raise UserError(_("A clause is named by a short number."))
    store.run(
        "DELETE FROM clause WHERE indicator = ? AND year = ? AND scope = ?", (key, year, scope)
    )
    _insert(store, "", year, (clause, "", key, rule, str(amount(value)), scope))


def _insert(store: Store, regulation: str, year: int, clause: tuple[str, ...]) -> None:
    store.run(
        "INSERT INTO clause (regulation, year, no, text, indicator, rule, value, scope)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (regulation, year, *clause),
    )


def targets(store: Store, year: int | None = None) -> list[Target]:
    """The targets of a year, or all."""
    where, params = ("WHERE year = ?", (year,)) if year is not None else ("", ())
    return [
        Target(r[0], r[1], r[2], r[3], r[4], r[5], Decimal(r[6]) if r[6] else None, r[7])
        for r in store.rows(
            "SELECT regulation, year, no, text, indicator, rule, value, scope FROM clause"
            f" {where} ORDER BY year, regulation, id",
            params,
        )
    ]


def set_baseline(
    store: Store, key: str, period: str, scope: str, value: str, source: str,
    qualifier: str = "exact",
) -> None:  # fmt: skip
    """Set the paper figure of an indicator for a period and scope (both as text)."""
    if qualifier not in QUALIFIERS:
        raise UserError(
            _("A qualifier is one of: {qualifiers}.").format(qualifiers=", ".join(QUALIFIERS))
        )
    source = nfc(source).strip()
    if not source or len(source) > 500 or FORBIDDEN.search(source):
        raise UserError(_("Say which paper the figure is from."))
    store.run(
        "INSERT INTO baseline (indicator, period, scope, value, qualifier, source)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (indicator, period, scope) DO UPDATE SET"
        " value = excluded.value, qualifier = excluded.qualifier, source = excluded.source",
        (key, period, scope, str(amount(value)), qualifier, source),
    )


def baselines(store: Store, indicator: str | None = None) -> list[Baseline]:
    """The paper figures of an indicator, or all."""
    where, params = ("WHERE indicator = ?", (indicator,)) if indicator else ("", ())
    return [
        Baseline(r[0], r[1], r[2], Decimal(r[3]), r[4], r[5])
        for r in store.rows(
            "SELECT indicator, period, scope, value, qualifier, source FROM baseline"
            f" {where} ORDER BY period, scope, indicator",
            params,
        )
    ]


# ---------------------------------------------------------------------- regulations


def read_regulation(path: Path) -> dict[str, Any]:
    """A regulation from JSON, or from XLSX: its four facts in rows 1–4 (name, value), then a
    table of clauses under a head of the clauses' keys."""
    try:
        if path.suffix.lower() == ".xlsx":
            return _from_xlsx(path)
        read = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {error}").format(file=path, error=reason(error))
        ) from None
    except (ValueError, RecursionError):
        raise UserError(_("{file} is not readable JSON.").format(file=path.name)) from None
    if not isinstance(read, dict):
        raise UserError(_("{file} does not hold a regulation.").format(file=path.name))
    return read


def _from_xlsx(path: Path) -> dict[str, Any]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise UserError(_("{file} is not a readable spreadsheet.").format(file=path.name)) from None
    facts = {
        str(row[0]).strip(): _plain(row[1])
        for row in rows
        if row and len(row) > 1 and str(row[0]).strip() in REGULATION_KEYS
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
    """Write a regulation with its clauses in place of an earlier version; how many clauses.

    keys: the indicators there are; scope_of: a scope as typed, and the year, to its text as
    kept (raises UserError). Raises Invalid with every problem.
    """
    problems: dict[str, str] = {}
    known = set(keys)
    for key in sorted(set(read) - {*REGULATION_KEYS, "clause"}):
        problems[key] = _("There is no such field.")
    number, year = _text(read, "number", problems), read.get("year")
    if type(year) is not int or not 2000 <= year <= 2200:
        problems["year"] = _("Must be a year.")
    given = read.get("clause")
    if not isinstance(given, list):
        problems["clause"] = _("Must be a list.")
        given = []
    clauses = [_clause(place, clause, known, problems) for place, clause in enumerate(given)]
    if not problems:
        clauses = [_placed(n, c, int(str(year)), scope_of, problems) for n, c in enumerate(clauses)]
    parties = _text(read, "parties", problems, required=False)
    signed = _day(read, "signed_on", problems)
    if problems:
        raise Invalid(problems)
    store.run("DELETE FROM clause WHERE regulation = ? AND year = ?", (number, year))
    store.run(
        "INSERT INTO regulation (number, year, parties, signed_on) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (number, year) DO UPDATE SET parties = excluded.parties,"
        " signed_on = excluded.signed_on",
        (number, year, parties, signed),
    )
    for clause in clauses:
        _insert(store, number, int(str(year)), clause)
    return len(clauses)


def _placed(
    place: int,
    clause: tuple[str, ...],
    year: int,
    scope_of: Callable[[str, int], str],
    problems: dict[str, str],
) -> tuple[str, ...]:
    try:
        return (*clause[:-1], scope_of(clause[-1], year))
    except UserError as error:
        problems[f"clause[{place}].scope"] = str(error)
        return clause


def _text(
    read: Mapping[str, Any], key: str, problems: dict[str, str], *, required: bool = True,
    at: str = "",
) -> str:  # fmt: skip
    value = read.get(key)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "; ".join(value)
    if value is None and not required:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        problems[at + key] = _("Must be text.")
        return ""
    text = nfc(str(value)).strip()
    if (required and not text) or len(text) > 4_000 or FORBIDDEN.search(text.replace("\n", "")):
        problems[at + key] = _("Must be filled in.") if not text else _("Must be text.")
    return text


def _day(read: Mapping[str, Any], key: str, problems: dict[str, str]) -> str:
    """A date, ISO or as people type it, in ISO; blank where there is none."""
    text = _text(read, key, problems, required=False)
    if not text or is_day(text):
        return text
    try:
        return read_day(text, datetime.date.today()).isoformat()
    except Bad as error:
        problems[key] = str(error)
        return ""


def _clause(place: int, clause: Any, keys: set[str], problems: dict[str, str]) -> tuple[str, ...]:
    at = f"clause[{place}]."
    if not isinstance(clause, dict):
        problems[at.rstrip(".")] = _("Must be an object.")
        return ()
    for key in sorted(set(clause) - set(CLAUSE_KEYS)):
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
    return (no, text, indicator, rule, "" if value is None else str(value), scope)
