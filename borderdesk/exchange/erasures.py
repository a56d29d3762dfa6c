"""Erasure: the personal and internal part of a household goes for ever, its salt too, and the
notice of it travels; the chain of revisions stays whole."""

from collections.abc import Sequence

from borderdesk.db.history import Writer
from borderdesk.db.store import Store
from borderdesk.errors import Refused, UserError
from borderdesk.exchange.taking import derive_record
from borderdesk.i18n import _
from borderdesk.operations import Part, operation
from borderdesk.records.household import Household
from borderdesk.reference.book import Book
from borderdesk.revisions import utc_stamp
from borderdesk.text import FORBIDDEN, nfc

Notice = tuple[str, str, str, str]
"""A record's id, the reason, the desk that erased, when (UTC)."""


class Erasures(Part):
    """What was erased here or elsewhere."""

    def erase_household(self, record: str, reason: str) -> int:
        """Erase what is personal and internal of a household; how many versions had any. It stays
        erased: no package brings it back, and no backup that can be told of it
        (`backups.erased` says which). Raises Refused, UserError."""
        gone = self.erase_part(record, reason)
        self.desk.backups.tell_erased()
        return gone

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
        if not self.desk.owns(Household.type_name, record, {}):
            raise Refused(_("This belongs to another desk; only that desk may change it."))
        notice = (record, reason, self.desk.identity.id, utc_stamp())
        return obey(self.store, self.desk.book, [notice])

    def notices(self) -> list[Notice]:
        """Every erasure known here, oldest first."""
        rows = self.store.rows("SELECT record, reason, desk, time FROM erasure ORDER BY time")
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def obey(store: Store, book: Book, notices: Sequence[Notice]) -> int:
    """Erase what the notices say, within the transaction that is open; how many separate parts
    went."""
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
            # A doubt that was kept may repeat what was typed.
            store.run("DELETE FROM soft_warning WHERE record = ?", (record,))
            derive_record(store, writer, record)
        gone += held
    writer.finish()
    return gone
