"""Crisis weighed: many small signs in two sentences, each with a weight, added up.

A sign is a word, what a word is about (`data/crisis_classes.txt`), who was last spoken of before
it, a "no" before it, and two of these close together in their order. `data/crisis_weights.tsv` has
the weight of each: scripts/crisis_weights.py learned them from texts of our own and from the
development set. A weight says what occurred together there, and never why. English only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final, NamedTuple

from bot.detection.personal.looking import compiled, found_in

NAMED_AT: Final = -1.0
"""What two sentences must weigh where the text names it: suicide, an overdose, self-harm."""
UNNAMED_AT: Final = 1.3
"""The same where nothing is named; ordinary talk of sorrow weighs something too."""
NEAR: Final = 4
"""How many words apart two signs still make a pair."""
_MOST_NEAR: Final = 8
"""Classes before a word that it is paired with; a word may have several."""
_LONGEST: Final = 50
"""Words of one sentence; what is longer is taken for several."""

_TOKENS: Final = re.compile(r"^[ \t]*>[^\n]*|[a-z0-9]+(?:['-][a-z0-9]+)*|[.!?\n]+|[\",;:]", re.M)
_NAMED = compiled(
    r"suicid|sewerslide|unaliv|\bkms\b|self[\s-]?harm|\bkill\w*\s(?:my|him|her|them|your|our|one)sel|"
    r"overdos|\bod'?e?d\b|ideation|\bhang(?:ed|ing)?\s(?:my|him|her)self|"
    r"\b(?:two|three|first|second|last|my|an|by|previous|failed|\d)\sattempts?\b|"
    r"\b(?:end|ending|ended|took|take|taking|takes|taken)\s(?:it\sall|(?:my|his|her|their|your)\s"
    r"(?:own\s)?li)|\bwan(?:t(?:ed|s)?\sto|na)\sdie|\b(?:my|his|her)\swrists|\bbetter\soff\sdead|"
    r"\bwish\si\s(?:was|were)\sdead|\bn[o']t\s(?:\w+\s)?(?:want|wanna|wanted)\sto\slive\b|"
    r"\bgun\s(?:in|to)\smy|\bin\smy\smouth|\bnot\swake\sup"
)
_ENDS: Final = frozenset(".!?\n> \t")
"""What a sentence's end, or a quoted line, begins with."""
_SPEAKER: Final = {"I": "me", "YOU": "you", "HE": "he", "KIN": "he", "MATE": "he", "WE": "we"}
BIAS: Final = "bias"
"""What every window weighs by itself; the first entry of the table."""
_TYPESET: Final = [
    *zip("\u2019\u2018\u02bc\u201c\u201d\u201e\u00ab\u00bb\u00a0", '\'\'\'""""" ', strict=True)
]


class _Classes(NamedTuple):
    whole: dict[str, tuple[str, ...]]
    begun: dict[str, tuple[str, ...]]
    """Words by their beginnings."""
    topics: set[str]
    """Classes of which two sentences must have one to be weighed."""
    of_whom: set[str]
    """Classes of which it matters who was spoken of, and whether a "no" came before."""


def _classes() -> _Classes:
    classes = _Classes({}, {}, set(), set())
    data = files("bot.detection").joinpath("data", "crisis_classes.txt").read_text("utf-8")
    for line in data.splitlines():
        if line and not line.startswith("#"):
            marks, words = line.split("\t")
            name = marks.rstrip("!.")
            if "!" in marks:
                classes.topics.add(name)
            if "." in marks:
                classes.of_whom.add(name)
            for word in words.split():
                kept = classes.begun if word.endswith("*") else classes.whole
                word = word.removesuffix("*")
                kept[word] = (*kept.get(word, ()), name)
    return classes


_WHOLE, _BEGUN, TOPICS, _OF_WHOM = _classes()
HINTS: Final = tuple(
    sorted(
        f"{before}{word}"
        for kept in (_WHOLE, _BEGUN)
        for word, names in kept.items()
        if not TOPICS.isdisjoint(names)
        # ".45" is a word too.
        for before in ((" ", ".") if word[0].isdigit() else (" ",))
    )
)
"""Letters of which some are in every text that is on a topic."""
_SHORTEST: Final = min(map(len, _BEGUN))
_LONGEST_BEGUN: Final = max(map(len, _BEGUN))


@cache
def _weights() -> dict[str, float]:
    data = files("bot.detection").joinpath("data", "crisis_weights.tsv").read_text("utf-8")
    lines = (line.split("\t") for line in data.splitlines() if not line.startswith("#"))
    return {sign: float(weight) for sign, weight in lines}


@lru_cache(maxsize=8192)
def classes_of(word: str) -> tuple[str, ...]:
    """What a word is about; nothing for most words."""
    if word in _WHOLE:
        return _WHOLE[word]
    if word in {'"', "?"}:
        return (word,)
    bare = word.removesuffix("'s")
    if bare in _WHOLE:
        return _WHOLE[bare]
    for length in range(min(len(bare), _LONGEST_BEGUN), _SHORTEST - 1, -1):
        if bare[:length] in _BEGUN:
            return _BEGUN[bare[:length]]
    return ()


def sentences(small: str) -> Iterator[tuple[int, list[str]]]:
    """The sentences of a text in small letters, and the number of the first token of each.

    What the text quotes line by line is left out.
    """
    start, sentence = 0, []
    for number, token in enumerate(_TOKENS.findall(small)):
        if token[0] in _ENDS:
            if "?" in token:
                sentence.append("?")
            if sentence:
                yield start, sentence
            start, sentence = number + 1, []
            continue
        sentence.append(token)
        if len(sentence) == _LONGEST:
            yield start, sentence
            start, sentence = number + 1, []
    if sentence:
        yield start, sentence


def signs(sentence: list[str]) -> set[str]:
    """The names of all signs in a sentence."""
    found: set[str] = set()
    spoken_of = "nobody"
    denied = -NEAR
    before: list[tuple[int, str]] = []
    last = ""
    for at, word in enumerate(sentence):
        if last:
            found.add(f"'{last} {word}'")
        last = word
        if len(word) > 2:
            found.add(f"'{word}'")
        names = classes_of(word)
        if not names:
            continue
        near = [f"{other} " for place, other in before if at - place <= NEAR]
        for name in names:
            if name == "NEG":
                denied = at
            elif name in _SPEAKER:
                spoken_of = _SPEAKER[name]
            found.add(name)
            if name in _OF_WHOM:
                found.add(f"{spoken_of}.{name}")
                if at - denied < NEAR:
                    found.add(f"not {name}")
            for other in near:
                found.add(other + name)
            before.append((at, name))
        del before[:-_MOST_NEAR]
    return found


def plain(text: str) -> str:
    """Small letters and plain quotes, one for one, so that places stay the same."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    if not lower.isascii():
        for typeset, straight in _TYPESET:
            lower = lower.replace(typeset, straight)
    return lower


def is_named(plain: str) -> bool:
    """Whether a text calls it by its name."""
    return found_in(_NAMED, plain)


def windows(small: str, *, everywhere: bool = False) -> Iterator[tuple[set[str], tuple[int, int]]]:
    """Every two sentences in a row, or the only one: their signs, and their first and last token.

    Those off the topics are left out, unless `everywhere`.
    """
    each = list(sentences(small))
    asked = [everywhere or _is_on_topic(sentence) for _, sentence in each]
    if not any(asked):
        return
    read: dict[int, set[str]] = {}
    for first in range(max(1, len(each) - 1)):
        last = min(first + 1, len(each) - 1)
        if not (asked[first] or asked[last]):
            continue
        for at in (first, last):
            if at not in read:
                read[at] = signs(each[at][1])
        start, (end, sentence) = each[first][0], each[last]
        yield read[first] | read[last], (start, end + len(sentence) - 1)


def _is_on_topic(sentence: list[str]) -> bool:
    return any(not TOPICS.isdisjoint(classes_of(word)) for word in sentence)


def heaviest(small: str, weights: dict[str, float]) -> tuple[float, tuple[int, int]]:
    """What the heaviest two sentences on the topics weigh, and their first and last token."""
    most = (-math.inf, (0, 0))
    for found, where in windows(small):
        weight = sum([weights[sign] for sign in found if sign in weights], weights[BIAS])
        if weight > most[0]:
            most = weight, where
    return most


def weighed(small: str, weights: dict[str, float] | None = None) -> tuple[int, int] | None:
    """Where a text in small letters speaks of danger the most; nothing if it weighs too little."""
    weight, (first, last) = heaviest(small, weights or _weights())
    if weight < NAMED_AT or (weight < UNNAMED_AT and not is_named(small)):
        return None
    tokens = list(islice(_TOKENS.finditer(small), first, last + 1))
    return tokens[0].start(), tokens[-1].end()
