"""One verdict for many pairs of doubles: those of a batch of sheets, of a type, the likely ones."""

from collections.abc import Container, Iterator
from typing import Literal

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.editing import RecordEditor
from borderdesk.exchange.decisions.doubles import DoubleChoice, Doubles
from borderdesk.schema.record import active
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import SessionPart
from borderdesk.sheets.imports.sheet_batches import SheetBatches
from borderdesk.store.matching.double_pairs import DoublePair

BulkVerdict = Literal["same", "different", "merge"]
"""The verdict on all pairs: the same; different; the same, and the remaining record takes over the
fields that only the other has."""
VERDICTS: tuple[BulkVerdict, ...] = ("same", "different", "merge")
MOST_ROUNDS = 5
"""The limit of rounds: joins may create more pairs, of the records that name the joined ones."""


class DoubleChoices(SessionPart):
    """Chooses pairs of doubles and decides all of them at once."""

    def pairs(self, batch: str = "", type_name: str = "", least: int = 0) -> list[DoublePair]:
        """The waiting pairs, limited to those with a record of a batch (the beginning of its id),
        of one type, with at least this likeness (0 to 100). Raises UserError."""
        arrived = self._brought(batch)
        return [
            pair
            for pair in self.session.part(Doubles).waiting()
            if pair.near >= least
            and (not type_name or pair.type == type_name)
            and (not batch or pair.first in arrived or pair.second in arrived)
        ]

    def decide(
        self,
        verdict: BulkVerdict,
        batch: str = "",
        type_name: str = "",
        least: int = 0,
        progress: Progress = no_progress,
    ) -> Iterator[list[DoubleChoice]]:
        """Decide the matching pairs, and those that result from it, one transaction per round;
        yields the decisions of each round.

        Of two records the one from the batch is deleted, else the younger. Raises UserError, and
        OperationRefused for a record that a closed period counted: then the round is rolled back.
        """
        doubles, arrived = self.session.part(Doubles), self._brought(batch)
        for _round in range(MOST_ROUNDS):
            doubles.catch_up(progress)
            pairs = self.pairs(batch, type_name, least)
            # One by one: of three alike the remaining one has the fields of the second by the time
            # of the third.
            choices = (self._choice(pair, arrived, verdict) for pair in pairs)
            if verdict == "different":
                decided = list(choices)
                doubles.mark_all_different(decided)
            else:
                decided = doubles.mark_all_same(choices)
            if not decided:
                return
            yield decided

    def _brought(self, batch: str) -> frozenset[str]:
        """The records that a batch contained. Raises UserError for an unknown batch."""
        if not batch:
            return frozenset()
        sheet_batches = self.session.part(SheetBatches)
        batches = sheet_batches.named(batch)
        if len(batches) != 1:
            raise UserError(_("No batch begins with “{id}”.").format(id=batch[:40]))
        return sheet_batches.added(batches[0].id)

    def _choice(
        self, pair: DoublePair, arrived: Container[str], verdict: BulkVerdict
    ) -> DoubleChoice:
        stays, gone = pair.first, pair.second
        if stays in arrived and gone not in arrived:
            stays, gone = gone, stays
        fields = self._only_there(pair.type, gone, stays) if verdict == "merge" else ()
        return DoubleChoice(pair.type, gone, stays, fields)

    def _only_there(self, type_name: str, gone: str, stays: str) -> tuple[str, ...]:
        """The fields that only the record to be deleted has, if the remaining one may be edited at
        this desk."""
        editor, model = self.session.part(RecordEditor), ALL_TYPES[type_name]
        try:
            staying, _head = editor.head_of(type_name, stays)
            leaving, _left_head = editor.head_of(type_name, gone)
        except UserError:
            # Decided on the way, by a pair before.
            return ()
        if not editor.owns(type_name, stays, staying):
            return ()
        joined = model.matching.joined_to if model.matching is not None else ""
        fields = model.fields()
        return tuple(
            key
            for key in leaving
            if key not in staying
            and key not in (joined, model.own_post())
            and (key in model.children() or active(fields[key], staying))
        )
