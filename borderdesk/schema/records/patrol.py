"""Patrols along the border line, with the markers inspected."""

from collections.abc import Iterator

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    INTERNAL,
    ChildModel,
    ChildrenField,
    ChoiceField,
    CommunesField,
    CountField,
    DayField,
    Doubt,
    MarkerField,
    MarkerStretch,
    TextField,
    short_text,
)
from borderdesk.schema.kinds.day import FIRST_DAY_HEADINGS, LAST_DAY_HEADINGS
from borderdesk.schema.kinds.marker import FIRST_HEADINGS, LAST_HEADINGS
from borderdesk.schema.record import DailyEntry, EventRule, Record, RequiredWhen
from borderdesk.schema.records.parts import CONDITIONS, ends_after, groups_within

KINDS = {
    "unilateral": N_("Unilateral"),
    "bilateral": N_("Bilateral, joint (with the Chinese side)"),
    "combined": N_("Combined with militia, police"),
}
RESULTS = {
    "unchanged": N_("Found unchanged"),
    "violation": N_("Violation found"),
    "damage": N_("Marker or works damaged"),
}
LONG_DAYS = 15


class PatrolInspected(ChildModel):
    """A marker seen on the patrol, and how it was found."""

    marker = MarkerField(N_("Marker"), required=True)
    condition = ChoiceField(
        N_("Condition"),
        CONDITIONS,
        required=True,
        headings="Tình trạng; Tình trạng mốc; Tình trạng cột mốc; Tình trạng mốc giới; Hiện trạng;"
        " Hiện trạng mốc; Hiện trạng cột mốc",
        also={
            "intact": "Tốt; Còn tốt; BT; Bình thường; Còn nguyên vẹn; Nguyên trạng;"
            " Giữ nguyên trạng; Giữ nguyên hiện trạng",
            "damaged": "Bị hư hỏng; Hỏng; Mốc bị hư hỏng; Mốc hư hỏng",
        },
    )
    remark = TextField(N_("Remark"), part=INTERNAL)


class Patrol(Record):
    """A patrol between two markers."""

    type_name = "patrol"
    title = N_("Patrols")
    daily = DailyEntry(N_("+ Patrol"), N_("Log a patrol"))
    kind = ChoiceField(
        N_("Kind of patrol"),
        KINDS,
        required=True,
        listed=True,
        headings="Hình thức; Loại tuần tra; Hình thức tuần tra; Loại hình",
        also={
            "unilateral": "ĐP; Tuần tra ĐP",
            "bilateral": "SP; Tuần tra SP; Song phương; Tuần tra song phương; Tuần tra liên hợp;"
            " Tuần tra song phương, liên hợp; Song phương với TQ; Song phương với Trung Quốc",
            "combined": "Tuần tra phối hợp; Tuần tra kết hợp; Phối hợp DQ; Phối hợp dân quân;"
            " Phối hợp với DQ; Phối hợp công an, dân quân; Phối hợp CA, DQ",
        },
    )
    started_on = DayField(
        N_("From date"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings=f"Ngày tuần tra; {FIRST_DAY_HEADINGS}",
    )
    ended_on = DayField(N_("To date"), past=True, ends_work=True, headings=LAST_DAY_HEADINGS)
    from_marker = MarkerField(
        N_("From marker"), required=True, listed=True, headings=FIRST_HEADINGS
    )
    to_marker = MarkerField(N_("To marker"), required=True, listed=True, headings=LAST_HEADINGS)
    communes = CommunesField(
        N_("Communes"), required=True, listed=True, along=("from_marker", "to_marker")
    )
    participants = CountField(
        N_("Participants"),
        least=1,
        required=True,
        listed=True,
        soft_over=200,
        per_day=True,
        unit=N_("participant-turns"),
        headings=(
            "Lượt người; Số lượt người; Số người; Tổng số người; Quân số; Lực lượng tham gia; Lực"
            " lượng"
        ),
    )
    of_whom_guards = CountField(
        N_("Border guards"),
        part_of="participants",
        headings="Biên phòng; BĐBP; BP; Bộ đội; CBCS; Cán bộ, chiến sĩ; Cán bộ chiến sĩ",
    )
    of_whom_militia = CountField(
        N_("Militia"), part_of="participants", headings="DQ; DQTV; Dân quân tự vệ; Dân quân, tự vệ"
    )
    of_whom_police = CountField(
        N_("Police"), part_of="participants", headings="CA; Công an xã; Công an viên"
    )
    of_whom_residents = CountField(
        N_("Residents"),
        part_of="participants",
        headings="Người dân; Quần chúng; ND; Dân; Quần chúng nhân dân; Bà con",
    )
    foreign_participants = CountField(N_("Chinese side (not added)"))
    leader = short_text(
        N_("Led by"), part=INTERNAL, remembered=True, headings="Chỉ huy; Người chỉ huy"
    )
    result = ChoiceField(
        N_("Result"),
        RESULTS,
        required=True,
        listed=True,
        also={
            "unchanged": "Bình thường; Nguyên trạng; Tình hình bình thường; BT;"
            " Giữ nguyên hiện trạng; Nguyên hiện trạng; Nguyên vẹn; Mốc giới nguyên vẹn;"
            " Đường biên, mốc giới giữ nguyên hiện trạng; Đường biên, mốc giới bình thường;"
            " Đường biên, mốc giới giữ nguyên; Đường biên, mốc quốc giới giữ nguyên hiện trạng;"
            " Đường biên, mốc quốc giới bình thường; Không có vấn đề gì;"
            " Bình thường, nguyên trạng; An toàn; Ổn định; Không có gì;"
            " Không phát hiện gì; Không phát hiện vi phạm;"
            " Không có vi phạm; Không vi phạm",
            "violation": "Có vi phạm; Vi phạm",
            "damage": "Hư hỏng; Mốc hư hỏng; Mốc bị hư hỏng",
        },
    )
    findings = TextField(N_("Findings"), part=INTERNAL)
    inspected = ChildrenField(
        N_("Markers inspected"),
        PatrolInspected,
        stretch=MarkerStretch(
            ends=("from_marker", "to_marker"),
            marker="marker",
            rest={"condition": "intact"},
            outcome={"result": "unchanged"},
        ),
        headings="Các mốc kiểm tra; Mốc đã kiểm tra; Các mốc đã kiểm tra; Mốc được kiểm tra",
    )

    same_event = EventRule(agreeing=("kind",), figures=("participants",))
    required_when = (
        RequiredWhen(
            "findings",
            "result",
            frozenset(RESULTS) - {"unchanged"},
            N_("Must be filled in unless found unchanged."),
        ),
    )
    layout = (
        (N_("Work"), "kind started_on ended_on"),
        (N_("Place"), "from_marker to_marker communes"),
        (
            N_("People"),
            (
                "participants of_whom_guards of_whom_militia of_whom_police of_whom_residents"
                " foreign_participants leader"
            ),
        ),
        (N_("Outcome"), "result findings inspected"),
        Record.common,
    )
    summary = "started_on post kind participants"

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "started_on", "ended_on")
        if self.ended_on and self.started_on and (self.ended_on - self.started_on).days > LONG_DAYS:
            yield Doubt("ended_on", N_("Longer than 15 days."))
        yield from groups_within(self)
