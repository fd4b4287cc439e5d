"""Inbox: what an adapter hands in. Memory: the sealed key-value it may keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.events import Event, Invoked
from bot.reply import Answer

if TYPE_CHECKING:
    from bot.cog import Command


class Memory(Protocol):
    """A small sealed store for one adapter: checkpoints, button tokens, room mappings."""

    async def get(self, key: str) -> str | None:
        """What was put under `key`, or None (also when its time is over)."""

    async def find(self, start: str) -> Mapping[str, str]:
        """Everything whose key begins with `start`, by key. Opens all there is: for a start."""

    async def put(self, key: str, value: str, lasts: timedelta | None = None) -> None:
        """Keep `value` durably under `key`; returns when it is on disk."""

    async def put_many(self, values: dict[str, str], lasts: timedelta | None = None) -> None:
        """`put` for several at once, in one commit."""

    async def drop(self, key: str) -> None:
        """Forget `key`."""


class Inbox(Protocol):
    """The core, as an adapter sees it."""

    @property
    def commands(self) -> Sequence[Command]:
        """Every command that can be asked for, to build slash commands, help and forms from."""

    @property
    def memory(self) -> Memory:
        """This adapter's own sealed key-value."""

    async def offer(self, event: Event) -> None:
        """Hand in an event. Returns when its consequences are durable.

        An adapter offers events of one room in their order and moves its checkpoint only over a
        finished prefix. Raises `NotDurable` when the event must be offered again. Safe to repeat.
        """

    async def invoke(self, event: Invoked) -> Answer:
        """Hand in a command and get what to show the asker, within their private view.

        Never raises: what is refused and what breaks comes back as a `Reply`.
        """
