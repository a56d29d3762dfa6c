"""The trial of a new version: it restores a backup of the desk, checks it, and shows its window."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import new_file
from borderdesk.base.i18n import _, language
from borderdesk.base.progress import Progress
from borderdesk.base.versions import InstalledVersion

LONGEST = 1_800
"""Seconds after which a step of the trial is taken to hang."""
ASKED = 0.2
"""Seconds between checks whether the person has cancelled it."""
PAINTED = {"BORDERDESK_BENCH_START": "clearing", "QT_QPA_PLATFORM": "minimal"}
"""Environment that makes the window print “painted” and end, without a screen."""
SECRETS = "BORDERDESK_SECRETS"
"""The variable that announces secrets on a command's standard input (cli/unlocking)."""
MOST_WORDS = 500


class VersionTrial:
    """Runs the commands of a new version on copies in an existing folder.

    secrets: those that open the desk's backup (cli/unlocking), None for one without a password;
    progress: called repeatedly, to be able to stop.
    """

    def __init__(
        self,
        version: InstalledVersion,
        folder: Path,
        secrets: Mapping[str, str] | None,
        progress: Progress,
    ) -> None:
        self.version = version
        self.folder = folder
        self.secrets = secrets
        self.progress = progress
        self._commands = 0

    def open_copy(self, backup: Path) -> None:
        """Let it restore a backup and check every record. Raises CannotOpen."""
        desk = ["--desk", str(self.folder / "desk")]
        self._run([*desk, "restore", str(backup), "--into", desk[1]], self.secrets)
        printed = self._run([*desk, "verify"], self.secrets)
        if '"ok": true' not in printed:
            raise self._failed(printed)

    def show_window(self) -> None:
        """Let it make a practice desk and paint its window. Raises CannotOpen."""
        desk = ["--desk", str(self.folder / "practice")]
        who = ["--role", "province", "--unit", "20", "--user", "BorderDesk", "--no-password"]
        self._run([*desk, "init", *who, "--practice"])
        printed = self._run(desk, variables=PAINTED)
        if "painted" not in printed:
            raise self._failed(printed)

    def _run(
        self,
        words: Sequence[str],
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """The output of a command line of the new version; without a command the window is
        started."""
        command = self.version.command(["--lang", language(), *words])
        if sys.platform == "win32":
            window = variables is not None
            command[0] = str(self.version.folder / f"borderdesk{'w' * window}.exe")
        environ = {name: value for name, value in os.environ.items() if name != SECRETS}
        if secrets is not None:
            environ[SECRETS] = "stdin"
        line = "" if secrets is None else json.dumps(dict(secrets)) + "\n"
        # Into files: what the new version starts may outlive it, and hold a pipe open. Each command
        # has its own, as those of the one before may still be held.
        self._commands += 1
        out, wrong = (self.folder / f"{self._commands}.{name}" for name in ("out", "wrong"))
        try:
            with new_file(out) as printed, new_file(wrong) as complained:
                process = subprocess.Popen(
                    command,
                    env={**environ, **(variables or {})},
                    stdin=subprocess.PIPE,
                    stdout=printed,
                    stderr=complained,
                )
                with process:
                    self._await(process, line)
            output, problem = (path.read_text("utf-8", "replace") for path in (out, wrong))
        except OSError as error:
            raise self._failed(str(error)) from error
        if process.returncode != 0:
            raise self._failed(f"{problem} {output}")
        return output

    def _await(self, process: "subprocess.Popen[bytes]", line: str) -> None:
        """Pass it the secrets and wait for it to end."""
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(line.encode())
            for _turn in range(int(LONGEST / ASKED)):
                try:
                    process.wait(ASKED)
                    return
                except subprocess.TimeoutExpired:
                    self.progress(0, 1)
            raise self._failed(_("It did not end."))
        except BaseException:
            process.kill()
            raise

    def _failed(self, printed: str) -> CannotOpen:
        words = " ".join(printed.split())[-MOST_WORDS:]
        return CannotOpen(
            _(
                "BorderDesk {version} was tried on a copy of this desk and did not open it, so it"
                " was not installed. The version here and the desk are as before. It said: {words}"
            ).format(version=self.version.number, words=words or "–")
        )
