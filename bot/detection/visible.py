"""What a reader sees of a text, letter for letter, for what is found by its very letters.

Folding (`normalise`) takes case and line breaks away, which numbers and addresses are read by. Here
only what nobody sees goes, and letters and digits in other shapes (full-width, mathematical, in
circles, of another script) become plain ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from bot.detection.finding import Finding
from bot.detection.normalise import Folded

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def found_in_visible(find: Callable[[str], Iterable[Finding]], folded: Folded) -> list[Finding]:
    """What `find` finds in the visible form of a text, with the spans of the original."""
    if folded.visible is None:
        folded.visible = _visible(folded)
    text, origins = folded.visible
    if origins is None:
        return list(find(text))
    return [
        replace(finding, start=origins[finding.start], end=origins[finding.end - 1] + 1)
        for finding in find(text)
    ]


def _visible(folded: Folded) -> tuple[str, list[int] | None]:
    text = folded.source
    changed = {letter: _shown(letter) for letter in folded.beyond if not is_plain(letter)}
    if not changed:
        return text, None
    origins = [at for at, letter in enumerate(text) for _ in changed.get(letter, letter)]
    return "".join([changed.get(letter, letter) for letter in text]), origins


@lru_cache(maxsize=4096)
def is_plain(letter: str) -> bool:
    """Whether a letter is seen as what it is."""
    return _shown(letter) == letter


@lru_cache(maxsize=4096)
def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":
        # Half a character: nothing can be looked for in it.
        return "\ufffd"
    if kind in {"Cf", "Cc", "Me"} or letter in _FILLERS or "\ufe00" <= letter <= "\ufe0f":
        return " " if letter.isspace() else ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    plain = unicodedata.normalize("NFKC", letter)
    return plain if plain.isascii() and len(plain) <= 4 and not plain.isspace() else letter
