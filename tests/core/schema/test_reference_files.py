"""Files of reference data: read exactly, errors with line and column."""

import pytest

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.schema.reference.files import LONGEST_CELL, place_of, read_file, rows_of_objects
from borderdesk.schema.reference.pick import PickTable

HEAD = "list,code,vi,en,unit,valid_to"
ROW = {"list": "topic", "code": "a", "vi": "Một", "en": "One", "unit": "", "valid_to": ""}


def read(tmp_path, text, head=HEAD):
    path = tmp_path / "danh-muc.csv"
    path.write_bytes(f"{head}\n{text}".encode())
    return read_file(path)


def wrong(tmp_path, text):
    with pytest.raises(InvalidRecord) as refused:
        read(tmp_path, text)
    assert all(refused.value.problems.values())
    return {*refused.value.problems}


def test_rows_are_read_with_the_lines_they_stand_on(tmp_path):
    found = read(tmp_path, 'topic,a, Một ,One,,\r\n,,,,,\n\ntopic,b,"Hai, ba",Two,,2030-01-01')
    assert (found.table, found.lines) == (PickTable, [2, 5])
    assert found.rows == [
        ROW, {**ROW, "code": "b", "vi": "Hai, ba", "en": "Two", "valid_to": "2030-01-01"},
    ]  # fmt: skip


def test_a_file_of_before_the_later_columns_and_one_with_a_mark_are_read(tmp_path):
    assert read(tmp_path, "topic,a,Một,One,", head="\ufefflist,code,vi,en,unit").rows == [ROW]
    # Of two rows with one key the later counts.
    again = read(tmp_path, "topic,a,x,y,,\ntopic,a,Một,One,,")
    assert (again.rows, again.lines) == ([ROW], [3])


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_file_may_be_saved_by_a_spreadsheet(tmp_path, sign):
    head = "\ufeff" + HEAD.replace(",", sign)
    found = read(tmp_path, sign.join(["topic", "a", "Một, hai", "One", "", ""]), head=head)
    assert found.rows == [{**ROW, "vi": "Một, hai"}]


def test_text_is_composed_and_holds_nothing_unseen(tmp_path):
    """Or a name would stand twice in a list, alike to the eye."""
    for odd in ("Mo\u0302\u0323t,One", "M\u200bột\xa0,One", "\ufeffMột,O\xadne\u2003"):
        assert read(tmp_path, f"topic,a,{odd},,").rows == [ROW]
    assert read(tmp_path, "topic,a,Một\xa0hai,One,,").rows == [{**ROW, "vi": "Một hai"}]


def test_what_is_wrong_is_told_with_its_line_and_column(tmp_path):
    assert wrong(tmp_path, "topic,a,Một,One,\ntopic,b,Hai,Two,,,") == {
        place_of(2, "*"), place_of(3, "*"),
    }  # fmt: skip
    assert wrong(tmp_path, "topic,a,Một,One,,\ntopic,,,Two,,x") == {
        place_of(3, "code"), place_of(3, "vi"), place_of(3, "valid_to"),
    }  # fmt: skip
    assert wrong(tmp_path, "topic,a,\0,One,,") == {place_of(2, "vi")}
    assert wrong(tmp_path, "topic,a,M\x07,One,,") == {place_of(2, "vi")}
    assert wrong(tmp_path, 'topic,a,"M\r\nt",One,,') == {place_of(2, "vi")}
    assert wrong(tmp_path, f"topic,a,{'x' * (LONGEST_CELL + 1)},One,,") == {place_of(2, "vi")}


def test_what_does_not_fit_is_shown_up_to_sixty_signs(tmp_path):
    with pytest.raises(InvalidRecord) as refused:
        read(tmp_path, f"topic,a,Một,One,,{'y' * 70}")
    (said,) = refused.value.problems.values()
    assert f"“{'y' * 60}”" in said


def test_a_file_that_is_none_is_named(tmp_path):
    for text in ('topic,"a"b,c,d,,', 'topic,"a,b'):
        with pytest.raises(UserError, match="danh-muc") as refused:
            read(tmp_path, text)
        assert not isinstance(refused.value, InvalidRecord)
    path = tmp_path / "danh-muc.csv"
    path.write_bytes(HEAD.encode() + b"\ntopic,a,M\xff,One,,")
    with pytest.raises(UserError, match=r"danh-muc.*lưu thành CSV UTF-8"):
        read_file(path)
    path.unlink()
    with pytest.raises(UserError, match="danh-muc"):
        read_file(path)


@pytest.mark.parametrize("head", ["", "code,list,vi,en,unit", "list,code,vi,en", HEAD + ",x"])
def test_a_first_line_that_names_no_type_is_told_with_those_there_are(tmp_path, head):
    with pytest.raises(UserError, match=f"{HEAD}.*fingerprint"):
        read(tmp_path, "topic,a,Một,One,,", head=head)


def test_rows_of_objects_are_texts_by_column(tmp_path):
    old = {key: cell for key, cell in ROW.items() if key != "valid_to"}
    found, refused = rows_of_objects(PickTable, [old, {**ROW, "code": "b"}])
    assert (found.rows, found.lines, refused) == ([ROW, {**ROW, "code": "b"}], [1, 2], [])
    assert read(tmp_path, "topic,a,Một,One,,").rows == [ROW]


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (None, ["*"]), ({**ROW, "x": ""}, ["*"]), ({"list": "topic"}, ["*"]),
        ({**ROW, "en": 1}, ["en"]), ({**ROW, "vi": "Mo\u0302\u0323t"}, ["vi"]),
        ({**ROW, "code": "", "valid_to": "x"}, ["code", "valid_to"]),
        ({**ROW, "vi": "x" * (LONGEST_CELL + 1)}, ["vi"]),
    ],
)  # fmt: skip
def test_of_objects_nothing_counts_where_one_is_refused(row, places):
    found, refused = rows_of_objects(PickTable, [ROW, row])
    assert (found.rows, [one[:2] for one in refused]) == ([], [(2, place) for place in places])
    assert all(message for _number, _key, message in refused)


def test_what_is_no_list_of_objects_is_one_refusal():
    for given in (None, {}, "x"):
        assert [one[:2] for one in rows_of_objects(PickTable, given)[1]] == [(1, "*")]
