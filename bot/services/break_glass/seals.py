"""What a request opens: the sealed author of a post, or for practice that of a post that is none.

A drill's seal is in memory alone. A restart forgets it, and then the drill begins again.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Final

from bot.errors import Refused
from bot.model import Account, Group
from bot.sealing import CannotOpen, OpenedHalf, Place, SealedAuthor, seal_author
from bot.services.key_holders import FEWEST, KeyHolder, KeyHolders
from bot.services.sealed_authors import SealedAuthors

_NOBODY: Final = "nobody"


class Seals:
    """Whose halves there are, and what two of them open."""

    def __init__(self, sealed: SealedAuthors, holders: KeyHolders) -> None:
        self._sealed = sealed
        self._holders = holders
        self._drills: dict[bytes, SealedAuthor] = {}

    async def begin_drill(self, group: Group, post_id: bytes) -> None:
        """Seal nobody to every two key-holders. Raises `Refused` where there are not two."""
        holders = await self._holders.holders(group)
        if len([each for each in holders if not each.stands_back]) < FEWEST:
            raise Refused("break-glass-too-few-holders")
        place, epoch_key = Place(b"drill", post_id, 0), os.urandom(32)
        box = seal_author(_NOBODY, place, [holder.key for holder in holders], epoch_key)
        self._drills[post_id] = SealedAuthor(box, place, epoch_key)

    def is_drill(self, post_id: bytes) -> bool:
        """Whether a drill about this post is in memory."""
        return post_id in self._drills

    def keep_drills(self, posts: Collection[bytes]) -> None:
        """Let go of all drills but those about these posts."""
        self._drills = {post: seal for post, seal in self._drills.items() if post in posts}

    async def everybody(self, group: Group) -> list[KeyHolder]:
        """Everybody who holds a key, those too who stand back."""
        return await self._holders.holders(group)

    async def holders(self, group: Group, post_id: bytes) -> list[KeyHolder]:
        """Who can open this one now, together with another of them. Raises `Refused`."""
        drill = self._drills.get(post_id)
        if drill is None:
            return await self._sealed.holders_of(group, post_id)
        return [
            each
            for each in await self._holders.holders(group)
            if each.key.short in drill.holders and not each.stands_back
        ]

    async def half(self, group: Group, post_id: bytes, mine: Account, other: Account) -> str:
        """The half that is sealed to the first of two. Raises `Refused`."""
        drill = self._drills.get(post_id)
        if drill is None:
            return (await self._sealed.halves(group, post_id, mine, other))[0]
        short = {each.account: each.key.short for each in await self.holders(group, post_id)}
        try:
            return drill.halves_for(short[mine], short[other])[0].text
        except (KeyError, CannotOpen):
            raise Refused("break-glass-later-key") from None

    async def opened(
        self, group: Group, post_id: bytes, one: OpenedHalf, other: OpenedHalf
    ) -> Account | None:
        """Who wrote it; None where it was a drill. Raises `Refused` where they do not fit."""
        drill = self._drills.get(post_id)
        if drill is None:
            return await self._sealed.open(group, post_id, one, other)
        try:
            drill.opened(one, other)
        except CannotOpen:
            raise Refused("seal-other-half") from None
        return None
