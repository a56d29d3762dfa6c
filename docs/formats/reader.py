"""A reader of BorderDesk's files in the standard library alone, written from the pages beside it.

    python docs/formats/reader.py FILE.bdx        what the package says, every hash checked

It is for those who write a reader in another language: the tests of the program hold it against
what the program writes, and against the vectors beside it. It does not check signatures (any
minisign does that: `minisign -Vm datapackage.json -P KEY`) and does not judge values.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "'")


# ---- revision.md


def canonical(value: Any) -> str:
    """JSON of RFC 8785. Here keys are ASCII and numbers whole, so sorting the keys is all."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def private_hash(salt: str, part: str) -> str:
    """What stands for the separate part in a revision; `salt` in hex, `part` canonical JSON."""
    return hashlib.sha256(bytes.fromhex(salt) + part.encode()).hexdigest()


def body(fields: Mapping[str, Any], private: str) -> str:
    """The content of a revision; `private`: the hash of its separate part, "" without one."""
    return canonical({"fields": fields, **({"private": private} if private else {})})


def revision_id(revision: Mapping[str, Any]) -> str:
    """The id of a revision, from its row in `Package.revisions`: empty cells are absent."""
    said = {
        "type": revision["type"],
        "record": revision["record"],
        "number": int(revision["number"]),
        "parents": sorted(revision["parents"].split()),
        "author": revision["author"],
        "desk": revision["desk"],
        "time": revision["time"],
        "deleted": revision["deleted"] == "true",
    }
    for key in ("reason", "content"):
        if revision[key]:
            said[key] = revision[key]
    return sha256(canonical(said))


def totals_hash(ids: Iterable[str]) -> str:
    """What two desks compare: SHA-256 of all revision ids, sorted."""
    return hashlib.sha256(b"".join(bytes.fromhex(one) for one in sorted(ids))).hexdigest()


def current(revisions: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The revision of a record that counts, of rows of data/revisions.csv."""
    known = list(revisions)
    revised = {parent for one in known for parent in one["parents"].split()}
    heads = [one for one in known if one["id"] not in revised]
    return max(
        heads,
        key=lambda one: (one["deleted"] == "false", int(one["number"]), one["time"], one["id"]),
    )


# ---- log.md


def entry_id(desk: str, kind: str, content: Mapping[str, str], text: str = "") -> str:
    """The id of an entry that is no revision; `text`: the salted hash of a typed text."""
    said = {
        "desk": desk,
        "kind": kind,
        "content": dict(content),
        **({"text": text} if text else {}),
    }
    return sha256(canonical(said))


def next_chain(chain: str, kind: str, entry: str) -> str:
    """The chain of a log after one more entry; before the first it is ""."""
    said = bytes.fromhex(chain) + kind.encode() + bytes.fromhex(entry)
    return hashlib.sha256(said).hexdigest()


def signed_head(desk: str, number: int, chain: str) -> str:
    """What the signature of a head is over."""
    return canonical({"desk": desk[:32], "number": number, "chain": chain})


# ---- package.md


def unguarded(cell: str) -> str:
    """A text again that was guarded against being taken for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in SPREADSHEET_FORMULA and cell[1:] else cell


def value(cell: str, field: Mapping[str, Any]) -> Any:
    """The canonical value of a cell that is not empty, by its line of the Table Schema."""
    if "description" in field:  # several values joined by ;
        return cell.split(";")
    if field["type"] == "integer":
        return int(cell)
    if field["type"] == "boolean":
        return cell == "true"
    return unguarded(cell)


class Package:
    """A package: `facts` of its descriptor, `revisions` and `fields` of the current versions."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self._files = {name: archive.read(name) for name in archive.namelist()}
        descriptor = json.loads(self._files["datapackage.json"])
        self.facts: dict[str, Any] = descriptor["borderdesk"]
        self._schemas: dict[str, Any] = {}
        for resource in descriptor["resources"]:
            content = self._files[resource["path"]]
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            if (resource["bytes"], resource["hash"]) != (len(content), digest):
                raise ValueError(f"{resource['path']} is not what the descriptor vouches for")
            self._schemas[resource["path"]] = resource["schema"]["fields"]
        self.entries = [row for row in self.rows("revisions") if "kind" in row]
        self.heads = self.rows("heads")
        self.revisions = self._revisions()
        self.fields: dict[str, dict[str, Any]] = {}
        for table in dict.fromkeys(row["type"] for row in self.revisions):
            self._read_type(table)

    def _revisions(self) -> list[dict[str, str]]:
        """The revisions carried, stubs left out: `number` and `desk` are those of the revision. In
        a package of format 1 every row of the table is one."""
        if not self.entries:
            return [row for row in self.rows("revisions") if "kind" not in row]
        return [
            {**row, "number": row["version"], "desk": row["desk"][:32]}
            for row in self.entries
            if row["kind"] == "revision" and row["record"]
        ]

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of a table, as they stand in the file; none where it is not carried."""
        content = self._files.get(f"data/{table}.csv", b"")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        for row in rows:
            for key in ("author", "reason"):
                if table == "revisions":
                    row[key] = unguarded(row[key])
        return rows

    def _values(self, table: str, row: Mapping[str, str]) -> dict[str, Any]:
        fields = {field["name"]: field for field in self._schemas[f"data/{table}.csv"]}
        own = ("id", "revision", "place")
        return {
            key: value(cell, fields[key]) for key, cell in row.items() if cell and key not in own
        }

    def _read_type(self, table: str) -> None:
        of_record = {}
        for row in self.rows(table):
            of_record[row["id"]] = self.fields[row["revision"]] = self._values(table, row)
        for path in self._schemas:
            child = Path(path).stem.removeprefix(f"{table}_")
            if path != f"data/{table}_{child}.csv":
                continue
            for row in self.rows(f"{table}_{child}"):
                rows = of_record[row["id"]].setdefault(child, [])
                rows.append(self._values(f"{table}_{child}", row))
        for row in self.rows("other_versions"):
            if row["type"] == table:
                self.fields[row["revision"]] = json.loads(row["fields"])

    def faults(self) -> list[str]:
        """What does not hold: ids, contents, private parts."""
        wrong = [row["id"] for row in self.revisions if revision_id(row) != row["id"]]
        by_id = {row["id"]: row for row in self.revisions}
        for revision, fields in self.fields.items():
            row = by_id[revision]
            if sha256(body(fields, row["private"])) != row["content"]:
                wrong.append(f"{revision}: content")
        wrong += [
            f"{part['revision']}: private"
            for part in self.rows("private")
            if private_hash(part["salt"], part["part"]) != by_id[part["revision"]]["private"]
        ]
        return wrong + [f"{head['desk']}: chain" for head in self.heads if not self.holds(head)]

    def holds(self, head: Mapping[str, str]) -> bool:
        """Whether the entries of a log lead to its head; True, too, where they do not begin with
        the first: the receiver has the chain before them."""
        log = {int(row["number"]): row for row in self.entries if row["desk"] == head["desk"]}
        chain = ""
        for number in range(1, int(head["number"]) + 1):
            if number not in log:
                return True
            chain = next_chain(chain, log[number]["kind"], log[number]["id"])
        return chain == head["chain"]


def fingerprint(card: Mapping[str, str]) -> str:
    """What two people compare by telephone: 20 hex digits, by fours."""
    digest = sha256(f"{card['desk']} {card['minisign']} {card['age']}")
    return " ".join(digest[at : at + 4].upper() for at in range(0, 20, 4))


# ---- edition.md


def plain(figure: str | None) -> str | None:
    """A figure in the one way that hashes see it: "12.0" as "12"."""
    return figure.rstrip("0").rstrip(".") if figure is not None and "." in figure else figure


def own_value(row: Mapping[str, Any]) -> str | None:
    """A row's value without what is from earlier paper."""
    marks = [mark.removeprefix("value+") for mark in row["from_paper"].split()]
    parts = [mark for mark in marks if mark.replace(".", "").isdigit()]
    if not parts or row["value"] is None:
        return plain(row["value"])
    return plain(str(Decimal(row["value"]) - Decimal(parts[0])))


def values_hash(figures: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the period's own figures, rows of an edition: {key, kind, value, …} as texts."""
    own = [(row["key"], own_value(row)) for row in figures if row["kind"] != "ratio"]
    said = [[key, value] for key, value in own if (value or "0") != "0"]
    return sha256(canonical(sorted(said)))


def figures_hash(first: str, last: str, scope: str, figures: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of every column of every row, in the order of the paper."""
    said: list[Any] = [first, last, scope]
    for row in figures:
        columns = (row["value"], row["previous"], row["year_to_date"], row["target"])
        said.append([row["key"], *map(plain, columns), sorted(row["from_paper"].split())])
    return sha256(canonical(said))


def paper_text(desk: str, period: str, scope: str, edition: int, values: str, figures: str) -> str:
    """The text of a paper's QR code."""
    said = f"BD1|{desk[:8]}|{period}|{scope}|{edition}|{values[:12]}|{figures[:12]}"
    return f"{said}|{sha256(said)[:4]}"


if __name__ == "__main__":
    package = Package(Path(sys.argv[1]))
    print(json.dumps(package.facts, ensure_ascii=False, indent=1))
    print(f"{len(package.revisions)} revisions, {len(package.fields)} versions with their text")
    print("\n".join(package.faults()) or "every hash holds")
