"""Job three, anonymous posting: a name that is not shown, honest words, and a receipt."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.async_api import expect

from tests.end_to_end.player import Pane, Player

WORDS = "Some evenings I sit in the car before I go in."
ROOM = "Evening circle"


async def sends(pane: Pane, words: str = WORDS) -> str:
    """Write, look at the preview, post soon. Gives the receipt."""
    await pane.opens("Private")
    await pane.runs("Anon", Room=ROOM, What_to_post=words)
    await pane.sees(f"In {ROOM} it will say:")
    await pane.presses("Post soon")
    await pane.sees("Your receipt:")
    said = await pane.message("Your receipt:").inner_text()
    return said.split("Your receipt:")[1].strip().split("\n")[0].strip()


async def posts(player: Player, pane: Pane, words: str = WORDS) -> str:
    """And wait until it stands. Gives the receipt."""
    receipt = await sends(pane, words)
    await player.pushes_time(timedelta(minutes=6))
    await pane.opens(ROOM)
    await pane.sees(words)
    return receipt


async def test_a_post_is_seen_first_and_stands_without_a_name(player: Player) -> None:
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    await basil.opens(ROOM)
    await juniper.opens("Private")
    await juniper.runs("Anon", Room=ROOM, What_to_post="Some evenings I sit in the car.")
    await juniper.sees("Not posted yet. In Evening circle it will say:")
    for honest in (
        "The person who runs the server could find out while it runs.",
        "The company or server behind this chat can always find out.",
        "I keep a mark of the writer for 7 days",
        "This is a small group",
    ):
        await juniper.sees(honest)
    await juniper.presses("Change")
    form = juniper.region.get_by_role("form", name=re.compile("^Form: ")).last
    box = form.get_by_label("What to post")
    await expect(box).to_have_value("Some evenings I sit in the car.")
    await juniper.fills(What_to_post=WORDS)
    await juniper.sees(WORDS)
    await juniper.presses("Post soon")
    await juniper.sees("Thank you for writing. It goes out by")
    said = await juniper.message("Your receipt:").inner_text()
    receipt = said.split("Your receipt:")[1].strip().split("\n")[0].strip()
    await basil.sees_no(WORDS)

    await juniper.runs("Anon status", Receipt=receipt)
    await juniper.sees("Your post is waiting. It goes out by")
    await player.pushes_time(timedelta(minutes=6))
    await basil.sees(WORDS)
    label = (await basil.message(WORDS).inner_text()).split(":\n")[0].split("\n")[-1]
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", label), label
    assert "juniper" not in (await basil.message(WORDS).inner_html()).casefold()
    assert "juniper" not in (await basil.reads_everything()).casefold()
    await basil.opens(ROOM)

    await juniper.runs("Anon status", Receipt=receipt)
    await juniper.sees("Your post is in the room.")
    await juniper.presses("Answer below it")
    form = juniper.region.get_by_role("form", name=re.compile("^Form: ")).last
    await form.get_by_label("What to post").fill("Tonight I went straight in.")
    await juniper.sends(form)
    await juniper.sees("under the same label, it will say:")
    await juniper.presses("Post soon")
    await expect(juniper.message("Your receipt:")).not_to_contain_text(receipt)
    await player.pushes_time(timedelta(minutes=6))
    await basil.sees("Tonight I went straight in.")
    await expect(basil.message("Tonight I went straight in.")).to_contain_text(f"{label}, who")

    await juniper.runs("Anon take back", Receipt=receipt)
    await juniper.sees("You took it back")
    await basil.sees_no(WORDS)
    await basil.sees("Tonight I went straight in.")


async def test_a_held_post_comes_back_with_the_reason_and_the_words(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.opens("Private")
    for words, reason in (
        ("My aunt on Maple Street helps.", 'It says "Maple Street", and moderators asked me'),
        ("Come to discord.gg/abcdefg with me.", "It has a link that invites people"),
    ):
        await juniper.runs("Anon", Room=ROOM, What_to_post=words)
        await juniper.sees(reason)
        await expect(juniper.message(reason)).to_contain_text(words)
        await juniper.presses("Change", at=reason)
        form = juniper.region.get_by_role("form", name=re.compile("^Form: ")).last
        await expect(form.get_by_label("What to post")).to_have_value(words)
    await juniper.fills(What_to_post="Come with me.")
    await juniper.sees(f"Not posted yet. In {ROOM} it will say:")
    await juniper.presses("Cancel")
    await juniper.sees("I have let go of it. Nothing was posted and nothing is kept.")
    ana = await player.pane("Ana")
    # Nobody is told that somebody tried.
    assert "Maple" not in await ana.reads_everything()


async def test_moderators_hide_and_silence_without_learning_who(player: Player) -> None:
    juniper = await player.pane("Juniper")
    receipt = await posts(player, juniper)
    ana = await player.pane("Ana")
    await ana.opens(ROOM)
    await ana.does("Anon hide", at=WORDS)
    await ana.fills(Why="Names somebody")
    await ana.sees_alone("I do not know who wrote it.")
    await juniper.sees_no(WORDS)
    await ana.presses("Silence its writer")
    await ana.fills(For_how_long="7 days")
    await ana.sees_alone("Whoever wrote it cannot post without a name here until")
    await ana.sees_alone("Nobody learns who it is, and I do not know either.")
    await ana.runs("Anon silences")
    await ana.sees_alone("There is one silence.")
    for name in ("Ana", "Moss"):
        moderator = await player.pane(name)
        seen = (await moderator.reads_everything()).casefold()
        for member in ("juniper", "basil"):
            assert member not in seen

    juniper = await player.pane("Juniper")
    await juniper.opens("Private")
    await juniper.runs("Anon status", Receipt=receipt)
    await juniper.sees("it names somebody.")
    await juniper.runs("Anon", Room=ROOM, What_to_post="Once more.")
    await juniper.sees("A moderator has paused posting without a name for you until")
    await juniper.sees("Nobody was told who you are.")
    # Coming back as if new evades nothing; others still can.
    await juniper.presses("Leave")
    await juniper.presses("Come back")
    await juniper.has_rooms("Start here", ROOM, "Small wins", "Private")
    await juniper.opens("Private")
    await juniper.runs("Anon", Room=ROOM, What_to_post="And once more.")
    await juniper.counts("A moderator has paused posting without a name for you until", 2)
    basil = await player.pane("Basil")
    await posts(player, basil, "I was in the garden today.")


async def test_moderators_pause_and_open_again(player: Player) -> None:
    juniper, ana = await player.pane("Juniper"), await player.pane("Ana")
    await sends(juniper)
    await ana.runs("Anon pause")
    await ana.sees_alone("Posts without a name are paused.")
    await player.pushes_time(timedelta(hours=1))
    await juniper.runs("Anon", Room=ROOM, What_to_post="May I?")
    await juniper.sees("The moderators have paused posts without a name for now.")
    await juniper.opens(ROOM)
    await juniper.sees_no(WORDS)
    await ana.runs("Anon resume")
    await ana.sees_alone("What waited goes out within half an hour")
    await player.pushes_time(timedelta(hours=1))
    await juniper.sees(WORDS)
    assert "Juniper" not in await juniper.words_of(WORDS)
