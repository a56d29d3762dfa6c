"""Fast creation of Qt's enumerations.

At the first use of `Qt`, PySide6 creates 93 classes with 1,195 members by `Enum(name, [(key,
number), …])`, and six hundred more classes later. Python 3.11 takes 25 microseconds per member for
checks that members of plain numbers do not need.
"""

import enum
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

_create: Any = getattr(enum.EnumType, "_create_", None)
_PLAIN = (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
"""The base classes that Qt's enumerations have."""
_KNOWS_SINGLES = hasattr(enum.Flag, "_singles_mask_")
"""Since 3.11.4 a flag's mask also holds the bits of multi-bit members; Debian 12 has 3.11.2."""
_NOT_KEPT = ("__dict__", "__weakref__", "__module__", "__new__")
"""Attributes that every class gets by itself; a `__new__` present at creation would become
static."""
_FRAME = 2
"""Stack depth of the caller, from which Python derives the module of the class."""


def install() -> None:
    """Speed up enumerations of names and numbers from now on; others are created as before."""
    if sys.version_info[:2] == (3, 11) and _create is not None:
        enum.EnumType._create_ = _create_enum  # type: ignore[attr-defined]


def _create_enum(cls: Any, class_name: str, names: Any, **about: Any) -> Any:
    """Replacement of `EnumType._create_` with the same result, member by member."""
    module = about.get("module") or sys._getframe(_FRAME).f_globals.get("__name__")
    is_plain_enum = cls in _PLAIN and about.get("type") is None and about.get("qualname") is None
    if not is_plain_enum or not module or not _is_plain(cls, names):
        return _create(cls, class_name, names, **{**about, "module": module})
    boundary = about.get("boundary")
    enum_class: Any = type.__new__(
        enum.EnumType,
        class_name,
        (cls,),
        {**_content(cls, boundary), **_fresh(), "__module__": module},
    )
    enum_class.__new__ = enum.Enum.__new__
    if issubclass(cls, enum.Flag):
        _add_flags(enum_class, names)
    else:
        _add_members(enum_class, names)
    return enum_class


@cache
def _content(cls: Any, boundary: Any) -> dict[str, Any]:
    """The attributes of an empty enumeration."""
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
    """Names that members must not have, because the base classes use them."""
    return frozenset({"mro", ""}.union(*(vars(base) for base in cls.__mro__)))


def _is_plain(cls: Any, names: Any) -> bool:
    """Whether every member is a new name with a plain int."""
    if type(names) is not list or not all(type(item) is tuple for item in names):
        return False
    reserved, members = _taken(cls), dict(names)
    return (
        len(members) == len(names)
        and reserved.isdisjoint(members)
        and all(type(value) is int for value in members.values())
        and not any(name.startswith("_") for name in members)
    )


def _add_members(enum_class: Any, names: Sequence[tuple[str, int]]) -> None:
    """Add the members; a second name for a number becomes an alias."""
    values, members, order = (
        enum_class._value2member_map_,
        enum_class._member_map_,
        enum_class._member_names_,
    )
    for name, value in names:
        member = values.get(value)
        if member is None:
            member = values[value] = _member(enum_class, name, value, len(order))
            order.append(name)
        members[name] = member
        type.__setattr__(enum_class, name, member)


def _add_flags(enum_class: Any, names: Sequence[tuple[str, int]]) -> None:
    """Add the members of a flag; only single-bit ones are listed when it is iterated."""
    values, members, order = (
        enum_class._value2member_map_,
        enum_class._member_map_,
        enum_class._member_names_,
    )
    mask = single = 0
    for name, value in names:
        mask |= value
        single_bit = value.bit_count() == 1 and value > 0
        if single_bit:
            single |= value
        member = values.get(value)
        if member is None:
            member = values[value] = _member(enum_class, name, value, len(order))
            if single_bit:
                order.append(name)
        members[name] = member
        type.__setattr__(enum_class, name, member)
    if _KNOWS_SINGLES:
        enum_class._flag_mask_, enum_class._singles_mask_ = mask, single
    else:
        enum_class._flag_mask_ = single
    enum_class._all_bits_ = 2 ** mask.bit_length() - 1
    listed = [members[name]._value_ for name in order]
    if listed != sorted(listed):
        enum_class._iter_member_ = enum_class._iter_member_by_def_


def _member(enum_class: Any, name: str, value: int, place: int) -> Any:
    member = (
        int.__new__(enum_class, value)
        if issubclass(enum_class, int)
        else object.__new__(enum_class)
    )
    member._value_ = value
    member._name_ = name
    member.__objclass__ = enum_class
    member._sort_order_ = place
    return member
