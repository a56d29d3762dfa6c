"""Pick lists: matching of texts, entries on a day, and rereading."""

from borderdesk.base.i18n import set_language
from borderdesk.schema.pick_lists import FOREVER, PickEntry, PickLists


def entry(code, vi, en="", valid_to=FOREVER):
    return PickEntry("topic", code, vi, en, "", valid_to)


def lists(*entries):
    return PickLists(lambda: entries)


def test_a_text_names_an_entry_by_code_label_or_folded_label():
    topics = lists(
        entry("ma", "Phòng, chống ma túy", "Drugs"), entry("co", "Cờ"), entry("cô", "Cỡ")
    )
    texts = (
        "ma",
        "Phòng, chống ma túy",
        "phong, chong ma tuy",
        "Phòng chống ma túy",
        "drugs",
        "Cờ",
        "Cỡ",
    )
    assert [topics.pick_code("topic", text) for text in texts] == ["ma"] * 5 + ["co", "cô"]
    # A code counts before a label; a folded label of two entries means neither.
    assert topics.pick_code("topic", "co") == "co"
    assert lists(entry("1", "Cờ"), entry("2", "Cỡ")).pick_code("topic", "co") is None
    assert lists(entry("1", "A, b"), entry("2", "A; b")).pick_code("topic", "a b") is None
    assert topics.pick_code("other", "ma") is None
    assert topics.pick_code("topic", "Drugs and more") is None


def test_an_entry_has_the_label_of_the_language_and_is_searched_by_one():
    topics = lists(entry("a", "Một", "One"), entry("b", "Hai"))
    for language, labels in (("vi", ["Một", "Hai", "c"]), ("en", ["One", "Hai", "c"])):
        set_language(language)
        assert [topics.pick_label("topic", code) for code in "abc"] == labels
        assert [topics.pick_words("topic", code) for code in "abc"] == ["Một", "Hai", "c"]


def test_an_entry_ends_with_its_last_day():
    topics = lists(entry("a", "Một", valid_to="2023-06-30"), entry("b", "Hai"))
    assert [topics.pick_ended("topic", code) for code in "abc"] == ["2023-06-30", FOREVER, FOREVER]
    days = ("2023-06-29", "2023-06-30", "2023-07-01")
    assert [topics.time(day) - topics.time(days[0]) for day in days] == [0, 0, 1]


def test_an_added_entry_is_known_at_once_and_lists_are_read_anew():
    stored = [entry("a", "Một", valid_to="2023-06-30")]
    topics = PickLists(lambda: tuple(stored))
    assert (topics.pick_code("topic", "Hai"), topics.time("2023-07-01")) == (None, 1)
    topics.add("topic", "b", "Hai")
    topics.add("new", "c", "Ba")
    names = [("topic", "hai"), ("topic", "Hai"), ("topic", "b"), ("new", "Ba")]
    assert [topics.pick_code(*one) for one in names] == ["b", "b", "b", "c"]
    assert topics.pick_label("topic", "b") == "Hai"
    stored[:] = [entry("d", "Bốn")]
    assert [*topics.picks["topic"]] == ["a", "b"]
    topics.invalidate()
    assert [*topics.picks] == ["topic"]
    assert [*topics.picks["topic"]] == ["d"]
    assert [topics.pick_code("topic", text) for text in ("Hai", "bon")] == [None, "d"]
    assert topics.time("2023-07-01") == 0


def test_a_list_that_there_is_not_has_no_entries():
    topics = lists(entry("a", "Một", "One"))
    assert topics.pick_code("other", "a") is None
    assert topics.pick_code("other", "một hai") is None
    assert (topics.pick_label("other", "a"), topics.pick_words("other", "a")) == ("a", "a")
    assert topics.pick_ended("other", "a") == FOREVER
    assert topics.pick_ended("topic", "b") == FOREVER
