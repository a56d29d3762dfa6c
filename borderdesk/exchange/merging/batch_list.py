"""All imports, packages and spreadsheets, as one list; each can be undone."""

from collections.abc import Mapping
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.exchange.merging.batches import Batches, PackageBatch, UndoneBatch
from borderdesk.exchange.merging.crossed_doubles import restore_given_up_for
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.sheets.imports.sheet_batches import SheetBatch, SheetBatches


class BatchList(SessionPart):
    """The packages and spreadsheets of a desk."""

    def all(self) -> list[PackageBatch | SheetBatch]:
        """Every batch, the newest first."""
        batches: list[PackageBatch | SheetBatch] = [*self.session.part(Batches).all()]
        batches += self.session.part(SheetBatches).all()
        return sorted(batches, key=lambda batch: batch.imported, reverse=True)

    def named(self, name: str) -> PackageBatch | SheetBatch:
        """The batch, not undone, that the beginning of an id names. Raises UserError."""
        batches = [batch for batch in self.all() if not batch.undone and batch.id.startswith(name)]
        if not name or len(batches) != 1:
            raise UserError(_("No batch begins with “{id}”.").format(id=name[:40]))
        return batches[0]

    def undone_with(self, batch: PackageBatch | SheetBatch) -> list[PackageBatch]:
        """The later packages that go with a batch when it is undone."""
        if isinstance(batch, SheetBatch):
            return []
        return self.session.part(Batches).undone_with(batch.id)

    def undo(
        self,
        batch: PackageBatch | SheetBatch,
        progress: Progress = no_progress,
        *,
        aside: bool = False,
    ) -> UndoneBatch:
        """Undo a batch; aside: the content of a package waits on this desk instead of arriving
        again with its desk's next file. Raises UserError, OperationRefused."""
        if isinstance(batch, SheetBatch):
            return self.undo_list(batch.id, progress)
        return self.session.part(Batches).undo_batch(batch.id, aside=aside)

    @operation("record.write")
    def undo_list(self, batch: str, progress: Progress = no_progress) -> UndoneBatch:
        """Undo the batch of a spreadsheet (its id); what was given up as a double of its records
        counts again. Raises UserError, OperationRefused."""
        batches = self.session.part(SheetBatches)
        added = batches.added(batch)
        undone = batches.undo(batch, progress)
        restored, unreturned = restore_given_up_for(self.session, undone.records, added)
        return UndoneBatch(batch, undone.revisions + restored, undone.kept, unreturned)


def batch_json(batch: PackageBatch | SheetBatch, identity: Mapping[str, str]) -> dict[str, Any]:
    """A batch as `batches` prints it. identity: {desk, unit, role} of this desk."""
    if isinstance(batch, PackageBatch):
        fields = {**batch._asdict(), "type": None}
        del fields["figures"]
        return fields
    return {
        "id": batch.id,
        "file": batch.file,
        **identity,
        "period": "",
        "number": 0,
        "made": batch.imported,
        "imported": batch.imported,
        "undone": batch.undone,
        "counts": batch.counts,
        "set_aside": False,
        "type": batch.type,
    }
