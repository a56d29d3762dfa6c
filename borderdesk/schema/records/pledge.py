"""Pledges of households to obey the law, signed by them."""

import datetime
from typing import Any, ClassVar

import peewee as pw

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    AT_LEAST_TWO,
    INTERNAL,
    CommuneField,
    CountField,
    DayField,
    HamletField,
    HouseholdField,
    PickField,
    short_text,
)
from borderdesk.schema.record import (
    DailyEntry,
    EarlierSpan,
    EventRule,
    HomePlace,
    Record,
    RequiredWhen,
    Values,
    YearlyRule,
)

SIGNED = N_("This household has signed this programme this year.")


class Pledge(Record):
    """One household's signature, or a list of signatures not typed yet (count over 1)."""

    type_name = "pledge"
    title = N_("Pledges")
    daily = DailyEntry(N_("+ Pledge"), N_("Log a pledge"))
    kind_key = "programme"
    signed_on = DayField(
        N_("Signed on"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings=(
            "Ngày ký cam kết; Ngày ký kết; Ký ngày; Ngày tháng ký; Thời gian ký;"
            " Ngày, tháng, năm ký"
        ),
    )
    programme = PickField(
        N_("Pledge programme"),
        "pledge_programme",
        required=True,
        listed=True,
        sticky=True,
        headings="Chương trình; Nội dung; Nội dung ký; Chương trình ký cam kết; Loại cam kết",
    )
    count = CountField(
        N_("Number of households"),
        least=1,
        default=1,
        required=True,
        listed=True,
        unit=N_("households"),
        headings=(
            "Số hộ ký; Số hộ ký cam kết; Số hộ đã ký; Số hộ đã ký cam kết; Số hộ tham gia ký cam"
            " kết; Hộ ký cam kết; Hộ đã ký; Số hộ ký kết; Số hộ ký bản cam kết"
        ),
    )
    household = HouseholdField(
        N_("Household"), required=True, listed=True, when=("count", frozenset({1}))
    )
    commune = CommuneField(
        N_("Commune"), required=True, listed=True, when=("count", AT_LEAST_TWO), sticky=True
    )
    hamlet = HamletField(N_("Hamlet"), required=True, when=("count", AT_LEAST_TWO))
    witness = short_text(N_("Witness"), part=INTERNAL, remembered=True, headings="Người làm chứng")
    place_column = "place"
    place = pw.TextField(null=True)
    """Derived: the commune it counts in, that of the home of its household on the day if it names
    one."""

    earlier_until = pw.TextField(null=True)
    """Derived: the day of the household's pledge before this one."""

    signed_count: ClassVar[str] = "count"
    """The field of how many households signed; above 1 they are not listed."""
    witnessed_by: ClassVar[str] = "witness"
    """The field of who witnessed the signature."""
    earlier = EarlierSpan("earlier_until")
    home_place = HomePlace("household", "commune", "hamlet")
    once_a_year = YearlyRule(("household", "programme"), SIGNED)
    same_event = EventRule(agreeing=("programme", "household"), figures=("count",))
    required_when = (
        RequiredWhen(
            "source_ref",
            "count",
            AT_LEAST_TWO,
            N_("Must name the minutes when households are not listed."),
        ),
    )
    layout = (
        (N_("Pledge"), "signed_on programme count"),
        (N_("Household"), "household commune hamlet witness"),
        Record.common,
    )
    summary = "signed_on post place household count programme earlier_until"
    looked_up = ("household signed_on programme post place",)

    @classmethod
    def signed_by(
        cls,
        household: str,
        *,
        programme: str,
        day: datetime.date,
        witness: str,
        source_ref: str,
        post: str,
    ) -> dict[str, Any]:
        """The pledge of one household, as JSON; "" for missing fields."""
        return {
            "household": household,
            "count": 1,
            "programme": programme,
            "signed_on": day.isoformat(),
            "witness": witness or None,
            "source_ref": source_ref or None,
            "post": post or None,
        }

    @classmethod
    def follows(cls, values: Values, household_commune: str | None) -> dict[str, Any]:
        return {"place": values.get("commune") or household_commune}
