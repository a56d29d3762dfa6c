"""The figures of a month that were corrected since, or that differ for the same records."""

from borderdesk.exchange.tracking.board_details import ComparedFigure, compared_figures
from borderdesk.exchange.tracking.statement_check import CorrectedFigure, StatedDifference


def test_a_figure_that_was_corrected_shows_before_now_and_why():
    corrected = [CorrectedFigure("tracks", "Tracks", "track", 3, 4, "counted again")]
    same = ComparedFigure("Tracks", "track", 3, 4, None, "counted again")
    assert compared_figures([], corrected) == [same]
    differs = [StatedDifference("tracks", "Tracks", "track", 3, 5)]
    assert compared_figures(differs, corrected) == [same._replace(here=5)]


def test_the_earliest_of_two_corrections_says_what_it_was():
    first = CorrectedFigure("tracks", "Tracks", "track", 2, 4, "twice")
    second = CorrectedFigure("tracks", "Tracks", "track", 3, 4, "once")
    (found,) = compared_figures([], [first, second])
    assert (found.before, found.now, found.why) == (2, 4, "twice")


def test_a_figure_that_only_differs_has_nothing_new():
    differs = [StatedDifference("tracks", "Tracks", "track", 0, None)]
    assert compared_figures(differs, []) == [ComparedFigure("Tracks", "track", 0, None, None, "")]
