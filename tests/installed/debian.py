"""Tests the Debian package in a minimal system with only its dependencies, without a network:
`python -m tests.installed.debian [--keep FOLDER]`, as root.

debootstrap creates the system once (FOLDER/system); the package is installed in it, and all later
steps run without a network: commands, and the window on a display of this computer.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import minisign

from borderdesk.desk import Desk
from tests.installed.trial import CLEARING, NEXT, PERIOD, Person, Steps, newer_stage, screen
from tools.environment import ROOT
from tools.packaging.deb import PROGRAM
from tools.packaging.program_folder import build_date, version
from tools.packaging.sources import BUILD
from tools.packaging.update import PUBLIC_KEY, pack_update, place_key

SUITE = "bookworm"
X_SOCKETS = "/tmp/.X11-unix"  # noqa: S108  where every X server has them
DESK = "/root/Sổ đồn"
OWN_DATA = "/root/.local/share"
NEW_DESK, PASSWORD = "/root/Sổ mới", "nui cao song dai"
MOST_SECONDS = 300
"""Seconds from the stick to the first record."""
LIMIT = 600


class Chroot:
    """A system in a folder, entered by chroot."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self) -> None:
        """Create the minimal system if it is missing."""
        if not (self.root / "etc" / "debian_version").exists():
            words = ["debootstrap", "--variant=minbase", SUITE, str(self.root)]
            subprocess.run(words, check=True, capture_output=True)

    def run(
        self,
        *words: str,
        text: str = "",
        network: bool = False,
        status: int = 0,
        **variables: str,
    ) -> str:
        """Run a program in it without a network; its output, standard error last. Raises
        AssertionError unless it exits with `status`."""
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        cut = [] if network else ["unshare", "-n"]
        done = subprocess.run(
            [*cut, "chroot", str(self.root), *words], env={**environ, **variables},
            input=text.encode(), capture_output=True, check=False, timeout=LIMIT,
        )  # fmt: skip
        told = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == status, (words, told)
        return done.stdout.decode() if status == 0 else told

    def start(self, *words: str, display: str) -> "subprocess.Popen[bytes]":
        """Start a program on a display of this computer, without a network."""
        sockets = self.root / X_SOCKETS.lstrip("/")
        sockets.mkdir(parents=True, exist_ok=True)
        script = f'mount --bind {X_SOCKETS} "$0" && exec chroot "$1" "${{@:2}}"'
        environ = {"PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8"}
        return subprocess.Popen(
            ["unshare", "-n", "-m", "bash", "-c", script, str(sockets), str(self.root), *words],
            env={**environ, "DISPLAY": display},
        )


class DebianTrial(Steps):
    """The steps of the trial."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.system = Chroot(folder / "system")

    def try_all(self) -> None:
        """Run every step in order."""
        self.step("a system with nothing in it", self.system.make)
        self.step("the package is installed", self.install)
        self.step("doctor, init, add, list, verify, backup", self.work)
        self.step("a report as on this computer", self.compare_papers)
        with screen() as display:
            self.step("the window, typed into", lambda: self.use_window(display))
            self.step("the first day", lambda: self.first_day(display))
        self.step("an update by stick", self.update_by_stick)
        self.step("removed, the desks stay", self.remove)

    def install(self) -> None:
        """Install the package with its dependencies only."""
        package = ROOT / "dist" / f"borderdesk_{version()}_amd64.deb"
        shutil.copy(package, self.system.root / "borderdesk.deb")
        shutil.copy("/etc/resolv.conf", self.system.root / "etc" / "resolv.conf")
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        self.system.run(*apt, "update", network=True)
        options = ("install", "-y", "--no-install-recommends", "/borderdesk.deb")
        self.system.run(*apt, *options, network=True)
        # A kept system has the previous trial's desk and update.
        for left in (DESK, OWN_DATA):
            shutil.rmtree(self.system.root / left.lstrip("/"), ignore_errors=True)

    def desk(self, *words: str, text: str = "", status: int = 0) -> str:
        """Run a command on the desk."""
        return self.system.run("borderdesk", "--desk", DESK, *words, text=text, status=status)

    def work(self) -> None:
        """Create a desk, add and list a record, verify and back up."""
        assert version() in self.desk("doctor")
        who = ("--user", "Nông Văn An", "--no-password")
        self.desk("init", "--role", "post", "--unit", "BS", *who)
        self.desk("add", "clearing", text=json.dumps(CLEARING))
        rows = json.loads(self.desk("list", "clearing", "--format", "json"))
        assert [row["participants"] for row in rows] == [18]
        self.desk("verify")
        self.desk("backup", "/root")

    def compare_papers(self) -> None:
        """A report is the same, byte for byte, as from the program that is not installed."""
        report = ("report", "summary", *PERIOD, "--scope", "post:BS", "--out")
        self.desk(*report, "/root/installed.pdf")
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.system.root / DESK.lstrip("/"), copy)
        main = [sys.executable, str(ROOT / "main.py"), "--desk", str(copy)]
        subprocess.run([*main, *report, str(self.folder / "here.pdf")], check=True)
        installed = (self.system.root / "root" / "installed.pdf").read_bytes()
        assert installed == (self.folder / "here.pdf").read_bytes()

    def use_window(self, display: str) -> None:
        """Open the window and type into it; typed text is stored at once."""
        running = self.system.start("borderdesk", "--desk", DESK, display=display)
        person = Person(display, self.folder)
        person.await_window()
        folder = self.system.root / DESK.lstrip("/")

        def typed() -> bool:
            person.do("key", "--delay", "80", "Home", "alt+2", "t")
            with Desk.open(folder, read_only=True) as desk:
                return bool(desk.drafts.drafts("clearing"))

        person.until(typed, "what was typed was not kept")
        person.picture("debian")
        self.refuse_to_replace()
        person.close_window()
        assert running.wait(LIMIT) == 0

    def first_day(self, display: str) -> None:
        """From a double click on the province's set-up file to the first saved record, with keys
        only: within five minutes."""
        main = [sys.executable, str(ROOT / "main.py"), "--desk", str(self.folder / "province")]
        shutil.rmtree(self.folder / "province", ignore_errors=True)
        who = ("--role", "province", "--unit", "20", "--user", "Bế Văn Bình", "--no-password")
        subprocess.run([*main, "init", *who], check=True, capture_output=True)
        setup = self.system.root / "root" / "tinh.bdsetup"
        made = subprocess.run([*main, "setup", "make", str(setup)], check=True, capture_output=True)
        fingerprint = json.loads(made.stdout)["fingerprint"]
        shutil.rmtree(self.system.root / NEW_DESK.lstrip("/"), ignore_errors=True)
        began = time.monotonic()
        running = self.system.start(
            "borderdesk", "--desk", NEW_DESK, "/root/tinh.bdsetup", display=display
        )
        person = Person(display, self.folder)
        person.await_window()
        back = " ".join(["shift+Tab"] * 6)
        person.write(f"{fingerprint}|{back}", "Nong Van An|Tab", f"{PASSWORD}|Tab")
        person.picture("first-run")
        person.write(f"{PASSWORD}|Return")
        person.await_window("BorderDesk — ")
        # The first attempt to save asks for the number of people.
        person.write("|alt+2", "|ctrl+n", "thong|Return", "1|Return", "|ctrl+Return")
        person.write("12|ctrl+Return")
        listed = ("borderdesk", "--desk", NEW_DESK, "list", "clearing", "--format", "json")

        def saved() -> bool:
            rows = json.loads(self.system.run(*listed, BORDERDESK_PASSWORD=PASSWORD))
            return [row["participants"] for row in rows] == [12]

        person.until(saved, "no record was saved")
        assert time.monotonic() - began <= MOST_SECONDS
        person.picture("first-record")
        person.close_window()
        assert running.wait(LIMIT) == 0

    def refuse_to_replace(self) -> None:
        """While a window is open, the program is neither replaced nor removed."""
        processes = self.system.root / "proc"
        subprocess.run(["mount", "--bind", "/proc", str(processes)], check=True)
        try:
            for words in (("--install", "/borderdesk.deb"), ("--purge", "borderdesk")):
                told = self.system.run("dpkg", *words, status=1)
                assert "hãy đóng cửa sổ BorderDesk" in told, told
        finally:
            subprocess.run(["umount", str(processes)], check=True)
        assert version() in self.desk("doctor")

    def update_by_stick(self) -> None:
        """A signed file updates the installed program; a truncated, foreign or older file and a
        full disk change nothing."""
        key, date = minisign.KeyPair.generate().secret_key, build_date()
        # Not part of the package, whose removal would leave it behind.
        built_in = self.system.root / PROGRAM / "resources" / PUBLIC_KEY
        built_in.unlink(missing_ok=True)
        place_key(self.system.root / PROGRAM, bytes(key.get_public_key()), date)
        folder = self.folder / "next"
        shutil.rmtree(folder, ignore_errors=True)
        newer_stage(BUILD / "deb" / PROGRAM, folder / "program", ".")
        stick = self.system.root / "root"
        update, half, foreign, older = (
            stick / f"{name}.bdupdate" for name in ("new", "half", "foreign", "older")
        )
        stage = {"linux-x86_64": folder}
        pack_update(stage, update, NEXT, key, date, fast=True)
        half.write_bytes(update.read_bytes()[:1_000_000])
        pack_update(stage, foreign, NEXT, minisign.KeyPair.generate().secret_key, date, fast=True)
        pack_update(stage, older, "0.0.9", key, date, fast=True)
        for file in (half, foreign, older):
            assert file.name in self.desk("update", f"/root/{file.name}", status=4)
        own = self.system.root / OWN_DATA.lstrip("/")
        own.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", str(own)], check=True)
        try:
            assert "MB" in self.desk("update", "/root/new.bdupdate", status=1)
        finally:
            subprocess.run(["umount", str(own)], check=True)
        assert version() in self.desk("doctor")
        self.desk("update", "/root/new.bdupdate")
        assert NEXT in self.desk("doctor")
        self.desk("verify")
        built_in.unlink()

    def remove(self) -> None:
        """Removing the program keeps the desks."""
        self.system.run("dpkg", "--purge", "borderdesk")
        assert not (self.system.root / "usr" / "lib" / "borderdesk").exists()
        assert (self.system.root / DESK.lstrip("/") / "desk.db").exists()


def main() -> int:
    """Run the trial; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py test-deb", description=__doc__)
    parser.add_argument(
        "--keep", type=Path, help="the folder of the system, kept for the next time"
    )
    asked = parser.parse_args()
    if os.geteuid() != 0:
        print("Only root may enter another system (sudo).", file=sys.stderr)
        return 3
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="borderdesk-debian-"))
    folder.mkdir(parents=True, exist_ok=True)
    return DebianTrial(folder.resolve()).end()


if __name__ == "__main__":
    sys.exit(main())
