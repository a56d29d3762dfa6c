"""Every table of a desk that is neither reference data nor a record type's.

What the migrations have to arrive at, which a test holds them to. Rows are written and read by SQL,
so that nothing at work imports this.
"""

import peewee as pw


class _Table(pw.Model):
    class Meta:
        legacy_table_names = False


class Meta(_Table):
    """What this desk is: its id, role, unit, user, and counters of change."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()


class Revision(_Table):
    """A save or delete of a record or household, for ever; `seq` is its order of arrival here.

    `parents` are 0–2 ids of 32 bytes, sorted and joined; `body` is the canonical JSON whose
    SHA-256 is the revision's content, absent for a deletion; where it stayed on another desk
    only that hash is here, in hex, as `content`.
    """

    seq = pw.AutoField()
    id = pw.BlobField(unique=True)
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

    class Meta:
        legacy_table_names = False
        indexes = ((("record", "number"), False),)


class PrivatePart(_Table):
    """The personal and internal fields of a revision, as canonical JSON, with their salt."""

    revision = pw.IntegerField(primary_key=True)
    salt = pw.BlobField()
    part = pw.TextField()


class SoftWarning(_Table):
    """What was doubtful at entry and kept: JSON [[field, doubt], …] a record."""

    record = pw.TextField(primary_key=True)
    doubts = pw.TextField()


class HouseholdGroup(_Table):
    """Derived: households joined to others, each with the smallest id of its group."""

    member = pw.TextField(primary_key=True)
    leader = pw.TextField(index=True)


class Draft(_Table):
    """An unfinished form, JSON of the form's own making; `parked` when put aside on purpose."""

    id = pw.TextField(primary_key=True)
    form = pw.TextField()
    parked = pw.IntegerField()
    texts = pw.TextField()
    started = pw.TextField()
    touched = pw.TextField()


class Preference(_Table):
    """How a person arranged the window, JSON by key."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()


class OwnKey(_Table):
    """The secret keys of this desk: minisign's (base64) and age's."""

    desk = pw.TextField(primary_key=True)
    signing = pw.TextField()
    opening = pw.TextField()
    made = pw.TextField()


class CardRow(_Table):
    """A card of another desk; `accepted` 0 once it was revoked; `vouched`: the name of the
    person who vouched for it, or the desk whose set-up file it stood in."""

    desk = pw.TextField(primary_key=True)
    unit = pw.TextField()
    role = pw.TextField()
    minisign = pw.TextField()
    age = pw.TextField()
    accepted = pw.IntegerField()
    noted = pw.TextField()
    vouched = pw.TextField()

    class Meta:
        legacy_table_names = False
        table_name = "card"


class RetiredKey(_Table):
    """An age key this desk had before: what was encrypted to it can still be opened."""

    opening = pw.TextField(primary_key=True)
    retired = pw.TextField()


class PackageOut(_Table):
    """A package that was sent; `last_seq` is the newest revision it was made from."""

    number = pw.AutoField()
    period = pw.TextField()
    file = pw.TextField()
    digest = pw.TextField()
    last_seq = pw.IntegerField()
    records = pw.IntegerField()
    recipients = pw.TextField()
    reason = pw.TextField(null=True)
    made = pw.TextField()


class Batch(_Table):
    """A package that was received; figures and counts are JSON."""

    id = pw.TextField(primary_key=True)
    digest = pw.TextField(unique=True)
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

    class Meta:
        legacy_table_names = False
        indexes = ((("unit", "period"), False), (("first", "last"), False))


class Claim(_Table):
    """That a batch brought a revision; `carried`: 1 its text too, 2 its separate part."""

    revision = pw.IntegerField()
    batch = pw.TextField(index=True)
    carried = pw.IntegerField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("revision", "batch")


class DoubleVersion(_Table):
    """Derived: a record with several versions, of which nobody has chosen one."""

    record = pw.TextField(primary_key=True)
    type = pw.TextField()


class RefusedRow(_Table):
    """A record of a batch that was left out, and why."""

    batch = pw.TextField()
    place = pw.IntegerField()
    type = pw.TextField()
    record = pw.TextField()
    reason = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("batch", "place")


class WaitingPackage(_Table):
    """A package that waits until its sender's card is accepted; `content` is the package
    itself, absent where it is too large to be kept."""

    digest = pw.TextField(primary_key=True)
    file = pw.TextField()
    desk = pw.TextField()
    reason = pw.TextField()
    noted = pw.TextField()
    unit = pw.TextField()
    period = pw.TextField()
    number = pw.IntegerField()
    content = pw.BlobField(null=True)


class RefusedPackage(_Table):
    """A file that was refused whole, until a good one of that name comes."""

    file = pw.TextField(primary_key=True)
    reason = pw.TextField()
    noted = pw.TextField()


class ProvisionalPlace(_Table):
    """A unit, post or pick known only from packages; `cells` as the newest of them has it."""

    kind = pw.TextField()
    list = pw.TextField()
    code = pw.TextField()
    made = pw.TextField()
    cells = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("kind", "list", "code")


class SetupMade(_Table):
    """A set-up file this desk has made."""

    number = pw.AutoField()
    digest = pw.TextField()
    made = pw.TextField()


class SetupApplied(_Table):
    """The newest set-up file of a desk that was applied here."""

    desk = pw.TextField(primary_key=True)
    number = pw.IntegerField()
    digest = pw.TextField()
    made = pw.TextField()
    applied = pw.TextField()


class ReviewNote(_Table):
    """What somebody says of a record that another desk keeps, or of a note on it."""

    id = pw.TextField(primary_key=True)
    type = pw.TextField()
    record = pw.TextField(index=True)
    text = pw.TextField()
    author = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
    reply_to = pw.TextField(null=True)


class Erasure(_Table):
    """A record whose personal part was erased, for ever and wherever it comes from."""

    record = pw.TextField(primary_key=True)
    reason = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()


class Backup(_Table):
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


class Edition(_Table):
    """A period of a scope as it was signed; `state` closed, opened (for an amendment), replaced
    or withdrawn. `last_seq` is the newest revision it counted; `frame` JSON of what is no figure.
    """

    id = pw.TextField(primary_key=True)
    period = pw.TextField()
    first = pw.TextField()
    last = pw.TextField()
    scope = pw.TextField()
    number = pw.IntegerField()
    state = pw.TextField()
    document = pw.TextField()
    signed_on = pw.TextField()
    signer = pw.TextField()
    author = pw.TextField()
    closed = pw.TextField()
    final = pw.TextField(null=True)
    last_seq = pw.IntegerField(index=True)
    totals_hash = pw.TextField()
    figures_hash = pw.TextField()
    values_hash = pw.TextField()
    replaces = pw.TextField(null=True)
    reason = pw.TextField(null=True)
    frame = pw.TextField()

    class Meta:
        legacy_table_names = False
        indexes = ((("state", "last"), False),)


class EditionFigure(_Table):
    """A row of an edition: numbers as text, `from_paper` its columns with a mark."""

    edition = pw.TextField()
    place = pw.IntegerField()
    key = pw.TextField()
    heading = pw.TextField()
    label = pw.TextField()
    unit = pw.TextField()
    kind = pw.TextField()
    value = pw.TextField(null=True)
    previous = pw.TextField(null=True)
    year_to_date = pw.TextField(null=True)
    target = pw.TextField(null=True)
    late = pw.TextField(null=True)
    from_paper = pw.TextField()
    doubles = pw.IntegerField()
    carried = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("edition", "place")


class EditionEvent(_Table):
    """What became of an edition, by whom, when and why."""

    id = pw.AutoField()
    edition = pw.TextField(index=True)
    what = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()
    reason = pw.TextField(null=True)


class Attachment(_Table):
    """A scan of the paper that was signed."""

    id = pw.TextField(primary_key=True)
    edition = pw.TextField(index=True)
    name = pw.TextField()
    kind = pw.TextField()
    size = pw.IntegerField()
    digest = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()
    content = pw.BlobField()


class Narrative(_Table):
    """A part of a report that a person writes, for a period and scope."""

    period = pw.TextField()
    scope = pw.TextField()
    part = pw.TextField()
    last = pw.TextField()
    text = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("period", "scope", "part")


STORE_TABLES: tuple[type[pw.Model], ...] = (
    Meta, Revision, PrivatePart, SoftWarning, HouseholdGroup, Draft, Preference,
    OwnKey, CardRow, PackageOut, Batch, Claim, DoubleVersion, RefusedRow, WaitingPackage,
    ReviewNote, Erasure, RetiredKey, RefusedPackage, ProvisionalPlace, SetupMade, SetupApplied,
    Edition, EditionFigure, EditionEvent, Attachment, Narrative, Backup,
)  # fmt: skip
