"""Records in the audit log who saw or exported personal data; the lines hold none of it."""

from collections.abc import Callable

from borderdesk.schema.kinds import PERSONAL
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.session.session import Session, SessionPart


def has_personal(model: type[RevisionedModel]) -> bool:
    """Whether a type has fields that a screen shows in part only."""
    return any(field.masked for field in model.columns().values())


class Disclosures(SessionPart):
    """Logs the display and the export of personal data in full."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._seen: set[tuple[str, str]] = set()

    def view_note(
        self, model: type[RevisionedModel], record: str, values: Values
    ) -> Callable[[], None] | None:
        """The callback that logs the full display of these values; None where no log entry is
        needed: a list shows as much, or this account has seen it since the desk was opened."""
        if (self.session.account.name, record) in self._seen or not has_personal(model):
            return None
        is_shown = any(
            values.get(key)
            for key, field in model.columns().items()
            if field.part == PERSONAL and (field.masked or not field.listed)
        )
        return (lambda: self.note_view(model, record)) if is_shown else None

    def note_view(self, model: type[RevisionedModel], record: str) -> None:
        """Note that a record was shown in full."""
        self._seen.add((self.session.account.name, record))
        self.session.audit_notes.note_anyway("personal.viewed", f"{model.type_name} {record}")

    def note_history(self, model: type[RevisionedModel], record: str) -> None:
        """Note that every version of a record was shown in full."""
        if has_personal(model):
            self.note_view(model, record)

    def note_list(
        self, model: type[RevisionedModel], form: str, file: str, *, shown: bool = False
    ) -> None:
        """Note a list that was written; file: "" where it was printed only; shown: as on the
        screen, where personal fields are masked."""
        kind = "personal.written" if has_personal(model) and not shown else "list.written"
        if file or kind == "personal.written":
            file_detail = {"file": file} if file else {}
            self.session.audit_notes.note_anyway(kind, model.type_name, form=form, **file_detail)
