"""Forms: what a command still needs, asked one thing after another in the chat with one person.

What is known so far stands in the bot's own last question, encrypted like it, so that a form
goes on after any restart and no row says who was asked what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters import rendering
from adapters.matrix import commands, render
from bot import arguments
from bot.cog import Command, Parameter
from bot.model import MessageRef, RoomInfo, RoomKind
from bot.reply import Args, Reply, Text, Value, args_from_json, to_json
from bot.texts import DEFAULT_LANGUAGE, Texts

CHOICE: Final = "choice:"
"""What the id of a value that can be picked starts with; the value follows."""
LEAVE_OUT: Final = "leave-out"
KEEP: Final = "keep"

Json = dict[str, Any]
Say = Callable[[Text], str]


@dataclass(slots=True, repr=False)
class Pending:
    """A form that waits for its next answer."""

    token: str
    """The id behind which the arguments stand that were known from the beginning."""
    command: Command
    given: dict[str, Value] = field(default_factory=dict)
    filled: Args = field(default_factory=dict)
    """What stands in a field already, to be kept or changed."""
    left: list[str] = field(default_factory=list)
    """The names of the arguments that are still to be asked; the first one is."""
    events: list[str] = field(default_factory=list)
    """The questions and answers so far, should they have to be taken away at the end."""
    question: str = ""
    """The event of the question that waits."""

    @classmethod
    def begin(cls, token: str, command: Command, known: Args, filled: Args, asked: str) -> Pending:
        """A form from its beginning; `asked` is the event that asked for it."""
        left = [
            parameter.name
            for parameter in command.parameters
            if parameter.name not in known and parameter.kind is not MessageRef
        ]
        return cls(token, command, {}, filled, left, [asked])

    @classmethod
    def from_json(
        cls, data: Mapping[str, Any], find: Callable[[str], Command | None], question: str
    ) -> Pending | None:
        """The form that stands in a question; None for what makes none."""
        try:
            command = find(data["command"])
            if command is None:
                return None
            return cls(
                str(data["token"]),
                command,
                args_from_json(data["given"]),
                args_from_json(data["filled"]),
                [str(name) for name in data["left"]],
                [str(event) for event in data["events"]],
                question,
            )
        except (KeyError, TypeError, AttributeError):
            return None

    def to_json(self) -> Json:
        """What has to stand in the question."""
        return {
            "token": self.token,
            "command": self.command.name,
            "given": {name: to_json(value) for name, value in self.given.items()},
            "filled": {name: to_json(value) for name, value in self.filled.items()},
            "left": self.left,
            "events": self.events,
        }

    @property
    def parameter(self) -> Parameter:
        """What is asked now."""
        return next(p for p in self.command.parameters if p.name == self.left[0])

    @property
    def fleeting(self) -> bool:
        """Whether what is written here is to leave no trace."""
        return is_fleeting(self.command)

    @property
    def trail(self) -> list[str]:
        """All that was written and asked for it. The last question, which holds what is known so
        far, comes last: taken away in this order, the rest can be found until all is done."""
        return list(dict.fromkeys(each for each in (*self.events, self.question) if each))

    def take(self, word: str, known: commands.Known) -> None:
        """Take an answer to what is asked. Raises `Refused` with what would be right."""
        parameter = self.parameter
        if word == KEEP and parameter.name in self.filled:
            value: Value = self.filled[parameter.name]
        elif word == LEAVE_OUT and not parameter.required:
            self.left.pop(0)
            return
        else:
            value = commands.value(parameter, word, known)
        arguments.convert(parameter, value)
        self.given[parameter.name] = value
        self.left.pop(0)

    def ask(
        self, texts: Texts, rooms: list[RoomInfo], refused: Text | None = None
    ) -> tuple[Reply, list[render.Option]]:
        """The next question, and what can be picked as its answer."""

        language = DEFAULT_LANGUAGE
        (asked,) = [
            each
            for each in rendering.fields(self.command, texts, language)
            if each.name == self.left[0]
        ]
        lines = [Text("matrix-ask", {"label": asked.label})]
        options: list[render.Option] = []
        match asked.kind:
            case rendering.FieldKind.CHOICE:
                options += [render.Option(CHOICE + each, each) for each in asked.choices]
            case rendering.FieldKind.ROOM:
                options += [
                    render.Option(CHOICE + info.room.handle, info.name)
                    for info in sorted(rooms, key=lambda info: info.name)
                    if info.kind is RoomKind.CIRCLE and info.name
                ]
            case rendering.FieldKind.SWITCH:
                options += [
                    render.Option(f"{CHOICE}yes", texts.label("yes", language)),
                    render.Option(f"{CHOICE}no", texts.label("no", language)),
                ]
            case rendering.FieldKind.DURATION:
                lines.append(Text("matrix-ask-duration"))
        kept = self.filled.get(asked.name)
        if kept is not None:
            lines.append(Text("matrix-ask-kept", {"value": kept}))
            options.append(render.Option(CHOICE + KEEP, texts.label("matrix-keep", language)))
        if not asked.required:
            options.append(
                render.Option(CHOICE + LEAVE_OUT, texts.label("matrix-leave-out", DEFAULT_LANGUAGE))
            )
        if refused is not None:
            return Reply(refused.key, refused.args, lines=tuple(lines)), options
        if len(self.events) <= 1:
            about = {"about": Text("value", {"value": self.command.help})}
            return Reply("matrix-ask-first", about, lines=tuple(lines)), options
        return Reply(lines[0].key, lines[0].args, lines=tuple(lines[1:])), options


def is_fleeting(command: Command) -> bool:
    """Whether a command takes words that must leave no trace of who wrote them."""
    return any(parameter.arg.fleeting for parameter in command.parameters)
