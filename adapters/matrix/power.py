"""Power: who may do what in a room, computed from its state and nothing else.

nio gives the creators of a version 12 room no power at all, and fails for who is listed; a wrong
answer here would let the gate stand open or the bot promise what it cannot do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.chat import Right

CREATOR: Final = 2**53
"""More than any level that can be written down: what creators have from version 12 on."""
MODERATES: Final = 50
ADMINISTERS: Final = 100

State = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""A room's state events by type, then by state key, each whole, with `sender` and `content`."""

_CREATORS_FROM: Final = 12
_DEFAULTS: Final = {"ban": 50, "kick": 50, "redact": 50, "invite": 0}


def event(state: State, kind: str, key: str = "") -> Mapping[str, Any]:
    """A state event; empty where there is none."""
    return state.get(kind, {}).get(key, {})


def content(state: State, kind: str, key: str = "") -> Mapping[str, Any]:
    """What a state event says; empty where there is none or where it makes no sense."""
    found = event(state, kind, key).get("content")
    return found if isinstance(found, Mapping) else {}


def creators(state: State) -> frozenset[str]:
    """Who stands above all levels. Nobody in rooms before version 12."""
    made = event(state, "m.room.create")
    told = content(state, "m.room.create")
    if _version(told.get("room_version", "1")) < _CREATORS_FROM:
        return frozenset()
    more = told.get("additional_creators", ())
    others = (name for name in more if isinstance(name, str)) if isinstance(more, list) else ()
    return frozenset({str(made.get("sender", "")), *others})


def power(state: State, user: str) -> int:
    """How much power somebody has in a room."""
    if user in creators(state):
        return CREATOR
    if not event(state, "m.room.power_levels"):
        return ADMINISTERS if user == event(state, "m.room.create").get("sender") else 0
    levels = content(state, "m.room.power_levels")
    users = levels.get("users")
    own = users.get(user) if isinstance(users, Mapping) else None
    return _number(levels.get("users_default"), 0) if own is None else _number(own, 0)


def admins(state: State) -> frozenset[str]:
    """Who is named as an admin of a room, whether they are in it or not."""
    users = content(state, "m.room.power_levels").get("users")
    named = users if isinstance(users, Mapping) else {}
    return creators(state) | {user for user in named if power(state, user) >= ADMINISTERS}


def usual(state: State) -> int:
    """How much power everybody has who is not listed."""
    return _number(content(state, "m.room.power_levels").get("users_default"), 0)


def needed(state: State, what: str) -> int:
    """How much it takes to `ban`, `kick`, `redact` (others' messages) or `invite`."""
    return _number(content(state, "m.room.power_levels").get(what), _DEFAULTS[what])


def needed_to_send(state: State, kind: str, *, as_state: bool = False) -> int:
    """How much it takes to send an event of a type."""
    levels = content(state, "m.room.power_levels")
    events = levels.get("events")
    if isinstance(events, Mapping) and kind in events:
        return _number(events[kind], 0)
    if as_state:
        default = 50 if event(state, "m.room.power_levels") else 0
        return _number(levels.get("state_default"), default)
    return _number(levels.get("events_default"), 0)


def rights(state: State, user: str) -> frozenset[Right]:
    """What an account may do in a room that it is in; nothing where it is not in it."""
    if content(state, "m.room.member", user).get("membership") != "join":
        return frozenset()
    has = power(state, user)
    encrypted = bool(event(state, "m.room.encryption"))
    needs = {
        Right.READ: 0,
        Right.POST: needed_to_send(state, "m.room.encrypted" if encrypted else "m.room.message"),
        Right.REMOVE: max(needed(state, "redact"), needed_to_send(state, "m.room.redaction")),
        Right.HOLD: max(needed(state, "kick"), needed(state, "invite")),
    }
    return frozenset(right for right, level in needs.items() if has >= level or right is Right.READ)


def _number(value: object, default: int) -> int:
    # Rooms before version 10 may hold numbers as text.
    try:
        return default if value is None else int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return default


def _version(name: object) -> int:
    if isinstance(name, str) and name.startswith("org.matrix.hydra"):
        return _CREATORS_FROM
    return _number(name, 1)
