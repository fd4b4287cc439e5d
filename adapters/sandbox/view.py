"""What the page shows of a world: each room once, and for each person what only they see."""

from __future__ import annotations

from adapters.sandbox import seed
from adapters.sandbox.world import BOT, Json, World

NEWEST = 150
"""How many messages of a room the page shows."""

_SHOWN = (
    *("id", "n", "author", "text", "buttons", "links", "form", "lock", "at", "edited"),
    *("pinned", "reply_to", "only", "answer_to", "due", "attachments"),
)


def snapshot(world: World, group: str = seed.GROUP) -> Json:
    """Everything that the page needs, as plain JSON."""
    state = world.state
    rooms = [handle for handle, room in state["rooms"].items() if room["group"] == group]
    return {
        "world": state["id"],
        "version": world.version,
        "now": world.now().isoformat(),
        "shift": state["shift"],
        "group": state["groups"][group]["name"],
        "hold": state["groups"][group]["hold"],
        "bot": world.followers > 0,
        "commands": state["commands"],
        "names": {handle: world.name(handle) for handle in (*state["accounts"], BOT)},
        "rooms": {
            room: {
                "name": state["rooms"][room]["name"],
                "kind": state["rooms"][room]["kind"],
                "rights": state["rooms"][room]["rights"],
                "messages": _newest(world, room, None),
            }
            for room in rooms
            if state["rooms"][room]["kind"] != "private"
        },
        "people": [_person(world, group, account, rooms) for account in state["people"][group]],
    }


def _person(world: World, group: str, account: str, rooms: list[str]) -> Json:
    person = world.person(group, account)
    private = f"private:{group}:{account}"
    world.room(private)
    entered = [room for room in rooms if world.may_enter(account, room)]
    shared = [room for room in entered if not room.startswith("private:")]
    return {
        "id": account,
        "name": world.name(account),
        "role": person["role"],
        "held": person["held"],
        "here": person["here"],
        "rooms": shared,
        "private": private,
        "chat": _newest(world, private, account) if person["here"] else [],
        "answers": {room: _newest(world, room, account) for room in shared},
    }


def _newest(world: World, room: str, account: str | None) -> list[Json]:
    """A room's newest messages: everybody's, or those for one person alone.

    A private chat is one person's as a whole.
    """
    found = world.room(room)
    whole = found["kind"] == "private"
    shown = [m for m in found["messages"].values() if whole or m["only"] == account]
    return [_message(message) for message in shown[-NEWEST:]]


def _message(message: Json) -> Json:
    shown = {name: message[name] for name in _SHOWN}
    return shown | {"files": [file["name"] for file in message["files"]]}
