"""The errors of a package that is refused whole."""

from borderdesk import __version__
from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.versions import wanted_version


class PackageError(UserError):
    """A package that is refused whole. mendable: the file itself is sound, so that the sender
    need not be asked for it again."""

    def __init__(self, text: str, *, mendable: bool = False) -> None:
        super().__init__(text)
        self.mendable = mendable


def damaged_package() -> PackageError:
    """The error for a file that is no package, or not one this program would write."""
    return PackageError(_("The file is damaged or is not a BorderDesk package."))


def changed_package() -> PackageError:
    """The error for a table whose bytes are not those that the descriptor hashes."""
    return PackageError(_("The file was changed after it was made, or is damaged."))


def newer_package(program: object) -> PackageError:
    """The error for a package of a later format or schema; program: the version that made it, as
    far as it says one."""
    words = _(
        "The package was made by BorderDesk {wanted}, and this is {own}. Update this one to"
        " {wanted} or newer first; the file stays good."
    )
    told = words.format(wanted=wanted_version(program), own=__version__)
    return PackageError(told, mendable=True)


def former_unit() -> PackageError:
    """The error for a file that a desk wrote before it was handed over to another unit."""
    words = _(
        "Its desk wrote it before it was handed over to another unit. Everything in it comes with"
        " that desk's newer files."
    )
    return PackageError(words, mendable=True)


def new_key_reason() -> str:
    """Why a file of a desk that is known waits: no card that was accepted has its key."""
    return _(
        "It is signed with another key than that of its desk's card here. If the desk has made new"
        " keys, accept its new card."
    )
