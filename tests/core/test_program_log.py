"""The log and the error reports name the place of an error, and nothing that was typed."""

import os
import subprocess
import sys
from pathlib import Path

from borderdesk.base import program_log
from borderdesk.base.errors import UserError
from borderdesk.base.program_log import log_event, logs_folder, write_report

TYPED = "Lý Văn Páo 020012345678"


def mistake(name):
    try:
        raise ValueError(name)
    except ValueError as cause:
        try:
            raise UserError(f"{name}!") from cause
        except UserError as error:
            return error


def test_a_report_names_places_and_classes_alone(tmp_path):
    report = write_report(tmp_path, mistake(TYPED)).read_text(encoding="utf-8")
    assert "UserError <- ValueError" in report
    assert "test_program_log.py" in report
    assert " mistake" in report
    log = (logs_folder(tmp_path) / program_log.LOG).read_text(encoding="utf-8")
    assert "unexpected UserError ValueError" in log
    for text in (report, log):
        assert "Páo" not in text
        assert "0200" not in text


def test_the_log_is_bounded_and_so_are_the_reports(tmp_path):
    for _time in range(3):
        for number in range(30):
            log_event(tmp_path, "x" * 20_000, str(number))
        for _report in range(8):
            write_report(tmp_path, mistake(TYPED))
    sizes = [f.stat().st_size for f in logs_folder(tmp_path).glob("program*.log")]
    assert len(sizes) == 2
    assert max(sizes) < program_log.MOST_BYTES + 25_000
    assert len(list(logs_folder(tmp_path).glob("report-*"))) == program_log.REPORTS_KEPT


HUGE = 1 << 40
CRASH = """
import faulthandler, os, sys
from pathlib import Path
from borderdesk.base.program_log import watch_native
print(watch_native(Path(sys.argv[1])))
faulthandler._sigsegv()
"""


def test_a_native_crash_is_told_at_the_next_start(tmp_path):
    # Where a person's own folder is in the path of the program.
    script = tmp_path / "Páo" / "a" / "b" / "crash.py"
    script.parent.mkdir(parents=True)
    script.write_text(CRASH, encoding="utf-8")
    first = subprocess.run(
        [sys.executable, script, tmp_path],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": str(program_log.PROGRAM)},
    )
    assert (first.returncode != 0, first.stdout.strip()) == (True, "None")
    # What stands there may be anything, as long as a disk is.
    native = logs_folder(tmp_path) / program_log.NATIVE
    os.truncate(native, HUGE)
    told = Path(started(tmp_path)).read_text(encoding="utf-8")
    assert "Fatal Python error" in told
    assert 'File "a/b/crash.py", line 6 in <module>' in told
    assert "P\\xe1o" not in told
    assert len(told) < 2 * program_log.MOST_BYTES
    assert native.stat().st_size == 0
    # A report leaves the computer: the target of a link is not included.
    (tmp_path / "victim").write_text(TYPED)
    native.unlink()
    native.symlink_to(tmp_path / "victim")
    assert (started(tmp_path), native.is_symlink()) == ("None", False)


def started(desk):
    """What a start told of a crash before it."""
    start = CRASH.replace("faulthandler._sigsegv()", "")
    command = [sys.executable, "-c", start, str(desk)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.strip()
