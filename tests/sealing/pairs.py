"""Pairs of keys for tests, the same in every run."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.sealing import PrivateKey


def key(number: int) -> PrivateKey:
    """A pair of keys, the same for the same number."""
    return PrivateKey(X25519PrivateKey.from_private_bytes(bytes([number]) * 32))


KEYS = {"ana": key(1), "moss": key(2), "sorrel": key(3)}
