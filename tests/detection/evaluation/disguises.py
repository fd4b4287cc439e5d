"""Ways to hide a word, one function each: a word and a source of chance in, the hidden word out.

Written from what people do (Unicode's confusables, fonts of Unicode, common leetspeak), not from
what the detection knows, so that it can fail.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random
from typing import Final

Disguise = Callable[[str, Random], str]

UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2063\u034f\u180e\U000e0020\ufe0f"
BIDI: Final = "\u200e\u200f\u202a\u202c\u2066\u2069"
MARKS: Final = "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0327\u0331"
PILE: Final = [chr(code) for code in range(0x300, 0x36F)]
LEET: Final = {
    "a": "4@", "b": "86", "c": "(", "e": "3", "g": "96", "i": "1!|", "l": "1|", "o": "0",
    "s": "5$", "t": "7+", "z": "2",
}  # fmt: skip
LIKE: Final = {
    "a": "\u0430\u0251\u03b1", "b": "\u044c\u0184", "c": "\u0441\u03f2", "d": "\u0501",
    "e": "\u0435\u212f", "g": "\u0261\u0581", "h": "\u04bb\u0570", "i": "\u0456\u03b9\u04cf",
    "j": "\u0458", "k": "\u03ba\u043a", "l": "\u04cf\u01c0", "m": "\u043c", "n": "\u0578\u03b7",
    "o": "\u043e\u03bf\u0585", "p": "\u0440\u03c1", "q": "\u051b", "r": "\u0433", "s": "\u0455",
    "t": "\u0442\u03c4", "u": "\u03c5\u057d", "v": "\u03bd\u0475", "w": "\u0461\u051d",
    "x": "\u0445\u00d7", "y": "\u0443\u04af", "z": "\u1d22",
}  # fmt: skip
FONTS: Final = [0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D670]
SQUARED: Final = [0x1F130, 0x1F150, 0x1F170]


def _each(word: str, change: Callable[[str], str]) -> str:
    return "".join(change(letter) if letter.isalpha() else letter for letter in word)


def _middle(word: str, chance: Random) -> int:
    return chance.randint(2, len(word) - 2)


def capitals(word: str, chance: Random) -> str:
    return word.upper()


def unseen(word: str, chance: Random) -> str:
    return _each(word, lambda letter: letter + chance.choice(UNSEEN))


def directions(word: str, chance: Random) -> str:
    return _each(word, lambda letter: letter + chance.choice(BIDI))


def tags(word: str, chance: Random) -> str:
    return _each(word, lambda letter: letter + chr(0xE0000 + ord(letter)))


def marks(word: str, chance: Random) -> str:
    return _each(word, lambda letter: letter + chance.choice(MARKS))


def piled_marks(word: str, chance: Random) -> str:
    return _each(word, lambda letter: letter + "".join(chance.choices(PILE, k=5)))


def full_width(word: str, chance: Random) -> str:
    return _each(word, lambda letter: chr(ord(letter) + 0xFEE0))


def font(word: str, chance: Random) -> str:
    first = chance.choice(FONTS)
    # Italic h stands elsewhere: it was there before the others.
    shown = _each(word, lambda letter: chr(first + 26 + ord(letter.lower()) - ord("a")))
    return shown.replace("\U0001d455", "\u210e")


def squared(word: str, chance: Random) -> str:
    first = chance.choice(SQUARED)
    return _each(word, lambda letter: chr(first + ord(letter.lower()) - ord("a")))


def circled(word: str, chance: Random) -> str:
    return _each(word, lambda letter: chr(0x24D0 + ord(letter.lower()) - ord("a")))


def one_like(word: str, chance: Random) -> str:
    at = chance.choice([at for at, letter in enumerate(word) if letter in LIKE])
    return word[:at] + chance.choice(LIKE[word[at]]) + word[at + 1 :]


def all_like(word: str, chance: Random) -> str:
    return _each(word, lambda letter: chance.choice(LIKE.get(letter, letter)))


def one_leet(word: str, chance: Random) -> str:
    places = [at for at, letter in enumerate(word) if letter in LEET]
    at = chance.choice(places)
    return word[:at] + chance.choice(LEET[word[at]]) + word[at + 1 :]


def all_leet(word: str, chance: Random) -> str:
    table = {letter: chance.choice(signs) for letter, signs in LEET.items()}
    return _each(word, lambda letter: table.get(letter, letter))


def spaced(word: str, chance: Random) -> str:
    return " ".join(word.replace(" ", ""))


def dotted(word: str, chance: Random) -> str:
    return chance.choice(".-_*/~").join(word.replace(" ", ""))


def repeated(word: str, chance: Random) -> str:
    at = _middle(word, chance)
    return word[:at] + word[at] * chance.randint(2, 6) + word[at:]


def marked_up(word: str, chance: Random) -> str:
    at, sign = _middle(word, chance), chance.choice(["**", "__", "~~", "||", "``", "****"])
    return word[:at] + sign + word[at:] + chance.choice(["", sign])


def two_lines(word: str, chance: Random) -> str:
    at = _middle(word, chance)
    return word[:at] + "\n" + word[at:]


def code(word: str, chance: Random) -> str:
    return f"```\n{word}\n```"


def backwards(word: str, chance: Random) -> str:
    return f"\u202e{word[::-1]}\u202c"


def both(word: str, chance: Random) -> str:
    return unseen(
        one_leet(word, chance) if chance.random() < 0.5 else one_like(word, chance), chance
    )


ALL: Final[dict[str, Disguise]] = {
    each.__name__: each
    for each in (
        capitals, unseen, directions, tags, marks, piled_marks, full_width, font, squared, circled,
        one_like, all_like, one_leet, all_leet, spaced, dotted, repeated, marked_up, two_lines,
        code, backwards, both,
    )
}  # fmt: skip


def slip(word: str, chance: Random) -> str:
    """The word with one slip: a letter left out, put in, swapped with the next, or another."""
    at = chance.randint(1, len(word) - 2)
    other = chance.choice(string.ascii_lowercase)
    ways = [
        word[:at] + word[at + 1 :],
        word[:at] + other + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + other + word[at + 1 :],
    ]
    return chance.choice(ways)


def turned(word: str, chance: Random) -> str:
    """A phrase with its words the other way round, as in a list of names."""
    *before, last = word.split()
    return chance.choice([f"{last} {' '.join(before)}", f"{last}, {' '.join(before)}"])
