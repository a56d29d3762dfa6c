"""Operations on many records at once: all of them or none, in one transaction."""

from collections.abc import Sequence

from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.editing import RecordEditor
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart


class BulkOperations(SessionPart):
    """Operations on many records of one type."""

    @operation("record.write")
    def delete_many(
        self,
        type_name: str,
        records: Sequence[str],
        reason: str,
        progress: Progress = no_progress,
    ) -> None:
        """Delete records; one that may not be deleted rolls all back. Raises UserError."""
        for done, record in enumerate(records):
            progress(done, len(records))
            self.session.part(RecordEditor).delete(type_name, record, reason)

    @operation("record.write")
    def undelete_many(
        self, type_name: str, records: Sequence[str], progress: Progress = no_progress
    ) -> None:
        """Undelete records; one that cannot be undeleted rolls all back."""
        for done, record in enumerate(records):
            progress(done, len(records))
            self.session.part(RecordEditor).undelete(type_name, record)

    @operation("record.write")
    def tag_many(
        self,
        type_name: str,
        records: Sequence[str],
        tag: str,
        on: bool,
        progress: Progress = no_progress,
    ) -> list[str]:
        """Give records a tag (code of the pick list), or take it off; those that changed."""
        key, changed = ALL_TYPES[type_name].tagged_by, []
        for done, record in enumerate(records):
            progress(done, len(records))
            values = self.session.part(RecordEditor).read(type_name, record)[0]
            before = list(values.get(key) or [])
            if (tag in before) != on:
                after = [*before, tag] if on else [code for code in before if code != tag]
                self.session.part(RecordEditor).edit(type_name, record, {key: after or None})
                changed.append(record)
        return changed
