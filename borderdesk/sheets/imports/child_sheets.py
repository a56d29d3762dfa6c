"""Rows below a record on sheets of their own, as the program writes them: each with the id of the
record that it belongs to."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from borderdesk.base.i18n import _, in_every_language
from borderdesk.base.spreadsheets import cell_text
from borderdesk.base.text import fold
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import recognised
from borderdesk.schema.kinds import ChildrenField
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.child_columns import BELOW
from borderdesk.sheets.columns.heading_rows import record_ids
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.sources.decoding import SheetText
from borderdesk.sheets.sources.workbook_source import open_sheet

LONGEST_NAME = 31
"""The limit of characters of a sheet's name."""


def child_sheets(names: Sequence[str], model: type[RevisionedModel]) -> Iterator[tuple[str, str]]:
    """(key of the rows below, name) of the sheets of a workbook that hold them."""
    for key, field in model.children().items():
        labels = {fold(text)[:LONGEST_NAME] for text in in_every_language(field.label)}
        yield from ((key, name) for name in names if fold(name) in labels)


def attach_child_sheets(table: SheetTable, path: Path, model: type[RevisionedModel]) -> None:
    """Give the records of a list of the program the rows below them. Raises UserError."""
    source = table.text.source
    if table.record_ids is None:
        return
    for key, name in child_sheets(source.names, model):
        if name == source.name:
            continue
        text = SheetText(open_sheet(path, name))
        _attach(table, name, (key, model.children()[key]), list(text.rows()))


def _attach(
    table: SheetTable, name: str, below_of: tuple[str, ChildrenField], rows: Sequence[SheetRow]
) -> None:
    key, field = below_of
    place = record_ids(rows)
    head = next(
        (upper for upper, below in pairwise(rows) if record_ids([upper, below]) == place), None
    )
    if place is None or head is None:
        return
    columns = [
        GridColumn(f"{key}{BELOW}{part}", _(column.label), column, usual=False)
        for part, column in field.child.fields().items()
    ]
    keys = recognised([cell_text(cell) for cell in head.cells], columns)
    read = {at: column_key for at, column_key in enumerate(keys) if column_key is not None}
    labels = {column.key: f"{_(field.label)}: {column.label}" for column in columns}
    below: dict[str, list[SheetRow]] = {}
    for row in rows:
        if row.number > head.number and any(cell != "" for cell in row.cells):
            cells = [row.cells[at] if at < len(row.cells) else "" for at in read]
            record = cell_text(row.cells[place]).lower() if place < len(row.cells) else ""
            below.setdefault(record, []).append(SheetRow(row.number, cells))
    table.attach(name, [(column_key, labels[column_key]) for column_key in read.values()], below)
