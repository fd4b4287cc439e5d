"""The rights that the bot asks for, and what each role may do in each kind of channel.

https://docs.discord.com/developers/topics/permissions has the names of the rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from discord import Permissions

from bot.model import RoomKind


@dataclass(frozen=True, slots=True)
class Asked:
    """One right, as Discord names it in English, and what the bot needs it for."""

    flag: str
    label: str
    why: str


ASKED: Final = (
    Asked("view_channel", "View Channels", "to see the group's channels"),
    Asked("send_messages", "Send Messages", "to post its cards and the posts without a name"),
    Asked("send_messages_in_threads", "Send Messages in Threads", "the same, in threads"),
    Asked("read_message_history", "Read Message History", "to catch up on what it missed"),
    Asked("manage_messages", "Manage Messages", "to remove messages whose time is over"),
    Asked("manage_threads", "Manage Threads", "the same, in threads that are private or closed"),
    Asked("pin_messages", "Pin Messages", "to pin the mark of the audit for the moderators"),
    Asked("embed_links", "Embed Links", "to show its cards as cards"),
    Asked("attach_files", "Attach Files", "to hand out what is too long for a message"),
    Asked("manage_roles", "Manage Roles", "to let people in by giving them the member role"),
    Asked("manage_channels", "Manage Channels", "to make the channels, during this set-up only"),
    Asked("create_public_threads", "Create Public Threads", "to forbid newcomers to make them"),
    Asked("create_private_threads", "Create Private Threads", "the same"),
)
"""The least that works. A bot can only allow or forbid what it may do itself, hence the last two.
https://docs.discord.com/developers/resources/guild#create-guild-channel"""

SCOPES: Final = (
    ("bot", "the bot joins your server"),
    ("applications.commands", "people can type its commands"),
)

ASKED_FOR: Final = Permissions(**dict.fromkeys([each.flag for each in ASKED], True))
WHILE_RUNNING: Final = ASKED_FOR & ~Permissions(
    manage_channels=True,
    create_public_threads=True,
    create_private_threads=True,
    pin_messages=True,
)
"""What it needs on the server after the set-up. What it may not pin, a moderator is asked to."""
IN_A_CHANNEL: Final = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
    manage_messages=True,
    manage_threads=True,
    embed_links=True,
    attach_files=True,
)
"""What the bot needs in each of the group's channels."""

_READS: Final = Permissions(view_channel=True, read_message_history=True)
_THREADS: Final = Permissions(
    create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
)
_WRITES: Final = Permissions(send_messages=True) | _THREADS
_SEES: Final = Permissions(view_channel=True)
_NOTHING: Final = Permissions.none()


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role is allowed and denied in a channel; the rest stays as it is."""

    allow: Permissions = _NOTHING
    deny: Permissions = _NOTHING


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one channel, for each of the three who matter."""

    everyone: Rule
    member: Rule
    moderator: Rule


_TALKS: Final = Rule(_READS | Permissions(send_messages=True, send_messages_in_threads=True))
_ONLY_READS: Final = Rule(_READS, _WRITES)
_SHUT: Final = Rule(deny=_SEES)

RULES: Final[dict[RoomKind | None, Rules]] = {
    RoomKind.LOBBY: Rules(_ONLY_READS, Rule(), Rule()),
    RoomKind.CIRCLE: Rules(_SHUT, _TALKS, _TALKS),
    RoomKind.MODERATORS: Rules(_SHUT, _SHUT, _TALKS),
    None: Rules(_SHUT, _ONLY_READS, _ONLY_READS),
}
"""Newcomers see the lobby and nothing else of the group; nobody but the bot writes there, or in
the channel with the standing buttons (None)."""


CLOSED: Final = Rules(_SHUT, Rule(_SEES), Rule(_SEES))
"""A channel that is none of the group's and that newcomers are not to see."""


def invite_link(application: int) -> str:
    """The page on which somebody who manages a server lets the bot in, with no right too many."""
    query = {
        "client_id": application,
        "scope": " ".join(name for name, _ in SCOPES),
        "permissions": ASKED_FOR.value,
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def lacking(has: Permissions, wanted: Permissions) -> list[str]:
    """The labels of the wanted rights that are not there."""
    missing = Permissions(wanted.value & ~has.value)
    return [each.label for each in ASKED if getattr(missing, each.flag)]
