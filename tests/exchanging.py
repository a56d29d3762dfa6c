"""Desks that exchange packages: creation, mutual trust, access to package contents."""

import atexit
import csv
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.log_entries import START, ChainHead, head_text, next_chain
from borderdesk.store.lists.listing import Filter
from tests.factories import example

YEAR = "2023"
HOUSEHOLD = {"head": "Hoàng Văn Thụ", "commune": "06199", "hamlet": "Bản Phạc"}


TEMPLATES = tempfile.TemporaryDirectory(prefix="borderdesk-desks-")
atexit.register(TEMPLATES.cleanup)


@cache
def template(role, unit, number):
    """The folder of an empty desk, created once: to be copied, not opened."""
    folder = Path(TEMPLATES.name) / f"{len(list(Path(TEMPLATES.name).iterdir()))}"
    Desk.create(folder, role, unit, f"Người thử {number}", desk_id=f"{number:032x}").close()
    return folder


def new_desk(folder, role, unit, number):
    """Open a desk with a known id and keys that are the same in every test."""
    return Desk.open(Path(shutil.copytree(template(role, unit, number), folder)))


def trust(*desks):
    """Every desk accepts the card of every other."""
    for desk in desks:
        for other in desks:
            if other is not desk:
                desk.exchange.cards.accept_card(other.exchange.cards.own())


def clearing(post="BS", **more):
    plain = {k: v for k, v in example("clearing", 1).items() if not k.startswith("of_whom")}
    return {**plain, "post": post, "started_on": "2023-12-04", **more}


def everything():
    return Filter()


def state(desk):
    """The state that desks share after receiving the same packages: hash, conflicts, figures."""
    result = desk.maintenance.verify()
    assert result["ok"], result["problems"]
    figures = as_json(make_summary(desk, YEAR, "province"))["rows"]
    doubles = [
        (d.type, d.record, [v.id for v in d.versions]) for d in desk.exchange.inbox.doubles(-1)
    ]
    return result["totals_hash"], doubles, [(row["key"], row["value"]) for row in figures]


def send(desk, folder, period=YEAR, wish=None):
    return desk.exchange.exports.export(period, folder, wish or ExportOptions())


def entries(path):
    """{name: content} of a package."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path, files):
    """Write a package of these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def resigned(desk, path, change, target):
    """The package with changed entries, hashes updated, and signed again by the desk: what a faulty
    or hostile program with a trusted key could send.

    change(entries {name: content}, descriptor): modifies both in place.
    """
    files = entries(path)
    descriptor = json.loads(files.pop("datapackage.json"))
    del files["datapackage.json.minisig"]
    change(files, descriptor)
    for resource in descriptor["resources"]:
        content = files.get(resource["path"], b"")
        resource["bytes"] = len(content)
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    text = json.dumps(descriptor, ensure_ascii=False).encode()
    files["datapackage.json"] = text
    files["datapackage.json.minisig"] = desk.exchange.cards.sign(text, "x")
    return packed(target, files)


def table_rows(files, name):
    """The rows of a package's table, header first."""
    text = files[f"data/{name}.csv"].decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def put_rows(files, name, rows):
    """Write a table of a package."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    files[f"data/{name}.csv"] = buffer.getvalue().encode("utf-8-sig")


def resealed(desk, files):
    """Rebuild the hash chain of the desk's log and sign its head, after a change of entries: what a
    modified program with the desk's own key could do."""
    header, *rows = table_rows(files, "revisions")
    log, number, kind, entry = (header.index(key) for key in ("desk", "number", "kind", "id"))
    own = sorted((int(r[number]), r) for r in rows if r[log] == desk.identity.id)
    chain = START
    for _number, row in own:
        chain = next_chain(chain, row[kind], bytes.fromhex(row[entry]))
    head = ChainHead(own[-1][0], chain)
    signature = desk.exchange.cards.sign(head_text(desk.identity.id, head), "x").decode()
    first, *heads = table_rows(files, "heads")
    others = [row for row in heads if row[0] != desk.identity.id]
    mine = [desk.identity.id, str(head.number), chain.hex(), signature]
    put_rows(files, "heads", [first, *others, mine])
