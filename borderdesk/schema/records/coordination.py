"""Exchanges, briefings, talks, conferences and twinnings with partners on both sides."""

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    INTERNAL,
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    PickField,
    TextField,
)
from borderdesk.schema.record import EventRule, Record

KINDS = {
    "exchange": N_("Exchange of information"),
    "briefing": N_("Briefing"),
    "talks": N_("Talks"),
    "conference": N_("Conference"),
    "twinning": N_("Twinning"),
}
CHANNELS = {
    "letter": N_("Letter"),
    "meeting": N_("Face to face"),
    "hotline": N_("Hotline"),
}
COUNTERPARTS = {"domestic": N_("Domestic"), "china": N_("Chinese side")}
LEVELS = {"post": N_("Post level"), "province": N_("Province level")}


class Coordination(Record):
    """One act of coordination; without a commune it counts for post and province only."""

    type_name = "coordination"
    title = N_("Coordination, external relations")
    kind = ChoiceField(
        N_("Kind of coordination"),
        KINDS,
        required=True,
        listed=True,
        headings="Hình thức; Hình thức phối hợp; Loại hình; Loại; Hoạt động; Hình thức hoạt động",
        also={
            "exchange": "Trao đổi; Trao đổi thư; Trao đổi tình hình; Trao đổi thông tin, tình hình",
            "briefing": "Giao ban định kỳ; Họp giao ban",
            "talks": "Hội đàm định kỳ; Gặp gỡ, hội đàm",
            "conference": "Sơ kết; Tổng kết; Hội nghị sơ kết; Hội nghị tổng kết",
            "twinning": "Giao lưu kết nghĩa; Giao lưu, kết nghĩa; Ký kết nghĩa",
        },
    )
    happened_on = DayField(N_("Date"), required=True, listed=True, event=True, sticky=True)
    times = CountField(
        N_("Times"),
        least=1,
        default=1,
        required=True,
        listed=True,
        unit=N_("times"),
        headings="Lần",
    )
    channel = ChoiceField(
        N_("Channel"),
        CHANNELS,
        headings="Kênh; Hình thức trao đổi; Phương thức; Hình thức liên lạc",
    )
    counterpart = ChoiceField(
        N_("Counterpart"),
        COUNTERPARTS,
        required=True,
        listed=True,
        headings="Phía; Đối tượng; Đối tượng phối hợp; Trong nước, ngoài nước; Bên phối hợp",
        also={
            "domestic": "Nội địa; Nội bộ; VN; Việt Nam; Trong tỉnh",
            "china": "TQ; Trung Quốc; Nước ngoài; Phía TQ; Bạn; Phía bạn; Ngoài nước",
        },
    )
    level = ChoiceField(N_("Level"), LEVELS, headings="Cấp thực hiện; Cấp hoạt động")
    partner = PickField(
        N_("Partner"),
        "partner",
        required=True,
        listed=True,
        sticky=True,
        headings="Đối tác phối hợp; Phối hợp với; Đối tác; Cơ quan phối hợp; Lực lượng phối hợp",
    )
    commune = CommuneField(N_("Commune"), sticky=True)
    subject = TextField(
        N_("Subject matter"), required=True, part=INTERNAL, listed=True, headings="Nội dung"
    )
    outcome = TextField(N_("Outcome"), part=INTERNAL, headings="Kết quả phối hợp; Kết quả đạt được")

    same_event = EventRule(agreeing=("kind", "partner"), figures=("times",))
    layout = (
        (N_("Work"), "kind happened_on times channel"),
        (N_("With whom"), "counterpart level partner commune"),
        (N_("Content"), "subject outcome"),
        Record.common,
    )
    summary = "happened_on post commune kind times"
