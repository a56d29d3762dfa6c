"""Every kind of field can be edited."""

import re
from pathlib import Path

import pytest

from borderdesk.schema.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_has_an_editor_of_its_own_or_its_parents(kind):
    from ui.widgets.editors.editor_table import EDITORS

    assert [one for one in kind.__mro__ if one in EDITORS]


def test_no_chooser_no_tab_and_no_line_is_qts_own():
    """Qt's combo boxes change at every notch of the wheel; Qt's line edits lose what an input
    method commits after the key that leaves them."""
    root = Path(__file__).resolve().parents[3] / "ui"
    own = re.compile(r"\bQ(?:ComboBox|TabBar|TabWidget|SpinBox|DateEdit)\(\)")
    found = [str(file) for file in root.rglob("*.py") if own.search(file.read_text("utf-8"))]
    assert found == []
