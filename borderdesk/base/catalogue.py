"""Compiling a gettext source (.po) to the binary form (.mo) that Python's gettext reads.

Part of the program, not of its development tools: a post's computer compiles the translations at
set-up, and Babel with its locale data would add 30 MB used by nothing else. Standard library only,
because the set-up runs it (`python -m borderdesk.base.catalogue SOURCE TARGET`).
"""

import ast
import secrets
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

MAGIC = 0x950412DE
_CONTEXT, _ID, _PLURAL, _STRING = "msgctxt", "msgid", "msgid_plural", "msgstr"


class CatalogueError(ValueError):
    """A .po file that cannot be read: the line's number and its text."""


def compile_po(text: str) -> bytes:
    """The .mo file of the .po file `text`: fuzzy, obsolete and untranslated entries left out.

    Raises CatalogueError.
    """
    return _mo(_messages(text.splitlines()))


def _messages(lines: Iterable[str]) -> dict[bytes, bytes]:
    """{key as gettext looks it up: its translation or, separated by NUL, its plural forms}."""
    messages: dict[bytes, bytes] = {}
    for entry in _entries(lines):
        forms = [entry[key] for key in sorted(entry, key=_form) if key.startswith(_STRING)]
        if not all(forms):
            continue
        key = entry.get(_ID, "")
        if _CONTEXT in entry:
            key = f"{entry[_CONTEXT]}\x04{key}"
        if _PLURAL in entry:
            key = f"{key}\x00{entry[_PLURAL]}"
        # Of an entry that occurs twice the first counts.
        messages.setdefault(key.encode(), "\x00".join(forms).encode())
    return messages


def _form(keyword: str) -> int:
    """The number of a plural form: 2 for msgstr[2], 0 for a keyword without a number."""
    return int(keyword[7:-1]) if keyword.endswith("]") else 0


def _entries(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Each entry that is not fuzzy, as {keyword: text}."""
    entry: dict[str, str] = {}
    keyword, fuzzy = "", False
    for number, line in enumerate(lines, 1):
        line = line.strip()
        starts = line.startswith("#") or line.split(" ")[0] in (_CONTEXT, _ID)
        if entry and starts and any(key.startswith(_STRING) for key in entry):
            if not fuzzy:
                yield entry
            entry, fuzzy = {}, False
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif line:
            if not line.startswith('"'):
                keyword, _blank, line = line.partition(" ")
                entry[keyword] = ""
            if keyword not in entry:
                raise CatalogueError(f"{number}: {line}")
            entry[keyword] += _unquoted(line, number)
    if entry and not fuzzy:
        yield entry


def _unquoted(quoted: str, number: int) -> str:
    """The text between quotation marks; its escapes are those of C, which Python shares."""
    try:
        text = ast.literal_eval(quoted.strip())
    except (SyntaxError, ValueError):
        text = None
    if not isinstance(text, str) or not quoted.startswith('"'):
        raise CatalogueError(f"{number}: {quoted}")
    return text


def _mo(messages: dict[bytes, bytes]) -> bytes:
    """The file: a header, two tables of (length, offset) in the order of the keys, the texts."""
    keys = sorted(messages)
    header = 7 * 4
    at = header + 2 * 8 * len(keys)
    tables: list[bytes] = []
    texts: list[bytes] = []
    for column in (keys, [messages[key] for key in keys]):
        for text in column:
            tables.append(struct.pack("<II", len(text), at))
            texts.append(text + b"\x00")
            at += len(text) + 1
    start = struct.pack("<IIIIIII", MAGIC, 0, len(keys), header, header + 8 * len(keys), 0, header)
    return b"".join([start, *tables, *texts])


def compile_file(source: Path, target: Path) -> None:
    """Compile the file `source` to `target`, which appears whole or not at all.

    Raises CatalogueError, OSError.
    """
    compiled = compile_po(source.read_text(encoding="utf-8"))
    # base/files.py is not usable: it imports the translations that are compiled by this module.
    partial = target.with_name(f".{secrets.token_hex(8)}.part")
    with partial.open("xb") as file:
        file.write(compiled)
    partial.replace(target)


if __name__ == "__main__":
    compile_file(Path(sys.argv[1]), Path(sys.argv[2]))
