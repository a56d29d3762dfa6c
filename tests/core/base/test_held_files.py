"""Windows file semantics as far as another system can test them: briefly locked files, paths longer
than 260 characters."""

import errno
import os
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from borderdesk.base.files import append_to
from borderdesk.base.held_files import (
    LONGEST_PLAIN,
    move,
    patiently,
    remove_file,
    require_free,
    system_path,
)
from borderdesk.cli.health import OLDEST_WINDOWS, disk_finding, windows_finding


class Held(PermissionError):
    """The error that Windows raises for a file held open by another program."""

    def __init__(self, winerror: int) -> None:
        super().__init__(errno.EACCES, "held")
        self.winerror = winerror


class Holder:
    """Holds a file for so many attempts."""

    def __init__(self, tries: int, code: int = 32) -> None:
        self.left, self.code, self.asked = tries, code, 0

    def __call__(self) -> str:
        self.asked += 1
        if self.asked <= self.left:
            raise Held(self.code)
        return "done"


def test_a_file_that_is_held_is_tried_again_for_a_while() -> None:
    for code in (5, 32, 33):
        holder = Holder(2, code)
        assert patiently(holder, (0, 0, 0)) == "done"
        assert holder.asked == 3
    held = Holder(9)
    with pytest.raises(PermissionError):
        patiently(held, (0, 0, 0))
    assert held.asked == 4


def test_what_is_no_matter_of_time_is_not_waited_for() -> None:
    for error in (PermissionError(errno.EACCES, "no"), FileNotFoundError(errno.ENOENT, "none")):
        asked = []

        def fail(error: OSError = error, asked: list[int] = asked) -> None:
            asked.append(1)
            raise error

        with pytest.raises(type(error)):
            patiently(fail, (0, 0))
        assert asked == [1]


def test_a_file_is_moved_over_another(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    move(tmp_path / "a", tmp_path / "b")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


def test_a_file_that_is_held_is_removed_and_opened_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, holder, really = tmp_path / "a", Holder(2), os.open
    path.write_text("x")
    monkeypatch.setattr(patiently, "__defaults__", ((0, 0),))

    def held_open(*words: Any) -> int:
        holder()
        return really(*words)

    monkeypatch.setattr(os, "open", held_open)
    append_to(path, b"y")
    monkeypatch.undo()
    assert path.read_text() == "xy"
    remove_file(path)
    remove_file(path)
    assert not path.exists()


def test_a_long_path_is_marked_for_windows_and_others_stay() -> None:
    folder = "C:\\Users\\Nông Văn An\\OneDrive - Đồn"
    short = PureWindowsPath(folder, "a" * (LONGEST_PLAIN - len(folder) - 1))
    long = PureWindowsPath(folder, "a" * 150, "b" * 150)
    assert system_path(short, "win32") == short  # type: ignore[arg-type]
    assert str(system_path(long, "win32")) == f"\\\\?\\{long}"  # type: ignore[arg-type]
    share = PureWindowsPath("\\\\may-chu\\chung", "a" * 250)
    marked = str(system_path(share, "win32"))  # type: ignore[arg-type]
    assert marked == f"\\\\?\\UNC\\may-chu\\chung\\{'a' * 250}"
    assert system_path(Path("/" + "a" * 300), "linux") == Path("/" + "a" * 300)


def test_doctor_says_what_a_computer_lacks() -> None:
    assert windows_finding(OLDEST_WINDOWS, True).well
    for build, wide in ((17_134, True), (19_045, False)):
        found = windows_finding(build, wide)
        assert (found.well, "1809" in found.how) == (False, True)
    assert disk_finding(10**12).well
    little = disk_finding(100 << 20)
    assert (little.well, "100 MB" in little.how) == (False, True)


def test_a_file_that_nobody_holds_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "thang.pdf"
    require_free(file)
    file.write_bytes(b"x")
    before = file.stat()
    require_free(file)
    assert (file.read_bytes(), file.stat().st_ino) == (b"x", before.st_ino)
