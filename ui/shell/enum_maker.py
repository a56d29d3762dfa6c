"""A fast path for creating Qt's enumerations.

At the first mention of `Qt`, PySide6 makes 93 classes of 1,195 members by `Enum(name, [(key,
number), …])`, and six hundred more classes as others are mentioned. Python 3.11 takes 25
microseconds for each member, for it might be anything. Names with numbers need none of that.
"""

import enum
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

_create: Any = getattr(enum.EnumType, "_create_", None)
_PLAIN = (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
"""What an enumeration of Qt is."""
_KNOWS_SINGLES = hasattr(enum.Flag, "_singles_mask_")
"""Since 3.11.4 a flag's mask has the bits of members of several bits too; Debian 12 has 3.11.2."""
_NOT_KEPT = ("__dict__", "__weakref__", "__module__", "__new__")
"""What every class has of its own; a `__new__` that is there before the class becomes static."""
_FRAME = 2
"""How far above is who asks for a class, by which Python guesses its module."""


def install() -> None:
    """Make enumerations of names and numbers fast from now on; any other as ever."""
    if sys.version_info[:2] == (3, 11) and _create is not None:
        enum.EnumType._create_ = _create_enum  # type: ignore[attr-defined]


def _create_enum(cls: Any, class_name: str, names: Any, **about: Any) -> Any:
    """Stands for `EnumType._create_`: the class that it gives, member for member."""
    module = about.get("module") or sys._getframe(_FRAME).f_globals.get("__name__")
    plain = cls in _PLAIN and about.get("type") is None and about.get("qualname") is None
    if not plain or not module or not _is_plain(cls, names):
        return _create(cls, class_name, names, **{**about, "module": module})
    boundary = about.get("boundary")
    made: Any = type.__new__(
        enum.EnumType,
        class_name,
        (cls,),
        {**_content(cls, boundary), **_fresh(), "__module__": module},
    )
    made.__new__ = enum.Enum.__new__
    if issubclass(cls, enum.Flag):
        _add_flags(made, names)
    else:
        _add_members(made, names)
    return made


@cache
def _content(cls: Any, boundary: Any) -> dict[str, Any]:
    """What Python puts into an enumeration beside its members."""
    empty = _create(cls, "", (), module=__name__, boundary=boundary)
    return {key: value for key, value in vars(empty).items() if key not in _NOT_KEPT}


def _fresh() -> dict[str, Any]:
    return {
        "_member_names_": [],
        "_member_map_": {},
        "_value2member_map_": {},
        "_unhashable_values_": [],
    }


@cache
def _taken(cls: Any) -> frozenset[str]:
    """The names that stand for something else in an enumeration already."""
    return frozenset({"mro", ""}.union(*(vars(base) for base in cls.__mro__)))


def _is_plain(cls: Any, names: Any) -> bool:
    """Whether every member is a new name for a number."""
    if type(names) is not list or not all(type(item) is tuple for item in names):
        return False
    taken, found = _taken(cls), dict(names)
    return (
        len(found) == len(names)
        and taken.isdisjoint(found)
        and all(type(value) is int for value in found.values())
        and not any(name.startswith("_") for name in found)
    )


def _add_members(made: Any, names: Sequence[tuple[str, int]]) -> None:
    """Add the members; a second name of a number is another name of its member."""
    values, members, order = made._value2member_map_, made._member_map_, made._member_names_
    for name, value in names:
        member = values.get(value)
        if member is None:
            member = values[value] = _member(made, name, value, len(order))
            order.append(name)
        members[name] = member
        type.__setattr__(made, name, member)


def _add_flags(made: Any, names: Sequence[tuple[str, int]]) -> None:
    """Add the members; only those of one bit are gone through when the flags are listed."""
    values, members, order = made._value2member_map_, made._member_map_, made._member_names_
    mask = single = 0
    for name, value in names:
        mask |= value
        one = value.bit_count() == 1 and value > 0
        if one:
            single |= value
        member = values.get(value)
        if member is None:
            member = values[value] = _member(made, name, value, len(order))
            if one:
                order.append(name)
        members[name] = member
        type.__setattr__(made, name, member)
    if _KNOWS_SINGLES:
        made._flag_mask_, made._singles_mask_ = mask, single
    else:
        made._flag_mask_ = single
    made._all_bits_ = 2 ** mask.bit_length() - 1
    listed = [members[name]._value_ for name in order]
    if listed != sorted(listed):
        made._iter_member_ = made._iter_member_by_def_


def _member(made: Any, name: str, value: int, place: int) -> Any:
    member = int.__new__(made, value) if issubclass(made, int) else object.__new__(made)
    member._value_ = value
    member._name_ = name
    member.__objclass__ = made
    member._sort_order_ = place
    return member
