"""Words in the person's language: gettext over resources/locale, Vietnamese unless asked.

English texts are the keys. `_` translates now, `N_` marks a text that is translated later,
where it is shown.
"""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.compiled_catalogue import CompiledCatalogue
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES

if TYPE_CHECKING:
    from borderdesk.base import catalogue
else:
    # Only a developer at work has a catalogue that is not compiled.
    catalogue = lazy_module("borderdesk.base.catalogue")

LANGUAGES = ("vi", "en")
DOMAIN = "borderdesk"
_LOCALE = RESOURCES / "locale"


def _catalogue(lang: str) -> gettext.NullTranslations:
    """The translations into `lang`; English needs none.

    The compiled file is made by the set-up (a wheel has no source beside it); when it is missing
    or older than its source (a developer at work) the source is compiled in memory.
    """
    if lang == "en":
        return gettext.NullTranslations()
    source = _LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    if _is_fresh(compiled, source):
        with compiled.open("rb") as file:
            return CompiledCatalogue(file)
    return CompiledCatalogue(BytesIO(catalogue.compile_po(source.read_text(encoding="utf-8"))))


def _is_fresh(compiled: Path, source: Path) -> bool:
    if not compiled.exists():
        return False
    return not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime


class _Speaker:
    """The language in use; one for the process, since one person sits before it."""

    def __init__(self) -> None:
        self.lang = "vi"
        self.catalogue: gettext.NullTranslations | None = None


_speaker = _Speaker()


def set_language(lang: str) -> None:
    """Speak `lang` ("vi" or "en") from now on."""
    if lang != _speaker.lang:
        _speaker.catalogue = None
    _speaker.lang = lang


def language() -> str:
    """The language in use: "vi" or "en"."""
    return _speaker.lang


def _(text: str) -> str:
    """`text` in the language in use."""
    if not text:
        return ""
    if _speaker.catalogue is None:
        _speaker.catalogue = _catalogue(_speaker.lang)
    return _speaker.catalogue.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a text that goes with a number, in the language in use; `one` and `many` are
    the English forms."""
    if _speaker.catalogue is None:
        _speaker.catalogue = _catalogue(_speaker.lang)
    return _speaker.catalogue.ngettext(one, many, number)


def in_every_language(text: str) -> tuple[str, ...]:
    """`text` in each of LANGUAGES: what was written under one is read under another."""
    return tuple(_kept_catalogue(lang).gettext(text) if text else "" for lang in LANGUAGES)


@cache
def _kept_catalogue(lang: str) -> gettext.NullTranslations:
    return _catalogue(lang)


def N_(text: str) -> str:
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text
