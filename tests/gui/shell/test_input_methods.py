"""Vietnamese through the daemons that Debian has, on a real X display: every word arrives."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from borderdesk.base.input_methods import InputMethod, input_method, plugins, settle_input_method

DRIVER = Path(__file__).with_name("daemons.py")
BOUND = 180
"""Seconds that the typing through a daemon may take at the most; a quarter is usual."""


def typed_through(name, desk_folder, home):
    """What arrives in the window of a desk when a daemon composes. Everything it starts is a
    session of its own that ends with this, whatever hangs in it; nobody waits for its pipes."""
    told, said = home / "told", home / "said"
    with told.open("wb") as out, said.open("wb") as errors:
        driver = subprocess.Popen(
            [sys.executable, str(DRIVER), name, str(desk_folder), str(home)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            status = driver.wait(BOUND)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
            driver.wait()
    assert status == 0, said.read_text(encoding="utf-8", errors="replace")[-4_000:]
    return json.loads(told.read_text(encoding="utf-8").splitlines()[-1])


@pytest.mark.long
@pytest.mark.parametrize("name", ["ibus", "fcitx"])
def test_every_word_arrives_through_a_real_daemon(name, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    # The path of a socket has 107 bytes at most, and ibus makes its own below the home.
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as home:
        typed = typed_through(name, folder, Path(home))
    assert typed["field"] == "đồn biên phòng | nà mỏ"
    assert typed["table"] == ["nà mỏ"] * 3
    assert typed["chooser"][0] == typed["chooser"][1]
    assert "iên giới" in typed["chooser"][1]
    assert typed["hamlet"] == ["bản lâu "] * 2
    assert typed["search"] == 1
    assert "ao lưu" in typed["commands"]
    assert typed["evening"] == [["nà mỏ", "đồn biên phòng", 40 + n] for n in range(2)]


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
