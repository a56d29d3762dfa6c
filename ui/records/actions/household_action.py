"""Action that shows the household of the current record."""

from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.session.permissions import holds
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry.household_page import HouseholdLine
    from ui.records.windows import household_rights, household_window
else:
    household_rights = lazy_module("ui.records.windows.household_rights")
    household_window = lazy_module("ui.records.windows.household_window")


class HouseholdAction:
    """Opens the window of a household."""

    window: "household_window.HouseholdWindow"
    """The window opened last."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts

    def show(self) -> None:
        """Read the records of the household and open its window."""
        parts, household = self._parts, self._household()
        if not household:
            parts.bar.hint(_("Choose a record of a household in the list first."))
            return
        parts.tasks.run(
            lambda: parts.desk.household_page.lines(household),
            lambda lines: self._open(household, lines),
            parts.fail,
            parts.front,
        )

    def _household(self) -> str:
        """The household that the current record is or refers to; "" for none."""
        parts, record = self._parts, self._parts.form().record
        if not record or parts.type_name == Household.type_name:
            return record
        values = parts.desk.records.read(parts.type_name, record)[0]
        references = ALL_TYPES[parts.type_name].referring(HOUSEHOLD, several=False)
        return next((values[key] for key in references if values.get(key)), "")

    def _open(self, household: str, lines: "list[HouseholdLine]") -> None:
        name, front = self._parts.desk.book.household_name(household), self._parts.front
        go_to = lambda type_name, record: self._parts.go_to(  # noqa: E731
            type_name, {"record": record, "period": ""}
        )
        desk, rights = self._parts.desk, None
        if holds(desk.account.role, "person.report"):
            rights = household_rights.HouseholdRights(desk, self._parts.tasks, household)
        self.window = household_window.HouseholdWindow(front, name, lines, go_to, rights)
        self.window.finished.connect(front.activateWindow)
        self.window.show()
        self.window.activateWindow()
