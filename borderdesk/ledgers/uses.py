"""How many records name a row of a ledger that is being edited."""

from collections import Counter
from collections.abc import Mapping

from borderdesk.ledgers.rows import row_reader
from borderdesk.session.session import Session
from borderdesk.store.uses import count_uses


def uses(session: Session, table_key: str, row: Mapping[str, str]) -> Counter[str]:
    """How many records of each type, by its title, name what a row is about."""
    reader = row_reader(session, table_key)
    return count_uses(session.store, reader.table, reader.read(row)[1])
