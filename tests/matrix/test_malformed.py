"""What makes no sense stops nothing, and leaves none of its text in the log."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.matrix import translate, waiting
from bot.logs import SafeFormatter
from bot.model import Group, Room
from tests.homeserver.server import Homeserver
from tests.matrix.conftest import People
from tests.matrix.following import Listener, Person

CANARY = "CanaryMapleStreet"
ENCRYPTED = "m.room.encrypted"
OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"


@pytest.fixture
async def bot(homeserver: Homeserver) -> AsyncIterator[Listener]:
    made = await Listener.arrives(homeserver)
    yield made
    await made.stops()


def whole_megolm(**changed: Any) -> dict[str, Any]:
    whole = {
        "algorithm": MEGOLM,
        "ciphertext": CANARY,
        "sender_key": CANARY,
        "session_id": CANARY,
        "device_id": CANARY,
    }
    return whole | changed


# Synapse refuses some of what makes no sense, but it cannot look into what is encrypted.
IN_THE_CLEAR: list[tuple[str, dict[str, Any]]] = [
    ("m.poll.start", {"m.poll": CANARY}),
    (ENCRYPTED, {"algorithm": CANARY}),
    (ENCRYPTED, whole_megolm()),
    (ENCRYPTED, whole_megolm(session_id=[CANARY])),
    (ENCRYPTED, whole_megolm(ciphertext={CANARY: 1}, device_id=[CANARY])),
]
INSIDE: list[tuple[str, dict[str, Any]]] = [
    ("m.room.message", {"msgtype": "m.text", "body": [CANARY]}),
    ("m.room.message", {"body": {CANARY: CANARY}}),
    ("m.room.message", {"msgtype": [5], "m.new_content": CANARY}),
    ("m.room.message", {"msgtype": "m.text", "body": "x", "m.mentions": CANARY}),
    ("m.sticker", {"body": [CANARY], "url": 5}),
]
TO_THE_DEVICE: list[tuple[str, dict[str, Any]]] = [
    (ENCRYPTED, {"algorithm": CANARY}),
    (ENCRYPTED, {"algorithm": OLM, "sender_key": CANARY, "ciphertext": CANARY}),
    (ENCRYPTED, {"algorithm": OLM, "sender_key": CANARY, "ciphertext": {"own": {"body": CANARY}}}),
    ("m.room_key_request", {"action": "request", "body": CANARY}),
    ("m.room_key_request", {"action": CANARY}),
    ("m.key.verification.start", {"method": CANARY}),
    ("m.key.verification.key", {"transaction_id": CANARY, "key": CANARY}),
    (CANARY, {CANARY: CANARY}),
]


async def test_what_makes_no_sense_stops_nothing_and_is_not_quoted(
    homeserver: Homeserver,
    bot: Listener,
    people: People,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.1)
    mallory = await people(CANARY)
    plain = Person(homeserver, mallory.credentials)
    clear = await plain.creates(bot)
    private = await mallory.creates()
    await mallory.invites(private, bot.id)
    await bot.asks("POST", f"/v3/rooms/{private}/join", {})
    with caplog.at_level(logging.DEBUG):
        await bot.starts()
        assert bot.client is not None
        device, own = bot.credentials.device_id, bot.client.crypto.identity_keys["curve25519"]
        for number, (kind, content) in enumerate(TO_THE_DEVICE):
            if isinstance(content.get("ciphertext"), dict):
                content = {**content, "ciphertext": {own: {"type": 0, "body": CANARY}}}
            body = {"messages": {bot.id: {device: content}}}
            await plain.asks("PUT", f"/v3/sendToDevice/{kind}/{number}", body)
        unreadable = [await plain.sends(clear, kind, content) for kind, content in IN_THE_CLEAR]
        opened = [await mallory.sends(private, kind, content) for kind, content in INSIDE]
        said = await mallory.writes(private, "and this makes sense")
        await bot.hears([*unreadable, *opened, said])
    assert all(bot.arrival(event).unreadable for event in unreadable[1:])
    assert not any(bot.arrival(event).unreadable for event in opened)
    assert bot.arrival(said).event["content"]["body"] == "and this makes sense"
    room = Room(Group("matrix", "evening"), private)
    for event in [*unreadable, *opened]:
        translate.events(room, bot.arrival(event))
    # nio does quote
    assert any(CANARY in record.getMessage() for record in caplog.records)
    shown = [SafeFormatter().format(record) for record in caplog.records]
    assert not [line for line in shown if CANARY in line]
    await plain.leaves()
