"""The base class of all kinds of field: cleaning, parsing, display, storage and exchange of values.

Values have two entrances: `clean` takes JSON values and is strict about types, `read` takes typed
text or a CSV cell. Both raise FieldError with a sentence for the person.

A kind declares everything the rest of the program needs to know of it, so that no other code tests
the class of a field.
"""

import copy
import datetime
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold, marked_signs, without_unseen
from borderdesk.schema.kinds.context import NEUTRAL, EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.doubts import HIGH
from borderdesk.schema.kinds.sheet_cell import CellReading

PUBLIC, INTERNAL, PERSONAL = "public", "internal", "personal"
NAME_LIMIT, TEXT_LIMIT = 200, 4_000

# The targets of a reference, see `Field.refers_to`.
UNIT, POST, MARKER = "unit", "post", "marker"
HAMLET, PICK, HOUSEHOLD = "hamlet", "pick", "household"

CellKind = Literal["text", "number", "date"]
FormWidth = Literal["narrow", "date", "half", "wide", "whole"]
Order = Literal["number", "text", "marker", "rank", "named", "words"]
CellReader = Callable[[str], Any] | None
"""Makes the canonical value of a package's cell that is not blank, raising FieldError; None: the
cell is the value."""


CELL_ERROR = re.compile(r"(?:#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|Err:\d{3})\Z")
"""Error values of spreadsheets, as shown and as exported to text files."""
FAULTY_CELL = N_("The cell holds an error, or a formula without a value ({text}).")


class FieldError(ValueError):
    """A value that is refused; its text is for the person."""


class _AtLeastTwo(Container[Any]):
    """Whole numbers from two on; a range would be walked through for what is no number."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and value > 1


AT_LEAST_TWO = _AtLeastTwo()
"""For `when`: two or more."""

_WRONG_TYPE = {
    "string": N_("Must be text."),
    "integer": N_("Must be a whole number."),
    "number": N_("Must be a number."),
    "boolean": N_("Must be yes or no."),
    "array": N_("Must be a list."),
    "object": N_("Must be an object."),
}


def wrong_type(json_type: str) -> str:
    """The message for a value that is not of the JSON type."""
    return _(_WRONG_TYPE[json_type])


MOST_SIGNS, MOST_SHOWN = 5, 120


def not_stored(text: str, signs: list[str]) -> str:
    """The message for characters that cannot be stored: their code points and positions."""
    return _("Cannot be stored: {signs}. Take it out: “{text}”.").format(
        signs=", ".join(f"U+{ord(sign):04X}" for sign in signs[:MOST_SIGNS]),
        text=marked_signs(text)[:MOST_SHOWN],
    )


class Field:
    """A field of a record: a column of its table, or the rows below it.

    The class attributes are what a kind declares; each is named for the question it answers.
    """

    json_type: ClassVar[str] = "string"
    """The JSON type of a value: a key of the messages above."""
    schema_type: ClassVar[str] = "string"
    """The type in a Table Schema (Data Package 2)."""
    canonical_type: ClassVar[type] = str
    """The Python type of the canonical value, as a revision holds it."""
    stored_as_is: ClassVar[bool] = True
    """Whether the column holds the value itself, so that `db_value` need not be called."""
    cell_kind: ClassVar[CellKind] = "text"
    """The kind of value in a cell of a spreadsheet, a register or a grid."""
    refers_to: str = ""
    """The reference data that a value (or each of several) is a code of; "" for none."""
    pick_list: str = ""
    """The pick list a value is from."""
    options: Mapping[str, str] = {}
    """{code: English label} of a fixed few."""
    codes: Mapping[str, str] = {}
    """{folded words: code} of further names of choices besides the label."""
    several: bool = False
    """Whether a value is a list."""
    recurs: bool = True
    """Whether values recur among records, so that their encodings are cached; equal values must
    then have equal encodings."""
    dated: bool = False
    """Whether the meaning of an input depends on the day or the additions of the record."""
    linked: ClassVar[bool] = False
    """Whether the store has an index row for each of several units, for queries by unit."""
    free_text: ClassVar[bool] = False
    """Whether a value is free text typed by the clerk."""
    lines: bool = False
    """Whether a value may be a text of several lines, longer than any name."""
    masked: ClassVar[bool] = False
    """Whether `show` hides a part, so that its result cannot be read back."""
    renumbered: ClassVar[bool] = False
    """Whether lists have it in two columns, with the former number and the longer current one."""
    from_list: bool = False
    """Whether a value is chosen from `offered`."""
    remembered: bool = False
    """Whether a form offers the values used last before the others."""
    dated_choices: ClassVar[bool] = False
    """Whether the choices depend on the day."""
    settles: ClassVar[bool] = True
    """Whether a form replaces an abbreviated input by its full text once it is read."""
    must_be_chosen: ClassVar[bool] = False
    """Whether it is required wherever it is shown."""
    placeholder: ClassVar[str] = ""
    """English key of the hint inside an empty editor."""
    form_width: FormWidth = "whole"
    """The share of a form's row that it takes."""
    register_width: ClassVar[float] = 1.2
    """The relative width of its column in a register."""
    order: Order = "words"
    """How a list is sorted by it: as words are unless the kind knows better."""
    brief: bool = False
    """For a text of several lines: whether a single line is usual."""
    within: str = ""
    """For a hamlet: the field of its commune."""
    ends_work: bool = False
    """Whether it is the last day of work that began on the event date."""
    part_of: str = ""
    """Of a count: the key of that of everybody, some of whom it counts."""
    per_day: bool = False
    """Whether it counts attendances, where each person counts once per day of the work."""
    dates_places: bool = False
    """Whether places are judged by it, in a record without an event."""
    copied: bool = True
    """Whether a copy of a record has the value too."""
    along: tuple[str, str] | None = None
    """The fields of two markers whose stretch determines the proposed values."""
    headings: str = ""
    """Further headings of its column in lists of the posts besides its label, separated by
    semicolons: those of the kind, then those of the field."""

    label: str
    required: bool = False
    listed: bool = False
    event: bool = False
    when: tuple[str, Container[Any]] | None = None
    part: str = PUBLIC
    unit: str = ""
    initial: Any = None
    """The value of a new form, and of input that leaves the field out."""
    soft_over: int | None = None
    soft_under: int | None = None

    @property
    def numeric(self) -> bool:
        """Whether a value is a figure: it is right-aligned and can be summed."""
        return self.cell_kind == "number"

    @property
    def is_count(self) -> bool:
        """Whether a value is a whole number of things."""
        return self.json_type == "integer"

    @property
    def is_date(self) -> bool:
        """Whether a value is a day."""
        return self.cell_kind == "date"

    def row_fields(self) -> "Mapping[str, ColumnField]":
        """Of a field that is rows below the record: the fields of each row; none of any other."""
        return {}

    def schema_constraints(self) -> dict[str, Any]:
        """Further constraints of its line in a Table Schema."""
        return {}

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        """The text of a spreadsheet's cell, which `read` takes as if it had been typed; corrections
        in it are recorded in `reading`. Raises FieldError."""
        return cell_text(cell)

    def show(self, value: Any, book: ReferenceLookup) -> str:
        """`value` for screen and paper."""
        return "" if value is None else str(value)

    def to_json(self, value: Any, book: ReferenceLookup) -> Any:
        """`value` as JSON gives it back."""
        return value

    def to_csv(self, value: Any, book: ReferenceLookup) -> str:
        """`value` as a CSV cell, see `from_csv`."""
        return "" if value is None else str(self.to_json(value, book))

    def from_csv(self, cell: str, reading: CellReading) -> Any:
        """The text in a CSV cell, which `read` takes as if it had been typed; what a spreadsheet
        made of it is corrected, and recorded in `reading`. Raises FieldError."""
        return self.from_sheet(cell, reading)

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        """`value` as an editor shows it and `read` takes it back; "" for nothing."""
        return "" if value is None else value

    def typed_doubts(self, text: str, value: Any) -> Iterable[tuple[str, Any]]:
        """Soft warnings of how a typed text was read: (English key, value shown in it)."""
        return ()

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        """The choices of a value on `day`: (code, label) in order; `home` is the code of the desk's
        own post, "" above a post."""
        return ()

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        """The text a search finds this value by, "" for none."""
        return ""

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        """A value as JSON gives it, to show how one is written; `home` as for `offered`."""
        return {"integer": 1, "number": 1, "boolean": True}.get(
            self.json_type, f"({_(self.label)})"
        )


class ColumnField(Field):
    """A field that is a column of its table; a kind joins it to a peewee field.

    label: English key; required: an error when absent (only while `when` holds);
    listed: a column of the list; event: the date the record counts by;
    when: (other field, its values) for which this field exists at all;
    part: public, internal or personal; personal_when: (other field, its values) for which it is
    personal and otherwise public;
    unit: English key of the unit of measure; default: the value of a new form and of input
    that leaves it out; soft_over: a number above it is doubtful;
    sticky: a new form begins with the value last saved; copied, headings: see `Field`.
    """

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
        copied: bool = True,
        headings: str = "",
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
        self.copied = copied
        self.headings = f"{type(self).headings}; {headings}"
        self.doubtful = soft_over is not None or type(self).doubts is not ColumnField.doubts
        """Whether `doubts` can find anything."""
        self.read_with_doubts = type(self).typed_doubts is not Field.typed_doubts
        """Whether `typed_doubts` can find anything."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        # peewee copies inherited fields at every subclass; a field never changes, and a deep
        # copy of it would make up a third of the program's start.
        return copy.copy(self)

    if TYPE_CHECKING:
        name: str

        def db_value(self, value: Any) -> Any: ...
        def python_value(self, value: Any) -> Any: ...

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        """The first choice, or else the example of the base class."""
        offered = self.offered(book, day, home)
        if offered:
            return self.to_json(self.from_code(offered[0][0]), book)
        return super().example(book, day, home)

    @property
    def each(self) -> "ColumnField":
        """The field of one of several values; of a single value the field itself."""
        return self

    def clean(self, raw: Any, entry: EntryContext) -> Any:
        """The value `raw` (as JSON gives it) means; None for an empty text."""
        raise NotImplementedError

    def read(self, text: str, entry: EntryContext) -> Any:
        """The value the typed `text` means; None when it is blank."""
        text = without_unseen(text).strip()
        if CELL_ERROR.match(text):
            raise FieldError(_(FAULTY_CELL).format(text=text))
        return self.clean(text, entry) if text else None

    def as_typed(self, value: Any, book: ReferenceLookup) -> str:
        """`value` in the form a person would type, which `read` accepts without a doubt."""
        return self.show(value, book)

    def show_short(self, value: Any, book: ReferenceLookup, between: str = "; ") -> str:
        """`value` for a narrow place, where units and posts have short names; `between` parts
        several units."""
        return self.show(value, book)

    def telling(self, value: Any) -> str:
        """The part of `value` that distinguishes its record from namesakes, and no more."""
        return str(value)

    def each_value(self, value: Any) -> Iterable[Any]:
        """Every single value in `value`."""
        return (value,)

    def to_canonical(self, value: Any) -> Any:
        """`value` in the canonical JSON of a revision (decimals as strings, dates ISO)."""
        return value

    def from_canonical(self, canonical: Any) -> Any:
        """The inverse of `to_canonical`."""
        return canonical

    def to_package(self, canonical: Any) -> str:
        """The cell of a canonical value in a package; an absent one has the cell ""."""
        return str(canonical)

    def package_reader(self) -> CellReader:
        """The reader of the field's cells in a package."""
        return None

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        """Whether a canonical value (of `canonical_type`) of a package is valid for the field,
        whatever this desk happens to know. May raise FieldError with the reason."""
        value = self.clean(canonical, NEUTRAL)
        return value is not None and bool(self.to_canonical(value) == canonical)

    def from_code(self, code: str) -> Any:
        """The value of a code of `offered`."""
        return code

    def rank_name(self, place: str) -> str:
        """The ranking that `order` "rank" sorts by; `place` is the field's own: type.key."""
        return ""

    def doubts(self, value: Any, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        """Soft warnings of the value alone: (English key, value shown in it)."""
        if self.soft_over is not None and value > self.soft_over:
            return [(HIGH, value)]
        return ()

    def wrong_type(self) -> FieldError:
        """The error for a value of the wrong JSON type."""
        return FieldError(wrong_type(self.json_type))


def labelled(field: Field, *, required: bool = False) -> str:
    """The caption of a field in a form: its label, its star and its unit of measure; `required`: by
    the value of another field."""
    # A form shows the post only where it must be chosen.
    star = "\u00a0*" if required or field.required or field.must_be_chosen else ""
    return _label(field, star)


def measured_label(field: Field) -> str:
    """The label of a field with its unit of measure, for values shown without it."""
    return _label(field, "")


def _label(field: Field, star: str) -> str:
    label, unit = _(field.label), _(field.unit)
    in_label = fold(unit) in fold(label)
    return f"{label}{star}" if in_label else f"{label}{star} ({unit})"
