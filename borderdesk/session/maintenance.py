"""Maintenance of a desk's database: checkpoint, rebuild, verification."""

from typing import TYPE_CHECKING, Any

from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress, no_progress
from borderdesk.session.damage import clear_damage, noted_damage
from borderdesk.session.opening import explained
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.quick_check import hangs_together

if TYPE_CHECKING:
    from borderdesk.store.verification import rebuild, verify
else:
    rebuild = lazy_module("borderdesk.store.verification.rebuild")
    verify = lazy_module("borderdesk.store.verification.verify")


class Maintenance(SessionPart):
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
            result = verify.verify(self.store, progress)
        if not result["ok"]:
            self.session.find_damaged(len(result["problems"]))
        elif noted_damage(self.session.folder) is not None:
            # The sound file is back.
            clear_damage(self.session.folder)
            self.session.damage = None
        return result

    def check_quickly(self) -> bool:
        """Whether the pages of the file hang together; a desk where they do not is written to no
        more."""
        with explained():
            sound = hangs_together(self.store)
        if not sound:
            self.session.find_damaged(1)
        return sound
