"""Vietnamese through the daemons that Debian has, on a real X display: every word arrives."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from borderdesk.base.input_methods import InputMethod, input_method, plugins, settle_input_method

COMPOSER = Path(__file__).with_name("composer.py")
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


def typed_through(name, desk_folder, home):
    """What arrives in the window of a desk when a daemon composes; all of it ends with this."""
    profile = home / ".config" / "fcitx5" / "profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(FCITX_PROFILE, encoding="utf-8")
    (home / "run").mkdir(mode=0o700)
    env = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"),
           "LANG": "C.UTF-8", "QT_IM_MODULE": name}  # fmt: skip
    for variable in ("QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME"):
        env.pop(variable, None)
    with ExitStack() as running:

        def begin(*words, **rest):
            process = subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL, **rest)
            running.enter_context(process)
            running.callback(process.terminate)
            return process

        screen = begin("Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24",
                       "-nolisten", "tcp", stdout=subprocess.PIPE, text=True)  # fmt: skip
        env["DISPLAY"] = f":{screen.stdout.readline().strip()}"
        bus = begin("dbus-daemon", "--session", "--nofork", "--print-address=1",
                    stdout=subprocess.PIPE, text=True)  # fmt: skip
        env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        begin("openbox")
        begin(*DAEMONS[name][0], stdout=subprocess.DEVNULL)
        _until_chosen(name, env)
        done = subprocess.run(
            [sys.executable, str(COMPOSER), str(desk_folder)],
            env=env, capture_output=True, text=True, timeout=150, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


def _until_chosen(name, env):
    """Ask the daemon for Telex until it has it, and has told programs where it is."""
    addresses = Path(env["HOME"]) / ".config" / "ibus" / "bus"
    choose, (ask, answer) = DAEMONS[name][1], ANSWERS[name]
    end = time.monotonic() + 40
    while time.monotonic() < end:
        # Its exit status tells of the keyboard's layout, which a bare screen has none of.
        subprocess.run(choose, env=env, capture_output=True, check=False)
        asked = subprocess.run(ask, env=env, capture_output=True, text=True, check=False)
        told = list(addresses.glob(f"*-unix-{env['DISPLAY'].lstrip(':')}"))
        if asked.returncode == 0 and answer in asked.stdout and told:
            return
    raise AssertionError("the daemon never answered")


@pytest.mark.parametrize("name", DAEMONS)
def test_every_word_arrives_through_a_real_daemon(name, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    typed = typed_through(name, folder, tmp_path / "home")
    assert typed["field"] == "đồn biên phòng | nà mỏ"
    assert typed["table"] == ["nà mỏ"] * 4
    assert typed["chooser"][0] == typed["chooser"][1]
    assert "iên giới" in typed["chooser"][1]
    assert typed["hamlet"] == ["bản lâu "] * 4
    assert typed["search"] == 1
    assert "ao lưu" in typed["commands"]


THERE = frozenset({"compose", "ibus"})


@pytest.mark.parametrize(
    ("environ", "method"),
    [
        ({}, ("", "")),
        ({"QT_IM_MODULE": "ibus"}, ("ibus", "ibus")),
        ({"QT_IM_MODULE": "fcitx"}, ("fcitx", "ibus")),
        ({"QT_IM_MODULE": "fcitx5"}, ("fcitx5", "ibus")),
        ({"QT_IM_MODULES": "wayland;fcitx;ibus"}, ("wayland", "wayland")),
        ({"QT_IM_MODULES": "fcitx;ibus"}, ("fcitx", "ibus")),
        ({"QT_IM_MODULE": "compose", "XMODIFIERS": "@im=ibus"}, ("compose", "compose")),
        ({"XMODIFIERS": "@im=fcitx"}, ("fcitx", "ibus")),
        ({"XMODIFIERS": "@im=none"}, ("", "")),
    ],
)
def test_a_module_that_is_not_there_gives_way_to_one_that_is(environ, method):
    assert input_method(environ, THERE) == InputMethod(*method)
    if plugins() >= THERE:
        settled = dict(environ)
        settle_input_method(settled)
        assert input_method(settled, THERE).given == method[1]


def test_doctor_tells_which_input_method_the_window_gets(cli, desk_folder):
    told = cli("--desk", desk_folder, "doctor", QT_IM_MODULE="fcitx").stdout
    assert "fcitx" in told
    assert "ibus" in told
