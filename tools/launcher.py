"""Entry of the program in the desktop's application menu."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "borderdesk.desktop"
ENTRY = """[Desktop Entry]
Type=Application
Name=BorderDesk
Comment=The log and the reports of a border post
Comment[vi]=Sổ nhật ký và báo cáo của đồn biên phòng
Exec={python} {program}
Path={folder}
Icon={icon}
Terminal=false
Categories=Office;
StartupWMClass=BorderDesk
"""


def launcher_file(environ: Mapping[str, str]) -> Path:
    """The path of the person's own menu entry."""
    data = environ.get("XDG_DATA_HOME")
    home = Path(data) if data else Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    return home / "applications" / NAME


def launcher_text(root: Path) -> str:
    """The entry that starts the program in the folder `root`."""
    return ENTRY.format(
        python=_quoted(sys.executable),
        program=_quoted(str(root / "run.py")),
        folder=root,
        icon=root / "resources" / "icons" / "borderdesk.png",
    )


def _quoted(argument: str) -> str:
    """An argument quoted for Exec."""
    for sign in ("\\", '"', "`", "$"):
        argument = argument.replace(sign, f"\\{sign}")
    return '"' + argument.replace("%", "%%") + '"'


def write_launcher(root: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Write the entry if it is missing or outdated; None on systems without such a menu, or if it
    cannot be written, which is no error."""
    if not sys.platform.startswith("linux"):
        return None
    file, text = launcher_file(environ), launcher_text(root)
    try:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return file
