"""What the bot says: text keys with arguments, buttons, files. Never words.

The words live in `bot/texts/`. An adapter renders a reply in its reader's language.
`to_json` and `from_json` carry a reply through the outbox and a button through a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from bot.model import Account, Group, MessageRef, Room

Value: TypeAlias = "str | int | bool | datetime | timedelta | Account | Room | MessageRef | Text"
"""What a text or a command may be given."""

Args: TypeAlias = "Mapping[str, Value]"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence by its key in `bot/texts/`, with what fills its gaps."""

    key: str
    args: Args = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Text({self.key!r})"


@dataclass(frozen=True, slots=True)
class Button:
    """A command that is pressed instead of typed.

    `label` is a text key. `args` are what the press already answers; where the command still
    needs more, the press opens its form. A `static` button has no row behind it: its id is the
    command's name with its arguments, which are short texts, so it works after any restart and
    with the store gone, and no row says that it was shown.
    `only_for` names the one account whose press counts (others get a sentence).
    """

    label: str
    command: str
    args: Args = field(default_factory=dict)
    static: bool = False
    only_for: Account | None = None

    def __post_init__(self) -> None:
        plain = all(isinstance(value, str) for value in self.args.values())
        if self.static and (self.only_for or not plain):
            raise ValueError("a static button has no row that could remember this")


HELP_NOW: Final = Button("button-help-now", "help now", static=True)
"""On every card that somebody in need may be looking at."""
JOIN: Final = Button("button-join", "join", static=True)


@dataclass(frozen=True, slots=True)
class File:
    """A small text file to keep, such as the member's copy of the ground rules."""

    name: str
    content: str

    def __repr__(self) -> str:
        return "<file>"


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to show: the answer to a command, or a post.

    `lines` follow the first text, one below the other. `lock_line` is the text key that may
    stand on a lock screen; without it adapters show no more than that something is there.
    `lifetime` removes the reply by itself where the platform can.
    """

    key: str
    args: Args = field(default_factory=dict)
    lines: tuple[Text, ...] = ()
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    lock_line: str | None = None
    lifetime: timedelta | None = None

    @property
    def text(self) -> Text:
        """The first text, as one value."""
        return Text(self.key, self.args)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text in reading order."""
        return (self.text, *self.lines)

    def __repr__(self) -> str:
        return f"Reply({self.key!r})"


@dataclass(frozen=True, slots=True)
class Form:
    """A request to fill in what a command still needs.

    `args` are those already known; they may be stored until the form comes back. `filled` is
    shown in its fields to be changed and is stored nowhere.
    """

    command: str
    args: Args = field(default_factory=dict)
    filled: Args = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Form({self.command!r})"


Answer: TypeAlias = "Reply | Form"


def to_json(value: Any) -> Any:
    """Turn a reply, a button, or a text's value into plain JSON types, losing nothing."""
    match value:
        case None | str() | bool() | int():
            return value
        case datetime():
            return {"at": value.isoformat()}
        case timedelta():
            return {"seconds": value.total_seconds()}
        case Account():
            return {"account": [value.platform, value.handle]}
        case Room():
            return {"room": [value.group.platform, value.group.handle, value.handle]}
        case MessageRef():
            return {"message": [*to_json(value.room)["room"], value.handle]}
        case Text():
            return {"text": value.key, "args": _args_to_json(value.args)}
        case Button():
            return {
                "label": value.label,
                "command": value.command,
                "args": _args_to_json(value.args),
                "static": value.static,
                "only_for": to_json(value.only_for),
            }
        case File():
            return {"name": value.name, "content": value.content}
        case Reply():
            return {
                "key": value.key,
                "args": _args_to_json(value.args),
                "lines": [to_json(line) for line in value.lines],
                "buttons": [to_json(button) for button in value.buttons],
                "files": [to_json(file) for file in value.files],
                "lock_line": value.lock_line,
                "lifetime": to_json(value.lifetime),
            }
    raise TypeError(f"cannot carry a {type(value).__name__}")


def _args_to_json(args: Args) -> dict[str, Any]:
    return {name: to_json(value) for name, value in args.items()}


def value_from_json(data: Any) -> Any:
    """The reverse of `to_json` for one value of a text or a command."""
    match data:
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"seconds": seconds}:
            return timedelta(seconds=seconds)
        case {"account": [platform, handle]}:
            return Account(platform, handle)
        case {"room": [platform, group, handle]}:
            return Room(Group(platform, group), handle)
        case {"message": [platform, group, room, handle]}:
            return MessageRef(Room(Group(platform, group), room), handle)
        case {"text": key, "args": args}:
            return Text(key, args_from_json(args))
    return data


def args_from_json(data: Mapping[str, Any]) -> dict[str, Value]:
    """The reverse of `to_json` for a mapping of arguments."""
    return {name: value_from_json(value) for name, value in data.items()}


def button_from_json(data: Mapping[str, Any]) -> Button:
    """The reverse of `to_json` for a button."""
    return Button(
        label=data["label"],
        command=data["command"],
        args=args_from_json(data["args"]),
        static=data["static"],
        only_for=value_from_json(data["only_for"]),
    )


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    """The reverse of `to_json` for a reply."""
    return Reply(
        key=data["key"],
        args=args_from_json(data["args"]),
        lines=tuple(value_from_json(line) for line in data["lines"]),
        buttons=tuple(button_from_json(button) for button in data["buttons"]),
        files=tuple(File(**file) for file in data["files"]),
        lock_line=data["lock_line"],
        lifetime=value_from_json(data["lifetime"]),
    )
