"""The kinds of field a record is made of: each cleans, reads, shows and stores one value.

A kind is a peewee field with a label and rules. Values have two doors: `clean` takes what
JSON gives and is strict about types, `read` takes what a person typed or a CSV cell holds.
Both raise `Bad` with a sentence for the person.

To add a kind: a class here with clean, read, show and out; an editor in ui/editors.py; a
strategy in tests/factories.py. The completeness test names what was forgotten.
"""

import copy
import datetime
import json
import re
from collections.abc import Callable, Container, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

import peewee as pw

from borderdesk.base.errors import Problem
from borderdesk.base.formats import show_date, show_number
from borderdesk.base.i18n import N_, _, in_every_language, language
from borderdesk.base.text import FORBIDDEN, fold, nfc

if TYPE_CHECKING:
    from borderdesk.schema.book import Book, UnitEntry
    from borderdesk.schema.record import Child

PUBLIC, INTERNAL, PERSONAL = "public", "internal", "personal"
NAME_LIMIT, TEXT_LIMIT = 200, 4_000
COUNT_MOST, MONEY_MOST = 2 * 10**9, 10**12


class _Several(Container[Any]):
    """Whole numbers from two on; a range would be walked through for what is no number."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and value > 1


SEVERAL = _Several()
"""For `when`: two or more."""

LATE = N_("Entered {value} days after it happened.")
HIGH = N_("{value} is unusually high.")
COUNTED = (LATE, HIGH)
"""Doubts whose value is a number, to be grouped as numbers are."""
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?$")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4})$")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PRODUCT = re.compile(r"([0-9]{1,9})\s*[x×*]\s*([0-9]{1,4})$", re.IGNORECASE)
"""18x3: people times days, as clerks reckon turns."""
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+$")
_MARKER = re.compile(r"\d{3,4}(?:/\d{1,2})?$")
_LONG_NUMBER = re.compile(r"\d\d\d\d\d\d\d\d\d")
"""What every identifier has in it; far quicker to look for than an identifier."""
_IDENTIFIER = re.compile(r"(?<!\d)(?:\d{9}|\d{12}|(?:\+?84|0)\d{9})(?!\d)")


class Bad(ValueError):
    """A value that is refused; its text is for the person."""


class Soft(Problem):
    """A doubt the clerk may overrule: `message` is an English key with {value} in it."""


class Entry(Protocol):
    """What cleaning one record may look at."""

    book: "Book"
    today: datetime.date
    on: datetime.date | None
    """The record's event date, once it is known: the day its places must be valid on."""

    def make_pick(self, pick_list: str, label: str) -> str | None:
        """The code of a new entry of the list, or None where new ones are refused."""


class Kind:
    """What every field of a record says about itself.

    label: English key; required: an error when absent (only while `when` holds);
    listed: a column of the list; event: the date the record counts by;
    when: (other field, its values) for which this field exists at all;
    part: public, internal or personal, or {value of `part_by[0]`: part} resolved per record;
    unit: English key of the unit of measure; default: the value of a new form and of input
    that leaves it out; sticky: a new form begins with the value last saved.
    """

    shape = "string"
    numeric = False

    def __init__(
        self,
        label: str,
        *,
        required: bool = False,
        listed: bool = False,
        event: bool = False,
        when: tuple[str, Container[Any]] | None = None,
        part: str = PUBLIC,
        personal_when: tuple[str, Container[Any]] | None = None,
        unit: str = "",
        default: Any = None,
        soft_over: int | None = None,
        sticky: bool = False,
        **column: Any,
    ) -> None:
        super().__init__(null=True, **column)  # type: ignore[call-arg]  # a peewee field's
        self.label = label
        self.required = required
        self.listed = listed
        self.event = event
        self.when = when
        self.part = part
        self.personal_when = personal_when
        self.unit = unit
        self.initial = default
        self.soft_over = soft_over
        self.sticky = sticky
        self.doubtful = soft_over is not None or type(self).doubts is not Kind.doubts

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        # peewee copies inherited fields at every subclass; what a field says never changes, and
        # a deep copy of it would make up a third of the program's start.
        return copy.copy(self)

    if TYPE_CHECKING:
        name: str

        def db_value(self, value: Any) -> Any: ...
        def python_value(self, value: Any) -> Any: ...

    def clean(self, raw: Any, entry: Entry) -> Any:
        """The value `raw` (as JSON gives it) means; None for an empty text."""
        raise NotImplementedError

    def read(self, text: str, entry: Entry) -> Any:
        """The value the typed `text` means; None when it is blank."""
        text = nfc(text).strip()
        return self.clean(text, entry) if text else None

    def show(self, value: Any, book: "Book") -> str:
        """`value` for screen and paper."""
        return "" if value is None else str(value)

    def out(self, value: Any, book: "Book") -> Any:
        """`value` as JSON gives it back."""
        return value

    def cell(self, value: Any, book: "Book") -> str:
        """`value` as a CSV cell that `read` takes back."""
        return "" if value is None else str(self.out(value, book))

    def keep(self, value: Any) -> Any:
        """`value` in the canonical JSON of a revision (decimals as strings, dates ISO)."""
        return value

    def kept(self, value: Any) -> Any:
        """The value again from what `keep` gave."""
        return value

    def find_words(self, value: Any, book: "Book") -> str:
        """The text a search finds this value by."""
        return ""

    def doubts(self, value: Any, entry: Entry) -> Iterable[tuple[str, Any]]:
        """Soft warnings of the value alone: (English key, value shown in it)."""
        if self.soft_over is not None and value > self.soft_over:
            return [(HIGH, value)]
        return ()

    def wrong(self) -> Bad:
        """The error for a value of the wrong JSON type."""
        return Bad(wrong_shape(self.shape))


_WRONG = {
    "string": N_("Must be text."),
    "integer": N_("Must be a whole number."),
    "number": N_("Must be a number."),
    "boolean": N_("Must be yes or no."),
    "array": N_("Must be a list."),
    "object": N_("Must be an object."),
}


def wrong_shape(shape: str) -> str:
    """What is said of a value that is not of the JSON type `shape`."""
    return _(_WRONG[shape])


class Text(Kind, pw.TextField):
    """A text: one line of at most 200 characters for a name, else several of 4,000.

    brief: several lines are possible, but one is usual.
    """

    def __init__(
        self, label: str, *, limit: int = TEXT_LIMIT, brief: bool = False, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.limit = limit
        self.brief = brief
        self.lines = limit > NAME_LIMIT

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        text = nfc(raw)
        # Nothing forbidden is printable; what is not printable may be a line's end or a wide space.
        if not text.isprintable():
            text = text.replace("\r\n", "\n")
            if FORBIDDEN.search(text.replace("\n", "") if self.lines else text):
                raise Bad(_("Has a character that cannot be printed."))
        text = text.strip()
        if len(text) > self.limit:
            limit = show_number(self.limit, language())
            raise Bad(_("Longer than {limit} characters.").format(limit=limit))
        return text or None

    def find_words(self, value: Any, book: "Book") -> str:
        return str(value)

    def doubts(self, value: str, entry: Entry) -> Iterable[tuple[str, Any]]:
        if _LONG_NUMBER.search(value) and _IDENTIFIER.search(value):
            return [(N_("Looks like an ID or phone number; keep those out of free text."), value)]
        return ()


def short_text(label: str, **rest: Any) -> Text:
    """A one-line text of at most 200 characters."""
    return Text(label, limit=NAME_LIMIT, **rest)


class Hamlet(Text):
    """A hamlet: free text, completed from those known in the record's commune."""

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)


class CitizenId(Text):
    """A citizen ID of 12 digits or an old one of 9; never shown whole in a table."""

    _PROVINCES = frozenset(
        "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034"
        " 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068"
        " 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096".split()
    )

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)

    def clean(self, raw: Any, entry: Entry) -> str | None:
        text = super().clean(raw, entry)
        if text is not None and not re.fullmatch(r"[0-9]{12}|[0-9]{9}", text):
            raise Bad(_("An ID has 12 digits (9 on an old card)."))
        return text

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else mask(value)

    def doubts(self, value: str, entry: Entry) -> Iterable[tuple[str, Any]]:
        if len(value) != 12:
            return ()
        found: list[tuple[str, Any]] = []
        if value[:3] not in self._PROVINCES:
            found.append((N_("{value} is not the code of a province."), value[:3]))
        born = 1900 + 100 * (int(value[3]) // 2) + int(value[4:6])
        if not 1900 <= born <= entry.today.year:
            found.append((N_("The year of birth in this ID would be {value}."), born))
        return found


def mask(digits: str) -> str:
    """An ID for the screen: 020•••••1234."""
    return f"{digits[:3]}{'•' * max(len(digits) - 7, 0)}{digits[-4:]}"


class Phone(Text):
    """A telephone number: ten digits from 0, or the same after +84; only the shape is doubted."""

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)

    def doubts(self, value: str, entry: Entry) -> Iterable[tuple[str, Any]]:
        digits = re.sub(r"[ .\-()]", "", value)
        if not re.fullmatch(r"(?:0|\+?84)[0-9]{9,10}", digits):
            return [(N_("{value} does not look like a telephone number."), value)]
        return ()


class Count(Kind, pw.BigIntegerField):
    """A whole number from `least` to `most`; money is one of whole đồng."""

    shape = "integer"
    numeric = True

    def __init__(
        self,
        label: str,
        *,
        least: int = 0,
        most: int = COUNT_MOST,
        per_day: bool = False,
        **rest: Any,
    ) -> None:
        """per_day: turns, of which each person makes one a day of the work."""
        super().__init__(label, **rest)
        self.least = least
        self.most = most
        self.per_day = per_day

    def clean(self, raw: Any, entry: Entry) -> int:
        if type(raw) is not int:
            raise self.wrong()
        if not self.least <= raw <= self.most:
            raise _out_of_range(self.least, self.most)
        return raw

    def read(self, text: str, entry: Entry) -> int | None:
        text = text.strip()
        if not text:
            return None
        product = _PRODUCT.match(text)
        if product:
            return self.clean(int(product[1]) * int(product[2]), entry)
        if _GROUPED.match(text):
            text = re.sub("[. ]", "", text)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise self.wrong()
        return self.clean(int(text), entry)

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else show_number(value)


def money(label: str, **rest: Any) -> Count:
    """Whole đồng up to 10¹²."""
    return Count(label, most=MONEY_MOST, unit=N_("VND"), **rest)


_TENTH = Decimal("0.1")


class Tenths(Kind, pw.BigIntegerField):
    """A quantity with one decimal up to `most`, a Decimal here and whole tenths in the store."""

    shape = "number"
    numeric = True

    def __init__(self, label: str, *, most: int = COUNT_MOST, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.most = most

    def clean(self, raw: Any, entry: Entry) -> Decimal:
        if type(raw) is int:
            number = Decimal(raw)
        elif type(raw) in (float, Decimal):
            number = Decimal(str(raw))
        else:
            raise self.wrong()
        if not number.is_finite():
            raise self.wrong()
        if not 0 <= number <= self.most:
            raise _out_of_range(0, self.most)
        tenths = number.quantize(_TENTH)
        if tenths != number:
            raise Bad(_("At most one decimal."))
        return tenths.copy_abs()  # -0.0 is 0.0

    def read(self, text: str, entry: Entry) -> Decimal | None:
        text = text.strip()
        if not text:
            return None
        whole, mark, decimal = text.partition(",")
        if _GROUPED.match(whole):
            whole = re.sub("[. ]", "", whole)
        number = whole + ("." + decimal if mark else "")
        if not re.fullmatch(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", number):
            raise self.wrong()
        return self.clean(Decimal(number), entry)

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else show_number(value)

    def out(self, value: Any, book: "Book") -> Any:
        return None if value is None else as_json_number(value)

    def keep(self, value: Decimal) -> str:
        return str(value)

    def kept(self, value: str) -> Decimal:
        return Decimal(value)

    def db_value(self, value: Any) -> Any:
        return None if value is None else int(value * 10)

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value).scaleb(-1)


def as_json_number(value: Decimal) -> int | float:
    """A decimal as the plainest JSON number: 12 rather than 12.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _out_of_range(least: int, most: int) -> Bad:
    return Bad(
        _("Must be from {least} to {most}.").format(
            least=show_number(least, language()), most=show_number(most, language())
        )
    )


class Day(Kind, pw.DateField):
    """A calendar date, never a time; `past` refuses one after today."""

    def __init__(self, label: str, *, past: bool = False, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.past = past or self.event
        self.doubtful = self.event

    def clean(self, raw: Any, entry: Entry) -> datetime.date:
        if type(raw) is not str:
            raise self.wrong()
        return self.bounded(_iso_day(raw), entry)

    def bounded(self, day: datetime.date, entry: Entry) -> datetime.date:
        """`day`, when it may be entered: not in the future, an event not before 2000."""
        if self.past and day > entry.today:
            raise Bad(_("This date is in the future."))
        if day.year < (2000 if self.event else 1900):
            raise Bad(_("This date is too long ago."))
        return day

    def read(self, text: str, entry: Entry) -> datetime.date | None:
        text = text.strip()
        if not text:
            return None
        if _ISO.match(text):
            return self.clean(text, entry)
        return self.bounded(read_day(text, entry.today), entry)

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else show_date(value)

    def out(self, value: Any, book: "Book") -> Any:
        return None if value is None else value.isoformat()

    def keep(self, value: datetime.date) -> str:
        return value.isoformat()

    def kept(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def db_value(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def python_value(self, value: Any) -> Any:
        return datetime.date.fromisoformat(value) if type(value) is str else value

    def doubts(self, value: datetime.date, entry: Entry) -> Iterable[tuple[str, Any]]:
        if not self.event:
            return ()
        late = (entry.today - value).days
        if late > 3_652 and self.name != "from_on":
            return [(N_("This date is more than ten years ago."), value.isoformat())]
        return [(LATE, late)] if late > 60 else ()


@lru_cache(maxsize=4_096)
def _iso_day(text: str) -> datetime.date:
    """The date written 2023-12-31: the days of a list are few."""
    if not _ISO.match(text):
        raise Bad(_("A date is written like 2023-12-31."))
    return _date(int(text[:4]), int(text[5:7]), int(text[8:]))


def read_day(text: str, today: datetime.date) -> datetime.date:
    """The date typed as 4, 4/12, 4/12/2023, 4-12-23 or 04122023.

    What is left out is taken from `today`; a day without a year is the latest such day that
    is not in the future.
    """
    run = _RUN.match(text)
    if run:
        return _date(int(run[3]), int(run[2]), int(run[1]))
    if text.isdecimal() and len(text) <= 2:
        return _date(today.year, today.month, int(text))
    match = _DAY.match(text)
    if match is None:
        raise Bad(_("A date is written like 31/12/2023."))
    day, month, year = int(match[1]), int(match[2]), match[3]
    if year is None:
        guess = _date(today.year, month, day)
        return guess if guess <= today else _date(today.year - 1, month, day)
    return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day)


def _date(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Bad(_("There is no such date.")) from None


class YesNo(Kind, pw.BooleanField):
    """Yes, no or not said."""

    shape = "boolean"
    _TYPED: ClassVar = {
        "true": True,
        "false": False,
        "yes": True,
        "no": False,
        "co": True,
        "khong": False,
    }

    def clean(self, raw: Any, entry: Entry) -> bool:
        if type(raw) is not bool:
            raise self.wrong()
        return raw

    def read(self, text: str, entry: Entry) -> bool | None:
        typed = fold(text)
        if not typed:
            return None
        if typed not in self._TYPED:
            raise self.wrong()
        return self._TYPED[typed]

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else _(N_("Yes")) if value else _(N_("No"))

    def cell(self, value: Any, book: "Book") -> str:
        return "" if value is None else "true" if value else "false"


class Choice(Kind, pw.TextField):
    """One of a fixed few: `options` is {code: English key}, the label goes as well as the code."""

    def __init__(self, label: str, options: Mapping[str, str], **rest: Any) -> None:
        super().__init__(label, **rest)
        self.options = dict(options)

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        if raw in self.options:
            return raw
        typed = fold(raw)
        if not typed:
            return None
        for code, label in self.options.items():
            if typed == code or typed in map(fold, in_every_language(label)):
                return code
        choices = "; ".join(_(label) for label in self.options.values())
        raise Bad(_("Must be one of: {choices}.").format(choices=choices))

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else _(self.options.get(value, value))


class Pick(Kind, pw.TextField):
    """One entry of an editable pick list, stored by its code."""

    def __init__(self, label: str, pick_list: str, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.pick_list = pick_list

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        code = entry.book.pick_code(self.pick_list, raw)
        if code is not None:
            return code
        text = nfc(raw).strip()
        if not text:
            return None
        if FORBIDDEN.search(text):
            raise Bad(_("Has a character that cannot be printed."))
        made = entry.make_pick(self.pick_list, text) if len(text) <= NAME_LIMIT else None
        if made is None:
            raise Bad(_("“{value}” is not in the pick list.").format(value=text[:60]))
        return made

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else book.pick_label(self.pick_list, value)

    def find_words(self, value: Any, book: "Book") -> str:
        return book.pick_words(self.pick_list, value)


def is_marker(text: str) -> bool:
    """Whether a text is written like a marker: 1146 or 1146/1."""
    return text.isascii() and _MARKER.match(text) is not None


class Marker(Kind, pw.TextField):
    """A boundary marker: 1146, or 1146/1 for an auxiliary one."""

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        text = raw.strip()
        if not text:
            return None
        if not is_marker(text):
            raise Bad(_("A marker is written like 1146 or 1146/1."))
        return text

    def find_words(self, value: Any, book: "Book") -> str:
        return str(value)

    def doubts(self, value: str, entry: Entry) -> Iterable[tuple[str, Any]]:
        known = entry.book.markers
        if known and value not in known:
            return [(N_("Marker {value} is not in the list of markers."), value)]
        return ()


class Commune(Kind, pw.TextField):
    """A commune, stored as the permanent id of the unit valid on the record's date."""

    def __init__(self, label: str, *, by_id: bool = False, **rest: Any) -> None:
        """by_id: given out as an id, and taken as one whatever the date (a household's own
        commune: it has no date to be judged by)."""
        super().__init__(label, **rest)
        self.by_id = by_id

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        text = raw.strip()
        if not text:
            return None
        if entry.on is None:
            # The date itself was refused; the place cannot be judged before it is mended.
            return text
        return self.resolved(text, entry)

    def resolved(self, text: str, entry: Entry) -> str:
        """The id of the unit that `text` (a code or an id) names on the record's date."""
        assert entry.on is not None
        if self.by_id and entry.book.is_commune_id(text):
            return text
        unit = entry.book.commune_on(text, entry.on)
        if unit is not None:
            return unit
        once = entry.book.commune_once(text)
        if once is not None and not once.valid_on(entry.on.isoformat()):
            raise Bad(_not_then(once, entry.on, entry.book))
        raise Bad(_("“{value}” is not a known commune.").format(value=text[:60]))

    def read(self, text: str, entry: Entry) -> str | None:
        text = nfc(text).strip()
        if not text:
            return None
        if entry.on is not None:
            named = entry.book.commune_named(text, entry.on)
            if named is not None:
                return named
        return self.clean(text, entry)

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else book.unit_name(value)

    def out(self, value: Any, book: "Book") -> Any:
        return value if value is None or self.by_id else book.unit_code(value)

    def find_words(self, value: Any, book: "Book") -> str:
        return book.unit_name(value)


def _not_then(unit: "UnitEntry", day: datetime.date, book: "Book") -> str:
    """Why a commune cannot be named on a day, and what to name then."""
    told = {"value": book.unit_name(unit.id), "date": show_date(day)}
    if day.isoformat() < unit.valid_from:
        since = datetime.date.fromisoformat(unit.valid_from)
        return _("{value} is not a valid unit on {date}: it is one from {since} on.").format(
            **told, since=show_date(since)
        )
    last = show_date(datetime.date.fromisoformat(unit.valid_to))
    became = ", ".join(sorted(map(book.unit_name, book.successors_on(unit.id, day.isoformat()))))
    if not became:
        return _("{value} is not a valid unit on {date}: it was one until {last}.").format(
            **told, last=last
        )
    return _(
        "{value} is not a valid unit on {date}: it was one until {last}, and became {became}."
    ).format(**told, last=last, became=became)


class Household(Kind, pw.TextField):
    """A household by its id; the desk finds or makes one from {head, commune, hamlet}."""

    def clean(self, raw: Any, entry: Entry) -> Any:
        if type(raw) is dict:
            return raw
        if type(raw) is not str:
            raise self.wrong()
        text = raw.strip().lower()
        if text and not is_uuid(text):
            raise Bad(_("There is no such household."))
        return text or None

    def read(self, text: Any, entry: Entry) -> Any:
        # A form sends an id, or the texts that describe a household to be found or made.
        return self.clean(text, entry)

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else book.household_name(value)


class Several(Kind, pw.TextField):
    """Several values of one kind, kept in the order they were given, each once."""

    shape = "array"

    def __init__(self, each: Kind, **rest: Any) -> None:
        super().__init__(each.label, **rest)
        self.each = each
        self.doubtful = each.doubtful

    def clean(self, raw: Any, entry: Entry) -> list[str] | None:
        if type(raw) is not list:
            raise self.wrong()
        values = [self.each.clean(item, entry) for item in raw]
        return [v for v in dict.fromkeys(values) if v is not None] or None

    def read(self, text: str, entry: Entry) -> list[str] | None:
        values = [self.each.read(part, entry) for part in text.split(";") if part.strip()]
        return list(dict.fromkeys(values)) or None

    def show(self, value: Any, book: "Book") -> str:
        return "; ".join(self.each.show(item, book) for item in value or ())

    def out(self, value: Any, book: "Book") -> list[Any]:
        return [self.each.out(item, book) for item in value or ()]

    def cell(self, value: Any, book: "Book") -> str:
        return ";".join(str(self.each.out(item, book)) for item in value or ())

    def find_words(self, value: Any, book: "Book") -> str:
        return " ".join(self.each.find_words(item, book) for item in value)

    def doubts(self, value: Iterable[str], entry: Entry) -> Iterable[tuple[str, Any]]:
        return [doubt for item in value for doubt in self.each.doubts(item, entry)]

    def db_value(self, value: Any) -> Any:
        return ";".join(value) if value else None

    def python_value(self, value: Any) -> Any:
        return value.split(";") if value else None


class Communes(Several):
    """Several communes; the store also keeps a row for each, so that one can be asked for.

    along: the fields of the two markers whose stretch says which communes a form proposes.
    """

    each: Commune

    def __init__(self, label: str, *, along: tuple[str, str] | None = None, **rest: Any) -> None:
        super().__init__(Commune(label), **rest)
        self.along = along


class Post(Kind, pw.TextField):
    """A border post by its code."""

    def clean(self, raw: Any, entry: Entry) -> str | None:
        if type(raw) is not str:
            raise self.wrong()
        text = raw.strip()
        if not text:
            return None
        code = entry.book.post_code(text)
        if code is None:
            raise Bad(_("“{value}” is not a known post.").format(value=text[:60]))
        return code

    def show(self, value: Any, book: "Book") -> str:
        return "" if value is None else book.post_name(value)


class Stretch(NamedTuple):
    """How rows are filled from a stretch of markers: the record's fields of its two ends, the
    child's field of the marker, and what else each row says."""

    ends: tuple[str, str]
    marker: str
    rest: Mapping[str, str]


class Children:
    """Rows below a record, in order: `child` is their model, `key` their name in the record.

    stretch: how one key fills them from the markers the record names.
    """

    shape = "array"

    def __init__(self, label: str, child: "type[Child]", *, stretch: Stretch | None = None) -> None:
        self.label = label
        self.child = child
        self.stretch = stretch
        self.key = ""

    def __set_name__(self, owner: type, key: str) -> None:
        self.key = key

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        return self if record is None else record.__data__.get(self.key) or []


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual lower-case form."""
    return _UUID.fullmatch(text) is not None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key stands twice")
    return row


def read_json_cell(text: str) -> Any:
    """The children in a CSV cell: JSON with decimals kept exact, no key twice in an object."""
    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_each_once)
    except (ValueError, RecursionError, InvalidOperation):
        raise Bad(_("This cell is not readable JSON.")) from None


Reader = Callable[[str, Entry], Any]
