"""Households: they sign pledges and register; the list grows by entry."""

import datetime
from collections.abc import Iterator
from typing import Any, ClassVar

import peewee as pw

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.base.names import like_hamlet, like_head, tone_key
from borderdesk.base.text import person_key, sort_key
from borderdesk.schema.kinds import (
    DESCRIBED_BY,
    INTERNAL,
    PERSONAL,
    CitizenIdField,
    CommuneField,
    DayField,
    HamletField,
    HouseholdField,
    PhoneField,
    TextField,
    short_text,
)
from borderdesk.schema.record import DerivedKey, MatchRule, RevisionedModel, Values
from borderdesk.schema.records.parts import ends_after

SIMILAR = N_("A household with a similar name is there.")


def _match_key_of(values: Values) -> str:
    """The key by which the same household is found again: accents count, but not where in its
    syllable a tone is put (hoà, hòa, Hòang)."""
    head, hamlet = values.get("head") or "", values.get("hamlet") or ""
    return f"{tone_key(head)}|{tone_key(hamlet)}|{values.get('commune') or ''}"


def _like_key_of(values: Values) -> str:
    """The key for finding similar households: without accents and without the titles in front of
    names (Ông, Bà; Thôn, Bản, Khu)."""
    head, hamlet = values.get("head") or "", values.get("hamlet") or ""
    return f"{like_head(head)}|{like_hamlet(hamlet)}|{values.get('commune') or ''}"


class Household(RevisionedModel):
    """A household by its head and hamlet; `merged_into` names the household that a duplicate was
    joined to."""

    type_name = "household"
    title = N_("Households")
    kind_key = ""
    head = short_text(
        N_("Head of household"),
        required=True,
        listed=True,
        part=PERSONAL,
        headings=(
            "Chủ hộ; Họ tên; Họ và tên; Họ tên chủ hộ; Họ và tên chủ hộ; Tên chủ hộ; Họ, tên "
            "chủ hộ; Hộ gia đình; Tên hộ; Người ký; Người ký cam kết; Họ tên người ký; Đại "
            "diện hộ; Đại diện hộ gia đình; Người đại diện; Người đại diện hộ; Họ và tên "
            "người ký; Hộ, chủ hộ"
        ),
    )
    commune = CommuneField(N_("Commune"), required=True, listed=True, by_id=True, sticky=True)
    hamlet = HamletField(N_("Hamlet"), required=True, listed=True)
    phone = PhoneField(N_("Telephone"), part=PERSONAL)
    citizen_id = CitizenIdField(N_("Citizen ID"), listed=True, part=PERSONAL)
    purpose = TextField(N_("Purpose of keeping"), part=INTERNAL)
    review_on = DayField(N_("Review of keeping on"))
    valid_from = DayField(N_("Valid from"), dates_places=True)
    valid_to = DayField(N_("Valid to"))
    merged_into = HouseholdField(N_("Joined to household"))
    note = TextField(N_("Note"), part=INTERNAL)
    head_key = pw.TextField(null=True)
    hamlet_key = pw.TextField(null=True)
    match_key = pw.TextField(null=True)
    like_key = pw.TextField(null=True)

    matching: ClassVar[MatchRule] = MatchRule(
        described_by=DESCRIBED_BY,
        told_apart_by=("citizen_id", "phone", "note"),
        same=DerivedKey("match_key", _match_key_of),
        alike=DerivedKey("like_key", _like_key_of),
        joined_to="merged_into",
        doubt=SIMILAR,
        found_by=("head", "hamlet", "commune"),
    )
    review_key: ClassVar[str] = "review_on"
    """The field of the day after which its data may be kept no longer."""
    layout = (
        (N_("Household"), "head commune hamlet"),
        (N_("Contact"), "phone citizen_id"),
        (N_("Keeping"), "purpose review_on valid_from valid_to merged_into note"),
    )
    looked_up = (
        "head_key",
        "hamlet_key",
        "commune head_key",
        "match_key",
        "like_key",
        "citizen_id",
        "merged_into",
        "id head_key",
    )

    @classmethod
    def is_current(cls, values: Values, day: datetime.date) -> bool:
        """Whether a household is current on a day: neither joined to another nor ended."""
        return not values.get("merged_into") and (values.get("valid_to") or day) >= day

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "valid_from", "valid_to")

    @classmethod
    def derived(cls, values: Values) -> dict[str, Any]:
        return {
            "head_key": person_key(values.get("head") or ""),
            "hamlet_key": sort_key(values.get("hamlet") or ""),
            "match_key": _match_key_of(values),
            "like_key": _like_key_of(values),
        }
