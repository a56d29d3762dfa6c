"""Actions on many records: change of one field, joining of hamlet spellings; both can be undone."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from ui.records.drafts.draft_windows import DraftWindows
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry.mass_edit import EarlierVersion, FieldChange
    from ui.records.windows import hamlet_window, mass_window
else:
    hamlet_window = lazy_module("ui.records.windows.hamlet_window")
    mass_window = lazy_module("ui.records.windows.mass_window")


class MassActions:
    """Opens the two windows and carries out what they request."""

    def __init__(self, parts: PageParts, actions: ListActions) -> None:
        self._parts = parts
        self._actions = actions
        self.windows = DraftWindows(parts)

    @cached_property
    def window(self) -> "mass_window.MassWindow":
        """The window for a field change, created at first use."""
        parts = self._parts
        return self.windows.made(
            lambda: mass_window.MassWindow(
                parts.front, parts.desk, parts.tasks, parts.type_name, self.change
            )
        )

    @cached_property
    def joining(self) -> "hamlet_window.HamletWindow":
        """The window for joining spellings, created at first use."""
        parts = self._parts
        return self.windows.made(
            lambda: hamlet_window.HamletWindow(parts.front, parts.desk, parts.tasks, self.join)
        )

    def show(self) -> None:
        """Open the field change for the selected records."""
        parts = self._parts
        if not parts.list.how_many():
            parts.bar.hint(_("Choose records in the list first."))
            return
        desk, type_name, list_filter = parts.desk, parts.type_name, parts.list.chosen()
        records = lambda: desk.lists.ids(type_name, list_filter)  # noqa: E731
        self.window.choose(records, parts.filter().day())
        self.windows.show(self.window)

    def show_hamlets(self) -> None:
        """Open the joining of hamlet spellings."""
        self.windows.show(self.joining)

    def change(self, records: Sequence[str], change: "FieldChange") -> bool:
        """Change a field of records; returns whether the work was started."""
        desk, type_name = self._parts.desk, self._parts.type_name

        def done(earlier: "list[EarlierVersion]") -> None:
            self.window.carried_out(unchanged=self.window.typed() == change)
            self._show_changed(earlier)

        return self._actions.run(
            _("Changing…"),
            lambda report: desk.mass.apply(type_name, records, change, report),
            done,
        )

    def join(self, joined: "hamlet_window.SpellingChoice") -> bool:
        """Join spellings of a hamlet; returns whether the work was started."""
        desk = self._parts.desk

        def done(earlier: "list[EarlierVersion]") -> None:
            self.joining.carried_out(unchanged=self.joining.typed() == joined)
            self._show_changed(earlier)

        return self._actions.run(
            _("Changing…"),
            lambda report: desk.mass.join_spellings(*joined, report),
            done,
        )

    def _show_changed(self, earlier: "list[EarlierVersion]") -> None:
        self._reload(earlier)
        words = ngettext("{count} record changed.", "{count} records changed.", len(earlier))
        text = words.format(count=format_number(len(earlier), language()))
        if not earlier:
            self._parts.bar.notify(text)
            return
        desk, records = self._parts.desk, [version.record for version in earlier]
        work = lambda report: desk.mass.take_back(earlier, report)  # noqa: E731
        self._actions.notify_undoable(text, work, records)

    def _reload(self, earlier: "list[EarlierVersion]") -> None:
        """Reload the record in the form if it is among these and unchanged."""
        form = self._parts.form()
        if form.record in {version.record for version in earlier} and not form.dirty:
            form.load(form.record)
