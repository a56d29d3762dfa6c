"""What was signed: editions of a period for a scope, their figures, and what became of them."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.figures.indicators import RATIO, Scope, Value, percent
from borderdesk.figures.scopes import View
from borderdesk.schema.fields import as_json_number
from borderdesk.schema.revisions import canonical
from borderdesk.store.database import Store
from borderdesk.store.figures_hash import Figure, plain_number
from borderdesk.store.figures_hash import figures_hash as hash_of_figures

if TYPE_CHECKING:
    from borderdesk.closing.summary import Carry, Line

CLOSED, OPENED, REPLACED, WITHDRAWN = "closed", "opened", "replaced", "withdrawn"
"""States of an edition: closed locks its period; opened stands but its period is being amended;
replaced by an amendment; withdrawn by reopening before anybody outside had it."""

REOPENED, AMENDING, PRINTED, SENT = "reopened", "amending", "printed", "sent"
"""What else happens to an edition (closed is an event too)."""

EVENTS = {
    CLOSED: N_("Closed"),
    REOPENED: N_("Reopened"),
    AMENDING: N_("Opened for an amendment"),
    REPLACED: N_("Replaced by an amendment"),
    PRINTED: N_("Printed"),
    SENT: N_("Sent"),
}
"""Events in words."""

MODES = ("", "TM.", "KT.", "TL.", "Q.", "TUQ.")
"""How a signer signs: for the office itself, or on behalf (Nghị định 30/2020, box 7a)."""

TEXT_LIMIT = 200
NUMBER_LIMIT = 40


class Signer(NamedTuple):
    """Who signed: `mode` one of MODES, `office` as it stands above the signature."""

    name: str = ""
    rank: str = ""
    office: str = ""
    mode: str = ""


class Edition(NamedTuple):
    """A period of a scope as it was signed.

    number: 1 for the report, 2 and on for its amendments; document: the number on paper, as
    typed; signed_on: the date on paper; closed: when (UTC), final: since when it cannot be
    reopened (UTC; None before the first print or export); view: what it is compared with, and by
    which units;
    last_seq: the newest revision it counted; replaces: the id of the edition it takes the place
    of, reason: why. frame: JSON of all that is no figure.
    """

    id: str
    view: View
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


class Event(NamedTuple):
    """What happened to an edition: `what` a key of EVENTS, `time` UTC."""

    edition: str
    what: str
    author: str
    time: str
    reason: str | None


class Moved(NamedTuple):
    """A figure that is not what the paper says: column "value" or "year_to_date"; `difference`
    None where one side is nothing; reasons in words, the records behind it."""

    key: str
    label: str
    unit: str
    column: str
    signed: Value
    now: Value
    difference: Value
    reasons: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


def moved_json(moved: Moved) -> dict[str, Any]:
    """A figure that differs: what the paper says and what stands now."""
    number = [
        None
        if figure is None
        else as_json_number(figure)
        if not isinstance(figure, int)
        else figure
        for figure in (moved.signed, moved.now, moved.difference)
    ]
    return {
        "key": moved.key, "label": moved.label, "column": moved.column, "paper": number[0],
        "now": number[1], "difference": number[2], "reasons": list(moved.reasons),
    }  # fmt: skip


# ----------------------------------------------------------------------- checked input


def checked_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """A line of text as it is kept, "" allowed. Raises UserError."""
    text = nfc(text).strip()
    if len(text) > limit or FORBIDDEN.search(text):
        raise UserError(
            _("“{value}” must be one line of at most {most} characters.").format(
                value=FORBIDDEN.sub(" ", text[:40]), most=limit
            )
        )
    return text


def checked_signer(signer: Signer) -> Signer:
    """The signer as kept. Raises UserError."""
    name, rank, office, mode = (checked_line(text) for text in signer)
    mode = f"{mode.rstrip('.').upper()}." if mode else ""
    if mode not in MODES:
        raise UserError(
            _("“{mode}” is no way to sign: {known}.").format(
                mode=mode[:10], known=", ".join(filter(None, MODES))
            )
        )
    return Signer(name, rank, office, mode)


# ------------------------------------------------------------------------- the figures


def number_text(value: Value) -> str | None:
    """A figure as it is kept: exactly, whole ones without a point."""
    return None if value is None else format(Decimal(value), "f")


def number_of(text: str | None) -> Value:
    """A figure that was kept."""
    if text is None:
        return None
    return Decimal(text) if "." in text else int(text)


def values_hash(lines: Iterable["Line"]) -> str:
    """SHA-256 of the period's own figures, in hex: what two desks with the same records agree
    on. Ratios depend on reference data and rows with nothing on pick lists: neither is in it."""
    told = [
        [ln.key, plain_number(number_text(ln.value))]
        for ln in lines
        if ln.kind != RATIO and ln.value
    ]
    return hashlib.sha256(canonical(sorted(told)).encode()).hexdigest()


def figures_hash(period: Period, scope: Scope, lines: Iterable["Line"]) -> str:
    """SHA-256 of every column of every row, in hex, with the period's days and the scope."""
    figures = (
        Figure(
            line.key,
            number_text(line.value),
            number_text(line.previous),
            number_text(line.year_to_date),
            number_text(line.target),
            " ".join(line.from_paper),
        )
        for line in lines
    )
    return hash_of_figures(period.first.isoformat(), period.last.isoformat(), scope.text, figures)


FIGURE_COLUMNS = (
    "edition place key heading label unit kind value previous year_to_date target late"
    " from_paper doubles carried"
).split()


def write_figures(store: Store, edition: str, lines: Sequence["Line"]) -> None:
    """Write the rows of an edition."""
    marks = ", ".join("?" * len(FIGURE_COLUMNS))
    store.many(
        f"INSERT INTO edition_figure ({', '.join(FIGURE_COLUMNS)}) VALUES ({marks})",
        [
            (
                edition, place, line.key, line.group, line.label, line.unit, line.kind,
                number_text(line.value), number_text(line.previous),
                number_text(line.year_to_date), number_text(line.target), number_text(line.late),
                " ".join(sorted(line.from_paper)), line.doubles, _carry_text(line.carry),
            )
            for place, line in enumerate(lines)
        ],
    )  # fmt: skip


def _carry_text(carry: "Carry | None") -> str | None:
    if carry is None:
        return None
    return json.dumps([carry.edition, *map(number_text, carry[1:])])


def read_figures(store: Store, edition: str) -> list["Line"]:
    """The rows of an edition as they were signed."""
    rows = store.rows(
        f"SELECT {', '.join(FIGURE_COLUMNS[2:])} FROM edition_figure WHERE edition = ?"
        " ORDER BY place",
        (edition,),
    )
    return [_line(*row) for row in rows]


def _line(
    key: str, heading: str, label: str, unit: str, kind: str, value: str | None,
    previous: str | None, year_to_date: str | None, target: str | None, late: str | None,
    from_paper: str, doubles: int, carried: str | None,
) -> "Line":  # fmt: skip
    from borderdesk.closing.summary import Carry, Line

    now, before, to_date = number_of(value), number_of(previous), number_of(year_to_date)
    goal = None if target is None else Decimal(target)
    change = None if before is None or now is None else now - before
    carry = None
    if carried is not None:
        base, *parts = json.loads(carried)
        carry = Carry(base, *(number_of(part) or 0 for part in parts))
    return Line(
        key, heading, label, unit, kind, now, before, change,
        percent(change, before) if change is not None and before else None,
        to_date, goal, percent(to_date, goal) if goal and to_date is not None else None,
        number_of(late), frozenset(from_paper.split()), None, carry, doubles,
    )  # fmt: skip


# --------------------------------------------------------------------- reading editions

COLUMNS = (
    "id period first last scope number state document signed_on signer author closed final"
    " last_seq totals_hash figures_hash values_hash replaces reason frame"
).split()


def stored(edition: Edition) -> tuple[Any, ...]:
    """The columns of an edition, in the order of COLUMNS."""
    view, period, scope = edition.view, edition.period, edition.scope
    frame = {
        **edition.frame,
        "period": _days(period),
        "compared": _days(view.compared),
        "scope": [
            scope.kind, scope.name, scope.post,
            None if scope.units is None else sorted(scope.units),
        ],
        "day": view.day.isoformat(),
        "geography": view.geography,
    }  # fmt: skip
    return (
        edition.id, period.text, period.first.isoformat(), period.last.isoformat(), scope.text,
        edition.number, edition.state, edition.document, edition.signed_on.isoformat(),
        json.dumps(edition.signer, ensure_ascii=False), edition.author, edition.closed,
        edition.final, edition.last_seq, edition.totals_hash, edition.figures_hash,
        edition.values_hash, edition.replaces, edition.reason,
        json.dumps(frame, ensure_ascii=False),
    )  # fmt: skip


def _days(period: Period) -> list[Any]:
    return [*period[:3], period.first.isoformat(), period.last.isoformat()]


def _period(kind: str, year: int, number: int, first: str, last: str) -> Period:
    day = datetime.date.fromisoformat
    return Period(kind, year, number, day(first), day(last))


def insert_edition(store: Store, edition: Edition) -> None:
    """Write an edition without its figures."""
    marks = ", ".join("?" * len(COLUMNS))
    store.run(f"INSERT INTO edition ({', '.join(COLUMNS)}) VALUES ({marks})", stored(edition))


def read_editions(
    store: Store, where: str = "", params: Sequence[Any] = (), order: str = "last, scope, closed"
) -> Iterator[Edition]:
    """Editions; `where` is further SQL."""
    for row in store.rows(
        f"SELECT {', '.join(COLUMNS)} FROM edition {where} ORDER BY {order}", params
    ):
        yield _edition(dict(zip(COLUMNS, row, strict=True)))


def _edition(row: dict[str, Any]) -> Edition:
    frame = json.loads(row["frame"])
    kind, name, post, units = frame["scope"]
    day = datetime.date.fromisoformat
    view = View(
        _period(*frame["period"]), _period(*frame["compared"]),
        Scope(kind, row["scope"], name, post, None if units is None else frozenset(units)),
        day(frame["day"]), frame["geography"], False,
    )  # fmt: skip
    return Edition(
        row["id"], view, row["number"], row["state"], row["document"], day(row["signed_on"]),
        Signer(*json.loads(row["signer"])), row["author"], row["closed"], row["final"],
        row["last_seq"], row["totals_hash"], row["figures_hash"], row["values_hash"],
        row["replaces"], row["reason"], frame,
    )  # fmt: skip


def standing(store: Store, period: str, scope: str) -> Edition | None:
    """The edition that counts for a period and scope (as texts), whether opened or not."""
    where = "WHERE scope = ? AND period = ? AND state IN ('closed', 'opened')"
    return next(read_editions(store, where, (scope, period)), None)


def signed_until(
    store: Store, scope: str, since: datetime.date, until: datetime.date, besides: str = ""
) -> Edition | None:
    """The last signed edition of a scope that ends between two days, leaving a period out."""
    where = (
        "WHERE scope = ? AND state IN ('closed', 'opened') AND last >= ? AND last <= ?"
        " AND period <> ?"
    )
    params = (scope, since.isoformat(), until.isoformat(), besides)
    return next(read_editions(store, where, params, "last DESC, closed DESC LIMIT 1"), None)
