"""Commands: what Discord is told of the one declaration, when, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.commands import Offered
from bot.cog import Arg, Command
from bot.model import Account, MessageRef, Role, Room
from bot.reply import Reply
from bot.services.group_settings import SETTINGS
from bot.texts import Texts, default_texts
from tests.adapters.fakes import command
from tests.discord.asked import COMMANDS, POST, Place
from tests.discord_server.commands import Commands
from tests.discord_server.human import NotThere
from tests.discord_server.permissions import Permission
from tests.discord_server.state import World
from tests.test_house import COMMANDS as ALL


class When(Enum):
    """For a test."""

    SOON = "soon"
    LATER = "later"


def told(commands: Sequence[Command]) -> dict[str, Any]:
    return {each["name"]: each for each in Offered(commands, default_texts()).payload()}


def test_every_command_of_the_house_can_be_registered() -> None:
    payload = Offered(ALL, default_texts()).payload()
    made = Commands(World()).replace(None, payload)
    assert len(made) == len(payload) > 30


def test_a_group_is_made_where_no_command_has_its_bare_name() -> None:
    found = told(ALL)
    assert {"add", "remove", "list"} <= {each["name"] for each in found["keyword"]["options"]}
    assert {"anon", "anon-status", "anon-take-back", "help", "help-now"} <= found.keys()


def test_the_guide_types_commands_as_they_are_offered() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "hosts" / "discord.md").read_text()
    found = told(ALL)
    typed = re.findall(r"(?:^    |`)/([a-z-]+)(?: ([a-z]+)\b(?!:))?", guide, re.MULTILINE)
    assert len(typed) > 5
    for name, within in typed:
        options = [each["name"] for each in found[name].get("options", [])]
        assert not within or within in options, f"/{name} {within}"


def test_what_is_hidden_and_what_is_on_a_message_is_no_slash_command() -> None:
    found = told(ALL)
    slash = {name for name, each in found.items() if each["type"] == 1}
    menus = {name for name, each in found.items() if each["type"] == 3}
    assert not {"join-agree", "leak-take", "let-go", "anon-hide"} & slash
    assert {"Take mine back now", "Let this go in...", "Hide this anonymous post"} <= menus


def test_commands_are_offered_to_whom_they_may_be_for() -> None:
    found = told(ALL)
    rights = {name: found[name]["default_member_permissions"] for name in found}
    assert rights["anon"] is rights["join"] is rights["Take mine back now"] is None
    manages = str(int(Permission.MANAGE_MESSAGES))
    assert rights["keyword"] == rights["status"] == rights["Silence its writer"] == manages
    assert rights["set"] == str(int(Permission.MANAGE_GUILD))


def test_options_have_discords_own_types_and_the_required_come_first() -> None:
    one = command(
        "try",
        topic=(str, Arg("arg-x", max_length=80)),
        text=(str, Arg("arg-x", long=True)),
        count=int,
        loud=bool,
        who=Account,
        where=Room,
        lasts=timedelta,
        when=When,
    )
    (made,) = told([one]).values()
    options = {each["name"]: each for each in made["options"]}
    kinds = {name: each["type"] for name, each in options.items()}
    assert kinds == {
        "topic": 3,
        "count": 4,
        "loud": 5,
        "who": 6,
        "where": 7,
        "lasts": 3,
        "when": 3,
    }
    assert options["topic"]["max_length"] == 80
    assert options["lasts"]["autocomplete"]
    assert [each["value"] for each in options["when"]["choices"]] == ["soon", "later"]
    assert options["where"]["channel_types"] == [0, 5, 15]


def test_the_names_of_settings_are_offered() -> None:
    name, _ = told(ALL)["set"]["options"]
    assert [each["value"] for each in name["choices"]] == list(SETTINGS)


def test_options_are_described_in_every_language_that_has_words(tmp_path: Path) -> None:
    for language, word in (("en", "Room"), ("de", "Raum")):
        (tmp_path / language).mkdir()
        words = f"missing-text = .\narg-room = {word}\n"
        (tmp_path / language / "a.ftl").write_text(words, encoding="utf-8")
    texts = Texts.load(folder=tmp_path)
    (made,) = Offered([command("try", room=Room)], texts).payload()
    assert made["options"][0]["description"] == "Room"
    assert made["options"][0]["description_localizations"] == {"de": "Raum"}


def test_commands_are_described_in_every_language_that_has_words(tmp_path: Path) -> None:
    for language, more in (("en", ""), ("de", "command-keyword-add = Auf ein Wort achten\n")):
        (tmp_path / language).mkdir()
        words = f"missing-text = .\n{more}"
        (tmp_path / language / "a.ftl").write_text(words, encoding="utf-8")
    texts = Texts.load(folder=tmp_path)
    commands = [command("keyword add"), command("keyword list"), command("wait")]
    (group, single) = Offered(commands, texts).payload()
    add, other = group["options"]
    assert add["description_localizations"] == {"de": "Auf ein Wort achten"}
    assert not any("description_localizations" in each for each in (other, single))


async def test_commands_are_told_again_only_when_they_changed() -> None:
    async with Place.opened() as place:
        commands = [command("one"), command("two", number=int)]
        await place.starts(commands=commands)
        assert [each["name"] for each in place.guild.commands.values()] == [
            "one",
            "two",
            "messages",
        ]
        await place.disconnect()
        await place.starts(commands=commands)
        # The post with the buttons is looked at after the commands.
        await place.when(lambda: place.sent("GET", f"{POST}/{{message_id}}"))
        assert len(place.sent("PUT", COMMANDS)) == 1
        await place.disconnect()
        await place.starts(commands=[*commands, command("three")])
        await place.when(lambda: len(place.sent("PUT", COMMANDS)) == 2)
        assert "three" in [each["name"] for each in place.guild.commands.values()]


async def test_a_server_that_puts_the_bot_out_and_asks_it_back_has_its_commands_again() -> None:
    async with Place.opened() as place:
        await place.starts(commands=[command("one")])
        await place.on.asking.left(place.guild.id)
        place.guild.commands.clear()
        await place.disconnect()
        await place.starts(commands=[command("one")])
        await place.when(lambda: place.guild.commands)
        assert [each["name"] for each in place.guild.commands.values()] == ["one", "messages"]


async def test_what_was_given_comes_back_as_the_core_knows_it() -> None:
    async with Place.opened() as place:
        names = "keyword add", "keyword try"
        more: dict[str, Any] = {
            "count": int,
            "loud": bool,
            "who": Account,
            "where": Room,
            "when": When,
        }
        commands = [command(name, **more) for name in names]
        core = await place.starts(commands=commands)
        await place.when(lambda: place.guild.commands)
        shown = await place.juniper.runs(
            place.room,
            "keyword try",
            count=3,
            loud=True,
            who=place.basil.member,
            where=place.channel(place.other),
            when="later",
        )
        assert shown.text == "did keyword try" or shown.alone
        (asked,) = core.asked
        assert (asked.command, asked.account, asked.room) == (
            "keyword try",
            place.member,
            place.circle,
        )
        assert dict(asked.args) == {
            "count": 3,
            "loud": True,
            "who": place.second,
            "where": place.other,
            "when": "later",
        }


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["10 minutes", "30 minutes", "1 hour"]),
        ("3", ["3 minutes", "3 hours", "3 days"]),
        ("90 min", ["1 hour and 30 minutes"]),
        ("soon", ["10 minutes", "30 minutes", "1 hour"]),
    ],
)
async def test_times_are_offered_while_one_is_typed(typed: str, offered: list[str]) -> None:
    one = Offered([command("wait", lasts=timedelta)], default_texts())
    data = {
        "name": "wait",
        "type": 1,
        "options": [{"name": "lasts", "type": 3, "value": typed, "focused": True}],
    }
    found = one.choices(data, "en")
    assert [name for name, _ in found][:3] == offered


async def test_a_time_that_was_offered_is_taken() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("wait", lasts=timedelta)])
        await place.when(lambda: place.guild.commands)
        shown = await place.juniper.types(place.room, "wait", "lasts", "2")
        assert shown.choices == ["2 minutes", "2 hours", "2 days"]
        await place.juniper.runs(place.room, "wait", lasts=shown.interaction.choices[1]["value"])
        assert dict(core.asked[0].args) == {"lasts": "120 minutes"}


async def test_a_message_in_a_thread_is_a_message_of_its_room() -> None:
    async with Place.opened() as place:
        thread = place.host.starts_thread(place.room, "later that day", type=11)
        message = place.juniper.writes(thread, "too much")
        # One that was archived before the bot came is in no list that it is told.
        place.host.archives(thread)
        core = await place.starts(commands=[command("let go", message=MessageRef)])
        await place.when(lambda: place.guild.commands)
        await place.juniper.picks("Take mine back now", message)
        (asked,) = core.asked
        ref = MessageRef(place.circle, f"{thread.id}/{message.id}")
        assert dict(asked.args) == {"message": ref}


async def test_let_this_go_in_asks_when() -> None:
    async with Place.opened() as place:
        one = command("let go", message=MessageRef, after=timedelta)
        core = await place.starts(commands=[one])
        await place.when(lambda: place.guild.commands)
        message = place.juniper.writes(place.room, "too much")
        form = await place.juniper.picks("Let this go in...", message)
        assert core.asked == []
        await place.juniper.fills(form, after="2 hours")
        (asked,) = core.asked
        ref = MessageRef(place.circle, str(message.id))
        assert dict(asked.args) == {"message": ref, "after": "2 hours"}


async def test_where_a_message_is_in_no_room_of_the_group_it_is_refused_kindly() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("let go", message=MessageRef)])
        await place.when(lambda: place.guild.commands)
        elsewhere = place.host.makes_channel("elsewhere")
        message = place.juniper.writes(elsewhere, "not here")
        shown = await place.juniper.picks("Take mine back now", message)
        assert "cannot find that message" in shown.text
        assert core.asked == []


async def test_a_command_that_is_offered_no_more_is_answered() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("old")])
        await place.when(lambda: place.guild.commands)
        await place.disconnect()
        core = await place.starts(commands=[command("new")])
        payload = Offered([command("old")], default_texts()).payload()
        place.server.commands.replace(place.guild.id, payload)
        shown = await place.juniper.runs(place.room, "old")
        assert "I cannot find that" in shown.text
        assert core.asked == []


async def test_discord_offers_by_its_rights_and_the_core_is_asked_all_the_same() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("status", needs=Role.MODERATOR)])
        await place.when(lambda: place.guild.commands)
        core.answer = lambda _: Reply("unknown-command")
        with pytest.raises(NotThere):
            await place.juniper.runs(place.room, "status")
        helper = place.host.makes_role("helper", Permission.MANAGE_MESSAGES)
        place.host.gives(helper, place.juniper.member)
        shown = await place.juniper.runs(place.room, "status")
        assert "I cannot find that" in shown.text
        assert [asked.account for asked in core.asked] == [place.member]
