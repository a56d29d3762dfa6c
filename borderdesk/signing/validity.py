"""Offline validation of the signatures in a PDF file.

Whether a certificate was revoked since is unknown: that would need a list from its issuer.
"""

import asyncio
import datetime
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import NamedTuple

from asn1crypto import parser as asn1_parser
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.signing.certificates import EXPIRED, Certificate, certificate_of, utc_now

TRUSTED, UNKNOWN, OUT_OF_TIME, UNFIT = "trusted", "unknown", "out of time", "unfit"
"""Verdicts on a certificate: certified by an authority that the desk trusts; by none of them; not
valid at the time of signing; not for signing documents."""

GOOD, DOUBTED, BAD = "good", "doubted", "bad"
"""Results: whole with a trusted certificate; whole, with a certificate unknown to this desk; the
file differs from the signed one."""

SIGNS = {GOOD: "✓", DOUBTED: "◷", BAD: "✗"}
"""{result: its sign}."""

_WHOLE = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
_SIGNED = b"/ByteRange"


class SignatureVerdict(NamedTuple):
    """The verdict on a signature.

    name: of its field; certificate: None for an unreadable one; time: of signing, by the clock of
    the signing computer (UTC), None if not stated; intact: the signed bytes are unchanged; whole:
    they are the whole file, or are followed by later signatures alone; trust: of its certificate,
    one of the above.
    """

    name: str
    certificate: Certificate | None
    time: datetime.datetime | None
    intact: bool
    whole: bool
    trust: str

    @property
    def result(self) -> str:
        """GOOD, DOUBTED or BAD."""
        if not (self.intact and self.whole):
            return BAD
        return GOOD if self.trust == TRUSTED else DOUBTED


def signatures(content: bytes, anchors: Sequence[Certificate]) -> list[SignatureVerdict]:
    """The signatures in a PDF file, the first one first; [] where it has none.

    anchors: the certificates of the authorities that the desk trusts. Raises UserError for a file
    that cannot be read as a PDF.
    """
    if _SIGNED not in content:
        return []
    embedded = _embedded(content)
    last = len(embedded) - 1
    return [
        _verdict(content, signature, anchors, place == last)
        for place, signature in enumerate(embedded)
    ]


def newest_signature(content: bytes, anchors: Sequence[Certificate]) -> SignatureVerdict:
    """The verdict on the last signature of a PDF file alone, without checking earlier states of the
    file. Raises UserError."""
    return _verdict(content, _embedded(content)[-1], anchors, last=True)


def _embedded(content: bytes) -> Sequence[EmbeddedPdfSignature]:
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        return list(reader.embedded_regular_signatures)
    except Exception as error:  # hostile ones fail in more ways than the library documents
        raise UserError(_("The file cannot be read as a PDF.")) from error


def _verdict(
    content: bytes, signature: EmbeddedPdfSignature, anchors: Sequence[Certificate], last: bool
) -> SignatureVerdict:
    name = str(signature.field_name)
    certificate, moment = None, None
    try:
        certificate = certificate_of(signature.signer_cert.dump())
        moment = signature.self_reported_timestamp
        status = validate_pdf_signature(signature, _context(anchors, certificate, moment))
        alone = _is_alone(content, signature)
    except Exception:  # a signature that cannot be read through is none
        return SignatureVerdict(name, certificate, _utc(moment), False, False, UNKNOWN)
    intact = bool(status.intact and status.valid and alone)
    return SignatureVerdict(
        name,
        certificate,
        _utc(moment),
        intact,
        _is_whole(status, last),
        _trust(certificate, _utc(moment), status),
    )


def _is_alone(content: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the gap that no signature covers contains only its own value and zeros, in
    hexadecimal digits of one case: so a changed byte in it is detected too."""
    start, length, behind, _rest = signature.byte_range
    digits = content[start + length + 1 : behind - 1]
    spare = signature.pkcs7_content[asn1_parser.peek(signature.pkcs7_content) :]
    return not any(spare) and (digits.islower() or digits.isupper())


def _is_whole(status: PdfSignatureStatus, last: bool) -> bool:
    """Whether only signatures follow the signed bytes, and nothing the last one."""
    if last:
        return status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    level = status.modification_level
    only_signed = level is not None and level <= ModificationLevel.FORM_FILLING
    return status.coverage in _WHOLE and bool(status.docmdp_ok) and only_signed


def _context(
    anchors: Sequence[Certificate], certificate: Certificate, moment: datetime.datetime | None
) -> ValidationContext:
    """The trusted roots at the time of signing; at the present time if the signature has none."""
    roots = [asn1_x509.Certificate.load(anchor.der) for anchor in anchors]
    return ValidationContext(
        trust_roots=roots,
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=_held(certificate, _utc(moment)),
    )


def _held(certificate: Certificate, moment: datetime.datetime | None) -> datetime.datetime:
    """A moment to judge the chain at: that of signing, within the certificate's time."""
    signed = moment or utc_now()
    return min(max(signed, certificate.first), certificate.last)


def is_vouched_for(
    certificate: Certificate, chain: Iterable[Certificate], anchors: Sequence[Certificate]
) -> bool:
    """Whether one of the authorities certifies a certificate now; chain: the certificates
    between."""
    if not anchors:
        return False
    load = asn1_x509.Certificate.load
    context = ValidationContext(
        trust_roots=[load(anchor.der) for anchor in anchors],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=_held(certificate, None),
    )
    between = [load(issuer.der) for issuer in chain]
    validator = CertificateValidator(load(certificate.der), between, validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except Exception:  # any failure of the chain means not certified
        return False
    return True


def _trust(
    certificate: Certificate, moment: datetime.datetime | None, status: PdfSignatureStatus
) -> str:
    if certificate.state_at(moment or utc_now()):
        return OUT_OF_TIME
    if not certificate.signs:
        return UNFIT
    return TRUSTED if status.trusted else UNKNOWN


def _utc(moment: datetime.datetime | None) -> datetime.datetime | None:
    return None if moment is None else moment.astimezone(datetime.UTC)


# --------------------------------------------------------------------------------- words


def sentence(verdict: SignatureVerdict) -> str:
    """A verdict in words: who, when, whether the file equals the signed one, and the basis of
    trust."""
    return " ".join([_who(verdict), _of_file(verdict), *_of_certificate(verdict)])


def _who(verdict: SignatureVerdict) -> str:
    if verdict.certificate is None:
        return _("Digital signature {name}.").format(name=verdict.name)
    who = ", ".join(filter(None, (verdict.certificate.name, verdict.certificate.organisation)))
    if verdict.time is None:
        return _("Digitally signed by {who}; it does not say when.").format(who=who)
    return _("Digitally signed by {who} at {time}.").format(who=who, time=local_time(verdict.time))


def _of_file(verdict: SignatureVerdict) -> str:
    if not verdict.intact:
        return _("THE FILE WAS CHANGED after that: the signature is not valid.")
    if not verdict.whole:
        return _("SOMETHING WAS ADDED after that: the signature does not cover the whole file.")
    return _("The file is as it was signed, whole.")


def _of_certificate(verdict: SignatureVerdict) -> Iterable[str]:
    certificate = verdict.certificate
    if certificate is None or not verdict.intact:
        return
    if verdict.trust == TRUSTED:
        yield _("The certificate is by {issuer}, an authority that is trusted here.").format(
            issuer=certificate.issuer
        )
        if certificate.state_at(utc_now()) == EXPIRED:
            yield _("It expired since, on {day}; it held when it was signed.").format(
                day=local_day(certificate.last)
            )
    elif verdict.trust == UNKNOWN:
        yield _(
            "The certificate is by {issuer}, which this desk does not know: whose it is, nobody"
            " vouches for here."
        ).format(issuer=certificate.issuer)
    elif verdict.trust == UNFIT:
        yield _("The certificate is not for signing documents.")
    else:
        yield _("The certificate did not hold then: it holds from {first} to {last}.").format(
            first=local_day(certificate.first), last=local_day(certificate.last)
        )


def local_time(moment: datetime.datetime) -> str:
    """A moment in local time: 05/01/2024 10:15:30 +07:00."""
    local = moment.astimezone()
    zone = local.strftime("%z")
    return f"{format_date(local.date())} {local:%H:%M:%S} {zone[:3]}:{zone[3:]}"


def local_day(moment: datetime.datetime) -> str:
    """The local date of a moment."""
    return format_date(moment.astimezone().date())
