"""Thiết lập: window settings, backups, password, accounts, settings of the desk, reference data."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtWidgets import (
    QFormLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from borderdesk.base.errors import user_error
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file, practice_folder, practised_folder
from borderdesk.desk import Desk
from borderdesk.ledgers.tables import judging_tables
from borderdesk.reports.contents.letterhead import wide_paper
from borderdesk.reports.paper.measures import MM, PAPERS
from borderdesk.schema.settings import WIDE_PAPER
from borderdesk.session.identity import ROLE_NAMES
from borderdesk.session.permissions import holds
from ui.base.child_process import start_apart
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.base.text_size import SIZES, text_size
from ui.settings.ledger_page import LedgerPage
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.language_chooser import language_chooser
from ui.widgets.layout.scrolled import foot, scrolled_form
from ui.widgets.pages.desk_panel import DeskPanel

if TYPE_CHECKING:
    from ui.settings import (
        accounts_panel,
        audit_panel,
        backups_panel,
        password_panel,
        persons_panel,
    )
else:
    accounts_panel = lazy_module("ui.settings.accounts_panel")
    audit_panel = lazy_module("ui.settings.audit_panel")
    persons_panel = lazy_module("ui.settings.persons_panel")
    backups_panel = lazy_module("ui.settings.backups_panel")
    password_panel = lazy_module("ui.settings.password_panel")

WINDOW, BACKUPS = N_("This window"), N_("Backups")
ACCOUNTS, PASSWORD = N_("Accounts"), N_("Password")
OF_WINDOW = (N_("Language"), N_("Size of the text"), N_("Paper"))
"""The settings of the first tab."""
PANELS = {
    "audit": (N_("Audit log"), "audit.read"),
    "persons": (N_("Personal data"), "person.report"),
}
"""{key of a tab that needs a permission: (title, permission)}."""
MADE_BY: dict[str, Callable[[], type[DeskPanel]]] = {
    "accounts": lambda: accounts_panel.AccountsPanel,
    "password": lambda: password_panel.PasswordPanel,
    "audit": lambda: audit_panel.AuditPanel,
    "persons": lambda: persons_panel.PersonsPanel,
}
PAPER_HINT = N_(
    "A document to sign is always upright on A4 (Decree 30/2020). What is chosen here is for"
    " registers and tables that lie across, from today on."
)


def settings_tabs(desk: Desk) -> dict[str, str]:
    """{tab key: title} of the tabs that the account may see."""
    role = desk.account.role
    return {
        "window": _(WINDOW),
        "backups": _(BACKUPS),
        "password": _(PASSWORD),
        "accounts": _(ACCOUNTS),
        **{key: _(words) for key, (words, permission) in PANELS.items() if holds(role, permission)},
        **{table.table_key: _(table.title) for table in judging_tables()},
    }


class SettingsPage(LedgerPage):
    """Tabs: window settings, backups, accounts and the like, then each ledger."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        self._paper_job: Job | None = None
        super().__init__(desk, tasks, _("Settings"), settings_tabs(desk))
        self.changed.connect(self._show_paper)  # it can be changed in the ledger of settings too

    def make(self, key: str) -> QWidget:
        """Create the panel of a tab."""
        if key == "backups":
            return backups_panel.BackupsPanel(self._desk, self._tasks, self.bar)
        if key in MADE_BY:
            panel = MADE_BY[key]()(self._desk, self._tasks, self.bar)
            panel.changed.connect(self.changed)
            panel.wanted.connect(lambda tab, intent: self.receive({"ledger": tab, **intent}))
            return panel
        return self._window_panel() if key == "window" else super().make(key)

    @property
    def backups(self) -> "backups_panel.BackupsPanel | None":
        """The backups panel; None before it is shown."""
        return cast("backups_panel.BackupsPanel | None", self._made.get("backups"))

    def _go(self, place: int) -> None:
        super()._go(place)
        key = self._keys[place]
        self.help_topic = "backup" if key == "backups" else "people" if key in MADE_BY else ""

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Switch to the tab `ledger`; for backups, focus the button that makes one."""
        super().receive(intent)
        if intent.get("ledger") == "backups" and self.backups is not None:
            self.backups.begin()

    def _window_panel(self) -> QWidget:
        panel = QWidget()
        form = scrolled_form(panel)
        self.language = self._language_box()
        self.text = self._text_size_box()
        self.paper = self._paper_box()
        for words, box in zip(OF_WINDOW, (self.language, self.text, self.paper), strict=True):
            _add_box(form, _(words), box)
        hint = named(PlainLabel(_(PAPER_HINT)), "muted")
        hint.setWordWrap(True)
        form.addRow(hint)
        identity = self._desk.identity
        for words, text in (
            (_("This desk is of a"), f"{_(ROLE_NAMES[identity.role])}: {self._desk.title()}"),
            (_("Who works here"), self._desk.account.full_name),
            (_("Folder"), str(self._desk.folder.resolve())),
        ):
            value = PlainLabel(text)
            value.setWordWrap(True)
            form.addRow(PlainLabel(words), value)
        note = _("Light or dark follows the system. Not for classified information.")
        form.addRow(named(PlainLabel(note), "muted"))
        # Last: the tab order is the order of creation.
        foot(panel).addWidget(self._practice_button())
        foot(panel).addStretch(1)
        return panel

    def _practice_button(self) -> QPushButton:
        """The button that opens the practice desk, or from it the real one."""
        practice = self._desk.identity.practice
        words = _("Open the true desk") if practice else _("Open the practice desk")
        hint = _("In a window of its own; what is typed for practice counts nowhere")
        push = QPushButton(words)
        push.setAccessibleName(words)
        push.setToolTip(hint)
        push.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        push.clicked.connect(lambda _checked=False: self.open_other())
        if practice:
            real_folder = practised_folder(self._desk.folder.resolve())
            push.setEnabled(real_folder is not None and database_file(real_folder).exists())
        return push

    def open_other(self) -> None:
        """Open the practice desk, creating it at first use, or from it the real one."""
        own_folder, identity = self._desk.folder.resolve(), self._desk.identity
        folder = practised_folder(own_folder) if identity.practice else practice_folder(own_folder)
        if folder is None:
            return
        target = folder

        def work() -> None:
            if not database_file(target).exists():
                Desk.create(
                    target,
                    identity.role,
                    identity.unit,
                    self._desk.account.full_name,
                    practice=True,
                ).close()

        def failed(error: Exception) -> None:
            self.bar.warn(user_error(error))

        done = lambda _none: start_apart(["--desk", str(target)])  # noqa: E731
        self._tasks.later(work, done, failed, self)

    def _language_box(self) -> Chooser:
        box = language_chooser()
        box.activated.connect(lambda at: self.language_wanted.emit(box.itemData(at)))
        return box

    def _text_size_box(self) -> Chooser:
        box = Chooser()
        for percent in SIZES:
            box.addItem(f"{percent} %", percent)
        box.setCurrentIndex(box.findData(text_size()))
        box.activated.connect(lambda at: self.size_wanted.emit(box.itemData(at)))
        return box

    # -------------------------------------------------------------------------- paper

    def _paper_box(self) -> Chooser:
        box = Chooser()
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
        if self._paper_job is None:
            self.paper.setCurrentIndex(self.paper.findData(self._paper_now()))

    def _choose_paper(self, paper: str) -> None:
        """Set the paper from today on; signed documents keep theirs."""
        if paper == self._paper_now():
            return
        desk = self._desk

        def done(_none: None) -> None:
            self._paper_job = None
            self.refresh()
            words = _("Registers and tables that lie across are printed on {paper} from today on.")
            self.bar.notify(words.format(paper=self._paper_now()))

        def failed(error: Exception) -> None:
            self._paper_job = None
            self._show_paper()
            self.bar.warn(user_error(error))

        day = desk.today().isoformat()
        self._paper_job = self._tasks.later(
            lambda: desk.reference.set_setting(WIDE_PAPER, paper, day), done, failed, self
        )

    def refresh(self) -> None:
        """Read everything without unsaved changes again."""
        super().refresh()
        self._show_paper()
        for panel in self._made.values():
            if isinstance(panel, DeskPanel) and panel not in self.panels:
                panel.refresh()

    def idle(self) -> bool:
        """Whether no panel is busy and the chosen paper is stored."""
        backups = self.backups is None or self.backups.idle()
        others = all(p.idle() for p in self._made.values() if isinstance(p, DeskPanel))
        return super().idle() and backups and others and self._paper_job is None


def _add_box(form: QFormLayout, words: str, box: Chooser) -> None:
    label = PlainLabel(words)
    label.setBuddy(box)
    # As high as the combo box, so that the text is centred beside it.
    box.ensurePolished()
    label.setMinimumHeight(box.sizeHint().height())
    box.setAccessibleName(words)
    box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    form.addRow(label, box)
