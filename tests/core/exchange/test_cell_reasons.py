"""The reason for refusing a record of a package is stored with the batch, which erasures do not
search."""

import pytest

from borderdesk.exchange.format.package_cells import ReferenceCodes, check_values
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.records import ALL_TYPES

HOME = {"commune": "06202-2023", "hamlet": "Nà Mỏ", "valid_from": "2023-01-01"}
PLACES = ReferenceCodes({"06202-2023"}, {"BS"}, set(), {})


@pytest.mark.parametrize(
    ("private", "said"),
    [
        ({"head": "  Nông Văn An"}, "Mục “Chủ hộ” không thể là …."),
        ({"citizen_id": 20083001234}, "Mục “Số căn cước” không thể là …."),
    ],
)
def test_the_refusal_of_a_cell_names_no_person(private, said):
    with pytest.raises(FieldError) as refused:
        check_values(ALL_TYPES["household"], HOME, private, ReferenceCodes(*PLACES[:3], {}))
    assert str(refused.value) == said


def test_of_what_is_public_it_says_the_value():
    with pytest.raises(FieldError, match="“Xã” không thể là 99999"):
        check_values(ALL_TYPES["household"], HOME | {"commune": "99999"}, None, PLACES)
