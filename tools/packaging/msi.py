"""MSI for administrators: installs silently for all users of a computer.

Built by `wixl`, with Vietnamese texts added by msitools; generated dates and ids are overwritten,
so that a commit gives the same bytes twice.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

NAMESPACE = uuid.UUID("6f1f2c1e-6f0c-4a55-9a37-0f1f6d7d0a01")
"""Namespace of the ids; the UpgradeCode, shared by all versions."""
FILE_TYPES = {
    "bdx": ("BorderDesk.Package", "Tệp số liệu BorderDesk"),
    "bdcard": ("BorderDesk.Card", "Thẻ BorderDesk"),
    "bdupdate": ("BorderDesk.Update", "Bản cập nhật BorderDesk"),
    "bdsetup": ("BorderDesk.Setup", "Tệp thiết lập BorderDesk"),
}
"""{suffix: (ProgID, label)} of the program's files."""
DOWNGRADE = "Máy này đã có BorderDesk mới hơn; không có gì thay đổi."
OLD_WINDOWS = "BorderDesk cần Windows 10 (bản 1809) trở lên, loại 64 bit; máy này cũ hơn."
SUPPORTED = "Installed OR (VersionNT64 AND SYSTEMBUILD >= 17763)"
"""Checked by registry: to an MSI, all Windows versions since 8.1 report 9600."""
UTF_8 = "\r\n\r\n65001\t_ForceCodepage\r\n"
HEAD = """\
<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
<Product Id="{product}" Name="BorderDesk" Language="1066" Codepage="65001" Version="{version}"
 Manufacturer="BorderDesk" UpgradeCode="{upgrade}">
<Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"
 Languages="1066" Manufacturer="BorderDesk"/>
<MajorUpgrade DowngradeErrorMessage="newer"/>
<Property Id="SYSTEMBUILD"><RegistrySearch Id="build" Root="HKLM" Type="raw" Win64="yes"
 Key="SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion" Name="CurrentBuildNumber"/></Property>
<Media Id="1" Cabinet="borderdesk.cab" EmbedCab="yes"/>
<Icon Id="borderdesk.ico" SourceFile="borderdesk.ico"/>
<Property Id="ARPPRODUCTICON" Value="borderdesk.ico"/>
<Directory Id="TARGETDIR" Name="SourceDir">
<Directory Id="ProgramMenuFolder"/>
<Directory Id="ProgramFiles64Folder"><Directory Id="INSTALLDIR" Name="BorderDesk">
"""
COMMANDS = """\
<Shortcut Id="commands" Directory="ProgramMenuFolder" Name="BorderDesk-cmd"
 Target="[System64Folder]cmd.exe" Arguments="/k set PATH=[INSTALLDIR];%PATH%"/>"""
"""A console with `borderdesk` in its PATH; the system's PATH is not changed."""
COMMANDS_NAME = "Dòng lệnh BorderDesk"
TAIL = """\
</Directory></Directory></Directory>
<Feature Id="Program" Level="1">
{references}
</Feature>
</Product></Wix>
"""


def build_msi(stage: Path, out: Path, version: str, date: int, icon: Path) -> None:
    """Build the MSI of the files in `stage`, which are dated `date`."""
    # wixl resolves paths only from its working directory.
    folder = stage.parent
    source = folder / "borderdesk.wxs"
    shutil.copyfile(icon, folder / "borderdesk.ico")
    product = uuid.uuid5(NAMESPACE, version)
    components: list[str] = []
    head = HEAD.format(product=product, version=version, upgrade=NAMESPACE)
    body = "\n".join(_folder(stage, stage, components))
    references = "\n".join(f'<ComponentRef Id="{name}"/>' for name in components)
    source.write_text(head + body + TAIL.format(references=references), encoding="utf-8")
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(date), "TZ": "UTC"}
    subprocess.run(
        ["wixl", "--arch", "x64", "--output", str(out), source.name],
        cwd=folder, env=environ, check=True,
    )  # fmt: skip
    add_words(out, folder / "codepage.idt")
    out.write_bytes(settled(out.read_bytes(), uuid.uuid5(product, f"{date}"), date))


def _folder(folder: Path, stage: Path, components: list[str]) -> Iterator[str]:
    """The XML lines for the contents of a folder."""
    for path in sorted(folder.iterdir()):
        name = path.relative_to(stage).as_posix()
        key = f"_{uuid.uuid5(NAMESPACE, name).hex}"
        if path.is_dir():
            yield f"<Directory Id={quoteattr(key)} Name={quoteattr(path.name)}>"
            yield from _folder(path, stage, components)
            yield "</Directory>"
            continue
        components.append(key)
        yield f'<Component Id="{key}" Guid="{uuid.uuid5(NAMESPACE, name)}" Win64="yes">'
        source = quoteattr(path.relative_to(stage.parent).as_posix())
        yield f'<File Id="f{key}" Name={quoteattr(path.name)} Source={source} KeyPath="yes"/>'
        if name == "borderdesk.exe":
            yield COMMANDS
        if name == "borderdeskw.exe":
            yield from _integration()
        yield "</Component>"


def _integration() -> Iterator[str]:
    """Start menu entry and file types, as part of the window's program."""
    yield (
        '<Shortcut Id="menu" Directory="ProgramMenuFolder" Name="BorderDesk"'
        ' Target="[INSTALLDIR]borderdeskw.exe" WorkingDirectory="INSTALLDIR"/>'
    )
    opens = '"[INSTALLDIR]borderdeskw.exe" "%1"'
    for ending, (kind, _words) in FILE_TYPES.items():
        yield from (
            _value(f".{ending}", kind),
            _value(kind, kind),
            _value(f"{kind}\\DefaultIcon", "[INSTALLDIR]borderdeskw.exe,0"),
            _value(f"{kind}\\shell\\open\\command", opens),
        )


def _value(key: str, value: str) -> str:
    where = f'Root="HKLM" Key={quoteattr(f"Software{chr(92)}Classes{chr(92)}{key}")}'
    return f'<RegistryValue {where} Type="string" Value={quoteattr(value)}/>'


def add_words(path: Path, codepage: Path) -> None:
    """Write the Vietnamese texts into the tables: wixl accepts only ASCII."""
    codepage.write_text(UTF_8, encoding="ascii", newline="")
    queries = [
        f"UPDATE `Registry` SET `Value` = '{words}' WHERE `Value` = '{kind}'"
        f" AND `Key` = 'Software\\Classes\\{kind}'"
        for kind, words in FILE_TYPES.values()
    ]
    # Inside the transaction of the installation: if it fails, the version before stays.
    moved = "`Sequence` = 1501 WHERE `Action` = 'RemoveExistingProducts'"
    conditions = "`LaunchCondition` (`Condition`, `Description`)"
    queries += [
        f"UPDATE `Shortcut` SET `Name` = '{COMMANDS_NAME}' WHERE `Shortcut` = 'commands'",
        f"UPDATE `InstallExecuteSequence` SET {moved}",
        f"UPDATE `LaunchCondition` SET `Description` = '{DOWNGRADE}'",
        f"INSERT INTO {conditions} VALUES ('{SUPPORTED}', '{OLD_WINDOWS}')",
    ]
    words = [word for query in queries for word in ("-q", query)]
    subprocess.run(["msibuild", str(path), "-i", str(codepage), *words], check=True)


SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
"""The FMTID of the summary information stream."""
TEMPLATE, PACKAGE, FILETIME = 7, 9, 0x40
EPOCH = 116_444_736_000_000_000
"""1970 in Windows file time (100 ns since 1601)."""


def settled(data: bytes, package: uuid.UUID, date: int) -> bytes:
    """The MSI with a fixed summary: package id, language and dates."""
    content = bytearray(data)
    head = data.index(SUMMARY)
    section = head - 28 + struct.unpack_from("<I", data, head + 16)[0]
    _length, count = struct.unpack_from("<II", data, section)
    for turn in range(count):
        key, offset = struct.unpack_from("<II", data, section + 8 + 8 * turn)
        at = section + offset
        (kind,) = struct.unpack_from("<I", data, at)
        if kind == FILETIME:
            struct.pack_into("<Q", content, at + 4, EPOCH + date * 10_000_000)
        elif key == PACKAGE:
            _overwrite(content, at + 8, f"{{{package}}}".upper().encode())
        elif key == TEMPLATE:
            _overwrite(content, at + 8, b"x64;1066")
    return bytes(content)


def _overwrite(data: bytearray, at: int, text: bytes) -> None:
    data[at : at + len(text)] = text
