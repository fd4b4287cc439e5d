"""A circle on a homeserver with Synapse's own limits, as most hosts have it."""

from __future__ import annotations

from pathlib import Path

from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.human import Human


async def test_somebody_comes_in_where_the_homeserver_counts(
    strict_homeserver: Homeserver, tmp_path: Path
) -> None:
    host = await Human.arrives(strict_homeserver, "Ana", tmp_path / "people")
    cora = await Human.arrives(strict_homeserver, "Cora", tmp_path / "people")
    circle = await MatrixCircle.start(tmp_path, strict_homeserver, host)
    try:
        await cora.joins(circle.room("lobby"))
        chat = await circle.alone(cora)
        for words, answer in (
            ("join", "The rules to start with"),
            ("I agree", "What we cannot promise"),
            ("I understand", "You are in"),
        ):
            await cora.writes(chat, words)
            await cora.sees(answer, chat)
        for name in ("circle", "other"):

            async def invited(room: str = circle.room(name)) -> bool:
                return cora.user_id in await host.members(room, "invite")

            await circle.eventually(invited)
            await cora.accepts(circle.room(name))
        assert await cora.may_write(circle.room("circle"))
    finally:
        await circle.stop()
        await host.closes_client()
        await cora.closes_client()
