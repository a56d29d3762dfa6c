"""One field of many records changed, spellings of a hamlet joined; both undone by one key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry.mass_edit import EarlierVersion, FieldChange
    from ui.records import hamlet_window, mass_window
else:
    hamlet_window = lazy_module("ui.records.hamlet_window")
    mass_window = lazy_module("ui.records.mass_window")


class MassActions:
    """Opens the windows in which it is said what to change, and carries it out."""

    window: "mass_window.MassWindow | hamlet_window.HamletWindow"
    """The one opened last."""

    def __init__(self, parts: PageParts, actions: ListActions) -> None:
        self._parts = parts
        self._actions = actions
        self._change: FieldChange | None = None
        self._spellings: hamlet_window.Spellings | None = None
        """What was typed into each and is not carried out, or could not be."""

    def show(self) -> None:
        """Ask what to change in the records chosen."""
        parts = self._parts
        if not parts.list.how_many():
            parts.bar.notify(_("Choose records in the list first."))
            return
        desk, type_name, chosen = parts.desk, parts.type_name, parts.list.chosen()
        window = mass_window.MassWindow(
            parts.front,
            desk,
            parts.tasks,
            type_name,
            parts.filter().day(),
            lambda: desk.lists.ids(type_name, chosen),
            self.change,
        )
        if self._change is not None:
            window.begin(self._change)
        window.rejected.connect(lambda: self._keep_change(window.typed()))
        self._open(window)

    def show_hamlets(self) -> None:
        """Ask which spellings of a hamlet to join."""
        parts = self._parts
        window = hamlet_window.HamletWindow(parts.front, parts.desk, parts.tasks, self.join)
        if self._spellings is not None:
            window.begin(self._spellings)
        window.rejected.connect(lambda: self._keep_spellings(window.typed()))
        self._open(window)

    def _keep_change(self, typed: "FieldChange") -> None:
        self._change = typed

    def _keep_spellings(self, typed: "hamlet_window.Spellings") -> None:
        self._spellings = typed

    def _open(self, window: "mass_window.MassWindow | hamlet_window.HamletWindow") -> None:
        self.window = window
        self.window.finished.connect(self._parts.front.activateWindow)
        self.window.show()
        self.window.activateWindow()

    def change(self, records: Sequence[str], change: "FieldChange") -> bool:
        """Change a field of records; whether that was begun."""
        desk, type_name = self._parts.desk, self._parts.type_name
        self._change = change

        def done(earlier: "list[EarlierVersion]") -> None:
            self._change = None
            self._show_changed(earlier)

        return self._actions.run(
            _("Changing…"),
            lambda report: desk.mass.apply(type_name, records, change, report),
            done,
        )

    def join(self, commune: str, spellings: Sequence[str], name: str) -> bool:
        """Join spellings of a hamlet; whether that was begun."""
        desk = self._parts.desk
        self._spellings = hamlet_window.Spellings(commune, spellings, name)

        def done(earlier: "list[EarlierVersion]") -> None:
            self._spellings = None
            self._show_changed(earlier)

        return self._actions.run(
            _("Changing…"),
            lambda report: desk.mass.join_spellings(commune, spellings, name, report),
            done,
        )

    def _show_changed(self, earlier: "list[EarlierVersion]") -> None:
        self._reload(earlier)
        words = ngettext("{count} record changed.", "{count} records changed.", len(earlier))
        text = words.format(count=format_number(len(earlier), language()))
        if not earlier:
            self._parts.bar.notify(text)
            return
        desk, records = self._parts.desk, [one.record for one in earlier]
        work = lambda report: desk.mass.take_back(earlier, report)  # noqa: E731
        self._actions.notify_undoable(text, work, records)

    def _reload(self, earlier: "list[EarlierVersion]") -> None:
        """Show the record in the form as it is now, if it is one of these."""
        form = self._parts.form()
        if form.record in {one.record for one in earlier} and not form.dirty:
            form.load(form.record)
