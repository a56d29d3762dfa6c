"""Invented records are refused on a real desk wherever records come in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.invented import is_marked, marked, minutes
from tests.exchanging import clearing


@given(st.uuids(version=4))
def test_a_mark_is_told_and_no_other_id_has_it(one):
    made = marked(str(one))
    assert is_marked(made)
    assert made[:24] == str(one)[:24]
    assert is_marked(str(one)) == (made == str(one))


def test_what_was_practised_or_invented_is_refused_in_earnest(tmp_path, cli_inline):
    with Desk.create(tmp_path / "demo", "post", "BS", "A", demo=True) as demo:
        demo.records.add("clearing", clearing(post=None))
    told = cli_inline("--desk", tmp_path / "demo", "list", "clearing", "--format", "json")
    (record,) = json.loads(told.stdout)
    assert is_marked(record["id"])
    table = cli_inline("--desk", tmp_path / "demo", "list", "clearing", "--format", "csv").stdout
    Desk.create(tmp_path / "desk", "post", "BS", "A").close()
    for form, text in (("json", json.dumps(record)), ("csv", table)):
        done = cli_inline(
            "--desk", tmp_path / "desk", "add", "clearing", "--format", form, stdin=text
        )
        assert done.returncode == 1
        assert list(json.loads(done.stdout)["errors"]) == ["id"]
    # Nor by a list without ids: the demonstration is named in its texts.
    (tmp_path / "list.csv").write_text(
        "Loại,Từ ngày,Xã,Lượt người,Căn cứ\n"
        f"Tu sửa đường tuần tra,04/12/2023,Cao Lâu,5,{minutes(1, 12)}\n", encoding="utf-8"
    )  # fmt: skip
    done = cli_inline("--desk", tmp_path / "desk", "sheet", "clearing", tmp_path / "list.csv")
    assert json.loads(done.stdout)["accepted"] == 0
    with Desk.open(tmp_path / "desk") as desk:
        assert desk.store.value("SELECT COUNT(*) FROM revision") == 0
        # Another demonstration accepts them, and texts that merely mention one are ordinary.
        kept = desk.records.add("clearing", clearing(post=None, note="Diễn tập (giả định)"))
        assert not is_marked(kept.id)
    Desk.create(tmp_path / "other", "post", "BS", "A", demo=True).close()
    done = cli_inline("--desk", tmp_path / "other", "add", "clearing", stdin=json.dumps(record))
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, record["id"])
