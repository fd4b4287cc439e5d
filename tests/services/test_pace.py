"""How long a backlog takes, from how fast it went."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.services.retention.pace import Pace


def test_at_one_in_three_seconds_a_hundred_take_five_minutes() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.left(100) is None
    for _ in range(60):
        pace.note(1)
        clock.shift(timedelta(seconds=3))
    left = pace.left(100)
    assert left is not None
    assert timedelta(minutes=4, seconds=50) < left < timedelta(minutes=5, seconds=15)
    assert pace.left(0) is None


def test_what_was_long_ago_tells_nothing() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(5):
        pace.note(10)
        clock.shift(timedelta(seconds=10))
    assert pace.left(10) is not None
    clock.shift(timedelta(minutes=11))
    assert pace.left(10) is None
    pace.note(1)
    assert pace.left(10) is None
