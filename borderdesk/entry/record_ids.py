"""The ids of new records, given or generated; invented records are refused."""

from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.base.i18n import N_, _
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.invented import invented_texts, is_marked, marked
from borderdesk.schema.kinds import is_uuid

INVENTED = N_("The record is invented, for demonstrations. It does not enter a real desk.")


class RecordIds:
    """The ids of the records that are entered.

    make: returns a new id at each call; invented: records on this desk do not count: they are
    marked, and invented ones of other desks are accepted.
    """

    def __init__(self, make: Callable[[], str], *, invented: bool) -> None:
        self._make = make
        self._is_invented = invented

    def new(self) -> str:
        """A new id."""
        return marked(self._make()) if self._is_invented else self._make()

    def settle(
        self, raw: Mapping[str, Any], cleaned: CleaningResult, takes: Callable[[str], bool]
    ) -> str:
        """The id of a record, given or new, problems noted; takes: whether an id is taken."""
        if not self._is_invented:
            for key in invented_texts(cleaned.values):
                cleaned.problems[key] = _(INVENTED)
        record_id = raw.get("id")
        if record_id is None or record_id == "":
            return self.new()
        if type(record_id) is not str or not is_uuid(record_id.lower()):
            cleaned.problems["id"] = _("Not a UUID.")
            return ""
        record_id = record_id.lower()
        if is_marked(record_id) and not self._is_invented:
            cleaned.problems["id"] = _(INVENTED)
        elif takes(record_id):
            cleaned.problems["id"] = _("A record with this id is here already.")
        return record_id
