"""What the desk judges records by, as tables a person reads and changes: reference data, settings,
yearly targets and figures from paper.

A ledger says its columns once, as fields; the window's grid loops over them. To add one: a
`Ledger` in `ledger`, and its name in LEDGERS.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import Changed, UserError
from borderdesk.base.i18n import N_, _
from borderdesk.entry.grid import Checked, GridColumn, RowsRefused
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.figures.scopes import choices, province
from borderdesk.figures.targets import QUALIFIERS, RULES
from borderdesk.schema import settings
from borderdesk.schema.fields import (
    Bad,
    Choice,
    Commune,
    Communes,
    Count,
    Day,
    Hamlet,
    Kind,
    Marker,
    Pick,
    Post,
    Several,
    Tenths,
    Text,
    YesNo,
    as_json_number,
)
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference import load as reference_file
from borderdesk.session.drafts import LEDGER, Drafts, Texts
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.tables import link_tables, table_name

if TYPE_CHECKING:
    from borderdesk.schema.book import Book
    from borderdesk.session.session import Session

Row = dict[str, str]
"""A row as a person reads it: {column: text}; blank cells are left out."""

Stored = tuple[str, ...]
"""A row as its table keeps it, every cell a text, in the order of the ledger's columns."""

Columns = Mapping[str, Kind]

AMOUNT_MOST = 10**13


class Year(Text):
    """A year in four digits, shown without marks."""

    def read(self, text: str, entry: Any) -> str | None:
        text = text.strip()
        if text and not (text.isdecimal() and 2000 <= int(text) <= 2200):
            raise Bad(_("“{value}” is not a year.").format(value=text[:40]))
        return text or None


class Ledger(NamedTuple):
    """A table: its words, its columns, the columns that name a row, where it is kept.

    filled: what a cell that is left blank means to the table.
    """

    name: str
    title: str
    hint: str
    table: str
    columns: Columns
    key: tuple[str, ...]
    filled: Mapping[str, str] = {}


LEDGERS: Mapping[str, str] = {
    "clauses": N_("Targets"),
    "regulations": N_("Regulations"),
    "baselines": N_("Figures from paper"),
    "settings": N_("Paper and periods"),
    "units": N_("Administrative units"),
    "posts": N_("Posts"),
    "markers": N_("Markers"),
    "hamlets": N_("Hamlets"),
    "picks": N_("Pick lists"),
}
"""Every ledger by name, with its title."""

PICK_LISTS = {
    "topic": N_("Topics"),
    "partner": N_("Partners"),
    "pledge_programme": N_("Pledge programmes"),
    "programme": N_("Programmes"),
    "incident_category": N_("Categories of incidents"),
    "tag": N_("Tags"),
}
UNIT_KINDS = {"province": N_("Province"), "district": N_("District"), "commune": N_("Commune")}

DATED = N_("A unit that ended keeps its row: give it a last day, and what it became.")
HELD = N_("What records name cannot be taken out; its words can be changed.")


def ledger(book: "Book", name: str) -> Ledger:
    """A ledger with the choices there are now."""
    makers: Mapping[str, Callable[[Book], Ledger]] = {
        "clauses": _clauses, "regulations": _regulations, "baselines": _baselines,
        "settings": _settings, "units": _units, "posts": _posts, "markers": _markers,
        "hamlets": _hamlets, "picks": _picks,
    }  # fmt: skip
    return makers[name](book)


def _unit_choices(book: "Book", *kinds: str) -> dict[str, str]:
    """{unit id: its name and id}: a name alone may be that of several, old and new."""
    return {u.id: f"{u.name} · {u.id}" for u in book.units.values() if u.kind in kinds}


def _scope_choices(book: "Book") -> dict[str, str]:
    days = [datetime.date(2025, 6, 30), datetime.date(9999, 12, 31)]
    found = {province(book).text: province(book).name}
    for day in days:
        for scope in choices(book, day):
            known = found.setdefault(scope.text, scope.name)
            if known != scope.name:
                found[scope.text] = scope.name
    return found


def _indicators(book: "Book") -> dict[str, str]:
    from borderdesk.figures.indicators import all_rows

    return {row.key: row.label for row in all_rows(book)}


def _clauses(book: "Book") -> Ledger:
    return Ledger(
        "clauses", LEDGERS["clauses"],
        N_("A clause without an indicator is measured by nobody; its text is printed."), "clause",
        {
            "year": Year(N_("Year"), required=True),
            "regulation": Text(N_("Regulation")),
            "no": Text(N_("Clause"), limit=40),
            "indicator": Choice(N_("Indicator"), _indicators(book)),
            "rule": Choice(N_("Rule"), RULES),
            "value": Tenths(N_("Value"), most=AMOUNT_MOST),
            "scope": Choice(N_("Scope"), _scope_choices(book)),
            "text": Text(N_("Text of the clause"), limit=4_000),
        },
        ("year", "regulation", "no", "indicator", "scope", "text"), {"scope": "province"},
    )  # fmt: skip


def _regulations(_book: "Book") -> Ledger:
    return Ledger(
        "regulations", LEDGERS["regulations"],
        N_("The regulations whose clauses are the targets."), "regulation",
        {
            "number": Text(N_("Number"), required=True),
            "year": Year(N_("Year"), required=True),
            "parties": Text(N_("Parties"), limit=4_000),
            "signed_on": Day(N_("Signed on")),
        },
        ("number", "year"),
    )  # fmt: skip


def _baselines(book: "Book") -> Ledger:
    return Ledger(
        "baselines", LEDGERS["baselines"],
        N_("Figures of a time before this desk; they are marked * on paper."), "baseline",
        {
            "indicator": Choice(N_("Indicator"), _indicators(book), required=True),
            "period": Text(N_("Period"), limit=40, required=True),
            "scope": Choice(N_("Scope"), _scope_choices(book), required=True),
            "value": Tenths(N_("Value"), most=AMOUNT_MOST, required=True),
            "qualifier": Choice(N_("Exactness"), QUALIFIERS),
            "source": Text(N_("Paper it is from"), limit=500, required=True),
        },
        ("indicator", "period", "scope"), {"qualifier": "exact"},
    )  # fmt: skip


def _settings(_book: "Book") -> Ledger:
    return Ledger(
        "settings", LEDGERS["settings"],
        N_("A value holds from its day on; without a day, always."), "setting",
        {
            "key": Choice(
                N_("Setting"), {k: known.label for k, known in settings.KNOWN.items()},
                required=True,
            ),
            "valid_from": Day(N_("From")),
            "value": Text(N_("Value"), required=True),
        },
        ("key", "valid_from"), {"valid_from": settings.ALWAYS},
    )  # fmt: skip


def _units(book: "Book") -> Ledger:
    above = _unit_choices(book, "province", "district")
    return Ledger(
        "units", LEDGERS["units"], DATED, "unit",
        {
            "name": Text(N_("Name"), required=True),
            "id": Text(N_("Permanent id"), limit=20, required=True),
            "code": Text(N_("Code"), limit=12, required=True),
            "kind": Choice(N_("Kind"), UNIT_KINDS, required=True),
            "parent": Several(Choice(N_("Belongs to"), above)),
            "border": YesNo(N_("On the border")),
            "valid_from": Day(N_("First day"), required=True),
            "valid_to": Day(N_("Last day")),
            "successors": Several(Choice(N_("Became"), _unit_choices(book, *UNIT_KINDS))),
        },
        ("id",),
    )  # fmt: skip


def _posts(book: "Book") -> Ledger:
    codes = {u.code: f"{u.name} · {u.code}" for u in book.units.values() if u.kind == "commune"}
    codes |= _unit_choices(book, "commune")
    return Ledger(
        "posts", LEDGERS["posts"], HELD, "post",
        {
            "code": Text(N_("Code"), limit=12, required=True),
            "name": Text(N_("Name"), required=True),
            "gate": Text(N_("Border gate")),
            "communes": Several(Choice(N_("Communes"), codes)),
            "communes_verified": YesNo(N_("Communes checked")),
            "invented": YesNo(N_("Invented")),
        },
        ("code",),
    )  # fmt: skip


def _markers(book: "Book") -> Ledger:
    return Ledger(
        "markers", LEDGERS["markers"], HELD, "marker",
        {
            "marker": Text(N_("Marker"), limit=7, required=True),
            "post": Post(N_("Post")),
            "commune": Choice(N_("Commune"), _unit_choices(book, "commune")),
            "invented": YesNo(N_("Invented")),
        },
        ("marker",),
    )  # fmt: skip


def _hamlets(book: "Book") -> Ledger:
    return Ledger(
        "hamlets", LEDGERS["hamlets"], N_("The number of households holds from the first day."),
        "hamlet",
        {
            "commune": Choice(N_("Commune"), _unit_choices(book, "commune"), required=True),
            "name": Text(N_("Hamlet"), required=True),
            "is_border": YesNo(N_("On the border")),
            "households_total": Count(N_("Households")),
            "valid_from": Day(N_("First day"), required=True),
            "valid_to": Day(N_("Last day")),
        },
        ("commune", "name", "valid_from"),
    )  # fmt: skip


def _picks(_book: "Book") -> Ledger:
    return Ledger(
        "picks", LEDGERS["picks"], HELD, "pick_entry",
        {
            "list": Choice(N_("List"), PICK_LISTS, required=True),
            "vi": Text(N_("Vietnamese"), required=True),
            "en": Text(N_("English")),
            "unit": Text(N_("Unit"), limit=40),
            "code": Text(N_("Code"), limit=60),
        },
        ("list", "code"),
    )  # fmt: skip


# ------------------------------------------------------------------- cells and values


def columns_of(book: "Book", name: str) -> list[GridColumn]:
    """The columns of a ledger for a grid."""
    return [
        GridColumn(key, _(_label(field)), field, True)
        for key, field in ledger(book, name).columns.items()
    ]


def _label(field: Kind) -> str:
    return field.each.label if isinstance(field, Several) else field.label


def _stored(field: Kind, value: Any) -> str:
    """A value as its table keeps it, as text."""
    if value is None:
        return "0" if isinstance(field, YesNo) else ""
    if isinstance(field, YesNo):
        return "1" if value else "0"
    if isinstance(field, Day):
        return str(value.isoformat())
    if isinstance(field, Tenths):
        return str(as_json_number(value))
    return " ".join(value) if isinstance(field, Several) else str(value)


def _value(field: Kind, cell: str) -> Any:
    """The value that a table's cell is."""
    if not cell:
        return None
    if isinstance(field, YesNo):
        return cell == "1"
    if isinstance(field, Day):
        return datetime.date.fromisoformat(cell)
    if isinstance(field, Tenths):
        return Decimal(cell)
    if isinstance(field, Count):
        return int(cell)
    return cell.split() if isinstance(field, Several) else cell


def _row(kept: Ledger, cells: Stored, book: "Book") -> Row:
    """A stored row as a person reads it."""
    texts = {}
    for (key, field), cell in zip(kept.columns.items(), cells, strict=True):
        shown = "" if cell == kept.filled.get(key, "") == settings.ALWAYS else cell
        texts[key] = field.show(_value(field, shown), book)
    return {key: text for key, text in texts.items() if text}


class _Entry(NamedTuple):
    """What fields ask when they read a cell."""

    book: "Book"
    today: datetime.date
    on: datetime.date | None = None

    def make_pick(self, _pick_list: str, _label: str) -> str | None:
        return None


def check_rows(desk: "Session", name: str, rows: Iterable[Mapping[str, str]]) -> list[Checked]:
    """What rows read as by themselves."""
    kept, entry = ledger(desk.book, name), _Entry(desk.book, desk.today())
    return [_checked(kept, row, entry)[0] for row in rows]


def _checked(kept: Ledger, row: Mapping[str, str], entry: _Entry) -> tuple[Checked, Stored]:
    problems, texts, cells = {}, {}, []
    for key, field in kept.columns.items():
        value = None
        try:
            value = field.read(row.get(key, ""), entry)  # type: ignore[arg-type]
            if value is None and field.required:
                problems[key] = _("Must be filled in.")
        except Bad as error:
            problems[key] = str(error)
        if value is not None:
            texts[key] = field.show(value, entry.book)
        cells.append(_stored(field, value) or kept.filled.get(key, ""))
    problems |= {k: told for k, told in _together(kept, cells).items() if k not in problems}
    return Checked(problems, {}, {k: t for k, t in texts.items() if t}, frozenset()), tuple(cells)


def _together(kept: Ledger, cells: Sequence[str]) -> dict[str, str]:
    """What is wrong with the cells of a row beside each other, or with one by its table's rule."""
    by_key = dict(zip(kept.columns, cells, strict=True))
    sheet = next((s for s in reference_file.SHEETS if s.table == kept.table), None)
    if sheet is not None:
        return {
            key: _("“{value}” does not fit here.").format(value=by_key[key][:60])
            for key, fits in sheet.columns.items()
            if by_key[key] and not fits(by_key[key])
        } | _dates(by_key)
    if kept.name == "settings" and by_key["key"] and by_key["value"]:
        try:
            settings.checked(by_key["key"], by_key["value"])
        except UserError as error:
            return {"value": str(error)}
    if kept.name == "clauses" and by_key["indicator"]:
        return {key: _("Must be filled in.") for key in ("rule", "value") if not by_key[key]}
    return {}


def _dates(cells: Mapping[str, str]) -> dict[str, str]:
    first, last = cells.get("valid_from", ""), cells.get("valid_to", "")
    return {"valid_to": _("Ends before it starts.")} if last and last < first else {}


# ------------------------------------------------------------------------------- uses


def uses(desk: "Session", name: str, row: Mapping[str, str]) -> Counter[str]:
    """How many records of each type (by its title) name what a row is about."""
    kept = ledger(desk.book, name)
    cells = dict(zip(kept.columns, _checked(kept, row, _Entry(desk.book, desk.today()))[1],
                     strict=True))  # fmt: skip
    return _uses(desk, kept, cells)


def _uses(desk: "Session", kept: Ledger, cells: Mapping[str, str]) -> Counter[str]:
    asked: Mapping[str, Callable[[Kind], bool]] = {
        "units": lambda field: isinstance(field, Commune),
        "posts": lambda field: isinstance(field, Post),
        "markers": lambda field: isinstance(field, Marker),
        "picks": lambda field: isinstance(field, Pick) and field.pick_list == cells["list"],
        "hamlets": lambda field: isinstance(field, Hamlet),
    }
    found: Counter[str] = Counter()
    names = asked.get(kept.name)
    value = cells[{"picks": "code", "hamlets": "name"}.get(kept.name, kept.key[0])]
    if names is None or not value:
        return found
    for model in ALL_TYPES.values():
        for sql, params in _counts(model, names, value, cells.get("commune", "")):
            found[_(model.title)] += int(desk.store.value(sql, params) or 0)
    return +found


def _counts(
    model: type[Revisioned], names: Callable[[Kind], bool], value: str, commune: str
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The counting statements over the fields of a type, and of the rows below it, that `names`
    picks; a hamlet's name counts within its commune only."""
    tables: list[tuple[str, Columns]] = [(table_name(model), model.columns())]
    tables += [(table_name(c.child), c.child.fields()) for c in model.children().values()]
    for table, fields in tables:
        for key, field in fields.items():
            each = field.each if isinstance(field, Several) else field
            if not names(each):
                continue
            if isinstance(field, Communes):
                link = link_tables(model)[key]
                yield f"SELECT COUNT(*) FROM {link} WHERE unit = ?", (value,)
            elif isinstance(field, Several):
                like = f"instr(';' || {key} || ';', ?) > 0"
                yield f"SELECT COUNT(*) FROM {table} WHERE {like}", (f";{value};",)
            elif isinstance(field, Hamlet) and "commune" in fields:
                both = "hamlet = ? AND commune = ?"
                yield f"SELECT COUNT(*) FROM {table} WHERE {both}", (value, commune)
            else:
                yield f"SELECT COUNT(*) FROM {table} WHERE {key} = ?", (value,)


# ----------------------------------------------------------------------------- the desk


class Ledgers(Part):
    """Reading and writing ledgers."""

    def rows(self, name: str) -> list[Row]:
        """Every row of a ledger as a person reads it, in the order it is kept."""
        book = self.session.book
        kept = ledger(book, name)
        return [_row(kept, cells, book) for cells in self._kept(kept)]

    def _kept(self, kept: Ledger) -> list[Stored]:
        columns = ", ".join(kept.columns)
        return [
            tuple("" if cell is None else str(cell) for cell in row)
            for row in self.store.rows(f"SELECT {columns} FROM {kept.table} ORDER BY rowid")
        ]

    def save_ledger(
        self, name: str, seen: Sequence[Row], rows: Sequence[tuple[int, Row]], form: str
    ) -> int:
        """Make a ledger what a person made of it; how many rows were added, changed or taken out.

        seen: the rows as they were read; rows: (number, cells) as they are to be. All or none,
        and the draft `form` ends. Raises RowsRefused; Changed when the ledger was changed by
        another hand meanwhile.
        """
        book = self.session.book
        kept = ledger(book, name)
        before = self._kept(kept)
        if [_row(kept, cells, book) for cells in before] != list(seen) and before != [
            _checked(kept, row, _Entry(book, self.session.today()))[1] for row in seen
        ]:  # what was read in another language is the same table
            raise Changed(
                _("Somebody changed this table meanwhile. Your text is kept; look at theirs.")
            )
        after = self._read(kept, before, seen, rows)
        added = [cells for _number, cells in after if cells not in set(before)]
        gone = [cells for cells in before if cells not in {cells for _number, cells in after}]
        names = {self._name(kept, cells) for _number, cells in after}
        self._require_unused(kept, [c for c in gone if self._name(kept, c) not in names])
        self._write(kept, gone, added, after, form)
        return len(added) + len([c for c in gone if self._name(kept, c) not in names])

    @staticmethod
    def _name(kept: Ledger, cells: Stored) -> Stored:
        by_key = dict(zip(kept.columns, cells, strict=True))
        return tuple(by_key[key] for key in kept.key)

    def _read(
        self, kept: Ledger, before: Sequence[Stored], seen: Sequence[Row],
        rows: Sequence[tuple[int, Row]],
    ) -> list[tuple[int, Stored]]:  # fmt: skip
        """The rows as the table keeps them; those nobody touched stay to the letter."""
        untouched = {tuple(sorted(r.items())): c for r, c in zip(seen, before, strict=True)}
        entry = _Entry(self.session.book, self.session.today())
        wrong: dict[int, dict[str, str]] = {}
        found: list[tuple[int, Stored]] = []
        named: dict[Stored, int] = {}
        for number, row in rows:
            cells = untouched.get(tuple(sorted(row.items())))
            if cells is None:
                checked, cells = _checked(kept, row, entry)
                cells = self._completed(kept, cells)
                if checked.problems:
                    wrong[number] = dict(checked.problems)
            name = self._name(kept, cells)
            if name in named:
                told = _("The same as row {number}.").format(number=named[name] + 1)
                wrong.setdefault(number, {}).setdefault(kept.key[0], told)
            named[name] = number
            found.append((number, cells))
        if wrong:
            raise RowsRefused(wrong)
        return found

    def _completed(self, kept: Ledger, cells: Stored) -> Stored:
        """A new entry of a pick list gets its code from its words."""
        by_key = dict(zip(kept.columns, cells, strict=True))
        if kept.name == "picks" and by_key["vi"] and not by_key["code"]:
            from borderdesk.entry.entering import pick_slug

            taken = self.session.book.picks.get(by_key["list"], {})
            by_key["code"] = pick_slug(by_key["vi"], taken)
        return tuple(by_key.values())

    def _require_unused(self, kept: Ledger, gone: Iterable[Stored]) -> None:
        for cells in gone:
            by_key = dict(zip(kept.columns, cells, strict=True))
            used = _uses(self.session, kept, by_key)
            if used:
                raise UserError(
                    _("{count} records name “{row}”; it cannot be taken out or given another"
                      " name of its own. Give it a last day instead.").format(
                        count=used.total(), row=by_key.get("name") or by_key.get("vi")
                        or self._name(kept, cells)[0],
                    )
                )  # fmt: skip

    def _write(
        self, kept: Ledger, gone: Sequence[Stored], added: Sequence[Stored],
        after: Sequence[tuple[int, Stored]], form: str,
    ) -> None:  # fmt: skip
        if kept.name in ("clauses", "regulations", "baselines"):
            self._write_targets(kept, gone, added, form)
        elif kept.name == "settings":
            self._write_settings(kept, gone, added, form)
        else:
            self._write_reference(kept, gone, added, after, form)

    @operation("targets.write")
    def _write_targets(
        self, kept: Ledger, gone: Sequence[Stored], added: Sequence[Stored], form: str
    ) -> None:
        if kept.name == "baselines":
            added = [self._with_period(kept, cells) for cells in added]
        self._replace(kept, gone, added, form)

    def _with_period(self, kept: Ledger, cells: Stored) -> Stored:
        by_key = dict(zip(kept.columns, cells, strict=True))
        by_key["period"] = self.session.calendar().parse(by_key["period"]).text
        return tuple(by_key.values())

    @operation("settings.write")
    def _write_settings(
        self, kept: Ledger, gone: Sequence[Stored], added: Sequence[Stored], form: str
    ) -> None:
        self._replace(kept, gone, added, form)
        self.session.touch_reference()

    @operation("reference.write")
    def _write_reference(
        self, kept: Ledger, gone: Sequence[Stored], added: Sequence[Stored],
        after: Sequence[tuple[int, Stored]], form: str,
    ) -> None:  # fmt: skip
        sheet = next(s for s in reference_file.SHEETS if s.table == kept.table)
        place = {key: at for at, key in enumerate(kept.columns)}
        rows = [{key: cells[place[key]] for key in sheet.columns} for cells in added]
        self._delete(kept, gone)
        numbers = {cells: number for number, cells in after}
        loaded = reference_file.Loaded(sheet, rows, [numbers[cells] for cells in added])
        refused = self.session.part(ReferenceEditor).write(loaded)
        if refused:
            wrong: dict[int, dict[str, str]] = {}
            for number, column, told in refused:
                wrong.setdefault(number, {})[column] = told
            raise RowsRefused(wrong)
        self.session.part(Drafts).drop_draft(form)

    def _replace(
        self, kept: Ledger, gone: Sequence[Stored], added: Sequence[Stored], form: str
    ) -> None:
        self._delete(kept, gone)
        columns = list(kept.columns)
        self.store.many(
            f"INSERT INTO {kept.table} ({', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(columns))})",
            list(added),
        )
        self.session.part(Drafts).drop_draft(form)

    def _delete(self, kept: Ledger, gone: Sequence[Stored]) -> None:
        place = {key: at for at, key in enumerate(kept.columns)}
        where = " AND ".join(f"{key} = ?" for key in kept.key)
        self.store.many(
            f"DELETE FROM {kept.table} WHERE {where}",
            [tuple(cells[place[key]] for key in kept.key) for cells in gone],
        )


def form_of(name: str) -> str:
    """The name of a ledger among the drafts."""
    return f"{LEDGER}{name}"


def next_year(rows: Sequence[Row], year: int) -> list[Row]:
    """The clauses of a year once more, for the year after: a draft to be mended and saved."""
    return [{**row, "year": str(year + 1)} for row in rows if row.get("year") == str(year)]


def texts_of(rows: Sequence[Row], seen: Sequence[Row]) -> Texts:
    """A ledger's draft: its rows, and those it was made from."""
    return {"rows": list(rows), "seen": list(seen)}
