"""How a person arranged the window of a desk: columns, sizes, language, last values used."""

import json
from typing import Any

from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.models.desk import PreferenceRow


class Preferences(Part):
    """Values fit for JSON by key; a key nobody set is absent. They never leave the desk."""

    @operation("preference.write")
    def prefer(self, key: str, value: Any) -> None:
        """Keep a preference; None forgets it."""
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
