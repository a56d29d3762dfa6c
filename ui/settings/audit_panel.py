"""Nhật ký: the audit log, searched, verified, saved as PDF."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.session.audit import AuditCheck, AuditFilter, AuditLine
from borderdesk.session.audit_kinds import GROUPS
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.push_button import push_button
from ui.widgets.tables.row_choice import FoundRows
from ui.widgets.tables.rows_table import RowsTable, TableColumn

audit_paper = lazy_module("borderdesk.reports.handouts.audit_paper")

MOST_SHOWN = 500
"""Maximum number of lines shown, newest first; the PDF has all."""
PAUSE = 300
"""Debounce of the search in milliseconds."""
SPANS = {1: N_("Today"), 7: N_("The last 7 days"), 31: N_("The last 31 days"), 0: N_("All days")}
"""{number of days, 0 for all: label}."""


class AuditPanel(DeskPanel):
    """The lines of the audit log, newest first."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.lines: list[AuditLine] = []
        self.search, self.kind, self.span = TextLine(), Chooser(), Chooser()
        self.count = named(PlainLabel(), "muted")
        self.table = RowsTable(
            _("Audit log"),
            [
                TableColumn(_("Time"), 20),
                TableColumn(_("Full name"), 26),
                TableColumn(_("Role"), 18),
                TableColumn(_("What happened"), 70),
            ],
            _("No line is like this."),
            several=True,
            awaited=True,
        )
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.refresh)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self.search.setPlaceholderText(_("Find in the log…"))
        self.search.setAccessibleName(_("Find in the log…"))
        self.search.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 26)
        self.search.seen.connect(lambda _text: self._pause.start())
        FoundRows(self.search, self.table, lambda: not self._pause.isActive())
        self.kind.addItem(_("Every kind"), "")
        for group, words in GROUPS.items():
            self.kind.addItem(_(words), group)
        for days, words in SPANS.items():
            self.span.addItem(_(words), days)
        for chooser, words in ((self.kind, _("Kind")), (self.span, _("Days"))):
            chooser.setAccessibleName(words)
            chooser.activated.connect(lambda _at: self.refresh())
        self.span.setCurrentIndex(1)
        for widget in (self.search, self.kind, self.span):
            row.add(widget)
        row.add(push_button(_("Save as PDF…"), _("Write every line like this"), self.ask_file))
        row.add(
            push_button(_("Check the log"), _("Whether a line was removed or edited."), self.check)
        )
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        outer.addWidget(self.count)

    def chosen(self) -> AuditFilter:
        """The filter selected."""
        days: int = self.span.currentData()
        first = self._desk.today() - datetime.timedelta(days=days - 1) if days else None
        search_text = self.search.seen_text().strip()
        return AuditFilter(first, kind=self.kind.currentData(), search=search_text)

    def choices(self) -> Mapping[str, Any]:
        """Search text, kind and days, if a person changed them."""
        if not (self.search.text() or self.kind.taken or self.span.taken):
            return {}
        chosen_values = {"kind": self.kind.currentData(), "days": self.span.currentData()}
        return {"search": self.search.text(), **chosen_values}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned."""
        self.search.setText(choices["search"])
        self.kind.take(choices["kind"])
        self.span.take(choices["days"])
        self.refresh()

    def refresh(self) -> None:
        """Read the lines again."""
        desk, line_filter = self._desk, self.chosen()
        self.read(lambda: desk.audit.lines(line_filter, limit=MOST_SHOWN), self._show)

    def _show(self, lines: list[AuditLine]) -> None:
        self.lines = lines
        time, role = audit_paper.local_time, audit_paper.role_words
        self.table.show_rows(
            [(time(entry.time), entry.name, role(entry.role), entry.text) for entry in lines],
            keep=False,
        )
        words = ngettext("{count} line", "{count} lines", len(lines))
        if len(lines) == MOST_SHOWN:
            words = _("The newest {count} lines; a paper has them all")
        self.count.setText(words.format(count=format_number(len(lines), language())))

    # ------------------------------------------------------------------------ acting

    def ask_file(self) -> None:
        """Ask where to save the lines as a PDF."""
        name = f"nhat-ky_{self._desk.today().isoformat()}.pdf"
        ask_where(self, name, ".pdf", self.save)

    def save(self, target: Path) -> None:
        """Save all lines that match the filter, oldest first."""
        desk, line_filter = self._desk, self.chosen()

        def work(_progress: object) -> None:
            audit_paper.write_audit(desk, line_filter, desk.audit.lines(line_filter)[::-1], target)

        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target.name))
            self.refresh()

        self.long(work, _("Saving…"), done)

    def check(self) -> None:
        """Verify the hash chain of the log."""
        self.ask(self._desk.audit.check, self._checked)

    def _checked(self, result: AuditCheck) -> None:
        if result.problems:
            self.bar.warn(" ".join(result.problems[:3]))
            self.refresh()
            return
        words = ngettext(
            "The log is whole: {count} line, none removed or edited.",
            "The log is whole: {count} lines, none removed or edited.",
            result.lines,
        )
        self.bar.notify(words.format(count=format_number(result.lines, language())))
