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


def new_id() -> bytes:
    """A new row id: 16 random bytes, made before the insert, so that it can be sealed against."""
    return os.urandom(ROW_ID_BYTES)


def new_id_by(at: datetime) -> bytes:
    """A new row id that begins with a moment which its row holds anyway; 64 bits are random.

    For tables that grow by thousands of rows a second: neighbours in time are neighbours on
    disk, and a commit touches one page where random ids touch one per row. Never for a row whose
    moment nobody is to know.
    """
    return to_microseconds(at).to_bytes(8, "big") + os.urandom(8)


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

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Refuse what cannot be a row id."""
        if value is not None and (type(value) is not bytes or len(value) != ROW_ID_BYTES):
            raise TypeError("a row id is 16 bytes, as new_id() makes them")
        return value


class Sealed(TypeDecorator[SealedBox]):
    """Anything a person wrote, and every platform handle."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: SealedBox | None, dialect: Dialect) -> bytes | None:
        """Take a box; a plain text or bytes raise TypeError, naming the kind and not the value."""
        if value is None:
            return None
        if type(value) is not SealedBox:
            raise TypeError(f"a sealed column takes a SealedBox, not a {type(value).__name__}")
        return value.data

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> SealedBox | None:
        """Give a box."""
        return None if value is None else SealedBox(bytes(value))


class Blind(TypeDecorator[bytes]):
    """A keyed hash with the number of its key in front: finds a handle without holding it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Refuse what `KeyRing.blind` did not make."""
        if value is not None and (type(value) is not bytes or len(value) != BLIND_BYTES):
            raise TypeError("a blind column takes what KeyRing.blind gives")
        return value


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 in UTC.

    A number, because SQLite drops time zones and compares times as text; so order and ranges
    are the same on both engines. What comes out is in UTC.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into a number; a naive one raises TypeError."""
        if value is None:
            return None
        if getattr(value, "tzinfo", None) is None:
            raise TypeError("a moment needs a time zone")
        return to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn the number back."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The same for a literal in a statement's text."""
        return self.process_bind_param(value, dialect)


def to_microseconds(at: datetime) -> int:
    """Whole microseconds since 1970 of an aware datetime. Exact, unlike `timestamp()`."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
