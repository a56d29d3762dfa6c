"""The hamlet round: households that have not signed yet, and all signatures of an evening at
once."""

import datetime

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.entry.hamlet_round import Signatures
from borderdesk.store.lists.listing import Filter

DAY = datetime.date(2023, 11, 5)
COMMUNE, HAMLET = "06202-2023", "Bản Phạc"


@pytest.fixture
def homes(desk):
    names = ["Lý A Sáng", "Nông Văn An", "Hoàng Thị Bé", "Lý A Sáng"]
    return [
        desk.records.add("household", {
            "head": name, "commune": COMMUNE, "hamlet": HAMLET, "citizen_id": f"02008500123{n}",
        }).id
        for n, name in enumerate(names)
    ]  # fmt: skip


def pledge(desk, household, day, programme="buon_lau"):
    raw = {"household": household, "programme": programme, "signed_on": day, "post": "BS"}
    return desk.records.add("pledge", raw).id


def round_of(desk, hamlet=HAMLET, programme="buon_lau"):
    return desk.round.households(COMMUNE, hamlet, programme, DAY)


def test_who_has_not_signed_this_year(desk, homes):
    pledge(desk, homes[0], "2022-12-31")
    pledge(desk, homes[1], "2023-01-01")
    pledge(desk, homes[2], "2023-05-01", "phao")
    pledge(desk, homes[3], "2023-11-06")
    desk.records.add("household", {"head": "Lý B", "commune": COMMUNE, "hamlet": "Ban Phac"})
    found = round_of(desk)
    assert [one.head for one in found] == ["Nông Văn An", "Hoàng Thị Bé", "Lý A Sáng", "Lý A Sáng"]
    assert {one.id: (one.signed_on, one.this_year) for one in found} == {
        homes[0]: (datetime.date(2022, 12, 31), False),
        homes[1]: (datetime.date(2023, 1, 1), True),
        homes[2]: (None, False),
        # The rule of one signature a year does not depend on the order of days either.
        homes[3]: (datetime.date(2023, 11, 6), True),
    }
    marks = {one.id: one.mark for one in found}
    assert (marks[homes[1]], marks[homes[2]]) == ("", "")
    assert {marks[homes[0]], marks[homes[3]]} == {"020•••••1230", "020•••••1233"}
    assert round_of(desk, "bản  phạc") == found
    assert [one.head for one in round_of(desk, "Ban Phac")] == ["Lý B"]


def test_joined_duplicates_are_asked_once(desk, homes):
    desk.records.edit("household", homes[3], {"merged_into": homes[0]})
    assert {one.id for one in round_of(desk)} == set(homes[:3])


def test_signatures_are_saved_together_or_not_at_all(desk, homes):
    shared = Signatures("buon_lau", DAY, "Trưởng thôn", "BB 12", "BS")
    saved = desk.round.sign(homes[:3], shared)
    assert len({one.id for one in saved}) == 3
    assert [one.this_year for one in round_of(desk)] == [True, True, True, False]
    values = desk.records.read("pledge", saved[0].id)[0]
    assert (values["household"], values["witness"]) == (homes[0], "Trưởng thôn")
    with pytest.raises(InvalidRecord):
        desk.round.sign([homes[3], "01890000-0000-7000-8000-000000000000"], shared)
    assert desk.lists.count("pledge", Filter()) == 3
    late = shared._replace(day=datetime.date(2199, 1, 1))
    with pytest.raises(InvalidRecord):
        desk.round.sign(homes[3:], late)
