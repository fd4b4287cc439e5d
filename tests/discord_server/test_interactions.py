"""Slash commands, buttons, forms and menus, as discord.py answers them and people see it."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.discord_server.conftest import Client, until
from tests.discord_server.human import Human, NotThere
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import LOADING, Channel, Guild

Press = discord.Interaction[Client]


@pytest.fixture
def cora(server: DiscordServer, guild: Guild) -> Human:
    """A member."""
    return server.human("cora", guild).joins()


@pytest.fixture
def dana(server: DiscordServer, guild: Guild) -> Human:
    """Another member."""
    return server.human("dana", guild).joins()


async def registered(client: Client, guild: Guild, *commands: Any) -> None:
    """The commands are on offer in the guild."""
    for command in commands:
        client.tree.add_command(command, guild=discord.Object(guild.id))
    await client.tree.sync(guild=discord.Object(guild.id))


def answering(name: str, answer: Any) -> app_commands.Command[Any, ..., Any]:
    """A command that does one thing."""

    async def run(interaction: discord.Interaction) -> None:
        await answer(interaction)

    return app_commands.Command(name=name, description="For a test.", callback=run)


async def test_a_slash_command_with_native_options_is_answered(
    client: Client, guild: Guild, room: Channel, cora: Human, dana: Human
) -> None:
    @app_commands.command(description="Greet somebody.")
    async def greet(
        interaction: discord.Interaction, who: discord.Member, times: int, loud: bool = False
    ) -> None:
        channel = interaction.channel
        assert isinstance(channel, discord.TextChannel)
        words = f"{who.name} {times} {loud} from {interaction.user.name} in {channel.name}"
        await interaction.response.send_message(words)

    await registered(client, guild, greet)
    shown = await cora.runs(room, "greet", who=dana.member, times=3)

    assert shown.text == "dana 3 False from cora in general"
    assert dana.reads(room) == [shown.text]
    with pytest.raises(NotThere):
        await cora.runs(room, "greet", times=3)


async def test_a_group_of_commands_and_choices(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    group = app_commands.Group(name="topic", description="Topics.")

    @group.command(name="set", description="Choose one.")
    @app_commands.choices(what=[app_commands.Choice(name="Sleep", value="s")])
    async def choose(interaction: discord.Interaction, what: app_commands.Choice[str]) -> None:
        await interaction.response.send_message(f"{what.name}={what.value}")

    await registered(client, guild, group)
    assert (await cora.runs(room, "topic set", what="Sleep")).text == "Sleep=s"


async def test_an_ephemeral_answer_is_seen_by_one_and_never_in_history(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human, dana: Human
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("for you", ephemeral=True)

    await registered(client, guild, answering("whisper", answer))
    shown = await cora.runs(room, "whisper")

    assert shown.alone
    assert cora.reads(room) == ["for you"]
    assert dana.reads(room) == []
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    assert [each async for each in channel.history()] == []
    assert shown.message is not None
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(shown.message.id)
    with pytest.raises(discord.NotFound):
        await channel.get_partial_message(shown.message.id).delete()
    assert client.heard("message") == []


async def test_an_answer_says_who_asked_and_a_post_apart_does_not(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        assert isinstance(interaction.channel, discord.TextChannel)
        await interaction.response.send_message("answer")
        await interaction.followup.send("follow-up")
        await interaction.channel.send("apart")

    await registered(client, guild, answering("say", answer))
    await cora.runs(room, "say")
    await until(lambda: len(room.messages) == 3)

    told = {each.content: each.interaction for each in room.messages.values()}
    assert told["apart"] is None
    for words in ("answer", "follow-up"):
        assert (told[words] or {})["user"]["id"] == str(cora.user.id)


async def test_later_than_3_seconds_the_interaction_is_unknown(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    codes: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        server.world.clock.passes(seconds=3.1)
        try:
            await interaction.response.send_message("too late")
        except discord.NotFound as refused:
            codes.append(refused.code)
        await interaction.edit_original_response(content="never mind")

    await registered(client, guild, answering("slow", answer))
    client.tree.on_error = lambda interaction, error: asyncio.sleep(0)  # type: ignore[method-assign]
    asked = asyncio.create_task(cora.runs(room, "slow"))
    await until(lambda: codes)
    assert codes == [10062]
    assert (await asked).failed
    assert cora.reads(room) == []


async def test_an_answer_that_is_deferred_takes_the_place_of_thinking_for_15_minutes(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human, dana: Human
) -> None:
    kept: list[discord.Interaction] = []

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept.append(interaction)

    await registered(client, guild, answering("later", answer))
    shown = await cora.runs(room, "later")
    assert shown.message is not None
    assert shown.message.flags & LOADING
    await until(lambda: kept)
    server.world.clock.passes(minutes=14)
    # The first word after "thinking" is seen by whom thinking was seen by.
    await kept[0].followup.send("done", ephemeral=False)
    assert await cora.waits_for(shown) == "done"
    assert shown.alone
    await kept[0].edit_original_response(content="really done")
    assert cora.reads(room) == ["really done"]
    assert dana.reads(room) == []

    server.world.clock.passes(minutes=2)
    for late in (kept[0].followup.send("too late"), kept[0].delete_original_response()):
        with pytest.raises(discord.HTTPException) as refused:
            await late
        assert (refused.value.status, refused.value.code) == (401, 50027)
    assert cora.reads(room) == ["really done"]


async def test_a_second_first_answer_is_refused(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    codes: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        adapter = discord.webhook.async_.async_context.get()
        try:
            await adapter.create_interaction_response(
                interaction.id,
                interaction.token,
                session=interaction._session,
                params=discord.webhook.async_.interaction_message_response_params(
                    type=4, content="two"
                ),
            )
        except discord.HTTPException as refused:
            codes.append(refused.code)

    await registered(client, guild, answering("twice", answer))
    await cora.runs(room, "twice")
    await until(lambda: codes)
    assert codes == [40060]
    assert cora.reads(room) == ["one"]


class Buttons(discord.ui.View):
    """Two buttons that outlive a restart."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Next", custom_id="card:next")
    async def next(self, interaction: Press, button: discord.ui.Button[Buttons]) -> None:
        """Change the message that the button is on."""
        await interaction.response.edit_message(content="page 2")

    @discord.ui.button(label="Tell", custom_id="card:tell")
    async def tell(self, interaction: Press, button: discord.ui.Button[Buttons]) -> None:
        """Open a form."""
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="In your words"):
    """One field."""

    words: discord.ui.TextInput[Form] = discord.ui.TextInput(label="What is it?", max_length=50)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say it back; then try what is not allowed."""
        try:
            await interaction.response.send_modal(Form())
        except discord.HTTPException as refused:
            said = f"{self.words.value} ({refused.code})"
            await interaction.response.send_message(said, ephemeral=True)


async def test_a_button_works_for_a_client_that_never_saw_the_message(
    client: Client, room: Channel, cora: Human
) -> None:
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("page 1", view=Buttons())
    # As after a restart: registered again by custom_id, the message unknown.
    client._connection._view_store = discord.ui.view.ViewStore(client._connection)
    client.add_view(Buttons())
    message = room.messages[sent.id]

    shown = await cora.presses(message, "Next")

    assert not shown.failed
    assert cora.reads(room) == ["page 2"]
    with pytest.raises(NotThere):
        await cora.presses(message, "Back")


async def test_a_form_opens_is_filled_and_cannot_open_another(
    client: Client, room: Channel, cora: Human, dana: Human
) -> None:
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    message = room.messages[(await channel.send("page 1", view=Buttons())).id]

    form = await cora.presses(message, "Tell")
    assert form.modal is not None
    assert form.modal["title"] == "In your words"
    with pytest.raises(NotThere):
        await cora.fills(form, "x" * 51)
    shown = await cora.fills(form, "I slept badly")

    assert shown.text == "I slept badly (50035)"
    assert dana.reads(room) == ["page 1"]


@pytest.mark.parametrize(
    ("title", "label", "fields"), [("t" * 46, "l", 1), ("t", "l" * 46, 1), ("t", "l", 6)]
)
async def test_a_form_has_a_short_title_short_labels_and_at_most_5_fields(
    client: Client, guild: Guild, room: Channel, cora: Human, title: str, label: str, fields: int
) -> None:
    codes: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        parts = [
            {
                "type": 1,
                "components": [{"type": 4, "custom_id": f"f{number}", "label": label, "style": 1}],
            }
            for number in range(fields)
        ]
        adapter = discord.webhook.async_.async_context.get()
        try:
            await adapter.create_interaction_response(
                interaction.id,
                interaction.token,
                session=interaction._session,
                params=discord.http.MultipartParameters(
                    payload={
                        "type": 9,
                        "data": {"custom_id": "form", "title": title, "components": parts},
                    },
                    multipart=None,
                    files=None,
                ),
            )
        except discord.HTTPException as refused:
            codes.append(refused.code)
            await interaction.response.send_message("no form")

    await registered(client, guild, answering("form", answer))
    await cora.runs(room, "form")
    assert codes == [50035]


async def test_a_command_in_a_messages_menu_gets_the_message(
    client: Client, guild: Guild, room: Channel, cora: Human, dana: Human
) -> None:
    async def take_back(interaction: discord.Interaction, message: discord.Message) -> None:
        words = f"{message.author.name}: {message.content}"
        await interaction.response.send_message(words, ephemeral=True)

    await registered(client, guild, app_commands.ContextMenu(name="Take back", callback=take_back))
    shown = await cora.picks("Take back", dana.writes(room, "oh"))
    assert shown.text == "dana: oh"


async def test_choices_are_offered_while_typing(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    @app_commands.command(description="Find a topic.")
    async def find(interaction: discord.Interaction, topic: str) -> None:
        await interaction.response.send_message(topic)

    @find.autocomplete("topic")
    async def offers(interaction: Press, so_far: str) -> list[app_commands.Choice[str]]:
        words = ["sleep", "sleepless", "work"]
        found = [each for each in words if each.startswith(so_far)]
        return [app_commands.Choice(name=each, value=each) for each in found]

    await registered(client, guild, find)
    assert (await cora.types(room, "find", "topic", "sl")).choices == ["sleep", "sleepless"]


async def test_commands_are_replaced_as_a_whole_and_keep_their_ids(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here")

    await registered(client, guild, answering("one", answer), answering("two", answer))
    ids = {each["name"]: each["id"] for each in guild.commands.values()}
    client.tree.remove_command("one", guild=discord.Object(guild.id))
    await registered(client, guild, answering("three", answer))

    names = {each["name"]: each["id"] for each in guild.commands.values()}
    assert set(names) == {"two", "three"}
    assert names["two"] == ids["two"]
    assert server.commands.created[guild.id] == 3
    with pytest.raises(NotThere):
        await cora.runs(room, "one")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"name": "Capital", "description": "d"}, 50035),
        ({"name": "a", "description": ""}, 50035),
        ({"name": "a", "description": "d" * 101}, 50035),
        ({"name": "a", "description": "d", "type": 2}, 50035),
    ],
)
async def test_commands_that_discord_does_not_take(
    server: DiscordServer, client: Client, guild: Guild, command: dict[str, Any], code: int
) -> None:
    application = server.world.application.id
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.bulk_upsert_guild_commands(application, guild.id, [command])
    assert refused.value.code == code


async def test_at_most_100_commands_and_200_new_ones_a_day(
    server: DiscordServer, client: Client, guild: Guild
) -> None:
    async def replace(prefix: str, count: int) -> int:
        commands: list[Any] = [
            {"name": f"{prefix}{number}", "description": "d"} for number in range(count)
        ]
        application = server.world.application.id
        try:
            await client.http.bulk_upsert_guild_commands(application, guild.id, commands)
        except discord.HTTPException as refused:
            return refused.code
        return 0

    assert await replace("a", 101) == 30032
    assert await replace("a", 100) == 0
    assert await replace("a", 100) == 0
    assert await replace("b", 100) == 0
    assert await replace("c", 1) == 30034


async def test_commands_are_offered_as_rights_allow(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes")

    command = answering("moderate", answer)
    command.default_permissions = discord.Permissions(manage_messages=True)
    await registered(client, guild, command)
    host = server.host(guild)
    with pytest.raises(NotThere):
        await cora.runs(room, "moderate")
    host.gives(host.makes_role("moderators", Permission.MANAGE_MESSAGES), cora.member)
    assert (await cora.runs(room, "moderate")).text == "yes"
    host.sets_overwrite(room, guild.everyone, deny=Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(NotThere):
        await cora.runs(room, "moderate")


async def test_while_the_bot_is_away_nothing_answers(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes")

    await registered(client, guild, answering("hello", answer))
    await client.close()
    await until(lambda: not server.gateway.connected)
    assert (await cora.runs(room, "hello")).failed
