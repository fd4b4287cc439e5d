"""A whole circle as the homeserver sees it: what the bot asks for, and what it never does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.outbox import Job, Outbox
from bot.services import holding
from bot.store import Connection
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human

SHOWN_TO_OTHERS = re.compile(r"/(receipt|read_markers|typing|presence)/|m\.fully_read")
FIRST = "1\ufe0f\u20e3"


async def test_a_circle_from_the_door_over_a_restart_to_an_open_room(
    homeserver: Homeserver,
    proxy: FaultProxy,
    tmp_path: Path,
    host: Human,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    purposes: list[str] = []
    put = Outbox.put

    async def noted(outbox: Outbox, conn: Connection, job: Job, **told: Any) -> None:
        purposes.append(told["purpose"])
        await put(outbox, conn, job, **told)

    monkeypatch.setattr(Outbox, "put", noted)
    circle = await MatrixCircle.start(tmp_path, homeserver, host, url=proxy.url)
    try:
        cora, wren = await people("Cora"), await people("Wren")
        await circle.let_in(cora)
        await wren.joins(circle.room("lobby"))
        chat = await circle.alone(wren)
        await wren.writes(chat, "join")
        shown = await wren.sees("The rules to start with", chat)
        await cora.writes(circle.room("circle"), "Good evening")
        assert holding.RELEASING in purposes

        # Everybody is where they belong, so the start moves nobody.
        purposes.clear()
        await circle.restart()
        assert not {holding.HOLDING, holding.RELEASING} & set(purposes)

        # A number that the bot put below a message before the restart still works.
        await wren.presses(chat, shown.id, FIRST)
        await wren.sees("What we cannot promise", chat)

        # A room that is opened while the bot runs is named, with the command that closes it.
        await host.writes(circle.room("moderators"), "!help")
        hosts = await circle.alone(host)
        other = circle.room("other")
        levels = await host.state(other, "m.room.power_levels")
        await host.sets(other, "m.room.power_levels", {**levels, "invite": 0})
        await host.sets(other, "m.room.join_rules", {"join_rule": "public"})
        await host.sets(other, "m.room.history_visibility", {"history_visibility": "shared"})
        await host.writes(hosts, "status")
        told = (await host.sees("circlekeeper setup matrix --mend", hosts)).text
        assert "Everybody can join other room" in told
        assert "In other room people who join later can read" in told
        assert "In other room every member can bring somebody in" in told
        assert "circle room" not in told
        assert "lobby room" not in told
    finally:
        await circle.stop()

    assert [path for _, path in proxy.requests if "/send/m.reaction/" in path]
    assert not [path for _, path in proxy.requests if SHOWN_TO_OTHERS.search(path)]
