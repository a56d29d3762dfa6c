"""The drafts of a page: in the form, put aside, discarded."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from borderdesk.base.i18n import _
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.drafts import THROWN_DAYS, StoredDraft
from ui.base.erasure_watch import erased_words
from ui.base.plain_text import plain_action
from ui.base.style import named
from ui.records.drafts.draft_keeper import DraftKeeper, age
from ui.records.page_parts import PageParts
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.editors.draft import FormDraft

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons
    from ui.records.form.record_form import RecordForm

T = TypeVar("T")


class DraftShelf:
    """Saves drafts, and puts the draft aside before the form is emptied."""

    keeper: DraftKeeper
    """Saves the draft of the form; set when the form is created."""
    parked_button: QPushButton
    """Opens the menu of drafts put aside; hidden without any."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._moved = False
        self.look: Callable[[], bool] = lambda: False
        """Checks the draft's record for conflicts (`DraftConflict`); returns whether there is
        one."""

    def make_button(self) -> QPushButton:
        """The button for drafts put aside."""
        self.parked_button = named(
            button(bind(self._parts.front, "drafts", self.show_parked), flat=True), "link"
        )
        self.parked_button.hide()
        return self.parked_button

    def attend(self, form: "RecordForm") -> StoredDraft | None:
        """Start saving drafts of a form. Returns the draft that the window left when it closed or
        crashed, which is loaded into the form; None without one."""
        parts = self._parts
        self.keeper = DraftKeeper(form, parts.desk, parts.tasks, parts.fail)

        def describe(text: str) -> None:
            form.state.setText(text or ("" if form.record else _("New record")))

        self.keeper.described.connect(describe)
        self.keeper.erased.connect(self._clear_erased)
        # Now: the next key would create another draft in its place.
        drafts = parts.desk.drafts.drafts(parts.type_name)
        self._offer_parked([draft for draft in drafts if draft.parked])
        open_draft = next((draft for draft in drafts if not draft.parked), None)
        if open_draft is not None:
            form.restore(form.contents.draft_of(open_draft.texts))
            self.keeper.opened()
        return open_draft

    def write(self, work: Callable[[], T]) -> T:
        """Run a write in its thread, with a message if it takes long."""
        words = _("Saving; another program is writing to the desk.")
        return self._parts.tasks.write(work, lambda: self._parts.bar.notify(words))

    def _parked(self) -> list[StoredDraft]:
        drafts = self._parts.desk.drafts.drafts(self._parts.type_name)
        return [draft for draft in drafts if draft.parked]

    # -------------------------------------------------------------------- putting aside

    def guard(self, then: Callable[[], None]) -> None:
        """Put the draft aside if there is one, then run `then`, which empties the form."""
        parts = self._parts
        if not parts.form().dirty:
            then()
            return
        self.keeper.park(self.write)
        (parked, *_others) = self._parked()
        # Deferred: the selection is still changing while its signal is delivered.
        QTimer.singleShot(0, parts.front, then)
        QTimer.singleShot(0, parts.front, partial(self._notify_parked, parked.id))
        QTimer.singleShot(0, parts.front, self.count_parked)

    def _notify_parked(self, draft: str) -> None:
        self._parts.bar.notify(
            _("What you were typing was put aside as a draft."),
            (_("Take it up again"), partial(self.take_up, draft)),
            (_("Close"), self._parts.bar.clear),
        )

    def park(self) -> None:
        """Put the draft aside and begin a new record."""
        self.guard(self.begin)

    def put_aside(self) -> None:
        """Put the draft aside and reload the saved record; for Escape."""
        if self._parts.form().dirty:
            self.guard(self._discard)
        else:
            self._parts.bar.clear()

    def _discard(self) -> None:
        form, focused = self._parts.form(), QApplication.focusWidget()
        form.discard()
        if not form.record and focused is not None and form.isAncestorOf(focused):
            # Otherwise the next record would begin in the middle, at the focused field.
            form.begin()

    def throw_away(self) -> None:
        """Discard the draft; it can be restored for some weeks."""
        parts = self._parts
        if not parts.form().dirty:
            parts.bar.clear()
            return
        self.keeper.park(self.write, thrown=True)
        discarded = parts.desk.drafts.thrown_drafts(parts.type_name)[0]
        parts.form().discard()
        parts.list.mark(parts.form().record)
        words = _("Thrown away. It stays among the drafts (Ctrl+O) for {days} days.")
        parts.bar.notify(
            words.format(days=THROWN_DAYS),
            (_("Take it back"), partial(self.take_up, discarded.id)),
            (_("Close"), parts.bar.clear),
        )

    def erase(self) -> None:
        """Delete the draft for good, because its record was erased."""
        parts = self._parts
        parts.form().discard()
        self.keeper.keep_now()
        parts.list.mark(parts.form().record)
        parts.bar.notify(_("Thrown away for good, as the record was erased."))

    def _clear_erased(self, persons: "Persons") -> None:
        """Remove erased persons from list and form; what is typed about the form's own erased
        record stays until the person at the desk decides."""
        parts, form = self._parts, self._parts.form()
        parts.refresh()
        is_erased = parts.desk.drafts.is_erased
        if not form.dirty:
            # The record itself, or one it refers to.
            shown = [form.record, *form.raws().values()]
            if any(isinstance(raw, str) and raw and is_erased(raw) for raw in shown):
                form.discard()
            return
        if form.record and is_erased(form.record):
            self.look()
            return
        cleared = self.keeper.without_erased(persons)
        if cleared is None:
            return
        if cleared.raws:
            form.restore(cleared)
        else:
            form.blank()
        parts.bar.caution(erased_words())

    def begin(self) -> None:
        """Begin a new record in a form without unsaved changes."""
        self._parts.bar.clear()
        self._parts.form().blank()
        self._parts.list.mark("")
        self._parts.form().begin()

    def count_parked(self) -> None:
        """Show the number of drafts put aside."""
        self._offer_parked(self._parked())

    def _offer_parked(self, parked: Sequence[StoredDraft]) -> None:
        self.parked_button.setVisible(bool(parked))
        self.parked_button.setText(_("Drafts put aside: {count}").format(count=len(parked)))
        self._parts.list.footer.count_drafts(len(parked))

    # -------------------------------------------------------------------- taking up

    def notify_restored(self, draft: StoredDraft | None) -> None:
        """Say that the draft left by the last window is open again."""
        if draft is None:
            return
        parts = self._parts
        parts.list.mark(parts.form().record)
        if self.look() or self._moved:
            return
        words = _("A draft of {time} is open again as it was.")
        parts.bar.notify(
            words.format(time=age(draft, parts.desk.today())),
            (_("Go on"), lambda: parts.form().begin()),
            (_("Put aside"), self.park),
            (_("Throw away"), self.throw_away),
        )

    def show_parked(self) -> None:
        """Open the menu of drafts put aside or discarded."""
        parts = self._parts
        menu = QMenu(parts.front)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for draft in self._parked():
            self._offer(menu, draft)
        discarded = parts.desk.drafts.thrown_drafts(parts.type_name)
        if discarded:
            menu.addSection(_("Thrown away"))
        for draft in discarded:
            self._offer(menu, draft)
        if menu.isEmpty():
            parts.bar.hint(_("There are no drafts put aside."))
            return
        menu.popup(self.parked_button.mapToGlobal(self.parked_button.rect().topLeft()))

    def _offer(self, menu: QMenu, draft: StoredDraft) -> None:
        words = f"{age(draft, self._parts.desk.today())}   {self._gist(draft)}"
        if draft.person:
            words = _("{draft}   (of {name})").format(draft=words, name=draft.person)
        menu.addAction(plain_action(words)).triggered.connect(self._taker(draft.id))

    def _taker(self, draft: str) -> Callable[[], None]:
        return lambda: self.take_up(draft)

    def _gist(self, draft: StoredDraft) -> str:
        """The first few values of a draft."""
        desk, type_name = self._parts.desk, self._parts.type_name
        typed = {k: raw for k, raw in draft.texts["raws"].items() if raw and isinstance(raw, str)}
        checked = desk.records.check(type_name, typed).values
        columns = ALL_TYPES[type_name].columns()
        shown = [columns[k].show(checked[k], desk.book) for k in columns if checked.get(k)]
        # Texts that are no valid values are shown as typed.
        return " · ".join((shown or list(typed.values()))[:3])

    def go_on(self, draft: str) -> None:
        """Type on at a draft: one put aside is taken up, "" is the one in the form."""
        if draft:
            self.take_up(draft)
        else:
            self._parts.form().begin()

    def take_up(self, draft: str) -> None:
        """Reopen a draft; the current one is put aside."""
        parts, form = self._parts, self._parts.form()
        self.keeper.take_up(draft, self.write)
        reopened = parts.desk.drafts.open_draft(parts.type_name)
        assert reopened is not None
        parts.bar.clear()
        form.restore(form.contents.draft_of(reopened.texts))
        self.keeper.opened()
        parts.list.mark(form.record)
        self.count_parked()
        form.begin()
        if self.look():
            return
        parts.bar.notify(
            _("The draft is open again."),
            (_("Put aside"), self.put_aside),
            (_("Throw away"), self.throw_away),
        )

    def restore(self, draft: FormDraft) -> None:
        """Load unsaved text into a rebuilt form, without a message."""
        self._moved = True
        self._parts.form().restore(draft)
        self._parts.list.mark(draft.record)
