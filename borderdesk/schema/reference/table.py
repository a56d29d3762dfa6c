"""The base of tables that a person edits, and of reference types.

A declaration is a peewee model whose columns are `EditableColumn`s. The check of CSV files, the
table in the settings, the set-up file, the provisional rows of packages, the command line and the
reference book loop over it; none of them names a table or a column by its key.
"""

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import peewee as pw

from borderdesk.base.i18n import N_, _
from borderdesk.base.text import fold
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.reference.columns import EditableColumn

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

HELD = N_("What records name cannot be taken out; its words can be changed.")
"""The hint of types whose rows records name."""
NAME_OF = "name_of:"
"""Before a link's key in `print_order`: its label."""

Cells = dict[str, str]
"""A row: {column: cell}."""

FIRST_DAY = "valid_from"
"""The column of the first day on which a row is valid, if a table has one."""


class YearlyRows(NamedTuple):
    """Rows valid for one year that recur in the next: `year` is the column of the year, `anew` the
    column that has to be typed again."""

    year: str
    anew: str


class EditableTable(pw.Model):
    """A table that a person edits as a whole."""

    class Meta:
        legacy_table_names = False

    table_key: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]
    """A sentence of advice shown before editing."""
    permission: ClassVar[str]
    """Who may write it: a permission of `session.operations`."""
    row_key: ClassVar[str] = ""
    """The columns that name a row to a person, where they are not the primary key."""
    name_column: ClassVar[str] = ""
    """The column a person calls a row by, where it is not the first of the key."""
    grid_order: ClassVar[str] = ""
    """The columns in the order of the window's table, where it is not that of the declaration."""
    yearly: ClassVar[YearlyRows | None] = None
    """How its rows begin the next year, where they do."""

    @classmethod
    @cache
    def columns(cls) -> dict[str, EditableColumn]:
        """The columns by key, as they were declared: the order of files."""
        return {f.name: f for f in cls._meta.sorted_fields if isinstance(f, EditableColumn)}

    @classmethod
    @cache
    def grid_columns(cls) -> dict[str, EditableColumn]:
        """The columns by key in the order of the window's table."""
        columns = cls.columns()
        return {key: columns[key] for key in cls.grid_order.split()} or columns

    @classmethod
    @cache
    def key_columns(cls) -> tuple[str, ...]:
        """The columns that name a row."""
        if cls.row_key:
            return tuple(cls.row_key.split())
        keys = cls._meta.get_primary_keys()  # type: ignore[no-untyped-call]
        return tuple(field.name for field in keys)

    @classmethod
    def key_of(cls, cells: Mapping[str, str]) -> tuple[str, ...]:
        """The primary key of a row."""
        return tuple(cells[key] for key in cls.key_columns())

    @classmethod
    def row_name(cls, cells: Mapping[str, str]) -> str:
        """The name of a row for people."""
        return cells[cls.name_column or cls.key_columns()[0]]

    @classmethod
    def check_cells(cls, cells: Mapping[str, str]) -> dict[str, str]:
        """Errors in cells that are valid one by one: {column: message}."""
        return {}

    @classmethod
    def as_typed(cls, cells: Cells) -> Cells:
        """A stored row with the cells that people write in another way than their column."""
        return cells

    @classmethod
    def as_stored(cls, cells: Cells) -> Cells:
        """The inverse of `as_typed`."""
        return cells

    @classmethod
    def completed(cls, cells: Cells, book: "ReferenceBook") -> Cells:
        """The cells of a row that a person typed, with what follows from them."""
        return cells


class PackagePlace(NamedTuple):
    """The form of rows in the table of places of a package, for desks that do not know them.

    kind: the name of the table in the package; columns: {column of the package: column of this
    table}; missing: the cell of a column that is blank or absent in the package; same: {column: the
    column whose cell it takes where its own is blank}.
    """

    kind: str
    columns: Mapping[str, str]
    missing: Mapping[str, str] = {}
    same: Mapping[str, str] = {}


class ReferenceType(EditableTable):
    """A table of reference data, which the reference book holds in memory."""

    permission = "reference.write"
    noun: ClassVar[str]
    """Its rows in the plural, in a sentence."""
    counted: ClassVar[str] = ""
    """The same after their number, where the noun would count something else."""
    shipped: ClassVar[bool] = False
    """Whether the program has a CSV file of it, named after `table_key`."""
    entry: ClassVar[Any] = None
    """The NamedTuple of a row in the reference book; None to derive it from the columns."""
    list_help: ClassVar[str] = ""
    """The help of the command that lists it; "" for no command."""
    print_order: ClassVar[str] = ""
    """The columns printed by that command, if not all as declared; `name_of:X` prints the label of
    the target of the link X."""
    named_by: ClassVar[str] = ""
    """The target of a reference (`refers_to`) in a field of a record that names a row."""
    record_column: ClassVar[str] = ""
    """The column whose cell is stored in records, if it is not the first of the key."""
    record_context: ClassVar[tuple[str, ...]] = ()
    """Columns that a record's fields of the same key must equal for it to name the row."""
    later_columns: ClassVar[tuple[str, ...]] = ()
    """The last columns, which files of earlier versions do not have."""
    files: ClassVar[str] = ""
    """Patterns of the files, beside CSV, that `cells_in` reads rows from: "*.cer *.pem"."""
    names_itself: ClassVar[bool] = False
    """Whether a record shows the value itself, so that a row in use may be deleted."""
    invented_column: ClassVar[str] = ""
    """The column that is 1 for an invented row of the program, in place of a true list."""
    demo_only: ClassVar[bool] = False
    """Whether an invented row is allowed in a demonstration or practice desk only."""
    place: ClassVar[PackagePlace | None] = None
    """The form of its rows in packages; without it no provisional row is created."""

    @classmethod
    @cache
    def entry_type(cls) -> Any:
        """The NamedTuple type of a row in the reference book."""
        return cls.entry or namedtuple(cls.__name__, list(cls.columns()))

    @classmethod
    def sorted_entries(cls, entries: Sequence[Any]) -> Sequence[Any]:
        """The entries in the order they are listed."""
        return entries

    @classmethod
    def is_invented(cls, cells: Mapping[str, str]) -> bool:
        """Whether a row may stand in a demonstration or practice desk only."""
        return cls.demo_only and cells[cls.invented_column] == "1"

    @classmethod
    def is_demonstration(cls, cells: Mapping[str, str]) -> bool:
        """Whether a row is one that the demonstration invents, though nothing in its cells marks
        it."""
        return False

    @classmethod
    def cells_in(cls, path: Path) -> Sequence[Cells]:
        """The rows of a file that one of `files` names. Raises UserError."""
        return ()

    @classmethod
    def bare_name(cls, name: str) -> str:
        """A name as two spellings of it are compared."""
        return fold(name)

    @classmethod
    def stand_in(cls, invented: Mapping[str, str], rows: Sequence[Cells]) -> str:
        """The key of the real row that takes the place of an invented one; "" for none."""
        return ""

    @classmethod
    def cells_of(cls, entry: tuple[Any, ...]) -> Cells:
        """The cells of an entry."""
        return {
            key: column.printed(value)
            for (key, column), value in zip(cls.columns().items(), entry, strict=True)
        }

    @classmethod
    def place_key(cls, cells: Mapping[str, str]) -> tuple[str, str, str]:
        """The key of a row in the table of places of a package: kind, list, code."""
        assert cls.place is not None
        key, columns = cls.key_columns(), cls.place.columns
        group = columns.get("list", "")
        return (cls.place.kind, cells[group] if group in key else "", cells[columns["code"]])

    @classmethod
    def key_named(cls, field: ColumnField, value: str) -> tuple[str, ...]:
        """The key of the row that a record's field, which refers to `named_by`, names."""
        return (value,)

    @classmethod
    def is_named(cls, field: ColumnField, cells: Mapping[str, str]) -> bool:
        """Whether a record's field may name the row with these cells."""
        return bool(cls.named_by) and field.refers_to == cls.named_by

    @classmethod
    def check_cells(cls, cells: Mapping[str, str]) -> dict[str, str]:
        columns = cls.columns()
        return {
            key: no_fit(cell) for key, cell in cells.items() if cell and not columns[key].fits(cell)
        } | cls.check_row(cells)

    @classmethod
    def check_row(cls, cells: Mapping[str, str]) -> dict[str, str]:
        """Errors in cells that are valid one by one, from any source: {column: message}."""
        return check_dates(cells)


def no_fit(cell: str) -> str:
    """The message for a cell that a column does not take."""
    return _("“{value}” does not fit here.").format(value=cell[:60])


def check_dates(cells: Mapping[str, str]) -> dict[str, str]:
    """Errors of the first and last day of a row: {column: message}."""
    first, last = cells.get(FIRST_DAY, ""), cells.get("valid_to", "")
    return {"valid_to": _("Ends before it starts.")} if last and last < first else {}


def printed_heads(table: type[ReferenceType]) -> dict[str, str]:
    """{key: heading} of the columns in the order the command line lists them."""
    columns, order = table.columns(), table.print_order.split() or list(table.columns())
    return {
        key: _("Code") if NAME_OF + key in order else _(columns[key.removeprefix(NAME_OF)].label)
        for key in order
    }


def printed_rows(table: type[ReferenceType], book: "ReferenceBook") -> Iterator[list[str]]:
    """The rows of a type as the command line lists them."""
    columns = table.columns()
    order = table.print_order.split() or list(columns)
    names = {key: columns[key.removeprefix(NAME_OF)].at(book) for key in order if NAME_OF in key}
    for entry in book.entries(table.table_key):
        cells = table.cells_of(entry)
        for key, field in names.items():
            cells[key] = field.show(cells[key.removeprefix(NAME_OF)], book)
        yield [cells[key] for key in order]


def declared_rows(table: type[ReferenceType], book: "ReferenceBook") -> Iterator[Cells]:
    """The rows of a type with the columns that its file has."""
    return (table.cells_of(entry) for entry in book.entries(table.table_key))
