"""Which editor each kind of field has.

To add a kind: an editor in a module of its own if none fits, and a line in EDITORS.
"""

from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.schema import fields
from borderdesk.schema.record import Field
from ui.widgets.children_editor import ChildrenEditor
from ui.widgets.combo_editor import ComboEditor
from ui.widgets.editor import Editor, EditorContext
from ui.widgets.hamlet_editor import HamletEditor
from ui.widgets.household_editor import HouseholdEditor
from ui.widgets.line_editor import LineEditor, text_editor
from ui.widgets.several_editor import SeveralEditor

EditorMaker = Callable[[Any, EditorContext], Editor]


def _children(field: fields.Children, ground: EditorContext) -> Editor:
    return ChildrenEditor(field, ground, editor_for)


def _household(field: fields.Kind, ground: EditorContext) -> Editor:
    return HouseholdEditor(field, ground, editor_for)


EDITORS: Mapping[type[fields.Kind] | type[fields.Children], EditorMaker] = {
    fields.Text: text_editor,
    fields.Hamlet: HamletEditor,
    fields.Count: LineEditor,
    fields.Tenths: LineEditor,
    fields.Day: LineEditor,
    fields.Marker: LineEditor,
    fields.Choice: ComboEditor,
    fields.Pick: ComboEditor,
    fields.Commune: ComboEditor,
    fields.Post: ComboEditor,
    fields.YesNo: ComboEditor,
    fields.Several: SeveralEditor,
    fields.Household: _household,
    fields.Children: _children,
}
"""The editor of a kind of field, for every kind derived from it too."""


def editor_for(field: Field, ground: EditorContext) -> Editor:
    """A new editor for the field."""
    make = next(EDITORS[kind] for kind in type(field).__mro__ if kind in EDITORS)
    return make(field, ground)
