"""The actions of what came from other desks: looking at files, taking them in and out again."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.action_entry import ActionEntry

RECEIVING = N_("Receiving")

RECEIVING_ACTIONS: Mapping[str, ActionEntry] = {
    "receive_take": ActionEntry(
        RECEIVING, N_("Take in"), N_("Take the good files in, one batch each"), "Ctrl+S"
    ),
    "receive_files": ActionEntry(RECEIVING, N_("Files…"), N_("Choose files that came"), "Ctrl+O"),
    "receive_folder": ActionEntry(
        RECEIVING, N_("Folder, stick…"), N_("Choose a folder or a stick of files"), "Ctrl+Shift+O"
    ),
    "receive_stick": ActionEntry(
        RECEIVING, N_("Look at the stick"), N_("List what is on the stick"), "Ctrl+Shift+S"
    ),
    "receive_clear": ActionEntry(
        RECEIVING, N_("Clear the list"), N_("Take every file off the list"), "Ctrl+Delete"
    ),
    "receive_card": ActionEntry(
        RECEIVING, N_("Accept card…"), N_("Accept the sender's card"), "Ctrl+T"
    ),
    "receive_drop": ActionEntry(
        RECEIVING,
        N_("Put away"),
        N_("Take the chosen files that could not be taken in off the lists"),
        "Ctrl+Shift+Delete",
    ),
    "receive_ask": ActionEntry(
        RECEIVING,
        N_("Copy request"),
        N_("Copy a text that asks for the file again"),
        "Ctrl+Shift+C",
    ),
    "batch_undo": ActionEntry(
        RECEIVING, N_("Undo batch"), N_("Take this batch out again"), "Ctrl+Z"
    ),
    "batch_back": ActionEntry(
        RECEIVING, N_("Take in again"), N_("Let what was set aside here count again")
    ),
    "batch_receipt": ActionEntry(
        RECEIVING,
        N_("Receipt…"),
        N_("Write for the sender of the chosen file what arrived here, with a page to print"),
        "Ctrl+P",
    ),
}
