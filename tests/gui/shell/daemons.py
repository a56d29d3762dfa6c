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
"""In the place of a daemon: the keyboard alone."""
BOUND = 180
"""Seconds that the typing through a daemon may take at the most; a quarter is usual."""
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
"""How each daemon is started, and how Telex is chosen; fcitx is what QT_IM_MODULE names, too."""
ANSWERS = {"ibus": (["ibus", "engine"], "Unikey"), "fcitx": (["fcitx5-remote"], "")}
"""What a daemon that is there says."""
ASKED, PAUSE = 5, 0.1
"""Seconds that a daemon is waited for at one question, and between two."""


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
        # Its exit status tells of the keyboard's layout, which a bare screen has none of.
        asked(choose, env)
        said = asked(ask, env)
        there = list(addresses.glob(f"*-unix-{env['DISPLAY'].lstrip(':')}"))
        if said is not None and answer in said and there:
            return
        time.sleep(PAUSE)


def typed_through(name: str, script: str, *arguments: str, bound: float = BOUND) -> Any:
    """The results of a script that types through a daemon. Everything started is in a session of
    its own that ends with this function; nothing waits for its pipes."""
    # The path of a socket has 107 bytes at most, and ibus makes its own below the home.
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
