# ruff: noqa: ARG002  (SQLAlchemy hands every type the dialect)
"""The column types of the store. They are what makes sealing something nobody can forget.

A `Sealed` column takes and gives `SealedBox` only, so a plain text cannot reach the database by
a slip: SQLAlchemy's type sees every value before a driver does, and raises.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

ROW_ID_BYTES: Final = 16
BLIND_BYTES: Final = 18
"""Two for the number of the key, sixteen of the keyed hash."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def new_id() -> bytes:
    """A new row id: 16 random bytes, made before the insert, so that it can be sealed against."""
    return os.urandom(ROW_ID_BYTES)


def id_by(at: int, blind: bytes) -> bytes:
    """A new row id of a moment, in microseconds, and 64 bits of a unique blind, both of which its
    row holds anyway.

    For tables that grow by thousands of rows a second: neighbours in time are neighbours on
    disk, and a commit touches one page where random ids touch one per row. Never for a row whose
    moment nobody is to know.
    """
    return at.to_bytes(8, "big") + blind[2:10]


class SealedBox:
    """A text under a column key. Only the key ring that sealed it opens it.

    `data` is what is stored. Boxes of the same text differ; nothing about one tells its text,
    and its size tells the text's length only in steps of 32 bytes.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealedBox) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return "<sealed>"


class RowId(TypeDecorator[bytes]):
    """A random 128-bit number. Counting up would tell in which order rows came."""

    impl = LargeBinary
    cache_ok = True

    @staticmethod
    def bound(value: bytes | None) -> bytes | None:
        """Refuse what cannot be a row id."""
        if (type(value) is bytes and len(value) == ROW_ID_BYTES) or value is None:
            return value
        raise TypeError("a row id is 16 bytes, as new_id() makes them")

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """`bound`."""
        return self.bound(value)


class Sealed(TypeDecorator[SealedBox]):
    """Anything a person wrote, and every platform handle."""

    impl = LargeBinary
    cache_ok = True

    @staticmethod
    def bound(value: SealedBox | None) -> bytes | None:
        """Take a box; a plain text or bytes raise TypeError, naming the kind and not the value."""
        if type(value) is SealedBox:
            return value.data
        if value is None:
            return None
        raise TypeError(f"a sealed column takes a SealedBox, not a {type(value).__name__}")

    def process_bind_param(self, value: SealedBox | None, dialect: Dialect) -> bytes | None:
        """`bound`."""
        return self.bound(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> SealedBox | None:
        """Give a box."""
        return None if value is None else SealedBox(bytes(value))


class Blind(TypeDecorator[bytes]):
    """A keyed hash with the number of its key in front: finds a handle without holding it."""

    impl = LargeBinary
    cache_ok = True

    @staticmethod
    def bound(value: bytes | None) -> bytes | None:
        """Refuse what `KeyRing.blind` did not make."""
        if (type(value) is bytes and len(value) == BLIND_BYTES) or value is None:
            return value
        raise TypeError("a blind column takes what KeyRing.blind gives")

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """`bound`."""
        return self.bound(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 in UTC.

    A number, because SQLite drops time zones and compares times as text; so order and ranges
    are the same on both engines. What comes out is in UTC.
    """

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def bound(value: datetime | None) -> int | None:
        """Turn an aware datetime into a number; a naive one raises TypeError."""
        if value is None:
            return None
        if getattr(value, "tzinfo", None) is None:
            raise TypeError("a moment needs a time zone")
        return to_microseconds(value)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """`bound`."""
        return self.bound(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn the number back."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The same for a literal in a statement's text."""
        return self.process_bind_param(value, dialect)


def to_microseconds(at: datetime) -> int:
    """Whole microseconds since 1970 of an aware datetime. Exact, unlike `timestamp()`."""
    return (at - _EPOCH) // _MICROSECOND
