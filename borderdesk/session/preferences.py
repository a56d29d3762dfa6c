"""Preferences of the window: columns, sizes, language, the values used last."""

import json
from typing import Any

from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.models.desk import PreferenceRow


class Preferences(Part):
    """Preferences by key, each a value that JSON can hold. They are never sent to another desk."""

    @operation("preference.write")
    def prefer(self, key: str, value: Any) -> None:
        """Store a preference; None deletes it."""
        if value is None:
            self.store.execute(PreferenceRow.delete().where(PreferenceRow.key == key))
            return
        text = json.dumps(value, ensure_ascii=False)
        self.store.execute(
            PreferenceRow.insert(key=key, value=text).on_conflict(
                conflict_target=[PreferenceRow.key], preserve=[PreferenceRow.value]
            )
        )

    def preferred(self, key: str, default: Any = None) -> Any:
        """A preference, or the default."""
        kept = self.store.scalar(
            PreferenceRow.select(PreferenceRow.value).where(PreferenceRow.key == key)
        )
        return default if kept is None else json.loads(kept)
