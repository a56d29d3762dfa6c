"""Action that opens the round of a hamlet, from the list of pledges or of households."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.records.pledge import Pledge
from ui.records.drafts.draft_windows import DraftWindows
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry.editing import SavedRecord
    from borderdesk.entry.hamlet_round import Signatures
    from borderdesk.session.drafts import Texts
    from ui.records.windows import round_window
else:
    round_window = lazy_module("ui.records.windows.round_window")


class RoundAction:
    """Opens the window of a round and saves its pledges as one undo step."""

    def __init__(self, parts: PageParts, actions: ListActions) -> None:
        self._parts = parts
        self._actions = actions
        self.windows = DraftWindows(parts)

    @cached_property
    def window(self) -> "round_window.RoundWindow":
        """The window of a round, created at first use."""
        parts = self._parts
        return self.windows.made(
            lambda: round_window.RoundWindow(parts.front, parts.desk, parts.tasks, self.sign)
        )

    def show(self) -> None:
        """Open the round; ticks and texts stay until saved."""
        self.windows.show(self.window)

    def sign(
        self,
        households: Sequence[str],
        shared: "Signatures",
        remaining_draft: "Texts | None" = None,
    ) -> bool:
        """Save pledges of households; returns whether the work was started.

        left: the rest of the draft, None to drop it.
        """
        desk = self._parts.desk
        return self._actions.run(
            _("Saving…"),
            lambda report: desk.round.sign(households, shared, report, remaining_draft),
            lambda saved: self._show_saved(households, saved),
        )

    def _show_saved(self, households: Sequence[str], saved: "list[SavedRecord]") -> None:
        self.window.saved(households)
        records = [record.id for record in saved]
        words = ngettext("{count} pledge saved.", "{count} pledges saved.", len(records))
        text = words.format(count=format_number(len(records), language()))
        desk, reason = self._parts.desk, _("The round was saved by mistake")
        self._actions.notify_undoable(
            text,
            lambda report: desk.bulk.delete_many(Pledge.type_name, records, reason, report),
            records if self._parts.type_name == Pledge.type_name else (),
        )
