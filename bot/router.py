"""Router: events to listeners by stage, commands by name. Failures stay where they happen.

Messages pass one after another within their room; presses and commands one after another for
each person, and never behind messages. A lane is first come, first served. What an event
writes is awaited outside the lane, so that the writes of the next message join the same commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot import arguments
from bot.chat import Chat
from bot.clock import Clock
from bot.cog import HALT, Cog, Command, Context, Listener, Stage
from bot.errors import NotDurable, PlatformError, Refused, TryLater
from bot.events import Event, GroupReady, Invoked, MessageEdited, MessagePosted, MessageRemoved
from bot.inbox import Memory
from bot.logs import error_id
from bot.model import Account, Group, MessageRef, Role, Room
from bot.reply import Answer, Args, Form, Reply, Text

logger = logging.getLogger(__name__)

REMEMBERED = 20_000
"""How many event ids are remembered at least: a redelivery comes soon or after a restart, and
what an event stores has a unique key of its own besides."""

_OF_A_ROOM = (MessagePosted, MessageEdited, MessageRemoved)

PATIENCE = 2.0
"""Seconds that a command waits for its group to be ready, just after a start. A platform wants
its first answer within three."""


class Router:
    """Takes what adapters hand in to the cogs that declared an interest.

    `acknowledged` tells members from guests; the platform tells moderators (asked anew at every
    press, so a role that was taken away a second ago does not count). `open_to` tells which
    rooms somebody may name.
    """

    def __init__(
        self,
        cogs: Iterable[Cog],
        chats: Mapping[str, Chat],
        acknowledged: Callable[[Group, Account], bool],
        clock: Clock,
        open_to: Callable[[Room, Role], bool] = lambda _room, _role: True,
    ) -> None:
        self._open_to = open_to
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
        self.on_ready: Callable[[Group], None] = _nothing
        self._seen = Seen()
        self._ready: defaultdict[Group, asyncio.Event] = defaultdict(asyncio.Event)
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
        if not self._seen.begin(key):
            await self._seen.end_of(key)
            return
        try:
            await self._travel(event)
        except BaseException as error:
            # Offered again, it must travel again.
            self._seen.fail(key, error if isinstance(error, NotDurable) else NotDurable())
            raise
        self._seen.finish(key)

    async def gone(self, ref: MessageRef) -> None:
        """The bot itself removed a message: every listener hears of it, on any platform."""
        group = ref.room.group
        event_id = f"gone {ref.room.handle} {ref.handle}"
        await self.offer(MessageRemoved(id=event_id, group=group, at=self._clock.now(), ref=ref))

    async def _travel(self, event: Event) -> None:
        listeners = self._listeners.get(type(event))
        if not listeners:
            return
        ready = self._ready[event.group]
        first = isinstance(event, GroupReady)
        if not first and not ready.is_set():
            # Who is inside is not known yet: the gate would take members for guests.
            await ready.wait()
        if isinstance(event, _OF_A_ROOM):
            lane = event.ref.room
            if not self._lanes.take(lane):
                await self._lanes.turn(lane)
            try:
                writes = await self._hear(listeners, event)
            finally:
                self._lanes.leave(lane)
        else:
            writes = await self._hear(listeners, event)
        if len(writes) == 1:
            # As it is with almost all: on the path of every message a coroutine less counts.
            try:
                await writes[0]
            except Exception as error:
                _judge([error])
        elif writes:
            _judge(await asyncio.gather(*writes, return_exceptions=True))
        if first:
            self.on_ready(event.group)
            ready.set()

    async def _hear(self, listeners: Sequence[Listener], event: Event) -> list[Awaitable[Any]]:
        writes: list[Awaitable[Any]] = []
        for listener in listeners:
            try:
                outcome = listener.hear(event)
                if outcome is not None and listener.waits:
                    outcome = await outcome
            except NotDurable:
                raise
            except TryLater:
                logger.warning("platform failed a listener", extra={"listener": listener.name})
                if isinstance(event, GroupReady) or listener.stage is Stage.GATE:
                    # Halting here would lose the event for all who come after the gate.
                    raise NotDurable from None
                continue
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
        command = self._by_name.get(event.command)
        if command is not None and command.at_once:
            result = await self._answer(event)
            answer.set_result(result)
            return result
        lane = event.group, event.account
        if not self._lanes.take(lane):
            await self._lanes.turn(lane)
        try:
            result = await self._answer(event)
        finally:
            self._lanes.leave(lane)
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
        ready = self._ready[event.group]
        if not ready.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), PATIENCE)
        role = Role.GUEST
        if not command.at_once:
            role = await self._role_for(command, event)
        if role < command.needs:
            guest = role is Role.GUEST and command.needs is Role.MEMBER
            raise Refused("join-first" if guest else "unknown-command")
        bound, missing = arguments.bind(command, event.args)
        if not any(parameter.arg.fleeting for parameter in command.parameters):
            # With words that are kept nowhere, the service refuses, and gives them back.
            self._must_be_open(event.group, role, bound)
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

    def _must_be_open(self, group: Group, role: Role, bound: Mapping[str, Any]) -> None:
        """What is named must be of the asker's group, in a room that the asker can see."""
        for value in bound.values():
            room = value.room if isinstance(value, MessageRef) else value
            if isinstance(room, Room) and (room.group != group or not self._open_to(room, role)):
                if isinstance(value, MessageRef):
                    raise Refused("bad-message", {"name": Text("arg-message")})
                raise Refused("bad-room", {"name": Text("arg-room")})
            if isinstance(value, Account) and value.platform != group.platform:
                raise Refused("bad-account", {"name": Text("arg-account")})

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
    """Turns by name: one at a time within a lane. An empty lane costs a look into a dictionary."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[asyncio.Future[None]] | None] = {}

    def take(self, name: Hashable) -> bool:
        """Take an empty lane; False where somebody is in it, and `turn` waits."""
        taken = len(self._waiting)
        self._waiting.setdefault(name)
        return len(self._waiting) > taken

    async def turn(self, name: Hashable) -> None:
        """Wait behind everybody who is in a lane or came before. Cancelled, it leaves the line."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._waiting[name] = self._waiting[name] or deque()
        line.append(turn)
        try:
            await turn
        except BaseException:
            if not turn.cancelled():
                self.leave(name)
            raise

    def leave(self, name: Hashable) -> None:
        """The next one in line has the lane; nobody there, it is gone."""
        line = self._waiting.pop(name)
        while line:
            turn = line.popleft()
            if not turn.done():
                self._waiting[name] = line
                turn.set_result(None)
                return


class Seen:
    """The ids of events that travel now, and of those that did not long ago."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Future[None] | None] = {}
        self._recent: set[str] = set()
        self._before: set[str] = set()

    def begin(self, key: str) -> bool:
        """Note an event that sets out; False when it did before."""
        if key in self._under_way or key in self._recent or key in self._before:
            return False
        self._under_way[key] = None
        return True

    async def end_of(self, key: str) -> None:
        """Wait until the first of its kind has arrived. Raises what stopped it."""
        if key not in self._under_way:
            return
        end = self._under_way[key]
        if end is None:
            end = self._under_way[key] = asyncio.get_running_loop().create_future()
        await asyncio.shield(end)

    def finish(self, key: str) -> None:
        """It arrived, and its like does nothing from now on."""
        end = self._under_way.pop(key)
        if end is not None:
            end.set_result(None)
        self._recent.add(key)
        if len(self._recent) >= REMEMBERED:
            # By halves: dropping one for each that comes would cost every message.
            self._before, self._recent = self._recent, set()

    def fail(self, key: str, error: NotDurable) -> None:
        """It did not arrive: its like sets out again."""
        end = self._under_way.pop(key)
        if end is not None:
            end.set_exception(error)
            end.exception()


def _judge(outcomes: Iterable[Any]) -> None:
    """A bug in a write is contained; what is not on disk is offered again."""
    lost: BaseException | None = None
    for outcome in outcomes:
        if isinstance(outcome, NotDurable | TryLater | asyncio.CancelledError):
            lost = outcome
        elif isinstance(outcome, BaseException):
            logger.error("a listener's write failed", exc_info=outcome)
    if lost is not None:
        raise NotDurable from None


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


def _nothing(_: Group) -> None:
    """Nobody wants to hear that a group is ready."""


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
