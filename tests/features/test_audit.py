"""The record of what moderators did: who did what, and whether somebody changed that."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.model import Account, Room
from bot.services.anchors import read
from bot.services.audit import Deed
from bot.store.erasing import erase_member
from bot.store.migrations.versions.r0006_audit import ON_SQLITE
from tests.features.circle import TEXTS, TestCircle

pytestmark = pytest.mark.slow


async def _marked(circle: TestCircle) -> Json:
    """The message in the moderators' room that holds the mark, once it is there and pinned."""
    ana = circle.moderator()
    await circle.core.anchors.upkeep()

    def mark() -> Json | None:
        messages = ana.reads(circle.moderators)
        return next((each for each in messages if read(each["text"]) and each["pinned"]), None)

    return await ana.when(mark)


def _by_sql(circle: TestCircle, *statements: str) -> None:
    """What somebody does who owns the machine: the triggers go, and are back in the end."""
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    for made in ON_SQLITE:
        db.execute(f"DROP TRIGGER {made.split()[2]}")
    for statement in (*statements, *ON_SQLITE):
        db.execute(statement)
    db.commit()
    db.close()


async def _does_three_things(ana: Human) -> None:
    await ana.runs("keyword add", phrase="Anna Lee")
    await ana.runs("watch set", kind="url", what="alert")
    await ana.runs("keyword remove", phrase="Anna Lee")


async def test_moderators_see_what_each_of_them_did(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    assert "Nothing is in the record yet" in (await ana.runs("audit"))["text"]
    await _does_three_things(ana)
    await moss.runs("helpline add", name="Listeners", mode="call", contact="1", hours="always")
    await moss.runs("helpline add", name="Listeners", mode="call", contact="112", hours="always")
    shown = (await moss.runs("audit"))["text"]
    newest_first = ["A helpline was added.", "taken off the list", "What I look for", "were added."]
    at = [shown.index(words) for words in newest_first]
    assert at == sorted(at)
    assert shown.count("Ana: ") == 3
    assert shown.count("Moss: ") == 1
    # Which words are watched for is for their list alone.
    assert "Lee" not in shown
    rose = await circle.member("Rose")
    assert "cannot find that" in (await rose.runs("audit"))["text"]


async def test_what_was_done_stays_when_the_moderator_is_erased(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    await _does_three_things(ana)
    group = (await circle.chat.groups())[0]
    await erase_member(circle.core.store, group, Account(group.platform, ana.account))
    shown = (await moss.runs("audit"))["text"]
    assert "were added." in shown
    assert "Ana" not in shown
    # Before the first mark stands, nothing tells a record whose end was cut off from a whole one.
    assert "cannot tell if its end is missing" in (await moss.runs("audit check"))["text"]
    await _marked(circle)
    assert "holds the mark in your room" in (await moss.runs("audit check"))["text"]


async def test_a_cut_record_is_found_by_the_mark_that_stays(circle: TestCircle) -> None:
    # Given a mark in the moderators' room
    ana = circle.moderator()
    await _does_three_things(ana)
    mark = await _marked(circle)
    assert "The record is whole" in (await ana.runs("audit check"))["text"]
    # When the newest entry is cut off, and another deed follows
    await circle.stop()
    _by_sql(circle, "DELETE FROM audit WHERE number = 3")
    await circle.up()
    # Then the mark is not overwritten, the moderators are told,
    await circle.core.anchors.upkeep()
    await ana.sees("does not fit its mark", circle.moderators)
    assert (await _marked(circle))["text"] == mark["text"]
    assert "does not fit its mark" in (await ana.runs("status"))["text"]
    found = await ana.runs("audit check")
    assert "entry 3 is missing" in found["text"]
    # and a new mark is put up when a moderator knows why, which is in the record too.
    done = await ana.presses("I know why", within=found)
    assert "changed to what is here now" in done["text"]
    assert "The record is whole" in (await ana.runs("audit check"))["text"]
    assert "the old one did not fit" in (await ana.runs("audit"))["text"]
    assert "nothing to begin anew" in (await ana.runs("audit anew"))["text"]


async def test_the_mark_is_one_message_and_follows_an_opening(circle: TestCircle) -> None:
    ana = circle.moderator()
    await _does_three_things(ana)
    first = await _marked(circle)
    group = (await circle.chat.groups())[0]
    # Nothing is new enough for a new mark
    await ana.runs("watch set", kind="url", what="off")
    assert (await _marked(circle))["text"] == first["text"]
    # until a seal is opened.
    await circle.core.store.write(lambda conn: circle.core.audit.record(conn, group, Deed.OPENED))
    await circle.core.anchors.upkeep()
    second = await ana.when(
        lambda: next((m for m in ana.reads(circle.moderators) if "5:" in m["text"]), None)
    )
    assert (second["id"], second["pinned"]) == (first["id"], True)
    # A week later it is changed anyway.
    await ana.runs("watch set", kind="url", what="alert")
    circle.core.anchors._next[group] -= timedelta(days=7)
    await circle.core.anchors.upkeep()
    await ana.when(lambda: any("6:" in m["text"] for m in ana.reads(circle.moderators)) or None)


async def test_a_deed_whose_entry_cannot_be_written_is_not_done(circle: TestCircle) -> None:
    # Given an audit that takes nothing
    ana = circle.moderator()
    full = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END"
    await circle.stop()
    _by_sql(circle, full)
    await circle.up()
    group = (await circle.chat.groups())[0]
    before = circle.core.retention.lifetime(Room(group, circle.room))
    # When a moderator does something, then it is refused,
    for name, args in (
        ("keyword add", {"phrase": "Anna Lee"}),
        ("anon pause", {}),
        ("watch set", {"kind": "url", "what": "alert"}),
        ("lifetime", {"room": circle.room, "lifetime": "7 days"}),
    ):
        assert "could not save that" in (await ana.runs(name, **args))["text"]
    # and nothing of it is so.
    assert "no words yet" in (await ana.runs("keyword list"))["text"]
    assert circle.core.retention.lifetime(Room(group, circle.room)) == before


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_has_a_sentence(deed: Deed) -> None:
    assert TEXTS.has(f"audit-{deed.value}")
