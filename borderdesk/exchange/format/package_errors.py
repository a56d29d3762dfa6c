"""The errors that refuse a whole package, and the reasons why files wait."""

from borderdesk import __version__
from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.stored_words import stored_words
from borderdesk.base.versions import wanted_version

NEW_KEY = N_(
    "It is signed with another key than that of its desk's card here. If the desk has made new"
    " keys, accept its new card."
)
"""Why a file of a desk that is known waits: no card that was accepted has its key."""


class PackageError(UserError):
    """A package that is refused whole.

    message: an English key; values: its placeholders, keys too where they have a translation;
    mendable: the file itself is sound, so that the sender need not be asked for it again; stored:
    the reason in stored form.
    """

    def __init__(self, message: str, *, mendable: bool = False, **values: str) -> None:
        sentence = _(message)
        if values:
            sentence = sentence.format(**{key: _(value) for key, value in values.items()})
        self.stored = stored_words(sentence)
        super().__init__(sentence)
        self.mendable = mendable


def damaged_package() -> PackageError:
    """The error for a file that is no package, or not one this program would write."""
    return PackageError(N_("The file is damaged or is not a BorderDesk package."))


def changed_package() -> PackageError:
    """The error for a table whose bytes are not those that the descriptor hashes."""
    return PackageError(N_("The file was changed after it was made, or is damaged."))


def newer_package(program: object) -> PackageError:
    """The error for a package of a later format or schema; program: the version that made it, if
    stated."""
    words = N_(
        "The package was made by BorderDesk {wanted}, and this is {own}. Update this one to"
        " {wanted} or newer first; the file stays good."
    )
    return PackageError(words, mendable=True, wanted=wanted_version(program), own=__version__)


def former_unit() -> PackageError:
    """The error for a file written by a desk before it was handed over to another unit."""
    words = N_(
        "Its desk wrote it before it was handed over to another unit. Everything in it comes with"
        " that desk's newer files."
    )
    return PackageError(words, mendable=True)
