"""Vietnamese through the daemons that Debian has, on a real X display: every word arrives."""

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
