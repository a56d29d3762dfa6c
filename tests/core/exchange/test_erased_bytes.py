"""Erased data is gone from the bytes of the desk's files, not only from what is shown."""

from pathlib import Path

import pytest

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.exchange.entries.erasures import UNWIPED
from borderdesk.exchange.receiving.imports import IMPORTED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.store.lists.listing import Filter
from tests.exchanging import new_desk, send, trust
from tests.factories import example

WORDS = ("kjqwxz", "vbnmpo", "0977665544")
"""Words that occur nowhere else."""


@pytest.fixture
def home(post):
    """A household with an earlier name, named by a pledge, and open in a form."""
    raw = {**example("household"), "head": "Kjqwxz Vbnmpo", "phone": "0977665544"}
    record = post.records.add("household", raw).id
    post.records.add("pledge", {**example("pledge"), "household": record})
    post.records.edit("household", record, {"head": "Vbnmpo", "phone": None})
    post.drafts.keep_draft("household", {"record": record, "texts": {"head": "Kjqwxz"}})
    post.drafts.park_draft("household")
    # Earlier versions kept the last saved form completely.
    post.preferences.prefer("memory/pledge", {"last": {"household": raw}, "used": {"tags": []}})
    return record


def words_in(folder: Path) -> list[str]:
    """The words found in the bytes of a desk's database or of its write-ahead log."""
    files = [database_file(folder), Path(f"{database_file(folder)}-wal")]
    content = b"".join(file.read_bytes() for file in files if file.exists()).lower()
    return [word for word in WORDS if word.encode() in content]


def is_noted(desk: Desk) -> bool:
    return desk.store.value("SELECT 1 FROM meta WHERE key = ?", (UNWIPED,)) is not None


def test_nothing_of_an_erased_household_is_left_in_the_file(post, home):
    assert words_in(post.folder) == list(WORDS)
    other = post.records.add("household", {**example("household"), "head": "Trần Tám"}).id
    post.drafts.keep_draft("household", {"record": other, "texts": {"head": "Trần Tám"}})
    assert post.exchange.erasures.erase_household(home, "Theo đề nghị") == 2
    assert words_in(post.folder) == []
    assert not is_noted(post)
    assert post.maintenance.verify()["ok"]
    assert post.preferences.preferred("memory/pledge") == {"used": {"tags": []}}
    assert [kept.texts["record"] for kept in post.drafts.drafts("household")] == [other]
    assert [one.id for one in post.lists.page("household", Filter(search="tran tam"))] == [other]


def test_where_somebody_is_reading_the_next_backup_wipes(post, home, tmp_path):
    with Desk.open(post.folder) as window:
        with window.store.snapshot():
            assert window.lists.count("household", Filter()) == 1
            post.exchange.erasures.erase_household(home, "Theo đề nghị")
            assert is_noted(post)
        made = window.backups.make(tmp_path / "stick")
    assert words_in(post.folder) == []
    content = made.file.read_bytes().lower()
    assert not [word for word in WORDS if word.encode() in content]
    assert not is_noted(post)


def test_an_erasure_that_a_package_brings_wipes_too(post, home, tmp_path):
    with new_desk(tmp_path / "province", "province", "20", 2) as province:
        trust(post, province)
        card = province.exchange.cards.own()
        whole = send(post, tmp_path / "a", wish=ExportOptions([card], reason="Đối chiếu"))
        assert province.exchange.imports.take(whole).status == IMPORTED
        assert words_in(province.folder)
        post.exchange.erasures.erase_household(home, "Theo đề nghị")
        province.exchange.imports.take(send(post, tmp_path / "b"))
        assert words_in(province.folder) == []
        assert not is_noted(province)
