"""Drafts: unsaved texts of forms, stored so that nothing typed is lost.

A draft never counts: it is no record, has no revision and is in no list or report. It belongs to
the account that typed it and is offered to no other, except the drafts of a disabled account, which
are offered under its name.
"""

import datetime
import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import SQL, Expression, fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.account_table import Account, read_accounts
from borderdesk.session.draft_forms import OWNER
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.models.desk import DraftRow

if TYPE_CHECKING:
    from borderdesk.store.models import exchange as exchange_models
else:
    # A list is shown without them; a form is made after it.
    exchange_models = lazy_module("borderdesk.store.models.exchange")

OPEN, ASIDE, THROWN = 0, 1, 2
"""Values of `parked`: open in its form, set aside, discarded."""
THROWN_DAYS = 30
"""The number of days in which a discarded draft can be restored, the last of them whole."""

Texts = dict[str, Any]
"""The state of a form as JSON can hold it; only the form interprets it."""


class StoredDraft(NamedTuple):
    """A draft: `form` names its form, times are UTC as revisions write them; `person`: the name of
    the person who left it, "" for one's own."""

    id: str
    form: str
    parked: bool
    texts: Texts
    started: str
    touched: str
    person: str = ""


class ErasedMeanwhile(UserError):
    """A draft was not stored, as it may name a person who was erased since it was typed."""

    def __init__(self) -> None:
        super().__init__(
            _("A person was erased while you typed. Nothing was saved yet; please try again.")
        )


class Drafts(SessionPart):
    """The unfinished forms of the person who works at the desk: at most one open a form, any number
    parked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._known: dict[str, int] = {}
        """{form that is followed: the number of erasures that whoever shows it knows of}."""

    def erasures(self) -> int:
        """How many records were erased on this desk, by whatever program."""
        row = exchange_models.ErasureRow
        return int(self.store.scalar(row.select(fn.COUNT(row.record))) or 0)

    def follow_erasures(self, form: str) -> bool:
        """Take note of the erasures so far, which whoever shows the form clears from it; returns
        whether there are more than last time."""
        now = self.erasures()
        before = self._known.get(form, now)
        self._known[form] = now
        return now != before

    def known_erasures(self, form: str) -> int | None:
        """The number of erasures that `follow_erasures` noted last; None for a form that nobody
        follows."""
        return self._known.get(form)

    def is_erased(self, record: str) -> bool:
        """Whether a record was erased."""
        row = exchange_models.ErasureRow
        return self.store.first(row.select(row.record).where(row.record == record)) is not None

    def _own(self, form: str) -> str:
        """A form's name in the drafts of the account that works."""
        return own_form(form, self.session.account.name, read_accounts(self.store))

    def _is_open(self, form: str) -> Expression:
        return (DraftRow.form == self._own(form)) & (DraftRow.parked == OPEN)

    @operation("record.write")
    def keep_draft(self, form: str, texts: Texts, erasure_count: int | None = None) -> None:
        """Store the state of a form in its open draft, which is made or overwritten.

        erasure_count: the erasures that were known when the texts were read, None to store them
        anyway: where there are others since, they cleared the draft, and it would be written anew.
        Raises ErasedMeanwhile.
        """
        self._require_known(erasure_count)
        now = utc_stamp()
        self.store.execute(
            DraftRow.insert(
                id=os.urandom(16).hex(),
                form=self._own(form),
                parked=OPEN,
                texts=json.dumps(texts, ensure_ascii=False),
                started=now,
                touched=now,
            ).on_conflict(
                conflict_target=[DraftRow.form],
                # The unique index is partial (open drafts only): SQLite matches its condition by
                # the text, which a bound parameter would hide.
                conflict_where=SQL(f"parked = {OPEN}"),
                preserve=[DraftRow.texts, DraftRow.touched],
            )
        )

    @operation("record.write")
    def drop_draft(self, form: str) -> None:
        """Delete the open draft of a form: it was saved, or is no longer wanted."""
        self.store.execute(DraftRow.delete().where(self._is_open(form)))

    @operation("record.write")
    def finish_draft(self, form: str, left: Texts | None = None) -> None:
        """End the open draft of a form whose content is saved in the same transaction; left: what
        stays of it, None for nothing. Raises ErasedMeanwhile: a person erased since would come
        back as a record."""
        erasure_count = self.known_erasures(form)
        self._require_known(erasure_count)
        if left is None:
            self.drop_draft(form)
        else:
            self.keep_draft(form, left, erasure_count)

    def _require_known(self, erasure_count: int | None) -> None:
        if erasure_count is not None and erasure_count != self.erasures():
            raise ErasedMeanwhile

    @operation("record.write")
    def park_draft(self, form: str) -> None:
        """Park the open draft of a form, so that another draft can be opened."""
        self.store.execute(DraftRow.update(parked=ASIDE).where(self._is_open(form)))

    @operation("record.write")
    def throw_draft(self, form: str) -> None:
        """Discard the open draft of a form: it can be restored for `THROWN_DAYS` days, and is no
        task until then. Drafts discarded earlier are deleted."""
        now = utc_stamp()
        self.store.execute(DraftRow.update(parked=THROWN, touched=now).where(self._is_open(form)))
        self.store.execute(
            DraftRow.delete().where(DraftRow.parked == THROWN, DraftRow.touched < self._oldest())
        )

    @operation("record.write")
    def unpark_draft(self, draft: str) -> None:
        """Make a draft that is parked or thrown away the open one; the one open until now is
        parked."""
        stored = self.store.scalar(DraftRow.select(DraftRow.form).where(DraftRow.id == draft))
        form = str(stored).partition(OWNER)[0]
        self.store.execute(DraftRow.update(parked=ASIDE).where(self._is_open(form)))
        update = DraftRow.update(parked=OPEN, form=self._own(form))
        self.store.execute(update.where(DraftRow.id == draft))

    def open_draft(self, form: str) -> StoredDraft | None:
        """The open draft of a form, or None."""
        return next((d for d in self.drafts(form) if not d.parked), None)

    def drafts(self, form: str | None = None) -> list[StoredDraft]:
        """Every draft of one form or of all, most recently saved first."""
        return self._read(DraftRow.parked != THROWN, form)

    def thrown_drafts(self, form: str) -> list[StoredDraft]:
        """The drafts of a form that were thrown away in the last `THROWN_DAYS` days, the latest
        first."""
        recent = (DraftRow.parked == THROWN) & (DraftRow.touched >= self._oldest())
        return self._read(recent, form)

    def _oldest(self) -> str:
        """The UTC time before which discarded drafts are deleted: a midnight in local time."""
        day = self.session.today() - datetime.timedelta(days=THROWN_DAYS)
        return utc_stamp(datetime.datetime.combine(day, datetime.time.min))

    def _read(self, condition: Expression, form: str | None) -> list[StoredDraft]:
        query = DraftRow.select().where(condition).order_by(DraftRow.touched.desc(), DraftRow.id)
        rows = list(self.store.fetch(query))
        accounts = read_accounts(self.store) if rows else []
        first = accounts[0].name if accounts else ""
        disabled = {account.name: account.full_name for account in accounts if account.disabled}
        me, drafts = self.session.account.name, []
        for draft, of, parked, texts, started, touched in rows:
            name, _owner, owner = of.partition(OWNER)
            owner = owner or first
            if form not in (None, name) or (owner != me and owner not in disabled):
                continue
            person = "" if owner == me else disabled[owner]
            aside = bool(parked) or bool(person)
            drafts.append(
                StoredDraft(draft, name, aside, json.loads(texts), started, touched, person)
            )
        return drafts


def own_form(form: str, account: str, accounts: Sequence[Account]) -> str:
    """A form's name in the drafts of an account."""
    first = accounts[0].name if accounts else account
    return form if account == first else f"{form}{OWNER}{account}"
