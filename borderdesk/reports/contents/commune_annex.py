"""The annex by commune: every indicator beside the figure of the scope, which is not their sum."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import ceil
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import sort_key
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import PaperFigures
from borderdesk.figures.post_presence import NO_POSTS, PostPresence, post_columns, presence_text
from borderdesk.figures.quantities import DateRange, Scope, Value
from borderdesk.figures.scopes import FigureView, column_notes, columns_of
from borderdesk.figures.shares import figures_of
from borderdesk.figures.shown_figures import ShownFigure, shown
from borderdesk.figures.targets import baselines
from borderdesk.reports.blocks import Block, Column, Heading, Paragraph, Row, Table, figure_cell
from borderdesk.reports.money import MILLIONS_UNIT, is_money, millions
from borderdesk.reports.wording import (
    beyond_all,
    corrected_since,
    paper_notes,
    scope_in_sentence,
)
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.settings import Paper
from borderdesk.session.session import Session
from borderdesk.store.records.counted_revisions import CountedRevisions

ROOMY_COMMUNES: Mapping[Paper, int] = {"A4": 12, "A3": 19}
"""The most columns on a landscape page in a type of the usual size."""
MOST_COMMUNES: Mapping[Paper, int] = {"A4": 26, "A3": 36}
"""The most columns of communes, districts' own included, on a landscape page in small type; more
are divided evenly among tables."""

NOTHING = ShownFigure(None)


class CommuneFigures(NamedTuple):
    """The figures of a period by commune; values: of each column {indicator key: value}; papers:
    of each column the figures that have figures from paper in them, as they are shown; whole: the
    scope's, all as they are shown."""

    columns: list[Scope]
    values: list[dict[str, Value]]
    whole: Mapping[str, ShownFigure]
    papers: list[dict[str, ShownFigure]]

    def shown(self, place: int, key: str) -> ShownFigure:
        """The figure of a column."""
        return self.papers[place].get(key) or ShownFigure(self.values[place][key])


@dataclass(frozen=True)
class PlaceAnnex:
    """An annex of a report with its figures by commune or by post.

    whole: the figures of the scope, computed if not given; counted: the revisions of the closed
    period, other records are left out; paper: of the landscape pages; posts: the names of those
    behind the figures, and of those without any records; corrected: how many counted records were
    changed since the period was closed.
    """

    session: Session
    view: FigureView
    whole: Mapping[str, ShownFigure] | None = None
    counted: CountedRevisions | None = None
    progress: Progress = no_progress
    paper: Paper = "A4"
    posts: PostPresence = NO_POSTS
    corrected: int = 0

    def by_commune(self) -> Iterator[Block]:
        """A table for each district, or a single one; empty for a commune."""
        if not has_communes(self.view):
            return
        book, place_figures = self.session.book, self.figures()
        rows = [row for row in all_rows(book) if _has_figures(place_figures, row)]
        if not rows:
            yield Paragraph(_("There are no records in the period."))
            return
        for title, places in _parts(book, place_figures.columns, self.paper):
            if title:
                yield Heading(title, 2)
            yield _table(
                book, place_figures, rows, places, dense=len(places) > ROOMY_COMMUNES[self.paper]
            )
        yield Paragraph(
            _(
                "Figures of communes are not to be added up: a patrol through several communes"
                " counts in each of them and once as a whole, and a household that signed in two of"
                " them once."
            ),
            "note",
        )
        for note in (*column_notes(place_figures.columns), *self._notes(place_figures, rows)):
            yield Paragraph(note, "note")

    def by_post(self) -> Iterator[Block]:
        """Tables of the posts of a district or the province."""
        columns = post_columns(self.session, self.view)
        place_figures = self.figures(columns)
        for column, values in zip(columns, place_figures.values, strict=True):
            if column.name in self.posts.missing:
                # Nobody knows yet that it did nothing.
                values.update({key: value or None for key, value in values.items()})
        rows = [row for row in all_rows(self.session.book) if _has_figures(place_figures, row)]
        most = ROOMY_COMMUNES[self.paper]
        each = ceil(len(columns) / ceil(len(columns) / most))
        for start in range(0, len(columns), each):
            places = list(range(len(columns)))[start : start + each]
            yield _table(self.session.book, place_figures, rows, places, dense=False)
        yield Paragraph(
            _(
                "“Whole” is the figure of the whole scope: a household of two posts counts once in"
                " it."
            ),
            "note",
        )
        for note in self._notes(place_figures, rows):
            yield Paragraph(note, "note")

    def _notes(self, place_figures: CommuneFigures, rows: list[Indicator]) -> Iterator[str]:
        yield from _paper_note(place_figures)
        yield from _missing_note(self.posts)
        yield from _beyond_all(place_figures, rows)
        yield from corrected_since(self.corrected)

    @property
    def _dates(self) -> DateRange:
        return DateRange(self.view.period.first, self.view.period.last)

    @cached_property
    def _own(self) -> Figures:
        """The figures of the scope."""
        return figures_of(self.session, self.view.scope, self.view.day, self.counted)

    def columns(self) -> list[Scope]:
        """The columns of the table by commune, those of districts included."""
        book, view = self.session.book, self.view
        return with_districts(book, view, columns_of(book, view, self._own.places(self._dates)))

    def figures(self, columns: list[Scope] | None = None) -> CommuneFigures:
        """The figures of the view's communes (or of other `columns`), and those of the scope; after
        the communes of each of several districts its own figure."""
        view, calendar, own_columns = self.view, self.session.calendar(), self._own
        dates, store, book = self._dates, self.session.store, self.session.book
        if columns is None:
            columns = self.columns()
        values, marked, papers, rows = [], [], baselines(store), all_rows(book)
        for done, column in enumerate(columns):
            self.progress(done, len(columns))
            column_figures = figures_of(self.session, column, view.day, self.counted)
            paper = _with_papers(PaperFigures(column_figures, papers, calendar), rows, dates)
            values.append(
                column_figures.values(dates) | {key: figure.value for key, figure in paper.items()}
            )
            marked.append(paper)
        whole = self.whole
        if whole is None:
            paper = _with_papers(PaperFigures(own_columns, papers, calendar), rows, dates)
            whole = {
                **{key: ShownFigure(value) for key, value in own_columns.values(dates).items()},
                **paper,
            }
        return CommuneFigures(columns, values, whole, marked)


def _with_papers(
    papers: PaperFigures, rows: list[Indicator], dates: DateRange
) -> dict[str, ShownFigure]:
    return {key: shown(total) for key, total in papers.with_papers(rows, dates).items()}


def with_districts(book: ReferenceBook, view: FigureView, columns: list[Scope]) -> list[Scope]:
    """The columns, those of a district side by side followed by the district's own, if there are
    several. The column of a district covers all of it, communes without a column included."""
    whole = {column.text: column for column in columns_of(book, view, (), districts=True)}
    of: dict[str, list[Scope]] = {}
    for column in columns:
        unit = book.units.get(column.text.partition(":")[2])
        district = f"district:{unit.parent}" if unit is not None else ""
        of.setdefault(district if district in whole else "", []).append(column)
    if len(of.keys() - {""}) < 2:
        return columns
    arranged: list[Scope] = []
    for district in sorted(of.keys() - {""}, key=lambda text: sort_key(whole[text].name)):
        unit = book.units[district.partition(":")[2]]
        name = _("{district} in all").format(district=scope_in_sentence(unit.name))
        arranged += [*of[district], whole[district]._replace(name=name)]
    return arranged + of.get("", [])


def has_communes(view: FigureView) -> bool:
    """Whether the scope can be divided by commune."""
    return view.scope.kind != "commune"


def _paper_note(place_figures: CommuneFigures) -> Iterator[str]:
    figures = [figure for column in place_figures.papers for figure in column.values()]
    return paper_notes([*figures, *place_figures.whole.values()])


def _beyond_all(place_figures: CommuneFigures, rows: list[Indicator]) -> Iterator[str]:
    """A note for each share of a column that is more than the whole it is of."""
    return beyond_all(
        (f"{row.words[1]}, {column.name}", place_figures.values[place][row.key])
        for row in rows
        if row.in_percent
        for place, column in enumerate(place_figures.columns)
    )


def _missing_note(posts: PostPresence) -> Iterator[str]:
    if posts.missing:
        yield presence_text(*posts)


def _has_figures(place_figures: CommuneFigures, row: Indicator) -> bool:
    whole = place_figures.whole.get(row.key, NOTHING)
    return bool(whole.value) or any(values[row.key] for values in place_figures.values)


def _parts(
    book: ReferenceBook, columns: list[Scope], paper: Paper
) -> Iterator[tuple[str, list[int]]]:
    """(title, indexes of columns) of each table: one if a page holds all, else the districts."""
    if len(columns) <= MOST_COMMUNES[paper]:
        yield "", _by_district(book, columns)
        return
    most = MOST_COMMUNES[paper]
    for name, group in groupby(
        _by_district(book, columns), key=lambda place: _district(book, columns[place])
    ):
        places = list(group)
        each = ceil(len(places) / ceil(len(places) / most))
        for start in range(0, len(places), each):
            yield name, places[start : start + each]


def _by_district(book: ReferenceBook, columns: list[Scope]) -> list[int]:
    """The indexes of the columns, those of a district side by side; columns without one last."""

    def key(place: int) -> tuple[bool, str]:
        district = _district(book, columns[place])
        return not district, sort_key(district)

    return sorted(range(len(columns)), key=key)


def _district(book: ReferenceBook, column: Scope) -> str:
    """The name of the district that a column is or its commune is in, "" for none."""
    unit = book.units.get(column.text.partition(":")[2])
    if unit is not None and unit.kind == "district":
        return unit.name
    parent = book.units.get(unit.parent) if unit else None
    return parent.name if parent is not None and parent.kind == "district" else ""


def _table(
    book: ReferenceBook,
    place_figures: CommuneFigures,
    rows: list[Indicator],
    places: list[int],
    *,
    dense: bool,
) -> Table:
    districts = [_district(book, place_figures.columns[place]) for place in places]
    several = dense and len(set(districts)) > 1
    columns = (
        Column(_("No."), "number", 0.6, "center"),
        Column(_("Indicator"), "text", 2.9 if not dense else 6.2),
        Column(_("Unit"), "text", 1.0 if not dense else 1.95, "center"),
        *(
            Column(
                place_figures.columns[place].name,
                "number",
                1.0,
                over=name if several else "",
                turned=dense,
            )
            for place, name in zip(places, districts, strict=True)
        ),
        Column(_("Whole"), "number", 1.1 if not dense else 1.4),
    )
    return Table(columns, tuple(_rows(place_figures, rows, places, dense)), dense=dense)


def _rows(
    place_figures: CommuneFigures, rows: list[Indicator], places: list[int], dense: bool
) -> Iterator[Row]:
    """The rows; with money in millions in a dense table."""
    group, number = "", 0
    for row in rows:
        heading, label, unit = row.words
        if heading != group:
            group, number = heading, 0
            yield Row((heading,), "group")
        number += 1
        figures = [place_figures.shown(place, row.key) for place in places]
        figures.append(place_figures.whole.get(row.key, NOTHING))
        if dense and is_money(unit):
            unit = _(MILLIONS_UNIT)
            figures = [figure._replace(value=millions(figure.value)) for figure in figures]
        yield Row((number, label, unit, *map(figure_cell, figures)))
