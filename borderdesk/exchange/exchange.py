"""The exchange of a desk with other desks: one attribute for each of its parts."""

from borderdesk.exchange.decisions.doubles import Doubles
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.desks.desk_renewal import DeskRenewal
from borderdesk.exchange.desks.handover import Handovers
from borderdesk.exchange.desks.holdings import Holdings
from borderdesk.exchange.desks.setup_rows import SetupRows
from borderdesk.exchange.desks.setups import Setups
from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.exchange.entries.inbox import Inbox
from borderdesk.exchange.entries.retention import Retention
from borderdesk.exchange.entries.review_notes import ReviewNotes
from borderdesk.exchange.entries.statements import FigureStatements
from borderdesk.exchange.merging.batch_list import BatchList
from borderdesk.exchange.merging.batches import Batches
from borderdesk.exchange.merging.quarantine import Quarantine
from borderdesk.exchange.receiving.imports import Imports
from borderdesk.exchange.receiving.shared_folder import SharedFolder
from borderdesk.exchange.sending.exports import Exports
from borderdesk.exchange.sending.receipts import Receipts
from borderdesk.exchange.tracking.board import Board
from borderdesk.session.session import Session, SessionPart


class Exchange(SessionPart):
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
        self.statements = session.part(FigureStatements)
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
