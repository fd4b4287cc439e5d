"""How hard a text is to read: words, sentences, syllables. Counted, so no data is needed."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Its sentences. A line is one too: lists and headings have no full stop."""
    found = re.split(r"(?<=[.?!:])\s+|\n+", text)
    return [sentence for sentence in found if words(sentence)]


def syllables(word: str) -> int:
    """Groups of vowels, without most silent endings: right within one grade for English."""
    word = word.lower()
    count = len(_VOWELS.findall(word))
    if re.search(r"[^aeiouy]e$", word) and not word.endswith("le"):
        count -= 1
    if re.search(r"[^aeiouytd]ed$", word) or re.search(r"[^aeiouyszxc]es$", word):
        count -= 1
    return max(1, count)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a longer text."""
    every = words(text)
    per_sentence = len(every) / len(sentences(text))
    per_word = sum(map(syllables, every)) / len(every)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
