"""Files of signed papers, scans and digitally signed PDFs: stored in the desk, their kind detected
from their content."""

import hashlib
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import OperationRefused, UserError, unreadable
from borderdesk.base.files import readable_file, write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.closing.editions import has_edition
from borderdesk.closing.pdf_files import has_pages
from borderdesk.schema.revisions import new_id, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.closing import AttachmentRow

MOST_BYTES = 20 * 1024 * 1024
MOST_SCANS = 20
PDF, JPEG, PNG = "pdf", "jpg", "png"
NAME_LIMIT = 120

_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class Attachment(NamedTuple):
    """A scan, or a digitally signed PDF (`signed`): `kind` pdf, jpg or png; `size` bytes; `digest`
    SHA-256 in hex; `time` UTC."""

    id: str
    edition: str
    name: str
    kind: str
    size: int
    digest: str
    author: str
    time: str
    signed: int = 0


class Attachments(SessionPart):
    """The scans of a desk's editions, and their digitally signed files."""

    @operation("period.close")
    def attach_scan(self, edition: str, path: Path) -> Attachment:
        """Keep a PDF, JPEG or PNG file with an edition. Raises UserError."""
        if not has_edition(self.store, edition):
            raise UserError(_("There is no such edition."))
        content = _read(path)
        kind = kind_of(content)
        if kind is None:
            raise UserError(
                _("{file} is not a whole PDF, JPEG or PNG file.").format(file=path.name)
            )
        return self._keep(edition, _name(path, kind), kind, content)

    @operation("period.close")
    def keep_signed_file(self, edition: str, name: str, content: bytes) -> Attachment:
        """Keep the PDF of an edition with its digital signatures; an older one stays, too."""
        return self._keep(edition, _name(Path(name), PDF), PDF, content, signed=1)

    def _keep(
        self, edition: str, name: str, kind: str, content: bytes, signed: int = 0
    ) -> Attachment:
        digest = hashlib.sha256(content).hexdigest()
        stored_attachments = self.attachments(edition)
        for stored in stored_attachments:
            if stored.digest == digest:
                return stored
        if len(stored_attachments) >= MOST_SCANS:
            raise UserError(
                _("Only {most} scans and signed files are kept with an edition.").format(
                    most=MOST_SCANS
                )
            )
        author, size = self.session.account.full_name, len(content)
        attachment = Attachment(
            new_id(), edition, name, kind, size, digest, author, utc_stamp(), signed
        )
        self.store.execute(AttachmentRow.insert(**attachment._asdict(), content=content))
        return attachment

    @operation("period.close")
    def detach_scan(self, attachment: str) -> None:
        """Take a scan away (the wrong paper was scanned). Raises OperationRefused for a digitally
        signed file: that is what left the desk."""
        row = AttachmentRow
        if self.store.scalar(row.select(row.signed).where(row.id == attachment)):
            raise OperationRefused(_("A digitally signed file stays with its edition."))
        self.store.execute(row.delete().where(row.id == attachment))

    def signed_file(self, edition: str) -> bytes | None:
        """The newest digitally signed file of an edition; None for none. Raises UserError if its
        digest is not the stored one."""
        scans = [attachment for attachment in self.attachments(edition) if attachment.signed]
        if not scans:
            return None
        content = self.content(scans[-1].id)
        if hashlib.sha256(content).hexdigest() != scans[-1].digest:
            raise UserError(_("The signed file that the desk keeps is damaged."))
        return content

    def attachments(self, edition: str) -> list[Attachment]:
        """The scans of an edition, in the order they were added."""
        row = AttachmentRow
        columns = [getattr(row, name) for name in Attachment._fields]
        query = row.select(*columns).where(row.edition == edition).order_by(row.time, row.id)
        return [Attachment(*cells) for cells in self.store.fetch(query)]

    def content(self, attachment: str) -> bytes:
        """The bytes of a scan as it was attached. Raises UserError."""
        query = AttachmentRow.select(AttachmentRow.content).where(AttachmentRow.id == attachment)
        content = self.store.scalar(query)
        if content is None:
            raise UserError(_("There is no such scan."))
        return bytes(content)

    def save_scan(self, attachment: str, target: Path) -> None:
        """Write a scan to a file. Raises UserError."""
        write_atomically(target, self.content(attachment))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(
                _("{file} is larger than {most} MB. Scan it with fewer dots.").format(
                    file=path.name, most=MOST_BYTES // 2**20
                )
            )
        with readable_file(path, MOST_BYTES) as file:
            return file.read()
    except OSError as error:
        raise unreadable(path, error) from None


def _name(path: Path, kind: str) -> str:
    """A file name fit to be shown and written anywhere, ending as its kind does."""
    stem = FORBIDDEN.sub("", nfc(path.stem)).strip()[:NAME_LIMIT] or "scan"
    return f"{stem}.{kind}"


def kind_of(content: bytes) -> str | None:
    """The format of a file by its content, from its beginning to its end; None for an unknown
    one."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return PDF if has_pages(content) else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG if _whole_png(content) else None
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG if _whole_jpeg(content) else None
    return None


def _whole_png(content: bytes) -> bool:
    """Whether the file has every chunk from IHDR to IEND with its right checksum."""
    at, chunk_names = 8, []
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            return False
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            return False
        chunk_names.append(name)
        at = end
        if name == b"IEND":
            break
    return chunk_names[:1] == [b"IHDR"] and chunk_names[-1:] == [b"IEND"] and b"IDAT" in chunk_names


def _whole_jpeg(content: bytes) -> bool:
    """Whether the segments lead to a scan and the end is marked."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or marker in _JPEG_ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            return b"\xff\xd9" in content[at:]
        (length,) = struct.unpack_from(">H", content, at + 2)
        if length < 2:
            return False
        at += 2 + length
    return False
