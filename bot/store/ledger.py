"""The erasure ledger: who was erased, as keyed marks, so that an old copy brings nobody back.

A small file beside the key ring and, like the ring, in no backup. An entry is a random number,
the day, and for each key that accounts were looked up by the HMAC of what they were looked up
by, under a key of the ring: whoever has the file alone learns how many were erased on which day.
The database notes the numbers of the erasures that it went through. So a copy from before is
told from one from after: whoever joined again since is not erased again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.errors import NotDurable, StartError
from bot.store.columns import new_id
from bot.store.keyring import KeyRing
from bot.store.masterkey import write_ring

LEDGER_NAME: Final = "erased.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Erasure:
    """One member's erasure from one group."""

    id: bytes
    group_id: bytes
    day: date
    marks: frozenset[bytes]

    def __repr__(self) -> str:
        return "<erasure>"


class ErasureLedger:
    """The file. Belongs to the event loop; a change is on disk before it returns."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self.path = keys.path.with_name(LEDGER_NAME)

    def all(self) -> list[Erasure]:
        """Every entry, oldest first. Raises `StartError` for a file that cannot be read, or is of
        another key ring, and `NotDurable`.
        """
        try:
            state = json.loads(self.path.read_bytes())
            if state["format"] != _FORMAT:
                raise ValueError("format")
            check, entries = state["check"], list(map(_opened, state["erasures"]))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError):
            raise StartError(
                f"The list of erasures {self.path} cannot be read. Put the file back from where "
                "you keep its copy. If there is none, move it away: then whoever was erased since "
                "a backup was made comes back with that backup."
            ) from None
        # A ring that never made the key of the marks is another one; looking makes none.
        if entries and not (self._keys.marks_erasures and check == self._check()):
            raise StartError(
                f"The list of erasures {self.path} does not fit the key ring. Put both back from "
                "the newest copy that you keep of them."
            )
        return entries

    def marks(self, blinds: Iterable[bytes]) -> frozenset[bytes]:
        """What stands in the ledger for an account's blinds. Raises `NotDurable`."""
        return frozenset(map(self._keys.erasure_mark, blinds))

    def add(self, group_id: bytes, blinds: Iterable[bytes], day: date) -> Erasure:
        """Write an entry before anything is erased. Raises `NotDurable`."""
        entry = Erasure(new_id(), group_id, day, self.marks(blinds))
        self._write([*self._known(), entry])
        return entry

    def knows(self, entry: Erasure) -> bool:
        """Whether an entry before this one is about the same account."""
        return any(entry.marks <= known.marks and known.id != entry.id for known in self._known())

    def drop(self, entry: Erasure) -> None:
        """Take an entry back: nothing was erased. Raises `NotDurable`."""
        self._write([known for known in self._known() if known.id != entry.id])

    def _known(self) -> list[Erasure]:
        try:
            return self.all()
        except StartError:
            raise NotDurable("the list of erasures cannot be read") from None

    def _write(self, entries: Iterable[Erasure]) -> None:
        erasures = [_as_state(entry) for entry in entries]
        state = {"format": _FORMAT, "check": self._check(), "erasures": erasures}
        try:
            write_ring(self.path, state)
        except OSError:
            raise NotDurable("the list of erasures could not be written") from None

    def _check(self) -> str:
        """Tells another ring's list, whose marks would fit nobody and would seem done."""
        return self._keys.erasure_mark(b"the list of erasures").hex()


def _as_state(entry: Erasure) -> dict[str, Any]:
    return {
        "id": entry.id.hex(),
        "group": entry.group_id.hex(),
        "day": entry.day.isoformat(),
        "marks": sorted(mark.hex() for mark in entry.marks),
    }


def _opened(state: dict[str, Any]) -> Erasure:
    return Erasure(
        bytes.fromhex(state["id"]),
        bytes.fromhex(state["group"]),
        date.fromisoformat(state["day"]),
        frozenset(map(bytes.fromhex, state["marks"])),
    )
