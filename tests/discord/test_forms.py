"""Forms: what is asked in a window, and that no two of them mix."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import pytest

from adapters.discord import forms
from bot.cog import Arg, Command
from bot.events import Invoked
from bot.model import Account, Group, Room
from bot.reply import Answer, Button, Form, Reply
from bot.texts import default_texts
from tests.adapters.fakes import command
from tests.discord.asked import Place
from tests.test_house import COMMANDS as ALL


class When(Enum):
    """For a test."""

    SOON = "soon"
    LATER = "later"


G = Group("discord", "7")
WORDS = (str, Arg("arg-anon-text", long=True, max_length=1800, fleeting=True))


def parts(made: Any) -> dict[str, Any]:
    """The fields of a form by name, as Discord gets them."""
    return {
        each["component"]["custom_id"]: each["component"] for each in made.to_dict()["components"]
    }


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
async def test_every_commands_form_fits(one: Command) -> None:
    told = forms.modal("static:x", one, Form(one.name), default_texts(), "en").to_dict()
    assert 1 <= len(told["title"]) <= 45
    assert len(told["components"]) <= 5
    assert all(1 <= len(each["label"]) <= 45 for each in told["components"])
    assert len(told["custom_id"]) <= 100


async def test_each_value_has_a_field_of_its_kind() -> None:
    one = command("try", text=WORDS, count=int, loud=bool, where=Room, when=When)
    found = parts(forms.modal("static:try", one, Form("try"), default_texts(), "en"))
    assert {name: each["type"] for name, each in found.items()} == {
        "text": 4,
        "count": 4,
        "loud": 3,
        "where": 8,
        "when": 3,
    }
    assert (found["text"]["style"], found["text"]["max_length"]) == (2, 1800)
    assert [each["value"] for each in found["when"]["options"]] == ["soon", "later"]
    (who,) = parts(
        forms.modal("x", command("who", who=Account), Form("who"), default_texts(), "en")
    ).values()
    assert who["type"] == 5


async def test_what_is_known_is_not_asked_and_what_is_filled_stands_there() -> None:
    one = command("try", text=WORDS, where=Room, lasts=timedelta)
    form = Form("try", {"lasts": timedelta(hours=1)}, {"text": "so far", "where": Room(G, "42")})
    found = parts(forms.modal("static:try", one, form, default_texts(), "en"))
    assert list(found) == ["text", "where"]
    assert found["text"]["value"] == "so far"
    assert found["where"]["default_values"] == [{"id": 42, "type": "channel"}]


async def test_no_two_forms_have_one_id_and_discord_py_lets_go_of_each() -> None:
    one = command("try", text=WORDS)
    made = [forms.modal("static:try", one, Form("try"), default_texts(), "en") for _ in range(9)]
    assert len({each.custom_id for each in made}) == 9
    assert all(each.timeout == forms.OPEN for each in made)


def posting(asked: Invoked) -> Answer:
    """A command that needs its words."""
    if "text" not in asked.args:
        return Form("anon", asked.args)
    return Reply("value", {"value": f"took {asked.args['text']}"})


async def test_what_two_people_write_at_once_never_mixes() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("anon", text=WORDS)], answer=posting)
        first = await place.juniper.runs(place.room, "anon")
        second = await place.basil.runs(place.room, "anon")
        assert first.modal is not None
        assert second.modal is not None
        assert first.modal["custom_id"] != second.modal["custom_id"]
        late = await place.basil.fills(second, "of Basil")
        early = await place.juniper.fills(first, "of Juniper")
        assert (early.text, late.text) == ("took of Juniper", "took of Basil")
        given = [(asked.account, asked.args.get("text")) for asked in core.asked[2:]]
        assert given == [(place.second, "of Basil"), (place.member, "of Juniper")]


async def test_a_form_for_words_that_are_kept_nowhere_leaves_no_row() -> None:
    async with Place.opened() as place:
        await place.starts(commands=[command("anon", text=WORDS)], answer=posting)
        before = dict(place.shelf.values)
        form = await place.juniper.runs(place.room, "anon")
        await place.juniper.fills(form, "of Juniper")
        assert place.shelf.values == before


async def test_a_form_is_taken_when_discord_py_has_let_go_of_it() -> None:
    async with Place.opened() as place:
        await place.starts(commands=[command("anon", text=WORDS)], answer=posting)
        form = await place.juniper.runs(place.room, "anon")
        place.on.client._connection._view_store._modals.clear()
        assert (await place.juniper.fills(form, "at last")).text == "took at last"


async def test_where_a_form_cannot_open_a_button_opens_it() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("try", where=Room, text=WORDS)])
        core.answer = lambda asked: (
            Reply("value", {"value": "done"}) if len(core.asked) > 2 else Form("try", {})
        )
        form = await place.juniper.runs(place.room, "try", where=place.room)
        again = await place.juniper.fills(form, place.room, "words")
        assert "Press Open the form" in again.text
        assert again.message is not None
        core.answer = lambda asked: Form("try", {})
        opened = await place.juniper.presses(again.message, "Open the form")
        assert opened.modal is not None
        core.answer = lambda asked: Reply("value", {"value": "done"})
        assert (await place.juniper.fills(opened, place.room, "words")).text == "done"


async def test_with_the_store_gone_a_form_that_needs_it_is_refused_kindly() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("try", text=(str, Arg("arg-anon-text")))])
        core.answer = lambda asked: Form("try", {"room": place.circle})
        button = Button("button-join", "try", static=True)
        chat = place._chat
        assert chat is not None
        ref = await chat.post(
            place.circle, Reply("value", {"value": "x"}, buttons=(button,)), key="k"
        )
        place.shelf.broken = True
        shown = await place.juniper.presses(place.message(ref), "Join")
        assert "could not save that" in shown.text
