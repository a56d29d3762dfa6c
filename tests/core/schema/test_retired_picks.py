"""An ended entry of a pick list: no longer offered or accepted, still shown and stored."""

import datetime
import json

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.factories import example

HEAD, OLD_HEAD = "list,code,vi,en,unit,valid_to", "list,code,vi,en,unit"
LAST = datetime.date(2023, 6, 30)


def load(desk, tmp_path, head, *rows):
    file = tmp_path / "picks.csv"
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return desk.reference.load(file)


@pytest.fixture
def retired(desk, tmp_path):
    load(desk, tmp_path, HEAD, "topic,phao,Quản lý pháo,Fireworks,,2023-06-30")
    return desk


def outreach(day):
    return {**example("outreach"), "held_on": day, "topics": ["phao"]}


def test_it_is_offered_and_taken_until_its_last_day(retired):
    field = ALL_TYPES["outreach"].columns()["topics"]
    for day, there in ((LAST, True), (LAST + datetime.timedelta(days=1), False)):
        offered = dict(field.offered(retired.book, day, ""))
        assert ("phao" in offered) is there
    retired.records.add("outreach", outreach("2023-06-30"))
    for new_picks in (False, True):
        with pytest.raises(InvalidRecord) as refused:
            retired.records.add("outreach", outreach("2023-07-01"), new_picks=new_picks)
        assert "30/06/2023" in refused.value.problems["topics"]


def test_what_names_it_stays_and_can_be_changed(desk, tmp_path):
    record = desk.records.add("outreach", outreach("2023-12-01")).id
    load(desk, tmp_path, HEAD, "topic,phao,Quản lý pháo,Fireworks,,2023-06-30")
    desk.records.edit("outreach", record, {"leaflets": 7})
    (one,) = desk.lists.stream("outreach", Filter())
    field = ALL_TYPES["outreach"].columns()["topics"]
    assert field.show(one.values["topics"], desk.book) == "Quản lý pháo"
    assert desk.lists.count("outreach", Filter(search="pháo")) == 1


def test_files_from_before_there_was_a_last_day_are_read(retired, tmp_path):
    assert load(retired, tmp_path, OLD_HEAD, "topic,moi,Mới,New,")[1] == 1
    assert retired.book.pick_ended("topic", "moi") == "9999-12-31"
    with pytest.raises(InvalidRecord):
        load(retired, tmp_path, HEAD, "topic,moi,Mới,New,,2023-02-30")


def test_the_command_line_shows_the_last_day_of_picks(retired, cli_inline):
    retired.close()
    printed = cli_inline("--desk", retired.folder, "picks", "--format", "json").stdout
    ended = {row["code"]: row["valid_to"] for row in json.loads(printed) if row["list"] == "topic"}
    assert ended["phao"] == "2023-06-30"
    assert ended["ma_tuy"] == ""
