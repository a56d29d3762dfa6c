"""Desks that send each other packages: made, introduced to each other, looked into."""

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
    """The folder of an empty desk, made once: to be copied, not opened."""
    folder = Path(TEMPLATES.name) / f"{len(list(Path(TEMPLATES.name).iterdir()))}"
    Desk.create(folder, role, unit, f"Người thử {number}", desk_id=f"{number:032x}").close()
    return folder


def new_desk(folder, role, unit, number):
    """A desk with a known id, open; it has the same keys in every test."""
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
    """What must be the same on desks that received the same packages."""
    told = desk.maintenance.verify()
    assert told["ok"], told["problems"]
    figures = as_json(make_summary(desk, YEAR, "province"))["rows"]
    doubles = [
        (d.type, d.record, [v.id for v in d.versions]) for d in desk.exchange.inbox.doubles(-1)
    ]
    return told["totals_hash"], doubles, [(row["key"], row["value"]) for row in figures]


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
    """The package with its entries changed, every hash put right, and signed anew by the desk:
    what a faulty or hostile program with a trusted key could send.

    change: is given {name: content} and the descriptor, and changes them.
    """
    files = entries(path)
    descriptor = json.loads(files.pop("datapackage.json"))
    del files["datapackage.json.minisig"]
    change(files, descriptor)
    for one in descriptor["resources"]:
        content = files.get(one["path"], b"")
        one["bytes"] = len(content)
        one["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    text = json.dumps(descriptor, ensure_ascii=False).encode()
    files["datapackage.json"] = text
    files["datapackage.json.minisig"] = desk.exchange.cards.sign(text, "x")
    return packed(target, files)


def table_rows(files, name):
    """The rows of a table of a package, its header first."""
    text = files[f"data/{name}.csv"].decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def put_rows(files, name, rows):
    """Write a table of a package."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    files[f"data/{name}.csv"] = buffer.getvalue().encode("utf-8-sig")


def resealed(desk, files):
    """Chain the entries of the desk's log anew and sign the head, after they were changed: what a
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
