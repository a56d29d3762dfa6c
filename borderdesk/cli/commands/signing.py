"""The commands of digital signatures: signing an edition's paper, verifying signatures."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.commands.reports import report
from borderdesk.cli.output import announce_file, print_json, print_message
from borderdesk.cli.program import FILE, FILE_PATH, argument, command, option
from borderdesk.cli.questions import ask_to_go_on
from borderdesk.cli.unlocking import at_terminal, open_desk
from borderdesk.desk import Desk
from borderdesk.reports.editions.signing_words import PERSON, ROLES, certificate_words

if TYPE_CHECKING:
    from borderdesk.closing.editions import Edition
    from borderdesk.reports.editions import edition_signing
    from borderdesk.reports.paper import signature_marks
    from borderdesk.signing import keys, validity
    from borderdesk.signing.certificates import Certificate
    from borderdesk.signing.validity import SignatureVerdict
else:
    edition_signing = lazy_module("borderdesk.reports.editions.edition_signing")
    keys = lazy_module("borderdesk.signing.keys")
    signature_marks = lazy_module("borderdesk.reports.paper.signature_marks")
    validity = lazy_module("borderdesk.signing.validity")

PIN = "BORDERDESK_PIN"
LONGEST_LINE = 1 << 10


@command(
    "sign",
    N_("Sign the PDF of a closed period digitally; the PIN is asked for, or BORDERDESK_PIN."),
    within=report,
    takes="period.close",
)
@FILE
@option("--p12", type=FILE_PATH, help=N_("A file with key and certificate: .p12, .pfx."))
@option(
    "--pkcs11", type=FILE_PATH, help=N_("The module (PKCS#11) of the token that is plugged in.")
)
@option("--certificate", help=N_("Which certificate of the token: a name or a serial number."))
@option(
    "--as",
    "role",
    type=click.Choice([*ROLES]),
    default=PERSON,
    help=N_("As the person who signs, or with the seal of the organisation."),
)
@option("--picture", type=FILE_PATH, help=N_("A picture of the signature or the stamp: PNG."))
@option("--out", type=FILE_PATH, help=N_("The signed PDF; without it the file itself is signed."))
def sign(
    folder: Path,
    file: Path,
    p12: Path | None,
    pkcs11: Path | None,
    certificate: str | None,
    role: str,
    picture: Path | None,
    out: Path | None,
) -> None:
    """Sign a paper; print the verdicts on its signatures, one JSON line each."""
    if (p12 is None) == (pkcs11 is None):
        raise click.UsageError(_("Say either --p12 or --pkcs11."))
    shown = signature_marks.read_picture(picture) if picture is not None else None
    target = out or file
    with open_desk(folder) as desk:
        of_edition = edition_signing.edition_of_file(desk, file) if role == PERSON else None
        key = (
            _file_key(desk, of_edition, p12)
            if p12
            else _token_key(desk, of_edition, pkcs11 or Path(), certificate)
        )
        signing = edition_signing.SigningOptions(key, role, shown)
        replaced = target.exists()
        signed = edition_signing.sign_file(desk, file, signing, target)
    for signature in signed.signatures:
        print_json(signature_json(signature))
    announce_file(target, replaced)


@contextmanager
def _file_key(desk: Desk, edition: "Edition | None", file: Path) -> "Iterator[keys.SigningKey]":
    key = keys.file_key(file, _secret(_("Password of {name}").format(name=file.name)))
    _show(desk, edition, key.certificate, key.chain)
    yield key


@contextmanager
def _token_key(
    desk: Desk, edition: "Edition | None", module: Path, certificate_name: str | None
) -> "Iterator[keys.SigningKey]":
    """Shows the certificate first, then prompts for the PIN; the PIN is first if the token requires
    that."""
    pin = None
    try:
        certificates = keys.token_certificates(module)
    except keys.HiddenCertificates as hidden:
        print_message(str(hidden))
        pin = _pin(hidden.token)
        certificates = keys.token_certificates(module, pin)
    chosen_certificate = keys.chosen_certificate(certificates, certificate_name)
    _show(desk, edition, chosen_certificate.certificate, chosen_certificate.chain)
    if pin is None:
        if chosen_certificate.tries:
            print_message(chosen_certificate.tries)
        pin = _pin(chosen_certificate.token)
    with keys.token_key(module, chosen_certificate, pin) as key:
        yield key


def _pin(token: str) -> str:
    return _secret(_("PIN of the token {name}").format(name=token))


def _show(
    desk: Desk,
    edition: "Edition | None",
    certificate: "Certificate",
    chain: "tuple[Certificate, ...]",
) -> None:
    """Print the signing certificate; doubts about it need a confirmation at a terminal."""
    edition_signing.require_fit(desk, certificate, chain)
    for line in certificate_words(certificate):
        print_message(line)
    doubts = [
        *edition_signing.signer_doubts(edition, certificate),
        *edition_signing.certificate_doubts(desk, certificate),
    ]
    if not at_terminal():
        for doubt in doubts:
            print_message(doubt)
    ask_to_go_on(doubts, _("Sign all the same?"))


def _secret(label: str) -> str:
    """A PIN or password: from BORDERDESK_PIN, the prompt, or a line of standard input. It is never
    stored."""
    secret = os.environ.get(PIN)
    if secret is not None:
        return secret
    if at_terminal():
        return str(click.prompt(label, hide_input=True, err=True, default="", show_default=False))
    line = "" if sys.stdin is None else sys.stdin.readline(LONGEST_LINE)
    if not line:
        raise UserError(
            _("{label}: type it at a terminal, or set BORDERDESK_PIN.").format(label=label)
        )
    return line.rstrip("\r\n")


@command("signatures", N_("What the digital signatures of PDF files are worth."), within=report)
@argument("files", nargs=-1, required=True, type=FILE_PATH, metavar="FILE…")
def signatures(folder: Path, files: tuple[Path, ...]) -> int:
    """One JSON line a signature; 1 unless every file has some, and all of them hold."""
    sound = True
    with open_desk(folder) as desk:
        for file in files:
            verdicts = edition_signing.file_signatures(desk, file)
            for verdict in verdicts:
                print_json({"file": str(file), **signature_json(verdict)})
                print_message(f"{file.name}: {validity.sentence(verdict)}")
            if not verdicts:
                print_message(_("{file} has no digital signature.").format(file=file.name))
            sound = sound and bool(verdicts) and all(v.result != validity.BAD for v in verdicts)
    return 0 if sound else 1


def signature_json(verdict: "SignatureVerdict") -> dict[str, Any]:
    """A verdict on a signature in the shape of the commands."""
    certificate = verdict.certificate
    return {
        "signature": verdict.name,
        "result": verdict.result,
        "intact": verdict.intact,
        "whole": verdict.whole,
        "trust": verdict.trust,
        "signer": certificate.name if certificate else None,
        "organisation": certificate.organisation if certificate else None,
        "issuer": certificate.issuer if certificate else None,
        "serial": certificate.serial if certificate else None,
        "from": certificate.first.isoformat() if certificate else None,
        "to": certificate.last.isoformat() if certificate else None,
        "time": verdict.time.isoformat() if verdict.time else None,
    }
