"""One evening of a support group, from the first newcomer to the last message that goes.

The scenario knows no platform: `test_evening.py` plays it on each, and the outcome is the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.scenario.theatre import Theatre

GREETING = "Good evening, everybody"
SECRET = "I have not slept since Sunday"
LEAK = "I met Anna Lee at the bakery"
SLIP = "I should not have said that"


@dataclass
class Outcome:
    """What the evening came to: facts, in the order in which they were found."""

    facts: dict[str, bool | int | str] = field(default_factory=dict)

    def __setitem__(self, fact: str, found: bool | int | str) -> None:
        self.facts[fact] = found


EXPECTED: dict[str, bool | int | str] = {
    "a newcomer may write in the circle": False,
    "after three presses she may": True,
    "what she writes is read": True,
    "the post without a name has two made-up words above it": True,
    "the post says who wrote it": False,
    "it came once": 1,
    "the card quotes or names": "",
    "Show shows the words to the presser": True,
    "others see what Show showed": False,
    "a member sees the card": False,
    "her own words come back to the author": True,
    "the leak is gone": True,
    "what she took back is gone": True,
    "left in the circle": 0,
    "left with the moderators of the circle's words": "",
    "the join card still stands": True,
}


async def evening(theatre: Theatre) -> dict[str, bool | int | str]:
    """Play it, and give the outcome."""
    outcome = Outcome()
    stage, circle = theatre.stage, theatre.stage.circle
    ana = stage.moderator

    # The moderators watch for a name, and let words go after two hours.
    await theatre.asks(ana, "keyword add", phrase="Anna Lee")
    await theatre.sees(ana, "keyword-added")
    await theatre.asks(ana, "lifetime", room=circle.handle, lifetime="2 hours")
    await theatre.sees(ana, "lifetime-is")

    # Two people join. Before they have agreed, the circle is shut.
    rose, nell = await stage.joins("Rose"), await stage.joins("Nell")
    outcome["a newcomer may write in the circle"] = await stage.may_write(rose, circle)
    for who in (rose, nell):
        await theatre.gets_in(who)
    outcome["after three presses she may"] = await stage.may_write(rose, circle)

    # They talk.
    hello = await stage.writes(rose, circle, GREETING)
    outcome["what she writes is read"] = GREETING in (await theatre.sees(nell, GREETING)).text

    # One of them posts without her name. In the middle of it, the bot is stopped and started.
    await theatre.writes_without_a_name(nell, circle, SECRET)
    await theatre.sees(nell, "anon-preview")
    await theatre.presses(nell, "button-post-soon")
    await theatre.sees(nell, "anon-receipt")
    await theatre.restarts()
    theatre.pass_time(minutes=4, seconds=50)
    post = await theatre.sees(rose, SECRET)
    above = post.text.replace("anon-post", "").partition(SECRET)[0].split()
    outcome["the post without a name has two made-up words above it"] = len(above) == 2
    outcome["the post says who wrote it"] = "nell" in post.text.lower()
    there = [seen for seen in await stage.all_seen(rose, circle) if SECRET in seen.text]
    outcome["it came once"] = len(there)

    # Somebody tells too much. The moderators get one card, that quotes nothing and names nobody.
    leak = await stage.writes(rose, circle, LEAK)
    card = await theatre.sees(ana, "leak-card")
    said = card.text.lower()
    outcome["the card quotes or names"] = " ".join(
        word for word in ("anna", "lee", "bakery", "rose") if word in said.split()
    )
    await theatre.presses(ana, "button-leak-show")
    shown = await theatre.sees(ana, "leak-shown")
    # What was found stands between marks, of each platform's own.
    words = re.findall(r"\w+", shown.text)
    outcome["Show shows the words to the presser"] = " ".join(words).endswith(LEAK)
    others = [seen.text for who in (rose, nell) for seen in await stage.all_seen(who)]
    outcome["others see what Show showed"] = any("leak-shown" in text for text in others)
    outcome["a member sees the card"] = any("leak-card" in text for text in others)

    # One of them takes it, and takes the message down. Its author gets her words back.
    await theatre.presses(ana, "button-leak-take")
    await theatre.sees(ana, "leak-is-yours")
    await theatre.presses(ana, "button-leak-remove")
    await theatre.fills(ana, reason="names a person")
    told = await theatre.hears(rose, "leak-told")
    outcome["her own words come back to the author"] = LEAK in told
    await theatre.until(lambda: theatre.is_gone(nell, leak))
    outcome["the leak is gone"] = True

    # Somebody takes her own words back.
    slip = await stage.writes(nell, circle, SLIP)
    await theatre.sees(rose, SLIP)
    await theatre.takes_back(nell, slip)
    await theatre.until(lambda: theatre.is_gone(rose, slip))
    outcome["what she took back is gone"] = True

    # Time goes by, and what was said goes with it.
    theatre.pass_time(hours=3)
    await theatre.until(lambda: theatre.is_gone(nell, hello))
    await theatre.until(lambda: theatre.is_empty(rose, circle))
    outcome["left in the circle"] = len(await stage.all_seen(rose, circle))
    left = " ".join(seen.text for seen in await stage.all_seen(ana, stage.moderators))
    outcome["left with the moderators of the circle's words"] = " ".join(
        words for words in (GREETING, SECRET, LEAK, SLIP) if words in left
    )
    start = await stage.all_seen(ana, stage.lobby)
    outcome["the join card still stands"] = any("join-start" in seen.text for seen in start)
    return outcome.facts
