"""A test certificate authority, and the certificates it issues: in .p12 files, on a token."""

import datetime
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import oid

if TYPE_CHECKING:
    import pytest

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Usage = tuple[bool, bool, bool]
"""Key usages: digital signature, content commitment, key encipherment."""

PASSWORD = "mật khẩu của tệp"
PIN = "4271"
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
DAY = datetime.timedelta(days=1)
SIGNS, ENCRYPTS = (True, True, False), (False, False, True)


@cache
def key(kind: str = "ec", _whose: str = "") -> PrivateKey:
    """A private key; RSA keys, as on tokens, take a moment to generate."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str, organisation: str = "Đồn Biên phòng Ba Sơn") -> x509.Name:
    attributes = {
        oid.NameOID.COUNTRY_NAME: "VN",
        oid.NameOID.ORGANIZATION_NAME: organisation,
        oid.NameOID.COMMON_NAME: name,
    }
    return x509.Name([x509.NameAttribute(*pair) for pair in attributes.items()])


def issued(
    subject: x509.Name,
    public: PublicKey,
    issuer: x509.Name,
    by: PrivateKey,
    usage: Usage,
    first: int = -30,
    last: int = 300,
    ca: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    digital, content, encipher = usage
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + first * DAY)
        .not_valid_after(now + last * DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(
            x509.KeyUsage(digital, content, encipher, False, False, ca, ca, False, False),
            critical=True,
        )
    )
    return builder.sign(by, hashes.SHA256())


@cache
def authority(name: str = "Cơ quan chứng thực thử") -> x509.Certificate:
    """The authority's own certificate."""
    own = key("ec", name)
    return issued(
        named(name), own.public_key(), named(name), own, (False, False, False), -900, 900, ca=True
    )


@cache
def certificate(
    name: str = "Nông Văn Hòa",
    kind: str = "ec",
    first: int = -30,
    last: int = 300,
    usage: Usage = SIGNS,
    by: str | None = None,
) -> x509.Certificate:
    """A person's certificate for `key(kind)`."""
    issuer = authority(by) if by else authority()
    signer = key("ec", by or "Cơ quan chứng thực thử")
    return issued(named(name), key(kind).public_key(), issuer.subject, signer, usage, first, last)


def authority_file(folder: Path, name: str = "Cơ quan chứng thực thử") -> Path:
    """The authority's certificate as a file."""
    file = folder / "co-quan.cer"
    file.write_bytes(authority(name).public_bytes(serialization.Encoding.PEM))
    return file


def key_file(folder: Path, name: str = "khoa.p12", kind: str = "ec", **more: Any) -> Path:
    """A .p12 file with a key and its certificate."""
    holder = certificate(kind=kind, **more)
    secret = serialization.BestAvailableEncryption(PASSWORD.encode())
    content = pkcs12.serialize_key_and_certificates(
        b"khoa", key(kind), holder, [authority()], secret
    )
    file = folder / name
    file.write_bytes(content)
    return file


def plug_in(
    folder: Path,
    monkeypatch: "pytest.MonkeyPatch",
    *,
    made: x509.Certificate | None = None,
    hidden: bool = False,
) -> Path:
    """Create a SoftHSM2 token with a key and a certificate (by default that of the key); returns
    the module.

    hidden: the certificate is visible only after login.
    """
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    environ = {**os.environ, "SOFTHSM2_CONF": str(settings)}
    pem = folder / "khoa.pem"
    plain = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    pem.write_bytes(key("rsa").private_bytes(serialization.Encoding.PEM, plain[1], plain[0]))
    tool = ["softhsm2-util", "--pin", PIN]
    for words in (
        [*tool, "--init-token", "--free", "--label", "thu", "--so-pin", "99887766"],
        [*tool, "--import", str(pem), "--token", "thu", "--label", "khoa", "--id", "01"],
    ):
        subprocess.run(words, env=environ, check=True, capture_output=True)
    import pkcs11

    made = made or certificate(kind="rsa")
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    token = next(slot.get_token() for slot in library.get_slots(token_present=True)
                 if slot.get_token().label.strip() == "thu")  # fmt: skip
    with token.open(rw=True, user_pin=PIN) as session:
        session.create_object({
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: b"\x01",
            pkcs11.Attribute.LABEL: "khoa",
            pkcs11.Attribute.SUBJECT: made.subject.public_bytes(),
            pkcs11.Attribute.VALUE: made.public_bytes(serialization.Encoding.DER),
            pkcs11.Attribute.PRIVATE: hidden,
        })  # fmt: skip
    return MODULE


FLAGS = bytes.fromhex("000000008000534b0000000000000002")
"""The bytes before the flags in the file of a SoftHSM2 token."""


def tell_of_tries(folder: Path, flag: int) -> None:
    """Set a flag of the token about the remaining PIN tries."""
    import pkcs11

    (file,) = (folder / "tokens").glob("*/token.object")
    content = file.read_bytes()
    at = content.index(FLAGS) + len(FLAGS)
    flags = int.from_bytes(content[at : at + 8], "big") | int(flag)
    file.write_bytes(content[:at] + flags.to_bytes(8, "big") + content[at + 8 :])
    pkcs11.lib(str(MODULE)).reinitialize()
