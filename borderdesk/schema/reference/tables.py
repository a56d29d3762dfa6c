"""The tables of reference data, every one dated or editable."""

import peewee as pw


class _Table(pw.Model):
    class Meta:
        legacy_table_names = False


class Unit(_Table):
    """An administrative unit; `id` is permanent, `code` may be reused by a later unit."""

    id = pw.TextField(primary_key=True)
    code = pw.TextField(index=True)
    name = pw.TextField()
    kind = pw.TextField()
    parent = pw.TextField()
    border = pw.IntegerField()
    valid_from = pw.TextField()
    valid_to = pw.TextField()
    successors = pw.TextField()


class Post(_Table):
    """A border post; `communes` are codes of 2023, later their successors."""

    code = pw.TextField(primary_key=True)
    name = pw.TextField()
    gate = pw.TextField()
    communes = pw.TextField()
    communes_verified = pw.IntegerField()
    invented = pw.IntegerField()


class Marker(_Table):
    """A boundary marker, the post that keeps it and the unit it stands in."""

    marker = pw.TextField(primary_key=True)
    post = pw.TextField()
    commune = pw.TextField()
    invented = pw.IntegerField()


class Hamlet(_Table):
    """A hamlet of a commune (unit id), with its number of households (dated)."""

    commune = pw.TextField()
    name = pw.TextField()
    is_border = pw.IntegerField()
    households_total = pw.IntegerField(null=True)
    valid_from = pw.TextField()
    valid_to = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("commune", "name", "valid_from")


class PickEntry(_Table):
    """An entry of an editable pick list."""

    list = pw.TextField()
    code = pw.TextField()
    vi = pw.TextField()
    en = pw.TextField()
    unit = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("list", "code")


class Setting(_Table):
    """A setting's value from a day on (0001-01-01: always)."""

    key = pw.TextField()
    valid_from = pw.TextField()
    value = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("key", "valid_from")


class Regulation(_Table):
    """A coordination regulation, whose clauses are yearly targets."""

    number = pw.TextField()
    year = pw.IntegerField()
    parties = pw.TextField()
    signed_on = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("number", "year")


class Clause(_Table):
    """A target: the value an indicator is to reach (or keep under) in a year and scope.

    `regulation` is empty for a target set by hand; `value` is a decimal as text.
    """

    regulation = pw.TextField()
    year = pw.IntegerField(index=True)
    no = pw.TextField()
    text = pw.TextField()
    indicator = pw.TextField()
    rule = pw.TextField()
    value = pw.TextField()
    scope = pw.TextField()


class Baseline(_Table):
    """A figure from paper, from before the desk began."""

    indicator = pw.TextField()
    period = pw.TextField()
    scope = pw.TextField()
    value = pw.TextField()
    qualifier = pw.TextField()
    source = pw.TextField()

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("indicator", "period", "scope")


REFERENCE_TABLES: tuple[type[pw.Model], ...] = (
    Unit, Post, Marker, Hamlet, PickEntry, Setting, Regulation, Clause, Baseline,
)  # fmt: skip
