"""Clearing of brush and repair along patrol roads and sight-lines."""

from collections.abc import Iterator

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    HamletField,
    MarkerField,
    QuantityField,
)
from borderdesk.schema.kinds.day import FIRST_DAY_HEADINGS, LAST_DAY_HEADINGS
from borderdesk.schema.kinds.marker import FIRST_HEADINGS, LAST_HEADINGS
from borderdesk.schema.record import DailyEntry, EventRule, Record
from borderdesk.schema.records.parts import ends_after, groups_within

KINDS = {
    "road_clearing": N_("Clearing of the patrol road"),
    "road_repair": N_("Repair of the patrol road"),
    "sight_line": N_("Clearing of the sight-line"),
}


class Clearing(Record):
    """One piece of clearing or repair work, of one or more days."""

    type_name = "clearing"
    title = N_("Clearing and repair")
    daily = DailyEntry(N_("+ Clearing"), N_("Log clearing or repair"))
    kind = ChoiceField(
        N_("Kind of work"),
        KINDS,
        required=True,
        listed=True,
        headings="Loại việc; Nội dung; Nội dung công việc; Hình thức; Hạng mục; Loại hình",
        also={
            "road_repair": "Sửa đường tuần tra; Sửa chữa đường tuần tra",
            "sight_line": "Phát quang tầm nhìn; Phát quang tầm nhìn biên giới; Thông tầm nhìn",
        },
    )
    started_on = DayField(
        N_("From date"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings=FIRST_DAY_HEADINGS,
    )
    ended_on = DayField(N_("To date"), past=True, ends_work=True, headings=LAST_DAY_HEADINGS)
    commune = CommuneField(N_("Commune"), required=True, listed=True, sticky=True)
    hamlet = HamletField(N_("Hamlet"))
    from_marker = MarkerField(N_("From marker"), listed=True, headings=FIRST_HEADINGS)
    to_marker = MarkerField(N_("To marker"), listed=True, headings=LAST_HEADINGS)
    times = CountField(
        N_("Times"),
        least=1,
        default=1,
        required=True,
        listed=True,
        unit=N_("times"),
        headings="Lần",
    )
    participants = CountField(
        N_("Participants"),
        least=1,
        required=True,
        listed=True,
        soft_over=200,
        per_day=True,
        unit=N_("participant-turns"),
        headings="Lượt người; Số lượt người; Số người; Tổng số người; Số người tham gia;"
        " Lực lượng tham gia; Quân số; Lực lượng",
    )
    of_whom_guards = CountField(
        N_("Border guards"),
        part_of="participants",
        headings="Biên phòng; BĐBP; BP; Bộ đội; CBCS; Cán bộ, chiến sĩ; Cán bộ chiến sĩ",
    )
    of_whom_militia = CountField(
        N_("Militia"), part_of="participants", headings="DQ; DQTV; Dân quân tự vệ; Dân quân, tự vệ"
    )
    of_whom_residents = CountField(
        N_("Residents"),
        part_of="participants",
        headings="Người dân; Quần chúng; ND; Dân; Quần chúng nhân dân; Bà con",
    )
    labour_days = QuantityField(
        N_("Work-days"), unit=N_("work-days"), headings="Công; Số công; Số ngày công"
    )
    length_m = QuantityField(
        N_("Length"), unit=N_("m"), soft_under=10, headings="Dài; Độ dài; Số mét; Khối lượng; KL"
    )

    same_event = EventRule(agreeing=("kind",), figures=("participants", "length_m", "labour_days"))
    layout = (
        (N_("Work"), "kind started_on ended_on times"),
        (N_("Place"), "commune hamlet from_marker to_marker length_m"),
        (
            N_("People"),
            "participants of_whom_guards of_whom_militia of_whom_residents labour_days",
        ),
        Record.common,
    )
    summary = "started_on post commune times participants length_m labour_days"

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "started_on", "ended_on")
        yield from groups_within(self)
