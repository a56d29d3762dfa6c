"""Runs a script with an input method: `-m tests.gui.shell.daemons NAME HOME SCRIPT …`.

It starts an X display, a window manager, a bus and the daemon of an input method (NAME; none for
"none"), then SCRIPT of this folder, which prints its results. The caller gives it a session of its
own and a time limit, and ends the whole session, so that a hanging daemon is ended too;
`typed_through` does that.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.display import XVFB

FOLDER = Path(__file__).parent
ROOT = Path(__file__).resolve().parents[3]
NOBODY = "none"
"""Instead of a daemon: the keyboard only."""
BOUND = 180
"""The limit in seconds of typing through a daemon; a quarter is usual."""
FCITX_PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=unikey

[Groups/0/Items/0]
Name=unikey
Layout=

[GroupOrder]
0=Default
"""
DAEMONS = {
    "ibus": (["ibus-daemon", "--xim", "--panel=disable"], ["ibus", "engine", "Unikey"]),
    "fcitx": (["fcitx5"], ["fcitx5-remote"]),
}
"""The commands that start each daemon and select Telex; fcitx is also the value of QT_IM_MODULE."""
ANSWERS = {"ibus": (["ibus", "engine"], "Unikey"), "fcitx": (["fcitx5-remote"], "")}
"""The output of a daemon that is ready."""
ASKED, PAUSE = 5, 0.1
"""Seconds to wait for a daemon's answer, and between two questions."""


def environment(name: str, home: Path) -> dict[str, str]:
    """The environment of a person who uses this input method."""
    profile = home / ".config" / "fcitx5" / "profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(FCITX_PROFILE, encoding="utf-8")
    (home / "run").mkdir(mode=0o700)
    env = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"),
           "LANG": "C.UTF-8"}  # fmt: skip
    for variable in ("QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME",
                     "QT_IM_MODULE"):  # fmt: skip
        env.pop(variable, None)
    return env if name == NOBODY else {**env, "QT_IM_MODULE": name}


def first_line(words: Sequence[str], env: dict[str, str]) -> str:
    """Start a program; returns the first line of its output, its address."""
    started = subprocess.Popen(
        words, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert started.stdout is not None
    return started.stdout.readline().strip()


def asked(words: list[str], env: dict[str, str]) -> str | None:
    """A daemon's answer, None if there is none yet."""
    try:
        done = subprocess.run(
            words, env=env, capture_output=True, text=True, check=False, timeout=ASKED
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def choose_telex(name: str, env: dict[str, str]) -> None:
    """Request Telex from the daemon until it is active and its address is published."""
    addresses = Path(env["HOME"]) / ".config" / "ibus" / "bus"
    choose, (ask, answer) = DAEMONS[name][1], ANSWERS[name]
    while True:
        # Its exit status concerns the keyboard layout, which a bare display lacks.
        asked(choose, env)
        said = asked(ask, env)
        there = list(addresses.glob(f"*-unix-{env['DISPLAY'].lstrip(':')}"))
        if said is not None and answer in said and there:
            return
        time.sleep(PAUSE)


def typed_through(name: str, script: str, *arguments: str, bound: float = BOUND) -> Any:
    """The results of a script that types through a daemon. Everything started is in a session of
    its own that ends with this function; nothing waits for its pipes."""
    # A socket path has at most 107 bytes, and ibus creates its own below the home folder.
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        told, said = home / "told", home / "said"
        with told.open("wb") as out, said.open("wb") as errors:
            driver = subprocess.Popen(
                [sys.executable, "-m", __name__, name, folder, script, *arguments],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                start_new_session=True,
            )  # fmt: skip
            try:
                status = driver.wait(bound)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(driver.pid, signal.SIGKILL)
                driver.wait()
        assert status == 0, said.read_text(encoding="utf-8", errors="replace")[-4_000:]
        return json.loads(told.read_text(encoding="utf-8").splitlines()[-1])


def main() -> int:
    """Start everything and run the script."""
    name, home, script, *arguments = sys.argv[1:]
    env = environment(name, Path(home))
    env["DISPLAY"] = f":{first_line(XVFB, env)}"
    bus = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    env["DBUS_SESSION_BUS_ADDRESS"] = first_line(bus, env)
    background = [["openbox"], *([DAEMONS[name][0]] if name != NOBODY else [])]
    for words in background:
        subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if name != NOBODY:
        choose_telex(name, env)
    return subprocess.call([sys.executable, str(FOLDER / script), *arguments], env=env)


if __name__ == "__main__":
    sys.exit(main())
