"""The record types. `RECORD_TYPES` is the only list of them.

To add one: a module here with its model, a line below, a migration that makes its tables, a
factory in tests/factories.py, and the Vietnamese words of its labels. The completeness test
names what was forgotten.
"""

from borderdesk.records.base import Record, Revisioned
from borderdesk.records.clearing import Clearing
from borderdesk.records.coordination import Coordination
from borderdesk.records.household import Household
from borderdesk.records.incident import Incident
from borderdesk.records.outreach import Outreach
from borderdesk.records.patrol import Patrol
from borderdesk.records.pledge import Pledge
from borderdesk.records.programme import Programme
from borderdesk.records.registration import Registration
from borderdesk.records.track import Track

RECORD_TYPES: dict[str, type[Record]] = {
    model.type_name: model
    for model in (
        Patrol, Clearing, Track, Outreach, Pledge, Registration, Programme, Coordination, Incident,
    )
}  # fmt: skip

ALL_TYPES: dict[str, type[Revisioned]] = {**RECORD_TYPES, Household.type_name: Household}
