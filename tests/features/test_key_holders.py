"""Key-holders: how somebody becomes one, who hears of it, and how they stop."""

from __future__ import annotations

import pytest

from adapters.sandbox.human import Human
from bot.model import Account
from bot.sealing import MOST_HOLDERS
from tests.features.circle import TestCircle
from tests.features.key_holding import (
    enrolled,
    group,
    holders,
    offers,
    set_up,
    third,
)
from tests.sealing.pairs import KEYS, key


async def names(circle: TestCircle) -> set[str]:
    return {holder.account.handle for holder in await holders(circle)}


async def status(circle: TestCircle) -> str:
    return str((await circle.moderator().runs("status"))["text"])


@pytest.mark.slow
async def test_a_key_counts_when_another_moderator_has_confirmed_it(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    card = await offers(ana, KEYS["ana"])
    assert KEYS["ana"].public.fingerprint in card["text"]
    assert await names(circle) == set()

    refused = await ana.presses("Confirm", within=card)
    assert "your own key" in refused["text"]
    assert await names(circle) == set()

    await moss.presses("Confirm", within=card)
    assert await names(circle) == {"ana"}
    told = await moss.sees("Moss has confirmed a key of Ana", circle.moderators)
    assert KEYS["ana"].public.fingerprint in told["text"]


@pytest.mark.slow
async def test_the_first_two_count_at_once_and_a_third_after_72_hours(circle: TestCircle) -> None:
    await set_up(circle)
    assert await names(circle) == {"ana", "moss"}
    sorrel = await third(circle)
    card = await offers(sorrel, KEYS["sorrel"])
    await circle.moderator("moss").presses("Confirm", within=card)

    # Everybody who holds a key is told alone too, and so is the one whose key it is.
    for each in (circle.moderator("ana"), circle.moderator("moss"), sorrel):
        alone = await each.sees("Moss has confirmed a key of Sorrel", each.private)
        assert "from" in alone["text"]
    await circle.pass_time(hours=71, minutes=55)
    assert await names(circle) == {"ana", "moss"}
    await circle.pass_time(minutes=10)
    assert await names(circle) == {"ana", "moss", sorrel.account}


@pytest.mark.slow
async def test_with_the_second_key_the_group_is_asked_to_practise(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    await enrolled(circle, "ana", "moss")
    first = await moss.sees("confirmed a key of Ana", circle.moderators)
    assert not first["buttons"]
    await enrolled(circle, "moss", "ana")
    card = await moss.sees("practise it once", circle.moderators)
    assert "confirmed a key of Moss" in card["text"]

    begun = await ana.presses("Practise now", within=card)
    assert "This is a drill" in begun["text"]
    # Whoever presses it too, alone this time, is led to the same one.
    alone = await moss.sees("practise it once", moss.private)
    assert (await moss.presses("Practise now", within=alone))["text"] == begun["text"]


@pytest.mark.slow
async def test_any_moderator_can_stop_a_key_before_it_counts(circle: TestCircle) -> None:
    await set_up(circle)
    sorrel = await third(circle)
    await circle.moderator("moss").presses("Confirm", within=await offers(sorrel, KEYS["sorrel"]))
    ana = circle.moderator("ana")
    told = await ana.sees("has confirmed a key of Sorrel", ana.private)

    await ana.presses("Stop it", within=told)
    await ana.sees("Ana has stopped a new key of Sorrel", circle.moderators)
    await circle.pass_time(hours=73)
    assert await names(circle) == {"ana", "moss"}
    again = await ana.presses("Stop it", within=told)
    assert "not waiting any more" in again["text"]


@pytest.mark.slow
async def test_whoever_was_two_once_waits_ever_after(circle: TestCircle) -> None:
    await set_up(circle)
    for name in ("ana", "moss"):
        await circle.moderator(name).runs("key leave")
    assert await names(circle) == set()
    await enrolled(circle, "ana", "moss", key(7))
    await circle.restart()
    assert await names(circle) == set()
    await circle.pass_time(hours=73)
    assert await names(circle) == {"ana"}


@pytest.mark.slow
async def test_a_changed_key_waits_and_the_old_one_counts_meanwhile(circle: TestCircle) -> None:
    await set_up(circle)
    await enrolled(circle, "ana", "moss", key(7))

    async def fingerprints() -> set[str]:
        return {holder.key.fingerprint for holder in await holders(circle)}

    moss = KEYS["moss"].public.fingerprint
    assert await fingerprints() == {KEYS["ana"].public.fingerprint, moss}
    await circle.pass_time(hours=73)
    assert await fingerprints() == {key(7).public.fingerprint, moss}


@pytest.mark.slow
async def test_an_offer_survives_a_restart_and_goes_after_a_week(circle: TestCircle) -> None:
    card = await offers(circle.moderator("ana"), KEYS["ana"])
    await circle.restart()
    await circle.moderator("moss").presses("Confirm", within=card)
    assert await names(circle) == {"ana"}

    late = await offers(circle.moderator("moss"), KEYS["moss"])
    await circle.pass_time(days=8)
    await circle.core.key_holders.upkeep()
    answer = await circle.moderator("ana").presses("Confirm", within=late)
    assert "not waiting any more" in answer["text"]
    assert await names(circle) == {"ana"}


async def test_what_cannot_be_a_key_of_ones_own_is_refused(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    whole = KEYS["ana"].public.text
    assert "private key" in (await ana.runs("key offer", key="ckprivate1-AAAA"))["text"]
    for typed in (whole[:-1], "hello"):
        assert "not a whole public key" in (await ana.runs("key offer", key=typed))["text"]
    await offers(ana, KEYS["ana"])
    assert "know that key already" in (await moss.runs("key offer", key=whole))["text"]


@pytest.mark.slow
async def test_a_member_is_not_asked_for_a_key_and_sees_who_holds_one(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    await nell.runs("key offer", key=key(9).public.text)
    assert not await circle.core.key_holders.everything(group(circle))
    assert "Nobody holds a key" in (await nell.runs("key"))["text"]
    await offers(circle.moderator("ana"), KEYS["ana"])
    assert KEYS["ana"].public.fingerprint not in (await nell.runs("key"))["text"]
    await enrolled(circle, "moss", "ana")
    seen = (await nell.runs("key"))["text"]
    assert "Moss" in seen
    assert KEYS["moss"].public.fingerprint in seen
    assert "nobody can open" in seen


@pytest.mark.slow
async def test_whoever_leaves_the_group_holds_no_key(circle: TestCircle) -> None:
    await set_up(circle)
    moss = circle.moderator("moss")
    moss.leaves()
    ana = circle.moderator("ana")
    told = await ana.sees("Moss holds no key any more", circle.moderators)
    assert "fewer than two people hold a key" in told["text"]
    assert await names(circle) == {"ana"}
    assert "go out without a seal" in await status(circle)


@pytest.mark.slow
async def test_whoever_is_forgotten_holds_no_key_and_the_others_hear_of_it(
    circle: TestCircle,
) -> None:
    await set_up(circle)
    sorrel = await third(circle)
    await enrolled(circle, sorrel.account, "ana", KEYS["sorrel"])
    await circle.pass_time(hours=73)
    moss = circle.moderator("moss")
    await moss.runs("forget me")
    await moss.presses("Yes, forget me")
    told = await circle.moderator("ana").sees("Moss holds no key any more", circle.moderators)
    assert "fewer than two" not in told["text"]
    assert await names(circle) == {"ana", sorrel.account}


@pytest.mark.slow
async def test_whoever_left_while_the_bot_was_away_holds_no_key(circle: TestCircle) -> None:
    await set_up(circle)
    await circle.stop()
    circle.moderator("moss").leaves()
    await circle.up()
    await circle.moderator("ana").sees("Moss holds no key any more", circle.moderators)
    assert await names(circle) == {"ana"}


@pytest.mark.slow
async def test_status_names_key_holders_who_are_no_moderators(circle: TestCircle) -> None:
    await set_up(circle)
    moss = circle.moderator("moss")
    moss.people.give_role(moss.account, "member")
    await circle.settled()
    said = await status(circle)
    assert "One key-holder is no moderator any more" in said
    assert "fewer than two key-holders can open one now" in said


@pytest.mark.slow
async def test_an_admin_ends_the_part_of_somebody_and_a_moderator_cannot(
    circle: TestCircle,
) -> None:
    await set_up(circle)
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    await moss.runs("key remove", whom="ana")
    assert await names(circle) == {"ana", "moss"}
    moss.people.give_role("moss", "admin")
    await circle.settled()
    await moss.runs("key remove", whom="ana")
    assert await names(circle) == {"moss"}
    await ana.sees("Moss has ended the part of Ana", ana.private)


@pytest.mark.slow
async def test_status_says_who_can_open_and_what_one_lost_key_would_do(circle: TestCircle) -> None:
    assert "go out without a seal" in await status(circle)
    await set_up(circle)
    said = await status(circle)
    assert "sealed for 30 days" in said
    assert "two key-holders. If one of them loses" in said

    await circle.moderator("moss").runs("key conflict", back=True)
    said = await status(circle)
    assert "One key-holder stands back" in said
    assert "fewer than two key-holders can open one now" in said
    await circle.moderator("moss").runs("key conflict", back=False)
    assert "stands back" not in await status(circle)


async def test_the_page_comes_as_a_file(circle: TestCircle) -> None:
    answer = await circle.moderator().runs("key page")
    (page,) = answer["files"]
    assert "ckkey1" in page["content"]


@pytest.mark.slow
async def test_nine_are_too_many(circle: TestCircle) -> None:
    people = [circle.moderator("ana"), circle.moderator("moss")]
    for number in range(MOST_HOLDERS - 1):
        member = Human.arrives(circle.world, f"Moderator {number}")
        member.people.give_role(member.account, "moderator")
        people.append(member)
    await circle.settled()
    service, where = circle.core.key_holders, group(circle)
    for number, each in enumerate(people[:MOST_HOLDERS]):
        offered = await service.propose(where, _account(each), key(20 + number).public.text)
        await service.confirm(where, _account(people[number - 1]), offered.id)
    refused = await people[-1].runs("key offer", key=key(40).public.text)
    assert "8 key-holders" in refused["text"]


def _account(human: Human) -> Account:
    return Account("sandbox", human.account)
