"""Files of a folder that a command skipped, printed with the reasons."""

from collections.abc import Sequence

from borderdesk.base.i18n import _, ngettext
from borderdesk.cli.output import print_message
from borderdesk.exchange.reading.package_files import OtherFile

MOST_NAMED = 50
"""How many are named; the rest are counted."""


def print_untaken(files: Sequence[OtherFile]) -> None:
    """Print which files were not taken, and why."""
    words = _("Not taken: {file}. {reason}")
    for file in files[:MOST_NAMED]:
        print_message(words.format(file=file.label, reason=file.reason))
    if len(files) > MOST_NAMED:
        more = len(files) - MOST_NAMED
        print_message(
            ngettext(
                "{count} more file was not taken.",
                "{count} more files were not taken.",
                more,
            ).format(count=more)
        )
