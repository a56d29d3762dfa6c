"""Translation of the interface: gettext over resources/locale, Vietnamese by default.

English texts are the keys. `_` translates now, `N_` marks a text that is translated later, where it
is shown. The result of `_` carries its key, so that a stored sentence (`stored_words`) can be shown
in another language later.
"""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
MOST_TRANSLATIONS = 10_000
"""The limit of the cache of translations, larger than the catalogue: values of records may be
looked up too."""
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


class Translation(str):
    """A text of the catalogue in a language: its English key, and the values set into it; of a text
    for a number also its English plural and the number."""

    __slots__ = ("key", "plural", "values")
    key: str
    values: dict[str, Any]
    plural: tuple[str, int] | None

    @classmethod
    def of(
        cls, text: str, key: str, values: dict[str, Any], plural: tuple[str, int] | None = None
    ) -> "Translation":
        translation = cls(text)
        translation.key, translation.values, translation.plural = key, values, plural
        return translation

    def format(self, /, *places: object, **values: object) -> str:
        """The text with values set into it; those without a name are not remembered."""
        text = super().format(*places, **values)
        return text if places else Translation.of(text, self.key, values, self.plural)


class _LanguageInUse:
    """The language in use, for the whole process, with its catalogue and cache."""

    def __init__(self) -> None:
        self.lang = "vi"
        self.catalogue: gettext.NullTranslations | None = None
        self.translations: dict[str, Translation] = {}


_in_use = _LanguageInUse()


def set_language(lang: str) -> None:
    """Set the language in use: "vi" or "en"."""
    if lang != _in_use.lang:
        _in_use.catalogue = None
        _in_use.translations = {}
    _in_use.lang = lang


def language() -> str:
    """The language in use: "vi" or "en"."""
    return _in_use.lang


def _(text: str) -> str:
    """`text` in the language in use."""
    if not text:
        return ""
    catalogue_text = _in_use.translations.get(text)
    if catalogue_text is not None:
        return catalogue_text
    if _in_use.catalogue is None:
        _in_use.catalogue = _catalogue(_in_use.lang)
    translated = _in_use.catalogue.gettext(text)
    if isinstance(text, Translation) and translated == text:
        # A Translation has its own key and values, so it is not registered.
        return text
    if len(_in_use.translations) >= MOST_TRANSLATIONS:
        _in_use.translations.clear()
    key = str(text)
    translation = _in_use.translations[key] = Translation.of(translated, key, {})
    return translation


def ngettext(singular: str, plural: str, number: int) -> str:
    """The plural form of a text for a number, in the language in use; `singular` and `plural` are
    the English forms."""
    if _in_use.catalogue is None:
        _in_use.catalogue = _catalogue(_in_use.lang)
    text = _in_use.catalogue.ngettext(singular, plural, number)
    return Translation.of(text, singular, {}, (plural, number))


def in_every_language(text: str) -> tuple[str, ...]:
    """`text` in each of LANGUAGES: a text written under one language is read under another."""
    return tuple(_kept_catalogue(lang).gettext(text) if text else "" for lang in LANGUAGES)


@cache
def _kept_catalogue(lang: str) -> gettext.NullTranslations:
    return _catalogue(lang)


def N_(text: str) -> str:
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text
