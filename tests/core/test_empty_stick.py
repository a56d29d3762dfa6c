"""The root of an empty drive: Windows reports it as missing."""

import errno
import os
from pathlib import Path

import pytest

from borderdesk.exchange.reading.package_files import find_packages


@pytest.fixture
def stick(tmp_path, monkeypatch):
    """An empty folder that os.scandir(), and everything that uses it, cannot list, as on
    Windows."""
    folder, scandir = tmp_path / "stick", os.scandir
    folder.mkdir()

    def of_windows(path="."):
        if not isinstance(path, int) and Path(path) == folder and not any(folder.iterdir()):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", of_windows)
    with pytest.raises(FileNotFoundError):
        os.scandir(folder)
    return folder


def test_a_backup_is_written_to_an_empty_stick(desk, stick):
    assert desk.backups.make(stick).file.parent == stick


def test_there_are_no_packages_and_nothing_is_wrong(stick):
    found = find_packages([stick])
    assert (found.packages, found.others) == ([], [])
