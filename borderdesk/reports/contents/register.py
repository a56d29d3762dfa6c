"""The register: every record of a type in a period and scope, with its listed fields, place and
source.

Personal and internal fields are shown only of records that this desk owns; ID and telephone
numbers never.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.letters import lacking
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.explanations import record_name, short_id
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.lists import RecordLists
from borderdesk.entry.record_output import as_json
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import DateRange
from borderdesk.figures.record_counts import household_place
from borderdesk.figures.scopes import FigureView, former_posts, make_view, of_several_posts, remarks
from borderdesk.figures.shares import figures_of
from borderdesk.reports.blocks import (
    Block,
    Cell,
    Column,
    Document,
    MarkedValue,
    Paragraph,
    Row,
    Table,
)
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.contents.rows_below import RowsBelow
from borderdesk.schema.kinds import (
    HAMLET,
    HOUSEHOLD,
    PUBLIC,
    UNIT,
    ColumnField,
)
from borderdesk.schema.record import Record, Values, number_in
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.value_words import value_words
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import DOUBLE, Filter, ListEntry

TWO_VERSIONS = "²"
AT_ONCE = 400


def record_anchor(record: str) -> str:
    """The anchor of a record's row in an annexed register."""
    return f"record-{record}"


def register_anchor(type_name: str) -> str:
    """The anchor of the annexed register of a type, for figures of several records."""
    return f"register-{type_name}"


def make_register(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The register of a type. Raises UserError."""
    if request.type not in RECORD_TYPES:
        raise UserError(
            _("A register is of one type: {types}.").format(types=", ".join(RECORD_TYPES))
        )
    view = make_view(session, request.period, request.scope, request.geography)
    register = Register(session, view, RECORD_TYPES[request.type], progress)
    head = json_head(session, request, view)
    return ReportContent(lambda: register.document(), lambda: register.json(head))


class Register:
    """The records of one type in a view, as blocks or JSON."""

    def __init__(
        self,
        session: Session,
        view: FigureView,
        model: type[Record],
        progress: Progress = no_progress,
        without: Collection[str] = (),
    ) -> None:
        """without: ids of records that arrived after the period was closed, which are left out."""
        self._session = session
        self._book = session.book
        self._view = view
        self._model = model
        self._progress = progress
        self._without = frozenset(without)
        scope = view.scope
        self._chosen = Filter(
            view.period.first,
            view.period.last,
            scope.post,
            scope.units,
            former=former_posts(session.book, view),
        )
        self._fields = {
            key: model.columns()[key]
            for key in model.listed()
            if model.columns()[key].refers_to not in (UNIT, HAMLET)
        }
        self._hamlet_keys = model.referring(HAMLET)
        self._units_keys = model.referring(UNIT, True)
        self._unit_keys = model.referring(UNIT, False)
        self._household_keys = model.referring(HOUSEHOLD)
        self._child_units = [
            (key, child_key)
            for key, children in model.children().items()
            for child_key, field in children.child.fields().items()
            if field.refers_to == UNIT
        ]
        self._several_posts = of_several_posts(session.book, view)
        self._household = lru_cache(maxsize=20_000)(partial(household_place, session.store))

    @property
    def count(self) -> int:
        """The number of records."""
        if self._without:
            ids = set(self._session.part(RecordLists).ids(self._model.type_name, self._chosen))
            return len(ids - self._without)
        return self._session.part(RecordLists).count(self._model.type_name, self._chosen)

    def document(self) -> Document:
        """The register as a document of its own."""
        title = _("Register of records: {type}, {period}").format(
            type=_(self._model.title), period=self._view.period.title
        )
        blocks = tuple(self.blocks())
        page = document(self._session, self._view, title, blocks, landscape=True)
        return replace(page, sheet=_(self._model.title))

    # ------------------------------------------------------------------------- blocks

    def blocks(self, *, carried: bool = False) -> Iterator[Block]:
        """The table and its notes.

        carried: with the earlier records that the figures of the period count.
        """
        earlier = self._earlier() if carried else []
        whole = self.count
        if whole or earlier:
            below = self._rows_below()
            rows = self._rows(whole, earlier, below)
            yield Table(self._columns(), rows, below=below.tables())
        else:
            yield Paragraph(_("There are no records of this type in the period."))
        yield from (Paragraph(text, "note") for text in self._notes(whole))

    def _columns(self) -> tuple[Column, ...]:
        columns = [
            Column(_("No."), "number", 0.55),
            Column(_("Id"), "text", 0.95),
            *(_column(field) for field in self._fields.values()),
            Column(_("Place"), "text", 1.9),
        ]
        if self._several_posts:
            columns.append(Column(_("Post"), "text", 1.2))
        return (*columns, Column(_("Source"), "text", 1.6))

    def _rows_below(self) -> RowsBelow:
        """The rows below the records, each beside the number and day of its record."""
        event = self._model.event()
        lead = [Column(_("No."), "number", 0.55), Column(_("Id"), "text", 0.95)]
        if event is not None:
            lead.append(Column(_(event.label), "date", 1.0))
        if self._several_posts:
            lead.append(Column(_("Post"), "text", 1.2))
        return RowsBelow(self._model, self._book, lead)

    def _add_below(self, below: RowsBelow, number: int, listed: ListEntry) -> None:
        whole, lead = partial(self._owned, listed), partial(self._lead, number, listed)
        below.add(lead, listed, whole=whole, units=self._view.scope.units)

    def _lead(self, number: int, listed: ListEntry) -> list[Cell]:
        """The cells that identify the record of a child row."""
        event = self._model.event()
        lead: list[Cell] = [number, short_id(listed.id)]
        if event is not None:
            lead.append(listed.values.get(event.name))
        if self._several_posts:
            lead.append(self._book.post_short(listed.values.get(self._model.own_post()) or ""))
        return lead

    def _rows(self, whole: int, earlier: list[str], below: RowsBelow) -> Iterator[Row]:
        number, shown = 0, Counter[str]()
        for listed in self._session.part(RecordLists).stream(self._model.type_name, self._chosen):
            if listed.id in self._without:
                continue
            self._progress(number, whole)
            number += 1
            self._add_below(below, number, listed)
            if self._without:
                shown.update(self._numbers(listed))
            yield self._row(number, listed)
        if whole:
            yield from self._totals(whole, shown)
        if earlier:
            yield Row((_("From before the period, still counted in it"),), "group")
            for listed in self._these(earlier):
                number += 1
                self._add_below(below, number, listed)
                yield self._row(number, listed)

    def _row(self, number: int, listed: ListEntry) -> Row:
        values, shown = listed.values, self._shown(listed)
        short = short_id(listed.id)
        cells: list[Cell] = [number, MarkedValue(short, TWO_VERSIONS) if listed.double else short]
        cells += [
            self._cell(key, field, values) if key in shown else self._hidden(field, values)
            for key, field in self._fields.items()
        ]
        cells.append(self._place(values))
        if self._several_posts:
            cells.append(self._book.post_short(values.get(self._model.own_post()) or ""))
        cells.append(values.get(self._model.sourced_by) or "")
        texts = "".join(cell for cell in cells if isinstance(cell, str))
        about = self._record_name(listed) if lacking(texts) else ""
        return Row(tuple(cells), anchor=record_anchor(listed.id), about=about)

    def _record_name(self, listed: ListEntry) -> str:
        """A record as a footnote names it: type, day, number."""
        event = self._model.event()
        day = listed.values.get(event.name) if event is not None else None
        return record_name(self._model, listed.id, day)

    def _cell(self, key: str, field: ColumnField, values: Values) -> Cell:
        value = self._share(key, field, values)
        if value is None:
            return None if field.numeric else ""
        if field.cell_kind != "text":
            plain_value: int | Decimal = value
            return plain_value
        return value_words(self._model, key, values, self._book)

    def _share(self, key: str, field: ColumnField, values: Values) -> Any:
        """A value, of a number the part in the scope's units."""
        if not field.numeric:
            return values.get(key)
        return number_in(self._model, key, values, self._view.scope.units)

    def _hidden(self, field: ColumnField, values: Values) -> Cell:
        """The text shown for a personal field of another desk's record: of a household its
        hamlet."""
        if field.refers_to != HOUSEHOLD or not values.get(field.name):
            return ""
        home = self._model.home_place
        hamlet = values.get(home.hamlet) if home is not None else None
        return hamlet or self._household(values[field.name])[0]

    def _place(self, values: Values) -> str:
        """Hamlet and units; of a record without a unit of its own that of its household."""
        hamlets = [values[key] for key in self._hamlet_keys if values.get(key)]
        units = [unit for key in self._units_keys for unit in values.get(key) or ()]
        unit_ids = [values[key] for key in self._unit_keys if values.get(key)]
        units += unit_ids or self._household_units(values)
        units += [row[unit] for key, unit in self._child_units for row in values.get(key) or ()]
        return ", ".join([*hamlets, *dict.fromkeys(map(self._book.unit_short, units))])

    def _household_units(self, values: Values) -> list[str]:
        households = [values[key] for key in self._household_keys if values.get(key)]
        return [
            unit for household in households for unit in (self._household(household)[1],) if unit
        ]

    def _shown(self, listed: ListEntry) -> set[str]:
        """The keys of the fields that may be shown of a record on this desk."""
        private = {
            key
            for key, field in self._fields.items()
            if self._model.part_of(key, listed.values) != PUBLIC or field.refers_to == HOUSEHOLD
        }
        if private and self._owned(listed):
            private = set()
        return self._fields.keys() - private

    def _numbers(self, listed: ListEntry) -> dict[str, Any]:
        """The numbers of a record, of those that it has."""
        shares = {
            key: self._share(key, field, listed.values)
            for key, field in self._fields.items()
            if field.numeric
        }
        return {key: share for key, share in shares.items() if share is not None}

    def _totals(self, whole: int, shown: Mapping[str, Any]) -> Iterator[Row]:
        """The sums of the numbers; for units of the parts in them. shown: those of the records
        that are shown, where some are left out."""
        sums = self._session.part(RecordLists).totals(self._model.type_name, self._chosen)
        numeric = {key for key, field in self._fields.items() if field.numeric}
        if not numeric & sums.keys():
            return
        if self._without:
            sums = {key: shown.get(key) for key in sums}
        cells: list[Cell] = [whole, _("Total")]
        cells += [sums.get(key) if key in numeric else "" for key in self._fields]
        yield Row((*cells, *[""] * (len(self._columns()) - len(cells))), "total")

    def _notes(self, whole: int) -> Iterator[str]:
        yield from remarks(self._book, self._view)
        if whole == 0:
            return
        yield _("Id: the last eight digits of the record's id.")
        doubles = self._session.part(RecordLists).count(
            self._model.type_name, self._chosen._replace(review_state=DOUBLE)
        )
        if doubles:
            yield _("{mark} has two versions that wait for a choice: {count}.").format(
                mark=TWO_VERSIONS, count=doubles
            )
        names = any(f.refers_to == HOUSEHOLD or f.personal_when for f in self._fields.values())
        identity = self._session.identity
        at_home = identity.role == "post" and self._view.scope.post == identity.unit
        if names and not at_home:
            yield _("Names of persons stand only in records that were made on this desk.")

    # ------------------------------------------------------------- records from before

    def _earlier(self) -> list[str]:
        """The ids, in order, of the earlier records that the figures of the period count."""
        view = self._view
        figures = figures_of(self._session, view.scope, view.day)
        dates = DateRange(view.period.first, view.period.last)
        counted = {
            record
            for row in all_rows(self._book)
            if self._model.type_name in row.counts_earlier
            for record in figures.records(row, dates).get(self._model.type_name, ())
        }
        within = set(self._session.part(RecordLists).ids(self._model.type_name, self._chosen))
        return sorted(counted - within - self._without)

    def _these(self, records: list[str]) -> Iterator[ListEntry]:
        for start in range(0, len(records), AT_ONCE):
            some = frozenset(records[start : start + AT_ONCE])
            yield from self._session.part(RecordLists).stream(
                self._model.type_name, Filter(ids=some)
            )

    # --------------------------------------------------------------------------- JSON

    def json(self, head: dict[str, Any]) -> Iterator[str]:
        """The head, with the records in the shape of `list --format json` as its last member."""
        whole = self.count
        opening = json_line({**head, "type": self._model.type_name, "count": whole})
        yield f'{opening[:-1]}, "records": ['
        lists, name = self._session.part(RecordLists), self._model.type_name
        for number, listed in enumerate(lists.stream(name, self._chosen, revisions=True)):
            self._progress(number, whole)
            members = as_json(self._model, listed, self._book)
            if not self._owned(listed):
                self._withhold(members, listed)
            yield f"{', ' if number else ''}{json_line(members)}"
        yield "]}"

    def _owned(self, listed: ListEntry) -> bool:
        return self._session.part(RecordEditor).owns(
            self._model.type_name, listed.id, listed.values
        )

    def _withhold(self, members: dict[str, Any], listed: ListEntry) -> None:
        """Set personal and internal fields to null."""
        for key in self._model.columns():
            if self._model.part_of(key, listed.values) != PUBLIC:
                members[key] = None
        for key, children in self._model.children().items():
            hidden_keys = [
                k for k, field in children.child.fields().items() if field.part != PUBLIC
            ]
            for row in members[key]:
                row.update(dict.fromkeys(hidden_keys))


def _column(field: ColumnField) -> Column:
    return Column(_(field.label), field.cell_kind, field.register_width)


def register_blocks(
    session: Session,
    view: FigureView,
    type_name: str,
    progress: Progress = no_progress,
    without: Collection[str] = (),
) -> Iterator[Block]:
    """The register of a type as an annex of a report, with all records that its figures count."""
    register = Register(session, view, RECORD_TYPES[type_name], progress, without)
    yield from register.blocks(carried=True)
