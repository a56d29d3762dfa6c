"""The choice of the input method of the window on Linux, made before Qt starts.

The package of Qt contains the plugins ibus and compose but none for fcitx: where the session names
a missing plugin, Qt silently falls back to plain keys, and no Vietnamese can be typed. fcitx
implements the interface of ibus, so the ibus plugin works for both.
"""

import os
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ONE, SEVERAL, X = "QT_IM_MODULE", "QT_IM_MODULES", "XMODIFIERS"
IBUS = "ibus"
PREFIX, SUFFIX = "lib", "platforminputcontextplugin.so"
WITHOUT = frozenset({"", "none", "compose", "xim", "simple"})
"""Values that request no input method, or one built into Qt."""


class InputMethod(NamedTuple):
    """The input method that the session requests ("" for none) and the one that the window gets."""

    asked: str
    given: str

    @property
    def replaced(self) -> bool:
        """Whether the window gets a different input method than the session requested."""
        return self.asked != self.given


def plugins() -> frozenset[str]:
    """The input methods whose plugins come with the window's library."""
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        return frozenset()
    folder = Path(package.origin).parent / "Qt" / "plugins" / "platforminputcontexts"
    names = (file.name for file in folder.glob(f"{PREFIX}*{SUFFIX}"))
    return frozenset(name.removeprefix(PREFIX).removesuffix(SUFFIX) for name in names)


def input_method(environ: Mapping[str, str], installed: Iterable[str]) -> InputMethod:
    """The input method of a window in a session of this environment, given the installed
    plugins."""
    known_methods = set(installed) | (WITHOUT - {""})
    configured = [*environ.get(SEVERAL, "").split(";"), environ.get(ONE, "")]
    names = [name.strip().lower() for name in configured if name.strip()]
    if not names:
        # The session's own word for it, where Debian sets nothing for Qt.
        method = environ.get(X, "").partition("@im=")[2].strip().lower()
        names = [method] if method not in WITHOUT else []
    if not names:
        return InputMethod("", "")
    for name in names:
        if name in known_methods or name == "wayland":
            return InputMethod(names[0], name)
    return InputMethod(names[0], IBUS if IBUS in known_methods else "")


def settle_input_method(environ: MutableMapping[str, str]) -> None:
    """Have Qt, which starts after this, use an input method that it has."""
    if not sys.platform.startswith("linux"):
        return
    is_method_set = any(environ.get(name) for name in (ONE, SEVERAL, X))
    method = input_method(environ, plugins()) if is_method_set else InputMethod("", "")
    qt_names = environ.get(SEVERAL) or environ.get(ONE) or ""
    if method.given and (method.replaced or not qt_names):
        environ[ONE] = method.given
        environ.pop(SEVERAL, None)


def session_input_method() -> InputMethod:
    """The input method of a window in this session, given the installed programs."""
    return input_method(os.environ, plugins())
