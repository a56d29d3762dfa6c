"""The names of the records that a search finds, for ranking them.

Hand-written SQL, like that of the lists: names without the rest of their rows.
"""

from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.lists.listing import Filter, ListQuery

MOST = 20_000
"""The limit of compared names (40 ms); a text common to more of them is unspecific."""


def names_found(
    store: Store, model: type[RevisionedModel], search: str
) -> list[tuple[str, str, str]]:
    """(id, name, commune) of the records of a type without an event that hold the words of a
    search, in the order of its list."""
    name = model.listed()[0]
    query = ListQuery(store, model, Filter(search=search))
    sql = query.sql(f"t.id, t.{name}, t.{model.main_place()}")
    rows = store.rows(f"{sql} ORDER BY t.{name}_key, t.row LIMIT ?", [*query.params, MOST])
    return [(row[0], row[1] or "", row[2] or "") for row in rows]
