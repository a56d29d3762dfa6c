"""Marker-access tracks that were built."""

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    ChildModel,
    ChildrenField,
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    MarkerField,
    QuantityField,
    money,
)
from borderdesk.schema.record import EventRule, Record
from borderdesk.schema.records.parts import Funder

SURFACES = {
    "concrete": N_("Concrete"),
    "earth": N_("Earth"),
    "stone": N_("Stone"),
    "steps": N_("Steps"),
}


class TrackLine(ChildModel):
    """One track: the marker it leads to and its length."""

    marker = MarkerField(
        N_("Marker"),
        required=True,
        headings="Mốc; Số mốc; Mốc số; Cột mốc; Mốc giới; Đến mốc; Tới mốc; Đường đến mốc;"
        " Tên đường; Tên công trình; Tên tuyến đường; Tuyến đường; Đường lên mốc",
    )
    length_m = QuantityField(
        N_("Length"),
        unit=N_("m"),
        soft_under=10,
        headings="Chiều dài; Dài; Độ dài; Chiều dài đường",
    )


class TrackFunder(Funder):
    """Who paid for the tracks."""


class Track(Record):
    """Tracks finished on one day."""

    type_name = "track"
    title = N_("Marker-access tracks")
    kind_key = "surface"
    completed_on = DayField(
        N_("Completed on"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings="Ngày xong",
    )
    commune = CommuneField(N_("Commune"), required=True, listed=True, sticky=True)
    count = CountField(
        N_("Number of tracks"),
        least=1,
        default=1,
        required=True,
        listed=True,
        unit=N_("tracks"),
        headings="Đường",
    )
    lines = ChildrenField(N_("Tracks"), TrackLine)
    width_m = QuantityField(N_("Width"), unit=N_("m"), headings="Rộng; Bề rộng; Độ rộng")
    surface = ChoiceField(
        N_("Surface"),
        SURFACES,
        listed=True,
        headings="Kết cấu; Vật liệu; Loại mặt đường; Kết cấu mặt",
        also={"concrete": "BT; BTXM; Bê tông xi măng", "earth": "Đường đất"},
    )
    labour_days = QuantityField(
        N_("Work-days"), unit=N_("work-days"), listed=True, headings="Công; Số công; Số ngày công"
    )
    cost_vnd = money(N_("Cost"), listed=True, headings="Tiền; Số tiền")
    funders = ChildrenField(N_("Contributions"), TrackFunder)

    same_event = EventRule(agreeing=(), figures=("count", "labour_days", "cost_vnd"))
    layout = (
        (N_("Work"), "completed_on commune count"),
        (N_("Tracks"), "lines width_m surface"),
        (N_("Resources"), "labour_days cost_vnd funders"),
        Record.common,
    )
    summary = "completed_on post commune count labour_days cost_vnd"
