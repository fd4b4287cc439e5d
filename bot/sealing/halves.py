"""One half of a post's key: sealed to a key-holder, and opened by them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, Self

from bot.sealing.keys import KEY_BYTES, PrivateKey, PublicKey
from bot.sealing.texts import Kind, NotSuchText, read, written

POST_BYTES: Final = 16
SEALED_BYTES: Final = KEY_BYTES + 48
"""A half as HPKE seals it."""

_INFO: Final = b"circlekeeper half 1"


def split(key: bytes) -> tuple[bytes, bytes]:
    """Two halves, each of them noise by itself, that `joined` makes the key from."""
    first = os.urandom(KEY_BYTES)
    return first, joined(first, key)


def joined(first: bytes, second: bytes) -> bytes:
    """The key that was split in two."""
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


@dataclass(frozen=True, slots=True)
class SealedHalf:
    """A half as its holder gets it. It says which post it is for, and nothing of its author."""

    post: bytes
    pair: int
    """Which pair of key-holders it belongs to, counted from 0."""
    box: bytes

    @classmethod
    def made(cls, half: bytes, post: bytes, pair: int, holder: PublicKey) -> Self:
        """Seal `half` to `holder`."""
        return cls(post, pair, holder.seals(half, _info(post, pair)))

    @classmethod
    def of(cls, text: str) -> Self:
        """A sealed half from its text. Raises `NotSuchText`."""
        return cls(*_parts(read(Kind.SEALED, text), SEALED_BYTES))

    @property
    def text(self) -> str:
        """The half as a text of 145 letters, for its holder's device."""
        return written(Kind.SEALED, _body(self.post, self.pair, self.box))

    def opened(self, key: PrivateKey) -> OpenedHalf:
        """Open it. Raises `CannotOpen` with another's key."""
        return OpenedHalf(self.post, self.pair, key.opens(self.box, _info(self.post, self.pair)))


@dataclass(frozen=True, slots=True, repr=False)
class OpenedHalf:
    """A half as its holder hands it back."""

    post: bytes
    pair: int
    half: bytes

    def __repr__(self) -> str:
        return "<opened half>"

    @classmethod
    def of(cls, text: str) -> Self:
        """An opened half from its text. Raises `NotSuchText`."""
        return cls(*_parts(read(Kind.OPENED, text), KEY_BYTES))

    @property
    def text(self) -> str:
        """The half as a text of 81 letters, for the bot."""
        return written(Kind.OPENED, _body(self.post, self.pair, self.half))


def _info(post: bytes, pair: int) -> bytes:
    return _INFO + _body(post, pair, b"")


def _body(post: bytes, pair: int, rest: bytes) -> bytes:
    return post + bytes([pair]) + rest


def _parts(body: bytes, length: int) -> tuple[bytes, int, bytes]:
    if len(body) != POST_BYTES + 1 + length:
        raise NotSuchText("This was not made by Circlekeeper.")
    return body[:POST_BYTES], body[POST_BYTES], body[POST_BYTES + 1 :]
