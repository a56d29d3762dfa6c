"""Vietnamese input through Debian's daemons on a real X display: every word arrives."""

import shutil

import pytest

from borderdesk.base.input_methods import InputMethod, input_method, plugins, settle_input_method
from tests.gui.shell.daemons import typed_through


@pytest.mark.long
@pytest.mark.parametrize("name", ["ibus", "fcitx"])
def test_every_word_arrives_through_a_real_daemon(name, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    typed = typed_through(name, "composer.py", str(folder))
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
