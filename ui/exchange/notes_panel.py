"""Ý kiến: notes of desks on each other's records, and answers; both travel with packages."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from borderdesk.base.formats import format_moment
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.note_threads import NoteThread, note_thread, note_threads
from borderdesk.exchange.review_notes import NOTE_LIMIT
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.draft import DRAFT_PAUSE
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column

UNSENT = "exchange/note"
"""The preference that holds notes that are typed and not added yet: {record: text}."""
Key = tuple[str, str]
"""Type and id of a record."""


class TalkList(NamedTuple):
    """The talks there are; `begun`: an empty one on a record that has none yet."""

    talks: list[NoteThread]
    begun: NoteThread | None


class NotesPanel(DeskPanel):
    """Lists the records with notes; below it the notes on one record, and a field for a new one."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.talks: list[NoteThread] = []
        self._begun: Key | None = None
        self._shown: Key | None = None
        self._unsent: dict[str, str] = dict(desk.preferences.preferred(UNSENT, {}))
        self.table = RowsTable(
            _("Notes on records"),
            [
                TableColumn(_("State"), 18),
                TableColumn(_("Record"), 52),
                TableColumn(_("Belongs to"), 24),
                TableColumn(_("Last said"), 17),
                TableColumn(_("Written by"), 20),
            ],
            _(
                "Nobody has said anything of a record yet. Where a record of another post looks"
                " wrong, write a note: it travels with your next file."
            ),
        )
        self.said = QPlainTextEdit()
        self.typed = QPlainTextEdit()
        self.heading = named(QLabel(), "figure")
        self._save_timer = QTimer(self, singleShot=True, interval=DRAFT_PAUSE)
        self._save_timer.timeout.connect(self.keep_now)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        outer.addWidget(self.table, 2)
        self.heading.setWordWrap(True)
        outer.addWidget(self.heading)
        self.said.setReadOnly(True)
        self.said.setTabChangesFocus(True)
        self.said.setAccessibleName(_("What was said"))
        self.typed.setAccessibleName(_("Note or answer"))
        self.typed.setPlaceholderText(_("Write a note or an answer here"))
        self.typed.setTabChangesFocus(True)
        line = self.fontMetrics().lineSpacing()
        self.said.setMinimumHeight(line * 4)
        self.typed.setMinimumHeight(line * 3)
        self.typed.setMaximumHeight(line * 6)
        outer.addWidget(self.said, 2)
        outer.addWidget(self.typed)
        row = FlowLayout()
        self._send = bind(self, "note_send", self.send)
        row.add(button(self._send, main=True, keys=True))
        self._open = bind(self, "note_record", self.open_record)
        row.add(button(self._open))
        row.add(named(QLabel(_("It goes to the other desks with your next file.")), "muted"))
        outer.addLayout(row)
        self.table.moved.connect(self._show_talk)
        self.table.opened.connect(lambda _row: self.typed.setFocus())
        self.typed.textChanged.connect(self._note_typed)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Reload the notes."""
        desk, begun = self._desk, self._begun

        def work() -> TalkList:
            known = note_threads(desk)
            if begun is None or any((t.type, t.record) == begun for t in known):
                return TalkList(known, None)
            return TalkList(known, note_thread(desk, *begun))

        self.read(work, self._show)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Begin a note on a record (`type`, `record`); `text` is proposed for it."""
        if "record" not in intent:
            return
        self._begun = (intent["type"], intent["record"])
        if intent.get("text") and intent["record"] not in self._unsent:
            self._unsent[intent["record"]] = intent["text"]
        self.refresh()
        self.typed.setFocus()

    def _show(self, found: TalkList) -> None:
        wanted = self._begun or self._shown
        self.talks = ([found.begun] if found.begun else []) + found.talks
        today = self._desk.today()
        self.table.show_rows(
            [
                (
                    talk_state(talk),
                    talk.title,
                    talk.owner,
                    format_moment(talk.said[-1].when, today) if talk.said else "",
                    f"{talk.said[-1].author}, {talk.said[-1].desk}" if talk.said else "",
                )
                for talk in self.talks
            ]
        )
        places = [n for n, t in enumerate(self.talks) if (t.type, t.record) == wanted]
        if places:
            self.table.go_to(places[0])
        self._begun = None
        self._show_talk(self.table.row())

    def talk(self) -> NoteThread | None:
        """The current talk of the list."""
        row = self.table.row()
        return self.talks[row] if 0 <= row < len(self.talks) else None

    def _show_talk(self, _row: int) -> None:
        talk = self.talk()
        self._send.setEnabled(talk is not None and talk.here)
        self._open.setEnabled(talk is not None and talk.here)
        for widget in (self.heading, self.said, self.typed):
            widget.setVisible(talk is not None)
        if talk is None:
            return
        today = self._desk.today()
        self.heading.setText(talk.title)
        self.said.setPlainText(
            "\n\n".join(
                f"{one.author}, {one.desk}, {format_moment(one.when, today)}:\n{one.text}"
                for one in talk.said
            )
            or _("Nothing was said of it yet.")
        )
        self._shown = (talk.type, talk.record)
        text = self._unsent.get(talk.record, "")
        if self.typed.toPlainText() != text:
            self.typed.setPlainText(text)

    # --------------------------------------------------------------------- writing

    def _note_typed(self) -> None:
        if self._shown is not None:
            self._unsent[self._shown[1]] = self.typed.toPlainText()
            self._save_timer.start()

    def keep_now(self) -> None:
        """Save what is typed and not added yet."""
        self._save_timer.stop()
        unsent = {record: text for record, text in self._unsent.items() if text}
        desk = self._desk
        if unsent != desk.preferences.preferred(UNSENT, {}):
            self.write(lambda: desk.preferences.prefer(UNSENT, unsent), lambda _none: None)

    def send(self) -> None:
        """Add the note that is typed to the record."""
        talk, text = self.talk(), self.typed.toPlainText()
        if talk is None or not self.idle():
            return
        if not text.strip() or len(text) > NOTE_LIMIT:
            self.bar.warn(_("A note has 1 to {most} characters.").format(most=NOTE_LIMIT))
            self.typed.setFocus()
            return
        desk = self._desk

        def done(_note: object) -> None:
            self._unsent.pop(talk.record, None)
            self.keep_now()
            self.bar.notify(_("Noted. It goes with the next file you write."))
            self.changed.emit()
            self.refresh()

        self.write(
            lambda: desk.exchange.notes.add_note(
                talk.type, talk.record, text, reply_to=talk.answered
            ),
            done,
        )

    def open_record(self) -> None:
        """Open the record on the page of its type."""
        talk = self.talk()
        if talk is not None:
            self.page_wanted.emit(talk.type, {"record": talk.record})


def talk_state(talk: NoteThread) -> str:
    """Whether a talk waits for an answer, in words with their sign."""
    if not talk.said:
        return _("✎ new")
    if talk.waits:
        return _("● waits for an answer")
    if all(one.own for one in talk.said):
        return _("→ no answer yet")
    if talk.said[-1].own:
        return _("✓ answered")
    return _("✓ answer came") if any(one.own for one in talk.said) else _("○ to know")
