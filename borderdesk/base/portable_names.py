"""Rules for file names that Windows and sticks accept: FAT, exFAT and NTFS forbid names that Linux
allows.

A name with a colon is refused by some and becomes a hidden stream of another file on others, a
trailing dot is dropped silently, and CON.pdf is a device.
"""

import os
import re
import sys
import unicodedata
from pathlib import Path

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.paths import existing_part

LONGEST = 255
"""UTF-16 units of a name."""
LONGEST_OFFERED = 80
"""Letters of a name we propose: short enough for every system, in bytes too, and to be read."""
_FORBIDDEN = re.compile(r'[\x00-\x1f"*/:<>?\\|]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE)
_KINDS = re.compile(r"(fuse\.)?\w*(fat|ntfs)\w*|msdos|fuseblk|cifs|smb3")
"""The kinds of file system, as Linux calls them, whose files Windows is to read."""
MOUNTS = Path("/proc/self/mountinfo")


def portable_name(words: str) -> str:
    """Words as the name of a file, without its ending, that every system takes."""
    text = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", words).replace("\x7f", "-"))
    name = " ".join(text.split())[:LONGEST_OFFERED].strip(" .")
    return f"_{name}" if not name or _is_device(name) else name


def name_fault(name: str) -> str | None:
    """The reason why a name is invalid on Windows or a stick, in words; None for a valid name."""
    match = _FORBIDDEN.search(name)
    if match:
        sign = match[0] if match[0].isprintable() else f"U+{ord(match[0]):04X}"
        return _("it holds the sign {sign}").format(sign=sign)
    if name.endswith((".", " ")):
        return _("it ends in a dot or a space")
    if _is_device(name):
        return _("Windows calls a device that")
    if len(name.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
        return _("it has more than {count} letters").format(count=LONGEST)
    return None


def require_portable(path: Path) -> None:
    """Raise UserError where the name of a path cannot be stored by its file system or by
    Windows."""
    fault = name_fault(path.name) if path.name != ".." else None
    if fault is not None and _takes_windows_names(path.parent):
        raise UserError(
            _(
                "{name} is no name for a file or folder there: {why}. Nothing was changed; choose"
                " another name."
            ).format(name=path.name, why=fault)
        )


def require_portable_folder(folder: Path) -> None:
    """Raise UserError where a folder that has to be made, or one above it, has such a name."""
    for path in (folder, *folder.parents):
        # A device name exists in every folder of Windows.
        if path.exists() and not _is_device(path.name):
            return
        require_portable(path)


def _is_device(name: str) -> bool:
    return bool(_DEVICE.fullmatch(name.split(".")[0].rstrip()))


def _takes_windows_names(folder: Path) -> bool:
    """Whether a folder, existing or not, is on Windows or on a disk that Windows is to read."""
    if sys.platform == "win32":
        return True
    try:
        device = existing_part(folder).stat().st_dev
        lines = MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    number = f"{os.major(device)}:{os.minor(device)}"
    return any(_KINDS.fullmatch(_kind(line)) for line in lines if line.split()[2] == number)


def _kind(line: str) -> str:
    """The file system's kind in a line of mountinfo, after the optional fields."""
    return (line.partition(" - ")[2].split() or [""])[0]
