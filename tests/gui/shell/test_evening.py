"""The last evening of a month: 31 records entered with keys only, the window killed twice
meanwhile."""

import datetime
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from borderdesk.desk import Desk
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.gui.shell.clerk import BARE, WHOLE, Mark, sheet
from tests.gui.shell.daemons import typed_through

CLERK = Path(__file__).with_name("clerk.py")
FOR_EVER = 10**6
LETTERS = 470
"""The letters typed in the evening; completion does the rest."""
TOLD_BY = {
    "patrol": "participants", "clearing": "participants", "track": "count",
    "outreach": "attendance", "pledge": "household", "registration": "name",
    "incident": "persons",
}  # fmt: skip
"""The field of each type that identifies a line of the sheet."""


def evening(folder, day, stop_after, mark):
    """Run the clerk and kill its window where it stops; returns everything it printed."""
    told = []
    arguments = [str(folder), day, str(stop_after), *map(str, mark)]
    with subprocess.Popen(
        [sys.executable, str(CLERK), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            told.append(json.loads(line))
            if "mark" in told[-1]:
                process.kill()
        assert process.stderr is not None
        said = process.stderr.read()
    assert "letters" in told[-1], said
    return told


def told_by(desk, type_name, values):
    """The fields that identify a record of the sheet, as on the paper."""
    value = values[TOLD_BY[type_name]]
    return desk.household_name(value).partition(",")[0] if type_name == "pledge" else str(value)


@pytest.mark.long
def test_an_evening_is_entered_once_though_the_window_is_killed_twice(post_desk):
    folder, today = post_desk.folder, post_desk.today()
    post_desk.close()
    day = today - datetime.timedelta(days=2)
    chance = random.Random(60)
    first = evening(folder, f"{day:%d/%m/%Y}", chance.randrange(20, LETTERS // 2), Mark())
    mark, raws = Mark(*first[-1]["mark"]), first[-1]["raws"]
    second = evening(folder, f"{day:%d/%m/%Y}", chance.randrange(20, LETTERS // 3), mark)
    assert second[0]["opened"] == raws
    assert second[-1]["mark"] > list(mark)
    mark, raws = Mark(*second[-1]["mark"]), second[-1]["raws"]
    third = evening(folder, f"{day:%d/%m/%Y}", FOR_EVER, mark)
    assert third[0]["opened"] == raws
    keys, spared = (
        sum(life[-1][name] for life in (first, second, third)) for name in ("keys", "spared")
    )
    # Without remembered values each is typed again, with as few letters as the first time.
    assert keys <= 0.7 * (keys + spared), (keys, spared)
    paper = sheet(f"{day:%d/%m/%Y}")
    assert len(paper) == 31
    with Desk.open(folder) as desk:
        assert_entered(desk, paper, day)


def assert_entered(desk, paper, day):
    """Assert that every line of the paper is in the desk exactly once, as written."""
    assert desk.maintenance.verify()["ok"]
    assert desk.drafts.drafts() == []
    wanted = Counter((name, values[TOLD_BY[name]]) for name, values in paper)
    kept = Counter(
        (name, told_by(desk, name, listed.values))
        for name in TOLD_BY
        for listed in desk.lists.stream(name, Filter())
    )
    assert kept == wanted
    for name, event in (("patrol", "started_on"), ("pledge", "signed_on")):
        days = {listed.values[event] for listed in desk.lists.stream(name, Filter())}
        assert days == {day}


# xdotool does not wait for ibus, and on a busy machine types ahead of it; test_input_methods checks
# daily that every word arrives through the daemons.
METHODS = tries([("none", BARE)], [("none", BARE), ("ibus", WHOLE)])


@pytest.mark.long
@pytest.mark.parametrize(("method", "names"), METHODS)
def test_an_evening_is_entered_on_a_real_display(method, names, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    day = datetime.datetime.now().astimezone().date() - datetime.timedelta(days=2)
    paper = sheet(f"{day:%d/%m/%Y}", names)
    lines = tries([0, 5, 11, 14, 19, 25, 28], list(range(len(paper))))
    told = typed_through(
        method, "x_clerk.py", str(folder), f"{day:%d/%m/%Y}", ",".join(map(str, lines)), method,
        bound=tries(180, 600),
    )  # fmt: skip
    assert told["maximised"]
    assert not told["keeps_export_key"]
    with Desk.open(folder) as desk:
        chosen = [paper[number] for number in lines]
        assert_entered(desk, chosen, day)
        for name, key in (("clearing", "hamlet"), ("patrol", "leader"), ("pledge", "witness")):
            wanted = {values[key] for kind, values in chosen if kind == name}
            assert {one.values[key] for one in desk.lists.stream(name, Filter())} == wanted
