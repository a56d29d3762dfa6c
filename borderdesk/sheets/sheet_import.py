"""Records from a spreadsheet: every row is new, the same as a record here, or refused in words."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.base.i18n import _
from borderdesk.base.legacy_text import Encoding
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.editing import BATCH_ROWS, RecordEditor, raised_gc_threshold
from borderdesk.entry.entry_rules import ENTERED, EntryRules
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import LATE
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.sheets.cells import SheetRow, SheetSource
from borderdesk.sheets.decoding import SheetText
from borderdesk.sheets.mapping_memory import MappingMemory, completed_by
from borderdesk.sheets.places import OTHER_NAME
from borderdesk.sheets.rejects import RefusedRow, write_rejects
from borderdesk.sheets.row_reader import HEAD, SheetRowReader, label_of, sheet_columns
from borderdesk.sheets.sheet_batches import SheetBatches
from borderdesk.sheets.table import SheetTable
from borderdesk.sheets.workbook_source import open_head, open_sheet
from borderdesk.store.history import Change, last_seq, load
from borderdesk.store.known_records import ListedValues, listed_values
from borderdesk.store.writer import Writer

NEAR = frozenset(
    {
        ENTERED,
        *(model.matching.doubt for model in ALL_TYPES.values() if model.matching),
        *(model.once_a_year.doubt for model in ALL_TYPES.values() if model.once_a_year),
    }
)
"""Doubts that a record is here already."""
PROGRESS_ROWS = 200
MOST_SHOWN = 500
"""So many rows of each state are kept with their cells, to be shown before anything is saved."""

RowState = Literal["refused", "near", "same", "doubtful", "new"]


class SheetRequest(NamedTuple):
    """What a person says of a sheet beside the file itself.

    sheet: its name or number; header: the number of the row of headings; mapping: {heading or
    letters of a column: key}; fixed: {key: text}; encoding: None to find out; recall: whether
    what was last confirmed for a list with these headings says the rest of the mapping.
    """

    sheet: str | None = None
    header: int | None = None
    mapping: Mapping[str, str] = {}
    fixed: Mapping[str, str] = {}
    encoding: Encoding | None = None
    new_picks: bool = False
    recall: bool = False


class ReadRow(NamedTuple):
    """A row as it was read, what becomes of it, and the reasons: doubts as they are stored, or
    the text of a refusal."""

    row: SheetRow
    state: RowState
    reasons: tuple[str, ...] = ()


class SheetOutcome:
    """What became of a sheet: accepted + same + refused rows are its records.

    near: how many of the accepted look like a record that is here; others: rows that are no
    records (totals, captions) with their first words; batch: what undoes it, with the other
    files that came with it, None while nothing was saved.
    """

    def __init__(self, table: SheetTable, file: str) -> None:
        self.table = table
        self.file = file
        self.batch: str | None = None
        self.rows = 0
        self.accepted = 0
        self.same = 0
        self.near = 0
        self.same_rows: list[int] = []
        self.refused: list[RefusedRow] = []
        self.others: list[tuple[int, str]] = []
        self.examples: list[int] = []
        self.hidden: list[int] = []
        self.doubts: dict[str, list[int]] = {}
        self.records: list[str] = []
        self.shown: dict[RowState, list[ReadRow]] = {}

    def show(self, row: SheetRow, state: RowState, reasons: Iterable[str] = ()) -> None:
        """Keep a row to be shown, if it is one of the first of its state."""
        rows = self.shown.setdefault(state, [])
        if len(rows) < MOST_SHOWN:
            rows.append(ReadRow(row, state, tuple(reasons)))

    def save_refused(self, target: Path) -> None:
        """Write the refused rows to a workbook like the list. Raises UserError."""
        headings = [column.heading for column in self.table.columns]
        name = self.table.text.source.name
        write_rejects(target, name, self.table.head_rows, headings, self.refused)

    def note_doubts(self, row: int, doubts: Iterable[tuple[str, str]]) -> None:
        """Note the doubts of an accepted row by their English key."""
        for _field, doubt in doubts:
            rows = self.doubts.setdefault(doubt.partition("\t")[0], [])
            if not rows or rows[-1] != row:
                rows.append(row)


class SheetImport(Part):
    """The import of spreadsheets."""

    def open_table(
        self, type_name: str, path: Path, request: SheetRequest
    ) -> tuple[SheetTable, list[GridColumn]]:
        """The table of a file and the columns its type can have. Raises UserError."""
        columns = sheet_columns(self.session, type_name)
        table = self._found(path, columns, request)
        return self._recalled(type_name, table, columns, request), columns

    def _recalled(
        self,
        type_name: str,
        table: SheetTable,
        columns: Sequence[GridColumn],
        request: SheetRequest,
    ) -> SheetTable:
        """The table as it was last confirmed, where the request asks for that."""
        known = self.session.part(MappingMemory).recall(type_name, table)
        if not request.recall or known is None:
            return table
        mapping = completed_by(request.mapping, known.mapping)
        again = SheetTable(table.text, columns, header=request.header, mapping=mapping)
        again.recalled = again.columns != table.columns
        return again

    def _found(
        self, path: Path, columns: Sequence[GridColumn], request: SheetRequest
    ) -> SheetTable:
        """The table of a file; of the sheets of a workbook, if none is named, the first that has
        one. Raises UserError."""
        source = open_sheet(path, request.sheet)
        others = [name for name in source.names if name != source.name]
        failed: UserError | None = None
        while True:
            text = SheetText(source, request.encoding)
            try:
                return SheetTable(text, columns, header=request.header, mapping=request.mapping)
            except UserError as error:
                failed = failed or error
            if request.sheet is not None or not others:
                raise failed
            source = open_sheet(path, others.pop(0))

    def first_rows(
        self, type_name: str, path: Path, request: SheetRequest, sheet: int = 0
    ) -> SheetOutcome | None:
        """What would become of the first rows of a large file, before the rest of it is read; None
        for one that is read about as soon. sheet: its number from 0. Raises UserError."""
        source = open_head(path, sheet)
        if source is None:
            return None
        try:
            self._import_source(type_name, path, source, request)
        except _DryRunEnd as end:
            return end.outcomes[0]
        raise AssertionError("a dry run ends by an exception")

    @operation("record.write")
    def _import_source(
        self, type_name: str, path: Path, source: SheetSource, request: SheetRequest
    ) -> None:
        columns = sheet_columns(self.session, type_name)
        text = SheetText(source, request.encoding)
        table = SheetTable(text, columns, header=request.header, mapping=request.mapping)
        table = self._recalled(type_name, table, columns, request)
        outcome = SheetOutcome(table, path.name)
        _ImportRun(self, ALL_TYPES[type_name], columns, request, outcome).run(no_progress)
        raise _DryRunEnd([outcome])

    def dry_run(
        self, type_name: str, path: Path, request: SheetRequest, progress: Progress = no_progress
    ) -> SheetOutcome:
        """What `import_sheet` would do; nothing is saved. Raises UserError.

        progress: called with how many rows are done, the total 0 while it is unknown.
        """
        return self.dry_run_files(type_name, [path], request, progress)[0]

    def dry_run_files(
        self,
        type_name: str,
        paths: Sequence[Path],
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> list[SheetOutcome]:
        """What `import_files` would do; nothing is saved. Raises UserError."""
        try:
            self.import_files(type_name, paths, request, progress, dry=True)
        except _DryRunEnd as end:
            return end.outcomes
        raise AssertionError("a dry run ends by an exception")

    @operation("record.write")
    def import_files(
        self,
        type_name: str,
        paths: Sequence[Path],
        request: SheetRequest,
        progress: Progress = no_progress,
        *,
        dry: bool = False,
    ) -> list[SheetOutcome]:
        """Save the rows of several files, one after the other in one transaction. Raises
        UserError, with the name of the file where there are several."""
        first, outcomes = last_seq(self.store) + 1, []
        for path in paths:
            try:
                outcomes.append(self._read(type_name, path, request, progress))
            except UserError as error:
                if len(paths) == 1:
                    raise
                raise UserError(f"{path.name}: {error}") from None
        if dry:
            raise _DryRunEnd(outcomes)
        if any(one.accepted for one in outcomes):
            names = [path.name for path in paths]
            batches = self.session.part(SheetBatches)
            batch = batches.add_batch(type_name, names, first, _counts(outcomes))
            for one in outcomes:
                one.batch = batch
        return outcomes

    def import_sheet(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> SheetOutcome:
        """Save the rows of a sheet that can be records, in one transaction. Raises UserError."""
        return self.import_files(type_name, [path], request, progress)[0]

    def _read(
        self, type_name: str, path: Path, request: SheetRequest, progress: Progress
    ) -> SheetOutcome:
        table, columns = self.open_table(type_name, path, request)
        outcome = SheetOutcome(table, path.name)
        with raised_gc_threshold():
            _ImportRun(self, ALL_TYPES[type_name], columns, request, outcome).run(progress)
        return outcome


def _is_of_row(doubt: tuple[str, str]) -> bool:
    """Whether a doubt is about the row: an old list is late as a whole."""
    return not doubt[1].startswith(LATE)


def save_refused(outcomes: Iterable[SheetOutcome], target: Path) -> list[Path]:
    """Write the refused rows, a workbook for each file that has any, the further ones numbered;
    the workbooks. Raises UserError."""
    written = []
    for number, outcome in enumerate((one for one in outcomes if one.refused), start=1):
        file = target if number == 1 else target.with_stem(f"{target.stem} {number}")
        outcome.save_refused(file)
        written.append(file)
    return written


def _counts(outcomes: Iterable[SheetOutcome]) -> dict[str, int]:
    counts = {"added": 0, "same": 0, "near": 0, "refused": 0}
    for one in outcomes:
        counts["added"] += one.accepted
        counts["same"] += one.same
        counts["near"] += one.near
        counts["refused"] += len(one.refused)
    return counts


class _DryRunEnd(Exception):
    """Rolls a dry run back and carries its outcomes."""

    def __init__(self, outcomes: list[SheetOutcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


class _ImportRun:
    """One run through the rows of a table, inside a transaction."""

    def __init__(
        self,
        part: SheetImport,
        model: type[Revisioned],
        columns: Sequence[GridColumn],
        request: SheetRequest,
        outcome: SheetOutcome,
    ) -> None:
        session = part.session
        self._session = session
        self._editor = session.part(RecordEditor)
        self._model = model
        self._columns = columns
        self._outcome = outcome
        self._new_picks = request.new_picks
        self._rules = self._editor.rules(new_picks=request.new_picks)
        own = session.identity.unit if session.identity.role == "post" else None
        self._reader = SheetRowReader(
            model, columns, outcome.table, request.fixed, self._rules, own
        )
        self._writer = Writer(session.store, self._rules.book)
        self._stamp = session.stamp()
        self._unwritten = 0
        self._buffered: set[ListedValues] = set()
        """What the rows say that are not written yet."""

    def run(self, progress: Progress) -> None:
        """Save, count or refuse every row. Raises UserError."""
        outcome, event = self._outcome, self._model.event()
        hidden = outcome.table.text.source.hidden
        for row, role in outcome.table.rows(event.name if event is not None else None):
            if role == "record":
                outcome.rows += 1
                if row.number in hidden:
                    outcome.hidden.append(row.number)
                self._take(row)
            elif role == "example":
                outcome.examples.append(row.number)
            elif role != "blank":
                self._reader.carried.note_caption(row.cells)
                words = next((text for text in map(cell_text, row.cells) if text), "")
                outcome.others.append((row.number, words.replace("\n", " ")[:40]))
            if row.number % PROGRESS_ROWS == 0:
                progress(row.number, 0)
        self._flush()
        self._writer.finish()
        if outcome.accepted:
            self._session.note_time(self._stamp)

    def _take(self, row: SheetRow) -> None:
        outcome = self._outcome
        try:
            raw, doubts = self._reader.read(row)
            prepare = self._editor.prepare_with_picks if self._new_picks else EntryRules.prepare
            changes = prepare(self._rules, self._model, raw, typed=True)
        except InvalidRecord as problem:
            self._refuse(row, problem.problems)
            return
        change = changes[-1]
        found = {doubt for _field, doubt in change.doubts or ()}
        own = {doubt for _field, doubt in doubts}
        if found & NEAR and len(changes) == 1 and self._is_here(change):
            if OTHER_NAME in own:
                # Not to be passed over as a repeat: who it is has to be said.
                self._refuse(row, {key: _(doubt) for key, doubt in doubts if doubt == OTHER_NAME})
                return
            outcome.same += 1
            outcome.same_rows.append(row.number)
            outcome.show(row, "same")
            return
        change = change._replace(doubts=(*(change.doubts or ()), *doubts))
        for one in (*changes[:-1], change):
            self._writer.write(one, self._stamp)
        outcome.accepted += 1
        near = bool((found | own) & NEAR or OTHER_NAME in own)
        outcome.near += near
        outcome.records.append(change.record)
        noted = change.doubts or ()
        outcome.show(
            row,
            "near" if near else "doubtful" if any(map(_is_of_row, noted)) else "new",
            [doubt for _field, doubt in noted],
        )
        outcome.note_doubts(row.number, noted)
        self._reader.note_accepted(raw, change.values or {})
        if self._model.own_post():
            self._buffered.add(listed_values(self._model, change.values or {}))
        self._unwritten += 1
        if self._unwritten >= BATCH_ROWS:
            self._flush()

    def _refuse(self, row: SheetRow, problems: Mapping[str, str]) -> None:
        refused = self._refused(row, problems)
        self._outcome.refused.append(refused)
        self._outcome.show(row, "refused", [f"{refused.column}: {refused.reason}"])

    def _flush(self) -> None:
        """Write what was prepared; the rules forget the row in hand too."""
        self._writer.flush()
        self._rules.forget_written()
        self._unwritten = 0
        self._buffered.clear()

    def _is_here(self, change: Change) -> bool:
        """Whether a record here says all that the row does."""
        values, known = change.values or {}, self._rules.known
        listed = listed_values(self._model, values) if self._model.own_post() else ()
        # Of listed ones only a row that is not written yet makes it worth to write.
        if not listed or listed in self._buffered:
            self._flush()
        records = (
            known.with_listed(self._model, listed)
            if listed
            else [known.index(self._model).find(values) or ""]
        )
        if any(self._says_all(record, values) for record in records if record != change.record):
            return True
        # A flush forgets the row in hand too.
        known.remember(self._model, change.record, values, listed)
        return False

    def _says_all(self, record: str, values: Mapping[str, Any]) -> bool:
        try:
            there = load(self._session.store, self._model, record)[0]
        except LookupError:
            return False
        return all(there.get(key) == value for key, value in values.items())

    def _refused(self, row: SheetRow, problems: Mapping[str, str]) -> RefusedRow:
        order = {column.key: place for place, column in enumerate(self._columns)}
        named = {self._column_of(path): text for path, text in reversed(list(problems.items()))}
        first, *others = sorted(named, key=lambda key: order.get(key, len(order)))
        reasons = [named[first], *(f"{self._heading(key)}: {named[key]}" for key in others)]
        return RefusedRow(row, self._heading(first), " ".join(reasons))

    def _column_of(self, path: str) -> str:
        """The column a problem belongs to: inspected[0].marker → inspected."""
        keys = {column.key for column in self._columns}
        owner = path.partition("[")[0]
        head = f"{owner}.{HEAD}"
        return head if owner not in keys and head in keys else owner

    def _heading(self, key: str) -> str:
        return self._outcome.table.heading_of(key) or label_of(self._columns, key)
