"""How often a test tries what chance decides: enough for every day, or as often as for a release.

`BORDERDESK_THOROUGH=1 python3 run.py test` takes three times as long and tries the second.
"""

import os
from typing import TypeVar

T = TypeVar("T")
THOROUGH = bool(os.environ.get("BORDERDESK_THOROUGH"))


def tries(daily: T, release: T) -> T:
    """One of two numbers of kills, examples or files, or lists of what is tried."""
    return release if THOROUGH else daily
