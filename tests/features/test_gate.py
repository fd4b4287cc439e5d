"""The gate when something is in the way: rights, roles, restarts, clocks, rules changed twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Refusal
from bot.errors import TryLater, TryThisLater
from bot.model import Account, Group
from bot.texts.pack import GroundRules
from tests.features.circle import TestCircle
from tests.features.test_joining import closed_to, newer_rules, open_to, publishes

TALKING = "I am in the middle of telling you something"


def newest_rules() -> str:
    return newer_rules().replace("Be kind.\n", "Be kind, always.\n", 1)


def group_of(human: Human) -> Group:
    return Group("sandbox", human.group)


async def agrees(human: Human) -> None:
    await human.runs("join")
    await human.presses("I agree")
    await human.presses("I understand")


async def status(circle: TestCircle) -> str:
    return str((await circle.moderator().runs("status"))["text"])


async def told_moderators(circle: TestCircle, words: str) -> None:
    await circle.moderator().sees(words, circle.moderators)


async def all_sent(circle: TestCircle) -> None:
    while True:
        change = circle.world.next_change()
        if not await circle.core.outbox.waiting():
            return
        await change


def told(human: Human) -> int:
    return sum("not a punishment" in message["text"] for message in human.reads(human.private))


# -- new rules, and newer ones ---------------------------------------------------------------


@pytest.mark.slow
async def test_rules_published_twice_keep_the_date_that_was_announced(circle: TestCircle) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    await circle.pass_time(days=1)
    await publishes(circle, newest_rules())
    message = gus.writes(circle.room, TALKING)
    await circle.settled()
    assert message in [m["id"] for m in gus.reads(circle.room)]
    assert circle.core.acknowledgement.count(group_of(gus)) == 1
    await circle.restart()
    gus.writes(circle.room, TALKING)
    await circle.pass_time(days=6, minutes=-1)
    assert gus.may_enter(circle.room)
    await circle.pass_time(days=1, minutes=3)
    await closed_to(circle, gus)
    assert circle.core.acknowledgement.count(group_of(gus)) == 0
    await agrees(gus)
    await open_to(circle, gus)


@pytest.mark.slow
async def test_a_shorter_grace_period_later_does_not_take_back_the_first_date(
    circle: TestCircle,
) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    await circle.moderator().runs("set", name="grace", value="0 min")
    await publishes(circle, newest_rules())
    await circle.pass_time(days=6)
    await circle.core.acknowledgement.upkeep()
    gus.writes(circle.room, TALKING)
    await circle.settled()
    assert TALKING in circle.texts()


# -- the right to hold -----------------------------------------------------------------------


async def test_without_the_right_to_let_in_moderators_hear_and_it_is_made_good(
    circle: TestCircle,
) -> None:
    fern = circle.arrives("Fern")
    fern.people.allow(circle.room, "hold", False)
    await agrees(fern)
    await told_moderators(circle, "could not open the rooms")
    assert not fern.may_enter(circle.room)
    shown = await status(circle)
    assert "keep people out" in shown
    assert "every right I need" not in shown
    assert "could not be opened or closed" in shown
    fern.people.allow(circle.room, "hold", True)
    await open_to(circle, fern)
    await circle.settled()
    assert "could not be opened" not in await status(circle)


async def test_who_took_their_yes_back_is_held_when_the_right_is_back(circle: TestCircle) -> None:
    gus = await circle.member("Gus")
    gus.people.allow(circle.room, "hold", False)
    await gus.runs("rules withdraw", sure=True)
    await told_moderators(circle, "could not close the rooms")
    gus.people.allow(circle.room, "hold", True)
    await closed_to(circle, gus)
    assert not gus.may_enter(circle.room)


async def test_a_right_that_comes_back_without_a_word_is_noticed_within_a_minute(
    circle: TestCircle,
) -> None:
    fern = circle.arrives("Fern")
    group = circle.world.state["groups"][fern.group]
    group["hold"] = False
    await agrees(fern)
    await told_moderators(circle, "could not open the rooms")
    group["hold"] = True
    await circle.pass_time(minutes=1, seconds=5)
    await open_to(circle, fern)
    assert fern.may_enter(circle.room)


# -- starts ----------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_start_asks_nothing_for_those_who_are_where_they_belong(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    gus, nell = await circle.member("Gus"), circle.arrives("Nell")
    await circle.settled()
    await all_sent(circle)
    asked: list[str] = []
    monkeypatch.setattr(circle.world, "hold", lambda _group, who, _held: asked.append(who))
    await circle.restart()
    await all_sent(circle)
    assert asked == []
    assert gus.may_enter(circle.room)
    assert not nell.may_enter(circle.room)


@pytest.mark.slow
async def test_what_was_changed_by_hand_while_the_bot_was_away_is_put_right(
    circle: TestCircle,
) -> None:
    gus, nell = await circle.member("Gus"), circle.arrives("Nell")
    await circle.settled()
    await all_sent(circle)
    await circle.stop()
    circle.world.hold(gus.group, gus.account, True)
    circle.world.hold(nell.group, nell.account, False)
    await circle.up()
    await open_to(circle, gus)
    await closed_to(circle, nell)
    assert (gus.may_enter(circle.room), nell.may_enter(circle.room)) == (True, False)


@pytest.mark.slow
async def test_a_job_from_before_a_crash_does_not_undo_what_is_right(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a member who is inside, and a job to hold them that could not be sent
    gus = await circle.member("Gus")
    await all_sent(circle)
    holding = circle.core.acknowledgement.holding
    account = Account("sandbox", gus.account)
    with monkeypatch.context() as busy:

        def later(*_: object) -> None:
            raise Refusal("later", after=60)

        busy.setattr(circle.world, "hold", later)
        await circle.core.store.write(
            lambda conn: holding.put(conn, group_of(gus), account, inside=False)
        )
        await circle.stop()
    # When the bot starts
    await circle.up()
    await all_sent(circle)
    # Then they are still inside
    assert gus.may_enter(circle.room)


# -- roles -----------------------------------------------------------------------------------


async def test_a_moderator_who_steps_down_without_the_rules_is_held(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    assert ana.may_enter(circle.room)
    await agrees(moss)
    for each in (ana, moss):
        each.people.give_role(each.account, "member")
    await closed_to(circle, ana)
    await circle.settled()
    assert moss.may_enter(circle.room)


@pytest.mark.slow
async def test_who_becomes_a_moderator_is_let_in(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await circle.settled()
    assert not nell.may_enter(circle.room)
    nell.people.give_role(nell.account, "moderator")
    await open_to(circle, nell)


async def test_a_moderator_who_comes_in_is_not_held(circle: TestCircle) -> None:
    await circle.stop()
    nell = circle.arrives("Nell")
    person = circle.world.person(nell.group, nell.account)
    person["role"], person["held"] = "moderator", False
    await circle.up()
    await circle.settled()
    await all_sent(circle)
    assert not circle.world.effects[f"hold:{nell.group}:{nell.account}"]
    assert nell.may_enter(circle.room)


# -- a restart at the end --------------------------------------------------------------------


@pytest.mark.slow
async def test_a_restart_cuts_off_nobody_who_is_talking_and_they_are_told(
    circle: TestCircle,
) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    await circle.pass_time(days=6, hours=23, minutes=58)
    gus.writes(circle.room, TALKING)
    await circle.pass_time(minutes=4)
    await circle.restart()
    await circle.pass_time(minutes=2)
    gus.writes(circle.room, "and there is more")
    await circle.settled()
    assert "and there is more" in circle.texts()
    assert gus.may_enter(circle.room)
    await circle.pass_time(minutes=45)
    await closed_to(circle, gus)
    await gus.sees("not a punishment", gus.private)


@pytest.mark.slow
async def test_who_lost_their_place_while_the_bot_was_away_is_told_once(
    circle: TestCircle,
) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    await circle.stop()
    circle.world.shift(timedelta(days=8).total_seconds())
    await circle.up()
    await closed_to(circle, gus)
    await gus.sees("not a punishment", gus.private)
    await circle.restart()
    await circle.pass_time(minutes=5)
    assert told(gus) == 1


@pytest.mark.slow
async def test_a_platform_that_is_away_at_the_end_is_asked_again(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    with monkeypatch.context() as away:

        async def members(_: Group) -> None:
            raise TryLater(timedelta(seconds=1))

        away.setattr(circle.chat, "members", members)
        await circle.pass_time(days=7, minutes=2)
        await circle.core.acknowledgement.upkeep()
    await circle.core.acknowledgement.upkeep()
    await closed_to(circle, gus)
    await gus.sees("not a punishment", gus.private)
    assert told(gus) == 1


@pytest.mark.slow
async def test_a_clock_that_jumps_ends_no_grace_period(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    gus = await circle.member("Gus")
    await publishes(circle, newer_rules())
    now = circle.core.clock.now
    with monkeypatch.context() as jumped:
        jumped.setattr(circle.core.clock, "now", lambda: now() + timedelta(days=8))
        await circle.core.acknowledgement.upkeep()
        assert circle.core.acknowledgement.count(group_of(gus)) == 1
    await all_sent(circle)
    assert gus.may_enter(circle.room)
    await circle.pass_time(days=8)
    await closed_to(circle, gus)


# -- what could not be said ------------------------------------------------------------------


async def test_an_announcement_that_cannot_be_posted_is_told(circle: TestCircle) -> None:
    await circle.member("Gus")
    circle.moderator().people.allow(circle.room, "post", False)
    await publishes(circle, newer_rules())
    await told_moderators(circle, "Evening circle about the new rules")
    assert not any("Small wins about" in text for text in circle.texts(circle.moderators))


async def test_a_join_card_that_cannot_be_posted_is_told_and_put_up_later(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    card = await ana.sees("Welcome", circle.lobby)
    await circle.stop()
    circle.world.delete(circle.lobby, card["id"])
    ana.people.allow(circle.lobby, "post", False)
    starting = asyncio.create_task(circle.up())
    await told_moderators(circle, "could not post the join card in Start here")
    ana.people.allow(circle.lobby, "post", True)
    await starting
    assert "Join" in ana.buttons(circle.lobby)


@pytest.mark.slow
async def test_what_nobody_could_be_told_stands_in_status_and_begins_no_loop(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    ana.people.allow(circle.moderators, "post", False)
    ana.people.allow(circle.room, "hold", False)
    fern = circle.arrives("Fern")
    await agrees(fern)
    unheard = circle.core.notices.unheard
    await fern.when(lambda: unheard or None)
    assert "last words to moderators" in await status(circle)
    requests = circle.world.requests
    # The join card, that she could not be held, and that she could not be let in.
    await fern.when(lambda: sum(requests.values()) >= 3 or None)
    tried = sum(requests.values())
    await circle.pass_time(minutes=5)
    await circle.settled()
    assert sum(requests.values()) == tried
    ana.people.allow(circle.moderators, "post", True)
    ana.people.allow(circle.room, "hold", True)
    await open_to(circle, fern)


async def test_status_says_what_waits_and_nothing_of_anonymous_posts(circle: TestCircle) -> None:
    gus = await circle.member("Gus")
    await gus.runs("anon", room=circle.room, text="only for tonight")
    await gus.presses("Post later")
    assert "to be sent" not in await status(circle)
    chat = circle.chat

    async def busy(*_: object, **__: object) -> None:
        raise TryLater(timedelta(hours=1))

    for name in ("hold", "release"):
        setattr(chat, name, busy)
    circle.arrives("Fern")
    await circle.settled()
    assert "One thing waits to be sent" in await status(circle)


@pytest.mark.slow
async def test_who_has_to_wait_for_their_own_sake_holds_up_nobody_else(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    gus, nell = circle.arrives("Gus"), circle.arrives("Nell")
    release = circle.chat.release

    async def busy(group: Group, account: Account) -> None:
        if account.handle == gus.account:
            raise TryThisLater(timedelta(minutes=5))
        await release(group, account)

    monkeypatch.setattr(circle.chat, "release", busy)
    await agrees(gus)
    await agrees(nell)
    await open_to(circle, nell)
    assert not gus.may_enter(circle.room)
    monkeypatch.undo()
    await circle.pass_time(minutes=6)
    await open_to(circle, gus)
    assert gus.may_enter(circle.room)


async def test_the_lobby_says_who_reads_there(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    card = await nell.sees("Welcome", circle.lobby)
    assert "can read what is written in this room" in card["text"]
    assert GroundRules.default().text not in card["text"]
