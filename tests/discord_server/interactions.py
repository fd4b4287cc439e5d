"""Interactions: what a person asks of the bot, and the rules for its answers.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.discord_server import contents, messages, payloads
from tests.discord_server.errors import Refused, invalid
from tests.discord_server.gateway import Gateway
from tests.discord_server.permissions import ALL, in_channel
from tests.discord_server.state import (
    EPHEMERAL,
    LOADING,
    Channel,
    Json,
    Message,
    User,
)

FIRST_ANSWER: Final = timedelta(seconds=3)
TOKEN_LIFE: Final = timedelta(minutes=15)
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, LATER, LATER_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 4, 5, 6, 7, 8, 9
MOST_CHOICES: Final = 25
TITLE_LENGTH: Final = 45
DESCRIPTION_LENGTH: Final = 100
MODAL_PARTS: Final = 5
# What may answer what. A modal cannot answer a modal; choices answer autocomplete alone.
FITTING: Final = {
    COMMAND: (MESSAGE, LATER, OPEN_MODAL),
    COMPONENT: (MESSAGE, LATER, LATER_UPDATE, UPDATE, OPEN_MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL: (MESSAGE, LATER, LATER_UPDATE, UPDATE),
}
ANSWER_TYPES: Final = {1: 20, 2: 23, 3: 23}


@dataclass(slots=True, eq=False)
class Interaction:
    """One press, command, half-typed word or filled form.

    `answered`: the type of the first answer, once there is one. `told`: set then.
    `message`: where the button is. `before`: what opened the form that this one fills.
    """

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    created: datetime
    data: Json
    message: Message | None = None
    before: Interaction | None = None
    answered: int | None = None
    original: Message | None = None
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    followups: list[Message] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def metadata(self) -> Json:
        """What an answer says about who asked: anybody who sees the answer can read it."""
        told: Json = {
            "id": str(self.id),
            "type": self.type,
            "user": payloads.user(self.user),
            "authorizing_integration_owners": {"0": str(self.channel.guild_id or 0)},
        }
        if self.type == COMPONENT and self.message is not None:
            told["interacted_message_id"] = str(self.message.id)
        if self.type == MODAL and self.before is not None:
            told["triggering_interaction_metadata"] = self.before.metadata()
        return told


class Interactions:
    """All interactions there were."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.all: dict[int, Interaction] = {}

    def start(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        before: Interaction | None = None,
    ) -> Interaction:
        """A person does something; the bot hears of it at once, whatever its intents."""
        world = self.gateway.world
        made = Interaction(
            world.next_id(),
            secrets.token_urlsafe(96),
            kind,
            user,
            channel,
            world.clock.now(),
            data,
            message=message,
            before=before,
        )
        self.all[made.id] = made
        self.gateway.tell("INTERACTION_CREATE", self._payload(made), guild=world.guild_of(channel))
        return made

    def _payload(self, made: Interaction) -> Json:
        world = self.gateway.world
        guild = world.guild_of(made.channel)
        now = world.clock.now()
        bot = world.application.bot
        told: Json = {
            "id": str(made.id),
            "application_id": str(world.application.id),
            "type": made.type,
            "data": made.data,
            "channel_id": str(made.channel.id),
            "channel": payloads.channel(made.channel),
            "token": made.token,
            "version": 1,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id if guild else 0)},
            "context": 0 if guild is not None else 1,
            "attachment_size_limit": 10485760,
            "app_permissions": str(int(ALL)),
        }
        if made.message is not None:
            told["message"] = payloads.message(made.message)
        if guild is None:
            return told | {"user": payloads.user(made.user)}
        rights = in_channel(guild, guild.member(made.user.id), made.channel, now)
        bots = in_channel(guild, guild.member(bot.id), made.channel, now)
        return told | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "app_permissions": str(int(bots)),
            "member": payloads.member(guild.member(made.user.id))
            | {"permissions": str(int(rights))},
        }

    # Answers

    def answer(self, number: int, token: str, body: Json) -> Json:
        """The first answer, within 3 seconds. Returns what `with_response` gives."""
        made = self.all.get(number)
        if made is None or made.token != token:
            raise Refused(10062)
        if made.answered is not None:
            raise Refused(40060)
        if self.gateway.world.clock.now() - made.created > FIRST_ANSWER:
            raise Refused(10062)
        kind = int(body["type"])
        if kind not in FITTING[made.type]:
            raise invalid("type", "INTERACTION_APPLICATION_INVALID_TYPE", "Does not fit.")
        if kind in (LATER_UPDATE, UPDATE) and self._source(made) is None:
            raise invalid("type", "INTERACTION_APPLICATION_INVALID_TYPE", "There is no message.")
        self._take(made, kind, body.get("data") or {})
        made.answered = kind
        made.told.set()
        return self._response(made)

    def _source(self, made: Interaction) -> Message | None:
        """The message that an update changes."""
        if made.type == MODAL and made.before is not None:
            return made.before.message
        return made.message

    def _take(self, made: Interaction, kind: int, data: Json) -> None:
        if kind == MESSAGE:
            made.original = self._write(made, data)
        elif kind == LATER:
            made.original = self._loading(made, ephemeral=bool(data.get("flags", 0) & EPHEMERAL))
        elif kind == UPDATE:
            source = self._source(made)
            assert source is not None
            messages.rewrite(self.gateway, made.channel, source, data)
        elif kind == CHOICES:
            if len(data["choices"]) > MOST_CHOICES:
                raise invalid("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer.")
            made.choices = data["choices"]
        elif kind == OPEN_MODAL:
            made.modal = _modal(data)

    def _write(self, made: Interaction, data: Json) -> Message:
        only_for = made.user.id if data.get("flags", 0) & EPHEMERAL else None
        message = messages.post(
            self.gateway,
            made.channel,
            self.gateway.world.application.bot,
            data,
            interaction=made.metadata(),
            only_for=only_for,
        )
        if made.original is None and made.type == COMMAND:
            message.type = ANSWER_TYPES[made.data["type"]]
        return message

    def _loading(self, made: Interaction, *, ephemeral: bool) -> Message:
        """The "thinking" that stands there until the answer comes."""
        world = self.gateway.world
        message = Message(
            world.next_id(),
            made.channel.id,
            world.application.bot,
            "",
            world.clock.now(),
            flags=LOADING | (EPHEMERAL if ephemeral else 0),
            application_id=world.application.id,
            interaction=made.metadata(),
            only_for=made.user.id if ephemeral else None,
        )
        messages.add(self.gateway, made.channel, message)
        return message

    def _response(self, made: Interaction) -> Json:
        told: Json = {"id": str(made.id), "type": made.type}
        if made.channel.guild_id is not None:
            told["guild_id"] = str(made.channel.guild_id)
        told["channel_id"] = str(made.channel.id)
        if made.original is not None:
            told["response_message_id"] = str(made.original.id)
            told["response_message_loading"] = bool(made.original.flags & LOADING)
            told["response_message_ephemeral"] = made.original.only_for is not None
        whole: Json = {"interaction": told}
        source = self._source(made)
        if made.answered == MESSAGE and made.original is not None:
            whole["resource"] = {"type": MESSAGE, "message": payloads.message(made.original)}
        elif made.answered == UPDATE and source is not None:
            whole["resource"] = {"type": UPDATE, "message": payloads.message(source)}
        return whole

    # After the first answer: for 15 minutes, by the token alone

    def by_token(self, token: str) -> Interaction:
        """The interaction of a token that still lives."""
        for made in self.all.values():
            if made.token == token:
                if self.gateway.world.clock.now() - made.created > TOKEN_LIFE:
                    raise Refused(50027)
                if made.answered is None:
                    raise Refused(10015)
                return made
        raise Refused(50027)

    def follow(self, made: Interaction, data: Json) -> Message:
        """One more message. The first after "thinking" takes its place, seen by the same people."""
        first = made.original
        if first is not None and first.flags & LOADING:
            self.rewrite(made, first, data)
            return first
        message = self._write(made, data)
        made.followups.append(message)
        return message

    def find(self, made: Interaction, which: str) -> Message:
        """An own message of this interaction: `@original` or a number."""
        if which == "@original":
            found = made.original or (
                self._source(made) if made.answered in (UPDATE, LATER_UPDATE) else None
            )
        else:
            mine = [each for each in (made.original, *made.followups) if each is not None]
            found = next((each for each in mine if str(each.id) == which), None)
        if found is None or found.id not in made.channel.messages:
            raise Refused(10008)
        return found

    def rewrite(self, made: Interaction, message: Message, data: Json) -> None:
        """Change an own message; "thinking" ends with it."""
        was_loading = bool(message.flags & LOADING)
        messages.rewrite(self.gateway, made.channel, message, data)
        if was_loading:
            message.flags &= ~LOADING
            message.edited = None

    def delete(self, made: Interaction, message: Message) -> None:
        """Take an own message away."""
        messages.forget(self.gateway, made.channel, message)


def _modal(data: Json) -> Json:
    """https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal"""
    if not 1 <= contents.length(data["title"]) <= TITLE_LENGTH:
        raise invalid("data.title", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 45 in length.")
    if not 1 <= len(data["custom_id"]) <= contents.CUSTOM_ID_LENGTH:
        raise invalid(
            "data.custom_id", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."
        )
    if not 1 <= len(data["components"]) <= MODAL_PARTS:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5.")
    for part in contents.every(data["components"]):
        if contents.length(part.get("label") or "") > TITLE_LENGTH:
            raise invalid("data.components", "BASE_TYPE_MAX_LENGTH", "Must be 45 or fewer.")
        if contents.length(part.get("description") or "") > DESCRIPTION_LENGTH:
            raise invalid("data.components", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer.")
    return data | {"components": contents.components(data["components"])}
