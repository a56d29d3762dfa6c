"""The commands that faults are injected into, and the desks they begin with."""

import json
import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.paths import database_file
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from tests import certificates
from tests.keep_schema import FIRST_DESK, unpack_desk
from tests.soak.nursery import End, Job, Nursery

USER = "Nông Văn An"
PASSWORD, NEW_PASSWORD = "ba từ dễ nhớ", "bốn từ khác hẳn"
PASSWORDS = {"old": PASSWORD, "new": NEW_PASSWORD}
HEAD = "Lý Văn Páo Kiểm"
"""The head of a household: in no file of a desk that is encrypted or has erased it."""
LINES = 12
ENDED, REFUSED, CANNOT_OPEN = 0, 4, 3


class Operation(NamedTuple):
    """A command.

    begin: the desk it works on, "" for none; arguments: with placeholders in braces, see `filled`;
    stream: it acknowledges line by line; twice: the possible exit statuses of a second run; reads:
    it only reads, also with a full disk.
    """

    begin: str
    arguments: tuple[str, ...]
    given: str = ""
    environ: Mapping[str, str] = {}
    stream: bool = False
    twice: tuple[int, ...] = (ENDED,)
    reads: bool = False


def clearing(number: int) -> dict[str, object]:
    """A record that `add clearing` takes."""
    return {
        "kind": "road_repair",
        "started_on": f"2023-0{1 + number % 9}-05",
        "commune": ["06196", "06202", "06238"][number % 3],
        "participants": 1 + number,
    }


def pledge(number: int, head: str = "") -> dict[str, object]:
    """A record that `add pledge` takes, with its household."""
    return {
        "signed_on": "2023-05-06",
        "programme": "phao",
        "household": {"head": head or f"Lý Văn {number}", "commune": "06196", "hamlet": "Pò Mã"},
    }


def lines(first: int = 0) -> str:
    """Clearings as JSON lines."""
    return "".join(json.dumps(clearing(first + n)) + "\n" for n in range(LINES))


SHEET = "Ngày,Loại việc,Xã,Số người\n" + "".join(
    f"0{1 + n % 9}/06/2023,Tu sửa đường tuần tra,Mẫu Sơn,{n + 3}\n" for n in range(LINES)
)
OPEN = {"BORDERDESK_PASSWORD": PASSWORD}
CHANGED = {**OPEN, "BORDERDESK_NEW_PASSWORD": NEW_PASSWORD}
OPERATIONS = {
    "add": Operation("desk", ("add", "clearing", "--keep-going"), lines(100), stream=True),
    "add-whole": Operation("desk", ("add", "clearing"), lines(100)),
    "add-locked": Operation(
        "locked", ("add", "clearing", "--keep-going"), lines(100), OPEN, stream=True
    ),
    "pledge": Operation("desk", ("add", "pledge"), json.dumps(pledge(7))),
    "edit": Operation("desk", ("edit", "clearing", "{record}"), '{"participants": 77}'),
    "delete": Operation(
        "desk", ("delete", "clearing", "{record}", "--reason", "thử"), twice=(ENDED, 1)
    ),
    "sheet": Operation("desk", ("sheet", "clearing", "{sheet}")),
    "close": Operation(
        "desk",
        ("close", "--period", "2023-05", "--number", "5", "--signer", USER, "--rank", "Trung tá"),
        twice=(ENDED, REFUSED),
    ),
    "list": Operation("desk", ("list", "clearing", "--format", "json"), reads=True),
    "list-locked": Operation(
        "locked", ("list", "clearing", "--format", "json"), environ=OPEN, reads=True
    ),
    "report": Operation(
        "desk", ("report", "summary", "--period", "2023-05", "--out", "{out}/a.pdf")
    ),
    "export": Operation("desk", ("export", "--period", "2023", "--out", "{out}")),
    "export-locked": Operation(
        "locked",
        ("export", "--period", "2023", "--out", "{out}", "--to", "{card}"),
        environ=OPEN,
    ),
    "import": Operation("province", ("import", "{package}")),
    "undo-batch": Operation("merged", ("undo-batch", "{batch}"), twice=(ENDED, 1)),
    "erase": Operation(
        "desk", ("erase", "household", "{household}", "--reason", "thử"), twice=(ENDED, 1)
    ),
    "backup": Operation("desk", ("backup",)),
    "backup-stick": Operation("locked", ("backup", "{out}"), environ=OPEN),
    "restore": Operation(
        "desk", ("restore", "{backup}", "--into", "{new}"), twice=(ENDED, REFUSED)
    ),
    "restore-locked": Operation(
        "locked", ("restore", "{locked_backup}", "--into", "{new}"), environ=OPEN,
        twice=(ENDED, REFUSED),
    ),
    "salvage": Operation("desk", ("salvage", "--into", "{new}"), twice=(ENDED, REFUSED)),
    "upgrade": Operation("old", ("list", "clearing", "--limit", "1")),
    "init": Operation(
        "",
        ("init", "--role", "post", "--unit", "BS", "--user", USER, "--no-password"),
        twice=(ENDED, REFUSED),
    ),
    "init-locked": Operation(
        "", ("init", "--role", "post", "--unit", "BS", "--user", USER), environ=OPEN,
        twice=(ENDED, REFUSED),
    ),
    "encrypt": Operation("desk", ("encrypt",), environ=OPEN, twice=(ENDED, REFUSED)),
    "new-key": Operation("locked", ("encrypt", "--new-key"), environ=OPEN),
    "password": Operation("locked", ("password",), environ=CHANGED, twice=(ENDED, CANNOT_OPEN)),
    "recovery": Operation("locked", ("recovery", "{out}/sheet.pdf"), environ=OPEN),
}  # fmt: skip


class Trial(NamedTuple):
    """An operation in a folder of its own: the desk, the output folder, the job."""

    folder: Path
    desk: Path
    job: Job


class Desks:
    """The desks and files that operations begin with, each created once in a scratch folder."""

    def __init__(self, scratch: Path, nursery: Nursery) -> None:
        self.scratch, self._nursery = scratch, nursery
        scratch.mkdir(exist_ok=True)
        self.trial = scratch / "trial"
        self._copies = 0

    def run(self, desk: Path, *arguments: str, given: str = "", **environ: str) -> End:
        """Run a command that must succeed."""
        end = self._nursery.run(self.job(desk, arguments, given, environ))
        assert end.status == 0, (arguments, end)
        return end

    def job(
        self, desk: Path, arguments: tuple[str, ...], given: str, environ: Mapping[str, str]
    ) -> Job:
        """A command on a desk."""
        return Job(["--desk", str(desk), "--lang", "en", *arguments], given, environ)

    def prepare(self, name: str) -> Trial:
        """Copy what an operation begins with to the folder of its trial."""
        operation = OPERATIONS[name]
        folder = self.trial
        for left in folder.iterdir() if folder.exists() else ():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        desk = folder / "desk"
        (folder / "out").mkdir(parents=True)
        if operation.begin:
            shutil.copytree(getattr(self, operation.begin), desk)
        arguments = tuple(self.filled(one, folder) for one in operation.arguments)
        return Trial(folder, desk, self.job(desk, arguments, operation.given, operation.environ))

    def filled(self, argument: str, folder: Path) -> str:
        """An argument with its placeholder replaced: {out} and {new}, folders of the trial, or a
        file or an id of these desks."""
        for mark, path in (("{out}", folder / "out"), ("{new}", folder / "new")):
            argument = argument.replace(mark, str(path))
        return str(getattr(self, argument[1:-1])) if argument.startswith("{") else argument

    def copy(self, name: str) -> Path:
        """A writable copy of one of these desks."""
        self._copies += 1
        return Path(shutil.copytree(getattr(self, name), self.scratch / f"{name}-{self._copies}"))

    @cached_property
    def desk(self) -> Path:
        """A plain desk of a post with records, a copy of a package it sent, and a backup."""
        folder = self.scratch / "desk"
        self.run(folder, "init", "--role", "post", "--unit", "BS", "--user", USER, "--no-password")
        self.run(folder, "add", "clearing", given=lines())
        self.run(folder, "add", "pledge", given=json.dumps(pledge(1, HEAD)))
        self.run(folder, "export", "--period", "2023", "--out", str(self.scratch / "sent"))
        self.run(folder, "backup")
        return folder

    @cached_property
    def locked(self) -> Path:
        """The same with a password, of which a try is cheap."""
        folder = self.copy("desk")
        self.run(folder, "encrypt", **OPEN)
        ring = KeyRing(folder)
        key = ring.unlock(None, PASSWORD)
        cheap = ring.read().changing(key, USER, PASSWORD, cost=LEAST_COST)
        ring.put(cheap.content)
        return folder

    @cached_property
    def old(self) -> Path:
        """A desk of the oldest kept schema."""
        folder = self.scratch / "old"
        unpack_desk(FIRST_DESK, database_file(folder))
        return folder

    @cached_property
    def province(self) -> Path:
        """A desk that imports the package."""
        folder = self.scratch / "province"
        self.run(
            folder, "init", "--role", "province", "--unit", "20", "--user", USER, "--no-password"
        )
        card = self.scratch / "bs.bdcard"
        card.write_text(self.run(self.copy("desk"), "card", "show").out, encoding="utf-8")
        self.run(folder, "card", "accept", str(card))
        return folder

    @cached_property
    def merged(self) -> Path:
        """A desk that has imported it."""
        folder = self.copy("province")
        self.run(folder, "import", str(self.package))
        return folder

    @cached_property
    def batch(self) -> str:
        """The batch of it."""
        return str(json.loads(self.run(self.copy("merged"), "batches").out.splitlines()[0])["id"])

    @cached_property
    def package(self) -> Path:
        """A package of the plain desk."""
        sent = self.run(self.copy("desk"), "export", "--period", "2023", "--out", str(self.scratch))
        return Path(sent.out.strip())

    @cached_property
    def card(self) -> Path:
        """The card of the province."""
        file = self.scratch / "20.bdcard"
        file.write_text(self.run(self.copy("province"), "card", "show").out, encoding="utf-8")
        return file

    @cached_property
    def backup(self) -> Path:
        """A backup of the plain desk on a stick."""
        made = self.run(self.copy("desk"), "backup", str(self.scratch / "stick"))
        return Path(json.loads(made.out)["file"])

    @cached_property
    def database(self) -> Path:
        """The database of the plain desk."""
        return database_file(self.copy("desk"))

    @cached_property
    def locked_backup(self) -> Path:
        """A backup of the encrypted desk on a stick."""
        made = self.run(self.copy("locked"), "backup", str(self.scratch / "stick2"), **OPEN)
        return Path(json.loads(made.out)["file"])

    @cached_property
    def colleague(self) -> Path:
        """Another desk of the same post, with records of its own."""
        folder = self.scratch / "colleague"
        self.run(folder, "init", "--role", "post", "--unit", "BS", "--user", USER, "--no-password")
        said = [{**clearing(number), "source_ref": f"P {number}"} for number in range(5)]
        self.run(folder, "add", "clearing", given=json.dumps(said))
        return folder

    @cached_property
    def colleague_card(self) -> Path:
        """Its card."""
        file = self.scratch / "colleague.bdcard"
        file.write_text(self.run(self.colleague, "card", "show").out, encoding="utf-8")
        return file

    @cached_property
    def colleague_package(self) -> Path:
        """Its package."""
        sent = self.run(
            self.colleague, "export", "--period", "2023", "--out", str(self.scratch / "other")
        )
        return Path(sent.out.strip())

    @cached_property
    def setup(self) -> Path:
        """A set-up file of the province."""
        file = self.scratch / "20.bdsetup"
        self.run(self.copy("province"), "setup", "make", str(file))
        return file

    @cached_property
    def paper(self) -> Path:
        """A paper of the plain desk."""
        file = self.scratch / "a.pdf"
        self.run(self.copy("desk"), "report", "summary", "--period", "2023-05", "--out", str(file))
        return file

    @cached_property
    def key(self) -> Path:
        """A key file for signing."""
        return certificates.key_file(self.scratch)

    @cached_property
    def closed(self) -> Path:
        """The plain desk with a closed period, whose paper can be signed."""
        folder = self.copy("desk")
        self.run(folder, *OPERATIONS["close"].arguments)
        words = ("report", "summary", "--period", "2023-05", "--out")
        self.run(folder, *words, str(self.scratch / "closed.pdf"))
        return folder

    @cached_property
    def unsigned(self) -> Path:
        """The paper of the closed period."""
        assert self.closed
        return self.scratch / "closed.pdf"

    @cached_property
    def signed(self) -> Path:
        """The signed paper."""
        file = self.scratch / "signed.pdf"
        words = ("report", "sign", str(self.unsigned), "--p12", str(self.key), "--out", str(file))
        self.run(self.copy("closed"), *words, BORDERDESK_PIN=certificates.PASSWORD)
        return file

    @cached_property
    def word(self) -> Path:
        """The paper as a Word document."""
        file = self.scratch / "a.docx"
        self.run(self.copy("desk"), "report", "summary", "--period", "2023-05", "--out", str(file))
        return file

    @cached_property
    def qr_text(self) -> str:
        """The text of a paper's QR code."""
        return "BD1|01234567|2023-05|post:BS|5|0123456789ab|0123456789ab|cdef"

    @cached_property
    def sheet(self) -> Path:
        """A spreadsheet to import."""
        file = self.scratch / "list.csv"
        file.write_text(SHEET, encoding="utf-8")
        return file

    @cached_property
    def record(self) -> str:
        """The id of a clearing of the plain desk."""
        return self._first("clearing")

    @cached_property
    def household(self) -> str:
        """The id of its household."""
        return self._first("household")

    def _first(self, type_name: str) -> str:
        listed = self.run(self.copy("desk"), "list", type_name, "--format", "json")
        return str(json.loads(listed.out)[0]["id"])
