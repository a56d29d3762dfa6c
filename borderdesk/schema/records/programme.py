"""Works of the movements: bamboo ramparts, lighting of the patrol road and the like."""

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    ChildrenField,
    CommuneField,
    CountField,
    DayField,
    HamletField,
    MarkerField,
    PickField,
    QuantityField,
    money,
)
from borderdesk.schema.kinds.marker import FIRST_HEADINGS, LAST_HEADINGS
from borderdesk.schema.record import EventRule, Record
from borderdesk.schema.records.parts import Funder


class ProgrammeFunder(Funder):
    """Who paid for the work."""


class Programme(Record):
    """A work of one programme, its quantity in the programme's own unit."""

    type_name = "programme"
    title = N_("Programme works")
    kind_key = "programme"
    programme = PickField(
        N_("Programme"),
        "programme",
        required=True,
        listed=True,
        headings="Tên mô hình; Công trình; Loại mô hình",
    )
    done_on = DayField(
        N_("Done on"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings="Ngày hoàn thành; Ngày khánh thành; Ngày bàn giao",
    )
    commune = CommuneField(N_("Commune"), required=True, listed=True, sticky=True)
    hamlet = HamletField(N_("Hamlet"), listed=True)
    from_marker = MarkerField(N_("From marker"), headings=FIRST_HEADINGS)
    to_marker = MarkerField(N_("To marker"), headings=LAST_HEADINGS)
    quantity = QuantityField(N_("Quantity"), required=True, listed=True, headings="Khối lượng")
    length_km = QuantityField(N_("Length"), unit=N_("km"), headings="Dài; Độ dài; Số km")
    participants = CountField(
        N_("Participants"),
        unit=N_("participant-turns"),
        headings="Lượt người; Số lượt người; Số người; Người",
    )
    households = CountField(
        N_("Number of households"), unit=N_("households"), headings="Hộ; Tổng số hộ"
    )
    labour_days = QuantityField(
        N_("Work-days"), unit=N_("work-days"), listed=True, headings="Công; Số công; Số ngày công"
    )
    cost_vnd = money(N_("Cost"), listed=True, headings="Tiền; Số tiền; Trị giá; Giá trị")
    funders = ChildrenField(N_("Contributions"), ProgrammeFunder)

    same_event = EventRule(
        agreeing=("programme",), figures=("quantity", "participants", "labour_days", "cost_vnd")
    )
    layout = (
        (N_("Work"), "programme done_on quantity"),
        (N_("Place"), "commune hamlet from_marker to_marker length_km"),
        (N_("Resources"), "participants households labour_days cost_vnd funders"),
        Record.common,
    )
    summary = "done_on post commune programme quantity labour_days cost_vnd"
