"""The panels beside the pages of a report, in tabs."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from borderdesk.base.i18n import N_, _
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from ui.base.tasks import Runner
from ui.reports.closing_panel import ClosingPanel
from ui.reports.figures_panel import FiguresPanel
from ui.reports.form_panel import FormPanel
from ui.reports.narrative_panel import NarrativePanel
from ui.widgets.actions.all_actions import bind
from ui.widgets.layout.tab_flow import TabFlow
from ui.widgets.pages.messages import MessageBar

BESIDE = 8
"""Pixels between pages and panels."""
PAGES = "pages"
FIGURES, NARRATIVE, CLOSING, FORM = "figures", "narrative", "closing", "form"
TABS = {
    PAGES: N_("The pages"),
    FIGURES: N_("Figures"),
    NARRATIVE: N_("Text"),
    CLOSING: N_("Sign, close"),
    FORM: N_("Own form"),
}
"""{tab key: title}; the pages are a tab in a narrow page only."""
TABS_BESIDE = tuple(key for key in TABS if key != PAGES)


class ReportPanels(QWidget):
    """The panels of figures, text, closing and Word forms."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__()
        self.tabs, self.stack = TabFlow(), QStackedWidget()
        self.figures = FiguresPanel(desk, tasks, bar)
        self.narrative = NarrativePanel(desk, tasks, bar)
        self.closing = ClosingPanel(desk, tasks, bar)
        self.form = FormPanel(desk, tasks, bar)
        self.panels = (self.figures, self.narrative, self.closing, self.form)
        self._first = PAGES
        """The tab to select once the pages are a tab."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(BESIDE, 0, 0, 0)
        column.setSpacing(8)
        self.tabs.setAccessibleName(_("Beside the pages"))
        self._keys = [*TABS_BESIDE]
        for key, panel in zip(self._keys, self.panels, strict=True):
            self.tabs.add_tab(_(TABS[key]))
            self.stack.addWidget(panel)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.tabs)
        column.addLayout(self.head)
        column.addWidget(self.stack, 1)

    def bind_keys(self, page: QWidget) -> None:
        """Bind the shortcuts for next and previous tab in `page`."""
        bind(page, "tab_after", lambda: self.tabs.step(1))
        bind(page, "tab_before", lambda: self.tabs.step(-1))

    def take_pages(self, paper: QWidget) -> None:
        """Show the pages in a tab before the others."""
        self._column.setContentsMargins(0, 0, 0, 0)
        self._keys.insert(0, PAGES)
        self.stack.insertWidget(0, paper)
        self.tabs.insert_tab(0, _(TABS[PAGES]))
        self.show_tab(self._first)
        self._first = PAGES

    def give_pages_back(self) -> None:
        """Remove the tab of the pages."""
        self._column.setContentsMargins(BESIDE, 0, 0, 0)
        place = self._keys.index(PAGES)
        self._keys.pop(place)
        self.tabs.remove_tab(place)

    def show_request(self, request: Request) -> None:
        """Show another report in all panels."""
        for panel in (self.narrative, self.closing, self.form):
            panel.show_request(request)

    def show_tab(self, key: str) -> None:
        """Switch to a tab; ignored for pages that are not in a tab."""
        if key in self._keys:
            self.tabs.setCurrentIndex(self._keys.index(key))

    def choices(self) -> Mapping[str, Any]:
        """The current tab, and the choices in each panel."""
        typed = {key: panel.choices() for key, panel in zip(TABS_BESIDE, self.panels, strict=True)}
        return {"tab": self._keys[self.tabs.currentIndex()], **typed}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned, after a rebuild."""
        for key, panel in zip(TABS_BESIDE, self.panels, strict=True):
            panel.choose_again(choices[key])
        self._first = choices["tab"]
        self.show_tab(self._first)

    def idle(self) -> bool:
        """Whether no panel is busy."""
        return all(panel.idle() for panel in self.panels)
