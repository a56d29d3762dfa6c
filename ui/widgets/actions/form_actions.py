"""The actions of the form of a record."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

FORM = N_("Form")

FORM_ACTIONS: Mapping[str, ActionEntry] = {
    "save": ActionEntry(FORM, N_("Save"), N_("Save the record"), "Ctrl+S"),
    "save_next": ActionEntry(
        FORM,
        N_("Save and go on"),
        N_("Save the record and begin the next"),
        "Ctrl+Enter Ctrl+Return",
    ),
    "leave": ActionEntry(
        FORM, N_("Put back"), N_("Put the field back, then the whole form aside"), "Escape"
    ),
    "keep_doubts": ActionEntry(FORM, N_("Keep"), N_("Keep values that look doubtful"), "F8"),
    "fill_stretch": ActionEntry(
        FORM, N_("Markers intact"), N_("Fill in every marker of the stretch as intact"), "F7"
    ),
    "times_days": ActionEntry(
        FORM, N_("People × days"), N_("Turn people into turns, one a day of the work"), "F9"
    ),
    "as_before": ActionEntry(
        FORM, N_("As last time"), N_("Fill in what this field held in the record before"), "Ctrl+'"
    ),
    "park": ActionEntry(
        FORM, N_("Put aside"), N_("Put this draft aside and begin another"), "Ctrl+P"
    ),
    "drafts": ActionEntry(FORM, N_("Drafts"), N_("Take up a draft that was put aside"), "Ctrl+O"),
}
