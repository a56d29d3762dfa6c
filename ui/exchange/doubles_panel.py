"""Có thể trùng: pairs of records that may be one event or household logged twice, side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.doubles import REASONS, DoubleChoice, PairComparison
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from borderdesk.exchange.decisions.version_comparison import day_and_place
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.matching.double_pairs import BOTH_DELETED
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
"""Maximum number of pairs listed."""


class DoublesPanel(UndoablePanel):
    """The list of pairs, and the two records of the current one with their differences marked."""

    tab = "pairs"

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.pairs: list[PairComparison] = []
        self._wanted: Mapping[str, Any] = {}
        self._only = ""
        """The only record type listed, "" for all."""
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
        self._different = bind(self, "pair_different", self.mark_different)
        self._gone = bind(self, "pair_gone", self.leave_deleted)
        self._open = [
            bind(self, "pair_open_first", lambda: self.open_record(0)),
            bind(self, "pair_open_second", lambda: self.open_record(1)),
        ]
        self._note = bind(self, "pair_note", self.write_note)
        row.add(button(self._same[0], main=True, keys=True))
        row.add(button(self._same[1], keys=True))
        row.add(button(self._different, keys=True))
        self._gone_button = button(self._gone, keys=True)
        row.add(self._gone_button)
        for act in (*self._open, self._note):
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
        """Read the pairs again, then search records not compared yet."""
        self._reload()
        self._search.begin()

    def _reload(self) -> None:
        desk, only = self._desk, self._only

        def work() -> list[PairComparison]:
            lost = desk.part(LostDoubles).pairs(only)
            return desk.doubles.compare([*lost, *desk.doubles.waiting(MOST, only)])

        self.read(work, self._show)

    def idle(self) -> bool:
        """Whether neither a read nor the search is running."""
        return super().idle() and not self._search.running

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Focus the list at the first pair of a record (`record`) or type (`type`). With `task`
        (the task in words) only that type is listed."""
        self._wanted = intent
        self._only = intent.get("type", "") if "task" in intent else ""
        self.table.setFocus()
        self.refresh()
        if self._only:
            words = _("Only what the task names is shown: {task}").format(task=intent["task"])
            self.bar.notify(words, (_("Show everything"), self._show_everything))

    def _show_everything(self) -> None:
        self._only = ""
        self.refresh()

    def _go_to_wanted(self) -> None:
        record, type_name = self._wanted.get("record"), self._wanted.get("type")
        self._wanted = {}
        for place, comparison in enumerate(self.pairs):
            if record in comparison.pair[1:3] or comparison.pair.type == type_name:
                self.table.go_to(place)
                return

    def _show(self, comparisons: list[PairComparison]) -> None:
        if self._only and not comparisons:
            # The task's pairs are decided; its button was replaced with the message.
            self._show_everything()
            return
        self.pairs = comparisons
        self.table.show_rows(
            [_row(comparison) for comparison in self.pairs],
            keys=[comparison.pair[:3] for comparison in self.pairs],
        )
        self._go_to_wanted()
        self._show_pair(self.table.row())

    def current(self) -> PairComparison | None:
        """The current pair."""
        row = self.table.row()
        return self.pairs[row] if 0 <= row < len(self.pairs) else None

    def chosen(self) -> list[PairComparison]:
        """The selected pairs."""
        return [self.pairs[row] for row in self.table.chosen_rows() if row < len(self.pairs)]

    def _show_pair(self, _row: int) -> None:
        comparison = self.current()
        compared = comparison.compared if comparison is not None else None
        # The choices of fields are kept when the list is read again in the background.
        if compared is None or compared != self.view.versions.compared:
            self.view.show_record(compared)
        self.view.setVisible(comparison is not None)
        lost = comparison is not None and _is_lost(comparison)
        for act in (*self._same, self._different, self._note):
            act.setEnabled(comparison is not None)
        for act in self._open:
            act.setEnabled(comparison is not None and not lost)
        self._gone.setEnabled(lost)
        self._gone_button.setVisible(lost)
        self._explain()

    def _explain(self) -> None:
        comparison, chosen_pairs = self.current(), self.chosen()
        self.explanation.setVisible(comparison is not None)
        if len(chosen_pairs) > 1:
            words = _("{count} pairs are chosen; what you say holds for all of them.")
            self.explanation.setText(
                words.format(count=format_number(len(chosen_pairs), language()))
            )
        elif comparison is not None:
            self.explanation.setText(_explanation(comparison))

    # -------------------------------------------------------------------- deciding

    def mark_same(self, stays: int) -> None:
        """Mark the selected pairs as the same; record `stays` (0 or 1) of each is kept. Those of
        which both are deleted are decided first, and alone."""
        choices = [_choice(comparison, stays) for comparison in self.chosen()]
        if not choices or not super().idle():
            return
        if lost := self._lost(stays):
            self._restore(lost, both=False)
            return
        if len(choices) == 1:
            self._mark_same([choices[0]._replace(fields=self._fields_of_other(stays))])
            return
        words = _("Take the two of {count} pairs as one? In each, record {number} stays.")
        question = words.format(count=format_number(len(choices), language()), number=stays + 1)
        self.bar.ask(
            question, (_("They are the same"), lambda: self._mark_same(choices)), leave_offer()
        )

    def _fields_of_other(self, stays: int) -> tuple[str, ...]:
        """The fields chosen from the record that is deleted."""
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
        """Mark the selected pairs as different."""
        choices = [_choice(comparison, 0) for comparison in self.chosen()]
        if not choices or not super().idle():
            return
        if lost := self._lost(0):
            self._restore(lost, both=True)
            return
        desk = self._desk

        def work() -> None:
            desk.doubles.mark_all_different(choices)

        def done(_none: None) -> None:
            words = _("{count} pairs are different things.")
            self._tell(words if len(choices) > 1 else _("They are two things."), choices)

        self.write(work, done)

    # ------------------------------------------------------ of which both are deleted

    def _lost(self, stays: int) -> list[DoubleChoice]:
        """The selected pairs of which both records are deleted."""
        return [_choice(comparison, stays) for comparison in self.chosen() if _is_lost(comparison)]

    def _restore(self, choices: Sequence[DoubleChoice], *, both: bool) -> None:
        lost = self._desk.part(LostDoubles)
        count = len(choices) * (1 + both)
        words = ngettext("{count} record was restored.", "{count} records were restored.", count)
        self._decide(
            lambda: lost.restore(choices, both=both),
            words.format(count=format_number(count, language())),
            lambda: lost.take_back(choices, both=both),
        )

    def leave_deleted(self) -> None:
        """Decide that both records of the selected pairs stay deleted."""
        choices = self._lost(0)
        if choices and super().idle():
            lost = self._desk.part(LostDoubles)
            self._decide(
                lambda: lost.leave_deleted(choices),
                _("Both stay deleted."),
                lambda: lost.ask_again(choices),
            )

    # ------------------------------------------------------------------------ telling

    def _decide(self, work: Callable[[], None], words: str, undo: Callable[[], object]) -> None:
        self.write(work, lambda _none: self._tell_undoable(words, undo))

    def _tell(self, words: str, decided: Sequence[DoubleChoice]) -> None:
        message = words.format(count=format_number(len(decided), language()))
        desk = self._desk
        self._tell_undoable(message, lambda: desk.doubles.take_back(decided))

    def _tell_undoable(self, message: str, undo: Callable[[], object]) -> None:
        # The number waiting is on the tab; joining may create new pairs.
        self.notify_undoable(message, "", lambda _report: undo())
        self.changed.emit()
        self.refresh()
        self.lead_to(self.table)

    # ------------------------------------------------------------------- going on

    def open_record(self, side: int) -> None:
        """Open record 0 or 1 of the pair on its page."""
        comparison = self.current()
        if comparison is not None:
            record = (comparison.pair.first, comparison.pair.second)[side]
            self.page_wanted.emit(comparison.pair.type, {"record": record, "period": ""})

    def write_note(self) -> None:
        """Start a note on the record of the pair that another desk owns."""
        comparison = self.current()
        if comparison is None:
            return
        side = 0 if comparison.may_go[1] and not comparison.may_go[0] else 1
        about = (comparison.pair.first, comparison.pair.second)[side]
        text = _note_text(comparison, 1 - side, self._desk.book)
        self.wanted.emit("notes", {"type": comparison.pair.type, "record": about, "text": text})


def _is_lost(comparison: PairComparison) -> bool:
    return comparison.pair.why == BOTH_DELETED


def _note_text(comparison: PairComparison, other: int, book: ReferenceBook) -> str:
    """The beginning of a note on one record of a pair: it travels, so it names nobody."""
    if _is_lost(comparison):
        return _("Both this record and its double are deleted. Which of the two counts?")
    title = day_and_place(comparison.pair.type, comparison.values[other], book)
    words = _("Is this the same as what {desk} logged ({title})?")
    return words.format(desk=comparison.compared.sides[other].desk, title=title)


def _row(comparison: PairComparison) -> tuple[str, ...]:
    owners = list(dict.fromkeys(comparison.owners))
    near = "" if _is_lost(comparison) else f"{comparison.pair.near} %"
    return (
        comparison.titles[0],
        _(REASONS[comparison.pair.why]),
        near,
        " – ".join(owners),
    )


def _choice(comparison: PairComparison, stays: int) -> DoubleChoice:
    records = (comparison.pair.first, comparison.pair.second)
    return DoubleChoice(comparison.pair.type, records[1 - stays], records[stays])


def _explanation(comparison: PairComparison) -> str:
    """What "the same" does to this pair."""
    if _is_lost(comparison):
        return _(
            "One was deleted as the double of the other, and that one was deleted by hand on"
            " another desk: neither counts now. “The same” restores the one that stays,"
            " “Different” both; where neither is to count, both stay deleted."
        )
    foreign = [number for number, may in enumerate(comparison.may_go, start=1) if not may]
    if ALL_TYPES[comparison.pair.type].matching is not None:
        effect = _(
            "The same: the other household is joined to the one that stays, its pledges too."
        )
    else:
        effect = _("The same: the other record is deleted, with this as its reason.")
    if comparison.asked is not None:
        desk, stays = comparison.asked
        words = _("{desk} says they are one, and {number} stays.")
        effect = f"{words.format(desk=desk, number=stays)} {effect}"
    if not foreign:
        mixing = _("← and → choose for one field of which of the two it is kept.")
        return f"{effect} {mixing}"
    words = _("Record {number} belongs to {owner}: it is not deleted here, its desk gets a note.")
    notices = [
        words.format(number=number, owner=comparison.owners[number - 1]) for number in foreign
    ]
    return " ".join([effect, *notices])
