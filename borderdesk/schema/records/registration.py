"""Collectives, households and persons registered to look after border line and markers."""

from collections.abc import Iterator

import peewee as pw

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    HamletField,
    HouseholdField,
    MarkerField,
    QuantityField,
    short_text,
)
from borderdesk.schema.kinds.day import FIRST_DAY_HEADINGS, LAST_DAY_HEADINGS
from borderdesk.schema.kinds.marker import FIRST_HEADINGS, LAST_HEADINGS
from borderdesk.schema.record import EarlierSpan, EventRule, Record
from borderdesk.schema.records.parts import ends_after

SUBJECTS = {
    "collective": N_("Collective"),
    "household": N_("Household"),
    "individual": N_("Individual"),
}


class Registration(Record):
    """A registration valid from one day to another, or until further notice."""

    type_name = "registration"
    title = N_("Self-management registrations")
    kind_key = "subject"
    subject = ChoiceField(
        N_("Subject"),
        SUBJECTS,
        required=True,
        listed=True,
        headings="Đối tượng; Loại; Loại đối tượng",
        also={
            "collective": "TT; Tổ; Tổ tự quản; Nhóm; Nhóm tự quản; Nhóm hộ; Tổ chức; Đơn vị",
            "household": "HGĐ; Hộ GĐ; Gia đình; GĐ; Hộ dân",
            "individual": "CN",
        },
    )
    household = HouseholdField(
        N_("Household"), required=True, listed=True, when=("subject", frozenset({"household"}))
    )
    name = short_text(
        N_("Name"),
        required=True,
        listed=True,
        when=("subject", frozenset({"collective", "individual"})),
        personal_when=("subject", frozenset({"individual"})),
        headings=(
            "Họ tên; Họ và tên; Tên tập thể; Tên tập thể, cá nhân; Tên tập thể, hộ gia đình, cá"
            " nhân; Tên cá nhân, tập thể; Tên đơn vị; Tên tổ chức, cá nhân; Người đăng ký; Tên tổ;"
            " Tên tổ tự quản; Tổ tự quản; Tên đối tượng; Tên nhóm; Nhóm tự quản"
        ),
    )
    commune = CommuneField(N_("Commune"), required=True, listed=True, sticky=True)
    hamlet = HamletField(N_("Hamlet"), listed=True)
    from_on = DayField(
        N_("From date"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        lasting=True,
        headings=f"Ngày đăng ký; Ngày ký; Thời gian đăng ký; Ngày thành lập; {FIRST_DAY_HEADINGS}",
    )
    to_on = DayField(N_("To date"), headings=f"{LAST_DAY_HEADINGS}; Ngày thôi; Ngày hết hạn")
    from_marker = MarkerField(N_("From marker"), headings=FIRST_HEADINGS)
    to_marker = MarkerField(N_("To marker"), headings=LAST_HEADINGS)
    length_km = QuantityField(
        N_("Length"),
        unit=N_("km"),
        headings=(
            "Dài; Độ dài; Số km; Km; Đoạn đường biên; Chiều dài đường biên; Số km đường biên;"
            " Km đường biên"
        ),
    )
    members = CountField(
        N_("Members"),
        unit=N_("persons"),
        when=("subject", frozenset({"collective"})),
        headings="Thành viên; Số thành viên; Số người; Tổng số thành viên",
    )

    earlier_until = pw.TextField(null=True)
    """Derived: the last day on which an earlier registration of the household is in force."""

    earlier = EarlierSpan("earlier_until", ends="to_on")
    same_event = EventRule(
        agreeing=("subject", "household", "name"), figures=("members", "length_km")
    )
    layout = (
        (N_("Registration"), "subject household name from_on to_on members"),
        (N_("Place"), "commune hamlet from_marker to_marker length_km"),
        Record.common,
    )
    summary = "from_on to_on post subject commune household earlier_until"
    looked_up = ("household",)

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "from_on", "to_on")
