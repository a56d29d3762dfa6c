"""Records from spreadsheets: files, or sheets of a workbook, read as one import."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from borderdesk.base.collection import raised_gc_threshold
from borderdesk.base.errors import UserError
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.sheets.cells import SheetSource
from borderdesk.sheets.decoding import SheetText
from borderdesk.sheets.hamlets import HamletFinder, UnknownHamlet
from borderdesk.sheets.import_run import ImportRun
from borderdesk.sheets.mapping_memory import MappingMemory, completed_by
from borderdesk.sheets.row_reader import sheet_columns
from borderdesk.sheets.sheet_batches import SheetBatches
from borderdesk.sheets.sheet_outcome import SheetOutcome
from borderdesk.sheets.sheet_request import SheetRequest
from borderdesk.sheets.table import SheetTable
from borderdesk.sheets.workbook_source import open_head, open_sheet
from borderdesk.store.history import last_seq
from borderdesk.store.reference import upsert_cells


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
        model, hamlets = ALL_TYPES[type_name], self._hamlets(request)
        ImportRun(self.session, model, columns, request, outcome, hamlets).run(no_progress)
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
        first, hamlets = last_seq(self.store) + 1, self._hamlets(request)
        outcomes: list[SheetOutcome] = []
        for path in paths:
            try:
                outcomes += self._read_file(type_name, path, request, hamlets, progress)
            except UserError as error:
                if len(paths) == 1:
                    raise
                raise UserError(f"{path.name}: {error}") from None
        outcomes[0].unknown_hamlets = hamlets.unknown()
        if request.new_hamlets:
            self._add_hamlets(hamlets.unknown())
        if dry:
            raise _DryRunEnd(outcomes)
        if any(one.accepted for one in outcomes):
            names = [path.name for path in paths]
            batches = self.session.part(SheetBatches)
            batch = batches.add_batch(type_name, names, first, _counts(outcomes))
            for one in outcomes:
                one.batch = batch
        return outcomes

    def _hamlets(self, request: SheetRequest) -> HamletFinder:
        return HamletFinder(self.store, self.session.book, request.hamlets)

    def _add_hamlets(self, unknown: Iterable[UnknownHamlet]) -> None:
        """Add hamlets to the list of those of their communes, from the commune's first day on."""
        units = self.session.book.units
        rows = [
            {
                **{key: column.to_cell(None) for key, column in HamletTable.columns().items()},
                "commune": one.commune,
                "name": one.name,
                "valid_from": units[one.commune].valid_from,
            }
            for one in unknown
        ]
        if rows:
            with self.session.judging_reference():
                upsert_cells(self.store, HamletTable, rows)
                note = self.session.audit_notes.note
                note("reference.changed", HamletTable.table_key, records=len(rows))
                self.session.touch_reference()

    def import_sheet(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> SheetOutcome:
        """Save the rows of a sheet that can be records, in one transaction. Raises UserError."""
        return self.import_files(type_name, [path], request, progress)[0]

    def _read_file(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        hamlets: HamletFinder,
        progress: Progress,
    ) -> list[SheetOutcome]:
        """What becomes of a file: of one sheet, or of all that have a table of the type."""
        if not request.all_sheets:
            return [self._read(type_name, path, request, hamlets, progress)]
        outcomes, skipped = [], []
        failed: UserError | None = None
        for name, of_sheet in self._sheets(path, request):
            try:
                table, columns = self.open_table(type_name, path, of_sheet)
            except UserError as error:
                failed = failed or error
                skipped.append(name)
                continue
            outcome = SheetOutcome(table, f"{path.name}: {name}", of_all_sheets=True)
            self._run(type_name, columns, of_sheet, outcome, hamlets, progress)
            outcomes.append(outcome)
        if not outcomes and failed is not None:
            raise failed
        outcomes[0].skipped = skipped
        return outcomes

    def _sheets(self, path: Path, request: SheetRequest) -> Iterator[tuple[str, SheetRequest]]:
        for name in open_sheet(path).names:
            yield name, request.of(name)

    def _read(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        hamlets: HamletFinder,
        progress: Progress,
    ) -> SheetOutcome:
        table, columns = self.open_table(type_name, path, request)
        outcome = SheetOutcome(table, path.name)
        self._run(type_name, columns, request, outcome, hamlets, progress)
        return outcome

    def _run(
        self,
        type_name: str,
        columns: Sequence[GridColumn],
        request: SheetRequest,
        outcome: SheetOutcome,
        hamlets: HamletFinder,
        progress: Progress,
    ) -> None:
        with raised_gc_threshold():
            model = ALL_TYPES[type_name]
            ImportRun(self.session, model, columns, request, outcome, hamlets).run(progress)


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
