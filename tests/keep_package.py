"""Stores a package of this release, so that later ones can test importing it: `python -m
tests.keep_package` writes tests/data/package-<version>.bdx and its expected content."""

import json
import shutil
import tempfile
from pathlib import Path

from borderdesk import __version__
from borderdesk.schema.records import RECORD_TYPES
from tests.exchanging import clearing, new_desk, send, state
from tests.factories import example

DATA = Path(__file__).parent / "data"


def main():
    """Write the package, its author's card, and the figures it must give."""
    with tempfile.TemporaryDirectory() as scratch:
        with new_desk(Path(scratch) / "post", "post", "BS", 1) as post:
            for name in RECORD_TYPES:
                post.records.add(name, {**example(name, 1), "post": "BS"}, new_picks=True)
            changed = post.records.add("clearing", clearing(post=None, participants=18))
            post.records.edit("clearing", changed.id, {"participants": 19})
            gone = post.records.add("clearing", clearing(post=None, participants=44))
            post.records.delete("clearing", gone.id, "Nhập nhầm")
            post.exchange.notes.add_note("clearing", changed.id, "Đã đối chiếu.")
            path = send(post, Path(scratch), "2000-01-01..2026-12-31")
            told, records = state(post), post.maintenance.verify()["records"]
            card = post.exchange.cards.own()
        target = DATA / f"package-{__version__}.bdx"
        shutil.copy(path, target)
    known = {
        "card": card._asdict(), "totals_hash": told[0], "records": records,
        "figures": {key: value for key, value in told[2] if value},
    }  # fmt: skip
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
    target.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
