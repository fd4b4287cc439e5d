"""Key-holders in feature tests: who holds which key, and how they open a post together."""

from __future__ import annotations

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.model import Account, Group
from bot.sealing import PrivateKey, SealedHalf
from bot.services.key_holders import KeyHolder
from tests.features.circle import TestCircle
from tests.sealing.pairs import KEYS


def group(circle: TestCircle) -> Group:
    """The group of the circle."""
    return circle.core.directory.groups()[0]


def account(name: str) -> Account:
    """The account of somebody in the sandbox."""
    return Account("sandbox", name)


async def offers(human: Human, pair: PrivateKey) -> Json:
    """A moderator offers to hold a key; gives the card in the moderators' room."""
    await human.runs("key offer", key=pair.public.text)
    return await human.when(
        lambda: next(
            (
                message
                for message in reversed(human.reads(TestCircle.moderators))
                if pair.public.fingerprint in message["text"] and "offers" in message["text"]
            ),
            None,
        )
    )


async def enrolled(circle: TestCircle, name: str, by: str, pair: PrivateKey | None = None) -> Json:
    """A moderator offers to hold their key, and another confirms it; gives the answer to that."""
    card = await offers(circle.moderator(name), pair or KEYS[name])
    return await circle.moderator(by).presses("Confirm", within=card)


async def set_up(circle: TestCircle) -> None:
    """Ana and Moss hold keys, as in a group that has just been set up."""
    await enrolled(circle, "ana", "moss")
    await enrolled(circle, "moss", "ana")


async def third(circle: TestCircle) -> Human:
    """Sorrel is a moderator too; she holds no key yet."""
    sorrel = await circle.member("Sorrel")
    sorrel.people.give_role(sorrel.account, "moderator")
    await circle.settled()
    return sorrel


async def holders(circle: TestCircle) -> list[KeyHolder]:
    """To whom posts are sealed."""
    return await circle.core.key_holders.holders(group(circle))


async def opened(
    circle: TestCircle, post: bytes, one: tuple[str, PrivateKey], other: tuple[str, PrivateKey]
) -> Account:
    """Two people open a post with the keys on their own devices. Raises `Refused`."""
    seals = circle.core.sealed_authors
    texts = await seals.halves(group(circle), post, account(one[0]), account(other[0]))
    handed = [
        SealedHalf.of(text).opened(pair)
        for text, (_, pair) in zip(texts, (one, other), strict=True)
    ]
    return await seals.open(group(circle), post, handed[0], handed[1])
