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

TYPIST = Path(__file__).with_name("typist.py")
KILLS = 100
TOGETHER = 4
SECOND = 1.0


def killed_after(folder, moment):
    """Start a typist, kill it some seconds after its first key: (what it opened with, keys)."""
    with subprocess.Popen(
        [sys.executable, str(TYPIST), str(folder), "clearing"],
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


def kept_text(folder):
    with Desk.open(folder) as desk:
        kept = desk.drafts.open_draft("clearing")
        assert desk.verify()["ok"]
    return kept.texts["raws"]["source_ref"] if kept is not None else ""


@pytest.mark.parametrize("part", range(TOGETHER))
def test_at_most_a_second_of_typing_is_lost(post_template, tmp_path, part):
    folder = Path(shutil.copytree(post_template, tmp_path / "post"))
    chance = random.Random(part)
    before = ""
    for _kill in range(KILLS // TOGETHER):
        opened, keys, died = killed_after(folder, chance.uniform(0.0, 0.9))
        assert opened["source_ref"] == before
        kept = kept_text(folder)
        due = [typed["text"] for typed in keys if typed["at"] < died - SECOND]
        assert len(kept) >= len(due[-1] if due else "")
        assert kept in ("", before, *(typed["text"] for typed in keys))
        before = kept
