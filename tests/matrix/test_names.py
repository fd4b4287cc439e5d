"""What rooms are called, where two share a name: what is meant for one never goes to another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from adapters.matrix import commands
from adapters.matrix.blueprints import PURPOSE, purpose
from adapters.matrix.client import Client, RoomState
from adapters.matrix.rooms import Rooms
from adapters.matrix.showing import Showing
from bot.model import Group, Room, RoomKind
from bot.texts import default_texts

BOT = "@bot:example.org"
GROUP = Group("matrix", "group")


def room(name: str, made: int) -> RoomState:
    state = RoomState()
    says: list[tuple[str, str, dict[str, Any]]] = [
        ("m.room.create", "", {}),
        ("m.room.member", BOT, {"membership": "join"}),
        ("m.room.name", "", {"name": name}),
        (PURPOSE, "", purpose(GROUP.handle, RoomKind.CIRCLE)),
    ]
    for kind, key, content in says:
        event = {"type": kind, "state_key": key, "sender": BOT, "content": content}
        state.put(event | {"event_id": f"${kind}", "origin_server_ts": made})
    return state


@pytest.fixture
def showing() -> Showing:
    rooms = {
        "!new": room("Evening  Circle", 2),
        "!old": room("evening circle", 1),
        "!wins": room("Small wins", 3),
    }
    client = SimpleNamespace(
        user=BOT, rooms=rooms, members=lambda room_id, *of: rooms[room_id].members(*of)
    )
    return Showing(cast("Client", client), Rooms(cast("Client", client)), default_texts())


def test_rooms_of_one_name_are_numbered_the_oldest_first(showing: Showing) -> None:
    known = showing.known(GROUP)
    assert commands.room("evening circle (1)", known) == Room(GROUP, "!old")
    assert commands.room("Evening Circle (2)", known) == Room(GROUP, "!new")
    assert commands.room("small wins", known) == Room(GROUP, "!wins")


def test_a_name_that_two_rooms_share_stands_for_neither(showing: Showing) -> None:
    assert commands.room("evening circle", showing.known(GROUP)) is None
