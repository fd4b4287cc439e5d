"""Canaries in every input of a whole bot; then every byte that it wrote is searched."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.sandbox import seed
from adapters.sandbox.world import Refusal
from bot import logs
from bot.store import age_files, backups
from bot.texts.pack import GroundRules
from tests.canary import planted
from tests.crash.evening import RECEIPT, Evening
from tests.crash.nursery import address_of
from tests.crash.scene import Scene, scene

ANY = ""


async def plant(seen: Scene, crowd: Evening) -> list[str]:
    """Say everything in every way there is. Gives the receipts, which must not be found either."""
    await joins_and_misspells(seen, crowd)
    await writes_and_edits(seen, crowd)
    await sets_things_up(crowd)
    await asks_for_care(crowd)
    receipts = [await whispers(crowd, when) for when in ("Post soon", "Post later")]
    await decides_on_a_card(seen, crowd)
    return receipts


async def joins_and_misspells(seen: Scene, crowd: Evening) -> None:
    account = await seen.director.do("arrive", name=planted.NAME)
    card = await crowd.runs(account, "join", ANY)
    card = await crowd.presses(account, card, "I agree", ANY)
    await crowd.presses(account, card, "I understand", ANY)
    for command, fields in {
        "join page": {"page": planted.BAD},
        "my rules": {"nothing": planted.BAD},
        "anon status": {"receipt": planted.BAD},
        "anon take back": {"receipt": planted.BAD},
        "anon send": {"draft": planted.BAD, "when": planted.BAD},
        "let go": {"message": planted.BAD, "after": planted.BAD},
        planted.BAD: {planted.BAD: planted.BAD},
        "lifetime": {"room": planted.BAD, "lifetime": planted.BAD},
    }.items():
        await crowd.runs(account, command, ANY, **fields)
    room = f"private:{seed.GROUP}:{account}"
    given = {"room": room, "message": card["id"], "button": planted.TOKEN}
    await crowd.asks(account, "press", ANY, **given)
    await crowd.asks(account, "submit", ANY, room=room, form=planted.TOKEN, fields={"a": "b"})
    # Half-way in, with a name that changes, and gone again.
    other = await seen.director.do("arrive", name=planted.RENAMED)
    await crowd.runs(other, "join", ANY)
    await seen.director.do("rename", account=other, name=planted.RENAMED + " the 2nd")
    await seen.director.do("leave", account=other)


async def writes_and_edits(seen: Scene, crowd: Evening) -> None:
    await crowd.runs("ana", "lifetime", ANY, room=seed.EVENING, lifetime="2 h")
    await crowd.runs("ana", "keyword add", ANY, phrase=planted.KEYWORD)
    hanging = [{"kind": "image", "name": planted.FILE}]
    given = {"account": "juniper", "room": seed.EVENING}
    said = await seen.director.do("write", **given, text=planted.SENTENCE, attachments=hanging)
    await seen.director.do("change", **given, message=said, text=planted.EDITED)
    for _ in range(2):
        slip = f"{planted.KEYWORD} and {planted.SENTENCE}"
        await seen.director.do("write", **given, text=slip, reply_to=said)
    await crowd.asks(
        "juniper",
        "run",
        ANY,
        room=seed.EVENING,
        command="let go",
        message=said,
        fields={"after": f"3 {planted.BAD}"},
    )
    with suppress(Refusal):
        await seen.director.do("write", account="wren", room=seed.EVENING, text=planted.SENTENCE)


async def sets_things_up(crowd: Evening) -> None:
    await crowd.scene.director.do("give_role", account="ana", role="admin")
    rules = GroundRules.default().text
    text = rules.replace("# Essentials\n\n", f"# Essentials\n\n{planted.RULE}\n", 1)
    for command, fields in {
        "helpline add": {
            "name": planted.HELPLINE,
            "mode": "call",
            "contact": planted.CONTACT,
            "hours": planted.BAD,
        },
        "keyword import": {"text": f"{planted.KEYWORD} again\n{planted.BAD}\n"},
        "keyword test": {"text": planted.SENTENCE},
        "set": {"name": planted.BAD, "value": planted.BAD},
        "rules publish": {"text": text},
        "anon hide": {"reason": planted.BAD},
        "anon unsilence": {"number": planted.BAD},
    }.items():
        await crowd.runs("ana", command, ANY, **fields)
    await crowd.runs("ana", "rules publish", ANY, text=planted.SENTENCE)


async def asks_for_care(crowd: Evening) -> None:
    await crowd.runs("basil", "guard add", "I now look for", text=planted.GUARD)
    note = {"account": "basil", "category": "check-back", "text": planted.NOTE}
    given = {"room": f"private:{seed.GROUP}:ana", "command": "note add", "fields": note}
    kept = await crowd.asks("ana", "run", "I keep the note", **given)
    shown = await crowd.runs("ana", "consult", "Not sent yet", text=planted.CASE)
    # It was taken in, so there is something to look for.
    assert ("I keep the note" in kept["text"], "Not sent yet" in shown["text"]) == (True, True)
    await crowd.runs("ana", "key offer", ANY, key=planted.BAD)
    post = {"post": "0" * 32, "text": planted.NOTE}
    await crowd.runs("ana", "anon reply", ANY, **post)


async def whispers(crowd: Evening, when: str) -> str:
    """An anonymous post that waits; one with a watched word comes back and is not posted."""
    watched = f"{planted.ANONYMOUS} {planted.KEYWORD}"
    await crowd.runs("basil", "anon", "not posted this yet", room=seed.EVENING, text=watched)
    text = planted.ANONYMOUS
    seen = await crowd.runs("basil", "anon", "Post soon", room=seed.EVENING, text=text)
    sent = await crowd.presses("basil", seen, when, "Your receipt")
    receipt = RECEIPT.search(sent["text"])
    assert receipt is not None
    return receipt[0]


async def decides_on_a_card(seen: Scene, crowd: Evening) -> None:
    """The first alert's author is told, and the words wait for them or went; one stays open."""
    cards = await seen.until(lambda: crowd.alert_cards() or None)
    (button,) = [b["id"] for b in cards[0]["buttons"] if b["label"] == "Remove"]
    given = {"room": seed.MODERATORS, "message": cards[0]["id"], "button": button}
    form = await crowd.asks("moss", "press", ANY, **given)
    fields = {form["form"]["fields"][-1]["name"]: form["form"]["fields"][-1]["choices"][0]}
    given = {"room": seed.MODERATORS, "form": form["form"]["id"]}
    await crowd.asks("moss", "submit", "taking it down", **given, fields=fields)


@pytest.mark.slow
async def test_no_byte_that_is_written_holds_what_people_said(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    async with scene(folder) as seen:
        # Given a circle in which everything was said, with posts that wait
        crowd = Evening(seen, random.Random(1))
        await seen.restart()
        receipts = await plant(seen, crowd)
        await seen.settled()
        words = (*planted.WORDS, *receipts, *(each.replace("-", "") for each in receipts))
        # When it is backed up while it runs, and killed, and runs again until the posts are out
        await backups.backup(address_of(folder), folder / "backup.sqlite3")
        assert not planted.in_files(folder, words)
        await seen.bot.kill()
        assert not planted.in_files(folder, words)
        await seen.restart()
        await seen.director.do("shift", seconds=4 * 3600)
        await seen.settled()
        await backups.backup(address_of(folder), folder / "later.sqlite3")
        _, recipient = age_files.new_key()
        await backups.backup(address_of(folder), folder / "closed.age", recipient)
        # Then nothing holds a word of it: database, WAL, backups, key ring, log, names of files
        assert not planted.in_files(folder, words)
        names = {path.name for path in folder.rglob("*")}
        assert {"circle.sqlite3", "circle.sqlite3-wal", "bot.log", "ring.json"} <= names
        # And the search would have found it: the platform's own world is full of it
        told = str(seen.state).encode()
        assert set(planted.found(told)) >= {"Quixberry", "Snorkelgarth", "Dribblethwaite"}


@pytest.mark.parametrize("word", planted.WORDS)
def test_the_search_finds_every_form(word: str, tmp_path: Path) -> None:
    for number, form in enumerate(planted.forms(word)):
        (tmp_path / f"{number}").write_bytes(b"\x00\xff" + form + b"\xff\x00")
        assert planted.in_files(tmp_path) == {f"{number}": [word]}
        (tmp_path / f"{number}").unlink()
    (tmp_path / word).touch()
    assert word in planted.in_files(tmp_path)[word]


def test_a_log_with_everything_in_it_is_refused() -> None:
    with pytest.raises(ValueError, match="unsafe"):
        logs.set_up("DEBUG")
