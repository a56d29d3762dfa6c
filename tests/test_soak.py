"""A short form of `run.py soak`: some kills and cuts; the long one is run before a release."""

from tests.soak import OPERATIONS, Soak


def test_a_few_kills_and_cuts_lose_nothing(tmp_path):
    run = Soak(tmp_path, seed=7)
    run.cut(24)
    for name in ("add", "backup", "upgrade"):
        assert name in OPERATIONS
        run.kill(name)
    assert run.faults == []
    assert run.done["cuts"] == 24
    assert run.done["acknowledged saves due"] > 0
