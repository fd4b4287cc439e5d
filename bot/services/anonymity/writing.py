"""Anonymous posting: from words to a post that waits, its author sealed or known to nobody.

Words are a draft in memory until they are sent. Sending writes the post and its job in one
transaction, and the author is dropped: sealed to the key-holders at once (`sealed_authors.py`),
or, with fewer than two of them, known to nobody for good. What stays besides is a tag for seven
days (`silences.py`), and the hash of a receipt that the author alone has.

Limits: 1,800 letters; by settings posts a day for each author and posts an hour in each room;
100 waiting posts a group; 60 drafts an hour for each account, and 5 a day with a watched word.
What shows a phone number and the like is held too, and not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from bot.chat import Can
from bot.clock import Clock
from bot.detection import Finding, Kind
from bot.errors import Refused
from bot.model import Account, Group, MessageRef, Room, RoomKind
from bot.outbox import Lane, Outbox, Post
from bot.reply import Reply, Text, Value
from bot.services.acknowledgement import Acknowledgement
from bot.services.anonymity import wording
from bot.services.anonymity.changes import PURPOSE, at_latest, at_random, outbox_key
from bot.services.anonymity.drafts import Draft, Drafts
from bot.services.anonymity.moderation import is_paused
from bot.services.anonymity.posts import AnonymousPosts, Standing
from bot.services.anonymity.receipts import Throttle, hash_of, receipt_of
from bot.services.anonymity.silences import Silences
from bot.services.anonymity.states import PostState
from bot.services.directory import Directory, KnownRoom
from bot.services.group_settings import GroupSettings
from bot.services.leaks.cards import kind_text
from bot.services.sealed_authors import SealedAuthors
from bot.store import Connection, Store, new_id, post_rows
from bot.store.post_rows import PostRow
from bot.texts.labels import Labels

LONGEST_TEXT: Final = 1_800
SMALL_GROUP: Final = 8
"""With fewer acknowledged members the author is warned that others may guess."""
MOST_WAITING: Final = 100
"""Posts of one group that wait at a time."""
DRAFTS_AN_HOUR: Final = 60
"""Nobody needs more, and fewer tries make it slower to find out what is watched for."""
WATCHED_A_DAY: Final = 5
"""Drafts with a watched word that an account is told about. After that it posts nothing without a
name for a day: whoever goes on trying is reading the list of what is watched for."""
_SECRET: Final = frozenset({Kind.KEYWORD, Kind.GUARD_WORD})
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

Find = Callable[[Group, str], list[Finding]]
"""What a group watches for, in a text."""


class When(Enum):
    """When a post goes out; the moment within it is chance."""

    SOON = "soon"
    LATER = "later"

    @property
    def span(self) -> tuple[timedelta, timedelta]:
        """The shortest and the longest wait."""
        if self is When.SOON:
            return timedelta(minutes=1), timedelta(minutes=5)
        return timedelta(minutes=30), timedelta(minutes=180)


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """A draft as its author sees it before it is sent."""

    draft: Draft
    answering: bool
    members: int
    """How many acknowledged: with fewer than `SMALL_GROUP` others may guess."""
    sealed_days: int | None
    """For how many days two key-holders can open it; None: nobody ever can."""
    in_danger: bool
    """Its words may speak of danger to a life."""


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """Words that are not posted, for their author: why, and the words."""

    reason: Text
    words: str
    draft: Draft | None
    """Where the words can be changed; None where changing them would not help."""


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """A post waits. The receipt exists here and nowhere else."""

    receipt: str
    at_latest: datetime
    sealed_days: int | None


class Anonymity:
    """Takes words, shows them back, and sends them without a name."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        acknowledgement: Acknowledgement,
        settings: GroupSettings,
        posts: AnonymousPosts,
        silences: Silences,
        seals: SealedAuthors,
        find: Find,
        in_danger: Callable[[Group, str], bool],
        labels: Labels,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._acknowledgement = acknowledgement
        self._settings = settings
        self._posts = posts
        self._silences = silences
        self._seals = seals
        self._find = find
        self._in_danger = in_danger
        self._labels = labels
        self._clock = clock
        self._drafts = Drafts(clock)
        self._writing = Throttle(clock, times=DRAFTS_AN_HOUR, within=HOUR)
        self._watched = Throttle(clock, times=WATCHED_A_DAY, within=DAY)
        # When posts for a room were sent, within the last hour. In memory: nobody's name is in
        # it, and a restart only forgives.
        self._recent: dict[Room, list[datetime]] = {}

    async def submit(self, group: Group, account: Account, room: Room, text: str) -> Preview | Held:
        """Take words for a room; nothing is stored. Whatever stops them, they come back."""
        return await self._submit(group, account, room, text, None)

    async def answer(
        self, group: Group, account: Account, receipt: str, text: str
    ) -> Preview | Held:
        """Take words for the thread of an own post, under its label. They come back like others."""
        try:
            row = await self._posts.find(group, account, receipt)
        except Refused as refused:
            return Held(refused.text, wording.cleaned(text), None)
        known = self._directory.by_id(row.room_id)
        if row.state != PostState.POSTED.value or known is None:
            return Held(Text("anon-answer-not-now"), wording.cleaned(text), None)
        return await self._submit(group, account, known.room, text, receipt)

    async def _submit(
        self, group: Group, account: Account, room: Room, text: str, answering: str | None
    ) -> Preview | Held:
        words = wording.cleaned(text)
        try:
            self._must_be_open(group)
            known = self._circle_room(group, room)
            self._must_not_hurry(group, account)
            group_id = await self._store.group_id(group)
            async with self._store.read() as conn:
                await self._must_be_free(conn, group_id, group, account, known)
        except Refused as refused:
            return Held(refused.text, words, None)
        draft = self._drafts.keep(account, room, words, answering)
        reason = self._why_not(group, account, words)
        if reason is not None:
            return Held(reason, words, draft)
        return Preview(
            draft,
            answering is not None,
            self._acknowledgement.count(group),
            await self._seals.sealed_days(group),
            self._in_danger(group, words),
        )

    def draft(self, account: Account, draft_id: str) -> Draft:
        """An own draft, to be changed. Raises `Refused` when it is over or the bot restarted."""
        draft = self._drafts.find(draft_id, account)
        if draft is None:
            raise Refused("anon-draft-lost")
        return draft

    def cancel(self, account: Account, draft_id: str) -> None:
        """Forget a draft; doing it twice is doing it once."""
        if self._drafts.find(draft_id, account) is not None:
            self._drafts.drop(draft_id)

    async def forget_drafts_of(self, _: Group, account: Account) -> None:
        """Let go of an account's drafts."""
        self._drafts.drop_of(account)

    async def forget_old_drafts(self) -> None:
        """Let go of drafts that are over, also when nobody writes."""
        self._drafts.prune()

    async def send(
        self, group: Group, account: Account, draft_id: str, when: When
    ) -> tuple[str, Sent | Standing] | Held:
        """Send a draft: the post waits, durably, and its author is forgotten.

        Gives the receipt with what it stands for. The same draft again (a second press, a press
        that the platform delivers again after a crash) gives the same receipt and sends nothing.
        Raises `Refused`; then the draft stays for another try.
        """
        receipt = receipt_of(draft_id)
        draft = self._drafts.find(draft_id, account)
        if draft is None or draft.room.group != group:
            return receipt, await self._sent_before(group, account, receipt)
        self._must_be_open(group)
        known = self._circle_room(group, draft.room)
        reason = self._why_not(group, account, draft.text)
        if reason is not None:
            return Held(reason, draft.text, draft)
        release_at = self._clock.now() + at_random(when.span)
        sealed_days = await self._write(group, account, draft, known, receipt, release_at)
        self._drafts.drop(draft_id)
        latest = at_latest(self._clock.now() + when.span[1])
        return receipt, Sent(receipt, latest, sealed_days)

    async def _sent_before(self, group: Group, account: Account, receipt: str) -> Standing:
        try:
            return await self._posts.status(group, account, receipt)
        except Refused as refused:
            if refused.text.key == "anon-no-such-post":
                raise Refused("anon-draft-lost") from None
            raise

    async def _write(
        self,
        group: Group,
        account: Account,
        draft: Draft,
        known: KnownRoom,
        receipt: str,
        release_at: datetime,
    ) -> int | None:
        keys = self._store.keys
        group_id = await self._store.group_id(group)
        now = self._clock.now()
        epoch = keys.epoch_of(now)
        tag = keys.tag(group_id, epoch, account)
        post_id = new_id()
        box, seal_ends = await self._seals.seal(group, post_id, account) or (None, None)

        async def work(conn: Connection) -> None:
            receipt_hash = hash_of(receipt)
            if await post_rows.by_receipt(conn, keys, group_id, receipt_hash) is not None:
                return
            await self._must_be_free(conn, group_id, group, account, known)
            root = await self._root(conn, group_id, draft)
            label = root.pseudonym if root else await self._new_label(conn, group_id)
            await post_rows.add(
                conn,
                keys,
                post_id=post_id,
                group_id=group_id,
                room_id=known.id,
                parent_id=None if root is None else root.id,
                receipt_hash=receipt_hash,
                pseudonym=label,
                day=now.date(),
                release_at=release_at,
                tag=tag,
                epoch=epoch,
                author_box=box,
                seal_ends=seal_ends,
            )
            await self._outbox.put(
                conn,
                Post(known.room, _as_posted(known.room, label, draft.text, root)),
                key=outbox_key(post_id),
                purpose=PURPOSE,
                lane=Lane.POSTS,
                after=release_at,
            )
            self._recent.setdefault(known.room, []).append(now)

        await self._store.write(work)
        return None if seal_ends is None else (seal_ends - now.date()).days + 1

    async def _root(self, conn: Connection, group_id: bytes, draft: Draft) -> PostRow | None:
        """The post whose thread an answer belongs to. Raises `Refused` when it left the room."""
        if draft.answering is None:
            return None
        keys = self._store.keys
        row = await post_rows.by_receipt(conn, keys, group_id, hash_of(draft.answering))
        if row is not None and row.parent_id is not None:
            row = await post_rows.by_id(conn, keys, row.parent_id)
        if row is None or row.state != PostState.POSTED.value:
            raise Refused("anon-answer-not-now")
        return row

    async def _new_label(self, conn: Connection, group_id: bytes) -> str:
        live = [PostState.WAITING.value, PostState.HELD.value, PostState.POSTED.value]
        rows = await post_rows.some(conn, self._store.keys, live, group_id=group_id)
        return self._labels.draw({row.pseudonym for row in rows})

    # What may stop words.

    def _must_be_open(self, group: Group) -> None:
        if not self._settings.flag(group, "anonymous"):
            raise Refused("anon-off")
        if Can.HIDE_INPUT | Can.REMOVE not in self._directory.chat(group).can:
            raise Refused("anon-cannot-here")
        least = self._settings.number(group, "anonymous-least-members")
        if self._acknowledgement.count(group) < least:
            raise Refused("anon-too-few", {"least": least})

    def _circle_room(self, group: Group, room: Room) -> KnownRoom:
        known = self._directory.known.get(room)
        if known is None or room.group != group or known.kind is not RoomKind.CIRCLE:
            raise Refused("anon-not-in-room")
        return known

    def _must_not_hurry(self, group: Group, account: Account) -> None:
        who = (group, account)
        if self._writing.wait(who) is not None:
            raise Refused("anon-wait")
        self._writing.note(who)
        # Whatever is in it: to hold some and show others would answer one more question.
        if self._watched.wait(who) is not None:
            raise Refused("anon-watched-often", {"most": WATCHED_A_DAY})

    async def _must_be_free(
        self, conn: Connection, group_id: bytes, group: Group, account: Account, known: KnownRoom
    ) -> None:
        """Raise `Refused` when posting is paused, the author silenced, or a limit reached."""
        if await is_paused(conn, group_id):
            raise Refused("anon-paused")
        until = await self._silences.until(conn, group_id, account)
        if until is not None:
            raise Refused("anon-silenced", {"until": until})
        keys, now = self._store.keys, self._clock.now()
        tag = keys.tag(group_id, keys.epoch_of(now), account)
        most = self._settings.number(group, "anonymous-per-day")
        if await post_rows.count_of_day(conn, group_id, tag, now.date()) >= most:
            raise Refused("anon-enough-today", {"most": most})
        recent = [at for at in self._recent.get(known.room, ()) if at > now - HOUR]
        self._recent[known.room] = recent
        if len(recent) >= self._settings.number(group, "anonymous-per-room-and-hour"):
            raise Refused("anon-room-full")
        waiting = (PostState.WAITING.value, PostState.HELD.value)
        if await post_rows.count(conn, waiting, group_id) >= MOST_WAITING:
            raise Refused("anon-room-full")

    def _why_not(self, group: Group, account: Account, words: str) -> Text | None:
        """Why words are not posted as they are; None when they are fine."""
        if wording.is_empty(words):
            return Text("anon-held-empty")
        if len(words) > LONGEST_TEXT:
            limits: Mapping[str, Value] = {"limit": LONGEST_TEXT, "length": len(words)}
            return Text("anon-held-too-long", limits)
        if wording.invites(words):
            return Text("anon-held-invite")
        if wording.looks_like_label(words, self._labels.first, self._labels.second):
            return Text("anon-held-label")
        found = self._find(group, words)
        secret = next((each for each in found if each.kind in _SECRET), None)
        if secret is not None:
            who = (group, account)
            if self._watched.wait(who) is not None:
                return Text("anon-watched-often", {"most": WATCHED_A_DAY})
            self._watched.note(who)
            shown = words[secret.start : secret.end]
            return Text(f"anon-held-{secret.kind.value}", {"found": shown})
        if found:
            # Anybody can see what that is, so being told so often gives nothing away.
            shown = words[found[0].start : found[0].end]
            return Text("anon-held-kind", {"kind": kind_text(found[0].kind), "found": shown})
        return None


def _as_posted(room: Room, label: str, words: str, root: PostRow | None) -> Reply:
    if root is None or root.message is None:
        return Reply("anon-post", {"label": label, "text": words})
    above = MessageRef(room, root.message)
    return Reply("anon-post-answer", {"label": label, "text": words, "message": above})
