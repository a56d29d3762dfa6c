"""Searching households: best matches first, namesakes distinguished, hamlets offered."""

import pytest

from borderdesk.entry.household_marks import distinguishing_texts
from borderdesk.overview.finder import find_records

ALIKE = {"head": "Hứa Văn Lâm", "commune": "06196", "hamlet": "Nà Mỏ"}


@pytest.mark.parametrize(
    "more",
    [
        [{}, {}, {}],
        [{"phone": "0912345678"}, {"phone": "0987655678"}],
        [{"citizen_id": "020085001234"}, {"citizen_id": "020096001234"}],
        [{"note": "con ông Sáng, ở đầu bản"}, {"note": "con ông Sáng, ở đầu bản phía suối"}, {}],
    ],
    ids=["nothing", "ends of telephones", "masked IDs", "beginnings of notes"],
)
def test_no_two_namesakes_are_told_apart_by_the_same_words(post_desk, more):
    for one in more:
        post_desk.records.add("household", {**ALIKE, **one})
    found = post_desk.households.find("hua van lam")
    assert len({one.mark for one in found}) == len(more)
    hamlet = post_desk.round.households("06196-2025", "Nà Mỏ", "phao", post_desk.today())
    assert {one.mark for one in hamlet} == {one.mark for one in found}


def test_a_namesake_has_as_few_marks_as_tell_it_apart():
    marks = [["020•••", "con ông Sáng"], ["5/11"], ["5/11"], ["•••5678", "x"], ["•••5678", "y"]]
    assert distinguishing_texts(marks) == [
        "020•••",
        "5/11 · 2",
        "5/11 · 3",
        "•••5678 · x",
        "•••5678 · y",
    ]
    assert distinguishing_texts([["a"], ["a", "b"], []]) == ["a · 1", "a · b", "3"]


def test_the_household_of_that_very_name_is_found_before_those_that_share_its_words(post_desk):
    heads = []
    middles = ["An", "Bình", "Chung", "Dũng", "Giang", "Hà"]
    for middle in middles:
        for given in middles:
            heads += [f"Lâm Bảo {middle} {given}", f"{middle} Lâm Bảo {given}"]
    heads += ["Lâm Bảo", "Lam Bao Viet", "Lâm Bảo Việt"]
    lines = [(n, {**ALIKE, "head": head}) for n, head in enumerate(heads)]
    post_desk.records.add_batch("household", lines)
    heads = [one.head for one in post_desk.households.find("Lâm Bảo")]
    assert heads[0] == "Lâm Bảo"
    assert len(heads) == 20
    assert all(head.startswith("Lâm Bảo ") for head in heads[1:])
    assert [one.head for one in post_desk.households.find("lam bao viet")][:2] == [
        "Lam Bao Viet",
        "Lâm Bảo Việt",
    ]
    assert post_desk.households.find("Lâm Bảo Việt")[0].head == "Lâm Bảo Việt"
    found = find_records(post_desk, "lam bao viet")
    assert "Lâm Bảo Việt" in found[0].text or "Lam Bao Viet" in found[0].text


def test_that_very_name_is_found_among_thousands_that_stand_before_it(post_desk):
    heads = [*(f"An Lâm Bảo {number}" for number in range(2_010)), "Lâm Bảo"]
    lines = [(n, {**ALIKE, "head": head}) for n, head in enumerate(heads)]
    post_desk.records.add_batch("household", lines)
    assert post_desk.lists.nearest("household", "lam bao", 1)[0].values["head"] == "Lâm Bảo"


def test_the_households_of_the_posts_own_places_are_found_first(post_desk):
    for commune in ("05998-2023", "06196-2023", "06196-2025"):
        values = {**ALIKE, "commune": commune, "valid_from": "2024-01-01"}
        post_desk.records.add("household", values)
    found = post_desk.lists.nearest("household", "hua van lam", 3)
    assert {one.values["commune"] for one in found[:2]} == {"06196-2023", "06196-2025"}


def test_hamlets_of_what_became_a_commune_are_offered_in_it(post_desk):
    before = {**ALIKE, "commune": "06196-2023", "hamlet": "Khuổi Cấp", "valid_from": "2024-01-01"}
    post_desk.records.add("household", before)
    assert "Khuổi Cấp" in post_desk.households.hamlets("06196-2025")
    assert "Khuổi Cấp" not in post_desk.households.hamlets("06004-2025")
