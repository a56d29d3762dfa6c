"""Why the figures of a month changed from one package to the next."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from borderdesk.base.i18n import N_, _
from borderdesk.figures.indicators import SOURCES, Indicator
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.session.session import Session


class ChangeReasons:
    """Why figures changed from one package to the next: what came, and the reasons given."""

    def __init__(self, desk: Session, before: str, now: str) -> None:
        self._by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._given: defaultdict[str, dict[str, None]] = defaultdict(dict)
        rows = desk.store.rows(
            "SELECT r.type, r.number, r.deleted, r.reason FROM claim c JOIN revision r"
            " ON r.seq = c.revision WHERE c.batch = ? AND NOT EXISTS (SELECT 1 FROM claim o"
            " WHERE o.revision = c.revision AND o.batch = ?) ORDER BY r.seq",
            (now, before),
        )
        for type_name, number, deleted, reason in rows:
            what = "deleted" if deleted else "edited" if number > 1 else "added"
            self._by_type[type_name][what] += 1
            if reason:
                self._given[type_name][reason] = None

    def of(self, row: Indicator) -> str:
        """The reasons for one indicator, in words."""
        told = []
        for type_name in _types_of(row):
            counts = self._by_type.get(type_name)
            if counts is None:
                continue
            done = [
                _(text).format(count=counts[what])
                for what, text in _CHANGES.items()
                if counts[what]
            ]
            given = list(self._given[type_name])[:3]
            told.append(f"{_(ALL_TYPES[type_name].title)}: {', '.join(done)}"
                        + (f" ({'; '.join(given)})" if given else ""))  # fmt: skip
        return " · ".join(told)


_CHANGES = {
    "added": N_("{count} added"), "edited": N_("{count} edited"), "deleted": N_("{count} deleted"),
}  # fmt: skip


_BY_NAME = {
    "collectives_registered": "registration", "households_registered": "registration",
    "individuals_registered": "registration", "household_pledges": "pledge",
    "pledge_coverage": "pledge", "border_hamlets_reached": "outreach",
    "incidents_open": "incident",
}  # fmt: skip


def _types_of(row: Indicator) -> Iterable[str]:
    """The record types an indicator is made of; every one where it is worked out by name."""
    if row.pieces:
        return dict.fromkeys(SOURCES[piece.source].type for piece in row.pieces)
    return (_BY_NAME[row.key],) if row.key in _BY_NAME else tuple(RECORD_TYPES)
