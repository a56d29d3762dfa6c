"""Signing keys: from a .p12 file, or on a token behind a PKCS#11 module.

Passwords and PINs are passed in and never stored.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pkcs11
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pkcs11 import exceptions as token_errors
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from borderdesk.base.errors import UserError
from borderdesk.base.files import file_content
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.text import fold, nfc
from borderdesk.signing.certificates import (
    EARLY,
    EXPIRED,
    Certificate,
    certificate_of,
    utc_now,
)
from borderdesk.signing.key_file_cost import (
    MOST_ROUNDS,
    NoOpenKey,
    UnknownKind,
    rounds,
    with_open_key_first,
)
from borderdesk.signing.key_file_seal import UnknownSeal, is_sealed_by

MOST_BYTES = 1 << 20
_MOST_SHOWN = 10**15
_GONE = frozenset(
    "DeviceRemoved TokenNotPresent TokenNotRecognised SessionHandleInvalid SessionClosed"
    " DeviceError".split()
)
"""The errors of a module whose token was removed."""

_ANSWERS = {
    "PinExpired": N_("The PIN of the token has expired; change it in the token's own program."),
    "UserPinNotInitialized": N_("The token has no PIN yet; who issued it sets one."),
}
"""{error of a module: its message}."""


class SigningKey(NamedTuple):
    """A key that is ready to sign: its certificate, the certificates of its issuers as far as
    supplied, and pyHanko's signer."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    signer: Signer


class TokenCertificate(NamedTuple):
    """A certificate on a token, to find its key: the token's label and serial number, the id of key
    and certificate; chain: the token's other certificates; tries: the token's hint at the remaining
    attempts at its PIN, in words, "" for none."""

    certificate: Certificate
    token: str
    serial: bytes
    key: bytes
    chain: tuple[Certificate, ...]
    tries: str = ""


class HiddenCertificates(UserError):
    """The token shows its certificates only after its PIN is typed; token: its label."""

    def __init__(self, token: str, tries: str) -> None:
        message = _(
            "The token {name} shows its certificates after its PIN only. Type the PIN: the"
            " certificate is shown before anything is signed."
        ).format(name=token)
        super().__init__(f"{message} {tries}".strip())
        self.token = token


def why_unfit(certificate: Certificate) -> str:
    """Why a certificate may not sign a document now; "" where it may."""
    name, state = certificate.name, certificate.state_at(utc_now())
    if state == EXPIRED:
        day = format_date(certificate.last.astimezone().date())
        return _("The certificate of {name} expired on {day}.").format(name=name, day=day)
    if state == EARLY:
        day = format_date(certificate.first.astimezone().date())
        return _(
            "The certificate of {name} holds from {day} only, or the clock of this computer is"
            " wrong."
        ).format(name=name, day=day)
    if not certificate.signs:
        return _("The certificate of {name} is not for signing documents.").format(name=name)
    return ""


# ----------------------------------------------------------------------------------- .p12


def file_key(path: Path, password: str) -> SigningKey:
    """The key of a .p12 or .pfx file. Raises UserError: wrong password, no key in it, broken."""
    content = _content(path)
    loaded = _loaded(path, content, password)
    private_key, bundled = loaded.key, loaded.cert
    if private_key is None or bundled is None:
        raise _without_key(path)
    if private_key.public_key() != bundled.certificate.public_key():
        raise UserError(
            _("The key in {file} is not that of its certificate.").format(file=path.name)
        )
    der = serialization.Encoding.DER
    chain = tuple(
        certificate_of(chain_part.certificate.public_bytes(der))
        for chain_part in loaded.additional_certs
    )
    key_bytes = private_key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = certificate_of(bundled.certificate.public_bytes(der))
    signer = SimpleSigner(
        _asn1(certificate), asn1_keys.PrivateKeyInfo.load(key_bytes), _store(chain)
    )
    return SigningKey(certificate, chain, signer)


@contextmanager
def opened_file(
    path: Path, password: str, shown: Certificate | None = None
) -> Iterator[SigningKey]:
    """`file_key` as a context, in the way tokens are used.

    shown: the certificate shown to the person; UserError if the file has a different one now.
    """
    key = file_key(path, password)
    if shown is not None and key.certificate.fingerprint != shown.fingerprint:
        raise UserError(
            _("{file} holds another certificate than the one shown. Nothing was signed.").format(
                file=path.name
            )
        )
    yield key


def _content(path: Path) -> bytes:
    """The content of a .p12 file whose cost is that of an ordinary one."""
    content = file_content(path, MOST_BYTES)
    try:
        work = rounds(content)
    except UnknownKind as error:
        raise _unread(path, error) from error
    except Exception as error:
        raise UserError(_("{file} is damaged or no .p12 file.").format(file=path.name)) from error
    if work > MOST_ROUNDS:
        raise UserError(
            _(
                "{file} asks for so much work ({rounds} rounds of its password) that this computer"
                " would stand still for it. No such file comes from an issuer of certificates: it"
                " was not opened. Ask the issuer for the file again."
            ).format(file=path.name, rounds=format_number(min(work, _MOST_SHOWN), language()))
        )
    return content


def _unread(path: Path, error: Exception) -> UserError:
    return UserError(
        _("{file} is of a kind that this program does not read: {error}").format(
            file=path.name, error=str(error)[:80]
        )
    )


def _without_key(path: Path) -> UserError:
    return UserError(
        _(
            "{file} holds no key with its certificate, or keeps it locked twice, which this program"
            " does not open. Ask the issuer for the file with its key."
        ).format(file=path.name)
    )


def _loaded(path: Path, content: bytes, password: str) -> pkcs12.PKCS12KeyAndCertificates:
    # Another program locked the file, and keyboards write one letter in two ways.
    spellings = dict.fromkeys((password, nfc(password)))
    for secret in spellings if password else (None, ""):
        try:
            if not is_sealed_by(content, secret):
                continue
            safe = with_open_key_first(content, secret)
            return pkcs12.load_pkcs12(safe, None if secret is None else secret.encode())
        except NoOpenKey:
            raise _without_key(path) from None
        except UnknownSeal as error:
            raise _unread(path, error) from error
        except ValueError:
            continue
        except Exception as error:  # a cipher that the library does not know
            raise _unread(path, error) from error
    raise UserError(_("The password of {file} is wrong.").format(file=path.name))


def _asn1(certificate: Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.der)


def _store(chain: tuple[Certificate, ...]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(map(_asn1, chain))
    return store


# --------------------------------------------------------------------------------- tokens


def token_certificates(module: Path, pin: str = "") -> list[TokenCertificate]:
    """The certificates on the connected tokens, those for signing first. Raises UserError for an
    invalid module or without a token.

    pin: used only if no certificate for signing is visible without it, as it may cost an attempt;
    HiddenCertificates if it is needed and not given.
    """
    certificates: list[TokenCertificate] = []
    with _explained(module):
        tokens = _tokens(module)
        for token in tokens:
            with token.open() as session:
                certificates += _on_token(token, session)
        if not tokens:
            raise UserError(_("No token is plugged in. Plug it in, then try again."))
        if not any(candidate.certificate.signs for candidate in certificates):
            certificates = _behind_pin(module, tokens, pin) or certificates
    if not certificates:
        raise UserError(
            _(
                "The token has no certificate to sign by: one of an authority only vouches for"
                " others."
            )
        )
    moment = utc_now()
    certificates.sort(
        key=lambda candidate: (
            not candidate.certificate.signs,
            candidate.certificate.state_at(moment) != "",
        )
    )
    return certificates


def _behind_pin(module: Path, tokens: list[pkcs11.Token], pin: str) -> list[TokenCertificate]:
    """The certificates of the one token that may hide some; [] where none does."""
    flag = pkcs11.TokenFlag
    login = flag.LOGIN_REQUIRED | flag.USER_PIN_INITIALIZED
    hiding = [token for token in tokens if token.flags & login == login]
    if not hiding:
        return []
    if len(hiding) > 1:
        raise UserError(
            _("Several tokens show no certificate without a PIN. Leave one of them plugged in.")
        )
    token = hiding[0]
    if not pin:
        raise HiddenCertificates(token.label.strip(), _tries_left(token.flags))
    with _session(module, token, pin) as session:
        # The right PIN has just been typed: the warning about remaining tries is outdated.
        return [candidate._replace(tries="") for candidate in _on_token(token, session)]


def chosen_certificate(
    certificates: list[TokenCertificate], certificate_name: str | None
) -> TokenCertificate:
    """The one of a token's certificates that a person names by its name or serial number; without
    a name the only one that may sign now. Raises UserError."""
    moment = utc_now()
    if certificate_name is None:
        fit = [
            c for c in certificates if c.certificate.signs and not c.certificate.state_at(moment)
        ]
        fitting = fit or certificates
    else:
        name = fold(certificate_name)
        fitting = [
            c
            for c in certificates
            if name in (fold(c.certificate.name), fold(c.certificate.serial))
        ]
    if len(fitting) == 1:
        return fitting[0]
    certificate_names = "; ".join(
        f"{candidate.certificate.name} ({candidate.certificate.serial})"
        for candidate in certificates
    )
    raise UserError(_("Say which certificate of the token: {list}.").format(list=certificate_names))


def _on_token(token: pkcs11.Token, session: pkcs11.Session) -> list[TokenCertificate]:
    attribute = pkcs11.Attribute
    objects = session.get_objects({attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE})
    pairs = []
    for entry in objects:
        try:
            pairs.append((certificate_of(entry[attribute.VALUE]), bytes(entry[attribute.ID])))
        except (ValueError, token_errors.PKCS11Error):
            continue
    everything = tuple(certificate for certificate, _key in pairs)
    label, serial, tries = token.label.strip(), bytes(token.serial), _tries_left(token.flags)
    return [
        TokenCertificate(
            certificate, label, serial, key, tuple(c for c in everything if c != certificate), tries
        )
        for certificate, key in pairs
        if not certificate.issues
    ]


@contextmanager
def token_key(module: Path, certificate: TokenCertificate, pin: str) -> Iterator[SigningKey]:
    """The key of a certificate on a token, while its session is open. Raises UserError: for a wrong
    PIN, with the token's hint at the remaining attempts; for a token that was removed."""
    with _explained(module):
        tokens = [
            token
            for token in _tokens(module)
            if (token.label.strip(), bytes(token.serial)) == (certificate.token, certificate.serial)
        ]
        if not tokens:
            raise UserError(_("The token {name} is not plugged in.").format(name=certificate.token))
        with _session(module, tokens[0], pin) as session:
            signer = PKCS11Signer(
                session,
                signing_cert=_asn1(certificate.certificate),
                ca_chain=map(_asn1, certificate.chain),
                key_id=certificate.key,
                other_certs_to_pull=(),
            )
            yield SigningKey(certificate.certificate, certificate.chain, signer)


@contextmanager
def _session(module: Path, token: pkcs11.Token, pin: str) -> Iterator[pkcs11.Session]:
    try:
        session = token.open(user_pin=pin)
    except (token_errors.PinIncorrect, token_errors.PinInvalid, token_errors.PinLenRange):
        raise UserError(_wrong_pin(module, token)) from None
    except token_errors.PinLocked:
        raise UserError(_locked()) from None
    with session:
        yield session


def _wrong_pin(module: Path, token: pkcs11.Token) -> str:
    """The message for a wrong PIN, with the token's hint at the remaining attempts."""
    token_identity = (bytes(token.serial), token.label)
    flags = next(
        (t.flags for t in _tokens(module) if (bytes(t.serial), t.label) == token_identity), 0
    )
    words = _("The PIN is wrong. Nothing was signed.")
    hint = _tries_left(flags) or _("The token counts wrong tries; several in a row lock it.")
    return f"{words} {hint}"


def _tries_left(flags: int) -> str:
    """The token's hint at the remaining attempts at its PIN; "" as long as none failed. PKCS#11 has
    no number for it."""
    flag = pkcs11.TokenFlag
    if flags & flag.USER_PIN_LOCKED:
        return _locked()
    if flags & flag.USER_PIN_FINAL_TRY:
        return _("ONE try is left: another wrong PIN locks the token.")
    if flags & flag.USER_PIN_COUNT_LOW:
        return _("A wrong PIN was typed. Few tries are left; the token does not tell how many.")
    return ""


def _locked() -> str:
    return _("The token is locked after too many wrong PINs; who issued it can unlock it.")


def _tokens(module: Path) -> list[pkcs11.Token]:
    """The tokens that are plugged in and set up."""
    library = pkcs11.lib(str(module))
    tokens = []
    for slot in library.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except token_errors.PKCS11Error:
            continue
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
            tokens.append(token)
    return tokens


@contextmanager
def _explained(module: Path) -> Iterator[None]:
    """Turn the errors of a module or token into a UserError."""
    try:
        if not module.is_file():
            raise UserError(_("There is no file {file}.").format(file=module.name))
        yield
    except UserError:
        raise
    except RuntimeError as error:
        kind = type(error).__name__
        # A library that is none of a token, or none at all.
        if type(error) is token_errors.PKCS11Error or not isinstance(
            error, token_errors.PKCS11Error
        ):
            raise UserError(
                _("{file} is no module of a token (PKCS#11).").format(file=module.name)
            ) from error
        if kind in _ANSWERS:
            raise UserError(_(_ANSWERS[kind])) from error
        if kind in _GONE:
            raise UserError(
                _("The token was pulled out or does not answer. Nothing was signed.")
            ) from error
        raise UserError(_("The token refuses: {error}.").format(error=kind)) from error
