"""docs/formats: the test vectors, the reader beside them, and the program's output agree."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import minisign
import pytest

from borderdesk.exchange.reading.package_layout import KIND_OF
from borderdesk.schema.log_entries import (
    REVISION,
    START,
    ChainHead,
    LogContent,
    head_text,
    next_chain,
)
from borderdesk.schema.revisions import canonical, make_body, private_hash
from tests.exchanging import clearing, new_desk, send, trust
from tools.environment import ROOT

FORMATS = ROOT / "docs" / "formats"


def _reader() -> Any:
    spec = importlib.util.spec_from_file_location("format_reader", FORMATS / "reader.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reader = _reader()


def vectors(name: str) -> Any:
    return json.loads((FORMATS / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


REVISIONS = vectors("revision")["revisions"]


# ---------------------------------------------------------------------------- revisions


@pytest.mark.parametrize("vector", REVISIONS, ids=lambda vector: vector["note"][:30])
def test_a_revision_has_the_id_of_its_vector(vector: dict[str, Any]) -> None:
    row, part = vector["row"], vector["separate_part"]
    if part is not None:
        assert reader.private_hash(part["salt"], part["part"]) == row["private"]
        assert private_hash(bytes.fromhex(part["salt"]), part["part"]) == row["private"]
    if vector["fields"] is not None:
        assert reader.body(vector["fields"], row["private"]) == vector["body"]
        assert make_body(vector["fields"], row["private"] or None) == vector["body"]
        assert reader.sha256(vector["body"]) == row["content"]
    assert canonical(vector["row"]) == reader.canonical(vector["row"])
    assert reader.revision_id(row) == row["id"]


def test_the_current_revision_and_the_totals_are_those_of_the_vectors() -> None:
    told = vectors("revision")
    rows = {vector["row"]["id"]: vector["row"] for vector in REVISIONS}
    for case in told["current"]:
        assert reader.current(rows[one] for one in case["of"])["id"] == case["is"]
    assert reader.totals_hash(rows) == told["totals_hash"]


# ----------------------------------------------------------------------------- packages


def test_cells_are_read_as_the_vectors_say() -> None:
    told = vectors("package")
    assert [reader.unguarded(cell) for _text, cell in told["guarded"]] == [
        text for text, _cell in told["guarded"]
    ]
    for cell, field, value in told["values"]:
        assert reader.value(cell, field) == value


def test_the_kept_package_is_signed_and_reads_as_the_vectors_say() -> None:
    told = vectors("package")
    path = ROOT / told["signed"]["file"]
    with zipfile.ZipFile(path) as archive:
        descriptor = archive.read("datapackage.json")
    assert hashlib.sha256(descriptor).hexdigest() == told["signed"]["sha256_of_descriptor"]
    signature = minisign.Signature.from_bytes(told["signed"]["signature"].encode())
    minisign.PublicKey.from_base64(told["card"]["minisign"]).verify(descriptor, signature)
    assert reader.fingerprint(told["card"]) == told["fingerprint"]
    package = reader.Package(path)
    assert package.faults() == []
    assert {
        "revisions": len(package.revisions),
        "versions_with_text": len(package.fields),
        "totals_hash": reader.totals_hash(row["id"] for row in package.revisions),
    } == told["reads"]


def test_the_reader_reads_what_the_program_writes(tmp_path: Path) -> None:
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        trust(post, province)
        for n, text in enumerate(("=1+1", "'=2", "Số 7; trang 12", 'Nói "đã nhắc"')):
            post.records.add("clearing", clearing(post=None, participants=n + 1, source_ref=text))
        path = send(post, tmp_path / "sent")
        totals = post.maintenance.verify()["totals_hash"]
        card = post.exchange.cards.own()
        assert reader.fingerprint(card._asdict()) == card.fingerprint
    package = reader.Package(path)
    assert package.faults() == []
    assert reader.totals_hash(row["id"] for row in package.revisions) == totals
    texts = {fields["participants"]: fields["source_ref"] for fields in package.fields.values()}
    assert texts == {1: "=1+1", 2: "'=2", 3: "Số 7; trang 12", 4: 'Nói "đã nhắc"'}


def test_the_reader_notices_a_changed_table(tmp_path: Path) -> None:
    kept = ROOT / vectors("package")["signed"]["file"]
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(tmp_path / "x.bdx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"55", b"56") if "clearing" in name else content)
    with pytest.raises(ValueError, match=r"data/clearing\.csv"):
        reader.Package(tmp_path / "x.bdx")


# ----------------------------------------------------------------------------- editions


def test_an_edition_has_the_hashes_of_its_vector() -> None:
    told = vectors("edition")
    values = reader.values_hash(told["figures"])
    figures = reader.figures_hash(told["first"], told["last"], told["scope"], told["figures"])
    assert (values, figures) == (told["values_hash"], told["figures_hash"])
    text = reader.paper_text(
        told["desk"], told["period"], told["scope"], told["edition"], values, figures
    )
    assert text == told["paper_text"]


def test_a_closed_period_has_the_hashes_that_the_page_says(cli_inline: Any, tmp_path: Path) -> None:
    folder = tmp_path / "bs"
    with new_desk(folder, "post", "BS", 1) as desk:
        desk.records.add("clearing", clearing(post=None, participants=18))
    closed = cli_inline("--desk", folder, "close", "--period", "2023-12", "--signer", "Hòa")
    assert closed.returncode == 0, closed.stderr
    store = sqlite3.connect(folder / "desk.db")
    store.row_factory = sqlite3.Row
    (edition,) = store.execute("SELECT * FROM edition").fetchall()
    rows = store.execute("SELECT * FROM edition_figure ORDER BY place").fetchall()
    store.close()
    assert reader.values_hash(rows) == edition["values_hash"]
    days = (edition["first"], edition["last"])
    assert reader.figures_hash(*days, edition["scope"], rows) == edition["figures_hash"]
    text = reader.paper_text(
        f"{1:032x}", "2023-12", "post:BS", 1, edition["values_hash"], edition["figures_hash"]
    )
    checked = cli_inline("--desk", folder, "report", "check", text)
    assert checked.returncode == 0, checked.stderr + checked.stdout


# ------------------------------------------------------------------------- set-up files


def test_a_setup_file_is_what_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "tinh.bdsetup"
    with new_desk(tmp_path / "province", "province", "20", 2) as province:
        province.exchange.setups.make(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["setup.json", "setup.json.minisig"]
        text, signature = (archive.read(name) for name in archive.namelist())
    told = json.loads(text)
    minisign.PublicKey.from_base64(told["maker"]["minisign"]).verify(
        text, minisign.Signature.from_bytes(signature)
    )
    page = (FORMATS / "setup.md").read_text(encoding="utf-8")
    assert [key for key in told if f"`{key}`" not in page] == []
    assert [key for key in told["reference"] if f"`{key}`" not in page] == []


# ------------------------------------------------------------------------------- pages


def test_the_pages_name_every_table_and_fact_of_a_package() -> None:
    page = (FORMATS / "package.md").read_text(encoding="utf-8")
    kept = ROOT / vectors("package")["signed"]["file"]
    with zipfile.ZipFile(kept) as archive:
        descriptor = json.loads(archive.read("datapackage.json"))
    assert [key for key in descriptor["borderdesk"] if f"`{key}`" not in page] == []
    own = ("revisions", "other_versions", "notes", "erasures", "places", "private")
    assert [name for name in own if f"`data/{name}.csv`" not in page] == []


# --------------------------------------------------------------------------------- logs


def test_the_entries_of_a_log_and_its_head_are_those_of_the_vectors() -> None:
    told = vectors("log")
    mine, chain = START, ""
    for entry in told["entries"]:
        if entry["content"] is not None:
            if entry["text"] is not None:
                assert reader.private_hash(told["salt"], entry["text"]) == entry["hash"]
            said = (told["desk"], entry["kind"], entry["content"], entry["hash"] or "")
            assert reader.entry_id(*said) == entry["id"]
            content = LogContent(entry["content"], entry["hash"])
            assert content.entry_id(told["desk"], entry["kind"]).hex() == entry["id"]
        chain = reader.next_chain(chain, entry["kind"], entry["id"])
        mine = next_chain(mine, entry["kind"], bytes.fromhex(entry["id"]))
        assert chain == mine.hex() == entry["chain"]
    number = len(told["entries"])
    assert reader.signed_head(told["desk"], number, chain) == told["signed"]
    assert head_text(told["desk"], ChainHead(number, mine)).decode() == told["signed"]


def test_the_vectors_of_a_log_have_an_entry_of_every_kind() -> None:
    assert {entry["kind"] for entry in vectors("log")["entries"]} == {REVISION, *KIND_OF}


def test_the_head_of_a_package_is_signed_as_the_page_says(tmp_path: Path) -> None:
    with new_desk(tmp_path / "bs", "post", "BS", 1) as post:
        post.records.add("clearing", clearing(post=None))
        path, card = send(post, tmp_path / "sent"), post.exchange.cards.own()
    package = reader.Package(path)
    (head,) = package.heads
    assert (head["number"], package.holds(head)) == ("2", True)
    said = reader.signed_head(head["desk"], int(head["number"]), head["chain"]).encode()
    signature = minisign.Signature.from_bytes(head["signature"].encode())
    minisign.PublicKey.from_base64(card.minisign).verify(said, signature)
    assert package.facts["holding"] == {head["desk"]: [2, head["chain"]]}
