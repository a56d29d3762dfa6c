"""Incidents in the border area: no names and no case secrets."""

from collections.abc import Iterator

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    INTERNAL,
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    PickField,
    TextField,
    YesNoField,
    money,
)
from borderdesk.schema.kinds.doubts import Doubt
from borderdesk.schema.record import EventRule, Record, RequiredWhen
from borderdesk.schema.records.parts import ends_after

STATUSES = {"open": N_("Being handled"), "closed": N_("Settled")}


class Incident(Record):
    """An incident, from the day it happened until it is settled."""

    type_name = "incident"
    title = N_("Incidents")
    kind_key = "category"
    notice = N_("Write no names of persons and no case secrets here.")
    happened_on = DayField(
        N_("Date"),
        required=True,
        listed=True,
        event=True,
        sticky=True,
        headings="Ngày xảy ra; Ngày phát hiện; Thời gian xảy ra; Ngày bắt giữ; Ngày vi phạm",
    )
    commune = CommuneField(
        N_("Commune"),
        required=True,
        listed=True,
        sticky=True,
        headings=f"{CommuneField.headings}; Địa điểm; Địa điểm xảy ra; Nơi xảy ra; Nơi phát hiện;"
        " Địa điểm phát hiện",
    )
    category = PickField(
        N_("Category"),
        "incident_category",
        required=True,
        listed=True,
        headings="Vụ việc; Loại vụ việc; Loại vụ; Loại việc; Hành vi; Hành vi vi phạm; Tội danh",
    )
    persons = CountField(
        N_("Persons involved"),
        unit=N_("persons"),
        listed=True,
        headings="Đối tượng; Số người; Số đối tượng vi phạm",
    )
    from_tip = YesNoField(
        N_("Residents' tip"),
        headings="Tin báo; Tin nhân dân; Nguồn tin nhân dân; Tin do nhân dân cung cấp; Dân báo;"
        " Nhân dân cung cấp; Tin báo của nhân dân; Do nhân dân cung cấp tin;"
        " Tin quần chúng; Quần chúng cung cấp",
    )
    handling = TextField(
        N_("Handling"), part=INTERNAL, headings="Hình thức xử lý; Biện pháp xử lý; Kết quả xử lý"
    )
    fine_vnd = money(
        N_("Fine"),
        listed=True,
        headings="Số tiền phạt; Mức phạt; Phạt tiền; Số tiền; Tiền; Xử phạt; Tiền phạt",
    )
    status = ChoiceField(
        N_("Status"),
        STATUSES,
        required=True,
        listed=True,
        headings="Tình trạng; Tiến độ; Tiến độ giải quyết",
        also={
            "open": "Đang xử lý; Đang điều tra; Đang xác minh; Chưa giải quyết;"
            " Chưa xử lý; Chưa xong",
            "closed": "Đã xử lý; Đã xử lý xong; Đã giải quyết xong; Đã xong; Xong; Giải quyết xong",
        },
    )
    closed_on = DayField(
        N_("Settled on"),
        past=True,
        listed=True,
        headings="Ngày xử lý; Ngày kết thúc; Ngày giải quyết; Ngày giải quyết xong",
    )

    same_event = EventRule(agreeing=("category",), figures=("persons", "fine_vnd"))
    required_when = (
        RequiredWhen(
            "closed_on",
            "status",
            frozenset({"closed"}),
            N_("Must be filled in once it is settled."),
        ),
    )
    layout = (
        (N_("Incident"), "happened_on commune category persons from_tip"),
        (N_("Handling"), "status closed_on handling fine_vnd"),
        Record.common,
    )
    summary = "happened_on post commune persons from_tip fine_vnd status closed_on"
    looked_up = ("closed_on status post commune", "status happened_on closed_on post commune")

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "happened_on", "closed_on")
        if self.__data__.get("closed_on") and self.__data__.get("status") == "open":
            yield Doubt("closed_on", N_("A day it was settled, while it is still being handled."))
