"""Records from spreadsheets: files, or sheets of a workbook, read as one import."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.gc_threshold import raised_gc_threshold
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.sheets.columns.shared_columns import parts_of
from borderdesk.sheets.columns.sheet_columns import sheet_columns
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.added_hamlets import add_hamlets
from borderdesk.sheets.imports.child_sheets import attach_child_sheets, child_sheets
from borderdesk.sheets.imports.import_run import ImportRun
from borderdesk.sheets.imports.mapping_memory import MappingMemory, completed_by, names_of
from borderdesk.sheets.imports.sheet_batches import SheetBatches
from borderdesk.sheets.imports.sheet_outcome import SheetOutcome
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.cells import SheetSource
from borderdesk.sheets.sources.decoding import SheetText
from borderdesk.sheets.sources.workbook_source import open_head, open_sheet
from borderdesk.sheets.values.hamlets import HamletFinder
from borderdesk.store.records.history import last_seq


class SheetFileError(UserError):
    """One file of several that cannot be read; nothing of the others was saved either."""

    def __init__(self, path: Path, error: UserError) -> None:
        super().__init__(f"{path.name}: {error}")
        self.path = path


class SheetImport(SessionPart):
    """The import of spreadsheets."""

    def open_table(
        self, type_name: str, path: Path, request: SheetRequest, progress: Progress = no_progress
    ) -> tuple[SheetTable, list[GridColumn]]:
        """The table of a file and the columns its type can have. Raises UserError."""
        columns = sheet_columns(self.session, type_name)
        headed = {
            name: key for name, key in request.mapping.items() if name not in request.unheaded
        }
        table = self._found(path, columns, request._replace(mapping=headed), progress)
        unheaded = request.unheaded.intersection(names_of(table)) if request.unheaded else ()
        if unheaded:
            mapping = {**headed, **{name: request.mapping[name] for name in unheaded}}
            table = SheetTable(table.text, columns, header=request.header, mapping=mapping)
        table = self._recalled(type_name, table, columns, request)
        attach_child_sheets(table, path, ALL_TYPES[type_name])
        return table, columns

    def _recalled(
        self,
        type_name: str,
        table: SheetTable,
        columns: Sequence[GridColumn],
        request: SheetRequest,
    ) -> SheetTable:
        """The table with its last confirmed mapping, if the request includes that."""
        recalled_keys = self.session.part(MappingMemory).recall(type_name, table)
        if not request.recall or recalled_keys is None:
            return table
        mapping = completed_by(request.mapping, recalled_keys.mapping)
        recalled = SheetTable(table.text, columns, header=request.header, mapping=mapping)
        recalled.recalled = recalled.columns != table.columns
        return recalled

    def _found(
        self,
        path: Path,
        columns: Sequence[GridColumn],
        request: SheetRequest,
        progress: Progress,
    ) -> SheetTable:
        """The table of a file; of the sheets of a workbook, if none is named, the first that has
        one of records, before those of sums. Raises UserError."""
        source = open_sheet(path, request.sheet, progress)
        other_names = [name for name in source.names if name != source.name]
        other_names.sort(key=lambda name: name in source.unseen)
        failed: UserError | None = None
        without_day: SheetTable | None = None
        while True:
            # A cancelling person does not wait for a pass over all rows.
            progress(0, 0)
            text = SheetText(source, request.encoding)
            progress(0, 0)
            try:
                table = SheetTable(text, columns, header=request.header, mapping=request.mapping)
            except UserError as error:
                failed = failed or error
            else:
                if request.sheet is not None or has_day(table, columns, request.fixed):
                    return table
                without_day = without_day or table
            if request.sheet is not None or not other_names:
                break
            source = open_sheet(path, other_names.pop(0), progress)
        if without_day is None:
            assert failed is not None
            raise failed
        return without_day

    def first_rows(
        self, type_name: str, path: Path, request: SheetRequest, sheet: int = 0
    ) -> SheetOutcome | None:
        """The preview of the first rows of a large file, before the rest of it is read; None for a
        file that is read as quickly. sheet: its number from 0. Raises UserError."""
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
        self._run(
            columns, _ImportOrder(type_name, request, self._hamlets(request), no_progress), outcome
        )
        raise _DryRunEnd([outcome])

    def dry_run(
        self, type_name: str, path: Path, request: SheetRequest, progress: Progress = no_progress
    ) -> SheetOutcome:
        """The outcome of `import_sheet` without saving. Raises UserError.

        progress: called with the number of rows done, the total 0 while unknown.
        """
        return self.dry_run_files(type_name, [path], request, progress)[0]

    def dry_run_files(
        self,
        type_name: str,
        paths: Sequence[Path],
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> list[SheetOutcome]:
        """The outcomes of `import_files` without saving. Raises UserError."""
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
        """Save the rows of several files, in order and in one transaction. Raises UserError, with
        the name of the file if there are several."""
        order = _ImportOrder(type_name, request, self._hamlets(request), progress)
        first = last_seq(self.store) + 1
        outcomes: list[SheetOutcome] = []
        with raised_gc_threshold():
            # Around all files: the objects of a run are freed by reference counting before the
            # collector runs again.
            for path in paths:
                try:
                    outcomes += self._read_file(path, order)
                except UserError as error:
                    if len(paths) == 1:
                        raise
                    raise SheetFileError(path, error) from None
        outcomes[0].unknown_hamlets = unknown = order.hamlets.unknown()
        added = add_hamlets(self.session, unknown) if request.new_hamlets else []
        if dry:
            raise _DryRunEnd(outcomes)
        if any(outcome.accepted for outcome in outcomes):
            names = [path.name for path in paths]
            batches = self.session.part(SheetBatches)
            batch = batches.add_batch(type_name, names, first, _counts(outcomes), added)
            for outcome in outcomes:
                outcome.batch = batch
        return outcomes

    def _hamlets(self, request: SheetRequest) -> HamletFinder:
        adds_real = request.new_hamlets and self.session.identity.in_earnest
        return HamletFinder(self.store, self.session.book, request.hamlets, adds_real=adds_real)

    def import_sheet(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> SheetOutcome:
        """Save the rows of a sheet that can be records, in one transaction. Raises UserError."""
        return self.import_files(type_name, [path], request, progress)[0]

    def _read_file(self, path: Path, order: "_ImportOrder") -> list[SheetOutcome]:
        """The outcomes of a file: of one sheet, or of all that have a table of the type."""
        request = order.request
        if not request.all_sheets:
            table, columns = self.open_table(order.type_name, path, request, order.progress)
            return [self._run(columns, order, SheetOutcome(table, path.name))]
        tables, skipped = [], []
        failed: UserError | None = None
        for name in open_sheet(path).names:
            of_sheet = order._replace(request=request.of(name))
            try:
                table, columns = self.open_table(
                    order.type_name, path, of_sheet.request, order.progress
                )
                tables.append((of_sheet, table, columns))
            except UserError as error:
                failed = failed or error
                skipped.append(name)
        if not tables and failed is not None:
            raise failed
        if any(table.record_ids is not None for _order, table, _columns in tables):
            # Child rows in the program's own lists are read with the sheet of their records.
            names = [opened[1].text.source.name for opened in tables]
            below = {name for _key, name in child_sheets(names, ALL_TYPES[order.type_name])}
            tables = [opened for opened in tables if opened[1].text.source.name not in below]
        dated = [
            opened for opened in tables if has_day(opened[1], opened[2], opened[0].request.fixed)
        ]
        # Beside lists of records a sheet without their day sums them up.
        undated = [opened for opened in tables if dated and opened not in dated]
        skipped += [opened[1].text.source.name for opened in undated]
        outcomes = []
        for of_sheet, table, columns in dated or tables:
            outcome = SheetOutcome(
                table, f"{path.name}: {table.text.source.name}", of_all_sheets=True
            )
            outcomes.append(self._run(columns, of_sheet, outcome))
        outcomes[0].skipped = skipped
        return outcomes

    def _run(
        self, columns: Sequence[GridColumn], order: "_ImportOrder", outcome: SheetOutcome
    ) -> SheetOutcome:
        """Take the rows of a table in; its outcome, filled."""
        model = ALL_TYPES[order.type_name]
        run = ImportRun(self.session, model, columns, order.request, outcome, order.hamlets)
        run.run(order.progress)
        return outcome


def has_day(table: SheetTable, columns: Sequence[GridColumn], fixed: Mapping[str, str]) -> bool:
    """Whether a table has a day for its records, in its rows or given for all; true for every table
    of a type without one."""
    events = {column.key for column in columns if column.field.event}
    read = {part for column in table.columns if column.key for part in parts_of(column.key)}
    return not events or not events.isdisjoint(read | fixed.keys())


class _ImportOrder(NamedTuple):
    """The shared state of one import of several files: their type, the request, the hamlets found,
    and the progress callback."""

    type_name: str
    request: SheetRequest
    hamlets: HamletFinder
    progress: Progress


def _counts(outcomes: Iterable[SheetOutcome]) -> dict[str, int]:
    counts = {"added": 0, "same": 0, "near": 0, "refused": 0}
    for outcome in outcomes:
        counts["added"] += outcome.accepted
        counts["same"] += outcome.same
        counts["near"] += outcome.near
        counts["refused"] += len(outcome.refused)
    return counts


class _DryRunEnd(Exception):
    """Rolls a dry run back and carries its outcomes."""

    def __init__(self, outcomes: list[SheetOutcome]) -> None:
        super().__init__()
        self.outcomes = outcomes
