"""Translation of the texts in NSIS's stub that no script can change.

The message about an incomplete file is part of the stub, in English and with an internet address.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.messages import require

INSTALLED = Path("/usr/share/nsis")
WORDS = {
    "Installer integrity check has failed. Common causes include\n"
    "incomplete download and damaged media. Contact the\n"
    "installer's author to obtain a new copy.\n\n"
    "More information at:\nhttp://nsis.sf.net/NSIS_Error":
    "Tệp cài đặt bị hỏng hoặc chưa chép hết. Chưa có gì thay đổi, sổ của đồn còn nguyên.\n"
    "Hãy chép lại tệp vào USB rồi mở lại.\n\n"
    "The set-up file is damaged or not whole: copy it again.",
    "Error writing temporary file. Make sure your temp folder is valid.":
    "Không ghi được tệp tạm: ổ đĩa đầy hoặc thư mục tạm bị khóa.",
    "Error launching installer": "Không mở được bộ cài đặt.",
    "verifying installer: %d%%": "Đang kiểm tra: %d%%",
    "NSIS Error": "BorderDesk",
}  # fmt: skip
"""{English text: Vietnamese text}, never longer."""


def speaking_nsis(folder: Path, target: str) -> Path:
    """A new folder with NSIS, whose stubs of the kind `target` are translated. Raises SetupError
    for an unknown version of NSIS."""
    shutil.rmtree(folder, ignore_errors=True)
    stubs = folder / "Stubs"
    shutil.copytree(INSTALLED / "Stubs", stubs)
    for part in INSTALLED.iterdir():
        if part.name != stubs.name:
            (folder / part.name).symlink_to(part)
    for stub in stubs.glob(f"*-{target}"):
        stub.write_bytes(translated(stub.read_bytes()))
    return folder


def translated(stub: bytes) -> bytes:
    """A translated stub. Raises SetupError if it has other texts."""
    for english, vietnamese in WORDS.items():
        old, new = (f"{text}\0".encode("utf-16-le") for text in (english, vietnamese))
        require(
            len(new) <= len(old) and old in stub,
            f"makensis này có lời khác: {english!r}",
            "This makensis has other words; name them in tools/packaging/setup_stub.py.",
        )
        stub = stub.replace(old, new.ljust(len(old), b"\0"))
    return stub
