"""The drafts of a page: the one in the form, those put aside, the one thrown away last."""

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
    """Keeps what is typed and not saved, and puts it aside before the form is emptied."""

    keeper: DraftKeeper
    """Keeps the draft in the form; there since the form is."""
    parked_button: QPushButton
    """Opens the drafts put aside; there since the form is, shown where there are any."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._moved = False
        self.look: Callable[[], bool] = lambda: False
        """Says what became of the draft's record elsewhere, see `DraftConflict`; whether anything
        did."""

    def make_button(self) -> QPushButton:
        """The button that opens the drafts put aside."""
        self.parked_button = named(
            button(bind(self._parts.front, "drafts", self.show_parked), flat=True), "link"
        )
        self.parked_button.hide()
        return self.parked_button

    def attend(self, form: "RecordForm") -> StoredDraft | None:
        """Keep what is typed into the form from now on; what stood in it when the window closed,
        or died, which stands there again."""
        parts = self._parts
        self.keeper = DraftKeeper(form, parts.desk, parts.tasks, parts.fail)

        def describe(text: str) -> None:
            form.state.setText(text or ("" if form.record else _("New record")))

        self.keeper.described.connect(describe)
        self.keeper.erased.connect(self._clear_erased)
        # At once, for the next key would begin another draft in its place.
        drafts = parts.desk.drafts.drafts(parts.type_name)
        self._offer_parked([one for one in drafts if one.parked])
        kept = next((one for one in drafts if not one.parked), None)
        if kept is not None:
            form.restore(form.contents.draft_of(kept.texts))
            self.keeper.opened()
        return kept

    def write(self, work: Callable[[], T]) -> T:
        """Write to the desk off the window's thread, saying so where it takes long."""
        words = _("Saving; another program is writing to the desk.")
        return self._parts.tasks.write(work, lambda: self._parts.bar.notify(words))

    def _parked(self) -> list[StoredDraft]:
        drafts = self._parts.desk.drafts.drafts(self._parts.type_name)
        return [kept for kept in drafts if kept.parked]

    # -------------------------------------------------------------------- putting aside

    def guard(self, then: Callable[[], None]) -> None:
        """Do something that would empty the form; what stands in it is put aside, not lost."""
        parts = self._parts
        if not parts.form().dirty:
            then()
            return
        self.keeper.park(self.write)
        (kept, *_older) = self._parked()
        # The selection has not settled while its own signal is being delivered.
        QTimer.singleShot(0, parts.front, then)
        QTimer.singleShot(0, parts.front, partial(self._notify_parked, kept.id))
        QTimer.singleShot(0, parts.front, self.count_parked)

    def _notify_parked(self, draft: str) -> None:
        self._parts.bar.notify(
            _("What you were typing was put aside as a draft."),
            (_("Take it up again"), partial(self.take_up, draft)),
            (_("Close"), self._parts.bar.clear),
        )

    def park(self) -> None:
        """Put the draft in the form aside and begin another."""
        self.guard(self.begin)

    def put_aside(self) -> None:
        """Put what stands in the form aside, and show what is saved again; Escape does this."""
        if self._parts.form().dirty:
            self.guard(self._discard)
        else:
            self._parts.bar.clear()

    def _discard(self) -> None:
        form, inside = self._parts.form(), QApplication.focusWidget()
        form.discard()
        if not form.record and inside is not None and form.isAncestorOf(inside):
            # Where the keyboard stood, the next record would begin in its middle.
            form.begin()

    def throw_away(self) -> None:
        """Throw the draft in the form away; it stays among the drafts for some weeks."""
        parts = self._parts
        if not parts.form().dirty:
            parts.bar.clear()
            return
        self.keeper.park(self.write, thrown=True)
        thrown = parts.desk.drafts.thrown_drafts(parts.type_name)[0]
        parts.form().discard()
        parts.list.mark(parts.form().record)
        words = _("Thrown away. It stays among the drafts (Ctrl+O) for {days} days.")
        parts.bar.notify(
            words.format(days=THROWN_DAYS),
            (_("Take it back"), partial(self.take_up, thrown.id)),
            (_("Close"), parts.bar.clear),
        )

    def erase(self) -> None:
        """Throw the draft in the form away for good: its record was erased, and so is what was
        typed of it."""
        parts = self._parts
        parts.form().discard()
        self.keeper.keep_now()
        parts.list.mark(parts.form().record)
        parts.bar.notify(_("Thrown away for good, as the record was erased."))

    def _clear_erased(self, persons: "Persons") -> None:
        """Clear list and form of who was erased; of a form's own record what is typed stays until
        it is said what becomes of it."""
        parts, form = self._parts, self._parts.form()
        parts.refresh()
        is_erased = parts.desk.drafts.is_erased
        if not form.dirty:
            # The record itself, or one that it names.
            shown = [form.record, *form.raws().values()]
            if any(isinstance(one, str) and one and is_erased(one) for one in shown):
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
        """Begin a new record in a form that holds nothing to lose."""
        self._parts.bar.clear()
        self._parts.form().blank()
        self._parts.list.mark("")
        self._parts.form().begin()

    def count_parked(self) -> None:
        """Show how many drafts were put aside."""
        self._offer_parked(self._parked())

    def _offer_parked(self, parked: Sequence[StoredDraft]) -> None:
        self.parked_button.setVisible(bool(parked))
        self.parked_button.setText(_("Drafts put aside: {count}").format(count=len(parked)))
        self._parts.list.footer.count_drafts(len(parked))

    # -------------------------------------------------------------------- taking up

    def notify_restored(self, kept: StoredDraft | None) -> None:
        """Say that what stood in the form when the window closed, or died, stands there again."""
        if kept is None:
            return
        parts = self._parts
        parts.list.mark(parts.form().record)
        if self.look() or self._moved:
            return
        words = _("A draft of {time} is open again as it was.")
        parts.bar.notify(
            words.format(time=age(kept, parts.desk.today())),
            (_("Go on"), lambda: parts.form().begin()),
            (_("Put aside"), self.park),
            (_("Throw away"), self.throw_away),
        )

    def show_parked(self) -> None:
        """Offer the drafts put aside; the chosen one is taken up."""
        parts = self._parts
        menu = QMenu(parts.front)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kept in self._parked():
            self._offer(menu, kept)
        thrown = parts.desk.drafts.thrown_drafts(parts.type_name)
        if thrown:
            menu.addSection(_("Thrown away"))
        for kept in thrown:
            self._offer(menu, kept)
        if menu.isEmpty():
            parts.bar.hint(_("There are no drafts put aside."))
            return
        menu.popup(self.parked_button.mapToGlobal(self.parked_button.rect().topLeft()))

    def _offer(self, menu: QMenu, kept: StoredDraft) -> None:
        words = f"{age(kept, self._parts.desk.today())}   {self._gist(kept)}"
        if kept.person:
            words = _("{draft}   (of {name})").format(draft=words, name=kept.person)
        menu.addAction(plain_action(words)).triggered.connect(self._taker(kept.id))

    def _taker(self, draft: str) -> Callable[[], None]:
        return lambda: self.take_up(draft)

    def _gist(self, kept: StoredDraft) -> str:
        """What a draft is about: its first few values."""
        desk, type_name = self._parts.desk, self._parts.type_name
        typed = {k: raw for k, raw in kept.texts["raws"].items() if raw and isinstance(raw, str)}
        checked = desk.records.check(type_name, typed).values
        columns = ALL_TYPES[type_name].columns()
        shown = [columns[k].show(checked[k], desk.book) for k in columns if checked.get(k)]
        # What is no value yet is shown as it was typed.
        return " · ".join((shown or list(typed.values()))[:3])

    def take_up(self, draft: str) -> None:
        """Open a draft put aside; what stands in the form is put aside in its place."""
        parts, form = self._parts, self._parts.form()
        self.keeper.take_up(draft, self.write)
        kept = parts.desk.drafts.open_draft(parts.type_name)
        assert kept is not None
        parts.bar.clear()
        form.restore(form.contents.draft_of(kept.texts))
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
        """Put unsaved text back into the form, which was made anew while somebody typed: of that
        nothing needs to be said."""
        self._moved = True
        self._parts.form().restore(draft)
        self._parts.list.mark(draft.record)
