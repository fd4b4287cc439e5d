"""The wiring: which service gets which, and what runs beside what. Nothing is decided here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import StartError
from bot.outbox import Outbox
from bot.router import PlatformInbox, Router
from bot.schedule import Every, Schedule, Source
from bot.services.acknowledgement import Acknowledgement
from bot.services.anchors import Anchors
from bot.services.anonymity.changes import PostChanges
from bot.services.anonymity.moderation import AnonymousModeration
from bot.services.anonymity.posts import AnonymousPosts
from bot.services.anonymity.replies import BlindReplies
from bot.services.anonymity.silences import Silences
from bot.services.anonymity.writing import Anonymity
from bot.services.audit import Audit
from bot.services.breaches import Breaches
from bot.services.break_glass.cases import Cases
from bot.services.break_glass.counts import Counts
from bot.services.break_glass.opening import Opening
from bot.services.break_glass.seals import Seals
from bot.services.break_glass.telling import Telling
from bot.services.consents import Consents
from bot.services.consulting import Consulting
from bot.services.crisis.answering import CrisisAnswering
from bot.services.crisis.ladder import Ladder
from bot.services.crisis.rota import Rota
from bot.services.crisis.words import CrisisWords
from bot.services.data_rights import DataRights
from bot.services.directory import Directory
from bot.services.group_settings import GroupSettings
from bot.services.helplines import Helplines
from bot.services.key_holders import KeyHolders
from bot.services.leaks.actions import LeakActions
from bot.services.leaks.alerts import Leaks
from bot.services.leaks.broad import BroadKeywords
from bot.services.leaks.guards import Guards
from bot.services.leaks.keywords import LeakKeywords
from bot.services.leaks.kinds import LeakKinds
from bot.services.leaks.scanning import Scanning
from bot.services.leaks.upkeep import LeakUpkeep
from bot.services.nameless import Nameless
from bot.services.notes import Notes
from bot.services.notices import Notices
from bot.services.retention.dropping import Dropping
from bot.services.retention.keeping import Retention
from bot.services.retention.removing import Removals
from bot.services.sealed_authors import SealedAuthors
from bot.services.standing import StandingPosts
from bot.services.timekeeping import TrustedTime
from bot.store import Store
from bot.store.memory import StoredMemory
from bot.store.replaying import replay
from bot.texts.labels import Labels
from bot.texts.pack import GroundRules
from cogs.anonymous import Anonymous
from cogs.audit import AuditCog
from cogs.blind_replies import BlindRepliesCog
from cogs.breach import BreachCog
from cogs.break_glass import BreakGlass
from cogs.consents import ConsentsCog
from cogs.consult import Consult
from cogs.crisis import Crisis
from cogs.crisis_watch import CrisisWatch
from cogs.data_rights import DataRightsCog
from cogs.duty import DutyCog
from cogs.ephemeral import Ephemeral
from cogs.ground_rules import GroundRulesCog
from cogs.guards import GuardsCog
from cogs.help import Help
from cogs.house_notices import HouseNotices
from cogs.key_holders import KeyHoldersCog
from cogs.leak_keywords import LeakKeywordsCog
from cogs.leak_kinds import LeakKindsCog
from cogs.leak_watch import LeakWatch
from cogs.notes import NotesCog

logger = logging.getLogger(__name__)

Say = Callable[[str], None]
"""Prints one line for the host."""


class Circle:
    """A running bot over a store and some platforms."""

    def __init__(
        self, store: Store, chats: Sequence[Chat], clock: Clock, rules: GroundRules
    ) -> None:
        self.store = store
        self.clock = clock
        self._chats = {chat.platform: chat for chat in chats}
        self.time = TrustedTime(clock, self._chats)
        self.outbox = Outbox(store, self._chats, clock, self.time.trusted)
        self.audit = Audit(store, clock)
        self.settings = GroupSettings(store, self.audit)
        self.directory = Directory(store, self._chats)
        self.notices = Notices(store, self.outbox, self.directory, clock)
        self.removals = Removals(store, self.directory, self.notices, self.time, clock)
        self.retention = Retention(store, self.directory, self.removals, self.audit, clock)
        memory = StoredMemory(store, "core", clock)
        self.dropping = Dropping(self.directory, self.removals.pins, memory, clock)
        self.retention.before_change = self.dropping.before_change
        self.acknowledgement = Acknowledgement(
            store, self.outbox, self._chats, self.settings, clock, rules, self.audit, self.time
        )
        self.helplines = Helplines(store, self.audit, clock)
        self.keywords = LeakKeywords(store, self.audit, clock)
        self.kinds = LeakKinds(store, self.audit)
        consents = Consents(store, clock)
        guards = Guards(store, consents)
        scanning = Scanning(self.keywords, self.kinds, guards, self.directory, clock)
        changes = PostChanges(store, self.outbox, self.directory, self.retention, clock)
        silences = Silences(store, self.audit, clock)
        self.key_holders = KeyHolders(store, self.outbox, self.directory, self.audit, clock)
        self.sealed_authors = SealedAuthors(store, self.settings, self.key_holders, clock)
        posts = AnonymousPosts(store, changes, self.retention, self.notices, clock)
        self._anonymous = AnonymousModeration(
            store,
            self.outbox,
            changes,
            silences,
            self.sealed_authors,
            self.audit,
            self.time,
            clock,
        )
        anonymity = Anonymity(
            store,
            self.outbox,
            self.directory,
            self.acknowledgement,
            self.settings,
            posts,
            silences,
            self.sealed_authors,
            scanning.leaks,
            scanning.in_danger,
            Labels.load(),
            clock,
        )
        self.leaks = Leaks(
            store,
            self.outbox,
            self.directory,
            self.retention,
            scanning,
            self.kinds,
            self.audit,
            clock,
        )
        upkeep = LeakUpkeep(
            store, self.outbox, self.directory, self.leaks, self.keywords, self.kinds, guards, clock
        )
        broad = BroadKeywords(store, self.outbox, self.directory, self.keywords, clock)
        rota = Rota(store, self.directory, clock)
        words = CrisisWords(self.helplines, self.settings, rota, clock)
        ladder = Ladder(store, self.outbox, self.directory, rota, clock)
        answering = CrisisAnswering(
            store, self.outbox, self.directory, scanning, words, ladder, memory, consents, clock
        )
        crisis_watch = CrisisWatch(answering, ladder)
        actions = LeakActions(
            store,
            self.outbox,
            self.directory,
            self.leaks,
            scanning,
            self.notices,
            memory,
            self.audit,
            clock,
        )
        leak_watch = LeakWatch(self.leaks, upkeep, actions, self.keywords)
        self.data_rights = DataRights(store, self.acknowledgement, posts, clock)
        self.data_rights.before_forgetting += [self.key_holders.gone_within, ladder.gone_within]
        self.data_rights.on_forgotten += [
            lambda group, _: ladder.open(group),
            lambda group, _: guards.load(group),
            lambda group, _: rota.load(group),
            anonymity.forget_drafts_of,
            answering.forget,
        ]
        standing = StandingPosts(store, self.outbox, self.directory, memory)
        self.anchors = Anchors(store, self.audit, standing, self.directory, self.notices, clock)
        nameless = Nameless(self.directory, scanning)
        replies = BlindReplies(store, self.outbox, changes, words, self.audit, clock)
        telling = Telling(store, self.outbox, self.directory, self.audit, clock)
        seals = Seals(self.sealed_authors, self.key_holders)
        cases = Cases(store, seals, telling, self.audit, nameless, clock)
        opening = Opening(
            store,
            self.outbox,
            self.directory,
            cases,
            seals,
            telling,
            self.audit,
            nameless,
            clock,
        )
        counts = Counts(store, self.outbox, self.directory, self.key_holders, clock)
        consulting = Consulting(
            store, self.outbox, self.directory, telling, nameless, self.audit, clock
        )
        self.data_rights.on_forgotten.append(consulting.forget_drafts_of)
        breaches = Breaches(store, self.outbox, self.directory, self.notices, self.audit, clock)
        key_holders_cog = KeyHoldersCog(self.key_holders, self.sealed_authors)
        help_cog = Help(
            self.acknowledgement, self.directory, self.helplines, self.removals, self.settings
        )
        house_notices = HouseNotices(self.acknowledgement, self.directory, self.notices, standing)
        self.router = Router(
            [
                Crisis(self.helplines, self.settings, words, answering),
                DutyCog(rota),
                crisis_watch,
                GroundRulesCog(
                    self.acknowledgement,
                    self.directory,
                    self.retention,
                    standing,
                    self.sealed_authors,
                ),
                Ephemeral(self.retention, self.removals, self.dropping, self.directory),
                Anonymous(anonymity, posts, self._anonymous, silences, replies),
                BlindRepliesCog(replies),
                BreakGlass(cases, opening, telling, counts, words),
                Consult(consulting),
                key_holders_cog,
                LeakKeywordsCog(self.keywords, broad),
                LeakKindsCog(self.kinds, self.directory),
                GuardsCog(guards),
                DataRightsCog(self.data_rights),
                BreachCog(breaches),
                NotesCog(Notes(store, self.directory, self.audit, clock)),
                ConsentsCog(consents, self.acknowledgement, guards, self.directory),
                leak_watch,
                help_cog,
                house_notices,
                AuditCog(self.audit, self.anchors),
            ],
            self._chats,
            self.acknowledgement.acknowledged,
            clock,
            self.directory.open_to,
        )
        help_cog.all_commands = self.router.commands
        help_cog.more_status += [
            leak_watch.status,
            crisis_watch.status,
            house_notices.status,
            key_holders_cog.status,
            counts.status,
            self.dropping.status,
            self.anchors.status,
        ]
        self.outbox.offer = self.router.offer
        self.router.on_ready = self.outbox.open
        self.removals.on_gone = self.router.gone
        self._schedule = Schedule(clock)
        in_time = self.in_time
        sources: list[Source] = [
            *self.outbox.lanes,
            self.removals,
            upkeep,
            ladder,
            cases,
            Every("helplines", minutes=60, work=self._ask_about_helplines, clock=clock),
            Every("leak upkeep", minutes=10, work=upkeep.upkeep, clock=clock),
            Every("sweep", minutes=10, work=self.removals.sweep, clock=clock),
            Every("dropping", minutes=10, work=self.dropping.look, clock=clock),
            Every("gate upkeep", minutes=1, work=self.acknowledgement.upkeep, clock=clock),
            Every("anonymous upkeep", minutes=60, work=self._anonymous_upkeep, clock=clock),
            Every("key-holders", minutes=60, work=in_time(self.key_holders.upkeep), clock=clock),
            Every("anchors", minutes=10, work=self.anchors.upkeep, clock=clock),
            Every("audit upkeep", minutes=60, work=in_time(self.audit.upkeep), clock=clock),
            Every("cases", minutes=60, work=in_time(cases.upkeep), clock=clock),
            Every("openings", minutes=1, work=opening.upkeep, clock=clock),
            Every("breaches", minutes=10, work=breaches.upkeep, clock=clock),
            Every("counts", minutes=60, work=in_time(counts.upkeep), clock=clock),
            Every("old rows", minutes=60, work=in_time(self.data_rights.sweep), clock=clock),
            Every("drafts", minutes=5, work=anonymity.forget_old_drafts, clock=clock),
            Every("cases to consult", minutes=5, work=consulting.forget_old_drafts, clock=clock),
        ]
        for source in sources:
            self._schedule.add(source)

    def in_time(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Work that forgets by the day, or tells of a month, is not done by a clock that jumped."""

        async def unless_jumped() -> None:
            for platform in {group.platform for group in self.directory.groups()}:
                if not await self.time.trusted(platform):
                    return
            # There may be no platform to ask.
            if not self.time.jumped():
                await work()

        return unless_jumped

    async def _anonymous_upkeep(self) -> None:
        await self._anonymous.upkeep({group.platform for group in self.directory.groups()})

    async def _ask_about_helplines(self) -> None:
        for group in self.directory.groups():
            count = self.helplines.asked_about_today(group)
            if count:
                await self.notices.tell(group, "notice-old-helplines", {"count": count})

    async def run(self, say: Say) -> None:
        """Serve until cancelled. A platform that cannot start says so; the others go on.

        Raises `StartError` when none is left.
        """
        await replay(self.store)
        await self.router.start()
        schedule = asyncio.create_task(self._schedule.run())
        try:
            served = [self._serve(chat, say) for chat in self._chats.values()]
            await asyncio.gather(*served)
            raise StartError(
                "No platform could be started. Mend what is named above, then start again."
            )
        finally:
            schedule.cancel()
            await asyncio.gather(schedule, return_exceptions=True)
            await self.removals.stop()

    async def _serve(self, chat: Chat, say: Say) -> None:
        inbox = PlatformInbox(self.router, StoredMemory(self.store, chat.platform, self.clock))
        try:
            await chat.run(inbox)
        except StartError as error:
            say(f"{chat.platform}: {error}")
        except Exception:
            logger.exception("platform stopped", extra={"platform": chat.platform})
            say(f"{chat.platform}: stopped by a fault of the bot; the log has its place.")
