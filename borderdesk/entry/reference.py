"""Writing of reference data, settings and targets, with what must follow each write."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from borderdesk.base.errors import Invalid, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema import settings
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.database import Store

if TYPE_CHECKING:
    from borderdesk.schema.reference import load as reference_file
    from borderdesk.store import rebuild
else:
    reference_file = lazy_module("borderdesk.schema.reference.load")
    rebuild = lazy_module("borderdesk.store.rebuild")

T = TypeVar("T")
Names = tuple[dict[str, Any], dict[str, Any]]
"""Pick lists by name and unit names by id, at one moment."""


class ReferenceEditor(Part):
    """Operations on reference data, settings and targets."""

    @operation("reference.write")
    def load(self, path: Path) -> tuple[str, int]:
        """Add or update reference data from a CSV; (its kind, how many rows). Raises Invalid."""
        loaded = reference_file.with_unit_ids(reference_file.read(path), self.session.book)
        refused = self.write(loaded)
        if refused:
            where = _("line {line}, {column}")
            raise Invalid({where.format(line=n, column=c): why for n, c, why in refused})
        return loaded.sheet.name, len(loaded.rows)

    @operation("reference.write")
    def write(self, loaded: "reference_file.Loaded") -> list[tuple[int, str, str]]:
        """Add or update rows that were read; those refused as (line, column, why), and then
        nothing is written."""
        refused = reference_file.broken_links(loaded, self.session.book)
        if refused:
            return refused
        before = self.names()
        self.store.many(
            reference_file.upsert_sql(loaded.sheet),
            [reference_file.stored(loaded.sheet, row) for row in loaded.rows],
        )
        self._end_provisional(loaded)
        self.follow_names(before)
        return []

    def names(self) -> Names:
        """The names of pick lists and units now, for `follow_names`."""
        book = self.session.book
        return dict(book.picks), {unit: book.unit_name(unit) for unit in book.units}

    def follow_names(self, before: Names) -> None:
        """Invalidate the book, and rebuild the search index when anything was renamed."""
        self.session.touch_reference()
        if _renamed(before, self.names()):
            rebuild.reindex(self.store, self.session.book)

    def _end_provisional(self, loaded: "reference_file.Loaded") -> None:
        """Remove the marks of rows that only packages had named so far."""
        kind, *key = {
            "units": ("unit", "id"),
            "posts": ("post", "code"),
            "picks": ("pick", "list", "code"),
        }.get(loaded.sheet.name, ("",))
        if kind:
            self.store.many(
                "DELETE FROM provisional_place WHERE kind = ? AND list = ? AND code = ?",
                [(kind, row["list"] if len(key) == 2 else "", row[key[-1]]) for row in loaded.rows],
            )

    @operation("settings.write")
    def set_setting(self, key: str, value: str, valid_from: str = settings.ALWAYS) -> None:
        """Set a setting from a day on (always without one). Raises UserError."""
        value = settings.checked(key, value)
        if not settings.is_day(valid_from):
            raise UserError(_("A date is written like 2023-12-31."))
        self.store.run(
            "INSERT INTO setting (key, valid_from, value) VALUES (?, ?, ?)"
            " ON CONFLICT (key, valid_from) DO UPDATE SET value = excluded.value",
            (key, valid_from, value),
        )
        self.session.touch_reference()

    @operation("targets.write")
    def write_targets(self, write: Callable[[Store], T]) -> T:
        """Write regulations, targets or baselines (`borderdesk.figures.targets` has how)."""
        return write(self.store)


def _renamed(before: Names, after: Names) -> bool:
    """Whether the name of anything that was there changed, so that search must follow."""
    (picks, units), (new_picks, new_units) = before, after
    if any(new_units.get(unit) != name for unit, name in units.items()):
        return True
    return any(
        new_picks[name][code].vi != pick.vi
        for name, entries in picks.items()
        for code, pick in entries.items()
    )
