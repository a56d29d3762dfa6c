"""What is done with many records of a list: deleted, taken back, written to a file."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.base.spreadsheets import COMMA, SEMICOLON
from borderdesk.schema.records import ALL_TYPES
from ui.base.tasks import BackgroundWork
from ui.base.undo_steps import UndoStep, undo_steps_of
from ui.records.drafts.draft_shelf import DraftShelf
from ui.records.page_parts import PageParts
from ui.widgets.pages.final_steps import undo_offer, warn_if_final

if TYPE_CHECKING:
    from borderdesk.reports.workbooks import list_files
    from ui.widgets.choosers import file_choosers
else:
    list_files = lazy_module("borderdesk.reports.workbooks.list_files")
    file_choosers = lazy_module("ui.widgets.choosers.file_choosers")

T = TypeVar("T")

REASON, UNDONE = N_("Deleted in the window"), N_("Undone in the window")


def wait_words() -> str:
    """The message of a window whose work cannot begin while another is running."""
    return _(
        "Something else is still being done with this list: nothing was done here yet. What stands"
        " here is kept; press the button again in a moment."
    )


class ListActions:
    """Works on the records chosen in a list, one work at a time, each of it undoable."""

    def __init__(self, parts: PageParts, drafts: DraftShelf) -> None:
        self._parts = parts
        self._drafts = drafts
        self._work: BackgroundWork | None = None
        self._text = ""
        """What the work does, in words."""
        self.steps = undo_steps_of(parts.tasks)

    def idle(self) -> bool:
        """Whether no work is going on."""
        return self._work is None

    def run(self, text: str, work: Callable[[Progress], T], done: Callable[[T], None]) -> bool:
        """Do a long work on records, with how far it is and a way to stop it. While another goes on
        that is said, and nothing begun: what was chosen may be something else once that has ended.
        Whether it was begun."""
        parts = self._parts
        if self._work is not None:
            self._say_busy(self._work)
            return False

        def ended(answer: T) -> None:
            self._work = None
            parts.refresh()
            done(answer)

        def failed(error: Exception) -> None:
            self._work = None
            parts.refresh()
            parts.fail(error)

        self._work, self._text = parts.tasks.long(work, ended, failed, parts.front), text
        parts.bar.follow(self._work, text)
        return True

    def _say_busy(self, work: BackgroundWork) -> None:
        words = _("{work} Nothing else was begun: do it again once this has ended.")
        self._parts.bar.follow(work, words.format(work=self._text))

    def note_step(
        self, words: str, work: Callable[[Progress], object], records: Sequence[str] = ()
    ) -> None:
        """Note what was done to records of this page, and the work that takes it back."""
        type_name, said = self._parts.type_name, words.rstrip(".")
        self.steps.push(UndoStep(type_name, ALL_TYPES[type_name].title, said, work, records))

    def notify_undoable(
        self,
        text: str,
        work: Callable[[Progress], object],
        records: Sequence[str] = (),
        more: str = "",
    ) -> None:
        """Say what was done to records of this page, with the button that undoes it by `work`;
        more: what is true only as long as it is not undone."""
        self.note_step(text, work, records)
        self._parts.bar.notify(f"{text} {more}".strip(), (_("Undo   Ctrl+Z"), self.undo))

    def undo(self) -> None:
        """Take back what was done last in the window, on the page where it was done."""
        if self._work is not None:
            # What is being done is not the last step yet, but is what is meant.
            self._say_busy(self._work)
            return
        if warn_if_final(self.steps, self._parts.bar, self.undo):
            return
        step = self.steps.newest()
        if step is None:
            self._parts.bar.hint(_("There is nothing to take back."))
        elif step.page != self._parts.type_name:
            self._parts.go_to(step.page, {**step.intent, "undo": True})
        else:
            self._take_back(self.steps.pop())

    def undo_by_key(self) -> None:
        """Ctrl+Z: what stands in the form unsaved is nothing to take back, and whoever types there
        may mean that; what was saved last is named and offered."""
        form, focus, step = self._parts.form(), QApplication.focusWidget(), self.steps.newest()
        if step is None or not form.dirty or focus is None or not form.isAncestorOf(focus):
            self.undo()
            return
        if warn_if_final(self.steps, self._parts.bar, self.undo):
            return
        words = _("Nothing was typed in this field. Done last: {what}")
        self._parts.bar.notify(words.format(what=step.words), (_("Take it back"), self.undo))

    def _take_back(self, step: UndoStep) -> None:
        only = step.records[0] if len(step.records) == 1 else ""
        self._parts.expect(only)

        def done(_none: object) -> None:
            self._reload(step.records, only)
            self._show_taken_back(step.words)

        self.run(_("Taking back…"), step.work, done)

    def _reload(self, records: Sequence[str], only: str) -> None:
        """Show in the form what became of a record that was taken back, unless somebody types."""
        form = self._parts.form()
        record = form.record if form.record in records else only
        if form.dirty or not record:
            return
        try:
            form.load(record)
        except UserError:
            form.blank()
            self._parts.list.mark("")

    def _show_taken_back(self, words: str) -> None:
        """Say what was taken back, and offer the step before it, wherever it was done."""
        text = _("Taken back: {what}").format(what=words)
        offers = undo_offer(self.steps.newest(), self._parts.type_name, self.undo)
        self._parts.bar.notify(text, *offers)

    # --------------------------------------------------------------------- deleting

    def delete(self) -> None:
        """Delete what is chosen; the bar offers to undo it."""
        if self._parts.list.how_many() or self._parts.form().record:
            self._drafts.guard(self._delete_chosen)

    def _delete_chosen(self) -> None:
        desk, type_name, reason = self._parts.desk, self._parts.type_name, _(REASON)
        chosen, only = self._parts.list.chosen(), self._parts.form().record
        if self._parts.list.how_many() <= 1 and only:
            chosen = chosen._replace(ids=frozenset({only}))

        def work(report: Progress) -> list[str]:
            records = desk.lists.ids(type_name, chosen)
            desk.bulk.delete_many(type_name, records, reason, report)
            return records

        self.run(_("Deleting…"), work, self._show_deleted)

    def out_again(self, records: Sequence[str]) -> Callable[[Progress], object]:
        """The work that deletes what was saved."""
        desk, type_name, reason = self._parts.desk, self._parts.type_name, _(UNDONE)
        return lambda report: desk.bulk.delete_many(type_name, records, reason, report)

    def _show_deleted(self, records: list[str]) -> None:
        parts = self._parts
        if parts.form().record in records:
            parts.form().blank()
        parts.list.mark("")
        parts.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if not records:
            parts.bar.hint(_("Nothing was deleted: what was chosen is gone already."))
            return
        many = ngettext("Deleted.", "{count} records deleted.", len(records))
        words = many.format(count=format_number(len(records), language()))
        self.notify_undoable(words, self._undeletion(records), records)

    def _undeletion(self, records: Sequence[str]) -> Callable[[Progress], object]:
        desk, type_name = self._parts.desk, self._parts.type_name
        return lambda report: desk.bulk.undelete_many(type_name, records, report)

    def restore(self, records: list[str]) -> None:
        """Take back deletions chosen from the list of what was deleted; a step of its own."""
        many = ngettext("A deletion is taken back.", "{count} deletions taken back.", len(records))
        words = many.format(count=format_number(len(records), language()))
        self._parts.expect(records[0] if len(records) == 1 else "")
        self.run(
            _("Taking back…"),
            self._undeletion(records),
            lambda _none: self.notify_undoable(words, self.out_again(records), records),
        )

    # -------------------------------------------------------------------- exporting

    def ask_file(self, suffix: str) -> None:
        """Ask for a file and write the list, or what is chosen in it, there."""
        if suffix == ".csv":
            self._ask_csv(words=False)
        else:
            file_choosers.ask_where(self._parts.front, self._file_name(), suffix, self.export)

    def ask_words(self) -> None:
        """Ask for a file and write the list there as CSV in words."""
        self._ask_csv(words=True)

    def _ask_csv(self, *, words: bool) -> None:
        """Ask for a file and by which sign its cells are apart; what people read begins with that
        of their spreadsheet program."""
        kinds = {
            _("CSV with semicolons, as Excel in Vietnamese opens it (*.csv)"): SEMICOLON,
            _("CSV with commas (*.csv)"): COMMA,
        }
        if not words:
            kinds = dict(reversed(kinds.items()))

        def then(target: Path, separator: str) -> None:
            self.export(target, words=words, separator=separator)

        name = self._file_name()
        file_choosers.ask_where_as(self._parts.front, name, ".csv", kinds, then)

    def _file_name(self) -> str:
        title = _(ALL_TYPES[self._parts.type_name].title)
        return f"{title} {self._parts.desk.today().isoformat()}"

    def copy(self) -> None:
        """Copy the rows chosen as a table."""
        text = self._parts.list.copied()
        if text:
            QApplication.clipboard().setText(text)
            rows = text.count("\n")
            words = ngettext("{count} row copied.", "{count} rows copied.", rows)
            self._parts.bar.notify(words.format(count=format_number(rows, language())))

    def export(
        self,
        target: Path,
        *,
        words: bool = False,
        separator: str = COMMA,
        everything: bool = False,
    ) -> None:
        """Write what is chosen, or without anything chosen all that is shown, to a file.

        words: a CSV has the words of the screen, to be read by people; separator: between cells;
        everything: all that is shown, whatever is chosen.
        """
        records = self._parts.list
        chosen = records.table.chosen if everything else records.wanted()
        whole = partial(self.export, target, words=words, separator=separator, everything=True)
        desk, type_name = self._parts.desk, self._parts.type_name

        def done(rows: int) -> None:
            self._parts.notify_written(target, rows, whole)

        self.run(
            _("Writing {file}…").format(file=target.name),
            lambda report: list_files.write_list(
                desk, type_name, chosen, target, report, words=words, separator=separator
            ),
            done,
        )
