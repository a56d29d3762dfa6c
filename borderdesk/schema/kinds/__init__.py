"""The kinds of field a record is made of, one module each. `KINDS` is the only list of them.

To add one: a module here whose class declares what `field.Field` asks, a line below, and a line
in the window's table of editors (ui/widgets/editors/editor_table.py). The tests of every kind
draw its values from a strategy in tests/core/schema/test_fields.py.
"""

from borderdesk.schema.kinds.children import (
    ChildModel,
    ChildrenField,
    MarkerStretch,
    read_json_cell,
)
from borderdesk.schema.kinds.choice import ChoiceField
from borderdesk.schema.kinds.citizen_id import MASK, CitizenIdField, mask
from borderdesk.schema.kinds.commune import CommuneField, commune_choices
from borderdesk.schema.kinds.communes import CommunesField
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.count import CountField, money
from borderdesk.schema.kinds.day import DayField, day_in_year, read_day
from borderdesk.schema.kinds.description import DESCRIBED_BY, DescriptionKeys
from borderdesk.schema.kinds.doubts import LATE, Doubt, doubt_text, doubt_texts, stored_doubt
from borderdesk.schema.kinds.field import (
    AT_LEAST_TWO,
    FAULTY_CELL,
    HAMLET,
    HOUSEHOLD,
    INTERNAL,
    MARKER,
    PERSONAL,
    PICK,
    POST,
    PUBLIC,
    UNIT,
    CellReader,
    ColumnField,
    Field,
    FieldError,
    wrong_type,
)
from borderdesk.schema.kinds.hamlet import HamletField
from borderdesk.schema.kinds.household import HouseholdField, is_uuid
from borderdesk.schema.kinds.marker import MarkerField, is_marker
from borderdesk.schema.kinds.numbers import typed_decimal
from borderdesk.schema.kinds.phone import PhoneField
from borderdesk.schema.kinds.pick import PickField
from borderdesk.schema.kinds.post import PostField
from borderdesk.schema.kinds.quantity import QuantityField, json_number
from borderdesk.schema.kinds.several import SeveralField
from borderdesk.schema.kinds.text import TextField, short_text
from borderdesk.schema.kinds.yes_no import YesNoField

KINDS: tuple[type[ColumnField], ...] = (
    TextField, HamletField, CitizenIdField, PhoneField, CountField, QuantityField, DayField,
    YesNoField, ChoiceField, PickField, MarkerField, CommuneField, CommunesField, HouseholdField,
    PostField, SeveralField,
)  # fmt: skip

__all__ = [
    "AT_LEAST_TWO",
    "DESCRIBED_BY",
    "FAULTY_CELL",
    "HAMLET",
    "HOUSEHOLD",
    "INTERNAL",
    "KINDS",
    "LATE",
    "MARKER",
    "MASK",
    "PERSONAL",
    "PICK",
    "POST",
    "PUBLIC",
    "UNIT",
    "CellReader",
    "ChildModel",
    "ChildrenField",
    "ChoiceField",
    "CitizenIdField",
    "ColumnField",
    "CommuneField",
    "CommunesField",
    "CountField",
    "DayField",
    "DescriptionKeys",
    "Doubt",
    "EntryContext",
    "Field",
    "FieldError",
    "HamletField",
    "HouseholdField",
    "MarkerField",
    "MarkerStretch",
    "PhoneField",
    "PickField",
    "PostField",
    "QuantityField",
    "ReferenceLookup",
    "SeveralField",
    "TextField",
    "YesNoField",
    "commune_choices",
    "day_in_year",
    "doubt_text",
    "doubt_texts",
    "is_marker",
    "is_uuid",
    "json_number",
    "mask",
    "money",
    "read_day",
    "read_json_cell",
    "short_text",
    "stored_doubt",
    "typed_decimal",
    "wrong_type",
]  # fmt: skip
