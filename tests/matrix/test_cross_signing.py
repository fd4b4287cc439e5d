"""The bot's identity, against a real homeserver: made once, kept, and never swapped in silence."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.matrix.client import Client
from adapters.matrix.cross_signing import KEY, Identity, OtherIdentity, canonical, is_signed
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json
from bot.errors import StartError
from tests.adapters.fakes import Shelf
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Credentials, Homeserver


class Bot:
    """A signed-in account with a device, and what it keeps."""

    def __init__(self, client: Client, account: Credentials, shelf: Shelf) -> None:
        self.client = client
        self.account = account
        self.shelf = shelf
        self.identity = Identity(client.transport, shelf)
        self.asked = 0

    @classmethod
    async def opens(cls, url: str, account: Credentials, shelf: Shelf | None = None) -> Bot:
        shelf = shelf or Shelf()
        store = await CryptoStore.create(shelf, account.user_id, account.device_id)
        client = Client(url, account.access_token, store)
        await client.crypto.upkeep()
        return cls(client, account, shelf)

    @property
    def who(self) -> tuple[str, str, dict[str, str]]:
        crypto = self.client.crypto
        return self.client.user, crypto.device_id, crypto.identity_keys

    async def prove(self, answer: Json) -> Json:
        self.asked += 1
        return {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.account.user_id},
            "password": self.account.password,
        }

    async def makes(self, *, replace: bool = False) -> bool:
        return await self.identity.make(*self.who, self.prove, replace=replace)

    async def told(self) -> Json:
        """What the homeserver tells anybody about this account."""
        body: Json = {"device_keys": {self.account.user_id: []}}
        return await self.client.transport.request("POST", "/v3/keys/query", body)

    async def master(self) -> str:
        [key] = (await self.told())["master_keys"][self.account.user_id]["keys"].values()
        return str(key)


@pytest.fixture
async def bot(homeserver: Homeserver) -> AsyncIterator[Bot]:
    made = await Bot.opens(homeserver.url, await homeserver.register("bot"))
    yield made
    await made.client.close()


async def test_made_once_without_a_password_and_vouching_for_the_device(bot: Bot) -> None:
    assert await bot.makes()
    assert bot.asked == 0
    # a client follows the chain from the master key to the device
    told, user = await bot.told(), bot.account.user_id
    chain = [
        told["self_signing_keys"][user],
        told["device_keys"][user][bot.account.device_id],
    ]
    for signer, signed in zip([told["master_keys"][user], chain[0]], chain, strict=True):
        assert is_signed(signed, user, _public(signer))
    # and a second run finds it so
    assert not await bot.makes()
    assert await bot.told() == told
    await bot.identity.check(*bot.who)


async def test_cut_off_anywhere_the_next_run_goes_on_with_the_same_identity(
    homeserver: Homeserver, proxy: FaultProxy
) -> None:
    bot = await Bot.opens(proxy.url, await homeserver.register("bot"))
    for on in ("/keys/query", "/device_signing/upload", "/signatures/upload"):
        for after in (False, True):
            with proxy.drops(on=on, after=after), pytest.raises(Exception, match="try-later"):
                await bot.makes()
    kept = json.loads(bot.shelf.values[KEY])
    await bot.makes()
    await bot.identity.check(*bot.who)
    assert json.loads(bot.shelf.values[KEY]) == kept, "no cut led to another identity"
    await bot.client.close()


async def test_without_its_own_identity_the_bot_does_not_start(bot: Bot) -> None:
    with pytest.raises(StartError, match="circlekeeper setup matrix"):
        await bot.identity.check(*bot.who)
    assert "master_keys" not in await bot.told() or not (await bot.told())["master_keys"]


async def test_another_identity_stops_the_bot_and_stays(bot: Bot) -> None:
    # given a bot with an identity
    await bot.makes()
    # when somebody who knows the password sets up another one
    other = Bot(bot.client, bot.account, Shelf())
    with pytest.raises(OtherIdentity):
        await other.makes()
    assert await other.makes(replace=True)
    assert other.asked == 1
    swapped = await bot.master()
    # then the bot stops, says what to do, and replaces nothing by itself
    for attempt in (bot.identity.check(*bot.who), bot.makes()):
        with pytest.raises(OtherIdentity, match="--new-identity"):
            await attempt
    assert await bot.master() == swapped
    # until its host asks for it and proves to be it
    assert await bot.makes(replace=True)
    assert await bot.master() != swapped
    await bot.identity.check(*bot.who)


async def test_a_lost_database_does_not_lead_to_another_identity(bot: Bot) -> None:
    await bot.makes()
    before = await bot.master()
    bot.shelf.values.pop(KEY)
    with pytest.raises(StartError, match="circlekeeper restore"):
        await bot.identity.check(*bot.who)
    with pytest.raises(OtherIdentity):
        await bot.makes()
    assert await bot.master() == before


async def test_a_device_that_lost_its_signature_is_signed_again(
    bot: Bot, homeserver: Homeserver
) -> None:
    await bot.makes()
    # given a new device of the bot's account
    answer = await bot.client.transport.request(
        "POST",
        "/v3/login",
        {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": bot.account.user_id},
            "password": bot.account.password,
        },
    )
    signed_in = replace(
        bot.account, device_id=answer["device_id"], access_token=answer["access_token"]
    )
    new = await Bot.opens(homeserver.url, signed_in, bot.shelf)
    # when it starts
    await new.identity.check(*new.who)
    # then it is vouched for too
    user = bot.account.user_id
    told = await new.told()
    device = told["device_keys"][user][new.account.device_id]
    assert is_signed(device, user, _public(told["self_signing_keys"][user]))
    await new.client.close()


async def test_other_keys_for_the_device_are_never_signed(bot: Bot) -> None:
    await bot.makes()
    user, device, keys = bot.who
    with pytest.raises(StartError, match="other keys"):
        await bot.identity.check(user, device, {**keys, "curve25519": "A" * 43})


def test_canonical_json_as_in_the_specification() -> None:
    # Examples of the specification's appendix "Canonical JSON".
    assert canonical({"one": 1, "two": "Two"}) == b'{"one":1,"two":"Two"}'
    assert canonical({"b": "2", "a": "1"}) == b'{"a":"1","b":"2"}'
    assert canonical({"a": "日本語"}) == '{"a":"日本語"}'.encode()
    assert canonical({"本": 2, "日": 1}) == '{"日":1,"本":2}'.encode()
    assert canonical({"a": "\u65e5"}) == '{"a":"日"}'.encode()
    assert canonical({"a": None}) == b'{"a":null}'


def _public(key: Json) -> Ed25519PublicKey:
    [text] = key["keys"].values()
    return Ed25519PublicKey.from_public_bytes(b64decode(text + "="))
