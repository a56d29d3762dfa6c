"""Of namesakes in one place none is guessed: the person is asked which is meant, with their
differences."""

import json

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.store.lists.listing import Filter

DAY = "2023-05-04"
PLACE = {"head": "Nông Văn Hòa", "commune": "06199", "hamlet": "Bản Phạc"}
HERE = {**PLACE, "valid_from": DAY}
PLEDGE = {"signed_on": DAY, "programme": "phao", "post": None}


@pytest.fixture
def namesakes(post_desk):
    """Three of one name: with an ID number, with a telephone number, joined to the second."""
    with_id = post_desk.records.add("household", {**HERE, "citizen_id": "020085001234"}).id
    with_phone = post_desk.records.add("household", {**HERE, "phone": "0912345678"}).id
    joined = post_desk.records.add("household", HERE).id
    post_desk.records.edit("household", joined, {"merged_into": with_phone})
    return with_id, with_phone


def signed(desk, **more):
    saved = desk.records.add("pledge", {**PLEDGE, "household": {**PLACE, **more}})
    return desk.records.read("pledge", saved.id)[0]["household"]


def test_the_refusal_lists_the_namesakes(post_desk, namesakes):
    with pytest.raises(InvalidRecord) as raised:
        signed(post_desk)
    told = raised.value.problems["household"]
    assert all(record in told for record in namesakes)
    assert "•••5678" in told
    assert "0912345678" not in told
    assert "020085001234" not in told
    assert signed(post_desk, citizen_id="020085001234") == namesakes[0]
    # Another ID than the first one's can only be the second's.
    assert signed(post_desk, citizen_id="020090005678") == namesakes[1]
    named = post_desk.records.add("pledge", {**PLEDGE, "household": namesakes[1]})
    assert post_desk.records.read("pledge", named.id)[0]["household"] == namesakes[1]


def test_the_command_refuses_the_line_and_keeps_the_others(post_desk, namesakes, cli_inline):
    lines = [
        {**PLEDGE, "household": PLACE},
        {**PLEDGE, "household": {**PLACE, "head": "Lý Thị Hoa"}},
    ]
    told = cli_inline(
        "--desk",
        post_desk.folder,
        "add",
        "pledge",
        "--keep-going",
        stdin="\n".join(map(json.dumps, lines)),
    )
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    assert namesakes[0] in answers[0]["errors"]["household"]
    assert "id" in answers[1]
    assert told.returncode == 1


def test_two_of_one_list_are_one_until_there_are_two(post_desk):
    """A list that names a household twice means one household."""
    lines = [
        (n, {**PLEDGE, "signed_on": day, "household": PLACE})
        for n, day in ((1, DAY), (2, "2023-06-04"))
    ]
    post_desk.records.add_batch("pledge", lines)
    assert post_desk.lists.count("household", Filter()) == 1
