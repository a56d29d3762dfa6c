"""Reasons given for deleting, reopening or erasing: one line each."""

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, without_unseen

REASON_LIMIT = 500


def checked_reason(text: str) -> str:
    """A reason as it is stored. Raises UserError."""
    # Ends of lines stay in it, to be refused.
    reason = without_unseen(text, lines=True).strip()
    if not reason or len(reason) > REASON_LIMIT or FORBIDDEN.search(reason):
        raise UserError(_("A reason of one line is needed."))
    return reason
