"""Everything a desk does with other desks, in one place to reach it from."""

from typing import TYPE_CHECKING

from borderdesk.exchange.board import Board
from borderdesk.exchange.cards import Cards
from borderdesk.exchange.erasures import Erasures
from borderdesk.exchange.exports import Exports
from borderdesk.exchange.imports import Imports
from borderdesk.exchange.inbox import Inbox
from borderdesk.exchange.setups import Setups

if TYPE_CHECKING:
    from borderdesk.desk import Desk


class Exchange:
    """The parts of a desk that deal with other desks."""

    def __init__(self, desk: "Desk") -> None:
        self.cards = Cards(desk)
        self.exports = Exports(desk)
        self.imports = Imports(desk)
        self.inbox = Inbox(desk)
        self.board = Board(desk)
        self.erasures = Erasures(desk)
        self.setups = Setups(desk)
