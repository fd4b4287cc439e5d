"""Bytes as a text that people copy from one place to another, and what is wrong with one."""

from __future__ import annotations

import base64
import binascii
import hashlib
from enum import Enum
from typing import Final

_CHECK_BYTES: Final = 4


class Kind(Enum):
    """What a text holds. The value is what it begins with; the number is the format's version."""

    PUBLIC = "ckkey1"
    PRIVATE = "ckprivate1"
    SEALED = "cksealed1"
    OPENED = "ckopened1"


class NotSuchText(ValueError):
    """A text is not of the kind that was asked for, or a letter of it is wrong or missing."""


class CannotOpen(Exception):
    """The key does not fit, or what was sealed has been changed since."""


def written(kind: Kind, body: bytes) -> str:
    """`body` as a text: its kind, a hyphen, and base64url of it with four bytes to check it by."""
    letters = base64.urlsafe_b64encode(body + _check(kind, body)).rstrip(b"=")
    return f"{kind.value}-{letters.decode()}"


def read(kind: Kind, text: str) -> bytes:
    """What `written` was given. White space around and within (a wrapped line) is forgiven.

    Raises `NotSuchText`: a wrong letter must never pass, since nobody could open what was sealed
    to a key that nobody has.
    """
    packed = "".join(text.split())
    start, _, letters = packed.partition("-")
    if start != kind.value:
        raise NotSuchText(f"This does not begin with {kind.value}-.")
    try:
        whole = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotSuchText("Letters are in it that do not belong there.") from None
    body, check = whole[:-_CHECK_BYTES], whole[-_CHECK_BYTES:]
    if check != _check(kind, body):
        raise NotSuchText("A part of it is missing or mistyped.")
    return body


def _check(kind: Kind, body: bytes) -> bytes:
    return hashlib.sha256(kind.value.encode() + body).digest()[:_CHECK_BYTES]
