"""The code of a recovery sheet: random, printed in groups, each with a check character.

Thirty-two characters encode 160 random bits; every fifth character of the printed code is a check,
so that a mistyped group is reported. Letters that are taken for digits (I, L, O) and U are not
used; typed in place of a digit they are read as that digit.
"""

import secrets
import unicodedata
from collections.abc import Sequence

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 8
GROUP_SIGNS = 5
"""Signs of a group, the last of them its check."""
_READ_AS = str.maketrans("OIL", "011", " -–—.\t\r\n\u00a0")
_WEIGHTS = (1, 3, 5, 7)


def new_code() -> str:
    """A new code as it is printed: eight groups of five signs, parted by hyphens."""
    drawn = [[secrets.randbelow(len(ALPHABET)) for _sign in _WEIGHTS] for _group in range(GROUPS)]
    return "-".join(
        "".join(ALPHABET[value] for value in [*values, _check(number, values)])
        for number, values in enumerate(drawn)
    )


def is_like_code(text: str) -> bool:
    """Whether a text has the length and the signs of a code, mistyped or not."""
    signs = _signs(text)
    return len(signs) == GROUPS * GROUP_SIGNS and all(sign in ALPHABET for sign in signs)


def read_code(text: str) -> str:
    """The code that a person typed, as it was printed. Raises UserError, naming the group in which
    a sign is wrong."""
    signs = _signs(text)
    if not signs.isascii():
        # Telex makes Â of AA and Đ of DD, VNI of A6 and D9: what was typed cannot be told from it.
        raise UserError(
            _(
                "The recovery code has no letters with marks. Turn the Vietnamese input method off,"
                " then type the code again."
            )
        )
    if len(signs) != GROUPS * GROUP_SIGNS:
        raise UserError(
            _("The recovery code has {groups} groups of {signs} signs; {count} were typed.").format(
                groups=GROUPS, signs=GROUP_SIGNS, count=len(signs)
            )
        )
    groups = [signs[at : at + GROUP_SIGNS] for at in range(0, len(signs), GROUP_SIGNS)]
    for number, group in enumerate(groups):
        values = [ALPHABET.find(sign) for sign in group]
        if -1 in values or values[-1] != _check(number, values[:-1]):
            raise UserError(
                _(
                    "Group {number} of the recovery code, “{group}”, is not as printed. Compare it"
                    " with the sheet."
                ).format(number=number + 1, group=group)
            )
    return "-".join(groups)


def _signs(text: str) -> str:
    # Signs of full width are what an input method makes of others.
    return unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)


def _check(number: int, values: Sequence[int]) -> int:
    """The check of a group: odd weights show any single wrong sign, the number a swapped group."""
    weighed = sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))
    return (weighed + number) % len(ALPHABET)
