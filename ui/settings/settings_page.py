"""Thiết lập: how this window looks and speaks, how the desk is kept safe, and everything it judges
records by."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSizePolicy, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, language
from borderdesk.desk import Desk
from borderdesk.ledgers.ledgers import LEDGERS
from borderdesk.reports.letterhead import wide_paper
from borderdesk.reports.measures import MM, PAPERS
from borderdesk.session.identity import ROLE_NAMES
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.base.text_size import SIZES, text_size
from ui.base.translator import LANGUAGE_NAMES
from ui.settings.ledger_page import REFERENCE, LedgerPage

if TYPE_CHECKING:
    from ui.settings.backups_panel import BackupsPanel

WINDOW, BACKUPS = N_("This window"), N_("Backups")
PAPER_HINT = N_(
    "A document to sign is always upright on A4 (Decree 30/2020). What is chosen here is for"
    " registers and tables that lie across, from today on."
)


class SettingsPage(LedgerPage):
    """The window's own settings under the first tab, then the backups, then the ledgers."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        names = {"window": _(WINDOW), "backups": _(BACKUPS)}
        names |= {name: _(LEDGERS[name]) for name in REFERENCE}
        self._choosing: Job | None = None
        super().__init__(desk, tasks, _("Settings"), names)
        self.changed.connect(self._show_paper)  # it stands in the ledger of settings too

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        if key == "backups":
            from ui.settings.backups_panel import BackupsPanel

            return BackupsPanel(self._desk, self._tasks, self.bar)
        return self._window_panel() if key == "window" else super().make(key)

    @property
    def backups(self) -> "BackupsPanel | None":
        """The panel of the backups, once it was shown."""
        return cast("BackupsPanel | None", self._made.get("backups"))

    def _go(self, place: int) -> None:
        super()._go(place)
        self.help_topic = "backup" if self._keys[place] == "backups" else ""

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Show the tab that is asked for (`ledger`); the keyboard goes to the backups."""
        super().receive(intent)
        if intent.get("ledger") == "backups" and self.backups is not None:
            self.backups.begin()

    def _window_panel(self) -> QWidget:
        panel = QWidget()
        form = QFormLayout(panel)
        form.setContentsMargins(0, 16, 0, 0)
        form.setSpacing(12)
        self.language = QComboBox()
        for code, name in LANGUAGE_NAMES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.activated.connect(
            lambda at: self.language_wanted.emit(self.language.itemData(at))
        )
        self.text = QComboBox()
        for percent in SIZES:
            self.text.addItem(f"{percent} %", percent)
        self.text.setCurrentIndex(self.text.findData(text_size()))
        self.text.activated.connect(lambda at: self.size_wanted.emit(self.text.itemData(at)))
        self.paper = self._paper_box()
        for words, box in (
            (_("Language"), self.language),
            (_("Size of the text"), self.text),
            (_("Paper"), self.paper),
        ):
            label = QLabel(words)
            label.setBuddy(box)
            # As high as its box, so that it stands in the middle beside it.
            box.ensurePolished()
            label.setMinimumHeight(box.sizeHint().height())
            box.setAccessibleName(words)
            box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            form.addRow(label, box)
        hint = named(QLabel(_(PAPER_HINT)), "muted")
        hint.setWordWrap(True)
        form.addRow(hint)
        identity = self._desk.identity
        for words, text in (
            (_("This desk is of a"), f"{_(ROLE_NAMES[identity.role])}: {self._desk.title()}"),
            (_("Who works here"), identity.user),
            (_("Folder"), str(self._desk.folder.resolve())),
        ):
            value = QLabel(text)
            value.setWordWrap(True)
            form.addRow(QLabel(words), value)
        note = _("Light or dark follows the system. Not for classified information.")
        form.addRow(named(QLabel(note), "muted"))
        return panel

    # -------------------------------------------------------------------------- paper

    def _paper_box(self) -> QComboBox:
        box = QComboBox()
        for paper, (width, height) in PAPERS.items():
            box.addItem(f"{paper} ({width / MM:.0f} × {height / MM:.0f} mm)", paper)
        box.setToolTip(_(PAPER_HINT))
        box.setAccessibleDescription(_(PAPER_HINT))
        box.setCurrentIndex(box.findData(self._paper_now()))
        box.activated.connect(lambda at: self._choose_paper(box.itemData(at)))
        return box

    def _paper_now(self) -> str:
        return wide_paper(self._desk, self._desk.today())

    def _show_paper(self) -> None:
        if self._choosing is None:
            self.paper.setCurrentIndex(self.paper.findData(self._paper_now()))

    def _choose_paper(self, paper: str) -> None:
        """Set the paper from today on: what was signed keeps the paper it was signed on."""
        if paper == self._paper_now():
            return
        desk = self._desk

        def done(_none: None) -> None:
            self._choosing = None
            self.refresh()
            words = _("Registers and tables that lie across are printed on {paper} from today on.")
            self.bar.notify(words.format(paper=self._paper_now()))

        def failed(error: Exception) -> None:
            self._choosing = None
            self._show_paper()
            if not isinstance(error, UserError):
                raise error
            self.bar.warn(error)

        day = desk.today().isoformat()
        self._choosing = self._tasks.later(
            lambda: desk.reference.set_setting("paper", paper, day), done, failed, self
        )

    def refresh(self) -> None:
        """Read anew what has no unsaved changes."""
        super().refresh()
        self._show_paper()
        if self.backups is not None:
            self.backups.refresh()

    def idle(self) -> bool:
        """Whether everything is there and the paper kept."""
        backups = self.backups is None or self.backups.idle()
        return super().idle() and backups and self._choosing is None
