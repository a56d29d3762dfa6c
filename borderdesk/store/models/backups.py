"""Backups that were tried."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class BackupRow(TableRow):
    """A backup that was attempted: `file` within the desk's own folder or absolute, `made` its time
    stamp, `last_seq` and `mark` the state of the desk then, `device` the system's number of the
    disk or stick, `failed` the reason of a failure."""

    id = pw.AutoField()
    file = pw.TextField()
    made = pw.TextField()
    size = pw.IntegerField()
    records = pw.IntegerField()
    revisions = pw.IntegerField()
    totals_hash = pw.TextField()
    last_seq = pw.IntegerField()
    mark = pw.TextField()
    device = pw.TextField()
    automatic = pw.IntegerField()
    failed = pw.TextField()
