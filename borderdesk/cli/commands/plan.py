"""The command of a report's plan: the tasks ahead, and the outcomes of the last period's."""

from pathlib import Path
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.cli.commands.closing import PERIOD, SCOPE
from borderdesk.cli.commands.reports import report
from borderdesk.cli.output import print_json
from borderdesk.cli.program import command, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.closing.narratives import Narrative, TaskAhead, TaskOutcome
from borderdesk.desk import Desk
from borderdesk.schema.kinds import DayField

DUE = DayField(N_("By"))


@command("plan", N_("The tasks ahead, and what became of those of the last period."), within=report)
@PERIOD
@SCOPE
@option(
    "--task",
    "tasks",
    multiple=True,
    metavar=N_("WHAT|WHO|DAY"),
    help=N_("Add a task ahead: what, whose, by when; the last two may be left out."),
)
@option(
    "--drop",
    "dropped",
    multiple=True,
    type=int,
    metavar=N_("NUMBER"),
    help=N_("Take a task ahead away, by its number before this command."),
)
@option(
    "--done",
    multiple=True,
    metavar=N_("NUMBER[=HOW]"),
    help=N_("A task of the last period was carried out."),
)
@option(
    "--not-done",
    multiple=True,
    metavar=N_("NUMBER=WHY"),
    help=N_("A task of the last period was not carried out, and why."),
)
def plan(
    folder: Path,
    period: str,
    scope: str | None,
    tasks: tuple[str, ...],
    dropped: tuple[int, ...],
    done: tuple[str, ...],
    not_done: tuple[str, ...],
) -> None:
    """Print the plan as one JSON line, after applying the options."""
    with open_desk(folder) as desk:
        narrative = desk.narratives.of(period, scope)
        if tasks or dropped or done or not_done:
            outcomes = _outcomes_of(narrative, done, not_done)
            ahead = _ahead(desk, narrative, dropped, tasks, outcomes)
            desk.narratives.write_narrative(period, scope, tasks=ahead, outcomes=outcomes)
            narrative = desk.narratives.of(period, scope)
    print_json(
        {
            "period": period,
            "tasks": [_task_json(number, task) for number, task in enumerate(narrative.tasks, 1)],
            "last": [
                {**_task_json(number, outcome.of), "done": outcome.done, "why": outcome.why}
                for number, outcome in enumerate(narrative.outcomes, 1)
            ],
            "begun_from": narrative.begun_from,
        }
    )


def _ahead(
    desk: Desk,
    narrative: Narrative,
    dropped: tuple[int, ...],
    added: tuple[str, ...],
    outcomes: list[TaskOutcome],
) -> list[TaskAhead]:
    """The tasks ahead after applying the options; initialised from the last period's, without those
    done."""
    removed = {_numbered(narrative.tasks, number) - 1 for number in dropped}
    completed = (
        {outcome.of for outcome in outcomes if outcome.done} if narrative.begun_from else set()
    )
    remaining = [
        task
        for at, task in enumerate(narrative.tasks)
        if at not in removed and task not in completed
    ]
    return [*remaining, *(_task(desk, text) for text in added)]


def _task(desk: Desk, text: str) -> TaskAhead:
    """A task as it is written on the command line. Raises UserError."""
    task, *details = (part.strip() for part in text.split("|"))
    who, day = [*details, "", ""][:2]
    if not task or len(details) > 2:
        raise UserError(_("“{value}” is not WHAT|WHO|DAY.").format(value=text[:60]))
    return TaskAhead(task, who, desk.records.clean_value(DUE, day) if day else None)


def _outcomes_of(
    narrative: Narrative, done: tuple[str, ...], not_done: tuple[str, ...]
) -> list[TaskOutcome]:
    """The outcomes of the last period's tasks after applying the options. Raises UserError."""
    outcomes = list(narrative.outcomes)
    for texts, was in ((done, True), (not_done, False)):
        for text in texts:
            number, _equals, why = text.partition("=")
            place = _numbered(outcomes, number) - 1
            if not was and not why.strip():
                raise UserError(_("Say why, as in --not-done 2=REASON."))
            outcomes[place] = outcomes[place]._replace(done=was, why=why.strip())
    return outcomes


def _numbered(task_entries: Any, number: str | int) -> int:
    """The number of an existing task. Raises UserError."""
    text = str(number).strip()
    if not text.isdecimal() or not 0 < int(text) <= len(task_entries):
        raise UserError(_("There is no task {number}.").format(number=text[:20]))
    return int(text)


def _task_json(number: int, task: TaskAhead) -> dict[str, Any]:
    due = task.due_on.isoformat() if task.due_on else None
    return {"number": number, "task": task.task, "owner": task.owner, "due_on": due}
