"""Something got out: what to do first, who has to know, and a register that names nobody."""

from __future__ import annotations

import pytest

from tests.features.circle import TestCircle


@pytest.mark.slow
async def test_a_breach_from_the_first_word_to_the_register(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    juniper = await circle.member("Juniper")
    assert "cannot find that" in (await juniper.runs("breach list"))["text"]
    assert "Nothing has been written" in (await ana.runs("breach list"))["text"]

    opened = await ana.runs("breach open", kind="words or pictures outside", noticed="2 hours")
    for said in ("number 1", "cannot know if that binds you", "taken down", "tell the group"):
        assert said in opened["text"]
    card = await moss.sees("Something may have got out", circle.moderators)
    assert "number 1" in card["text"]

    # The steps are noted, one of them as not needed, and the group is told without names.
    noted = await moss.runs("breach note", number="1", step="contained")
    assert "stop it from going on" not in noted["text"]
    assert "Steps left: 4" in (await ana.runs("breach list"))["text"]
    told = await ana.presses("Tell the group", within=opened)
    assert "tell the group, without names" not in told["text"]
    notice = await juniper.sees("Please do not guess", circle.room)
    assert [button["label"] for button in notice["buttons"]] == ["Help now"]
    again = await ana.runs("breach tell", number="1")
    assert "told already" in again["text"]
    for step in ("told who it is about", "told the platform"):
        await ana.runs("breach note", number="1", step=step)
    early = await ana.runs("breach close", number="1")
    assert "not noted yet" in early["text"]
    last = await ana.runs(
        "breach note", number="1", step="told the authority", outcome="not needed"
    )
    closed = await ana.presses("Close it", within=last)
    assert "closed" in closed["text"]

    # Everything of it is in the file, and in the audit.
    listed = await moss.runs("breach list")
    (file,) = listed["files"]
    header, row = file["content"].strip().splitlines()
    assert header.startswith("number,kind,noticed,contained")
    assert row.startswith("1,words-outside,")
    assert "not-needed" in row
    assert "got out" in (await ana.runs("audit"))["text"]


async def test_moderators_are_reminded_before_the_72_hours_are_over_and_no_more_when_it_is_noted(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    await ana.runs("breach open", kind="a fault of the bot", noticed="1 hour")
    await ana.runs("breach open", kind="a fault of the bot", noticed="1 hour")
    await ana.runs("breach note", number="2", step="told the authority")
    await circle.pass_time(hours=48)
    reminder = await ana.sees("Nobody has noted yet", circle.moderators)
    assert "number 1" in reminder["text"]
    await circle.pass_time(hours=18)
    await ana.when(
        lambda: sum("Nobody has noted yet" in m["text"] for m in ana.reads(circle.moderators)) == 2
    )
    assert not any(
        "number 2" in m["text"] and "noted" in m["text"] for m in ana.reads(circle.moderators)
    )


async def test_what_cannot_be_is_refused_in_words(circle: TestCircle) -> None:
    ana = circle.moderator()
    assert "none with that number" in (await ana.runs("breach close", number="7"))["text"]
    refused = await ana.runs("breach open", kind="a fault of the bot", noticed="500 days")
    assert "up to a year" in refused["text"]
