"""Regulations, yearly targets, and figures from before the desk began."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.cli.output import print_message, print_table
from borderdesk.cli.program import (
    FILE,
    Group,
    WholeNumber,
    argument,
    command,
    option,
    program,
    table_format,
)
from borderdesk.cli.unlocking import open_desk
from borderdesk.figures.regulations import load_regulation, read_regulation
from borderdesk.figures.targets import (
    Baseline,
    BaselineTable,
    ClauseTable,
    Target,
    baselines,
    known_indicator,
    remove_targets,
    set_target,
    targets,
)
from borderdesk.schema.kinds.quantity import json_number
from borderdesk.schema.reference.table import EditableTable
from borderdesk.store.connection.database import Store


@program.group("regulation", cls=Group, help=N_("Coordination regulations."))
def regulation() -> None:
    """Regulations."""


@command(
    "load",
    N_("Load a regulation with its clauses from JSON or XLSX."),
    within=regulation,
    takes="targets.write",
)
@FILE
def regulation_load(folder: Path, file: Path) -> None:
    """Load a regulation."""
    with open_desk(folder) as desk:
        read = read_regulation(file)
        keys = desk.figures.indicator_keys()
        count = desk.reference.write_targets(
            lambda store: load_regulation(store, read, keys, desk.figures.yearly_scope)
        )
    words = ngettext("{count} clause was loaded.", "{count} clauses were loaded.", count)
    print_message(words.format(count=count))


@program.group("target", cls=Group, help=N_("Yearly targets."))
def target() -> None:
    """Targets."""


@command(
    "set",
    N_("Set the yearly target of an indicator for a scope."),
    within=target,
    takes="targets.write",
)
@argument("key")
@argument("year", type=WholeNumber())
@argument("scope")
@argument("value")
@option("--rule", default="at_least", help=N_("at_least, at_most, maintain or percent."))
@option("--clause", default="", help=N_("The clause it is from."))
def target_set(
    folder: Path, key: str, year: int, scope: str, value: str, rule: str, clause: str
) -> None:
    """Set a target."""

    with open_desk(folder) as desk:
        known_indicator(key, desk.figures.indicator_keys())
        scope_text = desk.figures.yearly_scope(scope, year)
        desk.reference.write_targets(
            lambda store: set_target(store, key, year, scope_text, value, rule, clause)
        )
        _tell_clauses(desk.store, key, year, scope_text)


def _tell_clauses(store: Store, key: str, year: int, scope: str) -> None:
    """Tell which clauses of regulations are targets of the same figure."""
    clauses = [
        " ".join(filter(None, (target.regulation, target.no, f"{target.value:f}")))
        for target in targets(store, year)
        if (target.indicator, target.scope) == (key, scope)
        and target.regulation
        and target.value is not None
    ]
    if clauses:
        print_message(
            _(
                "Regulations set a target of this figure too, and these clauses stay: {clauses}."
                " Of several the highest goal counts, of limits the lowest. “target remove” with"
                " --regulation takes a clause away."
            ).format(clauses="; ".join(clauses))
        )


@command(
    "remove",
    N_("Remove the target of an indicator that was set by hand, or a regulation's clause."),
    within=target,
    takes="targets.write",
)
@argument("key")
@argument("year", type=WholeNumber())
@argument("scope")
@option("--regulation", default="", help=N_("The number of the regulation whose clause goes."))
@option("--clause", default="", help=N_("Only the clause of this number."))
def target_remove(
    folder: Path, key: str, year: int, scope: str, regulation: str, clause: str
) -> None:
    """Remove targets."""
    with open_desk(folder) as desk:
        known_indicator(key, desk.figures.indicator_keys())
        scope_text = desk.figures.yearly_scope(scope, year)
        count = desk.reference.write_targets(
            lambda store: remove_targets(store, key, year, scope_text, regulation, clause)
        )
        if not count:
            raise UserError(_("There is no such target. “target list” lists those there are."))
        _tell_clauses(desk.store, key, year, scope_text)
    words = ngettext("{count} target was removed.", "{count} targets were removed.", count)
    print_message(words.format(count=count))


@command("list", N_("List the targets."), within=target)
@table_format
def target_list(folder: Path, shape: str) -> None:
    """indicator, year, scope, value, rule, clause, regulation, text."""
    with open_desk(folder) as desk:
        rows = [
            clause._replace(text=" ".join(clause.text.split())) if shape == "table" else clause
            for clause in targets(desk.store)
        ]
    order = ("indicator", "year", "scope", "value", "rule", "no", "regulation", "text")
    _print_figures(shape, ClauseTable, order, rows)


def _print_figures(
    shape: str,
    table: type[EditableTable],
    order: Sequence[str],
    rows: Iterable[Target | Baseline],
) -> None:
    """Print rows of a ledger of figures with these columns; numbers are numbers in JSON."""
    columns = table.columns()
    heads = {key: _(columns[key].label) for key in order}
    cells = ([getattr(row, key) for key in order] for row in rows)
    if shape == "json":
        cells = ([_as_json(cell) for cell in row] for row in cells)
    print_table(shape, heads, cells)


def _as_json(cell: object) -> object:
    return json_number(cell) if isinstance(cell, Decimal) else cell


@program.group("baseline", cls=Group, help=N_("Figures from before the desk began."))
def baseline() -> None:
    """Baselines."""


@command(
    "set",
    N_("Set a paper figure of an indicator for a period and scope."),
    within=baseline,
    takes="targets.write",
)
@argument("key")
@argument("period")
@argument("scope")
@argument("value")
@option("--qualifier", default="exact", help=N_("exact, over or under."))
@option("--source", required=True, help=N_("The paper it is from."))
def baseline_set(
    folder: Path, key: str, period: str, scope: str, value: str, qualifier: str, source: str
) -> None:
    """Set a baseline."""

    with open_desk(folder) as desk:
        desk.baselines.set_paper(key, period, scope, value, source, qualifier)


@command("list", N_("List the paper figures."), within=baseline)
@table_format
def baseline_list(folder: Path, shape: str) -> None:
    """indicator, period, scope, value, qualifier, source."""
    with open_desk(folder) as desk:
        _print_figures(shape, BaselineTable, Baseline._fields, baselines(desk.store))
