"""How often a test tries what chance decides: enough for every day, or as often as for a release.

`BORDERDESK_THOROUGH=1 python3 run.py test` takes three times as long and tries the second.
"""

import os

THOROUGH = bool(os.environ.get("BORDERDESK_THOROUGH"))


def tries(daily: int, release: int) -> int:
    """One of two numbers of kills, examples or files."""
    return release if THOROUGH else daily
