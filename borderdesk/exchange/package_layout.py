"""The layout of a package: every kind of entry, and every table."""

from collections.abc import Iterator

from borderdesk.exchange.desk_renewal import CardDecisionEntry
from borderdesk.exchange.double_verdicts import VerdictEntry
from borderdesk.exchange.edition_entries import EditionEntry
from borderdesk.exchange.entry_kinds import EntryKind, UndoEntry
from borderdesk.exchange.erasures import ErasureEntry
from borderdesk.exchange.package_tables import (
    HEADS,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    PackageTable,
    type_tables,
)
from borderdesk.exchange.review_notes import NoteEntry
from borderdesk.exchange.setups import SetupEntry
from borderdesk.exchange.statements import StatementEntry

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
