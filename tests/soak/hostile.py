"""Random hostile texts, values and bytes."""

import json
import random
from collections.abc import Sequence
from typing import Any

TEXTS = (
    "", " ", "\t\r\n", "0", "-1", "1e999", "nan", "∞", "٣", "①", "9" * 40, "-" + "9" * 400, "0x1f",
    "1.7976931348623157e309", "31/02/2023", "2023-02-30", "0000-00-00", "9999-12-31", "2023-W52-7",
    "' OR 1=1 --", "x'); DROP TABLE household; --", '"', "'", "`", "\\",
    "%s%n{0}{x!r:>999}", "${HOME}",
    "<img src=file:///etc/passwd>", "<b>&amp;", "=cmd|' /C calc'!A0", "@SUM(1)", "../../etc/passwd",
    "/dev/zero", "file:///etc/passwd", "C:\\CON", "ế" * 300, "a" * 70_000, "\u200b\u2060\ufeff",
    "\u202eabc", "e\u0301\u0323" * 50, "\u3164\u2800", "\U0001f1fb\U0001f1f3" * 9, "\ud800",
    "\udcff", "\uffff", "\x1b[31m", "null", "[]", "{}", "true", "-", "--", "--help", "-1-1-1",
    "*", "?",
    "AND OR NOT NEAR(", '"unclosed', "a:b", "^", "100000000000000000000000000000000.5",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, -(2**63) - 1, 10**400, 1e308, -0.0, 0.1, [], {},
    [[[]]], [None],
    {"": ""}, {"id": "x"}, [{}] * 50, ["06196"] * 1_000, {"head": None}, {"head": {"head": "x"}},
)  # fmt: skip
RAW = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"%PDF-1.7", b"SQLite format 3\x00",
    b"[" * 100_000, b'{"a":' * 5_000, b"\x00" * 70_000, b"NaN", b"Infinity", b"1" * 5_000,
    b"age-encryption.org/v1\n", b"\r\n" * 1_000, b",;\t" * 1_000, b'"' * 999,
)  # fmt: skip


def text(chance: random.Random, like: str = "") -> str:
    """A hostile text, or a corrupted variant of `like`."""
    if not like or chance.random() < 0.4:
        return chance.choice(TEXTS)
    signs = list(like)
    for _time in range(chance.randint(1, 4)):
        at = chance.randrange(len(signs) + 1)
        signs[at : at + chance.randint(0, 3)] = list(chance.choice((*TEXTS, like)))[:40]
    return "".join(signs)


def value(chance: random.Random, like: Any = None) -> Any:
    """A hostile JSON value, or one like this with a corrupted part."""
    if isinstance(like, dict) and like and chance.random() < 0.9:
        key = chance.choice([*like])
        bent = {**like, key: value(chance, like[key])}
        if chance.random() < 0.2:
            del bent[key]
        if chance.random() < 0.2:
            bent[text(chance, key)] = value(chance)
        return bent
    if isinstance(like, list) and like and chance.random() < 0.7:
        return [*like[:-1], value(chance, like[-1])]
    if isinstance(like, str) and chance.random() < 0.6:
        return text(chance, like)
    return chance.choice(VALUES) if chance.random() < 0.6 else text(chance)


def content(chance: random.Random, like: bytes) -> bytes:
    """Hostile bytes, or a corrupted copy of some: flipped bits; pieces removed, doubled,
    inserted."""
    if chance.random() < 0.05:
        return chance.choice(RAW)
    bent = bytearray(like)
    for _time in range(chance.choice((1, 1, 2, 5, 20))):
        at, size = chance.randrange(len(bent) + 1), chance.choice((1, 1, 4, 16, 512, 4096))
        match chance.randrange(6):
            case 0:
                del bent[at:]
            case 1:
                del bent[at : at + size]
            case 2:
                bent[at:at] = bent[at : at + size]
            case 3:
                bent[at : at + size] = chance.randbytes(len(bent[at : at + size]))
            case 4:
                bent[at:at] = chance.choice(RAW)[:size]
            case _:
                if at < len(bent):
                    bent[at] ^= 1 << chance.randrange(8)
    return bytes(bent)


def json_text(chance: random.Random, like: Any) -> str:
    """JSON of a corrupted value, sometimes with broken syntax."""
    said = json.dumps(value(chance, like), ensure_ascii=chance.random() < 0.5)
    return text(chance, said) if chance.random() < 0.1 else said


def line(chance: random.Random, words: Sequence[str]) -> list[str]:
    """The words of a command line, some of them corrupted, missing, doubled or reordered."""
    bent = list(words)
    for _time in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(bent))
        match chance.randrange(5):
            case 0:
                bent.pop(at) if len(bent) > 1 else None
            case 1:
                bent.insert(at, bent[at])
            case 2:
                bent[at] = chance.choice(words)
            case _:
                bent[at] = text(chance, bent[at])
    # Characters that the system cannot pass in a command line.
    return [word.replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            for word in bent]  # fmt: skip
