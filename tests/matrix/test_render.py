"""Replies as Matrix shows them: the same words as text and as HTML, and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from adapters.matrix import render
from adapters.matrix.render import Names, Option
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Reply, Text
from bot.texts import default_texts

GROUP = Group("matrix", "g")
ROOM = Room(GROUP, "!r:example.org")
CORA = Account("matrix", "@cora:example.org")
NAMES = Names({CORA.handle: "Cora <b>"}, {ROOM.handle: "Evening & more"}, "@bot:example.org")


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for _, value in attrs]
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(reply: Reply, *options: Option, alone: bool = True) -> tuple[render.Json, Words]:
    content = render.message(reply, default_texts(), "en", NAMES, options, alone=alone)
    words = Words()
    words.feed(content.get("formatted_body", ""))
    return content, words


def test_names_and_links_are_safe_and_lead_there() -> None:
    reply = Reply(
        "leak-card-claimed",
        {"who": CORA, "since": Text("value", {"value": "x"})},
        lines=(
            Text("lifetimes-off", {"room": ROOM}),
            Text("leak-card-message", {"message": MessageRef(ROOM, "$e")}),
        ),
    )
    content, words = shown(reply)
    assert "Cora <b> has it" in content["body"]
    assert "b" not in words.tags
    assert "Evening & more" in words.text
    assert "https://matrix.to/#/%21r%3Aexample.org?via=example.org" in words.links
    assert "https://matrix.to/#/%21r%3Aexample.org/%24e?via=example.org" in words.links
    assert content["m.mentions"] == {}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_words_of_people_say_the_same_both_ways_and_make_no_markup(text: str) -> None:
    content, words = shown(
        Reply("value", {"value": text}, lines=(Text("lifetimes-off", {"room": ROOM}),))
    )
    plain, _, _ = content["body"].partition("\nEvening & more")
    rich, _, _ = words.text.partition("\nEvening & more")
    assert rich.split() == plain.split()
    assert words.tags <= {"a", "br"}


def test_what_may_not_stand_on_a_lock_screen_is_a_notice() -> None:
    assert shown(Reply("yes"))[0]["msgtype"] == "m.notice"
    loud = shown(Reply("yes", lock_line="lock-for-you"))[0]
    assert loud["msgtype"] == "m.text"
    assert loud["body"].startswith("Circlekeeper: something for you.")


def test_alone_buttons_are_numbers_and_in_a_room_they_are_words_for_the_bot_alone() -> None:
    one, two = Option("static:join", "Join"), Option("t", "Take it", "take it 12345")
    content, _ = shown(Reply("yes"), one)
    assert content["body"].endswith("\n1. Join")
    assert content[render.OURS] == {"buttons": [["static:join", "Join"]]}
    content, words = shown(Reply("yes"), two, alone=False)
    assert content["body"].endswith('\n- Take it: write "take it 12345"')
    assert "https://matrix.to/#/%40bot%3Aexample.org" in content["body"]
    assert render.OURS not in content
    assert "li" in words.tags


def test_a_number_is_read_as_typed_and_as_pressed() -> None:
    for words, number in (("1", 1), (" 2. ", 2), ("3\ufe0f\u20e3", 3), ("4\u20e3", 4), ("12", 12)):
        assert render.number_of(words) == number
    for words in ("", "one", "\u0663", "123", "-1", "1 2", "\u20e3"):
        assert render.number_of(words) is None
    assert [render.number_of(render.keycap(n)) for n in range(1, 10)] == list(range(1, 10))


def test_a_file_is_pieces_that_lose_nothing() -> None:
    lines = [f"line {n} " + "x" * 200 for n in range(300)]
    found = render.pieces("rules.md", "\n".join(lines))
    assert all(len(piece) <= render.LONGEST_BODY for piece in found)
    assert "\n".join(found) == "rules.md\n\n" + "\n".join(lines)
