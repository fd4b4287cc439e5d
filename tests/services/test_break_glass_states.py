"""The table of requests, and when a writer is told: over everything that can happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.break_glass.states import (
    LATEST_NOTICE,
    LIVE,
    TOLD_AFTER,
    CaseState,
    Happening,
    Reason,
    after,
    notice_due,
)
from bot.services.nameless import maybe_names

SPANS = st.none() | st.timedeltas(timedelta(), timedelta(days=30))


@given(st.lists(st.sampled_from(Happening)))
def test_nothing_opens_without_two_who_agreed_and_nothing_follows_an_end(
    happenings: list[Happening],
) -> None:
    state, seen = CaseState.ASKED, [CaseState.ASKED]
    for happening in happenings:
        new = after(state, happening)
        if new is not None:
            assert state in LIVE
            state = new
            seen.append(state)
    if state is CaseState.OPENED:
        assert seen == [CaseState.ASKED, CaseState.PAIRED, CaseState.OPENED]


@pytest.mark.parametrize("state", sorted(LIVE, key=str))
def test_whatever_is_open_ends_by_itself(state: CaseState) -> None:
    assert after(state, Happening.TIME_UP) is CaseState.EXPIRED


def test_only_four_reasons_open_anything() -> None:
    assert [reason.code for reason in Reason if reason.opens] == [
        "danger-to-self",
        "danger-to-others",
        "child-at-risk",
        "legal-order",
    ]
    # As they are typed: a choice is compared in small letters.
    assert all(reason.value == reason.value.lower() for reason in Reason)


@given(st.lists(SPANS, max_size=2))
def test_the_writer_is_told_within_the_hour_unless_both_ask_for_later(
    asked_for: list[timedelta | None],
) -> None:
    due = notice_due(asked_for)
    assert TOLD_AFTER <= due <= LATEST_NOTICE
    assert timedelta(hours=1) > TOLD_AFTER
    spans = [each for each in asked_for if each is not None]
    if len(spans) < 2:
        assert due == TOLD_AFTER
    else:
        assert due <= max(TOLD_AFTER, *spans)


def test_what_may_be_a_name_is_told_from_how_a_sentence_begins() -> None:
    text = "She met Agatha. Then I saw them in Porto. My friend said 'Hello'. Nobody came."
    assert maybe_names(text) == ["Agatha", "Porto", "Hello"]
    assert maybe_names("all in small letters, and I am here") == []
