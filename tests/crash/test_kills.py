"""The bot is really killed, at random moments and at each step, and everything is counted."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.crash.counting import pushed_past_everything, wrongs
from tests.crash.evening import Evening
from tests.crash.scene import PATIENCE, Scene, scene

SEED = int(os.environ.get("CIRCLEKEEPER_TEST_SEED") or random.SystemRandom().randrange(2**32))
PARTS = 4
KILLS = 52
"""For each part. The parts may run side by side."""

STEPS = {
    "received, nothing stored": [("people", "before"), ("fetch", "before"), ("pins", "before")],
    "stored, not sent": [("post", "before"), ("hold", "before"), ("remove", "before")],
    "sent, not confirmed": [("post", "after"), ("hold", "after"), ("remove", "after")],
    "handled, not answered": [("answer", "before"), ("answer", "after")],
    "answered, not acknowledged": [("ack", "before"), ("ack", "after")],
}
"""Where a platform's call hangs, so that the kill comes exactly there."""


async def _at_random(crowd: Evening, chance: random.Random) -> str:
    crowd.starts(*crowd.some(chance.randint(3, 6)))
    # Not a wait for something: the moment of the kill.
    await asyncio.sleep(chance.uniform(0, 0.3))
    await crowd.scene.bot.kill()
    return "at random"


async def _at_once(crowd: Evening, chance: random.Random) -> str:
    """While it starts."""
    await crowd.scene.bot.kill()
    crowd.starts(*crowd.some(chance.randint(1, 4)))
    await crowd.scene.bot.start()
    await asyncio.sleep(chance.uniform(0, 0.25))
    await crowd.scene.bot.kill()
    return "while starting"


async def _at_a_step(crowd: Evening, chance: random.Random) -> str:
    scene = crowd.scene
    step = chance.choice(list(STEPS))
    operation, when = chance.choice(STEPS[step])
    await scene.director.fault(operation, when=when)
    deeds = crowd.some(chance.randint(2, 4))
    match operation:
        case "remove" | "pins":
            deeds += [crowd.writes, crowd.lets_go, crowd.pushes_time]
        case "post" if chance.random() < 0.3:
            await crowd.takes_card_away()
            await scene.bot.kill()
            await scene.bot.start()
        case "post":
            deeds += [crowd.slips, crowd.whispers_something, crowd.pushes_time]
        case "fetch":
            deeds += [crowd.lets_go, crowd.decides]
        case _:
            deeds += [crowd.joins]
    crowd.starts(*deeds)
    try:
        async with asyncio.timeout(1):
            await scene.director.hanging(operation)
    except TimeoutError:
        step = "at random"
    await scene.bot.kill()
    await scene.director.no_faults()
    return step


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_killed_once_at_each_step(tmp_path: Path) -> None:
    """Between receiving, storing, sending and confirming, with a deed that surely comes there."""
    async with scene(tmp_path) as seen:
        crowd = Evening(seen, random.Random(1))
        await seen.restart()
        await crowd.prepares()
        for operation, when in [call for calls in STEPS.values() for call in calls]:
            await crowd.whispers_something()
            one = await crowd.slip("juniper", "let go at once")
            assert one is not None
            await seen.director.fault(operation, when=when)
            if operation == "post":
                await seen.director.do("shift", seconds=400)
            else:
                crowd.starts(crowd.joins, partial(crowd.lets_go, one))
            async with asyncio.timeout(PATIENCE):
                await seen.director.hanging(operation)
            await seen.bot.kill()
            await seen.director.no_faults()
            await seen.restart()
        await crowd.finishes()
        await seen.settled()
        found = await _wrongs(seen, crowd)
        assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
async def test_whatever_is_killed_nothing_is_lost_and_nothing_happens_twice(
    part: int, tmp_path: Path
) -> None:
    print(f"CIRCLEKEEPER_TEST_SEED={SEED}")
    chance = random.Random(f"{SEED} {part}")
    struck: Counter[str] = Counter()
    async with scene(tmp_path) as seen:
        crowd = Evening(seen, chance)
        # Given a circle that is open
        await seen.restart()
        await crowd.prepares()
        # When the bot is killed again and again while people go on
        while seen.bot.kills < KILLS:
            kill = chance.choices([_at_random, _at_a_step, _at_once], [4, 5, 1])[0]
            struck[await kill(crowd, chance)] += 1
            await seen.restart()
        await crowd.finishes()
        await crowd.comes_back()
        await seen.settled()
        # Then what was promised holds, now and once everything fell due
        found = await _wrongs(seen, crowd)
        await seen.restart()
        await seen.director.do("shift", seconds=pushed_past_everything().total_seconds())
        await seen.settled()
        found += await _wrongs(seen, crowd)
        print(f"{seen.bot.kills} kills: {dict(struck)}; {len(crowd.said)} messages")
        assert not found, "\n".join([f"seed {SEED}, part {part}", *found])


async def _wrongs(seen: Scene, crowd: Evening) -> list[str]:
    await seen.bot.kill()
    return await wrongs(seen, crowd)
