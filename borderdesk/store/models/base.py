"""The base class of models: `PackageOutRow` is a row of the table `package_out`."""

import re

import peewee as pw


def table_of(model: type[pw.Model]) -> str:
    """The table a model is named for: its class name in snake case, without Row."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__.removesuffix("Row")).lower()


class TableRow(pw.Model):
    """A row of a table that a migration made."""

    class Meta:
        table_function = table_of
