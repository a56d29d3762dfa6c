"""Validation of a record that another describes in place, before it is looked up: the parts of a
new household are validated when the keyboard focus leaves them, not only when saving."""

from typing import TYPE_CHECKING

from borderdesk.entry.entry_plan import references
from borderdesk.schema.cleaning import CleaningResult, clean
from borderdesk.schema.record import ANEW, RevisionedModel

if TYPE_CHECKING:
    from borderdesk.entry.entry_rules import EntryRules


def judge_described(
    model: type[RevisionedModel], cleaned: CleaningResult, rules: "EntryRules"
) -> dict[str, str]:
    """The problems of what a typed record describes, by path: household.citizen_id. Places are
    those of the record's day; while it has none, those of today, as in the choosers."""
    by_path = {}
    for key, target in references(model):
        value = cleaned.values.get(key)
        if key in cleaned.problems or not isinstance(value, dict):
            continue
        parts = {part: raw for part, raw in value.items() if part != ANEW}
        problems = clean(target, parts, rules, typed=True).problems
        by_path.update({f"{key}.{part}": message for part, message in problems.items()})
    return by_path
