"""Outreach: gatherings, small-scale talks, training, broadcasts and handouts."""

from collections.abc import Iterator

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_, _
from borderdesk.schema.kinds import (
    ChildModel,
    ChildrenField,
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    HamletField,
    PickField,
    SeveralField,
)
from borderdesk.schema.record import (
    DailyEntry,
    EventRule,
    Record,
    RequiredWhen,
    SplitNumber,
)

FORMS = {
    "session": N_("Gathering"),
    "small_scale": N_("Small-scale"),
    "training": N_("Training"),
    "broadcast": N_("Broadcast, mobile"),
    "handout": N_("Handing out of papers"),
}
WITH_SESSIONS = frozenset({"session", "training", "broadcast"})
WITH_ATTENDANCE = frozenset({"session", "small_scale", "training"})


class OutreachOtherPlace(ChildModel):
    """A further place of the same session, with its share of the attendance."""

    commune = CommuneField(N_("Commune"), required=True)
    hamlet = HamletField(N_("Hamlet"))
    attendance = CountField(N_("Attendance"), required=True, unit=N_("participant-turns"))


class Outreach(Record):
    """One piece of outreach; its attendance not given to other places is its commune's."""

    type_name = "outreach"
    title = N_("Outreach")
    daily = DailyEntry(N_("+ Outreach"), N_("Log an outreach"))
    kind_key = "form"
    form = ChoiceField(
        N_("Form"),
        FORMS,
        required=True,
        listed=True,
        headings="Hình thức tuyên truyền; Loại hình",
        also={
            "small_scale": "Cá biệt; Nhỏ lẻ, cá biệt; Tuyên truyền cá biệt",
            "broadcast": "Loa phát thanh; Loa truyền thanh; Truyền thanh; Qua loa",
            "handout": "Phát tờ rơi; Phát tờ gấp; Tờ rơi; Tờ gấp",
        },
    )
    held_on = DayField(
        N_("Held on"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings="Ngày tuyên truyền",
    )
    commune = CommuneField(N_("Commune"), required=True, listed=True, sticky=True)
    hamlet = HamletField(N_("Hamlet"), listed=True)
    other_places = ChildrenField(N_("Other places"), OutreachOtherPlace)
    sessions = CountField(
        N_("Sessions"),
        least=1,
        default=1,
        required=True,
        listed=True,
        unit=N_("sessions"),
        when=("form", WITH_SESSIONS),
        headings="Buổi; Số buổi tuyên truyền; Số cuộc",
    )
    attendance = CountField(
        N_("Attendance"),
        listed=True,
        soft_over=1_500,
        unit=N_("participant-turns"),
        headings=(
            "Lượt người; Số lượt; Lượt; Lượt người nghe; Số lượt người; Số người; Số người "
            "nghe; Số người dự; Người dự; Số người tham dự"
        ),
    )
    topics = SeveralField(
        PickField(N_("Topics"), "topic"),
        required=True,
        listed=True,
        sticky=True,
        headings="Nội dung; Nội dung tuyên truyền; Chuyên đề; Chuyên đề tuyên truyền",
    )
    partners = SeveralField(
        PickField(N_("Partners"), "partner"), sticky=True, headings="Phối hợp; Lực lượng phối hợp"
    )
    leaflets = CountField(
        N_("Leaflets"), unit=N_("leaflets"), headings="Tờ rơi; Tờ gấp; Số tờ rơi phát"
    )
    document_sets = CountField(
        N_("Document sets"),
        unit=N_("sets"),
        headings="Bộ tài liệu; Tài liệu; Số bộ tài liệu pháp luật",
    )

    split_number = SplitNumber("attendance", "other_places", "commune", "attendance")
    same_event = EventRule(
        agreeing=("form",), figures=("attendance", "sessions", "leaflets", "document_sets")
    )
    required_when = (
        RequiredWhen(
            "attendance", "form", WITH_ATTENDANCE, N_("Must be at least 1 for this form.")
        ),
    )
    layout = (
        (N_("Work"), "form held_on sessions topics partners"),
        (N_("Place"), "commune hamlet"),
        (N_("Result"), "attendance leaflets document_sets other_places"),
        Record.common,
    )
    summary = "held_on post commune form sessions attendance leaflets document_sets hamlet"

    def check(self) -> Iterator[Problem]:
        elsewhere = sum(place.get("attendance", 0) for place in self.other_places)
        if elsewhere > (self.attendance or 0):
            yield Problem("attendance", _("Less than the attendance of the other places."))
