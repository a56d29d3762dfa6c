"""Preferences of the window: columns, sizes, language, the values used last."""

import json
from pathlib import Path
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.database import DATABASE_ERRORS, Store
from borderdesk.store.models.desk import PreferenceRow

LANGUAGE = "language"
"""Where the language of the desk's window is stored."""
UNREADABLE: tuple[type[Exception], ...] = (UserError, OSError, ValueError)
"""What a file or a stored value that cannot be read raises, beside errors of the database."""


def saved_language(database: Path) -> str | None:
    """The language that the window of a desk was left in, read from its file.

    None where nobody chose one, and where the file cannot be read: it may be absent, damaged, or
    encrypted, and the command that opens it says so.
    """
    store = Store(database, read_only=True)
    query = PreferenceRow.select(PreferenceRow.value).where(PreferenceRow.key == LANGUAGE)
    try:
        if not database.is_file():
            return None
        with store.connection_context():
            kept = store.scalar(query)
        return None if kept is None else str(json.loads(kept))
    except (*DATABASE_ERRORS, *UNREADABLE):
        return None


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
