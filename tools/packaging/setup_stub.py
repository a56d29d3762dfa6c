"""The program at the head of a set-up file, made to speak Vietnamese where it has no other words.

What it says of a file that was not copied whole stands in the program itself, in English with the
address of a page in the internet; no script of makensis reaches that.
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
"""What is said instead, in no more letters."""


def speaking_nsis(folder: Path, target: str) -> Path:
    """A fresh folder with what makensis needs, whose programs of the kind `target` speak
    Vietnamese. Raises SetupError where they are not as they are known."""
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
    """A program with its words in Vietnamese. Raises SetupError where it has others."""
    for english, vietnamese in WORDS.items():
        old, new = (f"{text}\0".encode("utf-16-le") for text in (english, vietnamese))
        require(
            len(new) <= len(old) and old in stub,
            f"makensis này có lời khác: {english!r}",
            "This makensis has other words; name them in tools/packaging/setup_stub.py.",
        )
        stub = stub.replace(old, new.ljust(len(old), b"\0"))
    return stub
