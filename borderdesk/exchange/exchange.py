"""The exchange of a desk with other desks: one attribute for each of its parts."""

from borderdesk.exchange.batch_list import BatchList
from borderdesk.exchange.batches import Batches
from borderdesk.exchange.board import Board
from borderdesk.exchange.cards import Cards
from borderdesk.exchange.desk_renewal import DeskRenewal
from borderdesk.exchange.doubles import Doubles
from borderdesk.exchange.erasures import Erasures
from borderdesk.exchange.exports import Exports
from borderdesk.exchange.handover import Handovers
from borderdesk.exchange.holdings import Holdings
from borderdesk.exchange.imports import Imports
from borderdesk.exchange.inbox import Inbox
from borderdesk.exchange.quarantine import Quarantine
from borderdesk.exchange.receipts import Receipts
from borderdesk.exchange.retention import Retention
from borderdesk.exchange.review_notes import ReviewNotes
from borderdesk.exchange.setup_rows import SetupRows
from borderdesk.exchange.setups import Setups
from borderdesk.exchange.shared_folder import SharedFolder
from borderdesk.exchange.statements import Statements
from borderdesk.session.session import Part, Session


class Exchange(Part):
    """The parts of a desk that deal with other desks."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cards = session.part(Cards)
        self.renewal = session.part(DeskRenewal)
        self.exports = session.part(Exports)
        self.imports = session.part(Imports)
        self.quarantine = session.part(Quarantine)
        self.batches = session.part(Batches)
        self.batch_list = session.part(BatchList)
        self.handovers = session.part(Handovers)
        self.holdings = session.part(Holdings)
        self.statements = session.part(Statements)
        self.inbox = session.part(Inbox)
        self.notes = session.part(ReviewNotes)
        self.doubles = session.part(Doubles)
        self.board = session.part(Board)
        self.erasures = session.part(Erasures)
        self.retention = session.part(Retention)
        self.receipts = session.part(Receipts)
        self.setups = session.part(Setups)
        self.setup_rows = session.part(SetupRows)
        self.folder = session.part(SharedFolder)
