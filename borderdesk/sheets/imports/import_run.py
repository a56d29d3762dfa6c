"""One run through the rows of a sheet: every row is new, the same as a stored record, or refused
with a message."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress
from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.editing import BATCH_ROWS, RecordEditor
from borderdesk.entry.entry_rules import ENTERED, EntryRules
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.place_doubts import UNKNOWN_HAMLET
from borderdesk.schema.cleaning import unused_words
from borderdesk.schema.kinds import LATE, stored_doubt
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.sheets.columns.carried_values import is_rank
from borderdesk.sheets.columns.child_columns import BELOW
from borderdesk.sheets.columns.sheet_columns import label_of
from borderdesk.sheets.imports.rejects import RefusedRow
from borderdesk.sheets.imports.sheet_outcome import REPEATS_ROW, RowState, SheetOutcome
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.rows.gone_doubles import gone_doubles
from borderdesk.sheets.rows.other_homes import doubt_home
from borderdesk.sheets.rows.row_reader import SheetRowReader
from borderdesk.sheets.rows.row_statements import RowStatements
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.hamlets import HamletFinder
from borderdesk.sheets.values.household_parts import HEAD
from borderdesk.sheets.values.places import OTHER_NAME
from borderdesk.store.matching.known_records import ListedValues, listed_values
from borderdesk.store.records.history import NewVersion, load
from borderdesk.store.records.writer import Writer

NEAR = frozenset(
    {
        ENTERED,
        *(model.matching.doubt for model in ALL_TYPES.values() if model.matching),
        *(model.once_a_year.doubt for model in ALL_TYPES.values() if model.once_a_year),
    }
)
"""Doubts that a record exists already."""
PROGRESS_ROWS = 200
_NONE: frozenset[str] = frozenset()
_PLACE = re.compile(r"\[\d+\]\.")


class ImportRun:
    """One run through the rows of a table, inside a transaction."""

    def __init__(
        self,
        session: Session,
        model: type[RevisionedModel],
        columns: Sequence[GridColumn],
        request: SheetRequest,
        outcome: SheetOutcome,
        hamlets: HamletFinder,
    ) -> None:
        self._session = session
        self._editor = session.part(RecordEditor)
        self._model = model
        self._columns = columns
        self._outcome = outcome
        self._prepare = self._editor.prepare_with_picks if request.new_picks else EntryRules.prepare
        self._adds_hamlets = request.new_hamlets
        self._rules = self._editor.rules(new_picks=request.new_picks)
        own_post = session.identity.post or None
        self._reader = SheetRowReader(
            model, columns, outcome.table, request.fixed, self._rules, own_post, hamlets
        )
        self._writer = Writer(session.store, self._rules.book)
        self._stamp = session.stamp()
        self._statements = RowStatements(
            model, outcome.table.columns, {column.key: column.field for column in columns}
        )
        self._own_post = bool(model.own_post())
        event = model.event()
        self._event = event.name if event is not None else None
        self._spare = {
            key: unused_words(model, field.when[0])
            for key, field in model.columns().items()
            if field.when is not None and not field.required
        }
        """{key of a conditional optional field: the message where it cannot be used}."""
        self._gone = gone_doubles(session.store, self._rules.known, model)
        # For a type with a post, a record equal to the row has the same listed fields.
        self._repeating = frozenset((ENTERED,)) if self._own_post else NEAR
        self._unwritten = 0
        self._unlisted: list[Mapping[str, Any]] = []
        self._buffered: set[ListedValues] = set()
        """The listed values of rows that are not written yet: of unchecked rows, and of the
        rest."""
        self._rows: dict[str, int] = {}
        """{record: the row of this list that became it}."""

    def run(self, progress: Progress) -> None:
        """Save, count or refuse every row. Raises UserError."""
        outcome = self._outcome
        hidden = outcome.table.text.source.hidden
        for row, role in outcome.table.rows(self._event):
            if role == "record" and self._statements.is_of_member(row.cells):
                outcome.members.append(row.number)
            elif role == "record":
                outcome.rows += 1
                if row.below:
                    below = (child.number for child in row.below)
                    outcome.continued += [number for number in below if number != row.number]
                if row.number in hidden:
                    outcome.hidden.append(row.number)
                self._take(row)
            elif role == "example":
                outcome.examples.append(row.number)
            elif role != "blank":
                self._reader.lines.note(row)
                outcome.others.append((row.number, _first_words(row)))
            if row.number % PROGRESS_ROWS == 0:
                progress(row.number, 0)
        self._flush()
        self._writer.finish()
        if outcome.accepted:
            self._session.note_time(self._stamp)

    def _take(self, row: SheetRow) -> None:
        try:
            self._require_done(row)
            raw, doubts = self._reader.read(row)
            record_id = self._taken_id(raw) if "id" in raw else ""
            changes = self._prepared(row, raw)
        except InvalidRecord as problem:
            self._refuse(row, problem.problems)
            return
        *additions, change = changes
        values = change.values or {}
        if record_id:
            self._compare(row, record_id, values)
            return
        if self._gone and self._is_gone(values):
            self._pass_over(row)
            return
        entry_doubts = {doubt for _field, doubt in change.doubts} if change.doubts else _NONE
        row_doubts = {doubt for _field, doubt in doubts} if doubts else _NONE
        repeats = not additions and entry_doubts & self._repeating
        if repeats and (here := self._same_here(change)):
            if OTHER_NAME in row_doubts and self._own_post:
                # Not skipped as a repetition: the person has to be identified.
                self._refuse(row, {key: _(doubt) for key, doubt in doubts if doubt == OTHER_NAME})
                return
            self._pass_over(row, here)
            return
        doubts += doubt_home(self._model.home_place, self._rules.book, raw, values)
        if doubts or self._adds_hamlets:
            all_doubts = (*(change.doubts or ()), *doubts)
            stored_doubts = [
                doubt
                for doubt in all_doubts
                if not self._adds_hamlets or doubt[1] != UNKNOWN_HAMLET
            ]
            change = change._replace(doubts=tuple(stored_doubts))
        for addition in additions:
            self._writer.write(addition, self._stamp)
        self._writer.write(change, self._stamp)
        self._note_accepted(
            row, change, not NEAR.isdisjoint(entry_doubts | row_doubts) or OTHER_NAME in row_doubts
        )
        self._reader.note_accepted(raw, values)
        if not self._own_post:
            self._reader.note_household(raw, change.record)
        self._unlisted.append(values)
        self._unwritten += 1
        if self._unwritten >= BATCH_ROWS:
            self._flush()

    def _prepared(self, row: SheetRow, raw: dict[str, object]) -> Sequence[NewVersion]:
        """The changes that enter a row. A value that a list has a column for and this row cannot
        use (members beside a household) is dropped and reported. Raises InvalidRecord."""
        try:
            return self._prepare(self._rules, self._model, raw, typed=True)
        except InvalidRecord as error:
            unused = [key for key, words in error.problems.items() if self._spare.get(key) == words]
            if not unused:
                raise
        for key in unused:
            del raw[key]
        changes = self._prepare(self._rules, self._model, raw, typed=True)
        for key in unused:
            self._outcome.unused.setdefault(self._heading(key), []).append(row.number)
        return changes

    def _note_accepted(self, row: SheetRow, change: NewVersion, near: bool) -> None:
        """Count a row that became a record; near: whether a similar record may exist."""
        outcome, doubts = self._outcome, change.doubts or ()
        outcome.accepted += 1
        outcome.near += near
        outcome.records.append(change.record)
        self._rows[change.record] = row.number
        if self._event and (day := (change.values or {}).get(self._event)):
            outcome.note_day(day)
        state: RowState = "near" if near else "new"
        if not near and any(map(_is_of_row, doubts)):
            state = "doubtful"
        if not outcome.is_full(state):
            # What is said of every row of an old list comes last: it would hide the rest.
            own_first = sorted(doubts, key=_is_of_row, reverse=True)
            outcome.show(row, state, [doubt for _field, doubt in own_first])
        outcome.note_doubts(row.number, doubts)

    def _require_done(self, row: SheetRow) -> None:
        """Refuse a row marked as not done. Raises InvalidRecord."""
        statement, heading = self._statements.denial(row.cells)
        if statement and (event := self._model.event()) is not None:
            words = _("The row says “{value}” ({column}): it is no record until that is corrected.")
            raise InvalidRecord({event.name: words.format(value=statement, column=heading)})

    def _taken_id(self, raw: dict[str, object]) -> str:
        """The id of a stored record in a list of the program, removed from the row; "" for none, or
        a new one."""
        record_id = raw.get("id")
        if (
            not isinstance(record_id, str)
            or not record_id
            or not self._rules.known.takes(record_id)
        ):
            return ""
        return str(raw.pop("id"))

    def _compare(self, row: SheetRow, record: str, values: Mapping[str, Any]) -> None:
        """Skip a row equal to the record of this id, and refuse any other: existing records are
        edited in the program, with their history."""
        if self._says_all(record, values):
            self._pass_over(row)
        else:
            message = _("A record with this id is here, and says otherwise. Edit it there.")
            self._refuse(row, {"id": message})

    def _pass_over(self, row: SheetRow, record: str = "") -> None:
        """Count a row that adds nothing to a record: one of before, or of a row above."""
        self._outcome.same += 1
        first = self._rows.get(record)
        if first is None:
            self._outcome.same_rows.append(row.number)
        else:
            self._outcome.repeated[row.number] = first
        repeats = () if first is None else (stored_doubt(REPEATS_ROW, first),)
        self._outcome.show(row, "same", repeats)

    def _refuse(self, row: SheetRow, problems: Mapping[str, str]) -> None:
        refused = self._refused(row, problems)
        self._outcome.wrong.update(map(self._column_of, problems))
        self._outcome.refused.append(refused)
        self._outcome.show(row, "refused", [f"{refused.column}: {refused.reason}"])

    def _flush(self) -> None:
        """Write the prepared records; the rules drop the current row too."""
        self._writer.flush_records()
        self._rules.forget_written()
        self._unwritten = 0
        self._unlisted.clear()
        self._buffered.clear()

    def _same_here(self, change: NewVersion) -> str:
        """The stored record that has all values of the row; "" for none."""
        values, known = change.values or {}, self._rules.known
        listed = listed_values(self._model, values) if self._own_post else ()
        # Of listed ones only a row that is not written yet makes it worth to write.
        if not listed or self._is_waiting(listed):
            self._flush()
        records = (
            known.with_listed(self._model, listed)
            if listed
            else known.index(self._model).all_fitting(values)
        )
        others = (record for record in records if record != change.record)
        same = next((record for record in others if self._says_all(record, values)), "")
        if same:
            return same
        # A flush forgets the row in hand too.
        known.remember(self._model, change.record, values, listed)
        return ""

    def _is_gone(self, values: Mapping[str, Any]) -> bool:
        """Whether the row equals a double that was deleted by a person."""
        known_records = self._rules.known
        return known_records.led(self._model, listed_values(self._model, values)) in self._gone

    def _is_waiting(self, listed: ListedValues) -> bool:
        """Whether a row with the same listed fields is not written yet."""
        self._buffered.update(
            listed_values(self._model, row_values) for row_values in self._unlisted
        )
        self._unlisted.clear()
        return listed in self._buffered

    def _says_all(self, record: str, values: Mapping[str, Any]) -> bool:
        try:
            stored = load(self._session.store, self._model, record)[0]
        except LookupError:
            return False
        leader = self._rules.known.leader
        return all(
            stored.get(key) == value or (type(value) is str and leader(stored.get(key)) == value)
            for key, value in values.items()
        )

    def _refused(self, row: SheetRow, problems: Mapping[str, str]) -> RefusedRow:
        order = {column.key: place for place, column in enumerate(self._columns)}
        texts_by_column = {
            self._column_of(path): text for path, text in reversed(list(problems.items()))
        }
        first, *further_keys = sorted(texts_by_column, key=lambda key: order.get(key, len(order)))
        reasons = [
            texts_by_column[first],
            *(f"{self._heading(key)}: {texts_by_column[key]}" for key in further_keys),
        ]
        captions = self._captions(row)
        row = self._reader.as_refused(row)
        return RefusedRow(row, self._heading(first), " ".join(reasons), captions)

    def _captions(self, row: SheetRow) -> Sequence[SheetRow]:
        """The lines above a refused row that hold for it, with its headings where these are not
        those of the refused row before it."""
        captions, table = self._reader.carried.captions(), self._outcome.table
        refused = self._outcome.refused
        before = refused[-1].row.headed if refused else 0
        if row.headed:
            return [*captions, table.other_heads[row.headed]]
        return [*captions, table.head_rows[-1]] if before else captions

    def _column_of(self, path: str) -> str:
        """The column a problem belongs to: inspected[0].marker → inspected, or the column of that
        value where the sheet has one."""
        keys = {column.key for column in self._columns}
        value = _PLACE.sub(BELOW, path)
        if self._outcome.table.heading_of(value) is not None:
            return value
        owner = path.partition("[")[0]
        head = f"{owner}.{HEAD}"
        return head if owner not in keys and head in keys else owner

    def _heading(self, key: str) -> str:
        return self._outcome.table.heading_of(key) or label_of(self._columns, key)


def _first_words(row: SheetRow) -> str:
    """The first words of a row that is no record, behind the number of its group."""
    texts = [text.replace("\n", " ") for text in map(cell_text, row.cells) if text]
    count = 2 if texts and is_rank(texts[0]) else 1
    return " ".join(texts[:count])[:40]


def _is_of_row(doubt: tuple[str, str]) -> bool:
    """Whether a doubt is about the single row: an old list is late as a whole, and an unknown
    hamlet is reported once."""
    return not doubt[1].startswith((LATE, UNKNOWN_HAMLET))
