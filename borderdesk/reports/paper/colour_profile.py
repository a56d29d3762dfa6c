"""The colour space of the papers, sRGB of IEC 61966-2-1, as an ICC profile: computed from its
published primaries and curve, so that no third-party file has to be shipped."""

import struct
from functools import cache

STEPS = 256
PRIMARIES = {
    "rXYZ": (0.43607, 0.22249, 0.01392),
    "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410),
}
"""XYZ of red, green and blue, adapted to the white of the profile connection space."""

WHITE = (0.9642, 1.0, 0.8249)
NAME, RIGHTS = "sRGB IEC61966-2.1", "No copyright, use freely"


@cache
def srgb_profile() -> bytes:
    """The profile, version 2.1, for displays; the same bytes on every machine."""
    curve = _curve()
    tags = {
        "desc": _described(NAME),
        "cprt": b"text\0\0\0\0" + RIGHTS.encode() + b"\0",
        "wtpt": _xyz(WHITE),
        **{key: _xyz(value) for key, value in PRIMARIES.items()},
        "rTRC": curve,
        "gTRC": curve,
        "bTRC": curve,
    }
    start = 128 + 4 + 12 * len(tags)
    table, body, places = b"", b"", dict[bytes, int]()
    for key, value in tags.items():
        if value not in places:
            places[value] = start + len(body)
            body += value + b"\0" * (-len(value) % 4)
        table += struct.pack(">4sII", key.encode(), places[value], len(value))
    size = start + len(body)
    return _head(size) + struct.pack(">I", len(tags)) + table + body


def _head(size: int) -> bytes:
    """The 128 bytes at the beginning: version, class, spaces, a date that does not change."""
    created = struct.pack(">6H", 1999, 10, 18, 0, 0, 0)
    start = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head = start + created + b"acsp" + b"\0" * 28 + _numbers(WHITE)
    return head + b"\0" * (128 - len(head))


def _numbers(values: tuple[float, ...]) -> bytes:
    """Numbers with sixteen binary places."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(values)


def _curve() -> bytes:
    """The curve from a stored level to light."""
    levels = []
    for step in range(STEPS):
        level = step / (STEPS - 1)
        light = level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        levels.append(round(light * 65535))
    return struct.pack(f">4sII{STEPS}H", b"curv", 0, STEPS, *levels)


def _described(name: str) -> bytes:
    """A description: the name in ASCII, and none for other scripts."""
    text = name.encode() + b"\0"
    return struct.pack(">4sII", b"desc", 0, len(text)) + text + b"\0" * (4 + 4 + 2 + 1 + 67)
