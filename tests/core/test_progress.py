"""Progress of long work: shown on a terminal only."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from borderdesk.desk import Desk

ROOT = Path(__file__).resolve().parents[2]


def lines(count: int) -> str:
    """So many clearings of a past day."""
    record = {
        "kind": "road_clearing", "started_on": "2023-12-04", "commune": "06202",
        "participants": 5, "post": "BS",
    }  # fmt: skip
    return "".join(f"{json.dumps({**record, 'note': str(n)})}\n" for n in range(count))


def add(desk: Desk, given: str, errors: int) -> subprocess.CompletedProcess[bytes]:
    """Run `add` on the lines with standard error going to a descriptor."""
    command = [sys.executable, ROOT / "main.py", "--desk", desk.folder, "add", "clearing"]
    return subprocess.run(
        command, input=given.encode(), stdout=subprocess.PIPE, stderr=errors, check=True
    )


def test_a_terminal_is_told_how_many_lines_were_read(desk: Desk) -> None:
    ours, theirs = pty.openpty()
    done = add(desk, lines(1_001), theirs)
    os.close(theirs)
    assert "Số dòng đã đọc: 1.000" in os.read(ours, 4_096).decode()
    os.close(ours)
    assert len(done.stdout.splitlines()) == 1_001


def test_progress_is_not_written_to_a_file(desk: Desk, tmp_path: Path) -> None:
    told = tmp_path / "errors"
    with told.open("wb") as errors:
        add(desk, lines(1_001), errors.fileno())
    assert told.read_bytes() == b""
