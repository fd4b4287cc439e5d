"""The homeserver of the tests and its proxy do what the tests on Matrix take for granted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Credentials, Homeserver

WHO = "/_matrix/client/v3/account/whoami"
CREATE = "/_matrix/client/v3/createRoom"


async def ask(url: str, account: Credentials, body: dict[str, Any] | None = None) -> int:
    """The status of an answer."""
    headers = {"Authorization": f"Bearer {account.access_token}"}
    method = "GET" if body is None else "POST"
    timeout = ClientTimeout(total=15)
    async with (
        ClientSession(headers=headers, timeout=timeout) as session,
        session.request(method, url, json=body) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_an_account_outlives_the_homeserver(homeserver: Homeserver, how: str) -> None:
    cora = await homeserver.register("Cora")

    if how == "kill":
        await homeserver.kill()
        with pytest.raises(ClientError):
            await ask(homeserver.url + WHO, cora)
        await homeserver.start()
    else:
        await homeserver.restart()

    assert await ask(homeserver.url + WHO, cora) == 200


async def test_a_paused_homeserver_says_nothing_until_it_goes_on(homeserver: Homeserver) -> None:
    cora = await homeserver.register("Cora")

    homeserver.pause()
    asking = asyncio.ensure_future(ask(homeserver.url + WHO, cora))
    done, _ = await asyncio.wait([asking], timeout=0.5)
    homeserver.resume()

    assert not done
    assert await asking == 200


async def test_only_the_strict_homeserver_limits(
    homeserver: Homeserver, strict_homeserver: Homeserver
) -> None:
    for server, limited in ((homeserver, False), (strict_homeserver, True)):
        cora = await server.register("Cora")
        said = [await ask(server.url + CREATE, cora, {}) for _ in range(15)]
        assert (429 in said) == limited, said


async def test_the_proxy_makes_the_faults_that_it_is_told(
    homeserver: Homeserver, proxy: FaultProxy
) -> None:
    cora = await homeserver.register("Cora")
    url = proxy.url + WHO
    assert await ask(url, cora) == 200

    with proxy.answers(502, on="whoami", times=1) as bad:
        assert [await ask(url, cora), await ask(url, cora)] == [502, 200]
    with proxy.limits(on="whoami"):
        assert await ask(url, cora) == 429
    with proxy.hangs(on="createRoom") as hang:
        asking = asyncio.ensure_future(ask(proxy.url + CREATE, cora, {}))
        await hang.happens()
        assert not asking.done()
    with pytest.raises(ClientError):
        await asking
    with proxy.drops(on="whoami", method="GET"), pytest.raises(ClientError):
        await ask(url, cora)

    assert await ask(url, cora) == 200
    assert bad.met == 1


async def test_a_dropped_answer_is_to_a_request_that_was_done(
    homeserver: Homeserver, proxy: FaultProxy
) -> None:
    cora = await homeserver.register("Cora")

    with proxy.drops(on="logout", after=True), pytest.raises(ClientError):
        await ask(proxy.url + "/_matrix/client/v3/logout", cora, {})

    assert await ask(proxy.url + WHO, cora) == 401
