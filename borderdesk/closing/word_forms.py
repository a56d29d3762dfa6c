"""A unit's own Word forms, stored in the desk: added by a person, or by a set-up file."""

import base64
import binascii
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.closing.editions import checked_line
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.closing import WordFormRow

MOST_BYTES, MOST_FORMS = 1_500_000, 12
"""All of them fit into a set-up file."""

NAME_LIMIT = 120
SUFFIX = ".docx"


class KeptForm(NamedTuple):
    """A form: its size in bytes, SHA-256 in hex, the person who added it and when (UTC), and the
    desk whose set-up file contained it, "" for a local one."""

    name: str
    size: int
    digest: str
    author: str
    time: str
    brought: str


class WordForms(SessionPart):
    """The Word forms of a desk, by name; `reports.word_files.own_forms` checks their content."""

    def all(self) -> list[KeptForm]:
        """Every form, by name."""
        row = WordFormRow
        query = row.select(*(getattr(row, name) for name in KeptForm._fields)).order_by(row.name)
        return [KeptForm(*cells) for cells in self.store.fetch(query)]

    def content(self, name: str) -> bytes | None:
        """The file of a form; None for an unknown name."""
        query = WordFormRow.select(WordFormRow.content).where(WordFormRow.name == name)
        content = self.store.scalar(query)
        return None if content is None else bytes(content)

    @operation("settings.write")
    def keep_form(self, name: str, content: bytes) -> KeptForm:
        """Keep a form of this desk's own; one of the same name is replaced. Raises UserError."""
        name = form_name(name)
        stored_names = {form.name for form in self.all()}
        if len(content) > MOST_BYTES:
            raise UserError(_("{name} is too large for a form.").format(name=name))
        if name not in stored_names and len(stored_names) >= MOST_FORMS:
            raise UserError(_("At most {most}.").format(most=MOST_FORMS))
        form = self._write(name, content, "")
        self.session.audit_notes.note("form.kept", name)
        return form

    @operation("settings.write")
    def remove_form(self, name: str) -> None:
        """Take a form away. Raises UserError."""
        if self.content(name) is None:
            raise unknown_form(name)
        self.store.execute(WordFormRow.delete().where(WordFormRow.name == name))
        self.session.audit_notes.note("form.removed", name)

    # ----------------------------------------------------------------- in a set-up file

    def handed_on(self) -> list[dict[str, str]]:
        """The forms as a set-up file carries them."""
        return [
            {
                "name": form.name,
                "sha256": form.digest,
                "content": base64.b64encode(self.content(form.name) or b"").decode(),
            }
            for form in self.all()
        ]

    def replace(
        self, desk: str, makers: Collection[str], rows: Sequence[Any], problems: dict[str, str]
    ) -> int:
        """Add the forms of a set-up file, within the open transaction, and remove those that the
        previous one added and this one lacks; forms of this desk's own stay. makers: the ids of the
        desk that made it, earlier ones included; problems: gets what is wrong with a row. Returns
        how many went."""
        contents = {}
        for place, row in enumerate(rows):
            try:
                name, content = _read(row)
            except UserError as error:
                problems[f"forms[{place}]"] = str(error)
                continue
            contents[name] = content
        if problems:
            return 0
        stored_forms = self.all()
        missing = [f for f in stored_forms if f.brought in makers and f.name not in contents]
        for form in missing:
            self.store.execute(WordFormRow.delete().where(WordFormRow.name == form.name))
        local_names = {form.name for form in stored_forms if form.brought not in makers}
        for name, content in contents.items():
            if name not in local_names:
                self._write(name, content, desk)
        return len(missing)

    def _write(self, name: str, content: bytes, source_stamp: str) -> KeptForm:
        digest = hashlib.sha256(content).hexdigest()
        author = self.session.account.full_name
        form = KeptForm(name, len(content), digest, author, utc_stamp(), source_stamp)
        self.store.execute(WordFormRow.delete().where(WordFormRow.name == name))
        self.store.execute(WordFormRow.insert(**form._asdict(), content=content))
        return form


def form_name(name: str) -> str:
    """The name of a form as stored. Raises UserError."""
    name = checked_line(name, NAME_LIMIT)
    if not name.lower().endswith(SUFFIX) or len(name) == len(SUFFIX) or "/" in name or "\\" in name:
        raise UserError(_("{name} is no Word document (.docx).").format(name=name or "“”"))
    return name


def unknown_form(name: str) -> UserError:
    """The error for an unknown form."""
    return UserError(_("No form “{name}” is kept here.").format(name=name[:60]))


def _read(row: Any) -> tuple[str, bytes]:
    """Name and content of a form in a set-up file. Raises UserError."""
    wrong = UserError(_("Must be an object."))
    if not isinstance(row, Mapping) or any(
        type(row.get(key)) is not str for key in ("name", "sha256", "content")
    ):
        raise wrong
    name = form_name(row["name"])
    try:
        content = base64.b64decode(row["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    if len(content) > MOST_BYTES or hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise UserError(_("{name} is damaged.").format(name=name))
    return name, content
