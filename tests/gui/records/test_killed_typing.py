"""The window killed while somebody types: at most a second's typing is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from borderdesk.desk import Desk
from borderdesk.entry.grid import form_of
from tests.effort import tries

TYPIST = Path(__file__).with_name("typist.py")
KILLS = tries(40, 100)
TOGETHER = 4
"""So many desks are typed into at a time: a typist mostly waits for its next key."""
SECOND = 1.0
TYPED = (0.7, 1.9)
"""Seconds of typing before a kill, from and to: for many more than a second of them is due."""


@pytest.fixture(scope="module")
def nursery():
    with subprocess.Popen(
        [sys.executable, str(TYPIST)],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        yield process
        process.stdin.close()


def killed_after(nursery, folder, part, moment):
    """Start a typist, kill it some seconds after its first key: (what it opened with, keys)."""
    pipe = folder.with_suffix(".pipe")
    os.mkfifo(pipe)
    nursery.stdin.write(json.dumps([str(folder), "clearing", part, str(pipe)]) + "\n")
    nursery.stdin.flush()
    with pipe.open(encoding="utf-8") as told:
        typist = int(told.readline())
        opened = json.loads(told.readline())["opened"]
        keys = [json.loads(told.readline())]
        while keys[-1]["at"] - keys[0]["at"] < moment:
            keys.append(json.loads(told.readline()))
        os.kill(typist, signal.SIGKILL)
        died = time.monotonic()
        rest = [line for line in told.read().splitlines() if line.endswith("}")]
    pipe.unlink()
    return opened, [*keys, *map(json.loads, rest)], died


def kept_text(folder, part):
    with Desk.open(folder) as desk:
        kept = desk.drafts.open_draft("clearing" if part == "form" else form_of("clearing"))
        assert desk.maintenance.verify()["ok"]
    if kept is None:
        return ""
    texts = kept.texts["raws"] if part == "form" else (kept.texts["rows"] or [{}])[0]
    return texts.get("source_ref", "")


def owed_after_kills(nursery, folder, part, seed):
    """Kill a desk's typist again and again; how many keys were due to be kept, all in all."""
    chance = random.Random(seed)
    before, owed = "", 0
    for _kill in range(KILLS // TOGETHER):
        opened, keys, died = killed_after(nursery, folder, part, chance.uniform(*TYPED))
        assert opened == before
        kept = kept_text(folder, part)
        stood = [typed["text"] for typed in keys]
        # A typist that got no processor for a while could write nothing meanwhile.
        times = [*(typed["at"] for typed in keys), died]
        stood_still = max(later - at for at, later in pairwise(times))
        due = sum(at < died - SECOND - stood_still for at in times[:-1])
        # A long text left by the life before must not pass for what was typed in this one.
        assert kept in (stood[due - 1 :] if due else ["", before, *stood])
        before, owed = kept, owed + due
    return owed


@pytest.mark.long
def test_at_most_a_second_of_typing_is_lost(nursery, post_template, tmp_path):
    parts = [(part, seed) for part in ("form", "table") for seed in range(TOGETHER // 2)]
    folders = [Path(shutil.copytree(post_template, tmp_path / f"{p}{s}")) for p, s in parts]
    with ThreadPoolExecutor(TOGETHER) as killers:
        killing = [
            killers.submit(owed_after_kills, nursery, folder, *part)
            for folder, part in zip(folders, parts, strict=True)
        ]
    for killed in killing:
        # A busy machine types little; a typist who is owed nothing would prove nothing.
        assert killed.result() > 0
