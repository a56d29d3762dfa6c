"""Records added, edited, deleted and read; each write is one operation in one transaction."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from borderdesk.base.errors import (
    ForeignRecord,
    InvalidRecord,
    OperationRefused,
    RecordChanged,
    RecordGone,
    UnconfirmedDoubts,
    UserError,
)
from borderdesk.base.gc_threshold import raised_gc_threshold
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.reasons import checked_reason
from borderdesk.entry.cell_record import with_cell_doubts
from borderdesk.entry.described_parts import judge_described
from borderdesk.entry.entry_plan import references
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.entry.erased_records import require_unerased
from borderdesk.entry.head_versions import last_edits, versions_waiting, write_over, write_restored
from borderdesk.entry.parts_elsewhere import stays_elsewhere
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.cleaning import CleaningResult, clean
from borderdesk.schema.kinds import ColumnField, FieldError, PickField, doubt_text, doubt_texts
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference.pick import pick_slug
from borderdesk.schema.revisions import RevisionStamp, current
from borderdesk.session.drafts import Drafts
from borderdesk.session.identity import writing_area
from borderdesk.session.operations import operation
from borderdesk.session.personal_words import without_persons
from borderdesk.session.session import SessionPart
from borderdesk.store.models.records import SoftWarningRow
from borderdesk.store.records.history import (
    NewVersion,
    StoredRevision,
    first_desk,
    load,
    revisions_of,
    stored_revisions,
)
from borderdesk.store.records.logs import unit_of_desk
from borderdesk.store.records.record_queries import count_naming, is_here, savepoint
from borderdesk.store.records.writer import Writer

BATCH_ROWS = 500


class SavedRecord(NamedTuple):
    """A record that is durably saved, with the confirmed doubts, in words by field."""

    id: str
    revision: str
    warnings: dict[str, str]


class BatchRefused(UserError):
    """A batch that was rolled back: the invalid lines with their problems."""

    def __init__(self, lines: list[tuple[int, InvalidRecord]]) -> None:
        super().__init__(_("Nothing was saved: some lines were refused."))
        self.lines = lines


class RecordEditor(SessionPart):
    """Adding, changing, deleting and reading records by their type and id."""

    def rules(self, *, new_picks: bool = False) -> EntryRules:
        """The rules of entry as they are now, for one transaction or one check.

        new_picks: whether an unknown pick is added to its list instead of refused.
        """
        make_pick = self._make_pick if new_picks else None
        session = self.session
        book = session.book
        return EntryRules(
            self.store,
            book,
            session.today(),
            writing_area(session.identity, book),
            make_pick,
            invented=not session.identity.in_earnest,
            late=session.write_guard.late_check(),
        )

    @operation("record.write")
    def add_pick(self, pick_list: str, label: str) -> str:
        """Add an entry to a pick list, as entering a record with a new pick does; its code."""
        try:
            code = PickField("", pick_list).clean(label, self.rules(new_picks=True))
        except FieldError as error:
            raise UserError(str(error)) from None
        return code or ""

    def _make_pick(self, pick_list: str, label: str) -> str:
        code = pick_slug(label, self.session.book.picks.get(pick_list, {}))
        self.session.add_pick(pick_list, code, label)
        return code

    # ---------------------------------------------------------------------- writing

    @operation("record.write")
    def add(
        self,
        type_name: str,
        raw: Mapping[str, Any],
        *,
        typed: bool = False,
        new_picks: bool = False,
        confirmed: Container[tuple[str, str]] | None = None,
        draft: str | None = None,
    ) -> SavedRecord:
        """Save a new record. raw: JSON values, or texts as typed. Raises InvalidRecord,
        UnconfirmedDoubts.

        confirmed: the doubts that a person confirmed, None to confirm all; draft: the form it was
        typed in, whose open draft is removed in the same transaction.
        """
        rules = self.rules(new_picks=new_picks)
        changes = rules.prepare(ALL_TYPES[type_name], raw, typed=typed)
        _require_kept(changes[-1], confirmed)
        self._end_draft(draft)
        ids = self._write(rules.book, changes)
        return SavedRecord(changes[-1].record, ids[-1].hex(), doubt_texts(changes[-1].doubts))

    @operation("record.write")
    def add_batch(
        self,
        type_name: str,
        lines: Iterable[tuple[int, Mapping[str, Any] | InvalidRecord]],
        *,
        keep_going: bool = False,
        typed: bool = False,
        new_picks: bool = False,
    ) -> list[tuple[int, SavedRecord | InvalidRecord]]:
        """Save many records in one transaction, in the order of `lines` (number, record).

        A line may already be an InvalidRecord (unreadable). With keep_going the good lines are
        saved and the outcome holds both; without it one bad line raises BatchRefused and nothing
        is saved.
        """
        model = ALL_TYPES[type_name]
        rules = self.rules(new_picks=new_picks)
        writer, stamp = Writer(self.store, rules.book), self.session.stamp()
        prepare = self.prepare_with_picks if new_picks else EntryRules.prepare
        outcome: list[tuple[int, SavedRecord | InvalidRecord]] = []
        refused: list[tuple[int, InvalidRecord]] = []
        waiting = iter(rules.in_order(model, lines))
        with raised_gc_threshold():
            # Groups: one flush of the writer each, far quicker than a flush a line.
            while group := list(islice(waiting, BATCH_ROWS)):
                prepared: list[tuple[int, list[NewVersion]]] = []
                for number, raw in group:
                    try:
                        if isinstance(raw, InvalidRecord):
                            raise raw
                        changes = prepare(rules, model, raw, typed=typed)
                        prepared.append((number, with_cell_doubts(changes, raw)))
                    except InvalidRecord as problem:
                        refused.append((number, problem))
                if keep_going or not refused:
                    outcome += _written(writer, prepared, stamp)
                    rules.forget_written()
            writer.finish()
        if outcome:
            self.session.note_time(stamp)
        if refused and not keep_going:
            raise BatchRefused(sorted(refused, key=itemgetter(0)))
        return sorted([*outcome, *refused], key=itemgetter(0))

    def prepare_with_picks(
        self,
        rules: EntryRules,
        model: type[RevisionedModel],
        raw: Mapping[str, Any],
        *,
        typed: bool,
    ) -> list[NewVersion]:
        """The changes that `rules.prepare` gives, and new picks only where it accepts the record.

        Raises InvalidRecord.
        """
        with self._picks_kept():
            return rules.prepare(model, raw, typed=typed)

    @contextmanager
    def _picks_kept(self) -> Iterator[None]:
        """A savepoint for one line: new picks are rolled back with a record that is refused."""
        try:
            with savepoint(self.store, InvalidRecord):
                yield
        except InvalidRecord:
            self.session.forget_picks()
            raise

    @operation("record.write")
    def edit(
        self,
        type_name: str,
        record: str,
        changes: Mapping[str, Any],
        *,
        base: str | None = None,
        typed: bool = False,
        reason: str | None = None,
        confirmed: Container[tuple[str, str]] | None = None,
        draft: str | None = None,
    ) -> SavedRecord:
        """Save changed fields of a record (None or "" clears one).

        base: the revision the person saw; RecordChanged is raised when it is not the newest any
        more; confirmed, draft: as for `add`. Raises InvalidRecord, UnconfirmedDoubts,
        OperationRefused, UserError.
        """
        model, record = ALL_TYPES[type_name], record.lower()
        stored_values, head = self.current(model, record)
        if base is not None and base != head.id.hex():
            raise RecordChanged(
                _("Somebody changed this record meanwhile. Your text is kept; look at theirs.")
            )
        self.require_owner(type_name, record, stored_values)
        away = self._part_away(model, head, changes)
        rules = self.rules()
        prepared = rules.prepare_edit(
            model,
            record,
            stored_values,
            changes,
            typed=typed,
            doubts=self.kept_doubts(record),
            away=away is not None,
        )
        edit = prepared[-1]
        _require_kept(edit, confirmed)
        self._end_draft(draft)
        if edit.values == stored_values:
            return SavedRecord(record, head.id.hex(), doubt_texts(edit.doubts))
        if reason:
            reason = without_persons(self.store, record, reason, prepared)
        edit = edit._replace(parents=(head.id,), number=head.number + 1, reason=reason, away=away)
        ids = self._write(rules.book, [*prepared[:-1], edit])
        return SavedRecord(record, ids[-1].hex(), doubt_texts(edit.doubts))

    def _part_away(
        self, model: type[RevisionedModel], head: StoredRevision, changes: Iterable[str]
    ) -> str | None:
        """The hash of a separate part on a lost machine that the edit does not touch, to be
        referenced unchanged. None for no such part, or if it is typed again.

        Raises OperationRefused where the desk that has the part is in use.
        """
        self._require_whole(head)
        touched = any(model.keeps_apart(key) for key in changes if _is_field(model, key))
        return None if touched else head.away()

    @operation("record.write")
    def delete(self, type_name: str, record: str, reason: str) -> str:
        """Delete a record; its revision's id in hex. `undelete` takes it back."""
        model, record = ALL_TYPES[type_name], record.lower()
        stored_values, head = self.current(model, record)
        self.require_owner(type_name, record, stored_values)
        self._require_unused(model, record)
        reason = without_persons(self.store, record, checked_reason(reason))
        deletion = NewVersion(model, record, None, reason=reason, doubts=None)
        versions = versions_waiting(self.store, record, head)
        return write_over(self.store, self.write, deletion, versions).hex()

    @operation("record.write")
    def undelete(self, type_name: str, record: str) -> SavedRecord:
        """Revert a deletion: the version before it becomes current again; several that waited for
        a choice wait again.

        Raises UserError for a record that is not deleted, OperationRefused for one of another desk
        or stored without its text.
        """
        model, record = ALL_TYPES[type_name], record.lower()
        versions = self.history(type_name, record)
        head = current([version.node() for version in versions])
        if not head.deleted:
            raise UserError(_("This record is not deleted."))
        edits = last_edits(versions)
        values = edits[0].values() if edits else None
        if values is None or any(version.values() is None for version in edits):
            raise OperationRefused(
                _(
                    "The text of this record never came to this desk. Take it back on the desk"
                    " that wrote it."
                )
            )
        self.require_owner(type_name, record, values)
        self._require_references(model, values)
        revision = write_restored(self, edits, versions)
        return SavedRecord(record, revision.hex(), dict(self.doubts(record)))

    @operation("record.write")
    def take_back(self, type_name: str, record: str, revision: str) -> None:
        """Undo the edit that `revision` (hex) was: the version before it becomes current again, as
        a revision of its own. A choice between versions is undone by the inbox.

        Raises RecordChanged when the record was changed since, RecordGone, OperationRefused.
        """
        model, record = ALL_TYPES[type_name], record.lower()
        stored_values, head = self.current(model, record)
        if head.id.hex() != revision:
            raise RecordChanged(
                _("This record was changed again since; that change has to be undone first.")
            )
        before = {version.id: version for version in self.history(type_name, record)}
        source = next((before[p] for p in head.parents if p in before), None)
        if source is None or (values := source.values()) is None:
            raise OperationRefused(_("There is no version before this one."))
        self.require_owner(type_name, record, stored_values)
        self._require_whole(head)
        self._require_references(model, values)
        back = NewVersion(
            model, record, values, (head.id,), head.number + 1, None, None, source.away()
        )
        self._write(self.session.book, [back])

    def write(
        self, changes: Iterable[NewVersion], stamps: Iterable[RevisionStamp] | None = None
    ) -> list[bytes]:
        """Write changes within the open operation; returns the ids of their revisions. stamps: one
        for each change; else all get one of the present time."""
        return self._write(self.session.book, changes, stamps)

    def _write(
        self,
        book: ReferenceBook,
        changes: Iterable[NewVersion],
        stamps: Iterable[RevisionStamp] | None = None,
    ) -> list[bytes]:
        writer = Writer(self.store, book)
        changes = list(changes)
        require_unerased(self.store, changes)
        of_each = list(stamps or [self.session.stamp()] * len(changes))
        check = self.session.write_guard.watch(changes)
        ids = [writer.write(*stamped) for stamped in zip(changes, of_each, strict=True)]
        writer.finish()
        if check is not None:
            check()
        if of_each:
            self.session.note_time(max(of_each, key=lambda stamp: stamp.time))
        return ids

    def _end_draft(self, form: str | None) -> None:
        if form is not None:
            self.session.part(Drafts).finish_draft(form)

    # -------------------------------------------------------------------- ownership

    def head_of(self, type_name: str, record: str) -> tuple[Values, StoredRevision]:
        """A record's values and the revision they are of. Raises UserError without one."""
        return self.current(ALL_TYPES[type_name], record)

    def owns(self, type_name: str, record: str, values: Values) -> bool:
        """Whether this desk may edit a record: a desk of its post, or of the unit whose desk made
        it; for a household, which names no post, only the latter."""
        identity, key = self.session.identity, ALL_TYPES[type_name].own_post()
        if key and identity.role == "post" and values.get(key) in self.session.writable().area:
            return True
        maker = first_desk(self.store, record)
        if maker is None or maker == identity.id:
            return maker is not None
        return unit_of_desk(self.store, maker) == (identity.unit, identity.role)

    def require_owner(self, type_name: str, record: str, values: Values) -> None:
        """Raise OperationRefused unless this desk may edit the record."""
        if not self.owns(type_name, record, values):
            raise ForeignRecord(_("This belongs to another desk; only that desk may change it."))

    def _require_whole(self, head: StoredRevision) -> None:
        """Raise OperationRefused for a version whose personal part is on a desk that is in use."""
        if stays_elsewhere(self.session, head):
            raise OperationRefused(
                _(
                    "A part of this record stayed on the desk that wrote it. Ask that desk for a"
                    " package with personal fields, or edit it there. Where that machine is gone,"
                    " revoke its card under “Cards”; what it kept is then typed again."
                )
            )

    def _require_references(self, model: type[RevisionedModel], values: Values) -> None:
        """Raise OperationRefused where a record that this one names was deleted."""
        for key, target in references(model):
            named_record = values.get(key)
            if named_record and not is_here(self.store, target, named_record):
                raise OperationRefused(
                    _("The household it names was deleted; take that back first.")
                )

    def _require_unused(self, target: type[RevisionedModel], record: str) -> None:
        """Raise OperationRefused where other records name this one."""
        naming = [
            (model, key)
            for model in ALL_TYPES.values()
            for key, referred in references(model)
            if referred is target
        ]
        for model, key in naming:
            uses = count_naming(self.store, model, key, record)
            if uses:
                raise OperationRefused(
                    ngettext(
                        "{count} record names this household ({type}); delete it first.",
                        "{count} records name this household ({type}); delete them first.",
                        uses,
                    ).format(count=uses, type=_(model.title))
                )

    # ---------------------------------------------------------------------- reading

    def check(self, type_name: str, raw: Mapping[str, str]) -> CleaningResult:
        """Problems and doubts of a form as typed so far, without the rules that query the store."""
        model, rules = ALL_TYPES[type_name], self.rules()
        cleaned = clean(model, raw, rules, typed=True)
        rules.doubt_places(model, cleaned)
        cleaned.problems.update(judge_described(model, cleaned, rules))
        return cleaned

    def check_values(self, type_name: str, raw: Mapping[str, Any]) -> CleaningResult:
        """The same of a record as JSON gives it."""
        return clean(ALL_TYPES[type_name], raw, self.rules())

    def clean_value(self, field: ColumnField, text: str) -> Any:
        """The value that a typed text means for a field. Raises UserError."""
        rules = self.rules()
        rules.on = self.session.today()
        try:
            return field.read(text, rules)
        except FieldError as error:
            raise UserError(str(error)) from None

    def read(self, type_name: str, record: str) -> tuple[Values, str, list[tuple[str, str]]]:
        """A record's values, its revision in hex, and the confirmed doubts."""
        values, head = self.current(ALL_TYPES[type_name], record)
        return values, head.id.hex(), self.doubts(record)

    def doubts(self, record: str) -> list[tuple[str, str]]:
        """The confirmed doubts of a record, in words: (field, sentence)."""
        return [(field, doubt_text(doubt)) for field, doubt in self.kept_doubts(record)]

    def kept_doubts(self, record: str) -> list[tuple[str, str]]:
        """The confirmed doubts of a record as stored: (field, English key)."""
        query = SoftWarningRow.select(SoftWarningRow.doubts).where(SoftWarningRow.record == record)
        stored = self.store.scalar(query)
        return [(field, doubt) for field, doubt in json.loads(stored)] if stored else []

    def history(self, type_name: str, record: str) -> list[StoredRevision]:
        """Every revision of a record, oldest first."""
        versions = revisions_of(self.store, record.lower())
        if not versions or versions[0].type != type_name:
            raise _no_record(ALL_TYPES[type_name], record)
        return versions

    def current(self, model: type[RevisionedModel], record: str) -> tuple[Values, StoredRevision]:
        try:
            values, seq = load(self.store, model, record)
        except LookupError:
            raise _no_record(model, record) from None
        head = next(stored_revisions(self.store, "WHERE r.seq = ?", (seq,)))
        return values, head


def _written(
    writer: Writer, prepared: Iterable[tuple[int, list[NewVersion]]], stamp: RevisionStamp
) -> Iterator[tuple[int, SavedRecord]]:
    """Write the prepared changes of each line; (line number, saved record)."""
    for number, changes in prepared:
        for change in changes:
            revision = writer.write(change, stamp)
        yield number, SavedRecord(change.record, revision.hex(), doubt_texts(change.doubts))
    writer.flush_records()


def _require_kept(change: NewVersion, confirmed: Container[tuple[str, str]] | None) -> None:
    """Raise UnconfirmedDoubts for doubts that are not confirmed."""
    if confirmed is None:
        return
    open_ones = [doubt for doubt in change.doubts or () if doubt not in confirmed]
    if open_ones:
        raise UnconfirmedDoubts(open_ones)


def _no_record(model: type[RevisionedModel], record: str) -> RecordGone:
    words = _("There is no such record in “{type}”: {id}")
    return RecordGone(words.format(type=_(model.title), id=record[:40]))


def _is_field(model: type[RevisionedModel], key: str) -> bool:
    return key in model.columns() or key in model.children()
