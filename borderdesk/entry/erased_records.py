"""The refusal of personal data in an erased record, at its own desk too.

Other desks would drop that data, and a backup would lose it when it is restored.
"""

from collections.abc import Iterable

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.schema.content import split
from borderdesk.store.connection.database import Store
from borderdesk.store.models.exchange import ErasureRow
from borderdesk.store.records.history import NewVersion


def require_unerased(store: Store, changes: Iterable[NewVersion]) -> None:
    """Raise OperationRefused for a change that would put something personal or internal into an
    erased record, or join an erased one with one that is not."""
    for change in changes:
        rule = change.model.matching
        if rule is None or change.values is None:
            continue
        joined_to = change.values.get(rule.joined_to)
        erased = erased_of(store, [change.record, *([joined_to] if joined_to else [])])
        if change.record in erased and split(change.model, change.values)[1]:
            raise OperationRefused(
                _(
                    "This household was erased for ever; nothing personal is kept of it again."
                    " Where the person signs anew, make a new household."
                )
            )
        if joined_to and len(erased) == 1:
            raise OperationRefused(
                _(
                    "One of these two households was erased for ever. To join them would erase the"
                    " other one too; if that is meant, erase it by itself."
                )
            )


def erased_of(store: Store, records: Iterable[str]) -> set[str]:
    """The subset of `records` that was erased."""
    row = ErasureRow
    return {
        str(erased[0])
        for erased in store.fetch(row.select(row.record).where(row.record.in_(list(records))))
    }
