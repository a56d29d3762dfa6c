"""Preview or result of an import: counts, and the rows with their reasons."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.spreadsheets import cell_text
from borderdesk.schema.kinds import doubt_text, mask
from borderdesk.sheets.columns.table import SheetColumn
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_outcome import ReadRow, RowState, SheetOutcome
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.tables.rows_table import RowsTable, TableColumn

STATES: Mapping[RowState, str] = {
    "refused": N_("✗ refused"),
    "near": N_("⇄ looks like a record here"),
    "doubtful": N_("⚠ new, to be looked at"),
    "same": N_("= here already"),
    "new": N_("+ new"),
}
"""The states of rows in list order: rows that need attention first."""
MOST_WORDS = 600


class OutcomeView(QWidget):
    """Counts, a table of rows, and all cells of the current row."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[SheetOutcome, ReadRow]] = []
        self._masked: frozenset[str] = frozenset()
        self._several = False
        self.counts = named(PlainLabel(), "figure")
        self.notes = named(PlainLabel(), "muted")
        self.detail = PlainLabel()
        columns = [
            TableColumn(_("Row"), 6, numeric=True),
            TableColumn(_("Becomes"), 18),
            TableColumn(_("Reason"), 36),
            TableColumn(_("Cells"), 40),
        ]
        self.table = RowsTable(
            _("Rows of the sheet"), columns, _("Choose the fields, then press Preview.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (self.counts, self.notes, self.detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.counts)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        column.addWidget(self.notes)
        self.table.moved.connect(self._describe)

    def clear(self) -> None:
        """Show nothing."""
        self.show_outcomes([])

    def show_outcomes(
        self, outcomes: Sequence[SheetOutcome], masked: frozenset[str] = frozenset()
    ) -> None:
        """Show the rows of these sheets as they will be, or were, saved.

        masked: the keys of columns masked on screen; the current row is not masked if refused, as
        somebody has to correct it.
        """
        self._masked, self._several = masked, len(outcomes) > 1
        self._rows = [
            (outcome, row)
            for state in STATES
            for outcome in outcomes
            for row in outcome.shown.get(state, ())
        ]
        self.table.show_rows([self._cells(*entry) for entry in self._rows], keep=False)
        self.counts.setText(_count_words(outcomes) if outcomes else "")
        notes = [text for outcome in outcomes for text in messages(outcome)]
        self.notes.setText("\n".join(notes)[:MOST_WORDS])
        self.notes.setVisible(bool(notes))
        self._describe(self.table.row())

    def show_first(self, outcome: SheetOutcome, masked: frozenset[str]) -> None:
        """Show the preview of a large list's first rows while the rest is being read."""
        self.show_outcomes([outcome], masked)
        words = ngettext(
            "The first row; the others are being read.",
            "The first {count} rows; the others are being read.",
            outcome.rows,
        )
        self.counts.setText(words.format(count=format_number(outcome.rows, language())))

    def _describe(self, place: int) -> None:
        """Show all cells of the current row with their headings."""
        valid = 0 <= place < len(self._rows)
        if valid:
            outcome, row = self._rows[place]
            masked = frozenset() if row.state == "refused" else self._masked
            cells = [
                f"{column.heading}: {text}"
                for column, text in _texts(outcome, row, masked)
                if column.heading
            ]
            reasons = _reasons(row)
            text = " · ".join(cells)[:MOST_WORDS]
            self.detail.setText(f"{reasons}\n{text}" if reasons else text)
        self.detail.setVisible(valid)

    def _cells(self, outcome: SheetOutcome, row: ReadRow) -> tuple[str, ...]:
        texts = [text for _column, text in _texts(outcome, row, self._masked)]
        cells = " | ".join(texts).replace("\n", " ")[:MOST_WORDS]
        if self._several:
            cells = f"[{outcome.file}] {cells}"
        return (str(row.row.number), _(STATES[row.state]), _reasons(row), cells)


def _texts(
    outcome: SheetOutcome, row: ReadRow, masked: frozenset[str]
) -> Iterator[tuple[SheetColumn, str]]:
    """The non-empty cells of a row with their columns."""
    for column, cell in zip(outcome.table.columns, row.row.cells, strict=False):
        text = cell_text(cell)
        if text:
            yield column, mask(text) if column.key in masked else text


def _reasons(row: ReadRow) -> str:
    if row.state == "refused":
        return " ".join(row.reasons)
    return " ".join(dict.fromkeys(map(doubt_text, row.reasons)))


def _count_words(outcomes: Sequence[SheetOutcome]) -> str:
    rows = sum(outcome.rows for outcome in outcomes)
    words = ngettext(
        "{rows} row: {new} new ({near} of them look doubled), {same} here already, {bad} refused",
        "{rows} rows: {new} new ({near} of them look doubled), {same} here already, {bad} refused",
        rows,
    )
    lang = language()
    return words.format(
        rows=format_number(rows, lang),
        new=format_number(sum(outcome.accepted for outcome in outcomes), lang),
        same=format_number(sum(outcome.same for outcome in outcomes), lang),
        near=format_number(sum(outcome.near for outcome in outcomes), lang),
        bad=format_number(sum(len(outcome.refused) for outcome in outcomes), lang),
    )
