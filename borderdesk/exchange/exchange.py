"""Everything a desk does with other desks, in one place to reach it from."""

from borderdesk.exchange.board import Board
from borderdesk.exchange.cards import Cards
from borderdesk.exchange.erasures import Erasures
from borderdesk.exchange.exports import Exports
from borderdesk.exchange.imports import Imports
from borderdesk.exchange.inbox import Inbox
from borderdesk.exchange.setups import Setups
from borderdesk.session.session import Part, Session


class Exchange(Part):
    """The parts of a desk that deal with other desks."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cards = session.part(Cards)
        self.exports = session.part(Exports)
        self.imports = session.part(Imports)
        self.inbox = session.part(Inbox)
        self.board = session.part(Board)
        self.erasures = session.part(Erasures)
        self.setups = session.part(Setups)
