"""What the forms of a desk remember of the records saved in them, as preferences.

What was saved last is offered for the next record. What an erasure could reach is never among it on
the disk: no erasure looks into a preference that it does not know.
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
"""{field: what it held in the record saved last}, of what a form remembers."""


def memory_key(model: type[RevisionedModel]) -> str:
    """The key of what the form of a type remembers."""
    return f"{PREFIX}{model.type_name}"


def kept_last(model: type[RevisionedModel], last: Mapping[str, Any]) -> dict[str, Any]:
    """What may be kept on the disk of the record saved last: nothing of a person, whether typed
    into the record itself or as a new household."""
    columns = model.columns()
    parts = {key: PERSONAL if one.personal_when else one.part for key, one in columns.items()}
    is_person = model.matching is not None
    gone = {key for key, part in parts.items() if part == PERSONAL}
    gone |= {key for key, part in parts.items() if is_person and part != PUBLIC}
    return {key: raw for key, raw in last.items() if key not in gone and not isinstance(raw, dict)}


def forget_last(store: Store) -> bool:
    """Delete what the forms remember of the records saved last, as earlier versions kept it whole,
    within the open transaction; whether there was any."""
    row, found = PreferenceRow, False
    for key, text in list(
        store.fetch(row.select(row.key, row.value).where(row.key.startswith(PREFIX)))
    ):
        kept = json.loads(text)
        if kept.pop(LAST, None):
            found = True
            value = json.dumps(kept, ensure_ascii=False)
            store.execute(row.update(value=value).where(row.key == key))
    return found
