"""What Discord shows of a reply: within its limits, in its own way, notifying nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import render
from adapters.discord.buttons import Shown
from adapters.discord.render import Rendered, length, pieces, plain
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Button, File, Reply, Text
from bot.texts import default_texts
from tests.adapters.fakes import Core
from tests.discord.asked import POST, Place

GROUP = Group("discord", "700000000000000001")
ROOM = Room(GROUP, "700000000000000002")
SMILE = "\U0001f642"


async def shown(reply: Reply, *, direct: bool = False) -> Rendered:
    rendering = render.Render(Core(), default_texts())
    return await rendering.rendered(GROUP, reply, direct=direct)


def words(text: str) -> Reply:
    return Reply("value", {"value": text})


@pytest.mark.parametrize(
    ("wrote", "stands"),
    [
        ("**loud** _soft_ ~~gone~~", r"\*\*loud\*\* \_soft\_ \~\~gone\~\~"),
        ("||hidden|| `code`", r"\|\|hidden\|\| \`code\`"),
        ("[bank](https://evil.example/a_b)", r"\[bank\](https://evil.example/a_b)"),
        (
            "<@123> <@&4> <#5> <t:1:R> </x:6> <:e:7>",
            r"\<@123> \<@&4> \<#5> \<t:1:R> \</x:6> \<:e:7>",
        ),
        ("# big\n-# small\n - one\n> said", "\\# big\n\\-# small\n \\- one\n\\> said"),
        ("a-b #5 2 > 1 5*3", r"a-b #5 2 > 1 5\*3"),
        (r"back\slash", r"back\\slash"),
    ],
)
def test_what_people_wrote_is_shown_as_they_typed_it(wrote: str, stands: str) -> None:
    assert plain(wrote) == stands


def test_characters_are_counted_the_strict_way() -> None:
    assert length("word") == 4
    assert length(SMILE) == 2
    assert [length(each) for each in pieces(SMILE * 1500)] == [2000, 1000]


def test_long_words_are_cut_between_lines_and_lose_none() -> None:
    text = "\n".join(f"{number} " + "word " * (number % 40) for number in range(200))
    cut = pieces(text)
    assert all(length(each) <= 2000 for each in cut)
    assert " ".join(cut).split() == text.split()
    assert all(each.split()[0].isdecimal() for each in cut)
    assert pieces("x" * 4100) == ["x" * 2000, "x" * 2000, "x" * 100]
    assert not any(each.endswith("\\") for each in pieces(plain("a" + "*" * 3000)))


@pytest.mark.parametrize("count", [1, 1999, 2000, 2001, 4096, 4097, 20_000])
async def test_a_post_is_one_message_within_the_limits_whatever_its_length(count: int) -> None:
    rendered = await shown(words("a" * count))
    told = rendered.to_send()
    content, embeds = told.get("content", ""), told.get("embeds", [])
    card = embeds[0].description if embeds else ""
    assert length(content) <= 2000
    assert length(card) <= 4096
    if count <= 4096:
        assert content + card == "a" * count
        assert "files" not in told
    else:
        (file,) = told["files"]
        assert file.fp.read() == b"a" * count


async def test_only_the_line_for_it_stands_on_a_lock_screen() -> None:
    card = await shown(Reply("value", {"value": "Rose said so"}, lock_line="lock-for-you"))
    told = card.to_send()
    assert told["content"] == "Circlekeeper: something for you."
    assert told["embeds"][0].description == "Rose said so"
    assert "silent" not in told
    assert (await shown(words("Rose said so"))).to_send()["silent"] is True


async def test_an_answer_takes_some_messages_and_more_than_that_a_file() -> None:
    buttons = (Button("button-join", "join", static=True),)
    reply = Reply("value", {"value": "line of words\n" * 300}, buttons=buttons)
    told = (await shown(reply)).to_answer()
    assert len(told) == 3
    assert ["view" in each for each in told] == [False, False, True]
    longer = Reply("value", {"value": "line of words\n" * 3000})
    (one,) = (await shown(longer)).to_answer()
    assert length(one["content"]) <= 2000
    assert one["files"][0].filename == render.WHOLE
    assert one["files"][0].fp.read().decode().count("line of words") == 3000


async def test_people_rooms_times_and_messages_are_shown_as_discord_shows_them() -> None:
    at = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
    thread = MessageRef(ROOM, "700000000000000003/700000000000000004")
    values = (Account("discord", "42"), ROOM, at, MessageRef(ROOM, "44"), thread)
    lines = tuple(Text("value", {"value": value}) for value in values)
    rendered = await shown(Reply("value", {"value": timedelta(hours=2)}, lines=lines))
    here = f"https://discord.com/channels/{GROUP.handle}"
    assert rendered.words.splitlines() == [
        "2 hours",
        "<@42>",
        f"<#{ROOM.handle}>",
        f"<t:{int(at.timestamp())}:f>",
        f"{here}/{ROOM.handle}/44",
        f"{here}/700000000000000003/700000000000000004",
    ]


async def test_an_edit_takes_away_what_the_reply_does_not_have() -> None:
    told = (await shown(words("now"))).to_edit()
    assert (told["content"], told["embeds"], told["attachments"], told["view"]) == (
        "now",
        [],
        [],
        None,
    )


async def test_no_more_buttons_than_fit_below_a_message() -> None:
    many = tuple(Shown(f"id{number}", "L" * 90) for number in range(30))
    view = Rendered("words", buttons=many).to_send()["view"]
    assert len(view.children) == 25
    assert {len(each.item.label) for each in view.children} == {80}


async def test_nobody_is_notified_by_a_post_or_by_an_edit() -> None:
    async with Place.opened() as place:
        chat = await place.connect(place.core)
        calls = f"@everyone <@{place.basil.user.id}> <@&{place.moderator_role.id}>"
        reply = Reply("value", {"value": calls}, lines=(Text("value", {"value": place.second}),))
        ref = await chat.post(place.circle, reply, key="one")
        message = place.message(ref)
        assert f"<@{place.basil.user.id}>" in message.content
        await chat.edit(ref, reply)
        for exchange in (*place.sent("POST", POST), *place.sent("PATCH", f"{POST}/{{message_id}}")):
            assert exchange.request["allowed_mentions"]["parse"] == []
        assert message.mentions == []
        assert message.mention_roles == []
        assert not message.mention_everyone
        assert message.edited is not None


async def test_a_post_brings_its_files_and_an_edit_takes_them() -> None:
    async with Place.opened() as place:
        chat = await place.connect(place.core)
        reply = Reply("value", {"value": "The rules"}, files=(File("rules.txt", "Be kind."),))
        ref = await chat.post(place.circle, reply, key="one")
        assert place.message(ref).files == {"rules.txt": b"Be kind."}
        await chat.edit(ref, words("Without"))
        assert place.message(ref).files == {}
