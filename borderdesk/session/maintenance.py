"""Maintenance of a desk's database: checkpoint, rebuild, verification."""

from typing import TYPE_CHECKING, Any

from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress, no_progress
from borderdesk.session.opening import explained
from borderdesk.session.operations import operation
from borderdesk.session.session import Part

if TYPE_CHECKING:
    from borderdesk.store import rebuild, verify
else:
    rebuild = lazy_module("borderdesk.store.rebuild")
    verify = lazy_module("borderdesk.store.verify")


class Maintenance(Part):
    """Maintenance operations of a desk's database."""

    def rest(self) -> None:
        """Checkpoint the write-ahead log while nobody is typing, so that no save has to."""
        self.store.fold_log()

    @operation("maintain")
    def rebuild(self) -> list[str]:
        """Rebuild every derived row and search entry from the revisions; returns the differences
        that were found."""
        self.session.audit_notes.note("desk.rebuilt")
        return rebuild.rebuild(self.store, self.session.book)

    def verify(self, progress: Progress = no_progress) -> dict[str, Any]:
        """Check the file, the chains of revisions, hashes and derived rows; returns what the
        command `verify` prints as JSON."""
        with explained():
            return verify.verify(self.store, progress)
