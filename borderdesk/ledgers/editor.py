"""The editable tables of a desk, saved as a whole: reference data, settings, yearly targets and
figures from paper. They follow their declarations."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from borderdesk.base.errors import RecordChanged, UserError
from borderdesk.base.i18n import _, ngettext
from borderdesk.entry.grid import RowsRefused
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.ledgers.rows import Row, RowReader, row_reader
from borderdesk.ledgers.tables import ROW_RULES
from borderdesk.schema.reference import ReferenceType
from borderdesk.schema.reference.files import ReferenceRows
from borderdesk.schema.reference.table import Cells, EditableTable, YearlyRows
from borderdesk.schema.settings import SettingTable
from borderdesk.session.draft_forms import LEDGER
from borderdesk.session.drafts import Drafts, Texts
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.records.uses import count_uses
from borderdesk.store.reference import delete_rows, insert_cells, read_cells


class LedgerChange(NamedTuple):
    """The changes to save a table: the rows to delete, the new ones with their numbers on screen,
    and the number of rows that a person added, changed or deleted."""

    gone: Sequence[Cells]
    added: Sequence[tuple[int, Cells]]
    size: int


def permission_of(table: type[EditableTable]) -> str:
    """The permission needed to change a table."""
    if issubclass(table, ReferenceType):
        return "reference.write"
    return "settings.write" if table is SettingTable else "targets.write"


def row_uses(session: Session, table_key: str, row: Mapping[str, str]) -> Counter[str]:
    """The number of records of each type, by its title, that name the subject of a row."""
    reader = row_reader(session, table_key)
    return count_uses(session.store, reader.table, reader.read(row)[1])


class LedgerEditor(SessionPart):
    """Reading and writing the tables a person edits."""

    def rows(self, table_key: str) -> list[Row]:
        """Every row of a table as a person reads it, in the order it is stored."""
        reader = row_reader(self.session, table_key)
        return [reader.show(cells) for cells in read_cells(self.store, reader.table)]

    def save(
        self, table_key: str, seen: Sequence[Row], rows: Sequence[tuple[int, Row]], form: str
    ) -> int:
        """Replace the rows of a table with the edited ones; returns the number of rows added,
        changed or deleted.

        seen: the rows as they were read; rows: (number, texts) of the new state. In one
        transaction, which also deletes the draft `form`. Raises RowsRefused; RecordChanged when the
        table was changed since it was read.
        """
        reader = row_reader(self.session, table_key)
        table, before = reader.table, read_cells(self.store, reader.table)
        # A table read in another language is the same table.
        if [reader.show(cells) for cells in before] != list(seen) and before != [
            reader.read(row)[1] for row in seen
        ]:
            raise RecordChanged(
                _("Somebody changed this table meanwhile. Your text is kept; look at theirs.")
            )
        after = _read(reader, before, seen, rows)
        change = self._compare(table, before, after)
        rule = ROW_RULES.get(table)
        if rule is not None:
            wrong = rule(self.session, after, [number for number, _cells in change.added])
            if wrong:
                raise RowsRefused(wrong)
        if issubclass(table, ReferenceType):
            self._write_reference(table, change, form)
        elif table is SettingTable:
            self._write_settings(change, form)
        else:
            self._write_targets(table, change, form)
        return change.size

    def _compare(
        self,
        table: type[EditableTable],
        before: Sequence[Cells],
        after: Sequence[tuple[int, Cells]],
    ) -> LedgerChange:
        """The rows to delete and to write. Raises UserError if records name a deleted row."""
        old = {_values(cells) for cells in before}
        new = {_values(cells) for _number, cells in after}
        added = [(number, cells) for number, cells in after if _values(cells) not in old]
        removed = [cells for cells in before if _values(cells) not in new]
        names = {table.key_of(cells) for _number, cells in after}
        taken_out = [cells for cells in removed if table.key_of(cells) not in names]
        self._require_unused(table, taken_out)
        return LedgerChange(removed, added, len(added) + len(taken_out))

    def _require_unused(self, table: type[EditableTable], rows: Iterable[Cells]) -> None:
        for cells in rows:
            uses = count_uses(self.store, table, cells)
            if uses:
                raise UserError(
                    ngettext(
                        "{count} record names “{row}”; it cannot be taken out or given another "
                        "name of its own. Give it a last day instead.",
                        "{count} records name “{row}”; it cannot be taken out or given another "
                        "name of its own. Give it a last day instead.",
                        uses.total(),
                    ).format(count=uses.total(), row=table.row_name(cells))
                )

    @operation("targets.write")
    def _write_targets(self, table: type[EditableTable], change: LedgerChange, form: str) -> None:
        with self.session.judging_reference():
            self._write(table, change, form)

    @operation("settings.write")
    def _write_settings(self, change: LedgerChange, form: str) -> None:
        with self.session.judging_reference():
            self._write(SettingTable, change, form)
            self.session.touch_reference()

    @operation("reference.write")
    def _write_reference(self, table: type[ReferenceType], change: LedgerChange, form: str) -> None:
        numbers = [number for number, _cells in change.added]
        rows = [cells for _number, cells in change.added]
        with self.session.judging_reference():
            delete_rows(self.store, table, change.gone)
            refused = self.session.part(ReferenceEditor).write(ReferenceRows(table, rows, numbers))
        if refused:
            wrong: dict[int, dict[str, str]] = {}
            for number, column, message in refused:
                wrong.setdefault(number, {})[column] = message
            raise RowsRefused(wrong)
        self.session.part(Drafts).drop_draft(form)

    def _write(self, table: type[EditableTable], change: LedgerChange, form: str) -> None:
        kind = "setting.changed" if table is SettingTable else "target.changed"
        rows_changed = len(change.added) + len(change.gone)
        self.session.audit_notes.note(kind, table.title, records=rows_changed)
        delete_rows(self.store, table, change.gone)
        insert_cells(self.store, table, [cells for _number, cells in change.added])
        self.session.part(Drafts).drop_draft(form)


def _read(
    reader: RowReader,
    before: Sequence[Cells],
    seen: Sequence[Row],
    rows: Sequence[tuple[int, Row]],
) -> list[tuple[int, Cells]]:
    """The rows in stored form; untouched ones are unchanged to the letter."""
    table = reader.table
    untouched = {tuple(sorted(r.items())): c for r, c in zip(seen, before, strict=True)}
    wrong: dict[int, dict[str, str]] = {}
    stored_rows: list[tuple[int, Cells]] = []
    lines_by_key: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        cells = untouched.get(tuple(sorted(row.items())))
        if cells is None:
            checked, cells = reader.read(row)
            cells = reader.completed(cells)
            if checked.problems:
                wrong[number] = dict(checked.problems)
        name = table.key_of(cells)
        if name in lines_by_key:
            message = _("The same as row {number}.").format(number=lines_by_key[name] + 1)
            wrong.setdefault(number, {}).setdefault(table.key_columns()[0], message)
        lines_by_key[name] = number
        stored_rows.append((number, cells))
    if wrong:
        raise RowsRefused(wrong)
    return stored_rows


def _values(cells: Cells) -> tuple[str, ...]:
    return tuple(cells.values())


def form_of(table_key: str) -> str:
    """The name of a table among the drafts."""
    return f"{LEDGER}{table_key}"


def next_year(yearly: YearlyRows, rows: Sequence[Row]) -> tuple[int, list[Row]]:
    """The year after the newest of the rows, and that year's rows once more for it: a draft to be
    corrected and saved. No rows where none has a year."""
    key = yearly.year
    last = max((int(row[key]) for row in rows if row.get(key, "").isdecimal()), default=0)
    return last + 1, [{**row, key: str(last + 1)} for row in rows if row.get(key) == str(last)]


def texts_of(rows: Sequence[Row], seen: Sequence[Row]) -> Texts:
    """The draft of a table: its rows, and those it was made from."""
    return {"rows": list(rows), "seen": list(seen)}
