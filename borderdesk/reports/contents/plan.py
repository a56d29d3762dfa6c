"""The plan on paper: the outcome of the last period's tasks, and the tasks ahead."""

from collections.abc import Iterator

from borderdesk.base.i18n import _
from borderdesk.closing.narratives import Narrative, TaskOutcome
from borderdesk.reports.blocks import Block, Column, Heading, Row, Table


def plan_blocks(written: Narrative) -> Iterator[Block]:
    """The last part of a report; nothing where neither was written."""
    if not (written.tasks or written.outcomes):
        return
    yield Heading(_("Tasks ahead to do"), 1, numbered=True)
    if written.outcomes:
        columns = (*_columns(), Column(_("What became of it"), "text", 2.8))
        yield Table(
            columns,
            tuple(
                Row((number, *outcome.of, outcome_words(outcome)))
                for number, outcome in enumerate(written.outcomes, start=1)
            ),
            title=_("Tasks of the last period"),
            sheet=_("Last tasks"),
        )
    if written.tasks:
        rows = (Row((number, *task)) for number, task in enumerate(written.tasks, start=1))
        title = _("Tasks ahead") if written.outcomes else ""
        yield Table(_columns(), tuple(rows), title=title)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("No."), "number", 0.5, "center"),
        Column(_("What is to be done"), "text", 4.4),
        Column(_("Who does it"), "text", 2.0),
        Column(_("Due on"), "date", 1.2),
    )


def outcome_words(outcome: TaskOutcome) -> str:
    """The outcome of a task in words: done, or not and the reason."""
    if outcome.done is None:
        return outcome.why
    state = _("Carried out") if outcome.done else _("Not carried out")
    return f"{state}: {outcome.why}" if outcome.why else state
