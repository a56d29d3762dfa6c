"""The figure at a position of a page, and pages on another paper size than the settings."""

from pathlib import Path

import pytest

from borderdesk.reports.blocks import PageSpot
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.preview import ReportPages

SPOT = PageSpot(1, 10, 20, 30, 40, "tracks value")
UPRIGHT, LANDSCAPE = (595.0, 842.0), (842.0, 595.0)


def pages(**changes):
    made = ReportPages(Request("summary", "2023-12"), Path("x.pdf"), [UPRIGHT], None, "A4", [SPOT])
    return made._replace(**changes)


@pytest.mark.parametrize(
    ("page", "x", "y", "found"),
    [
        (1, 10, 20, SPOT),
        (1, 30, 40, SPOT),
        (1, 9.9, 20, None),
        (1, 30.1, 40, None),
        (1, 10, 19.9, None),
        (1, 10, 40.1, None),
        (0, 10, 20, None),
    ],
)
def test_a_figure_is_found_to_its_edge(page, x, y, found):
    assert pages().spot_at(page, x, y) == found


def test_only_landscape_pages_follow_the_paper(desk):
    assert not pages(wide_paper="A3").is_outdated(desk)
    assert not pages(sizes=[UPRIGHT, LANDSCAPE]).is_outdated(desk)
    assert pages(sizes=[UPRIGHT, LANDSCAPE], wide_paper="A3").is_outdated(desk)
    # What follows the first page may be landscape.
    assert pages(wide_paper="A3", complete=False).is_outdated(desk)
