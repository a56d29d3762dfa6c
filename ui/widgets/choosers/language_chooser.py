"""The choice of the window's language."""

from borderdesk.base.i18n import language
from ui.base.translator import LANGUAGE_NAMES
from ui.widgets.choosers.chooser import Chooser


def language_chooser() -> Chooser:
    """A chooser of languages by their own names, at the one in use; its data are their codes."""
    chooser = Chooser()
    for code, name in LANGUAGE_NAMES.items():
        chooser.addItem(name, code)
    chooser.setCurrentIndex(chooser.findData(language()))
    return chooser
