"""Revisions, and tables derived from them besides those of the record types."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class RevisionRow(TableRow):
    """A save or delete of a record or household, never removed; `seq` is its order of arrival on
    this desk.

    `parents` are 0–2 ids of 32 bytes, sorted and concatenated; `body` is the canonical JSON whose
    SHA-256 is the revision's content, NULL for a deletion; where another desk withheld it, only
    that hash is stored, in hex, as `content`.
    """

    seq = pw.AutoField()
    id = pw.BlobField()
    type = pw.TextField()
    record = pw.TextField()
    number = pw.IntegerField()
    parents = pw.BlobField()
    author = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
    reason = pw.TextField(null=True)
    deleted = pw.IntegerField()
    body = pw.TextField(null=True)
    content = pw.TextField(null=True)


class PrivatePartRow(TableRow):
    """The personal and internal fields of a revision, as canonical JSON, with their salt."""

    revision = pw.IntegerField(primary_key=True)
    salt = pw.BlobField()
    part = pw.TextField()


class SoftWarningRow(TableRow):
    """The doubts confirmed at entry: JSON [[field, doubt], …] per record."""

    record = pw.TextField(primary_key=True)
    doubts = pw.TextField()


class HouseholdGroupRow(TableRow):
    """Derived: households joined to others, each with the smallest id of its group."""

    member = pw.TextField(primary_key=True)
    leader = pw.TextField()


class DoubleVersionRow(TableRow):
    """Derived: a record with several versions, none of which has been chosen."""

    record = pw.TextField(primary_key=True)
    type = pw.TextField()


class DoublePairRow(TableRow):
    """Derived: two records that may be one, `first` with the smaller id; why, and how near (0 to
    100)."""

    first = pw.TextField()
    second = pw.TextField()
    type = pw.TextField()
    why = pw.TextField()
    near = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("first", "second")


class DoubleVerdictRow(TableRow):
    """The verdict of a person on two records: "same" with the id of the remaining one, or
    "different" permanently."""

    first = pw.TextField()
    second = pw.TextField()
    type = pw.TextField()
    verdict = pw.TextField()
    stays = pw.TextField()
    author = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
    entry = pw.BlobField(null=True)

    class Meta:
        primary_key = pw.CompositeKey("first", "second")
