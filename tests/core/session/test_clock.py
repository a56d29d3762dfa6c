"""Today is the clock's day, whatever was saved under a wrong one; a person is asked."""

import datetime
import json

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.clock import clock_doubt
from borderdesk.store.connection.meta import NEWEST_TIME, meta_value, write_meta

WORK = {"kind": "road_clearing", "commune": "06196", "participants": 5}


def saved_days_from_now(desk, days):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    write_meta(desk.store, {NEWEST_TIME: utc_stamp(moment)})


@pytest.mark.parametrize(
    ("days", "doubted"), [(0, False), (34, False), (-34, False), (37, True), (-37, True)]
)
def test_a_person_is_asked_beyond_35_days_in_either_direction(post_desk, days, doubted):
    assert clock_doubt(post_desk) is None
    saved_days_from_now(post_desk, days)
    assert (clock_doubt(post_desk) is not None) == doubted
    assert post_desk.today() == datetime.datetime.now().astimezone().date()


def test_the_newest_time_is_written_once_a_minute_and_never_goes_back(post_desk):
    stamp, newest = post_desk.stamp(), "2031-03-05T09:30:00.000Z"
    for time, kept in (
        (newest, newest),
        ("2031-03-05T09:30:59.999Z", newest),
        ("2031-03-05T09:29:59.999Z", newest),
        ("2031-03-05T09:31:00.000Z", "2031-03-05T09:31:00.000Z"),
    ):
        with post_desk.writing():
            post_desk.note_time(stamp._replace(time=time))
        assert meta_value(post_desk.store, NEWEST_TIME) == kept


def test_one_save_under_a_wrong_clock_moves_nothing_and_there_is_a_way_back(post_desk):
    desk = post_desk
    saved_days_from_now(desk, 3_446)
    day = desk.today() + datetime.timedelta(days=1_800)
    with pytest.raises(InvalidRecord):
        desk.records.add("clearing", {**WORK, "started_on": day.isoformat()})
    recent = desk.today() - datetime.timedelta(days=8)
    saved = desk.records.add("clearing", {**WORK, "started_on": recent.isoformat()})
    assert "started_on" not in saved.warnings
    doubt = clock_doubt(desk)
    assert doubt is not None
    assert doubt.newest > doubt.clock
    desk.clock.confirm_clock()
    assert clock_doubt(desk) is None
    assert meta_value(desk.store, NEWEST_TIME) <= utc_stamp()


def test_the_commands_say_so_and_go_on(cli_inline, post_desk, tmp_path):
    folder = post_desk.folder
    saved_days_from_now(post_desk, 400)
    file = tmp_path / "one.json"
    day = post_desk.today().isoformat()
    file.write_text(json.dumps({**WORK, "started_on": day}), encoding="utf-8")
    done = cli_inline("--desk", folder, "add", "clearing", file)
    assert (done.returncode, json.loads(done.stdout)["warnings"]) == (0, {})
    assert "Đồng hồ" in done.stderr
    doctor = cli_inline("--desk", folder, "doctor")
    assert (doctor.returncode, "\t!" in doctor.stdout) == (0, True)
    doctor = cli_inline("--desk", folder, "doctor", "--clock-is-right")
    assert "Đồng hồ\t" in doctor.stdout
    assert cli_inline("--desk", folder, "add", "clearing", file).stderr == ""
