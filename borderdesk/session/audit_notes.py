"""Writes the audit log: within the transaction of an event, or independently when it is refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.revisions import canonical
from borderdesk.session.account_table import Account
from borderdesk.session.audit_kinds import FILE, FILE_KINDS
from borderdesk.session.opening import explained
from borderdesk.store.audit_lines import append_audit
from borderdesk.store.connection.database import Store

if TYPE_CHECKING:
    from borderdesk.session import personal_words
else:
    # A desk is opened without it.
    personal_words = lazy_module("borderdesk.session.personal_words")


class AuditNotes:
    """Appends lines in the name of the account that works.

    A line has a kind of `audit_kinds`, a subject (an id, a period, a file's name) and details:
    nothing personal. As no line is ever changed, a file's name loses the names of households here.
    """

    def __init__(
        self,
        store: Store,
        account: Callable[[], Account],
        writing: Callable[[], AbstractContextManager[None]],
        hindrance: Callable[[], UserError | None],
        noted: Callable[[], None],
    ) -> None:
        """account: the current account; writing: opens a transaction, or continues the open one;
        hindrance: the reason why writing is impossible now; noted: called after lines of their
        own, which a file put back from before does not have."""
        self._store = store
        self._account = account
        self._writing = writing
        self._hindrance = hindrance
        self._noted = noted
        self._waiting: list[tuple[str, str, dict[str, str | int]]] = []

    def note(self, kind: str, subject: str = "", **detail: str | int) -> None:
        """Append a line in the transaction of its event: both are committed, or neither."""
        with self._writing():
            self._append(kind, subject, detail)

    def note_anyway(self, kind: str, subject: str = "", **detail: str | int) -> None:
        """Append a line that survives the rollback of its event. It is skipped where the desk
        cannot be written to, so that reading still works."""
        self._waiting.append((kind, subject, detail))
        if not self._store.in_transaction():
            self.flush()

    def flush(self) -> None:
        """Write the lines that waited for a transaction to end."""
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        if self._hindrance() is not None:
            return
        with suppress(UserError), explained():
            with self._store.transaction_for_writing():
                for line in lines:
                    self._append(*line)
            self._noted()

    def _append(self, kind: str, subject: str, detail: dict[str, str | int]) -> None:
        if kind in FILE_KINDS:
            subject = personal_words.without_households(self._store, subject)
        if FILE in detail:
            detail[FILE] = personal_words.without_households(self._store, str(detail[FILE]))
        account = self._account()
        by = (account.name, account.role)
        append_audit(self._store, by, kind, subject, canonical(detail))
