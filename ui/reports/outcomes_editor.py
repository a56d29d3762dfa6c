"""Editor of the outcomes of last period's tasks: carried out, or why not."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.closing.narratives import TASK_LIMIT, TaskOutcome
from ui.base.plain_text import PlainLabel
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.text_line import TextLine

STATES = (
    (None, N_("Not said yet")),
    (True, N_("Carried out")),
    (False, N_("Not carried out")),
)


class OutcomeLine(QWidget):
    """A task, its outcome and the reason; emits `edited` for edits by a person."""

    edited = Signal()

    def __init__(self, outcome: TaskOutcome) -> None:
        super().__init__()
        self._outcome = outcome
        due = format_date(outcome.due_on) if outcome.due_on else ""
        self.title = PlainLabel(" · ".join(filter(None, (outcome.task, outcome.owner, due))))
        self.title.setWordWrap(True)
        self.state, self.why = Chooser(), TextLine(outcome.why)
        for value, words in STATES:
            self.state.addItem(_(words), value)
        self.state.setCurrentIndex([value for value, _words in STATES].index(outcome.done))
        self.why.setMaxLength(TASK_LIMIT)
        self.why.setPlaceholderText(_("Why not, or how"))
        self.state.setAccessibleName(_("What became of “{task}”").format(task=outcome.task))
        self.why.setAccessibleName(_("Why not, or how: {task}").format(task=outcome.task))
        self.state.currentIndexChanged.connect(lambda _index: self.edited.emit())
        self.why.textEdited.connect(lambda _text: self.edited.emit())
        below = QHBoxLayout()
        below.addWidget(self.state)
        below.addWidget(self.why, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addLayout(below)

    def outcome(self) -> TaskOutcome:
        """The outcome entered."""
        return self._outcome._replace(done=self.state.currentData(), why=self.why.text())

    def lock(self, locked: bool) -> None:
        """Make it read-only, or editable."""
        self.state.setEnabled(not locked)
        self.why.setReadOnly(locked)


class OutcomesEditor(QWidget):
    """A line per task of the last period; empty if there were none."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[OutcomeLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def put(self, outcomes: Sequence[TaskOutcome]) -> None:
        """Show these outcomes; unchanged lines stay, so that they keep the focus."""
        if [line.outcome() for line in self.lines] == list(outcomes):
            return
        for line in self.lines:
            self._column.removeWidget(line)
            line.deleteLater()
        self.lines = [OutcomeLine(outcome) for outcome in outcomes]
        for line in self.lines:
            line.edited.connect(self.edited)
            self._column.addWidget(line)

    def outcomes(self) -> list[TaskOutcome]:
        """The outcomes entered."""
        return [line.outcome() for line in self.lines]

    def lock(self, locked: bool) -> None:
        """Make all read-only, or editable."""
        for line in self.lines:
            line.lock(locked)
