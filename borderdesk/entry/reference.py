"""Writes reference data, settings and targets, and invalidates the data derived from them."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.periods import is_day
from borderdesk.schema import settings
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.reference import end_provisional, upsert_cells

if TYPE_CHECKING:
    from borderdesk.schema.reference import files as reference_files
    from borderdesk.schema.reference.files import ReferenceRows, Refusal
    from borderdesk.store.verification import rebuild
else:
    reference_files = lazy_module("borderdesk.schema.reference.files")
    rebuild = lazy_module("borderdesk.store.verification.rebuild")

T = TypeVar("T")
Names = tuple[dict[str, Any], dict[str, Any]]
"""Pick lists by name and unit names by id, as of one moment."""


class ReferenceEditor(SessionPart):
    """Operations on reference data, settings and targets."""

    @operation("reference.write")
    def load(self, path: Path) -> tuple[str, int, int]:
        """Add or update reference data from a CSV; (the key of its type, how many rows, how many
        that say they are invented were left out). Raises InvalidRecord."""
        resolved = reference_files.resolve_links(reference_files.read_file(path), self.session.book)
        read = self.without_invented(resolved)
        refused = self.write(read)
        if refused:
            raise InvalidRecord({reference_files.place_of(n, c): why for n, c, why in refused})
        return read.table.table_key, len(read.rows), len(resolved.rows) - len(read.rows)

    @operation("reference.write")
    def write(self, read: "ReferenceRows") -> "list[Refusal]":
        """Add or update rows; returns the refusals, and writes nothing if there are any."""
        refused = reference_files.broken_links(read, self.session.book)
        refused += reference_files.circular_links(read, self.session.book)
        if self.session.identity.in_earnest:
            refused += reference_files.invented_rows(read)
        if refused:
            return refused
        before = self.names()
        with self.session.judging_reference():
            upsert_cells(self.store, read.table, read.rows)
            end_provisional(self.store, read.table, read.rows)
            key = read.table.table_key
            self.session.audit_notes.note("reference.changed", key, records=len(read.rows))
            self.follow_names(before)
        return []

    def without_invented(self, read: "ReferenceRows") -> "ReferenceRows":
        """The rows without those marked as invented, on a desk that refuses these."""
        if not self.session.identity.in_earnest:
            return read
        real_rows = [
            (cells, line)
            for cells, line in zip(read.rows, read.lines, strict=True)
            if not read.table.is_invented(cells)
        ]
        return read._replace(
            rows=[cells for cells, _line in real_rows], lines=[line for _cells, line in real_rows]
        )

    def names(self) -> Names:
        """The names of pick lists and units now, for `follow_names`."""
        book = self.session.book
        return dict(book.picks), {unit: book.unit_name(unit) for unit in book.units}

    def follow_names(self, before: Names) -> None:
        """Invalidate the book, and rebuild the search index when anything was renamed."""
        self.session.touch_reference()
        if _renamed(before, self.names()):
            rebuild.reindex(self.store, self.session.book)

    @operation("settings.write")
    def set_setting(self, key: str, value: str, valid_from: str = settings.ALWAYS) -> None:
        """Set a setting from a day on (always without one). Raises UserError."""
        value = settings.check_setting(key, settings.stored_value(key, value))
        if not is_day(valid_from):
            raise UserError(_("A date is written like 2023-12-31."))
        cells = {"key": key, "valid_from": valid_from, "value": value}
        draws = settings.draws_figures(key)
        with self.session.judging_reference() if draws else nullcontext():
            upsert_cells(self.store, settings.SettingTable, [cells])
            self.session.touch_reference()
            self.session.audit_notes.note("setting.changed", key)

    @operation("targets.write")
    def write_targets(self, write: Callable[[Store], T]) -> T:
        """Write regulations, targets or baselines (`borderdesk.figures.targets` has how)."""
        self.session.audit_notes.note("target.changed")
        return write(self.store)


def _renamed(before: Names, after: Names) -> bool:
    """Whether any remaining name changed, so that the search index is out of date."""
    (picks, units), (new_picks, new_units) = before, after
    if any(new_units.get(unit, name) != name for unit, name in units.items()):
        return True
    return any(
        new_picks.get(name, {}).get(code, pick).vi != pick.vi
        for name, entries in picks.items()
        for code, pick in entries.items()
    )
