"""Draft of a window: saved within a second of an edit, until carried out or discarded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from borderdesk.session.drafts import Drafts, StoredDraft, Texts
from ui.base.tasks import Runner
from ui.widgets.editors.draft import DRAFT_PAUSE

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons


class WindowDraft(QObject):
    """Saves the content of a window; an unchanged initial content is no draft."""

    def __init__(
        self,
        owner: QObject,
        drafts: Drafts,
        form: str,
        tasks: Runner,
        texts: Callable[[], Texts],
        failed: Callable[[Exception], None],
    ) -> None:
        """form: key of the draft."""
        super().__init__(owner)
        self._drafts = drafts
        self.form = form
        self._tasks = tasks
        self._texts = texts
        self._failed = failed
        self._blank: Texts = texts()
        self._last: Texts | None = self._blank
        """The content as stored; None if unknown."""
        self._stored: Texts = {}
        """The content last read from or written to the desk; `_last` may still be in writing."""
        self._writing = 0
        drafts.follow_erasures(form)
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._soon.timeout.connect(self._keep)

    def changed(self) -> None:
        """Schedule a save after an edit."""
        if not self._soon.isActive():
            self._soon.start()

    def settled(self) -> bool:
        """Whether the content is stored."""
        return not (self._soon.isActive() or self._writing or self._last is None)

    def keep_now(self) -> None:
        """Save at once."""
        if self._soon.isActive() or self._last is None:
            self._soon.stop()
            self._keep()

    def begin_anew(self) -> None:
        """Take the present content as the initial one."""
        self._soon.stop()
        self._last = self._stored = self._blank = self._texts()

    def carried_out(self, *, anew: bool) -> None:
        """The task was carried out and its part of the draft stored; a draft saved meanwhile may
        have put it back, so store the content again.

        anew: nothing is left, the content becomes the initial one.
        """
        self._soon.stop()
        if anew:
            self._blank = self._texts()
        self._last = None
        self._keep()

    def _keep(self) -> None:
        drafts, form, texts = self._drafts, self.form, self._texts()
        if texts == self._last:
            return
        self._last, erasure_count = texts, drafts.known_erasures(form)

        def stored(_none: None) -> None:
            self._stored = texts

        if texts == self._blank:
            self._write(lambda: drafts.drop_draft(form), stored)
        else:
            self._write(lambda: drafts.keep_draft(form, texts, erasure_count), stored)

    def look_erased(self, persons: "Persons" = ()) -> Texts | None:
        """The content without these persons and without what an erasure removed from the stored
        draft; the initial content if nothing may stay, None if nothing was removed."""
        if not (self._drafts.follow_erasures(self.form) or persons):
            return None
        draft, typed = self._drafts.open_draft(self.form), self._texts()
        texts: Texts | None = typed
        if self._stored not in ({}, self._blank):
            texts = None if draft is None else _without_taken(typed, self._stored, draft.texts)
        for person in persons:
            texts = None if texts is None else person.without(self.form, texts)
        texts = self._blank if texts is None else texts
        return texts if texts != typed else None

    def throw(self, then: Callable[[StoredDraft], None]) -> None:
        """Discard the draft; `then` receives the discarded draft."""
        self._soon.stop()
        drafts, form, texts = self._drafts, self.form, self._texts()
        erasure_count = drafts.known_erasures(form)

        def work() -> StoredDraft:
            drafts.keep_draft(form, texts, erasure_count)
            drafts.throw_draft(form)
            return drafts.thrown_drafts(form)[0]

        self._write(work, then)

    def take_up(self, draft: str, then: Callable[[None], None]) -> None:
        """Reopen a draft; the current content is put aside."""
        self.keep_now()
        self._write(lambda: self._drafts.unpark_draft(draft), then)

    def open(self) -> Texts | None:
        """Load the stored draft; None without one."""
        draft = self._drafts.open_draft(self.form)
        self._last = self._stored = self._blank if draft is None else draft.texts
        return None if draft is None else draft.texts

    def others(self) -> list[StoredDraft]:
        """The drafts put aside or discarded, latest first."""
        parked = [draft for draft in self._drafts.drafts(self.form) if draft.parked]
        return [*parked, *self._drafts.thrown_drafts(self.form)]

    def _write(self, work: Callable[[], Any], then: Callable[[Any], None] | None = None) -> None:
        def done(answer: Any) -> None:
            self._writing -= 1
            if then is not None:
                then(answer)

        def failed(error: Exception) -> None:
            self._writing -= 1
            # Not stored: write it again next time.
            self._last = None
            self._failed(error)

        self._writing += 1
        self._tasks.later(work, done, failed, self)


def _without_taken(typed: Texts, stored: Texts, cleared: Texts) -> Texts:
    """The content without the entries of its dicts that an erasure removed from the stored draft;
    entries that were added since stay. Other values an erasure removes with the whole draft."""
    remaining = dict(typed)
    for key, entries in typed.items():
        before, after = stored.get(key), cleared.get(key)
        if isinstance(entries, dict) and isinstance(before, dict) and isinstance(after, dict):
            erased = before.keys() - after.keys()
            remaining[key] = {name: entry for name, entry in entries.items() if name not in erased}
    return remaining
