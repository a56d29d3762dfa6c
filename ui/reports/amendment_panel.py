"""What an amendment being prepared would change: a row a figure, each with its reason to edit."""

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


class AmendmentPanel(QWidget):
    """The differences of an amendment with their reasons, which begin with what was changed.

    draft_wanted: its pages are to be shown; keep_wanted: the paper is to stay as it was signed.
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
        self.table.texts.typed.connect(self._reason_typed)
        self.table.moved.connect(self._show_reason)
        self.reason = TextLine()
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
        """Show what would change; typed reasons stay while an amendment is prepared."""
        self._changes = list(changes)
        keys = {one.key for one in changes}
        self._typed = {key: text for key, text in self._typed.items() if key in keys}
        self._show()
        self.keep.setEnabled(not changes)
        self.setVisible(amending)

    def _show(self) -> None:
        self.table.show_rows([self._row(one) for one in self._changes])

    def _row(self, one: SignedDifference) -> tuple[str, ...]:
        lang = language()
        figures = (
            *(side.text(lang) for side in one.shown()),
            format_figure(one.difference, lang),
        )
        reason = self._typed.get(one.key) or "; ".join(one.reasons)
        return (f"{one.label} ({_(COLUMNS[one.column])})", *figures, reason)

    def _show_reason(self, row: int) -> None:
        """Give the reason of the row chosen the whole width, where the table has no room for it."""
        self.reason.setEnabled(row >= 0)
        self.reason.setText(self.table.texts.rows[row][-1] if row >= 0 else "")
        self.reason.setCursorPosition(0)

    def _reason_edited(self) -> None:
        row, text = self.table.row(), self.reason.text().strip()
        if row >= 0 and text != self.table.texts.rows[row][-1]:
            self._reason_typed(row, text)

    def _reason_typed(self, row: int, text: str) -> None:
        """A reason is of its indicator, in the period and since the year began alike."""
        self._typed[self._changes[row].key] = text
        self._show()

    def reasons(self) -> dict[str, str]:
        """{indicator: reason} of those that a person wrote."""
        return {key: text for key, text in self._typed.items() if text}
