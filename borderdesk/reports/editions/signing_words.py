"""Texts on digital signatures that need none of their libraries."""

from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _

if TYPE_CHECKING:
    from borderdesk.signing.certificates import Certificate

PERSON, ORGANISATION = "person", "organisation"
ROLES = {PERSON: N_("as the person"), ORGANISATION: N_("with the organisation's seal")}
"""{as whom somebody signs: its words}."""

PREFERENCE = "signing"
"""The preference that keeps where key, module and pictures are; no secret is kept."""


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
