"""Kills during saves: everything acknowledged is stored, and nothing partially.

Each group starts a nursery: a process that has imported the program, opened nothing, and forks a
child for each kill. The nursery kills the child after a number of acknowledgements and of idle
turns, or the child kills itself after a number of SQLite virtual machine steps, all drawn from a
seeded generator; nothing sleeps. The test checks the desk after each kill and then requests the
next.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.effort import tries

ROOT = Path(__file__).resolve().parents[3]
KILLS = tries(9, 55)
DESK_SERVES = 6
"""A desk is killed so many times before a new one replaces it."""
PLACES = ["06196", "06202", "06238"]


def clearing(number):
    """The record of a line, identified by its number of participants."""
    return {"post": "BS", "kind": "road_repair", "started_on": f"2023-0{1 + number % 9}-05",
            "commune": PLACES[number % 3], "participants": 1 + number,
            "note": f"dòng {number}"}  # fmt: skip


def pledge(number):
    """A signature that creates its household: two revisions in one save."""
    return {"post": "BS", "signed_on": "2023-05-06", "programme": "phao",
            "household": {"head": f"Lý {number}", "commune": "06196", "hamlet": "Pò Mã"},
            "source_ref": str(number)}  # fmt: skip


# ---------------------------------------------------------------- within the nursery


def add_lines(folder, kind):
    """A child that adds the lines from its pipe, like `add --keep-going`."""
    from borderdesk.cli.app import run_command

    run_command(["--desk", folder, "add", kind, "--keep-going"])


def edit_and_delete(folder, seed):
    """A child that edits and deletes records like the window, reporting before and after each
    operation."""
    from borderdesk.desk import Desk
    from borderdesk.store.lists.listing import Filter

    chance = random.Random(seed)
    with Desk.open(Path(folder)) as desk:
        if chance.random() < 0.5:
            left = [chance.randrange(12_000)]

            def step():
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            desk.store.connection().set_progress_handler(step, 3)
        here = [r.id for r in desk.lists.stream("clearing", Filter())]
        gone = []
        while True:
            what = chance.choice(["add", "edit", "edit", "delete", "undelete"])
            number = chance.randrange(10**6)
            if what == "add" or (what in ("edit", "delete") and not here):
                tell("will", "add", None, number)
                saved = desk.records.add("clearing", clearing(number))
                here.append(saved.id)
                tell("did", "add", saved.id, number, saved.revision)
            elif what == "edit":
                record = chance.choice(here)
                tell("will", "edit", record, number)
                saved = desk.records.edit("clearing", record, {"participants": 1 + number})
                tell("did", "edit", record, number, saved.revision)
            elif what == "delete":
                record = here.pop(chance.randrange(len(here)))
                tell("will", "delete", record, number)
                revision = desk.records.delete("clearing", record, "thử")
                gone.append(record)
                tell("did", "delete", record, number, revision)
            elif gone:
                record = gone.pop()
                tell("will", "undelete", record, number)
                saved = desk.records.undelete("clearing", record)
                here.append(record)
                tell("did", "undelete", record, number, saved.revision)


def tell(*words):
    os.write(1, (json.dumps(words) + "\n").encode())


def forked(work):
    """A forked child doing `work`: its process id, and the ends of the pipes to and from it."""
    child_in, to_child = os.pipe()
    from_child, child_out = os.pipe()
    pid = os.fork()
    if pid == 0:
        for end in (to_child, from_child):
            os.close(end)
        os.dup2(child_in, 0)
        os.dup2(child_out, 1)
        # The inherited stream objects may have buffered input of the nursery.
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        try:
            work()
        finally:
            os._exit(9)
    os.close(child_in)
    os.close(child_out)
    return pid, to_child, from_child


def killed(pid, from_child, got):
    """Kill the child; returns all its output."""
    os.kill(pid, signal.SIGKILL)
    while more := os.read(from_child, 1 << 16):
        got += more
    os.close(from_child)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status), f"the child ended by itself: {status} {got[-500:]}"
    return [json.loads(line) for line in got.decode().split("\n")[:-1]]


def kill_while_adding(folder, chance, first):
    """Send lines in groups, then one more group, and kill; (kind, sent, output)."""
    kind, make = chance.choice([("clearing", clearing), ("pledge", pledge)])
    pid, to_child, from_child = forked(lambda: add_lines(folder, kind))
    sent, got = [], b""
    handfuls = chance.randrange(6)
    for turn in range(handfuls + 1):
        last = turn == handfuls
        numbers = [first + len(sent) + n for n in range(chance.randint(1, 60 if last else 8))]
        # Every group but the last is acknowledged whole; of the last, few lines or none.
        wanted = len(sent) + (chance.choice([0, 0, 0, 1]) if last else len(numbers))
        os.write(to_child, "".join(json.dumps(make(n)) + "\n" for n in numbers).encode())
        sent += numbers
        while got.count(b"\n") < wanted:
            more = os.read(from_child, 1 << 16)
            assert more, "the child ended by itself"
            got += more
    for _idle in range(chance.randrange(300_000)):
        pass
    said = killed(pid, from_child, got)
    os.close(to_child)
    return kind, sent, said


def kill_while_working(folder, chance):
    """Let the child do some operations, then kill it unless it killed itself."""
    seed = chance.random()
    pid, to_child, from_child = forked(lambda: edit_and_delete(folder, seed))
    wanted, got = chance.randrange(60), b""
    while got.count(b"\n") < wanted:
        more = os.read(from_child, 1 << 16)
        if not more:
            break
        got += more
    for _idle in range(chance.randrange(100_000)):
        pass
    said = killed(pid, from_child, got)
    os.close(to_child)
    return said


def nursery(seed):
    """Fork and kill one child for each folder named on the pipe."""
    import borderdesk.cli.commands
    import borderdesk.entry.record_input  # noqa: F401

    chance = random.Random(seed)
    for count, line in enumerate(sys.stdin):
        folder = line.strip()
        if chance.random() < 0.5:
            kind, sent, said = kill_while_adding(folder, chance, 1000 * count)
            told = {"how": "add", "kind": kind, "sent": sent, "said": said}
        else:
            told = {"how": "work", "said": kill_while_working(folder, chance)}
        print(json.dumps(told), flush=True)


# --------------------------------------------------------------------- the desk after it


def look(folder):
    """The content of the desk, after a passed full check."""
    from borderdesk.desk import Desk
    from borderdesk.store.lists.listing import Filter

    with Desk.open(folder) as desk:
        found = desk.maintenance.verify()
        assert found["ok"], found
        assert desk.maintenance.rebuild() == []
        assert desk.maintenance.verify()["totals_hash"] == found["totals_hash"]
        held = {
            kind: {r.id: r.values for r in desk.lists.stream(kind, Filter())}
            for kind in ("clearing", "pledge", "household")
        }
        revisions = {bytes(r[0]).hex() for r in desk.store.rows("SELECT id FROM revision")}
    return held, revisions


def after_adding(told, before, held):
    """Every acknowledged line is a record, in order; any further records are from lines that were
    sent."""
    kind, sent, said = told["kind"], told["sent"], told["said"]
    assert all(list(one) == ["id", "warnings"] for one in said)
    new = {i: v for i, v in held[kind].items() if i not in before[kind]}
    numbers = {
        i: v["participants"] - 1 if kind == "clearing" else int(v["source_ref"])
        for i, v in new.items()
    }
    assert [numbers[one["id"]] for one in said] == sent[: len(said)]
    # One transaction after another: the stored records are a prefix of the sent ones.
    assert sorted(numbers.values()) == sent[: len(numbers)]
    make = clearing if kind == "clearing" else pledge
    for record, number in numbers.items():
        given = make(number)
        house = given.pop("household", None)
        kept = {k: v for k, v in new[record].items() if k in given}
        kept = {k: f"{v}" if k.endswith("_on") else v for k, v in kept.items()}
        if "commune" in kept:
            kept["commune"] = kept["commune"].removesuffix("-2023")
        assert kept == given
        if house:
            assert held["household"][new[record]["household"]]["head"] == house["head"]
    return len(said)


def after_working(told, before, held, revisions):
    """The desk is as after the acknowledged operations, or after these and the one begun."""
    expected = {i: v["participants"] for i, v in before["clearing"].items()}
    kept = dict(expected)
    deeds = told["said"]
    begun = deeds.pop() if deeds and deeds[-1][0] == "will" else None
    for word, what, record, number, *revision in deeds:
        if word == "will":
            continue
        assert revision[0] in revisions
        if what == "delete":
            kept[record] = expected.pop(record)
        elif what == "undelete":
            expected[record] = kept[record]
        else:
            expected[record] = kept[record] = 1 + number
    now = {i: v["participants"] for i, v in held["clearing"].items()}
    if now == expected:
        return len(deeds) // 2
    assert begun is not None
    _will, what, record, number = begun
    if what == "add":
        (made,) = set(now) - set(expected)
        expected[made] = 1 + number
    elif what == "delete":
        del expected[record]
    else:
        expected[record] = kept[record] if what == "undelete" else 1 + number
    assert now == expected
    return len(deeds) // 2


@pytest.mark.long
@pytest.mark.parametrize("group", range(4))
def test_killed_while_saving(province_template, tmp_path, group):
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__)), str(group)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    saved = 0
    with process:
        for count in range(KILLS):
            folder = tmp_path / f"desk{count // DESK_SERVES}"
            if count % DESK_SERVES == 0:
                shutil.copytree(province_template, folder)
                before = look(folder)[0]
            process.stdin.write(f"{folder}\n")
            process.stdin.flush()
            told = json.loads(process.stdout.readline())
            held, revisions = look(folder)
            if told["how"] == "add":
                saved += after_adding(told, before, held)
            else:
                saved += after_working(told, before, held, revisions)
            before = held
            if count % DESK_SERVES == DESK_SERVES - 1:
                shutil.rmtree(folder)
        process.stdin.close()
        assert process.wait() == 0
    assert saved > 3 * KILLS


if __name__ == "__main__":
    nursery(int(sys.argv[1]))
