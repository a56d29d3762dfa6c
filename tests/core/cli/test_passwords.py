"""Desks with a password on the command line: created, opened, refused, the password changed."""

import contextlib
import json
import stat
import unicodedata
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from borderdesk.base.paths import backups_folder, database_file
from borderdesk.keys.key_ring import KeyRing
from tests.conftest import PASSWORD, Cli
from tests.factories import example
from tests.paper import pages
from tests.rings import renewed_code

NEW = "một mật khẩu khác"


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch, cli_inline: Cli):
    """Run a command with a password in the environment."""

    def run(password, *arguments, user=None, stdin="", new=None):
        for name, value in (("PASSWORD", password), ("USER", user), ("NEW_PASSWORD", new)):
            if value is None:
                monkeypatch.delenv(f"BORDERDESK_{name}", raising=False)
            else:
                monkeypatch.setenv(f"BORDERDESK_{name}", value)
        return cli_inline(*arguments, stdin=stdin)

    return run


def test_init_makes_an_encrypted_desk_without_a_terminal(by, tmp_path: Path) -> None:
    folder = tmp_path / "sổ"
    made = ("--desk", folder, "init", "--role", "post", "--unit", "BS", "--user", "Nông Văn An")
    assert by(None, *made).returncode == 4
    assert not folder.exists()
    assert by(PASSWORD, *made).returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in folder.iterdir())
    assert "SQLite" not in database_file(folder).read_bytes().decode("latin-1")
    assert by(PASSWORD, *made).returncode == 4
    assert by(unicodedata.normalize("NFD", PASSWORD), "--desk", folder, "verify").returncode == 0


def test_a_failed_init_leaves_no_key_ring(by, tmp_path: Path) -> None:
    made = ("--desk", tmp_path / "x", "init", "--role", "post", "--unit", "??", "--user", "An")
    assert by(PASSWORD, *made).returncode == 1
    assert not KeyRing(tmp_path / "x").exists()


def test_commands_open_it_by_its_password_alone(by, locked_folder: Path) -> None:
    def verify(password, user=None):
        return by(password, "--desk", locked_folder, "verify", user=user)

    assert verify(PASSWORD).returncode == verify(PASSWORD, "Người thử").returncode == 0
    for password, user in ((None, None), ("sai", None), (PASSWORD, "Ai đó")):
        refused = verify(password, user)
        assert (refused.returncode, refused.stdout) == (3, "")
        assert refused.stderr.count("\n") == 1
    text = json.dumps(example("clearing"), ensure_ascii=False)
    assert by(PASSWORD, "--desk", locked_folder, "add", "clearing", stdin=text).returncode == 0
    assert by(PASSWORD, "--desk", locked_folder, "doctor").returncode in {0, 1}


def test_wrong_passwords_wait_after_the_third(by, locked_folder: Path) -> None:
    verify = ("--desk", locked_folder, "verify")
    assert {by("sai", *verify).returncode for _try in range(3)} == {3}
    assert by(PASSWORD, *verify).returncode == 0
    assert {by("sai", *verify).returncode for _try in range(4)} == {3}
    waits = by(PASSWORD, *verify)
    assert waits.returncode == 3
    assert "5 giây" in waits.stderr or "4 giây" in waits.stderr


def test_a_password_is_changed_and_a_lost_one_mended_by_the_code(by, locked_folder: Path) -> None:
    ring = KeyRing(locked_folder)
    change = ("--desk", locked_folder, "password")
    assert by("sai", *change, new=NEW).returncode == 3
    assert by(PASSWORD, *change, stdin=f"{NEW}\nkhác\n").returncode == 1
    assert by(PASSWORD, *change, stdin=f"{NEW}\n{NEW}\n").returncode == 0
    assert by(PASSWORD, "--desk", locked_folder, "verify").returncode == 3
    code = renewed_code(ring, ring.unlock(None, NEW))
    assert by(code.lower(), *change, new=PASSWORD).returncode == 0
    assert ring.unlock(None, PASSWORD)


def code_of(sheet: Path) -> str:
    """The text of the QR code of a recovery sheet."""
    with contextlib.closing(pypdfium2.PdfDocument(sheet)) as opened:
        image = opened[0].render(scale=3)
        shape = (image.height, image.width, image.n_channels)
        (code,) = zxingcpp.read_barcodes(memoryview(bytes(image.buffer)).cast("B", shape))
    return code.text


def test_a_recovery_sheet_restores_a_backup(by, locked_folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "phiếu.pdf"
    assert by(PASSWORD, "--desk", locked_folder, "recovery", sheet).returncode == 0
    code = code_of(sheet)
    printed = {run.text for run in pages(sheet)[0].runs}
    assert set(code.split("-")) <= set(" ".join(printed).split())
    made = json.loads(by(PASSWORD, "--desk", locked_folder, "backup").stdout)
    assert by(code, "restore", made["file"], "--into", tmp_path / "again").returncode == 0
    assert by(code, "--desk", tmp_path / "again", "password", new=NEW).returncode == 0
    assert by(NEW, "--desk", tmp_path / "again", "verify").returncode == 0
    before = KeyRing(locked_folder).read()
    inside = by(PASSWORD, "--desk", locked_folder, "recovery", locked_folder / "phiếu.pdf")
    assert inside.returncode == 4
    assert by(PASSWORD, "--desk", locked_folder, "recovery", tmp_path / "no/x.pdf").returncode == 1
    assert KeyRing(locked_folder).read() == before


def test_an_open_desk_has_no_password_to_change(by, desk_folder: Path) -> None:
    assert by("x", "--desk", desk_folder, "password", new="y").returncode == 4


def test_a_plain_file_in_the_place_of_an_encrypted_one_is_refused(
    by, locked_folder: Path, desk_folder: Path
) -> None:
    database_file(locked_folder).write_bytes(database_file(desk_folder).read_bytes())
    refused = by(PASSWORD, "--desk", locked_folder, "verify")
    assert refused.returncode == 3
    assert "đã thay tệp khác" in refused.stderr


def test_a_backup_opens_by_itself(by, locked_folder: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    made = json.loads(by(PASSWORD, "--desk", locked_folder, "backup", stick).stdout)
    ring = KeyRing(locked_folder)
    key = ring.unlock(None, PASSWORD)
    code = renewed_code(ring, key)
    inside = json.loads(by(PASSWORD, "--desk", locked_folder, "backup").stdout)
    file = Path(made["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert by(PASSWORD, "--desk", tmp_path / "none", "verify", file).returncode == 0
    for wrong in (None, "sai", code):
        assert by(wrong, "verify", file).returncode == 3 or wrong == code
    assert by(code, "verify", inside["file"]).returncode == 0
    restored = tmp_path / "again"
    assert by("sai", "restore", inside["file"], "--into", restored).returncode == 3
    assert not restored.exists()
    assert by(code, "restore", inside["file"], "--into", restored).returncode == 0
    assert by(PASSWORD, "--desk", restored, "verify").returncode == 0
    assert KeyRing(restored).unlock(None, PASSWORD) == key
    assert backups_folder(locked_folder) == Path(inside["file"]).parent


def test_an_edited_page_is_found_when_it_is_read(by, locked_folder: Path) -> None:
    text = json.dumps(example("clearing"), ensure_ascii=False)
    assert by(PASSWORD, "--desk", locked_folder, "add", "clearing", stdin=text).returncode == 0
    database = database_file(locked_folder)
    whole = database.read_bytes()
    for page in (0, len(whole) // 8192, len(whole) // 4096 - 1):
        edited = bytearray(whole)
        edited[page * 4096 + 2_000] ^= 1
        database.write_bytes(edited)
        found = by(PASSWORD, "--desk", locked_folder, "verify")
        assert found.returncode in {1, 3}
        assert "Traceback" not in found.stderr
        assert "ERROR" not in found.stderr
