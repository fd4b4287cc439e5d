"""Crisis weighed: what no pattern knows, but many small signs together speak for."""

from __future__ import annotations

import pytest

from bot.detection import Severity
from bot.detection import crisis_weighing as weighing
from bot.detection.crisis import find_crisis, hinted
from tests.detection.evaluation.measure import written


@pytest.mark.parametrize(
    ("danger", "past", "alike"),
    [
        (
            "My daughter found me on the bathroom floor with the empty pill bottle in 2010.",
            True,
            "We bought new tiles for the bathroom floor, and a shelf for pill bottles, in 2010.",
        ),
        (
            "They took my belt on the ward after I tried it with the rope.",
            True,
            "They took my belt at the airport, and I tried to tie the rope.",
        ),
        (
            "suicide is always on my mind",
            False,
            "suicide is always in the news",
        ),
    ],
)
def test_signs_together_are_danger_and_the_same_words_otherwise_are_not(
    danger: str, past: bool, alike: str
) -> None:
    assert [(each.severity, each.past) for each in find_crisis(danger)] == [(Severity.LOW, past)]
    assert find_crisis(alike) == []


def test_only_the_sentences_that_weigh_are_pointed_at() -> None:
    text = "Hello all. Lunch was late. It is raining here. suicide is always on my mind."
    (finding,) = find_crisis(text)
    assert text[finding.start : finding.end].endswith("suicide is always on my mind")
    assert "Lunch" not in text[finding.start : finding.end]


def test_a_line_that_is_quoted_weighs_nothing() -> None:
    text = "suicide is always on my mind"
    assert weighing.weighed(text) == (0, len(text))
    assert weighing.weighed(f"> {text}") is None
    assert weighing.weighed(f"> {text}\nthank you for saying it") is None


@pytest.mark.parametrize(
    "text",
    [
        "I have never been suicidal. I took pills for my back.",
        "I never tried to kill myself",
        'He texted me "I\'m going to kill myself" and then turned off his phone',
    ],
)
def test_what_a_pattern_took_for_denied_or_said_by_another_weighs_nothing(text: str) -> None:
    assert weighing.weighed(weighing.plain(text)) is not None
    assert find_crisis(text) == []


def test_the_letters_looked_for_first_leave_nothing_out() -> None:
    heavy = [
        row
        for row in written("crisis_voices")
        if weighing.weighed(weighing.plain(row.text)) is not None
    ]
    assert len(heavy) > 100
    assert [row.text for row in heavy if "weighed" not in hinted(weighing.plain(row.text))] == []


def test_every_class_that_has_a_weight_has_words() -> None:
    weights = weighing._weights()
    names = {name for sign in weights for name in sign.split() if name.isalpha() and name.isupper()}
    known = {name for each in weighing._WHOLE.values() for name in each}
    known |= {name for each in weighing._BEGUN.values() for name in each}
    assert names <= known
    assert weighing.BIAS in weights
