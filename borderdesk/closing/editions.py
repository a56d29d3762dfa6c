"""Editions: signed papers of a period for a scope, with their figures and events; their tables."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.closing.lines import SummaryLine, YearToDateParts, bound_of, number_of, number_text
from borderdesk.figures.quantities import Scope, Value, percent
from borderdesk.figures.scopes import FigureView
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.schema.kinds import json_number
from borderdesk.store.connection.compiled import CompiledQuery, QuerySlot
from borderdesk.store.connection.database import Store
from borderdesk.store.models.closing import EditionFigureRow, EditionRow
from borderdesk.store.records.counted_revisions import CountedRevisions, counted_by

CLOSED, OPENED, REPLACED, WITHDRAWN = "closed", "opened", "replaced", "withdrawn"
"""States of an edition: closed locks its period; opened is in force but its period is being
amended; replaced by an amendment; withdrawn by reopening before it left the desk."""

STANDING = (CLOSED, OPENED)
"""The states in which an edition counts as signed."""

REOPENED, AMENDING, KEPT = "reopened", "amending", "kept"
PRINTED, SAVED, SENT = "printed", "saved", "sent"
SIGNED = "signed"
"""Further events of an edition (closed is an event too)."""
FINAL_EVENTS = (PRINTED, SAVED, SENT, SIGNED)
"""The events from which on an edition cannot be reopened."""

EVENTS = {
    CLOSED: N_("Closed"),
    REOPENED: N_("Reopened"),
    AMENDING: N_("Opened for an amendment"),
    REPLACED: N_("Replaced by an amendment"),
    KEPT: N_("Left as it was signed"),
    PRINTED: N_("Printed"),
    SAVED: N_("Written to a file"),
    SENT: N_("Sent"),
    SIGNED: N_("Signed digitally"),
}
"""Events in words."""

MODES = ("", "TM.", "KT.", "TL.", "Q.", "TUQ.")
"""How a signer signs: for the office itself, or on behalf (Nghị định 30/2020, box 7a)."""

TEXT_LIMIT = 200
NUMBER_LIMIT = 40


class Signer(NamedTuple):
    """The signer: `mode` one of MODES, `office` as printed above the signature."""

    name: str = ""
    rank: str = ""
    office: str = ""
    mode: str = ""


class Edition(NamedTuple):
    """A period of a scope as it was signed.

    number: 1 for the first report, then counted on, for amendments and after each reopening;
    document: the number on paper, as
    typed; signed_on: the date on paper; closed: when (UTC), final: since when it cannot be
    reopened (UTC; None before the first print or export); view: what it is compared with, and by
    which units;
    last_seq: the newest revision it counted; replaces: the id of the edition it takes the place
    of, reason: why. frame: JSON of all that is no figure; holding: {log: number} of what the desk
    that closed it held, None where that is this desk.
    """

    id: str
    view: FigureView
    number: int
    state: str
    document: str
    signed_on: datetime.date
    signer: Signer
    author: str
    closed: str
    final: str | None
    last_seq: int
    totals_hash: str
    figures_hash: str
    values_hash: str
    replaces: str | None
    reason: str | None
    frame: dict[str, Any]
    holding: Mapping[str, int] | None = None

    @property
    def period(self) -> Period:
        """The period that was closed."""
        return self.view.period

    @property
    def scope(self) -> Scope:
        """Whose figures they are."""
        return self.view.scope

    @property
    def title(self) -> str:
        """The edition as messages name it: number, and the paper's own where it has one."""
        if self.document:
            return _("edition {number}, paper No. {document}").format(
                number=self.number, document=self.document
            )
        return _("edition {number}").format(number=self.number)


class EditionEvent(NamedTuple):
    """An event of an edition: `what` a key of EVENTS, `time` UTC."""

    edition: str
    what: str
    author: str
    time: str
    reason: str | None


class SignedDifference(NamedTuple):
    """A figure that differs from the paper: column "value" or "year_to_date"; `difference` None
    where one side is nothing or no more than a bound; reasons in words, the records behind it;
    marks: how both sides are shown."""

    key: str
    label: str
    unit: str
    column: str
    signed: Value
    now: Value
    difference: Value
    reasons: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    marks: tuple[ShownFigure, ShownFigure] = (ShownFigure(None), ShownFigure(None))

    def marked(self, signed: SummaryLine | None, now: SummaryLine | None) -> "SignedDifference":
        """The same with the marks of both rows."""
        sides = [line.shown(self.column) if line else ShownFigure(None) for line in (signed, now)]
        exact = not any(side.sign for side in sides)
        return self._replace(
            difference=self.difference if exact else None, marks=(sides[0], sides[1])
        )

    def shown(self) -> tuple[ShownFigure, ShownFigure]:
        """The signed and the current figure, in the form for display."""
        was, is_now = self.marks
        return was._replace(value=self.signed), is_now._replace(value=self.now)


def moved_json(moved: SignedDifference) -> dict[str, Any]:
    """A difference in the shape of the command line: figure on paper and figure now."""
    number = [json_number(figure) for figure in (moved.signed, moved.now, moved.difference)]
    sides = zip(("paper", "now"), moved.shown(), strict=True)
    qualifiers = {name: side.qualifier for name, side in sides if side.qualifier}
    return {
        "key": moved.key,
        "label": moved.label,
        "column": moved.column,
        "paper": number[0],
        "now": number[1],
        "difference": number[2],
        "reasons": list(moved.reasons),
        **({"from_paper": qualifiers} if qualifiers else {}),
    }


# ----------------------------------------------------------------------- checked input


def checked_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """A line of text as it is stored, "" allowed. Raises UserError."""
    text = without_unseen(text, lines=True).strip()
    if len(text) > limit or FORBIDDEN.search(text):
        raise UserError(
            _("“{value}” must be one line of at most {most} characters.").format(
                value=FORBIDDEN.sub(" ", text[:40]), most=limit
            )
        )
    return text


def checked_signer(signer: Signer) -> Signer:
    """The signer as stored. Raises UserError."""
    name, rank, office, mode = (checked_line(text) for text in signer)
    mode = f"{mode.rstrip('.').upper()}." if mode else ""
    if mode not in MODES:
        raise UserError(
            _("“{mode}” is no way to sign: {known}.").format(
                mode=mode[:10], known=", ".join(filter(None, MODES))
            )
        )
    return Signer(name, rank, office, mode)


# ------------------------------------------------------------------------- storing figures


def write_figures(store: Store, edition: str, lines: Sequence[SummaryLine]) -> None:
    """Write the rows of an edition."""
    rows = [
        {
            "edition": edition,
            "place": place,
            "key": line.key,
            "heading": line.group,
            "label": line.label,
            "unit": line.unit,
            "kind": line.kind,
            "value": number_text(line.value),
            "previous": number_text(line.previous),
            "year_to_date": number_text(line.year_to_date),
            "target": number_text(line.target),
            "late": number_text(line.late),
            "from_paper": " ".join(sorted(line.from_paper)),
            "doubles": line.doubles,
            "carried": _carry_text(line.carry),
        }
        for place, line in enumerate(lines)
    ]
    store.execute(EditionFigureRow.insert_many(rows))


def _carry_text(year_to_date: YearToDateParts | None) -> str | None:
    if year_to_date is None:
        return None
    return json.dumps([year_to_date.edition, *map(number_text, year_to_date[1:])])


def read_figures(store: Store, edition: str) -> list[SummaryLine]:
    """The rows of an edition as they were signed."""
    rows = FIGURES_OF.fetch(store, edition=edition)
    return [_line(dict(zip(FIGURE_COLUMNS, row, strict=True))) for row in rows]


def _line(row: Mapping[str, Any]) -> SummaryLine:
    now, before = number_of(row["value"]), number_of(row["previous"])
    to_date = number_of(row["year_to_date"])
    goal = None if row["target"] is None else Decimal(row["target"])
    marks = frozenset(row["from_paper"].split())
    bounded = bound_of(marks, "value") is not None
    change = None if before is None or now is None or bounded else now - before
    return SummaryLine(
        row["key"],
        row["heading"],
        row["label"],
        row["unit"],
        row["kind"],
        now,
        before,
        change,
        percent(change, before) if change is not None and before else None,
        to_date,
        goal,
        percent(to_date, goal) if goal and to_date is not None else None,
        number_of(row["late"]),
        marks,
        None,
        _carry(row["carried"]),
        row["doubles"],
    )


def _carry(text: str | None) -> YearToDateParts | None:
    if text is None:
        return None
    edition, *parts = json.loads(text)
    return YearToDateParts(edition, *(number_of(part) or 0 for part in parts))


# ------------------------------------------------------------------------- storing editions

E = EditionRow
COLUMNS = EditionRow._meta.sorted_field_names
FIGURE_COLUMNS = EditionFigureRow._meta.sorted_field_names
BY_DAYS = (E.last, E.scope, E.closed)

FIGURES_OF = CompiledQuery(
    EditionFigureRow.select()
    .where(EditionFigureRow.edition == QuerySlot("edition"))
    .order_by(EditionFigureRow.place)
)
NAMED = CompiledQuery(E.select().where(E.id == QuerySlot("edition")))
STANDING_OF = CompiledQuery(
    E.select()
    .where(E.period == QuerySlot("period"), E.scope == QuerySlot("scope"), E.state.in_(STANDING))
    .order_by(*BY_DAYS)
)
STANDING_BETWEEN = CompiledQuery(
    E.select()
    .where(
        E.scope == QuerySlot("scope"),
        E.state.in_(STANDING),
        E.last >= QuerySlot("since"),
        E.last <= QuerySlot("until"),
        E.period != QuerySlot("besides"),
    )
    .order_by(E.last.desc(), E.closed.desc())
    .limit(1)
)
CLOSED_BETWEEN = CompiledQuery(
    E.select()
    .where(E.state == CLOSED, E.last >= QuerySlot("since"), E.first <= QuerySlot("until"))
    .order_by(*BY_DAYS)
)
NEWEST_CLOSED = CompiledQuery(E.select(fn.MAX(E.last)).where(E.state == CLOSED))


def stored(edition: Edition) -> dict[str, Any]:
    """The columns of an edition."""
    view, period, scope = edition.view, edition.period, edition.scope
    units = None if scope.units is None else sorted(scope.units)
    frame = {
        **edition.frame,
        "period": _days(period),
        "compared": _days(view.compared),
        "scope": [scope.kind, scope.name, scope.post, units],
        "day": view.day.isoformat(),
        "geography": view.geography,
    }
    return {
        "id": edition.id,
        "period": period.text,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "scope": scope.text,
        "number": edition.number,
        "state": edition.state,
        "document": edition.document,
        "signed_on": edition.signed_on.isoformat(),
        "signer": json.dumps(edition.signer, ensure_ascii=False),
        "author": edition.author,
        "closed": edition.closed,
        "final": edition.final,
        "last_seq": edition.last_seq,
        "holding": None if edition.holding is None else json.dumps(edition.holding),
        "totals_hash": edition.totals_hash,
        "figures_hash": edition.figures_hash,
        "values_hash": edition.values_hash,
        "replaces": edition.replaces,
        "reason": edition.reason,
        "frame": json.dumps(frame, ensure_ascii=False),
    }


def _days(period: Period) -> list[Any]:
    return [*period[:3], period.first.isoformat(), period.last.isoformat()]


def _period(kind: str, year: int, number: int, first: str, last: str) -> Period:
    day = datetime.date.fromisoformat
    return Period(kind, year, number, day(first), day(last))


def insert_edition(store: Store, edition: Edition) -> None:
    """Write an edition without its figures."""
    store.execute(E.insert(stored(edition)))


def read_editions(
    store: Store, *conditions: Any, order: Sequence[Any] = BY_DAYS, most: int | None = None
) -> Iterator[Edition]:
    """Editions that meet the conditions (peewee expressions on `EditionRow`), at most `most`."""
    query = E.select().order_by(*order).limit(most)
    yield from map(_edition, store.fetch(query.where(*conditions) if conditions else query))


def _edition(values: Sequence[Any]) -> Edition:
    row = dict(zip(COLUMNS, values, strict=True))
    frame = json.loads(row["frame"])
    kind, name, post, units = frame["scope"]
    day = datetime.date.fromisoformat
    view = FigureView(
        _period(*frame["period"]),
        _period(*frame["compared"]),
        Scope(kind, row["scope"], name, post, None if units is None else frozenset(units)),
        day(frame["day"]),
        frame["geography"],
        False,
    )
    return Edition(
        row["id"],
        view,
        row["number"],
        row["state"],
        row["document"],
        day(row["signed_on"]),
        Signer(*json.loads(row["signer"])),
        row["author"],
        row["closed"],
        row["final"],
        row["last_seq"],
        row["totals_hash"],
        row["figures_hash"],
        row["values_hash"],
        row["replaces"],
        row["reason"],
        frame,
        None if row["holding"] is None else json.loads(row["holding"]),
    )


def counted_in(store: Store, edition: Edition) -> CountedRevisions:
    """The revisions that an edition counted."""
    return counted_by(store, edition.last_seq, edition.holding)


def named_edition(store: Store, edition: str) -> Edition | None:
    """The edition of this id."""
    return next(map(_edition, NAMED.fetch(store, edition=edition)), None)


def is_of(period: str, scope: str) -> Any:
    """The condition that an edition is of a period and scope (as texts)."""
    return (E.period == period) & (E.scope == scope)


def standing(store: Store, period: str, scope: str) -> Edition | None:
    """The edition that counts for a period and scope (as texts), whether opened or not."""
    return next(map(_edition, STANDING_OF.fetch(store, period=period, scope=scope)), None)


def signed_until(
    store: Store, scope: str, since: datetime.date, until: datetime.date, besides: str = ""
) -> Edition | None:
    """The last signed edition of a scope that ends between two days (both included), leaving a
    period out."""
    days = {"since": since.isoformat(), "until": until.isoformat()}
    rows = STANDING_BETWEEN.fetch(store, scope=scope, besides=besides, **days)
    return next(map(_edition, rows), None)


def closed_between(store: Store, since: str, until: str | None) -> list[Edition]:
    """The closed editions whose days overlap those between two days (ISO), both included;
    until: None for ever."""
    return [*map(_edition, CLOSED_BETWEEN.fetch(store, since=since, until=until or "9999"))]


def newest_closed_day(store: Store) -> str | None:
    """The last day (ISO) that any closed edition contains; None where nothing is closed."""
    day: str | None = NEWEST_CLOSED.scalar(store)
    return day


def has_edition(store: Store, edition: str) -> bool:
    """Whether an edition with this id exists."""
    return store.scalar(E.select(E.id).where(E.id == edition)) is not None
