"""Valid records of every type: hypothesis strategies, and plain examples.

`raw(type_name)` draws the JSON input of `add` for a province desk; all values round-trip (texts
composed and trimmed, numbers in shortest form). `example(type_name, n)` is a plain record,
different for every n.

To add a record type: a strategy and an example here, and a line in FACTORIES.
"""

import csv
import datetime
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from borderdesk.base.errors import InvalidRecord

Raw = dict[str, Any]
Saved = TypeVar("Saved")

REFERENCE = Path(__file__).resolve().parent.parent / "resources" / "reference"


class Window(NamedTuple):
    """Range of event dates, and the post (None: any)."""

    first: datetime.date
    last: datetime.date
    post: str | None


class Factory(NamedTuple):
    """Strategy and example function of a type."""

    raw: Callable[[Window], SearchStrategy[Raw]]
    example: Callable[[int], Raw]


# --------------------------------------------------------------------------- reference


def _sheet(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


POSTS: list[str] = [row["code"] for row in _sheet("posts") if row["invented"] == "0"]
MARKERS: list[str] = [row["marker"] for row in _sheet("markers")]
PICKS: dict[str, list[str]] = {}
for _row in _sheet("picks"):
    PICKS.setdefault(_row["list"], []).append(_row["code"])
BORDER = [row for row in _sheet("units") if row["kind"] == "commune" and row["border"] == "1"]


@cache
def border_codes(day: datetime.date) -> list[str]:
    """The codes of the border communes on `day`: 21 in 2023, until 30/06/2025."""
    iso = day.isoformat()
    return [
        row["code"]
        for row in BORDER
        if row["valid_from"] <= iso and (not row["valid_to"] or iso <= row["valid_to"])
    ]


# ------------------------------------------------------------------------------- values

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊ áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợ"
LETTERS += "úùủũụứừửữựýỳỷỹỵ ,.–-();/:\"'"
HEADS = [
    "Hoàng Văn Thụ",
    "Nông Thị Hoà",
    "Nông Thị Hòa",
    "Nông Thị Hoa",
    "Đặng Văn Quý",
    "Lý A Sáng",
]
HAMLETS = ["Bản Phạc", "Pò Mã", "Khuổi Tát", "Thôn 1"]
PHRASES = [
    "Đường biên thông thoáng", "Cắm lại biển báo", "=1+1", "@đồn", "Trao đổi; thống nhất",
    'Nói "đã nhắc"', "Sổ số 7, trang 12", "BB 41/12",
]  # fmt: skip


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def texts(limit: int = 60) -> SearchStrategy[str]:
    """One line of Vietnamese text, normalised as stored."""
    free = st.text(LETTERS, min_size=1, max_size=limit).map(_composed).filter(bool)
    return st.sampled_from(PHRASES) | free


def long_texts() -> SearchStrategy[str]:
    """Text of one or several lines."""
    return texts() | st.lists(texts(20), min_size=2, max_size=3).map("\n".join)


def days(first: datetime.date, last: datetime.date) -> SearchStrategy[str]:
    """An ISO date."""
    return st.dates(first, last).map(datetime.date.isoformat)


def after(day: str, most: int = 30) -> SearchStrategy[str]:
    """An ISO date within `most` days from `day`."""
    start = datetime.date.fromisoformat(day)
    return days(start, start + datetime.timedelta(days=most))


def tenths(most: int = 100_000) -> SearchStrategy[int | float]:
    """A quantity with at most one decimal, as shortest JSON number."""
    return st.integers(0, most).map(lambda n: n // 10 if n % 10 == 0 else n / 10)


def counts(least: int = 0, most: int = 3_000) -> SearchStrategy[int]:
    return st.integers(least, most)


def markers() -> SearchStrategy[str]:
    """A listed marker, sometimes an unlisted one."""
    return st.sampled_from(MARKERS) | st.sampled_from(["999/99", "1300", "1300/2"])


def communes(day: str) -> SearchStrategy[str]:
    """The code of a border commune on that day."""
    return st.sampled_from(border_codes(datetime.date.fromisoformat(day)))


def pick(pick_list: str) -> SearchStrategy[str]:
    return st.sampled_from(PICKS[pick_list])


def several(each: SearchStrategy[str], least: int = 0, most: int = 3) -> SearchStrategy[list[str]]:
    return st.lists(each, min_size=least, max_size=most, unique=True)


def described_households(day: str) -> SearchStrategy[Raw]:
    """A household by head, commune and hamlet, from a small pool, so that they repeat."""
    few = border_codes(datetime.date.fromisoformat(day))[:2]
    return st.fixed_dictionaries(
        {
            "head": st.sampled_from(HEADS),
            "commune": st.sampled_from(few),
            "hamlet": st.sampled_from(HAMLETS[:2]),
        },
        optional={"citizen_id": st.sampled_from(["020085000123", "020190004567", "080123456"])},
    )


def unless_namesakes(save: Callable[[], Saved]) -> Saved:
    """The result of `save`; discards draws whose household matches several of the same name, about
    which the desk asks."""
    try:
        return save()
    except InvalidRecord as refused:
        assume("trùng tên" not in refused.problems.get("household", ""))
        raise


def _some(**optional: SearchStrategy[Any]) -> SearchStrategy[Raw]:
    """Any subset of these fields."""
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def _common(draw: st.DrawFn, window: Window) -> Raw:
    post = window.post or draw(st.sampled_from(POSTS))
    others = [code for code in POSTS if code != post]
    return {
        "post": post,
        **draw(
            _some(
                source_ref=long_texts(),
                tags=several(pick("tag"), 1),
                with_posts=several(st.sampled_from(others), 1, 2),
                note=long_texts(),
            )
        ),
    }


def _stretch() -> SearchStrategy[Raw]:
    return _some(from_marker=markers(), to_marker=markers())


def _groups(participants: int, *keys: str) -> SearchStrategy[Raw]:
    """Groups of people that do not exceed the total."""
    return _some(**{key: counts(0, participants // len(keys)) for key in keys})


def _funders() -> SearchStrategy[list[Raw]]:
    return st.lists(
        st.fixed_dictionaries(
            {"name": texts()}, optional={"amount_vnd": counts(0, 10**9), "in_kind": long_texts()}
        ),
        min_size=1, max_size=3,
    )  # fmt: skip


# -------------------------------------------------------------------------------- types


@st.composite
def _patrol(draw: st.DrawFn, window: Window) -> Raw:
    started_on = draw(days(window.first, window.last))
    participants = draw(counts(1, 260))
    result = draw(st.sampled_from(["unchanged", "violation", "damage"]))
    seen = st.fixed_dictionaries(
        {
            "marker": markers(),
            "condition": st.sampled_from(["intact", "damaged", "moved", "missing", "unreachable"]),
        },
        optional={"remark": long_texts()},
    )
    findings = {} if result == "unchanged" else {"findings": long_texts()}
    return {
        **draw(_common(window)),
        "kind": draw(st.sampled_from(["unilateral", "bilateral", "combined"])),
        "started_on": started_on,
        "from_marker": draw(markers()),
        "to_marker": draw(markers()),
        "communes": draw(several(communes(started_on), 1)),
        "participants": participants,
        "result": result,
        **draw(
            _groups(
                participants,
                "of_whom_guards", "of_whom_militia", "of_whom_police", "of_whom_residents",
            )
        ),
        **draw(st.fixed_dictionaries(findings)),
        **draw(
            _some(
                ended_on=after(started_on, 20),
                foreign_participants=counts(0, 20),
                leader=texts(),
                inspected=st.lists(seen, min_size=1, max_size=4),
            )
        ),
    }  # fmt: skip


@st.composite
def _clearing(draw: st.DrawFn, window: Window) -> Raw:
    started_on = draw(days(window.first, window.last))
    participants = draw(counts(1, 260))
    return {
        **draw(_common(window)),
        "kind": draw(st.sampled_from(["road_clearing", "road_repair", "sight_line"])),
        "started_on": started_on,
        "commune": draw(communes(started_on)),
        "participants": participants,
        **draw(_groups(participants, "of_whom_guards", "of_whom_militia", "of_whom_residents")),
        **draw(_stretch()),
        **draw(
            _some(
                ended_on=after(started_on),
                hamlet=st.sampled_from(HAMLETS) | texts(),
                times=counts(1, 5),
                labour_days=tenths(),
                length_m=tenths(),
            )
        ),
    }


@st.composite
def _track(draw: st.DrawFn, window: Window) -> Raw:
    completed_on = draw(days(window.first, window.last))
    line = st.fixed_dictionaries({"marker": markers()}, optional={"length_m": tenths()})
    return {
        **draw(_common(window)),
        "completed_on": completed_on,
        "commune": draw(communes(completed_on)),
        **draw(
            _some(
                count=counts(1, 9),
                lines=st.lists(line, min_size=1, max_size=3),
                width_m=tenths(100),
                surface=st.sampled_from(["concrete", "earth", "stone", "steps"]),
                labour_days=tenths(),
                cost_vnd=counts(0, 10**12),
                funders=_funders(),
            )
        ),
    }


@st.composite
def _outreach(draw: st.DrawFn, window: Window) -> Raw:
    held_on = draw(days(window.first, window.last))
    form = draw(st.sampled_from(["session", "small_scale", "training", "broadcast", "handout"]))
    made: Raw = {
        **draw(_common(window)),
        "form": form,
        "held_on": held_on,
        "commune": draw(communes(held_on)),
        "topics": draw(several(pick("topic"), 1)),
    }
    if form in ("session", "training", "broadcast"):
        made |= draw(_some(sessions=counts(1, 12)))
    if form in ("session", "small_scale", "training"):
        made["attendance"] = attendance = draw(counts(1, 1_600))
        place = st.fixed_dictionaries(
            {"commune": communes(held_on), "attendance": counts(0, attendance // 2)},
            optional={"hamlet": texts()},
        )
        made |= draw(_some(other_places=st.lists(place, min_size=1, max_size=2)))
    else:
        made |= draw(_some(attendance=counts(0, 50)))
    return made | draw(
        _some(
            hamlet=st.sampled_from(HAMLETS) | texts(),
            partners=several(pick("partner"), 1),
            leaflets=counts(),
            document_sets=counts(),
        )
    )


@st.composite
def _pledge(draw: st.DrawFn, window: Window) -> Raw:
    signed_on = draw(days(window.first, window.last))
    made: Raw = {
        **draw(_common(window)),
        "signed_on": signed_on,
        "programme": draw(pick("pledge_programme")),
    }
    if draw(st.booleans()):
        made["household"] = draw(described_households(signed_on))
        made |= draw(_some(count=st.just(1)))
    else:
        made |= {
            "count": draw(counts(2, 400)),
            "commune": draw(communes(signed_on)),
            "hamlet": draw(st.sampled_from(HAMLETS)),
            "source_ref": draw(texts()),
        }
    return made | draw(_some(witness=texts()))


@st.composite
def _registration(draw: st.DrawFn, window: Window) -> Raw:
    from_on = draw(days(window.first, window.last))
    subject = draw(st.sampled_from(["collective", "household", "individual"]))
    made: Raw = {
        **draw(_common(window)),
        "subject": subject,
        "from_on": from_on,
        "commune": draw(communes(from_on)),
        "hamlet": draw(st.sampled_from(HAMLETS) | texts()),
    }
    if subject == "household":
        made["household"] = draw(described_households(from_on))
    else:
        made["name"] = draw(texts())
    if subject == "collective":
        made |= draw(_some(members=counts()))
    return made | draw(_stretch()) | draw(_some(to_on=after(from_on, 900), length_km=tenths(500)))


@st.composite
def _programme(draw: st.DrawFn, window: Window) -> Raw:
    done_on = draw(days(window.first, window.last))
    return {
        **draw(_common(window)),
        "programme": draw(pick("programme")),
        "done_on": done_on,
        "commune": draw(communes(done_on)),
        "quantity": draw(tenths()),
        **draw(_stretch()),
        **draw(
            _some(
                hamlet=st.sampled_from(HAMLETS) | texts(),
                length_km=tenths(500),
                participants=counts(),
                households=counts(),
                labour_days=tenths(),
                cost_vnd=counts(0, 10**12),
                funders=_funders(),
            )
        ),
    }


@st.composite
def _coordination(draw: st.DrawFn, window: Window) -> Raw:
    happened_on = draw(days(window.first, window.last))
    return {
        **draw(_common(window)),
        "kind": draw(st.sampled_from(["exchange", "briefing", "talks", "conference", "twinning"])),
        "happened_on": happened_on,
        "counterpart": draw(st.sampled_from(["domestic", "china"])),
        "partner": draw(pick("partner")),
        "subject": draw(long_texts()),
        **draw(
            _some(
                times=counts(1, 9),
                channel=st.sampled_from(["letter", "meeting", "hotline"]),
                level=st.sampled_from(["post", "province"]),
                commune=communes(happened_on),
                outcome=long_texts(),
            )
        ),
    }


@st.composite
def _incident(draw: st.DrawFn, window: Window) -> Raw:
    happened_on = draw(days(window.first, window.last))
    made: Raw = {
        **draw(_common(window)),
        "happened_on": happened_on,
        "commune": draw(communes(happened_on)),
        "category": draw(pick("incident_category")),
        "status": draw(st.sampled_from(["open", "closed"])),
    }
    if made["status"] == "closed":
        made["closed_on"] = draw(after(happened_on))
    return made | draw(
        _some(
            persons=counts(0, 40),
            from_tip=st.booleans(),
            handling=long_texts(),
            fine_vnd=counts(0, 10**12),
        )
    )


@st.composite
def _household(draw: st.DrawFn, window: Window) -> Raw:
    valid_from = draw(days(window.first, window.last))
    return {
        **draw(described_households(valid_from)),
        "valid_from": valid_from,
        **draw(
            _some(
                phone=st.sampled_from(["0987654321", "0987 654 321", "bà con gọi trưởng thôn"]),
                purpose=long_texts(),
                review_on=days(window.first, datetime.date(2040, 1, 1)),
                valid_to=after(valid_from, 900),
                note=long_texts(),
            )
        ),
    }


# ----------------------------------------------------------------------------- examples


def _day(n: int) -> str:
    return (datetime.date(2023, 3, 1) + datetime.timedelta(days=n % 300)).isoformat()


def _head(n: int) -> str:
    return f"{HEADS[n % len(HEADS)]} {'ABCDEGHIKL'[n // 10 % 10]}{'abcdeghikl'[n % 10]}"


EXAMPLES: dict[str, Callable[[int], Raw]] = {
    "patrol": lambda n: {
        "post": "BS", "kind": "bilateral", "started_on": _day(n), "ended_on": _day(n),
        "from_marker": "1128", "to_marker": "1130", "communes": ["06196", "06202"],
        "participants": 20 + n, "of_whom_guards": 8, "of_whom_militia": 4,
        "foreign_participants": 6, "leader": "Thiếu tá Hoàng Văn Nam", "result": "damage",
        "findings": "Mốc 1129 bị nghiêng", "with_posts": ["TL"], "note": "Đi bộ",
        "inspected": [
            {"marker": "1128", "condition": "intact"},
            {"marker": "1129", "condition": "damaged", "remark": "Nghiêng về phía ta"},
        ],
    },
    "clearing": lambda n: {
        "post": "BS", "kind": "sight_line", "started_on": _day(n), "commune": "06202",
        "hamlet": "Bản Phạc", "from_marker": "1130", "to_marker": "1131", "times": 2,
        "participants": 54 + n, "of_whom_guards": 14, "of_whom_residents": 40,
        "labour_days": 27.5, "length_m": 1200,
    },
    "track": lambda n: {
        "post": "BS", "completed_on": _day(n), "commune": "06202", "count": 2,
        "lines": [{"marker": "1130", "length_m": 350.5}, {"marker": "1131", "length_m": 120}],
        "width_m": 1.5, "surface": "concrete", "labour_days": 60 + n, "cost_vnd": 85_000_000,
        "funders": [{"name": "Hội Phụ nữ tỉnh", "amount_vnd": 20_000_000, "in_kind": "50 bao"}],
    },
    "outreach": lambda n: {
        "post": "BS", "form": "session", "held_on": _day(n), "commune": "06202",
        "hamlet": "Bản Phạc", "sessions": 1, "attendance": 120 + n,
        "topics": ["bien_phong", "ma_tuy"], "partners": ["cong_an"], "leaflets": 100,
        "document_sets": 2, "tags": ["dan_van_kheo"],
        "other_places": [{"commune": "06196", "hamlet": "Pò Mã", "attendance": 40}],
    },
    "pledge": lambda n: {
        "post": "BS", "signed_on": _day(n), "programme": "phao",
        "household": {"head": _head(n), "commune": "06202", "hamlet": "Bản Phạc"},
        "witness": "Trưởng thôn",
    },
    "registration": lambda n: {
        "post": "BS", "subject": "collective", "name": f"Tổ tự quản số {n + 1}",
        "commune": "06202", "hamlet": "Bản Phạc", "from_on": _day(n), "from_marker": "1130",
        "to_marker": "1131", "length_km": 2.5, "members": 12,
    },
    "programme": lambda n: {
        "post": "BS", "programme": "luy_tre", "done_on": _day(n), "commune": "06202",
        "hamlet": "Bản Phạc", "quantity": 300 + n, "length_km": 0.5, "participants": 40,
        "labour_days": 20.5, "cost_vnd": 5_000_000,
        "funders": [{"name": "Đoàn Thanh niên", "amount_vnd": 1_000_000}],
    },
    "coordination": lambda n: {
        "post": "BS", "kind": "talks", "happened_on": _day(n), "times": 1 + n % 9,
        "channel": "meeting", "counterpart": "china", "level": "post",
        "partner": "phia_trung_quoc", "subject": "Trao đổi tình hình mốc 1129",
        "outcome": "Thống nhất kiểm tra chung",
    },
    "incident": lambda n: {
        "post": "BS", "happened_on": _day(n), "commune": "06202", "category": "buon_lau",
        "persons": 2 + n, "from_tip": True, "handling": "Lập biên bản, tạm giữ hàng",
        "fine_vnd": 15_000_000, "status": "closed", "closed_on": _day(n),
    },
    "household": lambda n: {
        "head": _head(n), "commune": "06202", "hamlet": "Bản Phạc", "phone": "0987654321",
        "citizen_id": f"0200850{n:05d}", "purpose": "Ký cam kết", "valid_from": "2023-01-01",
    },
}  # fmt: skip

FACTORIES: dict[str, Factory] = {
    "patrol": Factory(_patrol, EXAMPLES["patrol"]),
    "clearing": Factory(_clearing, EXAMPLES["clearing"]),
    "track": Factory(_track, EXAMPLES["track"]),
    "outreach": Factory(_outreach, EXAMPLES["outreach"]),
    "pledge": Factory(_pledge, EXAMPLES["pledge"]),
    "registration": Factory(_registration, EXAMPLES["registration"]),
    "programme": Factory(_programme, EXAMPLES["programme"]),
    "coordination": Factory(_coordination, EXAMPLES["coordination"]),
    "incident": Factory(_incident, EXAMPLES["incident"]),
    "household": Factory(_household, EXAMPLES["household"]),
}
"""The factory of each record type; a completeness test requires all."""


def raw(
    type_name: str,
    first: datetime.date | int = 2022,
    last: datetime.date | int = 2023,
    post: str | None = None,
) -> SearchStrategy[Raw]:
    """Valid records of a type as JSON objects; event dates from `first` to `last` (dates or whole
    years), of one post or any."""
    start = datetime.date(first, 1, 1) if isinstance(first, int) else first
    end = datetime.date(last, 12, 31) if isinstance(last, int) else last
    return FACTORIES[type_name].raw(Window(start, end, post))


def example(type_name: str, n: int = 0) -> Raw:
    """The n-th example of a type, of post BS in the commune of Xuất Lễ in 2023; the household of a
    pledge is described inline."""
    return FACTORIES[type_name].example(n)
