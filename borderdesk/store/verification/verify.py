"""The full check of a desk: the file, every chain and hash, and every derived row."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.schema.content import split
from borderdesk.schema.log_entries import START, next_chain
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import (
    RevisionNode,
    broken_links,
    canonical,
    content_hash,
    identified,
    make_body,
    private_hash,
    split_parents,
    totals_hash,
)
from borderdesk.store.audit_lines import audit_faults
from borderdesk.store.connection import schema
from borderdesk.store.connection.database import Store, is_damage
from borderdesk.store.connection.meta import meta_value
from borderdesk.store.connection.tables import link_tables, search_table, table_name
from borderdesk.store.figures_hash import HashedFigure, figures_hash
from borderdesk.store.models.closing import EditionFigureRow, EditionRow
from borderdesk.store.records.earlier_records import altered_spans
from borderdesk.store.records.history import (
    StoredRevision,
    from_row,
    load_children,
    stored_revisions,
)
from borderdesk.store.records.household_homes import without_copied_home
from borderdesk.store.records.logs import logs
from borderdesk.store.records.named_records import naming
from borderdesk.store.records.written_records import type_plan
from borderdesk.store.verification.rebuild import current_revisions

MOST_PROBLEMS = 100
PART_ROWS = 500


def verify(store: Store, progress: Progress = no_progress) -> dict[str, Any]:
    """{"ok", "records", "revisions", "totals_hash", "problems"}: read only, in one snapshot despite
    concurrent writes.

    Raises SchemaMismatch for a file that is sound but lacks tables or columns, and the error of the
    database or the disk where the file cannot be read now, which is no damage.
    """
    problems: list[str] = []
    result = {"ok": False, "records": 0, "revisions": 0, "totals_hash": "", "problems": problems}
    with store.snapshot():
        _verify(store, progress, problems, result)
    result["ok"] = not problems
    return result


def _verify(store: Store, progress: Progress, problems: list[str], result: dict[str, Any]) -> None:
    with _read_on(problems):
        for problem in _problems(store, progress):
            problems.append(problem)
            if len(problems) >= MOST_PROBLEMS:
                break
    with _read_on(problems):
        result["records"] = sum(
            int(store.value(f"SELECT COUNT(*) FROM {table_name(model)}"))
            for model in ALL_TYPES.values()
        )
        result["revisions"] = int(store.value("SELECT COUNT(*) FROM revision"))
        ids = store.rows("SELECT id FROM revision ORDER BY id")
        result["totals_hash"] = totals_hash(r[0] for r in ids)


@contextmanager
def _read_on(problems: list[str]) -> Iterator[None]:
    """Turn an error caused by damage into a problem: its kind cannot be foreseen."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not is_damage(error):
            raise
        problems.append(
            _("Not everything can be read: {error}").format(
                error=f"{type(error).__name__}: {error}"
            )
        )


def _problems(store: Store, progress: Progress) -> Iterator[str]:
    damage = store.damage()
    yield from damage
    if not damage:
        store.require_schema()
    for name in schema.altered(store, store.schema_version()):
        yield _("{name}: the file defines it otherwise than BorderDesk does.").format(name=name)
    total = int(store.value("SELECT COUNT(*) FROM revision")) * 2
    done = 0
    for revision in stored_revisions(store):
        yield from broken_hashes(revision)
        done += 1
        if done % 2_000 == 0:
            progress(done, total)
    yield from _broken_chains(store)
    yield from _broken_logs(store)
    yield from _altered_editions(store)
    yield from audit_faults(store)
    for table in (*store.altered_tables(), *_altered_migrations(store)):
        yield _("{table}: rows were altered, added or removed outside BorderDesk.").format(
            table=table
        )
    for model in ALL_TYPES.values():
        for number in _differing_rows(store, model):
            if isinstance(number, str):
                yield number
            else:
                done += number
                progress(done, total)


def _altered_migrations(store: Store) -> Iterator[str]:
    """The table of applied migrations, if they are not those of the file's schema version."""
    recorded = [row[0] for row in store.rows("SELECT name FROM schema_migration ORDER BY name")]
    if recorded != schema.names()[: store.schema_version()]:
        yield "schema_migration"


def broken_hashes(revision: StoredRevision) -> Iterator[str]:
    """Problems of a revision whose id or private part does not match its hash."""
    if revision.type not in ALL_TYPES:
        yield _("{id}: there is no type “{type}”.").format(id=revision.id.hex(), type=revision.type)
        return
    content = revision.content if revision.body is None else content_hash(revision.body)
    expected = identified(
        revision.type,
        revision.record,
        revision.number,
        revision.parents,
        revision.stamp,
        revision.reason,
        content,
    )
    if expected != revision.id:
        yield _("{id}: this version of {record} was altered.").format(
            id=revision.id.hex(), record=f"{revision.type} {revision.record}"
        )
    if revision.salt is not None and revision.part is not None:
        separate = private_hash(revision.salt, revision.part)
        if revision.body is None or f'"private":"{separate}"' not in revision.body:
            yield _("{id}: the separate part of {record} was altered.").format(
                id=revision.id.hex(), record=f"{revision.type} {revision.record}"
            )


def _broken_chains(store: Store) -> Iterator[str]:
    own_desk = meta_value(store, "desk")
    rows = store.rows(
        "SELECT r.record, r.id, r.parents, r.number, r.time, r.deleted, r.desk FROM revision r"
        " WHERE r.number > 1 OR length(r.parents) > 0"
        " OR EXISTS (SELECT 1 FROM revision o WHERE o.record = r.record AND o.seq <> r.seq)"
        " ORDER BY r.record, r.number"
    )
    for _record, group in groupby(rows, key=lambda row: row[0]):
        versions = list(group)
        ids = {row[1] for row in versions}
        yield from broken_links(_linked(row, ids, own_desk) for row in versions)


def _linked(row: tuple[Any, ...], arrived: set[bytes], own_desk: str | None) -> RevisionNode:
    """A revision as a node; as a first one if another desk wrote it and not all its parents have
    arrived yet."""
    parents = split_parents(row[2])
    number = row[3]
    if row[6] != own_desk and not arrived.issuperset(parents):
        parents, number = (), 1
    return RevisionNode(row[1], parents, number, row[4], bool(row[5]))


def _broken_logs(store: Store) -> Iterator[str]:
    """Logs with gaps or altered entries, and revisions of this desk that are in no log."""
    for name, log in logs(store).items():
        expected, chain = 1, START
        rows = store.rows(
            "SELECT e.number, e.kind, e.id, e.chain, r.id FROM log_entry e"
            " LEFT JOIN revision r ON r.seq = e.revision WHERE e.log = ? ORDER BY e.number",
            (log,),
        )
        for number, kind, entry, stored, revision in rows:
            chain = next_chain(chain, kind, entry)
            if number != expected or chain != stored or revision not in (None, entry):
                yield _("{id}: entry {number} of the log was altered, or one is missing.").format(
                    id=name, number=number
                )
                break
            expected += 1
    unnumbered = store.value(
        "SELECT COUNT(*) FROM revision r WHERE r.desk = ? AND NOT EXISTS"
        " (SELECT 1 FROM log_entry e WHERE e.revision = r.seq)",
        (meta_value(store, "desk"),),
    )
    if unnumbered:
        yield _("{count} versions of this desk are in no log.").format(count=unnumbered)


def _altered_editions(store: Store) -> Iterator[str]:
    """Editions whose figures are no longer those that were signed."""
    editions = EditionRow.select(
        EditionRow.id,
        EditionRow.period,
        EditionRow.scope,
        EditionRow.number,
        EditionRow.first,
        EditionRow.last,
        EditionRow.figures_hash,
    ).order_by(EditionRow.last, EditionRow.scope, EditionRow.closed)
    for edition, period, scope, number, first, last, signed in list(store.fetch(editions)):
        figures = (
            EditionFigureRow.select(
                *(getattr(EditionFigureRow, name) for name in HashedFigure._fields)
            )
            .where(EditionFigureRow.edition == edition)
            .order_by(EditionFigureRow.place)
        )
        if (
            figures_hash(first, last, scope, map(HashedFigure._make, store.fetch(figures)))
            != signed
        ):
            yield _("{period} {scope}: the figures of edition {number} were altered.").format(
                period=period, scope=scope, number=number
            )


def _differing_rows(store: Store, model: type[RevisionedModel]) -> Iterator[str | int]:
    """Problems of rows that differ from their current revision; between them (as int) how many
    rows were compared since."""
    table = table_name(model)
    expected = 0
    waiting: list[StoredRevision] = []
    for head in current_revisions(store, model):
        if head.deleted:
            continue
        expected += 1
        waiting.append(head)
        if len(waiting) >= PART_ROWS:
            yield from _compare(store, model, waiting)
            yield len(waiting)
            waiting = []
    yield from _compare(store, model, waiting)
    yield len(waiting)
    for record in altered_spans(store, model):
        yield _("{record}: its row is not what its version says.").format(
            record=f"{model.type_name} {record}"
        )
    rows = int(store.value(f"SELECT COUNT(*) FROM {table}"))
    if rows != expected:
        yield _("{table}: {found} rows for {expected} records.").format(
            table=table, found=rows, expected=expected
        )
    indexed = int(store.value(f"SELECT COUNT(*) FROM {search_table(model)}"))
    if indexed != expected:
        yield _("{table}: {found} rows for {expected} records.").format(
            table=search_table(model), found=indexed, expected=expected
        )


def _other_links(
    store: Store, model: type[RevisionedModel], values: Mapping[int, Values]
) -> Iterator[int]:
    """The rows whose links are not to the units that their values name."""
    marks = ", ".join("?" * len(values)) or "NULL"
    for key, table in link_tables(model).items():
        linked: defaultdict[int, set[str]] = defaultdict(set)
        for row, unit in store.rows(
            f"SELECT row, unit FROM {table} WHERE row IN ({marks})", [*values]
        ):
            linked[row].add(unit)
        yield from (
            row
            for row, record_values in values.items()
            if linked[row] != {*(record_values.get(key) or ())}
        )


def _other_derived(
    store: Store,
    model: type[RevisionedModel],
    rows: Mapping[int, tuple[Any, ...]],
    values: Mapping[int, Values],
) -> Iterator[int]:
    """The rows whose derived columns do not follow from their values."""
    until = model.earlier.until if model.earlier is not None else ""
    # What follows from other records is compared apart.
    derived = [
        (place, column)
        for place, column in enumerate(_compared_columns(model))
        if column in type_plan(model).derived and column != until
    ]
    if not derived:
        return
    places = _named_places(store, model, values.values())
    for stored in rows.values():
        record_values = values[stored[0]]
        follows = model.derived(record_values) | model.follows(
            record_values, places.get(_named(model, record_values))
        )
        if any(follows.get(column) != stored[place] for place, column in derived):
            yield stored[0]


def _named(model: type[RevisionedModel], values: Values) -> str:
    """The id of the record (household) that one of these values names."""
    names = naming(model)
    return str(values.get(names[0], "")) if names is not None else ""


def _named_places(
    store: Store, model: type[RevisionedModel], every: Iterable[Values]
) -> dict[str, str | None]:
    """{record named by these values: the commune it counts in}."""
    names = naming(model)
    ids = [*{_named(model, values) for values in every} - {""}]
    if names is None or not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT id, {names[1].main_place()} FROM {table_name(names[1])} WHERE id IN ({marks})"
    return dict(store.rows(sql, ids))


def _compared_columns(model: type[RevisionedModel]) -> tuple[str, ...]:
    return ("row", "revision", *model.columns(), *type_plan(model).derived)


def _compare(
    store: Store, model: type[RevisionedModel], heads: list[StoredRevision]
) -> Iterator[str]:
    """Compare the current rows with the contents of their revisions; yields the problems."""
    columns = _compared_columns(model)
    marks = ", ".join("?" * len(heads)) or "NULL"
    rows = {
        row[1]: row
        for row in store.rows(
            f"SELECT {', '.join(columns)} FROM {table_name(model)} WHERE revision IN ({marks})",
            [head.seq for head in heads],
        )
    }
    values = {row[0]: from_row(model, columns, row) for row in rows.values()}
    load_children(store, model, values)
    altered = {*_other_links(store, model, values), *_other_derived(store, model, rows, values)}
    for head in heads:
        row = rows.get(head.seq)
        if row is None:
            yield _("{record}: its current row is missing.").format(
                record=f"{model.type_name} {head.record}"
            )
            continue
        public, private = split(model, without_copied_home(model, values[row[0]], head.body))
        part = canonical(private) if private else None
        separate = json.loads(head.body or "{}").get("private")
        if head.salt is not None and part:
            separate = private_hash(head.salt, part)
        if make_body(public, separate) != head.body or row[0] in altered:
            yield _("{record}: its row is not what its version says.").format(
                record=f"{model.type_name} {head.record}"
            )
