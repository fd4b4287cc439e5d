"""One request to the stand-in, as the routes get it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.discord_server.gateway import Gateway
from tests.discord_server.state import Channel, Guild, Json, Message, User, World

if TYPE_CHECKING:
    from tests.discord_server.commands import Commands
    from tests.discord_server.interactions import Interactions

Handler = Callable[["Call"], Awaitable[Any]]


@dataclass(slots=True)
class Exchange:
    """A request and its answer, for tests and judges. Bodies are JSON; None: there was none.

    `planted`: the answer is a fault of the test, not the stand-in's.
    """

    method: str
    template: str
    path: str
    query: dict[str, str]
    request: Any
    status: int
    answer: Any
    headers: dict[str, str]
    planted: bool = False


@dataclass(slots=True)
class Call:
    """A request that came through: its ids from the path, its query, its JSON, its files."""

    gateway: Gateway
    interactions: Interactions
    commands: Commands
    ids: dict[str, str]
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    files: dict[int, bytes]

    @property
    def world(self) -> World:
        """Everything there is."""
        return self.gateway.world

    @property
    def bot(self) -> User:
        """Who asks."""
        return self.world.application.bot

    @property
    def guild(self) -> Guild:
        """The guild of the path."""
        return self.world.guild(int(self.ids["guild_id"]))

    @property
    def channel(self) -> Channel:
        """The channel of the path."""
        return self.world.channel(int(self.ids["channel_id"]))

    @property
    def message(self) -> Message:
        """The message of the path."""
        return self.world.message(self.channel, int(self.ids["message_id"]))

    @property
    def user(self) -> User:
        """The account of the path."""
        asked = self.ids["user_id"]
        return self.bot if asked == "@me" else self.world.user(int(asked))

    @property
    def reason(self) -> str | None:
        """What is to stand in the audit log."""
        told = self.headers.get("X-Audit-Log-Reason")
        return unquote(told) if told else None

    @property
    def json(self) -> Json:
        """The body, where the route takes an object; with its files, where they were sent."""
        if not isinstance(self.body, dict):
            return {}
        if not self.files:
            return self.body
        inner = self.body.get("data", self.body)
        with_files = inner | {"files": self.files}
        return self.body | {"data": with_files} if "data" in self.body else with_files


@dataclass(slots=True)
class Created:
    """An answer of 201."""

    body: Json
