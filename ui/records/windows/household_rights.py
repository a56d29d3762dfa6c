"""Rights of a household's members: report, request with deadlines, erasure."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from borderdesk.base.errors import user_error
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.entry.person_requests import REQUEST_KINDS, PersonRequest, unchecked_note
from ui.base.plain_text import PlainLabel
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.push_button import push_button

if TYPE_CHECKING:
    from borderdesk.reports.handouts import person_report
else:
    person_report = lazy_module("borderdesk.reports.handouts.person_report")


class HouseholdRights(QWidget):
    """The buttons for one household."""

    def __init__(self, desk: Desk, tasks: Runner, household: str) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._household = household
        self.kind, self.reason, self.outcome = Chooser(), TextLine(), PlainLabel()
        self.outcome.setWordWrap(True)
        self.outcome.hide()
        self._sure = False
        self._waiting = 0
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for key, kind in REQUEST_KINDS.items():
            self.kind.addItem(_(kind.title), key)
        self.kind.setAccessibleName(_("What the household asks for"))
        row = FlowLayout()
        hint = _("All that is kept of a household, and where it went.")
        row.add(push_button(_("Report of the household…"), hint, self.ask_report))
        row.add(self.kind)
        hint = _("Note it with the days it has to be done by")
        row.add(push_button(_("Note the request"), hint, self.note_request))
        column.addLayout(row)
        last = FlowLayout()
        self.reason.setPlaceholderText(_("Why it is erased."))
        self.reason.setAccessibleName(_("Why it is erased."))
        self.reason.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 30)
        last.add(self.reason)
        hint = _("Erase what is personal of this household, for ever; counts stay")
        last.add(push_button(_("Erase for ever…"), hint, self.erase, takes="record.erase"))
        column.addLayout(last)
        column.addWidget(self.outcome)

    def idle(self) -> bool:
        """Whether nothing is running."""
        return self._waiting == 0

    def ask_report(self) -> None:
        """Ask where to save the report."""
        ask_where(self, f"ban-ke-ho_{self._household[:8]}.pdf", ".pdf", self.report)

    def report(self, target: Path) -> None:
        """Save the report of the household."""
        desk, household = self._desk, self._household
        self._do(
            lambda: person_report.write_person_report(desk, household, target),
            lambda _none: self._say(_("Saved as {file}").format(file=target.name)),
        )

    def note_request(self) -> None:
        """Record a request received today."""
        desk, household, kind = self._desk, self._household, self.kind.currentData()

        def done(request: PersonRequest) -> None:
            words = _("Noted. Acknowledge by {first}, done by {last}.")
            days = {"first": format_date(request.acknowledge_by), "last": format_date(request.due)}
            parts = (words.format(**days), unchecked_note([request]))
            self._say(" ".join(filter(None, parts)))

        self._do(lambda: desk.requests.note_request(household, kind), done)

    def erase(self) -> None:
        """Erase the household; the first press asks for a second one."""
        if not self._sure:
            self._sure = True
            self._say(
                _(
                    "Erase what is personal of this household for ever, here and everywhere? Press"
                    " again to do it."
                )
            )
            return
        self._sure = False
        desk, household, reason = self._desk, self._household, self.reason.text()

        def done(_versions: int) -> None:
            self._say(_("The household was erased; the counts stay as they are."))

        self._do(lambda: desk.exchange.erasures.erase_household(household, reason), done)

    def _do(self, work: Any, then: Any) -> None:
        self._waiting += 1

        def done(answer: Any) -> None:
            self._waiting -= 1
            then(answer)

        def failed(error: Exception) -> None:
            self._waiting -= 1
            self._say(str(user_error(error)))

        self._tasks.later(work, done, failed, self)

    def _say(self, words: str) -> None:
        self.outcome.setText(words)
        self.outcome.setAccessibleName(words)
        self.outcome.show()
