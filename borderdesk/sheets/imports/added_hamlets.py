"""Hamlets that a list adds to those of their communes, and takes back with it."""

from collections.abc import Iterable, Sequence

from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.schema.reference.table import Cells
from borderdesk.session.session import Session
from borderdesk.sheets.values.hamlets import UnknownHamlet
from borderdesk.store.records.uses import count_uses
from borderdesk.store.reference import delete_rows, read_cells, upsert_cells


def add_hamlets(session: Session, unknown: Iterable[UnknownHamlet]) -> list[Cells]:
    """Add hamlets to the list of those of their communes, from the commune's first day on; the rows
    that were added."""
    units = session.book.units
    rows = [
        HamletTable.new_cells(hamlet.commune, hamlet.name, units[hamlet.commune].valid_from)
        for hamlet in unknown
    ]
    if rows:
        with session.judging_reference():
            upsert_cells(session.store, HamletTable, rows)
            _note_change(session, rows)
    return rows


def take_hamlets_back(session: Session, rows: Sequence[Cells]) -> None:
    """Delete added rows from the list of hamlets, unless they were changed since or a record names
    them."""
    if not rows:
        return
    stored = read_cells(session.store, HamletTable)
    unused = [
        cells
        for cells in rows
        if cells in stored and not count_uses(session.store, HamletTable, cells)
    ]
    if unused:
        with session.judging_reference():
            delete_rows(session.store, HamletTable, unused)
            _note_change(session, unused)


def _note_change(session: Session, rows: Sequence[Cells]) -> None:
    session.audit_notes.note("reference.changed", HamletTable.table_key, records=len(rows))
    session.touch_reference()
