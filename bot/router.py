"""Router: events to listeners by stage, commands by name. Failures stay where they happen.

Messages pass one after another within their room; presses and commands one after another for
each person, and never behind messages. A lane is a lock, and asyncio's locks are first come,
first served. What an event writes is awaited outside the lane, so that the writes of the next
message join the same commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot import arguments
from bot.chat import Chat
from bot.clock import Clock
from bot.cog import HALT, Cog, Command, Context, Listener, Stage
from bot.errors import NotDurable, PlatformError, Refused
from bot.events import Event, GroupReady, Invoked, MessageEdited, MessagePosted, MessageRemoved
from bot.inbox import Memory
from bot.logs import error_id
from bot.model import Account, Group, MessageRef, Role
from bot.reply import Answer, Args, Form, Reply

logger = logging.getLogger(__name__)

REMEMBERED = 20_000
"""How many event ids are remembered: a redelivery comes soon or after a restart, and what an
event stores has a unique key of its own besides."""

PATIENCE = 2.0
"""Seconds that a command waits for its group to be ready, just after a start. A platform wants
its first answer within three."""


class Router:
    """Takes what adapters hand in to the cogs that declared an interest.

    `acknowledged` tells members from guests; the platform tells moderators (asked anew at every
    press, so a role that was taken away a second ago does not count).
    """

    def __init__(
        self,
        cogs: Iterable[Cog],
        chats: Mapping[str, Chat],
        acknowledged: Callable[[Group, Account], bool],
        clock: Clock,
    ) -> None:
        self._cogs = tuple(cogs)
        self._chats = chats
        self._acknowledged = acknowledged
        self._clock = clock
        self.commands: Sequence[Command] = tuple(c for cog in self._cogs for c in cog.commands())
        self._by_name = {command.name: command for command in self.commands}
        if len(self._by_name) != len(self.commands):
            raise ValueError("two commands share a name")
        listeners = sorted((x for cog in self._cogs for x in cog.listeners()), key=_stage)
        self._listeners: dict[type[Event], list[Listener]] = {}
        for listener in listeners:
            self._listeners.setdefault(listener.event, []).append(listener)
        self._lanes = Lanes()
        self._seen: OrderedDict[str, asyncio.Future[None] | None] = OrderedDict()
        self._ready: dict[Group, asyncio.Event] = {}
        self._answers: OrderedDict[str, asyncio.Future[Answer]] = OrderedDict()

    async def start(self) -> None:
        """Let every cog load what it needs before the first event."""
        for cog in self._cogs:
            await cog.start()

    async def offer(self, event: Event) -> None:
        """Take an event to its listeners; returns when what they wrote is durable.

        The same event again waits for the first and does nothing. Raises `NotDurable`.
        """
        key = f"{event.group.platform} {event.id}"
        if key in self._seen:
            first = self._seen[key]
            if first is not None:
                await asyncio.shield(first)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._seen[key] = done
        if len(self._seen) > REMEMBERED:
            self._forget_oldest()
        try:
            await self._travel(event)
        except BaseException as error:
            # Offered again, it must travel again.
            del self._seen[key]
            done.set_exception(error if isinstance(error, NotDurable) else NotDurable())
            done.exception()
            raise
        self._seen[key] = None
        done.set_result(None)

    async def gone(self, ref: MessageRef) -> None:
        """The bot itself removed a message: every listener hears of it, on any platform."""
        group = ref.room.group
        event_id = f"gone {ref.room.handle} {ref.handle}"
        await self.offer(MessageRemoved(id=event_id, group=group, at=self._clock.now(), ref=ref))

    async def _travel(self, event: Event) -> None:
        listeners = self._listeners.get(type(event))
        if not listeners:
            return
        if not isinstance(event, GroupReady):
            ready = self._ready_event(event.group)
            if not ready.is_set():
                # Who is inside is not known yet: the gate would take members for guests.
                await ready.wait()
        lane = _lane(event)
        if lane is None:
            writes = await self._hear(listeners, event)
        else:
            async with self._lanes.enter(lane):
                writes = await self._hear(listeners, event)
        if len(writes) == 1:
            await writes[0]
        elif writes:
            await asyncio.gather(*writes)
        if isinstance(event, GroupReady):
            self._ready_event(event.group).set()

    def _ready_event(self, group: Group) -> asyncio.Event:
        return self._ready.setdefault(group, asyncio.Event())

    async def _hear(self, listeners: Sequence[Listener], event: Event) -> list[Awaitable[Any]]:
        writes: list[Awaitable[Any]] = []
        for listener in listeners:
            try:
                outcome = await listener.hear(event)
            except NotDurable:
                raise
            except Exception:
                logger.exception("listener failed", extra={"listener": listener.name})
                if isinstance(event, GroupReady):
                    # A group that is only half loaded would stay shut: the adapter offers it again.
                    raise NotDurable from None
                if listener.stage is Stage.GATE:
                    break
                continue
            if outcome is HALT:
                break
            if outcome is not None:
                writes.append(outcome)
        return writes

    def _forget_oldest(self) -> None:
        for key, pending in self._seen.items():
            if pending is None:
                del self._seen[key]
                return

    async def invoke(self, event: Invoked) -> Answer:
        """Run a command and answer the asker. Never raises.

        The same event again (a resumed gateway, a double click that the platform sent twice)
        gets the first one's answer and does nothing.
        """
        key = f"{event.group.platform} {event.id}"
        if key in self._answers:
            return await asyncio.shield(self._answers[key])
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        if len(self._answers) > REMEMBERED // 20:
            self._answers.popitem(last=False)
        async with self._lanes.enter((event.group, event.account)):
            result = await self._answer(event)
        answer.set_result(result)
        return result

    async def _answer(self, event: Invoked) -> Answer:
        try:
            return await self._run(event)
        except Refused as refused:
            return Reply(refused.text.key, refused.text.args)
        except NotDurable:
            return Reply("not-stored")
        except PlatformError as error:
            logger.warning("platform failed a command", extra={"command": event.command})
            return Reply("platform-failed", {"why": error.why})
        except Exception:
            number = error_id()
            logger.exception("command failed", extra={"command": event.command, "error_id": number})
            return Reply("bug", {"number": number})

    async def _run(self, event: Invoked) -> Answer:
        command = self._by_name.get(event.command)
        if command is None:
            raise Refused("unknown-command")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ready_event(event.group).wait(), PATIENCE)
        role = await self._role_for(command, event)
        if role < command.needs:
            guest = role is Role.GUEST and command.needs is Role.MEMBER
            raise Refused("join-first" if guest else "unknown-command")
        bound, missing = arguments.bind(command, event.args)
        if missing:
            return _form(command, event.args)
        context = Context(
            id=event.id,
            account=event.account,
            group=event.group,
            role=role,
            room=event.room,
            language=event.language,
            at=self._clock.now(),
            private=event.private,
        )
        return await command.run(context, **bound)

    async def _role_for(self, command: Command, event: Invoked) -> Role:
        try:
            return await self.role_of(event.group, event.account)
        except Exception:
            # What needs no role (Help now) works whatever else is broken.
            if command.needs is Role.GUEST:
                return Role.GUEST
            raise

    async def role_of(self, group: Group, account: Account) -> Role:
        """What an account may do in a group at this moment.

        The platform tells who is there and who moderates; whether somebody who is there is a
        member or a guest, their acknowledgement tells.
        """
        role = await self._chats[group.platform].role_of(group, account)
        if role is Role.MEMBER and not self._acknowledged(group, account):
            return Role.GUEST
        return role


class Lanes:
    """Locks by name, made when first entered and dropped when nobody is in or waiting."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane] = {}

    def enter(self, name: Hashable) -> _Lane:
        """The lane of that name, to be entered with `async with` at once."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(self._lanes, name)
        lane.inside += 1
        return lane


class _Lane:
    __slots__ = ("_lanes", "_lock", "_name", "inside")

    def __init__(self, lanes: dict[Hashable, _Lane], name: Hashable) -> None:
        self._lanes = lanes
        self._name = name
        self._lock = asyncio.Lock()
        self.inside = 0

    async def __aenter__(self) -> None:
        try:
            await self._lock.acquire()
        except BaseException:
            self._left()
            raise

    async def __aexit__(self, *error: object) -> None:
        self._lock.release()
        self._left()

    def _left(self) -> None:
        self.inside -= 1
        if self.inside == 0:
            del self._lanes[self._name]


class PlatformInbox:
    """The router as one platform's adapter sees it."""

    def __init__(self, router: Router, memory: Memory) -> None:
        self._router = router
        self.memory = memory
        self.offer = router.offer
        self.invoke = router.invoke

    @property
    def commands(self) -> Sequence[Command]:
        """Every command that can be asked for."""
        return self._router.commands


def _form(command: Command, given: Args) -> Form:
    """Ask for what is missing. What must not be stored is asked for again, with what was given."""
    fleeting = {each.name for each in command.parameters if each.arg.fleeting}
    return Form(
        command.name,
        {name: value for name, value in given.items() if name not in fleeting},
        {name: value for name, value in given.items() if name in fleeting},
    )


def _stage(listener: Listener) -> Stage:
    return listener.stage


def _lane(event: Event) -> Hashable | None:
    if isinstance(event, (MessagePosted, MessageEdited, MessageRemoved)):
        return event.ref.room
    return None
