"""Operations that Ctrl+Z cannot undo, with the reason it shows instead.

Each named operation of a desk belongs to one of three tables; a test fails for a new one until it
is assigned. To add one: a line in its table.
"""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.i18n import N_


class FinalOperation(NamedTuple):
    """What was done; why it cannot be undone, and what to do instead (English keys of
    translation)."""

    what: str
    why: str


_CARD = N_("Whom to trust is decided under “Cards”, each decision with its day.")
_ERASED = N_("What is erased is gone for good; that is what it is for.")
_ACCOUNT = N_("Who may open this desk is decided under “Accounts” and “Password”.")
_BATCH = N_("What a file brought is undone under “Taken in”, where it says what goes along.")
_KEYS = N_("The old keys are gone; what was signed with them stays valid.")
_REQUEST = N_("What was answered to a person stays on the list of requests.")
_SCAN = N_("A signed paper is attached and taken off on its period, under “Sign, close”.")
_FORM = N_("Word forms are kept and taken away under “Own form”.")

FINAL: Mapping[str, FinalOperation] = {
    "Closing.close_period": FinalOperation(
        N_("A period was closed"),
        N_("Whoever may close opens it again under “Sign, close”, with a reason."),
    ),
    "Closing.reopen_period": FinalOperation(
        N_("A period was opened again"),
        N_("It is closed again under “Sign, close”; what was signed is kept."),
    ),
    "Closing.amend_period": FinalOperation(
        N_("A period was opened for an amendment"),
        N_("“Leave as it was signed”, under “Sign, close”, gives the amendment up."),
    ),
    "Attachments.attach_scan": FinalOperation(N_("A signed paper was attached"), _SCAN),
    "Attachments.detach_scan": FinalOperation(N_("A signed paper was taken off"), _SCAN),
    "Closing.keep_signature": FinalOperation(
        N_("A paper was signed digitally"),
        N_("A signature stays; an amendment corrects what the paper says."),
    ),
    "WordForms.keep_form": FinalOperation(N_("A Word form was kept"), _FORM),
    "WordForms.remove_form": FinalOperation(N_("A Word form was taken away"), _FORM),
    "ReviewNotes.add_note": FinalOperation(
        N_("A note was written"),
        N_("A note that may be on its way stays; write another one that corrects it."),
    ),
    "ReviewNotes.settle": FinalOperation(
        N_("Notes were settled"), N_("Write to the record again, and they wait again.")
    ),
    "Cards.accept_card": FinalOperation(N_("A card was accepted"), _CARD),
    "Cards.accept_cards": FinalOperation(N_("Cards were accepted"), _CARD),
    "Cards.revoke_card": FinalOperation(N_("A card was revoked"), _CARD),
    "Cards.renew_keys": FinalOperation(N_("This desk has new keys"), _KEYS),
    "DeskRenewal.renew_desk": FinalOperation(N_("This desk has a new id"), _KEYS),
    "Setups.note_setup": FinalOperation(
        N_("A set-up file was made"), N_("Its number is used; make the next one.")
    ),
    "Setups.apply_setup": FinalOperation(
        N_("A set-up file was applied"),
        N_("The next set-up file puts right what this one brought."),
    ),
    "Handovers.hand_over": FinalOperation(
        N_("Records were handed over"), N_("The other post can hand them back.")
    ),
    "Erasures.erase_part": FinalOperation(N_("Personal data were erased"), _ERASED),
    "Retention._erase": FinalOperation(N_("Personal data were erased"), _ERASED),
    "Accounts._enter": FinalOperation(N_("An account or a password was changed"), _ACCOUNT),
    "Accounts._strike": FinalOperation(N_("An account was disabled"), _ACCOUNT),
    "PersonRequests.note_request": FinalOperation(N_("A person's request was noted"), _REQUEST),
    "PersonRequests.acknowledge": FinalOperation(N_("A person's request was answered"), _REQUEST),
    "PersonRequests.settle": FinalOperation(N_("A person's request was settled"), _REQUEST),
    "Exports.note_export": FinalOperation(
        N_("A file to send was written"),
        N_("It may be on its way; what you correct now goes with the next file."),
    ),
    "Imports.import_package": FinalOperation(N_("A file was taken in"), _BATCH),
    "Batches.undo_batch": FinalOperation(N_("A batch was undone"), _BATCH),
    "Batches.take_back": FinalOperation(N_("A batch was taken in again"), _BATCH),
    "Receipts.read_digits": FinalOperation(
        N_("A receipt was read in"), N_("The next signed file of that desk overrules it.")
    ),
    "ReferenceEditor.set_setting": FinalOperation(
        N_("A setting was chosen"), N_("Choose the other value again.")
    ),
    "RecordEditor.add_pick": FinalOperation(
        N_("An entry was added to a list"),
        N_("Records may name it already; give it a last day under “Pick lists”."),
    ),
}
"""{operation: what Ctrl+Z says about it}."""

UNDOABLE = frozenset(
    """
    RecordEditor.add RecordEditor.add_batch RecordEditor.edit RecordEditor.delete
    RecordEditor.undelete RecordEditor.take_back Grid.save_rows BulkOperations.delete_many
    BulkOperations.undelete_many BulkOperations.tag_many HamletRound.sign MassEditor.apply
    MassEditor.take_back
    MassEditor.join_spellings Inbox.resolve Inbox.reopen Doubles.mark_same
    Doubles.mark_all_same Doubles.take_back Doubles.mark_different Doubles.mark_all_different
    LostDoubles.restore LostDoubles.take_back LostDoubles.leave_deleted LostDoubles.ask_again
    LedgerEditor._write_targets LedgerEditor._write_settings LedgerEditor._write_reference
    SheetImport._import_source SheetImport.import_files SheetBatches.add_batch SheetBatches.undo
    BatchList.undo_list
    Quarantine.put_away Quarantine.bring_back
    """.split()
)
"""Operations for which pages push an undo step, or that undo one."""

UNASKED = frozenset(
    """
    Drafts.keep_draft Drafts.drop_draft Drafts.finish_draft Drafts.park_draft Drafts.throw_draft
    Drafts.unpark_draft
    Preferences.prefer Narratives.write_narrative Maintenance.rebuild
    Cards.make_keys Cards.adopt_decision Cards.note_continued SignedHeads.sign_own
    Backups.note_backup Backups.forget_backups DeskClock.confirm_clock BaselineEditor.set_paper
    ReferenceEditor.load ReferenceEditor.write ReferenceEditor.write_targets
    ReviewNotes.add_received FigureStatements.state FigureStatements.add_received
    FigureStatements.drop
    Holdings.note Holdings.note_from_telephone Quarantine.note_waiting Quarantine.drop_waiting
    Quarantine.note_refused Batches.add_batch Batches.note_counts Closing.keep_signed
    Attachments.keep_signed_file Erasures.state_again
    Closing.note_printed Closing.note_saved Closing.note_sent Doubles.look_on Exports._stated
    """.split()
)
"""Operations that are no command of a person in the window: drafts (their fields have an undo of
their own), parts of other operations, housekeeping, CLI commands."""
