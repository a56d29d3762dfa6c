"""Files as written by `age --passphrase`, with a cheap key derivation.

The work factor is part of the file; age and the program use one that takes over a second. Written
from the specification (age-encryption.org/v1).
"""

import hashlib
import hmac
import os
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

QUICK = 1
"""log2 of the scrypt work factor; age uses 18."""
CHUNK = 64 * 1024


def _unpadded(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _derived(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(file_key)


def _header(file_key: bytes, passphrase: str) -> bytes:
    salt = os.urandom(16)
    salted = b"age-encryption.org/v1/scrypt" + salt
    wrapping = hashlib.scrypt(passphrase.encode(), salt=salted, n=1 << QUICK, r=8, p=1, dklen=32)
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    stanza = b"-> scrypt %s %d\n%s\n" % (_unpadded(salt), QUICK, _unpadded(wrapped))
    header = b"age-encryption.org/v1\n" + stanza + b"---"
    seal = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    return b"%s %s\n" % (header, _unpadded(seal))


def locked_bytes(content: bytes, passphrase: str) -> bytes:
    """`content` encrypted as an age file with the passphrase."""
    file_key, nonce = os.urandom(16), os.urandom(16)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    parts = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    sealed = [
        cipher.encrypt(number.to_bytes(11, "big") + bytes([part is parts[-1]]), part, None)
        for number, part in enumerate(parts)
    ]
    return _header(file_key, passphrase) + nonce + b"".join(sealed)


def locked(path: Path, passphrase: str) -> Path:
    """Encrypt a package in place; returns its new path."""
    target = path.with_name(f"{path.name}.age")
    target.write_bytes(locked_bytes(path.read_bytes(), passphrase))
    path.unlink()
    return target
