"""How a feature is declared: a cog, its commands, and what it listens to.

    class Ephemeral(Cog):
        @command("let go", needs=Role.MEMBER)
        async def let_go(self, ctx: Context, message: MessageRef) -> Reply:
            \"\"\"Take a message of yours back now.\"\"\"

        @listens(MessagePosted, stage=Stage.RETENTION)
        async def keep_time(self, event: MessagePosted) -> Outcome: ...

A command's arguments come from its signature, its help from its docstring.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from types import MethodType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from bot.events import Event
from bot.model import Account, Group, MessageRef, Role, Room
from bot.reply import Answer


class Stage(IntEnum):
    """The order in which listeners see an event. Stages, not priorities.

    With `GroupReady` it is the order of loading: whoever waits behind GATE finds the group's rooms
    and who acknowledged; in CRISIS neither is known yet.
    """

    CRISIS = 0
    """First, even for someone who has not acknowledged: a gate never swallows a call for help."""
    GATE = 1
    """May halt. An exception here halts too."""
    LEAKS = 2
    RETENTION = 3
    AFTER = 4


class Halt(Enum):
    """What a GATE listener returns when the event goes no further."""

    HALT = "halt"


HALT: Final = Halt.HALT

Outcome: TypeAlias = "Halt | Awaitable[Any] | None"
"""What a listener gives back: nothing, HALT (gate only), or what must be durable first.

A listener starts its writes and returns them; the router waits for them outside the room's lane,
so that the next message's writes join the same commit.
"""


@dataclass(frozen=True, slots=True)
class Arg:
    """How an argument is asked for. `help` is a text key."""

    help: str
    long: bool = False
    """A paragraph instead of a word or a line."""
    max_length: int | None = None
    """Longest text the field takes, in characters as the platform counts them."""
    fleeting: bool = False
    """Never stored on its way in, like the words of an anonymous post: a form shows it again."""
    choices: tuple[str, ...] = ()
    """What may be given, where only some words may."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command."""

    name: str
    kind: type
    """str, int, bool, timedelta, Account, Room, MessageRef, or an Enum."""
    required: bool
    default: Any
    arg: Arg

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of an Enum argument, or those declared; empty where anything may be given."""
        if self.arg.choices:
            return self.arg.choices
        if issubclass(self.kind, Enum):
            return tuple(str(option.value) for option in self.kind)
        return ()


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, where, and as what. Handed to every command."""

    id: str
    account: Account
    group: Group
    role: Role
    room: Room | None
    language: str
    at: datetime
    private: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A declared command, bound to its cog. Adapters build their own forms from it."""

    name: str
    help: str
    """One sentence, from the docstring's first line."""
    needs: Role
    private: bool
    """What is typed may identify the asker: never show input or answer in a room."""
    hidden: bool
    """Reached by a button, not listed in help."""
    at_once: bool
    """Answers from memory alone: waits for nothing else that its asker pressed, asks no role."""
    parameters: tuple[Parameter, ...]
    run: Callable[..., Awaitable[Answer]]

    @property
    def on_message(self) -> Parameter | None:
        """The argument that is a message, where this command acts on one."""
        return next((p for p in self.parameters if p.kind is MessageRef), None)


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound listener."""

    event: type[Event]
    stage: Stage
    name: str
    hear: Callable[[Any], Any]
    """Gives an `Outcome`, or with `waits` an awaitable of one or None."""
    waits: bool
    """Whether the event waits for it. One that only starts writes needs none of that, and each
    costs time."""


@dataclass(frozen=True, slots=True)
class _CommandMark:
    name: str
    needs: Role
    private: bool
    hidden: bool
    at_once: bool


_Asked = TypeVar("_Asked", bound=Callable[..., Awaitable[Answer]])
_Hearing = TypeVar("_Hearing", bound=Callable[..., Outcome])

PLAIN_KINDS: Final = (str, int, bool, timedelta, Account, Room, MessageRef)


def command(
    name: str,
    *,
    needs: Role = Role.MEMBER,
    private: bool = True,
    hidden: bool = False,
    at_once: bool = False,
) -> Callable[[_Asked], _Asked]:
    """Declare a cog method as a command. A space in the name makes a group ("case open")."""

    def mark(method: _Asked) -> _Asked:
        method.__command__ = _CommandMark(name, needs, private, hidden, at_once)  # type: ignore[attr-defined]
        return method

    return mark


def listens(
    event: type[Event], *, stage: Stage = Stage.AFTER, waits: bool = False
) -> Callable[[_Hearing], _Hearing]:
    """Declare a cog method as a listener to one kind of event, at one stage.

    It may be `async` or plain; it gives an `Outcome`. With `waits` a plain one gives an awaitable
    of an `Outcome`, or None at once.
    """

    def mark(method: _Hearing) -> _Hearing:
        is_async = inspect.iscoroutinefunction(method)
        others = getattr(method, "__listens__", ())
        method.__listens__ = (*others, (event, stage, waits or is_async))  # type: ignore[attr-defined]
        return method

    return mark


class Cog:
    """A feature: commands that members and moderators run, and what it listens to.

    A cog says; a service decides. `start` runs once before events flow.
    """

    _declared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        # In the order of the source: help lists commands as their author wrote them.
        cls._declared = tuple(
            name
            for base in reversed(cls.__mro__)
            for name, attribute in vars(base).items()
            if hasattr(attribute, "__command__") or hasattr(attribute, "__listens__")
        )

    async def start(self) -> None:
        """Load what must be in memory before the first event."""

    def commands(self) -> Iterator[Command]:
        """The commands declared on this cog."""
        for method in self._methods():
            mark = getattr(method, "__command__", None)
            if mark is not None:
                yield Command(
                    name=mark.name,
                    help=(inspect.getdoc(method) or "").split("\n", 1)[0],
                    needs=mark.needs,
                    private=mark.private,
                    hidden=mark.hidden,
                    at_once=mark.at_once,
                    parameters=_parameters(method.__func__),
                    run=method,
                )

    def listeners(self) -> Iterator[Listener]:
        """The listeners declared on this cog."""
        for method in self._methods():
            for event, stage, waits in getattr(method, "__listens__", ()):
                name = f"{type(self).__name__}.{method.__name__}"
                yield Listener(event, stage, name, method, waits)

    def _methods(self) -> Iterator[MethodType]:
        for name in self._declared:
            yield getattr(self, name)


@functools.cache
def _parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    return tuple(_read_parameters(function))


def _read_parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    # The first two are the cog itself and who asked.
    for parameter in list(inspect.signature(function).parameters.values())[2:]:
        hint = hints[parameter.name]
        arg = Arg(f"arg-{parameter.name.replace('_', '-')}")
        if get_origin(hint) is Annotated:
            hint, *extras = get_args(hint)
            arg = next((extra for extra in extras if isinstance(extra, Arg)), arg)
        kind = hint
        if get_origin(hint) in (Union, UnionType):
            # What may be left out: its kind or None.
            kind = next(each for each in get_args(hint) if each is not type(None))
        if kind not in PLAIN_KINDS and not (isinstance(kind, type) and issubclass(kind, Enum)):
            kinds = ", ".join(each.__name__ for each in PLAIN_KINDS)
            raise TypeError(
                f"{function.__qualname__}: {parameter.name} is a {hint}; a command takes {kinds} "
                "or an Enum"
            )
        required = parameter.default is inspect.Parameter.empty
        yield Parameter(
            name=parameter.name,
            kind=kind,
            required=required,
            default=None if required else parameter.default,
            arg=arg,
        )
