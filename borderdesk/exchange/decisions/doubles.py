"""The queue of doubles: pairs of records that may be one event logged twice, until a person
decides.

One queue for typed records, spreadsheets and packages: records that arrived since the last
comparison are compared with the stored ones, whatever their source.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.head_versions import last_edits
from borderdesk.entry.pair_decider import pair_decider
from borderdesk.entry.record_output import fields_json
from borderdesk.exchange.decisions.version_comparison import (
    RecordComparison,
    compare,
    day_and_place,
    headline,
)
from borderdesk.exchange.desks.author_rules import AuthorRules
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.double_verdicts import (
    ASKED,
    DIFFERENT,
    OPEN,
    SAME,
    VerdictEntry,
    counting_verdict,
    put_verdict,
)
from borderdesk.exchange.entries.inbox import RecordVersions
from borderdesk.exchange.entries.review_notes import ReviewNotes
from borderdesk.exchange.merging.desk_names import desk_names, desk_title, owner_title
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.personal_words import without_persons
from borderdesk.session.session import SessionPart
from borderdesk.store.matching.double_pairs import (
    ALIKE,
    BOTH_DELETED,
    ENTERED,
    SAME_ID,
    SAME_WORK,
    SIGNED,
    DoublePair,
    is_behind,
    leads_to,
    look_on,
    same_group,
    waiting_pairs,
)
from borderdesk.store.models.records import DoubleVerdictRow
from borderdesk.store.records.history import (
    StoredRevision,
    load,
    revisions_of,
    stored_revisions,
)
from borderdesk.store.records.record_queries import count_pairs

REASONS = {
    SAME_WORK: N_("Same work, logged twice?"),
    ENTERED: N_("Typed twice?"),
    SIGNED: N_("Signed twice this year?"),
    ALIKE: N_("Similar household"),
    SAME_ID: N_("Same ID number"),
    BOTH_DELETED: N_("Both deleted"),
}
"""Why two records are in the queue, in words."""


class DoubleChoice(NamedTuple):
    """Of two records, the one to delete and the one to keep; fields: those that the kept one takes
    from the other first."""

    type: str
    gone: str
    stays: str
    fields: tuple[str, ...] = ()


class PairComparison(NamedTuple):
    """A pair side by side. titles, owners: a short text of each record, and of its owner; may_go:
    for each whether this desk may delete it or join it to the other; asked: (the name of another
    desk that declares them the same, the position from 1 of the record to keep), None without such
    a question; values: of each."""

    pair: DoublePair
    compared: RecordComparison
    titles: tuple[str, str]
    owners: tuple[str, str]
    may_go: tuple[bool, bool]
    asked: tuple[str, int] | None
    values: tuple[Values, Values]


class Doubles(SessionPart):
    """The pairs of records that may be one."""

    # -------------------------------------------------------------------- looking

    def is_behind(self) -> bool:
        """Whether records arrived or changed that have not been compared yet."""
        return is_behind(self.store)

    @operation("record.write")
    def look_on(self) -> bool:
        """Compare some thousand new or changed records; returns whether more are left."""
        return look_on(self.store, self._posts(), self.session.calendar())

    def catch_up(self, progress: Progress = no_progress) -> None:
        """Compare all new or changed records."""
        steps = 0
        while self.is_behind() and self.look_on():
            steps += 1
            progress(steps, 0)

    def _posts(self) -> dict[str, str]:
        """{desk: its post} of the known desks of posts."""
        return self.session.part(DeskUnits).posts_of_desks()

    # -------------------------------------------------------------------- reading

    def counts(self) -> dict[str, int]:
        """{type: number of waiting pairs}, without types of none."""
        decider = pair_decider(self.session)
        counts = {name: count_pairs(self.store, name, decider) for name in ALL_TYPES}
        return {name: number for name, number in counts.items() if number}

    def count(self) -> int:
        """The number of waiting pairs."""
        return sum(self.counts().values())

    def waiting(self, limit: int = -1, type_name: str = "") -> list[DoublePair]:
        """The waiting pairs (of one type), type by type, the likeliest first; at most `limit`."""
        decider = pair_decider(self.session)
        names = [type_name] if type_name else ALL_TYPES
        waiting = [pair for name in names for pair in waiting_pairs(self.store, name, decider)]
        return waiting if limit < 0 else waiting[:limit]

    def compare(self, pairs: Iterable[DoublePair]) -> list[PairComparison]:
        """Pairs side by side; without pairs whose record was deleted since."""
        names = desk_names(self.session)
        return [
            comparison for pair in pairs if (comparison := self._compare(pair, names)) is not None
        ]

    def _compare(self, pair: DoublePair, names: dict[str, str]) -> PairComparison | None:
        heads = self._sides(pair)
        if len(heads) < 2:
            return None
        (first_head, values), (second_head, values_too) = heads
        versions = RecordVersions(pair.type, pair.first, [first_head, second_head], False)
        book, kind = self.session.book, pair.type
        may_go = (
            self._may_go(kind, pair.first, values),
            self._may_go(kind, pair.second, values_too),
        )
        return PairComparison(
            pair,
            compare(self.session, versions, names)._replace(chosen_here=all(may_go)),
            (headline(kind, values, book), headline(kind, values_too, book)),
            (
                owner_title(self.session, kind, values, names, first_head.stamp.desk),
                owner_title(self.session, kind, values_too, names, second_head.stamp.desk),
            ),
            may_go,
            self._asked(pair, names),
            (values, values_too),
        )

    def _sides(self, pair: DoublePair) -> list[tuple[StoredRevision, Values]]:
        """The versions of a pair to compare, without those that are missing here: the current ones,
        of deleted records the last edits."""
        records = (pair.first, pair.second)
        if pair.why == BOTH_DELETED:
            edits = (last_edits(revisions_of(self.store, record)) for record in records)
            return [(edit[0], edit[0].values() or {}) for edit in edits if edit]
        try:
            return [self._head(pair.type, record) for record in records]
        except UserError:
            return []

    def _asked(self, pair: DoublePair, names: dict[str, str]) -> tuple[str, int] | None:
        verdict = counting_verdict(self.store, pair.first, pair.second)
        if verdict is None or verdict.verdict not in (ASKED, SAME):
            return None
        if verdict.desk == self.session.identity.id:
            return None
        return desk_title(names, verdict.desk), 1 if verdict.stays == pair.first else 2

    def _head(self, type_name: str, record: str) -> tuple[StoredRevision, Values]:
        """The current version of a record and its values. Raises UserError for a missing one."""
        if type_name not in ALL_TYPES:
            raise UserError(_("There is no such record."))
        try:
            values, seq = load(self.store, ALL_TYPES[type_name], record)
        except LookupError:
            raise UserError(_("There is no such record.")) from None
        return next(stored_revisions(self.store, "WHERE r.seq = ?", (seq,))), values

    def _may_go(self, type_name: str, record: str, values: Values) -> bool:
        return self.session.part(RecordEditor).owns(type_name, record, values)

    # -------------------------------------------------------------------- deciding

    @operation("record.write")
    def mark_same(
        self,
        type_name: str,
        gone: str,
        stays: str,
        reason: str | None = None,
        fields: Collection[str] = (),
    ) -> str:
        """Declare two records the same: `gone` is deleted, a household is joined to `stays`. If
        only another desk may do that, a note requests it. Returns the verdict, SAME or ASKED.

        fields: those that `stays` takes from the other first, by an edit. Raises UserError,
        OperationRefused for a record that a closed period counted.
        """
        gone, stays = gone.lower(), stays.lower()
        if gone == stays:
            raise UserError(_("These are not two records."))
        (leaving, values), _staying = self._head(type_name, gone), self._head(type_name, stays)
        verdict = SAME if self._may_go(type_name, leaving.record, values) else ASKED
        if fields:
            self._take_fields(type_name, values, stays, fields)
        if verdict == ASKED:
            self._ask(type_name, gone, stays)
        else:
            self._remove(type_name, gone, stays, reason)
        self.note_verdict(type_name, gone, stays, verdict, stays)
        return verdict

    def _take_fields(
        self, type_name: str, values: Values, stays: str, fields: Collection[str]
    ) -> None:
        """Give the record that stays fields of the other."""
        model = ALL_TYPES[type_name]
        raw = fields_json(model, values, self.session.book)
        fixed_keys = {
            model.own_post(),
            *(() if model.matching is None else (model.matching.joined_to,)),
        }
        for key in fields:
            if key not in raw or key in fixed_keys:
                raise UserError(_("There is no such field: {key}.").format(key=key[:60]))
        changes = {key: raw[key] for key in fields}
        self.session.part(RecordEditor).edit(type_name, stays, changes)

    @operation("record.write")
    def mark_all_same(self, choices: Iterable[DoubleChoice]) -> list[DoubleChoice]:
        """Declare the two records of several pairs the same, one pair after another; pairs settled
        by an earlier one (of three alike, by the two before) are skipped. Returns the decided
        choices."""
        decided = []
        for choice in choices:
            if self._is_joined(choice):
                continue
            try:
                self._head(choice.type, choice.gone)
                self._head(choice.type, choice.stays)
            except UserError:
                continue
            type_name, gone, stays, fields = choice
            self.mark_same(type_name, gone, stays, fields=fields)
            decided.append(choice)
        return decided

    def _is_joined(self, choice: DoubleChoice) -> bool:
        return same_group(self.store, choice.gone, choice.stays)

    @operation("record.write")
    def take_back(self, choices: Sequence[DoubleChoice]) -> None:
        """Revert verdicts: deleted records are restored, joined households separated."""
        editor = self.session.part(RecordEditor)
        for choice in reversed(choices):
            model = ALL_TYPES[choice.type]
            if self.verdict_of(choice) == SAME and model.matching is not None:
                editor.edit(choice.type, choice.gone, {model.matching.joined_to: None})
            elif self.verdict_of(choice) == SAME:
                editor.undelete(choice.type, choice.gone)
            if choice.fields:
                _values, head = editor.head_of(choice.type, choice.stays)
                editor.take_back(choice.type, choice.stays, head.id.hex())
            self.note_verdict(choice.type, choice.gone, choice.stays, OPEN, "")

    def verdict_of(self, choice: DoubleChoice) -> str | None:
        """The verdict in effect on two records, None for none."""
        first, second = sorted((choice.gone, choice.stays))
        verdict = counting_verdict(self.store, first, second)
        return None if verdict is None else verdict.verdict

    def _remove(self, type_name: str, gone: str, stays: str, reason: str | None) -> None:
        editor, model = self.session.part(RecordEditor), ALL_TYPES[type_name]
        if reason:
            reason = without_persons(self.store, stays, reason)
        if model.matching is not None:
            joined_to = model.matching.joined_to
            if leads_to(self.store, model, stays, gone):
                editor.edit(type_name, stays, {joined_to: None}, reason=reason)
            editor.edit(type_name, gone, {joined_to: stays}, reason=reason)
        else:
            note = _("Logged twice: {record}").format(record=self._record_words(type_name, stays))
            editor.delete(type_name, gone, reason or note)

    def _ask(self, type_name: str, gone: str, stays: str) -> None:
        staying, _values = self._head(type_name, stays)
        text = _("This looks the same as {record}, written by {author}, {desk}. Please delete one.")
        note = text.format(
            record=self._record_words(type_name, stays),
            author=staying.stamp.author,
            desk=desk_title(desk_names(self.session), staying.stamp.desk),
        )
        self.session.part(ReviewNotes).add_note(type_name, gone, note)

    def _record_words(self, type_name: str, record: str) -> str:
        """A record in a reason or a note."""
        _kept, values = self._head(type_name, record)
        return day_and_place(type_name, values, self.session.book)

    @operation("record.write")
    def mark_different(self, type_name: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Declare the two records of each pair different, permanently."""
        for record, other in pairs:
            record, other = record.lower(), other.lower()
            if record == other:
                raise UserError(_("These are not two records."))
            self._head(type_name, record)
            self._head(type_name, other)
            self.note_verdict(type_name, record, other, DIFFERENT, "")

    @operation("record.write")
    def mark_all_different(self, choices: Sequence[DoubleChoice]) -> None:
        """Decide that the two records of each pair are different; the pairs may be of any types."""
        for choice in choices:
            self.mark_different(choice.type, [(choice.gone, choice.stays)])

    def note_verdict(
        self, type_name: str, record: str, other: str, verdict: str, stays: str
    ) -> None:
        """Write a verdict on two records within the open operation; stays: "" for both or none."""
        first, second = sorted((record, other))
        self._require_part(first, second)
        before = counting_verdict(self.store, first, second)
        facts = {
            "first": first,
            "second": second,
            "type": type_name,
            "verdict": verdict,
            "stays": stays,
            "author": self.session.account.full_name,
            "time": utc_stamp() if before is None else before.next_time(),
        }
        entry = self.session.part(DeskLog).append(VerdictEntry.name, facts)
        put_verdict(self.store, facts, self.session.identity.id, entry.id)

    def _require_part(self, first: str, second: str) -> None:
        """Raise OperationRefused where other desks would not let a verdict of this one count."""
        desk = self.session.identity.id
        if AuthorRules(self.session).refusal_to_decide(desk, (first, second)) is not None:
            raise OperationRefused(
                _(
                    "Neither of the two records is of this unit, nor of a post below it. Their"
                    " posts say whether they are one, or the district or province above them."
                )
            )

    def verdicts(self) -> list[tuple[str, str, str, str, str]]:
        """(type, first, second, verdict, record that stays) of every decided pair."""
        row = DoubleVerdictRow
        query = row.select(row.type, row.first, row.second, row.verdict, row.stays)
        rows = self.store.fetch(query.order_by(row.time, row.first, row.second))
        return [(columns[0], columns[1], columns[2], columns[3], columns[4]) for columns in rows]


def pair_json(comparison: PairComparison, session: Any) -> dict[str, Any]:
    """A pair in the shape of the `inbox` command."""
    pair, compared = comparison.pair, comparison.compared
    model = ALL_TYPES[pair.type]
    records = []
    for record, side, may_go, values in zip(
        (pair.first, pair.second),
        compared.sides,
        comparison.may_go,
        comparison.values,
        strict=True,
    ):
        records.append(
            {
                "id": record,
                "revision": side.revision,
                "author": side.author,
                "desk": side.desk,
                "chosen_here": may_go,
                "values": fields_json(model, values, session.book),
            }
        )
    return {
        "type": pair.type,
        "ids": [pair.first, pair.second],
        "why": pair.why,
        "near": pair.near,
        "asked_by": comparison.asked[0] if comparison.asked else None,
        "differs": [line.key for line in compared.lines if line.differs],
        "records": records,
    }
