"""The layout of a package: every kind of entry, and every table."""

from collections.abc import Iterator

from borderdesk.exchange.desks.desk_renewal import CardDecisionEntry
from borderdesk.exchange.desks.setups import SetupEntry
from borderdesk.exchange.entries.double_verdicts import VerdictEntry
from borderdesk.exchange.entries.edition_entries import EditionEntry
from borderdesk.exchange.entries.erasures import ErasureEntry
from borderdesk.exchange.entries.review_notes import NoteEntry
from borderdesk.exchange.entries.statements import StatementEntry
from borderdesk.exchange.format.entry_kinds import EntryKind, UndoEntry
from borderdesk.exchange.format.package_tables import (
    HEADS,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    PackageTable,
    type_tables,
)

KINDS: tuple[EntryKind, ...] = (
    NoteEntry(),
    VerdictEntry(),
    ErasureEntry(),
    StatementEntry(),
    EditionEntry(),
    CardDecisionEntry(),
    UndoEntry(),
    SetupEntry(),
)
"""Every kind of entry that is no revision, in the order they take effect."""
KIND_OF = {kind.name: kind for kind in KINDS}


def tables(*, with_private: bool) -> Iterator[PackageTable]:
    """Every table of a package, in the order they are written."""
    yield from type_tables()
    yield from (REVISIONS, HEADS, OTHERS)
    yield from (kind.table for kind in KINDS)
    yield PLACES
    if with_private:
        yield PRIVATE
