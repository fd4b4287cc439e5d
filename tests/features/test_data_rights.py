"""Data rights: people read what is kept about them, and are forgotten when they say so."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import TryLater
from bot.model import Account, MessageRef
from bot.store.erasing import erasing_of
from bot.store.ledger import LEDGER_NAME
from bot.store.tables import Erase, metadata
from bot.texts import default_texts
from cogs.data_rights import DataRightsCog
from tests.features.circle import TestCircle
from tests.features.key_holding import holders, set_up
from tests.features.test_anonymous_moderation import stands

POST = "I was at the lake and thought of my brother."


def lines(answer: Any) -> str:
    """All that an answer says."""
    return str(answer["text"])


def in_file(answer: Any) -> dict[str, Any]:
    """What the file of an answer holds."""
    [file] = answer["files"]
    assert file["name"] == "my-data.json"
    found: dict[str, Any] = json.loads(file["content"])
    return found


def test_every_table_about_members_has_words_for_them() -> None:
    texts = default_texts()
    about = [t.name for t in metadata.sorted_tables if isinstance(erasing_of(t), Erase)]
    assert [name for name in about if not texts.has(f"data-{name.replace('_', '-')}")] == []


@pytest.mark.slow
async def test_people_read_what_is_held_about_them_and_not_about_others(
    circle: TestCircle,
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    await drew.runs("guard add", text="Drew Marchbanks")
    answer = await rose.runs("my data")
    assert "Your yes to the ground rules" in lines(answer)
    held = in_file(answer)["held"]
    assert [row["account"] for row in held["members"]] == [rose.account]
    [yes] = held["acknowledgements"]
    assert yes["language"] == "en"
    assert "guard_words" not in held
    assert drew.account not in json.dumps(held)
    newcomer = circle.arrives("Wilma")
    assert "I hold nothing about you" in lines(await newcomer.runs("my data"))


@pytest.mark.slow
async def test_posts_without_a_name_are_read_with_their_receipt_alone(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    receipt, _ = await stands(circle, rose, POST)
    without = await rose.runs("my data")
    assert "posts" not in str(in_file(without))
    assert receipt not in str(without)
    shown = await rose.runs("my data", receipt=receipt)
    post = in_file(shown)["post_of_the_receipt"]
    assert post["state"] == "posted"
    assert post["pseudonym"] in lines(shown)
    wrong = await rose.runs("my data", receipt="00000-00000-00000-00000-000000")
    assert wrong["files"] == []


@pytest.mark.slow
async def test_whoever_is_forgotten_is_out_and_can_come_back_as_somebody_new(
    circle: TestCircle,
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    await rose.runs("guard add", text="Rose Vanterpool")
    # When Rose asks, nothing goes before she says that she is sure
    asked = await rose.runs("forget me")
    assert "cannot get it back" in lines(asked)
    assert rose.may_enter(circle.room)
    receipt = await rose.presses("Yes, forget me")
    # then her receipt says what went, what stays and why
    for said in (
        "I have forgotten you",
        "Gone: Your account",
        "Gone: Your yes to the ground rules",
        "Gone: Marks of words",
        "goes when the silence ends",
        "A mark that you were forgotten",
        "Old backups",
    ):
        assert said in lines(receipt)
    await rose.when(lambda: not rose.may_enter(circle.room) or None)
    assert drew.may_enter(circle.room)
    assert not {"members", "acknowledgements"} & set(in_file(await rose.runs("my data"))["held"])
    # and nobody watches for her words any more, also before the next start
    drew.writes(circle.room, "Rose Vanterpool was kind to me")
    await circle.settled()
    assert not [m for m in circle.texts(circle.moderators) if "guard" in m]
    # and she can come back, and stays back
    await rose.runs("join")
    await rose.presses("I agree")
    await rose.presses("I understand")
    await rose.when(lambda: rose.may_enter(circle.room) or None)
    await circle.restart()
    assert rose.may_enter(circle.room)
    assert "Your yes to the ground rules" in lines(await rose.runs("my data"))


@pytest.mark.slow
async def test_what_is_in_memory_goes_too(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    preview = await rose.runs("anon", room=circle.room, text=POST)
    await rose.runs("forget me")
    await rose.presses("Yes, forget me")
    await rose.runs("join")
    await rose.presses("I agree")
    await rose.presses("I understand")
    await rose.when(lambda: rose.may_enter(circle.room) or None)
    sent = await rose.presses("Post soon", within=preview)
    assert "I do not have that draft" in lines(sent)


@pytest.mark.slow
async def test_a_silence_outlives_being_forgotten(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    _, message = await stands(circle, rose, POST)
    ana = circle.moderator()
    silenced = await ana.runs(
        "anon silence", in_room=circle.room, on=message["id"], lasts="10 days"
    )
    assert "until" in lines(silenced)
    await rose.runs("forget me")
    assert "mark of a writer whom a moderator silenced" in lines(
        await rose.presses("Yes, forget me")
    )
    await rose.runs("join")
    await rose.presses("I agree")
    await rose.presses("I understand")
    await rose.when(lambda: rose.may_enter(circle.room) or None)
    held = await rose.runs("anon", room=circle.room, text=POST)
    assert "Post soon" not in str(held["buttons"])


@pytest.mark.slow
async def test_nobody_is_forgotten_where_it_cannot_be_written_down(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await set_up(circle)
    ledger = circle.folder / "keys" / LEDGER_NAME
    ledger.write_text("damaged")
    for who in (rose, circle.moderator()):
        await who.runs("forget me")
        answer = await who.presses("Yes, forget me")
        assert "nothing has changed" in lines(answer)
        assert who.may_enter(circle.room)
        assert "Your account" in lines(await who.runs("my data"))
    # and who holds a key holds it as before
    assert len(await holders(circle)) == 2
    ledger.unlink()


@pytest.mark.parametrize("command", ["my data", "forget me"])
def test_nobody_can_ask_for_somebody_else(command: str) -> None:
    commands = DataRightsCog.commands(object.__new__(DataRightsCog))
    [found] = [each for each in commands if each.name == command]
    assert Account not in [parameter.kind for parameter in found.parameters]


@pytest.mark.slow
async def test_what_waits_for_others_names_nobody_who_was_forgotten(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    rose, ana = await circle.member("Rose"), circle.moderator()
    # Given a platform that is away, so that what Rose asked for waits
    tried, post = list[str](), circle.chat.post

    async def away(*args: Any, **more: Any) -> MessageRef:
        tried.append(more["key"])
        circle.world.touch()
        raise TryLater(timedelta(seconds=0.1))

    monkeypatch.setattr(circle.chat, "post", away)
    await rose.runs("help now tell")
    await ana.when(lambda: tried or None)
    # When she is forgotten, and the platform is back
    await rose.runs("forget me")
    assert "I have forgotten you" in lines(await rose.presses("Yes, forget me"))
    monkeypatch.setattr(circle.chat, "post", post)
    # Then moderators read that somebody asked, once, and not who
    asked = await ana.sees("would like a moderator to write to them", circle.moderators)
    assert asked["text"].startswith("someone ")
    assert len(set(tried)) == 1
    assert not [text for text in circle.texts(circle.moderators) if "Rose" in text]
