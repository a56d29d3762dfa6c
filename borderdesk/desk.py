"""A desk: opening it, and every operation on it by name.

Each write is one operation, one transaction (`operations`). Parts with tables of their own are
modules of their own, reached as `desk.drafts`, `desk.preferences`.
"""

import datetime
import gc
import json
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from borderdesk.base.errors import (
    CannotOpen,
    Changed,
    Doubtful,
    Invalid,
    KeptElsewhere,
    Refused,
    UserError,
    reason,
)
from borderdesk.base.i18n import N_, _
from borderdesk.base.paths import database_file
from borderdesk.base.periods import Calendar
from borderdesk.base.text import FORBIDDEN, fold, nfc, sort_key
from borderdesk.schema import settings
from borderdesk.schema.book import Book
from borderdesk.schema.fields import Bad, Choice, Kind
from borderdesk.schema.record import Cleaned, Revisioned, Values, clean, say
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import Node, Stamp, current, local_date, utc_stamp
from borderdesk.session.drafts import Drafts
from borderdesk.session.opening import bring_up_to_date, explained, lay_out
from borderdesk.session.operations import PERMISSIONS, operation
from borderdesk.session.preferences import Preferences
from borderdesk.store import listing
from borderdesk.store.database import Store
from borderdesk.store.history import Change, Past, Writer, load, past, past_of
from borderdesk.store.listing import Filter, Listed, Sort
from borderdesk.store.locks import Lock
from borderdesk.store.tables import table_name

if TYPE_CHECKING:
    from borderdesk.backups.backups import Backups
    from borderdesk.closing.closing import Closing
    from borderdesk.closing.narratives import Narratives
    from borderdesk.entry.bulk import Bulk
    from borderdesk.entry.entering import Entering
    from borderdesk.entry.entering import Post as Writable
    from borderdesk.entry.grid import Grid
    from borderdesk.exchange.exchange import Exchange
    from borderdesk.ledgers.ledgers import Ledgers
    from borderdesk.schema.reference.load import Loaded

ROLES = ("post", "liaison", "province")
BATCH_ROWS = 500
COLLECTED_AFTER = 100_000
"""So many more objects are made than let go, while many records are added, before rings of them
are looked for."""

T = TypeVar("T")


class Identity(NamedTuple):
    """What a desk is: `id` 32 hex digits, `unit` a post code, district id or the province;
    `demo` when its records are invented, `practice` when nothing on it counts."""

    id: str
    role: str
    unit: str
    user: str
    demo: bool
    practice: bool = False


class Saved(NamedTuple):
    """A record that is durably saved, with the doubts that were kept, in words."""

    id: str
    revision: str
    warnings: dict[str, str]


class Desk:
    """One desk, open. Close it, or use it in a `with`."""

    def __init__(self, folder: Path, store: Store, lock: Lock) -> None:
        self.folder = folder
        self.store = store
        self._lock = lock
        self._book: Book | None = None
        meta = dict(store.rows("SELECT key, value FROM meta"))
        self.identity = Identity(
            meta["desk"],
            meta["role"],
            meta["unit"],
            meta["user"],
            meta.get("demo") == "1",
            meta.get("practice") == "1",
        )
        store.ranks = self._ranks
        self.drafts = Drafts(self)
        self.preferences = Preferences(self)

    @cached_property
    def bulk(self) -> "Bulk":
        """The same done to many records; imported when it is first needed."""
        from borderdesk.entry.bulk import Bulk

        return Bulk(self)

    @cached_property
    def grid(self) -> "Grid":
        """The saving of tables; imported when it is first needed."""
        from borderdesk.entry.grid import Grid

        return Grid(self)

    @cached_property
    def ledgers(self) -> "Ledgers":
        """Reference data, settings and targets as tables; imported when it is first needed."""
        from borderdesk.ledgers.ledgers import Ledgers

        return Ledgers(self)

    @cached_property
    def closing(self) -> "Closing":
        """What was signed and is closed; imported when it is first needed."""
        from borderdesk.closing.closing import Closing

        return Closing(self)

    @cached_property
    def narratives(self) -> "Narratives":
        """What a person writes in reports; imported when it is first needed."""
        from borderdesk.closing.narratives import Narratives

        return Narratives(self)

    @cached_property
    def exchange(self) -> "Exchange":
        """What the desk does with other desks; imported when it is first needed."""
        from borderdesk.exchange.exchange import Exchange

        return Exchange(self)

    @cached_property
    def backups(self) -> "Backups":
        """The copies of the desk; imported when it is first needed."""
        from borderdesk.backups.backups import Backups

        return Backups(self)

    # ------------------------------------------------------------- opening, closing

    @classmethod
    def create(
        cls, folder: Path, role: str, unit: str, user: str, *, demo: bool = False,
        practice: bool = False, desk_id: str | None = None, key: bytes | None = None,
    ) -> Self:  # fmt: skip
        """Make a desk with the shipped reference data in `folder`.

        unit: a post code, a district's name, or 20 for the province.
        """
        path = database_file(folder)
        try:
            if path.exists():
                raise Refused(_("There is a desk in {folder} already.").format(folder=folder))
            folder.mkdir(parents=True, exist_ok=True)
            half = path.with_name(path.name + ".new")
            _forget(half)
            try:
                lay_out(
                    half,
                    role,
                    unit,
                    user,
                    desk_id or os.urandom(16).hex(),
                    key,
                    demo=demo,
                    practice=practice,
                )
                half.replace(path)
            finally:
                _forget(half)
        except OSError as error:
            raise _unwritable(folder, error) from None
        return cls.open(folder, key)

    @classmethod
    def open(cls, folder: Path, key: bytes | None = None) -> Self:
        """Open the desk in `folder`; an older file is upgraded, with a copy taken first."""
        path = database_file(folder)
        lock = Lock(folder / "desk.lock")
        try:
            if not path.is_file():
                raise CannotOpen(
                    _(
                        "There is no desk in {folder}. Make one with “init”, or look at the"
                        " demonstration with “demo”."
                    ).format(folder=folder)
                )
            taken = lock.take(exclusive=False)
        except OSError as error:
            raise _unwritable(folder, error) from None
        if not taken:
            raise CannotOpen(_("The desk is being restored or upgraded. Wait until that is done."))
        store = Store(path, key)
        try:
            with explained():
                store.connect()
                bring_up_to_date(folder, store, lock)
                return cls(folder, store, lock)
        except BaseException:
            if not store.is_closed():
                store.close()
            lock.release()
            raise

    def close(self) -> None:
        """Close this thread's connection and give the lock back."""
        if not self.store.is_closed():
            self.store.close()
        self._lock.release()

    @contextmanager
    def in_thread(self) -> Iterator[None]:
        """A connection for work in another thread, which must not end with it open."""
        with explained(), self.store.connection_context():
            yield

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # -------------------------------------------------------------------- knowledge

    @property
    def book(self) -> Book:
        """The reference book as it stands; read anew when anybody changed it."""
        version = self._meta_number("reference_version")
        if self._book is None or self._book.version != version:
            self.store.forget_ranks()
            self._book = Book(self._reference_rows, self.household_name, version)
        return self._book

    def _reference_rows(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        return self.store.rows(f"SELECT {columns} FROM {table}")

    def household_name(self, record: str) -> str:
        """Head and hamlet of a household, or "" for one that is not here."""
        found = self.store.one("SELECT head, hamlet FROM household WHERE id = ?", (record,))
        return ", ".join(part for part in found if part) if found else ""

    def _ranks(self, name: str) -> dict[str, int]:
        options: dict[str, str] = {}
        if name.startswith("choice:"):
            type_name, key = name.removeprefix("choice:").split(".")
            field = ALL_TYPES[type_name].columns()[key]
            assert isinstance(field, Choice)
            options = {code: _(label) for code, label in field.options.items()}
        return listing.ranks(self.book, name, options)

    def _meta_number(self, key: str) -> int:
        return int(self.store.value("SELECT value FROM meta WHERE key = ?", (key,)) or 0)

    def _set_meta(self, key: str, value: str) -> None:
        self.store.run(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def today(self) -> datetime.date:
        """The later of the clock's date and that of the newest revision."""
        clock = datetime.datetime.now().astimezone().date()
        newest = self.store.value("SELECT value FROM meta WHERE key = 'newest_time'")
        return max(clock, local_date(newest)) if newest else clock

    def calendar(self) -> Calendar:
        """The desk's periods, by its cut-off day."""
        book = self.book
        return Calendar(lambda day: int(book.setting("cut_off_day", day, "0")))

    def writable(self) -> "Writable":
        """The posts this desk writes for."""
        from borderdesk.entry.entering import Post as Writable

        role, unit = self.identity.role, self.identity.unit
        posts = self.book.posts
        if role == "post":
            return Writable(unit, frozenset({unit}))
        if role == "province":
            return Writable(None, frozenset(posts))
        district = {u.id for u in self.book.units.values() if u.parent == unit}
        long_ago = datetime.date(2025, 6, 30)
        inside = [p for p in posts if self.book.area_on(p, long_ago) & district]
        return Writable(None, frozenset(inside))

    def title(self) -> str:
        """What this desk is called: its post, district or province."""
        role, unit = self.identity.role, self.identity.unit
        return self.book.post_name(unit) if role == "post" else self.book.unit_name(unit)

    def banner(self) -> str | None:
        """What must stand wherever this desk's figures show: that they are not real."""
        if self.identity.practice:
            return _("PRACTICE DESK – nothing here counts")
        return _("INVENTED FIGURES – demonstration data") if self.identity.demo else None

    def indicator_keys(self) -> list[str]:
        """The keys of every indicator."""
        from borderdesk.figures.indicators import all_rows

        return [row.key for row in all_rows(self.book)]

    def scope_text(self, scope: str, day: datetime.date) -> str:
        """A scope as it is kept: its units by their permanent ids. Raises UserError."""
        from borderdesk.figures.scopes import parse_scope

        return parse_scope(self.book, scope, day).text

    def yearly_scope(self, scope: str, year: int) -> str:
        """A scope of a yearly target as it is kept; a unit that ended in the year counts."""
        calendar = self.calendar().parse(str(year))
        try:
            return self.scope_text(scope, calendar.last)
        except UserError:
            return self.scope_text(scope, calendar.first)

    def clean_value(self, field: Kind, text: str) -> Any:
        """The value that a typed text means for a field. Raises UserError."""
        entering = self.entering()
        entering.on = self.today()
        try:
            return field.read(text, entering)
        except Bad as error:
            raise UserError(str(error)) from None

    # -------------------------------------------------------------------- operations

    def require(self, permission: str) -> None:
        """Raise Refused unless the person at the desk holds the permission."""
        if "administrator" not in PERMISSIONS[permission]:
            raise Refused(_("You are not allowed to do this here."))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, or a part of the one that is open; a database error is explained to
        the person."""
        if self.store.in_transaction():
            yield
            return
        try:
            with explained(), self.store.transaction_for_writing():
                yield
        except BaseException:
            # The book may know a pick that was undone with the rest.
            self._book = None
            raise

    def entering(self, *, new_picks: bool = False) -> "Entering":
        """The rules of entry as they are now, for one transaction or one look."""
        # Rules of entry are imported with the first entry: a window starts without them.
        from borderdesk.entry.entering import Entering

        make = self._make_pick if new_picks else (lambda _list, _label: None)
        return Entering(self.store, self.book, self.today(), self.writable(), make)

    def _stamp(self) -> Stamp:
        return Stamp(self.identity.user, self.identity.id, utc_stamp())

    def _note_time(self, stamp: Stamp) -> None:
        """Keep the time of the newest revision: no record may be dated after it."""
        newest = self.store.value("SELECT value FROM meta WHERE key = 'newest_time'")
        if not newest or stamp.time > newest:
            self._set_meta("newest_time", stamp.time)

    def _write(self, entering_book: Book, changes: Iterable[Change]) -> list[bytes]:
        writer = Writer(self.store, entering_book)
        stamp = self._stamp()
        changes = list(changes)
        judge = self.closing.watch(changes)
        ids = [writer.write(change, stamp) for change in changes]
        writer.finish()
        if judge is not None:
            judge()
        self._note_time(stamp)
        return ids

    @operation("record.write")
    def add_record(
        self,
        type_name: str,
        raw: Mapping[str, Any],
        *,
        typed: bool = False,
        new_picks: bool = False,
        kept: Container[tuple[str, str]] | None = None,
        draft: str | None = None,
    ) -> Saved:
        """Save a new record. raw: JSON values, or texts as typed. Raises Invalid, Doubtful.

        kept: the doubts a person decided to keep, None to keep whatever there is; draft: the
        form it stood in, whose open draft goes with the saving.
        """
        entering = self.entering(new_picks=new_picks)
        changes = entering.prepare(ALL_TYPES[type_name], raw, typed=typed)
        _require_kept(changes[-1], kept)
        self._end_draft(draft)
        ids = self._write(entering.book, changes)
        return Saved(changes[-1].record, ids[-1].hex(), words_of(changes[-1].doubts))

    @operation("record.write")
    def add_batch(
        self,
        type_name: str,
        lines: Iterable[tuple[int, Mapping[str, Any] | Invalid]],
        *,
        keep_going: bool = False,
        typed: bool = False,
        new_picks: bool = False,
    ) -> list[tuple[int, Saved | Invalid]]:
        """Save many records in one transaction, in the order of `lines` (number, record).

        A line may already be Invalid (unreadable). Without keep_going one bad line undoes
        all; the outcome then holds the bad lines alone, and the caller must see to it that
        nothing is called saved. Raises `_Undone` inside, never to the caller.
        """
        return self._batch(type_name, lines, keep_going, typed, new_picks)

    def _batch(
        self,
        type_name: str,
        lines: Iterable[tuple[int, Mapping[str, Any] | Invalid]],
        keep_going: bool,
        typed: bool,
        new_picks: bool,
    ) -> list[tuple[int, Saved | Invalid]]:
        from borderdesk.entry.entering import Entering

        model = ALL_TYPES[type_name]
        entering = self.entering(new_picks=new_picks)
        writer, stamp = Writer(self.store, entering.book), self._stamp()
        prepare = self._prepare_with_picks if new_picks else Entering.prepare
        outcome: list[tuple[int, Saved | Invalid]] = []
        refused: list[tuple[int, Invalid]] = []
        waiting = iter(entering.in_order(model, lines))
        with _rarely_collected():
            # Many lines are read, then checked, then written: far quicker than each by turns.
            while group := list(islice(waiting, BATCH_ROWS)):
                prepared: list[tuple[int, list[Change]]] = []
                for number, raw in group:
                    try:
                        if isinstance(raw, Invalid):
                            raise raw
                        prepared.append((number, prepare(entering, model, raw, typed=typed)))
                    except Invalid as problem:
                        refused.append((number, problem))
                if keep_going or not refused:
                    outcome += _written(writer, prepared, stamp)
                    entering.written()
            writer.finish()
        if outcome:
            self._note_time(stamp)
        if refused and not keep_going:
            raise BatchRefused(sorted(refused, key=itemgetter(0)))
        return sorted([*outcome, *refused], key=itemgetter(0))

    def _prepare_with_picks(
        self, entering: "Entering", model: type[Revisioned], raw: Mapping[str, Any], *, typed: bool
    ) -> list[Change]:
        with self._picks_kept():
            return entering.prepare(model, raw, typed=typed)

    @contextmanager
    def _picks_kept(self) -> Iterator[None]:
        """New picks stay only when the record that made them does."""
        self.store.run("SAVEPOINT line")
        try:
            yield
        except Invalid:
            self.store.run("ROLLBACK TO line")
            if self._book is not None:
                self._book.forget_picks(self._meta_number("reference_version"))
            raise
        finally:
            self.store.run("RELEASE line")

    @operation("record.write")
    def edit_record(
        self,
        type_name: str,
        record: str,
        changes: Mapping[str, Any],
        *,
        base: str | None = None,
        typed: bool = False,
        reason: str | None = None,
        kept: Container[tuple[str, str]] | None = None,
        draft: str | None = None,
    ) -> Saved:
        """Save changed fields of a record (None or "" takes one away).

        base: the revision the person saw; Changed is raised when it is not the newest any
        more; kept, draft: as for `add_record`. Raises Invalid, Doubtful, Refused, LookupError.
        """
        model, record = ALL_TYPES[type_name], record.lower()
        known, head = self._known(model, record)
        if base is not None and base != head.id.hex():
            raise Changed(
                _("Somebody changed this record meanwhile. Your text is kept; look at theirs.")
            )
        self.require_owner(type_name, record, known)
        self._require_whole(head)
        entering = self.entering()
        prepared = entering.prepare_edit(
            model, record, known, changes, typed=typed, doubts=self.kept_doubts(record)
        )
        edit = prepared[-1]
        _require_kept(edit, kept)
        self._end_draft(draft)
        if edit.values == known:
            return Saved(record, head.id.hex(), words_of(edit.doubts))
        edit = edit._replace(parents=(head.id,), number=head.number + 1, reason=reason)
        ids = self._write(entering.book, [*prepared[:-1], edit])
        return Saved(record, ids[-1].hex(), words_of(edit.doubts))

    @operation("record.write")
    def delete_record(self, type_name: str, record: str, reason: str) -> str:
        """Delete a record; its revision's id in hex. `undelete_record` takes it back."""
        model, record = ALL_TYPES[type_name], record.lower()
        known, head = self._known(model, record)
        self.require_owner(type_name, record, known)
        if model is Household:
            self._require_unused(record)
        reason = self._reason(reason)
        deletion = Change(model, record, None, (head.id,), head.number + 1, reason, None)
        return self._write(self.book, [deletion])[-1].hex()

    @operation("record.write")
    def undelete_record(self, type_name: str, record: str) -> Saved:
        """Take a deletion back: the version before it becomes current again."""
        model, record = ALL_TYPES[type_name], record.lower()
        versions = self._versions(type_name, record)
        head = current(_nodes(versions))
        if not head.deleted:
            raise UserError(_("This record is not deleted."))
        before = next(v for v in reversed(versions) if not v.deleted)
        values = before.values()
        assert values is not None
        self.require_owner(type_name, record, values)
        self._require_households(model, values)
        back = Change(model, record, values, (head.id,), head.number + 1, None, None)
        revision = self._write(self.book, [back])[-1]
        return Saved(record, revision.hex(), dict(self.doubts(record)))

    def _end_draft(self, form: str | None) -> None:
        if form is not None:
            self.store.run("DELETE FROM draft WHERE form = ? AND parked = 0", (form,))

    def _reason(self, reason: str) -> str:
        reason = nfc(reason).strip()
        if not reason or len(reason) > 500 or FORBIDDEN.search(reason):
            raise UserError(_("A reason of one line is needed."))
        return reason

    def _known(self, model: type[Revisioned], record: str) -> tuple[Values, Past]:
        try:
            values, seq = load(self.store, model, record)
        except LookupError:
            raise _no_record(model, record) from None
        head = next(past(self.store, "WHERE r.seq = ?", (seq,)))
        return values, head

    def _versions(self, type_name: str, record: str) -> list[Past]:
        versions = past_of(self.store, record.lower())
        if not versions or versions[0].type != type_name:
            raise _no_record(ALL_TYPES[type_name], record)
        return versions

    def owns(self, type_name: str, record: str, values: Values) -> bool:
        """Whether a record may be edited here: on desks of its post and where it was first
        written; a household only where it was made."""
        own_post = self.identity.role == "post" and values.get("post") == self.identity.unit
        if own_post and type_name != Household.type_name:
            return True
        first = self.store.value(
            "SELECT desk FROM revision WHERE record = ? ORDER BY number, seq LIMIT 1", (record,)
        )
        return bool(first == self.identity.id)

    def require_owner(self, type_name: str, record: str, values: Values) -> None:
        """Raise Refused unless the record may be edited here."""
        if not self.owns(type_name, record, values):
            raise KeptElsewhere(_("This belongs to another desk; only that desk may change it."))

    def write_changes(self, changes: Iterable[Change]) -> list[bytes]:
        """Write changes within the operation that is open; their revisions' ids."""
        return self._write(self.book, changes)

    def _require_whole(self, head: Past) -> None:
        """A version whose personal part stayed elsewhere must not be edited: it would be lost."""
        if not head.is_whole():
            raise Refused(
                _("A part of this record stayed on the desk that wrote it. Ask that desk for a"
                  " package with personal fields, or edit it there.")
            )  # fmt: skip

    def _require_households(self, model: type[Revisioned], values: Values) -> None:
        from borderdesk.entry.entering import household_fields

        for key in household_fields(model):
            named = values.get(key)
            if named and not self.store.value("SELECT 1 FROM household WHERE id = ?", (named,)):
                raise Refused(_("The household it names was deleted; take that back first."))

    def _require_unused(self, household: str) -> None:
        from borderdesk.entry.entering import household_fields

        for model, key in [(m, k) for m in ALL_TYPES.values() for k in household_fields(m)]:
            used = self.store.value(
                f"SELECT COUNT(*) FROM {table_name(model)} WHERE {key} = ?", (household,)
            )
            if used:
                raise Refused(
                    _("{count} records name this household ({type}); delete them first.").format(
                        count=used, type=_(model.title)
                    )
                )

    # ----------------------------------------------------------------------- reading

    def check(self, type_name: str, raw: Mapping[str, str]) -> Cleaned:
        """What is wrong or doubtful with a form as typed so far, without the store's rules."""
        return clean(ALL_TYPES[type_name], raw, self.entering(), typed=True)

    def record(self, type_name: str, record: str) -> tuple[Values, str, list[tuple[str, str]]]:
        """A record's values, its revision in hex, and the doubts that were kept."""
        values, head = self._known(ALL_TYPES[type_name], record)
        return values, head.id.hex(), self.doubts(record)

    def doubts(self, record: str) -> list[tuple[str, str]]:
        """The doubts kept with a record, in words: (field, sentence)."""
        return [(field, say(doubt)) for field, doubt in self.kept_doubts(record)]

    def kept_doubts(self, record: str) -> list[tuple[str, str]]:
        """The doubts kept with a record as they are stored: (field, English key)."""
        kept = self.store.value("SELECT doubts FROM soft_warning WHERE record = ?", (record,))
        return [(field, doubt) for field, doubt in json.loads(kept)] if kept else []

    def history(self, type_name: str, record: str) -> list[Past]:
        """Every revision of a record, oldest first."""
        return self._versions(type_name, record)

    def page(
        self,
        type_name: str,
        chosen: Filter,
        sort: Sort = Sort(),  # noqa: B008 - an immutable tuple
        after: tuple[Any, int] | None = None,
        limit: int = listing.PAGE,
    ) -> list[Listed]:
        """A page of a list; see `listing.page`."""
        with explained():
            return listing.page(self.store, ALL_TYPES[type_name], chosen, sort, after, limit)

    def order_ahead(self, type_name: str, chosen: Filter, sort: Sort) -> None:
        """Prepare the next pages of a list; see `listing.order_ahead`."""
        with explained():
            listing.order_ahead(self.store, ALL_TYPES[type_name], chosen, sort)

    def doubles(self, type_name: str) -> int:
        """How many records of a type have two versions that wait for a choice."""
        sql = "SELECT COUNT(*) FROM double_version WHERE type = ?"
        return int(self.store.value(sql, (type_name,)))

    def ids(self, type_name: str, chosen: Filter) -> list[str]:
        """The ids of every record of a list, oldest first."""
        with explained():
            return listing.ids(self.store, ALL_TYPES[type_name], chosen)

    def totals(self, type_name: str, chosen: Filter) -> dict[str, Any]:
        """The sums of a list's numbers, by field; nothing where no record has one."""
        with explained():
            return listing.totals(self.store, ALL_TYPES[type_name], chosen)

    def stream(
        self, type_name: str, chosen: Filter, limit: int | None = None, offset: int = 0
    ) -> Iterator[Listed]:
        """Every record of a list with its children, oldest first."""
        return listing.stream(self.store, ALL_TYPES[type_name], chosen, limit, offset)

    def count(self, type_name: str, chosen: Filter) -> int:
        """How many records a list has."""
        with explained():
            return listing.count(self.store, ALL_TYPES[type_name], chosen)

    def find_households(self, text: str, limit: int = 20) -> list[tuple[str, str, str, str]]:
        """Households found by words: (id, head, hamlet, commune's name)."""
        rows = self.page("household", Filter(search=text), limit=limit)
        book = self.book
        return [
            (
                r.id,
                r.values.get("head", ""),
                r.values["hamlet"],
                book.unit_name(r.values["commune"]),
            )
            for r in rows
        ]

    def hamlets(self, commune: str) -> list[str]:
        """The hamlets known of a commune (a unit id), in Vietnamese order: those of the list,
        and those that households there gave."""
        listed = {h.name for h in self.book.hamlets if h.commune == commune}
        given = self.store.rows(
            "SELECT DISTINCT hamlet FROM household WHERE commune = ? AND hamlet IS NOT NULL",
            (commune,),
        )
        return sorted(listed | {row[0] for row in given}, key=sort_key)

    def units_named(self, text: str) -> frozenset[str]:
        """The unit ids that an id, code or name means for a filter, of whatever time."""
        from borderdesk.schema.book import bare_name

        typed, bare = fold(text), bare_name(text)
        found = {
            u.id
            for u in self.book.units.values()
            if u.kind == "commune"
            and (text in (u.id, u.code) or typed == fold(u.name) or bare == bare_name(u.name))
        }
        if not found:
            raise UserError(_("“{value}” is not a known commune.").format(value=text[:60]))
        return frozenset(found)

    # ---------------------------------------------------------------- reference data

    def touch_reference(self) -> None:
        """Have every book of this desk read anew."""
        self._set_meta("reference_version", str(self._meta_number("reference_version") + 1))
        self._book = None

    def _make_pick(self, pick_list: str, label: str) -> str:
        book = self.book
        taken = book.picks.get(pick_list, {})
        from borderdesk.entry.entering import pick_slug

        code = pick_slug(label, taken)
        self.store.run(
            "INSERT INTO pick_entry (list, code, vi, en, unit) VALUES (?, ?, ?, ?, ?)",
            (pick_list, code, label, "", ""),
        )
        book.version += 1
        self._set_meta("reference_version", str(book.version))
        book.add_pick(pick_list, code, label)
        return code

    @operation("reference.write")
    def load_reference(self, path: Path) -> tuple[str, int]:
        """Add or update reference data from a CSV; (its kind, how many rows)."""
        from borderdesk.schema.reference import load as reference_file

        loaded = reference_file.with_unit_ids(reference_file.read(path), self.book)
        refused = self.write_reference(loaded)
        if refused:
            where = _("line {line}, {column}")
            raise Invalid({where.format(line=n, column=c): told for n, c, told in refused})
        return loaded.sheet.name, len(loaded.rows)

    @operation("reference.write")
    def write_reference(self, loaded: "Loaded") -> "list[tuple[int, str, str]]":
        """Add or update rows that were read; those refused as (line, column, why), and then
        nothing is written."""
        from borderdesk.schema.reference import load as reference_file

        refused = reference_file.broken_links(loaded, self.book)
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

    def names(self) -> "tuple[dict[str, Any], dict[str, Any]]":
        """What pick lists and units are called now, for `follow_names`."""
        book = self.book
        return dict(book.picks), {unit: book.unit_name(unit) for unit in book.units}

    def follow_names(self, before: "tuple[dict[str, Any], dict[str, Any]]") -> None:
        """Have the book read anew, and search follow when anything is called otherwise now."""
        from borderdesk.store.rebuild import reindex

        self.touch_reference()
        if _renamed(before, self.names()):
            reindex(self.store, self.book)

    def _end_provisional(self, loaded: "Loaded") -> None:
        """What somebody entered here is no longer what packages say of it."""
        kind, *key = {
            "units": ("unit", "id"), "posts": ("post", "code"), "picks": ("pick", "list", "code"),
        }.get(loaded.sheet.name, ("",))  # fmt: skip
        if kind:
            self.store.many(
                "DELETE FROM provisional_place WHERE kind = ? AND list = ? AND code = ?",
                [(kind, row["list"] if len(key) == 2 else "", row[key[-1]]) for row in loaded.rows],
            )

    @operation("settings.write")
    def set_setting(self, key: str, value: str, valid_from: str = settings.ALWAYS) -> None:
        """Set a setting from a day on (always without one)."""
        value = settings.checked(key, value)
        if not settings.is_day(valid_from):
            raise UserError(_("A date is written like 2023-12-31."))
        self.store.run(
            "INSERT INTO setting (key, valid_from, value) VALUES (?, ?, ?)"
            " ON CONFLICT (key, valid_from) DO UPDATE SET value = excluded.value",
            (key, valid_from, value),
        )
        self.touch_reference()

    # ---------------------------------------------------------------------- targets

    @operation("targets.write")
    def write_targets(self, write: Callable[[Store], T]) -> T:
        """Write regulations, targets or baselines (`borderdesk.figures.targets` says how)."""
        return write(self.store)

    # -------------------------------------------------------------------- maintenance

    def rest(self) -> None:
        """Fold the log back while nobody is typing, so that no save has to."""
        self.store.fold_log()

    @operation("maintain")
    def rebuild(self) -> list[str]:
        """Derive every current row and search entry anew; the differences there were."""
        from borderdesk.store.rebuild import rebuild

        return rebuild(self.store, self.book)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
        """Check file, chains, hashes and derived rows; the shape of the command's JSON."""
        from borderdesk.store.verify import verify

        with explained():
            return verify(self.store, progress)


def _forget(half: Path) -> None:
    """Take away a database that was not finished, with its log."""
    for ending in ("", "-wal", "-shm", "-journal"):
        half.with_name(half.name + ending).unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> CannotOpen:
    return CannotOpen(
        _("The folder {folder} cannot be written to: {error}").format(
            folder=folder, error=reason(error)
        )
    )


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Have rings of objects looked for rarely meanwhile: records are none, and every look goes
    through all that is remembered of them."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECTED_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _written(
    writer: Writer, prepared: Iterable[tuple[int, list[Change]]], stamp: Stamp
) -> Iterator[tuple[int, Saved]]:
    """Write what was prepared of each line; what was saved."""
    for number, changes in prepared:
        for change in changes:
            revision = writer.write(change, stamp)
        yield number, Saved(change.record, revision.hex(), words_of(change.doubts))
    writer.flush()


class BatchRefused(UserError):
    """A batch of which nothing was kept: the bad lines with their problems."""

    def __init__(self, lines: list[tuple[int, Invalid]]) -> None:
        super().__init__(_("Nothing was saved: some lines were refused."))
        self.lines = lines


def _require_kept(change: Change, kept: Container[tuple[str, str]] | None) -> None:
    """Raise Doubtful for what looks wrong and nobody has decided to keep."""
    if kept is None:
        return
    open_ones = [doubt for doubt in change.doubts or () if doubt not in kept]
    if open_ones:
        raise Doubtful(open_ones)


def words_of(doubts: Iterable[tuple[str, str]] | None) -> dict[str, str]:
    """Kept doubts by field, in the language in use."""
    told: dict[str, str] = {}
    for field, doubt in doubts or ():
        text = say(doubt)
        told[field] = f"{told[field]} {text}" if field in told else text
    return told


def _renamed(before: tuple[dict[str, Any], ...], after: tuple[dict[str, Any], ...]) -> bool:
    """Whether the name of anything that was there changed, so that search must follow."""
    (picks, units), (new_picks, new_units) = before, after
    if any(new_units.get(unit) != name for unit, name in units.items()):
        return True
    return any(
        new_picks[name][code].vi != pick.vi
        for name, entries in picks.items()
        for code, pick in entries.items()
    )


def _no_record(model: type[Revisioned], record: str) -> UserError:
    return UserError(
        _("There is no such record in “{type}”: {id}").format(type=_(model.title), id=record[:40])
    )


def _nodes(versions: Iterable[Past]) -> list[Node]:
    return [Node(v.id, v.parents, v.number, v.stamp.time, v.deleted) for v in versions]


WORDS = {
    "post": N_("post"),
    "liaison": N_("district liaison"),
    "province": N_("province"),
}
"""What a desk's role is called."""
