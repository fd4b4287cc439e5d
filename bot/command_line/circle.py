"""The real circle as `run` starts it: one store, and every platform that is configured.

A platform's packages take 15 MB and more, and only that of a configured one is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat import Chat
from bot.clock import Clock
from bot.command_line.console import Exit, complain, say
from bot.command_line.home import open_keys, real_home, settled
from bot.settings import Settings
from bot.store import Store
from bot.texts import default_texts
from bot.texts.pack import GroundRules
from bot.wiring import Circle

if TYPE_CHECKING:
    from adapters.discord.client import Shards


async def serve(settings: Settings) -> Exit:
    """Serve until cancelled. Raises `StartError` when no platform can be served."""
    home = real_home(settings)
    keys = await open_keys(home)
    store = await Store.open(home.database, keys)
    settled(home)
    try:
        clock = Clock()
        circle = Circle(store, _chats(settings, clock), clock, GroundRules.default())
        say("Circlekeeper starts. What it cannot do is said here. To stop: Ctrl-C.")
        await circle.run(complain)
    finally:
        await store.close()
    return Exit.FAILED


def _chats(settings: Settings, clock: Clock) -> list[Chat]:
    texts = default_texts()
    chats: list[Chat] = []
    homeserver, user, access = (
        settings.matrix_homeserver,
        settings.matrix_user,
        settings.matrix_token,
    )
    if homeserver and user and access:
        from adapters.matrix.chat import MatrixChat

        chats.append(MatrixChat(homeserver, user, access.get_secret_value(), texts, clock))
    if settings.discord_token is not None:
        from adapters.discord.chat import DiscordChat

        token = settings.discord_token.get_secret_value()
        chats.append(DiscordChat(token, texts, clock, shards=_shards(settings)))
    return chats


def _shards(settings: Settings) -> Shards | None:
    if settings.discord_shards is None:
        return None
    from adapters.discord.client import Shards

    ids, _, count = settings.discord_shards.partition("/")
    return Shards([int(each) for each in ids.split(",")], int(count))
