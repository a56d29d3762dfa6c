"""The actions of the exchange page: send, receive, board, notes, cards, possible duplicates."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

SENDING, RECEIVING, CHOOSING = N_("Sending"), N_("Receiving"), N_("Two versions")
BOARD, NOTES, CARDS, PAPER = N_("Board"), N_("Notes"), N_("Cards"), N_("Paper and file")
PAIRS = N_("Possible doubles")
SHARED = N_("Shared folder")

EXCHANGE_ACTIONS: Mapping[str, ActionEntry] = {
    "send": ActionEntry(
        SENDING, N_("Write the file"), N_("Write the period to the stick"), "Ctrl+S"
    ),
    "send_folder": ActionEntry(
        SENDING, N_("Folder…"), N_("Choose the folder to write to"), "Ctrl+O"
    ),
    "send_options": ActionEntry(
        SENDING,
        N_("Lock, private fields…"),
        N_("Say who may open the file, and what goes"),
        "Ctrl+L",
    ),
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
        RECEIVING,
        N_("Accept card…"),
        N_("Accept the sender's card"),
        "Ctrl+T",
        takes="exchange.trust",
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
    "board_ask": ActionEntry(
        BOARD,
        N_("Copy request"),
        N_("Copy a text that asks the post for what is missing"),
        "Ctrl+Shift+C",
    ),
    "board_compare": ActionEntry(
        BOARD,
        N_("Compare figures"),
        N_("Compare what was stated with what is worked out here"),
        "Ctrl+B",
    ),
    "board_note": ActionEntry(
        BOARD, N_("Write a note…"), N_("Ask the post whether it is the same work"), "Ctrl+N"
    ),
    "note_send": ActionEntry(NOTES, N_("Send note"), N_("Add the note or answer"), "Ctrl+S"),
    "note_record": ActionEntry(
        NOTES, N_("Open record"), N_("Open the record on its page"), "Ctrl+O"
    ),
    "note_settle": ActionEntry(
        NOTES, N_("Settle"), N_("Nothing more is to be said of this record"), "Ctrl+T"
    ),
    "folder_choose": ActionEntry(
        SHARED,
        N_("Choose folder…"),
        N_("Choose the folder that several machines use"),
        "Ctrl+O",
        takes="settings.write",
    ),
    "folder_now": ActionEntry(
        SHARED, N_("Look now"), N_("Read and write the shared folder now"), "Ctrl+S"
    ),
    "folder_off": ActionEntry(
        SHARED,
        N_("Use it no longer"),
        N_("Leave the shared folder alone"),
        "Ctrl+Delete",
        takes="settings.write",
    ),
    "card_save": ActionEntry(
        CARDS, N_("Save card…"), N_("Save this desk's card as a file"), "Ctrl+S"
    ),
    "card_print": ActionEntry(
        CARDS,
        N_("Card to print…"),
        N_("Save this desk's card as a page with its QR code"),
        "Ctrl+P",
    ),
    "card_renew": ActionEntry(
        CARDS,
        N_("New keys…"),
        N_("Make new keys after the old ones were lost"),
        "Ctrl+Shift+N",
        takes="exchange.trust",
    ),
    "card_new_id": ActionEntry(
        CARDS,
        N_("New id…"),
        N_("Go on under a new id after the desk's folder was copied"),
        "Ctrl+Shift+Y",
        takes="exchange.trust",
    ),
    "hand_over": ActionEntry(
        CARDS,
        N_("Hand over…"),
        N_("Go over to another post, with this desk's records"),
        takes="exchange.trust",
    ),
    "card_accept": ActionEntry(
        CARDS, N_("Accept card…"), N_("Trust the card in a file"), "Ctrl+O", takes="exchange.trust"
    ),
    "card_folder": ActionEntry(
        CARDS,
        N_("Many cards…"),
        N_("Accept the cards of a folder, all at once"),
        "Ctrl+Shift+T",
        takes="exchange.trust",
    ),
    "card_revoke": ActionEntry(
        CARDS,
        N_("Revoke card"),
        N_("Trust the chosen card no longer"),
        "Ctrl+Delete",
        takes="exchange.trust",
    ),
    "setup_make": ActionEntry(
        CARDS,
        N_("Make set-up file…"),
        N_("Write the province's set-up file"),
        "Ctrl+E",
        takes="exchange.trust",
    ),
    "setup_apply": ActionEntry(
        CARDS,
        N_("Apply set-up file…"),
        N_("Read the province's set-up file"),
        "Ctrl+L",
        takes="exchange.trust",
    ),
    "setup_confirm": ActionEntry(
        CARDS, N_("Apply"), N_("Apply the set-up file that was read"), takes="exchange.trust"
    ),
    "paper_check": ActionEntry(
        PAPER, N_("Check"), N_("Hold the paper's text against this desk"), "Ctrl+S"
    ),
    "paper_file": ActionEntry(
        PAPER, N_("A file…"), N_("Hold a paper's PDF or Word file against this desk"), "Ctrl+O"
    ),
    "double_save": ActionEntry(CHOOSING, N_("Save choice"), N_("Keep what was chosen"), "Ctrl+S"),
    "double_first": ActionEntry(CHOOSING, N_("All of 1"), N_("Take all of version 1"), "Ctrl+1"),
    "double_second": ActionEntry(CHOOSING, N_("All of 2"), N_("Take all of version 2"), "Ctrl+2"),
    "double_next": ActionEntry(
        CHOOSING, N_("Next difference"), N_("Go to the next field that differs"), "F4"
    ),
    "double_note": ActionEntry(
        CHOOSING, N_("Write a note…"), N_("Say something of this record to its post"), "Ctrl+N"
    ),
    "pair_first": ActionEntry(
        PAIRS, N_("The same, 1 stays"), N_("Delete or join 2: both are one"), "Ctrl+1"
    ),
    "pair_second": ActionEntry(
        PAIRS, N_("The same, 2 stays"), N_("Delete or join 1: both are one"), "Ctrl+2"
    ),
    "pair_different": ActionEntry(
        PAIRS, N_("Different"), N_("Both stay, and nobody is asked again"), "Ctrl+3"
    ),
    "pair_gone": ActionEntry(
        PAIRS, N_("Both stay deleted"), N_("Neither counts, and nobody is asked again"), "Ctrl+4"
    ),
    "pair_open_first": ActionEntry(PAIRS, N_("Open 1"), N_("Open record 1 on its page"), "Ctrl+O"),
    "pair_open_second": ActionEntry(
        PAIRS, N_("Open 2"), N_("Open record 2 on its page"), "Ctrl+Shift+O"
    ),
    "pair_note": ActionEntry(
        PAIRS, N_("Write a note…"), N_("Ask the other post whether both are one"), "Ctrl+N"
    ),
}
