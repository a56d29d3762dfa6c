"""Button that signs the current edition digitally, with its dialog."""

from typing import TYPE_CHECKING, Any

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.closing import ClosingState
from borderdesk.closing.editions import Edition
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from ui.base.tasks import Runner
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.pages.desk_panel import DeskPanel

if TYPE_CHECKING:
    from ui.reports import signing_dialog
else:
    signing_dialog = lazy_module("ui.reports.signing_dialog")


class EditionSignature:
    """Enabled if the selected edition is the one in force; others cannot be signed."""

    def __init__(self, panel: DeskPanel, desk: Desk, tasks: Runner) -> None:
        self._panel, self._desk, self._tasks = panel, desk, tasks
        self._request: Request | None = None
        self._edition: Edition | None = None
        self.dialog: signing_dialog.SigningDialog | None = None
        self._action = bind(panel, "sign_paper", self.ask)
        self.button = button(self._action)

    def offer(
        self, request: Request | None, state: ClosingState, chosen_edition: str | None
    ) -> None:
        """Update for another selected edition (id) or state of the period."""
        edition = state.edition if state.name == "closed" else None
        signable = edition is not None and edition.id == chosen_edition and request is not None
        self._request, self._edition = request, edition if signable else None
        self._action.setEnabled(signable)

    def ask(self) -> None:
        """Open the signing dialog."""
        if self._edition is None or self._request is None:
            return
        summary = self._request._replace(kind="summary")
        self.dialog = signing_dialog.SigningDialog(
            self._panel, self._desk, self._tasks, self._edition, summary, self._show
        )
        self.dialog.open()

    def _show(self, signed_paper: Any) -> None:
        self._panel.bar.notify(_("Signed and saved as {file}.").format(file=signed_paper.file.name))
        self._panel.refresh()
        self._panel.changed.emit()
