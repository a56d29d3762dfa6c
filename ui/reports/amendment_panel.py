"""Differences that an amendment in preparation would make, with editable reasons."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from borderdesk.base.formats import format_figure
from borderdesk.base.i18n import N_, _, language
from borderdesk.closing.editions import SignedDifference
from ui.base.plain_text import plain_tip
from ui.base.rights import permit
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.tables.rows_table import RowsTable, TableColumn

COLUMNS = {"value": N_("in the period"), "year_to_date": N_("since the year began")}
LINES = 9
"""How high the table is, in lines of text."""


class AmendmentPanel(QWidget):
    """The differences of an amendment; the initial reasons are derived from the changed records.

    draft_wanted: show the pages of the draft; keep_wanted: give the amendment up.
    """

    draft_wanted = Signal()
    keep_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._changes: list[SignedDifference] = []
        self._typed: dict[str, str] = {}
        self.table = RowsTable(
            _("What the amendment changes"),
            [
                TableColumn(_("Indicator"), 26),
                TableColumn(_("Signed"), 8, numeric=True),
                TableColumn(_("Now"), 8, numeric=True),
                TableColumn(_("Difference"), 8, numeric=True),
                TableColumn(_("Reason"), 36, editable=True),
            ],
            _("Nothing differs from the signed paper yet. Correct the records first."),
        )
        # No height of its own choosing: Qt would give it the one it likes best, and the lines of
        # the closing above, which has only its least height, would be cut off.
        self.table.setFixedHeight(self.fontMetrics().lineSpacing() * LINES)
        self.table.texts.typed.connect(self._reason_typed)
        self.table.moved.connect(self._show_reason)
        self.reason = TextLine()
        self.reason.setPlaceholderText(_("Reason of the row chosen above"))
        self.reason.setAccessibleName(_("Reason"))
        self.reason.setToolTip(plain_tip(_("Reason of the row chosen above")))
        self.reason.editingFinished.connect(self._reason_edited)
        self.draft = QPushButton(_("See the draft"))
        self.keep = QPushButton(_("Leave as it was signed"))
        self.draft.clicked.connect(lambda _checked=False: self.draft_wanted.emit())
        self.keep.clicked.connect(lambda _checked=False: self.keep_wanted.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.reason)
        row = FlowLayout()
        for push in (self.draft, self.keep):
            push.setAccessibleName(push.text())
            push.setToolTip(plain_tip(push.text()))
            row.add(push)
        permit(self.keep, "period.close")
        column.addLayout(row)
        self.hide()

    def show_changes(self, changes: Sequence[SignedDifference], *, amending: bool) -> None:
        """Show the differences; typed reasons stay while an amendment is prepared."""
        self._changes = list(changes)
        keys = {change.key for change in changes}
        self._typed = {key: text for key, text in self._typed.items() if key in keys}
        self._show()
        self.keep.setEnabled(not changes)
        self.setVisible(amending)

    def _show(self) -> None:
        self.table.show_rows([self._row(change) for change in self._changes])

    def _row(self, change: SignedDifference) -> tuple[str, ...]:
        lang = language()
        figures = (
            *(side.text(lang) for side in change.shown()),
            format_figure(change.difference, lang),
        )
        reason = self._typed.get(change.key) or "; ".join(change.reasons)
        return (f"{change.label} ({_(COLUMNS[change.column])})", *figures, reason)

    def _show_reason(self, row: int) -> None:
        """Show the reason of the current row in full width, as the table may elide it."""
        self.reason.setEnabled(row >= 0)
        self.reason.setText(self.table.texts.rows[row][-1] if row >= 0 else "")
        self.reason.setCursorPosition(0)

    def _reason_edited(self) -> None:
        row, text = self.table.row(), self.reason.text().strip()
        if row >= 0 and text != self.table.texts.rows[row][-1]:
            self._reason_typed(row, text)

    def _reason_typed(self, row: int, text: str) -> None:
        """A reason belongs to its indicator, in both columns."""
        self._typed[self._changes[row].key] = text
        self._show()

    def reasons(self) -> dict[str, str]:
        """{indicator: reason} of the reasons that a person typed."""
        return {key: text for key, text in self._typed.items() if text}
