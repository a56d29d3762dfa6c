"""The written parts of a report: typed once for a period and scope, initialised from the last
one."""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.closing.editions import CLOSED, TEXT_LIMIT, Edition, checked_line, standing
from borderdesk.figures.quantities import Scope
from borderdesk.figures.scopes import period_and_scope
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.closing import NarrativeRow

SITUATION, RESULTS, DIFFICULTIES = "situation", "results", "difficulties"
PARTS: Mapping[str, str] = {
    SITUATION: N_("General situation"),
    RESULTS: N_("Results"),
    DIFFICULTIES: N_("Difficulties, obstacles, proposals"),
}
"""The parts that are text, in the order of the paper; the tasks ahead follow them."""

TASKS, OUTCOMES, CLAUSE = "tasks", "outcomes", "clause:"
TEXT_MOST, TASKS_MOST, CLAUSES_MOST = 20_000, 60, 300
TASK_LIMIT, CLAUSE_LIMIT = 1_000, 4_000


class TaskAhead(NamedTuple):
    """A task ahead: text, owner, and due day (None: no day was set)."""

    task: str
    owner: str = ""
    due_on: datetime.date | None = None


class TaskOutcome(NamedTuple):
    """The outcome of a task of the last period; done: None while unanswered; why: it was not done,
    or how it was."""

    task: str
    owner: str = ""
    due_on: datetime.date | None = None
    done: bool | None = None
    why: str = ""

    @property
    def answered(self) -> bool:
        """Whether the outcome was entered."""
        return self.done is not None or bool(self.why)

    @property
    def of(self) -> TaskAhead:
        """The task itself."""
        return TaskAhead(self.task, self.owner, self.due_on)


class Narrative(NamedTuple):
    """The written parts of a report. parts: text by key of PARTS, paragraphs separated by line
    breaks; clauses: the achievements under clauses that cannot be measured, by the clause's key
    (`clause_key`); begun_from: the period these texts were copied from, None once they were typed
    for this one; outcomes: of the tasks that the last period had ahead."""

    parts: dict[str, str]
    tasks: list[TaskAhead]
    clauses: dict[str, str]
    begun_from: str | None = None
    outcomes: tuple[TaskOutcome, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not (self.parts or self.tasks or self.clauses or self.outcomes)


NOTHING = Narrative({}, [], {})


def clause_key(regulation: str, no: str) -> str:
    """The key of a clause's typed result: the regulation's number and the clause's."""
    return f"{regulation}#{no}"


class Narratives(SessionPart):
    """The written parts of a desk's reports."""

    def of(self, period: str, scope: str | None = None) -> Narrative:
        """The narrative of a period and scope; without one, that of the last period of the same
        kind before it, to begin from. Raises UserError."""
        parsed, whose = period_and_scope(self.session, period, scope)
        return self.of_meant(parsed, whose)

    def of_meant(self, period: Period, scope: Scope) -> Narrative:
        """The same for a period and scope that are known."""
        written = self._written(period.text, scope.text)
        before = self._before(period, scope)
        if before is None:
            return written
        last = self._written(before, scope.text)
        outcomes = _with_untold(written.outcomes, last.tasks)
        if written.empty:
            return last._replace(begun_from=before, outcomes=outcomes)
        return written._replace(outcomes=outcomes)

    def typed(self, period: Period, scope: Scope) -> Narrative:
        """The narrative typed for this period itself."""
        return self._written(period.text, scope.text)

    def _written(self, period: str, scope: str) -> Narrative:
        query = NarrativeRow.select(NarrativeRow.part, NarrativeRow.text)
        return _read(dict(self.store.fetch(query.where(_is_of(period, scope)))))

    def _before(self, period: Period, scope: Scope) -> str | None:
        row = NarrativeRow
        ended = fn.MAX(row.last)
        query = row.select(row.period).where(row.scope == scope.text)
        query = query.where(row.last < period.last.isoformat())
        query = query.group_by(row.period).order_by(ended.desc())
        calendar = self.session.calendar()
        for (text,) in self.store.fetch(query):
            if calendar.parse(text).kind == period.kind:
                return str(text)
        return None

    @operation("record.write")
    def write_narrative(
        self,
        period: str,
        scope: str | None = None,
        *,
        parts: Mapping[str, str] | None = None,
        tasks: Sequence[TaskAhead] | None = None,
        clauses: Mapping[str, str] | None = None,
        outcomes: Sequence[TaskOutcome] | None = None,
    ) -> Narrative:
        """Write the given parts of a narrative (None: unchanged; "" deletes a part).

        The first writing for a period copies the rest from the last one, as it was displayed,
        except the tasks that were done. Raises InvalidRecord with every problem, OperationRefused
        while the period is closed.
        """
        parsed, whose = period_and_scope(self.session, period, scope)
        edition = standing(self.store, parsed.text, whose.text)
        if edition is not None and edition.state == CLOSED:
            raise OperationRefused(
                _("{period} of {scope} is closed; what was written stays as it was signed.").format(
                    period=parsed.title, scope=whose.name
                )
            )
        stored_narrative = self.of_meant(parsed, whose)
        problems: dict[str, str] = {}
        entered = (
            stored_narrative.outcomes if outcomes is None else _checked_outcomes(outcomes, problems)
        )
        answered = tuple(outcome for outcome in entered if outcome.answered)
        new = Narrative(
            _merged(stored_narrative.parts, _checked_parts(parts or {}, problems)),
            _left(stored_narrative, answered) if tasks is None else _checked_tasks(tasks, problems),
            _merged(stored_narrative.clauses, _checked_clauses(clauses or {}, problems)),
            outcomes=answered,
        )
        if len(new.clauses) > CLAUSES_MOST:
            problems["clauses"] = _("At most {most}.").format(most=CLAUSES_MOST)
        if problems:
            raise InvalidRecord(problems)
        self._store(parsed, whose, new)
        return new

    def _store(self, period: Period, scope: Scope, narrative: Narrative) -> None:
        of_this = _is_of(period.text, scope.text)
        self.store.execute(NarrativeRow.delete().where(of_this))
        common = {
            "period": period.text,
            "scope": scope.text,
            "last": period.last.isoformat(),
            "author": self.session.account.full_name,
            "time": utc_stamp(),
        }
        rows = [{**common, "part": part, "text": text} for part, text in _rows(narrative)]
        if rows:
            self.store.execute(NarrativeRow.insert_many(rows))


def _with_untold(
    outcomes: Sequence[TaskOutcome], tasks: Sequence[TaskAhead]
) -> tuple[TaskOutcome, ...]:
    """The outcomes of the last period's tasks, unanswered ones included."""
    outcomes_by_task = {outcome.of: outcome for outcome in outcomes}
    of_tasks = [outcomes_by_task.pop(task, TaskOutcome(*task)) for task in tasks]
    return (*of_tasks, *outcomes_by_task.values())


def _left(narrative: Narrative, outcomes: Sequence[TaskOutcome]) -> list[TaskAhead]:
    """The tasks ahead; copied from the last period, without the completed ones."""
    if not narrative.begun_from:
        return narrative.tasks
    completed = {outcome.of for outcome in outcomes if outcome.done}
    return [task for task in narrative.tasks if task not in completed]


def _is_of(period: str, scope: str) -> Any:
    return (NarrativeRow.period == period) & (NarrativeRow.scope == scope)


# ------------------------------------------------------------------------ in an edition


def stored_parts(narrative: Narrative) -> dict[str, str]:
    """A narrative as an edition stores it."""
    return dict(_rows(narrative))


def narrative_of(edition: Edition) -> Narrative:
    """The narrative stored in an edition."""
    return _read(edition.frame.get("narrative", {}))


def _rows(narrative: Narrative) -> list[tuple[str, str]]:
    rows = list(narrative.parts.items())
    if narrative.tasks:
        tasks = [[t.task, t.owner, t.due_on and t.due_on.isoformat()] for t in narrative.tasks]
        rows.append((TASKS, json.dumps(tasks, ensure_ascii=False)))
    if narrative.outcomes:
        outcomes = [
            [
                outcome.task,
                outcome.owner,
                outcome.due_on and outcome.due_on.isoformat(),
                outcome.done,
                outcome.why,
            ]
            for outcome in narrative.outcomes
        ]
        rows.append((OUTCOMES, json.dumps(outcomes, ensure_ascii=False)))
    return rows + [(CLAUSE + key, text) for key, text in narrative.clauses.items()]


def _read(rows: Mapping[str, str]) -> Narrative:
    tasks = [
        TaskAhead(task, owner, _day(due)) for task, owner, due in json.loads(rows.get(TASKS, "[]"))
    ]
    outcomes = (
        TaskOutcome(task, owner, _day(due), done, why)
        for task, owner, due, done, why in json.loads(rows.get(OUTCOMES, "[]"))
    )
    return Narrative(
        {part: rows[part] for part in PARTS if part in rows},
        tasks,
        {k.removeprefix(CLAUSE): v for k, v in sorted(rows.items()) if k.startswith(CLAUSE)},
        outcomes=tuple(outcomes),
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


# ----------------------------------------------------------------------- checked input


def _merged(stored_texts: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in {**stored_texts, **changes}.items() if text}


def _text(raw: Any, limit: int) -> str:
    """Text of several lines as it is stored. Raises UserError."""
    if not isinstance(raw, str):
        raise UserError(_("Must be text."))
    lines = [line.rstrip() for line in without_unseen(raw, lines=True).split("\n")]
    text = "\n".join(lines).strip()
    if len(text) > limit:
        raise UserError(_("At most {most} characters.").format(most=limit))
    if FORBIDDEN.search(text.replace("\n", "")):
        raise UserError(_("Control characters are not allowed."))
    return text


def _checked_parts(texts: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    parts = {}
    for key, raw in texts.items():
        if key not in PARTS:
            problems[str(key)[:40]] = _("There is no such field.")
            continue
        try:
            parts[key] = _text(raw, TEXT_MOST)
        except UserError as error:
            problems[key] = str(error)
    return parts


def _checked_tasks(ahead: Sequence[TaskAhead], problems: dict[str, str]) -> list[TaskAhead]:
    if len(ahead) > TASKS_MOST:
        problems[TASKS] = _("At most {most}.").format(most=TASKS_MOST)
    tasks = []
    for place, (task, owner, due_on) in enumerate(ahead):
        try:
            text, whose = _text(task, TASK_LIMIT), checked_line(owner, TEXT_LIMIT)
        except UserError as error:
            problems[f"{TASKS}[{place}]"] = str(error)
            continue
        if text:
            tasks.append(TaskAhead(text, whose, due_on))
        elif whose or due_on:
            problems[f"{TASKS}[{place}]"] = _("Must be filled in.")
    return tasks


def _checked_outcomes(
    reported: Sequence[TaskOutcome], problems: dict[str, str]
) -> tuple[TaskOutcome, ...]:
    if len(reported) > TASKS_MOST:
        problems[OUTCOMES] = _("At most {most}.").format(most=TASKS_MOST)
    outcomes = []
    for place, outcome in enumerate(reported):
        try:
            outcomes.append(outcome._replace(why=_text(outcome.why, TASK_LIMIT)))
        except UserError as error:
            problems[f"{OUTCOMES}[{place}]"] = str(error)
    return tuple(outcomes)


def _checked_clauses(texts: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    clauses = {}
    for key, raw in texts.items():
        try:
            if not key.strip() or checked_line(key, TEXT_LIMIT) != key:
                raise UserError(_("There is no such field."))
            clauses[key] = _text(raw, CLAUSE_LIMIT)
        except UserError as error:
            problems[f"clauses.{key[:40]}"] = str(error)
    return clauses
