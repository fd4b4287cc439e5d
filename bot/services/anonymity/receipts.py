"""Receipts: a 128-bit code that owns an anonymous post. The store knows its hash only.

A receipt follows from the draft's random id by a hash, so that a press that a platform delivers
twice, before and after a crash, is answered twice with the same receipt and posts once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import timedelta

from bot.clock import Clock

# Without letters that look like digits: people copy receipts by hand.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 26
"""26 times 5 bits hold 128 bits."""
_GROUP = 5
_LOOK_ALIKES = str.maketrans("OILU", "011V")
_LONGEST_TYPED = 200


def new_draft_id() -> str:
    """A new 128-bit id for a draft."""
    return secrets.token_hex(16)


def receipt_of(draft_id: str) -> str:
    """The receipt of the post that a draft becomes, in groups that are easy to copy."""
    digest = hashlib.sha256(b"circlekeeper receipt " + draft_id.encode("utf-8", "replace"))
    number = int.from_bytes(digest.digest()[:16], "big")
    letters = ""
    for _ in range(LETTERS):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return _grouped(letters)


def tidied(typed: str) -> str:
    """A receipt that fits a post, as it was given out, however it was typed."""
    return _grouped(_letters(typed))


def _letters(typed: str) -> str:
    kept = [c for c in typed[:_LONGEST_TYPED].upper() if c.isalnum()]
    return "".join(kept).translate(_LOOK_ALIKES)


def _grouped(letters: str) -> str:
    ends = range(_GROUP, LETTERS - _GROUP + 1, _GROUP)
    starts = [0, *ends]
    return "-".join(letters[a:b] for a, b in zip(starts, [*ends, LETTERS], strict=True))


def hash_of(typed: str) -> bytes:
    """SHA-256 of a receipt as somebody typed it: case, spaces and dashes do not matter.

    What cannot be a receipt has a hash too, one that fits no post: a wrong code and a malformed
    one take the same way, and nothing tells them apart.
    """
    letters = _letters(typed)
    if len(letters) != LETTERS or not set(letters) <= set(ALPHABET):
        letters = secrets.token_hex(LETTERS // 2)
    return hashlib.sha256(letters.encode()).digest()


class Throttle:
    """How often somebody may do something. In memory only; forgets the longest unseen first.

    By the steady clock: one that was ahead and was put right would make people wait for as long.
    """

    def __init__(
        self, clock: Clock, *, times: int, within: timedelta, people: int = 10_000
    ) -> None:
        self._clock = clock
        self._times = times
        self._within = within.total_seconds()
        self._people = people
        self._seen: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def note(self, who: Hashable) -> None:
        """Somebody did it once more."""
        seen = self._seen.setdefault(who, deque(maxlen=self._times))
        seen.append(self._clock.monotonic())
        self._seen.move_to_end(who)
        while len(self._seen) > self._people:
            self._seen.popitem(last=False)

    def wait(self, who: Hashable) -> timedelta | None:
        """How long somebody has to wait; None when they may go on."""
        seen = self._seen.get(who)
        if seen is None or len(seen) < self._times:
            return None
        left = seen[0] + self._within - self._clock.monotonic()
        return timedelta(seconds=left) if left > 0 else None
