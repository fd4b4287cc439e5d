"""No text crashes the detection, holds it up, or makes it point beside the text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.detection import Finding, GuardWords, Keywords, Scanner, seal
from bot.detection.disguise.reading import classes_of, squeezed, views, ways_in
from bot.detection.disguise.stretches import suspicious
from bot.detection.normalise import fold
from tests.detection.evaluation.disguises import UNSEEN
from tests.detection.hostile import HOSTILE, LENGTH

KEY = bytes(32)
GUARDED = ("Anna Lee", "Margaret Hollister", "moonfox77", "+49 170 5550142", "anna anna anna")
WORDS = ["password", "hello", "ann", "anna", "pas", "help", "willow lane", "relaps*", r"/room \d+/"]
MANY = [f"{a}{b}{c} {d}" for a in "bdklm" for b in "aeiou" for c in "nrst" for d in ("lane", "inn")]
SCANNER = Scanner(Keywords([*WORDS, *MANY]), GuardWords([seal(text, KEY) for text in GUARDED], KEY))
LIMIT = 0.2
"""Seconds for 32,000 characters of anything, on a machine that does nothing else."""
LOADED = 3
"""Machines that run tests do other things too."""

hard = st.text(
    alphabet="aAnN4@1!|/\\()[]{}<>*_~ .-\n\u0301\u0430\u202e\u202c" + UNSEEN, max_size=80
)
texts = st.one_of(st.text(max_size=80), hard)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_holds_it_up(text: str) -> None:
    assert len(text) == LENGTH

    def seconds() -> float:
        began = time.process_time()
        SCANNER.scan(text)
        return time.process_time() - began

    assert beside(text, SCANNER.scan(text)) == []
    assert min(seconds() for _ in range(3)) < LIMIT * LOADED


def beside(text: str, findings: list[Finding]) -> list[Finding]:
    """The findings that do not lie in the text."""
    return [found for found in findings if not 0 <= found.start < found.end <= len(text)]


@given(texts)
def test_no_text_crashes_it_and_spans_are_in_the_text(text: str) -> None:
    assert beside(text, SCANNER.scan(text)) == []


@given(texts)
def test_a_reading_keeps_every_place_and_grows_nothing(text: str) -> None:
    for view, origins in views(text):
        assert len(view) == len(text)
        assert origins is None or sorted(origins) == list(range(len(text)))
        stretches = suspicious(view, fold(text).beyond, triples=True, neighbours=3)
        assert all(before[1] <= after[0] for before, after in pairwise(stretches))
        for start, end in stretches:
            assert 0 <= start < end <= len(text)
            for way in ways_in(view[start:end]):
                assert len(way.written()) == end - start
                assert way.classes() == classes_of(way.written())
                assert len(squeezed(way.classes())) <= end - start


@given(st.sampled_from(["password", "margaret", "willow"]), st.data())
def test_a_word_with_anything_unseen_in_it_is_found_where_it_is(
    word: str, data: st.DataObject
) -> None:
    hidden = "".join(
        letter + data.draw(st.text(alphabet=UNSEEN, max_size=3)) for letter in word[:-1]
    )
    text = f"so, {hidden}{word[-1]} it is"
    (finding,) = Keywords([word]).find(text)
    assert text[finding.start : finding.end] == hidden + word[-1]
