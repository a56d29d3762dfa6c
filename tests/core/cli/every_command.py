"""Runs every command of the program, one after the other in one process, on desks of its own.

`python -m tests.core.cli.every_command FOLDER` exits with 1 if a command is missing or fails. Used
by tests/test_no_network.py, which traces it.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from borderdesk.cli.app import run_command
from borderdesk.cli.commands import program
from tests import certificates

PASSWORD = "mật khẩu của đồn"
CLEARING = {
    "kind": "sight_line", "started_on": "2023-12-04", "commune": "06202", "participants": 18,
}  # fmt: skip


class CommandRun:
    """Runs command lines on one desk; `names`: the commands so far, `failed`: the failures."""

    def __init__(self, desk: Path) -> None:
        self.desk = desk
        self.names: set[str] = set()
        self.failed: list[str] = []

    def __call__(self, line: str, *words: str, text: str = "", fails: bool = False) -> str:
        """Run a command line, given as a text and further arguments; returns its output. `text`:
        its standard input."""
        arguments = ["--desk", str(self.desk), *line.split(), *words]
        out, err = _stream(), _stream()
        sys.stdin = _stream(text)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run_command(arguments)
        self.names.add(line.split()[0])
        if (status != 0) != fails:
            self.failed.append(f"{line} {words}: {status} {_read(err)}")
        return _read(out)


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def _read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    kept = stream.buffer
    assert isinstance(kept, io.BytesIO)
    return kept.getvalue().decode()


def province(run: CommandRun, folder: Path) -> None:
    """The commands of a province: reference data, targets, reports, packages out."""
    run("init --role province --unit 20 --no-password --user", "Bế Văn Bình")
    for line in (
        "doctor", "posts", "units", "markers", "picks", "fields clearing",
        "setting list", "target list", "baseline list", "board --year 2023", "card list", "notes",
        "inbox", "doubles", "batches", "quarantine", "audit", "editions --period 2023-12",
        "households", "retention list", "setup show", "authorities",
    ):  # fmt: skip
        run(line)
    run("update", str(folder / "none.bdupdate"), fails=True)
    run("reference load", str(folder / "none.csv"), fails=True)
    run("regulation load", str(folder / "none.json"), fails=True)
    run("setup make", str(folder / "tinh.bdsetup"))


def sign(run: CommandRun, folder: Path) -> None:
    """Sign a closed month's paper digitally, and verify it."""
    paper, key = folder / "ky.pdf", certificates.key_file(folder)
    run("reference load", str(certificates.authority_file(folder)))
    run("close --period 2023-11 --number 04")
    run("report summary --period 2023-11 --out", str(paper))
    run("report sign", str(paper), "--p12", str(key), text=f"{certificates.PASSWORD}\n")
    run("report signatures", str(paper))
    run("report check", str(paper))


def post(run: CommandRun, folder: Path) -> None:
    """A post's commands of a month, with every way to undo."""
    run("init --role post --unit BS --no-password --user", "Nông Văn An")
    record = json.loads(run("add clearing", text=json.dumps(CLEARING)))["id"]
    run("list clearing")
    run("edit clearing", record, text='{"participants": 19}')
    run("history clearing", record)
    run("delete clearing", record, "--reason", "Nhập trùng")
    run("undelete clearing", record)
    run("note clearing", record, "Xem lại")
    run("resolve clearing", record, "--keep", "1", fails=True)
    run("sheet clearing", str(folder / "none.xlsx"), fails=True)
    run("report summary --period 2023-12 --out", str(folder / "thang.pdf"))
    run("handbook --sheet", str(folder / "ngay-dau.pdf"))
    run("report register --period 2023-12 --type clearing --out", str(folder / "so.docx"))
    run("export --period 2023-12 --for 20 --out", str(folder))
    run("close --period 2023-12 --number 05 --rank", "Trung tá", "--signer", "Nông Văn Hòa")
    run("amend --period 2023-12 --reason x --by", "Nông Văn Hòa", fails=True)
    run("reopen --period 2023-12 --reason", "Nhầm số")
    sign(run, folder)
    run("backup", str(folder))
    run("backups")
    (backup,) = folder.glob("*.db")
    run("restore", str(backup), "--into", str(folder / "restored"))
    run("salvage --out", str(folder / "saved"), fails=True)
    run("verify")
    run("rebuild")
    run("person requests")
    run("erase household", record, "--reason", "Theo yêu cầu", fails=True)
    run("handover", "--unit", "XX", fails=True)
    run("receipt")
    run("password", fails=True)
    run("user roles")
    os.environ["BORDERDESK_NEW_PASSWORD"] = PASSWORD
    run("encrypt")
    os.environ["BORDERDESK_PASSWORD"] = PASSWORD
    run("recovery", str(folder / "phieu.pdf"))
    run("list clearing")


def district(run: CommandRun, folder: Path) -> None:
    """The commands of those who consolidate, packages in and out again; and the demonstration."""
    run("init --role province --unit 20 --no-password --user", "Bế Văn Bình")
    run("import", str(folder), fails=True)
    run("undo-batch 1", fails=True)


def commands(folder: Path) -> Iterator[CommandRun]:
    """The runs of all desks."""
    for name, work in (("tinh", province), ("don", post), ("nhan", district)):
        run = CommandRun(folder / name)
        work(run, folder)
        yield run
    demo = CommandRun(folder / "mau")
    demo("demo --records 10")
    yield demo


def main() -> int:
    """Run everything and print what failed."""
    out = sys.stdout
    runs = list(commands(Path(sys.argv[1])))
    missing = set(program.commands) - {name for run in runs for name in run.names}
    wrong = [line for run in runs for line in run.failed] + sorted(missing)
    print(*wrong, sep="\n", file=out)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
