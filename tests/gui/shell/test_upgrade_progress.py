"""The progress shown while a desk is upgraded."""

from PySide6.QtWidgets import QApplication, QProgressDialog

from borderdesk.base.i18n import _
from ui.shell.upgrade_progress import UpgradeProgress


def dialogs():
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QProgressDialog)]


def test_it_shows_how_far_the_upgrade_is_until_it_ends(qapp):
    shown = UpgradeProgress(qapp)
    shown(0, 4_000)
    (dialog,) = [one for one in dialogs() if one.isVisible()]
    assert dialog.labelText().startswith(
        _("The desk is being upgraded. A copy of it as it was is kept beside it.")
    )
    shown(4_000, 4_000)
    assert (dialog.value(), dialog.maximum()) == (4_000, 4_000)
    shown.end()
    assert not any(one.isVisible() for one in dialogs())
