"""Certificates: their owners, their validity periods and their uses."""

import base64
import binascii
import datetime
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.files import file_content
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import FORBIDDEN, nfc

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import pkcs7
    from cryptography.x509 import oid
else:
    hashes = lazy_module("cryptography.hazmat.primitives.hashes")
    oid = lazy_module("cryptography.x509.oid")
    pkcs7 = lazy_module("cryptography.hazmat.primitives.serialization.pkcs7")
    serialization = lazy_module("cryptography.hazmat.primitives.serialization")
    x509 = lazy_module("cryptography.x509")

MOST_BYTES = 1 << 20
TEXT_LIMIT = 200
EARLY, EXPIRED = "early", "expired"
"""States of a certificate at a moment: before it holds, after; "" while it holds."""

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_OTHER_USES = ("SERVER_AUTH", "CLIENT_AUTH", "CODE_SIGNING", "TIME_STAMPING", "OCSP_SIGNING")
"""Uses of a key that are none for documents, where a certificate names no other."""


class Certificate(NamedTuple):
    """A certificate.

    name: of the person or other subject; serial: hex; first, last: the times (UTC) between which it
    is valid; fingerprint: its SHA-256 in hex; signs: whether it may sign documents; issues: whether
    it may certify others; der: its bytes.
    """

    name: str
    organisation: str
    issuer: str
    serial: str
    first: datetime.datetime
    last: datetime.datetime
    fingerprint: str
    signs: bool
    issues: bool
    der: bytes

    def state_at(self, moment: datetime.datetime) -> str:
        """EARLY, EXPIRED or ""."""
        if moment < self.first:
            return EARLY
        return EXPIRED if moment > self.last else ""


def utc_now() -> datetime.datetime:
    """The moment, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def certificate_of(der: bytes) -> Certificate:
    """The certificate in DER bytes. Raises ValueError for invalid ones."""
    try:
        return _read(x509.load_der_x509_certificate(der))
    except ValueError:
        raise
    except Exception as error:  # hostile ones fail in more ways than the library documents
        raise ValueError(str(error)) from error


def _read(certificate: "x509.Certificate") -> Certificate:
    return Certificate(
        _named(certificate.subject, "COMMON_NAME") or _shown(certificate.subject.rfc4514_string()),
        _named(certificate.subject, "ORGANIZATION_NAME"),
        _named(certificate.issuer, "COMMON_NAME") or _shown(certificate.issuer.rfc4514_string()),
        f"{certificate.serial_number:X}",
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.fingerprint(hashes.SHA256()).hex(),
        _may_sign(certificate),
        _may_issue(certificate),
        certificate.public_bytes(serialization.Encoding.DER),
    )


def _named(name: "x509.Name", part: str) -> str:
    attributes = name.get_attributes_for_oid(getattr(oid.NameOID, part))
    return _shown(str(attributes[-1].value)) if attributes else ""


def _shown(text: str) -> str:
    """A text of a stranger, fit to be shown in a line."""
    return " ".join(FORBIDDEN.sub(" ", nfc(text)).split())[:TEXT_LIMIT]


def _may_sign(certificate: "x509.Certificate") -> bool:
    """Whether the uses that the certificate names, if any, have signing documents among them."""
    usage = _extension(certificate, "KeyUsage")
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return False
    uses = _extension(certificate, "ExtendedKeyUsage")
    if uses is None:
        return True
    other_uses = {getattr(oid.ExtendedKeyUsageOID, name) for name in _OTHER_USES}
    return not other_uses.issuperset(uses) or oid.ExtendedKeyUsageOID.CLIENT_AUTH in uses


def _may_issue(certificate: "x509.Certificate") -> bool:
    basic = _extension(certificate, "BasicConstraints")
    return basic is not None and bool(basic.ca)


def _extension(certificate: "x509.Certificate", name: str) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(getattr(x509, name)).value
    except x509.ExtensionNotFound:
        return None


# ---------------------------------------------------------------------------------- files


def read_certificates(path: Path) -> list[Certificate]:
    """The certificates of a file: DER, PEM or PKCS#7 (.cer, .crt, .pem, .p7b). Raises UserError."""
    content = file_content(path, MOST_BYTES)
    certificates = certificates_in(content)
    if not certificates:
        raise UserError(
            _("{file} holds no certificate (.cer, .crt, .pem, .p7b).").format(file=path.name)
        )
    return certificates


def certificates_in(content: bytes) -> list[Certificate]:
    """The certificates of a file's content, or of a text that a person pasted; [] for none."""
    for read in (_from_pem, _from_der, _from_pkcs7, _from_base64):
        try:
            certificates = [certificate_of(der) for der in read(content)]
        except ValueError:
            continue
        if certificates:
            return list(
                {certificate.fingerprint: certificate for certificate in certificates}.values()
            )
    return []


def _from_pem(content: bytes) -> Iterator[bytes]:
    for block in _PEM.findall(content):
        yield from _from_base64(b"".join(block.split(b"-----")[2:3]))


def _from_der(content: bytes) -> Iterable[bytes]:
    return [content]


def _from_pkcs7(content: bytes) -> Iterator[bytes]:
    load = pkcs7.load_pem_pkcs7_certificates if content.lstrip().startswith(b"-----") else None
    try:
        certificates = (load or pkcs7.load_der_pkcs7_certificates)(content)
    except Exception as error:  # also a kind of content that the library does not know
        raise ValueError(str(error)) from error
    return (certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates)


def _from_base64(content: bytes) -> Iterable[bytes]:
    try:
        return [base64.b64decode(b"".join(content.split()), validate=True)]
    except binascii.Error as error:
        raise ValueError(str(error)) from error
