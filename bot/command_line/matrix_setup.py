"""`setup matrix`: from nothing to a circle on Matrix, by questions. Run again, it goes on."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from adapters.matrix import discovery, setup
from adapters.matrix.cross_signing import OtherIdentity
from adapters.matrix.setup import PatientTransport, SignedIn
from adapters.matrix.transport import Json
from bot.command_line import answers, env_file, patients
from bot.command_line.answers import step
from bot.command_line.checks import check
from bot.command_line.console import Exit, complain, say
from bot.command_line.home import Home, open_keys, real_home, settled
from bot.command_line.matrix_rooms import Given, Rooms
from bot.command_line.upkeep import alone
from bot.errors import PlatformError, StartError
from bot.inbox import Memory
from bot.settings import PREFIX, SETUP_PREFIX, Settings
from bot.store import Store
from bot.store.memory import StoredMemory

ENV_FILE: Final = Path(".env")
_WORTH_TELLING: Final = timedelta(seconds=3)


def set_up(settings: Settings, given: Given) -> Exit:
    """Ask, do, and check. Gives what `check` gives."""
    home = real_home(settings)
    say("Circlekeeper on Matrix. You can stop at any time and run this again: it goes on from")
    say("where it was. In square brackets stands what Enter alone gives.")
    if settings.matrix_token is None or not home.exists:
        patients.ask(given=given.patients, on_discord=False)
    with alone(home):
        try:
            asyncio.run(_Setup(home, settings, given).run())
        except PlatformError as error:
            raise StartError(
                f"The homeserver did not do what it was asked ({error.why}). What was done so far "
                "stays. Run this again; if it happens again, ask whoever runs the homeserver."
            ) from None
    step(7, "Everything looked at once more")
    say()
    return check(as_json=False)


class _Setup:
    def __init__(self, home: Home, settings: Settings, given: Given) -> None:
        self._home = home
        self._settings = settings
        self._given = given
        self._password = ""

    async def run(self) -> None:
        env_file.make_private(ENV_FILE)
        step(1, "The homeserver")
        address = await self._homeserver()
        keys = await open_keys(self._home)
        store = await Store.open(self._home.database, keys)
        settled(self._home)
        transport = PatientTransport(address, None, _tell_wait)
        try:
            memory = StoredMemory(store, "matrix")
            step(2, "The bot's account")
            signed_in = await self._account(transport, address, memory)
            step(3, "Encryption")
            signed_in = await self._keys(transport, signed_in, memory)
            rooms = Rooms(transport, signed_in, self._given)
            step(4, "Rooms")
            await rooms.make()
            step(5, "People")
            await rooms.bring_people()
            step(6, "What the homeserver allows")
            await rooms.measure(memory)
            await rooms.show_links()
        finally:
            await transport.close()
            await store.close()

    # Where, and who.

    async def _homeserver(self) -> str:
        given = self._given.homeserver
        while True:
            typed = answers.text(
                "Its name (what stands after the colon in Matrix names) or its address",
                "--homeserver",
                given,
                self._settings.matrix_homeserver,
            )
            try:
                address = await discovery.find(typed)
            except StartError as error:
                if given is not None or not answers.at_terminal():
                    raise
                complain(str(error))
                continue
            say(f"Found: {address}")
            if address.startswith("http://"):
                say("It is not https: what the bot sends can be read on the way there. That is all")
                say("right within one machine, and nowhere else.")
            return address

    async def _account(self, transport: PatientTransport, address: str, memory: Memory) -> SignedIn:
        signed_in = await self._signed_in_before(transport, address)
        if signed_in is None:
            say("Make an account for the bot first, in the same way as you made your own.")
            user = answers.text(
                "Its name, such as @circle:example.org",
                "--user",
                self._given.user,
                self._settings.matrix_user,
            )
            signed_in = await self._sign_in(transport, address, user, memory)
        self._note(signed_in)
        say(f"Signed in as {signed_in.user}. That stands in {ENV_FILE} now, for your eyes only.")
        return signed_in

    def _note(self, signed_in: SignedIn) -> None:
        values = {
            f"{PREFIX}MATRIX_HOMESERVER": signed_in.homeserver,
            f"{PREFIX}MATRIX_USER": signed_in.user,
            f"{PREFIX}MATRIX_TOKEN": signed_in.token,
        }
        env_file.write(ENV_FILE, values)
        for name, value in values.items():
            if os.environ.get(name, value) != value:
                complain(
                    f"{name} is set in the environment too, and counts more than .env. Take it "
                    "out there."
                )

    async def _signed_in_before(self, transport: PatientTransport, address: str) -> SignedIn | None:
        settings, given = self._settings, self._given.user
        if settings.matrix_token is None or settings.matrix_homeserver != address:
            return None
        if given is not None and _local(given) != _local(settings.matrix_user or ""):
            return None
        try:
            token = settings.matrix_token.get_secret_value()
            return await setup.whose(transport, address, token)
        except StartError:
            say("The homeserver does not take the token in .env any more. So sign in again.")
            transport.token = None
            return None

    async def _sign_in(
        self, transport: PatientTransport, address: str, user: str, memory: Memory
    ) -> SignedIn:
        while True:
            if token := os.environ.get(f"{SETUP_PREFIX}TOKEN"):
                return await self._with_token(transport, address, user, token, memory)
            self._password = answers.secret(
                "Its password (not shown; Enter alone: an access token instead)", "PASSWORD"
            )
            if not self._password:
                token = answers.secret("Its access token (not shown)", "TOKEN")
                if not token:
                    raise answers.Question(
                        "Nothing was typed. Run this again, or set "
                        f"{SETUP_PREFIX}PASSWORD or {SETUP_PREFIX}TOKEN in the environment."
                    )
                return await self._with_token(transport, address, user, token, memory)
            try:
                return await self._with_password(transport, address, user, memory)
            except setup.WrongPassword as error:
                if f"{SETUP_PREFIX}PASSWORD" in os.environ or not answers.at_terminal():
                    raise
                complain(str(error))

    async def _with_password(
        self, transport: PatientTransport, address: str, user: str, memory: Memory
    ) -> SignedIn:
        signed_in = await setup.sign_in(transport, address, user, self._password, memory)
        if await setup.has_foreign_keys(transport, signed_in, memory):
            # Ours by its name, and an older database was restored since.
            await setup.another_device(memory)
            transport.token = None
            signed_in = await setup.sign_in(transport, address, user, self._password, memory)
        return signed_in

    async def _with_token(
        self, transport: PatientTransport, address: str, user: str, token: str, memory: Memory
    ) -> SignedIn:
        signed_in = await setup.whose(transport, address, token)
        if _local(signed_in.user) != _local(user):
            raise StartError("That token belongs to another account than the one you named.")
        if await setup.has_foreign_keys(transport, signed_in, memory):
            raise StartError(
                "Another program uses that token, such as Element, or its keys are lost: the bot "
                "needs a sign-in of its own. Use the password, or get another token."
            )
        return signed_in

    # The keys.

    async def _keys(
        self, transport: PatientTransport, signed_in: SignedIn, memory: Memory
    ) -> SignedIn:
        new = self._given.new_identity
        if await setup.has_foreign_keys(transport, signed_in, memory):
            complain("The keys of the bot's device are not in this database. If you have a backup,")
            complain("stop here (Ctrl-C) and restore it: circlekeeper restore. Without one the bot")
            complain("gets a new device, which cannot read what was written before.")
            if not answers.yes("Make a new device?", given=new):
                raise StartError(
                    "Nothing was made. To go on without a backup: circlekeeper setup matrix "
                    "--new-identity"
                )
            await setup.another_device(memory)
            transport.token = None
            signed_in = await self._sign_in(transport, signed_in.homeserver, signed_in.user, memory)
            self._note(signed_in)

        async def prove(answer: Json) -> Json:
            return self._proof(answer, signed_in.user)

        try:
            made = await setup.make_keys(transport, signed_in, memory, prove)
        except OtherIdentity as error:
            if not new:
                complain(str(error))
            if not answers.yes("Give the account a new identity, made by the bot?", given=new):
                raise StartError(
                    "The account keeps the identity it has, which the bot cannot use. To replace "
                    "it: circlekeeper setup matrix --new-identity"
                ) from None
            made = await setup.make_keys(transport, signed_in, memory, prove, new_identity=True)
        say(
            "The bot has an identity of its own now, and it vouches for the bot's device."
            if made
            else "The bot's identity and its device are as it made them."
        )
        return signed_in

    def _proof(self, answer: Json, user: str) -> Json:
        """What the homeserver wants to see before it takes an identity."""
        done = set(answer.get("completed", ()))
        for flow in answer["flows"]:
            if [stage for stage in flow["stages"] if stage not in done] == ["m.login.password"]:
                self._password = self._password or answers.secret(
                    "The account's password once more (not shown)", "PASSWORD"
                )
                return {
                    "type": "m.login.password",
                    "identifier": {"type": "m.id.user", "user": user},
                    "password": self._password,
                }
        told = [each["url"] for each in answer.get("params", {}).values() if "url" in each]
        where = f"Open {told[0]} in a browser" if told else "Open your account's settings there"
        raise StartError(
            "The homeserver wants the account's owner to allow a new identity. "
            f"{where}, signed in as the bot, and allow it. Then run this again with "
            "--new-identity, within ten minutes."
        )


def _local(user: str) -> str:
    return user.strip().removeprefix("@").partition(":")[0]


def _tell_wait(wait: timedelta) -> None:
    if wait > _WORTH_TELLING:
        say(f"The homeserver asks to wait {round(wait.total_seconds())} seconds ...")
