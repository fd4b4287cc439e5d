"""Crisis: what somebody says of themselves, and how soon somebody should look."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.detection import Kind, Scanner, Severity
from bot.detection.crisis import _PATTERNS, _TOPIC, find_crisis, hinted
from bot.detection.personal.looking import found_in
from tests.detection.evaluation.measure import written


def severities(text: str) -> list[tuple[Severity, bool]]:
    return [(each.severity, each.past) for each in find_crisis(text)]


LOW, HIGH, PAST = (Severity.LOW, False), (Severity.HIGH, False), (Severity.LOW, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to die.", LOW),
        ("I think about suicide most nights", LOW),
        ("I want to kill myself tonight", HIGH),
        ("I am going to hang myself", HIGH),
        ("I don't want to live anymore and the pills are next to me", HIGH),
        ("I'm scared I will hurt my baby", HIGH),
        ("I tried to kill myself years ago", PAST),
        ("I survived a suicide attempt", PAST),
        ("I tried to kill myself last night", HIGH),
        ("I WANT TO DIE", LOW),
        ("I don\u2019t want to be alive anymore", LOW),
    ],
)
def test_what_is_said_of_oneself_is_weighed(text: str, expected: tuple[Severity, bool]) -> None:
    assert severities(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying to see you",
        "I want to die laughing",
        "I'm not suicidal",
        "I would never kill myself",
        "He wants to die",
        "My friend is suicidal",
        "> I want to kill myself",
        'She wrote "I want to die" and left',
        "He told me to kill myself",
        "Are you thinking about killing yourself?",
        "I cut myself shaving",
        "I don't want to live with my parents",
        "I'm going to kill him lol",
    ],
)
def test_idiom_denial_and_other_people_are_told_apart(text: str) -> None:
    assert severities(text) == []


def test_a_thought_in_quotes_is_ones_own() -> None:
    assert severities('I keep thinking "I want to die" all day') == [LOW]


def test_the_finding_points_at_the_words() -> None:
    text = "Hello.  Honestly, I want to die. Sorry."
    (finding,) = find_crisis(text)
    assert finding.kind is Kind.CRISIS
    assert text[finding.start : finding.end] == "I want to die"


def test_the_letters_looked_for_first_leave_nothing_out() -> None:
    for row in (*written("crisis_written"), *written("crisis_forum")):
        plain = row.text.lower().replace("\u2019", "'")
        kinds = hinted(plain)
        for kind, pattern in _PATTERNS.items():
            if kind == "beside":
                assert "topic" in kinds or not found_in(_TOPIC, plain), row.text
            else:
                assert kind in kinds or not found_in(pattern, plain), (kind, row.text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill\nmyself",
        "i am going to kll mysel",
        "I keep hurting my self again",
        "I might off myself",
        "I won't make it to tomorrow",
        "there is no tomorrow for me.",
    ],
)
def test_what_is_done_to_oneself_is_found_however_it_is_spaced(text: str) -> None:
    assert severities(text) != []
    assert Scanner().scan(text) != []


WORDS = (
    "i i'm want to die kill myself not never tonight he said \" \n > . lol suicidal my life "
    "suicide attempt hurt him pills i've tried wish was dead \u2019 \u0130 \U0001f602"
)
texts = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from(WORDS.split(" ")), max_size=20).map(" ".join)
)


@given(texts)
def test_anything_may_be_said(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    end = 0
    for each in find_crisis(whole):
        assert end <= each.start < each.end <= len(whole)
        assert not (each.past and each.severity is Severity.HIGH)
        end = each.end


HOSTILE = (
    "i ", "i want to ", "kill myself ", "i think about suicide ", "my my ", "want to die ",
    '" kill myself ', "you said kill myself ", "not not ", "i not kill myself ", "i wish i i ",
    "i'm going to kill him ", "\n> i ", "\u0130", "\U0001f602", "suicide ", "never ",
    "i won't be around ", "pistol in my ", "i might not be here. i'm tired. ", "if again ",
    "i keep looking at the rope, ", "i die. ", "dead? ", "garage closed ",
    "tell my kids i ", "better off with ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_no_longer_than_it_may(piece: str) -> None:
    text = (piece * (32_000 // len(piece) + 1))[:32_000]
    assert min(_seconds(text) for _ in range(3)) < 0.2


def _seconds(text: str) -> float:
    began = time.process_time()
    find_crisis(text)
    return time.process_time() - began
