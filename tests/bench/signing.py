"""Signing the paper of a closed month, the first time in a process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.edition_signing import SigningOptions, sign_edition
from tests.bench.desks import copied
from tests.bench.harness import Ground, Line, absolute
from tests.bench.starting import ROOT, environment

MONTH, SCOPE = "2023-10", "province"
BOUND = 2000.0


def measure(ground: Ground) -> Iterator[Line]:
    """The first signature with a key file in a new process, imports included: processor time, since
    nothing is waited for."""
    # The key is created here, where the developers' libraries are, outside the measured process.
    from tests import certificates

    desk = copied(ground.desk, ground.scratch / "signing")
    key = certificates.key_file(ground.scratch, kind="rsa")
    with Desk.open(desk) as opened:
        opened.closing.close_period(MONTH, SCOPE, number="05")
    times = []
    for run in range(ground.pairs):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.signing", str(desk), str(key),
             str(ground.scratch / f"{run}.pdf"), certificates.PASSWORD],
            env=environment(), cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        times.append(float(done.stdout))
    yield absolute("month's paper signed, the first time", times, BOUND, "ms")


def main() -> None:
    """Sign once and print the milliseconds."""
    folder, key, target, password = sys.argv[1:]
    with Desk.open(Path(folder)) as desk:
        start = time.process_time()
        from borderdesk.signing.keys import opened_file

        edition = desk.closing.state(MONTH, SCOPE).edition
        assert edition is not None
        signing = SigningOptions(opened_file(Path(key), password))
        sign_edition(desk, edition.id, Request("summary", MONTH, SCOPE), signing, Path(target))
        print((time.process_time() - start) * 1000)


if __name__ == "__main__":
    main()
