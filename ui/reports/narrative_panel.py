"""Text of a report: parts, tasks ahead, results that no indicator measures.

Without a save button: changes are saved within a second.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.base.i18n import N_, _
from borderdesk.closing.narratives import PARTS, RESULTS, TASK_LIMIT, TaskAhead
from borderdesk.desk import Desk
from borderdesk.reports.contents.prose_figures import ProseDoubt, period_sentences
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.contents.sentences import FigureSentence
from borderdesk.reports.editions.period_state import NarrativeState, narrative_state
from borderdesk.schema.kinds import ChildModel, ChildrenField, ColumnField, DayField, TextField
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.reports.outcomes_editor import OutcomesEditor
from ui.reports.sentence_offers import SentenceOffers
from ui.widgets.editors.children_editor import ChildrenEditor
from ui.widgets.editors.draft import DRAFT_PAUSE
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.editor_table import editor_for
from ui.widgets.editors.text_line import FilelessText
from ui.widgets.layout.scrolled import scrolled
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar

LINES = 5
"""Minimum height of a text in lines."""
OWNER_LIMIT = 200


class TaskRow:
    """The fields of a task, in the form of a child model for `ChildrenEditor`."""

    _fields: ClassVar[dict[str, ColumnField]] = {
        "task": TextField(N_("Task"), required=True, limit=TASK_LIMIT),
        "owner": TextField(N_("Who"), limit=OWNER_LIMIT),
        "due_on": DayField(N_("By")),
    }

    @classmethod
    def fields(cls) -> dict[str, ColumnField]:
        """{key: field}."""
        return cls._fields


# ChildrenEditor expects a peewee model; tasks have no table but are stored as one text.
TASKS = ChildrenField(N_("Tasks ahead"), cast("type[ChildModel]", TaskRow))


class NarrativePanel(DeskPanel):
    """Edits the text of the current report; emits `changed` after a save."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._clauses: dict[str, QPlainTextEdit] = {}
        self._filling = False
        self.state = named(PlainLabel(), "muted")
        self.problem = named(PlainLabel(), "problem")
        self.parts: dict[str, QPlainTextEdit] = {}
        self.doubts: dict[str, QLabel] = {}
        self.offers = SentenceOffers()
        self.outcomes = OutcomesEditor()
        self.tasks = ChildrenEditor(TASKS, EditorContext(desk, desk.today), editor_for)
        self._save_timer = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._save_timer.timeout.connect(self._save)
        self._lay_out()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = QWidget()
        column = self._column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 8)
        column.setSpacing(6)
        for label in (self.state, self.problem):
            label.setWordWrap(True)
            column.addWidget(label)
        for key, title in PARTS.items():
            self.parts[key] = self._text(_(title))
            self.doubts[key] = named(PlainLabel(), "notice")
            self.doubts[key].setWordWrap(True)
            self.doubts[key].hide()
            column.addWidget(self.doubts[key])
            if key == RESULTS:
                column.addWidget(self.offers)
        self._last_tasks = self._heading(_("Tasks of the last period"))
        column.addWidget(self.outcomes)
        self._heading(_("Tasks ahead"))
        column.addWidget(self.tasks.widget)
        self.tasks.describe(_("Tasks ahead"), "")
        self.tasks.edited.connect(self._edited)
        self.outcomes.edited.connect(self._edited)
        self.offers.wanted.connect(self._offer)
        self.offers.chosen.connect(self._put_in)
        column.addStretch(1)
        self._area = scrolled(self, inside)
        self.problem.hide()

    def _heading(self, words: str, place: int = -1) -> QLabel:
        title = named(PlainLabel(words), "heading")
        title.setWordWrap(True)
        self._column.insertWidget(place, title)
        return title

    def _text(self, title: str, place: int = -1) -> QPlainTextEdit:
        """A text edit below its title, at the end or at an index of the column."""
        heading = self._heading(title, place)
        text = FilelessText()
        text.setAccessibleName(title)
        text.setTabChangesFocus(True)
        text.setMinimumHeight(text.fontMetrics().lineSpacing() * LINES + 12)
        text.textChanged.connect(self._edited)
        heading.setBuddy(text)
        self._column.insertWidget(place if place < 0 else place + 1, text)
        return text

    # --------------------------------------------------------------------- reading

    def show_request(self, request: Request) -> None:
        """Show the text of a report; typed text is saved first, and kept if the report has the same
        text."""
        is_busy = not self.idle()
        self.keep_now()
        if is_busy and self._request is not None and _same_text(self._request, request):
            self._request = request
            return
        self._request = request
        self.offers.close_offers()
        self.read(lambda: narrative_state(self._desk, request), self._show)

    def refresh(self) -> None:
        """Read again: the period may have been closed or reopened."""
        request, self._request = self._request, None
        if request is not None:
            self.show_request(request)

    def _show(self, state: NarrativeState) -> None:
        self._filling = True
        narrative = state.narrative
        for key, text in self.parts.items():
            part = narrative.parts.get(key, "")
            # Setting an equal text would move the cursor.
            if text.toPlainText() != part:
                text.setPlainText(part)
        self.tasks.put([_task_row(task) for task in narrative.tasks])
        self.outcomes.put(narrative.outcomes)
        for widget in (self._last_tasks, self.outcomes):
            widget.setVisible(bool(narrative.outcomes))
        self._show_clauses(state.clauses, narrative.clauses)
        self._filling = False
        self._lock(state.locked)
        self._show_doubts(state.doubts)
        self._show_state(state.locked, narrative.begun_from)
        self._show_problem("")

    def _show_clauses(self, clauses: Mapping[str, str], written: Mapping[str, str]) -> None:
        for old in list(self._clauses.values()):
            heading = self._column.itemAt(self._column.indexOf(old) - 1)
            for widget in (heading.widget() if heading is not None else None, old):
                if widget is not None:
                    self._column.removeWidget(widget)
                    widget.deleteLater()
        self._clauses = {}
        for key, title in clauses.items():
            place = self._column.count() - 1
            self._clauses[key] = self._text(title, place)
            self._clauses[key].setPlainText(written.get(key, ""))

    def _lock(self, locked: bool) -> None:
        for text in (*self.parts.values(), *self._clauses.values()):
            text.setReadOnly(locked)
        self.tasks.widget.setEnabled(not locked)
        self.outcomes.lock(locked)
        self.offers.setVisible(not locked)

    def _show_doubts(self, doubts: Sequence[ProseDoubt]) -> None:
        """Show below each part the figures that differ from the table."""
        for key, label in self.doubts.items():
            words = [doubt.words for doubt in doubts if doubt.part == key]
            label.setText("\n".join(words))
            label.setVisible(bool(words))

    # ------------------------------------------------------------------- sentences

    def _offer(self) -> None:
        """Offer sentences made from the report's figures."""
        request = self._request
        if request is None:
            return

        def show(sentences: list[FigureSentence]) -> None:
            self.offers.offer(sentences)
            self._area.ensureWidgetVisible(self.offers.take)

        self.ask(lambda: period_sentences(self._desk, request.period, request.scope), show)

    def _put_in(self, words: str) -> None:
        """Insert sentences at the cursor of the results, as a paragraph of their own."""
        text = self.parts[RESULTS]
        cursor = text.textCursor()
        before = "" if cursor.atBlockStart() else "\n"
        after = "" if cursor.atBlockEnd() else "\n"
        cursor.insertText(f"{before}{words}{after}")
        text.setTextCursor(cursor)
        text.setFocus()

    def _show_state(self, locked: bool, begun_from: str | None) -> None:
        if locked:
            words = _("The period is closed: what was written stays as it was signed.")
        elif begun_from:
            words = _("Begun from what was written for {period}; change what is different.").format(
                period=self._desk.calendar().parse(begun_from).title
            )
        else:
            words = _("Everything typed here is kept at once; View (F5) shows it on the pages.")
        self.state.setText(words)

    # ---------------------------------------------------------------------- saving

    def _edited(self) -> None:
        if not self._filling and not self._save_timer.isActive():
            self._save_timer.start()

    def keep_now(self) -> None:
        """Save pending edits now."""
        if self._save_timer.isActive():
            self._save_timer.stop()
            self._save()

    def idle(self) -> bool:
        """Whether all edits are saved."""
        return super().idle() and not self._save_timer.isActive()

    def _save(self) -> None:
        request = self._request
        if request is None:
            return
        parts = {key: text.toPlainText() for key, text in self.parts.items()}
        clauses = {key: text.toPlainText() for key, text in self._clauses.items()}
        tasks, problem = self._typed_tasks()
        outcomes = self.outcomes.outcomes()
        desk = self._desk

        def work() -> None:
            desk.narratives.write_narrative(
                request.period,
                request.scope,
                parts=parts,
                tasks=tasks,
                clauses=clauses,
                outcomes=outcomes,
            )

        def written(_none: None) -> None:
            self._show_problem(problem)
            self.changed.emit()
            self._check_figures(request)

        self.write(work, written)

    def _check_figures(self, request: Request) -> None:
        """Compare the figures in the text with the table again."""

        def show(state: NarrativeState) -> None:
            if self._request is request:
                self._show_doubts(state.doubts)

        self.ask(lambda: narrative_state(self._desk, request), show)

    def _typed_tasks(self) -> tuple[list[TaskAhead], str]:
        """The valid tasks, and the last problem: an invalid date is left out, a task without text
        skipped."""
        self.tasks.clear_inside()
        valid_tasks, problem = [], ""
        for place, raw in enumerate(self.tasks.raw()):
            due: datetime.date | None = None
            try:
                due = self._desk.records.clean_value(
                    TaskRow.fields()["due_on"], raw.get("due_on", "")
                )
            except UserError as error:
                problem = str(error)
                self.tasks.show_inside(f"[{place}].due_on", problem)
            if raw.get("task", "").strip():
                valid_tasks.append(TaskAhead(raw["task"], raw.get("owner", ""), due))
            else:
                problem = _("Must be filled in.")
                self.tasks.show_inside(f"[{place}].task", problem)
        return valid_tasks, problem

    def _show_problem(self, words: str) -> None:
        self.problem.setText(_("Not kept yet: {problem}").format(problem=words))
        self.problem.setVisible(bool(words))

    def fail(self, error: Exception) -> None:
        """Show a problem of the text above it; the text stays."""
        if isinstance(error, InvalidRecord):
            self._show_problem("; ".join(error.problems.values()))
            return
        super().fail(error)


def _task_row(task: TaskAhead) -> dict[str, Any]:
    due = f"{task.due_on:%d/%m/%Y}" if task.due_on else ""
    return {"task": task.task, "owner": task.owner, "due_on": due}


def _same_text(first: Request, second: Request) -> bool:
    """Whether two reports share their text."""
    return (first.period, first.scope, first.kind) == (second.period, second.scope, second.kind)
