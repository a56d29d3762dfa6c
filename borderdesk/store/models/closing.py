"""Tables of signed papers: editions with their figures and events, narratives, scans."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class EditionRow(TableRow):
    """A period of a scope as it was signed; `state` closed, opened (for an amendment), replaced
    or withdrawn. `last_seq` is the newest revision it counted; `holding` JSON of what the desk that
    closed it held ({log: number}), null for this desk; `frame` JSON of what is no figure.
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
    last_seq = pw.IntegerField()
    holding = pw.TextField(null=True)
    totals_hash = pw.TextField()
    figures_hash = pw.TextField()
    values_hash = pw.TextField()
    replaces = pw.TextField(null=True)
    reason = pw.TextField(null=True)
    frame = pw.TextField()


class EditionFigureRow(TableRow):
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
        primary_key = pw.CompositeKey("edition", "place")


class EditionEventRow(TableRow):
    """An event in the life of an edition: kind, author, time, reason."""

    id = pw.AutoField()
    edition = pw.TextField()
    what = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()
    reason = pw.TextField(null=True)


class AttachmentRow(TableRow):
    """A file of an edition: a scan of the paper that was signed, or (`signed` 1) the PDF with
    digital signatures."""

    id = pw.TextField(primary_key=True)
    edition = pw.TextField()
    name = pw.TextField()
    kind = pw.TextField()
    size = pw.IntegerField()
    digest = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()
    signed = pw.IntegerField()
    content = pw.BlobField()


class WordFormRow(TableRow):
    """A unit's own Word form; brought: the desk whose set-up file contained it, "" for a local
    one."""

    name = pw.TextField(primary_key=True)
    content = pw.BlobField()
    size = pw.IntegerField()
    digest = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()
    brought = pw.TextField()

    class Meta:
        table_name = "word_form"


class NarrativeRow(TableRow):
    """A part of a report that a person writes, for a period and scope."""

    period = pw.TextField()
    scope = pw.TextField()
    part = pw.TextField()
    last = pw.TextField()
    text = pw.TextField()
    author = pw.TextField()
    time = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("period", "scope", "part")
