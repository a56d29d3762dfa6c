"""A short form of `run.py soak`: a kill and some cuts; the long one is run before a release."""

from tests.soak import Soak


def test_a_kill_and_some_cuts_lose_nothing(tmp_path):
    run = Soak(tmp_path, seed=7)
    run.cut(12)
    run.kill("add")
    assert run.faults == []
    assert run.done["cuts"] == 12
    assert run.done["acknowledged saves due"] > 0
