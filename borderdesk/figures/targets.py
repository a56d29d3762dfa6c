"""Yearly targets (clauses of regulations) and baselines (figures from before the desk)."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

import peewee as pw

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import Scope
from borderdesk.figures.scopes import choices, named_on, province
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import typed_decimal
from borderdesk.schema.reference.columns import (
    AmountColumn,
    ChoiceColumn,
    DayColumn,
    LinkColumn,
    PeriodColumn,
    TextColumn,
    YearColumn,
)
from borderdesk.schema.reference.table import EditableTable, YearlyRows
from borderdesk.schema.unit_history import FOREVER
from borderdesk.store.connection.database import Store
from borderdesk.store.reference import insert_cells, read_values, upsert_cells

AT_MOST, PERCENT = "at_most", "percent"
RULES = {
    "at_least": N_("at least"),
    AT_MOST: N_("at most"),
    "maintain": N_("maintain"),
    PERCENT: N_("percent"),
}
QUALIFIERS = {"exact": N_("exactly"), "over": N_("over"), "under": N_("under")}
MOST = 10**13
_OLD_UNITS_LAST = datetime.date(2025, 6, 30)


def _indicator_choices(book: ReferenceBook) -> dict[str, str]:
    return {row.key: row.label for row in all_rows(book)}


def _scope_choices(book: ReferenceBook) -> dict[str, str]:
    """{scope as text: its name} of the units of today and of those before the reform."""
    whole = province(book)
    names = {whole.text: whole.name}
    for day in (_OLD_UNITS_LAST, datetime.date.fromisoformat(FOREVER)):
        names |= {scope.text: scope.name for scope in choices(book, day)}
    return names


class RegulationTable(EditableTable):
    """A coordination regulation, whose clauses are yearly targets."""

    class Meta:
        table_name = "regulation"
        primary_key = pw.CompositeKey("number", "year")

    table_key = "regulations"
    title = N_("Regulations")
    hint = N_("The regulations whose clauses are the targets.")
    permission = "targets.write"

    number = TextColumn(N_("Number"), limit=200, required=True)
    year = YearColumn(N_("Year"), limit=4, required=True)
    parties = TextColumn(N_("Parties"), limit=4_000)
    signed_on = DayColumn(N_("Signed on"))


class ClauseTable(EditableTable):
    """A target: the value an indicator is to reach (or not to exceed) in a year and scope.

    `regulation` is empty for a target set by hand; `value` is a decimal as text.
    """

    class Meta:
        table_name = "clause"

    table_key = "clauses"
    title = N_("Targets")
    hint = N_("A clause without an indicator is measured by nobody; its text is printed.")
    permission = "targets.write"
    row_key = "year regulation no indicator scope text"
    grid_order = "year regulation no indicator rule value scope text"
    yearly = YearlyRows(year="year", anew="value")

    id = pw.AutoField()
    regulation = TextColumn(N_("Regulation"), brief=True)
    year = YearColumn(N_("Year"), limit=4, required=True)
    no = TextColumn(N_("Clause"), limit=40)
    text = TextColumn(N_("Text of the clause"), limit=4_000)
    indicator = LinkColumn(N_("Indicator"), choices=_indicator_choices)
    rule = ChoiceColumn(N_("Rule"), RULES)
    value = AmountColumn(N_("Value"), most=MOST)
    scope = LinkColumn(N_("Scope"), choices=_scope_choices, blank="province")

    @classmethod
    def check_cells(cls, cells: Mapping[str, str]) -> dict[str, str]:
        if not cells["indicator"]:
            return {}
        return {key: _("Must be filled in.") for key in ("rule", "value") if not cells[key]}


class BaselineTable(EditableTable):
    """A figure from paper, from before the desk began; period and scope as text."""

    class Meta:
        table_name = "baseline"
        primary_key = pw.CompositeKey("indicator", "period", "scope")

    table_key = "baselines"
    title = N_("Figures from paper")
    hint = N_("Figures of a time before this desk; they are marked * on paper.")
    permission = "targets.write"

    indicator = LinkColumn(N_("Indicator"), choices=_indicator_choices, required=True)
    period = PeriodColumn(N_("Period"), limit=40, required=True)
    scope = LinkColumn(N_("Scope"), choices=_scope_choices, required=True)
    value = AmountColumn(N_("Value"), most=MOST, required=True)
    qualifier = ChoiceColumn(N_("Exactness"), QUALIFIERS, blank="exact")
    source = TextColumn(N_("Paper it is from"), limit=500, required=True)


class Target(NamedTuple):
    """A yearly target; `value` in the indicator's unit, None for a clause that is only text."""

    regulation: str
    year: int
    no: str
    text: str
    indicator: str
    rule: str
    value: Decimal | None
    scope: str

    def is_of_figure(self, row: Indicator) -> bool:
        """Whether the target is for the figure itself, not for its share of a whole."""
        return self.rule != PERCENT or row.in_percent


class Baseline(NamedTuple):
    """A figure from paper for a period (as text) and scope (as text)."""

    indicator: str
    period: str
    scope: str
    value: Decimal
    qualifier: str
    source: str


def amount(text: str) -> Decimal:
    """A figure typed as 3848, 3.848, 12.5 or 12,5: groups of three are thousands, as in a form.
    Raises UserError."""
    number = typed_decimal(text)
    if number is None or not 0 <= number <= MOST:
        raise UserError(_("“{value}” is not a number.").format(value=text[:40]))
    return number


def known_indicator(key: str, keys: Iterable[str]) -> str:
    """The key of an existing indicator. Raises UserError."""
    if key not in keys:
        raise UserError(_("There is no indicator “{key}”.").format(key=key[:60]))
    return key


def set_target(
    store: Store,
    key: str,
    year: int,
    scope: str,
    value: str,
    rule: str = "at_least",
    clause: str = "",
    *,
    beside: bool = False,
) -> None:
    """Set the target of an indicator for a year and scope (text), in place of one that was set by
    hand before; clauses of regulations stay. beside: earlier ones stay too."""
    if rule not in RULES:
        raise UserError(_("A rule is one of: {rules}.").format(rules=", ".join(RULES)))
    if not 2000 <= year <= 2200:
        raise UserError(_("“{value}” is not a year.").format(value=year))
    if len(clause) > 40 or FORBIDDEN.search(clause):
        raise UserError(_("A clause is named by a short number."))
    number = str(amount(value))
    if not beside:
        remove_targets(store, key, year, scope)
    cells = {
        "regulation": "",
        "year": str(year),
        "no": clause,
        "text": "",
        "indicator": key,
        "rule": rule,
        "value": number,
        "scope": scope,
    }
    insert_cells(store, ClauseTable, [cells])


def remove_targets(
    store: Store, key: str, year: int, scope: str, regulation: str = "", clause: str = ""
) -> int:
    """Remove the targets of an indicator for a year and scope (text): those set by hand, or the
    clauses of a regulation, all or the one of this number; returns how many."""
    table = ClauseTable
    removed_targets = [
        table.indicator == key,
        table.year == year,
        table.scope == scope,
        table.regulation == regulation,
    ]
    if clause:
        removed_targets.append(table.no == clause)
    found = int(store.scalar(table.select(pw.fn.COUNT(table.id)).where(*removed_targets)))
    store.execute(table.delete().where(*removed_targets))
    return found


def targets(store: Store, year: int | None = None) -> list[Target]:
    """The targets of a year, or all, by year and regulation."""
    stored = [Target(*values) for values in read_values(store, ClauseTable)]
    return sorted(
        (target for target in stored if year in (None, target.year)),
        key=lambda target: (target.year, target.regulation),
    )


def targets_on(store: Store, book: ReferenceBook, year: int, day: datetime.date) -> list[Target]:
    """The targets of a year, each with the name of its unit or post on a day; one that was set
    under that name precedes one of another name."""
    all_targets = targets(store, year)
    targeted_pairs = {
        (target.indicator, target.scope) for target in all_targets if target.indicator
    }
    targets_today = [
        target._replace(scope=named_on(book, target.scope, day)) for target in all_targets
    ]
    return [
        now
        for was, now in zip(all_targets, targets_today, strict=True)
        if was.scope == now.scope or (now.indicator, now.scope) not in targeted_pairs
    ]


def targets_of_figures(
    store: Store, book: ReferenceBook, year: int, day: datetime.date, scope: Scope
) -> dict[str, Target]:
    """{indicator: the target that its figure in a scope is shown against}: of several clauses the
    highest goal, of limits alone the lowest. A share of a whole is no target of a count."""
    rows = {row.key: row for row in all_rows(book)}
    figure_targets = [
        target
        for target in targets_on(store, book, year, day)
        if target.scope == scope.text
        and target.indicator in rows
        and target.is_of_figure(rows[target.indicator])
    ]
    return {target.indicator: target for target in sorted(figure_targets, key=_strictness)}


def _strictness(target: Target) -> tuple[bool, Decimal]:
    limit, value = target.rule == AT_MOST, target.value or Decimal(0)
    return not limit, -value if limit else value


def regulation_facts(store: Store, number: str, year: int) -> tuple[str, str]:
    """The parties of a regulation and the ISO day it was signed on; "" if unknown."""
    table = RegulationTable
    query = table.select(table.parties, table.signed_on)
    row = store.first(query.where(table.number == number, table.year == year))
    return (row[0], row[1]) if row else ("", "")


def set_baseline(
    store: Store,
    key: str,
    period: str,
    scope: str,
    value: str,
    source: str,
    qualifier: str = "exact",
) -> None:
    """Set the paper figure of an indicator for a period and scope (both as text)."""
    if qualifier not in QUALIFIERS:
        raise UserError(
            _("A qualifier is one of: {qualifiers}.").format(qualifiers=", ".join(QUALIFIERS))
        )
    source = without_unseen(source).strip()
    if not source or len(source) > 500 or FORBIDDEN.search(source):
        raise UserError(_("Say which paper the figure is from."))
    cells = {
        "indicator": key,
        "period": period,
        "scope": scope,
        "value": str(amount(value)),
        "qualifier": qualifier,
        "source": source,
    }
    upsert_cells(store, BaselineTable, [cells])


def baselines(store: Store, indicator: str | None = None) -> list[Baseline]:
    """The paper figures of an indicator, or all, by period and scope."""
    stored = [Baseline(*values) for values in read_values(store, BaselineTable)]
    return sorted(
        (baseline for baseline in stored if not indicator or baseline.indicator == indicator),
        key=lambda baseline: (baseline.period, baseline.scope, baseline.indicator),
    )
