"""The cost of opening a .p12 file is bounded before its password is hashed once."""

import hashlib
import hmac
import subprocess
from unicodedata import normalize

import pytest
from asn1crypto import algos, core
from asn1crypto import pkcs12 as asn1
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat, pkcs12

from borderdesk.base.errors import UserError
from borderdesk.signing.key_file_cost import MOST_ROUNDS, rounds, with_open_key_first
from borderdesk.signing.key_file_seal import is_sealed_by, seal_of
from borderdesk.signing.keys import file_key
from tests import certificates

ROUNDS, OF_SEAL = 1_000, 2_048
"""Iterations for the key, for the certificates, and for the seal of both, which the library does
not bound."""
PBMAC1, SCRYPT = "1.2.840.113549.1.5.14", "1.3.6.1.4.1.11591.4.11"


def content(kind=pkcs12.PBES.PBESv2SHA256AndAES256CBC):
    """A sound file."""
    locked = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS)
    return pkcs12.serialize_key_and_certificates(
        b"khoa", certificates.key("ec"), certificates.certificate(), [certificates.authority()],
        locked.key_cert_algorithm(kind).build(certificates.PASSWORD.encode()),
    )  # fmt: skip


def prepared(change):
    """A file with changed parts: change(seal, encrypted part, key's cipher)."""
    pfx = asn1.Pfx.load(content())
    safe = pfx.authenticated_safe
    by_kind = {one["content_type"].native: one for one in safe}
    bags = asn1.SafeContents.load(by_kind["data"]["content"].native)
    part = by_kind["encrypted_data"]["content"]["encrypted_content_info"]
    key = bags[0]["bag_value"]["encryption_algorithm"]
    change(pfx["mac_data"], part["content_encryption_algorithm"], key)
    by_kind["data"]["content"] = core.OctetString(bags.dump(force=True))
    pfx["auth_safe"]["content"] = core.OctetString(safe.dump(force=True))
    return pfx.dump(force=True)


def derivation(cipher):
    return cipher["parameters"]["key_derivation_func"]


def seal(number):
    def change(mac, _part, _key):
        mac["iterations"] = number

    return change


def newer_seal(mac, part, _key):
    parameters = algos.Pbmac1Params({
        "key_derivation_func": derivation(part).copy(),
        "message_auth_scheme": {"algorithm": "sha256"},
    })  # fmt: skip
    parameters["key_derivation_func"]["parameters"]["iteration_count"] = MOST_ROUNDS + 1
    mac["mac"]["digest_algorithm"] = {"algorithm": PBMAC1, "parameters": parameters}
    mac["iterations"] = 1


def of_certificates(_mac, part, _key):
    derivation(part)["parameters"]["iteration_count"] = MOST_ROUNDS + 1


def of_key(_mac, _part, key):
    derivation(key)["parameters"]["iteration_count"] = MOST_ROUNDS + 1


def made_up_by_one_below_zero(mac, part, _key):
    of_certificates(mac, part, None)
    mac["iterations"] = -MOST_ROUNDS


@pytest.mark.parametrize("kind", list(pkcs12.PBES), ids=lambda kind: kind.name)
def test_the_rounds_of_a_sound_file_are_told(kind):
    assert rounds(content(kind)) == 2 * ROUNDS + OF_SEAL


@pytest.mark.parametrize(
    "change", [seal(MOST_ROUNDS), seal(1 << 40_000), newer_seal, of_certificates, of_key,
               made_up_by_one_below_zero],
)  # fmt: skip
def test_a_file_that_asks_for_too_much_work_is_refused_in_words(tmp_path, change):
    file = tmp_path / "khoa.p12"
    file.write_bytes(prepared(change))
    with pytest.raises(UserError, match=r"khoa\.p12 đòi tính quá nhiều \([0-9.]{9,} vòng"):
        file_key(file, certificates.PASSWORD)


def test_a_way_of_hashing_whose_work_is_not_known_is_refused(tmp_path):
    def by_scrypt(_mac, _part, key):
        derivation(key)["algorithm"] = SCRYPT
        key["parameters"]["key_derivation_func"]["parameters"] = core.Null()

    file = tmp_path / "khoa.p12"
    file.write_bytes(prepared(by_scrypt))
    with pytest.raises(UserError, match="thuộc loại chương trình không đọc được: " + SCRYPT):
        file_key(file, certificates.PASSWORD)


def hidden(among):
    """A file whose encrypted part also contains a key with a hidden cost: among(key): the bags of
    the plain part."""
    pfx = asn1.Pfx.load(content())
    safe = pfx.authenticated_safe
    by_kind = {one["content_type"].native: one["content"] for one in safe}
    part = by_kind["encrypted_data"]["encrypted_content_info"]
    (key,) = asn1.SafeContents.load(by_kind["data"].native)
    unseen = key.copy()
    of_key(None, None, unseen["bag_value"]["encryption_algorithm"])
    locked = asn1.SafeContents.load(crypted(part, part["encrypted_content"].native, opening=True))
    bags = asn1.SafeContents([unseen, *locked]).dump(force=True)
    part["encrypted_content"] = crypted(part, bags, opening=False)
    for one in safe:
        if one["content_type"].native == "data":
            one["content"] = core.OctetString(asn1.SafeContents(among(key)).dump())
    pfx["auth_safe"]["content"] = core.OctetString(safe.dump(force=True))
    pfx["mac_data"] = seal_of(safe.dump(force=True), certificates.PASSWORD)
    return pfx.dump(force=True)


def crypted(part, data, *, opening):
    """The content of an encrypted part, decrypted or encrypted by its own cipher."""
    cipher = part["content_encryption_algorithm"]
    asked = derivation(cipher)["parameters"]
    secret = certificates.PASSWORD.encode()
    times, salt = asked["iteration_count"].native, asked["salt"].native
    key = hashlib.pbkdf2_hmac("sha256", secret, salt, times, 32)
    start = cipher["parameters"]["encryption_scheme"]["parameters"].native
    padding = PKCS7(128)
    locked = Cipher(AES(key), CBC(start))
    if opening:
        step, pad = locked.decryptor(), padding.unpadder()
        plain = step.update(data) + step.finalize()
        return pad.update(plain) + pad.finalize()
    step, pad = locked.encryptor(), padding.padder()
    padded = pad.update(data) + pad.finalize()
    return step.update(padded) + step.finalize()


def test_a_key_in_a_locked_part_is_never_come_to(tmp_path):
    file = tmp_path / "khoa.p12"
    file.write_bytes(hidden(lambda key: [key]))
    assert file_key(file, certificates.PASSWORD).certificate.name == "Nông Văn Hòa"
    file.write_bytes(hidden(lambda _key: []))
    with pytest.raises(UserError, match=r"khoa\.p12 không có khóa .* bảo vệ hai lớp"):
        file_key(file, certificates.PASSWORD)


@pytest.mark.parametrize("secret", [None, "", "a", "ba từ 𝄞" * 12])
def test_a_file_sealed_anew_opens_by_its_password(secret):
    typed = None if secret is None else secret.encode()
    locked = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .build(typed)
        if secret
        else NoEncryption()
    )
    made = pkcs12.serialize_key_and_certificates(
        b"khoa", certificates.key("ec"), certificates.certificate(), None, locked
    )
    opened = pkcs12.load_pkcs12(with_open_key_first(made, secret), typed)
    assert opened.cert.certificate == certificates.certificate()
    if secret:
        with pytest.raises(ValueError, match="password"):
            pkcs12.load_pkcs12(with_open_key_first(made, secret), b"b")


def test_what_was_changed_in_nothing_opens(tmp_path):
    file = tmp_path / "khoa.p12"
    file.write_bytes(content())
    assert file_key(file, certificates.PASSWORD).certificate.name == "Nông Văn Hòa"


# ---------------------------------------------------------------------------------- seals


@pytest.mark.parametrize("how", [[], ["-macalg", "sha1", "-iter", "5000"], ["-macalg", "sha512"]])
@pytest.mark.parametrize("locked", [True, False])
def test_a_wrong_password_opens_no_file_though_its_key_be_not_locked(tmp_path, locked, how):
    """As OpenSSL writes them: for a plain key only the seal depends on the password."""
    plain = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    pem, encoding = tmp_path / "khoa.pem", serialization.Encoding.PEM
    key = certificates.key("ec").private_bytes(encoding, plain[1], plain[0])
    pem.write_bytes(key + certificates.certificate().public_bytes(encoding))
    file = tmp_path / "khoa.p12"
    more = [] if locked else ["-keypbe", "NONE", "-certpbe", "NONE"]
    write = ["openssl", "pkcs12", "-export", "-in", pem, "-out", file]
    subprocess.run([*write, "-passout", "pass:mật khẩu", *more, *how], check=True)
    for spelling in ("NFC", "NFD"):
        typed = normalize(spelling, "mật khẩu")
        assert file_key(file, typed).certificate.name == "Nông Văn Hòa"
    for wrong in ("mat khau", "mật khẩu ", ""):
        with pytest.raises(UserError, match=r"Mật khẩu của khoa\.p12 không đúng"):
            file_key(file, wrong)


def test_a_newer_seal_is_checked_too():
    pfx = asn1.Pfx.load(content())
    derived = {"salt": {"specified": b"muoi"}, "iteration_count": 3, "key_length": 32,
               "prf": {"algorithm": "sha256"}}  # fmt: skip
    parameters = algos.Pbmac1Params({
        "key_derivation_func": {"algorithm": "pbkdf2", "parameters": algos.Pbkdf2Params(derived)},
        "message_auth_scheme": {"algorithm": "sha512"},
    })  # fmt: skip
    key = hashlib.pbkdf2_hmac("sha256", "mật".encode(), b"muoi", 3, 32)
    safe = pfx["auth_safe"]["content"].native
    pfx["mac_data"]["mac"] = {
        "digest_algorithm": {"algorithm": PBMAC1, "parameters": parameters},
        "digest": hmac.digest(key, safe, "sha512"),
    }
    sealed = pfx.dump(force=True)
    assert [is_sealed_by(sealed, word) for word in ("mật", "mat", "", None)] == [True] + [False] * 3
