"""Behind letters that nobody sees: found, and the spans are the original's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.detection import Finding, Kind, Scanner, fold
from bot.detection.visible import found_in_visible


def whole(text: str) -> list[Finding]:
    return [Finding(Kind.URL, at, at + 1) for at in range(len(text))]


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("so disc\u200bord.g\u2060g/AbCd!", "INVITE", "disc\u200bord.g\u2060g/AbCd"),
        ("\uff10\uff12\uff10 7946 0018 call", "PHONE", "\uff10\uff12\uff10 7946 0018"),
        ("an\u00adn@example.org", "EMAIL", "an\u00adn@example.org"),
        ("\U0001d7d2111 1111 1111 1111", "CREDIT_CARD", "\U0001d7d2111 1111 1111 1111"),
        ("I want to k\u200bill myself", "CRISIS", "I want to k\u200bill myself"),
        ("\ud800 mail ann@example.org", "EMAIL", "ann@example.org"),
    ],
)
def test_what_is_hidden_is_found_where_it_stands(text: str, kind: str, written: str) -> None:
    spans = [each for each in Scanner().scan(text) if each.kind.name == kind]
    assert [text[each.start : each.end] for each in spans] == [written]


@given(st.text(alphabet="ab1 \n\u200b\ufe0f\u00e9\uff11\u0661\u2460\ud800\U000e0041\u2026\u3164"))
def test_every_letter_seen_knows_where_it_stands(text: str) -> None:
    spans = [(each.start, each.end) for each in found_in_visible(whole, fold(text))]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    visible = {at for at, letter in enumerate(text) if letter in "ab1 \n\u00e9\uff11\u0661\u2460"}
    assert visible <= {start for start, _ in spans}
