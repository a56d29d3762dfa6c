"""Operations on many records: all or none, undone exactly; and the totals and selections of a
list."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.desk import Desk
from borderdesk.entry.record_output import as_json
from borderdesk.reports.workbooks.list_files import write_list
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.lists.listing import DOUBTED, MISSING, Filter
from tests.factories import example

CLEARING = {
    "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196", "participants": 12,
}  # fmt: skip


def listed(desk, type_name, chosen=None):
    return {one.id: one for one in desk.lists.stream(type_name, chosen or Filter())}


def as_told(desk, type_name):
    model = RECORD_TYPES[type_name]
    rows = desk.lists.stream(type_name, Filter(), revisions=True)
    told = [as_json(model, one, desk.book) for one in rows]
    return [{k: v for k, v in one.items() if k != "revision"} for one in told]


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_what_is_deleted_together_comes_back_as_it_was(desk, type_name):
    ids = [desk.records.add(type_name, example(type_name, n)).id for n in range(4)]
    before = as_told(desk, type_name)
    desk.bulk.delete_many(type_name, ids[:3], "Nhập nhầm")
    assert set(listed(desk, type_name)) == {ids[3]}
    desk.bulk.undelete_many(type_name, ids[:3])
    key = lambda one: one["id"]  # noqa: E731
    assert sorted(as_told(desk, type_name), key=key) == sorted(before, key=key)
    assert desk.maintenance.verify()["ok"]
    assert desk.maintenance.rebuild() == []


def test_one_that_may_not_be_deleted_undoes_all(desk):
    home = {"head": "Lý A Sáng", "commune": "06196-2023", "hamlet": "Khuổi Tát"}
    named = desk.records.add("household", home).id
    other = desk.records.add("household", {**home, "head": "Lý B"}).id
    pledge = {"signed_on": "2023-05-02", "programme": "buon_lau", "household": named, "post": "BS"}
    desk.records.add("pledge", pledge)
    with pytest.raises(UserError):
        desk.bulk.delete_many("household", [other, named], "Nhập nhầm")
    assert set(listed(desk, "household")) == {named, other}


def test_a_work_that_is_stopped_changes_nothing(desk):
    ids = [desk.records.add("clearing", {**CLEARING, "times": n, "post": "BS"}).id for n in (1, 2)]

    def stop(done, _whole):
        if done:
            raise OperationStopped

    with pytest.raises(OperationStopped):
        desk.bulk.delete_many("clearing", ids, "Nhập nhầm", stop)
    assert set(listed(desk, "clearing")) == set(ids)
    with pytest.raises(OperationStopped):
        desk.bulk.tag_many("clearing", ids, "chi_thi_01", True, stop)
    assert all("tags" not in one.values for one in listed(desk, "clearing").values())


def test_tags_are_given_and_taken_off_only_where_they_change_anything(desk):
    tag, kept = list(desk.book.picks["tag"])[:2]
    first = desk.records.add("clearing", {**CLEARING, "tags": [kept, tag], "post": "BS"}).id
    second = desk.records.add("clearing", {**CLEARING, "times": 2, "post": "BS"}).id
    assert desk.bulk.tag_many("clearing", [first, second], tag, True) == [second]
    assert desk.records.read("clearing", second)[0]["tags"] == [tag]
    assert desk.bulk.tag_many("clearing", [first, second], tag, False) == [first, second]
    assert desk.records.read("clearing", first)[0]["tags"] == [kept]
    assert "tags" not in desk.records.read("clearing", second)[0]


counts = st.integers(1, 3_000)
lengths = st.one_of(st.none(), st.integers(0, 90_000).map(lambda n: Decimal(n).scaleb(-1)))
rows = st.lists(st.tuples(counts, counts, lengths, st.dates(
    datetime.date(2023, 1, 1), datetime.date(2023, 3, 31))), max_size=6)  # fmt: skip


@pytest.fixture(scope="module")
def sums_desk(province_template, tmp_path_factory):
    import shutil

    folder = shutil.copytree(province_template, tmp_path_factory.mktemp("sums") / "desk")
    with Desk.open(folder) as desk:
        yield desk


@settings(max_examples=25)
@given(rows)
def test_totals_are_the_sums_of_what_is_listed(sums_desk, rows):
    desk = sums_desk
    gone = desk.lists.ids("clearing", Filter())
    desk.bulk.delete_many("clearing", gone, "Xóa")
    for times, people, length, day in rows:
        raw = {**CLEARING, "times": times, "participants": people, "post": "BS",
               "started_on": day.isoformat()}  # fmt: skip
        desk.records.add("clearing", raw if length is None else {**raw, "length_m": float(length)})
    chosen = Filter(first=datetime.date(2023, 2, 1), last=datetime.date(2023, 2, 28))
    found = list(desk.lists.stream("clearing", chosen))
    assert desk.lists.ids("clearing", chosen) == [one.id for one in found]
    expected = {}
    for one in found:
        for key in ("times", "participants", "length_m"):
            if key in one.values:
                expected[key] = expected.get(key, 0) + one.values[key]
    assert desk.lists.totals("clearing", chosen) == expected
    only = frozenset(one.id for one in found[:2])
    assert set(listed(desk, "clearing", Filter(ids=only))) == only


def test_what_is_doubtful_or_incomplete_is_found(desk):
    plain = desk.records.add("clearing", {**CLEARING, "post": "BS"}).id
    many = desk.records.add("clearing", {**CLEARING, "participants": 900, "post": "BS"}).id
    doubted = set(listed(desk, "clearing", Filter(review_state=DOUBTED)))
    assert many in doubted
    assert set(listed(desk, "clearing", Filter(review_state=MISSING))) == set()
    # Only records received without their personal part lack a required field.
    desk.store.run("UPDATE clearing SET participants = NULL WHERE id = ?", (plain,))
    assert set(listed(desk, "clearing", Filter(review_state=MISSING))) == {plain}


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_a_whole_record_lacks_nothing(desk, type_name):
    for n in range(3):
        desk.records.add(type_name, example(type_name, n))
    assert desk.lists.count(type_name, Filter(review_state=MISSING)) == 0


def test_a_list_is_written_whole_or_not_at_all(desk, tmp_path):
    for n in (1, 2):
        desk.records.add("clearing", {**CLEARING, "times": n, "post": "BS"})
    target = tmp_path / "ds.csv"
    assert write_list(desk, "clearing", Filter(), target, lambda _done, _all: None) == 2
    text = target.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert len(text.decode("utf-8-sig").splitlines()) == 3

    def stop(done, _whole):
        if done:
            raise OperationStopped

    for suffix in (".csv", ".xlsx"):
        with pytest.raises(OperationStopped):
            write_list(desk, "clearing", Filter(), tmp_path / f"b{suffix}", stop)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["ds.csv"]
