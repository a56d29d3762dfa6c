"""Records from spreadsheets: files, or sheets of a workbook, read as one import."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.collection import raised_gc_threshold
from borderdesk.base.errors import UserError
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.sheets.added_hamlets import add_hamlets
from borderdesk.sheets.cells import SheetSource
from borderdesk.sheets.decoding import SheetText
from borderdesk.sheets.hamlets import HamletFinder
from borderdesk.sheets.import_run import ImportRun
from borderdesk.sheets.mapping_memory import MappingMemory, completed_by
from borderdesk.sheets.sheet_batches import SheetBatches
from borderdesk.sheets.sheet_columns import sheet_columns
from borderdesk.sheets.sheet_outcome import SheetOutcome
from borderdesk.sheets.sheet_request import SheetRequest
from borderdesk.sheets.table import SheetTable
from borderdesk.sheets.workbook_source import open_head, open_sheet
from borderdesk.store.history import last_seq


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
        self._run(columns, _Order(type_name, request, self._hamlets(request), no_progress), outcome)
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
        order = _Order(type_name, request, self._hamlets(request), progress)
        first = last_seq(self.store) + 1
        outcomes: list[SheetOutcome] = []
        for path in paths:
            try:
                outcomes += self._read_file(path, order)
            except UserError as error:
                if len(paths) == 1:
                    raise
                raise UserError(f"{path.name}: {error}") from None
        outcomes[0].unknown_hamlets = unknown = order.hamlets.unknown()
        added = add_hamlets(self.session, unknown) if request.new_hamlets else []
        if dry:
            raise _DryRunEnd(outcomes)
        if any(one.accepted for one in outcomes):
            names = [path.name for path in paths]
            batches = self.session.part(SheetBatches)
            batch = batches.add_batch(type_name, names, first, _counts(outcomes), added)
            for one in outcomes:
                one.batch = batch
        return outcomes

    def _hamlets(self, request: SheetRequest) -> HamletFinder:
        return HamletFinder(self.store, self.session.book, request.hamlets)

    def import_sheet(
        self,
        type_name: str,
        path: Path,
        request: SheetRequest,
        progress: Progress = no_progress,
    ) -> SheetOutcome:
        """Save the rows of a sheet that can be records, in one transaction. Raises UserError."""
        return self.import_files(type_name, [path], request, progress)[0]

    def _read_file(self, path: Path, order: "_Order") -> list[SheetOutcome]:
        """What becomes of a file: of one sheet, or of all that have a table of the type."""
        request = order.request
        if not request.all_sheets:
            table, columns = self.open_table(order.type_name, path, request)
            return [self._run(columns, order, SheetOutcome(table, path.name))]
        outcomes, skipped = [], []
        failed: UserError | None = None
        for name in open_sheet(path).names:
            of_sheet = order._replace(request=request.of(name))
            try:
                table, columns = self.open_table(order.type_name, path, of_sheet.request)
            except UserError as error:
                failed = failed or error
                skipped.append(name)
                continue
            outcome = SheetOutcome(table, f"{path.name}: {name}", of_all_sheets=True)
            outcomes.append(self._run(columns, of_sheet, outcome))
        if not outcomes and failed is not None:
            raise failed
        outcomes[0].skipped = skipped
        return outcomes

    def _run(
        self, columns: Sequence[GridColumn], order: "_Order", outcome: SheetOutcome
    ) -> SheetOutcome:
        """Take the rows of a table in; its outcome, filled."""
        model = ALL_TYPES[order.type_name]
        run = ImportRun(self.session, model, columns, order.request, outcome, order.hamlets)
        with raised_gc_threshold():
            run.run(order.progress)
        return outcome


class _Order(NamedTuple):
    """What holds for all files of one import: their type, what a person said, the hamlets that were
    met, and who is told how far it is."""

    type_name: str
    request: SheetRequest
    hamlets: HamletFinder
    progress: Progress


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
