"""How a person arranged the window of a desk: columns, sizes, language, last values used."""

import json
from typing import Any

from borderdesk.session.operations import operation
from borderdesk.session.session import Part


class Preferences(Part):
    """Values fit for JSON by key; a key nobody set is absent. They never leave the desk."""

    @operation("preference.write")
    def prefer(self, key: str, value: Any) -> None:
        """Keep a preference; None forgets it."""
        if value is None:
            self.store.run("DELETE FROM preference WHERE key = ?", (key,))
            return
        self.store.run(
            "INSERT INTO preference (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value, ensure_ascii=False)),
        )

    def preferred(self, key: str, default: Any = None) -> Any:
        """A preference, or the default."""
        kept = self.store.value("SELECT value FROM preference WHERE key = ?", (key,))
        return default if kept is None else json.loads(kept)
