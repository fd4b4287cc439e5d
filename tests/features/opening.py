"""Key-holders with their own keys, for tests of looking who wrote a post."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.model import Account, Group
from bot.sealing import PrivateKey, SealedHalf
from bot.store import case_rows
from bot.store.case_rows import CaseRow
from tests.features.circle import TestCircle
from tests.features.test_anonymous_moderation import stands

WORDS = "I do not want to wake up"
DANGER = {"endangered": "The one who wrote it", "soon": "today", "tried": "We wrote, no answer"}


@dataclass
class KeyHolder:
    """A moderator with a key on a device of their own."""

    circle: TestCircle
    human: Human
    key: PrivateKey

    def opens(self, answer: Json) -> str:
        """Open the half in an answer, on their own device."""
        found = re.search(r"cksealed1-\S+", answer["text"])
        assert found, answer["text"]
        return SealedHalf.of(found[0]).opened(self.key).text

    async def agrees(self) -> Json:
        """Agree to the newest request."""
        return await self.human.runs("break-glass agree", case=await newest_id(self.circle))

    async def declines(self) -> Json:
        """Say no to the newest request."""
        return await self.human.runs("break-glass decline", case=await newest_id(self.circle))

    async def sees_case(self) -> Json:
        """Look at the newest request."""
        return await self.human.runs("break-glass case", case=await newest_id(self.circle))

    async def hands_back(self, case: Json | None = None) -> Json:
        """Open the half of a request, and hand it back."""
        case = case or await self.sees_case()
        form = await self.human.presses("Hand back my half", within=case)
        return await self.human.fills(form, half=self.opens(case))


def group_of(circle: TestCircle) -> Group:
    return circle.core.directory.groups()[0]


async def holds_key(circle: TestCircle, name: str) -> KeyHolder:
    """Make a moderator a key-holder, who counts at once."""
    human, key = circle.moderator(name), PrivateKey.make()
    holders, group = circle.core.key_holders, group_of(circle)
    proposed = await holders.propose(group, Account(group.platform, name), key.public.text)
    await holders.confirm(group, Account(group.platform, "the other"), proposed.id)
    return KeyHolder(circle, human, key)


async def two(circle: TestCircle) -> tuple[KeyHolder, KeyHolder]:
    """Ana and Moss hold the keys."""
    return await holds_key(circle, "ana"), await holds_key(circle, "moss")


async def third(circle: TestCircle, name: str = "Rune") -> KeyHolder:
    """A third moderator, whose key counts after the announced 72 hours."""
    human = await circle.member(name)
    human.people.give_role(human.account, "moderator")
    holder = await holds_key(circle, human.account)
    await circle.pass_time(hours=73)
    return holder


async def post_of(circle: TestCircle, human: Human, text: str = WORDS) -> tuple[str, Json]:
    """A post without a name that is known to stand in the room: its receipt and its message."""
    return await stands(circle, human, text)


async def asks(circle: TestCircle, human: Human, message: Json) -> Json:
    """Ask the key-holders about a post, past everything that helps without it."""
    card = await human.runs("anon care", in_room=circle.room, on=message["id"])
    form = await human.presses("A life is in danger", within=card)
    first = await human.fills(form, reason="danger to self")
    form = await human.presses("Ask the key-holders", within=first)
    return await human.fills(form, **DANGER)


async def newest(circle: TestCircle) -> CaseRow:
    """The newest request, as it is stored."""
    store = circle.core.store
    async with store.read() as conn:
        group_id = store.known_group_id(group_of(circle))
        return (await case_rows.newest(conn, store.keys, group_id, 1))[0]


async def newest_id(circle: TestCircle) -> str:
    """The same, as buttons name it."""
    return (await newest(circle)).id.hex()
