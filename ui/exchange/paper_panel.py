"""Giấy – tệp: checking a printed and signed paper against this desk's figures."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtWidgets import QLabel, QLineEdit

from borderdesk.base.formats import format_figure
from borderdesk.base.i18n import N_, _, language
from borderdesk.closing.editions import SignedDifference
from borderdesk.closing.paper import DIFFERENT, RESULTS, SAME, Verdict, check
from borderdesk.desk import Desk
from borderdesk.figures.scopes import parse_scope, scope_day
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import period_label
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column

SIGNS = {SAME: "✓", DIFFERENT: "✗"}
"""{result of a check: its sign}."""
OTHER_SIGN = "◷"
COLUMNS = {"value": N_("In the period"), "year_to_date": N_("Since the year began")}
"""{column of a summary that a paper's code covers: its title}."""


class PaperPanel(DeskPanel):
    """A field for the text of a paper's QR code, and the result of the check."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.text = QLineEdit()
        self.verdict = named(QLabel(), "figure")
        self.table = RowsTable(
            _("Figures that differ"),
            [
                TableColumn(_("Indicator"), 40),
                TableColumn(_("Unit of measure"), 12),
                TableColumn(_("Column"), 20),
                TableColumn(_("On the paper"), 12, numeric=True),
                TableColumn(_("Here"), 12, numeric=True),
                TableColumn(_("Reason"), 24),
            ],
            _(
                "Scan the QR code of a paper into the field above, or type the line that stands"
                " beside it: it begins with BD1."
            ),
        )
        self._lay_out()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self.text.setAccessibleName(_("Text of the paper's QR code"))
        self.text.setPlaceholderText("BD1|…")
        self.text.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 44)
        self.text.returnPressed.connect(self.check)
        row.add(self.text, 1)
        row.add(button(bind(self, "paper_check", self.check), main=True, keys=True))
        outer.addLayout(row)
        self.verdict.setWordWrap(True)
        self.verdict.hide()
        outer.addWidget(self.verdict)
        outer.addWidget(self.table, 1)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Check a text (`text`)."""
        if "text" in intent:
            self.text.setText(intent["text"])
            self.check()

    def check(self) -> None:
        """Compare the paper with the figures of this desk."""
        desk, text = self._desk, self.text.text()
        self.verdict.hide()
        self.table.show_rows([])
        if not text.strip():
            self.text.setFocus()
            return

        def work() -> tuple[Verdict, str]:
            verdict = check(desk, text)
            last = desk.calendar().parse(verdict.paper.period).last
            day = scope_day(desk.book, last)
            return verdict, parse_scope(desk.book, verdict.paper.scope, day).name

        self.read(work, self._show)

    def _show(self, answer: tuple[Verdict, str]) -> None:
        verdict, scope = answer
        self.bar.clear()
        self.verdict.setText("\n".join(self._sentences(verdict, scope)))
        self.verdict.show()
        self.table.show_rows([_line(one) for one in verdict.moved])

    def _sentences(self, verdict: Verdict, scope: str) -> Iterator[str]:
        """The result, what the paper is, and what else is known of it."""
        paper = verdict.paper
        yield f"{SIGNS.get(verdict.result, OTHER_SIGN)} {_(RESULTS[verdict.result])}"
        edition = (
            _("edition {number}").format(number=paper.edition) if paper.edition else _("draft")
        )
        period = period_label(self._desk, paper.period)
        words = _("The paper: {period}, {scope}, {edition}.")
        yield words.format(period=period, scope=scope, edition=edition)
        if verdict.edition:
            yield _("Signed here: edition {number}.").format(number=verdict.edition)
        if verdict.result == DIFFERENT and not verdict.known:
            yield _(
                "This desk does not know what the paper said, so it cannot tell where."
                " Compare it line by line with the report."
            )


def _line(one: SignedDifference) -> tuple[str, ...]:
    figures = (format_figure(value, language()) for value in (one.signed, one.now))
    return (one.label, one.unit, _(COLUMNS[one.column]), *figures, "; ".join(one.reasons))
