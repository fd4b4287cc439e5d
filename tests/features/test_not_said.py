"""What was asked for or promised and could not be said: the moderators hear that it was not."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from bot import services
from bot.events import Undelivered
from bot.model import Group
from bot.reply import Text
from bot.texts import default_texts
from cogs.house_notices import ABOUT_SOMEBODY, NOT_SAID, WITH_ROOM
from tests.features.circle import TestCircle
from tests.features.opening import post_of
from tests.features.test_consult import CASE

HEARD_ELSEWHERE = {
    # What could not be said in the moderators' room, `status` says; it may be the room itself.
    "notice",
    "breach",
    "keyword-asked",
    "leak-card",
    "leak-drawing",
    "watch-on-again",
    # Their cogs do something about it.
    "anonymous",
    "break-glass-notice",
    "leak-nudged",
    "leak-told",
    # Who does not answer is passed over: the next is called, and the card is posted again.
    "crisis-card",
    "crisis-page",
}


def purposes() -> Iterator[str]:
    for found in pkgutil.walk_packages(services.__path__, "bot.services."):
        module = importlib.import_module(found.name)
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.keyword) and node.arg == "purpose":
                names = [each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)]
                yield from (getattr(module, name) for name in names if hasattr(module, name))


@pytest.mark.slow
def test_whatever_is_sent_somebody_hears_that_it_could_not_be() -> None:
    known = {*ABOUT_SOMEBODY, *NOT_SAID, *WITH_ROOM, *HEARD_ELSEWHERE}
    assert set(purposes()) == known, "say in cogs/house_notices.py what moderators hear"


async def test_the_register_of_breaches_does_not_stand_alone_with_what_was_not_said(
    circle: TestCircle,
) -> None:
    # Given a room where the bot may not post
    ana = circle.moderator()
    ana.people.allow(circle.room, "post", False)
    await circle.settled()
    # When a moderator has the group told that something got out
    await ana.runs("breach open", kind="a fault of the bot")
    await ana.runs("breach tell", number="1")
    # Then the moderators hear that it was not
    told = await ana.sees("could not tell the group that something got out", circle.moderators)
    assert "it was not" in told["text"]


@pytest.mark.slow
async def test_helplines_that_do_not_come_to_stand_are_not_taken_for_put(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    _, message = await post_of(circle, await circle.member("Nell"))
    card = await ana.runs("anon care", in_room=circle.room, on=message["id"])
    ana.people.allow(circle.room, "post", False)
    await circle.settled()
    answer = await ana.presses("Helplines below it", within=card)
    assert "on their way" in answer["text"]
    await ana.sees("could not put the helplines", circle.moderators)


async def test_a_supervisor_who_left_is_told_nothing(circle: TestCircle) -> None:
    ana = circle.moderator()
    ana.people.give_role("ana", "admin")
    wren = await circle.member("Wren")
    await ana.runs("break-glass supervisor", account=wren.account)
    wren.leaves()
    await circle.settled()
    preview = await ana.runs("consult", text=CASE)
    answer = await ana.presses("Ask the supervisor", within=preview)
    assert "No supervisor is named who is in this group" in answer["text"]
    # The words are still there, for colleagues say.
    await ana.presses("Ask the moderators", within=preview)
    await ana.sees(CASE, circle.moderators)


@pytest.mark.slow
@pytest.mark.parametrize("purpose", NOT_SAID)
async def test_nothing_of_the_kind_is_given_up_in_silence(circle: TestCircle, purpose: str) -> None:
    group = Group("sandbox", circle.moderator().group)
    event = Undelivered(
        id="given up",
        group=group,
        at=circle.core.clock.now(),
        job=f"{purpose} 1",
        purpose=purpose,
        why="forbidden",
    )
    await circle.core.router.offer(event)
    words = default_texts().say(Text(NOT_SAID[purpose]), "en")
    await circle.moderator().sees(words, circle.moderators)
