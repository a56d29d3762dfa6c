"""The fields that a unit's own form can have, with their values for one summary.

`{{clearing_events.value}}` is a figure, `{{period}}` a fact of the paper, `{{text.results}}` a part
that was written; `{{row.label}}` and `{{task.owner}}` stand in a row of a table that repeats.
"""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _, language
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.narratives import PARTS, Narrative, Narratives, TaskAhead, narrative_of
from borderdesk.reports.contents.letterhead import letterhead, signed_letterhead
from borderdesk.reports.contents.plan import outcome_words
from borderdesk.reports.paper.letter import date_words, number_line
from borderdesk.reports.wording import paper_number, with_minus
from borderdesk.session.session import Session

FIGURES: Mapping[str, str] = {
    "value": N_("the period's figure"),
    "previous": N_("the same period last year"),
    "change": N_("increase or decrease"),
    "change_pct": N_("increase or decrease in percent"),
    "year_to_date": N_("since the year began"),
    "target": N_("the year's target"),
    "target_pct": N_("target reached"),
    "label": N_("the indicator's name"),
    "unit": N_("its unit"),
}
"""{column of an indicator: its description}."""

OF_ROWS: Mapping[str, str] = {
    "number": N_("No."),
    "group": N_("the group of the indicator"),
    **FIGURES,
}
OF_TASKS: Mapping[str, str] = {
    "number": N_("No."),
    "task": N_("What is to be done"),
    "owner": N_("Who does it"),
    "due_on": N_("Due on"),
}
OF_OUTCOMES: Mapping[str, str] = {**OF_TASKS, "result": N_("What became of it")}
"""{field of a repeated row: its description}."""

PERCENT = ("change_pct", "target_pct")
ROW, TASK, OUTCOME, TEXT = "row", "task", "outcome", "text"


class FormField(NamedTuple):
    """A field of a form: `name` as written between {{ and }}, its description, its present
    value."""

    name: str
    label: str
    value: str


class FormContent(NamedTuple):
    """The data that a form is filled with. fields: in the order of the list; rows: for "row" and
    "task", the values of each repetition by name; code: that of the paper."""

    fields: list[FormField]
    rows: dict[str, list[dict[str, str]]]
    row_fields: list[FormField]
    code: str


def form_content(session: Session, summary: Summary, *, hide_empty: bool = False) -> FormContent:
    """The fields of a summary; hide_empty: rows without any figure are not repeated."""
    edition = summary.edition
    written = (
        narrative_of(edition)
        if edition
        else session.part(Narratives).typed(summary.period, summary.scope)
    )
    code = session.part(Closing).paper_text(summary)
    fields = [*_paper(session, summary, code), *_text(written)]
    for line in summary.lines:
        fields += [
            FormField(f"{line.key}.{column}", f"{line.label}: {_(words)}", _figure(line, column))
            for column, words in FIGURES.items()
        ]
    lines = [line for line in summary.lines if not hide_empty or _has_figures(line)]
    rows = {ROW: [*_rows(lines)], TASK: _tasks(written), OUTCOME: _outcomes(written)}
    return FormContent(fields, rows, _row_fields(), code)


def _paper(session: Session, summary: Summary, code: str) -> list[FormField]:
    edition, period = summary.edition, summary.period
    head = signed_letterhead(session, edition) if edition else letterhead(session, period.last)
    letter = head.letter_of(edition, "") if edition else head.unsigned_letter("", period.last)
    signature = letter.signature
    draft = "" if edition else _("Draft: the period is not closed.")
    values = (
        ("period", _("Period"), period.title),
        ("from", _("First day"), format_date(period.first)),
        ("to", _("Last day"), format_date(period.last)),
        ("scope", _("Scope"), summary.scope.name),
        ("superior", _("Superior body"), letter.superior),
        ("issuer", _("Issuing body"), letter.issuer),
        ("number", _("Number and symbol"), number_line(letter)),
        ("place", _("Place"), letter.place),
        ("date", _("Date in words"), date_words(letter.day, letter.year)),
        ("addressees", _("Addressees"), "\n".join(letter.addressees)),
        ("recipients", _("Recipients"), "\n".join(letter.recipients)),
        ("signer.office", _("Office of the signer"), "\n".join(signature.office)),
        ("signer.rank", _("Rank"), signature.rank),
        ("signer.name", _("Name of the signer"), signature.name),
        ("state", _("Draft, or nothing once it is closed"), draft),
        ("code", _("The code of the paper"), code),
    )
    return [FormField(*value) for value in values]


def _text(written: Narrative) -> list[FormField]:
    return [
        FormField(f"{TEXT}.{key}", _(title), written.parts.get(key, ""))
        for key, title in PARTS.items()
    ]


def _figure(line: SummaryLine, column: str) -> str:
    if column in ("label", "unit"):
        return str(getattr(line, column))
    if column in PERCENT:
        return with_minus(line.shown(column).percent_text(language()))
    return with_minus(line.shown(column).text(language()))


def _has_figures(line: SummaryLine) -> bool:
    return any((line.value, line.previous, line.year_to_date, line.target, line.late))


def _rows(lines: list[SummaryLine]) -> list[dict[str, str]]:
    return [
        {f"{ROW}.number": paper_number(number), f"{ROW}.group": line.group}
        | {f"{ROW}.{column}": _figure(line, column) for column in FIGURES}
        for number, line in enumerate(lines, start=1)
    ]


def _tasks(written: Narrative) -> list[dict[str, str]]:
    return [_task(TASK, number, task) for number, task in enumerate(written.tasks, start=1)]


def _outcomes(written: Narrative) -> list[dict[str, str]]:
    return [
        _task(OUTCOME, number, outcome.of) | {f"{OUTCOME}.result": outcome_words(outcome)}
        for number, outcome in enumerate(written.outcomes, start=1)
    ]


def _task(row: str, number: int, task: TaskAhead) -> dict[str, str]:
    return {
        f"{row}.number": paper_number(number),
        f"{row}.task": task.task,
        f"{row}.owner": task.owner,
        f"{row}.due_on": format_date(task.due_on) if task.due_on else "",
    }


def _row_fields() -> list[FormField]:
    """The fields of rows that repeat, without a value."""
    rows = _("A row of the table for every indicator")
    tasks = _("A row of the table for every task ahead")
    last = _("A row of the table for every task of the last period")
    return [
        *(FormField(f"{ROW}.{key}", f"{rows}: {_(text)}", "") for key, text in OF_ROWS.items()),
        *(FormField(f"{TASK}.{key}", f"{tasks}: {_(text)}", "") for key, text in OF_TASKS.items()),
        *(
            FormField(f"{OUTCOME}.{key}", f"{last}: {_(text)}", "")
            for key, text in OF_OUTCOMES.items()
        ),
    ]
