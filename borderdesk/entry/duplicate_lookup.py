"""The lookup of a record that a new one may repeat, so that a doubt can name and open it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.entry_plan import references
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.cleaning import clean
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import SessionPart
from borderdesk.store.matching.known_records import listed_values
from borderdesk.store.records.history import load


class PossibleDuplicate(NamedTuple):
    """A stored record that may be the same as the one in the form."""

    model: type[RevisionedModel]
    record: str
    values: Values


class DuplicateLookup(SessionPart):
    """Looks for the record that a new one, or an edited one, may repeat."""

    def find(
        self, type_name: str, raw: Mapping[str, Any], besides: str = ""
    ) -> PossibleDuplicate | None:
        """The record that a form's texts may repeat, of its own type or of one it describes;
        `besides` is the record in the form. None for none."""
        model = ALL_TYPES[type_name]
        rules = self.session.part(RecordEditor).rules()
        values = clean(model, raw, rules, typed=True).values
        for owner, described in ((model, values), *_described(model, values, rules)):
            record = self._same(owner, described, rules, besides)
            if record:
                return PossibleDuplicate(owner, record, load(self.store, owner, record)[0])
        return None

    def _same(
        self, model: type[RevisionedModel], values: Values, rules: EntryRules, besides: str
    ) -> str:
        known_records = rules.known
        if model.matching is not None:
            return known_records.index(model).alike(values, besides)
        yearly, event = model.once_a_year, model.event()
        if event is None or event.name not in values:
            return ""
        if yearly is not None and all(isinstance(values.get(key), str) for key in yearly.keys):
            record = known_records.same_in_year(model, yearly, values, besides)
            if record:
                return record
        post = values.get(model.own_post()) or self.session.writable().own
        listed = listed_values(model, {**values, model.own_post(): post})
        if any(isinstance(value, dict) for value in listed):
            return ""
        return next(
            (record for record in known_records.with_listed(model, listed) if record != besides), ""
        )


def _described(
    model: type[RevisionedModel], values: Values, rules: EntryRules
) -> list[tuple[type[RevisionedModel], Values]]:
    """The records that a record describes instead of naming them."""
    described = []
    for key, target in references(model):
        value = values.get(key)
        if isinstance(value, dict) and target.matching is not None:
            parts = {k: v for k, v in value.items() if k in target.matching.described_by}
            described.append((target, clean(target, parts, rules, typed=True).values))
    return described
