"""What only several messages together show: a word in pieces, and another's words said again."""

from __future__ import annotations

import pytest

from tests.features.circle import TestCircle
from tests.features.test_leaks import card, cards

SAID = "the night my father left I hid under the kitchen table until morning came"


@pytest.mark.slow
async def test_a_watched_word_in_pieces_is_found_with_its_last(circle: TestCircle) -> None:
    await circle.moderator().runs("keyword add", phrase="hospital")
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    for piece in ("hos", "pit"):
        rose.writes(circle.room, piece)
    drew.writes(circle.room, "al")
    rose.writes(circle.other_room, "al")
    last = rose.writes(circle.room, "al")
    shown = await card(circle, 1)
    assert {"room": circle.room, "message": last} in shown["links"]


@pytest.mark.slow
async def test_anothers_words_in_another_room_raise_a_card_that_quotes_nothing(
    circle: TestCircle,
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, SAID)
    drew.writes(circle.room, SAID)
    rose.writes(circle.other_room, SAID)
    message = drew.writes(circle.other_room, f"she said: {SAID}")
    shown = await card(circle, 1)
    assert "words that someone else wrote in another room" in shown["text"]
    assert {"room": circle.other_room, "message": message} in shown["links"]
    assert "kitchen" not in str(shown)


@pytest.mark.slow
async def test_also_in_the_lobby_where_newcomers_read(circle: TestCircle) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, SAID)
    drew.writes(circle.lobby, SAID)
    assert "I saw words that someone else wrote" in (await card(circle, 1))["text"]


@pytest.mark.slow
async def test_after_an_hour_or_a_restart_nothing_of_it_is_known(circle: TestCircle) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, SAID)
    await circle.settled()
    await circle.restart()
    drew.writes(circle.other_room, SAID)
    rose.writes(circle.other_room, "write to rose@example.org")
    assert "e-mail" in (await card(circle, 1))["text"]


@pytest.mark.parametrize("kind", ["quote"])
async def test_quotes_can_be_switched_off(circle: TestCircle, kind: str) -> None:
    await circle.moderator().runs("watch set", kind=kind, what="off")
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, SAID)
    drew.writes(circle.other_room, SAID)
    await circle.settled()
    assert cards(circle) == []


async def test_moderators_say_again_what_they_look_after(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SAID)
    ana = circle.moderator()
    ana.writes(circle.moderators, SAID)
    await circle.settled()
    assert cards(circle) == []
