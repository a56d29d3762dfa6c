"""The seal of a .p12 file: a hash over all of it by its password (RFC 7292, RFC 9579).

It detects a wrong password where the key itself is not encrypted.
"""

import hashlib
import hmac
import os

from asn1crypto import algos, core, pkcs12

PBMAC1 = "1.2.840.113549.1.5.14"
"""The newer seal, whose key is derived by PBKDF2."""

SEALED_BY = "sha256"
_OF_SEAL = b"\3"
"""The purpose id of the key derived for the MAC (RFC 7292, B.3)."""


class UnknownSeal(ValueError):
    """The algorithm of a seal is unknown."""


def seal_of(safe: bytes, password: str | None) -> dict[str, object]:
    """A seal by a password, hashed once."""
    salt = os.urandom(hashlib.new(SEALED_BY).block_size)
    digest = {
        "digest_algorithm": {"algorithm": SEALED_BY},
        "digest": _digest(SEALED_BY, safe, password, salt, 1),
    }
    return {"mac": digest, "mac_salt": salt, "iterations": 1}


def is_sealed_by(content: bytes, password: str | None) -> bool:
    """Whether a file has the seal of a password, or none at all. Raises UnknownSeal.

    It takes as many rounds as the file states: ask `key_file_cost.rounds` first.
    """
    pfx = pkcs12.Pfx.load(content, strict=True)
    mac = pfx["mac_data"]
    if isinstance(mac, core.Void):
        return True
    try:
        digest = _stated_digest(mac, pfx["auth_safe"]["content"].native, password)
    except ValueError as error:
        raise UnknownSeal(str(error)) from error
    return hmac.compare_digest(digest, mac["mac"]["digest"].native)


def _stated_digest(mac: pkcs12.MacData, safe: bytes, password: str | None) -> bytes:
    algorithm = mac["mac"]["digest_algorithm"]
    if algorithm["algorithm"].dotted == PBMAC1:
        return _newer_digest(algorithm["parameters"].parse(algos.Pbmac1Params), safe, password)
    salt, times = mac["mac_salt"].native, mac["iterations"].native
    return _digest(algorithm["algorithm"].native, safe, password, salt, times)


def _digest(kind: str, safe: bytes, password: str | None, salt: bytes, times: int) -> bytes:
    """The older seal: its key is hashed from the password (RFC 7292, B.2)."""
    block = hashlib.new(kind).block_size
    secret = b"" if password is None else f"{password}\0".encode("utf-16-be")
    key = _OF_SEAL * block + _filled(salt, block) + _filled(secret, block)
    for _round in range(max(times, 1)):
        key = hashlib.new(kind, key).digest()
    return hmac.digest(key, safe, kind)


def _filled(text: bytes, block: int) -> bytes:
    """A text over and over until it fills whole blocks."""
    room = -(-len(text) // block) * block
    return (text * (room // len(text) + 1))[:room] if text else b""


def _newer_digest(parameters: algos.Pbmac1Params, safe: bytes, password: str | None) -> bytes:
    derived = parameters["key_derivation_func"]["parameters"]
    key = hashlib.pbkdf2_hmac(
        derived["prf"]["algorithm"].native,
        (password or "").encode(),
        derived["salt"].native,
        derived["iteration_count"].native,
        derived["key_length"].native,
    )
    return hmac.digest(key, safe, parameters["message_auth_scheme"]["algorithm"].native)
