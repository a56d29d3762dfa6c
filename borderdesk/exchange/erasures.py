"""Erasure: the personal and internal part of a household goes for ever, its salt too, and the
notice of it travels; the chain of revisions stays whole."""

from collections.abc import Sequence

from borderdesk.base.errors import Refused, UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.entry.editing import RecordEditor
from borderdesk.exchange.record_derivation import derive_record
from borderdesk.schema.book import Book
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.opening import explained
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.database import Store
from borderdesk.store.history import Writer

UNWIPED = "unwiped"
"""Is noted of a desk while what was erased may still be in the bytes of its file."""

Notice = tuple[str, str, str, str]
"""A record's id, the reason, the desk that erased, when (UTC)."""


class Erasures(Part):
    """What was erased here or elsewhere."""

    def erase_household(self, record: str, reason: str) -> int:
        """Erase what is personal and internal of a household; how many versions had any. It stays
        erased: no package brings it back, and no backup that can be told of it
        (`backups.erased` says which). Raises Refused, UserError."""
        gone = self.erase_part(record, reason)
        self.session.notify_erasure()
        self.wipe()
        return gone

    def wipe(self) -> bool:
        """Leave nothing of what was erased in the bytes of the desk's file, which is written anew
        where anything was since. Others wait meanwhile.

        False when another program holds the file or the disk is full: the next backup, erasure or
        package tries again.
        """
        if not self.store.value("SELECT 1 FROM meta WHERE key = ?", (UNWIPED,)):
            return True
        try:
            with explained():
                self.store.scrub()
                done = self.store.empty_log()
                if done:
                    self.store.run("DELETE FROM meta WHERE key = ?", (UNWIPED,))
                return done
        except UserError:
            return False

    @operation("record.erase")
    def erase_part(self, record: str, reason: str) -> int:
        """Erase it here, and note that; told to nobody yet."""
        record, reason = record.lower(), nfc(reason).strip()
        if not reason or len(reason) > 500 or FORBIDDEN.search(reason):
            raise UserError(_("A reason of one line is needed."))
        found = self.store.value(
            "SELECT 1 FROM revision WHERE record = ? AND type = ?", (record, Household.type_name)
        )
        if found is None:
            raise UserError(_("There is no such record."))
        if not self.session.part(RecordEditor).owns(Household.type_name, record, {}):
            raise Refused(_("This belongs to another desk; only that desk may change it."))
        notice = (record, reason, self.session.identity.id, utc_stamp())
        return obey(self.store, self.session.book, [notice])

    def notices(self) -> list[Notice]:
        """Every erasure known here, oldest first."""
        rows = self.store.rows("SELECT record, reason, desk, time FROM erasure ORDER BY time")
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def obey(store: Store, book: Book, notices: Sequence[Notice]) -> int:
    """Erase what the notices say, within the transaction that is open; how many separate parts
    went. Their bytes are left until `Erasures.wipe`."""
    store.many(
        "INSERT INTO erasure (record, reason, desk, time) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (record) DO NOTHING",
        notices,
    )
    writer = Writer(store, book)
    gone = 0
    for record, *_rest in notices:
        held = int(
            store.value(
                "SELECT COUNT(*) FROM private_part p JOIN revision r ON r.seq = p.revision"
                " WHERE r.record = ?",
                (record,),
            )
        )
        if held:
            store.run(
                "DELETE FROM private_part WHERE revision IN"
                " (SELECT seq FROM revision WHERE record = ?)",
                (record,),
            )
            # A doubt that was kept may repeat what was typed, and so does a form left half-way.
            store.run("DELETE FROM soft_warning WHERE record = ?", (record,))
            store.run(
                "DELETE FROM draft WHERE form = ? AND instr(texts, ?)",
                (Household.type_name, record),
            )
            derive_record(store, writer, record)
        gone += held
    writer.finish()
    if gone:
        store.run("INSERT OR IGNORE INTO meta (key, value) VALUES (?, '1')", (UNWIPED,))
    return gone
