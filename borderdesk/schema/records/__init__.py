"""The record types. `RECORD_TYPES` is the only list of them.

To add one: a module here with its model, a line below, a migration that makes its tables, a
factory in tests/factories.py, and the Vietnamese words of its labels. The completeness test
names what was forgotten.
"""

from borderdesk.schema.record import Record, RevisionedModel
from borderdesk.schema.records.clearing import Clearing
from borderdesk.schema.records.coordination import Coordination
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.incident import Incident
from borderdesk.schema.records.outreach import Outreach
from borderdesk.schema.records.patrol import Patrol
from borderdesk.schema.records.pledge import Pledge
from borderdesk.schema.records.programme import Programme
from borderdesk.schema.records.registration import Registration
from borderdesk.schema.records.track import Track

RECORD_TYPES: dict[str, type[Record]] = {
    model.type_name: model
    for model in (
        Patrol,
        Clearing,
        Track,
        Outreach,
        Pledge,
        Registration,
        Programme,
        Coordination,
        Incident,
    )
}

ALL_TYPES: dict[str, type[RevisionedModel]] = {**RECORD_TYPES, Household.type_name: Household}
