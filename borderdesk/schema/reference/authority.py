"""Authorities whose certificates are trusted for digital signatures."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.reference.columns import DayColumn, TextColumn
from borderdesk.schema.reference.table import Cells, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from borderdesk.schema.book import ReferenceBook
    from borderdesk.signing import certificates
else:
    certificates = lazy_module("borderdesk.signing.certificates")

LONGEST = 4_000


class AuthorityTable(ReferenceType):
    """A certificate that a person trusts; all other columns of a row are derived from it."""

    class Meta:
        table_name = "authority"

    table_key = "authorities"
    title = N_("Certification authorities")
    hint = N_(
        "Digital signatures by certificates of these authorities are reported as trusted. Take"
        " a file (.cer, .crt, .pem, .p7b) from the authority itself or from the province's set-up"
        " file."
    )
    noun = N_("certification authorities")
    name_column = "name"
    grid_order = "name valid_from valid_to fingerprint certificate"
    list_help = N_("List the certification authorities that are trusted.")
    print_order = "fingerprint name valid_from valid_to"
    files = "*.cer *.crt *.der *.pem *.p7b *.p7c"
    names_itself = True

    fingerprint = TextColumn(N_("Fingerprint"), limit=64, pattern="[0-9a-f]{64}", primary_key=True)
    name = TextColumn(N_("Authority"), required=True)
    valid_from = DayColumn(N_("First day"), required=True)
    valid_to = DayColumn(N_("Last day"), required=True)
    certificate = TextColumn(N_("Certificate"), limit=LONGEST, required=True)

    @classmethod
    def cells_in(cls, path: Path) -> list[Cells]:
        """The rows of the certificates in a file. Raises UserError."""
        return [_cells(certificate) for certificate in certificates.read_certificates(path)]

    @classmethod
    def completed(cls, cells: Cells, book: "ReferenceBook") -> Cells:
        """The row of a certificate that a person pasted as text."""
        certificate_list = certificates.certificates_in(cells["certificate"].encode())
        return _cells(certificate_list[0]) if len(certificate_list) == 1 else cells

    @classmethod
    def check_row(cls, cells: "Mapping[str, str]") -> dict[str, str]:
        """Problems unless the cell has exactly one certificate and the other cells agree with
        it."""
        certificate_list = certificates.certificates_in(cells["certificate"].encode())
        if len(certificate_list) != 1:
            return {"certificate": _("This is no certificate.")}
        return {
            key: _("The certificate says: {value}").format(value=value)
            for key, value in _cells(certificate_list[0]).items()
            if cells[key] != value
        }


def _cells(certificate: "certificates.Certificate") -> Cells:
    return {
        "fingerprint": certificate.fingerprint,
        "name": certificate.name,
        "valid_from": certificate.first.date().isoformat(),
        "valid_to": certificate.last.date().isoformat(),
        "certificate": base64.b64encode(certificate.der).decode(),
    }


def trusted(entries: "Sequence[Any]") -> list["certificates.Certificate"]:
    """The certificates of the book's entries."""
    return [certificates.certificate_of(base64.b64decode(entry.certificate)) for entry in entries]
