"""Buttons: what is below a message, and what a press of it means after any restart.

A button's id is a random token behind which the button is kept, sealed (`rendering.Tokens`), or
the words of a static button. In the direct chat, where a press does not say which server it is
about, the server's id follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from adapters.discord.rooms import group_of
from bot.model import Group

LONGEST_LABEL: Final = 80
MOST: Final = 25
"""Buttons below one message: 5 rows of 5.
https://docs.discord.com/developers/components/reference#action-row"""

_ID: Final = re.compile(r"(?P<id>[^@#]+)(?:@(?P<guild>[0-9]{1,20}))?(?:#[\w-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """A button with the id that a press of it brings back."""

    id: str
    label: str


class TokenButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"[^@#]+(?:@[0-9]+)?"
):
    """A button that works for as long as its message stands.

    discord.py keeps a plain button in memory for as long as it runs; of this one it keeps nothing.
    """

    def __init__(self, shown: Shown) -> None:
        super().__init__(
            discord.ui.Button(
                label=shown.label[:LONGEST_LABEL],
                custom_id=shown.id,
                style=discord.ButtonStyle.secondary,
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> TokenButton:
        """The button of a message that was sent by whichever run of the bot."""
        return cls(Shown(match[0], getattr(item, "label", None) or ""))

    async def callback(self, _interaction: discord.Interaction[Any]) -> None:
        """Nothing: presses come in with everything else that people ask (`asking.py`)."""


def view_of(buttons: Sequence[Shown]) -> discord.ui.View | None:
    """Buttons as discord.py takes them; None where there are none."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for shown in buttons[:MOST]:
        view.add_item(TokenButton(shown))
    return view


def in_direct(id: str, group: Group) -> str:
    """A button's id in the direct chat."""
    return f"{id}@{group.handle}"


def read(custom_id: str) -> tuple[str, Group | None]:
    """The id of a button or a form, and the group that it names. What is none has an empty id."""
    found = _ID.fullmatch(custom_id)
    if found is None:
        return "", None
    guild = found["guild"]
    return found["id"], None if guild is None else group_of(int(guild))
