"""Preferences of the window: columns, sizes, language, the values used last."""

import json
from pathlib import Path
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.files import own_content, write_atomically
from borderdesk.base.i18n import LANGUAGES
from borderdesk.base.text import storable_name
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.database import DATABASE_ERRORS, Store
from borderdesk.store.connection.meta import preference_text
from borderdesk.store.models.desk import PreferenceRow

LANGUAGE = "language"
"""Where the language of the desk's window is stored."""
LOCK_MINUTES = "lock_minutes"
"""The minutes without use after which a window with a password is locked, 0 for never."""
LOCK_MINUTES_FIRST = 10
LONGEST_LANGUAGE = 8
UNREADABLE: tuple[type[Exception], ...] = (UserError, OSError, ValueError)
"""Errors of an unreadable file or stored value, besides errors of the database."""


def saved_language(database: Path) -> str | None:
    """The language last used in the window of a desk, read from its file.

    None where none was chosen, and where the file is missing or damaged: the command that opens it
    reports that. The language of an encrypted desk is in a file beside it.
    """
    beside = language_file(database.parent)
    store = Store(database, read_only=True)
    query = PreferenceRow.select(PreferenceRow.value).where(PreferenceRow.key == LANGUAGE)
    try:
        if not database.is_file():
            return None
        if beside.is_file():
            return known_language(own_content(beside, LONGEST_LANGUAGE).decode())
        with store.connection_context():
            stored = store.scalar(query)
        return None if stored is None else known_language(json.loads(stored))
    except (*DATABASE_ERRORS, *UNREADABLE):
        return None


def known_language(stored: Any) -> str | None:
    """A stored language, None for an unknown one: the file may be damaged, or somebody else's."""
    return next((code for code in LANGUAGES if code == stored), None)


def language_file(folder: Path) -> Path:
    """The path of the file with the language of an encrypted desk, used in the password prompt."""
    return folder / "desk.lang"


class Preferences(SessionPart):
    """Preferences by key, each a JSON value. They are never sent to another desk."""

    @operation("preference.write")
    def prefer(self, key: str, value: Any) -> None:
        """Store a preference; None deletes it."""
        if key == LANGUAGE and self.store.key is not None:
            write_atomically(language_file(self.session.folder), str(value or "").encode())
        if value is None:
            self.store.execute(PreferenceRow.delete().where(PreferenceRow.key == key))
            return
        text = json.dumps(value, ensure_ascii=False)
        if text != storable_name(text):
            # The name of a folder that is no UTF-8 comes back as it was from its escapes.
            text = json.dumps(value)
        self.store.execute(
            PreferenceRow.insert(key=key, value=text).on_conflict(
                conflict_target=[PreferenceRow.key], preserve=[PreferenceRow.value]
            )
        )

    def preferred(self, key: str, default: Any = None) -> Any:
        """A preference, or the default."""
        stored = preference_text(self.store, key)
        return default if stored is None else json.loads(stored)
