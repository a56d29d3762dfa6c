"""The window killed while somebody types: at most a second's typing is lost."""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from borderdesk.desk import Desk
from borderdesk.entry.grid import form_of

TYPIST = Path(__file__).with_name("typist.py")
KILLS = 100
TOGETHER = 4
SECOND = 1.0
TYPED = (0.7, 1.9)
"""Seconds of typing before a kill, from and to: for many more than a second of them is due."""


def killed_after(folder, part, moment):
    """Start a typist, kill it some seconds after its first key: (what it opened with, keys)."""
    with subprocess.Popen(
        [sys.executable, str(TYPIST), str(folder), "clearing", part],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        opened = json.loads(process.stdout.readline())["opened"]
        keys = [json.loads(process.stdout.readline())]
        while keys[-1]["at"] - keys[0]["at"] < moment:
            keys.append(json.loads(process.stdout.readline()))
        process.kill()
        died = time.monotonic()
        rest = [line for line in process.stdout.read().splitlines() if line.endswith("}")]
    return opened, [*keys, *map(json.loads, rest)], died


def kept_text(folder, part):
    with Desk.open(folder) as desk:
        kept = desk.drafts.open_draft("clearing" if part == "form" else form_of("clearing"))
        assert desk.maintenance.verify()["ok"]
    if kept is None:
        return ""
    texts = kept.texts["raws"] if part == "form" else (kept.texts["rows"] or [{}])[0]
    return texts.get("source_ref", "")


@pytest.mark.parametrize("part", ["form", "table"])
@pytest.mark.parametrize("seed", range(TOGETHER // 2))
def test_at_most_a_second_of_typing_is_lost(post_template, tmp_path, part, seed):
    folder = Path(shutil.copytree(post_template, tmp_path / "post"))
    chance = random.Random(seed)
    before, owed = "", 0
    for _kill in range(KILLS // TOGETHER):
        opened, keys, died = killed_after(folder, part, chance.uniform(*TYPED))
        assert opened == before
        kept = kept_text(folder, part)
        stood = [typed["text"] for typed in keys]
        due = sum(typed["at"] < died - SECOND for typed in keys)
        # A long text left by the life before must not pass for what was typed in this one.
        assert kept in (stood[due - 1 :] if due else ["", before, *stood])
        before, owed = kept, owed + due
    assert owed > KILLS
