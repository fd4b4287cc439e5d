"""Blueprints: how each kind of room is made, and what is wrong with one that others made.

What a room is for stands in it, as a state event of ours. That survives the loss of the database,
comes with the room in one request, and counts only when the bot itself wrote it. It names no
person but in a direct chat, whose members the homeserver shows anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

from adapters.matrix.power import State, content, event, needed, needed_to_send, usual
from bot.model import RoomKind

PURPOSE: Final = "org.circlekeeper.room"
"""The type of the state event; its state key is empty."""
DIRECT: Final = "direct"
"""The kind of a room for the bot and one person."""

_CREATORS_HAVE_ALL: Final = 12
_HISTORY: Final = "m.room.history_visibility"
_JOINING: Final = "m.room.join_rules"
_GUESTS: Final = "m.room.guest_access"
_ENCRYPTION: Final = "m.room.encryption"
_ENCRYPTED: Final = {"algorithm": "m.megolm.v1.aes-sha2"}
_OPENING: Final = ("m.room.power_levels", _HISTORY, _JOINING)
"""Whoever may write one of these can open a room to everybody."""
_ADMINS_ONLY: Final = (
    *("m.room.power_levels", _HISTORY, _JOINING, _GUESTS, _ENCRYPTION, PURPOSE),
    *("m.room.server_acl", "m.room.tombstone"),
)

Json = dict[str, Any]


class Fault(Enum):
    """What keeps a room that the bot did not make from keeping the promises."""

    HISTORY = "history"
    """People read what was written before they came."""
    ANYBODY_READS = "anybody-reads"
    """It can be read without being in it."""
    ANYBODY_JOINS = "anybody-joins"
    """Everybody can join, past the gate."""
    MEMBERS_INVITE = "members-invite"
    """Every member can bring in somebody past the gate, or open the room so that they can."""
    NOT_ENCRYPTED = "not-encrypted"


def purpose(group: str, kind: RoomKind | None, account: str | None = None) -> Json:
    """What the state event says. Without a kind: a direct chat with `account`."""
    if kind is None:
        return {"group": group, "kind": DIRECT, "with": account}
    return {"group": group, "kind": kind.value}


def room(
    kind: RoomKind,
    *,
    group: str,
    name: str,
    bot: str,
    admins: Iterable[str],
    version: str,
    knock: bool = False,
    encrypted: bool = True,
    public: bool = True,
) -> Json:
    """The body for createRoom. `version` is the homeserver's default; see its capabilities.

    A lobby is not encrypted and shows its history, since whoever comes must find the join card
    there; `public` says whether everybody with its address may come in. `knock` is for groups
    without a lobby: people knock at the group's rooms. In the moderators' room everybody has the
    power to moderate: to invite somebody there is to make them a moderator.
    """
    lobby = kind is RoomKind.LOBBY
    joining = "public" if lobby and public else "invite"
    if knock and kind is RoomKind.CIRCLE:
        joining = "knock"
    users = dict.fromkeys(admins, 100)
    return {
        "name": name,
        "room_version": version,
        "preset": "private_chat",
        "visibility": "private",
        "initial_state": _state(
            {
                PURPOSE: purpose(group, kind),
                _JOINING: {"join_rule": joining},
                _HISTORY: {"history_visibility": "shared" if lobby else "joined"},
                _GUESTS: {"guest_access": "forbidden"},
                **({_ENCRYPTION: _ENCRYPTED} if encrypted and not lobby else {}),
            }
        ),
        "power_level_content_override": levels(
            bot=bot,
            version=version,
            users=users,
            users_default=50 if kind is RoomKind.MODERATORS else 0,
            invite=100 if kind is RoomKind.MODERATORS else 50,
        ),
    }


def direct(*, group: str, account: str, bot: str, version: str, encrypted: bool = True) -> Json:
    """The body for createRoom of a chat with one person, in which the bot can take words away."""
    body = {
        "room_version": version,
        "preset": "private_chat",
        "visibility": "private",
        "is_direct": True,
        "invite": [account],
        "initial_state": _state(
            {
                PURPOSE: purpose(group, None, account),
                _JOINING: {"join_rule": "invite"},
                # What stands there when they come in is for them alone.
                _HISTORY: {"history_visibility": "invited"},
                _GUESTS: {"guest_access": "forbidden"},
                **({_ENCRYPTION: _ENCRYPTED} if encrypted else {}),
            }
        ),
        "power_level_content_override": levels(
            bot=bot, version=version, users={}, users_default=0, invite=100, state_default=100
        ),
    }
    return body


def levels(
    *,
    bot: str,
    version: str,
    users: Mapping[str, int],
    users_default: int,
    invite: int,
    state_default: int = 50,
) -> Json:
    """The power levels of a room. From version 12 on its maker must not be listed."""
    listed = dict(users)
    if _is_before_creators(version):
        listed[bot] = 100
    else:
        listed.pop(bot, None)
    return {
        "users": listed,
        "users_default": users_default,
        "events_default": 0,
        "state_default": state_default,
        "ban": 50,
        "kick": 50,
        "redact": 50,
        "invite": invite,
        "events": dict.fromkeys(_ADMINS_ONLY, 100),
        "notifications": {"room": 50},
    }


def faults(kind: RoomKind, state: State, *, knock: bool = False) -> list[Fault]:
    """What is wrong with a room that is to be, or is, one of the group's.

    The lobby stands open on purpose, so only what lets people read it from outside counts there.
    """
    history = content(state, _HISTORY).get("history_visibility", "shared")
    found = [Fault.ANYBODY_READS] if history == "world_readable" else []
    if kind is RoomKind.LOBBY:
        return found
    if history == "shared":
        found.append(Fault.HISTORY)
    joining = content(state, _JOINING).get("join_rule", "invite")
    closed = {"invite", "private", *(("knock",) if knock else ())}
    if joining not in closed:
        found.append(Fault.ANYBODY_JOINS)
    opening = [needed_to_send(state, kind, as_state=True) for kind in _OPENING]
    if needed(state, "invite") < 50 or min(*opening, needed(state, "invite")) <= usual(state):
        found.append(Fault.MEMBERS_INVITE)
    if not event(state, _ENCRYPTION):
        found.append(Fault.NOT_ENCRYPTED)
    return found


def mending(fault: Fault, state: State, *, knock: bool = False) -> tuple[str, Json]:
    """The state event that mends a fault: its type and its content.

    History that could be read before stays readable, and encryption cannot be taken back.
    """
    match fault:
        case Fault.HISTORY | Fault.ANYBODY_READS:
            return _HISTORY, {"history_visibility": "joined"}
        case Fault.ANYBODY_JOINS:
            return _JOINING, {"join_rule": "knock" if knock else "invite"}
        case Fault.MEMBERS_INVITE:
            levels = content(state, "m.room.power_levels")
            events = {**levels.get("events", {}), **dict.fromkeys(_OPENING, 100)}
            invite = 50 if usual(state) < 50 else 100
            return "m.room.power_levels", {**levels, "events": events, "invite": invite}
        case Fault.NOT_ENCRYPTED:
            return _ENCRYPTION, dict(_ENCRYPTED)


def _state(contents: Mapping[str, Json]) -> list[Json]:
    return [
        {"type": kind, "state_key": "", "content": content} for kind, content in contents.items()
    ]


def _is_before_creators(version: str) -> bool:
    if version.startswith("org.matrix.hydra"):
        return False
    return not version.isdecimal() or int(version) < _CREATORS_HAVE_ALL
