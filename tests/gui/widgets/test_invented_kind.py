"""A new kind of field needs one line in the window: its editor."""

import datetime

from borderdesk.schema.kinds.field import labelled
from tests.invented_kind import TimeOfDayField, Watch
from ui.records.form.form_rows import NARROWEST, ColumnSpan, span_of
from ui.widgets.editors.editor import EditorContext, raw_of
from ui.widgets.editors.editor_table import EDITORS, editor_for
from ui.widgets.editors.line_editor import LineEditor

FIELD = Watch.columns()["began_at"]


def test_it_is_edited_with_one_line_in_the_table_of_editors(qtbot, desk, monkeypatch):
    monkeypatch.setitem(EDITORS, TimeOfDayField, LineEditor)
    editor = editor_for(FIELD, EditorContext(desk, desk.today))
    qtbot.addWidget(editor.widget)
    editor.put(raw_of(FIELD, datetime.time(19, 30), desk.book))
    assert editor.raw() == "19:30"
    assert editor.widget.placeholderText() == "hh:mm"
    editor.put(raw_of(FIELD, None, desk.book))
    assert editor.raw() == ""


def test_a_form_gives_it_the_room_it_declares():
    assert labelled(FIELD) == "Began at\u00a0*"
    assert span_of(FIELD) == ColumnSpan(NARROWEST, grows=False)
