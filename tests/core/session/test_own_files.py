"""Folders, links and pipes in the place of the desk's own files: reported by name, with advice."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from borderdesk.backups.salvage import salvage
from borderdesk.base.errors import CannotOpen, DamagedFile
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.session.locked_desk import BESIDE, CLEARED, LOG_FILES, is_locked
from borderdesk.session.preferences import language_file, saved_language
from tests.core.session.test_older_keys import opened


def link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))


THINGS: list[Callable[[Path], object]] = [Path.mkdir, os.mkfifo, link]


@pytest.mark.parametrize("thing", THINGS, ids=["folder", "pipe", "link"])
@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_the_file_is_named_and_goes(
    desk_folder: Path, cli_inline, name: str, thing: Callable[[Path], object]
) -> None:
    path = desk_folder / name
    path.unlink(missing_ok=True)
    thing(path)
    refused = cli_inline("--desk", desk_folder, "list", "patrol")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert str(path) in refused.stderr
    assert "Hãy chuyển nó ra khỏi thư mục của sổ" in refused.stderr
    if name in LOG_FILES:
        with pytest.raises(CannotOpen, match=path.name):
            salvage(desk_folder, desk_folder.with_name("saved"))
    assert not desk_folder.with_name("elsewhere").exists()
    path.rename(desk_folder.with_name("moved"))
    Desk.open(desk_folder).close()


@pytest.mark.parametrize("thing", [link, os.mkfifo], ids=["link", "pipe"])
@pytest.mark.parametrize("name", CLEARED)
def test_no_folder_behind_a_link_is_cleared(
    desk_folder: Path, cli_inline, name: str, thing: Callable[[Path], object]
) -> None:
    victim = desk_folder.with_name("elsewhere") / "opening" / "thesis.odt"
    victim.parent.mkdir(parents=True)
    victim.write_bytes(b"x")
    thing(desk_folder / name)
    refused = cli_inline("--desk", desk_folder, "list", "patrol")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert str(desk_folder / name) in refused.stderr
    assert "Hãy chuyển nó ra khỏi thư mục của sổ" in refused.stderr
    with pytest.raises(CannotOpen, match=name):
        is_locked(desk_folder)
    assert victim.exists()
    (desk_folder / name).unlink()
    Desk.open(desk_folder).close()


@pytest.mark.parametrize("thing", THINGS[:2], ids=["folder", "pipe"])
def test_no_keys_are_read_from_what_is_no_file(
    locked_folder: Path, cli_inline, monkeypatch, thing: Callable[[Path], object]
) -> None:
    monkeypatch.setenv("BORDERDESK_PASSWORD", "bất kỳ")
    own = key_file(locked_folder).rename(locked_folder.with_name("kept"))
    thing(key_file(locked_folder))
    refused = cli_inline("--desk", locked_folder, "list", "patrol")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "phục hồi bản sao lưu mới nhất" in refused.stderr
    key_file(locked_folder).rename(locked_folder.with_name("moved"))
    own.rename(key_file(locked_folder))
    opened(locked_folder).close()


def test_a_folder_in_the_place_of_the_file_is_not_called_no_desk(desk_folder: Path) -> None:
    database_file(desk_folder).unlink()
    database_file(desk_folder).mkdir()
    with pytest.raises(DamagedFile, match="phục hồi bản sao lưu mới nhất"):
        salvage(desk_folder, desk_folder.with_name("saved"))
    assert not desk_folder.with_name("saved").exists()


@pytest.mark.parametrize("content", [b"xx", b"\xff\xfe", b"", None])
def test_a_language_that_is_none_is_not_spoken(locked_folder: Path, content: bytes | None) -> None:
    beside = language_file(locked_folder)
    beside.write_bytes(content or b"")
    if content is None:
        os.truncate(beside, 1 << 40)
    assert saved_language(database_file(locked_folder)) is None
    beside.write_bytes(b"en")
    assert saved_language(database_file(locked_folder)) == "en"
