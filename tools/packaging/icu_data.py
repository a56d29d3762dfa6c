"""Reduction of Qt's ICU data on Linux from 32 to 3 MB.

Qt uses ICU to compare and fold text and to find character boundaries; names of units, currencies,
time zones, languages and regions in 800 locales, converters, transliteration and dictionaries are
unused.
"""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_UNUSED = re.compile(
    r"[^/]+/(curr|lang|rbnf|region|translit|unit|zone)/.*"
    r"|.*\.(cnv|dict)"
    r"|.*/(?!en|vi)[a-z]{2,3}(_\w+)?\.res"  # other languages than the program's
)
_SYMBOL = re.compile(r"^([0-9a-f]{16}) g +DO \.rodata\s+([0-9a-f]{16}) .*?(icudt\d+_dat)$", re.M)
_ALIGNED = 16
_MAGIC = b"\xda\x27"
_SOURCE = """\
.section .rodata
.balign 16
.globl {symbol}
.type {symbol}, %object
.size {symbol}, {size}
{symbol}:
.incbin "{data}"
.section .note.GNU-stack,"",%progbits
"""


def is_unused(name: str) -> bool:
    """Whether an item of the data, such as icudt73l/unit/vi.res, is unused by Qt."""
    return bool(_UNUSED.fullmatch(name))


def slim_library(library: Path) -> None:
    """Rebuild a libicudata with the used items, with objdump, as and ld of binutils."""
    symbols = _output("objdump", "-T", str(library))
    match = _SYMBOL.search(symbols)
    assert match is not None, symbols
    start, size, symbol = int(match[1], 16), int(match[2], 16), match[3]
    header, items = read_items(library.read_bytes()[start : start + size])
    data = library.with_suffix(".data")
    data.write_bytes(pack_items(header, {n: i for n, i in items.items() if not is_unused(n)}))
    source, object_file = library.with_suffix(".s"), library.with_suffix(".o")
    source.write_text(
        _SOURCE.format(symbol=symbol, size=data.stat().st_size, data=data), encoding="utf-8"
    )
    _output("as", "-o", str(object_file), str(source))
    name = ["-shared", "-soname", library.name, "--build-id=none", "-z", "noexecstack"]
    _output("ld", *name, "-o", str(library), str(object_file))
    for path in (data, source, object_file):
        path.unlink()


def read_items(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The header of ICU's common data, and its items by name."""
    (length,) = struct.unpack_from("<H", data)
    assert data[2:4] == _MAGIC, "no data of ICU"
    (count,) = struct.unpack_from("<I", data, length)
    pairs = [struct.unpack_from("<II", data, length + 4 + 8 * i) for i in range(count)]
    body = data[length:]
    ends = [start for _name, start in pairs[1:]] + [len(body)]
    names = [body[at : body.index(b"\0", at)].decode() for at, _start in pairs]
    starts = [start for _name, start in pairs]
    return data[:length], {
        name: body[start:end] for name, start, end in zip(names, starts, ends, strict=True)
    }


def pack_items(header: bytes, items: Mapping[str, bytes]) -> bytes:
    """The common data of these items, sorted by name as ICU's binary search requires."""
    names = sorted(items, key=str.encode)
    texts = b"".join(name.encode() + b"\0" for name in names)
    first = 4 + 8 * len(names)
    body, table, at = b"", [], first
    start = _up(first + len(texts))
    pieces: list[bytes] = []
    for name in names:
        table.append(struct.pack("<II", at, start))
        at += len(name.encode()) + 1
        pieces.append(items[name].ljust(_up(len(items[name])), b"\0"))
        start += len(pieces[-1])
    body = struct.pack("<I", len(names)) + b"".join(table) + texts
    return header + body.ljust(_up(len(body)), b"\0") + b"".join(pieces)


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def strip(libraries: Sequence[Path]) -> None:
    """Strip libraries of debug symbols."""
    for library in libraries:
        _output("strip", "--strip-unneeded", str(library))
