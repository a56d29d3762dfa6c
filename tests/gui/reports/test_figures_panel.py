"""The notes beside the records behind a figure."""

import pytest

from borderdesk.base.i18n import set_language
from borderdesk.closing.lines import SummaryLine
from ui.reports.figures_panel import FigureRecords, _added

SIGNED = SummaryLine(
    "clearing_events", "II", "Phát quang", "lần", "flow", 3, 4, -1, None, 3, None, None, 2,
    frozenset(), None,
)  # fmt: skip
CORRECTED = "Số đã ký là 3: các việc đó đã được sửa hoặc xóa sau khi ký."


@pytest.mark.parametrize(
    ("column", "addends", "total", "words"),
    [
        ("value", {"a": 1, "b": 2}, 2, "Cộng các bản ghi: 3."),
        ("value", {"a": 1}, 1, f"Cộng các bản ghi: 1. {CORRECTED}"),
        ("value", {}, 0, CORRECTED),
        ("value", {}, 3, ""),
        ("late", {}, 0, ""),
    ],
)
def test_a_signed_figure_whose_records_were_corrected_says_so(column, addends, total, words):
    """“Why 3?” was answered by one record that adds 1, or by none, without an explanation."""
    set_language("vi")
    assert _added(FigureRecords(SIGNED, column, (), total, addends)) == words
    of_paper = SIGNED._replace(from_paper=frozenset({"value", "value+2"}))
    told = _added(FigureRecords(of_paper, column, (), total, addends))
    assert CORRECTED not in told
