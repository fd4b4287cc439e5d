"""Commands as people type them, by their declaration."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

import pytest

from adapters.matrix import commands
from adapters.matrix.commands import Known, Typed
from bot.cog import Arg
from bot.model import Account, Group, MessageRef, Room
from bot.texts import default_texts
from tests.adapters.fakes import command

GROUP = Group("matrix", "g")
EVENING = Room(GROUP, "!evening:example.org")
CORA = Account("matrix", "@cora:example.org")
KNOWN = Known(GROUP, {"evening circle": EVENING}, {"cora lee": CORA})
ABOVE = MessageRef(EVENING, "$above")


class Why(Enum):
    ONE = "one"
    TWO = "two words"


ANON = command("anon", room=Room, text=(str, Arg("words", long=True)))
BACK = command("anon take back", receipt=str)
NUDGE = command("nudge", person=Account, why=Why)
LET_GO = command("let go", message=MessageRef, after=timedelta)
ALL = [ANON, BACK, NUDGE, LET_GO]


def typed(text: str) -> Typed:
    found = commands.find(ALL, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("!anon take back K7", "anon take back", "K7"),
        ("Anon  Take   BACK", "anon take back", ""),
        ("anon takeaway", "anon", "takeaway"),
        ("!let go\n2h", "let go", "2h"),
    ],
)
def test_the_longest_name_counts_with_the_prefix_or_without(
    text: str, name: str, rest: str
) -> None:
    found = typed(text)
    assert (found.command.name, found.rest) == (name, rest)


@pytest.mark.parametrize("text", ["anonymous", "!", "", "hello anon", "!!anon", "\x00"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert commands.find(ALL, text) is None


@pytest.mark.parametrize("text", ["!anon x", "!help"])
def test_a_prefix_and_a_letter_are_meant_for_a_bot(text: str) -> None:
    assert commands.is_command(text)
    assert not commands.is_command(text[1:])
    assert not commands.is_command(f"!{text}")


@pytest.mark.parametrize(
    "text",
    [
        'anon "evening circle" It\'s "hard"\nsome days',
        'anon Evening  Circle It\'s "hard"\nsome days',
        'anon evening circle: It\'s "hard"\nsome days',
        'anon !evening:example.org It\'s "hard"\nsome days',
        'anon https://matrix.to/#/!evening%3Aexample.org?via=example.org It\'s "hard"\nsome days',
        'anon \u201cevening circle\u201d It\'s "hard"\nsome days',
    ],
)
def test_a_room_is_named_in_many_ways_and_the_rest_is_the_text(text: str) -> None:
    found = commands.arguments(typed(text), KNOWN, None)
    assert found == {"room": EVENING, "text": 'It\'s "hard"\nsome days'}


def test_what_is_not_known_stays_text_for_the_core_to_refuse() -> None:
    assert commands.arguments(typed("anon kitchen hello"), KNOWN, None) == {
        "room": "kitchen",
        "text": "hello",
    }
    assert commands.arguments(typed("anon"), KNOWN, None) == {}


@pytest.mark.parametrize(
    "who", ["@cora:example.org", '"Cora Lee"', "https://matrix.to/#/@cora:example.org"]
)
def test_people_are_named_by_id_link_or_name(who: str) -> None:
    found = commands.arguments(typed(f"nudge {who} two words"), KNOWN, None)
    assert found == {"person": CORA, "why": "two words"}


def test_a_message_is_the_one_replied_to_or_linked() -> None:
    assert commands.arguments(typed("let go 2 h"), KNOWN, ABOVE) == {
        "message": ABOVE,
        "after": "2 h",
    }
    link = "https://matrix.to/#/!evening:example.org/$above?via=example.org"
    assert commands.arguments(typed(f"let go {link} 2h"), KNOWN, None) == {
        "message": ABOVE,
        "after": "2h",
    }
    assert commands.arguments(typed("let go 2h"), KNOWN, None) == {"after": "2h"}


def test_an_example_can_be_typed() -> None:
    texts = default_texts()
    for declared in ALL:
        example = commands.example(declared, texts, "en", KNOWN)
        found = commands.find(ALL, example)
        assert found is not None
        assert found.command is declared
        given = commands.arguments(found, KNOWN, ABOVE)
        assert set(given) == {parameter.name for parameter in declared.parameters}
    assert commands.example(ANON, texts, "en", KNOWN) == '!anon "evening circle" text'
