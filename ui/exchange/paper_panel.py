"""Giấy – tệp: check of a printed and signed paper, or its file, against the desk's figures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.paper_check import DIFFERENT, RESULTS, SAME, PaperVerdict
from borderdesk.desk import Desk
from borderdesk.figures.scopes import parse_scope, scope_day
from borderdesk.reports.editions.file_check import check_file
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import period_label
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_files
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

if TYPE_CHECKING:
    from borderdesk.reports.editions import edition_signing
    from borderdesk.signing import validity
else:
    edition_signing = lazy_module("borderdesk.reports.editions.edition_signing")
    validity = lazy_module("borderdesk.signing.validity")

SIGNS = {SAME: "✓", DIFFERENT: "✗"}
"""{result of a check: sign}."""
OTHER_SIGN = "◷"


class _Answer(NamedTuple):
    """Result of a check: digital signatures in words, and the verdict on the figures with the name
    of its scope, or why there is none."""

    signatures: Sequence[str]
    verdict: PaperVerdict | None = None
    scope: str = ""
    why: str = ""


class PaperPanel(DeskPanel):
    """Field for the text of a paper's QR code, the result, and the signed figures beside those
    typed from the paper."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.text = TextLine()
        self.verdict = named(PlainLabel(), "figure")
        self._typed: dict[str, str] = {}
        self._lines: list[SummaryLine] = []
        self.table = RowsTable(
            _("Figures to compare with the paper"),
            [
                TableColumn(_("Indicator"), 34),
                TableColumn(_("Unit of measure"), 12),
                TableColumn(_("In the period"), 12, numeric=True),
                TableColumn(_("Since the year began"), 12, numeric=True),
                TableColumn(_("Here"), 10, numeric=True),
                TableColumn(_("On the paper"), 10, numeric=True, editable=True),
                TableColumn(_("Reason"), 30),
            ],
            _(
                "Scan the QR code of a paper into the field above, type the line that stands beside"
                " it, which begins with BD1, or choose its PDF or Word file."
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
        row.add(button(bind(self, "paper_file", self.ask_file)))
        outer.addLayout(row)
        self.verdict.setWordWrap(True)
        self.verdict.hide()
        outer.addWidget(self.verdict)
        self.table.texts.typed.connect(self._figure_typed)
        outer.addWidget(self.table, 1)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Check the text `text`."""
        if "text" in intent:
            self.text.setText(intent["text"])
            self.check()

    def ask_file(self) -> None:
        """Ask for a paper's PDF or Word file and check it."""
        ask_files(self, _("A paper as a file"), "*.pdf *.docx", self._file_chosen)

    def _file_chosen(self, files: Sequence[Path]) -> None:
        self.text.setText(str(files[0]))
        self.check()

    def check(self) -> None:
        """Check the paper against the figures of the desk."""
        self._typed.clear()
        self._check()

    def _figure_typed(self, row: int, text: str) -> None:
        key = self._lines[row].key
        if text:
            self._typed[key] = text
        else:
            self._typed.pop(key, None)
        self._check()

    def _check(self) -> None:
        desk, text, typed = self._desk, self.text.text(), dict(self._typed)
        if not typed:
            self.verdict.hide()
            self.table.show_rows([])
        if not text.strip():
            self.text.setFocus()
            return

        def work() -> _Answer:
            signed = edition_signing.text_signatures(desk, text)
            signatures = [f"{validity.SIGNS[v.result]} {validity.sentence(v)}" for v in signed]
            try:
                verdict = check_file(desk, text, typed)
            except UserError as error:
                if not signatures:
                    raise
                return _Answer(signatures, why=str(error))
            last = desk.calendar().parse(verdict.paper.period).last
            day = scope_day(desk.book, last)
            return _Answer(
                signatures, verdict, parse_scope(desk.book, verdict.paper.scope, day).name
            )

        self.read(work, self._show)

    def _show(self, answer: _Answer) -> None:
        self.bar.clear()
        verdict = answer.verdict
        if verdict is None:
            # A file of another program: only its signatures can be checked.
            self.verdict.setText("\n".join([*answer.signatures, answer.why]))
            self.verdict.show()
            return
        sentences = [*self._sentences(verdict, answer.scope)]
        self.verdict.setText("\n".join([*answer.signatures, *sentences]))
        self.verdict.show()
        changed = {change.key for change in verdict.moved}
        shown = [li for li in verdict.lines if li.value or li.year_to_date or li.key in changed]
        self._lines = sorted(shown, key=lambda line: line.key not in changed)
        self.table.show_rows([self._row(verdict, line) for line in self._lines])

    def _row(self, verdict: PaperVerdict, line: SummaryLine) -> tuple[str, ...]:
        """A row of the table: signed figures, the desk's figure if it differs, the typed one,
        reasons for a change."""
        moved = [change for change in verdict.moved if change.key == line.key]
        current = [
            change for change in moved if change.column == "value" and change.signed == line.value
        ]
        reasons = dict.fromkeys(reason for change in moved for reason in change.reasons)
        return (
            line.label,
            line.unit,
            line.shown("value").text(language()),
            line.shown("year_to_date").text(language()),
            current[0].shown()[1].text(language()) if current else "",
            self._typed.get(line.key, ""),
            "; ".join(reasons),
        )

    def _sentences(self, verdict: PaperVerdict, scope: str) -> Iterator[str]:
        """Sentences: result, identity of the paper, reasons."""
        paper = verdict.paper
        yield f"{SIGNS.get(verdict.result, OTHER_SIGN)} {_(RESULTS[verdict.result])}"
        edition = (
            _("edition {number}").format(number=paper.edition) if paper.edition else _("draft")
        )
        period = period_label(self._desk, paper.period)
        words = _("The paper: {period}, {scope}, {edition}.")
        yield words.format(period=period, scope=scope, edition=edition)
        yield from verdict.reasons
        yield _(
            "The code proves the figures below, not the ink: compare them with the paper, or type"
            " the paper's in the column “On the paper”."
        )
