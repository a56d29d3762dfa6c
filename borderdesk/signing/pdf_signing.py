"""Appends a PAdES signature to a PDF file; no existing byte changes."""

from io import BytesIO
from typing import NamedTuple

from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.signing.keys import SigningKey

DIGEST = "sha256"
_SIGNED = b"/ByteRange"
_GROWING = {
    "/Catalog": frozenset({"/AcroForm", "/Version", "/Extensions"}),
    "/Page": frozenset({"/Annots"}),
}
"""{kind of an object: the entries added by the first signature}."""


class SignatureMark(NamedTuple):
    """The visible mark of a signature: its page (from 0), its edges in points from the lower left
    corner, a PDF with one page of that size to draw, and the alternative text."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    picture: bytes
    words: str


class _Increment(IncrementalPdfFileWriter):
    """The increment added to a file; its metadata is not changed, as PDF/A has it twice."""

    def _update_meta(self) -> None:
        """Write no new date and producer."""


class _MarkContent(PdfContent):
    """The one page of a PDF, drawn into a mark as it is."""

    def __init__(self, picture: bytes) -> None:
        super().__init__()
        self._picture = picture

    def render(self) -> bytes:
        """Import the page; returns the command that draws it."""
        writer = self._ensure_writer
        page = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._picture)))
        self.resources.xobject["/Mark"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Mark Do"


def signature_names(content: bytes) -> list[str]:
    """The names of the signatures in a PDF file, in the order they were put in. Raises UserError
    for a file that cannot be read as a PDF."""
    if _SIGNED not in content:
        return []
    try:
        signatures = PdfFileReader(BytesIO(content), strict=False).embedded_signatures
        return [str(signature.field_name) for signature in signatures]
    except Exception as error:  # hostile ones fail in more ways than the library documents
        raise UserError(_("The file cannot be read as a PDF.")) from error


def begins_with_signature(content: bytes) -> bool:
    """Whether the first update of a PDF file is a signature and nothing else: of the existing
    objects only the catalogue got a form, and a page a field. Later updates are checked by the
    signature itself."""
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        before, after = map(reader.get_historical_resolver, (0, 1))
        written = reader.xrefs.explicit_refs_in_revision(1)
        changed = written & reader.xrefs.explicit_refs_in_revision(0)
        return all(_only_grew(before(ref), after(ref)) for ref in changed)
    except Exception:  # an unreadable file is something else
        return False


def _only_grew(old: PdfObject, new: PdfObject) -> bool:
    """Whether an object is unchanged except for the entries that a signature adds to its kind."""
    if not isinstance(old, DictionaryObject) or not isinstance(new, DictionaryObject):
        return _written(old) == _written(new)
    if isinstance(old, StreamObject) or isinstance(new, StreamObject):
        return _written(old) == _written(new)
    grows = _GROWING.get(str(old.get("/Type")), frozenset())
    keys = (old.keys() | new.keys()) - grows
    return all(_written(old.get(key)) == _written(new.get(key)) for key in keys)


def _written(thing: PdfObject | None) -> bytes:
    if thing is None:
        return b""
    buffer = BytesIO()
    thing.write_to_stream(buffer)
    return buffer.getvalue()


def signed(
    content: bytes,
    key: SigningKey,
    name: str,
    mark: SignatureMark,
    *,
    reason: str = "",
    place: str = "",
) -> bytes:
    """A PDF file with one more signature, in a field of this name. Raises UserError when the token
    does not sign.

    reason, place: the stated reason and place of the signature.
    """
    field = SigFieldSpec(name, on_page=mark.page, box=_box(mark), readable_field_name=mark.words)
    meta = PdfSignatureMetadata(
        field_name=name,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=key.certificate.name,
        reason=reason or None,
        location=place or None,
    )
    try:
        writer = _Increment(BytesIO(content), strict=False)
        signer = PdfSigner(meta, key.signer, stamp_style=_style(mark), new_field_spec=field)
        return bytes(signer.sign_pdf(writer).getvalue())
    except PKCS11Error as error:
        raise UserError(
            _("The token was pulled out or does not answer. Nothing was signed.")
        ) from error
    except (PdfError, SigningError) as error:
        raise UserError(
            _("The file cannot be signed: {error}").format(error=str(error)[:120])
        ) from error


def _style(mark: SignatureMark) -> StaticStampStyle:
    middle = AxisAlignment.ALIGN_MID
    return StaticStampStyle(
        border_width=0,
        background=_MarkContent(mark.picture),
        background_layout=SimpleBoxLayoutRule(middle, middle, Margins(0, 0, 0, 0)),
    )


def _box(mark: SignatureMark) -> tuple[int, int, int, int]:
    return (round(mark.left), round(mark.bottom), round(mark.right), round(mark.top))
