"""What a character may be meant to be read as: letters drawn alike, leetspeak, plain letters.

The table of letters drawn alike is data/lookalikes.txt (scripts/lookalikes.py made it, and names
the sources). Leetspeak is below, by hand.
"""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from typing import Final

LEET: Final = {
    "0": "ou",
    "1": "il",
    "2": "z",
    "3": "ebg",
    "4": "ah",
    "5": "s",
    "6": "bgs",
    "7": "tl",
    "8": "bh",
    "9": "gpq",
    "@": "aoue",
    "$": "s",
    "+": "t",
    "!": "il",
    "|": "il",
    "/": "il",
    "\\": "il",
    "[": "ilc",
    "]": "il",
    "{": "ilc",
    "}": "il",
    "(": "cil",
    ")": "il",
    "<": "c",
    "^": "aunv",
    "&": "ae",
    "#": "haeu",
    "*": "aeiou",
    "%": "aeiou",
    "?": "aeiou",
}
"""Signs and digits, and the letters that they are written for, the likeliest first."""

MARKUP: Final = "|/\\[]{}()<^&#+!*%?"
"""Those of them that are as often what they look like."""

GROUPS: Final = ("gbpq", "ck", "ily", "sz", "uv")
"""Letters that share signs, or are written for each other, and so share a class."""

_CLASS: Final = {letter: group[0] for group in GROUPS for letter in group}


def class_of(letter: str) -> str:
    """The class of a letter: one letter that stands for all that are easily mixed up with it."""
    return _CLASS.get(letter, letter)


def _drawn_alike() -> dict[str, str]:
    table: dict[str, str] = {}
    data = files("bot.detection").joinpath("data", "lookalikes.txt").read_text("utf-8")
    for line in data.splitlines():
        if not line.startswith("#"):
            bases, letters = line.split(" ", 1)
            table.update(dict.fromkeys(letters, bases))
    return table


DRAWN_ALIKE: Final = _drawn_alike()


def readings(character: str) -> str:
    """The letters that one character may stand for; empty for what is no letter to anybody."""
    if found := LEET.get(character) or DRAWN_ALIKE.get(character):
        return found
    if "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3":
        return character  # Chinese and Korean are like nothing else, and there are many of them
    if unicodedata.category(character)[0] == "M":
        return ""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    # A sign in a circle or in brackets counts as what is in it.
    part = next((part for part in apart if part.isalnum()), apart[:1])
    return LEET.get(part) or DRAWN_ALIKE.get(part) or (part if part.isalnum() else "")


def choices(character: str) -> str:
    """One letter of each class that a character may stand for, and "." for none of them."""
    letters = {class_of(letter): letter for letter in reversed(readings(character))}
    some = "".join(reversed(letters.values()))
    if character not in MARKUP:
        return some
    return "." + some if character in "/\\)*%?" else some + "."


class Classes(dict[int, str]):
    """A table for `str.translate`: every character becomes the class of its likeliest letter.

    What is no letter is left out. Characters are looked up once and remembered; there are no more
    than Unicode has.
    """

    def __missing__(self, code: int) -> str:
        found = readings(chr(code))
        self[code] = class_of(found[0]) if found else ""
        return self[code]
