"""A desk: a session and its parts, each imported when it is first used."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module
from borderdesk.entry.lists import RecordLists
from borderdesk.session.drafts import Drafts
from borderdesk.session.guards import WriteGuard
from borderdesk.session.maintenance import Maintenance
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import PartAttribute, Session
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.locks import Lock

if TYPE_CHECKING:
    from borderdesk.backups import backups
    from borderdesk.closing import closing, guard, narratives, word_forms
    from borderdesk.entry import (
        bulk,
        deleted,
        disclosures,
        duplicate_lookup,
        editing,
        field_guide,
        grid,
        hamlet_round,
        household_page,
        households,
        mass_edit,
        person_requests,
        reference,
    )
    from borderdesk.exchange import exchange
    from borderdesk.exchange.decisions import doubles
    from borderdesk.figures import baseline_editor, catalogue
    from borderdesk.ledgers import editor as ledgers
    from borderdesk.reports.contents import letterhead, post_sources
    from borderdesk.session import accounts, audit, clock
    from borderdesk.sheets.imports import (
        mapping_memory,
        sheet_batches,
        sheet_import,
        sheet_template,
    )
else:
    accounts = lazy_module("borderdesk.session.accounts")
    audit = lazy_module("borderdesk.session.audit")
    backups = lazy_module("borderdesk.backups.backups")
    baseline_editor = lazy_module("borderdesk.figures.baseline_editor")
    bulk = lazy_module("borderdesk.entry.bulk")
    catalogue = lazy_module("borderdesk.figures.catalogue")
    clock = lazy_module("borderdesk.session.clock")
    closing = lazy_module("borderdesk.closing.closing")
    deleted = lazy_module("borderdesk.entry.deleted")
    editing = lazy_module("borderdesk.entry.editing")
    disclosures = lazy_module("borderdesk.entry.disclosures")
    doubles = lazy_module("borderdesk.exchange.decisions.doubles")
    exchange = lazy_module("borderdesk.exchange.exchange")
    field_guide = lazy_module("borderdesk.entry.field_guide")
    grid = lazy_module("borderdesk.entry.grid")
    guard = lazy_module("borderdesk.closing.guard")
    hamlet_round = lazy_module("borderdesk.entry.hamlet_round")
    household_page = lazy_module("borderdesk.entry.household_page")
    households = lazy_module("borderdesk.entry.households")
    ledgers = lazy_module("borderdesk.ledgers.editor")
    narratives = lazy_module("borderdesk.closing.narratives")
    word_forms = lazy_module("borderdesk.closing.word_forms")
    mass_edit = lazy_module("borderdesk.entry.mass_edit")
    person_requests = lazy_module("borderdesk.entry.person_requests")
    reference = lazy_module("borderdesk.entry.reference")
    letterhead = lazy_module("borderdesk.reports.contents.letterhead")
    post_sources = lazy_module("borderdesk.reports.contents.post_sources")
    mapping_memory = lazy_module("borderdesk.sheets.imports.mapping_memory")
    sheet_batches = lazy_module("borderdesk.sheets.imports.sheet_batches")
    sheet_import = lazy_module("borderdesk.sheets.imports.sheet_import")
    sheet_template = lazy_module("borderdesk.sheets.imports.sheet_template")
    duplicate_lookup = lazy_module("borderdesk.entry.duplicate_lookup")


class Desk(Session):
    """One desk, open, with everything that can be done on it."""

    clock = PartAttribute(lambda: clock.DeskClock)
    accounts = PartAttribute(lambda: accounts.Accounts)
    audit = PartAttribute(lambda: audit.AuditLog)
    drafts = PartAttribute(lambda: Drafts)
    preferences = PartAttribute(lambda: Preferences)
    lists = PartAttribute(lambda: RecordLists)
    households = PartAttribute(lambda: households.HouseholdLookup)
    records = PartAttribute(lambda: editing.RecordEditor)
    bulk = PartAttribute(lambda: bulk.BulkOperations)
    household_page = PartAttribute(lambda: household_page.HouseholdPage)
    requests = PartAttribute(lambda: person_requests.PersonRequests)
    mass = PartAttribute(lambda: mass_edit.MassEditor)
    round = PartAttribute(lambda: hamlet_round.HamletRound)
    guide = PartAttribute(lambda: field_guide.EntryGuide)
    duplicate_lookup = PartAttribute(lambda: duplicate_lookup.DuplicateLookup)
    deleted = PartAttribute(lambda: deleted.DeletedRecords)
    disclosures = PartAttribute(lambda: disclosures.Disclosures)
    grid = PartAttribute(lambda: grid.Grid)
    sheets = PartAttribute(lambda: sheet_import.SheetImport)
    sheet_batches = PartAttribute(lambda: sheet_batches.SheetBatches)
    sheet_templates = PartAttribute(lambda: sheet_template.SheetTemplates)
    sheet_mappings = PartAttribute(lambda: mapping_memory.MappingMemory)
    reference = PartAttribute(lambda: reference.ReferenceEditor)
    figures = PartAttribute(lambda: catalogue.FigureCatalogue)
    baselines = PartAttribute(lambda: baseline_editor.BaselineEditor)
    ledgers = PartAttribute(lambda: ledgers.LedgerEditor)
    closing = PartAttribute(lambda: closing.Closing)
    narratives = PartAttribute(lambda: narratives.Narratives)
    word_forms = PartAttribute(lambda: word_forms.WordForms)
    doubles = PartAttribute(lambda: doubles.Doubles)
    exchange = PartAttribute(lambda: exchange.Exchange)
    backups = PartAttribute(lambda: backups.Backups)
    maintenance = PartAttribute(lambda: Maintenance)

    def __init__(self, folder: Path, store: Store, lock: Lock) -> None:
        super().__init__(folder, store, lock)
        self.erasure_listeners.append(lambda: self.backups.write_erasures())
        self.edition_notes["sources"] = lambda edition: post_sources.post_sources(
            self, edition.view
        )
        self.edition_notes["letterhead"] = lambda edition: letterhead.kept_with(self, edition)

    @property
    def write_guard(self) -> WriteGuard:
        """The closed periods of this desk."""
        return self.part(guard.ClosedPeriodGuard)
