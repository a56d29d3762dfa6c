"""The origin of rows applied from set-up files: the next file removes missing ones, and the desk's
own additions stay."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import peewee as pw

from borderdesk.figures.targets import ClauseTable, RegulationTable
from borderdesk.ledgers.rows import Row, row_reader
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.columns import LastDayColumn, LinkColumn
from borderdesk.schema.reference.files import shipped_rows
from borderdesk.schema.reference.table import Cells, EditableTable
from borderdesk.schema.settings import SettingTable, handed_on
from borderdesk.session.session import SessionPart
from borderdesk.store.models.exchange import ProvisionalPlaceRow, SetupRowRow
from borderdesk.store.records.uses import count_uses
from borderdesk.store.reference import BATCH_ROWS, delete_rows, read_cells, upsert_cells

SEPARATOR = "\t"
"""The separator of the columns of a key; no cell contains it."""
Keys = dict[str, set[str]]
"""{key of a table: the keys of its rows, each as a single text}."""

BROUGHT: Mapping[str, type[EditableTable]] = {
    **REFERENCE_TYPES,
    **{table.table_key: table for table in (SettingTable, RegulationTable, ClauseTable)},
}
"""The tables with rows in a set-up file. Targets of links precede the types that link to them."""


class SetupRows(SessionPart):
    """The rows from set-up files, and those that are this desk's own."""

    def replace(
        self, desk: str, makers: Collection[str], sections: Mapping[str, Any], end: datetime.date
    ) -> Counter[str]:
        """Remove the rows of the previous set-up file that are missing in this one, within the open
        transaction, and record those of this one.

        desk: the maker of these set-up files; makers: its ids, earlier ones included; end: the day
        this one was made, which becomes the last day of rows in use. Returns {key of a table:
        number of ended or removed rows}.
        """
        file_keys = brought_keys(sections, self.session.identity.role)
        before = self._keys_of(makers)
        for kind, keys in _shipped_keys().items():
            # The program's own rows, which are the province's too, count as rows of the file.
            if file_keys[kind]:
                before.setdefault(kind, set()).update(keys)
        ended = Counter[str]()
        for kind, table in reversed(list(BROUGHT.items())):
            lacking = before.get(kind, set()) - file_keys[kind]
            if lacking:
                ended[kind] = self._end_rows(table, lacking, end)
                # Rows that stay because they are in use are still not this desk's own.
                stays = {key_text(table, cells) for cells in read_cells(self.store, table)}
                file_keys[kind] |= lacking & stays
        self._remember(desk, makers, file_keys)
        if +ended:
            self.session.touch_reference()
        return +ended

    def own(self) -> dict[str, list[Cells]]:
        """{key of a table: the rows from neither the program nor a set-up file nor a package}; a
        desk without a set-up file has no rows of its own, and settings are not rows."""
        row = SetupRowRow
        row_keys: Keys = {}
        for kind, key in self.store.fetch(row.select(row.kind, row.key)):
            row_keys.setdefault(kind, set()).add(key)
        if not row_keys:
            return {}
        for kind, keys in _shipped_keys().items():
            row_keys.setdefault(kind, set()).update(keys)
        provisional = self._provisional()
        own_rows = {}
        for kind, table in BROUGHT.items():
            if table is SettingTable:
                continue
            rows = [
                cells
                for cells in read_cells(self.store, table)
                if key_text(table, cells) not in row_keys.get(kind, ())
                and not _is_in(provisional, table, cells)
            ]
            if rows:
                own_rows[kind] = rows
        return own_rows

    def own_shown(self, kind: str) -> list[Row]:
        """The rows of a table that are this desk's own, as a person reads them."""
        reader = row_reader(self.session, kind)
        return [reader.show(cells) for cells in self.own().get(kind, ())]

    def _provisional(self) -> set[tuple[str, str, str]]:
        row = ProvisionalPlaceRow
        return {
            (r[0], r[1], r[2]) for r in self.store.fetch(row.select(row.kind, row.list, row.code))
        }

    def _keys_of(self, makers: Collection[str]) -> Keys:
        row = SetupRowRow
        keys: Keys = {}
        query = row.select(row.kind, row.key).where(row.desk.in_([*makers]))
        for kind, key in self.store.fetch(query):
            keys.setdefault(kind, set()).add(key)
        return keys

    def _remember(self, desk: str, makers: Collection[str], file_keys: Keys) -> None:
        row = SetupRowRow
        self.store.execute(row.delete().where(row.desk.in_([*makers])))
        rows = [(desk, kind, key) for kind, keys in file_keys.items() for key in sorted(keys)]
        for some in pw.chunked(rows, BATCH_ROWS):
            self.store.execute(row.insert_many(some, [row.desk, row.kind, row.key]))

    def _end_rows(self, table: type[EditableTable], lacking: set[str], end: datetime.date) -> int:
        """End or delete the rows with these keys; returns their number."""
        rows = [cell for cell in read_cells(self.store, table) if key_text(table, cell) in lacking]
        if not issubclass(table, ReferenceType):
            delete_rows(self.store, table, rows)
            return len(rows)
        used = [cells for cells in rows if self._is_used(table, cells)]
        delete_rows(self.store, table, [cells for cells in rows if cells not in used])
        last_day = _last_day(table)
        if last_day is None:
            return len(rows) - len(used)
        ended = [_ended(cells, last_day, end) for cells in used]
        upsert_cells(self.store, table, ended)
        return len(rows) - sum(cells in used for cells in ended)

    def _is_used(self, table: type[ReferenceType], cells: Cells) -> bool:
        """Whether a record or another row refers to this one."""
        if not table.names_itself and count_uses(self.store, table, cells):
            return True
        names = {cells[key] for key in table.key_columns()}
        return any(
            names & set(row[key].split())
            for reference_type in REFERENCE_TYPES.values()
            for key, column in reference_type.columns().items()
            if isinstance(column, LinkColumn) and column.to == table.table_key
            for row in read_cells(self.store, reference_type)
            if row != cells
        )


def brought_keys(sections: Mapping[str, Any], role: str) -> Keys:
    """{kind: keys} of the rows that a valid set-up file has for a desk of `role`."""
    keys: Keys = {kind: set() for kind in BROUGHT}
    for kind, table in REFERENCE_TYPES.items():
        keys[kind] = {key_text(table, cells) for cells in sections["reference"].get(kind, ())}
    for key, valid_from, _value in sections["settings"]:
        own_key = handed_on(key, role)
        if own_key is not None:
            keys[SettingTable.table_key].add(SEPARATOR.join((own_key, valid_from)))
    for kind in (RegulationTable.table_key, ClauseTable.table_key):
        keys[kind] = {key_text(BROUGHT[kind], row) for row in sections[kind]}
    return keys


def key_text(table: type[EditableTable], cells: Mapping[str, Any]) -> str:
    """The key of a row as one text."""
    key_cells = (cells.get(key) for key in table.key_columns())
    return SEPARATOR.join("" if cell is None else str(cell) for cell in key_cells)


def _is_in(places: set[tuple[str, str, str]], table: type[EditableTable], cells: Cells) -> bool:
    """Whether a row is one of these places."""
    if not issubclass(table, ReferenceType) or table.place is None:
        return False
    return table.place_key(cells) in places


def _shipped_keys() -> Keys:
    return {
        read.table.table_key: {key_text(read.table, cells) for cells in read.rows}
        for read in shipped_rows()
    }


def _last_day(table: type[EditableTable]) -> str | None:
    return next((k for k, c in table.columns().items() if isinstance(c, LastDayColumn)), None)


def _ended(cells: Cells, last_day: str, end: datetime.date) -> Cells:
    day = end.isoformat()
    return cells if cells[last_day] and cells[last_day] <= day else {**cells, last_day: day}


def real_rows(table: type[ReferenceType], rows: Iterable[Cells]) -> Iterator[Cells]:
    """The rows that are not invented: rows invented for want of a list are not sent to other
    desks."""
    flag = table.invented_column
    return (cells for cells in rows if not flag or cells[flag] != "1")
