"""The program's log in a desk's folder: failures with their places in the source, and no typed
text.

A log line has a time, an event and facts of the program's own: names of classes, places in its
source, numbers, codes of the system. Messages of errors are not logged, as they may quote a name,
nor are values of variables. Two files of bounded size rotate. Reports for a developer contain the
same facts.
"""

import contextlib
import faulthandler
import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from borderdesk import __version__
from borderdesk.base.errors import UserError
from borderdesk.base.files import append_to, new_file, own_content, write_atomically

FOLDER, LOG, NATIVE = "logs", "program.log", "native.log"
MOST_BYTES = 256 << 10
REPORTS_KEPT = 10
_FOLDERS = re.compile(r'(?<=File ")[^"\n]*?(?=(?:[^"/\\\n]+[/\\]){0,2}[^"/\\\n]+")')
"""What stands before the last two folders of a path in a trace of native code."""
_open_files: list[BinaryIO] = []
PROGRAM = Path(__file__).resolve().parents[2]


def logs_folder(desk: Path) -> Path:
    """Where the log and the reports of a desk are."""
    return desk / FOLDER


def log_event(desk: Path, event: str, *facts: str) -> None:
    """Append a line; a failure to write the log is ignored."""
    with contextlib.suppress(OSError):
        folder = logs_folder(desk)
        folder.mkdir(mode=0o700, exist_ok=True)
        log = folder / LOG
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > MOST_BYTES:
                log.replace(log.with_suffix(".old.log"))
        line = " ".join((f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", event, *facts))
        append_to(log, f"{line}\n".encode())


def places(trace: TracebackType | None) -> list[str]:
    """The frames of a traceback, outermost first: file, line and function."""
    frames = []
    for frame in traceback.extract_tb(trace):
        path = Path(frame.filename)
        shown = path.relative_to(PROGRAM) if path.is_relative_to(PROGRAM) else Path(path.name)
        frames.append(f"{shown.as_posix()}:{frame.lineno} {frame.name}")
    return frames


def kinds(error: BaseException) -> list[str]:
    """The classes of an error and of what led to it, with the codes of the system or the
    database."""
    classes = []
    link: BaseException | None = error
    while link is not None:
        code = getattr(link, "sqlite_errorname", None) or getattr(link, "errno", None)
        classes.append(f"{type(link).__name__}{f'[{code}]' if code else ''}")
        link = link.__cause__ or link.__context__
    return classes


def report_text(error: BaseException) -> str:
    """The report of an error for a developer, without any typed text."""
    lines = [
        f"BorderDesk {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}",
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        " <- ".join(kinds(error)),
    ]
    link: BaseException | None = error
    while link is not None:
        lines += ["", type(link).__name__, *(f"  {place}" for place in places(link.__traceback__))]
        link = link.__cause__ or link.__context__
    return "\n".join([*lines, ""])


def write_report(desk: Path, error: BaseException) -> Path | None:
    """Log an unexpected error and write its report into the desk's folder; None where that cannot
    be written to."""
    where = places(error.__traceback__)
    log_event(desk, "unexpected", *kinds(error), *(where[-1:] and [where[-1].replace(" ", "/")]))
    return keep_report(desk, report_text(error))


def keep_report(desk: Path, text: str) -> Path | None:
    """Keep a report; the oldest go."""
    folder = logs_folder(desk)
    file = folder / f"report-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_atomically(file, text.encode())
    except (OSError, UserError):
        return None
    for old in sorted(folder.glob("report-*.txt"))[:-REPORTS_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return file


def watch_native(desk: Path) -> Path | None:
    """Start recording crashes of native code; returns the report of a crash since the last start,
    if any."""
    folder = logs_folder(desk)
    native = folder / NATIVE
    report = None
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if trace := _crash_of(native):
            report = keep_report(desk, f"BorderDesk {__version__} {sys.platform}\n\n{trace}")
            log_event(desk, "native-crash")
        native.unlink(missing_ok=True)
        file = new_file(native)
    except OSError:
        return report
    faulthandler.enable(file)
    # Open as long as the program runs: in a crash it is too late to open it.
    _open_files.append(file)
    return report


def _crash_of(native: Path) -> str:
    """What the last start recorded of a crash, "" for none, without the folders that the program is
    installed in, one of which a person's name may be. The file a link leads to is none of ours, and
    would go into the report."""
    with contextlib.suppress(OSError):
        return _FOLDERS.sub("", own_content(native, MOST_BYTES).decode("utf-8", "replace"))
    return ""
