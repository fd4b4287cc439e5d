"""Invitations where the homeserver counts: each refusal may cost the person who is invited.

The limits are those of Synapse's configuration manual (`rc_message`, `rc_invites`), counted as its
api/ratelimiting.py counts, in the order of handlers/room_member.py. Time leaps.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.matrix.transport import Away
from adapters.matrix.turns import Turns
from bot.errors import TryLater, TryThisLater

MOST_ROOMS = 3


class _Leaping(asyncio.SelectorEventLoop):
    """An event loop in which nobody waits."""

    leapt = 0.0

    def time(self) -> float:
        return self.leapt

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.leapt = max(self.leapt, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class _Limit:
    def __init__(self, per_second: float, burst: int) -> None:
        self._rate, self._burst = per_second, burst
        self._count, self._since = 0.0, 0.0

    def take(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._count - (now - self._since) * self._rate < 0:
            self._count, self._since = 0.0, now
        if self._count - (now - self._since) * self._rate > self._burst - 1:
            allowed_at = self._since + (self._count - self._burst + 1) / self._rate
            raise TryLater(timedelta(seconds=allowed_at - now))
        self._count += 1


class _Synapse:
    def __init__(self) -> None:
        self._events = _Limit(0.2, 10)
        self._of_room: defaultdict[int, _Limit] = defaultdict(lambda: _Limit(0.3, 10))
        self._of_invited: defaultdict[str, _Limit] = defaultdict(lambda: _Limit(0.003, 5))
        self._of_issuer = _Limit(0.3, 10)
        self.refused: Counter[str] = Counter()

    async def message(self) -> None:
        await asyncio.sleep(0.05)
        self._events.take()

    async def invite(self, who: str, room: int) -> None:
        await asyncio.sleep(0.05)
        try:
            for limit in self._of_room[room], self._of_invited[who], self._of_issuer, self._events:
                limit.take()
        except TryLater:
            self.refused[who] += 1
            raise


async def _until_done(do: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await do()
        except TryLater as later:
            await asyncio.sleep(later.after.total_seconds())


Moment = st.floats(0, 90, allow_nan=False)


@example(messages=[], people=[0.0, 0.0, 0.0, 1.0])
@given(messages=st.lists(Moment, max_size=40), people=st.lists(Moment, min_size=1, max_size=6))
def test_who_is_invited_to_three_rooms_never_waits_for_their_own_limit(
    messages: list[float], people: list[float]
) -> None:
    turns, synapse = Turns(), _Synapse()

    async def says(at: float) -> None:
        await asyncio.sleep(at)
        await _until_done(lambda: turns.take(synapse.message))

    async def comes(who: str, at: float) -> float:
        await asyncio.sleep(at)
        for room in range(MOST_ROOMS):
            await _until_done(
                lambda room=room: turns.take_at_the_door(lambda: synapse.invite(who, room))  # type: ignore[misc]
            )
        return asyncio.get_running_loop().time() - at

    async def evening() -> list[float]:
        talk = [asyncio.create_task(says(at)) for at in messages]
        took = await asyncio.gather(*(comes(f"@{n}:x", at) for n, at in enumerate(people)))
        await asyncio.gather(*talk)
        return took

    with asyncio.Runner(loop_factory=_Leaping) as runner:
        took = runner.run(evening())
    assert max(synapse.refused.values(), default=0) <= 2
    # At the door nobody waits for the talk, only for those who came with them.
    assert max(took) < 60 + 6 * MOST_ROOMS * len(people)


def test_who_waits_for_an_answer_waits_for_few_of_the_others() -> None:
    turns, synapse = Turns(), _Synapse()

    async def answered() -> float:
        removals = [
            asyncio.create_task(_until_done(lambda: turns.take(synapse.message))) for _ in range(60)
        ]
        await asyncio.sleep(20)
        asked = asyncio.get_running_loop().time()
        await _until_done(lambda: turns.take(synapse.message, first=True))
        took = asyncio.get_running_loop().time() - asked
        left = sum(not removal.done() for removal in removals)
        await asyncio.gather(*removals)
        assert left > 30
        return took

    with asyncio.Runner(loop_factory=_Leaping) as runner:
        assert runner.run(answered()) < 15


async def test_a_limit_of_somebodys_own_is_told_apart_from_one_of_all() -> None:
    turns = Turns()

    async def refused(error: TryLater) -> None:
        raise error

    minutes, seconds = timedelta(minutes=5), timedelta(seconds=5)
    with pytest.raises(TryThisLater):
        await turns.take_at_the_door(lambda: refused(TryLater(minutes)))
    for error in (TryLater(seconds), Away()):
        with pytest.raises(TryLater) as caught:
            await turns.take_at_the_door(lambda error=error: refused(error))  # type: ignore[misc]
        assert caught.value is error
