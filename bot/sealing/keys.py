"""A key-holder's pair of keys."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from bot.sealing.texts import CannotOpen, Kind, NotSuchText, read, written

SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
"""HPKE (RFC 9180), base mode. What it seals to somebody is 48 bytes longer than it was."""

KEY_BYTES: Final = 32
FINGERPRINT_BYTES: Final = 10
SHORTEST_PASSPHRASE: Final = 12

# OWASP's Password Storage Cheat Sheet asks for 600,000 rounds of PBKDF2 with SHA-256, the one
# derivation that a browser has built in. About a quarter of a second.
_ROUNDS: Final = 600_000
# What a text may ask for: fewer would be a weak file made by somebody else, more would hang.
_MOST_ROUNDS: Final = 10_000_000
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_LOCK: Final = b"circlekeeper private key 1"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What is sealed to a key-holder is sealed to this."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES or not _usable(self.raw):
            raise NotSuchText("This is not a public key.")

    @classmethod
    def of(cls, text: str) -> Self:
        """A public key from its text. Raises `NotSuchText`."""
        return cls(read(Kind.PUBLIC, text))

    @property
    def text(self) -> str:
        """The key as a text of 55 letters, for the bot."""
        return written(Kind.PUBLIC, self.raw)

    @property
    def fingerprint(self) -> str:
        """Twenty letters and digits in groups of four, to be compared by eye or read aloud."""
        letters = self.short.hex()
        return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))

    @property
    def short(self) -> bytes:
        """The fingerprint as ten bytes."""
        return hashlib.sha256(b"circlekeeper fingerprint 1" + self.raw).digest()[:FINGERPRINT_BYTES]

    def seals(self, secret: bytes, info: bytes) -> bytes:
        """`secret` for this key's holder alone. It opens with the same `info` only."""
        return SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(self.raw), info)


class PrivateKey:
    """Opens what was sealed to its public key. Never leaves its holder's device."""

    __slots__ = ("_key", "public")

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return "<private key>"

    @classmethod
    def make(cls) -> Self:
        """A new one."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def of(cls, text: str, passphrase: str) -> Self:
        """A private key from its text, about a quarter of a second.

        Raises `NotSuchText`, and `CannotOpen` where the passphrase is another.
        """
        body = read(Kind.PRIVATE, text)
        rounds, body = int.from_bytes(body[:4], "big"), body[4:]
        salt, body = body[:_SALT_BYTES], body[_SALT_BYTES:]
        nonce, locked = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
        if not _ROUNDS <= rounds <= _MOST_ROUNDS or len(locked) != KEY_BYTES + 16:
            raise NotSuchText("This private key was not made by Circlekeeper.")
        try:
            raw = AESGCM(_derived(passphrase, salt, rounds)).decrypt(nonce, locked, _LOCK)
        except InvalidTag:
            raise CannotOpen(
                "The passphrase is not the one that this key was locked with."
            ) from None
        return cls(X25519PrivateKey.from_private_bytes(raw))

    def under(self, passphrase: str) -> str:
        """The key as a text that only `passphrase` opens, about a quarter of a second.

        Raises `ValueError` where the passphrase has fewer than twelve letters.
        """
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise ValueError(f"A passphrase needs at least {SHORTEST_PASSPHRASE} letters.")
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        raw = self._key.private_bytes_raw()
        locked = AESGCM(_derived(passphrase, salt, _ROUNDS)).encrypt(nonce, raw, _LOCK)
        return written(Kind.PRIVATE, _ROUNDS.to_bytes(4, "big") + salt + nonce + locked)

    def opens(self, sealed: bytes, info: bytes) -> bytes:
        """What `PublicKey.seals` was given. Raises `CannotOpen`."""
        try:
            return SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            raise CannotOpen("This was sealed to another key, or it was changed.") from None


def _usable(raw: bytes) -> bool:
    """Whether it is none of the few points that give the same secret to everybody.

    An implementation must refuse them when it agrees on a secret (RFC 7748, section 6.1); asked
    here, a bad key is refused on enrolment and not at the first post.
    """
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(raw))
    except ValueError:
        return False
    return True


def _derived(passphrase: str, salt: bytes, rounds: int) -> bytes:
    # Devices write the same letter in more than one way; NFKC makes them one.
    plain = unicodedata.normalize("NFKC", passphrase).encode()
    return PBKDF2HMAC(SHA256(), KEY_BYTES, salt, rounds).derive(plain)
