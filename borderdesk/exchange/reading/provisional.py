"""Provisional rows: reference data that a package names and this desk does not know.

The table of places of a package describes each unit, post and pick that its records refer to. Such
a row is used until a person enters the real one or a set-up file contains it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from borderdesk.base.spreadsheets import guarded
from borderdesk.exchange.format.package_tables import PLACES
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.columns import LinkColumn
from borderdesk.schema.reference.table import Cells, PackagePlace
from borderdesk.store.connection.database import Store
from borderdesk.store.models.exchange import BatchRow, PlaceClaimRow, ProvisionalPlaceRow
from borderdesk.store.records.uses import count_uses
from borderdesk.store.reference import delete_rows, upsert_cells

Key = tuple[str, ...]

TYPED = "name"
"""The column of places whose text a person typed."""


def place_types() -> Iterator[tuple[type[ReferenceType], PackagePlace]]:
    """The types whose rows a package carries, each with its place in the table of places."""
    for table in REFERENCE_TYPES.values():
        if table.place is not None:
            yield table, table.place


def named_type(field: ColumnField) -> tuple[type[ReferenceType], Key] | None:
    """The type that a record's field refers to, and the prefix of all keys it can refer to; None
    where packages carry no rows of that type."""
    for table, _place in place_types():
        if table.named_by and field.refers_to == table.named_by:
            return table, table.key_named(field, "")[:-1]
    return None


def place_rows(
    named_keys: Mapping[type[ReferenceType], Iterable[Key]], book: ReferenceBook
) -> Iterator[Sequence[str]]:
    """The rows of the table of places: one for each key in `named_keys` and for each row of the
    same table that those link to, with the cells that this desk knows."""
    for table, place in place_types():
        entries_by_key = {key_of(table, entry): entry for entry in book.entries(table.table_key)}
        keys = set(named_keys.get(table, ()))
        keys |= {
            key for key in _linked(table, place, keys, entries_by_key) if key in entries_by_key
        }
        for key in sorted(keys):
            if key in entries_by_key:
                cells = table.cells_of(entries_by_key[key])
            else:
                cells = dict(zip(table.key_columns(), key, strict=True))
            yield _place_row(table, place, cells)


def key_of(table: type[ReferenceType], entry: tuple[object, ...]) -> Key:
    """The key of an entry of the reference book."""
    return tuple(str(getattr(entry, column)) for column in table.key_columns())


def _linked(
    table: type[ReferenceType],
    place: PackagePlace,
    keys: Iterable[Key],
    entries_by_key: Mapping[Key, tuple[object, ...]],
) -> Iterator[Key]:
    links = [
        key
        for key, column in table.columns().items()
        if key in place.columns.values()
        and isinstance(column, LinkColumn)
        and column.to == table.table_key
    ]
    for key in keys:
        if key in entries_by_key:
            cells = table.cells_of(entries_by_key[key])
            for link in links:
                yield from ((value,) for value in cells[link].split())


def _place_row(table: type[ReferenceType], place: PackagePlace, cells: Cells) -> list[str]:
    row = [place.kind]
    for name in PLACES.columns[1:]:
        key = place.columns.get(name, "")
        cell = table.columns()[key].to_package(cells[key]) if key in cells else ""
        row.append(guarded(cell) if name == TYPED else cell)
    return row


def renews_places(store: Store, places: Iterable[Sequence[str]], time: str) -> bool:
    """Whether a package made at that time has a different description of an existing provisional
    row."""
    types, earlier = dict(_types()), _earlier(store)
    for described in places:
        table, place = types[described[0]]
        key = table.place_key(
            _row_of_place(table, place, dict(zip(PLACES.columns, described, strict=True)))
        )
        cells = json.dumps(described, ensure_ascii=False)
        if key in earlier and earlier[key] < (time, cells) and earlier[key][1] != cells:
            return True
    return False


def _types() -> Iterator[tuple[str, tuple[type[ReferenceType], PackagePlace]]]:
    for table, place in place_types():
        yield place.kind, (table, place)


def _earlier(store: Store) -> dict[Key, tuple[str, str]]:
    """{(kind, list, code): (when the package that contained it was made, cells)}."""
    row = ProvisionalPlaceRow
    query = row.select(row.kind, row.list, row.code, row.made, row.cells)
    return {tuple(cells[:3]): (cells[3], cells[4]) for cells in store.fetch(query)}


def learn_places(
    store: Store,
    book: ReferenceBook,
    batch: str,
    places: Iterable[Sequence[str]],
    time: str,
    *,
    renew: bool = True,
) -> bool:
    """Store provisional rows for unknown places; returns whether there were any. Where several
    packages describe the same row, the newest package wins, in whatever order they are imported.

    batch: their source; places: rows of the table of places; time: when the package was made;
    renew: False leaves existing rows unchanged.
    """
    types, earlier = dict(_types()), _earlier(store)
    known_keys = {
        table: {key_of(table, entry) for entry in book.entries(table.table_key)}
        for table, _place in types.values()
    }
    learned = False
    for described in places:
        table, place = types[described[0]]
        cells = _row_of_place(table, place, dict(zip(PLACES.columns, described, strict=True)))
        key, version = table.place_key(cells), (time, json.dumps(described, ensure_ascii=False))
        if key not in earlier and table.key_of(cells) in known_keys[table]:
            continue
        _claim_place(store, batch, key, version)
        if key in earlier and (not renew or earlier[key] >= version):
            continue
        _note_place(store, key, version)
        upsert_cells(store, table, [cells])
        learned = True
    return learned


def has_described_places(store: Store, batches: Iterable[str]) -> bool:
    """Whether any of these batches described a place that was unknown before."""
    claim = PlaceClaimRow
    return bool(store.fetch(claim.select(claim.code).where(claim.batch.in_([*batches])).limit(1)))


def described_places(store: Store, batch: str) -> dict[str, list[list[str]]]:
    """{when its package was made: the rows of the table of places} that a batch described, of
    places that were unknown before."""
    claim, by_time = PlaceClaimRow, dict[str, list[list[str]]]()
    query = claim.select(claim.made, claim.cells).where(claim.batch == batch)
    for time, cells in store.fetch(query.order_by(claim.kind, claim.list, claim.code)):
        by_time.setdefault(time, []).append(json.loads(cells))
    return by_time


def unlearn_places(
    store: Store, batches: Iterable[str], *, aside: bool = False, set_back: bool = True
) -> bool:
    """Revert the descriptions of undone batches: a provisional row is restored from the newest of
    the other packages, and deleted if none is left and no record names it. Returns whether any
    changed.

    aside: their descriptions stay, without effect; set_back: False leaves the rows unchanged, and
    deletes only the claims of the batches.
    """
    claim, types = PlaceClaimRow, {place.kind: (table, place) for table, place in place_types()}
    changed = False
    for batch in sorted(batches):
        query = claim.select(claim.kind, claim.list, claim.code).where(claim.batch == batch)
        keys = [(kind, group, code) for kind, group, code in store.fetch(query)]
        if not aside:
            store.execute(claim.delete().where(claim.batch == batch))
        for key in keys if set_back else ():
            changed |= _set_back(store, *types[key[0]], key)
    return changed


def _set_back(
    store: Store, table: type[ReferenceType], place: PackagePlace, key: tuple[str, str, str]
) -> bool:
    """Set a provisional row to the description in the newest of the remaining packages."""
    row, claim = ProvisionalPlaceRow, PlaceClaimRow
    is_row = (row.kind == key[0], row.list == key[1], row.code == key[2])
    now = store.first(row.select(row.made, row.cells).where(*is_row))
    if now is None:
        return False
    undone = BatchRow.select(BatchRow.id).where(BatchRow.undone != 0)
    is_of = (claim.kind == key[0], claim.list == key[1], claim.code == key[2])
    is_claim = (*is_of, claim.batch.not_in(undone))
    newest = max(store.fetch(claim.select(claim.made, claim.cells).where(*is_claim)), default=None)
    cells_of_place = json.loads((newest or now)[1])
    cells = _row_of_place(table, place, dict(zip(PLACES.columns, cells_of_place, strict=True)))
    if newest is not None:
        _note_place(store, key, (newest[0], newest[1]))
        upsert_cells(store, table, [cells])
    elif not count_uses(store, table, cells):
        store.execute(row.delete().where(*is_row))
        delete_rows(store, table, [cells])
    return True


def _row_of_place(table: type[ReferenceType], place: PackagePlace, row: Mapping[str, str]) -> Cells:
    """The cells of the provisional row for a row of the table of places."""
    columns = table.columns()
    given_cells = {key: columns[key].from_package(row[name]) for name, key in place.columns.items()}
    cells = {
        key: given_cells.get(key) or place.missing.get(key, "") or column.blank
        for key, column in columns.items()
    }
    return cells | {key: cells[source] for key, source in place.same.items() if not cells[key]}


def _claim_place(store: Store, batch: str, key: Key, version: tuple[str, str]) -> None:
    """Store a batch's description of a place."""
    row = PlaceClaimRow
    (kind, group, code), (time, cells) = key, version
    claim = row.insert(batch=batch, kind=kind, list=group, code=code, made=time, cells=cells)
    store.execute(
        claim.on_conflict(
            conflict_target=[row.batch, row.kind, row.list, row.code],
            preserve=[row.made, row.cells],
        )
    )


def _note_place(store: Store, key: Key, version: tuple[str, str]) -> None:
    """Note that a row is provisional: its kind, list and code, when its package was made, cells."""
    row = ProvisionalPlaceRow
    (kind, group, code), (time, cells) = key, version
    store.execute(
        row.insert(kind=kind, list=group, code=code, made=time, cells=cells).on_conflict(
            conflict_target=[row.kind, row.list, row.code], preserve=[row.made, row.cells]
        )
    )
