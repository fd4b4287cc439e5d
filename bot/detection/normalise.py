"""Folding: the same words, however they were typed, become the same text.

Compatibility forms are unified (NFKC), case is folded, invisible format characters are dropped,
and runs of white space become one space. Every character of the folded text knows where in the
original it came from, so that a finding points at what the person wrote.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 32_000
"""Longer texts are folded up to here. NFKC turns one character into at most 18."""


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text. `origins` is None where every character stayed in its place."""

    text: str
    length: int
    """Code points of the original that were folded."""
    origins: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text lies in the original, end exclusive."""
        if self.origins is None:
            return start, end
        after = self.origins[end] if end < len(self.origins) else self.length
        first, last = self.origins[start], self.origins[end - 1]
        # A character that unfolded into several keeps its whole self in the span.
        return first, max(after, last + 1)


def fold(text: str) -> Folded:
    """Fold a text. Never fails, never grows beyond 18 times its length."""
    text = text[:MOST_CHARACTERS]
    if text.isascii():
        folded = text.lower()
        if " ".join(folded.split()) == folded and folded.isprintable():
            return Folded(folded, len(text))
    return _fold_with_origins(text)


def _fold_with_origins(text: str) -> Folded:
    letters: list[str] = []
    origins: list[int] = []
    cluster = ""
    cluster_start = 0

    def close(cluster: str, start: int) -> None:
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
        for letter in plain:
            if letter.isspace():
                if not letters or letters[-1] == " ":
                    continue
                letter = " "
            elif unicodedata.category(letter) in {"Cf", "Cc"}:
                continue
            letters.append(letter)
            origins.append(start)

    for index, letter in enumerate(text):
        if cluster and not unicodedata.combining(letter):
            close(cluster, cluster_start)
            cluster = ""
        if not cluster:
            cluster_start = index
        # A pile of marks on one letter is cut: normalising sorts it, which is not linear.
        if len(cluster) < 30:
            cluster += letter
    if cluster:
        close(cluster, cluster_start)
    if letters and letters[-1] == " ":
        letters.pop()
        origins.pop()
    return Folded("".join(letters), len(text), tuple(origins))
