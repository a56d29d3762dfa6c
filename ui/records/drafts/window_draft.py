"""The draft of a window above a list: what stands there is in the desk within a second, and stays
until it is carried out or thrown away."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from borderdesk.session.drafts import Drafts, StoredDraft, Texts
from ui.base.tasks import Runner
from ui.widgets.editors.draft import DRAFT_PAUSE

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons


class WindowDraft(QObject):
    """Keeps what stands in a window, and drops what is as a new one begins."""

    def __init__(
        self,
        owner: QObject,
        drafts: Drafts,
        form: str,
        tasks: Runner,
        texts: Callable[[], Texts],
        failed: Callable[[Exception], None],
    ) -> None:
        """form: its name among the drafts."""
        super().__init__(owner)
        self._drafts = drafts
        self.form = form
        self._tasks = tasks
        self._texts = texts
        self._failed = failed
        self._blank: Texts = texts()
        self._last: Texts | None = self._blank
        """What the desk holds; None where that is not known."""
        self._stored: Texts = {}
        """What the desk was known to hold last; `_last` may still be being written."""
        self._writing = 0
        drafts.follow_erasures(form)
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._soon.timeout.connect(self._keep)

    def changed(self) -> None:
        """Something was ticked or typed."""
        if not self._soon.isActive():
            self._soon.start()

    def settled(self) -> bool:
        """Whether what stands in the window is in the desk."""
        return not (self._soon.isActive() or self._writing or self._last is None)

    def keep_now(self) -> None:
        """Keep it before anything else happens."""
        if self._soon.isActive() or self._last is None:
            self._soon.stop()
            self._keep()

    def begin_anew(self) -> None:
        """What stands in the window now is how a new draft begins."""
        self._soon.stop()
        self._last = self._stored = self._blank = self._texts()

    def carried_out(self, *, anew: bool) -> None:
        """What stood there was carried out, and the draft kept with what was left then. One that
        was kept meanwhile may stand there since, with what is done. anew: nothing is left."""
        self._soon.stop()
        if anew:
            self._blank = self._texts()
        self._last = None
        self._keep()

    def _keep(self) -> None:
        drafts, form, texts = self._drafts, self.form, self._texts()
        if texts == self._last:
            return
        self._last, known = texts, drafts.known_erasures(form)

        def stored(_none: None) -> None:
            self._stored = texts

        if texts == self._blank:
            self._write(lambda: drafts.drop_draft(form), stored)
        else:
            self._write(lambda: drafts.keep_draft(form, texts, known), stored)

    def look_erased(self, persons: "Persons" = ()) -> Texts | None:
        """What stands in the window without these persons, and without what an erasure took out of
        its stored draft: as it begins where nothing may stay. None where nothing was taken."""
        if not (self._drafts.follow_erasures(self.form) or persons):
            return None
        there, typed = self._drafts.open_draft(self.form), self._texts()
        left: Texts | None = typed
        if self._stored not in ({}, self._blank):
            kept = {} if there is None else there.texts
            taken = {key: kept[key] for key in kept if kept[key] != self._stored.get(key)}
            left = None if there is None else {**typed, **taken}
        for one in persons:
            left = None if left is None else one.without(self.form, left)
        left = self._blank if left is None else left
        return left if left != typed else None

    def throw(self, then: Callable[[StoredDraft], None]) -> None:
        """Throw it away, to be taken up again; `then` gets what was thrown."""
        self._soon.stop()
        drafts, form, texts = self._drafts, self.form, self._texts()
        known = drafts.known_erasures(form)

        def work() -> StoredDraft:
            drafts.keep_draft(form, texts, known)
            drafts.throw_draft(form)
            return drafts.thrown_drafts(form)[0]

        self._write(work, then)

    def take_up(self, draft: str, then: Callable[[None], None]) -> None:
        """Make one that was thrown away, or put aside, the open one again; what stands in the
        window is put aside in its place."""
        self.keep_now()
        self._write(lambda: self._drafts.unpark_draft(draft), then)

    def open(self) -> Texts | None:
        """What the desk holds; None for nothing."""
        kept = self._drafts.open_draft(self.form)
        self._last = self._stored = self._blank if kept is None else kept.texts
        return None if kept is None else kept.texts

    def others(self) -> list[StoredDraft]:
        """Those that were put aside or thrown away, the latest first."""
        aside = [kept for kept in self._drafts.drafts(self.form) if kept.parked]
        return [*aside, *self._drafts.thrown_drafts(self.form)]

    def _write(self, work: Callable[[], Any], then: Callable[[Any], None] | None = None) -> None:
        def done(answer: Any) -> None:
            self._writing -= 1
            if then is not None:
                then(answer)

        def failed(error: Exception) -> None:
            self._writing -= 1
            # Not kept: the next time it is to be, it is written again.
            self._last = None
            self._failed(error)

        self._writing += 1
        self._tasks.later(work, done, failed, self)
