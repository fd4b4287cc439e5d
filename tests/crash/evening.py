"""Evening: the crowd with its secrets. Anonymous posts, watched words, and moderators' cards."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.sandbox import seed
from adapters.sandbox.world import BOT, Json, Refusal
from tests.crash.crowd import FROM_THE_START, LIFETIMES, MODERATOR, Crowd, Said

KEYWORD = "marmalade"

RECEIPT = re.compile(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5,6}){4}\b")
ON_ITS_WAY = ("Your receipt",)
TAKEN_BACK = ("You took it back",)
LOST = "do not have that draft any more"
WORN = "button no longer works"

DECIDED = (
    *("leak", "yours", "Thank you", "have this", "decided this", "asked", "settled", "keep it"),
    *("is not there any more", "Nobody has this", "Take", "I am asking", "I am taking"),
)
"""What a moderator may hear about a card, whoever was first."""


@dataclass
class Whisper:
    """An anonymous post that its author holds a receipt of."""

    text: str
    room: str
    receipt: str
    at_latest: datetime
    may_go: bool = False
    """Its author or a moderator asked for it to go."""
    taken_back: bool = False
    """And the author was told that it did."""


@dataclass
class Evening(Crowd):
    """Everything that people do, all at once."""

    whispers: list[Whisper] = field(default_factory=list)

    async def prepares(self) -> None:
        """Both rooms have a lifetime, one word is watched, and much may be posted."""
        await super().prepares()
        await self.runs(MODERATOR, "keyword add", KEYWORD, phrase=KEYWORD)
        await self.scene.director.do("give_role", account=MODERATOR, role="admin")
        for name, value in (("anonymous-per-day", "50"), ("anonymous-per-room-and-hour", "200")):
            await self.runs(MODERATOR, "set", "", name=name, value=value)

    # -- anonymous posts ---------------------------------------------------------------------

    async def whispers_something(self) -> None:
        """A member posts without a name; a draft that a restart lost is written again."""
        author, room = self.chance.choice(FROM_THE_START), self.chance.choice(list(LIFETIMES))
        text = f"whispered {self.nonsense()}"
        sent: Json = {"text": LOST}
        while LOST in sent["text"]:
            seen = await self.runs(author, "anon", "Post soon", text, room=room, text=text)
            sent = await self.presses(author, seen, "Post soon", *ON_ITS_WAY, LOST)
        latest = self.scene.world.now() + timedelta(minutes=6)
        receipt = RECEIPT.search(str(sent["text"]))
        if receipt is None:
            self.unexpected.append(f"no receipt: {sent['text']}")
            return
        self.whispers.append(Whisper(text, room, receipt[0], latest))

    async def unsays(self) -> None:
        """The author of an anonymous post takes it back, wherever it is by now."""
        if left := [one for one in self.whispers if not one.may_go]:
            one = self.chance.choice(left)
            one.may_go = True
            # "Left the room" where its time was over before the bot read the question.
            await self.runs(
                FROM_THE_START[0],
                "anon take back",
                *TAKEN_BACK,
                "has left the room",
                receipt=one.receipt,
            )
            one.taken_back = True

    async def hides(self) -> None:
        """A moderator hides an anonymous post."""
        for one in self.whispers:
            shown = self.standing(one)
            if shown is not None and not one.may_go:
                one.may_go = True
                given = {"room": one.room, "message": shown["id"], "command": "anon hide"}
                expected = ("I am removing it", "not a post without a name")
                fields = {"reason": "unkind"}
                await self.asks(MODERATOR, "run", *expected, **given, fields=fields)
                return

    def standing(self, one: Whisper) -> Json | None:
        """An anonymous post as it stands in its room."""
        messages = self.scene.state["rooms"][one.room]["messages"].values()
        return next((m for m in messages if m["author"] == BOT and one.text in m["text"]), None)

    # -- watched words -----------------------------------------------------------------------

    async def slips(self) -> None:
        """A member uses a word that is watched for."""
        await self.slip(self.chance.choice(FROM_THE_START), f"{KEYWORD} {self.nonsense()}")

    async def slips_by_edit(self) -> None:
        """A member changes a message so that the word comes in."""
        author = self.chance.choice(FROM_THE_START)
        if one := await self.slip(author, "nothing to see"):
            await self._at("change", author, one, text=f"now with {KEYWORD}")

    async def slip(self, author: str, text: str) -> Said | None:
        """A member writes something that a moderator may take down at any moment."""
        room = self.chance.choice(list(LIFETIMES))
        try:
            message = await self.scene.director.do("write", account=author, room=room, text=text)
        except Refusal:
            return None
        at = await self.scene.until(lambda: self._seen(room, message))
        self.said.append(Said(room, message, at, author, may_go=True))
        return self.said[-1]

    async def decides(self) -> None:
        """A moderator presses a button on a card."""
        moderator = self.chance.choice(("ana", "moss"))
        shown = [m for m in self.alert_cards() if m["buttons"]]
        if not shown:
            return
        card = self.chance.choice(shown)
        button = self.chance.choice(card["buttons"])
        given = {"room": seed.MODERATORS, "message": card["id"], "button": button["id"]}
        try:
            answer = await self.asks(moderator, "press", *DECIDED, WORN, **given)
        except Refusal:
            # The card went with its message.
            return
        if WORN in answer["text"] and any(m["id"] == card["id"] for m in self.alert_cards()):
            # It went between the press and its answer, or else this is wrong.
            self.unexpected.append(f"a card that stands has a button that does not work: {button}")
        if answer["form"]:
            given = {"room": seed.MODERATORS, "form": answer["form"]["id"]}
            fields = {answer["form"]["fields"][0]["name"]: "another reason"}
            fields = {f["name"]: f["choices"][-1] for f in answer["form"]["fields"]} or fields
            await self.asks(moderator, "submit", *DECIDED, **given, fields=fields)

    def alert_cards(self) -> list[Json]:
        """The cards about possible leaks that stand in the moderators' room."""
        room = self.scene.state["rooms"][seed.MODERATORS]["messages"].values()
        return [m for m in room if m["author"] == BOT and "may be a leak" in m["text"]]

    def some(self, count: int) -> list[Callable[[], Awaitable[None]]]:
        """Deeds at random, the secret ones among them."""
        weights = {
            self.whispers_something: 4,
            self.unsays: 2,
            self.hides: 1,
            self.slips: 4,
            self.slips_by_edit: 1,
            self.decides: 3,
        }
        secret = self.chance.choices(list(weights), list(weights.values()), k=count)
        return [self.chance.choice(pair) for pair in zip(secret, super().some(count), strict=True)]
