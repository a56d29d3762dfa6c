"""The kinds of entries a log is made of, beside revisions."""

from borderdesk.exchange.entry_kinds import CardDecision, EntryKind, UndoEntry
from borderdesk.exchange.erasures import ErasureEntry
from borderdesk.exchange.review_notes import NoteEntry
from borderdesk.exchange.statements import StatementEntry
from borderdesk.exchange.verdicts import VerdictEntry

KINDS: tuple[EntryKind, ...] = (
    NoteEntry(),
    VerdictEntry(),
    ErasureEntry(),
    StatementEntry(),
    CardDecision(),
    UndoEntry(),
)
"""Every kind of entry that is no revision, in the order they take effect."""
KIND_OF = {kind.name: kind for kind in KINDS}
