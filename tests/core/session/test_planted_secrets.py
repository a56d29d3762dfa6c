"""Secrets are planted, the desk is used, encrypted and opened in every way, and none of them is
found: not in its folder, temporary files, settings or output."""

import base64
import shutil
import tempfile

import pytest

from borderdesk.base.program_log import write_report
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.session.desk_ring import DeskRing
from borderdesk.store.models.exchange import OwnKeyRow
from tests.factories import example

CITIZEN_ID, PHONE, HEAD = "020087654321", "0987654321", "Triệu Thị Mủi Nhình"
PASSWORD, MENDED = "nước suối lạnh buốt", "đường rừng trơn trượt"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A private home, temporary folder and settings location."""
    for name in (
        "HOME",
        *(f"XDG_{of}_HOME" for of in ("CONFIG", "CACHE", "DATA", "STATE")),
        "TMPDIR",
    ):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "TMPDIR"))
    return tmp_path


def spellings(secret):
    """The byte forms of a secret in a file."""
    whole = secret.encode()
    hexadecimal = whole.hex()
    return {
        whole, secret.encode("utf-16-le"), base64.b64encode(whole), hexadecimal.encode(),
        hexadecimal.upper().encode(), whole[::-1],
    }  # fmt: skip


def found(folder, secrets):
    """(file, secret) of each secret found in plain text."""
    return [
        (path.relative_to(folder), secret)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes()]
        for secret in secrets
        if any(spelling in content for spelling in spellings(secret))
    ]


def test_planted_secrets_are_found_nowhere(post_template, home, cli_inline, monkeypatch):
    folder = shutil.copytree(post_template, home / "desk")
    with Desk.open(folder) as desk:
        planted = {**example("household"), "head": HEAD, "citizen_id": CITIZEN_ID, "phone": PHONE}
        record = desk.records.add("household", planted).id
        desk.backups.make()
    run = lambda *words: cli_inline("--desk", folder, "--lang", "en", *words)  # noqa: E731
    stick = home.with_name(f"{home.name}-stick")
    stick.mkdir()
    assert run("export", "--period", "2023", "--out", stick).returncode == 0
    assert run("person", "report", record, "--out", stick / "person.pdf").returncode == 0
    assert [one for _path, one in found(folder, (CITIZEN_ID, PHONE, HEAD))] != []

    monkeypatch.setenv("BORDERDESK_PASSWORD", PASSWORD)
    said = [run("encrypt")]
    ring = KeyRing(folder)
    key = ring.unlock(None, PASSWORD)
    with Desk.open(folder, key) as desk:
        code, apply = desk.part(DeskRing).prepare_recovery(cost=LEAST_COST)
        apply(lambda: None)
        signing = str(desk.store.scalar(OwnKeyRow.select(OwnKeyRow.signing)))
    said += [
        run("list", "household", "--search", CITIZEN_ID),
        run("households"),
        run("delete", "household", record, "--reason", "thử"),
        run("backup", stick),
        run("verify"),
        run("audit"),
    ]
    monkeypatch.setenv("BORDERDESK_PASSWORD", code)
    monkeypatch.setenv("BORDERDESK_NEW_PASSWORD", MENDED)
    said.append(run("password"))
    monkeypatch.setenv("BORDERDESK_PASSWORD", f"{MENDED}?")
    said.append(run("list", "household"))
    write_report(folder, ValueError(f"{HEAD} {CITIZEN_ID} {MENDED} {code}"))
    assert [one.returncode for one in said] == [0, 0, 0, 0, 0, 0, 0, 0, 3]

    secrets = (CITIZEN_ID, PHONE, HEAD, PASSWORD, MENDED, code, code.replace("-", ""), signing)
    assert found(home, secrets) == []
    # Files that encrypted desks write to a stick are encrypted too; the package contains no
    # personal data.
    (stick / "person.pdf").unlink()
    assert found(stick, secrets) == []
    printed = "".join(one.stdout + one.stderr for one in said)
    assert [word for word in (CITIZEN_ID, PASSWORD, MENDED, code, signing) if word in printed] == []
