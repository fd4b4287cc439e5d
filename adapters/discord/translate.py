"""Discord's messages as the core's vocabulary.

Nothing that a reader would see may hide from the scan: not in an embed, a poll, a forward, a
file's description, a button's label or the title of the thread that begins with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import discord

from adapters.discord.rooms import Rooms, account
from bot.events import MessageEdited, MessagePosted
from bot.model import Attachment, Content, MessageRef, Room

_WRITTEN: Final = frozenset(
    {
        discord.MessageType.default,
        discord.MessageType.reply,
        discord.MessageType.thread_created,
        discord.MessageType.chat_input_command,
        discord.MessageType.context_menu_command,
        discord.MessageType.poll_result,
    }
)
"""What holds somebody's own words. Of the rest ("... pinned a message") Discord is the author."""
_NO_MESSAGE: Final = discord.MessageType.thread_starter_message
"""Shows in a thread the message that it began from; nobody can remove it alone."""
_SHOWN: Final = frozenset({"content", "label", "placeholder", "description", "title", "text"})
"""Keys of a message's components under which people read words."""


def posted(rooms: Rooms, message: discord.Message, *, live: bool) -> MessagePosted | None:
    """A message as an event; None where it is none, or not in one of our rooms."""
    room = rooms.room(message.guild.id if message.guild else None, message.channel)
    if room is None or message.type is _NO_MESSAGE:
        return None
    above = message.reference
    replied = None
    if above is not None and above.type is discord.MessageReferenceType.reply:
        replied = above.message_id
    thread = message.channel if isinstance(message.channel, discord.Thread) else None
    return MessagePosted(
        id=f"message {message.id}",
        group=room.group,
        at=message.created_at,
        live=live,
        ref=rooms.ref(room, message.channel.id, message.id),
        author=account(message.author),
        content=content(message),
        reply_to=rooms.ref(room, message.channel.id, replied) if replied else None,
        thread=None if thread is None else starter(rooms, room, thread),
        automated=is_automated(message),
    )


def edited(rooms: Rooms, message: discord.Message, *, live: bool) -> MessageEdited | None:
    """What a message says now, after an edit or with the preview of a link or a thread's title.

    None where nothing that is read changed: a pin is told in the same way.
    """
    room = rooms.room(message.guild.id if message.guild else None, message.channel)
    if room is None or not (message.edited_at or message.embeds or _title(message)):
        return None
    says = content(message)
    print = hashlib.blake2b("\0".join((says.text, *says.scannable)).encode(), digest_size=8)
    return MessageEdited(
        id=f"edit {message.id} {message.edited_at} {print.hexdigest()}",
        group=room.group,
        at=message.edited_at or datetime.now(UTC),
        live=live,
        ref=rooms.ref(room, message.channel.id, message.id),
        author=account(message.author),
        content=says,
        automated=is_automated(message),
    )


def is_automated(message: discord.Message) -> bool:
    """Whether no person wrote a message."""
    no_person = message.author.bot or message.webhook_id is not None
    return no_person or message.type not in _WRITTEN


def starter(rooms: Rooms, room: Room, thread: discord.Thread) -> MessageRef:
    """The message that a thread began with, which has its id; in a forum it stands within."""
    forum = isinstance(thread.parent, discord.ForumChannel)
    return rooms.ref(room, thread.id if forum else int(room.handle), thread.id)


def content(message: discord.Message) -> Content:
    """What a message says, with all that is read beside its text."""
    title = _title(message)
    if not (title or _has_more(message)):
        return Content(message.content)
    texts = [*_beside(message), title]
    for snapshot in message.message_snapshots:
        texts += [snapshot.content, *_in_embeds(snapshot.embeds), *_in_files(snapshot.attachments)]
        texts += [sticker.name for sticker in snapshot.stickers]
        texts += _shown([component.to_dict() for component in snapshot.components])
    files = [*message.attachments, *(f for s in message.message_snapshots for f in s.attachments)]
    return Content(
        message.content,
        tuple(dict.fromkeys(text for text in texts if text and text != message.content)),
        tuple(Attachment(_kind(file.content_type), file.filename) for file in files),
    )


def _title(message: discord.Message) -> str | None:
    """The title of the thread, or of the post in a forum, that begins with a message."""
    channel = message.channel
    if isinstance(channel, discord.Thread) and channel.id == message.id:
        return channel.name
    thread = None if message.guild is None else message.guild.get_thread(message.id)
    return None if thread is None else thread.name


def _has_more(message: discord.Message) -> bool:
    """Whether a message is more than its text, as few are."""
    return bool(
        message.embeds
        or message.attachments
        or message.stickers
        or message.poll
        or message.components
        or message.message_snapshots
    )


def _beside(message: discord.Message) -> Iterator[str | None]:
    yield from _in_embeds(message.embeds)
    yield from _in_files(message.attachments)
    yield from (sticker.name for sticker in message.stickers)
    if message.poll is not None:
        yield message.poll.question
        yield from (answer.text for answer in message.poll.answers)
    yield from _shown([component.to_dict() for component in message.components])


def _in_embeds(embeds: Sequence[discord.Embed]) -> Iterator[str | None]:
    for embed in embeds:
        yield from (embed.provider.name, embed.title, embed.description)
        yield from (embed.author.name, embed.footer.text)
        for field in embed.fields:
            yield from (field.name, field.value)


def _in_files(files: Sequence[discord.Attachment]) -> Iterator[str | None]:
    # A title is shown in place of the name, where Discord changed letters of it.
    return (text for file in files for text in (file.title, file.description))


def _shown(value: Any, key: str = "") -> Iterator[str]:
    """The words in components, however deep they lie."""
    if isinstance(value, str):
        if key in _SHOWN:
            yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _shown(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _shown(inner, key)


def _kind(content_type: str | None) -> str:
    kind = (content_type or "").partition("/")[0]
    return kind if kind in ("image", "video", "audio") else "file"
