"""Tables of the logs of desks: their entries, signed heads, and the holdings of other desks."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class DeskLogRow(TableRow):
    """A log; `branch` is "" but for the other line of a desk that was copied: the first 8 hex
    digits of the entry with which that begins."""

    id = pw.AutoField()
    desk = pw.TextField()
    branch = pw.TextField()


class LogEntryRow(TableRow):
    """An entry of a log: a revision by its `seq`, or content as canonical JSON, or neither for a
    stub with kind and id alone; `refused`: the reason why its content waits."""

    log = pw.IntegerField()
    number = pw.IntegerField()
    kind = pw.TextField()
    id = pw.BlobField()
    chain = pw.BlobField()
    revision = pw.IntegerField(null=True)
    content = pw.TextField(null=True)
    refused = pw.TextField(null=True)

    class Meta:
        primary_key = pw.CompositeKey("log", "number")


class LogTextRow(TableRow):
    """The text a person typed into an entry, with its salt; erased with whom it speaks of."""

    entry = pw.BlobField(primary_key=True)
    salt = pw.BlobField()
    text = pw.TextField()


class LogHeadRow(TableRow):
    """A head of a log as its desk signed it: the text of a minisign signature."""

    log = pw.IntegerField()
    number = pw.IntegerField()
    signature = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("log", "number")


class BatchLogRow(TableRow):
    """The range of entries of a log that a batch contained, first and last."""

    batch = pw.TextField()
    log = pw.IntegerField()
    first = pw.IntegerField()
    last = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("batch", "log")


class AcknowledgementRow(TableRow):
    """The newest holding that a desk reported: `number` its own highest then, `signed` 0 where it
    was read over the telephone."""

    receiver = pw.TextField(primary_key=True)
    number = pw.IntegerField()
    signed = pw.IntegerField()
    noted = pw.TextField()


class AcknowledgedLogRow(TableRow):
    """Up to where a desk holds a log."""

    receiver = pw.TextField()
    log = pw.TextField()
    number = pw.IntegerField()
    chain = pw.BlobField()

    class Meta:
        primary_key = pw.CompositeKey("receiver", "log")


class StatementRow(TableRow):
    """The statement of a desk for a period: figures and its unit's holding then, as JSON; `entry`
    its number in the desk's log, `number` the package it was made for."""

    desk = pw.TextField()
    entry = pw.IntegerField()
    period = pw.TextField()
    first = pw.TextField()
    last = pw.TextField()
    scope = pw.TextField()
    number = pw.IntegerField()
    figures = pw.TextField()
    holding = pw.TextField()
    made = pw.TextField()
    received = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("desk", "entry")


class RetiredCardKeyRow(TableRow):
    """A former signing key of a desk: its signatures until the renewal count."""

    desk = pw.TextField()
    minisign = pw.TextField()
    retired = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("desk", "minisign")
