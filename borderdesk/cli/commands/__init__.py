"""The commands, a module a topic; importing this package adds all of them to the program."""

from borderdesk.cli.commands import (
    backups,
    batches,
    closing,
    desks,
    exchange,
    guides,
    keys,
    narratives,
    people,
    persons,
    receipts,
    records,
    reference,
    reports,
    sheets,
    targets,
    updates,
)
from borderdesk.cli.program import program

__all__ = [
    "backups",
    "batches",
    "closing",
    "desks",
    "exchange",
    "guides",
    "keys",
    "narratives",
    "people",
    "persons",
    "program",
    "receipts",
    "records",
    "reference",
    "reports",
    "sheets",
    "targets",
    "updates",
]
