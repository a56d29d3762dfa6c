"""Window of a hamlet's round: households on paper with room to sign, then ticked when signed."""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.entry.hamlet_round import ROUND_FORM, RoundHousehold, Signatures
from borderdesk.schema.kinds import DayField
from borderdesk.schema.records.pledge import Pledge
from borderdesk.session.drafts import THROWN_DAYS, Texts
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.drafts.draft_window import DraftWindow
from ui.records.form.form_memory import FormMemory
from ui.records.list_actions import wait_words
from ui.records.windows.round_list import RoundList
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.editor import EditorContext, paint_wrong
from ui.widgets.editors.line_editor import LineEditor
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import choose_only_commune, commune_options, options_of
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine
from ui.widgets.tables.row_choice import FoundRows

if TYPE_CHECKING:
    from borderdesk.reports.handouts import paper_forms
else:
    paper_forms = lazy_module("borderdesk.reports.handouts.paper_forms")

NAMED = 3
"""Number of households named in a question."""
Sign = Callable[[Sequence[str], Signatures, Texts | None], bool]
"""Starts the saving of pledges: households, shared values, remaining draft; returns whether it was
started."""


class RoundWindow(DraftWindow):
    """Inputs for place, programme, day and witness; below, the households. Typing finds one, Enter
    or Space ticks it."""

    way = "round"

    def __init__(self, owner: QWidget, desk: Desk, tasks: Runner, sign: Sign) -> None:
        super().__init__(owner, desk, tasks)
        self.setWindowTitle(_("Round of a hamlet"))
        self.resize(owner.window().size() * 0.75)
        self._sign = sign
        self._found: list[RoundHousehold] = []
        self._found_at = ""
        """The hamlet and commune of the listed households; the inputs may be ahead of it."""
        ground = EditorContext(desk, desk.today)
        self.commune = SearchCombo(commune_options(desk, desk.today()))
        self.hamlet = SearchCombo([])
        columns = Pledge.columns()
        programmes = options_of(columns[Pledge.kind_key], ground)
        self.programme = SearchCombo(programmes)
        self.post: SearchCombo | None = None
        if desk.identity.role != "post":
            posts = [ComboOption(post.code, post.name) for post in desk.book.posts.values()]
            self.post = SearchCombo(posts)
        home = Pledge.home_place
        self._combos = {
            home.commune: self.commune,
            home.hamlet: self.hamlet,
            Pledge.kind_key: self.programme,
            Pledge.own_post(): self.post,
        }
        """{field of a pledge: the combo box of its value}, None for one that is not asked."""
        self._witness = LineEditor(columns[Pledge.witnessed_by], ground)
        self._witness.prefer(FormMemory(desk, Pledge).recent().get(Pledge.witnessed_by, ()))
        self._witness.done.connect(lambda: QTimer.singleShot(0, self, self.focusNextChild))
        self.day, self.witness, self.source = TextLine(), self._witness.line, TextLine()
        self.day.setText(format_date(desk.today()))
        self.waiting = QCheckBox(_("Only who has not signed this year"))
        self.search = TextLine()
        self.list = RoundList()
        self.hint = named(PlainLabel(), "muted")
        self._warned: UserError | str = ""
        """The message about invalid inputs, removed once households are listed."""
        self._asked: list[str] = []
        """The households of the last question (signed already)."""
        self.count = named(PlainLabel(), "muted")
        self.discard.setText(_("Untick all"))
        self.paper, self.save = QPushButton(_("Save PDF…")), QPushButton(_("Save pledges"))
        self._lay_out()
        choose_only_commune(self.commune, desk)
        self.attend(ROUND_FORM)
        self._connect()
        self._offer_hamlets()
        self.commune.line().selectAll()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(self._fields())
        row = QHBoxLayout()
        self.search.setPlaceholderText(_("Type a name, press Enter to tick it"))
        self.search.setAccessibleName(_("Find a household"))
        row.addWidget(self.search, 1)
        row.addWidget(self.waiting)
        column.addLayout(row)
        column.addWidget(self.bar)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.hint, 1)
        column.addWidget(self.list, 1)
        self.count.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self.count, 1)
        for button in (self.discard, self.paper, self.save):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
            below.addWidget(button)
        self.save.setProperty("main", True)
        column.addLayout(below)

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        fields: list[tuple[str, QWidget]] = [
            (_("Commune"), self.commune),
            (_("Hamlet"), self.hamlet),
            (_("Pledge programme"), self.programme),
            (_("Signed on"), self.day),
            (_("Witness"), self.witness),
            (_("Source (minutes no., book page)"), self.source),
        ]
        if self.post is not None:
            fields.append((_("Post"), self.post))
        for place, (label, widget) in enumerate(fields):
            widget.setAccessibleName(label)
            grid.addWidget(PlainLabel(label), place // 3 * 2, place % 3)
            grid.addWidget(widget, place // 3 * 2 + 1, place % 3)
        return grid

    def _connect(self) -> None:
        self.commune.entry_changed.connect(self._offer_hamlets)
        for combo in (self.hamlet, self.programme):
            combo.entry_changed.connect(self.read)
        self.day.editingFinished.connect(self.read)
        self.waiting.toggled.connect(lambda _on: self._fill())
        self.search.seen.connect(self.list.mark)
        self.search.returnPressed.connect(self._tick_found)
        FoundRows(self.search, self.list)
        self.list.itemChanged.connect(lambda _item: self._count())
        self.list.itemChanged.connect(lambda _item: self.draft.changed())
        self.waiting.toggled.connect(self.draft.changed)
        combos = filter(None, self._combos.values())
        for line in (*[chooser.line() for chooser in combos], self.day, self.witness, self.source):
            line.textChanged.connect(self.draft.changed)
        self.paper.clicked.connect(lambda _checked=False: self.ask_file())
        self.save.clicked.connect(lambda _checked=False: self.save_signed())

    # -------------------------------------------------------------------- choosing

    def _offer_hamlets(self) -> None:
        unit = self.commune.known_code()
        names = self._desk.households.hamlets(unit) if unit else []
        self.hamlet.offer([ComboOption(name, name) for name in names])
        self.read()

    def chosen_day(self) -> datetime.date | None:
        """The day of signing; None while invalid."""
        try:
            day = self._desk.records.clean_value(
                DayField(N_("Date"), past=True), self.day.text().strip()
            )
        except UserError as error:
            paint_wrong(self.day, True)
            self._warn(error)
            return None
        paint_wrong(self.day, False)
        return day if isinstance(day, datetime.date) else None

    def read(self) -> None:
        """Read the households of the selected hamlet, once all inputs are given."""
        desk, day = self._desk, self.chosen_day()
        unit, hamlet = self.commune.known_code(), self.hamlet.known_code()
        programme = self.programme.known_code()
        if not (unit and hamlet and programme):
            self._found = []
            self._fill()
            return
        if day is None:
            return
        work = lambda: desk.round.households(unit, hamlet, programme, day)  # noqa: E731
        place = self._place()
        self._tasks.run(work, lambda households: self._show(place, households), self._fail, self)

    def _show(self, place: str, households: list[RoundHousehold]) -> None:
        if place != self._place():
            # Another hamlet was selected meanwhile; its read follows.
            return
        self._found, self._found_at = households, place
        self.list.prune(place, households)
        # Another message stays.
        self.bar.withdraw(self._warned)
        self._fill()

    def shown(self) -> list[RoundHousehold]:
        """The households listed: all, or those that have not signed this year."""
        only = self.waiting.isChecked()
        return [household for household in self._found if not (only and household.this_year)]

    def _place(self) -> str:
        """Hamlet and commune, as printed on the paper."""
        commune = self._desk.book.unit_name(self.commune.known_code())
        return f"{self.hamlet.known_code()}, {commune}"

    def _fill(self) -> None:
        shown = self.shown()
        self.list.fill(shown, self._found_at)
        self.hint.setText("" if shown else self._missing())
        self.hint.setVisible(not shown)
        self.list.setVisible(bool(shown))
        self._count()

    def _missing(self) -> str:
        """What to do while no households are listed."""
        if not self.commune.known_code():
            return _("Choose the commune, then the hamlet: its households are listed here.")
        if not self.hamlet.known():
            return _(
                "There are no households of this commune yet. Enter them on the page Households,"
                " or bring them in from a spreadsheet there."
            )
        if not self.hamlet.known_code():
            return _("Choose the hamlet: its households are listed here, to be ticked.")
        if not self.programme.known_code():
            return _("Choose the pledge programme: it says who has signed already.")
        if self._found:
            return _("Every household of this hamlet has signed this year.")
        return _("No household of this hamlet lives there on that day.")

    # --------------------------------------------------------------------- ticking

    def signed(self) -> list[str]:
        """The ids of the ticked households that are visible."""
        return [household.id for household in self.list.ticked()]

    def _tick_found(self) -> None:
        """Tick the household of the typed name or number."""
        if self.list.toggle(self.search.text()):
            self.search.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves, F8 confirms doubts too; plain Enter moves on and must not close the
        window."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save_signed()
        elif event.key() == Qt.Key.Key_F8:
            self.keep()
        elif not enter:
            super().keyPressEvent(event)
        elif not self.search.hasFocus():
            self.focusNextChild()

    # ----------------------------------------------------------------- the draft

    def texts(self) -> Texts:
        """The content as JSON-compatible data; day: "" unless edited."""
        return {
            "ticked": dict(self.list.kept),
            **{key: "" if combo is None else combo.code() for key, combo in self._combos.items()},
            "day": self.day.text() if self.day.isModified() else "",
            Pledge.witnessed_by: self.witness.text(),
            "source": self.source.text(),
            "waiting": self.waiting.isChecked(),
        }

    def put(self, texts: Texts) -> None:
        """Load a draft."""
        self.list.kept = dict(texts["ticked"])
        hamlet = texts[Pledge.home_place.hamlet]
        for key, combo in self._combos.items():
            if combo is not None and combo is not self.hamlet:
                combo.put(texts[key], combo.label_of(texts[key]) or texts[key])
        self._offer_hamlets()
        self.hamlet.put(hamlet, hamlet)
        self.day.setText(texts["day"] or format_date(self._desk.today()))
        self.day.setModified(bool(texts["day"]))
        self.witness.setText(texts[Pledge.witnessed_by])
        self.source.setText(texts["source"])
        self.waiting.setChecked(texts["waiting"])

    def resume(self) -> None:
        """Load the draft, with pledges and hamlets added meanwhile; the day is today unless
        edited."""
        if not self.day.isModified():
            self.day.setText(format_date(self._desk.today()))
        super().resume()
        self._offer_hamlets()

    def empty(self) -> None:
        """Remove all ticks, in other hamlets too."""
        self.list.kept = {}
        self._fill()

    def forget_read(self) -> None:
        """Read the households again."""
        self.read()

    def summary(self, texts: Texts) -> str:
        """The hamlet and the number of ticks."""
        count = format_number(len(texts["ticked"]), language())
        hamlet = texts[Pledge.home_place.hamlet]
        return f"{hamlet} · {_('{count} ticked').format(count=count)}"

    def throw_away(self) -> None:
        """Remove all ticks; they can be restored."""
        words = ngettext("{count} tick taken off.", "{count} ticks taken off.", len(self.list.kept))
        message = words.format(count=format_number(len(self.list.kept), language()))
        stay = _("They stay among the drafts (Ctrl+O) for {days} days.").format(days=THROWN_DAYS)
        self._throw(f"{message} {stay}")

    def _count(self) -> None:
        ticked, lang = len(self.signed()), language()
        words = ngettext("{count} household", "{count} households", len(self.shown()))
        parts = [words.format(count=format_number(len(self.shown()), lang))]
        parts.append(_("{count} ticked").format(count=format_number(ticked, lang)))
        parts += [
            _("{count} more in {hamlet}").format(count=format_number(count, lang), hamlet=hamlet)
            for hamlet, count in self.list.elsewhere().items()
        ]
        self.count.setText(" · ".join(parts))
        self.save.setEnabled(ticked > 0)
        self.discard.setEnabled(bool(self.list.kept))

    # ---------------------------------------------------------------------- ending

    def save_signed(self) -> None:
        """Save a pledge for each ticked household; asks first if some have signed this year."""
        again = [household for household in self.list.ticked() if household.this_year]
        if again:
            words = ngettext(
                "{count} of those ticked has signed this year already: {names}.",
                "{count} of those ticked have signed this year already: {names}.",
                len(again),
            )
            text = words.format(
                count=format_number(len(again), language()),
                names=", ".join([household.name for household in again[:NAMED]])
                + "…" * (len(again) > NAMED),
            )
            untick = partial(self.list.tick, [household.id for household in again], on=False)
            self.bar.caution(text, (_("Untick"), untick), (_("Save all the same   F8"), self._save))
            self._asked = [household.id for household in again]
        else:
            self._save()

    def keep(self) -> None:
        """Save those that were asked about, if they are still ticked."""
        again = [household.id for household in self.list.ticked() if household.this_year]
        if again and again == self._asked:
            self._save()

    def _save(self) -> None:
        """Save the ticked households and close; the ticks stay until they are saved."""
        day, ticked = self.chosen_day(), self.signed()
        if day is None or not ticked:
            return
        shared = Signatures(
            self.programme.known_code(),
            day,
            self.witness.text().strip(),
            self.source.text().strip(),
            self.post.known_code() if self.post is not None else "",
        )
        self.draft.keep_now()
        others = self.list.without(ticked)
        remaining_draft = {**self.texts(), "ticked": others, "source": ""} if others else None
        if self._sign(ticked, shared, remaining_draft):
            self.accept()
        else:
            self.bar.warn(wait_words())

    def saved(self, households: Sequence[str]) -> None:
        """The ticked households were saved: start the next hamlet."""
        self.list.kept = self.list.without(households)
        self._asked = []
        self.bar.clear()
        self.source.clear()
        self.draft.carried_out(anew=not self.list.kept)
        self.read()

    def ask_file(self) -> None:
        """Ask where to save the list to sign."""
        if not self._found:
            self._warn(_("Choose commune, hamlet and programme first."))
            return
        title = _("Round")
        ask_where(self, f"{title} {self.hamlet.known_code()}", ".pdf", self.write)

    def write(self, target: Path) -> None:
        """Save the listed households as PDF with room to sign."""
        desk, rows, place = self._desk, self.shown(), self._place()
        programme = self.programme.label_of(self.programme.known_code())

        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target))

        self._tasks.later(
            lambda: paper_forms.write_round(desk, place, programme, rows, target),
            done,
            self._fail,
            self,
        )

    def _warn(self, error: UserError | str) -> None:
        self._warned = error
        self.bar.warn(error)
