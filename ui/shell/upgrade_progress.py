"""What a person sees while a desk of an earlier version is upgraded, before there is a window."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QProgressDialog

from borderdesk.base.i18n import _
from ui.base.style import dress

REPORT_SECONDS = 0.05


class UpgradeProgress:
    """A dialog that shows how far an upgrade is; called with (done, total), and closed by `end`.

    The upgrade is one act, so that nothing stops it: the dialog has no button.
    """

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._dialog: QProgressDialog | None = None
        self._reported_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show it, the first time as well as later."""
        now = time.monotonic()
        if self._dialog is not None and done < total and now - self._reported_at < REPORT_SECONDS:
            return
        self._reported_at = now
        if self._dialog is None:
            self._dialog = self._made()
        self._dialog.setMaximum(total)
        self._dialog.setValue(done)
        self._app.processEvents()

    def _made(self) -> QProgressDialog:
        words = _("The desk is being upgraded. A copy of it as it was is kept beside it.")
        dialog = QProgressDialog(words, "", 0, 1)
        dialog.setCancelButton(None)  # type: ignore[call-overload, unused-ignore]
        dialog.setWindowTitle("BorderDesk")
        dialog.setWindowFlag(Qt.WindowType.WindowCloseButtonHint, False)
        dialog.setAutoReset(False)
        dialog.setMinimumDuration(0)
        dress(dialog)
        dialog.show()
        return dialog

    def end(self) -> None:
        """Take it away."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None
