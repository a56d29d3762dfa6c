"""Backups that were tried."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class BackupRow(TableRow):
    """A backup that was tried: `file` within the desk's own folder or absolute, `made` the moment
    it shows, `last_seq` and `mark` what the desk held then, `device` the disk or stick it was put
    on as the system numbers it, `failed` why it came to nothing."""

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
