"""Thư mục chung: shared folder instead of a stick, its state, and which cards get personal
fields."""

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from borderdesk.base.formats import format_moment, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card
from ui.base.folder_exchange import folder_exchange_of
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_folder
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar


class FolderPanel(DeskPanel):
    """Choice of the folder, its state, and consent to personal fields per card."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._exchange = folder_exchange_of(desk, tasks)
        self.place = named(PlainLabel(), "figure")
        self.state = PlainLabel()
        self.names = QVBoxLayout()
        self.boxes: dict[str, QCheckBox] = {}
        self._lay_out()
        self._exchange.turned.connect(self._show_state)
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        row.add(button(bind(self, "folder_choose", self.ask_folder), main=True, keys=True))
        self._now = bind(self, "folder_now", self._exchange.look)
        row.add(button(self._now, keys=True))
        self._off = bind(self, "folder_off", lambda: self.choose(None))
        row.add(button(self._off))
        outer.addLayout(row)
        words = _(
            "A folder of the post's network, or one that a program keeps the same on several"
            " machines. While the window is open, what you save goes to the other machines of"
            " your unit by itself, locked for each of them, and theirs comes in. Upwards goes only"
            " what you send."
        )
        for label in (self.place, self.state, named(PlainLabel(words), "muted")):
            label.setWordWrap(True)
            outer.addWidget(label)
        outer.addLayout(self.names)
        outer.addStretch(1)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the other machines of the unit again."""
        folder = self._desk.exchange.folder
        self.read(lambda: (folder.unit_cards(), folder.agreed()), self._show)

    def _show(self, content: tuple[list[Card], frozenset[str]]) -> None:
        cards, agreed = content
        while item := self.names.takeAt(0):
            widget = item.widget()
            if isinstance(widget, QWidget):
                widget.deleteLater()
        self.boxes = {}
        for card in cards:
            words = _("Names and other personal fields go to desk {desk} too, locked for it")
            box = QCheckBox(words.format(desk=card.desk[:8]))
            box.setChecked(card.desk in agreed)
            box.toggled.connect(lambda _on: self._agree())
            self.boxes[card.desk] = box
            self.names.addWidget(box)
        self._show_state()

    def _show_state(self) -> None:
        folder = self._desk.exchange.folder.place()
        for act in (self._now, self._off):
            act.setEnabled(folder is not None)
        if folder is None:
            self.place.setText(_("Off: no folder is used."))
            self.state.setText("")
            return
        self.place.setText(str(folder))
        self.state.setText(self._state())

    def _state(self) -> str:
        last, when = self._exchange.last, self._exchange.when
        if last is None or when is None:
            return _("Not looked into yet.")
        lang, moment = language(), format_moment(when, self._desk.today())
        words = _("{time}: files read: {read}, written: {written}.")
        line = words.format(
            time=moment,
            read=format_number(len(last.read), lang),
            written=format_number(len(last.written), lang),
        )
        if last.unfinished:
            more = ngettext(
                "{count} is not whole yet.", "{count} are not whole yet.", last.unfinished
            )
            line += " " + more.format(count=format_number(last.unfinished, lang))
        return f"⚠ {last.problem}" if last.problem else f"✓ {line}"

    # -------------------------------------------------------------------- choosing

    def ask_folder(self) -> None:
        """Ask for the folder."""
        ask_folder(self, _("Choose a folder"), Path.home(), self.choose)

    def choose(self, folder: Path | None) -> None:
        """Use a folder from now on; None: no folder."""
        desk = self._desk

        def done(_none: None) -> None:
            self.bar.notify(_("The shared folder is used from now on.") if folder else _("Off."))
            self._exchange.look()
            self.refresh()

        self.write(lambda: desk.exchange.folder.choose(folder), done)

    def _agree(self) -> None:
        """Ask before personal fields go to another machine; withdrawing consent applies at once."""
        agreed_desks = [desk for desk, box in self.boxes.items() if box.isChecked()]
        if len(agreed_desks) < len(self._desk.exchange.folder.agreed()):
            self._save_agreed(agreed_desks)
            return
        leave, no_answer = leave_offer()

        def stay() -> None:
            no_answer()
            self.refresh()

        self.bar.ask(
            _("Send names, ID numbers and notes to that desk from now on?"),
            (_("Yes, for this card"), lambda: self._save_agreed(agreed_desks)),
            (leave, stay),
        )

    def _save_agreed(self, agreed_desks: list[str]) -> None:
        desk = self._desk

        def done(_none: None) -> None:
            self.bar.notify(_("Noted."))
            self._exchange.look()
            self.refresh()

        self.write(lambda: desk.exchange.folder.agree(agreed_desks), done)
