"""A core that is none: it notes what an adapter hands in and answers by a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.cog import Arg, Command, Parameter
from bot.events import Event, Invoked
from bot.model import Role
from bot.reply import Answer, Reply, Text, Value
from bot.texts import Texts

PATIENCE = 30.0
"""Seconds that an event may take through a real library, on a machine with other things to do."""


class PlainTexts(Texts):
    """Says a text by its key and its arguments, so that a test reads what it wrote."""

    def __init__(self) -> None:
        pass

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en",)

    def language(self, asked: str) -> str:
        return "en"

    def has(self, key: str, language: str = "en") -> bool:
        return not key.startswith("arg-")

    def say(
        self,
        text: Text,
        language: str,
        show: Callable[[Value], str | None] | None = None,
    ) -> str:
        words = text.key
        for value in text.args.values():
            if isinstance(value, Text):
                said = self.say(value, language, show)
            else:
                own = show(value) if show else None
                said = str(value) if own is None else own
            words += f" {said}"
        return words


class Shelf:
    """A Memory that outlives the adapter, and that can break."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.broken = False

    def _check(self) -> None:
        if self.broken:
            raise OSError("the store is gone")

    async def get(self, key: str) -> str | None:
        self._check()
        return self.values.get(key)

    async def find(self, start: str) -> Mapping[str, str]:
        self._check()
        return {key: value for key, value in self.values.items() if key.startswith(start)}

    async def put(self, key: str, value: str, lasts: timedelta | None = None) -> None:
        await self.put_many({key: value}, lasts)

    async def put_many(
        self,
        values: dict[str, str],
        lasts: timedelta | None = None,
    ) -> None:
        self._check()
        self.values.update(values)

    async def drop(self, key: str) -> None:
        self._check()
        self.values.pop(key, None)


class Core:
    """An Inbox that records. `answer` says what a command gets; `refuse` may raise on offers."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self.memory = shelf or Shelf()
        self.commands: Sequence[Command] = ()
        self.events: list[Event] = []
        self.asked: list[Invoked] = []
        self.answer: Callable[[Invoked], Answer] = lambda asked: Reply(f"did {asked.command}")
        self.refuse: Callable[[Event], None] = lambda _: None
        self.gate = asyncio.Event()
        self.gate.set()
        self._news = asyncio.Condition()

    async def offer(self, event: Event) -> None:
        await self.gate.wait()
        try:
            self.refuse(event)
        finally:
            await self._tell()
        self.events.append(event)
        await self._tell()

    async def invoke(self, event: Invoked) -> Answer:
        self.asked.append(event)
        await self._tell()
        return self.answer(event)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds for what was handed in."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(condition)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


async def _never(*_: object, **__: object) -> Answer:
    raise AssertionError("the fake core runs no commands")


def command(
    name: str,
    needs: Role = Role.MEMBER,
    *,
    private: bool = True,
    hidden: bool = False,
    help: str = "",
    **parameters: type | tuple[type, Arg],
) -> Command:
    """A declared command, as an adapter sees it. A parameter is a type, or a type and its Arg."""
    return Command(
        name=name,
        help=help or f"What {name} does.",
        needs=needs,
        private=private,
        hidden=hidden,
        at_once=False,
        parameters=tuple(
            Parameter(
                name=each,
                kind=kind[0] if isinstance(kind, tuple) else kind,
                required=True,
                default=None,
                arg=kind[1] if isinstance(kind, tuple) else Arg(f"arg-{each}"),
            )
            for each, kind in parameters.items()
        ),
        run=_never,
    )
