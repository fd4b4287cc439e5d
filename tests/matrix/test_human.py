"""The people of these tests see what a person sees, so that the other tests can trust them."""

from __future__ import annotations

import pytest

from tests.homeserver.server import Homeserver
from tests.matrix.conftest import People
from tests.matrix.human import Human, NotAllowed


async def two_in_a_room(people: People) -> tuple[Human, Human, str]:
    cora, drew = await people("Cora"), await people("Drew")
    room = await cora.creates()
    await cora.invites(room, drew)
    assert await drew.accepts(by=cora.user_id) == room
    return cora, drew, room


async def test_two_people_talk_in_an_encrypted_room(people: People) -> None:
    cora, drew, room = await two_in_a_room(people)

    said = await cora.writes(room, "Good evening.")
    assert (await drew.sees("Good evening.")).id == said
    answer = await drew.writes(room, "And to you.", reply_to=said)
    assert (await cora.sees("And to you.")).reply_to == said
    await cora.edits(room, said, "Good morning.")
    assert (await drew.sees("Good morning.")).edited
    await cora.reacts(room, answer, "👍")
    await drew.presses(room, answer, "👍")
    await cora.removes(room, said)
    await drew.sees_no("Good morning.")

    (left,) = drew.reads(room)
    assert (left.id, left.reactions) == (answer, {"👍": {cora.user_id, drew.user_id}})
    # The homeserver, unlike the two, has no words.
    told = await cora._asks("GET", f"/rooms/{room}/event/{answer}")
    assert told["type"] == "m.room.encrypted"


async def test_who_joins_late_reads_nothing_old(people: People) -> None:
    cora, drew, room = await two_in_a_room(people)
    await cora.writes(room, "Between us two")
    await drew.sees("Between us two")

    eve = await people("Eve")
    await cora.invites(room, eve)
    await eve.accepts(room)
    await cora.when(lambda: eve.user_id in cora.client.rooms[room].users or None, "Eve")
    await cora.writes(room, "Welcome")

    await eve.sees("Welcome")
    assert [each.text for each in eve.reads() if each.readable] == ["Welcome"]


async def test_a_new_device_reads_what_comes(people: People) -> None:
    cora, drew, room = await two_in_a_room(people)
    phone = await drew.on_a_new_device()
    try:
        await cora.knows(phone)
        said = await cora.writes(room, "On every device")
        assert (await phone.sees("On every device")).id == said
        assert (await drew.sees("On every device")).id == said
    finally:
        await phone.closes_client()


async def test_doors_are_kept_and_a_refusal_is_told(people: People) -> None:
    cora, drew = await people("Cora"), await people("Drew")
    knock = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}
    room = await cora.creates(initial_state=[knock])

    with pytest.raises(NotAllowed) as refused:
        await drew.joins(room)
    assert refused.value.code == "M_FORBIDDEN"
    await drew.knocks(room)
    assert await cora.members(room, "knock") == {drew.user_id}
    await cora.invites(room, drew)
    await drew.accepts(room)
    assert await drew.may_write(room)
    await cora.kicks(room, drew)
    await drew.is_out(room)
    assert not await drew.may_write(room)
    assert drew.reads() == []


async def test_a_direct_chat_is_known_as_one(people: People) -> None:
    cora, drew = await people("Cora"), await people("Drew")
    room = await cora.creates(is_direct=True, invite=[drew.user_id])

    assert drew.direct(cora) is None
    assert await drew.has_direct(cora) == room
    assert drew.direct(cora) == room


async def test_a_client_outlives_a_restart_of_the_homeserver(
    people: People, homeserver: Homeserver
) -> None:
    cora, drew, room = await two_in_a_room(people)
    await homeserver.restart()

    said = await cora.writes(room, "Still here")

    assert (await drew.sees("Still here")).id == said


async def test_what_does_not_come_fails_with_what_was_seen(people: People) -> None:
    cora, _, room = await two_in_a_room(people)
    await cora.writes(room, "Something")
    await cora.sees("Something")

    with pytest.raises(AssertionError, match=r"waited 0.2 s for the moon") as failed:
        await cora.when(lambda: None, "the moon", within=0.2)
    assert "Something" in str(failed.value)
