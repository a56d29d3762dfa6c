"""Whether an account was disabled, asked before every operation of a desk with accounts.

SQL, not peewee: 0.004 ms of a save's 0.70 ms, where a query by peewee takes 0.053 ms.
"""

from borderdesk.store.connection.database import Store

_DISABLED = "SELECT disabled FROM account WHERE name = ?"


def is_disabled(store: Store, name: str) -> bool:
    """Whether an account of this name is disabled now."""
    return bool(store.value(_DISABLED, (name,)))
