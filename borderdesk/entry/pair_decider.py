"""Which pairs of records this desk decides about: those of which one is its own, or of a post below
it."""

import json

from borderdesk.session.identity import deciding_units
from borderdesk.session.session import Session
from borderdesk.store.records.record_queries import PairDecider


def pair_decider(session: Session) -> PairDecider:
    """This desk, with the units whose records it may decide about."""
    units = deciding_units(session.identity, session.book)
    listed = None if units is None else json.dumps(sorted(units))
    return PairDecider(session.identity.id, listed)
