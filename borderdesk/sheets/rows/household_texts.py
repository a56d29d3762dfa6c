"""The household texts of a row: which belong to the record itself, and which to the household."""

import re
from collections.abc import Mapping

from borderdesk.base.i18n import N_, _
from borderdesk.base.names import names_several
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import Field, FieldError, is_uuid
from borderdesk.schema.kinds.doubts import stored_doubt
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records.household import Household
from borderdesk.sheets.columns.sheet_columns import described_keys
from borderdesk.sheets.values.household_parts import CITIZEN, COMMUNE, HAMLET_KEY, HEAD
from borderdesk.sheets.values.places import head_and_hamlet

SEVERAL_NAMES = N_("This cell names several people, and was kept as the name of one head.")


MORE_THAN_NAME = N_("This name has figures or brackets in it, and was kept as it is written.")
HEAD_LEFT_OUT = N_("The name of a person was left out, for the row names another subject.")
_NUMBER_BEFORE = re.compile(r"\A\d{1,3}\s*[.)/]\s*(?=\D)")
_AROUND = " *.,;:-–—_+•“”\"'‘’`¹²³"
_TELLING = frozenset("*+•¹²³")
"""Marks around a name, and those of them that a note below the list may explain."""
MARK_LEFT_OUT = N_("A mark beside the name was left out: {value}.")
_NO_NAME_SIGNS = re.compile(r"[\d()\[\]]")


class HouseholdTexts:
    """Settles which texts of a row belong to the households that it names."""

    def __init__(
        self, model: type[RevisionedModel], fields: Mapping[str, Field], rules: EntryRules
    ) -> None:
        self._model = model
        self._fields = fields
        self._rules = rules
        self._described = described_keys(model)
        self._prefixes = [""] if model is Household else [f"{key}." for key in self._described]
        self._heads = [(prefix + HEAD, prefix + HAMLET_KEY) for prefix in self._prefixes]
        """The keys of the head and the hamlet of each."""
        self._shared_places = [
            (f"{owner}.{HEAD}", f"{owner}.{CITIZEN}", part, f"{owner}.{part}", fields.get(part))
            for owner in self._described
            for part in (COMMUNE, HAMLET_KEY)
        ]
        """The keys of a household's head, ID and place, and the key and field of that place where
        it is the record's own."""
        self._named_when = [
            (f"{owner}.{HEAD}", model.columns()[owner], others)
            for owner in self._described
            if (others := self._others_than(model.columns()[owner]))
        ]
        """The keys of the heads of households that only some records have, their fields, and
        those of the names that the other records have."""

    def settle(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Give names, communes and hamlets of a row to the fields that they are meant for."""
        if self._named_when:
            self._move_names(texts)
            self._leave_out_heads(texts, doubts)
        self._move_places(texts)
        for key, of_hamlet in self._heads:
            if key in texts:
                self._part_head(key, of_hamlet, texts, doubts)
                self._judge_head(key, texts[key], problems, doubts)

    def _judge_head(
        self, key: str, head: str, problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Refuse a text that is no name of a person, and doubt one with several names."""
        if head.replace(" ", "").isalpha() and len(head) > 1:
            if names_several(head):
                doubts.append((key, SEVERAL_NAMES))
        elif is_uuid(head.lower()):
            return
        elif sum(map(str.isalpha, head)) <= 1:
            problems[key] = _("This is no name of a person.")
        elif names_several(head):
            doubts.append((key, SEVERAL_NAMES))
        elif _NO_NAME_SIGNS.search(head):
            doubts.append((key, MORE_THAN_NAME))

    def prefixes(self) -> list[str]:
        """The prefixes of the keys of a household's parts."""
        return self._prefixes

    def _move_places(self, texts: dict[str, str]) -> None:
        """Give a household the commune and hamlet of the row, or the record those of a household
        that its other values leave out."""
        for head, citizen, part, household_key, place_field in self._shared_places:
            described = head in texts or citizen in texts
            if described and part in texts:
                texts.setdefault(household_key, texts[part])
                if place_field is not None and place_field.when is not None:
                    del texts[part]
            elif not described and household_key in texts and self._is_used(place_field, texts):
                texts.setdefault(part, texts.pop(household_key))

    def _part_head(
        self, key: str, of_hamlet: str, texts: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Take marks and a hamlet out of the cell of a head's name."""
        written = texts[key]
        if written.replace(" ", "").isalpha():
            return
        head = _NUMBER_BEFORE.sub("", written).strip(_AROUND) or written
        if not _TELLING.isdisjoint(written) and _TELLING.isdisjoint(head):
            doubts.append((key, stored_doubt(MARK_LEFT_OUT, written[:60])))
        texts[key], hamlet = head_and_hamlet(head, texts.get(of_hamlet))
        if hamlet is not None:
            texts[of_hamlet] = hamlet

    def _move_names(self, texts: dict[str, str]) -> None:
        """Assign the name in the column for other subjects to the household: a list of all kinds
        has one column for names."""
        for head, household_field, others in self._named_when:
            if head in texts or not self._is_used(household_field, texts):
                continue
            for key, field in others:
                if key in texts and not self._is_used(field, texts):
                    texts[head] = texts.pop(key)
                    break

    def _leave_out_heads(self, texts: dict[str, str], doubts: list[tuple[str, str]]) -> None:
        """Leave out the head of a row of another subject that has its name: who represents a
        collective."""
        for head, household_field, others in self._named_when:
            given = [field for key, field in others if key in texts]
            if not given or head not in texts or self._is_used(household_field, texts):
                continue
            if any(self._is_used(field, texts) for field in given):
                owner = head.removesuffix(f".{HEAD}")
                for part in (HEAD, CITIZEN):
                    texts.pop(f"{owner}.{part}", None)
                doubts.append((owner, stored_doubt(HEAD_LEFT_OUT, "")))

    def _others_than(self, household_field: Field) -> list[tuple[str, Field]]:
        """The fields of names that other values of the same field have."""
        return [
            (key, field)
            for key, field in self._model.columns().items()
            if field.when is not None
            and household_field.when is not None
            and field.when[0] == household_field.when[0]
            and field.free_text
            and not field.refers_to
        ]

    def _is_used(self, field: Field | None, texts: Mapping[str, str]) -> bool:
        """Whether a field applies to a row whose own texts decide that."""
        if field is None or field.when is None:
            return field is not None
        condition_key, values = field.when
        if condition_key not in texts:
            return False
        try:
            return (
                self._model.columns()[condition_key].read(texts[condition_key], self._rules)
                in values
            )
        except FieldError:
            return False
