"""Puts salvaged records aside as drafts, where nothing proves them or no log takes them: a person
looks each through in its form and saves it. Like the desk they are encrypted."""

import json
import os
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.schema.kinds import DESCRIBED_BY, HOUSEHOLD, Field
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.drafts import ASIDE
from borderdesk.session.session import Session
from borderdesk.store.models.desk import DraftRow
from borderdesk.store.records.history import load, stored_revisions

Texts = dict[str, Any]


class SalvagedRecord(NamedTuple):
    """A record of a damaged desk, with the values it had last."""

    model: type[RevisionedModel]
    record: str
    values: Values


def put_aside(desk: Session, records: Collection[SalvagedRecord]) -> int:
    """Make a draft of each record that the new desk lacks, or has with other values, the erased
    ones left out; how many."""
    erased = desk.part(Erasures).records()
    homes = {
        salvaged_record.record: salvaged_record.values
        for salvaged_record in records
        if salvaged_record.model is Household
    }
    drafts = [
        _draft(desk, salvaged_record, homes)
        for salvaged_record in records
        if salvaged_record.record not in erased
    ]
    now = utc_stamp()
    rows = [
        {
            "id": os.urandom(16).hex(),
            "form": type_name,
            "parked": ASIDE,
            "texts": json.dumps(texts, ensure_ascii=False),
            "started": now,
            "touched": now,
        }
        for type_name, texts in filter(None, drafts)
    ]
    with desk.writing():
        for row in rows:
            desk.store.execute(DraftRow.insert(**row))
    return len(rows)


def _draft(
    desk: Session, salvaged: SalvagedRecord, homes: Mapping[str, Values]
) -> tuple[str, Texts] | None:
    """(form, texts) of the draft of a record; None for one that the desk has as it is."""
    model, record, values = salvaged
    here, revision = _here(desk, model, record)
    if here == values:
        return None
    raws = _typed(desk, model, values)
    for key in model.referring(HOUSEHOLD, several=False):
        home = str(values.get(key) or "")
        # A household that is a draft itself is described, and made with the record.
        if home in homes and _here(desk, Household, home)[0] is None:
            described = _typed(desk, Household, homes[home])
            raws[key] = {part: described[part] for part in DESCRIBED_BY if described[part]}
    return model.type_name, {
        "record": record if here is not None else "",
        "revision": revision,
        "raws": raws,
        "loaded": _typed(desk, model, here) if here is not None else {},
    }


def _typed(desk: Session, model: type[RevisionedModel], values: Values) -> Texts:
    return {
        key: _typed_value(desk, field, values.get(key)) for key, field in model.fields().items()
    }


def _typed_value(desk: Session, field: Field, value: Any) -> Any:
    """A value as the editor of its field holds it, a damaged one as none: no hash proves what
    stands in the list, and the other fields of the record are worth a look."""
    try:
        typed = field.to_editor(value, desk.book)
        json.dumps(typed)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
        return field.to_editor(None, desk.book)
    return typed


def _here(desk: Session, model: type[RevisionedModel], record: str) -> tuple[Values | None, str]:
    """The values of a record of the new desk and the id of its version; None without one."""
    try:
        values, seq = load(desk.store, model, record)
    except LookupError:
        return None, ""
    return values, next(stored_revisions(desk.store, "WHERE r.seq = ?", (seq,))).id.hex()
