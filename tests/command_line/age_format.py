"""The age format, read by its specification alone: what any tool for it does with a backup.

https://github.com/C2SP/C2SP/blob/main/age.md, for one X25519 key. `bot/store/age_files.py` leaves
all of this to a library; a second reader shows that its files are no dialect.
"""

from __future__ import annotations

import base64
import hmac
import re

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CHUNK = 64 * 1024 + 16


def opened(closed: bytes, identity: str) -> bytes:
    """What is in an age file, for a line that begins with AGE-SECRET-KEY-1."""
    header, _, rest = closed.partition(b"\n--- ")
    mac, _, payload = rest.partition(b"\n")
    # Stanzas of other kinds are for other readers, and to be passed over.
    found = re.search(rb"\n-> X25519 (\S+)\n(\S+)", header)
    assert found, "no stanza for an X25519 key"
    share, wrapped = (_unpadded(part) for part in found.groups())
    private = X25519PrivateKey.from_private_bytes(_bech32(identity))
    both = share + private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    wrapping = _hkdf(shared, both, b"age-encryption.org/v1/X25519")
    file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), wrapped, None)
    expected = hmac.digest(_hkdf(file_key, b"", b"header"), header + b"\n---", "sha256")
    assert hmac.compare_digest(_unpadded(mac), expected), "the header was changed"
    stream = ChaCha20Poly1305(_hkdf(file_key, payload[:16], b"payload"))
    chunks = [payload[at : at + CHUNK] for at in range(16, len(payload), CHUNK)]
    last = len(chunks) - 1
    return b"".join(
        stream.decrypt(number.to_bytes(11, "big") + bytes([number == last]), chunk, None)
        for number, chunk in enumerate(chunks)
    )


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _unpadded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _bech32(text: str) -> bytes:
    """The 32 bytes of a key; its checksum of six letters is left out."""
    letters = text.lower().rpartition("1")[2][:-6]
    bits = "".join(f"{BECH32.index(letter):05b}" for letter in letters)
    return int(bits[:256], 2).to_bytes(32, "big")
