"""The valid values of each setting, on both sides of each bound, and what is sent to other
desks."""

import pytest

from borderdesk.base.errors import UserError
from borderdesk.schema.settings import (
    SettingTable,
    check_setting,
    draws_figures,
    entries,
    handed_on,
    is_at_home,
    is_yes,
    mode_of,
    shipped,
    shown_value,
    stored_value,
)

LINES = ("superior", "issuer", "symbol", "place_name", "signs_for", "signer_office", "signer_rank",
         "signer_name", "archive")  # fmt: skip
FITTING = {
    **dict.fromkeys(("cut_off_day", "due_day"), (["0", "28", " 5 "], ["29", "-1", "", "x", "1.5"])),
    "complete_from": (
        ["2000-01-01", "2200-12-31"], ["1999-12-31", "2201-01-01", "2023", "31/01/2023", "0"]
    ),
    "days_off": (["2027-09-03", "2027-09-03;+2027-09-04"], ["2027-09", "-2027-09-03", "x"]),
    "template": (["government", "party"], ["x", ""]),
    "paper": (["A4", "a3"], ["A5", ""]),
    "signer_mode": (["TM.", "kt", "0", "không"], ["XX", ""]),
    **dict.fromkeys(("show_rank", "circulation"), (["1", "0", "có", "No"], ["2", "x", ""])),
    **dict.fromkeys(LINES, (["a", "a" * 200], ["a" * 201, "a\nb", "a\x07"])),
    **dict.fromkeys(("addressees", "recipients"), (["a; b"], ["a\x07"])),
    "exchange_folder": (["0", "/srv/chung"], ["chung", "./chung", ""]),
}  # fmt: skip


@pytest.mark.parametrize("key", FITTING)
def test_settings_accept_and_refuse_their_values(key):
    right, wrong = FITTING[key]
    assert [check_setting(key, value) for value in right] == [value.strip() for value in right]
    for value in wrong:
        with pytest.raises(UserError, match=key):
            check_setting(key, value)
        if value:
            assert SettingTable.check_cells({"key": key, "value": value}).keys() == {"value"}
    assert SettingTable.check_cells({"key": key, "value": right[0]}) == {}


def test_unseen_signs_go_and_an_unknown_setting_is_named():
    assert check_setting("superior", " BỘ\u200b\u00a0CHỈ HUY ") == "BỘ CHỈ HUY"
    with pytest.raises(UserError, match="“" + "x" * 40 + "”"):
        check_setting("x" * 41, "1")
    for cells in ({"key": "", "value": "1"}, {"key": "paper", "value": ""}):
        assert SettingTable.check_cells(cells) == {}


def test_a_list_has_an_entry_a_line_or_between_semicolons():
    assert check_setting("addressees", " Tỉnh ủy\r\nXã;  Thôn\n") == "Tỉnh ủy\nXã;  Thôn"
    assert check_setting("addressees", "Tỉnh ủy\rXã\u2028Thôn") == "Tỉnh ủy\nXã\nThôn"
    assert entries("Tỉnh ủy\nXã;  Thôn;") == ["Tỉnh ủy", "Xã", "Thôn"]
    with pytest.raises(UserError):
        check_setting("addressees", "a; " + "b" * 201)


def test_words_for_yes_and_for_signing_on_behalf():
    said = [is_yes(text) for text in ("1", "Có", "yes", "0", "không", "x")]
    assert said == [True, True, True, False, False, False]
    assert [mode_of(text) for text in (" tm. ", "TUQ", "0", "TM.x")] == ["TM.", "TUQ.", "", ""]


def test_what_is_handed_on_and_what_stays_with_the_machine():
    assert {key for key in FITTING if handed_on(key, "post") is not None} == {
        "cut_off_day", "due_day", "days_off", "issuer",
    }  # fmt: skip
    assert handed_on("issuer", "post") == "superior"
    assert [handed_on(key, "province") for key in ("issuer", "none")] == ["issuer", "none"]
    assert handed_on("none", "post") is None
    assert {key for key in FITTING if is_at_home(key)} == {"paper", "exchange_folder"}
    assert {key for key in FITTING if draws_figures(key)} == {"cut_off_day", "complete_from"}
    assert (is_at_home("none"), draws_figures("none")) == (False, False)
    assert {cells["key"] for cells in shipped("post")} == {"superior"}
    assert [(one["key"], one["valid_from"][:4]) for one in shipped("province")][-1] == (
        "issuer", "2025",
    )  # fmt: skip


def test_days_are_typed_and_shown_as_people_write_them_and_stored_in_order():
    stored, shown = "2027-09-03; +2027-09-04", "03/09/2027; +04/09/2027"
    assert shown_value("days_off", stored) == shown
    for typed in (shown, "3/9/2027\n+4.9.2027", stored):
        assert stored_value("days_off", typed) == stored
    # Refused, and left as it was typed.
    for typed in ("31/02/2023", "2023", "1/1/23"):
        with pytest.raises(UserError):
            check_setting("complete_from", stored_value("complete_from", typed))
    assert shown_value("complete_from", "2023") == stored_value("complete_from", "2023") == "2023"
    assert stored_value("superior", "Quyết định 1/1/2023") == "Quyết định 1/1/2023"
