"""Tables of the desk itself and of its users; the start of the window needs these."""

import peewee as pw

from borderdesk.store.models.base import TableRow


class MetaRow(TableRow):
    """The metadata of this desk: its id, role, unit, user, and change counters."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()


class AccountRow(TableRow):
    """A user of the desk; `disabled` and `created` are UTC times, "" for never and for before there
    were accounts."""

    name = pw.TextField(primary_key=True)
    full_name = pw.TextField()
    role = pw.TextField()
    disabled = pw.TextField()
    created = pw.TextField()
    created_by = pw.TextField()


class PersonRequestRow(TableRow):
    """A person's request about a household's data: days, "" for not yet."""

    number = pw.AutoField()
    household = pw.TextField()
    kind = pw.TextField()
    received = pw.TextField()
    acknowledged = pw.TextField()
    settled = pw.TextField()


class SettingRow(TableRow):
    """A setting's value from a day on (0001-01-01: always)."""

    key = pw.TextField()
    valid_from = pw.TextField()
    value = pw.TextField()

    class Meta:
        primary_key = pw.CompositeKey("key", "valid_from")


class DraftRow(TableRow):
    """An unfinished form: `texts` JSON defined by the form, `parked` 1 when set aside, 2 when
    discarded."""

    id = pw.TextField(primary_key=True)
    form = pw.TextField()
    parked = pw.IntegerField()
    texts = pw.TextField()
    started = pw.TextField()
    touched = pw.TextField()


class PreferenceRow(TableRow):
    """How a person arranged the window, JSON by key."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()
