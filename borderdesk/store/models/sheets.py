"""Tables of spreadsheet imports."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class SheetBatchRow(TableRow):
    """Spreadsheets taken in at once: `first` and `last` are the `seq` of the revisions they made;
    files and counts are JSON."""

    id = pw.TextField(primary_key=True)
    type = pw.TextField()
    files = pw.TextField()
    imported = pw.TextField()
    author = pw.TextField()
    first = pw.IntegerField()
    last = pw.IntegerField()
    counts = pw.TextField()
    undone = pw.IntegerField()

    class Meta:
        table_name = "sheet_batch"
