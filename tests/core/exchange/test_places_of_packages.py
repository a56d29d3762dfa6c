"""Reference data of packages, against the data signed here."""

import csv

import pytest

from tests.exchanging import clearing, new_desk, send, trust

HEAD = "id code name kind parent border valid_from valid_to successors".split()
UNIT = ["99001-2023", "99001", "Xã Thử", "commune", "183-2023", "1", "2000-01-01", "9999-12-31", ""]


FIRST, SECOND = "183-2023", "182-2023"
"""Two districts given for the commune."""


@pytest.fixture
def two_desks(tmp_path):
    """A post and a province that know each other."""
    post = new_desk(tmp_path / "post", "post", "BS", 1)
    province = new_desk(tmp_path / "province", "province", "20", 2)
    with post, province:
        trust(post, province)
        yield post, province


def tell_unit(desk, folder, parent):
    """Add a commune of a district to the post's own list."""
    file = folder / "units.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, [parent if c == "183-2023" else c for c in UNIT]])
    desk.reference.load(file)


@pytest.mark.parametrize("closed", [False, True])
def test_a_package_does_not_redraw_what_is_signed(two_desks, tmp_path, closed):
    post, province = two_desks
    for number, parent in enumerate((FIRST, SECOND)):
        tell_unit(post, tmp_path, parent)
        post.records.add("clearing", clearing(commune="99001", times=1 + number))
        sent = send(post, tmp_path, "2023-12")
        assert province.exchange.imports.take(sent).status == "imported"
        if not number and closed:
            name = province.book.units[FIRST].name
            province.closing.close_period("2023-12", f"district:{name}", number="1")
    assert province.book.units["99001-2023"].parent == (FIRST if closed else SECOND)


@pytest.mark.parametrize("closed", [False, True])
def test_undoing_a_batch_does_not_redraw_what_is_signed(two_desks, tmp_path, closed):
    post, province = two_desks
    for number, parent in enumerate((FIRST, SECOND)):
        tell_unit(post, tmp_path, parent)
        day = f"{2023 + number}-12-04"
        post.records.add("clearing", clearing(commune="99001", started_on=day))
        last = province.exchange.imports.take(send(post, tmp_path, f"{2023 + number}-12"))
        assert last.status == "imported"
    if closed:
        name = province.book.units[SECOND].name
        province.closing.close_period("2023-12", f"district:{name}", number="1")
    province.exchange.batches.undo_batch(last.batch)
    assert province.book.units["99001-2023"].parent == (SECOND if closed else FIRST)


def test_a_file_that_was_set_aside_brings_its_places_back(two_desks, tmp_path):
    post, province = two_desks
    for number, parent in enumerate((FIRST, SECOND)):
        tell_unit(post, tmp_path, parent)
        post.records.add("clearing", clearing(commune="99001", started_on=f"{2023 + number}-12-04"))
        last = province.exchange.imports.take(send(post, tmp_path, f"{2023 + number}-12"))
    (first, _second) = province.exchange.batches.all()[::-1]
    known = province.book.units["99001-2023"]
    for batch, left in ((last.batch, known._replace(parent=FIRST)), (first.id, None)):
        gone = [batch, *(one.id for one in province.exchange.batches.undone_with(batch))]
        province.exchange.batches.undo_batch(batch, aside=True)
        assert province.book.units.get("99001-2023") == left
        for one in reversed(gone):
            province.exchange.batches.take_back(one)
        assert province.book.units["99001-2023"] == known
