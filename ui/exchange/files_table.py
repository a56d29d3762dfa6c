"""Table of files to import: origin and outcome of each."""

from collections.abc import Container, Sequence
from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.desk import Desk
from borderdesk.exchange.merging import request_texts
from borderdesk.exchange.receiving.imports import IMPORTED, UNCHANGED, WOULD_IMPORT, ImportOutcome
from borderdesk.exchange.receiving.incoming_files import IncomingFile
from ui.exchange.exchange_labels import (
    EXPECTED,
    IMPORTED_LABELS,
    LOCKED_LABEL,
    REFUSED_LABEL,
    period_label,
)
from ui.widgets.tables.rows_table import RowsTable, TableColumn

NARROW = 110
"""Width in digits below which some columns are hidden."""
NAMED_BY_FILE = (2, 3)
"""The columns of period and number, which the file name contains too."""
GOOD = (WOULD_IMPORT, IMPORTED, UNCHANGED)
"""The outcomes of files that can be imported."""
COUNTS = {
    "added": N_("{count} new"),
    "updated": N_("{count} changed"),
    "double": N_("{count} in two versions"),
    "unchanged": N_("{count} as here"),
    "stale": N_("{count} older"),
    "refused_rows": N_("{count} left out"),
}
"""The labels of an outcome's counts, most important first."""
PREFIX = "BorderDesk_"
"""Prefix of all package names, left out in the table."""


class FilesTable(RowsTable):
    """One row per file; the empty table explains how to add files."""

    def __init__(self, desk: Desk) -> None:
        columns = [
            TableColumn(_("File"), 22),
            TableColumn(_("Sender"), 13),
            TableColumn(_("Period"), 9),
            TableColumn(_("Number"), 4, numeric=True),
            TableColumn(_("Outcome"), 17),
            TableColumn(_("Records, or the reason"), 30),
        ]
        empty = _(
            "Drop files, a folder or a whole stick on this page, or choose them above."
            " Nothing is changed before you press Take in."
        )
        super().__init__(_("Files that came"), columns, empty)
        self._desk = desk
        # Reasons are one or two sentences and must be readable in full.
        self.setWordWrap(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide columns in a narrow table, in favour of the reason."""
        super().resizeEvent(event)
        narrow = self.viewport().width() < self.fontMetrics().horizontalAdvance("0") * NARROW
        for column in NAMED_BY_FILE:
            self.setColumnHidden(column, narrow)

    def show_files(self, incoming_files: Sequence[IncomingFile], imported: Container[Path]) -> None:
        """Show files; imported: the paths whose outcome is final, not a preview."""
        self.show_rows(
            [self._line(incoming, incoming.path in imported) for incoming in incoming_files],
            keys=[incoming.path for incoming in incoming_files],
        )

    def _line(self, incoming: IncomingFile, imported: bool) -> tuple[str, ...]:
        outcome = incoming.outcome
        return (
            outcome.file.removeprefix(PREFIX),
            *self._origin(incoming),
            _outcome_label(incoming, imported),
            _records_label(outcome),
        )

    def _origin(self, incoming: IncomingFile) -> tuple[str, str, str]:
        """Sender, period and number; with a question mark if only the file name has them."""
        origin, name = incoming.origin, request_texts.parse_file_name(incoming.outcome.file)
        if origin is not None:
            return origin.name, period_label(self._desk, origin.period), str(origin.number)
        if name is None:
            return "–", "–", "–"
        post = self._desk.book.post_short(name.unit)
        return f"{post}?", f"{period_label(self._desk, name.period)}?", f"{name.number}?"


def _records_label(outcome: ImportOutcome) -> str:
    """The non-zero counts of a file's records, then the reason why any were not imported."""
    counted = {key: getattr(outcome, key) for key in COUNTS if outcome.status in GOOD}
    lang = language()
    facts = [
        _(COUNTS[key]).format(count=format_number(number, lang))
        for key, number in counted.items()
        if number
    ]
    return " · ".join(filter(None, [*facts, outcome.reason])) or "–"


def _outcome_label(incoming: IncomingFile, imported: bool) -> str:
    """The outcome of a file with its sign."""
    if incoming.locked:
        return _(LOCKED_LABEL)
    labels = IMPORTED_LABELS if imported and incoming.outcome.batch is not None else EXPECTED
    return _(labels.get(incoming.outcome.status, REFUSED_LABEL))
