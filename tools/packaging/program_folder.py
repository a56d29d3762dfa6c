"""The installed folder of the program on both systems: its packages beside main.py.

A Python of the right version can run main.py from it, also in child processes.
"""

from __future__ import annotations

import os
import py_compile
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from tools.environment import ROOT
from tools.messages import require
from tools.packaging.installed_files import used_files
from tools.packaging.sources import PYTHON

OWN = ("borderdesk", "resources", "ui")
MAIN = "main.py"
_UNUSED_ENDS = frozenset(".c .h .lib .pxd .pxi .pyi .pyx .rnc .rng .sfd .typed".split())
_UNUSED_PARTS = frozenset({"__pyinstaller", "includes", "tests"})
_UNUSED_MODULES = re.compile(
    r"PIL/_(avif|imagingcms|imagingft|imagingtk|webp)\."
    r"|lxml/(objectify|html/|sax)"
    r"|(certifi|cffi|pycparser|pypdfium2_cli|reportlab/fonts)/|pwiz\.py"
    # Of pyHanko what fetches, and European lists of trust.
    r"|pyhanko/sign/timestamps/(aiohttp|requests)_client\.py"
    r"|pyhanko/sign/signers/csc_signer\.py|pyhanko/sign/validation/qualified/eutl_\w+\.py"
    r"|pyhanko/sign/validation/report/|pyhanko/generated/"
    r"|pyhanko_certvalidator/fetchers/(aiohttp|requests)_fetchers/"
    r"|rapidfuzz/.*_avx2\."  # the same once more, for newer processors than a post's
    r"|docx/templates/default-docx-template/"  # what default.docx was made of
    r"|.*/(RECORD|sboms/.*)$"
)
"""Files that only developers or other programs need."""
_NETWORK = re.compile(
    r"(aiohttp|httpx|httplib2|pycurl|requests|urllib3|websockets)(/|\.py)"
    r"|PySide6/(.*/)?(lib)?Qt\d?(Network|WebSockets|HttpServer|Qml|Quick)\w*\..*"
)
"""Files that give network access."""


def lay_program(
    folder: Path, wheels: Iterable[Path], needed: Callable[[Path], Iterable[str]], date: int
) -> frozenset[str]:
    """Assemble the program in `folder`, emptied first; returns the system libraries Qt needs.

    date: modification time of all files, in seconds since 1970. Raises SetupError.
    """
    require(
        sys.version_info[:2] == PYTHON,
        f"Cần Python {PYTHON[0]}.{PYTHON[1]} để đóng gói.",
        f"An installer is built by Python {PYTHON[0]}.{PYTHON[1]}.",
    )
    shutil.rmtree(folder, ignore_errors=True)
    for wheel in wheels:
        unpack(wheel, folder)
    used = used_files(folder, needed)
    for path in _files(folder):
        if path.relative_to(folder).as_posix() not in used.kept:
            path.unlink()
    reaching = [name for name in sorted(used.kept) if reaches_network(name)]
    require(
        not reaching,
        f"Chương trình không được có mạng: {' '.join(reaching)}",
        "These files reach a network; a library has begun to need them.",
    )
    copy_own(folder)
    remove_empty(folder)
    compile_modules(folder)
    date_files(folder, date)
    return used.system


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack the used files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not is_unused(name):
                archive.extract(name, folder)


def is_unused(name: str) -> bool:
    """Whether a file of a wheel is left out of all installers."""
    path = PurePosixPath(name)
    return (
        name.endswith("/")
        or path.parts[0].endswith(".data")
        or path.suffix in _UNUSED_ENDS
        or not _UNUSED_PARTS.isdisjoint(path.parts[:-1])
        or bool(_UNUSED_MODULES.match(name))
    )


def reaches_network(name: str) -> bool:
    """Whether a file is network code outside Python's standard library."""
    return bool(_NETWORK.match(name))


def copy_own(folder: Path) -> None:
    """Copy the program with compiled translations."""
    shutil.copyfile(ROOT / MAIN, folder / MAIN)
    for name in OWN:
        ignored = shutil.ignore_patterns("__pycache__", "*.mo", "*.po")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    # Run by path, as for the wheel: the build does not import the program.
    compile_po = runpy.run_path(str(ROOT / "borderdesk" / "base" / "catalogue.py"))["compile_po"]
    for source in sorted((ROOT / "resources").rglob("*.po")):
        compiled = folder / source.relative_to(ROOT).with_suffix(".mo")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        compiled.write_bytes(compile_po(source.read_text(encoding="utf-8")))


def compile_modules(folder: Path) -> None:
    """Compile all modules, as the installed folder may be read-only; unchecked .pyc files,
    independent of source dates.

    The program keeps its sources, so that error reports show code lines. Libraries are installed
    compiled only: their sources are 10 MB.
    """
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for path in _files(folder, "*.py"):
        name = path.relative_to(folder)
        is_own_module = name.parts[0] in (*OWN, MAIN)
        target = None if is_own_module else str(path.with_suffix(".pyc"))
        py_compile.compile(str(path), cfile=target, dfile=name.as_posix(), doraise=True,
                           invalidation_mode=mode, quiet=1)  # fmt: skip
        if not is_own_module:
            path.unlink()


def remove_empty(folder: Path) -> None:
    """Remove empty folders."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def date_files(folder: Path, date: int) -> None:
    """Set one date and standard permissions below a folder, for reproducible builds."""
    for path in [folder, *sorted(folder.rglob("*"))]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (date, date))


def build_date() -> int:
    """The date of the build in seconds since 1970: SOURCE_DATE_EPOCH, else the commit's."""
    epoch_variable = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch_variable:
        return int(epoch_variable)
    log = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    output = subprocess.run(log, capture_output=True, text=True, check=False).stdout.strip()
    require(
        output.isdigit(),
        "Không có commit của git; hãy đặt SOURCE_DATE_EPOCH.",
        "There is no commit of git here; set SOURCE_DATE_EPOCH.",
    )
    return int(output)


def version() -> str:
    """The version of the program."""
    text = (ROOT / "borderdesk" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "([\d.]+)"$', text, re.MULTILINE)
    assert match is not None
    return match[1]


def size(paths: Sequence[Path]) -> int:
    """The total size of files and folders in bytes."""
    whole = [path for top in paths for path in ([top] if top.is_file() else _files(top))]
    return sum(path.stat().st_size for path in whole)


def _files(folder: Path, pattern: str = "*") -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob(pattern) if path.is_file())
