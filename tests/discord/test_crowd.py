"""A crowd at the door: a thousand people, far more than sixteen a second, and the whole bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.discord.asked import Living, Place, account

ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
LOTS, EACH = 20, 50


@pytest.mark.slow
async def test_a_thousand_who_come_within_a_minute_stay_within_the_limits(tmp_path: Path) -> None:
    async with Place.opened() as place:
        limits = place.server.limits
        limits.enforce_global, limits.routes["PUT", ROLE] = True, (10, 0.2)
        living = Living(place, tmp_path)
        await living.begins()
        try:
            before = len(place.server.exchanges)
            waiting = []
            for lot in range(LOTS):
                *others, last = [
                    place.human(await place.joins(f"person {lot} {n}")) for n in range(EACH)
                ]
                # Behind all who came with them.
                await living.walks_in(last)
                waiting += others
            assert not any(who.sees_channel(place.room) for who in waiting)
            held = await living.core.directory.chat(place.group).held(place.group)
            assert all(held[account(who)] for who in waiting)
            asked = place.server.exchanges[before:]
            assert {each.template for each in asked if each.method == "PUT"} == {ROLE}
            assert not [each for each in asked if each.status == 429]
        finally:
            await living.down()
