"""The forms that texts of a package must have, as regular expressions and predicates."""

import re

from borderdesk.base.text import FORBIDDEN

TABLE_PATH = re.compile(r"data/[a-z_]{1,60}\.csv")
HASH = re.compile(r"[0-9a-f]{64}")
SALT = re.compile(r"[0-9a-f]{32}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
DESK_ID = re.compile(r"[0-9a-f]{32}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""As `is_uuid` has it."""
LOG_NAME = re.compile(r"[0-9a-f]{32}(~[0-9a-f]{8})?")
UNIT_CODE = re.compile(r"[0-9A-Za-z-]{1,20}")
PICK_CODE = re.compile(r"[0-9a-z_]{1,60}")
PERIOD = re.compile(r"[0-9A-Z.-]{4,22}")
MAX_SHORT = 200
MAX_AUTHOR = 200


def is_short(text: str) -> bool:
    """Whether a text has at most 200 characters, none of them a control character."""
    return len(text) <= MAX_SHORT and not FORBIDDEN.search(text)


def is_line(text: str, most: int) -> bool:
    """Whether a text is one line of 1 to `most` characters."""
    return 0 < len(text) <= most and not FORBIDDEN.search(text)
