"""Every kind of field can be edited."""

import pytest

from borderdesk.schema.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_has_an_editor_of_its_own_or_its_parents(kind):
    from ui.widgets.editor_table import EDITORS

    assert [one for one in kind.__mro__ if one in EDITORS]
