"""The tables a person edits as a whole: targets, settings, reference data."""

from collections.abc import Mapping

from borderdesk.figures.targets import BaselineTable, ClauseTable, RegulationTable
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.reference.table import EditableTable
from borderdesk.schema.settings import SettingTable

TARGET_TABLES: tuple[type[EditableTable], ...] = (ClauseTable, RegulationTable, BaselineTable)
"""What figures are measured by and compared with."""


def judging_tables() -> tuple[type[EditableTable], ...]:
    """The settings, then what records are judged by: every type of reference data."""
    return (SettingTable, *REFERENCE_TYPES.values())


def ledgers() -> Mapping[str, type[EditableTable]]:
    """Every table by its key, as the window shows them."""
    return {table.table_key: table for table in (*TARGET_TABLES, *judging_tables())}
