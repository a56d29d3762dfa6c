"""Sticks for the tests of the exchange: the desks of twelve posts, and the files each of them
wrote."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from tests.factories import POSTS, border_codes, example
from tests.gui.steps import press

Raw = dict[str, Any]
WAIT = 60_000


def work(post: str, day: datetime.date, **more: Any) -> Raw:
    """A clearing on a day."""
    plain = {k: v for k, v in example("clearing", 1).items() if not k.startswith("of_whom")}
    place = {"post": post, "commune": border_codes(day)[0], "hamlet": None}
    return {**plain, **place, "started_on": day.isoformat(), **more}


@contextmanager
def post_desk_of(folder: Path, post: str, number: int) -> Iterator[Desk]:
    """The desk of a post, created if missing; `number` makes its id."""
    if not folder.exists():
        Desk.create(folder, "post", post, f"Người {number}", desk_id=f"{number:032x}").close()
    with Desk.open(folder) as desk:
        yield desk


def months_ago(desk: Desk, count: int) -> Period:
    """The month so many before the current one."""
    calendar = desk.calendar()
    month = calendar.month_of(desk.today())
    for _turn in range(count):
        month = calendar.month_of(month.first - datetime.timedelta(days=1))
    return month


class Sticks:
    """The desks of the posts below a folder, and the sticks they write."""

    def __init__(self, folder: Path, posts: Sequence[str] = POSTS) -> None:
        self.folder = folder
        self.posts = list(posts)
        self.written: dict[str, list[Path]] = {post: [] for post in posts}

    def desk(self, post: str) -> Any:
        """A post's desk, open within a `with`."""
        return post_desk_of(self.folder / post, post, 1 + self.posts.index(post))

    def stick(self, post: str) -> Path:
        """The folder that stands for a post's stick."""
        return self.folder / f"stick-{post}"

    def write(self, desk: Desk, post: str, period: str, wish: ExportOptions | None = None) -> Path:
        """Export a period of a post's open desk to its stick."""
        path = desk.exchange.exports.export(period, self.stick(post), wish or ExportOptions())
        self.written[post].append(path)
        return path


# ------------------------------------------------------------------------- at the window


def settle(qtbot, page):
    """Wait until a page or panel shows everything it requested; a failure names what is not
    idle."""

    def shown():
        assert page.idle(), not_idle(page)

    qtbot.waitUntil(shown, timeout=WAIT)
    QApplication.processEvents()
    qtbot.waitUntil(shown, timeout=WAIT)


def not_idle(page):
    """The panels with outstanding requests, and what they wait for."""
    panels = getattr(page, "panels", [page])
    waiting = [type(one).__name__ for one in panels if not one.idle()]
    tasks = page._tasks
    running = [type(one).__name__ for one in tasks.children() if getattr(one, "running", False)]
    return {"panels": waiting, "running": running, "unanswered": tasks.unanswered()}


def drop(page, *paths):
    """Drop files and folders onto the page as a file manager does."""
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(80, 80), copy, dragged, left, none)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(80, 80), copy, dragged, left, none))


def take_all(qtbot, page, *paths):
    drop(page, *paths)
    settle(qtbot, page)
    press("Ctrl+S")
    settle(qtbot, page)
