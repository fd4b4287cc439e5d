"""What is looked at: every text that some client would show; what cannot be read is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.matrix import waiting
from adapters.matrix.transport import Json, path
from benchmarks.talk import none_too_broad
from bot.detection import Kind
from bot.events import Event, MessageEdited, MessagePosted, MessageUnreadable
from bot.router import Router
from bot.services.leaks.scanning import Hit, Scanning
from tests.matrix.circle import GROUP, MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human

WORDS = "maple street"
FILE = {"url": "mxc://circle.test/nothing", "info": {"mimetype": "image/png"}}
HIDDEN: dict[str, Json] = {
    "an edit": {
        "msgtype": "m.text",
        "body": "* good evening",
        "m.new_content": {"msgtype": "m.text", "body": f"it was in {WORDS}"},
    },
    "other words in the HTML": {
        "msgtype": "m.text",
        "body": "good evening",
        "format": "org.matrix.custom.html",
        "formatted_body": f"good <b>evening</b>, it was in {WORDS}",
    },
    "a caption": {"msgtype": "m.image", "body": f"in {WORDS}", "filename": "a.png", **FILE},
    "a file name": {"msgtype": "m.image", "body": f"in {WORDS}.png", **FILE},
}
POLL = {
    "question": {"body": "Where was it?"},
    "answers": [{"id": "1", "org.matrix.msc1767.text": f"in {WORDS}"}],
}


async def test_nothing_that_is_shown_is_hidden_from_the_scan(
    circle: MatrixCircle, people: People, host: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, Sequence[Hit]] = {}
    offered: set[str] = set()
    look, offer = Scanning.look, Router.offer

    def noted(scanning: Scanning, event: MessagePosted | MessageEdited) -> Sequence[Hit]:
        found[event.id] = look(scanning, event)
        return found[event.id]

    async def heard(router: Router, event: Event) -> None:
        await offer(router, event)
        if isinstance(event, MessageUnreadable):
            offered.add(event.ref.handle)

    monkeypatch.setattr(Scanning, "look", noted)
    monkeypatch.setattr(Router, "offer", heard)
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    # An inbox keeps the way by which events go.
    await circle.restart()
    cora = await people("Cora")
    await circle.let_in(cora)
    room, moderators = circle.room("circle"), circle.room("moderators")
    await circle.core.keywords.take_in(GROUP, WORDS, none_too_broad)

    # given words that stand where only some clients show them
    first = await cora.writes(room, "good evening")
    said = {}
    for how, content in HIDDEN.items():
        edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": first}}
        more = edit if "m.new_content" in content else {}
        said[how] = await cora.sends(room, "m.room.message", {**content, **more})
    poll = {"org.matrix.msc3381.poll.start": POLL}
    said["a poll"] = await cora.sends(room, "org.matrix.msc3381.poll.start", poll)
    # and a message whose key nobody has
    nonsense = {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "none", "ciphertext": "none"}
    to = path("rooms", room, "send", "m.room.encrypted", "locked")
    locked = (await circle.asks(cora.credentials, "PUT", to, nonsense))["event_id"]

    # then all of them are found
    await circle.until(lambda: set(said.values()) <= found.keys() or None)
    for how, event in said.items():
        assert Kind.KEYWORD in {hit.kind for hit in found[event]}, how
    assert not found[first]
    await host.sees("This may be a leak", moderators)
    # and that one was not looked at is told to moderators
    await circle.until(lambda: locked in offered or None)
    await host.writes(moderators, "!status")
    await host.sees("One message today could not be read", await circle.alone(host))
