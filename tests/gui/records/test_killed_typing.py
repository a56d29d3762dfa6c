"""The window killed while somebody types: at most one second of typing is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from borderdesk.desk import Desk
from borderdesk.entry.grid import form_of
from tests.effort import tries

TYPIST = Path(__file__).with_name("typist.py")
KILLS = tries(12, 100)
TOGETHER = 4
"""The desks typed into at a time: a typist mostly waits for its next key."""
DUE = (1, 40)
"""The smallest and largest number of keys older than a second at a kill."""


@pytest.fixture(scope="module")
def nursery():
    with subprocess.Popen(
        [sys.executable, str(TYPIST)],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        yield process
        process.stdin.close()


def killed_after(nursery, folder, part, owed):
    """Start a typist and kill it once so many keys are due to be stored: (initial content, content
    after each key, index of the last due key)."""
    pipe = folder.with_suffix(".pipe")
    os.mkfifo(pipe)
    nursery.stdin.write(json.dumps([str(folder), "clearing", part, str(pipe)]) + "\n")
    nursery.stdin.flush()
    with pipe.open(encoding="utf-8") as told:
        typist = int(told.readline())
        opened = json.loads(told.readline())["opened"]
        lines = []
        while sum("due" in line for line in lines) < owed:
            lines.append(json.loads(told.readline()))
        os.kill(typist, signal.SIGKILL)
        rest = [line for line in told.read().splitlines() if line.endswith("}")]
    pipe.unlink()
    lines += map(json.loads, rest)
    stood = [line["text"] for line in lines if "text" in line]
    return opened, stood, max(line["due"] for line in lines if "due" in line)


def kept_text(folder, part):
    with Desk.open(folder) as desk:
        kept = desk.drafts.open_draft("clearing" if part == "form" else form_of("clearing"))
        assert desk.maintenance.verify()["ok"]
    if kept is None:
        return ""
    texts = kept.texts["raws"] if part == "form" else (kept.texts["rows"] or [{}])[0]
    return texts.get("source_ref", "")


def kill_again_and_again(nursery, folder, part, seed):
    """Kill a desk's typist repeatedly; each time the content reported as due, or later content, is
    there."""
    chance = random.Random(seed)
    before = ""
    for _kill in range(KILLS // TOGETHER):
        opened, stood, due = killed_after(nursery, folder, part, chance.randint(*DUE))
        assert opened == before
        before = kept_text(folder, part)
        assert before in stood[due:]


@pytest.mark.long
def test_at_most_a_second_of_typing_is_lost(nursery, post_template, tmp_path):
    parts = [(part, seed) for part in ("form", "table") for seed in range(TOGETHER // 2)]
    folders = [Path(shutil.copytree(post_template, tmp_path / f"{p}{s}")) for p, s in parts]
    with ThreadPoolExecutor(TOGETHER) as killers:
        killing = [
            killers.submit(kill_again_and_again, nursery, folder, *part)
            for folder, part in zip(folders, parts, strict=True)
        ]
    for killed in killing:
        killed.result()
