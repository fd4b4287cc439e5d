"""Matrix's messages as the core's vocabulary. State events are the rooms' (`rooms.py`).

Nothing that a reader would see may hide from the scan: every text in a message counts, in
whatever field an old, new or foreign client would show it, except where Matrix itself says that
the field is an id, a key or an address. What cannot be made sense of is said to be unreadable.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from adapters.matrix.arrivals import Arrival
from adapters.matrix.transport import Json
from bot.events import Event, MessageEdited, MessagePosted, MessageRemoved, MessageUnreadable
from bot.model import Account, Attachment, Content, MessageRef, Room

PLATFORM: Final = "matrix"

_FILES: Final = {"m.image": "image", "m.video": "video", "m.audio": "audio", "m.file": "file"}
_POLLS: Final = frozenset(
    {"m.poll.start", "org.matrix.msc3381.poll.start", "m.poll.end", "org.matrix.msc3381.poll.end"}
)
_SHOWN: Final = frozenset({"m.room.message", "m.sticker"}) | _POLLS
_NO_WORDS: Final = frozenset(
    {"event_id", "file", "format", "info", "m.mentions", "m.relates_to", "mimetype", "msgtype"}
    | {"thumbnail_file", "thumbnail_url", "url", "v"}
)
"""Keys under which no client shows text: ids, addresses, keys of files, measures."""
_DEEPEST: Final = 12
_LATEST: Final = 253_402_300_799_000
_TAG: Final = re.compile(r"<([^<>]*)>")
_BREAKING: Final = frozenset(
    {"blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre"}
    | {"td", "th", "tr", "ul", "ol", "table", "details", "summary"}
)
_PLAIN: Final = frozenset({"body", "m.mentions", "msgtype"})


def account(user: str) -> Account:
    """A Matrix account."""
    return Account(PLATFORM, user)


def moment(event: Json) -> datetime:
    """When an event was sent, as its sender's homeserver says, and not later than now.

    One from the future, whose lifetime would never end, was sent when ours handed it out.
    """
    unsigned = event.get("unsigned")
    age = unsigned.get("age") if type(unsigned) is dict else None
    milliseconds = event["origin_server_ts"] + (min(age, 0) if type(age) is int else 0)
    milliseconds = min(max(milliseconds, 0), _LATEST)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def events(room: Room, arrival: Arrival) -> list[Event]:
    """What an arrival means to the core; nothing where it is no message of any kind."""
    event = arrival.event
    if arrival.unreadable:
        return [_unreadable(room, arrival)]
    kind = event["type"]
    if kind == "m.room.redaction":
        return _removed(room, arrival)
    if kind not in _SHOWN and not _is_worded_reaction(event):
        return []
    said = event["content"]
    if not said:
        # Redacted before it was fetched.
        return []
    relation = said.get("m.relates_to")
    relation = relation if type(relation) is dict else {}
    replaced = _id(relation.get("event_id")) if relation.get("rel_type") == "m.replace" else None
    try:
        found = edited(said) if replaced else content(kind, said)
    except _NoSense:
        return [_unreadable(room, arrival)]
    author = account(event["sender"])
    at = moment(event)
    if replaced:
        return [
            MessageEdited(
                id=event["event_id"],
                group=room.group,
                at=at,
                live=arrival.live,
                ref=MessageRef(room, replaced),
                author=author,
                content=found,
            )
        ]
    reply = relation.get("m.in_reply_to")
    reply_to = _id(reply.get("event_id")) if type(reply) is dict else None
    thread = _id(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else None
    if thread and relation.get("is_falling_back"):
        # Where a thread's message points to for clients that know no threads.
        reply_to = None
    return [
        MessagePosted(
            id=event["event_id"],
            group=room.group,
            at=at,
            live=arrival.live,
            ref=MessageRef(room, event["event_id"]),
            author=author,
            content=found,
            reply_to=MessageRef(room, reply_to) if reply_to else None,
            thread=MessageRef(room, thread) if thread else None,
        )
    ]


def content(kind: str, said: Json) -> Content:
    """What a message's content says. Raises `ValueError` where it makes no sense."""
    body, what = said.get("body"), said.get("msgtype")
    file = "image" if kind == "m.sticker" else _FILES.get(what) if type(what) is str else None
    if type(body) is str and file is None and said.keys() <= _PLAIN:
        return Content(body)
    texts = list(dict.fromkeys(_texts(said)))
    if kind == "m.reaction":
        return Content(said["m.relates_to"]["key"], tuple(texts))
    if kind in _POLLS and texts:
        return Content(texts[0], tuple(texts[1:]))
    if type(body) is not str:
        raise _NoSense
    if file is not None:
        name = said.get("filename")
        # A body beside a file name is a caption; alone, it is the name.
        named, caption = (name, body) if type(name) is str and name != body else (body, "")
        rest = tuple(text for text in texts if text not in (named, caption))
        return Content(caption, rest, (Attachment(file, named),))
    plain = _flat(body)
    return Content(body, tuple(text for text in texts if _flat(text) != plain))


def edited(said: Json) -> Content:
    """What a message says after an edit. The fallback counts too: old clients show it."""
    new = said.get("m.new_content")
    if type(new) is not dict:
        raise _NoSense
    found = content("m.room.message" if "body" in new else "m.poll.start", new)
    known = {_flat(text) for text in (found.text, *found.scannable)}
    known |= {_flat(attachment.name) for attachment in found.attachments}
    outside = {key: value for key, value in said.items() if key != "m.new_content"}
    rest = [text for text in _texts(outside) if _flat(text.removeprefix("* ")) not in known]
    return Content(found.text, (*found.scannable, *dict.fromkeys(rest)), found.attachments)


def as_posted(edit: MessageEdited) -> MessagePosted:
    """What claims to be an edit, as the message that it is by itself."""
    return MessagePosted(
        id=edit.id,
        group=edit.group,
        at=edit.at,
        live=edit.live,
        ref=MessageRef(edit.ref.room, edit.id),
        author=edit.author,
        content=edit.content,
    )


class _NoSense(ValueError):
    """The event is not what its type says."""


def _unreadable(room: Room, arrival: Arrival) -> MessageUnreadable:
    event = arrival.event
    return MessageUnreadable(
        id=f"unreadable {event['event_id']}",
        group=room.group,
        at=moment(event),
        live=arrival.live,
        ref=MessageRef(room, event["event_id"]),
        author=account(event["sender"]) if event["sender"] else None,
    )


def _removed(room: Room, arrival: Arrival) -> list[Event]:
    event = arrival.event
    # In the content since room version 11, beside it before.
    target = _id(event["content"].get("redacts")) or _id(event.get("redacts"))
    if target is None:
        return []
    return [
        MessageRemoved(
            id=event["event_id"],
            group=room.group,
            at=moment(event),
            live=arrival.live,
            ref=MessageRef(room, target),
        )
    ]


def _is_worded_reaction(event: Json) -> bool:
    """Clients show any text as a reaction, so it can say what a message says."""
    if event["type"] != "m.reaction":
        return False
    relation = event["content"].get("m.relates_to")
    key = relation.get("key") if type(relation) is dict else None
    # A digit alone is a number to press; more of them may be a telephone's.
    return type(key) is str and (
        any(letter.isalpha() for letter in key) or sum(map(str.isdecimal, key)) > 2
    )


def _id(value: Any) -> str | None:
    return value if type(value) is str and value else None


def _flat(text: str) -> str:
    return " ".join(text.split())


def _texts(value: Any, key: str = "", depth: int = 0) -> Iterator[str]:
    """Every text that some client might show, however deep it lies."""
    if type(value) is str:
        if key == "formatted_body" or "html" in key:
            yield from _words_of(value)
        elif value.strip():
            yield value
    elif depth > _DEEPEST:
        raise _NoSense
    elif type(value) is dict:
        formatted = str(value.get("mimetype", "")).endswith("html")
        for name, inner in value.items():
            if name not in _NO_WORDS:
                yield from _texts(inner, "html" if formatted else name, depth + 1)
    elif type(value) is list:
        for inner in value:
            yield from _texts(inner, key, depth + 1)


def _words_of(formatted: str) -> Iterator[str]:
    """The text of some HTML, and what stands in its tags: links, titles, spoilers' reasons.

    Reads more than a browser shows, never less. No parser: those of the standard library take
    seconds for a message that somebody made for that.
    """
    inside: list[str] = []

    def tag(found: re.Match[str]) -> str:
        name, _, attributes = found[1].removeprefix("/").replace("/", " ").partition(" ")
        if not name[:1].isalpha():
            return found[0]
        if attributes.strip():
            inside.append(found[1].partition(" ")[2])
        return " " if name.lower() in _BREAKING else ""

    text = _TAG.sub(tag, formatted)
    for each in (text, *inside):
        if each.strip():
            yield html.unescape(each).strip()
