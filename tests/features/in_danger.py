"""What the tests of danger to a life have in common: who says what, and what comes of it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from adapters.sandbox.human import Human
from adapters.sandbox.world import BOT, Json
from tests.features.circle import TestCircle

SEVERE = "I am going to kill myself tonight"
LESS = "I want to die"
HELLO = "This came by itself, and only you see it"
CARD = "danger to a life"


def said(circle: TestCircle, room: str, text: str) -> list[Json]:
    """What the bot said in a room with this text in it."""
    every = circle.moderator().reads(room)
    return [m for m in every if m["author"] == BOT and text in m["text"]]


async def one_card(circle: TestCircle) -> Json:
    """The newest card in the moderators' room."""
    ana = circle.moderator()
    await ana.when(lambda: said(circle, circle.moderators, CARD) or None)
    return said(circle, circle.moderators, CARD)[-1]


async def line(circle: TestCircle, room: str | None = None) -> Json:
    """The quiet line in a room."""
    room = room or circle.room
    await circle.moderator().when(lambda: said(circle, room, "Is it hard for you") or None)
    return said(circle, room, "Is it hard for you")[-1]


def cards_stored(circle: TestCircle) -> int:
    """How many cards the bot keeps."""
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    try:
        return int(db.execute("SELECT count(*) FROM crisis_cards").fetchone()[0])
    finally:
        db.close()


async def on_duty(circle: TestCircle, name: str = "ana") -> Human:
    """A moderator whose hours are all day."""
    moderator = circle.moderator(name)
    now = datetime.now(UTC) - timedelta(minutes=5)
    starts = f"{now:%H:%M}"
    assert (
        "Thank you"
        in (await moderator.runs("duty add", days="daily", start=starts, end=starts))["text"]
    )
    return moderator
