"""Records dated after the end of a post are refused wherever a person enters them; those of a
package count as signed by their desk."""

import pytest

from borderdesk.base.errors import InvalidRecord
from tests.exchanging import clearing, everything, new_desk, send, trust

END = "2023-11-30"


def end_post(desk, folder, code="BS", became="CL"):
    """Let a post end, and become another."""
    row = desk.book.posts[code]
    file = folder / "ended.csv"
    file.write_text(
        "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
        f"{code},{row.name},,{' '.join(row.communes)},1,0,,{END},{became}\n", "utf-8",
    )  # fmt: skip
    desk.reference.load(file)


def refused(call, *given):
    with pytest.raises(InvalidRecord) as raised:
        call(*given)
    return raised.value.problems


def test_nothing_new_is_logged_for_a_post_that_ended(post_desk, tmp_path):
    desk = post_desk
    kept = desk.records.add("clearing", clearing(started_on=END)).id
    later = desk.records.add("clearing", clearing(started_on="2023-12-04", times=2)).id
    end_post(desk, tmp_path)
    told = refused(desk.records.add, "clearing", clearing(post=None))
    assert list(told) == ["post"]
    assert "30/11/2023" in told["post"]
    assert desk.book.post_name("CL") in told["post"]
    assert list(refused(desk.records.edit, "clearing", kept, {"started_on": "2023-12-01"})) == [
        "post"
    ]
    # Records logged before the list ended the post can still be corrected.
    desk.records.edit("clearing", later, {"participants": 3})
    desk.records.add("clearing", clearing(post=None, started_on=END, times=3))
    taking_part = clearing(post="BS", started_on=END, with_posts=["HN"], times=4)
    desk.records.add("clearing", taking_part)
    end_post(desk, tmp_path, "HN", "")
    late = desk.records.add("clearing", clearing(started_on=END, times=5)).id
    assert "with_posts" in refused(
        desk.records.edit, "clearing", late, {"started_on": "2023-12-01", "with_posts": ["HN"]}
    )


def test_a_sheet_is_refused_row_by_row(post_desk, tmp_path, cli_inline):
    end_post(post_desk, tmp_path)
    post_desk.close()
    sheet = tmp_path / "list.csv"
    sheet.write_text(
        "Ngày;Loại;Xã;Lượt người\n"
        "30/11/2023;Phát quang đường tuần tra;Xuất Lễ;5\n"
        "01/12/2023;Phát quang đường tuần tra;Xuất Lễ;6\n",
        "utf-8",
    )
    told = cli_inline("--desk", post_desk.folder, "sheet", "clearing", sheet)
    assert told.returncode == 1
    assert '"accepted": 1' in told.stdout
    assert '"row": 3' in told.stdout
    assert '"column": "Đồn"' in told.stdout


def test_what_came_with_a_package_counts_whatever_the_list_here_says(tmp_path):
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, province)
        post.records.add("clearing", clearing())
        end_post(province, tmp_path)
        assert province.exchange.imports.take(send(post, tmp_path / "a")).added == 1
        assert province.lists.count("clearing", everything()) == 1
