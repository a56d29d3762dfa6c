"""The command line of the measurements: `python3 run.py bench`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import (
    bulk,
    closing,
    encryption,
    exchange,
    handling,
    memory,
    packages,
    pages,
    papers,
    saves,
    sheets,
    signing,
    starting,
    summaries,
    upgrading,
)
from tests.bench.desks import default_folder, ready
from tests.bench.harness import HEADER, Ground, Line, as_json, as_text, machine_line

MEASURED: dict[str, Callable[[Ground], Iterator[Line]]] = {
    "start": starting.measure,
    "save": saves.measure,
    "add": bulk.measure,
    "pages": pages.measure,
    "summary": summaries.measure,
    "papers": papers.measure,
    "signing": signing.measure,
    "sheets": sheets.measure,
    "exchange": exchange.measure,
    "packages": packages.measure,
    "upgrade": upgrading.measure,
    "memory": memory.measure,
    "handling": handling.measure,
    "closing": closing.measure,
    "encryption": encryption.measure,
}
WITHOUT_DESK = {"packages", "upgrade"}
"""Lines that create all their data, so that the large desk is not needed for them."""
RECORDS, PAIRS = 1_000_000, 5


def arguments() -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURED, metavar="NAME",
                        help=f"measure only these: {', '.join(MEASURED)}")  # fmt: skip
    parser.add_argument("--records", type=int, default=RECORDS, help="how large the desk is")
    parser.add_argument("--desk", type=Path, help="where the desk is kept; made if not there")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="runs of ours and bare each")
    parser.add_argument("--json", action="store_true", help="print JSON at the end instead")
    return parser.parse_args()


def main() -> int:
    """Measure and print; the exit status does not depend on whether bounds are kept."""
    asked = arguments()
    # Copies replace each other: a desk must not remember the last entry of an earlier copy.
    os.environ["XDG_STATE_HOME"] = f"{os.devnull}/state"
    told = sys.stderr if asked.json else sys.stdout
    print(machine_line(), file=told)
    names = asked.only or [*MEASURED]
    desk = asked.desk or default_folder(asked.records)
    if not WITHOUT_DESK.issuperset(names):
        ready(desk, asked.records)
    print(HEADER, file=told, flush=True)
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="borderdesk-bench-", dir=desk.parent) as scratch:
        ground = Ground(desk, Path(scratch), asked.pairs, asked.records)
        for name in names:
            for line in MEASURED[name](ground):
                lines.append(line)
                print(as_text(line), file=told, flush=True)
    if asked.json:
        print(as_json(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
