"""On Discord: consents, what is held about somebody, and being forgotten, for them alone."""

from __future__ import annotations

import json

from tests.discord.asked import Living
from tests.discord.test_walks import labels, living, message

__all__ = ["living"]


async def test_somebody_reads_and_erases_what_is_held_and_nobody_sees_it(living: Living) -> None:
    place = living.place
    wren = await living.joined("wren")
    # Given her consents on one screen, one of which she turns on
    screen = await wren.runs(place.room, "my consents")
    assert screen.alone
    assert "type: messages" in screen.text
    given = await wren.presses(message(screen), "Yes, tell moderators")
    assert "It is on now" in given.text
    shown = await wren.runs(place.room, "my data")
    held = json.loads(message(shown).files["my-data.json"])["held"]
    assert [row["purpose"] for row in held["consents"]] == ["crisis-alerts"]
    assert [row["account"] for row in held["members"]] == [str(wren.user.id)]
    # when she has herself forgotten
    asked = await wren.runs(place.room, "forget-me")
    assert labels(message(asked)) == ["Yes, forget me"]
    receipt = await wren.presses(message(asked), "Yes, forget me")
    # then the rooms close, and nobody else saw any of it
    assert "Gone: Your account" in receipt.text
    await place.when(lambda: not wren.sees_channel(place.room))
    assert all(each.alone for each in (screen, given, shown, asked, receipt))
    again = json.loads(
        message(await wren.runs(place.channel(place.lobby), "my data")).files["my-data.json"]
    )
    assert not {"members", "consents"} & set(again["held"])
