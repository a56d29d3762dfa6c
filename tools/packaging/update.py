"""The update: one signed file with the program for both systems, distributed by stick.

`run.py build update --key F` takes minisign's secret key, which stays outside the repository; the
public key is built into the program (docs/updates.md).
"""

from __future__ import annotations

import getpass
import hashlib
import json
import lzma
import os
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import minisign

from tools.environment import ROOT
from tools.messages import SetupError, require
from tools.packaging import deb, windows
from tools.packaging.program_folder import build_date, size, version
from tools.packaging.sources import BUILD, PYTHON

OLDEST = "0.1.0"
"""The oldest version that can be updated to this one."""
FORMAT = 1
PUBLIC_KEY = "update.pub"
BUILT_IN = ROOT / "resources" / PUBLIC_KEY
PASSWORD = "BORDERDESK_UPDATE_PASSWORD"  # noqa: S105 - the name of a variable
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
PRESETS = {False: 9, True: 0}
"""{fast: compression preset}."""
PROGRAMS = {
    name: package
    for name, package in {**deb.PROGRAMS, **windows.PROGRAMS}.items()
    if name not in ("dpkg-deb", "makensis", "msibuild", "wixl")
}


class UpdateKey(NamedTuple):
    """The secret key, and the public one in minisign's file format."""

    secret: minisign.SecretKey
    public: bytes


def build_update(out: Path, *, fast: bool, key: Path | None) -> list[Path]:
    """Build the update into the folder `out`; returns its path. Raises SetupError.

    fast: low compression, for trials; key: the file of minisign's secret key.
    """
    require(
        key is not None,
        "Thiếu --key: tệp khóa bí mật của minisign (xem docs/updates.md).",
        "The secret key of minisign is missing: --key FILE (docs/updates.md).",
    )
    assert key is not None
    signing = read_key(key)
    date = build_date()
    stages = {
        "linux-x86_64": deb.lay_folder(BUILD / "update" / "linux", date),
        "windows-x86_64": windows.lay_stage(BUILD / "windows", date),
    }
    for name, stage in stages.items():
        place_key(stage / "program", signing.public, date)
        print(f"{name}\t{size([stage]) / 1e6:.1f} MB", file=sys.stderr)
    update_file = out / f"BorderDesk-{version()}.bdupdate"
    pack_update(stages, update_file, version(), signing.secret, date, fast=fast)
    return [update_file]


def read_key(path: Path) -> UpdateKey:
    """Read a minisign key file, asking for its password. Raises SetupError."""
    try:
        secret = minisign.SecretKey.from_file(path)
        if secret.is_encrypted():
            secret.decrypt(os.environ.get(PASSWORD) or getpass.getpass("minisign: "))
    except (OSError, ValueError) as error:
        raise SetupError(
            f"Không dùng được khóa {path}: {error}", f"The key {path} cannot be used: {error}"
        ) from error
    require(
        not path.resolve().is_relative_to(ROOT.resolve()),
        f"Khóa bí mật {path} nằm trong kho mã nguồn; hãy cất ra ngoài.",
        f"The secret key {path} lies in the repository; keep it elsewhere.",
    )
    public = bytes(secret.get_public_key())
    if BUILT_IN.exists():
        require(
            BUILT_IN.read_bytes().split()[-1:] == public.split()[-1:],
            f"{BUILT_IN.name} không phải khóa công khai của {path}: máy của đồn sẽ không nhận.",
            f"{BUILT_IN} is not the public key of {path}: no installed program would take it.",
        )
    return UpdateKey(secret, public)


def place_key(program: Path, public: bytes, date: int) -> None:
    """Add the public key to a program that has none."""
    target = program / "resources" / PUBLIC_KEY
    if not target.exists():
        target.write_bytes(public)
        target.chmod(0o644)
        for path in (target, target.parent):
            os.utime(path, (date, date))


def pack_update(
    stages: Mapping[str, Path],
    out: Path,
    number: str,
    secret: minisign.SecretKey,
    date: int,
    *,
    fast: bool = False,
    first: str = OLDEST,
) -> None:
    """Pack the program of each system {name: folder}, sign it and write the file; reproducible for
    the same commit and key."""
    systems, packed = {}, {}
    for name, stage in sorted(stages.items()):
        archive = out.with_name(f".{name}.tar.xz")
        pack_folder(stage, archive, date, fast=fast)
        packed[name] = archive
        systems[name] = {
            "file": f"{name}.tar.xz",
            "bytes": archive.stat().st_size,
            "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
            "unpacked": size([stage]),
            "python": f"{PYTHON[0]}.{PYTHON[1]}",
        }
    descriptor = {
        "kind": "borderdesk-update", "format": FORMAT, "version": number, "first": first,
        "systems": systems,
    }  # fmt: skip
    text = json.dumps(descriptor, indent=1, sort_keys=True).encode()
    comment = f"BorderDesk {number}"
    signature = bytes(secret.sign(text, trusted_comment=comment, untrusted_comment=comment))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo("update.json", FIXED_TIME), text)
        file.writestr(zipfile.ZipInfo("update.json.minisig", FIXED_TIME), signature)
        for name, archive in packed.items():
            entry = zipfile.ZipInfo(f"{name}.tar.xz", FIXED_TIME)
            file.writestr(entry, archive.read_bytes())
            archive.unlink()
    whole = bytes(secret.sign(out.read_bytes(), trusted_comment=comment, untrusted_comment=comment))
    out.with_name(f"{out.name}.minisig").write_bytes(whole)


def pack_folder(stage: Path, out: Path, date: int, *, fast: bool) -> None:
    """Pack a folder sorted by name, with one date and fixed permissions."""
    with (
        lzma.open(out, "wb", preset=PRESETS[fast]) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(stage.rglob("*")):
            if not path.is_file():
                continue
            info = tarfile.TarInfo(path.relative_to(stage).as_posix())
            info.size, info.mtime, info.mode = path.stat().st_size, date, 0o644
            with path.open("rb") as content:
                archive.addfile(info, content)
