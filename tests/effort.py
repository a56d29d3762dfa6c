"""Number of repetitions of randomised tests: daily, or for a release.

`BORDERDESK_THOROUGH=1 python3 run.py test` selects the second and takes three times as long.
"""

import os
from typing import TypeVar

T = TypeVar("T")
THOROUGH = bool(os.environ.get("BORDERDESK_THOROUGH"))


def tries(daily: T, release: T) -> T:
    """One of two values by mode."""
    return release if THOROUGH else daily
