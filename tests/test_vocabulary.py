"""What travels: replies through the outbox, what somebody typed into what a command takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import arguments
from bot.cog import Arg, Cog, Context, command
from bot.errors import Refused
from bot.model import Account, Group, MessageRef, Role, Room
from bot.reply import Button, File, Reply, Text, reply_from_json, to_json

words = st.text(max_size=40)
groups = st.builds(Group, words, words)
rooms = st.builds(Room, groups, words)
plain_values = st.one_of(
    words,
    st.integers(),
    st.booleans(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(timedelta(), timedelta(days=4000)).map(lambda t: timedelta(seconds=t.days)),
    st.builds(Account, words, words),
    rooms,
    st.builds(MessageRef, rooms, words),
)
args = st.dictionaries(words, plain_values, max_size=3)
texts = st.builds(Text, words, args)
buttons = st.builds(
    Button, words, words, args, only_for=st.none() | st.builds(Account, words, words)
)
replies = st.builds(
    Reply,
    words,
    st.dictionaries(words, plain_values | texts, max_size=3),
    lines=st.lists(texts, max_size=3).map(tuple),
    buttons=st.lists(buttons, max_size=3).map(tuple),
    files=st.lists(st.builds(File, words, words), max_size=2).map(tuple),
    lock_line=st.none() | words,
    lifetime=st.none() | st.just(timedelta(hours=2)),
)


@pytest.mark.slow
@given(replies)
def test_a_reply_survives_the_outbox_unchanged(reply: Reply) -> None:
    assert reply_from_json(json.loads(json.dumps(to_json(reply)))) == reply


@given(words, words)
def test_nothing_that_could_name_somebody_prints_itself(platform: str, handle: str) -> None:
    account = Account(platform, "handle-" + handle)
    room = Room(Group(platform, "group-" + handle), "room-" + handle)
    message = MessageRef(room, "message-" + handle)
    for value in (account, room, room.group, message):
        assert f"{value} {value!r}" in {f"<{n}> <{n}>" for n in KINDS}


KINDS = ("account", "room", "group", "messageref")


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


class Asks(Cog):
    """Takes one of everything."""

    @command("take", needs=Role.GUEST)
    async def take(
        self,
        ctx: Context,
        text: Annotated[str, Arg("arg-room", max_length=5)],
        number: int,
        flag: bool,
        span: timedelta,
        colour: Colour,
        room: Room,
        maybe: int | None = None,
    ) -> Reply:
        """Take it."""
        return Reply("yes")


[TAKE] = Asks().commands()
ROOM = Room(Group("p", "g"), "r")
GOOD: dict[str, Any] = {
    "text": "hello",
    "number": "5",
    "flag": "yes",
    "span": "1 day, 2 hours and 3 min",
    "colour": "Red",
    "room": ROOM,
}


def test_what_was_typed_becomes_what_the_command_takes() -> None:
    bound, missing = arguments.bind(TAKE, {**GOOD, "unknown": "ignored"})
    assert not missing
    assert bound == {
        "text": "hello",
        "number": 5,
        "flag": True,
        "span": timedelta(days=1, hours=2, minutes=3),
        "colour": Colour.RED,
        "room": ROOM,
        "maybe": None,
    }


def test_what_is_left_out_is_asked_for() -> None:
    _, missing = arguments.bind(TAKE, {"text": "hello", "number": ""})
    assert [each.name for each in missing] == ["number", "flag", "span", "colour", "room"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("text", "longer"),
        ("text", "a\0b"),
        ("text", "\ud800"),
        ("number", "five"),
        ("number", "9" * 500),
        ("flag", "maybe"),
        ("span", "soon"),
        ("span", "-1 day"),
        ("span", "1000000000 days"),
        ("span", "9999999999999999999999 h"),
        ("span", "1 day x"),
        ("colour", "green"),
        ("room", "some room"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(name: str, typed: str) -> None:
    with pytest.raises(Refused):
        arguments.bind(TAKE, {**GOOD, name: typed})


@given(st.text(max_size=60))
def test_any_text_is_a_duration_or_a_refusal(typed: str) -> None:
    try:
        span = arguments.duration(typed)
    except Refused:
        return
    assert timedelta() <= span <= arguments.LONGEST


@given(st.integers(0, 3650), st.integers(0, 23), st.integers(0, 59))
def test_durations_add_up(days: int, hours: int, minutes: int) -> None:
    expected = timedelta(days=days, hours=hours, minutes=minutes)
    if expected > arguments.LONGEST:
        return
    assert arguments.duration(f"{days} days {hours}h {minutes} min") == expected


def test_what_no_form_could_ask_for_is_no_argument() -> None:
    class Lists(Cog):
        @command("list")
        async def list(self, ctx: Context, names: list[str]) -> Reply:
            """Take a list."""
            return Reply("yes")

    with pytest.raises(TypeError, match="names is a list"):
        tuple(Lists().commands())


def test_times_keep_their_zone() -> None:
    at = datetime(2026, 3, 29, 1, 59, tzinfo=UTC)
    assert reply_from_json(to_json(Reply("k", {"at": at}))).args["at"] == at
