"""The number of hash rounds a .p12 file demands before its key can be read, without running any.

The file itself states how often its password is hashed. A malicious one states two thousand
million, and the program would hang for hours, whatever the password. The demand of a key inside an
encrypted part is unknown without opening that part: such a key is never read.
"""

from collections.abc import Iterator

from asn1crypto import algos, core, pkcs12

from borderdesk.signing.key_file_seal import PBMAC1, seal_of

MOST_ROUNDS = 5_000_000
"""The limit for the whole file, which takes a second or two: OpenSSL, Windows and Java use 2,000 to
10,000 in each of three places, the most careful program a million."""

_SELF_TIMED = {
    "pbes1_md5_des", "pbes1_md5_rc2", "pbes1_sha1_des", "pbes1_sha1_rc2", "pkcs12_sha1_rc4_128",
    "pkcs12_sha1_rc4_40", "pkcs12_sha1_tripledes_3key", "pkcs12_sha1_tripledes_2key",
    "pkcs12_sha1_rc2_128", "pkcs12_sha1_rc2_40",
}  # fmt: skip
"""The older ciphers, which state their rounds themselves."""
KEYS = {"key_bag", "pkcs8_shrouded_key_bag"}


class UnknownKind(ValueError):
    """The encryption of a file has an unknown cost."""


class NoOpenKey(ValueError):
    """No part of a file that is open holds a key."""


def rounds(content: bytes) -> int:
    """The number of hash rounds of a .p12 file, except for keys in its encrypted parts.

    Raises UnknownKind, and any error of its parser for another format.
    """
    pfx = pkcs12.Pfx.load(content, strict=True)
    pfx.native  # noqa: B018 - reads it through
    work = sum(_of_safe(part) for part in pfx.authenticated_safe)
    mac = pfx["mac_data"]
    if isinstance(mac, core.Void):
        return work
    return work + _times(mac["iterations"]) + _of_mac(mac["mac"]["digest_algorithm"])


def with_open_key_first(content: bytes, password: str | None) -> bytes:
    """The same file with its open parts before the encrypted ones, with a new seal: a reader takes
    the first key, and so none of an encrypted part. Raises NoOpenKey."""
    pfx = pkcs12.Pfx.load(content, strict=True)
    parts = list(pfx.authenticated_safe)
    opened = [part for part in parts if part["content_type"].native == "data"]
    if not any(_has_key(pkcs12.SafeContents.load(part["content"].native)) for part in opened):
        raise NoOpenKey
    locked = [part for part in parts if part["content_type"].native != "data"]
    safe = pkcs12.AuthenticatedSafe([*opened, *locked]).dump()
    container = {
        "version": "v3",
        "auth_safe": {"content_type": "data", "content": core.OctetString(safe)},
        "mac_data": seal_of(safe, password),
    }
    return bytes(pkcs12.Pfx(container).dump())


def _has_key(bags: core.SequenceOf) -> bool:
    return any(
        bag["bag_id"].native in KEYS
        or (bag["bag_id"].native == "safe_contents" and _has_key(bag["bag_value"]))
        for bag in bags
    )


def _of_safe(safe: core.Sequence) -> int:
    """The rounds of a part of the file: an open one is looked into."""
    kind = safe["content_type"].native
    if kind == "data":
        return sum(_of_bags(pkcs12.SafeContents.load(safe["content"].native)))
    if kind == "encrypted_data":
        locked = safe["content"]["encrypted_content_info"]
        return _of_cipher(locked["content_encryption_algorithm"])
    raise UnknownKind(kind)


def _of_bags(bags: core.SequenceOf) -> Iterator[int]:
    for bag in bags:
        kind, value = bag["bag_id"].native, bag["bag_value"]
        if kind == "pkcs8_shrouded_key_bag":
            yield _of_cipher(value["encryption_algorithm"])
        elif kind == "safe_contents":
            yield from _of_bags(value)


def _of_cipher(cipher: core.Sequence) -> int:
    kind, parameters = cipher["algorithm"].native, cipher["parameters"]
    if kind == "pbes2":
        return _of_derivation(parameters["key_derivation_func"])
    if kind not in _SELF_TIMED:
        raise UnknownKind(kind)
    return _times(parameters["iterations"])


def _of_derivation(derivation: core.Sequence) -> int:
    kind = derivation["algorithm"].native
    if kind != "pbkdf2":
        raise UnknownKind(kind)
    return _times(derivation["parameters"]["iteration_count"])


def _times(number: core.Integer) -> int:
    """A count; a negative one must not reduce the sum."""
    return abs(int(number.native))


def _of_mac(digest: core.Sequence) -> int:
    """The rounds in the parameters of the newer seal; 0 for the older one, counted elsewhere."""
    if digest["algorithm"].dotted != PBMAC1:
        return 0
    parameters = digest["parameters"].parse(algos.Pbmac1Params)
    return _of_derivation(parameters["key_derivation_func"])
