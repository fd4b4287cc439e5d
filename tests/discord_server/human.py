"""A person on Discord: joins, writes, runs commands, fills forms, presses buttons, and sees."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.discord_server import channels, contents, guilds, messages, payloads
from tests.discord_server.errors import Refused
from tests.discord_server.gateway import Gateway
from tests.discord_server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FIRST_ANSWER,
    MODAL,
    Interaction,
    Interactions,
)
from tests.discord_server.permissions import Permission, in_channel, sees
from tests.discord_server.state import LOADING, Channel, Guild, Json, Member, Message, Role, User

STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL_OPTION, ROLE_OPTION = 3, 4, 5, 6, 7, 8


class NotThere(AssertionError):
    """What the person wants to use is not on their screen."""


@dataclass(slots=True, eq=False)
class Shown:
    """What a person sees after doing something.

    `failed`: Discord says that the application did not respond, because nothing came in 3 seconds.
    """

    interaction: Interaction
    failed: bool

    @property
    def message(self) -> Message | None:
        """The answer, as it stands now; None where there is none (any more)."""
        original = self.interaction.original
        if original is None or original.id not in self.interaction.channel.messages:
            return None
        return original

    @property
    def text(self) -> str:
        """The words of the answer."""
        return self.message.content if self.message is not None else ""

    @property
    def alone(self) -> bool:
        """Whether nobody else sees the answer."""
        return self.message is not None and self.message.only_for is not None

    @property
    def modal(self) -> Json | None:
        """The form that opened."""
        return self.interaction.modal

    @property
    def choices(self) -> list[str]:
        """What is offered while typing."""
        return [each["name"] for each in self.interaction.choices]


class Human:
    """Somebody with a Discord client. Everything goes by their own rights."""

    def __init__(
        self, gateway: Gateway, interactions: Interactions, user: User, guild: Guild
    ) -> None:
        self.gateway = gateway
        self.interactions = interactions
        self.user = user
        self.guild = guild
        self.patient = False
        """Waits until the answer stands where "thinking" stood."""

    @property
    def member(self) -> Member:
        """This person in the guild."""
        return self.guild.member(self.user.id)

    def joins(self) -> Human:
        """Come into the guild."""
        guilds.join(self.gateway, self.guild, self.user)
        return self

    def leaves(self) -> None:
        """Go."""
        guilds.leave(self.gateway, self.guild, self.user)

    def renames(self, shown: str) -> None:
        """Be called something else, in every guild."""
        self.user.shown = shown
        guilds.tell_member(self.gateway, self.guild, self.member)

    # Reading and writing

    def sees_channel(self, channel: Channel) -> bool:
        """Whether the channel is in the list on the left."""
        place = self.gateway.world.guild_of(channel)
        return sees(place, self.user.id, channel, self.gateway.world.clock.now())

    def sees(self, channel: Channel) -> list[Message]:
        """The messages on the screen, oldest first: the channel's, and what only this one sees."""
        if not self.sees_channel(channel):
            return []
        mine = (None, self.user.id)
        found = [each for each in channel.messages.values() if each.only_for in mine]
        return sorted(found, key=lambda each: each.id)

    def reads(self, channel: Channel) -> list[str]:
        """The words of those messages."""
        return [each.content for each in self.sees(channel)]

    def writes(self, channel: Channel, text: str, *, reply_to: Message | None = None) -> Message:
        """Write a message."""
        body: Json = {"content": text}
        if reply_to is not None:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        return messages.post(self.gateway, channel, self.user, body)

    def forwards(self, message: Message, to: Channel) -> Message:
        """Forward a message: a copy that stays when the first one goes."""
        reference = {
            "type": messages.FORWARD,
            "channel_id": str(message.channel_id),
            "message_id": str(message.id),
        }
        return messages.post(self.gateway, to, self.user, {"message_reference": reference})

    def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        channel = self.gateway.world.channel(message.channel_id)
        messages.edit(self.gateway, channel, message, {"content": text}, self.user)

    def deletes(self, message: Message) -> None:
        """Delete a message."""
        channel = self.gateway.world.channel(message.channel_id)
        messages.delete(self.gateway, channel, message, self.user)

    def pins(self, message: Message) -> None:
        """Pin a message."""
        channel = self.gateway.world.channel(message.channel_id)
        messages.pin(self.gateway, channel, message, self.user, pinned=True)

    def starts_thread(
        self, channel: Channel, name: str, *, origin: Message | None = None, **more: Any
    ) -> Channel:
        """Start a thread, at a message or by itself; in a forum `message={"content": ...}` is its
        first post."""
        body = {"name": name} | more
        return channels.start_thread(self.gateway, channel, self.user, body, origin)

    def renames_thread(self, thread: Channel, name: str) -> None:
        """Give an own thread another title."""
        channels.change(self.gateway, thread, self.user, {"name": name}, None)

    def archives(self, thread: Channel) -> None:
        """Close a thread; who writes in it opens it again."""
        channels.change(self.gateway, thread, self.user, {"archived": True}, None)

    def direct(self) -> Channel:
        """The chat with the bot."""
        return channels.direct(self.gateway, self.user, self.gateway.world.application.bot)

    # What hosts and moderators do

    def makes_channel(self, name: str, **more: Any) -> Channel:
        """Make a channel."""
        return channels.create(self.gateway, self.guild, self.user, {"name": name} | more, None)

    def deletes_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        channels.delete(self.gateway, channel, self.user, None)

    def sets_overwrite(
        self, channel: Channel, target: Role | Member, *, allow: int = 0, deny: int = 0
    ) -> None:
        """Say what a role or a member may do in a channel."""
        number, kind = (target.id, 0) if isinstance(target, Role) else (target.user.id, 1)
        body = {"type": kind, "allow": int(allow), "deny": int(deny)}
        channels.set_overwrite(self.gateway, channel, self.user, number, body, None)

    def makes_role(self, name: str, rights: int = 0) -> Role:
        """Make a role, at the bottom."""
        body = {"name": name, "permissions": int(rights)}
        return guilds.create_role(self.gateway, self.guild, self.user, body, None)

    def changes_role(self, role: Role, **body: Any) -> None:
        """Change a role's `name` or `permissions`."""
        guilds.change_role(self.gateway, self.guild, self.user, role, body, None)

    def adds_automod_rule(self, name: str, *actions: Json, **more: Any) -> None:
        """Add a rule to AutoMod."""
        body = {"name": name, "actions": list(actions)} | more
        guilds.add_automod_rule(self.gateway, self.guild, self.user, body)

    def moves_role(self, role: Role, position: int) -> None:
        """Move a role up or down."""
        move = {"id": role.id, "position": position}
        guilds.move_roles(self.gateway, self.guild, self.user, [move])

    def gives(self, role: Role, member: Member, *, has: bool = True) -> None:
        """Give somebody a role, or take it."""
        guilds.set_role(self.gateway, self.guild, self.user, member, role, has=has)

    def kicks(self, member: Member) -> None:
        """Put somebody out: a member or the bot."""
        guilds.kick(self.gateway, self.guild, self.user, member, None)

    # Asking the bot

    def commands(self, channel: Channel) -> list[Json]:
        """The commands on offer there: the guild's and the application's, as rights allow."""
        now = self.gateway.world.clock.now()
        rights = in_channel(self.guild, self.member, channel, now)
        if Permission.USE_APPLICATION_COMMANDS not in rights:
            return []
        offered = [
            *self.guild.commands.values(),
            *self.gateway.world.application.commands.values(),
        ]
        return [
            each
            for each in offered
            if not int(each["default_member_permissions"] or 0) & ~int(rights)
        ]

    def _command(self, channel: Channel, name: str, kind: int) -> Json:
        for each in self.commands(channel):
            if each["name"] == name and each["type"] == kind:
                return each
        raise NotThere(f"/{name} is not offered")

    async def runs(self, channel: Channel, words: str, **options: Any) -> Shown:
        """Run a slash command: `await cora.runs(room, "group info", topic="sleep")`."""
        data = self._chosen(channel, words, options)
        return await self._does(COMMAND, channel, data)

    async def types(self, channel: Channel, words: str, option: str, so_far: str) -> Shown:
        """Type a part of an option, and see what is offered."""
        data = self._chosen(channel, words, {option: so_far}, focused=option)
        return await self._does(AUTOCOMPLETE, channel, data)

    async def picks(self, name: str, message: Message) -> Shown:
        """Use a command in the menu of a message."""
        channel = self.gateway.world.channel(message.channel_id)
        command = self._command(channel, name, 3)
        if message not in self.sees(channel):
            raise NotThere("the message is not on the screen")
        resolved = {"messages": {str(message.id): payloads.message(message)}}
        data = self._head(command) | {"target_id": str(message.id), "resolved": resolved}
        return await self._does(COMMAND, channel, data)

    def _head(self, command: Json) -> Json:
        kept = {key: command[key] for key in ("id", "name", "type")}
        return kept | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})

    def _chosen(
        self, channel: Channel, words: str, given: dict[str, Any], focused: str | None = None
    ) -> Json:
        first, *rest = words.split()
        command = self._command(channel, first, 1)
        data = self._head(command)
        place, level = data, command
        for word in rest:
            level = next(each for each in level["options"] if each["name"] == word)
            inner: Json = {"name": word, "type": level["type"]}
            place["options"] = [inner]
            place = inner
        declared = {each["name"]: each for each in level.get("options", [])}
        if focused is None:
            lacking = [
                name
                for name, each in declared.items()
                if each.get("required") and name not in given
            ]
            if lacking:
                raise NotThere(f"{lacking} must be given")
        resolved: Json = {}
        place["options"] = [
            self._option(declared[name], value, resolved) | ({"focused": True} if focused else {})
            for name, value in given.items()
        ]
        return data | ({"resolved": resolved} if resolved else {})

    def _option(self, declared: Json, value: Any, resolved: Json) -> Json:
        kind = declared["type"]
        if kind == USER_OPTION:
            member: Member = value
            number = str(member.user.id)
            resolved.setdefault("users", {})[number] = payloads.user(member.user)
            told = payloads.member(member, with_user=False) | {"permissions": "0"}
            shown = {key: each for key, each in told.items() if key not in ("deaf", "mute")}
            resolved.setdefault("members", {})[number] = shown
            value = number
        elif kind == CHANNEL_OPTION:
            channel: Channel = value
            whole = payloads.channel(channel) | {"permissions": "0"}
            kept = ("id", "name", "type", "permissions", "parent_id")
            shown = {key: whole[key] for key in kept}
            resolved.setdefault("channels", {})[str(channel.id)] = shown
            value = str(channel.id)
        elif declared.get("choices"):
            value = next(each["value"] for each in declared["choices"] if value in each.values())
        return {"name": declared["name"], "type": kind, "value": value}

    async def presses(self, message: Message, label: str, values: list[str] | None = None) -> Shown:
        """Press a button by its label, or choose in a select by its name."""
        channel = self.gateway.world.channel(message.channel_id)
        if message not in self.sees(channel):
            raise NotThere("the message is not on the screen")
        for part in contents.every(message.components):
            if label in (part.get("label"), part.get("placeholder"), part.get("custom_id")):
                break
        else:
            raise NotThere(f"no button {label!r}")
        if part.get("disabled") or "custom_id" not in part:
            raise NotThere(f"{label!r} cannot be pressed")
        data: Json = {"custom_id": part["custom_id"], "component_type": part["type"]}
        if values is not None:
            data["values"] = values
        return await self._does(COMPONENT, channel, data, message=message)

    async def fills(self, shown: Shown, *values: Any, **named: Any) -> Shown:
        """Fill the fields of the form that opened, from top to bottom or by name, and send it.

        A value is words; a choice; or the member or channel that is picked. What is left out stays
        as it stood there.
        """
        if shown.modal is None:
            raise NotThere("no form is open")
        given, resolved = iter(values), Json()
        parts = [self._filled(each, given, named, resolved) for each in shown.modal["components"]]
        data: Json = {"custom_id": shown.modal["custom_id"], "components": parts}
        if resolved:
            data["resolved"] = resolved
        before = shown.interaction
        return await self._does(MODAL, before.channel, data, message=before.message, before=before)

    def _filled(self, part: Json, given: Any, named: Json, resolved: Json) -> Json:
        told: Json = {"type": part["type"], "id": part["id"]}
        if "components" in part:
            told["components"] = [
                self._filled(each, given, named, resolved) for each in part["components"]
            ]
        elif "component" in part:
            told["component"] = self._filled(part["component"], given, named, resolved)
        elif part["type"] in contents.SELECTS:
            value = named[part["custom_id"]] if part["custom_id"] in named else next(given, None)
            picked = _picked(part, value)
            if value is not None and part["type"] != contents.STRING_SELECT:
                kind = CHANNEL_OPTION if isinstance(value, Channel) else USER_OPTION
                self._option({"name": "", "type": kind}, value, resolved)
            if part.get("required", True) and not picked:
                raise NotThere("the form cannot be sent like this")
            told |= {"custom_id": part["custom_id"], "values": picked}
        elif part["type"] == contents.TEXT_INPUT:
            standing = part.get("value", "")
            field = part["custom_id"]
            text = str(named.get(field, standing) if named else next(given, standing))
            longest = part.get("max_length") or 4000
            if contents.length(text) > longest or (part.get("required", True) and not text):
                raise NotThere("the form cannot be sent like this")
            told |= {"custom_id": part["custom_id"], "value": text}
        return told

    async def _does(
        self,
        kind: int,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        before: Interaction | None = None,
    ) -> Shown:
        if not self.sees_channel(channel):
            raise Refused(50001)
        made = self.interactions.start(
            kind, self.user, channel, data, message=message, before=before
        )
        clock = self.gateway.world.clock
        if not self.gateway.connected:
            return Shown(made, failed=True)
        # In small steps, because a test may let the time pass meanwhile.
        while clock.now() - made.created <= FIRST_ANSWER:
            try:
                await asyncio.wait_for(made.told.wait(), 0.05)
            except TimeoutError:
                continue
            shown = Shown(made, failed=False)
            if self.patient:
                await self.waits_for(shown)
            return shown
        return Shown(made, failed=True)

    async def waits_for(self, shown: Shown) -> str:
        """The words that take the place of "thinking"."""
        while shown.message is not None and shown.message.flags & LOADING:
            await asyncio.sleep(0.01)
        return shown.text


def _picked(part: Json, value: Any) -> list[str]:
    """What is picked in a select; None leaves what stands there already."""
    if value is None:
        options = [each["value"] for each in part.get("options", []) if each.get("default")]
        return options or [str(each["id"]) for each in part.get("default_values", [])]
    if isinstance(value, Channel):
        if value.type not in part.get("channel_types", [value.type]):
            raise NotThere("this kind of channel is not offered")
        return [str(value.id)]
    if isinstance(value, Member):
        return [str(value.user.id)]
    for each in part.get("options", []):
        if value in (each["value"], each["label"]):
            return [each["value"]]
    raise NotThere(f"{value!r} is not offered")
