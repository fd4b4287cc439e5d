"""Keywords and guard words: what a message costs, and how many are found in disguise.

The peer that can be installed is better-profanity, in `.venv-peers` (benchmarks/peers.txt); where
that is missing, ours stands alone.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from benchmarks import talk
from benchmarks.results import Goal, Line, Options, compared, limited, percentile, plain
from bot.detection import GuardWords, Keywords, Scanner, seal
from tests.detection.evaluation.disguises import ALL, slip, turned
from tests.detection.evaluation.measure import HERE, written
from tests.detection.hostile import HOSTILE

KEYWORDS = 1_000
RED_SHARE = 0.02
"""Of what Red's filter needs for the same messages."""
HOSTILE_LIMIT = 200.0
"""Milliseconds for the worst text."""
PYTHON = Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
HIDDEN = ("marigold", "phoenix", "bernadette", "northside", "lithium", "therapist", "hospital")
BY_HAND = HERE / "hidden_written.jsonl"
MEAN_LIMIT = 250.0
SLOWEST_LIMIT = 2_000.0
"""Microseconds a message with 10,000 keywords, 20,000 guard words and all kinds: mean and p99."""


def run(options: Options) -> Iterator[Line]:
    """Speed first, then the share of hidden words that is found."""
    yield from _against_patterns(options)
    yield from _everything(options)
    yield from _hidden(options)
    yield from _guard_words(options)


def _against_patterns(options: Options) -> Iterator[Line]:
    """The keywords alone, against Red's filter and against one pattern of all words."""
    phrases = talk.keywords(KEYWORDS)
    keywords = Keywords(phrases)
    # What redbot/cogs/filter/filter.py (Red-DiscordBot 3.5) makes of its words, and asks of it.
    red = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in set(phrases)), re.IGNORECASE)
    joined = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)
    ours, reds, peers = [], [], []
    for turn in range(options.repeat):
        # The patterns are slow, so they get fewer messages, and all get some of the same.
        texts = talk.messages(options.size(4_000, 100), seed=turn)
        few = texts[: options.size(200, 10)]
        ours.append(_timed(keywords.hits, texts))
        reds.append(_timed(red.findall, few))
        peers.append(_timed(joined.search, few))
    yield compared("detection", "us/message", ours, "Red's filter", reds, Goal(RED_SHARE))
    yield compared("detection", "us/message", ours, "re, all keywords joined", peers)


def _everything(options: Options) -> Iterator[Line]:
    key = bytes(32)
    chance = Random(1)
    parts = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
    names = {
        " ".join("".join(chance.choices(parts, k=3)) for _ in range(2))
        for _ in range(options.size(20_000, 50))
    }
    guard_words = GuardWords([seal(name, key) for name in names], key)
    scanner = Scanner(Keywords(talk.keywords(options.size(10_000, 100))), guard_words)
    means, slowest = [], []
    for turn in range(options.repeat):
        taken = []
        for text in talk.messages(options.size(4_000, 100), seed=turn):
            began = time.process_time()
            scanner.scan(text)
            taken.append((time.process_time() - began) * 1e6)
        means.append(mean(taken))
        slowest.append(percentile(taken, 0.99))
    name = "10,000 keywords, 20,000 guard words, all kinds"
    yield limited(f"{name}, mean", "us/message", means, MEAN_LIMIT)
    yield limited(f"{name}, p99", "us/message", slowest, SLOWEST_LIMIT)
    worst = [max(_milliseconds(scanner, text) for text in HOSTILE.values())]
    yield limited("the same, worst of 32,000 hostile characters", "ms", worst, HOSTILE_LIMIT)


def _milliseconds(scanner: Scanner, text: str) -> float:
    taken = []
    for _ in range(2):
        began = time.process_time()
        scanner.scan(text)
        taken.append((time.process_time() - began) * 1e3)
    return min(taken)


def _hidden(options: Options) -> Iterator[Line]:
    chance = Random(11)
    texts = [
        f"I saw {hide(chance.choice(HIDDEN), chance)} yesterday"
        for hide in ALL.values()
        for _ in range(options.size(60, 2))
    ]
    yield _found("hidden keywords: recall", HIDDEN, texts)
    by_hand = [json.loads(line) for line in BY_HAND.read_text("utf-8").splitlines()]
    words = sorted({row["keyword"] for row in by_hand if row["keyword"]})
    hidden = [row["text"] for row in by_hand if row["keyword"]]
    ordinary = [row["text"] for row in by_hand if not row["keyword"]]
    yield _found("keywords hidden by hand: recall", words, hidden)
    yield _found("ordinary words that mislead: left alone", words, ordinary, wanted=False)


def _found(name: str, words: Sequence[str], texts: list[str], *, wanted: bool = True) -> Line:
    """The share of texts that something is (not) found in, by ours and by the peer."""
    keywords = Keywords(words)
    ours = mean(keywords.hits(text) is wanted for text in texts)
    against = ""
    if PYTHON.exists():
        theirs = mean(bool(found) is wanted for found in _answer(words, texts)["kinds"])
        against = f"better-profanity {theirs:.2f}"
    return plain(name, "of 1", [ours], against)


def _guard_words(options: Options) -> Iterator[Line]:
    """No peer has them."""
    chance, key = Random(4), bytes(32)
    names = ("Marigold Quenby", "Bernadette Oskarsson", "14 Willow Lane", "northside_lou")
    guards = GuardWords([seal(name, key) for name in names], key)

    def share(writings: list[Callable[[str, Random], str]]) -> float:
        texts = [
            f"I think {write(name, chance)} was there"
            for write in writings
            for name in names
            for _ in range(options.size(20, 1))
        ]
        return sum(bool(guards.find(text)) for text in texts) / len(texts)

    yield plain("guard words, hidden: recall", "of 1", [share(list(ALL.values()))])
    yield plain("guard words, one slip or turned around: recall", "of 1", [share([slip, turned])])
    chat = [row.text for row in written("clean_written")]
    alone = mean(not guards.find(text) for text in chat)
    yield plain("guard words: lines without one left alone", "of 1", [alone])


def _answer(words: Sequence[str], texts: list[str]) -> dict[str, Any]:
    script = Path(__file__).parent / "personal_peers.py"
    done = subprocess.run(
        [PYTHON, script, "better_profanity", *words],
        input=json.dumps(texts),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _timed(look: Callable[[str], object], texts: Sequence[str]) -> float:
    began = time.process_time()
    for text in texts:
        assert not look(text)
    return (time.process_time() - began) / len(texts) * 1e6
