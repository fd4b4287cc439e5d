"""The contract of every adapter: what people press, type and fill in."""

from __future__ import annotations

from datetime import timedelta

from bot.cog import Arg
from bot.events import MessagePosted
from bot.model import Account, MessageRef, Room
from bot.reply import Button, Form, Reply, Value
from tests.adapters.fakes import Core, command
from tests.adapters.stage import Stage


def posted(core: Core) -> list[str]:
    return [event.content.text for event in core.events if isinstance(event, MessagePosted)]


async def test_a_press_means_the_same_after_a_restart(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    args: dict[str, Value] = {
        "message": MessageRef(stage.circle, "m1"),
        "long": timedelta(hours=2),
        "who": "x",
    }
    reply = Reply("A card", buttons=(Button("Take it", "take", args), Button("Leave it", "leave")))
    ref = await chat.post(stage.moderators, reply, key="one")
    await stage.disconnect()
    again = Core()
    await stage.connect(again)
    await stage.presses(stage.moderator, ref, "Take it")
    await stage.sees(stage.moderator, "did take")
    (asked,) = again.asked
    assert (asked.command, dict(asked.args)) == ("take", args)
    assert (asked.account, asked.room, asked.private) == (stage.moderator, stage.moderators, True)


async def test_a_static_button_needs_no_store(stage: Stage, core: Core) -> None:
    core.commands = [command("help now")]
    chat = await stage.connect(core)
    reply = Reply("Welcome", buttons=(Button("Help now", "help now", static=True),))
    ref = await chat.post(stage.lobby, reply, key="one")
    await stage.disconnect()
    again = Core()
    again.commands = core.commands
    again.answer = lambda _: Reply(
        "People to call",
        buttons=(Button("Join", "join", static=True), Button("More", "more", {"n": 1})),
    )
    await stage.connect(again)
    stage.shelf.broken = True
    wren = await stage.joins("Nettle")
    await stage.presses(wren, ref, "Help now")
    seen = await stage.sees(wren, "People to call")
    assert seen.buttons == ("Join",)
    assert again.asked[0].command == "help now"


async def test_a_forged_press_does_nothing(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await chat.post(stage.circle, Reply("Hello", buttons=(Button("Go", "go"),)), key="one")
    for token in ("nonsense", "", "button", "\udc80", "x" * 5000):
        await stage.forges(stage.member, ref, token)
    await stage.sees(stage.member, "button-too-old")
    await stage.presses(stage.member, ref, "Go")
    await stage.sees(stage.member, "did go")
    assert [asked.command for asked in core.asked] == ["go"]


async def test_a_button_for_one_person_refuses_the_others(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    button = Button("Mine", "mine", only_for=stage.member)
    ref = await chat.post(stage.circle, Reply("Whose?", buttons=(button,)), key="one")
    await stage.presses(stage.second, ref, "Mine")
    await stage.sees(stage.second, "only-for-other")
    assert core.asked == []
    await stage.presses(stage.member, ref, "Mine")
    await stage.sees(stage.member, "did mine")


async def test_a_private_answer_is_seen_by_its_asker_alone(stage: Stage, core: Core) -> None:
    core.commands = [command("status")]
    chat = await stage.connect(core)
    await stage.runs(stage.member, stage.circle, "status")
    seen = await stage.sees(stage.member, "did status")
    assert "did status" not in str(await stage.all_seen(stage.second))
    assert "did status" not in str(await stage.all_seen(stage.moderator))
    assert await chat.fetch(seen.ref) is None
    assert [event async for event in chat.history(stage.circle, None)] == []


async def test_an_open_answer_is_seen_by_the_room(stage: Stage, core: Core) -> None:
    core.commands = [command("hello", private=False)]
    await stage.connect(core)
    await stage.runs(stage.member, stage.circle, "hello")
    await stage.sees(stage.second, "did hello")
    assert core.asked[0].private is False


async def test_what_is_missing_is_asked_in_a_form(stage: Stage, core: Core) -> None:
    core.commands = [
        command("anon", room=Room, text=(str, Arg("words", long=True)), lasts=timedelta)
    ]
    core.answer = lambda asked: (
        Reply("Posted") if "text" in asked.args else Form("anon", asked.args)
    )
    chat = await stage.connect(core)
    button = Button("Post here", "anon", {"room": stage.other})
    ref = await chat.post(stage.circle, Reply("Speak", buttons=(button,)), key="one")
    await stage.presses(stage.member, ref, "Post here")
    form = await stage.sees(stage.member, "What anon does.")
    assert form.fields == ("text", "lasts")
    await stage.disconnect()
    again = Core()
    again.commands, again.answer = core.commands, core.answer
    await stage.connect(again)
    await stage.fills(stage.member, form.ref, text="words of mine", lasts="2 h")
    await stage.sees(stage.member, "Posted")
    args = dict(again.asked[-1].args)
    assert args == {"room": stage.other, "text": "words of mine", "lasts": "2 h"}


async def test_a_command_on_a_message(stage: Stage, core: Core) -> None:
    core.commands = [command("let go", message=MessageRef)]
    await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "Too much")
    await stage.runs(stage.member, stage.circle, "let go", message=ref)
    await stage.sees(stage.member, "did let go")
    assert dict(core.asked[0].args) == {"message": ref}


async def test_people_and_rooms_in_a_form_are_references(stage: Stage, core: Core) -> None:
    core.commands = [command("nudge", person=Account, where=Room)]
    await stage.connect(core)
    who, where = stage.second.handle, stage.other.handle
    await stage.runs(stage.moderator, stage.moderators, "nudge", person=who, where=where)
    await stage.sees(stage.moderator, "did nudge")
    assert dict(core.asked[0].args) == {"person": stage.second, "where": stage.other}


async def test_a_press_does_not_wait_behind_messages(stage: Stage, core: Core) -> None:
    core.commands = [command("help now")]
    chat = await stage.connect(core)
    core.gate.clear()
    reply = Reply("Welcome", buttons=(Button("Help now", "help now", static=True),))
    ref = await chat.post(stage.lobby, reply, key="one")
    for n in range(100):
        await stage.writes(stage.member, stage.circle, f"number {n}")
    await stage.presses(stage.member, ref, "Help now")
    await stage.sees(stage.member, "did help now")
    assert posted(core) == []
    core.gate.set()
    await core.until(lambda: len(posted(core)) == 100)
    assert posted(core) == [f"number {n}" for n in range(100)]
