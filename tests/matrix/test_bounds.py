"""What anybody can make more of does not grow without end: in memory and on disk."""

from __future__ import annotations

import pytest

from adapters.matrix import chats, crypto, waiting
from adapters.matrix.chats import Chat
from adapters.matrix.client import Client
from adapters.matrix.crypto import Crypto
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json
from adapters.matrix.waiting import Waiting
from tests.adapters.fakes import Shelf

MOST = 20


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def client(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client whose homeserver takes everything, and that keeps little."""
    monkeypatch.setattr(crypto, "_MOST_ASKED", MOST)
    monkeypatch.setattr(waiting, "_MOST_KEYS", MOST)
    monkeypatch.setattr(waiting, "PATIENCE", 0)
    store = await CryptoStore.create(shelf, "@circle:test", "DEVICE")
    made = Client("http://nowhere.test", "token", store)
    made.crypto = Crypto(store, takes_everything)
    return made


async def takes_everything(_method: str, _path: str, _body: Json) -> Json:
    return {}


def unreadable(number: int) -> Json:
    content = {"algorithm": crypto.MEGOLM, "session_id": f"session {number}", "ciphertext": ""}
    return {
        "type": "m.room.encrypted",
        "event_id": f"$event{number}",
        "sender": "@cora:test",
        "content": content,
    }


async def test_of_messages_that_no_key_opens_the_last_are_remembered(
    client: Client, shelf: Shelf
) -> None:
    async def late(_room_id: str, _event: Json) -> None:
        raise AssertionError("no key came")

    waits = Waiting(client, shelf, late)
    for number in range(3 * MOST):
        assert await waits.for_key("!room", unreadable(number)) is None
    await client.crypto.flush()
    last = {f"session {number}" for number in range(2 * MOST, 3 * MOST)}
    requests = {key.removeprefix("crypto request ") for key in await shelf.find("crypto request ")}
    assert requests == last
    assert {key.removeprefix("waiting !room ") for key in await shelf.find("waiting ")} == last


async def test_a_key_is_asked_for_once(shelf: Shelf, client: Client) -> None:
    asked: list[str] = []

    async def notes(_method: str, to: str, _body: Json) -> Json:
        asked.append(to)
        return {}

    client.crypto._request = notes
    for _ in range(3):
        await client.crypto.ask_for_key("!room", unreadable(1))
    assert len(asked) == 1


def test_a_chat_knows_its_last_requests() -> None:
    chat = Chat()
    for number in range(3 * chats._REMEMBERED):
        chat.note(f"$asked{number}", ())
    assert len(chat.answered) == chats._REMEMBERED
    assert f"$asked{3 * chats._REMEMBERED - 1}" in chat.answered
