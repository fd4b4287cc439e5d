"""Turns in a lane, and events that come twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import NotDurable
from bot.router import Lanes, Seen


async def _enter(lanes: Lanes, order: list[int], number: int, stay: asyncio.Event) -> None:
    if not lanes.take("room"):
        await lanes.turn("room")
    try:
        order.append(number)
        await stay.wait()
    finally:
        lanes.leave("room")


async def test_a_lane_is_first_come_first_served_whoever_gives_up() -> None:
    lanes, order, stay = Lanes(), list[int](), asyncio.Event()
    tasks = [asyncio.create_task(_enter(lanes, order, number, stay)) for number in range(5)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.sleep(0)
    stay.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 1, 3, 4]
    assert lanes.take("room"), "the lane is gone when nobody is in it"


async def test_a_turn_that_was_given_to_somebody_who_gave_up_goes_to_the_next() -> None:
    lanes, order, stay = Lanes(), list[int](), asyncio.Event()
    assert lanes.take("room")
    tasks = [asyncio.create_task(_enter(lanes, order, number, stay)) for number in range(2)]
    await asyncio.sleep(0)
    # In one step of the loop: the first in line is given the turn and cancelled before it runs.
    lanes.leave("room")
    tasks[0].cancel()
    stay.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [1]
    assert lanes.take("room")


async def test_everybody_gives_up_before_the_lane_is_free() -> None:
    lanes, order, stay = Lanes(), list[int](), asyncio.Event()
    assert lanes.take("room")
    task = asyncio.create_task(_enter(lanes, order, 0, stay))
    await asyncio.sleep(0)
    task.cancel()
    lanes.leave("room")
    await asyncio.gather(task, return_exceptions=True)
    assert order == []
    assert lanes.take("room")


async def test_the_same_event_waits_for_the_first_and_hears_of_its_failure() -> None:
    seen = Seen()
    assert seen.begin("a")
    assert not seen.begin("a")
    waiting = asyncio.create_task(seen.end_of("a"))
    await asyncio.sleep(0)
    seen.fail("a", NotDurable())
    with pytest.raises(NotDurable):
        await waiting
    assert seen.begin("a"), "offered again, it travels again"
    seen.finish("a")
    assert not seen.begin("a")
    await seen.end_of("a")
