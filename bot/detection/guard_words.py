"""Guard words: what a member asked to be told about, known only by keyed hashes.

A name, a street, a number is turned into tags: hashes under the group's key, of 8 bytes each. No
tag can be read again, and without the key nobody can try words against them. Whoever has both the
tags and the key can: a name is soon guessed (docs/detection.md says what a thief learns).

A text is searched by hashing its words the same way. Of phrases every word is a tag by itself, so
that only where one of them stands its neighbours are hashed too. Slips of one letter are looked
for in what is no English word; half of a word is intact then, and is a tag too.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import permutations
from typing import Final

from bot.detection.budget import Budget
from bot.detection.disguise.reading import classes_of, squeezed, views, ways_in
from bot.detection.disguise.stretches import TRIPLE, has_triples, suspicious
from bot.detection.finding import Finding, Kind
from bot.detection.normalise import Folded, fold

MOST_WORDS: Final = 4
LONGEST: Final = 80
SHORTEST: Final = 4
SHORTEST_SLIPPED: Final = 5
"""Letters of a word or phrase in which a slip is looked for."""
_DIGITS: Final = 8
"""So many last digits of a number are compared: with and without the prefix it is the same."""
MOST_TOKENS: Final = 16_000
"""Words of a text that are looked at: what 32,000 characters can hold."""
_SHORTEST_PART: Final = 3
_LEFT: Final = 4
"""Bits of the number of tags that share their first bits."""
_SMALL: Final = frozenset(
    """
    a about am an and any are as at be but by can did do for get go got had has he her him his how
    i if im in is it its ive just let like me my no not now of off ok on one or our out own pm she
    so than that the them then they this to too two u up us was way we what when who why will with
    yes yet you your
    """.split()  # noqa: SIM905 (a list of strings is a page long)
)
"""Words of which two side by side are no slip."""
_TAG: Final = 8
MOST_STEPS: Final = 8_000
"""Tags that are made for one text, beyond one for each word; what comes after is not looked at."""

_NUMBER: Final = re.compile(r"\d[\d ().\-/]{4,40}\d")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\W*$")
_LOWER: Final = bytes(range(256)).lower()
_ASCII_SIGNS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_AROUND: Final = ".,;:!?\"'()[]{}*_~-"


class GuardWordError(ValueError):
    """Something cannot be a guard word.

    `why` is "too-short", "too-long", "too-many-words" or "dictionary-word".
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    """Ordinary English words of four letters and more."""
    packed = files("bot.detection").joinpath("data", "words.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())


class _Tags:
    """Makes tags under one key."""

    def __init__(self, key: bytes) -> None:
        # Copied for each tag: to take in the key and the settings is half of the work.
        self._words = blake2b(digest_size=4 * _TAG, key=key, person=b"word")
        self._others = blake2b(digest_size=_TAG, key=key)

    def of_word(self, word: str) -> tuple[bytes, ...]:
        """Four tags of a word: by itself, and as a part of a phrase of two, three, four.

        None of a word of one or two letters: it is in every text.
        """
        if len(word) < _SHORTEST_PART:
            return ()
        digest = self._words.copy()
        digest.update(word.encode())
        tags = digest.digest()
        return tags[:8], tags[8:16], tags[16:24], tags[24:]

    def of(self, domain: str, text: str) -> int:
        """A tag of anything else."""
        digest = self._others.copy()
        digest.update(f"{domain} {text}".encode())
        return int.from_bytes(digest.digest())


def _plain(word: str) -> str:
    """A word's letters and digits: without case, marks, signs and a possessive s."""
    plain = word.strip(_AROUND)
    if plain.isalnum() and plain.isascii() and plain != "s":
        return plain.lower()
    if "'" in word or "\u2019" in word:
        word = _POSSESSIVE.sub("", word)
    if word.isascii():
        return word.encode().translate(_LOWER, _ASCII_SIGNS).decode()
    word = unicodedata.normalize("NFKD", word).casefold()
    return "".join([letter for letter in word if letter.isalnum()])


def _number(text: str) -> str:
    """A number's last digits, or nothing where letters are in it or it is short."""
    digits = "".join(letter for letter in text if letter.isdigit())
    letters = any(letter.isalpha() for letter in text)
    return digits[-_DIGITS:] if len(digits) >= 6 and not letters else ""


def seal(text: str, key: bytes) -> bytes:
    """The tags of a guard word, to be kept in its place. Raises `GuardWordError`.

    The same text and key give the same tags. About 400 bytes.
    """
    words = [word for word in map(_plain, fold(text).text.split()) if word]
    joined = "".join(words)
    if len(text) > LONGEST:
        raise GuardWordError("too-long")
    if len(joined) < SHORTEST:
        raise GuardWordError("too-short")
    tags = _Tags(key)
    if number := _number(fold(text).text):
        return _packed([], [tags.of("number", number), *_slips(tags, number, 1)])
    if len(words) > MOST_WORDS:
        raise GuardWordError("too-many-words")
    single = [joined, _shape(joined)] if len(_shape(joined)) >= SHORTEST else [joined]
    size = len(words)
    is_ordinary = joined in dictionary()
    if is_ordinary and size == 1:
        raise GuardWordError("dictionary-word")
    # Written together a phrase is found too, unless that is a word: "the rapist".
    whole = set() if is_ordinary else {tags.of_word(word)[0] for word in single}
    others: list[int] = []
    if size > 1:
        parts = {each for word in words for each in (word, _shape(word)) if each}
        whole |= {tags.of_word(part)[size - 1] for part in parts if len(part) >= _SHORTEST_PART}
        for order in permutations(words):
            phrase = "".join(order)
            others += [tags.of(f"phrase {size}", phrase), tags.of("phrase", _shape(phrase))]
    if len(joined) >= SHORTEST_SLIPPED:
        others += _slips(tags, joined, size)
    return _packed(sorted(whole), sorted(set(others)))


def _slips(tags: _Tags, text: str, size: int) -> Iterator[int]:
    """Tags of what is one letter away: halves, letters left out, and letters swapped."""
    half = len(text) // 2
    yield tags.of("first", text[:half])
    yield tags.of("last", text[half:])
    yield tags.of(f"near {size}", text)
    for at in range(len(text)):
        without = text[:at] + text[at + 1 :]
        yield tags.of(f"near {size}", without)
        yield tags.of(f"without {size} {at}", without)
        swapped = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
        yield tags.of(f"near {size}", swapped)


def _shape(word: str) -> str:
    return squeezed(classes_of(word))


def _packed(whole: Sequence[bytes], others: Sequence[int]) -> bytes:
    return len(whole).to_bytes(2) + b"".join([*whole, *(tag.to_bytes(_TAG) for tag in others)])


_Token = tuple[str, int, int, Sequence[int]]
"""A word of a text: its letters, where it begins and ends, and the sizes of the phrases that it is
part of; 1 where it is a guard word by itself."""


class GuardWords:
    """Every guard word of a group, ready to search with. Immutable."""

    def __init__(self, sealed: Iterable[bytes], key: bytes) -> None:
        self._tags = _Tags(key)
        whole: set[bytes] = set()
        others: set[int] = set()
        for packed in sealed:
            count = int.from_bytes(packed[:2])
            tags = [packed[at : at + _TAG] for at in range(2, len(packed), _TAG)]
            whole.update(tags[:count])
            others.update(map(int.from_bytes, tags[count:]))
        self._whole = frozenset(whole)
        # Millions of slips: numbers in a row take a tenth of the memory that a set takes.
        self._others = array("Q", sorted(others))
        # Where in the row a tag's first bits begin, so that few numbers are left to look at.
        self._shift = 8 * _TAG - max(len(others).bit_length() - _LEFT, 0)
        beginnings = range((1 << 8 * _TAG - self._shift) + 1)
        self._begin = array(
            "L", (bisect_left(self._others, first << self._shift) for first in beginnings)
        )
        # What ordinary words are known as; of other words nothing stays in memory.
        self._ordinary: dict[str, Sequence[int]] = {}

    def find(self, text: str) -> list[Finding]:
        """Every place of a guard word in a text, in order."""
        return self.find_in(fold(text))

    def find_in(self, folded: Folded) -> list[Finding]:
        """`find` in a text that is folded already."""
        if not self._others:
            return []
        text = folded.text
        budget = Budget(MOST_STEPS)
        spans = {folded.span(start, end) for start, end in self._words(text, budget)}
        spans |= {folded.span(start, end) for start, end in self._numbers(text, budget)}
        spans |= set(self._disguised(folded, budget))
        return [Finding(Kind.GUARD_WORD, *span) for span in sorted(spans)]

    def _has(self, domain: str, text: str) -> bool:
        tag = self._tags.of(domain, text)
        first = tag >> self._shift
        at = bisect_left(self._others, tag, self._begin[first], self._begin[first + 1])
        return at < len(self._others) and self._others[at] == tag

    def _slipped(self, text: str, sizes: Sequence[int], budget: Budget) -> bool:
        """Whether a text is one slip away from a guard word of one of some numbers of words."""
        if len(text) > LONGEST or not budget.spend(8):
            return False
        if any(self._has(f"near {size}", text) for size in sizes):
            return True
        halves = {len(text) // 2, (len(text) - 1) // 2, (len(text) + 1) // 2}
        if not any(self._has("first", text[:half]) for half in halves) and not any(
            self._has("last", text[-half:]) for half in {*halves, (len(text) + 2) // 2}
        ):
            return False
        return budget.spend(2 * len(text)) and any(
            self._has(f"without {size} {at}", text[:at] + text[at + 1 :])
            or self._has(f"near {size}", text[:at] + text[at + 1 :])
            for at in range(len(text))
            for size in sizes
        )

    def _numbers(self, text: str, budget: Budget) -> Iterator[tuple[int, int]]:
        for match in _NUMBER.finditer(text):
            number = _number(match[0])
            if number and (self._has("number", number) or self._slipped(number, (1,), budget)):
                yield match.span()

    def _words(self, text: str, budget: Budget) -> Iterator[tuple[int, int]]:
        tokens: list[_Token] = []
        # Numbers of those that are more than an ordinary word.
        odd = []
        known = dictionary()
        ordinary = self._ordinary
        seen: dict[str, Sequence[int]] = {}
        end = -1
        for word in text.split(" ", MOST_TOKENS)[:MOST_TOKENS]:
            start = end + 1
            end = start + len(word)
            letters = word if word in ordinary else _plain(word)
            if not letters or len(word) > 2 * LONGEST:
                continue
            known_as = ordinary.get(letters)
            if known_as is None:
                known_as = seen.get(letters)
            if known_as is None:
                known_as = seen[letters] = self._look_up(letters)
            if known_as or letters not in known:
                odd.append(len(tokens))
            tokens.append((letters, start, end, known_as))
        for number in odd:
            letters, start, end, known_as = tokens[number]
            is_word = letters in known
            if 1 in known_as or (
                not is_word
                and len(letters) >= SHORTEST_SLIPPED
                and not letters.isdigit()
                # Of two words: the space was left out, or another letter typed in its place.
                and self._slipped(letters, (1, 2), budget)
            ):
                yield start, end
            elif not known_as and number and not is_word:
                # The space has slipped: "Margare tHollister".
                before, first, *_ = tokens[number - 1]
                if (
                    before not in known
                    and not (letters in _SMALL and before in _SMALL)
                    and budget.spend(1)
                    and self._has("phrase 2", before + letters)
                ):
                    yield first, end
            for size in known_as:
                if size > 1:
                    yield from self._phrases(tokens, number, size, budget)

    def _look_up(self, letters: str) -> Sequence[int]:
        """The sizes of the phrases that a word is part of; 1 for a guard word by itself."""
        tags = self._tags.of_word(letters)
        known_as: Sequence[int] = ()
        if not self._whole.isdisjoint(tags):
            known_as = [size for size, tag in enumerate(tags, 1) if tag in self._whole]
        if letters in _SMALL or letters in dictionary():
            self._ordinary[letters] = known_as
        return known_as

    def _phrases(
        self, tokens: list[_Token], number: int, size: int, budget: Budget
    ) -> Iterator[tuple[int, int]]:
        """Phrases of a size around a word that is part of one."""
        for first in range(max(number - size + 1, 0), min(number, len(tokens) - size) + 1):
            window = tokens[first : first + size]
            phrase = "".join([token[0] for token in window])
            if not budget.spend(1):
                return
            if self._has(f"phrase {size}", phrase) or (
                len(phrase) >= SHORTEST_SLIPPED and self._slipped(phrase, (size,), budget)
            ):
                yield window[0][1], window[-1][2]

    def _disguised(self, folded: Folded, budget: Budget) -> Iterator[tuple[int, int]]:
        triples = has_triples(folded.source)
        for view, origins in views(folded.source):
            seen: dict[str, tuple[str, Sequence[int]]] = {}
            for start, end in suspicious(
                view, folded.beyond, triples=triples, neighbours=MOST_WORDS - 1
            ):
                stretch = view[start:end]
                for way in ways_in(stretch):
                    written = way.written()
                    for words in _WORDS:
                        for first, last in self._in_reading(stretch, written, words, seen, budget):
                            typed: Sequence[int] = range(start + first, start + last)
                            if origins is not None:
                                typed = [origins[at] for at in typed]
                            yield min(typed), max(typed) + 1
                        if "\n" not in stretch:
                            break

    def _in_reading(
        self,
        typed: str,
        written: str,
        words: re.Pattern[str],
        seen: dict[str, tuple[str, Sequence[int]]],
        budget: Budget,
    ) -> Iterator[tuple[int, int]]:
        """Spans in a reading. `seen` has what its words are read as, since most ways agree."""
        tokens: list[_Token] = []
        for match in words.finditer(typed):
            first, last = match.span()
            if not budget.spend(2):
                return
            word = written[first:last]
            found = seen.get(word)
            if found is None:
                shape = _shape(word)
                fits = 0 < len(shape) <= LONGEST
                seen[word] = found = (shape, self._look_up(shape)) if fits else ("", ())
            if found[0]:
                tokens.append((found[0], first, last, found[1]))
        for number, (_, start, end, known_as) in enumerate(tokens):
            if 1 in known_as and _hides(typed[start:end]):
                yield start, end
            for size in known_as:
                if size > 1:
                    yield from self._disguised_phrases(tokens, number, size, typed)

    def _disguised_phrases(
        self, tokens: list[_Token], number: int, size: int, typed: str
    ) -> Iterator[tuple[int, int]]:
        for first in range(max(number - size + 1, 0), min(number, len(tokens) - size) + 1):
            start, end = tokens[first][1], tokens[first + size - 1][2]
            phrase = squeezed("".join([token[0] for token in tokens[first : first + size]]))
            if self._has("phrase", phrase) and _hides(typed[start:end]):
                yield start, end


_SPELLED: Final = re.compile(r"(?<!\S)\S(?:[^\S\n]\S){2,}(?!\S)|\S+")


# Letters that stand one by one are one word; and, tried after that, a word on two lines.
_WORDS: Final = (_SPELLED, re.compile(r"\S+(?:[^\S\n]*\n\s*\S+)?"))


def _hides(typed: str) -> bool:
    """Whether something in a stretch is more than letters and spaces."""
    letters = typed.strip(".,;:!?\"'()[]{}").replace(" ", "")
    return (
        not (letters.isalpha() and letters.isascii())
        or TRIPLE.search(typed) is not None
        or (_SPELLED.fullmatch(typed) is not None and " " in typed)
    )
