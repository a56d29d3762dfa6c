"""Every entry point ("door") of the program with hostile inputs: each is refused with an
explanation in bounded time, and nothing is damaged.

A group of inputs is given to commands one after another in one process, on a desk of its own, which
must pass the full check at the end.
"""

import contextlib
import io
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.paths import RESOURCES
from borderdesk.cli.app import run_command
from borderdesk.keys.recovery_code import new_code
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.settings import SETTINGS
from tests.certificates import PASSWORD as KEY_PASSWORD
from tests.factories import example
from tests.soak import hostile
from tests.soak.findings import UNEXPECTED, desk_facts
from tests.soak.lists import hostile_list
from tests.soak.operations import OPEN, Desks

GROUP = 100
SECONDS = 10
"""The inputs given to one process, and the seconds that each may take."""
STATUSES = {0, 1, 2, 3, 4}


class Attempt(NamedTuple):
    """An attempt: arguments, standard input, files by name ({folder} in the arguments), and
    environment variables."""

    arguments: Sequence[str]
    given: bytes = b""
    files: Mapping[str, bytes] = {}
    environ: Mapping[str, str] = {}


class Doors:
    """The doors by name; each method draws an attempt."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self._files: dict[str, bytes] = {}

    def file(self, name: str) -> bytes:
        """One of the sound files that are corrupted."""
        if name not in self._files:
            self._files[name] = Path(getattr(self.desks, name)).read_bytes()
        return self._files[name]

    def any(self, chance: random.Random) -> Attempt:
        """An attempt at a random other door."""
        attempt: Attempt = getattr(self, chance.choice(DOORS))(chance)
        return attempt

    def arguments(self, chance: random.Random) -> Attempt:
        """A command line."""
        return Attempt(hostile.line(chance, chance.choice(LINES)))

    def json(self, chance: random.Random) -> Attempt:
        """Records as JSON."""
        kind = chance.choice(list(ALL_TYPES))
        said = hostile.json_text(chance, example(kind)).encode("utf-8", "surrogatepass")
        keep = ["--keep-going"] if chance.random() < 0.5 else []
        given = hostile.content(chance, said) if chance.random() < 0.1 else said
        return Attempt(["add", kind, *keep], given)

    def csv(self, chance: random.Random) -> Attempt:
        """Records as CSV."""
        record = example("clearing")
        cells = [str(hostile.text(chance, str(one))) for one in record.values()]
        rows = f"{','.join(record)}\n{','.join(cells)}\n".encode("utf-8", "surrogatepass")
        given = hostile.content(chance, rows) if chance.random() < 0.5 else rows
        return Attempt(["add", "clearing", "--format", "csv"], given)

    def sheet(self, chance: random.Random) -> Attempt:
        """A corrupted spreadsheet."""
        file = chance.choice(SHEETS)
        arguments = ["sheet", chance.choice(("pledge", "clearing")), f"{{folder}}/{file.name}"]
        return Attempt(
            [*arguments, "--dry-run"], files={file.name: _bent_file(chance, file.read_bytes())}
        )

    def list(self, chance: random.Random) -> Attempt:
        """A sound spreadsheet with hostile cells."""
        kind = chance.choice([*ALL_TYPES])
        name, content = hostile_list(chance, kind)
        near = chance.choice(([], [], ["--near", "same"], ["--near", "merge"]))
        return Attempt(["sheet", kind, f"{{folder}}/{name}", *near], files={name: content})

    def package(self, chance: random.Random) -> Attempt:
        """A package."""
        return Attempt(["import", "{folder}/a.bdx"],
                       files={"a.bdx": _bent_file(chance, self.file("package"))})  # fmt: skip

    def card(self, chance: random.Random) -> Attempt:
        """A card."""
        card = self.file("card")
        said = hostile.json_text(chance, json.loads(card)).encode("utf-8", "surrogatepass")
        bent = hostile.content(chance, card) if chance.random() < 0.3 else said
        return Attempt(["card", "accept", "{folder}/a.bdcard"], files={"a.bdcard": bent})

    def setup(self, chance: random.Random) -> Attempt:
        """A set-up file."""
        return Attempt(["setup", "apply", "{folder}/a.bdsetup", "--fingerprint", "0000"],
                       files={"a.bdsetup": _bent_file(chance, self.file("setup"))})  # fmt: skip

    def backup(self, chance: random.Random) -> Attempt:
        """A backup, plain or encrypted, or the database of a desk, which has no seal."""
        whole = self.file(chance.choice(("backup", "locked_backup", "database")))
        content = hostile.content(chance, whole)
        doing = ["verify", "{folder}/a.db"]
        if chance.random() < 0.1:
            doing = ["restore", "{folder}/a.db", "--into", "{folder}/new"]
        return Attempt(doing, files={"a.db": content}, environ=OPEN)

    def paper(self, chance: random.Random) -> Attempt:
        """The text of a paper's QR code, or a paper."""
        if chance.random() < 0.3:
            content = hostile.content(chance, self.file("paper"))
            return Attempt(["report", "check", "{folder}/a.pdf"], files={"a.pdf": content})
        figures = ["--figure", hostile.text(chance, "patrols=3")] if chance.random() < 0.3 else []
        said = hostile.text(chance, self.desks.qr_text)
        return Attempt(_sayable(["report", "check", said, *figures]))

    def form(self, chance: random.Random) -> Attempt:
        """A Word document, to be filled in or checked."""
        content = _bent_file(chance, self.file("word"))
        files = {"a.docx": content}
        if chance.random() < 0.5:
            return Attempt(["report", "check", "{folder}/a.docx"], files=files)
        fill = ["report", "form", "{folder}/a.docx", "--period", "2023-05", "--out"]
        return Attempt([*fill, "{folder}/b.docx"], files=files)

    def reference(self, chance: random.Random) -> Attempt:
        """Rows of reference data with one hostile cell."""
        file = chance.choice(REFERENCE_FILES)
        head, *rows = file.read_text(encoding="utf-8").splitlines()
        some = [chance.choice(rows).split(",") for _row in range(chance.randint(1, 20))]
        cells = chance.choice(some)
        place = chance.randrange(len(cells))
        cells[place] = hostile.text(chance, cells[place])
        said = "\n".join([head, *map(",".join, some)]).encode("utf-8", "surrogatepass")
        content = hostile.content(chance, said) if chance.random() < 0.3 else said
        return Attempt(["reference", "load", f"{{folder}}/{file.name}"], files={file.name: content})

    def signature(self, chance: random.Random) -> Attempt:
        """A key file for signing, or a paper whose signatures are read."""
        environ = {"BORDERDESK_PIN": KEY_PASSWORD}
        if chance.random() < 0.5:
            bent = hostile.content(chance, self.file("signed"))
            doing = ["report", "signatures", "{folder}/a.pdf"]
            return Attempt(doing, files={"a.pdf": bent}, environ=environ)
        bent = hostile.content(chance, self.file("key"))
        doing = ["report", "sign", "{folder}/a.pdf", "--p12", "{folder}/a.p12"]
        files = {"a.pdf": self.file("unsigned"), "a.p12": bent}
        return Attempt(doing, files=files, environ=environ)

    def code(self, chance: random.Random) -> Attempt:
        """The code of a recovery sheet."""
        code = hostile.text(chance, new_code())
        said = code.replace("\0", "").encode("utf-8", "ignore").decode()[:5_000]
        return Attempt(
            ["password"],
            environ={"BORDERDESK_PASSWORD": said, "BORDERDESK_NEW_PASSWORD": "ba từ mới"},
        )

    def setting(self, chance: random.Random) -> Attempt:
        """The value of a setting."""
        day = ["--from", hostile.text(chance, "2023-01-01")] if chance.random() < 0.2 else []
        words = [
            chance.choice([*SETTINGS]),
            hostile.text(chance, chance.choice(("5", "BS", "Đồn"))),
        ]
        return Attempt(_sayable(["setting", "set", *words, *day]))

    def search(self, chance: random.Random) -> Attempt:
        """The search text of a list."""
        words = hostile.text(chance, chance.choice(("tuần tra", "06196", "12/2023", "Páo")))
        return Attempt(_sayable(["list", chance.choice([*ALL_TYPES]), "--search", words]))


def _sayable(words: Sequence[str]) -> list[str]:
    """Words that the system can pass in a command line."""
    return [word.replace("\0", "").encode("utf-8", "ignore").decode() for word in words]


def _bent_file(chance: random.Random, whole: bytes) -> bytes:
    """A file with corrupted bytes, or an archive with a corrupted member."""
    if chance.random() < 0.5 or not zipfile.is_zipfile(io.BytesIO(whole)):
        return hostile.content(chance, whole)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(made, "w") as new:
        bent = chance.choice(old.namelist())
        for name in old.namelist():
            inside = old.read(name)
            new.writestr(name, hostile.content(chance, inside) if name == bent else inside)
    return made.getvalue()


SHEETS = sorted(
    file
    for file in (Path(__file__).parents[1] / "data" / "sheets").iterdir()
    if file.suffix in {".csv", ".xlsx", ".xls", ".ods"}
)
REFERENCE_FILES = sorted((RESOURCES / "reference").glob("*.csv"))
LINES: tuple[tuple[str, ...], ...] = (
    ("list", "clearing", "--from", "2023-01-01", "--to", "2023-12-31", "--format", "json"),
    ("list", "pledge", "--search", "Páo", "--limit", "3", "--offset", "1", "--commune", "06196"),
    ("report", "summary", "--period", "2023-05", "--scope", "post:BS", "--out", "{folder}/a.json"),
    ("report", "register", "--period", "2023", "--type", "clearing", "--out", "{folder}/a.xlsx"),
    ("export", "--period", "2023-Q1", "--out", "{folder}", "--for", "20"),
    ("board", "--year", "2023", "--compare"),
    ("target", "set", "patrols", "2023", "post:BS", "12"),
    ("baseline", "set", "patrols", "2022", "post:BS", "7", "--source", "Sổ cũ"),
    ("edit", "clearing", "01a22416-5157-707a-90b6-9e44d91ab16d"),
    ("delete", "clearing", "01a22416-5157-707a-90b6-9e44d91ab16d", "--reason", "thử"),
    ("history", "household", "01a22416-5157-707a-90b6-9e44d91ab16d"),
    ("resolve", "clearing", "01a22416-5157-707a-90b6-9e44d91ab16d", "--take", "note=abc"),
    ("note", "clearing", "01a22416-5157-707a-90b6-9e44d91ab16d", "một ghi chú"),
    ("close", "--period", "2023-05", "--number", "5", "--signer", "An", "--rank", "Trung tá"),
    ("receipt", "read", "1234 5678"), ("receipt", "BS"), ("batches",), ("inbox",), ("doctor",),
    ("undo-batch", "17"), ("audit", "--from", "2026-11-01", "--kind", "denied", "--user", "An"),
    ("person", "request", "01a22416-5157-707a-90b6-9e44d91ab16d", "--kind", "delete"),
    ("retention", "list", "--on", "2030-01-01"), ("user", "add", "Bình", "--role", "clerk"),
    ("reference", "load", "{folder}/x.csv"), ("fields", "patrol"), ("posts", "--format", "csv"),
    ("setting", "list"), ("units",), ("erase", "household", "x", "--reason", "y"),
    ("add", "outreach", "--template", "csv"), ("handover", "--to", "BS", "--from", "2023-01-01"),
)  # fmt: skip
DOORS = (
    "arguments", "json", "csv", "sheet", "list", "package", "card", "setup", "backup", "paper",
    "form", "reference", "signature", "code", "setting", "search",
)  # fmt: skip
BEGINS = {"code": "locked", "signature": "closed"}
"""{door: the desk it begins with, if it is not the plain one}."""


def soak_door(
    desks: Desks, name: str, times: int, seed: int, done: Counter[str] | None = None
) -> list[str]:
    """Try a door so many times; the faults that were found. done: counts how the attempts ended."""
    doors, faults = Doors(desks), list[str]()
    done = Counter[str]() if done is None else done
    for first in range(0, times, GROUP):
        attempts = [_drawn(doors, name, seed, first + n) for n in range(min(GROUP, times - first))]
        begin = getattr(desks, BEGINS.get(name, "desk"))
        for fault in _tried(begin, desks.trial, attempts, done):
            faults.append(f"{name} {fault}")
            print("FAULT", faults[-1], flush=True)
    return faults


def _drawn(doors: Doors, name: str, seed: int, number: int) -> Attempt:
    attempt: Attempt = getattr(doors, name)(random.Random(f"{name} {seed} {number}"))
    return attempt


def _tried(
    begin: Path, folder: Path, attempts: Sequence[Attempt], done: Counter[str]
) -> Iterator[str]:
    """Try a group in a process of its own; the problems."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copytree(begin, folder / "desk")
    heard, told = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            for attempt in attempts:
                told.send(_try(folder, attempt))
            told.send(("", "", _whole(folder / "desk")))
        os._exit(0)
    told.close()
    at = 0
    with contextlib.suppress(EOFError):
        while True:
            status, fault, end = heard.recv()
            done[status] += bool(status)
            for words in (fault, end):
                if words:
                    yield f"{words}: {_shown(attempts[min(at, len(attempts) - 1)])}"
            at += 1
    os.waitpid(pid, 0)
    if at <= len(attempts):
        yield f"the process ended: {_shown(attempts[min(at, len(attempts) - 1)])}"


def _shown(attempt: Attempt) -> str:
    return f"{list(attempt.arguments)!r:.300} {attempt.given!r:.300} {dict(attempt.environ)!r:.200}"


def _try(folder: Path, attempt: Attempt) -> tuple[str, str, str]:
    """The exit status of an attempt, and its problem."""
    for name, content in attempt.files.items():
        (folder / name).write_bytes(content)
    shutil.rmtree(folder / "new", ignore_errors=True)
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(attempt.given), "utf-8", "surrogateescape")
    kept = dict(os.environ)
    os.environ.update(attempt.environ)
    words = [word.replace("{folder}", str(folder)) for word in attempt.arguments]
    began = time.process_time()
    signal.alarm(SECONDS * 12)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status: Any = run_command(["--desk", str(folder / "desk"), "--lang", "en", *words])
    except SystemExit as end:
        status = end.code
    except BaseException as error:
        return "raised", f"raised {error!r:.300}", ""
    finally:
        signal.alarm(0)
        os.environ.clear()
        os.environ.update(kept)
    said = out.getvalue() + err.getvalue()
    fault = ""
    if status not in STATUSES:
        fault = f"status {status}"
    elif any(one in said for one in UNEXPECTED):
        fault = f"unexpected {said[-300:]}"
    elif status and not err.getvalue().strip() and not out.getvalue().strip():
        fault = f"status {status} without a word"
    elif words[0] == "sheet" and not _is_complete(out.getvalue()):
        fault = f"rows are lost: {out.getvalue()[:300]}"
    elif time.process_time() - began > SECONDS:
        fault = f"{time.process_time() - began:.0f} s"
    return f"status {status}", fault, ""


def _is_complete(told: str) -> bool:
    """Whether all rows of a spreadsheet are accounted for."""
    for line in told.splitlines():
        one = json.loads(line)
        if one["accepted"] + one["same"] + len(one["refused"]) != one["rows"]:
            return False
    return True


def _whole(desk: Path) -> str:
    """The findings of the full check at the end of a group."""
    found = desk_facts(desk)
    return f"the desk: {found['problems']}" if found["problems"] else ""
