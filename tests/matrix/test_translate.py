"""Raw events to the core's words: nothing a reader sees hides from the scan."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.matrix import translate
from adapters.matrix.arrivals import Arrival
from bot.events import Event, MessageEdited, MessagePosted, MessageRemoved, MessageUnreadable
from bot.model import Attachment, Group, MessageRef, Room

ROOM = Room(Group("matrix", "evening"), "!room:homeserver.test")
SECRET = "maple street"


def told(content: Any, kind: str = "m.room.message", **more: Any) -> list[Event]:
    event = {
        "type": kind,
        "event_id": "$said",
        "sender": "@cora:homeserver.test",
        "origin_server_ts": 1_700_000_000_000,
        "content": content,
        **more,
    }
    return translate.events(ROOM, Arrival(ROOM.handle, event))


def posted(content: Any, kind: str = "m.room.message") -> MessagePosted:
    (event,) = told(content, kind)
    assert isinstance(event, MessagePosted)
    return event


def readable(event: Event) -> str:
    assert isinstance(event, MessagePosted | MessageEdited)
    names = [attachment.name for attachment in event.content.attachments]
    return "\n".join([event.content.text, *event.content.scannable, *names])


def text(body: str, **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


def html(body: str, formatted: str) -> dict[str, Any]:
    return text(body, format="org.matrix.custom.html", formatted_body=formatted)


def test_a_plain_message() -> None:
    event = posted(text("Good evening."))
    assert event.id == "$said"
    assert event.ref == MessageRef(ROOM, "$said")
    assert event.author.handle == "@cora:homeserver.test"
    assert event.at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert event.content.text == "Good evening."
    assert event.content.scannable == ()
    assert event.live
    assert not event.automated


def test_html_that_says_the_same_is_not_said_twice() -> None:
    event = posted(html("Good *evening* all", "Good <em>*evening*</em>&nbsp;all<br/>"))
    assert event.content.scannable == ()


@pytest.mark.parametrize(
    "content",
    [
        html("nothing", f"<p>{SECRET}</p>"),
        html("nothing", "<b>maple</b> str<i>eet</i>"),
        html("nothing", "maple&#32;street"),
        html("nothing", f'<span data-mx-spoiler="{SECRET}">x</span>'),
        html("nothing", f'<a href="https://example.org/{SECRET}">here</a>'),
        html("nothing", f"<img alt='{SECRET}'>"),
        html("nothing", f"<mx-reply>{SECRET}</mx-reply>"),
        html("nothing", f"1 < 2, {SECRET}"),
        {"msgtype": "m.image", "body": SECRET, "url": "mxc://x/y"},
        {"msgtype": "m.image", "body": SECRET, "filename": "a.png", "url": "mxc://x/y"},
        {"msgtype": "m.file", "body": "look", "filename": f"{SECRET}.pdf", "url": "mxc://x/y"},
        {"msgtype": "m.location", "body": "here", "geo_uri": f"geo:{SECRET}"},
        {"msgtype": "m.text", "body": "x", "org.matrix.msc1767.text": SECRET},
        {"msgtype": "m.text", "body": "x", "m.text": [{"body": SECRET}]},
        {
            "msgtype": "m.text",
            "body": "x",
            "m.text": [{"mimetype": "text/html", "body": f"<p>{SECRET}"}],
        },
        {"msgtype": "m.text", "body": "x", "m.new_content": {"body": SECRET}},
        {"msgtype": "org.example.new", "body": "x", "org.example.card": {"lines": ["y", SECRET]}},
    ],
)
def test_no_field_hides_a_text(content: dict[str, Any]) -> None:
    assert SECRET in readable(posted(content))


def test_a_caption_is_the_text_and_the_file_name_hangs_on_it() -> None:
    event = posted({"msgtype": "m.image", "body": "our garden", "filename": "garden.png"})
    assert event.content.text == "our garden"
    assert event.content.attachments == (Attachment("image", "garden.png"),)
    alone = posted({"msgtype": "m.video", "body": "garden.mp4"})
    assert alone.content.text == ""
    assert alone.content.attachments == (Attachment("video", "garden.mp4"),)
    sticker = posted({"body": "a waving cat", "url": "mxc://x/y"}, "m.sticker")
    assert sticker.content.attachments == (Attachment("image", "a waving cat"),)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (
            "m.poll.start",
            {
                "m.text": [{"body": "fallback"}],
                "m.poll": {
                    "question": {"m.text": [{"body": "Where?"}]},
                    "answers": [{"m.id": "1", "m.text": [{"body": SECRET}]}],
                },
            },
        ),
        (
            "org.matrix.msc3381.poll.start",
            {
                "org.matrix.msc1767.text": "fallback",
                "org.matrix.msc3381.poll.start": {
                    "question": {"org.matrix.msc1767.text": "Where?"},
                    "answers": [{"id": "1", "org.matrix.msc1767.text": SECRET}],
                },
            },
        ),
    ],
)
def test_a_poll_is_read_whole(kind: str, content: dict[str, Any]) -> None:
    said = readable(posted(content, kind))
    assert SECRET in said
    assert "Where?" in said


def test_an_edit_says_what_it_says_now_and_what_old_clients_show() -> None:
    replaces = {"rel_type": "m.replace", "event_id": "$first"}
    (event,) = told(text("* new", **{"m.new_content": text("new"), "m.relates_to": replaces}))
    assert isinstance(event, MessageEdited)
    assert event.ref == MessageRef(ROOM, "$first")
    assert event.content.text == "new"
    assert event.content.scannable == ()
    (sly,) = told(text(SECRET, **{"m.new_content": text("new"), "m.relates_to": replaces}))
    assert SECRET in readable(sly)
    hidden = html("new", f"<p>{SECRET}</p>")
    (formatted,) = told(text("* new", **{"m.new_content": hidden, "m.relates_to": replaces}))
    assert SECRET in readable(formatted)


def test_replies_and_threads_are_known_and_a_fallback_is_no_reply() -> None:
    reply = posted(text("yes", **{"m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}}}))
    assert reply.reply_to == MessageRef(ROOM, "$asked")
    relation = {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$last"},
    }
    threaded = posted(text("yes", **{"m.relates_to": relation}))
    assert threaded.thread == MessageRef(ROOM, "$root")
    assert threaded.reply_to is None


@pytest.mark.parametrize(
    "redaction", [{"content": {"redacts": "$gone"}}, {"content": {}, "redacts": "$gone"}]
)
def test_a_redaction_in_old_and_new_rooms(redaction: dict[str, Any]) -> None:
    (event,) = told(kind="m.room.redaction", **redaction)
    assert isinstance(event, MessageRemoved)
    assert event.ref == MessageRef(ROOM, "$gone")


def test_what_was_redacted_before_it_came_is_nothing() -> None:
    assert told({}) == []


def test_a_reaction_in_words_is_a_message_and_a_symbol_is_none() -> None:
    def reaction(key: str) -> dict[str, Any]:
        return {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": key}}

    assert posted(reaction(SECRET), "m.reaction").content.text == SECRET
    assert told(reaction("👍️"), "m.reaction") == []


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.text"},
        {"msgtype": "m.text", "body": 5},
        {"msgtype": "m.text", "body": [SECRET]},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}, **text("* x")},
        text("x", deep=[[[[[[[[[[[[[[SECRET]]]]]]]]]]]]]]),
    ],
)
def test_what_makes_no_sense_is_unreadable_and_not_overlooked(content: dict[str, Any]) -> None:
    (event,) = told(content)
    assert isinstance(event, MessageUnreadable)
    assert event.ref == MessageRef(ROOM, "$said")
    assert event.id != "$said"


def test_without_its_key_a_message_is_unreadable() -> None:
    event = {
        "type": "m.room.encrypted",
        "event_id": "$said",
        "sender": "@cora:homeserver.test",
        "origin_server_ts": 0,
        "content": {"ciphertext": "x"},
    }
    (unreadable,) = translate.events(ROOM, Arrival(ROOM.handle, event, unreadable=True))
    assert isinstance(unreadable, MessageUnreadable)


def test_a_message_from_the_future_was_sent_when_it_came() -> None:
    ahead = 10**12
    (event,) = told(text("x"), origin_server_ts=1_700_000_000_000 + ahead, unsigned={"age": -ahead})
    assert event.at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    (absurd,) = told(text("x"), origin_server_ts=10**18)
    assert absurd.at.year == 9999


def test_what_is_no_message_is_nothing() -> None:
    assert told({"name": "Evening"}, "m.room.name", state_key="") == []
    assert told({"anything": "else"}, "org.example.unknown") == []


def test_html_made_to_take_long_does_not() -> None:
    before = time.process_time()
    for seed in ("<!--", "<a ", "&#", "<a href='", "</", "<script>", '<a x="', "a=", "<a/"):
        posted(html("x", (seed * 65_000)[:60_000]))
    assert time.process_time() - before < 2


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(SECRET),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["body", "msgtype", "formatted_body", "filename", "m.new_content", "x"]),
        _anything,
        max_size=5,
    ),
    st.sampled_from(["m.room.message", "m.sticker", "m.poll.start", "m.reaction"]),
)
def test_whatever_comes_is_read_or_said_to_be_unreadable(
    content: dict[str, Any], kind: str
) -> None:
    shown = {key: value for key, value in content.items() if key != "msgtype"}
    for event in told(content, kind):
        if not isinstance(event, MessageUnreadable) and SECRET in repr(list(_leaves(shown))):
            assert SECRET in readable(event)


def _leaves(value: Any) -> Any:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def test_a_reaction_can_hold_a_number_to_call() -> None:
    def reaction(key: str) -> list[Event]:
        about = {"rel_type": "m.annotation", "event_id": "$above", "key": key}
        return told({"m.relates_to": about}, "m.reaction")

    assert reaction("1\ufe0f\u20e3") == []
    (event,) = reaction("0170 123 45 67")
    assert "0170 123 45 67" in readable(event)


def test_an_edit_that_does_not_count_is_a_message_of_its_own() -> None:
    change = {"rel_type": "m.replace", "event_id": "$another's"}
    (edit,) = told(text("* x", **{"m.new_content": text(SECRET), "m.relates_to": change}))
    assert isinstance(edit, MessageEdited)
    event = translate.as_posted(edit)
    assert event.ref == MessageRef(ROOM, "$said")
    assert event.author == edit.author
    assert SECRET in readable(event)
