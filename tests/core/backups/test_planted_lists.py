"""A forged list of erased households beside a backup erases nothing."""

import json
import shutil

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.erasure_list import (
    FILE_NAME,
    ErasureListRefused,
    effect_text,
    write_list,
)
from borderdesk.desk import Desk
from tests.factories import example


@pytest.fixture
def home(post_desk):
    """A household of the desk."""
    return post_desk.records.add("household", {**example("household"), "head": "Kjqwxz"}).id


@pytest.fixture
def stranger(post_template, tmp_path):
    """An unknown desk of the same post, which learnt the household's id."""
    with Desk.open(shutil.copytree(post_template, tmp_path / "stranger")) as desk:
        desk.exchange.renewal.renew_desk()
        yield desk


def planted(desk, record):
    """What an attacker may write: lists without a signature, or in another desk's name."""
    one = {"record": record, "reason": "Xóa", "desk": desk.identity.id,
           "time": "2026-01-01T00:00:00.000Z"}  # fmt: skip
    old = {"kind": "borderdesk-erasures", "erased": [one]}
    card = desk.exchange.cards.own()
    false = {"desk": card.desk, "key": card.minisign, "erased": [one], "signature": "AAAA"}
    return [old, {"kind": "borderdesk-erasures", "format": 2, "lists": [false]}]


def test_a_list_that_nobody_signed_is_refused_and_told(post_desk, home, tmp_path, cli_inline):
    made = post_desk.backups.make(tmp_path / "stick")
    for listed in planted(post_desk, home):
        (tmp_path / "stick" / FILE_NAME).write_text(json.dumps(listed))
        into = tmp_path / "again"
        done = cli_inline("--desk", post_desk.folder, "restore", made.file, "--into", into)
        assert done.returncode == 4, done.stderr
        assert FILE_NAME in done.stderr
        assert not into.exists()
        line = post_desk.audit.lines(limit=1)[0]
        assert (line.kind, line.subject) == ("restore.refused", made.file.name)
        # The next backup writes the desk's own erasures.
        write_list(post_desk, tmp_path / "stick")


def test_a_list_by_a_stranger_is_refused_where_it_would_erase(post_desk, home, stranger, tmp_path):
    made = post_desk.backups.make(tmp_path / "stick")
    other = stranger.records.add("household", example("household", 3)).id
    stranger.exchange.erasures.erase_part(other, "Chuyển đi")
    write_list(stranger, tmp_path / "stick")
    # It names nothing in this backup: one stick may have backups of several desks.
    assert restore(made.file, tmp_path / "first").erased == 0
    row = "INSERT INTO erasure (record, reason, desk, time) VALUES (?, 'x', ?, ?)"
    time = "2026-01-01T00:00:00.000Z"
    stranger.store.run(row, (home, stranger.identity.id, time))
    write_list(stranger, tmp_path / "stick")
    with pytest.raises(ErasureListRefused):
        restore(made.file, tmp_path / "second")
    # An accepted desk of the same post may.
    post_desk.exchange.cards.accept_card(stranger.exchange.cards.own())
    trusted = post_desk.backups.make(tmp_path / "stick")
    assert restore(trusted.file, tmp_path / "third").erased == 1


def test_one_altered_letter_is_seen(post_desk, home, tmp_path):
    made = post_desk.backups.make(tmp_path / "stick")
    other = post_desk.records.add("household", example("household", 3)).id
    post_desk.exchange.erasures.erase_household(other, "Chuyển đi")
    file = tmp_path / "stick" / FILE_NAME
    file.write_text(file.read_text().replace(other, home))
    with pytest.raises(ErasureListRefused):
        restore(made.file, tmp_path / "again")


def test_a_planted_desk_beside_the_backups_erases_nothing(post_desk, home, stranger, tmp_path):
    made = post_desk.backups.make()
    folder = stranger.folder / "backups"
    folder.mkdir()
    shutil.copy(made.file, folder)
    stranger.store.run(
        "INSERT INTO erasure (record, reason, desk, time) VALUES (?, 'x', ?, 'x')", (home, "y")
    )
    assert restore(folder / made.file.name, tmp_path / "again").erased == 0


def test_the_effect_is_told_first_and_a_desk_under_a_new_id_still_signs(
    post_desk, home, tmp_path, cli_inline
):
    first = post_desk.backups.make(tmp_path / "stick")
    post_desk.exchange.renewal.renew_desk()
    post_desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    post_desk.backups.make(tmp_path / "stick")
    assert "1" in effect_text(tmp_path / "stick")
    done = cli_inline(
        "--desk", tmp_path / "none", "restore", first.file, "--into", tmp_path / "again"
    )
    assert done.returncode == 0, done.stderr
    assert home in done.stderr
    with Desk.open(tmp_path / "again") as again:
        assert "head" not in again.records.read("household", home)[0]
        assert again.audit.lines(limit=1)[0].kind == "backup.restored"
