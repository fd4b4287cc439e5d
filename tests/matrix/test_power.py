"""Power in rooms of every version, and what is wrong with rooms that others made."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.matrix import blueprints, power
from adapters.matrix.blueprints import Fault
from bot.chat import Right
from bot.model import RoomKind

BOT, HOST, CORA = "@bot:x", "@host:x", "@cora:x"


def state(version: str = "11", *, creator: str = BOT, **events: Any) -> dict[str, Any]:
    made = {"sender": creator, "content": {"room_version": version}}
    members = {user: {"content": {"membership": "join"}} for user in (BOT, HOST, CORA)}
    found: dict[str, Any] = {"m.room.create": {"": made}, "m.room.member": members}
    for kind, content in events.items():
        found[f"m.room.{kind}"] = {"": {"content": content, "sender": creator}}
    return found


def as_state(body: dict[str, Any]) -> dict[str, Any]:
    found = state(body["room_version"], power_levels=body["power_level_content_override"])
    for event in body["initial_state"]:
        found[event["type"]] = {"": {"content": event["content"], "sender": BOT}}
    return found


def made(kind: RoomKind, version: str = "11", **more: Any) -> dict[str, Any]:
    return blueprints.room(
        kind, group="g", name="A room", bot=BOT, admins=[HOST], version=version, **more
    )


@pytest.mark.parametrize("version", ["10", "11", "12"])
def test_who_is_named_as_an_admin(version: str) -> None:
    assert power.admins(as_state(made(RoomKind.MODERATORS, version))) == {BOT, HOST}


@pytest.mark.parametrize("version", ["10", "11", "12", "org.matrix.hydra.11"])
@pytest.mark.parametrize("kind", list(RoomKind))
def test_in_a_room_of_ours_the_bot_has_every_right_and_members_have_none(
    version: str, kind: RoomKind
) -> None:
    room = as_state(made(kind, version))
    assert power.rights(room, BOT) == frozenset(Right)
    least = {Right.READ, Right.POST}
    if kind is RoomKind.MODERATORS:
        # Who is in the moderators' room moderates; letting in others is for admins.
        assert power.power(room, CORA) == power.MODERATES
        assert power.needed(room, "invite") == 100
    else:
        assert power.rights(room, CORA) == least
    assert power.power(room, HOST) == power.ADMINISTERS
    assert blueprints.faults(kind, room) == []


def test_creators_stand_above_all_levels_from_version_12_on() -> None:
    levels = {"users": {HOST: 100}}
    assert power.power(state("12", power_levels=levels), BOT) == power.CREATOR
    assert power.power(state("11", power_levels=levels), BOT) == 0
    more = state("12", power_levels=levels)
    more["m.room.create"][""]["content"]["additional_creators"] = [CORA, 7]
    assert power.power(more, CORA) == power.CREATOR
    assert power.power(more, HOST) == 100


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({}, {Right.READ, Right.POST}),
        ({"users": {BOT: 50}}, set(Right)),
        ({"users": {BOT: "50"}}, set(Right)),
        ({"users_default": 50}, set(Right)),
        ({"users": {BOT: 50}, "redact": 51}, {Right.READ, Right.POST, Right.HOLD}),
        (
            {"users": {BOT: 50}, "events": {"m.room.redaction": 99}},
            {Right.READ, Right.POST, Right.HOLD},
        ),
        ({"users": {BOT: 50}, "invite": 75}, {Right.READ, Right.POST, Right.REMOVE}),
        ({"users": {BOT: 49}, "kick": 49, "events_default": 50}, {Right.READ, Right.HOLD}),
        ({"users": {BOT: None}, "users_default": "x"}, {Right.READ, Right.POST}),
        ({"users": [BOT], "events": 3}, {Right.READ, Right.POST}),
    ],
)
def test_rights_follow_the_levels(levels: dict[str, Any], expected: set[Right]) -> None:
    assert power.rights(state(creator=HOST, power_levels=levels), BOT) == expected


def test_outside_a_room_there_are_no_rights_and_without_levels_its_maker_has_all() -> None:
    room = state()
    assert power.rights(room, BOT) == frozenset(Right)
    assert power.power(room, CORA) == 0
    room["m.room.member"][BOT]["content"]["membership"] = "leave"
    assert power.rights(room, BOT) == frozenset()


def test_adopted_rooms_that_leak_are_named_and_can_be_mended() -> None:
    room = state(
        history_visibility={"history_visibility": "world_readable"},
        join_rules={"join_rule": "public"},
        power_levels={"users": {BOT: 100}},
    )
    found = blueprints.faults(RoomKind.CIRCLE, room)
    assert found == [
        Fault.ANYBODY_READS,
        Fault.ANYBODY_JOINS,
        Fault.MEMBERS_INVITE,
        Fault.NOT_ENCRYPTED,
    ]
    assert blueprints.faults(RoomKind.LOBBY, room) == [Fault.ANYBODY_READS]
    for fault in found:
        kind, content = blueprints.mending(fault, room)
        room[kind] = {"": {"content": content}}
    assert blueprints.faults(RoomKind.CIRCLE, room) == []
    assert power.power(room, BOT) == 100
    room["m.room.history_visibility"][""]["content"] = {}
    assert blueprints.faults(RoomKind.CIRCLE, room) == [Fault.HISTORY]


@pytest.mark.parametrize(
    "levels",
    [
        {"users_default": 50, "invite": 50},
        {"state_default": 0, "invite": 50},
        {"invite": 50, "events": {"m.room.join_rules": 0}},
        {"invite": 50, "events": {"m.room.history_visibility": 0}},
    ],
)
def test_a_room_that_every_member_may_open_leaks(levels: dict[str, Any]) -> None:
    room = as_state(made(RoomKind.CIRCLE))
    room["m.room.power_levels"][""]["content"] = {"users": {BOT: 100}, **levels}
    assert blueprints.faults(RoomKind.CIRCLE, room) == [Fault.MEMBERS_INVITE]
    kind, content = blueprints.mending(Fault.MEMBERS_INVITE, room)
    room[kind][""]["content"] = content
    assert blueprints.faults(RoomKind.CIRCLE, room) == []


def test_who_may_knock_is_no_leak_where_people_knock() -> None:
    room = as_state(made(RoomKind.CIRCLE, knock=True))
    assert blueprints.faults(RoomKind.CIRCLE, room, knock=True) == []
    assert blueprints.faults(RoomKind.CIRCLE, room) == [Fault.ANYBODY_JOINS]
