"""An invented post stands in a demonstration or practice desk, never in a real one."""

from borderdesk.desk import Desk
from borderdesk.schema.reference.files import shipped_file
from borderdesk.schema.reference.post import PostTable


def test_a_real_desk_has_no_invented_post_and_its_markers_are_a_real_ones(desk, tmp_path):
    with Desk.create(tmp_path / "demo", "province", "20", "A", demo=True) as demo:
        (invented,) = [code for code, post in demo.book.posts.items() if post.invented]
        kept = {marker for marker, (post, *_rest) in demo.book.markers.items() if post == invented}
    assert invented not in desk.book.posts
    assert kept
    owners = {desk.book.markers[marker][0] for marker in kept}
    assert owners <= desk.book.posts.keys()


def test_none_comes_in_with_a_file(desk):
    before = list(desk.book.posts)
    desk.reference.load(shipped_file(PostTable))
    assert list(desk.book.posts) == before
