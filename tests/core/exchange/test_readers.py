"""Our packages as read by later releases and by analysts."""

import json
import re
from pathlib import Path

import pytest

from borderdesk.exchange.desks.cards import Card
from borderdesk.exchange.receiving.imports import IMPORTED
from tests.exchanging import clearing, new_desk, send, state, trust

ROOT = Path(__file__).resolve().parents[3]
KEPT = sorted((ROOT / "tests" / "data").glob("package-*.bdx"))


def test_a_package_of_every_release_is_kept():
    from borderdesk import __version__

    assert f"package-{__version__}.bdx" in [path.name for path in KEPT]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_package_of_every_release_still_comes_in(tmp_path, path):
    known = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with new_desk(tmp_path / "province", "province", "20", 2) as desk:
        desk.exchange.cards.accept_card(Card(**known["card"]))
        told = desk.exchange.imports.take(path)
        assert (told.status, told.refused_rows) == (IMPORTED, 0)
        totals, _doubles, figures = state(desk)
        assert totals == known["totals_hash"]
        assert desk.maintenance.verify()["records"] == known["records"]
        assert {key: value for key, value in figures if value} == known["figures"]


def test_a_folder_of_packages_answers_questions_by_the_code_for_analysts(
    tmp_path, monkeypatch, capsys
):
    """An edit and a deletion from later packages count as they must."""
    page = (ROOT / "docs" / "analysts.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as one,
        new_desk(tmp_path / "cl", "post", "CL", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        kept = one.records.add("clearing", clearing(post=None, participants=18))
        gone = one.records.add("clearing", clearing(post=None, participants=44))
        two.records.add("clearing", clearing(post=None, participants=7, started_on="2023-11-04"))
        folder = tmp_path / "goi"
        paths = [
            send(desk, folder, period) for desk in (one, two) for period in ("2023-11", "2023")
        ]
        one.records.edit("clearing", kept.id, {"participants": 20})
        one.records.delete("clearing", gone.id, "Nhập nhầm")
        paths.append(send(one, folder, "2023-12"))
        paths.append(send(two, folder, "2023-02"))
        for path in paths:
            province.exchange.imports.take(path)
        rows = province.store.rows(
            "SELECT post, substr(started_on, 1, 7), SUM(times), SUM(participants) FROM clearing"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        )
        here = [tuple(row) for row in rows]
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(code, names)
    assert names["result"].fetchall() == here
    assert [row[3] for row in here] == [20, 7]
    assert "BS" in capsys.readouterr().out
    names["con"].close()
