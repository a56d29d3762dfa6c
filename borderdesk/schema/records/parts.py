"""Fields and rules that several record types share."""

from collections.abc import Iterable
from typing import Any

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_, _
from borderdesk.schema.kinds import INTERNAL, ChildModel, TextField, money, short_text

CONDITIONS = {
    "intact": N_("Intact"),
    "damaged": N_("Damaged"),
    "moved": N_("Moved"),
    "missing": N_("Missing"),
    "unreachable": N_("Unreachable"),
}


class Funder(ChildModel):
    """Who paid for a work: an amount of whole đồng, or things in kind."""

    name = short_text(
        N_("Name"),
        required=True,
        part=INTERNAL,
        headings="Người ủng hộ; Đơn vị ủng hộ; Người đóng góp; Đơn vị đóng góp; Nhà tài trợ;"
        " Đơn vị tài trợ; Đơn vị hỗ trợ; Nguồn ủng hộ; Nguồn đóng góp; Nguồn hỗ trợ",
    )
    amount_vnd = money(
        N_("Amount"),
        headings="Số tiền ủng hộ; Tiền ủng hộ; Số tiền đóng góp; Tiền đóng góp; Số tiền hỗ trợ;"
        " Kinh phí ủng hộ; Kinh phí đóng góp",
    )
    in_kind = TextField(
        N_("In kind"),
        part=INTERNAL,
        headings="Hiện vật; Hiện vật ủng hộ; Hiện vật đóng góp",
    )


def ends_after(record: Any, start: str, end: str) -> Iterable[Problem]:
    """A problem when the day `end` is before the day `start`."""
    values = record.__data__
    if end in values and start in values and values[end] < values[start]:
        return [Problem(end, _("Ends before it starts."))]
    return ()


def groups_within(record: Any) -> Iterable[Problem]:
    """A problem when the groups of people add up to more than everybody."""
    values = record.__data__
    together: dict[str, int] = {}
    for key, field in type(record).columns().items():
        if field.part_of:
            together[field.part_of] = together.get(field.part_of, 0) + (values.get(key) or 0)
    return [
        Problem(key, _("Fewer than the groups of people together."))
        for key, number in together.items()
        if number > (values.get(key) or 0)
    ]
