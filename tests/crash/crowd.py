"""Crowd: people who go on with what they do while the bot is killed, and remember what they saw.

What a person was told and what they did is the model; `counting.py` holds the platform and the
tables against it. Each deed is a task of its own and outlives any number of bots.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from adapters.sandbox import seed
from adapters.sandbox.world import BOT, Json, Refusal
from tests.crash.scene import Scene

LIFETIMES = {seed.EVENING: timedelta(minutes=30), seed.WINS: timedelta(hours=3)}
MODERATOR = "ana"
FROM_THE_START = ("juniper", "basil")

MOST_HERE = 6
"""Of those who only joined and wrote nothing."""

IN = "You are in"
TAKEN_AWAY = ("is being removed from the room", "is not there any more")


@dataclass
class Said:
    """A message that somebody wrote in a room with a lifetime."""

    room: str
    id: str
    at: datetime
    author: str
    may_go: bool = False
    """Somebody asked for it to go."""
    must_go: bool = False
    """And was told that it does, or removed it themselves."""
    pinned: bool = False

    @property
    def due(self) -> datetime:
        """When it goes at the latest."""
        return self.at + LIFETIMES[self.room]


@dataclass
class Crowd:
    """The people, and what is known about them."""

    scene: Scene
    chance: random.Random
    said: list[Said] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    """They read "You are in"."""
    may_be_in: set[str] = field(default_factory=set)
    """They pressed the last button, and may not have seen the answer."""
    withdrawn: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    wrote: set[str] = field(default_factory=set)
    """They have something in a room, or are about to."""
    busy: set[asyncio.Task[None]] = field(default_factory=set)
    unexpected: list[str] = field(default_factory=list)
    """Answers that nobody should get, whatever is killed when."""

    # -- asking ------------------------------------------------------------------------------

    async def asks(self, account: str, what: str, *expected: str, **given: object) -> Json:
        """Do something that the bot answers; asks again while it says that it is starting."""
        answer: Json = {"text": ""}
        for _ in range(5):
            seq: int = await self.scene.director.do(what, account=account, **given)
            answer = await self.scene.until(partial(self.scene.answers.get, seq))
            text = str(answer["text"])
            if any(words in text for words in expected):
                return answer
            if "still starting" not in text:
                self.unexpected.append(f"{what} {given.get('command', '')}: {text}")
                break
        return answer

    async def runs(self, account: str, command: str, *expected: str, **fields: str) -> Json:
        """Run a command in the private chat."""
        room = f"private:{seed.GROUP}:{account}"
        return await self.asks(account, "run", *expected, room=room, command=command, fields=fields)

    async def presses(self, account: str, answer: Json, label: str, *expected: str) -> Json:
        """Press a button of an answer."""
        room = f"private:{seed.GROUP}:{account}"
        tokens = [b["id"] for b in answer["buttons"] if b["label"] == label]
        assert tokens, f"no button {label} below: {answer['text']}"
        (token,) = tokens
        given = {"room": room, "message": answer["id"], "button": token}
        return await self.asks(account, "press", *expected, **given)

    def nonsense(self) -> str:
        """A word that is nobody else's and means nothing: digits could be a phone number."""
        return "".join(self.chance.choices("bcdfghjklmnpqrstvwxz", k=12))

    # -- deeds -------------------------------------------------------------------------------

    async def prepares(self) -> None:
        """A moderator gives both rooms a lifetime; two members are there from the start."""
        for room, lifetime in LIFETIMES.items():
            given = {"room": room, "lifetime": f"{int(lifetime.total_seconds())} s"}
            await self.runs(MODERATOR, "lifetime", "", **given)
        self.acknowledged |= set(FROM_THE_START)
        self.may_be_in |= set(FROM_THE_START)

    async def joins(self) -> None:
        """A newcomer comes in; one in four stops on the way."""
        await self._makes_room()
        account = await self.scene.director.do("arrive", name=self.nonsense().capitalize())
        stops = self.chance.random() < 0.25
        card = await self.runs(account, "join", "stays here")
        card = await self.presses(account, card, "I agree", "court")
        if stops:
            return
        self.may_be_in.add(account)
        await self.presses(account, card, "I understand", IN)
        self.acknowledged.add(account)

    async def _makes_room(self) -> None:
        # Each start settles everybody who is there, so the crowd is kept small.
        people = self.scene.state["people"][seed.GROUP]
        # Nobody who is still on the way in: they would press a button in a room they have left.
        quiet = [who for who in sorted(self.acknowledged) if self._is_quiet(who)]
        here = [who for who in quiet if people.get(who, {}).get("here")]
        for account in here[:-MOST_HERE]:
            # What others do meanwhile may have given this one something to do.
            if self._is_quiet(account):
                self.left.add(account)
                await self.scene.director.do("leave", account=account)

    def _is_quiet(self, account: str) -> bool:
        return account not in self.withdrawn | self.left | self.wrote | set(FROM_THE_START)

    async def withdraws(self) -> None:
        """A newcomer comes in and takes the yes back."""
        before = set(self.acknowledged)
        await self.joins()
        for account in self.acknowledged - before:
            if self._is_quiet(account):
                self.withdrawn.add(account)
                # Cut off after it was done, the second time finds nothing to take back.
                given = {"sure": "yes"}
                await self.runs(
                    account, "rules withdraw", "no longer a member", "not agreed", "join", **given
                )
                return

    async def writes(self) -> None:
        """A member writes in a room."""
        author = self.chance.choice(sorted(self.acknowledged - self.withdrawn - self.left))
        self.wrote.add(author)
        room = self.chance.choice(list(LIFETIMES))
        try:
            message = await self.scene.director.do(
                "write", account=author, room=room, text=f"said {self.nonsense()}"
            )
        except Refusal:
            # Acknowledged, and the release is still on its way.
            return
        found = await self.scene.until(lambda: self._seen(room, message))
        self.said.append(Said(room, message, found, author))

    def _seen(self, room: str, message: str) -> datetime | None:
        found = self.scene.state["rooms"][room]["messages"].get(message)
        return None if found is None else datetime.fromisoformat(found["at"])

    def _one_there(self) -> Said | None:
        there = [one for one in self.said if not one.may_go and not one.pinned]
        there = [one for one in there if self._seen(one.room, one.id)]
        return self.chance.choice(there) if there else None

    async def lets_go(self, one: Said | None = None) -> None:
        """A member takes a message of theirs back by the bot."""
        if one := one or self._one_there():
            one.may_go = True
            given = {"room": one.room, "command": "let go", "message": one.id}
            await self.asks(one.author, "run", *TAKEN_AWAY, **given)
            one.must_go = True

    async def takes_back(self) -> None:
        """A member removes a message themselves."""
        if one := self._one_there():
            one.may_go = True
            await self._at("take_back", one.author, one)
            one.must_go = True

    async def edits(self) -> None:
        """A member changes a message."""
        if one := self._one_there():
            await self._at("change", one.author, one, text="said better")

    async def pins(self) -> None:
        """A moderator pins a message, which the bot then leaves alone."""
        one = self._one_there()
        if one is not None and one.due - self.scene.world.now() > timedelta(minutes=15):
            one.pinned = True
            await self._at("pin", MODERATOR, one, pinned=True)

    async def _at(self, what: str, who: str, one: Said, **given: object) -> None:
        given |= {"room": one.room, "message": one.id}
        try:
            await self.scene.director.do(what, account=who, **given)
        except Refusal:
            # The bot was faster: its time was over.
            one.may_go = True

    async def goes_and_comes(self) -> None:
        """A member leaves and comes back."""
        quiet = [who for who in sorted(self.acknowledged) if self._is_quiet(who)]
        if quiet:
            account = self.chance.choice(quiet)
            self.left.add(account)
            await self.scene.director.do("leave", account=account)
            await self.scene.director.do("come_back", account=account)
            self.left.discard(account)

    async def comes_back(self) -> None:
        """Everybody who ever left comes back."""
        for account in self.scene.state["people"][seed.GROUP]:
            await self.scene.director.do("come_back", account=account)

    async def takes_card_away(self) -> None:
        """A moderator removes the join card; the next start of the bot puts it up again."""
        for message in self.cards():
            given = {"room": seed.LOBBY, "message": message}
            await self.scene.director.do("take_back", account=MODERATOR, **given)

    def cards(self) -> list[str]:
        """The join cards that stand in the lobby."""
        lobby = self.scene.state["rooms"][seed.LOBBY]["messages"].values()
        return [m["id"] for m in lobby if m["author"] == BOT and not m["only"]]

    async def pushes_time(self) -> None:
        """Time goes on, and messages fall due."""
        await self.scene.director.do("shift", seconds=self.chance.uniform(60, 900))

    # -- all at once -------------------------------------------------------------------------

    def starts(self, *deeds: Callable[[], Awaitable[None]]) -> None:
        """Begin some deeds side by side."""
        for deed in deeds:
            task = asyncio.ensure_future(deed())
            self.busy.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # One that failed stays, for `finishes` to raise.
        if not task.cancelled() and task.exception() is None:
            self.busy.discard(task)

    def some(self, count: int) -> list[Callable[[], Awaitable[None]]]:
        """Deeds at random, in the weights of an evening."""
        weights = {
            self.writes: 8,
            self.joins: 3,
            self.lets_go: 2,
            self.takes_back: 1,
            self.edits: 1,
            self.pins: 1,
            self.goes_and_comes: 1,
            self.withdraws: 1,
            self.pushes_time: 2,
        }
        return self.chance.choices(list(weights), list(weights.values()), k=count)

    async def finishes(self) -> None:
        """Until everybody did what they began."""
        if self.busy:
            await asyncio.gather(*self.busy)
