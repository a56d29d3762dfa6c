"""Table from field kind to editor class.

To add a kind: write an editor in its own module if none fits, and add a line to EDITORS.
"""

from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.schema import kinds
from borderdesk.schema.kinds import Field
from ui.widgets.editors.children_editor import ChildrenEditor
from ui.widgets.editors.combo_editor import ComboEditor
from ui.widgets.editors.editor import Editor, EditorContext
from ui.widgets.editors.hamlet_editor import HamletEditor
from ui.widgets.editors.household_editor import HouseholdEditor
from ui.widgets.editors.line_editor import LineEditor, text_editor
from ui.widgets.editors.several_editor import SeveralEditor

EditorMaker = Callable[[Any, EditorContext], Editor]


def _children(field: kinds.ChildrenField, ground: EditorContext) -> Editor:
    return ChildrenEditor(field, ground, editor_for)


def _household(field: kinds.ColumnField, ground: EditorContext) -> Editor:
    return HouseholdEditor(field, ground, editor_for)


EDITORS: Mapping[type[Field], EditorMaker] = {
    kinds.TextField: text_editor,
    kinds.HamletField: HamletEditor,
    kinds.CountField: LineEditor,
    kinds.QuantityField: LineEditor,
    kinds.DayField: LineEditor,
    kinds.MarkerField: LineEditor,
    kinds.ChoiceField: ComboEditor,
    kinds.PickField: ComboEditor,
    kinds.CommuneField: ComboEditor,
    kinds.PostField: ComboEditor,
    kinds.YesNoField: ComboEditor,
    kinds.SeveralField: SeveralEditor,
    kinds.HouseholdField: _household,
    kinds.ChildrenField: _children,
}
"""The editor of each field kind; applies to derived kinds too."""


def editor_for(field: Field, ground: EditorContext) -> Editor:
    """A new editor for the field."""
    make = next(EDITORS[kind] for kind in type(field).__mro__ if kind in EDITORS)
    return make(field, ground)
