"""What stands below a list: how many rows, drafts and double versions, and the sums of figures."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.widgets.period_chooser import Span, span_of
from ui.widgets.table_model import RecordTable

COUNT_DELAY = 20
"""Milliseconds after a list has come before it is counted: it is painted first."""


class ListCounts(NamedTuple):
    """Rows, drafts put aside, records with two versions, pairs that may be one, sums by column,
    and the dates of the newest and the oldest record of the type."""
