"""Base class of windows above a list whose content is a draft until carried out or discarded; it
survives a crash."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QMenu, QPushButton, QWidget

from borderdesk.base.errors import UserError, user_error
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.session.drafts import THROWN_DAYS, ErasedMeanwhile, StoredDraft, Texts
from ui.base.erasure_watch import erased_words, erasure_watch_of
from ui.base.plain_text import plain_action
from ui.base.tasks import Runner
from ui.records.drafts.draft_keeper import age
from ui.records.drafts.window_draft import WindowDraft
from ui.widgets.actions.all_actions import bind
from ui.widgets.pages.messages import MessageBar

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons


class DraftWindow(QDialog):
    """A window with a draft; subclasses convert their content to texts and back."""

    draft: WindowDraft
    way = ""
    """The keyword of `receive` that opens it on a page of records."""
    page = ""
    """The record type of the page it belongs to."""

    def __init__(self, owner: QWidget, desk: Desk, tasks: Runner) -> None:
        super().__init__(owner)
        self._desk = desk
        self._tasks = tasks
        self.bar = MessageBar()
        self.discard = QPushButton(_("Throw away"))
        # Otherwise Enter in a line edit would press it as the first autoDefault button.
        self.discard.setAutoDefault(False)
        self.discard.setAccessibleName(self.discard.text())
        self.discard.clicked.connect(lambda _checked=False: self.throw_away())

    def attend(self, form: str) -> None:
        """Start saving the draft; called when all inputs have their initial values.

        form: key of the draft.
        """
        drafts = self._desk.drafts
        self.draft = WindowDraft(self, drafts, form, self._tasks, self.texts, self._fail)
        self.finished.connect(lambda _way: self.draft.keep_now())
        erasure_watch_of(self._desk, self._tasks).erased.connect(self._clear_erased)
        bind(self, "drafts", self.show_others)

    def texts(self) -> Texts:
        """The content as JSON-compatible data."""
        raise NotImplementedError

    def put(self, texts: Texts) -> None:
        """Load what `texts` returned."""
        raise NotImplementedError

    def empty(self) -> None:
        """Remove the task (ticks, new text); its parameters may stay."""
        raise NotImplementedError

    def forget_read(self) -> None:
        """Discard what was read before an erasure."""

    def summary(self, texts: Texts) -> str:
        """A draft in a few words."""
        raise NotImplementedError

    def resume(self) -> None:
        """Load the draft, also one left by a crash."""
        if not self.draft.settled():
            return
        texts = self.draft.open()
        if texts is None:
            self.empty()
        else:
            self.put(texts)

    def carried_out(self, *, unchanged: bool) -> None:
        """The task was carried out; unchanged: nothing was edited meanwhile, so the window is
        emptied."""
        if unchanged:
            self.empty()
        self.draft.carried_out(anew=unchanged)

    # ------------------------------------------------------------------ throwing away

    def throw_away(self) -> None:
        """Discard the content; it can be restored."""
        words = _("Thrown away. It stays among the drafts (Ctrl+O) for {days} days.")
        self._throw(words.format(days=THROWN_DAYS))

    def _throw(self, message: str) -> None:
        def then(thrown: StoredDraft) -> None:
            self.bar.notify(message, (_("Take it back"), lambda: self.take_up(thrown.id)))

        self.draft.throw(then)
        self.empty()
        self.draft.begin_anew()

    def take_up(self, draft: str) -> None:
        """Reopen a draft that was put aside or discarded."""
        self.draft.take_up(draft, lambda _none: self.resume())

    def show_others(self) -> None:
        """Open the menu of drafts put aside or discarded."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for stored in self.draft.others():
            words = f"{age(stored, self._desk.today())}   {self.summary(stored.texts)}"
            if stored.person:
                words = _("{draft}   (of {name})").format(draft=words, name=stored.person)
            action = menu.addAction(plain_action(words))
            action.triggered.connect(lambda _checked=False, draft=stored.id: self.take_up(draft))
        if menu.isEmpty():
            self.bar.hint(_("There are no drafts put aside."))
        else:
            menu.popup(
                self.mapToGlobal(self.rect().bottomLeft() - QPoint(0, menu.sizeHint().height()))
            )

    # ----------------------------------------------------------------------- failing

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ErasedMeanwhile):
            self._clear_erased()
            self.draft.changed()
        else:
            self._warn(user_error(error))

    def _clear_erased(self, persons: "Persons" = ()) -> None:
        """Remove erased persons from the window."""
        self.forget_read()
        persons = persons or erasure_watch_of(self._desk, self._tasks).persons()
        texts = self.draft.look_erased(persons)
        if texts is not None:
            self.put(texts)
            self.draft.changed()
            self.bar.caution(erased_words())

    def _warn(self, error: UserError | str) -> None:
        self.bar.warn(error)
