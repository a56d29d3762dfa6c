"""Pictures as PNG files: grey, of one bit or of eight bits a pixel."""

import struct
import zlib
from collections.abc import Iterable


def png_file(width: int, height: int, depth: int, rows: Iterable[bytes]) -> bytes:
    """A PNG in shades of grey. depth: bits a pixel, 1 or 8; rows: from the top, without padding but
    to a whole byte."""
    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    content = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = _chunk(b"IHDR", head), _chunk(b"IDAT", content), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
