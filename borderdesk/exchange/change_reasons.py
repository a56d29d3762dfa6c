"""Why the figures of a month changed from one package to the next."""

from collections import Counter, defaultdict

from borderdesk.base.i18n import N_, _
from borderdesk.figures.indicator import Indicator
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.store.revision_batches import revisions_added

SHOWN_REASONS = 3


class ChangeReasons:
    """Why figures changed from one package to the next: what was added, edited and deleted, and the
    reasons given for it.

    before, now: the ids of the batches of the two packages.
    """

    def __init__(self, session: Session, before: str, now: str) -> None:
        self._by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._given: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for type_name, number, deleted, reason in revisions_added(session.store, now, before):
            what = "deleted" if deleted else "edited" if number > 1 else "added"
            self._by_type[type_name][what] += 1
            if reason:
                self._given[type_name][reason] = None

    def of(self, row: Indicator) -> str:
        """The reasons for one indicator, in words."""
        texts = []
        for type_name in row.types:
            counts = self._by_type.get(type_name)
            if counts is None:
                continue
            done = [
                _(text).format(count=counts[what])
                for what, text in _CHANGES.items()
                if counts[what]
            ]
            given = list(self._given[type_name])[:SHOWN_REASONS]
            reasons = f" ({'; '.join(given)})" if given else ""
            texts.append(f"{_(ALL_TYPES[type_name].title)}: {', '.join(done)}{reasons}")
        return " · ".join(texts)


_CHANGES = {
    "added": N_("{count} added"),
    "edited": N_("{count} edited"),
    "deleted": N_("{count} deleted"),
}
