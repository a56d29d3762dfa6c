"""The file of a set-up: read, its form and its signature checked."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk import __version__
from borderdesk.base.errors import OperationRefused, UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.base.versions import wanted_version
from borderdesk.exchange.desks.cards import Card, signed_by
from borderdesk.exchange.format.text_forms import DESK_ID, TIME

KIND, FORMAT = "borderdesk-setup", 1
CONTENT, SIGNATURE = "setup.json", "setup.json.minisig"
SUFFIX = ".bdsetup"
MAX_BYTES, MAX_SIGNATURE, MAX_FORMER = 32 << 20, 4_096, 1_000

_KEYS: Mapping[str, type] = {
    "desk": str,
    "unit": str,
    "role": str,
    "made": str,
    "number": int,
    "maker": dict,
    "cards": list,
    "reference": dict,
    "settings": list,
    "regulations": list,
    "clauses": list,
}


class SetupFile(NamedTuple):
    """The content of a set-up file; card: that of its maker, who signed it."""

    file: str
    card: Card
    number: int
    made: str
    digest: str
    sections: Mapping[str, Any]

    @property
    def makers(self) -> frozenset[str]:
        """The ids of the desk that made it: its own, and those it had before it was restored from a
        backup or renewed; older files have only the first."""
        return frozenset({self.card.desk, *self.sections.get("continues", [])})

    @property
    def forms(self) -> list[Any]:
        """The Word forms in the file; older files have none."""
        section = self.sections.get("forms", [])
        return section if isinstance(section, list) else [section]

    def counts(self) -> dict[str, int]:
        """The number of rows by section: units, posts, markers, hamlets, picks, settings,
        regulations, cards, forms."""
        counts = {name: len(rows) for name, rows in self.sections["reference"].items()}
        for key in ("settings", "regulations", "cards"):
            counts[key] = len(self.sections[key])
        counts["forms"] = len(self.forms)
        return counts


def damaged_setup(file: str) -> UserError:
    """The error for a file, by its name, that is no set-up file or not all of one."""
    return UserError(
        _(
            "{file} is damaged, cut short, or no set-up file. Nothing was changed; copy it onto the"
            " stick again."
        ).format(file=file)
    )


def read_setup(path: Path) -> SetupFile:
    """The set-up file, its signature checked against the card it contains. Whether that card is
    trusted is decided by `Setups.trusts`. Raises UserError."""
    try:
        with readable_file(path) as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(path.name, error) from None
    wrong = damaged_setup(path.name)
    text, signature = _read_entries(content, wrong)
    sections = _parsed(text, wrong)
    card = Card.of(sections["maker"], wrong)
    if (card.desk, card.unit, card.role) != (sections["desk"], sections["unit"], sections["role"]):
        raise wrong
    if not signed_by(card, text, signature):
        raise UserError(
            _("{file} was changed after it was signed. Nothing was changed here.").format(
                file=path.name
            )
        )
    if card.role != "province":
        raise OperationRefused(_("Only a desk of the province makes set-up files."))
    digest = hashlib.sha256(text).hexdigest()
    return SetupFile(path.name, card, sections["number"], sections["made"], digest, sections)


def _read_entries(content: bytes, wrong: UserError) -> tuple[bytes, bytes]:
    if len(content) > MAX_BYTES:
        raise wrong
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = _entry(archive, CONTENT, MAX_BYTES, wrong)
            if sorted(archive.namelist()) != [CONTENT, SIGNATURE]:
                # A file of a newer format may have more entries, and names the program it requires.
                _parsed(text, wrong)
                raise wrong
            return text, _entry(archive, SIGNATURE, MAX_SIGNATURE, wrong)
    except UserError:
        raise
    except Exception as error:  # a hostile zip fails in more ways than zipfile documents
        raise wrong from error


def _entry(archive: zipfile.ZipFile, name: str, most: int, wrong: UserError) -> bytes:
    with archive.open(name) as entry:
        content = entry.read(most + 1)
    if len(content) > most:
        raise wrong
    return content


def _parsed(text: bytes, wrong: UserError) -> dict[str, Any]:
    try:
        sections = json.loads(text)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(sections, dict) or sections.get("kind") != KIND:
        raise wrong
    form = sections.get("format")
    if type(form) is int and form > FORMAT:
        needed = wanted_version(sections.get("program"))
        words = _(
            "The set-up file was made by BorderDesk {wanted}, and this is {own}. Update this one to"
            " {wanted} or newer first; the file stays good."
        )
        raise UserError(words.format(wanted=needed, own=__version__))
    if form != FORMAT or any(type(sections.get(key)) is not kind for key, kind in _KEYS.items()):
        raise wrong
    if sections["number"] < 1 or not TIME.fullmatch(sections["made"]):
        raise wrong
    if not _are_desks(sections.get("continues", [])):
        raise wrong
    return sections


def _are_desks(former: Any) -> bool:
    """Whether these are the former ids of a desk: what is none, such as "", could mean the post's
    own rows and forms."""
    return (
        type(former) is list
        and len(former) <= MAX_FORMER
        and all(type(desk) is str and DESK_ID.fullmatch(desk) for desk in former)
    )
