"""Handover of the desk to another post: wrong choice at first run, or a merged post."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.desks.handover import HandoverOutcome
from borderdesk.schema.kinds.day import read_day
from borderdesk.schema.kinds.field import FieldError
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar


class _HandoverChoice(NamedTuple):
    """The new post, and the first date of the records that move along (None: all)."""

    to: str
    since: datetime.date | None


class HandoverSection(DeskPanel):
    """Choice of post and date, with a confirmation before the handover.

    gone_over(message): the desk belongs to another post; all pages have to be rebuilt.
    """

    gone_over = Signal(str)

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.to = Chooser()
        self.since = TextLine()
        self._lay_out()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        hint = PlainLabel(
            _(
                "For a desk that was begun for the wrong post, or whose post became another. Its"
                " records go along, and nobody has them twice."
            )
        )
        hint.setWordWrap(True)
        outer.addWidget(named(hint, "muted"))
        row = FlowLayout()
        self.to.setAccessibleName(_("The post it goes over to"))
        words = _("Records from 01/07/2025 on; empty: all")
        self.since.setAccessibleName(words)
        self.since.setPlaceholderText(words)
        self.since.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 44)
        self.since.returnPressed.connect(self.ask_hand_over)
        row.add(self.to)
        row.add(self.since)
        identity = self._desk.identity
        self.offered = identity.role == "post" and not identity.practice
        """Whether this desk may be handed over."""
        act = bind(self, "hand_over", self.ask_hand_over)
        act.setEnabled(self.offered)
        row.add(button(act))
        outer.addLayout(row)
        if self.offered:
            self._offer_posts()

    def _offer_posts(self) -> None:
        """Offer the other existing posts, successors of the own one first."""
        book, own_unit = self._desk.book, self._desk.identity.unit
        became = book.posts[own_unit].successors if own_unit in book.posts else ()
        today = self._desk.today().isoformat()
        for post in sorted(book.posts.values(), key=lambda candidate: candidate.code not in became):
            if post.code != own_unit and today <= post.valid_to:
                self.to.addItem(post.name, post.code)

    def choices(self) -> Mapping[str, Any]:
        """Post and date, if a person entered them."""
        since = self.since.text()
        return {"to": self.to.currentData(), "since": since} if since or self.to.taken else {}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned."""
        self.to.take(choices["to"])
        self.since.setText(choices["since"])

    def _choice(self) -> _HandoverChoice | None:
        text = self.since.text().strip()
        try:
            since = read_day(text, self._desk.today()) if text else None
        except FieldError as error:
            self.bar.warn(UserError(str(error)))
            self.since.setFocus()
            return None
        return _HandoverChoice(str(self.to.currentData()), since)

    def ask_hand_over(self) -> None:
        """Count the records that move along, and ask."""
        choice = self._choice()
        if choice is None or not self.idle() or self.to.count() == 0:
            return
        desk = self._desk
        self.read(
            lambda: desk.exchange.handovers.count(choice.since), lambda n: self._ask(choice, n)
        )

    def _ask(self, choice: _HandoverChoice, count: int) -> None:
        words = (
            ngettext(
                "Hand this desk over to {post}, with its only record?",
                "Hand this desk over to {post}, with all of its {count} records?",
                count,
            )
            if choice.since is None
            else ngettext(
                "Hand this desk over to {post}, with its {count} record from {day} on?",
                "Hand this desk over to {post}, with its {count} records from {day} on?",
                count,
            )
        )
        question = words.format(
            post=self._desk.book.post_name(choice.to),
            count=format_number(count, language()),
            day=format_date(choice.since) if choice.since else "",
        )
        question += " " + _("Everybody has to accept its new card before its next file.")
        self.bar.ask(question, (_("Hand over"), lambda: self.hand_over(choice)), leave_offer())

    def hand_over(self, choice: _HandoverChoice) -> None:
        """Hand the desk over."""
        desk = self._desk

        def done(outcome: HandoverOutcome) -> None:
            words = ngettext(
                "This desk is of {post} now; {count} record went along. Save its new card and"
                " hand it over: everybody has to accept it before the next file.",
                "This desk is of {post} now; {count} records went along. Save its new card and"
                " hand it over: everybody has to accept it before the next file.",
                outcome.records,
            )
            message = words.format(
                post=desk.book.post_name(outcome.to),
                count=format_number(outcome.records, language()),
            )
            self.gone_over.emit(message)

        self.write(lambda: desk.exchange.handovers.hand_over(choice.to, choice.since), done)
