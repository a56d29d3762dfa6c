"""Sticks pulled out, full disks, killed processes: a package is written completely or not at all,
and imported completely or not at all."""

import errno
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from borderdesk.exchange.reading.packages import read_package
from borderdesk.exchange.receiving.imports import IMPORTED, REFUSED, UNCHANGED
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import RevisionStamp, current
from borderdesk.store.records.history import NewVersion
from borderdesk.store.records.writer import Writer
from tests.effort import tries
from tests.exchanging import clearing, entries, new_desk, send, state

ROOT = Path(__file__).resolve().parents[3]
KILLS = tries(10, 24)
RECORDS = 400


def filled(post, count=RECORDS):
    """Many records, some of them changed or undone since."""
    lines = [
        (n, clearing(post=None, participants=1 + n % 60, started_on=f"2023-{1 + n % 12:02}-04"))
        for n in range(count)
    ]
    saved = [one for _n, one in post.records.add_batch("clearing", lines)]
    for one in saved[:20]:
        post.records.edit("clearing", one.id, {"participants": 61})
    post.records.delete("clearing", saved[-1].id, "Nhập nhầm")


# ---------------------------------------------------------------------- the disk is full


def limited(work, most):
    """The outcome of a child process doing `work` while no file may grow beyond `most` bytes: the
    text it returned, or the error message."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            told = ["done", work(lambda: _limit(most))]
        except UserError as error:
            told = ["refused", str(error)]
        except BaseException as error:
            told = ["crashed", repr(error)]
        os.write(write_end, json.dumps(told).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        told = json.loads(pipe.read())
    os.waitpid(pid, 0)
    return told


def _limit(most):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("locked", [False, True])
def test_a_disk_that_is_full_at_any_byte_leaves_no_half_package(tmp_path, locked):
    folder, stick = tmp_path / "post", tmp_path / "stick"
    with new_desk(folder, "post", "BS", 1) as post:
        filled(post, 40)
        card = post.exchange.cards.own()
        whole = send(post, tmp_path / "whole").stat().st_size

    def export(limit):
        from borderdesk.exchange.sending.exports import ExportOptions

        with Desk.open(folder) as desk:
            limit()
            wish = ExportOptions([card]) if locked else ExportOptions()
            return str(desk.exchange.exports.export("2023", stick, wish))

    refusals = 0
    for most in [*range(0, whole, max(1, whole // 12)), whole - 1, 8 << 20]:
        shutil.rmtree(stick, ignore_errors=True)
        kind, told = limited(export, most)
        there = sorted(stick.iterdir()) if stick.exists() else []
        assert kind != "crashed", told
        if kind == "done":
            assert [str(path) for path in there] == [told]
            continue
        refusals += 1
        assert told
        # Either nothing is there, or a complete file that only could not be logged.
        for path in there:
            assert path.suffix in (".bdx", ".age")
            if not locked:
                with path.open("rb") as file:
                    assert sum(1 for _one in read_package(file).records()) == 40
    assert refusals >= 12
    with Desk.open(folder) as post:
        assert post.maintenance.verify()["ok"]


def test_a_desk_whose_disk_is_full_takes_a_package_whole_or_not_at_all(pair, tmp_path):
    post, province = pair
    filled(post, 200)
    path = send(post, tmp_path / "stick")
    province.close()
    outcomes = set()
    for most in (0, 40_000, 120_000, 200_000, 300_000, 400_000, 64 << 20):
        copy = Path(shutil.copytree(province.folder, tmp_path / f"copy{most}"))

        def take(limit, copy=copy):
            with Desk.open(copy) as desk:
                limit()
                return desk.exchange.imports.take(path).status

        kind, told = limited(take, most)
        assert kind != "crashed", told
        with Desk.open(copy) as desk:
            assert desk.maintenance.verify()["ok"]
            count = desk.maintenance.verify()["records"]
            batches = len(desk.exchange.batches.all())
        assert (kind, count, batches) in {("done", 199, 1), ("refused", 0, 0)}
        outcomes.add(kind)
        if kind == "done":
            assert told == IMPORTED
    assert outcomes == {"done", "refused"}


def test_a_file_too_large_for_the_disk_is_said_in_the_persons_words():
    from borderdesk.base.errors import reason

    for code in (errno.EFBIG, errno.ENODEV, errno.ENOSPC, errno.EIO, errno.EROFS):
        told = reason(OSError(code, os.strerror(code)))
        assert told != os.strerror(code)


# ---------------------------------------------------------------------- the stick is pulled


def test_a_stick_pulled_while_writing_leaves_nothing_and_is_said(pair, tmp_path):
    post, _province = pair
    filled(post, 1_200)
    stick, away = tmp_path / "stick", tmp_path / "away"

    def pulled(_done, _all):
        if stick.exists():
            stick.rename(away)

    with pytest.raises(UserError) as told:
        post.exchange.exports.export("2023", stick, _wish(), pulled)
    assert "Chưa gửi gì" in str(told.value)
    assert post.exchange.exports.sent() == []
    shutil.rmtree(away)
    assert send(post, stick).name.endswith("_2023_1.bdx")


def _wish():
    from borderdesk.exchange.sending.exports import ExportOptions

    return ExportOptions()


def test_a_stick_that_cannot_be_written_to_is_said(pair, tmp_path):
    post, _province = pair
    file = tmp_path / "file"
    file.write_bytes(b"")
    for folder in (file, file / "below", Path("/proc/1")):
        with pytest.raises(UserError):
            send(post, folder)
    assert post.exchange.exports.sent() == []


def test_a_stick_that_cannot_be_read_is_said_and_its_file_is_not_called_broken(pair):
    _post, province = pair
    before = state(province)
    told = province.exchange.imports.take(Path("/proc/self/mem"))
    assert (told.status, "không đọc" in told.reason.lower()) == (REFUSED, True)
    missing = province.exchange.imports.take(Path("/nowhere/x.bdx"))
    assert missing.status == REFUSED
    assert province.exchange.quarantine.refused_files() == []
    assert state(province) == before


def test_a_package_written_before_is_not_written_over(pair, tmp_path):
    """A desk restored from a backup numbers its files from there, but overwrites nothing."""
    post, _province = pair
    filled(post, 5)
    first = send(post, tmp_path / "stick")
    content = first.read_bytes()
    with post.store.transaction_for_writing():
        post.store.run("DELETE FROM package_out")
    second = send(post, tmp_path / "stick")
    assert second.name.endswith("_2023_2.bdx")
    assert first.read_bytes() == content


# ---------------------------------------------------------------------- the clock is set back


def test_what_was_written_while_the_clock_was_ahead_is_followed_by_what_was_written_after(
    pair, tmp_path
):
    post, province = pair
    raw = clearing(post=None, participants=18)
    with post.writing():
        entering = post.records.rules()
        (change,) = entering.prepare(ALL_TYPES["clearing"], raw)
        writer = Writer(post.store, post.book)
        writer.write(change, RevisionStamp("A", post.identity.id, "2093-01-01T00:00:00.000Z"))
        writer.finish()
    assert isinstance(change, NewVersion)
    province.exchange.imports.take(send(post, tmp_path))
    edited = post.records.edit("clearing", change.record, {"participants": 19})
    late = send(post, tmp_path)
    province.exchange.imports.take(late)
    for desk in (post, province):
        values, revision, _doubts = desk.records.read("clearing", change.record)
        assert (values["participants"], revision) == (19, edited.revision)
        history = desk.records.history("clearing", change.record)
        assert current(v.node() for v in history).id.hex() == edited.revision
        assert desk.maintenance.verify()["ok"]
    assert province.exchange.inbox.doubles() == []


# ---------------------------------------------------------------------- the process is killed

NURSERY = """
import json, os, random, signal, shutil, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from borderdesk.desk import Desk
import borderdesk.exchange.receiving.imports

def run(folder, deed, steps):
    pid = os.fork()
    if pid == 0:
        with Desk.open(folder) as desk:
            left = [steps]
            def step():
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            desk.store.connection().set_progress_handler(step, 50)
            if deed == "import":
                desk.exchange.imports.take(Path({path!r}))
            else:
                desk.exchange.batches.undo_batch(desk.exchange.batches.all()[0].id)
        os._exit(0)
    return os.waitpid(pid, 0)[1]

for line in sys.stdin:
    folder, deed, steps = json.loads(line)
    status = run(Path(folder), deed, steps)
    print(json.dumps(os.WIFSIGNALED(status)), flush=True)
"""


def test_an_import_or_its_undoing_that_is_killed_happened_whole_or_not_at_all(pair, tmp_path):
    post, province = pair
    filled(post)
    path = send(post, tmp_path / "stick")
    province.exchange.imports.take(path)
    after = state(province)
    (batch,) = province.exchange.batches.all()
    province.exchange.batches.undo_batch(batch.id)
    before = state(province)
    province.close()
    chances = random.Random(11)
    script = NURSERY.format(root=str(ROOT), path=str(path))
    killed = 0
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as nursery:  # fmt: skip
        most = {"import": 2_000, "undo": 3_200}
        for _kill in range(KILLS):
            with Desk.open(province.folder) as desk:
                taken = any(not one.undone for one in desk.exchange.batches.all())
            deed = "undo" if taken else "import"
            steps = int(most[deed] * chances.random())
            nursery.stdin.write(json.dumps([str(province.folder), deed, steps]) + "\n")
            nursery.stdin.flush()
            killed += json.loads(nursery.stdout.readline())
            with Desk.open(province.folder) as desk:
                now = any(not one.undone for one in desk.exchange.batches.all())
                assert state(desk) == (after if now else before)
        nursery.stdin.close()
    assert killed >= KILLS / 3
    with Desk.open(province.folder) as desk:
        assert desk.exchange.imports.take(path).status in (IMPORTED, UNCHANGED)
        assert state(desk) == after
    assert set(entries(path)) >= {"datapackage.json", "data/clearing.csv"}
