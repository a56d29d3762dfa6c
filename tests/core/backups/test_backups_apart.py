"""Backups made by real processes: killed at any moment, during saves, on full disks."""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import time

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.erasure_list import FILE_NAME, read_list
from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.store.connection import database as store
from borderdesk.store.lists.listing import Filter
from tests.core.test_side_by_side import WAIT, answered, started
from tests.effort import tries
from tests.factories import example

KILLS = tries(20, 44)
MOMENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


@pytest.fixture
def filled(desk_folder):
    """The folder of a closed desk with some records."""
    with Desk.open(desk_folder) as desk:
        for n in range(12):
            desk.records.add("pledge", example("pledge", n))
    return desk_folder


def files_of(folder):
    """{name: hash} of all files in a folder that look like a backup."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).digest()
        for path in folder.glob("**/*.db") if path.parent == folder
    }  # fmt: skip


def in_child(work):
    """A child process doing `work`: its pid, and the pipe it writes to."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            work(write_end)
        finally:
            os._exit(0)
    os.close(write_end)
    return pid, os.fdopen(read_end, "rb")


def dying(at):
    """Make this process kill itself at its `at`-th access to a folder or opening of a file; returns
    a function that gives the count so far."""
    left = [at]

    def touched(event, _arguments):
        if event in MOMENTS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touched)
    return lambda: at - left[0]


def backing_up(folder, at):
    """A function that makes a backup and dies at a moment, printing the number of moments."""

    def work(pipe):
        with Desk.open(folder) as desk:
            os.write(pipe, b"!")
            seen = dying(at)
            desk.backups.make()
            os.write(pipe, json.dumps(seen()).encode())

    return work


def test_killed_at_any_moment(filled, tmp_path):
    """Everything with the name of a backup can be restored; earlier backups are unchanged; the next
    one succeeds, and no leftovers of the killed one remain."""
    chance = random.Random(filled.name)
    own = filled / "backups"
    with Desk.open(filled) as desk:
        home = next(desk.lists.stream("household", Filter())).id
        desk.exchange.erasures.erase_household(home, "Theo đề nghị")
        desk.backups.make()
        told = desk.maintenance.verify()
    began = time.perf_counter()
    pid, pipe = in_child(backing_up(filled, 1 << 40))
    with pipe:
        moments = int(pipe.read()[1:])
    os.waitpid(pid, 0)
    seconds = time.perf_counter() - began
    left_something = 0
    for kill in range(KILLS):
        former = files_of(own)
        (own / FILE_NAME).unlink()
        if kill % 2:
            # The last moments one by one: the file gets its name and is logged there.
            at = chance.randrange(1, moments + 1) if kill % 4 == 1 else moments - kill // 4
            pid, pipe = in_child(backing_up(filled, at))
        else:
            pid, pipe = in_child(backing_up(filled, 1 << 40))
            pipe.read(1)
            until = time.perf_counter() + chance.random() * seconds
            while time.perf_counter() < until:
                pass
            os.kill(pid, signal.SIGKILL)
        with pipe:
            pipe.read()
        os.waitpid(pid, 0)
        there = files_of(own)
        assert former.items() <= there.items()
        for name in there.keys() - former.keys():
            # Wherever there is a backup, the erasures are listed beside it.
            assert [one[0] for one in read_list(own)] == [home]
            restored = restore(own / name, tmp_path / "again")
            assert restored.totals_hash == told["totals_hash"]
            shutil.rmtree(tmp_path / "again")
        left_something += any(path.suffix == ".part" for path in own.iterdir())
        with Desk.open(filled) as desk:
            made = desk.backups.make()
            assert made.totals_hash == told["totals_hash"]
            assert desk.backups.newest() == made
        assert {path.name for path in own.iterdir()} == {*there, made.file.name, FILE_NAME}
        made.file.unlink()
    assert left_something > KILLS // 8
    with Desk.open(filled) as desk:
        assert desk.maintenance.verify() == told


def test_a_killed_restoration_leaves_no_desk_and_the_next_one_tidies(filled, tmp_path):
    with Desk.open(filled) as desk:
        made = desk.backups.make()
    content = made.file.read_bytes()
    into = tmp_path / "place" / "again"
    for at in range(1, 50):

        def work(_pipe, at=at):
            dying(at)
            restore(made.file, into)

        pid, pipe = in_child(work)
        with pipe:
            pipe.read()
        killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        assert made.file.read_bytes() == content
        if into.exists():
            # The kill, if any, came after everything was done.
            with Desk.open(into) as again:
                assert again.maintenance.verify()["ok"]
            shutil.rmtree(into)
        assert restore(made.file, into).totals_hash == made.totals_hash
        assert [path.name for path in into.parent.iterdir()] == ["again"]
        shutil.rmtree(into)
        if not killed:
            break
    else:
        pytest.fail("a restoration touches more files than expected")
    assert at > 5


# ------------------------------------------------------------------------ saving goes on


def test_saving_goes_on_during_a_backup(filled, monkeypatch):
    """Another process saves at every step of the backup: each save is acknowledged while the copy
    waits, the backup has the state of its start, the desk has everything."""
    monkeypatch.setattr(store, "COPIED_PAGES", 10)
    adder = started(filled, "add", "clearing", "--keep-going")
    answered(adder, example("clearing", 0))
    saved = []
    with Desk.open(filled) as desk:
        before = desk.maintenance.verify()

        def save(done, whole):
            assert 0 <= done <= whole
            if len(saved) < 40:
                saved.append(answered(adder, example("clearing", 1 + len(saved)))["id"])

        made = desk.backups.make(progress=save)
        assert len(saved) > 20
        assert (made.revisions, made.totals_hash) == (before["revisions"], before["totals_hash"])
        assert adder.communicate(timeout=WAIT) == ("", "")
        told = desk.maintenance.verify()
        assert told["ok"]
        assert told["revisions"] == before["revisions"] + len(saved)
        assert {row.id for row in desk.lists.stream("clearing", Filter())} >= set(saved)


def test_a_backup_that_is_stopped_leaves_nothing_and_is_no_failure(filled):
    with Desk.open(filled) as desk:
        seen = []
        first = desk.backups.make(progress=lambda done, _all: seen.append(done))
        assert seen == sorted(seen)
        assert seen[-1] == 1_000
        for stop in range(len(seen)):
            calls = iter(range(len(seen)))

            def tell(_done, _all, calls=calls, stop=stop):
                if next(calls) == stop:
                    raise OperationStopped

            with pytest.raises(OperationStopped):
                desk.backups.make(progress=tell)
            assert [path.name for path in desk.backups.folder().iterdir()] == [first.file.name]
        assert desk.backups.all() == [first]
        assert desk.maintenance.verify()["ok"]


# ------------------------------------------------------------------------ full disks


def limited(folder, most):
    """The outcome of a child process that backs up while no file may grow beyond `most` bytes."""

    def work(pipe):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            with Desk.open(folder) as desk:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
                told = ["done", str(desk.backups.make().file)]
        except UserError as error:
            told = ["refused", str(error)]
        except BaseException as error:
            told = ["crashed", repr(error)]
        os.write(pipe, json.dumps(told).encode())

    pid, pipe = in_child(work)
    with pipe:
        told = json.loads(pipe.read())
    os.waitpid(pid, 0)
    return told


def test_a_disk_that_is_full_at_any_byte_leaves_no_half_backup(filled, tmp_path):
    own = filled / "backups"
    with Desk.open(filled) as desk:
        first = desk.backups.make()
        told = desk.maintenance.verify()
        whole = first.size
    refusals = 0
    for most in [*range(0, whole, whole // 12), whole - 1, whole, 8 << 20]:
        kind, said = limited(filled, most)
        assert kind != "crashed", said
        new = files_of(own).keys() - {first.file.name}
        # Nothing, or a complete file that only could not be logged.
        assert {path.name for path in own.iterdir()} == {first.file.name, *new}
        for name in new:
            assert restore(own / name, tmp_path / "again").totals_hash == told["totals_hash"]
            shutil.rmtree(tmp_path / "again")
            (own / name).unlink()
        refusals += kind == "refused"
        if kind == "refused":
            assert said
    assert refusals >= 12
    with Desk.open(filled) as desk:
        assert desk.maintenance.verify() == told
        assert first.is_in_place()
        tried = desk.backups.all()
        assert any(one.failed for one in tried)
        assert desk.backups.newest() == first


def test_too_little_room_is_said_with_figures_before_anything_is_written(filled, monkeypatch):
    free = shutil.disk_usage(filled)._replace(free=5 << 20)
    with Desk.open(filled) as desk:
        first = desk.backups.make()
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
        with pytest.raises(UserError, match=r"cần \d+ MB, còn trống 5 MB"):
            desk.backups.make()
        with pytest.raises(UserError, match=r"cần \d+ MB, còn trống 5 MB"):
            restore(first.file, filled.parent / "again")
        monkeypatch.undo()
        assert files_of(desk.backups.folder()).keys() == {first.file.name}
        assert list(filled.parent.glob(".*.part")) == []
        assert [bool(one.failed) for one in desk.backups.all()] == [True, False]
        assert "5 MB" in desk.backups.all()[0].failed
        assert database_file(filled).exists()
