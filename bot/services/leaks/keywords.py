"""Leak keywords of each group: kept sealed, searched in memory, changed by moderators.

One automaton a group serves every message. It is immutable; when keywords change a new one is
built beside the event loop, the old one serves until it is there, and what changes meanwhile
goes into the next one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.detection import KeywordError, Keywords, check_phrase
from bot.detection.keywords import LONGEST, MOST, SHORTEST
from bot.errors import Refused
from bot.model import Account, Group
from bot.services.audit import Audit, Deed
from bot.store import Connection, Store, keyword_rows

LONGEST_IMPORT = 2_000_000
"""Characters: what the most keywords of the longest kind could have, and then some."""
LONGEST_TRIAL = 200_000
SUSPICIOUS = 5
"""A phrase that flags more than so many of 100 lines is warned about."""

DUPLICATE = "duplicate"
BROAD = "broad"
FULL = "full"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import: how many were added, and the number and fault of other lines."""

    added: int
    bad: list[tuple[int, str]]
    """`why` is a `KeywordError.why`, "duplicate", "broad" or "full"."""

    def __repr__(self) -> str:
        return "<imported>"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run found: how many lines there are, how many are flagged, and by what."""

    lines: int
    flagged: int
    phrases: list[tuple[str, int]]
    """Each phrase that matched with the number of lines, the most frequent first."""

    def frequent(self) -> list[tuple[str, int]]:
        """The phrases that flag suspiciously many lines, with how many of 100."""
        shares = [(phrase, count * 100 // self.lines) for phrase, count in self.phrases]
        return [
            (phrase, share)
            for (phrase, share), (_, count) in zip(shares, self.phrases, strict=True)
            if count * 100 > SUSPICIOUS * self.lines
        ]

    def __repr__(self) -> str:
        return "<trial>"


@dataclass(slots=True, repr=False)
class _Watched:
    """A group's keywords: by their folded form, as they were typed, and ready to search."""

    phrases: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[bytes]] = field(default_factory=dict)
    keywords: Keywords = field(default_factory=Keywords)
    changes: asyncio.Lock = field(default_factory=asyncio.Lock)
    stale: bool = False
    building: asyncio.Task[None] | None = None


class LeakKeywords:
    """Every group's keywords, in memory and written through."""

    def __init__(self, store: Store, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock
        self._watched: dict[Group, _Watched] = {}

    def of(self, group: Group) -> Keywords | None:
        """What every message of a group is searched with; None before it was loaded."""
        watched = self._watched.get(group)
        return None if watched is None else watched.keywords

    async def load(self, group: Group) -> None:
        """Read a group's keywords from the store; returns when they are searched with."""
        group_id = await self._store.group_id(group)
        watched = self._watched.get(group) or _Watched()
        async with watched.changes:
            phrases: dict[str, str] = {}
            ids: dict[str, list[bytes]] = {}
            last = bytes(16)
            while True:
                # Page by page: opening ten thousand boxes at a stroke would hold up the loop.
                async with self._store.read() as conn:
                    rows = await keyword_rows.page(conn, self._store.keys, group_id, last)
                if not rows:
                    break
                for last, phrase in rows:
                    folded = _folded(phrase)
                    if folded is not None:
                        phrases[folded] = phrase
                        ids.setdefault(folded, []).append(last)
            watched.phrases, watched.rows = phrases, ids
        await self._rebuilt(watched)
        self._watched[group] = watched

    def all(self, group: Group) -> list[str]:
        """A group's keywords as they were typed, in order. Raises `Refused`."""
        watched = self._of(group)
        return [watched.phrases[folded] for folded in sorted(watched.phrases)]

    def checked(self, group: Group, phrase: str) -> str:
        """A phrase as it would be kept. Raises `Refused` when it cannot be, or is there."""
        watched = self._of(group)
        phrase = " ".join(phrase.split())
        folded = _checked(phrase)
        if folded in watched.phrases:
            raise Refused("keyword-there", {"phrase": watched.phrases[folded]})
        if len(watched.phrases) >= MOST:
            raise Refused("keyword-full", {"most": MOST})
        return phrase

    async def add(self, group: Group, phrase: str, by: Account | None = None) -> str:
        """Watch for a phrase from now on; gives it as it is kept. Raises `Refused`.

        `by` is None where it was the host.
        """
        watched = self._of(group)
        async with watched.changes:
            phrase = self.checked(group, phrase)
            folded = _checked(phrase)
            await self._keep(group, by, {folded: phrase})
        await self._rebuilt(watched)
        return phrase

    async def remove(self, group: Group, by: Account, phrase: str) -> str:
        """Stop watching for a phrase, however it is typed; gives it as it was. Raises `Refused`."""
        watched = self._of(group)
        folded = _folded(phrase)
        async with watched.changes:
            if folded is None or folded not in watched.phrases:
                raise Refused("keyword-unknown")
            ids = watched.rows[folded]

            async def work(conn: Connection) -> None:
                await keyword_rows.remove(conn, ids)
                await self._audit.record(conn, group, Deed.KEYWORD_REMOVED, by=by)

            await self._store.write(work)
            del watched.rows[folded]
            typed = watched.phrases.pop(folded)
        await self._rebuilt(watched)
        return typed

    async def take_in(
        self,
        group: Group,
        text: str,
        too_broad: Callable[[list[str]], Awaitable[set[str]]],
        by: Account | None = None,
    ) -> Imported:
        """Add a phrase per line, all good ones in one commit. Raises `Refused`.

        Empty lines and lines that begin with # are left out, and so is what `too_broad` gives,
        by its folded form, of all the good ones.
        """
        if len(text) > LONGEST_IMPORT:
            raise Refused("keyword-import-too-long", {"limit": LONGEST_IMPORT})
        watched = self._of(group)
        lines = await asyncio.to_thread(_parsed, text)
        broad = await too_broad([phrase for _, phrase, _, why in lines if not why])
        async with watched.changes:
            new: dict[str, str] = {}
            bad: list[tuple[int, str]] = []
            for number, phrase, folded, why in lines:
                if not why and (folded in new or folded in watched.phrases):
                    why = DUPLICATE
                if not why and folded in broad:
                    why = BROAD
                if not why and len(watched.phrases) + len(new) >= MOST:
                    why = FULL
                if why:
                    bad.append((number, why))
                else:
                    new[folded] = phrase
            if new:
                await self._keep(group, by, new)
        await self._rebuilt(watched)
        return Imported(len(new), bad)

    async def try_out(self, group: Group, text: str) -> Trial:
        """What the keywords would find in a text, line by line. Keeps nothing. Raises `Refused`."""
        if len(text) > LONGEST_TRIAL:
            raise Refused("keyword-test-too-long", {"limit": LONGEST_TRIAL})
        watched = self._of(group)
        keywords, phrases = watched.keywords, dict(watched.phrases)
        return await asyncio.to_thread(_tried, keywords, phrases, text)

    async def _keep(self, group: Group, by: Account | None, new: dict[str, str]) -> None:
        group_id = await self._store.group_id(group)
        keys, day = self._store.keys, self._clock.now().date()
        rows = []
        for folded, phrase in new.items():
            rows.append(keyword_rows.row(keys, group_id, phrase, folded, day))
            if len(rows) % 500 == 0:
                await asyncio.sleep(0)

        async def work(conn: Connection) -> None:
            await keyword_rows.add(conn, rows)
            # Which ones is for their list alone: it may be somebody's name.
            facts = {"count": len(rows)}
            await self._audit.record(conn, group, Deed.KEYWORDS_ADDED, by=by, facts=facts)

        await self._store.write(work)
        watched = self._of(group)
        for (folded, phrase), row in zip(new.items(), rows, strict=True):
            watched.phrases[folded] = phrase
            watched.rows[folded] = [row["id"]]

    async def _rebuilt(self, watched: _Watched) -> None:
        """Return when what is watched for now is searched with. The old serves meanwhile."""
        watched.stale = True
        if watched.building is None or watched.building.done():
            watched.building = asyncio.create_task(_build(watched))
        # Whoever gives up waiting does not stop the building.
        await asyncio.shield(watched.building)

    def _of(self, group: Group) -> _Watched:
        try:
            return self._watched[group]
        except KeyError:
            raise Refused("not-ready") from None


async def _build(watched: _Watched) -> None:
    while watched.stale:
        watched.stale = False
        phrases = list(watched.phrases.values())
        watched.keywords = await asyncio.to_thread(Keywords, phrases)


def _folded(phrase: str) -> str | None:
    """The folded form; None for what cannot be a keyword (any more, for one from the store)."""
    try:
        return check_phrase(phrase)
    except KeywordError:
        return None


def _checked(phrase: str) -> str:
    try:
        return check_phrase(phrase)
    except KeywordError as error:
        args = {"shortest": SHORTEST, "longest": LONGEST}
        raise Refused(f"keyword-{error.why}", args) from None


def _parsed(text: str) -> list[tuple[int, str, str, str]]:
    """The lines of an import: number, phrase, its folded form, and what is wrong with it."""
    parsed = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        phrase = " ".join(line.split())
        if not phrase or phrase.startswith("#"):
            continue
        try:
            parsed.append((number, phrase, check_phrase(phrase), ""))
        except KeywordError as error:
            parsed.append((number, phrase, "", error.why))
    return parsed


def _tried(keywords: Keywords, phrases: dict[str, str], text: str) -> Trial:
    lines = [line for line in text.splitlines() if line.strip()]
    counts: Counter[str] = Counter()
    flagged = 0
    for line in lines:
        found = keywords.phrases_in(line)
        counts.update(found)
        flagged += bool(found)
    # What two lines say together counts as found, though no line of its own is flagged.
    for folded in keywords.phrases_in(text) - set(counts):
        counts[folded] = 0
    return Trial(len(lines), flagged, [(phrases[f], count) for f, count in counts.most_common()])
