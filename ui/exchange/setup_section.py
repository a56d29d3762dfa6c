"""Set-up file of the province: written on the province's desk, applied on others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QVBoxLayout

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.text import sort_key
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card
from borderdesk.exchange.desks.setup_file import SUFFIX, SetupFile, read_setup
from borderdesk.exchange.desks.setups import OLDER, SAME, AppliedSetup, SetupOutcome
from borderdesk.exchange.merging.desk_names import SHORT_ID
from borderdesk.exchange.receiving.imports import ImportOutcome
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.reference.table import Cells
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.base.text_lists import list_label
from ui.exchange.exchange_labels import time_label, waited_label
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_files, ask_where
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar

MOST_NAMED = 8
"""Maximum number of rows named per kind."""
COUNTED = {
    **{key: table.counted or table.noun for key, table in REFERENCE_TYPES.items()},
    "settings": N_("settings"),
    "regulations": N_("regulations"),
    "clauses": N_("targets"),
    "cards": N_("cards"),
    "forms": N_("Word forms"),
}
"""{key of `Setup.counts`: label of what is counted}."""


class SetupState(NamedTuple):
    """The applied set-up files, and the rows that the desk added itself."""

    applied: list[AppliedSetup]
    own: dict[str, list[Cells]]


class SetupSection(DeskPanel):
    """Writes a set-up file, or reads one and asks before applying it.

    own: the desk's card, once read.
    """

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.own: Card | None = None
        self._setup: SetupFile | None = None
        self.state = PlainLabel()
        self.question = PlainLabel()
        self.fingerprint = TextLine()
        self._lay_out()
        self._show_question(None)
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._file_row())
        for label in (self.state, self.question):
            label.setWordWrap(True)
            outer.addWidget(label)
        row = FlowLayout()
        row.add(self.fingerprint)
        self._confirm = bind(self, "setup_confirm", self.confirm_setup)
        self.confirm_button = button(self._confirm, main=True)
        row.add(self.confirm_button)
        outer.addLayout(row)
        self.fingerprint.setAccessibleName(_("Fingerprint, as the province reads it out"))
        self.fingerprint.setPlaceholderText(_("Fingerprint, as the province reads it out"))
        self.fingerprint.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 44)
        self.fingerprint.returnPressed.connect(self.confirm_setup)

    def _file_row(self) -> FlowLayout:
        row = FlowLayout()
        make = bind(self, "setup_make", self.make_setup)
        identity = self._desk.identity
        make.setEnabled(identity.role == "province" and not identity.practice)
        if identity.role == "province":
            row.add(button(make, keys=True))
        row.add(button(bind(self, "setup_apply", self.choose_setup), keys=True))
        hint = _(
            "It brings reference data, settings, regulations and the cards the province knows."
        )
        label = named(PlainLabel(hint), "muted")
        label.setWordWrap(True)
        row.add(label, 1)
        return row

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the applied set-up files and the desk's own rows again."""
        exchange = self._desk.exchange
        self.ask(
            lambda: SetupState(exchange.setups.all_applied(), exchange.setup_rows.own()),
            self._show_state,
        )

    def _show_state(self, content: SetupState) -> None:
        today, lines = self._desk.today(), []
        for setup in content.applied:
            words = _("Set-up file no. {number} of {made} is applied ({applied}).")
            made_at, applied = (time_label(time, today) for time in (setup.made, setup.applied))
            lines.append(words.format(number=setup.number, made=made_at, applied=applied))
        own_rows = [
            f"{_(COUNTED[kind])}: {list_label(sorted(names, key=sort_key), MOST_NAMED)}"
            for kind, names in _names_of(content.own).items()
        ]
        if own_rows:
            lines.append(_("This desk's own, beside it: {rows}").format(rows="; ".join(own_rows)))
        self.state.setText("\n".join(lines))
        self.state.setVisible(bool(lines))

    # --------------------------------------------------------------------- writing

    def make_setup(self) -> None:
        """Ask where to save the set-up file."""
        name = _("BorderDesk-set-up-{date}").format(date=self._desk.today().isoformat())
        ask_where(self, name + SUFFIX, SUFFIX, self.make_setup_as)

    def make_setup_as(self, target: Path) -> None:
        """Write the set-up file."""
        desk = self._desk

        def done(number: int) -> None:
            words = _(
                "Set-up file no. {number} is written: {file}. Desks that do not know your"
                " card will ask for your fingerprint: {fingerprint}"
            )
            fingerprint = self.own.fingerprint if self.own else ""
            self.bar.notify(
                words.format(number=number, file=target.name, fingerprint=fingerprint),
                (_("Close"), self.bar.clear),
            )

        self.write(lambda: desk.exchange.setups.make(target), done)

    # -------------------------------------------------------------------- applying

    def choose_setup(self) -> None:
        """Ask for a set-up file."""
        ask_files(self, _("Set-up files"), f"*{SUFFIX}", self._read_first)

    def _read_first(self, paths: Sequence[Path]) -> None:
        if paths:
            self.read_setup(paths[0])

    def read_setup(self, path: Path) -> None:
        """Read a set-up file and show its contents."""
        self.read(lambda: read_setup(path), self._show_question)

    def _show_question(self, setup: SetupFile | None) -> None:
        """Ask whether to apply a file; asks for its fingerprint if the card is not accepted."""
        self._setup = setup
        for widget in (self.question, self.confirm_button, self.fingerprint):
            widget.setVisible(setup is not None)
        self._confirm.setEnabled(setup is not None)
        if setup is None:
            return
        trusted = self._desk.exchange.setups.trusts(setup)
        self.fingerprint.clear()
        self.fingerprint.setVisible(not trusted)
        words = _(
            "{file}, no. {number}, brings {counts}. What is here of the same kinds is brought"
            " up to date."
        ).format(file=setup.file, number=setup.number, counts=counts_label(setup))
        if not trusted:
            words += " " + _(
                "The province's card is not accepted here yet: call and have the"
                " fingerprint read out, then type it."
            )
        self.question.setText(words)
        self.lead_to(self.confirm_button if trusted else self.fingerprint)

    def confirm_setup(self) -> None:
        """Apply the set-up file, then import the packages that waited for it."""
        setup, typed, desk = self._setup, self.fingerprint.text(), self._desk
        if setup is None:
            return

        def work() -> tuple[SetupOutcome, list[ImportOutcome]]:
            applied = desk.exchange.setups.apply(setup, vouched=typed)
            return applied, desk.exchange.imports.take_waiting()

        def done(answer: tuple[SetupOutcome, list[ImportOutcome]]) -> None:
            applied, outcomes = answer
            self._show_question(None)
            self.refresh()
            self.changed.emit()
            self.bar.notify(_applied_label(applied, len(outcomes)))

        self.write(work, done)


def counts_label(setup: SetupFile) -> str:
    """The counts of a set-up file in words."""
    return ", ".join(
        f"{format_number(count, language())} {_(COUNTED[key])}"
        for key, count in setup.counts().items()
        if count and key in COUNTED
    )


def _names_of(own_rows: Mapping[str, Sequence[Cells]]) -> dict[str, list[str]]:
    """{table key: names of its rows}."""
    return {
        kind: [REFERENCE_TYPES[kind].row_name(cells) for cells in rows]
        for kind, rows in own_rows.items()
        if kind in REFERENCE_TYPES
    }


def _applied_label(applied: SetupOutcome, imported: int) -> str:
    if applied.status == SAME:
        return _("This set-up file is applied already. Nothing was changed.")
    if applied.status == OLDER:
        words = _("Set-up file {number} is applied already, which is newer. Nothing was changed.")
        return words.format(number=applied.number)
    words = _("Set-up file no. {number} is applied.").format(number=applied.number)
    if applied.ended:
        rows = ", ".join(
            f"{format_number(count, language())} {_(COUNTED[key])}"
            for key, count in applied.ended.items()
        )
        words += " " + _("No longer in it, so ended or taken out here: {rows}.").format(rows=rows)
    if applied.kept_cards:
        names = ", ".join(card[:SHORT_ID] for card in applied.kept_cards)
        words += " " + _(
            "On the cards of {desks} a later decision was taken here: it stays."
        ).format(desks=names)
    if imported:
        words += " " + waited_label(imported)
    return words
