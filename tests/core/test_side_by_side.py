"""Several programs on one desk at once: commands, the window, a restoration."""

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from borderdesk.base.errors import CannotOpen, RecordChanged
from borderdesk.base.paths import database_file, desk_lock_file
from borderdesk.desk import Desk
from borderdesk.session.file_guard import require_shared_file, take_shared
from borderdesk.store.connection.locks import Lock
from borderdesk.store.lists.listing import Filter
from tests.conftest import ROOT
from tests.factories import example

WAIT = 60


def started(folder, *words):
    return subprocess.Popen(
        [sys.executable, "main.py", "--desk", str(folder), *words],
        cwd=ROOT, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def answered(process, record):
    """Send a line to the process; its answer."""
    process.stdin.write(json.dumps(record) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


@pytest.fixture
def window(desk_folder):
    """A desk as the window holds it: open, its window.lock taken."""
    with Lock(desk_folder / "window.lock") as lock:
        assert lock.take(exclusive=True)
        with Desk.open(desk_folder) as desk:
            yield desk


def test_two_commands_and_the_window_take_turns(desk_folder, window):
    """Each writes while the others have the desk open; each sees what the others wrote."""
    adders = [started(desk_folder, "add", "clearing", "--keep-going") for _ in range(2)]
    ids = []
    for turn in range(12):
        for adder in adders:
            ids.append(answered(adder, example("clearing", len(ids)))["id"])
        ids.append(window.records.add("clearing", example("clearing", len(ids))).id)
        assert window.lists.count("clearing", Filter()) == len(ids) == 3 * (turn + 1)
    for adder in adders:
        rest = adder.communicate(timeout=WAIT)
        assert (adder.returncode, *rest) == (0, "", "")
    kept = {r.id: r.values["participants"] for r in window.lists.stream("clearing", Filter())}
    assert [kept[one] for one in ids] == [54 + n for n in range(36)]
    assert window.maintenance.verify()["ok"]
    assert window.maintenance.rebuild() == []


def test_two_commands_that_write_at_the_same_time(desk_folder, tmp_path):
    """Without taking turns: both batches are complete."""
    files = []
    for part in range(2):
        files.append(tmp_path / f"{part}.json")
        files[-1].write_text(json.dumps([example("pledge", n) for n in range(part, 800, 2)]))
    both = [started(desk_folder, "add", "pledge", str(file)) for file in files]
    for process in both:
        _out, told = process.communicate(timeout=WAIT)
        assert (process.returncode, told) == (0, "")
    with Desk.open(desk_folder) as desk:
        assert desk.lists.count("pledge", Filter()) == 800
        assert desk.maintenance.verify()["ok"]
        # A household described by both is created once.
        made = [
            (r.values["head"], r.values["hamlet"], r.values["commune"])
            for r in desk.lists.stream("household", Filter())
        ]
        assert len(made) == len(set(made))
        assert desk.maintenance.rebuild() == []


def test_threads_of_one_window(window):
    """A worker thread saves while the window reads."""
    told = []

    def work():
        with window.in_thread():
            told.extend(
                window.records.add("clearing", example("clearing", n)).id for n in range(30)
            )

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        assert window.lists.count("clearing", Filter()) <= 30
    worker.join()
    assert {r.id for r in window.lists.stream("clearing", Filter())} == set(told)
    assert len(told) == 30


def test_a_stale_form_is_told(desk_folder, window, cli_inline):
    saved = window.records.add("clearing", example("clearing"))
    done = cli_inline("--desk", desk_folder, "edit", "clearing", saved.id, stdin='{"times": 7}')
    assert done.returncode == 0
    with pytest.raises(RecordChanged) as told:
        window.records.edit("clearing", saved.id, {"times": 3}, base=saved.revision)
    assert told.value.exit_code == 4
    values, newest, _doubts = window.records.read("clearing", saved.id)
    assert values["times"] == 7
    assert (
        window.records.edit("clearing", saved.id, {"hamlet": "x"}, base=newest).revision != newest
    )
    assert window.records.read("clearing", saved.id)[0]["times"] == 7


def test_a_record_deleted_meanwhile(desk_folder, window, cli_inline):
    saved = window.records.add("clearing", example("clearing"))
    words = ("--desk", desk_folder, "delete", "clearing", saved.id, "--reason", "x")
    assert cli_inline(*words).returncode == 0
    with pytest.raises(Exception, match=saved.id) as told:
        window.records.edit("clearing", saved.id, {"times": 3}, base=saved.revision)
    assert told.value.exit_code == 1
    assert window.lists.count("clearing", Filter()) == 0


def test_reference_data_changed_meanwhile(desk_folder, window, cli_inline):
    assert window.book.setting("cut_off_day", window.today(), "0") == "0"
    assert window.book.unit_name("06202-2023") == "Xã Xuất Lễ"
    words = ("--desk", desk_folder, "setting", "set", "cut_off_day", "14")
    assert cli_inline(*words).returncode == 0
    assert window.book.setting("cut_off_day", window.today(), "0") == "14"
    assert window.calendar().parse("2023-12").last.day == 14


@pytest.mark.usefixtures("window")
def test_the_window_does_not_keep_commands_out(desk_folder, cli_inline):
    for words in (["posts"], ["list", "clearing"], ["verify"], ["doctor"]):
        assert cli_inline("--desk", desk_folder, *words).returncode in (0, 1)
    assert cli_inline("--desk", desk_folder, "add", "clearing",
                      stdin=json.dumps(example("clearing"))).returncode == 0  # fmt: skip


@pytest.mark.usefixtures("window")
def test_there_is_one_window(desk_folder):
    second = Lock(desk_folder / "window.lock")
    assert not second.take(exclusive=True)


def test_a_restore_waits_for_everybody_and_keeps_everybody_out(desk_folder, window):
    restore = Lock(desk_folder / "desk.lock")
    adder = started(desk_folder, "add", "clearing", "--keep-going")
    assert "id" in answered(adder, example("clearing"))
    assert not restore.take(exclusive=True)
    window.close()
    assert not restore.take(exclusive=True)
    assert adder.communicate(timeout=WAIT) == ("", "")
    assert restore.take(exclusive=True)
    with pytest.raises(CannotOpen) as told:
        Desk.open(desk_folder)
    assert told.value.exit_code == 3
    late = started(desk_folder, "add", "clearing")
    out, said = late.communicate(json.dumps(example("clearing")), timeout=WAIT)
    assert (late.returncode, out) == (3, "")
    assert said.strip()
    restore.release()
    with Desk.open(desk_folder) as desk:
        assert desk.lists.count("clearing", Filter()) == 1


def test_the_lock_of_a_killed_command_is_gone(desk_folder):
    adder = started(desk_folder, "add", "clearing", "--keep-going")
    assert "id" in answered(adder, example("clearing"))
    restore = Lock(desk_folder / "desk.lock")
    assert not restore.take(exclusive=True)
    adder.kill()
    adder.wait()
    for pipe in (adder.stdin, adder.stdout, adder.stderr):
        pipe.close()
    assert restore.take(exclusive=True)
    restore.release()


def test_a_desk_copied_while_it_is_open_is_whole(desk_folder, window, tmp_path):
    """`copy_to` gives a whole desk while another program is writing."""
    adder = started(desk_folder, "add", "clearing", "--keep-going")
    for n in range(5):
        answered(adder, example("clearing", n))
    (tmp_path / "backup").mkdir()
    window.store.copy_to(tmp_path / "backup" / "desk.db")
    answered(adder, example("clearing", 5))
    assert adder.communicate(timeout=WAIT) == ("", "")
    shutil.copytree(tmp_path / "backup", tmp_path / "again")
    with Desk.open(tmp_path / "again") as copy:
        assert copy.lists.count("clearing", Filter()) == 5
        assert copy.maintenance.verify()["ok"]
    assert window.lists.count("clearing", Filter()) == 6


class AnnouncingLock(Lock):
    """A lock that reports when it could not be taken."""

    def __init__(self, path):
        super().__init__(path)
        self.refused = threading.Event()

    def take(self, *, exclusive):
        taken = super().take(exclusive=exclusive)
        if not taken:
            self.refused.set()
        return taken


@pytest.fixture
def two_locks(desk_folder):
    """The desk's lock, as held by two programs."""
    path = desk_lock_file(desk_folder)
    with Lock(path) as own, AnnouncingLock(path) as other:
        yield own, other


def test_a_copied_desk_opened_by_two_at_once(desk_folder, two_locks):
    """The lock file of a copied folder names the original. Whoever opens the copy corrects that,
    exclusively; two that wait for each other are not refused."""
    own, other = two_locks
    file = database_file(desk_folder)
    place = file.stat()
    with ThreadPoolExecutor(1) as pool:
        for _round in range(5):
            assert own.take(exclusive=True)
            own.write_note(b"0 0")
            own.release()
            assert own.take(exclusive=False)
            assert other.take(exclusive=False)
            waiting = pool.submit(require_shared_file, other, file)
            assert other.refused.wait(WAIT)
            require_shared_file(own, file)
            waiting.result(WAIT)
            assert own.note() == other.note() == b"%d %d" % (place.st_dev, place.st_ino)
            own.release()
            other.release()
            other.refused.clear()


def test_opening_waits_for_a_moment_of_exclusive_use(two_locks):
    """Another program records the file that it opens, briefly."""
    own, other = two_locks
    assert own.take(exclusive=True)
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(take_shared, other)
        assert other.refused.wait(WAIT)
        own.release()
        assert opening.result(WAIT)
