"""Saves drafts: an unfinished form is stored within a second of the last key."""

import datetime
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_moment
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.revisions import moment_of
from borderdesk.session.drafts import ErasedMeanwhile, StoredDraft
from ui.base.erasure_watch import erasure_watch_of
from ui.base.tasks import Runner
from ui.widgets.editors.draft import DRAFT_PAUSE, FormDraft

if TYPE_CHECKING:
    from ui.base.erasure_watch import Persons
    from ui.records.form.record_form import RecordForm

SECOND = 1_000


class DraftKeeper(QObject):
    """Saves the draft of one form.

    described(text): the state of the draft changed; erased(persons): persons were erased, possibly
    one in the form, as `ErasureWatch` reports them.
    """

    described = Signal(str)
    erased = Signal(tuple)

    def __init__(
        self, form: "RecordForm", desk: Desk, tasks: Runner, failed: Callable[[Exception], None]
    ) -> None:
        super().__init__(form)
        self._form = form
        self._key = form.model.type_name
        self._desk = desk
        self._tasks = tasks
        self._failed = failed
        self._last: FormDraft | None = None
        self._stored: FormDraft | None = None
        """The draft in the store; `_last` may still be being written."""
        self._kept_at = 0.0
        self._writing = 0
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._soon.timeout.connect(self._keep)
        self._clock = QTimer(self, interval=SECOND)
        self._clock.timeout.connect(self._describe)
        form.changed.connect(self._changed)
        desk.drafts.follow_erasures(self._key)
        self._watch = erasure_watch_of(desk, tasks)
        self._watch.erased.connect(self.look_erased)

    def _changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _keep(self) -> None:
        draft = self._form.draft() if self._form.dirty else None
        if draft == self._last:
            return
        self._last = draft
        self._writing += 1
        self._tasks.later(self._work(draft), self._written, self._not_written, self._form)

    def _written(self, stored: FormDraft | None) -> None:
        # Shown only now: a draft shown as saved must survive a power cut.
        self._writing -= 1
        self._stored = stored
        self._kept_at = time.monotonic()
        self._describe()

    def _not_written(self, error: Exception) -> None:
        self._writing -= 1
        # Not stored: write it again next time.
        self._last = None
        if isinstance(error, ErasedMeanwhile):
            self.look_erased()
            self._changed()
        elif not isinstance(error, UserError) or self._desk.hindrance() is None:
            # Otherwise the notice above the page shows why.
            self._failed(error)

    def _work(self, draft: FormDraft | None) -> Callable[[], FormDraft | None]:
        """The write of a draft; it returns the draft stored, without personal fields if the record
        was erased."""
        drafts, key = self._desk.drafts, self._key
        if draft is None:
            return lambda: drafts.drop_draft(key)
        erasure_count = drafts.known_erasures(key)
        personal = frozenset(filter(self._form.model.keeps_apart, self._form.cells))

        def work() -> FormDraft:
            erased = bool(draft.record) and drafts.is_erased(draft.record)
            stored = _without(draft, personal) if erased else draft
            drafts.keep_draft(key, stored._asdict(), erasure_count)
            return stored

        return work

    def look_erased(self, persons: "Persons" = ()) -> None:
        """Clear the form of whom an erasure since the last look took out."""
        persons = persons or self._watch.persons()
        if self._desk.drafts.follow_erasures(self._key) or persons:
            self._form.memory.forget_person()
            self.erased.emit(persons)

    def without_erased(self, persons: "Persons") -> FormDraft | None:
        """The form without these persons and without what an erasure removed from its stored draft;
        an empty draft if nothing may stay, None if nothing was removed."""
        typed = self._form.draft()
        draft = self._without_taken(typed)
        for person in persons:
            texts = None if draft is None else person.without(self._key, draft._asdict())
            draft = None if texts is None else FormDraft(**texts)
        if draft is None:
            return None if typed.record else FormDraft("", "", {}, {})
        return draft if draft != typed else None

    def _without_taken(self, typed: FormDraft) -> FormDraft | None:
        """The draft without what an erasure removed from the stored draft; None if all of it.

        A household chosen since instead of the described one stays."""
        if self._stored is None:
            return typed
        stored = self._desk.drafts.open_draft(self._key)
        if stored is None:
            return None
        stored_raws = stored.texts["raws"]
        erased_keys = {
            key
            for key, raw in self._stored.raws.items()
            if raw and not stored_raws.get(key) and isinstance(typed.raws.get(key), type(raw))
        }
        return typed._replace(raws={**typed.raws, **dict.fromkeys(erased_keys, "")})

    def settled(self) -> bool:
        """Whether the form is stored as draft."""
        return not self._soon.isActive() and not self._writing

    def keep_now(self) -> None:
        """Save the draft at once: the window is closing."""
        self._soon.stop()
        self._keep()

    def hold(self) -> None:
        """Save no draft while the form is being saved: events are processed meanwhile, and a draft
        written after the record would come back."""
        self._soon.stop()

    def go_on(self) -> None:
        """Resume after a refused save."""
        self._changed()

    def saved(self) -> None:
        """The form was saved, which deleted the draft."""
        self._soon.stop()
        self._last = self._stored = None
        self._describe()

    def park(self, write: Callable[[Callable[[], None]], None], *, thrown: bool = False) -> None:
        """Put the draft aside, or discard it (thrown), so that it can be reopened."""
        self._soon.stop()
        keep, drafts, key = self._work(self._form.draft()), self._desk.drafts, self._key

        def work() -> None:
            keep()
            (drafts.throw_draft if thrown else drafts.park_draft)(key)

        write(work)
        self._last = self._stored = None
        self._describe()

    def take_up(self, draft: str, write: Callable[[Callable[[], None]], None]) -> None:
        """Reopen a draft; the current form is put aside."""
        self._soon.stop()
        keep = self._work(self._form.draft()) if self._form.dirty else None
        drafts = self._desk.drafts

        def work() -> None:
            if keep is not None:
                keep()
            drafts.unpark_draft(draft)

        write(work)

    def opened(self) -> None:
        """The form shows the stored draft."""
        self._last = self._stored = self._form.draft()

    def _describe(self) -> None:
        if self._last is None:
            self._clock.stop()
            self.described.emit("")
            return
        self._clock.start()
        seconds = int(time.monotonic() - self._kept_at)
        if seconds >= 60:
            self._clock.stop()
            self.described.emit(_("Draft kept"))
            return
        self.described.emit(_("Draft kept {seconds} s ago").format(seconds=seconds))


def age(draft: StoredDraft, today: datetime.date) -> str:
    """When a draft was last edited, as text."""
    moment = moment_of(draft.touched)
    return format_moment(moment, today)


def _without(draft: FormDraft, keys: frozenset[str]) -> FormDraft:
    """A draft without the contents of these fields."""
    raws, loaded = (
        {key: "" if key in keys else raw for key, raw in part.items()}
        for part in (draft.raws, draft.loaded)
    )
    return draft._replace(raws=raws, loaded=loaded)
