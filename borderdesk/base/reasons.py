"""Reasons that a person gives for what is deleted, opened again or erased: one line each."""

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, without_unseen

REASON_LIMIT = 500


def checked_reason(text: str) -> str:
    """A reason as it is stored. Raises UserError."""
    reason = without_unseen(text).strip()
    if not reason or len(reason) > REASON_LIMIT or FORBIDDEN.search(reason):
        raise UserError(_("A reason of one line is needed."))
    return reason
