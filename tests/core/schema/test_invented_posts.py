"""An invented post or hamlet may be on a demonstration or practice desk, never on a real one."""

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.desk import Desk
from borderdesk.schema.invented import INVENTED_FROM, invented_hamlets
from borderdesk.schema.reference.files import shipped_file
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.schema.reference.post import PostTable


def test_a_real_desk_has_no_invented_post_and_its_markers_are_a_real_ones(desk, tmp_path):
    with Desk.create(tmp_path / "demo", "province", "20", "A", demo=True) as demo:
        (invented,) = [code for code, post in demo.book.posts.items() if post.invented]
        kept = {marker for marker, (post, *_rest) in demo.book.markers.items() if post == invented}
    assert invented not in desk.book.posts
    assert kept
    owners = {desk.book.markers[marker][0] for marker in kept}
    assert owners <= desk.book.posts.keys()


def test_the_shipped_file_adds_no_invented_post(desk):
    before = list(desk.book.posts)
    assert desk.reference.load(shipped_file(PostTable)) == ("posts", len(before), 1)
    assert list(desk.book.posts) == before


@pytest.mark.parametrize("name", ["Đồn Biên phòng Giả định", "Đồn cửa khẩu GIẢ  ĐỊNH", "giả định"])
@pytest.mark.parametrize("code", ["GD", "ZZ"])
def test_none_comes_in_that_says_it_is_real(desk, tmp_path, code, name):
    before = list(desk.book.posts)
    file = tmp_path / "posts.csv"
    file.write_text(
        "code,name,gate,communes,communes_verified,invented\n"
        f"BK,Đồn Biên phòng Bình Khê,,06622,1,0\n{code},{name},,06622,1,0\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidRecord) as raised:
        desk.reference.load(file)
    assert list(raised.value.problems) == ["dòng 3, invented"]
    assert list(desk.book.posts) == before


def test_no_hamlet_of_a_demonstration_comes_in(desk, tmp_path):
    file, real = tmp_path / "hamlets.csv", tmp_path / "real.csv"
    head = ",".join(HamletTable.columns())
    rows = [f"{one.commune},{one.name},1,80,{INVENTED_FROM}," for one in invented_hamlets()]
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    with pytest.raises(InvalidRecord) as raised:
        desk.reference.load(file)
    assert raised.value.count == len(rows)
    assert not desk.book.hamlets
    # A true one of that name in that commune has a first day of its own.
    real.write_text("\n".join([head, rows[0].replace(INVENTED_FROM, "2015-01-01")]), "utf-8")
    assert desk.reference.load(real) == ("hamlets", 1, 0)
