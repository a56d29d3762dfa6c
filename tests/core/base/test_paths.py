"""Queries of paths that fail in the system: a stick pulled out, a name too long."""

from pathlib import Path

import pytest

from borderdesk.base.paths import is_folder_there, is_there, new_folder
from borderdesk.exchange.reading.package_files import find_packages

LONG = "x" * 300
"""Longer than any file system allows: queries of the name raise an error."""


@pytest.mark.parametrize(("name", "there"), [(".", True), ("a", False), (LONG, False)])
def test_what_cannot_be_asked_for_is_not_there(tmp_path: Path, name: str, there: bool) -> None:
    assert is_there(tmp_path / name) == there
    assert is_folder_there(tmp_path / name) == there


def test_a_file_is_there_and_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert is_there(tmp_path / "a")
    assert not is_folder_there(tmp_path / "a")


def test_a_folder_is_proposed_beside_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert new_folder(tmp_path, LONG).name.startswith(LONG)


def test_a_package_that_cannot_be_reached_is_named_and_read_later(tmp_path: Path) -> None:
    assert find_packages([tmp_path / LONG]).packages == [tmp_path / LONG]
