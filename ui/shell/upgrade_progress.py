"""Progress dialog of a schema upgrade, before the window exists."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QProgressDialog

from borderdesk.base.i18n import _
from ui.base.style import dress

REPORT_SECONDS = 0.05


class UpgradeProgress:
    """Progress callback (done, total) with a dialog; closed by `end`.

    The upgrade is one transaction that nothing stops, so there is no Cancel button.
    """

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._dialog: QProgressDialog | None = None
        self._reported_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Update the dialog, creating it at the first call."""
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
        """Close the dialog."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None
