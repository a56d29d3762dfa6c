"""Receiving: packages are checked, told of, taken in as one batch, and can be taken out again.

A desk is a function of the set of revisions it has received: whatever the order, whatever is
repeated, the same packages leave the same revisions, the same current rows, the same inbox.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.db.history import Past, Writer, last_seq, past_of
from borderdesk.errors import UserError, reason
from borderdesk.exchange.cards import signed_by
from borderdesk.exchange.reading import (
    Broken,
    Came,
    Package,
    RefusedRow,
    descriptor_of,
    read_package,
)
from borderdesk.i18n import _
from borderdesk.operations import Part, operation
from borderdesk.records import ALL_TYPES
from borderdesk.records.household import Household
from borderdesk.reference.book import FOREVER
from borderdesk.revisions import (
    Node,
    content_hash,
    current,
    heads,
    is_double,
    split_parents,
    utc_stamp,
)

MOST_FILE = 1 << 30
MOST_KEPT, MOST_KEPT_ALL = 32 << 20, 256 << 20
"""How large a package may be, and all of them, to be kept while it waits; larger ones have to be
brought again."""
AGE_MARK = b"age-encryption.org/v1"
SUFFIXES = (".bdx", ".bdx.age")
LOOKED_UP = 500

TEXT, PART = 1, 2
"""What a batch brought of a revision, added up: its text, its separate part."""

Say = Callable[[int, int], None]
"""Told how much is done, of how much."""

IMPORTED, UNCHANGED, QUARANTINED, REFUSED = "imported", "unchanged", "quarantined", "refused"


class Outcome(NamedTuple):
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


class Batch(NamedTuple):
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


class Waiting(NamedTuple):
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
        told_by: Callable[[dict[str, Any]], object] = lambda _facts: None,
    ) -> Outcome:  # fmt: skip
        """Take a package in; with dry_run only say what would become of it.

        told_by: given what the package says of itself, once that can be read.
        """
        try:
            content = self._content(path, passphrase)
            return self._take(path.name, content, dry_run, told_by)
        except Broken as broken:
            return self._refuse(path.name, str(broken), dry_run or broken.mendable)
        except OSError as error:
            words = _("The file cannot be read: {error}").format(error=reason(error))
            return self._refuse(path.name, words, dry_run)

    def _take(
        self, file: str, content: bytes, dry_run: bool,
        told_by: Callable[[dict[str, Any]], object] = lambda _facts: None,
    ) -> Outcome:  # fmt: skip
        digest = hashlib.sha256(content).hexdigest()
        told, signature, facts = descriptor_of(io.BytesIO(content))
        told_by(facts)
        doubt = self._doubt(told, signature, facts)
        if doubt is not None:
            if not dry_run:
                self.note_waiting(file, digest, facts, doubt, content)
            return Outcome(file, QUARANTINED, reason=doubt)
        package = read_package(io.BytesIO(content))
        if dry_run:
            return self._plan(package)._replace(file=file)
        return self.import_package(file, digest, package)

    def _refuse(self, file: str, why: str, unnoted: bool) -> Outcome:
        if not unnoted:
            self.note_refused(file, why)
        return Outcome(file, REFUSED, reason=why)

    @operation("exchange.write")
    def note_refused(self, file: str, why: str) -> None:
        """Note that a file was refused whole, so that the board can ask for it again."""
        self.store.run(
            "INSERT INTO refused_package (file, reason, noted) VALUES (?, ?, ?)"
            " ON CONFLICT (file) DO UPDATE SET reason = excluded.reason, noted = excluded.noted",
            (file[:200], why, utc_stamp()),
        )

    def _content(self, path: Path, passphrase: str | None) -> bytes:
        with path.open("rb") as file:
            content = file.read(MOST_FILE + 1)
        if len(content) > MOST_FILE:
            raise Broken(_("The file is far larger than any package."))
        return self._opened(content, passphrase) if content.startswith(AGE_MARK) else content

    def _opened(self, content: bytes, passphrase: str | None) -> bytes:
        import pyrage

        try:
            if b"-> scrypt " in content[:200]:
                if passphrase is None:
                    raise Broken(
                        _("The package is locked with a passphrase; it is needed."), mendable=True
                    )
                return bytes(pyrage.passphrase.decrypt(content, passphrase))
            secrets = self.desk.exchange.cards.opening_keys()
            keys = [pyrage.x25519.Identity.from_str(secret) for secret in secrets]
            return bytes(pyrage.decrypt(content, keys))
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise Broken(_("The package is locked for another desk."), mendable=True) from None
            raise Broken(
                _("The package cannot be unlocked: it is damaged, or the passphrase is wrong."),
                mendable=passphrase is not None,
            ) from None

    def _doubt(self, told: bytes, signature: bytes, facts: dict[str, Any]) -> str | None:
        """Why the package has to wait; None when its signer is trusted. Raises Broken."""
        if facts["desk"] == self.desk.identity.id:
            own = self.desk.exchange.cards.own()
            if not signed_by(own, told, signature):
                raise Broken(_("The signature is not that of this desk."))
            return None
        known = self.desk.exchange.cards.of(facts["desk"])
        if known is None:
            return _("The card of the desk that signed it is not accepted yet.")
        if not signed_by(known.card, told, signature):
            raise Broken(_("The signature is not that of the desk it says it is from."))
        if not known.accepted:
            return _("The card of the desk that signed it was revoked.")
        return None

    @operation("exchange.write")
    def note_waiting(
        self, file: str, digest: str, facts: Mapping[str, Any], why: str, content: bytes
    ) -> None:
        """Keep a package until its sender's card is accepted."""
        held = self.store.value(
            "SELECT COALESCE(SUM(length(content)), 0) FROM waiting_package WHERE digest <> ?",
            (digest,),
        )
        small = len(content) <= MOST_KEPT and int(held) + len(content) <= MOST_KEPT_ALL
        self.store.run(
            "INSERT INTO waiting_package"
            " (digest, file, desk, unit, period, number, reason, noted, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET"
            " reason = excluded.reason, content = excluded.content",
            (
                digest, file[:200], facts["desk"], facts["unit"], facts["period"],
                facts["number"], why, utc_stamp(), content if small else None,
            ),
        )  # fmt: skip

    def waiting(self) -> list[Waiting]:
        """The packages in quarantine, in order of their coming."""
        rows = self.store.rows(
            "SELECT digest, file, desk, unit, period, number, reason, noted, content IS NOT NULL"
            " FROM waiting_package ORDER BY noted, digest"
        )
        return [Waiting._make((*row[:8], bool(row[8]))) for row in rows]

    def take_waiting(self, say: Say = lambda _done, _all: None) -> list[Outcome]:
        """Take in every package in quarantine whose card is accepted by now; one outcome each."""
        outcomes = []
        trusted = {k.card.desk for k in self.desk.exchange.cards.known() if k.accepted}
        due = [one for one in self.waiting() if one.desk in trusted and one.kept]
        for done, one in enumerate(due):
            say(done, len(due))
            content = self.store.value(
                "SELECT content FROM waiting_package WHERE digest = ?", (one.digest,)
            )
            try:
                outcomes.append(self._take(one.file, content, dry_run=False))
            except Broken as broken:
                self.drop_waiting(one.digest)
                outcomes.append(self._refuse(one.file, str(broken), unnoted=False))
        return outcomes

    @operation("exchange.write")
    def drop_waiting(self, digest: str) -> None:
        """Throw a package in quarantine away."""
        self.store.run("DELETE FROM waiting_package WHERE digest = ?", (digest,))

    # -------------------------------------------------------------------- planning

    def _plan(self, package: Package) -> Outcome:
        """What an import would do, without doing it."""
        counts = dict.fromkeys(("added", "updated", "unchanged", "stale", "double"), 0)
        for _record, what in self._judged(package):
            counts[what] += 1
        return self._outcome(package, counts)

    def _outcome(self, package: Package, counts: dict[str, int]) -> Outcome:
        news = counts["added"] + counts["updated"] + counts["double"]
        done = Outcome("", IMPORTED if news else UNCHANGED, refused_rows=len(package.refused))
        return done._replace(
            added=counts["added"], updated=counts["updated"], unchanged=counts["unchanged"],
            stale=counts["stale"], double=counts["double"],
        )  # fmt: skip

    def _judged(self, package: Package) -> Iterator[tuple[str, str]]:
        """Each record of the package: added, updated, unchanged, stale or double."""
        for records in _parts(package.records, LOOKED_UP):
            here = self._nodes_here(records)
            for record in records:
                came, known = package.records[record], here.get(record, {})
                yield record, _judge(came, known)

    def _nodes_here(self, records: Sequence[str]) -> dict[str, dict[bytes, Node]]:
        """{record: {revision: its node}} of what this desk has of the records."""
        marks = ", ".join("?" * len(records))
        found: dict[str, dict[bytes, Node]] = {}
        rows = self.store.rows(
            "SELECT record, id, parents, number, time, deleted FROM revision"
            f" WHERE record IN ({marks})",
            list(records),
        )
        for record, revision, parents, number, time, deleted in rows:
            node = Node(revision, split_parents(parents), number, time, bool(deleted))
            found.setdefault(record, {})[revision] = node
        return found

    # -------------------------------------------------------------------- taking in

    @operation("exchange.write")
    def import_package(self, file: str, digest: str, package: Package) -> Outcome:
        """Take a checked package in as one batch."""
        batch = self.store.one("SELECT id, undone FROM batch WHERE digest = ?", (digest,))
        if batch is not None and not batch[1]:
            same = len(package.records)
            refused = len(package.refused)
            return Outcome(file, UNCHANGED, unchanged=same, refused_rows=refused, batch=batch[0])
        self._learn_places(package)
        counts = dict.fromkeys(("added", "updated", "unchanged", "stale", "double"), 0)
        touched = []
        for record, what in self._judged(package):
            counts[what] += 1
            if what in ("added", "updated", "double"):
                touched.append((record, what == "added"))
        name = batch[0] if batch else digest[:16]
        self._note_batch(name, file, digest, package, counts)
        filled = self._put_revisions(name, package)
        erased = self._obey_erasures(package)
        self._take_notes(package)
        known = {record for record, _is_new in touched}
        touched += [(record, False) for record in sorted((filled | erased) - known)]
        self._derive(touched)
        self.store.run("DELETE FROM waiting_package WHERE digest = ?", (digest,))
        self.store.run("DELETE FROM refused_package WHERE file = ?", (file[:200],))
        return self._outcome(package, counts)._replace(file=file, batch=name)

    def _note_batch(
        self, name: str, file: str, digest: str, package: Package, counts: dict[str, int]
    ) -> None:
        facts = package.facts
        self.store.run("DELETE FROM batch WHERE id = ?", (name,))
        self.store.run(
            "INSERT INTO batch (id, digest, file, desk, unit, role, period, first, last, number,"
            " made, imported, undone, figures, counts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            (
                name, digest, file[:200], facts["desk"], facts["unit"], facts["role"],
                facts["period"], facts["first"], facts["last"], facts["number"], facts["made"],
                utc_stamp(), json.dumps(facts["figures"]), json.dumps(counts),
            ),
        )  # fmt: skip
        self.store.many(
            "INSERT INTO refused_row (batch, place, type, record, reason) VALUES (?, ?, ?, ?, ?)",
            [(name, place, *row) for place, row in enumerate(package.refused)],
        )

    def _put_revisions(self, batch: str, package: Package) -> set[str]:
        """Add what is new of the revisions, their texts and separate parts, and the batch's
        claim on all; the records of which separate parts came."""
        filled: set[str] = set()
        seq = last_seq(self.store)
        erased = {row[0] for row in self.store.rows("SELECT record FROM erasure")}
        erased |= {row[0] for row in package.erasures}
        for records in _parts(package.records, LOOKED_UP):
            known = self._known(records)
            revisions, texts, claims, private = [], [], [], []
            for came in (c for record in records for c in package.records[record]):
                there = known.get(came.id)
                if there is None:
                    seq += 1
                    revisions.append((seq, *_stored(came)))
                elif came.body is not None and not there[1]:
                    texts.append((came.body, there[0]))
                at = seq if there is None else there[0]
                part = package.private.get(came.id)
                brought = TEXT * (came.body is not None) + PART * (part is not None)
                claims.append((at, batch, brought))
                if part is not None and came.record not in erased:
                    private.append((at, *part))
                    filled.add(came.record)
            self.store.many(
                "INSERT INTO revision (seq, id, type, record, number, parents, author, desk, time,"
                " reason, deleted, body, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                revisions,
            )
            self.store.many("UPDATE revision SET body = ?, content = NULL WHERE seq = ?", texts)
            self.store.many("INSERT INTO claim (revision, batch, carried) VALUES (?, ?, ?)", claims)
            self.store.many(
                "INSERT INTO private_part (revision, salt, part) VALUES (?, ?, ?)"
                " ON CONFLICT (revision) DO NOTHING",
                private,
            )
        return filled

    def _known(self, records: Sequence[str]) -> dict[bytes, tuple[int, bool]]:
        marks = ", ".join("?" * len(records))
        rows = self.store.rows(
            f"SELECT id, seq, body IS NOT NULL OR deleted FROM revision WHERE record IN ({marks})",
            list(records),
        )
        return {row[0]: (row[1], bool(row[2])) for row in rows}

    def _derive(self, touched: Sequence[tuple[str, bool]]) -> None:
        """Make the current rows of the records (each with whether it is new here) anew,
        households before what names them."""
        writer = Writer(self.store, self.desk.book)
        homes = {
            record
            for part in _parts((record for record, _is_new in touched), LOOKED_UP)
            for record in self._households_among(part)
        }
        for record, is_new in sorted(touched, key=lambda one: one[0] not in homes):
            self.derive_record(writer, record, is_new=is_new)
        writer.finish()

    def _households_among(self, records: Sequence[str]) -> set[str]:
        marks = ", ".join("?" * len(records))
        rows = self.store.rows(
            "SELECT DISTINCT record FROM revision WHERE type = 'household'"
            f" AND record IN ({marks})",
            list(records),
        )
        return {row[0] for row in rows}

    def derive_record(self, writer: Writer, record: str, *, is_new: bool) -> None:
        """Make the current row of a record from its revisions, and say if it has two versions."""
        versions = past_of(self.store, record)
        nodes = [version.node() for version in versions]
        if not versions:
            return
        chosen = current(nodes).id
        head = next(version for version in versions if version.id == chosen)
        model = ALL_TYPES[head.type]
        writer.derive(model, record, head.seq, head.values(), is_new=is_new)
        if is_double(nodes):
            self.store.run(
                "INSERT INTO double_version (record, type) VALUES (?, ?)"
                " ON CONFLICT (record) DO NOTHING",
                (record, head.type),
            )
        elif not is_new:
            self.store.run("DELETE FROM double_version WHERE record = ?", (record,))

    def _obey_erasures(self, package: Package) -> set[str]:
        """Erase what others erased; the records concerned."""
        self.store.many(
            "INSERT INTO erasure (record, reason, desk, time) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (record) DO NOTHING",
            package.erasures,
        )
        self.store.many(
            "DELETE FROM private_part WHERE revision IN"
            " (SELECT seq FROM revision WHERE record = ?)",
            [(row[0],) for row in package.erasures],
        )
        return {row[0] for row in package.erasures}

    def _take_notes(self, package: Package) -> None:
        self.store.many(
            "INSERT INTO review_note (id, type, record, text, author, desk, time, reply_to)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, NULLIF(?, '')) ON CONFLICT (id) DO NOTHING",
            package.notes,
        )

    def _learn_places(self, package: Package) -> None:
        """Take over, provisionally, the units, posts and picks that are not known here."""
        book = self.desk.book
        units, posts, picks = [], [], []
        for kind, group, code, name, unit_code, parent, border, first, last in package.places:
            if kind == "unit" and code not in book.units:
                units.append(
                    (code, unit_code or code, name or code, group or "commune", parent,
                     int(border == "true"), first or "0001-01-01", last or FOREVER, "")
                )  # fmt: skip
            elif kind == "post" and code not in book.posts:
                posts.append((code, name or code))
            elif kind == "pick" and code not in book.picks.get(group, {}):
                picks.append((group, code, name or code))
        if not (units or posts or picks):
            return
        self.store.many(
            "INSERT INTO unit (id, code, name, kind, parent, border, valid_from, valid_to,"
            " successors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", units,
        )  # fmt: skip
        self.store.many(
            "INSERT INTO post (code, name, gate, communes, communes_verified, invented)"
            " VALUES (?, ?, '', '', 0, 0)", posts,
        )  # fmt: skip
        self.store.many(
            "INSERT INTO pick_entry (list, code, vi, en, unit) VALUES (?, ?, ?, '', '')", picks
        )
        self.desk.touch_reference()

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
        records = [
            row[0]
            for row in self.store.rows(
                "SELECT DISTINCT r.record FROM claim c JOIN revision r ON r.seq = c.revision"
                " WHERE c.batch = ?",
                (names[0],),
            )
        ]
        self.store.run("DELETE FROM claim WHERE batch = ?", (names[0],))
        self.store.run("UPDATE batch SET undone = 1 WHERE id = ?", (names[0],))
        return self._forget(records)

    def _forget(self, records: Sequence[str]) -> int:
        writer = Writer(self.store, self.desk.book)
        gone = 0
        types: dict[str, str] = {}
        for record in records:
            versions = past_of(self.store, record)
            types[record] = versions[0].type
            unclaimed = self._unclaimed(versions)
            self._unwrite(writer, record, versions, unclaimed)
            gone += len(unclaimed)
        for record in sorted(records, key=lambda one: types[one] != Household.type_name):
            self.derive_record(writer, record, is_new=True)
        writer.finish()
        return gone

    def _unclaimed(self, versions: Sequence[Past]) -> set[bytes]:
        """The revisions nothing holds any more: no batch, no writing of this desk on them."""
        by_id = {version.id: version for version in versions}
        marks = ", ".join("?" * len(versions))
        held = {
            row[0]
            for row in self.store.rows(
                "SELECT DISTINCT r.id FROM claim c JOIN revision r ON r.seq = c.revision"
                f" WHERE r.seq IN ({marks})",
                [version.seq for version in versions],
            )
        }
        held |= {v.id for v in versions if v.stamp.desk == self.desk.identity.id}
        waiting = list(held)
        while waiting:
            for parent in by_id[waiting.pop()].parents:
                if parent in by_id and parent not in held:
                    held.add(parent)
                    waiting.append(parent)
        return set(by_id) - held

    def _unwrite(
        self, writer: Writer, record: str, versions: Sequence[Past], gone: set[bytes]
    ) -> None:
        model = ALL_TYPES[versions[0].type]
        writer.derive(model, record, 0, None, is_new=False)
        self.store.run("DELETE FROM double_version WHERE record = ?", (record,))
        self.store.many(
            "DELETE FROM revision WHERE seq = ?", [(v.seq,) for v in versions if v.id in gone]
        )
        for version in versions:
            if version.id not in gone:
                self._forget_text(version)

    def _forget_text(self, version: Past) -> None:
        """What only the batch had brought of a version goes with it; its hash stays."""
        if version.stamp.desk == self.desk.identity.id:
            return
        brought = [
            row[0]
            for row in self.store.rows(
                "SELECT carried FROM claim WHERE revision = ?", (version.seq,)
            )
        ]
        if version.body is not None and not any(bits & TEXT for bits in brought):
            self.store.run(
                "UPDATE revision SET body = NULL, content = ? WHERE seq = ?",
                (content_hash(version.body), version.seq),
            )
        if version.part is not None and not any(bits & PART for bits in brought):
            self.store.run("DELETE FROM private_part WHERE revision = ?", (version.seq,))

    # --------------------------------------------------------------------- telling

    def refused_rows(self, batch: str) -> list[RefusedRow]:
        """The records of a batch that were left out, and why."""
        rows = self.store.rows(
            "SELECT type, record, reason FROM refused_row WHERE batch = ? ORDER BY place", (batch,)
        )
        return [RefusedRow(*row) for row in rows]

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

    def batches(self) -> list[Batch]:
        """Every batch, the newest first."""
        rows = self.store.rows(
            "SELECT id, file, desk, unit, role, period, number, made, imported, undone, figures,"
            " counts FROM batch ORDER BY imported DESC, id"
        )
        return [
            Batch._make((*r[:9], bool(r[9]), json.loads(r[10]), json.loads(r[11]))) for r in rows
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


def _judge(came: Sequence[Came], known: Mapping[bytes, Node]) -> str:
    """What a record's coming does: see `Outcome`."""
    nodes = {one.id: one.node() for one in came}
    if not known:
        return "double" if is_double(nodes.values()) else "added"
    merged = {**nodes, **known}
    if len(merged) == len(known):
        same = _tops(nodes.values()) == _tops(known.values())
        return "unchanged" if same else "stale"
    return "double" if is_double(merged.values()) else "updated"


def _tops(nodes: Iterable[Node]) -> set[bytes]:
    return {node.id for node in heads(nodes)}


def _stored(came: Came) -> tuple[Any, ...]:
    """The columns of a revision that is new here."""
    hidden = came.content if came.body is None and not came.deleted else None
    return (
        came.id, came.type, came.record, came.number, b"".join(sorted(came.parents)),
        came.stamp.author, came.stamp.desk, came.stamp.time, came.reason, int(came.deleted),
        came.body, hidden,
    )  # fmt: skip


def _parts(records: Iterable[str], size: int) -> Iterator[list[str]]:
    part: list[str] = []
    for record in records:
        part.append(record)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
