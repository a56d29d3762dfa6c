"""Có thể trùng: records that may be one thing logged twice, side by side, until a person says."""

from collections.abc import Mapping, Sequence
from typing import Any

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.doubles import REASONS, DoubleChoice, PairComparison
from borderdesk.schema.records import ALL_TYPES
from ui.base.double_search import double_search_of
from ui.base.plain_text import PlainLabel
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer
from ui.exchange.undoable_panel import UndoablePanel
from ui.exchange.versions_view import VersionsView
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

MOST = 200
"""So many pairs are listed at most."""


class DoublesPanel(UndoablePanel):
    """Lists pairs of records; below it the two of the current pair, their differences marked."""

    tab = "pairs"

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.pairs: list[PairComparison] = []
        self._wanted: Mapping[str, Any] = {}
        self._only = ""
        """The type whose pairs alone are listed."""
        self._search = double_search_of(desk, tasks)
        self.table = RowsTable(
            _("Possible doubles"),
            [
                TableColumn(_("Record"), 52),
                TableColumn(_("Why"), 22),
                TableColumn(_("Alike"), 7, True),
                TableColumn(_("Belong to"), 26),
            ],
            _(
                "Nothing looks as if it were logged twice. What is typed, read from a sheet or"
                " taken in is compared with what is here, and waits here when it looks the same."
            ),
            several=True,
            awaited=True,
        )
        self.view = VersionsView(two_records=True)
        self.explanation = PlainLabel()
        self._lay_out()
        self._search.ended.connect(self._reload)
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._same = [
            bind(self, "pair_first", lambda: self.mark_same(0)),
            bind(self, "pair_second", lambda: self.mark_same(1)),
        ]
        self._others = [
            bind(self, "pair_different", self.mark_different),
            bind(self, "pair_open_first", lambda: self.open_record(0)),
            bind(self, "pair_open_second", lambda: self.open_record(1)),
            bind(self, "pair_note", self.write_note),
        ]
        row.add(button(self._same[0], main=True, keys=True))
        for act in (self._same[1], self._others[0]):
            row.add(button(act, keys=True))
        for act in self._others[1:]:
            row.add(button(act, flat=True))
        outer.addLayout(row)
        outer.addWidget(self.table, 2)
        self.explanation.setWordWrap(True)
        outer.addWidget(self.explanation)
        self.view.setAccessibleName(_("Two records side by side"))
        self.view.setMinimumHeight(self.fontMetrics().height() * 12)
        outer.addWidget(self.view, 3)
        self.table.moved.connect(self._show_pair)
        self.table.opened.connect(lambda _row: self.view.setFocus())
        self.table.selectionModel().selectionChanged.connect(lambda *_changed: self._explain())

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Reload the pairs, then compare what nobody compared yet."""
        self._reload()
        self._search.begin()

    def _reload(self) -> None:
        desk, only = self._desk, self._only

        def work() -> list[PairComparison]:
            return desk.doubles.compare(desk.doubles.waiting(MOST, only))

        self.read(work, self._show)

    def idle(self) -> bool:
        """Whether everything asked for is shown."""
        return super().idle() and not self._search.running

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Put the keyboard focus into the list, on the first pair of a record (`record`) or of a
        type (`type`); with `said`, what a task is about in words, only that type is listed."""
        self._wanted = intent
        self._only = intent.get("type", "") if "said" in intent else ""
        self.table.setFocus()
        self.refresh()
        if self._only:
            words = _("Only what the task names is shown: {task}").format(task=intent["said"])
            self.bar.notify(words, (_("Show everything"), self._show_everything))

    def _show_everything(self) -> None:
        self._only = ""
        self.refresh()

    def _go_to_wanted(self) -> None:
        record, type_name = self._wanted.get("record"), self._wanted.get("type")
        self._wanted = {}
        for place, one in enumerate(self.pairs):
            if record in one.pair[1:3] or one.pair.type == type_name:
                self.table.go_to(place)
                return

    def _show(self, shown: list[PairComparison]) -> None:
        if self._only and not shown:
            # What the task named is done, and its button went with the message about it.
            self._show_everything()
            return
        self.pairs = shown
        self.table.show_rows(
            [_row(one) for one in self.pairs], keys=[one.pair[:3] for one in self.pairs]
        )
        self._go_to_wanted()
        self._show_pair(self.table.row())

    def current(self) -> PairComparison | None:
        """The current pair of the list."""
        row = self.table.row()
        return self.pairs[row] if 0 <= row < len(self.pairs) else None

    def chosen(self) -> list[PairComparison]:
        """The pairs that are chosen in the list."""
        return [self.pairs[row] for row in self.table.chosen_rows() if row < len(self.pairs)]

    def _show_pair(self, _row: int) -> None:
        one = self.current()
        compared = one.compared if one is not None else None
        # What was chosen stays when the list is read again behind it.
        if compared is None or compared != self.view.versions.compared:
            self.view.show_record(compared)
        self.view.setVisible(one is not None)
        for act in (*self._same, *self._others):
            act.setEnabled(one is not None)
        self._explain()

    def _explain(self) -> None:
        one, chosen = self.current(), self.chosen()
        self.explanation.setVisible(one is not None)
        if len(chosen) > 1:
            words = _("{count} pairs are chosen; what you say holds for all of them.")
            self.explanation.setText(words.format(count=format_number(len(chosen), language())))
        elif one is not None:
            self.explanation.setText(_explanation(one))

    # -------------------------------------------------------------------- deciding

    def mark_same(self, stays: int) -> None:
        """Say of the chosen pairs that the two are one, of which `stays` (0, 1) stays."""
        choices = [_choice(one, stays) for one in self.chosen()]
        if not choices or not super().idle():
            return
        if len(choices) == 1:
            self._mark_same([choices[0]._replace(fields=self._fields_of_other(stays))])
            return
        words = _("Take the two of {count} pairs as one? In each, record {number} stays.")
        asked = words.format(count=format_number(len(choices), language()), number=stays + 1)
        self.bar.ask(
            asked, (_("They are the same"), lambda: self._mark_same(choices)), leave_offer()
        )

    def _fields_of_other(self, stays: int) -> tuple[str, ...]:
        """The fields that were chosen of the record that goes."""
        if not self.view.versions.mixed:
            return ()
        return tuple(key for key, side in self.view.versions.chosen.items() if side != stays)

    def _mark_same(self, choices: Sequence[DoubleChoice]) -> None:
        desk = self._desk

        def done(decided: list[DoubleChoice]) -> None:
            words = _("{count} pairs are one now.") if len(decided) > 1 else _("They are one now.")
            self._tell(words, decided)

        self.write(lambda: desk.doubles.mark_all_same(choices), done)

    def mark_different(self) -> None:
        """Say of the chosen pairs that the two are two things."""
        choices = [_choice(one, 0) for one in self.chosen()]
        if not choices or not super().idle():
            return
        desk = self._desk

        def work() -> None:
            desk.doubles.mark_all_different(choices)

        def done(_none: None) -> None:
            words = _("{count} pairs are different things.")
            self._tell(words if len(choices) > 1 else _("They are two things."), choices)

        self.write(work, done)

    def _tell(self, words: str, decided: Sequence[DoubleChoice]) -> None:
        message = words.format(count=format_number(len(decided), language()))
        desk = self._desk
        # How many wait says the tab: what was joined may make more pairs.
        self.notify_undoable(message, "", lambda _report: desk.doubles.take_back(decided))
        self.changed.emit()
        self.refresh()
        self.table.setFocus()

    # ------------------------------------------------------------------- going on

    def open_record(self, side: int) -> None:
        """Open one of the two on the page of its type."""
        one = self.current()
        if one is not None:
            record = (one.pair.first, one.pair.second)[side]
            self.page_wanted.emit(one.pair.type, {"record": record})

    def write_note(self) -> None:
        """Begin a note on the record of the two that another desk keeps."""
        one = self.current()
        if one is None:
            return
        side = 0 if one.may_go[1] and not one.may_go[0] else 1
        about = (one.pair.first, one.pair.second)[side]
        words = _("Is this the same as what {desk} logged ({title})?")
        other = one.compared.sides[1 - side]
        text = words.format(desk=other.desk, title=one.titles[1 - side])
        self.wanted.emit("notes", {"type": one.pair.type, "record": about, "text": text})


def _row(one: PairComparison) -> tuple[str, ...]:
    owners = list(dict.fromkeys(one.owners))
    return one.titles[0], _(REASONS[one.pair.why]), f"{one.pair.near} %", " – ".join(owners)


def _choice(one: PairComparison, stays: int) -> DoubleChoice:
    records = (one.pair.first, one.pair.second)
    return DoubleChoice(one.pair.type, records[1 - stays], records[stays])


def _explanation(one: PairComparison) -> str:
    """What saying “the same” does with this pair."""
    foreign = [number for number, may in enumerate(one.may_go, start=1) if not may]
    if ALL_TYPES[one.pair.type].matching is not None:
        effect = _(
            "The same: the other household is joined to the one that stays, its pledges too."
        )
    else:
        effect = _("The same: the other record is deleted, with this as its reason.")
    if one.asked is not None:
        desk, stays = one.asked
        words = _("{desk} says they are one, and {number} stays.")
        effect = f"{words.format(desk=desk, number=stays)} {effect}"
    if not foreign:
        mixing = _("← and → choose for one field of which of the two it is kept.")
        return f"{effect} {mixing}"
    words = _("Record {number} belongs to {owner}: it is not deleted here, its desk gets a note.")
    asked = [words.format(number=number, owner=one.owners[number - 1]) for number in foreign]
    return " ".join([effect, *asked])
