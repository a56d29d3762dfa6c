"""Scopes and views: whose figures a report has, by which units; districts ended 30 June 2025.

A unit that became another one whole is mapped to its successor. A split unit belongs to none of its
parts until all of them became one, and the old communes of places in a new commune are unknown:
neither is guessed.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.base.text import fold, sort_key
from borderdesk.figures.quantities import Scope
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.post_areas import PostEntry
from borderdesk.schema.unit_history import FOREVER, UnitEntry, bare_name
from borderdesk.session.identity import Identity
from borderdesk.session.session import Session

OLD, NEW = "old", "new"


class FigureView(NamedTuple):
    """A period and the one it is compared with, the scope of the figures, and the units they are
    sorted by.

    day: the day whose units places are mapped to; turned: whether these are the units of the other
    side of the reform, on request.
    """

    period: Period
    compared: Period
    scope: Scope
    day: datetime.date
    geography: str
    turned: bool


def geography_of(book: ReferenceBook, day: datetime.date) -> str:
    """OLD as long as districts exist, NEW after them."""
    return OLD if _districts(book, day.isoformat()) else NEW


def make_view(
    session: Session,
    period_text: str,
    scope_text: str | None = None,
    geography: str | None = None,
) -> FigureView:
    """The view for a request: by default the desk's own scope, and the geography of the period's
    last day. Raises UserError."""
    book, calendar = session.book, session.calendar()
    period = calendar.parse(period_text)
    default_geography = geography_of(book, period.last)
    chosen_geography = geography or default_geography
    named_on = scope_day(book, period.last, geography)
    turned = named_on != period.last
    # New units cannot be mapped back to old ones: places are unchanged.
    day = named_on if chosen_geography == NEW else period.last
    if scope_text:
        scope = parse_scope(book, scope_text, named_on)
    else:
        scope = own_scope(book, session.identity, named_on)
    if turned and chosen_geography == OLD:
        scope = _looked_back(book, scope, named_on)
    return FigureView(period, calendar.previous(period), scope, day, chosen_geography, turned)


def former_posts(book: ReferenceBook, view: FigureView) -> tuple[str, ...]:
    """The posts that became that of a view's scope by its day, and count as it."""
    post = view.scope.post
    return () if post is None else book.counted_with(post, view.day)[1:]


def of_several_posts(book: ReferenceBook, view: FigureView) -> bool:
    """Whether records of several posts may be a view's: those of one that became its post within
    the period too."""
    first, last = view.period.first, view.period.last
    former = former_posts(book, view)
    return view.scope.post is None or any(book.stands_within(post, first, last) for post in former)


def period_and_scope(
    session: Session, period_text: str, scope_text: str | None = None
) -> tuple[Period, Scope]:
    """The period and the scope (without one, the desk's own) that texts name. Raises UserError."""
    view = make_view(session, period_text, scope_text)
    return view.period, view.scope


def scope_day(
    book: ReferenceBook, last: datetime.date, geography: str | None = None
) -> datetime.date:
    """The day on which the units are valid that scopes of a period are named by: its last, or
    the nearest one on the other side of the change."""
    change = _first_new_day(book)
    if change is None or geography in (None, geography_of(book, last)):
        return last
    return change if geography == NEW else change - datetime.timedelta(days=1)


def _first_new_day(book: ReferenceBook) -> datetime.date | None:
    """The day after the districts ended; None if none ever ended."""
    ends = [u.valid_to for u in book.units.values() if u.kind == "district"]
    last = max(ends, default=FOREVER)
    return None if last == FOREVER else _next_day(last)


def _next_day(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso) + datetime.timedelta(days=1)


def _looked_back(book: ReferenceBook, scope: Scope, day: datetime.date) -> Scope:
    """A scope of old units for days after them: only what is certain, else UserError."""
    if scope.kind == "district":
        return _area(book, book.units[scope.text.partition(":")[2]])
    if scope.kind == "commune":
        unit = book.units[scope.text.partition(":")[2]]
        if unit.valid_to == FOREVER:
            return scope
        became = ", ".join(book.unit_name(u) for u in unit.successors) or "–"
        raise UserError(
            _(
                "{unit} ended on {date} and became {successors}: what happened there afterwards is"
                " not known apart. Choose its successor, its district or an earlier period."
            ).format(unit=book.unit_name(unit.id), date=format_date(day), successors=became)
        )
    return scope


def _districts(book: ReferenceBook, iso: str) -> list[UnitEntry]:
    return [u for u in book.units.values() if u.kind == "district" and u.valid_on(iso)]


def _communes(book: ReferenceBook, iso: str) -> list[UnitEntry]:
    return [u for u in book.units.values() if u.kind == "commune" and u.valid_on(iso)]


def parse_scope(book: ReferenceBook, text: str, day: datetime.date) -> Scope:
    """The scope that `post:BS`, `commune:06202`, `district:Cao Lộc` or `province` names on `day`.

    Names match folded, with or without Xã, Thị trấn, Huyện. Raises UserError.
    """
    kind, _colon, name = text.strip().partition(":")
    if kind == "province" and not name:
        return province(book)
    if kind == "post":
        code = book.post_code(name.strip())
        if code is None:
            raise UserError(_("“{value}” is not a known post.").format(value=name[:60]))
        return Scope("post", f"post:{code}", book.post_name(code), post=code)
    if kind == "commune":
        unit = _one(book, _communes(book, day.isoformat()), name, day)
        units = frozenset(book.lineage(unit.id, day.isoformat()))
        return Scope("commune", f"commune:{unit.id}", book.unit_name(unit.id), units=units)
    if kind == "district":
        ended = book.units.get(name.strip())
        if ended is not None and ended.kind == "district" and ended.valid_to < day.isoformat():
            return _area(book, ended)
        unit = _one(book, _districts(book, day.isoformat()), name, day)
        return Scope("district", f"district:{unit.id}", unit.name, units=_inside(book, unit, day))
    raise UserError(
        _(
            "“{value}” is not a scope. Write post:BS, commune:06202, district:Cao Lộc or province."
        ).format(value=text[:60])
    )


def province(book: ReferenceBook) -> Scope:
    """The whole province."""
    name = next((u.name for u in book.units.values() if u.kind == "province"), "")
    return Scope("province", "province", name)


def _inside(book: ReferenceBook, district: UnitEntry, day: datetime.date) -> frozenset[str]:
    iso = day.isoformat()
    inside = [u.id for u in _communes(book, iso) if u.parent == district.id]
    return frozenset(member for unit in inside for member in book.lineage(unit, iso))


def _area(book: ReferenceBook, district: UnitEntry) -> Scope:
    """A district that ended: its communes, and later ones all of whose parts lay in it."""
    inside = _inside(book, district, datetime.date.fromisoformat(district.valid_to))
    later = {
        unit.id
        for unit in book.units.values()
        if unit.kind == "commune" and unit.valid_from > district.valid_to
        for roots in (_roots(book, unit.id),)
        if roots and all(book.units[root].parent == district.id for root in roots)
    }
    name = _("{district} (former area)").format(district=district.name)
    return Scope("district", f"district:{district.id}", name, units=inside | later)


def _roots(book: ReferenceBook, unit: str) -> set[str]:
    """The earliest units that a part of a unit came from, according to the list of units."""
    roots, waiting, passed = set[str](), [unit], {unit}
    while waiting:
        later = waiting.pop()
        before = {u.id for u in book.units.values() if later in u.successors}
        if not before and later != unit:
            roots.add(later)
        waiting += before - passed
        passed |= before
    return roots


def split_into(book: ReferenceBook, scope: Scope, first: datetime.date) -> list[UnitEntry]:
    """The units that were whole on `first` and of which only a part is in the scope since:
    what happened in them before is not known by these parts."""
    if scope.units is None:
        return []
    inside = scope.units
    return [
        unit
        for unit in book.units.values()
        if len(unit.successors) > 1
        and unit.id not in inside
        and unit.valid_to >= first.isoformat()
        and inside.intersection(unit.successors)
    ]


def _one(book: ReferenceBook, units: list[UnitEntry], name: str, day: datetime.date) -> UnitEntry:
    """The only unit that an id, code or name means."""
    typed, bare = name.strip(), bare_name(name)
    exact = [u for u in units if typed in (u.id, u.code)]
    full = exact or [u for u in units if fold(typed) in (fold(u.name), fold(book.unit_name(u.id)))]
    matches = full or [u for u in units if bare in book.unit_names(u)]
    matches = book.written_as(typed, matches)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UserError(
            _("“{value}” is the name of several: {names}. Use a code.").format(
                value=typed[:60],
                names=", ".join(f"{u.code} {book.unit_name(u.id)}" for u in matches),
            )
        )
    raise UserError(
        _("There is no unit “{value}” on {date}.").format(value=typed[:60], date=f"{day:%d/%m/%Y}")
    )


def own_scope(book: ReferenceBook, identity: Identity, day: datetime.date) -> Scope:
    """The scope a desk reports by itself: its post, district or the province."""
    if identity.role == "post":
        return parse_scope(book, f"post:{identity.unit}", day)
    if identity.role == "liaison":
        return parse_scope(book, f"district:{identity.unit}", day)
    return province(book)


def choices(
    book: ReferenceBook,
    day: datetime.date,
    identity: Identity | None = None,
    *,
    posts: Iterable[str] | None = None,
) -> list[Scope]:
    """Every scope on `day`, the province first, in Vietnamese order; last that of the desk itself
    when its district or post has ended. posts: the codes of the posts, all of them if not given."""
    scopes = [province(book)]
    codes = book.posts if posts is None else posts
    scopes += [parse_scope(book, f"post:{code}", day) for code in codes]
    iso = day.isoformat()
    scopes += [
        parse_scope(book, f"district:{u.id}", day) for u in _districts(book, iso) if u.border
    ]
    scopes += [parse_scope(book, f"commune:{u.id}", day) for u in book.communes_on(day) if u.border]
    if identity is not None:
        default_scope = own_scope(book, identity, day)
        if default_scope.text not in {scope.text for scope in scopes}:
            scopes.append(default_scope)
    return scopes


# ------------------------------------------------------------------------- other names


def names_of(book: ReferenceBook, text: str) -> list[str]:
    """The texts of a scope by all names that its unit or post ever had, the given one first: a
    renamed one stays the same."""
    kind, _colon, scope_code = text.partition(":")
    pairs, names = [*_renamed(_history(book, kind))], [scope_code]
    for name in names:
        names += [alias for pair in pairs if name in pair for alias in pair if alias not in names]
    return [text, *(f"{kind}:{name}" for name in names[1:])]


def named_on(book: ReferenceBook, text: str, day: datetime.date) -> str:
    """The text of a scope by the name of its unit or post on a day; else the text itself."""
    kind, _colon, _own = text.partition(":")
    rows, iso = _history(book, kind), day.isoformat()
    for name in names_of(book, text):
        row = rows.get(name.partition(":")[2])
        if row is not None and row.valid_from <= iso <= row.valid_to:
            return name
    return text


def is_listed(book: ReferenceBook, text: str) -> bool:
    """Whether the text of a scope names a commune or post of the lists, of whatever time."""
    kind, _colon, own = text.partition(":")
    return own in _history(book, kind)


def _history(book: ReferenceBook, kind: str) -> Mapping[str, PostEntry | UnitEntry]:
    tables: dict[str, Mapping[str, PostEntry | UnitEntry]] = {
        "commune": book.units,
        "post": book.posts,
    }
    return tables.get(kind, {})


def _renamed(rows: Mapping[str, PostEntry | UnitEntry]) -> Iterator[tuple[str, str]]:
    """The pairs of keys of which the second is the first after a renaming: its only successor, with
    no other predecessor, and not existing before."""
    became = Counter(successor for row in rows.values() for successor in row.successors)
    for key, row in rows.items():
        for later in row.successors if len(row.successors) == 1 else ():
            is_later = later in rows and rows[later].valid_from > row.valid_to
            if is_later and became[later] == 1:
                yield key, later


# ------------------------------------------------------------------- a column for each unit


def columns_of(
    book: ReferenceBook, view: FigureView, places: Iterable[str], *, districts: bool = False
) -> list[Scope]:
    """The units of a view's scope as scopes of their own, in Vietnamese order; last, if any, the
    `places` (unit ids) that belong to none of them.

    districts: districts instead of communes, if the scope has several.
    """
    scope = view.scope
    units = list(_district_columns(book, view, places)) if districts else []
    if len(units) < 2:
        units = [_within(view, book, unit) for unit in _commune_columns(book, view, places)]
    assert all(column.units is not None for column in units)
    column_units = frozenset(unit for column in units for unit in column.units or ())
    # A patrol that crosses its edge has places outside the scope: these are no part of it.
    outside = (frozenset(places) & (scope.units or frozenset(places))) - column_units
    if outside and units:
        units.append(
            Scope("commune", "", _rest_name(book, outside), post=scope.post, units=outside)
        )
    return units


def _district_columns(
    book: ReferenceBook, view: FigureView, places: Iterable[str]
) -> Iterator[Scope]:
    """The border districts on the view's last day; of a post those that it works in."""
    if view.geography != OLD or view.scope.kind not in ("province", "post"):
        return
    day, post = view.period.last, view.scope.post
    works_in = frozenset(places) | book.area_on(post, view.day) if post is not None else None
    for unit in sorted(book.units.values(), key=lambda u: sort_key(bare_name(u.name))):
        if unit.kind != "district" or not unit.border:
            continue
        ended = unit.valid_to < day.isoformat()
        inside = _area(book, unit).units if ended else _inside(book, unit, day)
        if inside and (works_in is None or inside & works_in):
            name = unit.name.removeprefix("Huyện ")
            yield Scope("district", f"district:{unit.id}", name, view.scope.post, inside)


def _commune_columns(
    book: ReferenceBook, view: FigureView, places: Iterable[str]
) -> list[UnitEntry]:
    """The border communes of the scope on the view's day, and others with any records."""
    scope, iso = view.scope, view.day.isoformat()
    became = (book.successors_on(place, iso) for place in places)
    visited = {unit for units in became if len(units) == 1 for unit in units}
    if scope.post is not None:
        visited |= book.area_on(scope.post, view.day)
    return [
        unit
        for unit in book.communes_on(view.day)
        if (scope.units is None or unit.id in scope.units)
        and (unit.id in visited or (unit.border and scope.post is None))
    ]


def _within(view: FigureView, book: ReferenceBook, unit: UnitEntry) -> Scope:
    units = frozenset(book.lineage(unit.id, view.day.isoformat()))
    return Scope("commune", f"commune:{unit.id}", book.unit_short(unit.id), view.scope.post, units)


def _rest_name(book: ReferenceBook, units: frozenset[str]) -> str:
    if len(units) == 1:
        return book.unit_short(next(iter(units)))
    return _("Elsewhere")


def column_notes(columns: Iterable[Scope]) -> list[str]:
    """The notes on the last column, if it has the places that belong to none of the others."""
    return [
        _(
            "{name}: in none of the units beside it; split, or without a successor in the list."
        ).format(name=column.name)
        for column in columns
        if not column.text
    ]


def remarks(book: ReferenceBook, view: FigureView) -> list[str]:
    """The notes on the units that a view's figures are sorted by."""
    notes = []
    if view.turned and view.geography == NEW:
        notes.append(
            _("Told by the communes of after {date}: each with what became it whole.").format(
                date=format_date(view.day)
            )
        )
    if view.scope.kind == "district" and _ended(book, view.scope, view.period.last):
        notes.append(
            _(
                "{district} is shown by its communes, and after it ended by those communes all of"
                " whose known parts lay in it."
            ).format(district=view.scope.name)
        )
    elif view.turned and view.geography == OLD:
        notes.append(_("Districts are shown by the communes all of whose known parts lay in them."))
    notes.extend(
        _(
            "{unit} was split after {date}: what happened in it until then is in no figure of"
            " this unit, and the period before is not compared (–)."
        ).format(
            unit=book.unit_name(unit.id),
            date=format_date(datetime.date.fromisoformat(unit.valid_to)),
        )
        for unit in split_into(book, view.scope, view.compared.first)
    )
    return notes


def _ended(book: ReferenceBook, scope: Scope, day: datetime.date) -> bool:
    return book.units[scope.text.partition(":")[2]].valid_to < day.isoformat()
