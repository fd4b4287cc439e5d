"""Which stretches of a text look disguised: a few searches for bytes say that most have none."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation

from bot.detection.lookalikes import readings

# What a character is to `suspicious`: a letter, a digit or sign that stands for one, a letter of
# another alphabet that looks like one, a line's end, white space, a hyphen, anything else.
_LETTER, _SIGN, _ALIKE, _LINE, _SPACE, _HYPHEN, _OTHER = b"a", b"d", b"h", b"n", b" ", b"-", b"."
LINES: Final = "\n\x0b\x0c\r\x85\u2028\u2029"
APOSTROPHES: Final = "'\u2019\u2018\u02bc"


def _kind(character: str) -> bytes:
    if character in LINES:
        return _LINE
    if character.isspace():
        return _SPACE
    if character in APOSTROPHES or (character.isascii() and character.isalpha()):
        return _LETTER
    if character == "@":
        return _ALIKE
    if character in "-_\u2013\u2014":
        return _HYPHEN
    if character.isascii():
        is_sign = character in "$+|{}<^\\" or character.isdigit() or ord(character) < 32
        return _SIGN if is_sign else _OTHER
    read = readings(character)
    if read == character:
        return _LETTER
    category = unicodedata.category(character)
    if category[0] == "M" or category in {"Cf", "Cc", "Cs"}:
        return _SIGN
    if not read.isascii() or not read:
        return _LETTER if character.isalnum() else _OTHER
    if category[0] == "L":
        accented = unicodedata.normalize("NFD", character)[0].isascii()
        return _LETTER if accented else _ALIKE
    return _ALIKE if "LETTER" in unicodedata.name(character, "") else _SIGN


class _Kinds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = _kind(chr(code)).decode()
        return self[code]


_ASCII: Final = b"".join(_kind(chr(code)) for code in range(128)) + bytes(128)
_KINDS: Final = _Kinds()
TRIPLE: Final = re.compile(r"(\w)\1\1", re.IGNORECASE)
_ASCII_TRIPLES: Final = AhoCorasick(
    [letter * 3 for letter in string.ascii_lowercase + string.digits + "_"],
    implementation=Implementation.DFA,
)
_ENDS: Final = re.compile(rb"[ n]")
_SPACED: Final = re.compile(rb"(?<![^ ])(?:[^ ] ){2,}[^ ](?![^ ])")
_SHORT: Final = 3

# What gives a disguise away. Searched for at once, in a microsecond: every text comes by here.
_IN_WORDS: Final = (
    b"h",
    b"ad",
    b"da",
    b"a.a",
    b"a..a",
    b"a...a",
    b"a....a",
    b"a--",
    b"a-a-a",
)
_AMONG_WORDS: Final = (b" a a ", b" a d ", b" d a ", b"a . a", b"n")
_SIGNS: Final = BytesAhoCorasick([*_IN_WORDS, *_AMONG_WORDS], implementation=Implementation.DFA)
_FEW: Final = 16
"""Characters beyond ASCII that are replaced one by one."""
_STAND_IN: Final = dict(
    zip((_LETTER, _SIGN, _ALIKE, _LINE, _SPACE, _HYPHEN, _OTHER), b"a1@\n -.", strict=True)
)


class _StandIns(dict[str, tuple[bytes, bytes]]):
    """A character as it is encoded, and an ASCII one of the same kind."""

    def __missing__(self, character: str) -> tuple[bytes, bytes]:
        raw = character.encode("utf-8", "surrogatepass")
        self[character] = raw, bytes((_STAND_IN[_kind(character)],))
        return self[character]


_STAND_INS: Final = _StandIns()


def is_ordinary(text: str, beyond: str) -> bool:
    """Whether `suspicious` gives nothing for a text without triples. Most texts are ordinary."""
    kinds = _kinds_of(text, beyond) if beyond else text.encode().translate(_ASCII)
    return not _SIGNS.find_matches_as_indexes(kinds) and not _ends_spaced(kinds)


def suspicious(text: str, beyond: str, *, triples: bool, neighbours: int) -> list[tuple[int, int]]:
    """The stretches of a text that may be disguised, in order. Mostly there are none.

    `beyond` has the characters of the text that are not ASCII; `triples` says whether a letter
    stands three times in a row anywhere; `neighbours` how many words a disguised word may have
    beside it in a phrase.
    """
    kinds = _kinds_of(text, beyond)
    signs = _SIGNS.find_matches_as_indexes(kinds)
    if not (signs or triples or _ends_spaced(kinds)):
        return []
    found = _words_with_signs(kinds, signs) if signs else []
    if b"n" in kinds:
        found += _across_lines(kinds)
    if triples:
        found += (match.span() for match in TRIPLE.finditer(text))
    if b"a a a" in kinds or b". a ." in kinds or b"d a" in kinds or b"a d" in kinds:
        found += (match.span() for match in _SPACED.finditer(kinds))
    return _widened(kinds, sorted(found), neighbours) if found else found


def has_triples(text: str) -> bool:
    """Whether a letter or digit stands three times in a row anywhere."""
    if text.isascii() and not _ASCII_TRIPLES.find_matches_as_indexes(text.lower()):
        return False
    return TRIPLE.search(text) is not None


def _kinds_of(text: str, beyond: str) -> bytes:
    if len(beyond) > _FEW:
        return text.translate(_KINDS).encode()
    raw = text.encode("utf-8", "surrogatepass")
    for character in beyond:
        raw = raw.replace(*_STAND_INS[character])
    return raw.translate(_ASCII)


def _ends_spaced(kinds: bytes) -> bool:
    """Whether a text begins or ends with two characters that stand alone."""
    return len(kinds) > 3 and (kinds[1] == _BLANK == kinds[3] or kinds[-2] == _BLANK == kinds[-4])


_BLANK: Final = ord(_SPACE)


def _words_with_signs(kinds: bytes, signs: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    found = []
    end = -1
    for number, at, _ in signs:
        if at < end or number >= len(_IN_WORDS):
            continue
        start = max(kinds.rfind(b" ", 0, at + 1), kinds.rfind(b"n", 0, at + 1)) + 1
        ending = _ENDS.search(kinds, at + 1)
        end = ending.start() if ending else len(kinds)
        # "2nd", "6pm", "mp3": too short to hide anything.
        if end - start > _SHORT or b"ada" in kinds[start:end] or b"h" in kinds[start:end]:
            found.append((start, end))
    return found


def _across_lines(kinds: bytes) -> list[tuple[int, int]]:
    """The last letter of each line and the first of the next."""
    return [
        (match.start(), match.end() + 1)
        for match in _LINE_END.finditer(kinds)
        if match.end() < len(kinds)
    ]


_LINE_END: Final = re.compile(rb"(?<=[adh])(?:[ ]{0,3}n){1,3}[ ]{0,3}")


def _widened(kinds: bytes, found: list[tuple[int, int]], neighbours: int) -> list[tuple[int, int]]:
    """Whole words, with those beside them, and what overlaps in one piece."""
    spaces = kinds.replace(b"n", b" ")
    wide: list[tuple[int, int]] = []
    for start, end in found:
        if wide and end <= wide[-1][1]:
            continue
        if wide and start < wide[-1][1]:
            start = wide.pop()[0]
            left = 0
        else:
            left = neighbours + 1
        for _ in range(left):
            start = spaces.rfind(b" ", 0, max(start - 1, 0)) + 1
        for _ in range(neighbours + 1):
            end = spaces.find(b" ", end + 1)
            if end < 0:
                end = len(spaces)
                break
        if wide and start < wide[-1][1]:
            start = wide.pop()[0]
        wide.append((start, end))
    return wide
