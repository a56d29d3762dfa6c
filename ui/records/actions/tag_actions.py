"""Actions that add tags to selected records, or remove them."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.progress import Progress
from borderdesk.schema.records import ALL_TYPES
from ui.base.plain_text import plain_action
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts


class TagActions:
    """Shows the menu of the desk's tags."""

    def __init__(self, parts: PageParts, actions: ListActions) -> None:
        self._parts = parts
        self._actions = actions

    def show_menu(self, at: QPoint) -> None:
        """Open the menu of tags at a point of the screen."""
        parts = self._parts
        if not self._pick_list() or not parts.list.how_many():
            parts.bar.hint(_("Choose records in the list first."))
            return
        menu = QMenu(parts.front)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, on in ((N_("Give the tag"), True), (N_("Take the tag off"), False)):
            submenu = menu.addMenu(_(title))
            for code in parts.desk.book.picks.get(self._pick_list(), {}):
                action = submenu.addAction(plain_action(self._label(code)))
                action.triggered.connect(partial(self.tag, code, on))
        menu.popup(at)

    def _pick_list(self) -> str:
        """The pick list of the type's tags; "" for a type without tags."""
        model = ALL_TYPES[self._parts.type_name]
        return model.columns()[model.tagged_by].pick_list if model.tagged_by else ""

    def _label(self, code: str) -> str:
        return self._parts.desk.book.pick_label(self._pick_list(), code)

    def tag(self, code: str, on: bool, _checked: bool = False) -> None:
        """Add a tag to the selected records, or remove it."""
        desk, type_name = self._parts.desk, self._parts.type_name
        list_filter = self._parts.list.chosen()

        def work(report: Progress) -> list[str]:
            records = desk.lists.ids(type_name, list_filter)
            return desk.bulk.tag_many(type_name, records, code, on, report)

        self._actions.run(_("Tagging…"), work, partial(self._show_tagged, code, on))

    def _show_tagged(self, code: str, on: bool, changed: list[str]) -> None:
        number = len(changed)
        words = (
            ngettext(
                "“{tag}” given to {count} record.", "“{tag}” given to {count} records.", number
            )
            if on
            else ngettext(
                "“{tag}” taken off {count} record.", "“{tag}” taken off {count} records.", number
            )
        )
        label = self._label(code)
        text = words.format(tag=label, count=format_number(number, language()))
        if not changed:
            self._parts.bar.notify(text)
            return
        desk, type_name = self._parts.desk, self._parts.type_name
        self._actions.notify_undoable(
            text,
            lambda report: desk.bulk.tag_many(type_name, changed, code, not on, report),
            changed,
        )
