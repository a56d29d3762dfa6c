"""What a .p12 file asks for is bounded before its password is hashed once."""

import pytest
from asn1crypto import algos, core
from asn1crypto import pkcs12 as asn1
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from borderdesk.base.errors import UserError
from borderdesk.signing.key_file_cost import MOST_ROUNDS, rounds
from borderdesk.signing.keys import file_key
from tests import certificates

ROUNDS, OF_SEAL = 1_000, 2_048
"""Of the key and of the certificates; of what seals both, which the library does not ask about."""
PBMAC1, SCRYPT = "1.2.840.113549.1.5.14", "1.3.6.1.4.1.11591.4.11"


def content(kind=pkcs12.PBES.PBESv2SHA256AndAES256CBC):
    """A sound file."""
    locked = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS)
    return pkcs12.serialize_key_and_certificates(
        b"khoa", certificates.key("ec"), certificates.certificate(), [certificates.authority()],
        locked.key_cert_algorithm(kind).build(certificates.PASSWORD.encode()),
    )  # fmt: skip


def prepared(change):
    """A file whose parts were changed: change(seal, locked part, key's cipher)."""
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


def test_what_was_changed_in_nothing_opens(tmp_path):
    file = tmp_path / "khoa.p12"
    file.write_bytes(content())
    assert file_key(file, certificates.PASSWORD).certificate.name == "Nông Văn Hòa"
