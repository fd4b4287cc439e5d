"""Guard words: found however they are written, told to nobody, and never readable again."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from bot.detection import GuardWordError, GuardWords, Kind, seal
from tests.detection.evaluation.disguises import ALL, slip, turned

KEY = bytes(range(32))
NAMES = (
    "Margaret Hollister", "Tobias Brandt", "Ingrid Lindqvist", "Aurelio Castellano",
    "Bronwyn Abernathy", "Thandiwe Quigley", "Larkspur Crescent", "Ashgrove Dental Practice",
)  # fmt: skip
OTHERS = ("moonfox77", "margaret.h@example.org", "+44 7700 900123", "Caf\u00e9 Zen\u00f3n")
GUARD = GuardWords([seal(text, KEY) for text in (*NAMES, *OTHERS)], KEY)
CARRIERS = ("I saw {} at the shop yesterday", "is {} here?", "my friend {} told me, sorry")
CLEAN = Path(__file__).parent / "evaluation" / "clean_written.jsonl"


def share(write: object, chance: Random) -> float:
    """The share of the names that is found when written that way."""
    assert callable(write)
    texts = [
        carrier.format(write(name.lower(), chance))
        for carrier in CARRIERS
        for name in NAMES
        for _ in range(4)
    ]
    return sum(bool(GUARD.find(text)) for text in texts) / len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "do you know Margaret Hollister?",
        "margaret hollister's dog",
        "Hollister, Margaret",
        "MargaretHollister",
        "m.a.r.g.a.r.e.t hollister",
        "Margret Hollister",
        "call 07700 900123",
        "+44 (0)7700 900-123",
        "write to Margaret.H@Example.org!",
        "that is M00nfox77",
        "we met in the cafe zenon",
    ],
)
def test_a_guard_word_is_found(text: str) -> None:
    (finding,) = GUARD.find(text)
    assert finding.kind is Kind.GUARD_WORD
    assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Margaret said hi",
        "Hollister is a shop",
        "Margaret and also Hollister",
        "a larkspur in the garden, a crescent moon",
        "07700 900999",
        "",
    ],
)
def test_a_part_of_one_is_not(text: str) -> None:
    assert GUARD.find(text) == []


@pytest.mark.slow
def test_disguised_it_is_found() -> None:
    shares = {name: share(disguise, Random(3)) for name, disguise in ALL.items()}
    assert sum(shares.values()) / len(shares) >= 0.98, shares
    assert min(shares.values()) >= 0.7, shares


def test_with_a_slip_or_turned_around_it_is_found() -> None:
    assert share(slip, Random(4)) >= 0.94
    assert share(turned, Random(5)) == 1.0


def test_clean_talk_raises_nothing() -> None:
    texts = [json.loads(line)["text"] for line in CLEAN.read_text("utf-8").splitlines()]
    assert [text for text in texts if GUARD.find(text)] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rose", "dictionary-word"),
        ("Window", "dictionary-word"),
        ("Ann", "too-short"),
        ("...", "too-short"),
        ("one two three four five", "too-many-words"),
        ("x" * 81, "too-long"),
    ],
)
def test_what_everybody_writes_is_refused(text: str, why: str) -> None:
    with pytest.raises(GuardWordError) as refused:
        seal(text, KEY)
    assert refused.value.why == why


def test_a_phrase_that_makes_a_word_is_not_found_in_that_word() -> None:
    guard = GuardWords([seal("the rapist", KEY)], KEY)
    assert guard.find("my therapist") == []
    assert guard.find("the r4pist") != []


def test_nothing_of_it_is_in_the_tags_and_another_key_finds_nothing() -> None:
    sealed = seal("Margaret Hollister", KEY)
    assert b"argaret" not in sealed
    assert b"ollister" not in sealed
    assert sealed == seal("MARGARET  Hollister", KEY)
    assert not set(_tags(sealed)) & set(_tags(seal("Margaret Hollister", bytes(32))))
    assert GuardWords([sealed], bytes(32)).find("Margaret Hollister") == []


def _tags(sealed: bytes) -> list[bytes]:
    return [sealed[at : at + 8] for at in range(2, len(sealed), 8)]


def test_no_guard_words_find_nothing() -> None:
    assert GuardWords([], KEY).find("Margaret Hollister") == []
