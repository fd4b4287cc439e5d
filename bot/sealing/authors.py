"""An author, sealed so that any two key-holders together can open it and nobody else.

The author is sealed under a key of its own, which is forgotten at once. For each pair of
key-holders that key is split in two halves, one sealed to each. All of it lies under a key of the
epoch that the bot destroys when the time is over: then nobody opens it, whoever holds what.

Why not Shamir's scheme, why pairs: `docs/adr/0016-two-of-n-by-pairs.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.sealing.halves import POST_BYTES, SEALED_BYTES, OpenedHalf, SealedHalf, joined, split
from bot.sealing.keys import FINGERPRINT_BYTES, KEY_BYTES, PublicKey
from bot.sealing.texts import CannotOpen

FEWEST_HOLDERS: Final = 2
MOST_HOLDERS: Final = 8

_FORMAT: Final = 1
_NONCE_BYTES: Final = 12
# A Matrix id has at most 255 bytes (Matrix specification, "Common Identifier Format"). Every
# author takes the same room, so that the size of a seal says nothing about who is in it.
_LONGEST_AUTHOR: Final = 318
_AUTHOR_BYTES: Final = 2 + _LONGEST_AUTHOR
_AUTHOR_BOX: Final = _NONCE_BYTES + _AUTHOR_BYTES + 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seal belongs. It opens nowhere else: not for another post, group or time."""

    group: bytes
    post: bytes
    """The post's own random id, 16 bytes."""
    epoch: int

    def bound(self) -> bytes:
        """The place as bytes that no other place has."""
        head = bytes([_FORMAT]) + self.epoch.to_bytes(8, "big")
        return head + len(self.group).to_bytes(2, "big") + self.group + self.post


def seal_author(author: str, place: Place, holders: Sequence[PublicKey], epoch_key: bytes) -> bytes:
    """Seal `author` to every pair of `holders`: about 0.4 ms for each pair, 160 bytes for each.

    The order of the holders does not matter. Raises `ValueError` for fewer than two holders or
    more than eight, the same one twice, a post id that is not 16 bytes long, or an author of more
    than 318 bytes.
    """
    ordered = sorted(set(holders), key=lambda holder: holder.short)
    if len(ordered) != len(holders) or not FEWEST_HOLDERS <= len(ordered) <= MOST_HOLDERS:
        raise ValueError("two to eight different key-holders can seal")
    plain = author.encode("utf-8", "surrogatepass")
    if len(plain) > _LONGEST_AUTHOR or len(place.post) != POST_BYTES:
        raise ValueError("an author or a post id of another length")
    head = bytes([len(ordered)]) + b"".join(holder.short for holder in ordered)
    key = os.urandom(KEY_BYTES)
    padded = len(plain).to_bytes(2, "big") + plain.ljust(_LONGEST_AUTHOR, b"\0")
    inner = bytearray(head + _locked(key, padded, place.bound() + head))
    for pair, members in enumerate(combinations(ordered, 2)):
        for holder, half in zip(members, split(key), strict=True):
            inner += SealedHalf.made(half, place.post, pair, holder).box
    return _locked(epoch_key, bytes(inner), place.bound())


class SealedAuthor:
    """A sealed author out of its epoch's wrapping: what is left needs two key-holders."""

    def __init__(self, box: bytes, place: Place, epoch_key: bytes) -> None:
        """Take the wrapping off. Raises `CannotOpen` where key or place are others."""
        inner = _unlocked(epoch_key, box, place.bound())
        count = inner[0]
        end = 1 + count * FINGERPRINT_BYTES
        self._place = place
        self._head = inner[:end]
        self._author = inner[end : end + _AUTHOR_BOX]
        self._halves = inner[end + _AUTHOR_BOX :]
        self._count = count

    def __repr__(self) -> str:
        return "<sealed author>"

    @property
    def holders(self) -> tuple[bytes, ...]:
        """Whose halves are in it, as `PublicKey.short`."""
        shorts = self._head[1:]
        starts = range(0, len(shorts), FINGERPRINT_BYTES)
        return tuple(shorts[at : at + FINGERPRINT_BYTES] for at in starts)

    def halves_for(self, one: bytes, other: bytes) -> tuple[SealedHalf, SealedHalf]:
        """The halves of two holders, in the order of the arguments (each a `PublicKey.short`).

        Raises `CannotOpen` where one of them was no key-holder when this was sealed, or both are
        the same.
        """
        for pair, members in self._pairs():
            if {one, other} == set(members):
                start = pair * 2 * SEALED_BYTES
                boxes = (
                    self._halves[start : start + SEALED_BYTES],
                    self._halves[start + SEALED_BYTES : start + 2 * SEALED_BYTES],
                )
                found = [SealedHalf(self._place.post, pair, box) for box in boxes]
                return (found[0], found[1]) if members[0] == one else (found[1], found[0])
        raise CannotOpen("These two cannot open this post together.")

    def opened(self, one: OpenedHalf, other: OpenedHalf) -> str:
        """The author. Raises `CannotOpen` where the halves do not belong together, or here."""
        if one.post != self._place.post or other.post != self._place.post or one.pair != other.pair:
            raise CannotOpen("These halves belong to another post, or to other pairs.")
        key = joined(one.half, other.half)
        plain = _unlocked(key, self._author, self._place.bound() + self._head)
        length = int.from_bytes(plain[:2], "big")
        return plain[2 : 2 + length].decode("utf-8", "surrogatepass")

    def _pairs(self) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
        return enumerate(combinations(self.holders, 2))


def _locked(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _unlocked(key: bytes, box: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise CannotOpen("The key does not fit, or this was changed.") from None
