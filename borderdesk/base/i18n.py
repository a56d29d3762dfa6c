"""Words in the person's language: gettext over resources/locale, Vietnamese unless asked.

English texts are the keys. `_` translates now, `N_` marks a text that is translated later,
where it is shown.
"""

import gettext
from functools import cache
from io import BytesIO

from borderdesk.base.paths import RESOURCES

LANGUAGES = ("vi", "en")
DOMAIN = "borderdesk"
_LOCALE = RESOURCES / "locale"


def _catalogue(lang: str) -> gettext.NullTranslations:
    """The translations into `lang`; English needs none.

    The compiled file is made by the set-up; when it is missing or older than its source
    (a developer at work) the source is compiled in memory.
    """
    if lang == "en":
        return gettext.NullTranslations()
    source = _LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


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


def in_every_language(text: str) -> tuple[str, ...]:
    """`text` in each of LANGUAGES: what was written under one is read under another."""
    return tuple(_kept_catalogue(lang).gettext(text) if text else "" for lang in LANGUAGES)


@cache
def _kept_catalogue(lang: str) -> gettext.NullTranslations:
    return _catalogue(lang)


def N_(text: str) -> str:
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text
