"""Coordination regulations from files: what is read, stored and refused, and where."""

import datetime
import json
from decimal import Decimal

import openpyxl
import pytest

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.figures import regulations
from borderdesk.figures.regulations import load_regulation, read_regulation
from borderdesk.figures.targets import MOST, ClauseTable, RegulationTable, regulation_facts

FACTS = {"number": "12/QC", "year": 2023, "parties": "Đồn và xã", "signed_on": "2023-02-01"}
COUNTED = {"no": "1", "text": "Phát quang", "indicator": "clearing_participants",
           "rule": "at_least", "value": 300, "scope": "post:BS"}  # fmt: skip
UNCOUNTED = {"no": "2", "text": "Họp mỗi quý"}


def scope_of(typed, year):
    """A scope as stored, with the year it was requested for."""
    if typed == "nowhere":
        raise UserError("no such scope")
    return f"{typed}@{year}"


def load(desk, **changes):
    read = {**FACTS, "clause": [COUNTED, UNCOUNTED], **changes}
    read = {key: value for key, value in read.items() if value is not ...}
    with desk.writing():
        return load_regulation(desk.store, read, ["clearing_participants"], scope_of)


def kept(desk, table, *names):
    fields = [getattr(table, name) for name in names]
    return [tuple(row) for row in desk.store.fetch(table.select(*fields).order_by(*fields))]


def clauses(desk):
    return kept(desk, ClauseTable, "no", "text", "indicator", "rule", "value", "scope")


def problems(desk, **changes):
    before = clauses(desk)
    with pytest.raises(InvalidRecord) as caught:
        load(desk, **changes)
    assert clauses(desk) == before
    assert kept(desk, RegulationTable, "number") == []
    assert all(caught.value.problems.values())
    return caught.value.problems


def problem_of_clause(desk, **changes):
    """The paths of the problems in a second clause."""
    found = problems(desk, clause=[UNCOUNTED, {**COUNTED, **changes}])
    assert all(key.startswith("clause[1].") for key in found)
    return {key.removeprefix("clause[1].") for key in found}


def test_a_regulation_is_kept_with_its_clauses(post_desk):
    assert load(post_desk) == 2
    row = ("12/QC", 2023, "Đồn và xã", "2023-02-01")
    assert kept(post_desk, RegulationTable, "number", "year", "parties", "signed_on") == [row]
    assert clauses(post_desk) == [
        ("1", "Phát quang", "clearing_participants", "at_least", "300", "post:BS@2023"),
        ("2", "Họp mỗi quý", "", "", "", "province@2023"),
    ]
    assert kept(post_desk, ClauseTable, "regulation", "year") == [("12/QC", 2023)] * 2


def test_signs_that_nobody_sees_are_left_out_of_a_regulation(post_desk):
    assert load(post_desk, number="12/\u200bQC\xa0", parties="Đồn\xa0và\xad xã") == 2
    assert kept(post_desk, RegulationTable, "number", "parties") == [("12/QC", "Đồn và xã")]


def test_the_facts_of_a_regulation_are_of_its_number_and_year(post_desk):
    load(post_desk)
    store = post_desk.store
    assert regulation_facts(store, "12/QC", 2023) == ("Đồn và xã", "2023-02-01")
    assert regulation_facts(store, "12/QC", 2024) == ("", "")
    assert regulation_facts(store, "13/QC", 2023) == ("", "")


def test_a_later_version_takes_the_place_of_its_number_and_year_alone(post_desk):
    load(post_desk)
    load(post_desk, year=2024)
    load(post_desk, number="13/QC")
    assert load(post_desk, parties=["Đồn", "Xã"], clause=[UNCOUNTED], signed_on=...) == 1
    assert kept(post_desk, ClauseTable, "regulation", "year", "no") == [
        ("12/QC", 2023, "2"), ("12/QC", 2024, "1"), ("12/QC", 2024, "2"),
        ("13/QC", 2023, "1"), ("13/QC", 2023, "2"),
    ]  # fmt: skip
    assert kept(post_desk, RegulationTable, "number", "year", "parties", "signed_on") == [
        ("12/QC", 2023, "Đồn; Xã", ""), ("12/QC", 2024, "Đồn và xã", "2023-02-01"),
        ("13/QC", 2023, "Đồn và xã", "2023-02-01"),
    ]  # fmt: skip
    assert load(post_desk, clause=[]) == 0


@pytest.mark.parametrize("year", [2000, 2200])
def test_the_first_and_last_year_there_is(post_desk, year):
    assert load(post_desk, year=year) == 2


WRONG = (
    ({"year": 1999}, {"year"}), ({"year": 2201}, {"year"}), ({"year": "2023"}, {"year"}),
    ({"year": True}, {"year"}), ({"year": ...}, {"year"}), ({"number": ...}, {"number"}),
    ({"number": " "}, {"number"}), ({"number": False}, {"number"}),
    ({"number": ["a", 1]}, {"number"}), ({"parties": 1.5}, {"parties"}),
    ({"parties": "x" * 4_001}, {"parties"}), ({"parties": "a\x07"}, {"parties"}),
    ({"signed_on": "32/1/2023"}, {"signed_on"}), ({"signed_on": {}}, {"signed_on"}),
    ({"clause": "none"}, {"clause"}), ({"clause": ...}, {"clause"}),
    ({"clauses": [], "a": 1}, {"clauses", "a"}), ({"clause": ["x"]}, {"clause[0]"}),
    ({"year": 1, "number": 1.5, "clause": 1}, {"year", "number", "clause"}),
)  # fmt: skip


def test_what_is_wrong_is_told_where_it_is_and_nothing_is_kept(post_desk):
    for changes, wrong in WRONG:
        assert problems(post_desk, **changes).keys() == wrong, changes


WRONG_CLAUSES = (
    ({"indicator": "no_such"}, {"indicator"}), ({"rule": "about"}, {"rule"}),
    ({"rule": None}, {"rule"}), ({"value": None}, {"value"}), ({"value": -1}, {"value"}),
    ({"value": MOST + 1}, {"value"}), ({"value": "300"}, {"value"}),
    ({"value": True}, {"value"}), ({"indicator": None, "rule": None, "value": "x"}, {"value"}),
    ({"indicator": 1.5}, {"indicator"}), ({"scope": 1.5}, {"scope"}),
    ({"scope": "nowhere"}, {"scope"}), ({"no": 1.5, "text": 1.5}, {"no", "text"}),
    ({"regulation": "x", "year": 1}, {"regulation", "year"}),
)  # fmt: skip


def test_what_is_wrong_with_a_clause_is_told_with_its_place(post_desk):
    for changes, wrong in WRONG_CLAUSES:
        assert problem_of_clause(post_desk, **changes) == wrong, changes


@pytest.mark.parametrize("value", [0, MOST, Decimal("0.5")])
def test_the_least_and_the_most_that_a_target_may_be(post_desk, value):
    load(post_desk, clause=[{**COUNTED, "value": value}])
    assert clauses(post_desk)[0][4] == str(value)


def test_the_longest_text_and_a_number_in_digits_are_taken(post_desk):
    load(post_desk, number=12, parties="x" * 4_000, signed_on="1/2/2023", clause=[])
    assert kept(post_desk, RegulationTable, "number", "parties", "signed_on") == [
        ("12", "x" * 4_000, "2023-02-01")
    ]


def test_scopes_are_looked_up_only_where_everything_else_is_right(post_desk):
    wrong = {**COUNTED, "scope": "nowhere"}
    assert problems(post_desk, year=1, clause=[wrong]).keys() == {"year"}


# ---------------------------------------------------------------------------------- files


def workbook(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


HEAD = ("no", "text", "indicator", "rule", "value", None, "scope")


def test_a_spreadsheet_says_the_same_as_json(tmp_path):
    path = workbook(
        tmp_path / "a.XLSX", (" number ", "12/QC"), ("year", 2023.0), ("parties", "Đồn và xã"),
        ("signed_on", datetime.datetime(2023, 2, 1)), ("note", "x"), (None,), HEAD,
        ("1", "Phát quang", "clearing_participants", "at_least", 300.0, "lề", "post:BS"),
        (),
        ("2", "Họp mỗi quý"),
    )  # fmt: skip
    read = read_regulation(path)
    assert read == {**FACTS, "clause": [COUNTED, UNCOUNTED]}
    assert type(read["year"]) is int
    other = tmp_path / "a.json"
    other.write_text("\ufeff" + json.dumps(read), encoding="utf-8")
    assert read_regulation(other) == read


def test_numbers_of_files_are_exact(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("indicator", "value"), ("x", 0.1))
    assert read_regulation(path) == {"clause": [{"indicator": "x", "value": Decimal("0.1")}]}
    path = tmp_path / "a.json"
    path.write_text('{"clause": [{"value": 0.1}]}', encoding="utf-8")
    assert read_regulation(path) == {"clause": [{"value": Decimal("0.1")}]}


def test_a_formula_is_what_it_came_to_and_no_table_is_no_clause(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("number", "=1+1"), ("year",))
    assert read_regulation(path) == {"number": None, "year": None, "clause": []}


@pytest.mark.parametrize("content", ["{", "[1]", '"x"', "[" * 100_000, b"\xff"])
@pytest.mark.parametrize("suffix", ["json", "xlsx"])
def test_a_file_that_is_no_regulation_is_named(tmp_path, content, suffix):
    path = tmp_path / f"quy-chế.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match="quy-chế"):
        read_regulation(path)


def test_a_file_that_is_not_there_or_too_large_is_named(tmp_path, monkeypatch):
    path = tmp_path / "quy-chế.json"
    with pytest.raises(UserError, match="quy-chế"):
        read_regulation(path)
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(regulations, "MOST_BYTES", 2)
    assert read_regulation(path) == {}
    path.write_text("{ }", encoding="utf-8")
    with pytest.raises(UserError, match="quy-chế"):
        read_regulation(path)
