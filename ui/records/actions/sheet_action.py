"""Import of spreadsheets in a record page, as one undo step."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.schema.records import ALL_TYPES
from ui.base.undo_steps import UndoRemarks
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts
from ui.widgets.choosers.file_drop import FileDrop

if TYPE_CHECKING:
    from borderdesk.exchange.decisions import crossed_texts
    from ui.sheets import sheet_panel
    from ui.widgets.choosers import file_choosers
else:
    crossed_texts = lazy_module("borderdesk.exchange.decisions.crossed_texts")
    file_choosers = lazy_module("ui.widgets.choosers.file_choosers")
    sheet_panel = lazy_module("ui.sheets.sheet_panel")


class SheetAction:
    """Shows the import panel in place of list and form, and returns to the list with the imported
    records."""

    def __init__(
        self,
        parts: PageParts,
        actions: ListActions,
        page: QWidget,
        front_button: Callable[[], QWidget],
    ) -> None:
        """front_button: returns the widget that gets the focus when the list is shown again."""
        self._parts = parts
        self._actions = actions
        self._page = page
        self._front_button = front_button
        self.panel: sheet_panel.SheetPanel | None = None
        FileDrop(page, self.open)

    def idle(self) -> bool:
        """Whether nothing is being read or saved."""
        return self.panel is None or self.panel.idle()

    def made(self) -> "sheet_panel.SheetPanel":
        """The panel, created at first use."""
        if self.panel is None:
            parts = self._parts
            self.panel = sheet_panel.SheetPanel(parts.desk, parts.type_name, parts.tasks)
            self.panel.left.connect(self._leave)
            self.panel.saved.connect(self._note_saved)
            self.panel.other_wanted.connect(self._go_to_other)
            self.panel.template_wanted.connect(self.ask_template)
            self._layers().addWidget(self.panel)
        return self.panel

    def show(self) -> None:
        """Show the panel and ask for files."""
        self._turn_to()
        self.made().choose_files()

    def open(self, paths: Sequence[Path], folders: int = 0) -> None:
        """Show the panel with these files; folders: how many beside them were left out."""
        self._turn_to()
        self.made().open(paths, folders)

    def _go_to_other(self, type_name: str, paths: list[Path]) -> None:
        """Close the panel and open the files on the page of another type."""
        self._leave()
        self._parts.go_to(type_name, {"files": paths})

    def ask_template(self) -> None:
        """Ask where to save the empty template."""
        name = _("{type} to fill in").format(type=_(ALL_TYPES[self._parts.type_name].title))
        file_choosers.ask_where(self._page, name, ".xlsx", self.write_template)

    def write_template(self, target: Path) -> None:
        """Save the empty template."""
        desk, type_name = self._parts.desk, self._parts.type_name

        def done(_headings: list[str]) -> None:
            self._parts.bar.notify(_("Saved as {file}.").format(file=target.name))

        self._actions.run(
            _("Writing {file}…").format(file=target.name),
            lambda _report: desk.sheet_templates.write(type_name, target),
            done,
        )

    def _turn_to(self) -> None:
        self._layers().setCurrentWidget(self.made())
        self.made().setFocus(Qt.FocusReason.OtherFocusReason)

    def _layers(self) -> QStackedLayout:
        layers = self._page.layout()
        assert isinstance(layers, QStackedLayout)
        return layers

    def _leave(self) -> None:
        self._layers().setCurrentWidget(self._parts.front)
        self._parts.refresh()
        self._front_button().setFocus(Qt.FocusReason.OtherFocusReason)

    def _note_saved(self, records: list[str], batch: str) -> None:
        text = ngettext("{count} record saved.", "{count} records saved.", len(records))
        words = text.format(count=format_number(len(records), language()))
        near_rows = self.made().near()
        near_words = _near_words(near_rows) if near_rows else ""
        desk = self._parts.desk

        def out_again(report: Progress) -> UndoRemarks:
            # Also deletes the households that the list added.
            undone = desk.exchange.batch_list.undo_list(batch, report)
            return UndoRemarks(crossed_texts.remaining_texts(desk, undone))

        more = " ".join(filter(None, (self._days_words(), near_words)))
        self._actions.notify_undoable(words, out_again, records, more)
        self._parts.refresh()

    def _days_words(self) -> str:
        """The days of the records, where the list shows a period without any of them."""
        days, chooser = self.made().days(), self._parts.filter().period
        period = chooser.period() if chooser is not None else None
        if days is None or period is None:
            return ""
        if days[0] <= period.last and period.first <= days[1]:
            return ""
        return outside_words(*days)


def outside_words(first: datetime.date, last: datetime.date) -> str:
    """Of which days the records are that the list does not show."""
    days = " – ".join(dict.fromkeys((format_date(first), format_date(last))))
    return _("They are of {days}: choose that period to see them.").format(days=days)


def _near_words(near: int) -> str:
    """Where to decide on rows that resemble existing records."""
    text = ngettext(
        "{count} of them looks doubled and waits under “Possible doubles”.",
        "{count} of them look doubled and wait under “Possible doubles”.",
        near,
    )
    return text.format(count=format_number(near, language()))
