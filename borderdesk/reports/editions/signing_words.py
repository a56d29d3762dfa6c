"""Texts on digital signatures that need none of their libraries."""

from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _

if TYPE_CHECKING:
    from borderdesk.signing.certificates import Certificate

PERSON, ORGANISATION = "person", "organisation"
ROLES = {PERSON: N_("as the person"), ORGANISATION: N_("with the organisation's seal")}
"""{role of a signature: its words}."""

PREFERENCE = "signing"
"""The preference with the paths of key, module and pictures; secrets are not stored."""


def certificate_words(certificate: "Certificate") -> list[str]:
    """The certificate in words for confirmation: name, organisation, issuer, days, serial
    number."""
    first, last = (
        format_date(moment.astimezone().date()) for moment in (certificate.first, certificate.last)
    )
    return [
        _("Certificate of {name}").format(name=certificate.name),
        _("Organisation: {name}").format(name=certificate.organisation or "–"),
        _("Issued by: {name}").format(name=certificate.issuer),
        _("Holds from {first} to {last}").format(first=first, last=last),
        _("Serial number: {number}").format(number=certificate.serial),
    ]
