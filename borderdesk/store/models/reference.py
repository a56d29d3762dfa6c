"""Reference data, every row dated or editable, and the figures a year is held against."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class UnitRow(TableRow):
    """An administrative unit; `id` is permanent, `code` may be reused by a later unit."""

    id = pw.TextField(primary_key=True)
    code = pw.TextField()
    name = pw.TextField()
    kind = pw.TextField()
    parent = pw.TextField()
    border = pw.IntegerField()
    valid_from = pw.TextField()
    valid_to = pw.TextField()
    successors = pw.TextField()


class PostRow(TableRow):
    """A border post; `communes` are codes of 2023, later their successors."""

    code = pw.TextField(primary_key=True)
    name = pw.TextField()
    gate = pw.TextField()
    communes = pw.TextField()
    communes_verified = pw.IntegerField()
    invented = pw.IntegerField()


class MarkerRow(TableRow):
    """A boundary marker, the post that keeps it and the unit it stands in."""

    marker = pw.TextField(primary_key=True)
    post = pw.TextField()
    commune = pw.TextField()
    invented = pw.IntegerField()


class HamletRow(TableRow):
    """A hamlet of a commune (unit id), with its number of households (dated)."""

    commune = pw.TextField()
    name = pw.TextField()
    is_border = pw.IntegerField()
    households_total = pw.IntegerField(null=True)
    valid_from = pw.TextField()
    valid_to = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("commune", "name", "valid_from")


class PickEntryRow(TableRow):
    """An entry of an editable pick list."""

    list = pw.TextField()
    code = pw.TextField()
    vi = pw.TextField()
    en = pw.TextField()
    unit = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("list", "code")


class RegulationRow(TableRow):
    """A coordination regulation, whose clauses are yearly targets."""

    number = pw.TextField()
    year = pw.IntegerField()
    parties = pw.TextField()
    signed_on = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("number", "year")


class ClauseRow(TableRow):
    """A target: the value an indicator is to reach (or keep under) in a year and scope.

    `regulation` is empty for a target set by hand; `value` is a decimal as text.
    """

    regulation = pw.TextField()
    year = pw.IntegerField()
    no = pw.TextField()
    text = pw.TextField()
    indicator = pw.TextField()
    rule = pw.TextField()
    value = pw.TextField()
    scope = pw.TextField()


class BaselineRow(TableRow):
    """A figure from paper, from before the desk began."""

    indicator = pw.TextField()
    period = pw.TextField()
    scope = pw.TextField()
    value = pw.TextField()
    qualifier = pw.TextField()
    source = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("indicator", "period", "scope")
