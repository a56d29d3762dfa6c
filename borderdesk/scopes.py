"""Whose figures a report tells: a post, a commune, a district or the province."""

import datetime
from typing import TYPE_CHECKING

from borderdesk.errors import UserError
from borderdesk.i18n import _
from borderdesk.indicators import Scope
from borderdesk.reference.book import Book, Unit, bare_name
from borderdesk.text import fold

if TYPE_CHECKING:
    from borderdesk.desk import Identity

OLD, NEW = "old", "new"


def geography_of(book: Book, day: datetime.date) -> str:
    """old while there are districts, new after them."""
    return OLD if _districts(book, day.isoformat()) else NEW


def reference_day(book: Book, last: datetime.date, geography: str | None) -> datetime.date:
    """The day whose units are meant: a period's last, or the nearest in the other geography."""
    if geography is None or geography == geography_of(book, last):
        return last
    end = max((u.valid_to for u in book.units.values() if u.kind == "district"), default="")
    if not end:
        return last
    last_old = datetime.date.fromisoformat(end)
    return last_old if geography == OLD else last_old + datetime.timedelta(days=1)


def _districts(book: Book, iso: str) -> list[Unit]:
    return [u for u in book.units.values() if u.kind == "district" and u.valid_on(iso)]


def _communes(book: Book, iso: str) -> list[Unit]:
    return [u for u in book.units.values() if u.kind == "commune" and u.valid_on(iso)]


def parse_scope(book: Book, text: str, day: datetime.date) -> Scope:
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
        units = frozenset(book.lineage(unit.id))
        return Scope("commune", f"commune:{unit.id}", book.unit_name(unit.id), units=units)
    if kind == "district":
        unit = _one(book, _districts(book, day.isoformat()), name, day)
        return Scope("district", f"district:{unit.id}", unit.name, units=_inside(book, unit, day))
    raise UserError(
        _("“{value}” is not a scope. Write post:BS, commune:06202, district:Cao Lộc or province.")
        .format(value=text[:60])
    )  # fmt: skip


def province(book: Book) -> Scope:
    """The whole province."""
    name = next((u.name for u in book.units.values() if u.kind == "province"), "")
    return Scope("province", "province", name)


def _inside(book: Book, district: Unit, day: datetime.date) -> frozenset[str]:
    inside = [u.id for u in _communes(book, day.isoformat()) if u.parent == district.id]
    return frozenset(one for unit in inside for one in book.lineage(unit))


def _one(book: Book, units: list[Unit], name: str, day: datetime.date) -> Unit:
    """The only unit that an id, code or name means."""
    typed, bare = name.strip(), bare_name(name)
    exact = [u for u in units if typed in (u.id, u.code)]
    full = exact or [u for u in units if fold(typed) in (fold(u.name), fold(book.unit_name(u.id)))]
    found = full or [u for u in units if bare == bare_name(u.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            _("“{value}” is the name of several: {names}. Use a code.").format(
                value=typed[:60],
                names=", ".join(f"{u.code} {book.unit_name(u.id)}" for u in found),
            )
        )
    raise UserError(
        _("There is no unit “{value}” on {date}.").format(value=typed[:60], date=f"{day:%d/%m/%Y}")
    )


def own_scope(book: Book, identity: "Identity", day: datetime.date) -> Scope:
    """The scope a desk reports by itself: its post, district or the province."""
    if identity.role == "post":
        return parse_scope(book, f"post:{identity.unit}", day)
    if identity.role == "liaison":
        return parse_scope(book, f"district:{book.unit_name(identity.unit)}", day)
    return province(book)


def choices(book: Book, day: datetime.date) -> list[Scope]:
    """Every scope there is on `day`, the province first, in Vietnamese order."""
    found = [province(book)]
    found += [parse_scope(book, f"post:{code}", day) for code in book.posts]
    iso = day.isoformat()
    found += [parse_scope(book, f"district:{u.id}", day) for u in _districts(book, iso) if u.border]
    found += [parse_scope(book, f"commune:{u.id}", day) for u in book.communes_on(day) if u.border]
    return found
