"""Tables of the exchange between desks: keys and cards, packages out and in, notes, erasures."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class OwnKeyRow(TableRow):
    """The secret keys of this desk: minisign's (base64) and age's."""

    desk = pw.TextField(primary_key=True)
    signing = pw.TextField()
    opening = pw.TextField()
    made = pw.TextField()


class CardRow(TableRow):
    """A card of another desk; `accepted` 0 once it was revoked; `vouched`: the name of the person
    who vouched for it, or the desk whose set-up file contained it."""

    desk = pw.TextField(primary_key=True)
    unit = pw.TextField()
    role = pw.TextField()
    minisign = pw.TextField()
    age = pw.TextField()
    accepted = pw.IntegerField()
    noted = pw.TextField()
    vouched = pw.TextField()


class RetiredKeyRow(TableRow):
    """A former age key of this desk: data encrypted to it can still be opened."""

    opening = pw.TextField(primary_key=True)
    retired = pw.TextField()


class PackageOutRow(TableRow):
    """A package that was sent; `last_seq` is the newest revision it was made from, `receiver` the
    desk or unit it was made for, "" for anybody."""

    number = pw.AutoField()
    period = pw.TextField()
    file = pw.TextField()
    digest = pw.TextField()
    last_seq = pw.IntegerField()
    records = pw.IntegerField()
    recipients = pw.TextField()
    reason = pw.TextField(null=True)
    made = pw.TextField()
    receiver = pw.TextField(default="")


class BatchRow(TableRow):
    """A package that was received; figures and counts are JSON; `program` the version that wrote
    it, "" for packages received before this was recorded."""

    id = pw.TextField(primary_key=True)
    digest = pw.TextField()
    file = pw.TextField()
    desk = pw.TextField()
    unit = pw.TextField()
    role = pw.TextField()
    period = pw.TextField()
    first = pw.TextField()
    last = pw.TextField()
    number = pw.IntegerField()
    made = pw.TextField()
    imported = pw.TextField()
    undone = pw.IntegerField()
    figures = pw.TextField()
    counts = pw.TextField()
    program = pw.TextField(default="")


class ClaimRow(TableRow):
    """A revision that a batch contained; `carried`: 1 its text too, 2 its separate part."""

    revision = pw.IntegerField()
    batch = pw.TextField()
    carried = pw.IntegerField()

    class Meta:
        primary_key = pw.CompositeKey("revision", "batch")


class RefusedRecordRow(TableRow):
    """A record of a batch that was left out, and why."""

    batch = pw.TextField()
    place = pw.IntegerField()
    type = pw.TextField()
    record = pw.TextField()
    reason = pw.TextField()

    class Meta:
        table_name = "refused_row"
        primary_key = pw.CompositeKey("batch", "place")


class WaitingPackageRow(TableRow):
    """A package that waits until its sender's card is accepted; `content` is the package itself,
    NULL where it is too large to store; `put_away` the time it was dismissed, "" while it waits."""

    digest = pw.TextField(primary_key=True)
    file = pw.TextField()
    desk = pw.TextField()
    reason = pw.TextField()
    noted = pw.TextField()
    unit = pw.TextField()
    period = pw.TextField()
    number = pw.IntegerField()
    content = pw.BlobField(null=True)
    put_away = pw.TextField(default="")


class RefusedPackageRow(TableRow):
    """A file that was refused whole, until a valid one of that name arrives; `put_away` the time it
    was dismissed, "" while it is expected."""

    file = pw.TextField(primary_key=True)
    reason = pw.TextField()
    noted = pw.TextField()
    put_away = pw.TextField(default="")


class ProvisionalPlaceRow(TableRow):
    """A unit, post or pick known only from packages; `cells` as the newest of them has it."""

    kind = pw.TextField()
    list = pw.TextField()
    code = pw.TextField()
    made = pw.TextField()
    cells = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("kind", "list", "code")


class PlaceClaimRow(TableRow):
    """The row of a batch for a unit, post or pick that is otherwise unknown on this desk; `batch`
    "" for rows from before batches were recorded."""

    batch = pw.TextField()
    kind = pw.TextField()
    list = pw.TextField()
    code = pw.TextField()
    made = pw.TextField()
    cells = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("batch", "kind", "list", "code")


class SetupMadeRow(TableRow):
    """A set-up file this desk has made."""

    number = pw.AutoField()
    digest = pw.TextField()
    made = pw.TextField()


class SetupAppliedRow(TableRow):
    """The newest set-up file of another desk that was applied on this desk."""

    desk = pw.TextField(primary_key=True)
    number = pw.IntegerField()
    digest = pw.TextField()
    made = pw.TextField()
    applied = pw.TextField()


class SetupRowRow(TableRow):
    """A row of reference data, a setting or a target from the newest set-up file of a desk: the key
    of its table, and its own."""

    desk = pw.TextField()
    kind = pw.TextField()
    key = pw.TextField()

    class Meta:
        table_name = "setup_row"
        primary_key = pw.CompositeKey("desk", "kind", "key")


class DeskSetupRow(TableRow):
    """The newest set-up file that a desk reported as applied: `maker` the desk that made it,
    `entry` the log entry of the report."""

    desk = pw.TextField(primary_key=True)
    maker = pw.TextField()
    number = pw.IntegerField()
    entry = pw.IntegerField()


class ReviewNoteRow(TableRow):
    """A review note on a record that another desk keeps, or a reply to one; `entry` the id of its
    log entry, NULL where it arrived with a package of the first format; `noted`: when it was
    written or received, NULL for notes older than this column."""

    id = pw.TextField(primary_key=True)
    type = pw.TextField()
    record = pw.TextField()
    text = pw.TextField()
    author = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
    reply_to = pw.TextField(null=True)
    entry = pw.BlobField(null=True)
    noted = pw.TextField(null=True)


class NoteSettledRow(TableRow):
    """The settlement of the notes on a record by a person at this desk; a later note opens them
    again."""

    record = pw.TextField(primary_key=True)
    author = pw.TextField()
    time = pw.TextField()


class ErasureRow(TableRow):
    """A record whose personal part was erased, permanently and from every source."""

    record = pw.TextField(primary_key=True)
    reason = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
