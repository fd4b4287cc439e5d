"""The ways to read a stretch that may be disguised, as plain letters that know where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, groupby, islice
from typing import Final, NamedTuple

from bot.detection.lookalikes import LEET, Classes, choices, readings

MOST_READ: Final = 80_000
"""Characters of one stretch that are read, over all the ways to read its signs."""
FEWEST_READINGS: Final = 2
MOST_WAYS: Final = 96
MOST_SIGNS: Final = 7
"""Signs of a stretch that are each tried with every letter; there are few with more."""
FAR: Final = 64
"""Marks in a row beside a letter that are looked past."""

# Two or more signs that together are drawn like a letter; the filler keeps places as they are.
_FILLER: Final = "\0"
_DRAWN_WITH: Final = {
    "ph": "f", "vv": "w", "\\/\\/": "w", "|-|": "h", "|_|": "u", "|\\|": "n", "|\\/|": "m",
    "/\\": "a", "\\/": "v", "|)": "d", "|>": "p", "|3": "b", "13": "b", "l3": "b", "|<": "k",
    "()": "o", "[]": "o", "}{": "h", "]-[": "h", "><": "x", "|=": "f", "`/": "y",
}  # fmt: skip
_DRAWN: Final = re.compile(
    "|".join(re.escape(signs) for signs in sorted(_DRAWN_WITH, key=len, reverse=True)),
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(r"[^\w\s@$+\x80-\U0010ffff]+(?=\s|$)")
_CLASSES: Final = Classes()
_ASCII_CLASSES: Final = "".join(_CLASSES[code] or "-" for code in range(128)).encode() + bytes(128)
_ASCII_REST: Final = bytes(code for code in range(128) if not _CLASSES[code])
# What may be read in more ways than one, and what two signs together are drawn like.
_OPEN_SIGNS: Final = "[" + re.escape("".join(sign for sign in LEET if len(choices(sign)) > 1)) + "]"
_OPEN_SIGN: Final = re.compile(_OPEN_SIGNS)
_LETTERS_DRAWN: Final = ("ph", "vv", "13", "l3")
_SIGNS_DRAWN: Final = re.compile(r"[|/\\(\[}\]>`]")
_ALSO: Final = {"k": "c", "c": "k", "v": "u", "u": "v", "z": "s", "s": "z", "y": "i", "i": "y"}
"""Letters written for each other. Not a disguise by themselves: Kat is not a cat."""


class Way(NamedTuple):
    """One way to read a stretch."""

    plain: str
    """The stretch, with what several signs draw together as one letter."""
    chosen: Mapping[int, str]
    """For `str.translate`: its signs as letters."""
    table: bytes
    rest: bytes
    """For `bytes.translate`: a plain one's characters as classes, and what is left out."""

    def classes(self) -> str:
        """The classes of its letters; what is no letter is left out."""
        if self.plain.isascii():
            return self.plain.encode().translate(self.table, self.rest).decode()
        return self.written().translate(_CLASSES)

    def written(self) -> str:
        """The stretch in plain letters, place by place."""
        return self.plain.translate(self.chosen) if self.chosen else self.plain


def ways_in(stretch: str) -> Iterator[Way]:
    """A stretch in each way that its signs can be read, the likeliest first, as many as fit."""
    small = stretch.lower()
    drawn = any(letters in small for letters in _LETTERS_DRAWN)
    if not drawn and stretch.isascii() and not _OPEN_SIGN.search(stretch):
        yield Way(stretch, {}, _ASCII_CLASSES, _ASCII_REST)
        return
    most = max(MOST_READ // len(stretch), FEWEST_READINGS)
    drawn = drawn or _SIGNS_DRAWN.search(stretch) is not None
    several = _DRAWN.sub(_of_several, stretch) if drawn else stretch
    for read in (stretch, several) if several != stretch else (stretch,):
        plain = _TRAILING.sub(lambda match: "." * len(match[0]), read)
        signs = _OPEN_SIGN.findall(plain) if plain.isascii() else plain
        open_signs = [sign for sign in dict.fromkeys(signs) if len(_choices(sign)) > 1][:MOST_SIGNS]
        for chosen, table, rest in _ways("".join(open_signs))[:most]:
            yield Way(plain, chosen, table, rest)


@lru_cache(maxsize=128)
def _ways(signs: str) -> list[tuple[Mapping[int, str], bytes, bytes]]:
    """Ways to choose a letter for each sign, those first that are the likeliest in most."""
    options = [_choices(sign) for sign in signs]
    places = islice(_likeliest([len(each) for each in options]), MOST_WAYS)
    found: list[tuple[Mapping[int, str], bytes, bytes]] = []
    for way in places:
        letters = [each[at] for each, at in zip(options, way, strict=True)]
        table, rest = bytearray(_ASCII_CLASSES), bytearray(_ASCII_REST)
        for sign, letter in zip(signs, letters, strict=True):
            if sign.isascii() and letter.isascii():
                table[ord(sign)] = ord(_CLASSES[ord(letter)] or "-")
                if not _CLASSES[ord(letter)]:
                    rest.append(ord(sign))
        chosen = {ord(sign): letter for sign, letter in zip(signs, letters, strict=True)}
        found.append((chosen, bytes(table), bytes(rest)))
    return found


def _likeliest(sizes: list[int]) -> Iterator[tuple[int, ...]]:
    """A number below each size, in every way there is; those whose sum is small first."""
    most = sum(sizes) - len(sizes)
    return chain.from_iterable(_with_sum(sizes, total) for total in range(most + 1))


def _with_sum(sizes: list[int], total: int) -> Iterator[tuple[int, ...]]:
    if not sizes:
        yield from [()] if not total else []
        return
    rest = sizes[1:]
    most = sum(rest) - len(rest)
    for first in range(max(total - most, 0), min(sizes[0] - 1, total) + 1):
        for others in _with_sum(rest, total - first):
            yield first, *others


def _of_several(match: re.Match[str]) -> str:
    return _DRAWN_WITH[match[0].lower()] + _FILLER * (len(match[0]) - 1)


@lru_cache(maxsize=65_536)
def _choices(character: str) -> str:
    # Of a letter there is one reading: another alphabet's letter is read as the likeliest.
    return choices(character) if not character.isascii() or character in LEET else character


@lru_cache(maxsize=65_536)
def low(character: str) -> str:
    """The plain letter of a character: without case, marks and font."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return next((part for part in apart if part.isalnum()), character)


@lru_cache(maxsize=65_536)
def _letters(character: str) -> str:
    """Every letter that a character of a text may stand for, itself among them."""
    plain = low(character)
    also = "l" if character == "I" else _ALSO.get(plain, "")
    return plain + also + readings(character)


@lru_cache(maxsize=65_536)
def is_hidden(character: str) -> bool:
    """Whether a character between letters does not part them: marks, and what is unseen."""
    return unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc", "Cs"} and not (
        character.isspace()
    )


@lru_cache(maxsize=65_536)
def is_sign(character: str) -> bool:
    """Whether a character is a picture of a letter and no letter: in a circle, a square."""
    return not character.isascii() and unicodedata.category(character)[0] == "S"


def classes_of(text: str) -> str:
    """The classes of a text's letters; what is no letter is left out."""
    if text.isascii():
        return text.encode().translate(_ASCII_CLASSES, _ASCII_REST).decode()
    return text.translate(_CLASSES)


def squeezed(classes: str) -> str:
    """The same with each run of one class as one letter."""
    if not classes.isascii():
        return "".join([letter for letter, _ in groupby(classes)])
    for twice, once in _TWICE:
        while twice in classes:
            classes = classes.replace(twice, once)
    return classes


_TWICE: Final = [(each * 2, each) for each in sorted(set(_ASCII_CLASSES.decode()[:128]) - {"-"})]


class Read(NamedTuple):
    """One way to read a stretch: as it was typed and as it is read, and where its letters are."""

    typed: str
    written: str
    at: list[int]
    """The place of each letter in the stretch."""
    runs: list[int]
    """The number of the letter that each run of one class begins with, and of the end."""

    @classmethod
    def of(cls, typed: str, written: str, classes: str) -> Read:
        """A reading, from what `classes_of` gave for it."""
        at = [place for place, read in enumerate(written) if _CLASSES[ord(read)]]
        runs = [
            number
            for number, each in enumerate(classes)
            if not number or classes[number - 1] != each
        ]
        return cls(typed, written, at, [*runs, len(classes)])

    def letters(self, number: int) -> str:
        """What a letter may be."""
        place = self.at[number]
        return _letters(self.written[place]) + _letters(self.typed[place])


class Place(NamedTuple):
    """Where in a stretch something was found: its letters from `first` to before `last`."""

    read: Read
    first: int
    last: int

    @property
    def start(self) -> int:
        """Where its first letter stands."""
        return self.read.at[self.first]

    @property
    def end(self) -> int:
        """Where it ends, with what is drawn or marked on its last letter."""
        written = self.read.written
        end = self.read.at[self.last - 1] + 1
        far = min(end + FAR, len(written))
        while end < far and is_hidden(written[end]):
            end += 1
        return end

    def opens(self) -> bool:
        """Whether no letter or digit stands before it."""
        return is_open(self.read.written, self.start - 1, -1)

    def closes(self) -> bool:
        """Whether no letter or digit stands behind it."""
        return is_open(self.read.written, self.end, 1)


def is_open(text: str, at: int, step: int) -> bool:
    """Whether no letter or digit stands at a place, looking past marks."""
    for _ in range(FAR):
        if not 0 <= at < len(text):
            return True
        if not is_hidden(text[at]):
            return not (text[at].isalnum() or text[at] in "@$")
        at += step
    return True


_RUN_ENDS: Final = 6


def places(read: Read, first: int, last: int) -> Iterator[Place]:
    """The places that the runs `first` to before `last` may stand for.

    A run at either end may hold the end of one word and the beginning of the next ("my internet":
    y and i are of one class), so it is also tried from each gap in it.
    """
    for begin in [read.runs[first], *_after_gaps(read, read.runs[first], read.runs[first + 1])]:
        for end in [read.runs[last], *_after_gaps(read, read.runs[last - 1], read.runs[last])]:
            yield Place(read, begin, end)


def _after_gaps(read: Read, begin: int, end: int) -> list[int]:
    if end - begin < 2:
        return []
    inside = range(begin + 1, min(end, begin + _RUN_ENDS))
    return [number for number in inside if read.at[number] - read.at[number - 1] > 1]


def views(text: str) -> Iterator[tuple[str, list[int] | None]]:
    """A text as it was typed and, if some of it is shown backwards, as it is seen."""
    yield text, None
    if "\u202e" in text:
        places: list[int] = []
        at = 0
        for match in _BACKWARDS.finditer(text):
            places += range(at, match.start(1))
            places += reversed(range(*match.span(1)))
            at = match.end(1)
        places += range(at, len(text))
        yield "".join(text[place] for place in places), places


_BACKWARDS: Final = re.compile("\u202e([^\u202c\u202e\n]*)")
