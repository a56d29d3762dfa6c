"""Combo box of the window's languages."""

from borderdesk.base.i18n import language
from ui.base.translator import LANGUAGE_NAMES
from ui.widgets.choosers.chooser import Chooser


def language_chooser() -> Chooser:
    """A combo box of languages, each in its own name, with the current one selected; item data are
    the codes."""
    chooser = Chooser()
    for code, name in LANGUAGE_NAMES.items():
        chooser.addItem(name, code)
    chooser.setCurrentIndex(chooser.findData(language()))
    return chooser
