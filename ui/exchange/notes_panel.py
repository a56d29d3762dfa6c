"""Ý kiến: notes of desks on each other's records, with answers; exchanged in packages."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor

from borderdesk.base.formats import format_moment
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.note_threads import NoteThread, begun_threads, note_threads
from borderdesk.exchange.entries.note_erasure import UNSENT_NOTES
from borderdesk.exchange.entries.review_notes import NOTE_LIMIT
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.editors.draft import DRAFT_PAUSE
from ui.widgets.editors.text_line import FilelessText
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import foot, scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

Key = tuple[str, str]
"""Type and id of a record."""


class NotesPanel(DeskPanel):
    """List of threads, the notes of the current one, and a field for a new note."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.threads: list[NoteThread] = []
        self._begun: Key | None = None
        self._shown: Key | None = None
        self._unsent: dict[str, str] = dict(desk.preferences.preferred(UNSENT_NOTES, {}))
        self.table = RowsTable(
            _("Notes on records"),
            [
                TableColumn(_("State"), 18),
                TableColumn(_("Record"), 44),
                TableColumn(_("Belongs to"), 22),
                TableColumn(_("Last said"), 16),
                TableColumn(_("Written by"), 20),
            ],
            _(
                "Nobody has said anything of a record yet. Where a record of another post looks"
                " wrong, write a note: it travels with your next file."
            ),
            awaited=True,
        )
        self.thread_view = FilelessText()
        self.typed = FilelessText()
        self.heading = named(PlainLabel(), "figure")
        self.doubt = named(PlainLabel(), "doubt")
        self._save_timer = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._save_timer.timeout.connect(self.keep_now)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        outer.addWidget(self.table, 2)
        self.heading.setWordWrap(True)
        outer.addWidget(self.heading)
        self.thread_view.setReadOnly(True)
        self.thread_view.setTabChangesFocus(True)
        self.thread_view.setAccessibleName(_("What was said"))
        self.typed.setAccessibleName(_("Note or answer"))
        self.typed.setPlaceholderText(_("Write a note or an answer here"))
        self.typed.setTabChangesFocus(True)
        line = self.fontMetrics().lineSpacing()
        self.thread_view.setMinimumHeight(line * 4)
        self.typed.setMinimumHeight(line * 3)
        self.typed.setMaximumHeight(line * 6)
        outer.addWidget(self.thread_view, 2)
        outer.addWidget(self.typed)
        self.doubt.setWordWrap(True)
        self.doubt.hide()
        outer.addWidget(self.doubt)
        row = FlowLayout()
        self._send = bind(self, "note_send", self.send)
        row.add(button(self._send, main=True, keys=True))
        self._open = bind(self, "note_record", self.open_record)
        row.add(button(self._open))
        self._settle = bind(self, "note_settle", self.settle)
        row.add(button(self._settle))
        row.add(named(PlainLabel(_("It goes to the other desks with your next file.")), "muted"))
        foot(self).addLayout(row)
        self.table.moved.connect(self._show_thread)
        self.table.opened.connect(lambda _row: self.typed.setFocus())
        self.typed.textChanged.connect(self._note_typed)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Reload the notes."""
        desk = self._desk
        in_view = [key[1] for key in (self._begun, self._shown) if key is not None]
        typed = [record for record, text in self._unsent.items() if text.strip()]
        records = dict.fromkeys([*in_view, *typed])
        self.read(lambda: begun_threads(desk, records) + note_threads(desk), self._show)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Start a note on a record (`type`, `record`) with the proposed text `text`."""
        if "record" not in intent:
            return
        self._begun = (intent["type"], intent["record"])
        if intent.get("text") and intent["record"] not in self._unsent:
            self._unsent[intent["record"]] = intent["text"]
        self.refresh()
        self.typed.setFocus()

    def _show(self, threads: list[NoteThread]) -> None:
        thread_to_show = self._begun or self._shown
        self.threads = threads
        today = self._desk.today()
        self.table.show_rows(
            [
                (
                    thread_state(thread),
                    thread.title,
                    thread.owner,
                    format_moment(thread.notes[-1].when, today) if thread.notes else "",
                    f"{thread.notes[-1].author}, {thread.notes[-1].desk}" if thread.notes else "",
                )
                for thread in self.threads
            ],
            keys=[thread.record for thread in self.threads],
        )
        places = [n for n, t in enumerate(self.threads) if (t.type, t.record) == thread_to_show]
        if places:
            self.table.go_to(places[0])
        self._begun = None
        self._show_thread(self.table.row())

    def current_thread(self) -> NoteThread | None:
        """The current thread."""
        row = self.table.row()
        return self.threads[row] if 0 <= row < len(self.threads) else None

    def _show_thread(self, _row: int) -> None:
        thread = self.current_thread()
        self._send.setEnabled(thread is not None and thread.here)
        self._open.setEnabled(thread is not None and thread.here)
        self._settle.setEnabled(thread is not None and (thread.news or thread.waits))
        for widget in (self.heading, self.thread_view, self.typed):
            widget.setVisible(thread is not None)
        if thread is None:
            self.doubt.hide()
            return
        today = self._desk.today()
        self.heading.setText(thread.title)
        self.thread_view.setPlainText(
            "\n\n".join(
                f"{note.author}, {note.desk}, {format_moment(note.when, today)}:\n{note.text}"
                for note in thread.notes
            )
            or _("Nothing was said of it yet.")
        )
        if len(thread.notes) > 1:
            self.thread_view.moveCursor(QTextCursor.MoveOperation.End)
        self._shown = (thread.type, thread.record)
        text = self._unsent.get(thread.record, "")
        if self.typed.toPlainText() != text:
            self.typed.setPlainText(text)

    # --------------------------------------------------------------------- writing

    def _note_typed(self) -> None:
        if self._shown is not None:
            self._unsent[self._shown[1]] = self.typed.toPlainText()
            self._save_timer.start()
        self._show_doubts()

    def _show_doubts(self) -> list[str]:
        """Show the doubts about the text, and return them."""
        doubts = self._desk.exchange.notes.doubts(self.typed.toPlainText())
        self.doubt.setText("⚠ " + " ".join(doubts) if doubts else "")
        self.doubt.setVisible(bool(doubts))
        return doubts

    def keep_now(self) -> None:
        """Save the texts that were typed but not added."""
        self._save_timer.stop()
        unsent = {record: text for record, text in self._unsent.items() if text}
        desk = self._desk
        if unsent != desk.preferences.preferred(UNSENT_NOTES, {}):
            # Not as a write of the panel: sending does not wait for it.
            self._tasks.later(
                lambda: desk.preferences.prefer(UNSENT_NOTES, unsent),
                lambda _none: None,
                self.fail,
                self,
            )

    def send(self) -> None:
        """Add the typed note to the record."""
        thread, text = self.current_thread(), self.typed.toPlainText()
        if thread is None or self._waiting:
            return
        if not text.strip() or len(text) > NOTE_LIMIT:
            self.bar.warn(_("A note has 1 to {most} characters.").format(most=NOTE_LIMIT))
            self.typed.setFocus()
            return
        doubts = self._show_doubts()
        if doubts:
            self.bar.ask(
                " ".join(doubts),
                (_("Change the note"), self.typed.setFocus),
                (_("Send it so"), lambda: self._add(thread, text)),
                leave_offer(),
            )
            return
        self._add(thread, text)

    def _add(self, thread: NoteThread, text: str) -> None:
        desk = self._desk

        def done(_note: object) -> None:
            self._unsent.pop(thread.record, None)
            self.keep_now()
            self.bar.notify(_("Noted. It goes with the next file you write."))
            self.changed.emit()
            self.refresh()

        self.write(
            lambda: desk.exchange.notes.add_note(
                thread.type, thread.record, text, reply_to=thread.answered
            ),
            done,
        )

    def settle(self) -> None:
        """Settle the current thread: it counts as answered until another note arrives."""
        thread, desk = self.current_thread(), self._desk
        if thread is None or not thread.notes or self._waiting:
            return

        def done(_none: None) -> None:
            self.bar.notify(_("Settled. A note that comes later opens it again."))
            self.changed.emit()
            self.refresh()

        self.write(lambda: desk.exchange.notes.settle(thread.record), done)

    def open_record(self) -> None:
        """Open the record on its page."""
        thread = self.current_thread()
        if thread is not None:
            self.page_wanted.emit(thread.type, {"record": thread.record, "period": ""})


def thread_state(thread: NoteThread) -> str:
    """The state of a thread in words, with a sign."""
    if not thread.notes:
        return _("✎ new")
    if thread.waits:
        return _("● waits for an answer")
    if thread.news:
        has_own_note = any(note.own for note in thread.notes)
        return _("● answer came") if has_own_note else _("● new note")
    if all(note.own for note in thread.notes):
        return _("→ no answer yet")
    if thread.notes[-1].own:
        return _("✓ answered")
    return _("✓ settled")
