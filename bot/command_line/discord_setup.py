"""`setup discord`: from a token to a circle on Discord, by questions. Run again, it goes on."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import adapters.discord.setup as server
from adapters.discord import pasted
from adapters.discord.rights import ASKED, ASKED_FOR, SCOPES, invite_link, lacking
from adapters.discord.setup import Seen, WrongToken
from bot.command_line import answers, env_file, patients
from bot.command_line.answers import step
from bot.command_line.checks import check
from bot.command_line.console import Exit, complain, say
from bot.command_line.discord_rooms import Desk, Given, Rooms
from bot.command_line.home import Home, open_keys, real_home, settled
from bot.command_line.upkeep import alone
from bot.errors import StartError
from bot.settings import PREFIX, SETUP_PREFIX, Settings
from bot.store import Store
from bot.store.memory import StoredMemory

ENV_FILE: Final = Path(".env")
PORTAL: Final = "https://discord.com/developers/applications"
EVERY: Final = timedelta(seconds=3)
"""How often Discord is asked whether the host did what was asked."""
_TOKEN: Final = f"{PREFIX}DISCORD_TOKEN"


def set_up(settings: Settings, given: Given, every: timedelta = EVERY) -> Exit:
    """Ask, do, and check. Gives what `check` gives."""
    home = real_home(settings)
    say("Circlekeeper on Discord. You can stop at any time and run this again: it goes on from")
    say("where it was. In square brackets stands what Enter alone gives.")
    if settings.discord_token is None or not home.exists:
        patients.ask(given=given.patients, on_discord=True)
    with alone(home):
        asyncio.run(_set_up(home, settings, given, every))
    step(6, "Everything looked at once more")
    say()
    return check(as_json=False)


async def _set_up(home: Home, settings: Settings, given: Given, every: timedelta) -> None:
    env_file.make_private(ENV_FILE)
    step(1, "The bot's token")
    token = await _token(settings)
    keys = await open_keys(home)
    store = await Store.open(home.database, keys)
    settled(home)
    try:
        async with server.signed_in(token) as client:
            desk = Desk(client, every)
            step(2, "Two switches")
            await _switches(desk)
            step(3, "Your server")
            seen = await _server(desk, given)
            rooms = Rooms(desk, StoredMemory(store, "discord"), seen.guild.id, given)
            step(4, "Roles and channels")
            await rooms.make()
            step(5, "People")
            await rooms.bring_people()
    finally:
        await store.close()


# The token.


async def _token(settings: Settings) -> str:
    """A token that Discord takes, written into `.env`."""
    given = os.environ.get(f"{SETUP_PREFIX}TOKEN")
    before = settings.discord_token
    if given is None and before is not None:
        token = before.get_secret_value()
        try:
            return await _taken(token)
        except WrongToken:
            say(f"Discord does not take the token in {ENV_FILE} any more.")
    if given is None:
        say(f"Open {PORTAL}")
        say("and make an application with New Application. Then open Bot there, press Reset Token,")
        say("and copy the long line. It works like a password, so send it to nobody.")
    while True:
        token = pasted.token_in(answers.secret("Paste the token here (not shown)", "TOKEN"))
        try:
            if not token and not answers.at_terminal():
                raise answers.Question(
                    "The bot's token: nobody is here to answer. Set "
                    f"{SETUP_PREFIX}TOKEN in the environment."
                )
            if wrong := pasted.what_is_wrong(token):
                raise WrongToken(wrong)
            return await _taken(token)
        except WrongToken as error:
            if given is not None or not answers.at_terminal():
                raise
            complain(str(error))


async def _taken(token: str) -> str:
    async with server.signed_in(token) as client:
        say(f"Discord takes it: the bot is {server.name_of(client)}.")
    env_file.write(ENV_FILE, {_TOKEN: token})
    if os.environ.get(_TOKEN, token) != token:
        complain(f"{_TOKEN} is set in the environment too, and counts more than .env. Take it")
        complain("out there.")
    say(f"The token stands in {ENV_FILE} now, for your eyes only.")
    return token


# The switches and the server: each waited for.


async def _switches(desk: Desk) -> None:
    async def done() -> bool:
        app = await server.application(desk.client)
        off = server.switches_off(app)
        if not off:
            return True
        desk.tells(
            "These are off: " + ", ".join(off) + ".",
            f"Open {PORTAL}/{app.id}/bot",
            "and switch them on under Privileged Gateway Intents, then press Save Changes. The",
            "bot needs the first to notice who joins, and the second to read what is written:",
            "without it, it could watch for no leak. While they are off, Discord closes the",
            "bot's connection with the code 4014.",
            "I am checking, and I will go on by myself.",
        )
        return False

    await desk.until(done)
    say("Both are on: Server Members Intent and Message Content Intent.")


async def _server(desk: Desk, given: Given) -> Seen:
    """The server to set up, with the bot in it and its rights."""
    link = await _link(desk)
    chosen: list[int] = []

    async def invited() -> bool:
        there = await server.servers(desk.client)
        fitting = [
            guild for guild in there if given.server in (None, "", guild.name, str(guild.id))
        ]
        if not fitting:
            desk.tells(
                "Invite the bot to your server. Open this as somebody who manages it, choose the",
                "server, and leave every tick where it is:",
                f"  {link}",
                "It asks for",
                *(f"  {name}: {why}" for name, why in SCOPES),
                *(f"  {each.label}: {each.why}" for each in ASKED),
                "and not for Administrator. I am checking, and I will go on by myself.",
            )
            return False
        if len(fitting) > 1:
            names = ", ".join(guild.name for guild in fitting)
            name = answers.text(f"The bot is in several servers ({names}). Which", "--server", None)
            fitting = [guild for guild in fitting if name in (guild.name, str(guild.id))]
            if not fitting:
                raise StartError("The bot is in no server of that name. Look for a slip in it.")
        chosen.append(fitting[0].id)
        return True

    await desk.until(invited)

    async def allowed() -> bool:
        seen = await server.look(desk.client, chosen[0])
        missing = lacking(seen.me.guild_permissions, ASKED_FOR)
        if missing:
            desk.tells(
                "The bot lacks rights there: " + ", ".join(missing) + ".",
                "Open the link once more, choose the same server, and leave every tick:",
                f"  {link}",
                "or tick them in Server Settings, Roles. I am checking, and I go on by myself.",
            )
        return not missing

    await desk.until(allowed)
    seen = await server.look(desk.client, chosen[0])
    say(f"The bot is in {seen.guild.name}, and has the rights that it needs.")
    if seen.me.guild_permissions.administrator:
        complain("It has Administrator too, which it does not need: it could then read every")
        complain("channel. Take that away in Server Settings, Roles.")
    return seen


async def _link(desk: Desk) -> str:
    app = await server.application(desk.client)
    if app.bot_require_code_grant:
        complain("On the application's page Bot, Requires OAuth2 Code Grant is on. Switch it off,")
        complain("or no invite works.")
    if app.bot_public:
        say("On the application's page Bot, Public Bot is on, so others can add your bot to their")
        say("servers. Switch it off (first set Install Link to None on the page Installation).")
    return invite_link(app.id)
