"""What people wrote, thrown about in exceptions: by the platform, the store and the cogs."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adapters.sandbox.world import Json
from bot.errors import CannotReach, Forbidden, NotDurable, TryLater
from tests.canary import planted
from tests.features.circle import TestCircle

pytestmark = pytest.mark.slow

Log = Callable[[], str]


class Rude(Exception):
    """What a platform's library throws: the request with everything in it."""


class RudelyForbidden(Forbidden):
    """A refusal that quotes what was refused."""


def nothing_said(log: Log, circle: TestCircle) -> bool:
    """Whether neither the log nor a file of the bot holds a canary."""
    gc.collect()
    return not planted.found(log().encode()) and not planted.in_files(circle.folder)


def thrower(error: Exception) -> Callable[..., Any]:
    """A method that fails, with the words also in its frame and in what caused it."""

    async def fail(*given: object, **more: object) -> None:
        words = f"{planted.FAULT}: {planted.SENTENCE} {given} {more}"
        try:
            raise KeyError(words)
        except KeyError as cause:
            error.args = (words,)
            raise error from cause

    return fail


@pytest.mark.parametrize(
    "error", [Rude(), RudelyForbidden(), CannotReach(), ValueError(), UnicodeError(), OSError()]
)
async def test_a_platform_that_quotes_what_it_refuses(
    circle: TestCircle, log: Log, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # Given everything that the bot may ask of the platform fails with people's words
    cora = await circle.member(planted.NAME)
    asked = ("post", "edit", "tell", "hold", "release", "remove", "fetch", "pins", "role_of")
    for operation in asked:
        monkeypatch.setattr(circle.chat, operation, thrower(error))
    # When people go on
    message = cora.writes(circle.room, planted.SENTENCE)
    cora.edits(circle.room, message, planted.EDITED)
    nell = circle.arrives(planted.RENAMED)
    for human in (cora, nell):
        await human.runs("let go", in_room=circle.room if human is cora else None, on=message)
        await human.runs("join")
        await human.runs(planted.BAD)
    moderator = circle.moderator()
    await moderator.runs("keyword add", phrase=planted.KEYWORD)
    await circle.settled()
    # Then the log tells of failures, and of nobody
    assert "Error" in log() or "fail" in log()
    assert nothing_said(log, circle)


async def test_a_database_that_quotes_its_parameters(circle: TestCircle, log: Log) -> None:
    cora = await circle.member(planted.NAME)
    store = circle.core.store

    async def fails(conn: Any) -> None:
        await conn.execute(
            text("INSERT INTO no_such_table VALUES (:words)"), {"words": planted.SENTENCE}
        )

    with pytest.raises(Exception, match="no_such_table") as caught:
        await store.write(fails)
    assert not planted.found(str(caught.value).encode())
    # And a disk that fails in the middle of what people do
    await store.close()
    cora.writes(circle.room, planted.SENTENCE)
    await cora.runs("let go", on="m1", after=planted.BAD)
    await cora.runs("anon", room=circle.room, text=planted.ANONYMOUS)
    assert nothing_said(log, circle)


async def test_a_cog_that_fails_with_the_words_in_hand(
    circle: TestCircle, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = await circle.member(planted.NAME)
    core = circle.core
    monkeypatch.setattr(core.leaks, "scan", thrower(Rude()))
    monkeypatch.setattr(core.retention, "keep_time", thrower(Rude()))
    monkeypatch.setattr(core.retention, "let_go", thrower(Rude()))
    monkeypatch.setattr(core.acknowledgement, "begin", thrower(NotDurable()))
    message = cora.writes(circle.room, planted.SENTENCE)
    await circle.settled()
    told = await cora.runs("let go", in_room=circle.room, on=message)
    assert "went wrong" in told["text"]
    nell = circle.arrives(planted.RENAMED)
    told = await nell.runs("join")
    assert "could not save" in told["text"]
    assert "a listener's write failed" in log()
    assert "command failed" in log()
    assert nothing_said(log, circle)


MISSHAPEN: tuple[Json, ...] = (
    {"kind": "message", "room": planted.BAD, "message": {"author": planted.NAME}},
    {"kind": "message", "room": "evening-circle", "message": planted.SENTENCE},
    {"kind": "edited", "room": None, "message": {"author": planted.NAME, "group": "circle"}},
    {"kind": "joined", "group": "circle", "account": {"name": planted.NAME}},
    {"kind": "joined", "group": "circle", "account": planted.NAME},
    {"kind": "room", "group": "circle", "room": "evening-circle", "change": planted.BAD},
    {"kind": "removed", "group": "circle", "room": planted.BAD, "message": [], "tokens": []},
    {"kind": planted.BAD},
)


async def test_payloads_that_no_platform_should_send(circle: TestCircle, log: Log) -> None:
    # Given events with parts missing, of the wrong type, and of rooms that are not there
    for event in MISSHAPEN:
        event = dict(event)
        circle.world.log(event.pop("kind"), **event)
    circle.world.touch()
    # Then each is given up after a few tries, and what comes after is handled
    await circle.member(planted.RENAMED)
    await circle.settled()
    assert "an event failed" in log()
    assert nothing_said(log, circle)


async def test_warnings_and_what_nobody_catches(circle: TestCircle, log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"{planted.FAULT} {planted.SENTENCE}", ResourceWarning, stacklevel=1)
    assert "a warning was raised" in log()
    assert nothing_said(log, circle)


async def test_a_platform_that_is_away_quotes_nobody(
    circle: TestCircle, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = await circle.member(planted.NAME)
    error = TryLater(timedelta(milliseconds=20))
    monkeypatch.setattr(circle.chat, "role_of", thrower(error))
    told = await cora.runs("lifetimes")
    assert planted.FAULT not in told["text"]
    assert nothing_said(log, circle)
