"""Labels of the exchange page: periods, times, outcomes of files."""

import datetime

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_moment
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, UNCHANGED, WOULD_IMPORT
from borderdesk.exchange.receiving.incoming_files import LEFT
from borderdesk.schema.revisions import moment_of
from ui.widgets.pages.messages import Offer

EXPECTED = {
    WOULD_IMPORT: N_("✓ to take in"),
    UNCHANGED: N_("= no new records"),
    QUARANTINED: N_("◔ waits for a card"),
    LEFT: N_("– not taken"),
}
"""{status: label} of an inspected file."""
IMPORTED_LABELS = {
    IMPORTED: N_("✓ taken in"),
    UNCHANGED: N_("= no new records"),
    QUARANTINED: N_("◔ waits for a card"),
}
"""{status: label} of an imported file."""
LOCKED_LABEL, REFUSED_LABEL = N_("◈ needs its passphrase"), N_("✗ refused")


def period_label(desk: Desk, text: str) -> str:
    """The period of a package: 12/2023 for a month, else in words."""
    try:
        period = desk.calendar().parse(text)
    except UserError:
        return text
    return period.short_words if period.kind == "month" else period.title


def time_label(time: str, today: datetime.date) -> str:
    """A stored time (ISO, UTC) as local time; the date only if it is not today."""
    return format_moment(moment_of(time), today)


def leave_offer() -> Offer:
    """The last answer to a question of the message bar, which changes nothing."""
    return _("Leave it"), _nothing


def _nothing() -> None:
    pass


def waited_label(imported: int) -> str:
    """How many files that waited for a card or set-up file were imported."""
    return ngettext(
        "{count} file that waited was taken in.",
        "{count} files that waited were taken in.",
        imported,
    ).format(count=imported)
