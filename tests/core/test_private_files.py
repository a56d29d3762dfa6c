"""A desk's folder is private to its owner, and files that are only shown do not stay in it."""

from pathlib import Path

import pytest

from borderdesk.base.private_files import PreviewFolder, clear_previews, keep_private
from borderdesk.desk import Desk


def test_previews_stand_in_the_desk_alone_and_go(tmp_path: Path) -> None:
    first, other = PreviewFolder(tmp_path), PreviewFolder(tmp_path)
    for folder in (first, other):
        folder.file("a.pdf").write_text("Triệu Thị Mủi")
    assert (tmp_path / "previews").stat().st_mode & 0o077 == 0
    first.remove()
    assert [path.name for path in tmp_path.rglob("*.pdf")] == ["a.pdf"]
    # The other window was killed: the next one cleans up.
    clear_previews(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_older_desk_is_closed_to_others_when_it_is_opened(desk_folder: Path) -> None:
    desk_folder.chmod(0o755)
    (desk_folder / "desk.db").chmod(0o644)
    Desk.open(desk_folder).close()
    assert desk_folder.stat().st_mode & 0o777 == 0o700
    assert (desk_folder / "desk.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o1777, 0o700])
def test_a_folder_of_many_stays_as_it_is(tmp_path: Path, mode: int) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    keep_private(shared)
    assert shared.stat().st_mode & 0o7777 == mode
