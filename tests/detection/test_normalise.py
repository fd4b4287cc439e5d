"""Folding: the same words, however typed, are the same; and every letter knows its origin."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.detection.normalise import MOST_CHARACTERS, _is_invisible, _is_mark, _origins, fold

# Letters that go wrong: jamo, half-width kana, Greek with iota, a mark made of two, fillers.
HARD = "aA\u00e9\u0301\u0316\u0345\u0344\u0f73\uff9e\uff76\u1100\u1161\u11a8\u09c7\u09be\ufb01"
HARD += "\ufdfa\u00df\u0130\u017f\u03a3\u03c2\u03b1\u200b\u00ad\ufe0f\u034f\u3164\u202e \n\t\u00a0"
HARD += "\u2028\x00\x1f\u00bd\u3392\u1f80\u0390k\u212a"
texts = st.one_of(st.text(), st.text(alphabet=HARD, max_size=60))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Anna LEE", "anna lee"),
        ("\uff21\uff2e\uff2e\uff21", "anna"),
        ("caf\u00e9", "cafe\u0301"),
        ("an\u200bna", "anna"),
        ("an\u00adna", "anna"),
        ("a\u034fn\ufe0fna", "anna"),
        ("e\u200b\u0301", "\u00e9"),
        ("anna\n\n  lee", "anna lee"),
        ("anna\u00a0lee", "anna lee"),
        ("\u2028anna\x00 ", "anna"),
        ("stra\u00dfe", "STRASSE"),
        ("\ufb01ne", "fine"),
        ("\u212aim", "kim"),
        ("\uff76\uff9e", "\u30ac"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("a\u0301\u0316", "a\u0316\u0301"),
    ],
)
def test_the_same_words_fold_to_the_same_text(typed: str, same: str) -> None:
    assert fold(typed).text == fold(same).text


def test_accents_tell_words_apart() -> None:
    assert fold("resume").text != fold("r\u00e9sum\u00e9").text


@given(texts)
@example("a" + "\u0301\u0316" * 40)
@example("a" + "\u0301\u200b" * 40)
@example("\u03b1\u0345\u0301")
@example(" \u0301 a")
@example("\x00 a \x1f")
@example("")
def test_every_folded_character_knows_its_origin(text: str) -> None:
    folded = fold(text)
    origins = _origins(text)
    assert len(origins) == len(folded.text)
    assert all(0 <= at < len(text) for at in origins)
    for number, at in enumerate(origins):
        assert folded.span(number, number + 1) == (at, at + 1)
        # It is there because of that letter (white space has become one kind).
        letter = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[at]).casefold())
        shown = folded.text[number]
        assert shown in letter or (shown == " " and any(each.isspace() for each in letter))


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(texts)
def test_nothing_invisible_is_left(text: str) -> None:
    folded = fold(text).text
    assert not any(_is_invisible(letter) for letter in folded)
    assert "  " not in folded
    assert folded == folded.strip()


def test_no_mark_stands_beyond_the_searched_range() -> None:
    beyond = [chr(code) for code in range(0x20000, 0xE0000, 7)]
    assert not any(_is_mark(letter) or _is_invisible(letter) for letter in beyond)


HOSTILE = {
    "marks out of order": "a" + "\u0301\u0316" * MOST_CHARACTERS,
    "marks made of two": "\u0f73" * MOST_CHARACTERS,
    "one character is eighteen": "\ufdfa" * MOST_CHARACTERS,
    "invisible": "\u200b" * MOST_CHARACTERS,
    "spaces": " \n" * MOST_CHARACTERS,
    "controls": "\x00a" * MOST_CHARACTERS,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_is_linear_on_hostile_text(text: str) -> None:
    # Quadratic, the first took minutes; four times the time leaves room.
    def seconds(share: int) -> float:
        piece = text[: MOST_CHARACTERS // share]
        best = 9e9
        for _ in range(3):
            began = time.process_time()
            fold(piece)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(1) < 4 * 4 * seconds(4) + 0.05


def test_a_longer_text_is_folded_up_to_its_limit() -> None:
    assert len(fold("a" * (MOST_CHARACTERS + 5)).text) == MOST_CHARACTERS
