"""Lists of records: pages, counts, sums, and the lookups that entry offers."""

import datetime
from collections.abc import Iterator
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import accented, fold
from borderdesk.entry.pair_decider import pair_decider
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.unit_history import bare_name
from borderdesk.session.opening import explained
from borderdesk.session.session import SessionPart
from borderdesk.store.lists import found_names, list_pages, list_totals, listing
from borderdesk.store.lists.listing import Filter, ListEntry, Sort
from borderdesk.store.records.record_queries import count_doubles, count_pairs


class RecordLists(SessionPart):
    """The lists of a desk's records, by type, filter and order."""

    def page(
        self,
        type_name: str,
        list_filter: Filter,
        sort: Sort = Sort(),  # noqa: B008 - an immutable tuple
        after: tuple[Any, int] | None = None,
        limit: int = listing.PAGE,
    ) -> list[ListEntry]:
        """A page of a list; see `list_pages.page`."""
        with explained():
            return list_pages.page(
                self.store, ALL_TYPES[type_name], list_filter, sort, after, limit
            )

    def dates(self, type_name: str) -> tuple[datetime.date | None, datetime.date | None]:
        """The dates of the newest and of the oldest record; see `list_pages.dates`."""
        with explained():
            return list_pages.dates(self.store, ALL_TYPES[type_name])

    def nearest(self, type_name: str, text: str, limit: int) -> list[ListEntry]:
        """The results of a search, the best first: the newest; of a type without dates those whose
        name is the text, then those whose name begins with it, the desk's own places first."""
        model = ALL_TYPES[type_name]
        if model.event() is not None:
            return self.page(type_name, Filter(search=text), limit=limit)
        with explained():
            names = found_names.names_found(self.store, model, text)
        own_area = self._own_area()
        best = sorted(names, key=lambda row: (_fit(text, row[1]), row[2] not in own_area))[:limit]
        list_filter = Filter(ids=frozenset(named_row[0] for named_row in best))
        rows = {row.id: row for row in self.page(type_name, list_filter, limit=limit)}
        return [rows[named_row[0]] for named_row in best if named_row[0] in rows]

    def _own_area(self) -> frozenset[str]:
        """The communes of the desk's post, and their successors; empty above a post."""
        post, book = self.session.identity.post, self.session.book
        if not post:
            return frozenset()
        area = book.area_on(post, self.session.today())
        return frozenset(unit for now in area for unit in book.lineage(now))

    def order_ahead(self, type_name: str, list_filter: Filter, sort: Sort) -> None:
        """Prepare the next pages of a list; see `list_pages.order_ahead`."""
        with explained():
            list_pages.order_ahead(self.store, ALL_TYPES[type_name], list_filter, sort)

    def doubles(self, type_name: str) -> int:
        """How many records of a type have two versions that wait for a choice."""
        return count_doubles(self.store, type_name)

    def pairs(self, type_name: str) -> int:
        """The number of waiting pairs of a type that this desk may decide."""
        return count_pairs(self.store, type_name, pair_decider(self.session))

    def ids(self, type_name: str, list_filter: Filter) -> list[str]:
        """The ids of every record of a list, oldest first."""
        with explained():
            return listing.ids(self.store, ALL_TYPES[type_name], list_filter)

    def totals(self, type_name: str, list_filter: Filter) -> dict[str, Any]:
        """The sums of a list's numbers, by field; nothing where no record has one."""
        with explained():
            return list_totals.totals(self.store, ALL_TYPES[type_name], list_filter)

    def stream(
        self,
        type_name: str,
        list_filter: Filter,
        limit: int | None = None,
        offset: int = 0,
        *,
        revisions: bool = False,
    ) -> Iterator[ListEntry]:
        """Every record of a list with its children, oldest first; see `listing.stream`."""
        model = ALL_TYPES[type_name]
        return listing.stream(self.store, model, list_filter, limit, offset, revisions=revisions)

    def count(self, type_name: str, list_filter: Filter) -> int:
        """How many records a list has."""
        with explained():
            return listing.count(self.store, ALL_TYPES[type_name], list_filter)

    def units_named(self, text: str) -> frozenset[str]:
        """The unit ids that an id, code or name means for a filter, of whatever time.

        Raises UserError when it means none.
        """
        book, typed = self.session.book, {fold(text), bare_name(text)}
        communes = [
            u
            for u in book.units.values()
            if u.kind == "commune" and (text in (u.id, u.code) or typed & book.unit_names(u))
        ]
        if not communes:
            raise UserError(_("“{value}” is not a known commune.").format(value=text[:60]))
        return frozenset(u.id for u in book.written_as(text, communes))


def _fit(text: str, name: str) -> int:
    """How well a name fits a text: 0 the same, 1 begins with it, both with the accents that were
    typed; 2 and 3 the same without accents; 4 otherwise."""
    typed, exact = fold(text), accented(text)
    folded = fold(name)
    if not folded.startswith(typed):
        return 4
    worse = 0 if typed == exact or accented(name).startswith(exact) else 2
    return worse + (folded != typed)
