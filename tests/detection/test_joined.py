"""What several messages show together: words in pieces, and another's words said again."""

from __future__ import annotations

import pytest

from bot.detection import Keywords, Kind, fold, joined
from bot.detection.joined import MOST_AUTHORS, PIECES_FOR, QUOTES_FOR, Pieces, Quotes

KEYWORDS = Keywords(["hospital", "larkspur", "therapist"])
SAID = "yesterday I finally told the nurse that I had stopped eating lunch"


def sent(pieces: Pieces, *messages: str, author: str = "Cora", apart: float = 1) -> list[str]:
    """What was found in each of some messages that one author sends in a row."""
    found = []
    for number, message in enumerate(messages):
        findings = pieces.find(author, fold(message), KEYWORDS, number * apart)
        found += [message[finding.start : finding.end] for finding in findings]
    return found


def test_a_word_in_pieces_is_found_in_its_last_piece() -> None:
    assert sent(Pieces(), "hos", "pit", "al") == ["al"]
    assert sent(Pieces(), *"hospital") == ["l"]
    assert sent(Pieces(), "I was at the hos", "pital yesterday") == ["pital"]
    assert sent(Pieces(), "L4rk", "spur") == ["spur"]


def test_messages_that_make_no_keyword_are_silent() -> None:
    assert sent(Pieces(), "hos", "and", "pital") == []
    assert sent(Pieces(), "the rap", "ist good") == []
    assert sent(Pieces(), "hospital") == []  # a whole word is for the keywords themselves


def test_pieces_of_different_people_are_no_word() -> None:
    pieces = Pieces()
    assert sent(pieces, "hos") == []
    assert sent(pieces, "pital", author="Drew") == []


def test_pieces_far_apart_are_no_word() -> None:
    assert sent(Pieces(), "hos", "pital", apart=PIECES_FOR + 1) == []


def test_authors_are_forgotten_when_there_are_many() -> None:
    pieces = Pieces()
    sent(pieces, "hos")
    for number in range(MOST_AUTHORS):
        sent(pieces, "hi", author=f"member {number}")
    assert sent(pieces, "pital") == []


def test_anothers_words_in_another_room_are_a_quote() -> None:
    quotes = Quotes()
    assert quotes.find("circle", "Cora", fold(SAID), 0) == []
    text = f"listen to this: {SAID.upper()}! can you believe it"
    findings = quotes.find("lounge", "Drew", fold(text), 10)
    assert [text[each.start : each.end] for each in findings] == [SAID.upper() + "!"]
    assert findings[0].kind is Kind.QUOTE


def test_eight_words_are_enough_and_seven_are_not() -> None:
    quotes = Quotes()
    quotes.find("circle", "Cora", fold(SAID), 0)
    words = SAID.split()
    assert quotes.find("lounge", "Drew", fold(" ".join(words[2:9])), 1) == []
    assert len(quotes.find("hall", "Drew", fold(" ".join(words[2:10])), 2)) == 1


def test_ones_own_words_and_the_same_room_are_no_quote() -> None:
    quotes = Quotes()
    quotes.find("circle", "Cora", fold(SAID), 0)
    assert quotes.find("lounge", "Cora", fold(SAID), 1) == []
    assert quotes.find("circle", "Drew", fold(SAID), 2) == []


def test_after_an_hour_nothing_is_known() -> None:
    quotes = Quotes()
    quotes.find("circle", "Cora", fold(SAID), 0)
    assert quotes.find("lounge", "Drew", fold(SAID), QUOTES_FOR + 1) == []


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined, "MOST_WINDOWS", 30)
    quotes = Quotes()
    for number in range(5):
        text = " ".join(f"w{number}x{at}" for at in range(60))
        quotes.find("circle", "Cora", fold(text), 0)
    assert 0 < len(quotes._said) <= 30
