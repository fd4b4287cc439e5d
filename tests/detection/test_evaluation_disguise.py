"""How much is seen through, on text of our own: generated, and written by hand.

The floors are a little under what was reached. The figures are in docs/detection.md.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

from bot.detection import Keywords
from tests.detection.evaluation.disguises import ALL
from tests.detection.evaluation.measure import written

HERE = Path(__file__).parent / "evaluation"
WORDS = (
    "marigold", "phoenix", "bernadette", "northside", "lithium", "therapist", "louise", "oskar",
    "detox", "relapse", "hospital", "carel", "clinic", "shelter", "foenix", "willow lane",
)  # fmt: skip
CARRIERS = (
    "I saw {} yesterday",
    "is that {}, really?",
    "my {} said so. I do not know",
    "do not tell {}",
    "{} again",
    "we talked about it with {}!",
)
KEYWORDS = Keywords(WORDS)


def generated() -> dict[str, float]:
    """The share that is found of each way to hide a word."""
    chance = Random(11)
    return {
        name: sum(
            KEYWORDS.hits(chance.choice(CARRIERS).format(hide(chance.choice(WORDS), chance)))
            for _ in range(80)
        )
        / 80
        for name, hide in ALL.items()
    }


def test_every_way_to_hide_a_word_is_seen_through() -> None:
    shares = generated()
    assert sum(shares.values()) / len(shares) >= 0.97, shares
    assert min(shares.values()) >= 0.8, shares


def test_what_people_write_is_seen_through_and_ordinary_words_are_left_alone() -> None:
    rows = [json.loads(line) for line in (HERE / "hidden_written.jsonl").read_text().splitlines()]
    counts = Counter((row["keyword"] is not None, KEYWORDS.hits(row["text"])) for row in rows)
    missed = [row["text"] for row in rows if row["keyword"] and not KEYWORDS.hits(row["text"])]
    wrong = [row["text"] for row in rows if not row["keyword"] and KEYWORDS.hits(row["text"])]
    assert counts[True, True] >= 0.9 * (counts[True, True] + counts[True, False]), missed
    assert wrong == []


def test_clean_talk_raises_nothing() -> None:
    texts = [row.text for row in written("clean_written")]
    plain = {word for word in WORDS for text in texts if word in text.lower()}
    keywords = Keywords(set(WORDS) - plain)
    assert [text for text in texts if keywords.hits(text)] == []
