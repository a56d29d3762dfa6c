"""Unfinished forms: what was typed and not saved, kept so that nothing typed is lost.

A draft never counts: it is no record, has no revision and stands in no list or report.
"""

import json
import os
from typing import Any, NamedTuple

from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import Part

TABLE = "grid:"
"""Before the name of a type: the table of that type, not its form."""

LEDGER = "ledger:"
"""Before the name of a ledger: its rows as a person is changing them."""

Texts = dict[str, Any]
"""What a form gives of itself, fit for JSON; only the form reads it."""


class Kept(NamedTuple):
    """A draft: `form` says of which form, times are UTC as revisions write them."""

    id: str
    form: str
    parked: bool
    texts: Texts
    started: str
    touched: str


class Drafts(Part):
    """The unfinished forms of a desk: at most one open a form, any number parked."""

    @operation("record.write")
    def keep_draft(self, form: str, texts: Texts) -> None:
        """Keep what stands in a form, over what was kept of it before."""
        now = utc_stamp()
        self.store.run(
            "INSERT INTO draft (id, form, parked, texts, started, touched)"
            " VALUES (?, ?, 0, ?, ?, ?)"
            " ON CONFLICT (form) WHERE parked = 0"
            " DO UPDATE SET texts = excluded.texts, touched = excluded.touched",
            (os.urandom(16).hex(), form, json.dumps(texts, ensure_ascii=False), now, now),
        )

    @operation("record.write")
    def drop_draft(self, form: str) -> None:
        """Forget the open draft of a form: it was saved, or is no longer wanted."""
        self.store.run("DELETE FROM draft WHERE form = ? AND parked = 0", (form,))

    @operation("record.write")
    def park_draft(self, form: str) -> None:
        """Put the open draft of a form aside, so that another can begin."""
        self.store.run("UPDATE draft SET parked = 1 WHERE form = ? AND parked = 0", (form,))

    @operation("record.write")
    def unpark_draft(self, draft: str) -> None:
        """Make a parked draft the open one; the one open until now is parked."""
        form = self.store.value("SELECT form FROM draft WHERE id = ?", (draft,))
        self.store.run("UPDATE draft SET parked = 1 WHERE form = ? AND parked = 0", (form,))
        self.store.run("UPDATE draft SET parked = 0 WHERE id = ?", (draft,))

    @operation("record.write")
    def discard_draft(self, draft: str) -> None:
        """Forget a draft, open or parked."""
        self.store.run("DELETE FROM draft WHERE id = ?", (draft,))

    def open_draft(self, form: str) -> Kept | None:
        """The open draft of a form."""
        return next((d for d in self.drafts(form) if not d.parked), None)

    def drafts(self, form: str | None = None) -> list[Kept]:
        """Every draft, of one form or of all, the last touched first."""
        found = self.store.rows(
            "SELECT id, form, parked, texts, started, touched FROM draft"
            " WHERE ? IS NULL OR form = ? ORDER BY touched DESC, id",
            (form, form),
        )
        return [Kept(r[0], r[1], bool(r[2]), json.loads(r[3]), r[4], r[5]) for r in found]
