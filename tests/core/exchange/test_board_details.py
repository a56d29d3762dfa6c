"""The figures of a month that was sent again, or that is worked out otherwise here."""

from borderdesk.exchange.board import ResentFigure, StatedDifference
from borderdesk.exchange.board_details import ComparedFigure, compared_figures


def test_a_figure_sent_again_is_the_same_here_until_it_differs():
    resent = [ResentFigure("tracks", "Tracks", "track", 3, 4, "counted again")]
    same = ComparedFigure("Tracks", "track", 3, 4, 4, "counted again")
    assert compared_figures([], resent) == [same]
    differs = [StatedDifference("tracks", "Tracks", "track", 4, 5)]
    assert compared_figures(differs, resent) == [same._replace(here=5)]


def test_a_figure_sent_once_has_none_before():
    differs = [StatedDifference("tracks", "Tracks", "track", 0, None)]
    assert compared_figures(differs, []) == [ComparedFigure("Tracks", "track", None, 0, None, "")]
