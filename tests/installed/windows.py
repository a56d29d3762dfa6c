"""Tests the Windows installers under wine: `python -m tests.installed.windows [--keep FOLDER]`.

The MSI is installed and the program does a post's work in it, from `init` to an upgrade; the window
is opened, typed into and pictured; the set-up file is installed beside a running window and removed
again. The steps are printed with their seconds; pictures are in the folder. Wine simulates no
Windows input method, printer or stick.
"""

import argparse
import json
import lzma
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import minisign

from borderdesk.desk import Desk
from tests.installed.trial import (
    CLEARING,
    NEXT,
    PATIENCE,
    PERIOD,
    Person,
    Steps,
    newer_stage,
    screen,
)
from tests.installed.wine import Wine
from tools.environment import ROOT
from tools.packaging.msi import build_msi
from tools.packaging.program_folder import build_date, version
from tools.packaging.sources import BUILD
from tools.packaging.update import pack_update, place_key
from tools.packaging.windows import ICON, build_setup

PROGRAM = "C:\\Program Files\\BorderDesk\\borderdesk.exe"
WINDOW = "C:\\Program Files\\BorderDesk\\borderdeskw.exe"
HOME = "C:\\users\\Nông Văn An\\OneDrive - Đồn\\Sổ"
"""A person's folder with Vietnamese letters and spaces, in a synchronised folder."""
OLD_SCHEMA = ROOT / "tests" / "data" / "desks" / "0012.db.xz"


class WindowsTrial(Steps):
    """The steps of the trial."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.wine = Wine(folder / "wine")

    # ------------------------------------------------------------------ the program

    def desk(self, *words: str, desk: str = HOME, text: str = "", status: int = 0) -> str:
        """Run a command on a desk; its output, decoded as UTF-8."""
        done = self.wine.run(PROGRAM, "--desk", desk, *words, text=text, status=status)
        return done.stdout.decode()

    def path(self, name: str) -> Path:
        """The Linux path of a file on drive C."""
        return self.wine.drive.joinpath(*name.removeprefix("C:\\").split("\\"))

    def linux(self, *words: str) -> str:
        """Run the same program on Linux; its output."""
        main = [sys.executable, str(ROOT / "main.py"), *words]
        done = subprocess.run(main, check=True, capture_output=True, cwd=self.folder)
        return done.stdout.decode()

    def try_all(self) -> None:
        """Run every step in order."""
        msi = ROOT / "dist" / f"BorderDesk-{version()}.msi"
        self.step("a Windows of its own", self.wine.make)
        self.step("the MSI is installed", lambda: install(self, msi))
        self.step("kinds of file", lambda: ask_registry(self, "HKLM"))
        self.step("doctor", lambda: self.desk("doctor"))
        self.step("UTF-8 on any code page", lambda: print_vietnamese(self))
        self.step("init, add, list", lambda: work(self))
        self.step("a report as on Linux", lambda: compare_papers(self))
        self.step("verify, backup, restore from another letter", lambda: back_up(self))
        self.step("paths over 260 letters, names of devices", lambda: try_names(self))
        self.step("a file that another program holds", lambda: try_held(self))
        self.step("export and import", lambda: exchange(self))
        self.step("a desk of an earlier version", lambda: upgrade_desk(self))
        with screen() as display:
            person = Person(display, self.folder)
            self.step("the window, typed into", lambda: use_window(self, person))
            self.step("the set-up file", lambda: use_setup(self, person))
        self.step("an update by stick", lambda: update_by_stick(self))
        self.step("a newer version", lambda: upgrade_program(self))
        self.step("removed, the desks stay", lambda: remove(self))
        self.wine.end()


# ------------------------------------------------------------------------ installing


def install(trial: WindowsTrial, msi: Path) -> None:
    """Install an MSI silently."""
    shutil.copy(msi, trial.wine.drive / "borderdesk.msi")
    trial.wine.run("msiexec", "/qn", "/i", "C:\\borderdesk.msi")
    assert trial.path(PROGRAM).exists()


def ask_registry(trial: WindowsTrial, root: str) -> None:
    """The file types are registered for the program."""
    for ending, words in (
        (".bdx", "Tệp số liệu"), (".bdcard", "Thẻ"), (".bdsetup", "Tệp thiết lập"),
    ):  # fmt: skip
        classes = f"{root}\\Software\\Classes"
        told = trial.wine.run("reg", "query", f"{classes}\\{ending}", "/ve").stdout.decode()
        kind = re.search(r"REG_SZ\s+(\S+)", told)
        assert kind is not None, told
        command = f"{classes}\\{kind[1]}\\shell\\open\\command"
        told = trial.wine.run("reg", "query", command, "/ve").stdout.decode(errors="replace")
        assert 'borderdeskw.exe" "%1"' in told, (words, told)


def next_stage(trial: WindowsTrial) -> Path:
    """The installed files of a newer version."""
    stage = trial.folder / "next" / "windows"
    return stage if stage.exists() else newer_stage(BUILD / "windows", stage)


def update_by_stick(trial: WindowsTrial) -> None:
    """A signed file on the stick installs a newer version beside the present one; a modified file
    is refused."""
    key, date = minisign.KeyPair.generate().secret_key, build_date()
    newer, own = next_stage(trial), trial.wine.drive / "BorderDesk"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(BUILD / "windows", own)
    for stage in (own, newer):
        place_key(stage / "program", bytes(key.get_public_key()), date)
    stick = trial.wine.plug_in("d")
    update = stick / f"BorderDesk-{NEXT}.bdupdate"
    pack_update({"windows-x86_64": newer}, update, NEXT, key, date, fast=True)
    program = ("C:\\BorderDesk\\borderdesk.exe", "--desk", HOME)
    damaged = stick / "half.bdupdate"
    damaged.write_bytes(update.read_bytes()[:1_000_000])
    trial.wine.run(*program, "update", "D:\\half.bdupdate", status=4)
    trial.wine.run(*program, "update", f"D:\\{update.name}")
    assert NEXT in trial.wine.run(*program, "doctor").stdout.decode()
    trial.wine.run(*program, "verify")
    update.unlink()
    shutil.rmtree(own)


def upgrade_program(trial: WindowsTrial) -> None:
    """A newer MSI replaces the older one; desks stay usable."""
    stage, date = next_stage(trial), build_date()
    build_msi(stage, trial.folder / "next.msi", NEXT, date, ICON)
    install(trial, trial.folder / "next.msi")
    assert NEXT in trial.desk("doctor")
    trial.desk("verify")
    shutil.copy(ROOT / "dist" / f"BorderDesk-{version()}.msi", trial.wine.drive / "old.msi")
    trial.wine.run("msiexec", "/qn", "/i", "C:\\old.msi", status=None)
    assert NEXT in trial.desk("doctor"), "an older version took the place of a newer one"


def upgrade_desk(trial: WindowsTrial) -> None:
    """A desk of an earlier version opens, after a copy of it was made."""
    old = trial.wine.drive / "cũ"
    old.mkdir()
    (old / "desk.db").write_bytes(lzma.decompress(OLD_SCHEMA.read_bytes()))
    trial.desk("verify", desk="C:\\cũ")
    assert list((old / "backups").iterdir())


def remove(trial: WindowsTrial) -> None:
    """Removing the program keeps the desks."""
    trial.wine.run("msiexec", "/qn", "/x", "C:\\borderdesk.msi")
    assert not trial.path(PROGRAM).exists()
    assert trial.path(f"{HOME}\\desk.db").exists()


# ------------------------------------------------------------------------- commands


def print_vietnamese(trial: WindowsTrial) -> None:
    """Output redirected to a file is UTF-8 with any console code page."""
    for page in ("1258", "437", "65001"):
        script = trial.wine.drive / "print.bat"
        script.write_text(f'chcp {page}\n"{PROGRAM}" --help > C:\\help.txt\n', encoding="ascii")
        trial.wine.run("cmd", "/c", "C:\\print.bat")
        text = (trial.wine.drive / "help.txt").read_bytes().decode("utf-8")
        assert "sổ" in text.lower(), text


def work(trial: WindowsTrial) -> None:
    """Create a desk, add and list a record."""
    who = ("--user", "Nông Văn An", "--no-password")
    trial.desk("init", "--role", "post", "--unit", "BS", *who)
    trial.desk("add", "clearing", text=json.dumps(CLEARING))
    rows = json.loads(trial.desk("list", "clearing", "--format", "json"))
    assert [row["participants"] for row in rows] == [18]


def compare_papers(trial: WindowsTrial) -> None:
    """A report of the demonstration is the same, byte for byte, as on Linux."""
    trial.linux("--desk", "demo", "demo", "--records", "400")
    shutil.copytree(trial.folder / "demo", trial.wine.drive / "demo")
    report = ("report", "summary", *PERIOD, "--scope", "province", "--out")
    trial.linux("--desk", "demo", *report, "linux.pdf")
    trial.desk(*report, "C:\\windows.pdf", desk="C:\\demo")
    ours = (trial.folder / "linux.pdf").read_bytes()
    assert (trial.wine.drive / "windows.pdf").read_bytes() == ours


def back_up(trial: WindowsTrial) -> None:
    """Backups go to a stick, which later has another letter, and restore to a desk."""
    trial.desk("verify")
    stick = trial.wine.plug_in("d")
    for left in stick.iterdir():
        left.unlink()
    # An empty drive: Windows then reports any path on it as missing.
    trial.desk("import", "D:\\", "--dry-run")
    trial.desk("backup", "D:\\")
    stick = trial.wine.plug_in("f")
    (backup,) = stick.glob("*.db")
    trial.desk("restore", f"F:\\{backup.name}", "--into", "C:\\lại")
    assert json.loads(trial.desk("list", "clearing", "--format", "json", desk="C:\\lại"))


def try_names(trial: WindowsTrial) -> None:
    """A desk, its backups and papers in folders with paths longer than 260 characters; a name that
    Windows does not allow is refused. Wine itself accepts long paths, with or without prefix."""
    deep = "\\".join(["C:", *(f"{letter}ột thư mục rất dài " + letter * 80 for letter in "mnp")])
    who = ("--user", "Nông Văn An", "--no-password")
    trial.desk("init", "--role", "post", "--unit", "BS", *who, desk=deep)
    trial.desk("add", "clearing", text=json.dumps(CLEARING), desk=deep)
    trial.desk("backup", desk=deep)
    trial.desk("report", "summary", *PERIOD, "--out", f"{deep}\\tháng.pdf", desk=deep)
    trial.desk("export", *PERIOD, "--for", "20", "--out", f"{deep}\\gửi", desk=deep)
    trial.desk("import", f"{deep}\\gửi", "--dry-run", desk=deep)
    trial.desk("verify", desk=deep)
    for name in ("CON.pdf", "tháng:12.pdf", "tháng?.pdf", "nul", "cuối..pdf."):
        trial.desk("report", "summary", *PERIOD, "--out", f"C:\\{name}", status=None)
        assert not trial.path(f"C:\\{name}").exists()


def try_held(trial: WindowsTrial) -> None:
    """A paper that is open in another program is refused with an explanation and stays
    unchanged."""
    build = ["x86_64-w64-mingw32-gcc", "-municode", "-O2", "-o", str(trial.wine.drive / "hold.exe")]
    subprocess.run([*build, str(Path(__file__).with_name("hold.c"))], check=True)
    paper = trial.path("C:\\mở.pdf")
    paper.write_bytes(b"x")
    holder = trial.wine.start("C:\\hold.exe", "C:\\mở.pdf", "600000", variables={})
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        report = ("--desk", HOME, "report", "summary", *PERIOD, "--out", "C:\\mở.pdf")
        told = trial.wine.run(PROGRAM, *report, status=1).stderr.decode()
        assert "đang mở ở chương trình khác" in told, told
    finally:
        holder.kill()
        trial.wine.end()
    assert paper.read_bytes() == b"x"
    assert not list(paper.parent.glob(".*.part"))


def exchange(trial: WindowsTrial) -> None:
    """A package is carried by the stick to a province on Windows, and to one on Linux."""
    stick = trial.wine.plug_in("d")
    trial.desk("export", *PERIOD, "--for", "20", "--out", "D:\\")
    (package,) = stick.glob("*.bdx")
    card = trial.desk("card", "show")
    (stick / "don.bdcard").write_text(card, encoding="utf-8")
    who = ("--role", "province", "--unit", "20", "--user", "Bế Văn Bình", "--no-password")
    trial.desk("init", *who, desk="C:\\tỉnh")
    trial.desk("card", "accept", "D:\\don.bdcard", desk="C:\\tỉnh")
    trial.desk("import", f"D:\\{package.name}", desk="C:\\tỉnh")
    shown = ("list", "clearing", "--format", "json")
    rows = [trial.desk(*shown, desk="C:\\tỉnh")]
    trial.linux("--desk", "tinh", "init", *who)
    trial.linux("--desk", "tinh", "card", "accept", str(stick / "don.bdcard"))
    trial.linux("--desk", "tinh", "import", str(package))
    rows.append(trial.linux("--desk", "tinh", *shown))
    assert [[row["participants"] for row in json.loads(text)] for text in rows] == [[18], [18]]


# ------------------------------------------------------------------------ the window


def use_window(trial: WindowsTrial, person: Person) -> None:
    """Open the window and type into it; typed text is stored at once. A file opened meanwhile is
    shown in it."""
    folder = trial.path(HOME)
    start = (WINDOW, "--desk", HOME)
    running = trial.wine.start(*start, variables={"DISPLAY": person.environ["DISPLAY"]})
    person.await_window()

    def drafts() -> bool:
        with Desk.open(folder, read_only=True) as desk:
            return bool(desk.drafts.drafts("clearing"))

    def typed() -> bool:
        person.do("key", "--delay", "80", "Home", "alt+2", "t")
        return drafts()

    person.until(typed, "what was typed was not kept")
    person.picture("window")
    package = next((trial.wine.folder / "stick").glob("*.bdx"))
    trial.wine.run(*start, f"D:\\{package.name}")
    time.sleep(5)
    person.picture("opened-file")
    person.close_window()
    running.wait(PATIENCE)


SETUP = "C:\\borderdesk-setup.exe"
OWN = "AppData\\Local\\Programs\\BorderDesk"


def own_folder(trial: WindowsTrial) -> Path:
    """The folder in which the set-up file installs the program for one person."""
    (home,) = [path for path in (trial.wine.drive / "users").iterdir() if path.name not in
               ("Public", "Nông Văn An")]  # fmt: skip
    return home.joinpath(*OWN.split("\\"))


def use_setup(trial: WindowsTrial, person: Person) -> None:
    """The set-up file: installed by one person, refused beside a running window, removed. Debian's
    wine is 64-bit only, so the same script is built for 64 bits."""
    build_setup(
        BUILD / "windows", trial.path(SETUP), version(), build_date(), fast=True,
        target="amd64-unicode",
    )  # fmt: skip
    trial.wine.run(SETUP, "/S")
    folder = own_folder(trial)
    program = f"C:\\users\\{folder.parents[3].name}\\{OWN}"
    assert version() in trial.wine.run(f"{program}\\borderdesk.exe", "doctor").stdout.decode()
    ask_registry(trial, "HKCU")
    display = {"DISPLAY": person.environ["DISPLAY"]}
    running = trial.wine.start(f"{program}\\borderdeskw.exe", "--desk", HOME, variables=display)
    person.await_window()
    trial.wine.run(SETUP, "/S", status=3)
    assert (folder / "borderdesk.exe").exists()
    person.close_window()
    running.wait(PATIENCE)
    trial.wine.run(SETUP, "/S")
    assert version() in trial.wine.run(f"{program}\\borderdesk.exe", "doctor").stdout.decode()
    trial.wine.run(f"{program}\\uninstall.exe", "/S")
    person.until(lambda: not folder.exists(), "not removed")
    assert trial.path(f"{HOME}\\desk.db").exists()


def main() -> int:
    """Run the trial; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py test-windows", description=__doc__)
    parser.add_argument("--keep", type=Path, help="the folder for pictures, and all of Windows")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="borderdesk-windows-"))
    shutil.rmtree(folder / "windows", ignore_errors=True)
    (folder / "windows").mkdir(parents=True)
    return WindowsTrial(folder.resolve() / "windows").end()


if __name__ == "__main__":
    sys.exit(main())
