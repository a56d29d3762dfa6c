"""The types of reference data. `REFERENCE_TYPES` is the only list of them.

To add one: a module here with its declaration, a line below, a migration that makes its table, and
the Vietnamese words of its labels.
"""

from borderdesk.schema.reference.authority import AuthorityTable
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.schema.reference.marker import MarkerTable
from borderdesk.schema.reference.pick import PickTable
from borderdesk.schema.reference.post import PostTable
from borderdesk.schema.reference.table import ReferenceType
from borderdesk.schema.reference.unit import UnitTable

REFERENCE_TYPES: dict[str, type[ReferenceType]] = {
    table.table_key: table
    for table in (UnitTable, PostTable, MarkerTable, HamletTable, PickTable, AuthorityTable)
}
"""Every type by its key. Targets of links precede the types that link to them."""

__all__ = ["REFERENCE_TYPES", "ReferenceType"]
