"""Receiving: packages are checked, told of, taken in as one batch, and can be taken out again.

A desk is a function of the set of revisions it has received: whatever the order, whatever is
repeated, the same packages leave the same revisions, the same current rows, the same inbox.
"""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import UserError, reason
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.exchange.batch_undo import BatchUndo
from borderdesk.exchange.cards import Cards, signed_by
from borderdesk.exchange.erasures import Erasures, obey
from borderdesk.exchange.package_errors import PackageError
from borderdesk.exchange.package_revisions import PackageRecord, RefusedRecord
from borderdesk.exchange.packages import Package, read_descriptor, read_package
from borderdesk.exchange.revision_merge import (
    ADDED,
    DOUBLE,
    REFUSED_RECORDS,
    SAME,
    STALE,
    UPDATED,
    LocalRevision,
    RevisionMerge,
    chunks,
    classify,
)
from borderdesk.exchange.table_writer import IN_MEMORY
from borderdesk.exchange.verified_file import digest_of
from borderdesk.schema.book import FOREVER
from borderdesk.schema.reference.load import SHEETS, stored, upsert_sql
from borderdesk.schema.revisions import Node, split_parents, utc_stamp
from borderdesk.schema.settings import ALWAYS
from borderdesk.session.operations import operation
from borderdesk.session.session import Part

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazy_module("pyrage")


MAX_FILE = 1 << 30


MAX_KEPT, MAX_KEPT_ALL = 32 << 20, 256 << 20
"""How large a package may be, and all of them, to be kept while it waits; larger ones have to be
brought again."""


SHOWN_REASONS = 3


AGE_MARK = b"age-encryption.org/v1"


SUFFIXES = (".bdx", ".bdx.age")


Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


IMPORTED, UNCHANGED, QUARANTINED, REFUSED = "imported", "unchanged", "quarantined", "refused"


class ImportOutcome(NamedTuple):
    """What became of one file: the line of the `import` command."""

    file: str
    status: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    double: int = 0
    refused_rows: int = 0
    batch: str | None = None
    reason: str | None = None


class PackageBatch(NamedTuple):
    """A package that was taken in; `undone` when it was taken out again."""

    id: str
    file: str
    desk: str
    unit: str
    role: str
    period: str
    number: int
    made: str
    imported: str
    undone: bool
    figures: dict[str, Any]
    counts: dict[str, int]


class QuarantinedPackage(NamedTuple):
    """A package in quarantine; `kept`: it is here and will be taken in when its card is
    accepted, otherwise the file has to be brought again."""

    digest: str
    file: str
    desk: str
    unit: str
    period: str
    number: int
    reason: str
    noted: str
    kept: bool


class Imports(Part):
    """The packages a desk has received."""

    # ------------------------------------------------------------------ one file

    def take(
        self, path: Path, *, dry_run: bool = False, passphrase: str | None = None,
        say: Progress = lambda _done, _all: None,
        told_by: Callable[[dict[str, Any]], object] = lambda _facts: None,
    ) -> ImportOutcome:  # fmt: skip
        """Take a package in; with dry_run only say what would become of it.

        told_by: given what the package says of itself, once that can be read.
        """
        try:
            with self._copied(path) as came, self._unlocked(came, passphrase) as package:
                return self._take(path.name, package, dry_run, say, told_by)
        except PackageError as broken:
            return self._refuse(path.name, str(broken), dry_run or broken.mendable)
        except OSError as error:
            words = _("The file cannot be read: {error}").format(error=reason(error))
            return self._refuse(path.name, words, unnoted=True)

    def _take(
        self, name: str, file: IO[bytes], dry_run: bool, say: Progress,
        told_by: Callable[[dict[str, Any]], object] = lambda _facts: None,
    ) -> ImportOutcome:  # fmt: skip
        told, signature, facts = read_descriptor(file)
        told_by(facts)
        doubt = self._doubt(told, signature, facts)
        digest = digest_of(file).hex()
        if doubt is not None:
            if not dry_run:
                self.note_waiting(name, digest, facts, doubt, file)
            return ImportOutcome(name, QUARANTINED, reason=doubt)
        package = read_package(file, told)
        if dry_run:
            return self._plan(digest, package, say)._replace(file=name)
        outcome = self.import_package(name, digest, package, say)
        if package.erasures:
            self.session.notify_erasure()
            self.session.part(Erasures).wipe()
        return outcome

    @contextmanager
    def _copied(self, path: Path) -> Iterator[IO[bytes]]:
        """The file as it is read once, from a stick that may be pulled out meanwhile."""
        with SpooledTemporaryFile(IN_MEMORY) as copy, path.open("rb") as file:
            size = 0
            while part := file.read(1 << 20):
                size += len(part)
                if size > MAX_FILE:
                    raise PackageError(_("The file is far larger than any package."))
                copy.write(part)
            copy.seek(0)
            yield copy

    @contextmanager
    def _unlocked(self, file: IO[bytes], passphrase: str | None) -> Iterator[IO[bytes]]:
        head = file.read(200)
        file.seek(0)
        if not head.startswith(AGE_MARK):
            yield file
            return
        with SpooledTemporaryFile(IN_MEMORY) as plain:
            try:
                if b"-> scrypt " in head:
                    plain.write(
                        pyrage.passphrase.decrypt(file.read(), _require_passphrase(passphrase))
                    )
                else:
                    secrets = self.session.part(Cards).opening_keys()
                    keys = [pyrage.x25519.Identity.from_str(secret) for secret in secrets]
                    pyrage.decrypt_io(file, plain, keys)
            except pyrage.DecryptError as error:
                if "No matching keys" in str(error):
                    words = _("The package is locked for another desk.")
                    raise PackageError(words, mendable=True) from None
                raise PackageError(
                    _("The package cannot be unlocked: it is damaged, or the passphrase is wrong."),
                    mendable=passphrase is not None,
                ) from None
            plain.seek(0)
            yield plain

    def _refuse(self, file: str, why: str, unnoted: bool) -> ImportOutcome:
        if not unnoted:
            self.note_refused(file, why)
        return ImportOutcome(file, REFUSED, reason=why)

    @operation("exchange.write")
    def note_refused(self, file: str, why: str) -> None:
        """Note that a file was refused whole, so that the board can ask for it again."""
        self.store.run(
            "INSERT INTO refused_package (file, reason, noted) VALUES (?, ?, ?)"
            " ON CONFLICT (file) DO UPDATE SET reason = excluded.reason, noted = excluded.noted",
            (file[:200], why, utc_stamp()),
        )

    def _doubt(self, told: bytes, signature: bytes, facts: dict[str, Any]) -> str | None:
        """Why the package has to wait; None when its signer is trusted. Raises Broken."""
        if facts["desk"] == self.session.identity.id:
            own = self.session.part(Cards).own()
            if not signed_by(own, told, signature):
                raise PackageError(_("The signature is not that of this desk."))
            return None
        known = self.session.part(Cards).of(facts["desk"])
        if known is None:
            return _("The card of the desk that signed it is not accepted yet.")
        says = (facts["unit"], facts["role"])
        if says != (known.card.unit, known.card.role) or not signed_by(known.card, told, signature):
            raise PackageError(_("The signature is not that of the desk it says it is from."))
        if not known.accepted:
            return _("The card of the desk that signed it was revoked.")
        return None

    @operation("exchange.write")
    def note_waiting(
        self, name: str, digest: str, facts: Mapping[str, Any], why: str, file: IO[bytes]
    ) -> None:
        """Keep a package until its sender's card is accepted."""
        size = file.seek(0, 2)
        file.seek(0)
        held = self.store.value(
            "SELECT COALESCE(SUM(length(content)), 0) FROM waiting_package WHERE digest <> ?",
            (digest,),
        )
        small = size <= MAX_KEPT and int(held) + size <= MAX_KEPT_ALL
        self.store.run(
            "INSERT INTO waiting_package"
            " (digest, file, desk, unit, period, number, reason, noted, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET"
            " reason = excluded.reason, content = excluded.content",
            (
                digest, name[:200], facts["desk"], facts["unit"], facts["period"],
                facts["number"], why, utc_stamp(), file.read() if small else None,
            ),
        )  # fmt: skip

    def waiting(self) -> list[QuarantinedPackage]:
        """The packages in quarantine, in order of their coming."""
        rows = self.store.rows(
            "SELECT digest, file, desk, unit, period, number, reason, noted, content IS NOT NULL"
            " FROM waiting_package ORDER BY noted, digest"
        )
        return [QuarantinedPackage._make((*row[:8], bool(row[8]))) for row in rows]

    def take_waiting(self, say: Progress = lambda _done, _all: None) -> list[ImportOutcome]:
        """Take in every package in quarantine whose card is accepted by now; one outcome each."""
        outcomes = []
        trusted = {k.card.desk for k in self.session.part(Cards).known() if k.accepted}
        due = [one for one in self.waiting() if one.desk in trusted and one.kept]
        for done, one in enumerate(due):
            say(done, len(due))
            content = self.store.value(
                "SELECT content FROM waiting_package WHERE digest = ?", (one.digest,)
            )
            try:
                came = self._take(one.file, io.BytesIO(content), False, lambda _d, _a: None)
                outcomes.append(came)
            except PackageError as broken:
                self.drop_waiting(one.digest)
                outcomes.append(self._refuse(one.file, str(broken), unnoted=False))
        return outcomes

    @operation("exchange.write")
    def drop_waiting(self, digest: str) -> None:
        """Throw a package in quarantine away."""
        self.store.run("DELETE FROM waiting_package WHERE digest = ?", (digest,))

    # -------------------------------------------------------------------- planning

    def _plan(self, digest: str, package: Package, say: Progress) -> ImportOutcome:
        """What an import would do, without doing it."""
        known = self._taken_before(digest)
        if known is not None:
            return known
        counts, reasons = Counter[str](), Counter[str]()
        for arrivals in chunks(package.records()):
            here = self._here(arrivals)
            counts.update(classify(one, here.get(one.record, {})) for one in arrivals)
            reasons.update(one.refused for one in arrivals if one.refused is not None)
            say(counts.total(), package.facts["records"])
        return _outcome(counts, reasons)

    def _taken_before(self, digest: str) -> ImportOutcome | None:
        """The outcome for a package that is here already, every record unchanged."""
        row = self.store.one("SELECT id, counts FROM batch WHERE digest = ? AND undone = 0",
                             (digest,))  # fmt: skip
        if row is None:
            return None
        counts = json.loads(row[1])
        refused = counts.pop(REFUSED_RECORDS, 0)
        same = sum(counts.values())
        return ImportOutcome("", UNCHANGED, unchanged=same, refused_rows=refused, batch=row[0])

    def _here(self, arrivals: Sequence[PackageRecord]) -> dict[str, dict[bytes, LocalRevision]]:
        """{record: {revision: what there is of it here}}."""
        marks = ", ".join("?" * len(arrivals))
        found: dict[str, dict[bytes, LocalRevision]] = {}
        rows = self.store.rows(
            "SELECT r.record, r.id, r.parents, r.number, r.time, r.deleted, r.seq,"
            " r.body IS NOT NULL, p.revision IS NOT NULL FROM revision r"
            f" LEFT JOIN private_part p ON p.revision = r.seq WHERE r.record IN ({marks})",
            [one.record for one in arrivals],
        )
        for record, revision, parents, number, time, deleted, *rest in rows:
            node = Node(revision, split_parents(parents), number, time, bool(deleted))
            found.setdefault(record, {})[revision] = LocalRevision(node, *rest)
        return found

    # -------------------------------------------------------------------- taking in

    @operation("exchange.write")
    def import_package(
        self, file: str, digest: str, package: Package, say: Progress = lambda _done, _all: None
    ) -> ImportOutcome:
        """Take a checked package in as one batch. Raises Broken, and then nothing is changed."""
        known = self._taken_before(digest)
        if known is not None:
            return known._replace(file=file)
        self._learn_places(package)
        name = self._note_batch(file, digest, package)
        obey(self.store, self.session.book, package.erasures)
        erased = {row[0] for row in self.store.rows("SELECT record FROM erasure")}
        self._take_notes(package)
        taking = RevisionMerge(self.session, name, erased)
        for arrivals in chunks(package.records()):
            taking.take(arrivals, self._here(arrivals))
            say(taking.counts.total(), package.facts["records"])
        taking.end()
        self.store.run(
            "UPDATE batch SET counts = ? WHERE id = ?", (json.dumps(taking.counts), name)
        )
        self.store.run("DELETE FROM waiting_package WHERE digest = ?", (digest,))
        self.store.run("DELETE FROM refused_package WHERE file = ?", (file[:200],))
        return _outcome(taking.counts, taking.reasons)._replace(file=file, batch=name)

    def _note_batch(self, file: str, digest: str, package: Package) -> str:
        """Note the batch, in place of itself if it was taken out before; its name."""
        facts, name = package.facts, digest[:16]
        self.store.run("DELETE FROM batch WHERE digest = ?", (digest,))
        self.store.run(
            "INSERT INTO batch (id, digest, file, desk, unit, role, period, first, last, number,"
            " made, imported, undone, figures, counts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '{}')",
            (
                name, digest, file[:200], facts["desk"], facts["unit"], facts["role"],
                facts["period"], facts["first"], facts["last"], facts["number"], facts["made"],
                utc_stamp(), json.dumps(facts["figures"]),
            ),
        )  # fmt: skip
        return name

    def _take_notes(self, package: Package) -> None:
        self.store.many(
            "INSERT INTO review_note (id, type, record, text, author, desk, time, reply_to)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, NULLIF(?, '')) ON CONFLICT (id) DO NOTHING",
            package.notes,
        )

    def _learn_places(self, package: Package) -> None:
        """Take over, provisionally, the units, posts and picks that are not known here. Of what
        several packages say of one, the newest counts, in whatever order they come."""
        book, made = self.session.book, package.facts["made"]
        known = {
            tuple(row[:3]): (row[3], row[4])
            for row in self.store.rows(
                "SELECT kind, list, code, made, cells FROM provisional_place"
            )
        }
        before, learned = self.session.part(ReferenceEditor).names(), False
        for cells in package.places:
            kind, group, code, *_rest = cells
            place = (kind, group if kind == "pick" else "", code)
            here = {
                "unit": code in book.units, "post": code in book.posts,
                "pick": code in book.picks.get(group, {}),
            }[kind]  # fmt: skip
            told = (made, json.dumps(cells, ensure_ascii=False))
            if (here and place not in known) or (place in known and known[place] >= told):
                continue
            self.store.run(
                "INSERT INTO provisional_place (kind, list, code, made, cells)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, list, code) DO UPDATE SET"
                " made = excluded.made, cells = excluded.cells", (*place, *told),
            )  # fmt: skip
            self._put_place(cells)
            learned = True
        if learned:
            self.session.part(ReferenceEditor).follow_names(before)

    def _put_place(self, cells: Sequence[str]) -> None:
        kind, group, code, name, unit_code, parent, border, first, last = cells
        name = name or code
        row: dict[str, str] = {
            "unit": {
                "id": code, "code": unit_code or code, "name": name, "kind": group or "commune",
                "parent": parent, "border": str(int(border == "true")),
                "valid_from": first or ALWAYS, "valid_to": last or FOREVER, "successors": "",
            },
            "post": {
                "code": code, "name": name, "gate": "", "communes": "",
                "communes_verified": "0", "invented": "0",
            },
            "pick": {"list": group, "code": code, "vi": name, "en": "", "unit": ""},
        }[kind]  # fmt: skip
        sheet = next(s for s in SHEETS if s.name == f"{kind}s")
        self.store.run(upsert_sql(sheet), stored(sheet, row))

    # ------------------------------------------------------------------- taking out

    @operation("exchange.write")
    def undo_batch(self, name: str) -> int:
        """Take a batch out again; how many revisions went. What another batch brought too,
        and what somebody here built on, stays. Raises UserError."""
        found = self.store.rows(
            "SELECT id FROM batch WHERE undone = 0 AND substr(id, 1, ?) = ?", (len(name), name)
        )
        names = [row[0] for row in found]
        if not name or len(names) != 1:
            raise UserError(_("No batch begins with “{id}”.").format(id=name[:40]))
        return BatchUndo(self.session, names[0]).run()

    # --------------------------------------------------------------------- telling

    def refused_rows(self, batch: str) -> list[RefusedRecord]:
        """The records of a batch that were left out, and why."""
        rows = self.store.rows(
            "SELECT type, record, reason FROM refused_row WHERE batch = ? ORDER BY place", (batch,)
        )
        return [RefusedRecord(*row) for row in rows]

    def refused_files(self) -> list[tuple[str, str, str]]:
        """Files that were refused whole and have not come sound since: (name, why, when UTC)."""
        return [
            (row[0], row[1], row[2])
            for row in self.store.rows(
                "SELECT file, reason, noted FROM refused_package ORDER BY noted DESC, file"
            )
        ]

    @operation("exchange.write")
    def forget_refused(self, file: str) -> None:
        """Strike a refused file off the list."""
        self.store.run("DELETE FROM refused_package WHERE file = ?", (file,))

    def batches(self) -> list[PackageBatch]:
        """Every batch, the newest first."""
        rows = self.store.rows(
            "SELECT id, file, desk, unit, role, period, number, made, imported, undone, figures,"
            " counts FROM batch ORDER BY imported DESC, id"
        )
        return [
            PackageBatch._make((*r[:9], bool(r[9]), json.loads(r[10]), json.loads(r[11])))
            for r in rows
        ]


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The packages among files and folders (searched whole), in order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.name.endswith(SUFFIXES))
            found += sorted(one for one in inside if one.is_file() and not one.is_symlink())
        else:
            found.append(path)
    return found


def _require_passphrase(passphrase: str | None) -> str:
    if passphrase is None:
        words = _("The package is locked with a passphrase; it is needed.")
        raise PackageError(words, mendable=True)
    return passphrase


def _outcome(counts: Mapping[str, int], reasons: Counter[str]) -> ImportOutcome:
    """What became of the records; `reasons`: why some were left out, the commonest are told."""
    added, updated, same, stale, double, left_out = (
        counts.get(key, 0) for key in (ADDED, UPDATED, SAME, STALE, DOUBLE, REFUSED_RECORDS)
    )
    status = IMPORTED if added + updated + double else UNCHANGED
    told = [f"{why} ({count})" for why, count in reasons.most_common(SHOWN_REASONS)]
    return ImportOutcome(
        "", status, added, updated, same, stale, double, left_out, reason=" ".join(told) or None
    )
