"""The values that the forms of a desk remember from the records saved in them, as preferences.

The values saved last are offered for the next record. Data subject to an erasure is never stored in
them: an erasure does not search unknown preferences.
"""

import json
from collections.abc import Mapping
from typing import Any

from borderdesk.schema.kinds import PERSONAL, PUBLIC
from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.models.desk import PreferenceRow

PREFIX = "memory/"
"""Of the preferences' keys, before the name of a type."""
LAST = "last"
"""{field: its value in the record saved last}, among the remembered values of a form."""


def memory_key(model: type[RevisionedModel]) -> str:
    """The key of the remembered values of a type's form."""
    return f"{PREFIX}{model.type_name}"


def kept_last(model: type[RevisionedModel], last: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the record saved last that may be stored on the disk: no personal data, whether
    typed into the record itself or as a new household."""
    columns = model.columns()
    parts = {
        key: PERSONAL if column.personal_when else column.part for key, column in columns.items()
    }
    is_person = model.matching is not None
    personal = {key for key, part in parts.items() if part == PERSONAL}
    personal |= {key for key, part in parts.items() if is_person and part != PUBLIC}
    return {
        key: raw for key, raw in last.items() if key not in personal and not isinstance(raw, dict)
    }


def forget_last(store: Store) -> bool:
    """Delete the remembered values of the records saved last, which earlier versions stored in
    full, within the open transaction; returns whether there were any."""
    row, deleted = PreferenceRow, False
    for key, text in list(
        store.fetch(row.select(row.key, row.value).where(row.key.startswith(PREFIX)))
    ):
        memory = json.loads(text)
        if memory.pop(LAST, None):
            deleted = True
            value = json.dumps(memory, ensure_ascii=False)
            store.execute(row.update(value=value).where(row.key == key))
    return deleted
