"""The tables a person edits as a whole: targets, settings, reference data."""

from collections.abc import Callable, Mapping, Sequence

from borderdesk.figures.baseline_editor import paper_problems
from borderdesk.figures.targets import BaselineTable, ClauseTable, RegulationTable
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.reference.table import Cells, EditableTable
from borderdesk.schema.settings import SettingTable
from borderdesk.session.session import Session

TARGET_TABLES: tuple[type[EditableTable], ...] = (ClauseTable, RegulationTable, BaselineTable)
"""The tables of targets and comparisons for figures."""


RowRule = Callable[[Session, Sequence[tuple[int, Cells]], Sequence[int]], dict[int, dict[str, str]]]
ROW_RULES: Mapping[type[EditableTable], RowRule] = {BaselineTable: paper_problems}
"""Of tables whose rows are held against the desk's records and against each other: (session, all
rows, numbers of those that were added) to {number: {column: message}}."""


def judging_tables() -> tuple[type[EditableTable], ...]:
    """The settings, then the reference data of every type."""
    return (SettingTable, *REFERENCE_TYPES.values())


def ledgers() -> Mapping[str, type[EditableTable]]:
    """Every table by its key, as the window shows them."""
    return {table.table_key: table for table in (*TARGET_TABLES, *judging_tables())}
