"""A last evening of the month: sixty records by keys alone, the window killed in between."""

import datetime
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from borderdesk.desk import Desk
from borderdesk.schema.kinds import CountField
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.listing import Filter
from tests.gui.shell.clerk import LINES, Mark, sheet

CLERK = Path(__file__).with_name("clerk.py")
FOR_EVER = 10**6
NUMBERS = {
    name: [key for key, field in model.columns().items() if isinstance(field, CountField)]
    for name, model in ALL_TYPES.items()
}


def evening(folder, day, stop_after, mark):
    """Let the clerk type, and kill the window where it stops; everything it told."""
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


@pytest.mark.long
def test_sixty_records_are_entered_once_though_the_window_is_killed(post_desk):
    folder, today = post_desk.folder, post_desk.today()
    post_desk.close()
    day = f"{today - datetime.timedelta(days=2):%d/%m/%Y}"
    paper = sheet(day)
    letters = sum(len(text) for _key, values in paper for text in values.values())
    first = evening(folder, day, random.Random(60).randrange(letters), Mark())
    mark, raws = Mark(*first[-1]["mark"]), first[-1]["raws"]
    assert 0 < mark.line < LINES
    second = evening(folder, day, FOR_EVER, mark)
    assert second[0]["opened"] == raws
    assert first[-1]["letters"] + second[-1]["letters"] == letters
    with Desk.open(folder) as desk:
        assert desk.maintenance.verify()["ok"]
        assert desk.drafts.drafts() == []
        for key in dict(paper):
            refs = [values["source_ref"] for name, values in paper if name == key]
            assert desk.lists.count(key, Filter()) == len(refs)
            kept = [listed.values for listed in desk.lists.stream(key, Filter())]
            assert sorted(record["source_ref"] for record in kept) == sorted(refs)
        for name, values in paper:
            (record,) = (one.values for one in desk.lists.stream(name, Filter())
                         if one.values["source_ref"] == values["source_ref"])  # fmt: skip
            typed = {k: text for k, text in values.items() if k in NUMBERS[name]}
            assert {k: str(record[k]) for k in typed} == typed
