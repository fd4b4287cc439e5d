"""What the sandbox's circle starts with. Nobody in it is real, and its helplines say so.

Everything goes through the services, as if people had pressed the buttons: what works here works
in a real circle.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import Refused, StartError
from bot.events import GroupReady
from bot.model import Account, Group, Room
from bot.reply import Text
from bot.services.helplines import MaySend, Mode
from bot.store.memory import StoredMemory
from bot.texts import DEFAULT_LANGUAGE, Texts
from bot.wiring import Circle

MEMBERS: Final = ("juniper", "basil")
"""They have acknowledged. Wren, in the lobby, has not."""
FADING_ROOM: Final = "evening-circle"
LIFETIME: Final = timedelta(hours=24)
LINES: Final = (
    ("sandbox-line-text", Mode.TEXT, "00 11 22", MaySend.NO),
    ("sandbox-line-call", Mode.CALL, "00 33 44", MaySend.UNKNOWN),
)
KEYWORDS: Final = ("maple street",)
"""What the moderators watch for."""
_MARK: Final = "sandbox started"


async def furnish(circle: Circle, chat: Chat, texts: Texts, clock: Clock) -> None:
    """Give a new circle what it starts with; an old one is left as it was.

    Call before `Circle.run`: then nobody is held first and let in afterwards. Cut off half-way,
    the next start does the rest.
    """
    memory = StoredMemory(circle.store, "core", clock)
    if await memory.get(_MARK) is not None:
        return
    for group in await chat.groups():
        await circle.router.offer(
            GroupReady(id=f"furnish {secrets.token_hex(8)}", group=group, at=clock.now())
        )
        try:
            await _acknowledge(circle, group)
            await _set_up(circle, group, texts)
        except Refused as refused:
            # The router keeps to itself why a group did not become ready; its log has it.
            raise StartError(
                f"The sandbox's circle could not be set up ({refused.text.key}). Look for room on "
                "the disk, then start again."
            ) from refused
    await memory.put(_MARK, "yes")


async def _acknowledge(circle: Circle, group: Group) -> None:
    for name in MEMBERS:
        account = Account(group.platform, name)
        if not circle.acknowledgement.acknowledged(group, account):
            await circle.acknowledgement.begin(group, account)
            await circle.acknowledgement.agree(group, account)
            await circle.acknowledgement.finish(group, account, DEFAULT_LANGUAGE)


async def _set_up(circle: Circle, group: Group, texts: Texts) -> None:
    def words(key: str) -> str:
        return texts.say(Text(key), DEFAULT_LANGUAGE)

    await circle.settings.change(group, "emergency-number", words("sandbox-emergency"))
    known = {line.name for line in circle.helplines.all(group)}
    for key, mode, contact, may_send in LINES:
        if words(key) not in known:
            await circle.helplines.add(
                group, words(key), mode, contact, words("sandbox-hours"), may_send
            )
    for line in circle.helplines.all(group):
        if not line.language:
            language, source = words("sandbox-language"), words("sandbox-source")
            await circle.helplines.describe(group, None, line.id, language, source)
    for phrase in KEYWORDS:
        if phrase not in circle.keywords.all(group):
            await circle.keywords.add(group, phrase)
    await circle.retention.set_lifetime(Room(group, FADING_ROOM), LIFETIME)
