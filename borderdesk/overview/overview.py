"""The overview of a period: figures against the year's targets with their pace, and tasks."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.formats import format_date, format_moment, format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.measure_units import unit_beside
from borderdesk.base.periods import Calendar, Period
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.sending.exports import Exports
from borderdesk.figures.coverage import MarkerStatus, days_since, standing_in
from borderdesk.figures.quantities import STOCK
from borderdesk.figures.record_counts import counts_by, doubted_count
from borderdesk.figures.scopes import own_scope
from borderdesk.figures.shown_figures import ShownFigure, share_of
from borderdesk.figures.targets import targets_of_figures
from borderdesk.figures.verdicts import (
    BEHIND,
    EXCEEDED,
    MET,
    MISSED,
    ON_PACE,
    OVER_LIMIT,
    WITHIN_LIMIT,
    YearProgress,
    judge,
    progress_of,
)
from borderdesk.ledgers.tables import TARGET_TABLES, ledgers
from borderdesk.overview.arrivals import MonthArrivals, arrivals
from borderdesk.overview.todo import Todo
from borderdesk.overview.waiting import waiting
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import LATE, POST, UNIT
from borderdesk.schema.record import Record
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.revisions import local_date, moment_of
from borderdesk.session.draft_forms import LEDGER, ROUND, TABLE
from borderdesk.session.drafts import Drafts, StoredDraft
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import TYPED_LATE

LATE_VISIT, NO_VISIT = "late", "none"
"""The filters of a list of overdue markers."""
DUE, OVERDUE = 30, 60
"""Days since a marker was inspected after which it is due, and after which it is overdue."""

MOST_MISSED = 5
MOST_NAMED = 3


class IndicatorGoal(NamedTuple):
    """An indicator of the period; `target`, `reached` and `state` are None without a yearly target.

    value: in the period; to_date: since the year began; reached: percent of the target;
    state: the verdict (see `figures.verdicts`); pace: the same in words, with what is left.
    """

    key: str
    label: str
    unit: str
    value: ShownFigure
    to_date: ShownFigure
    target: Decimal | None
    reached: ShownFigure
    state: str | None
    pace: str


class Overview(NamedTuple):
    """The contents of the home page for a period; day: the reference day, its last or today;
    arrivals: above the posts, the posts that handed in."""

    period: Period
    year: Period
    day: datetime.date
    goals: list[IndicatorGoal]
    todos: list[Todo]
    markers: list[MarkerStatus]
    arrivals: MonthArrivals | None


def make_overview(session: Session, period_text: str) -> Overview:
    """The overview of a period of the desk's own scope, read in one snapshot."""
    with session.store.snapshot():
        return _read_overview(session, period_text)


def _read_overview(session: Session, period_text: str) -> Overview:
    calendar = session.calendar()
    period = calendar.parse(period_text)
    day = min(period.last, session.today())
    year = calendar.year_of(period.last)
    identity = session.identity
    scope = own_scope(session.book, identity, day)
    markers = standing_in(session.store, session.book, day, scope)
    todos = [
        *_drafts(session),
        *waiting(session),
        *_overdue(markers, day, period),
        *_late(session, period),
        *_missed(session, calendar, period),
        *_unsent(session, calendar, period),
    ]
    progress = progress_of(calendar, year, period.last, session.today())
    goals = _goals(session, period, year, progress)
    # Nobody hands anything in to a demonstration: its records were made where they are.
    month_arrivals = None if identity.post or identity.demo else arrivals(session, period)
    return Overview(period, year, day, goals, todos, markers, month_arrivals)


# ------------------------------------------------------------------------------ goals


def _goals(
    session: Session, period: Period, year: Period, progress: YearProgress
) -> list[IndicatorGoal]:
    summary = make_summary(session, period.text)
    rules = {
        key: target.rule
        for key, target in targets_of_figures(
            session.store, session.book, year.year, period.last, summary.scope
        ).items()
    }
    aimed = [line for line in summary.lines if line.target is not None]
    shown = aimed or [line for line in summary.lines if line.value or line.year_to_date]
    until = f"{year.last:%d/%m}"
    return [_goal(line, rules.get(line.key, "at_least"), progress, until) for line in shown]


def _goal(line: SummaryLine, rule: str, progress: YearProgress, until: str) -> IndicatorGoal:
    value = line.shown("value")
    to_date = value if line.kind == STOCK else line.shown("year_to_date")
    state = judge(rule, to_date.value, line.target, progress, to_date.sign)
    reached = share_of(to_date, line.target)
    pace = ""
    if state is None and line.target is not None and to_date.sign:
        pace = _("only a bound is known")
    elif state is not None and line.target is not None:
        pace = _pace(state, Decimal(to_date.value or 0) - line.target, line.unit, rule, until)
    return IndicatorGoal(
        line.key, line.label, line.unit, value, to_date, line.target, reached, state, pace
    )


_WORDS = {
    EXCEEDED: N_("exceeded by {left}"),
    MET: N_("reached"),
    MISSED: N_("not reached, {left} missing"),
    WITHIN_LIMIT: N_("{left} within the limit"),
    OVER_LIMIT: N_("{left} over the limit"),
    BEHIND: N_("slow, {left} left until {date}"),
    ON_PACE: N_("on pace, {left} left until {date}"),
}
"""{verdict: its words}; of a yearly target nothing is met or exceeded before the year is over."""


def _pace(state: str, more: Decimal, unit: str, rule: str, until: str) -> str:
    """A verdict in words; more: by how much the target is passed."""
    words = _WORDS[state]
    if rule == "at_most":
        words = _WORDS[OVER_LIMIT if more > 0 else WITHIN_LIMIT]
    elif rule == "maintain" and state not in (EXCEEDED, MET, MISSED):
        words = N_("{left} missing") if more < 0 else N_("maintained in full")
    elif state == ON_PACE and more >= 0:
        words = (
            N_("on pace, {left} more than the year's target")
            if more
            else N_("on pace, as much as the year's target")
        )
    return _(words).format(
        left=f"{format_number(abs(more), language())} {unit_beside(more, unit)}", date=until
    )


# ----------------------------------------------------------------------------- to do


def _drafts(session: Session) -> Iterator[Todo]:
    today = session.today()
    for draft in session.part(Drafts).drafts():
        form, table = draft.form.removeprefix(TABLE), draft.form.startswith(TABLE)
        touched = moment_of(draft.touched)
        if form.startswith(LEDGER):
            yield _changed_ledger(form.removeprefix(LEDGER), format_moment(touched, today))
        if form.startswith(ROUND) and draft.texts["ticked"]:
            yield _open_round(draft, format_moment(touched, today))
        if form not in ALL_TYPES:
            continue
        title = _(ALL_TYPES[form].title)
        words = _("{title}, last typed in {time}")
        intent = {"grid": True} if table else {"draft": draft.id if draft.parked else ""}
        yield Todo(
            _("Table not saved yet") if table else _("Draft"),
            words.format(title=title, time=format_moment(touched, today)),
            form,
            intent,
        )


def _open_round(draft: StoredDraft, time: str) -> Todo:
    count = len(draft.texts["ticked"])
    words = ngettext(
        "Round of a hamlet: {count} household ticked, last on {time}",
        "Round of a hamlet: {count} households ticked, last on {time}",
        count,
    )
    text = words.format(count=format_number(count, language()), time=time)
    return Todo(_("Round not saved yet"), text, draft.form.removeprefix(ROUND), {"round": True})


def _changed_ledger(name: str, time: str) -> Todo:
    table = ledgers()[name]
    words = _("{title}, last typed in {time}").format(title=_(table.title), time=time)
    page = "targets" if table in TARGET_TABLES else "settings"
    return Todo(_("Table not saved yet"), words, page, {"ledger": name})


def _overdue(markers: list[MarkerStatus], day: datetime.date, period: Period) -> Iterator[Todo]:
    late = [m for m in markers if (days_since(m.inspected, day) or 0) > OVERDUE]
    never = [m for m in markers if m.inspected is None]
    over = ngettext(
        "marker not inspected for over {days} days: {list}",
        "markers not inspected for over {days} days: {list}",
        len(late),
    )
    unseen = ngettext(
        "marker never inspected: {list}", "markers never inspected: {list}", len(never)
    )
    for overdue, state, words in ((late, LATE_VISIT, over), (never, NO_VISIT, unseen)):
        if overdue:
            marker_names = ", ".join(m.marker for m in overdue[:MOST_NAMED])
            more = "\u00a0…" if len(overdue) > MOST_NAMED else ""
            yield Todo(
                format_number(len(overdue), language()),
                words.format(days=OVERDUE, list=marker_names + more),
                "strip",
                {"period": period.text, "visits": state},
            )


def _late(session: Session, period: Period) -> Iterator[Todo]:
    """The records of the period that were entered late."""
    for type_name, model in RECORD_TYPES.items():
        number = doubted_count(session.store, model, period, LATE)
        if number:
            words = _("{title}: typed more than 60 days after the day")
            text = words.format(title=_(model.title))
            intent = {"period": period.text, "look": TYPED_LATE}
            yield Todo(format_number(number, language()), text, type_name, intent)


def _missed(session: Session, calendar: Calendar, period: Period) -> list[Todo]:
    """The kinds of work recorded in the previous month but not in this one, most frequent first."""
    if period.kind != "month":
        return []
    before = calendar.month_of(period.first - datetime.timedelta(days=1))
    by_post = session.identity.role != "post"
    missed = []
    for type_name, model in RECORD_TYPES.items():
        columns = _distinguishing_columns(model, by_post)
        now = counts_by(session.store, model, columns, period)
        was = counts_by(session.store, model, columns, before)
        continued = {_became(session.book, model, columns, key, period) for key in now}
        missed += [
            (n, type_name, columns, key)
            for key, n in was.items()
            if _became(session.book, model, columns, key, period) not in continued
        ]
    missed.sort(key=lambda work: (-work[0], work[1], str(work[3])))
    todos = [_missed_todo(session, before, *work) for work in missed[:MOST_MISSED]]
    if len(missed) > MOST_MISSED:
        more = len(missed) - MOST_MISSED
        words = ngettext(
            "more kind of work logged last month and not yet now",
            "more kinds of work logged last month and not yet now",
            more,
        )
        todos.append(Todo(format_number(more, language()), words, "", {}))
    return todos


def _became(
    book: ReferenceBook,
    model: type[Record],
    columns: tuple[str, ...],
    key: tuple[str | None, ...],
    period: Period,
) -> tuple[str | None, ...]:
    """The values of columns by the units and posts they had become at the end of a period."""
    became: dict[str, Callable[[str, datetime.date], str]] = {
        **dict.fromkeys(model.referring(UNIT), book.unit_became),
        **dict.fromkeys(model.referring(POST), book.post_became),
    }
    return tuple(
        became[column](code, period.last) if code and column in became else code
        for column, code in zip(columns, key, strict=True)
    )


def _distinguishing_columns(model: type[Record], by_post: bool) -> tuple[str, ...]:
    """The columns that distinguish kinds of work: above a post, only the post."""
    if by_post:
        return model.referring(POST, False)
    kind = (model.kind_key,) if model.kind_key else ()
    place = () if model.referring(UNIT, True) else model.referring(UNIT, False)
    return (*kind, *place)


def _missed_todo(
    session: Session,
    before: Period,
    number: int,
    type_name: str,
    columns: tuple[str, ...],
    key: tuple[str | None, ...],
) -> Todo:
    model = RECORD_TYPES[type_name]
    fields = model.columns()
    codes = list(zip(columns, key, strict=True))
    details = [fields[column].show(code, session.book) for column, code in codes if code]
    words = _("Last month {count} of {title} ({details}), none logged this month")
    short_words = _("Last month {count} of {title}, none logged this month")
    text = (words if details else short_words).format(
        count=format_number(number, language()), title=_(model.title), details=", ".join(details)
    )
    ways = {_way(model, column): code for column, code in codes if code}
    return Todo("", text, type_name, {"period": before.text, **ways})


def _way(model: type[Record], column: str) -> str:
    """The name of a column's filter in the window's list."""
    if column == model.kind_key:
        return "kind"
    return "post" if column in model.referring(POST) else "commune"


def _unsent(session: Session, calendar: Calendar, period: Period) -> Iterator[Todo]:
    """The previous month, if its records have not been sent or have changed since."""
    if session.identity.role != "post" or period.kind != "month":
        return
    before = calendar.month_of(period.first - datetime.timedelta(days=1))
    package = next((s for s in session.part(Exports).sent() if s.period == before.text), None)
    if package is None:
        if any(counts_by(session.store, model, (), before) for model in RECORD_TYPES.values()):
            text = _("the figures of month {month} have not been sent").format(
                month=before.short_words
            )
            yield Todo("", text, "exchange", {"period": before.text})
        return
    changed = session.part(Exports).changed_since(package.number)
    if changed:
        words = _("records changed since the figures of month {month} were sent on {date}")
        day = local_date(package.made)
        yield Todo(
            format_number(changed, language()),
            words.format(month=before.short_words, date=format_date(day)),
            "exchange",
            {"period": before.text},
        )
