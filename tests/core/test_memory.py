"""No core dump, and no access to the memory of a process that has a desk's key."""

import subprocess
import sys

from tests.conftest import PASSWORD, ROOT

WATCH = """
import resource, ctypes, sys
sys.argv[1:] = ["--desk", {folder!r}, "verify"]
import main
assert main.main() == 0
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def test_a_process_that_holds_a_key_is_not_dumped(locked_folder, monkeypatch):
    monkeypatch.setenv("BORDERDESK_PASSWORD", PASSWORD)
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(folder=str(locked_folder))],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 0"
