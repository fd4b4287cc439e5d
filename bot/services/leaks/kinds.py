"""What each group looks for beside its keywords, as its moderators chose it kind by kind.

Until somebody chooses otherwise, what shows who or where a person is, is looked for, and so is
talk of taking something outside and danger to life. Links are not: most are harmless, and an
alert that is mostly wrong is soon not read. Identity numbers are looked for by the words around
them; a country's own form only where moderators switch that country on. Authors are asked to look
again by nobody but a moderator until that is switched on too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from bot.detection import Detector, Kind
from bot.detection.outside import outside
from bot.detection.personal import KINDS, PACKS, REGIONS, Personal
from bot.detection.scanner import crisis, personal_data
from bot.errors import Refused
from bot.model import Account, Group
from bot.services.audit import Audit, Deed
from bot.store import Connection, Store, group_rows


class Watch(Enum):
    """What happens when something of a kind is found."""

    OFF = "off"
    ALERT = "alert"
    """Moderators get a card."""
    NUDGE = "nudge"
    """Moderators get a card, and the author is asked in private whether to take it back."""


class Choice(Enum):
    """The kinds that moderators may choose about. The values are those of `Kind`."""

    KEYWORD = Kind.KEYWORD.value
    PHONE = Kind.PHONE.value
    EMAIL = Kind.EMAIL.value
    ADDRESS = Kind.ADDRESS.value
    HANDLE = Kind.HANDLE.value
    NATIONAL_ID = Kind.NATIONAL_ID.value
    CREDIT_CARD = Kind.CREDIT_CARD.value
    IBAN = Kind.IBAN.value
    IP = Kind.IP.value
    URL = Kind.URL.value
    INVITE = Kind.INVITE.value
    ROOM_LINK = Kind.ROOM_LINK.value
    OUTSIDE = Kind.OUTSIDE.value
    QUOTE = Kind.QUOTE.value
    CRISIS = Kind.CRISIS.value


_OFF_AT_FIRST: Final = frozenset({Kind.URL})
_FITTING: Final[Mapping[Kind, tuple[Watch, ...]]] = {
    # Whoever wants no keywords removes them; a list that is kept and not looked at misleads.
    Kind.KEYWORD: (Watch.ALERT, Watch.NUDGE),
    # The limits card promises everybody who joins that it is looked for, and its author hears
    # from the bot first as it is.
    Kind.CRISIS: (Watch.ALERT,),
}
_CHOSEN: Final = "watch "
_COUNTRIES: Final = "watch-countries"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one group chose. Immutable; a change makes a new one."""

    chosen: Mapping[Kind, Watch] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    """ISO 3166 codes: whose identity numbers and whose phone numbers members have."""

    def of(self, kind: Kind) -> Watch:
        """What happens when something of a kind is found."""
        at_first = Watch.OFF if kind in _OFF_AT_FIRST else Watch.ALERT
        return self.chosen.get(kind, at_first)

    def has(self, kind: Kind) -> bool:
        """Whether a kind is looked for."""
        return self.of(kind) is not Watch.OFF

    def detectors(self) -> tuple[Detector, ...]:
        """What looks for these kinds; keywords and guard words are the scanner's own."""
        found: list[Detector] = []
        personal = frozenset(kind for kind in KINDS if self.has(kind))
        if personal:
            regions = self.countries or REGIONS
            packs = tuple(country for country in self.countries if country in PACKS)
            found.append(personal_data(Personal(personal, regions, packs)))
        if self.has(Kind.OUTSIDE):
            found.append(outside)
        if self.has(Kind.CRISIS):
            found.append(crisis)
        return tuple(found)


class LeakKinds:
    """Each group's choices, in memory and written through."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store = store
        self._audit = audit
        self._wanted: dict[Group, Wanted] = {}
        self.on_again: set[Group] = set()
        """Groups that had switched off looking for danger to a life, and are to hear of it."""

    async def load(self, group: Group) -> None:
        """Read a group's choices from the store."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            typed = await group_rows.settings(conn, group_id)
        chosen = {
            Kind(name.removeprefix(_CHOSEN)): Watch(value)
            for name, value in typed.items()
            if name.startswith(_CHOSEN)
        }
        # It could be switched off once.
        if chosen.pop(Kind.CRISIS, None) is Watch.OFF:
            self.on_again.add(group)
        self._wanted[group] = Wanted(chosen, tuple(typed.get(_COUNTRIES, "").split()))

    async def said_on_again(self, conn: Connection, group_id: bytes) -> None:
        """Forget, within a transaction, that a group had switched off looking for danger."""
        await group_rows.set_setting(conn, group_id, f"{_CHOSEN}{Kind.CRISIS.value}", None)

    def of(self, group: Group) -> Wanted:
        """What a group looks for."""
        return self._wanted.get(group) or _NOTHING_CHOSEN

    async def choose(self, group: Group, by: Account, choice: Choice, watch: Watch) -> None:
        """Choose what happens when something of a kind is found. Raises `Refused`."""
        kind = Kind(choice.value)
        if watch not in _FITTING.get(kind, tuple(Watch)):
            raise Refused(f"watch-not-for-{kind.value}")
        facts = {"kind": kind.value, "watch": watch.value}
        await self._keep(group, by, f"{_CHOSEN}{kind.value}", watch.value, facts)
        # Only now: somebody else may have chosen meanwhile.
        now = self.of(group)
        self._wanted[group] = Wanted({**now.chosen, kind: watch}, now.countries)

    async def choose_countries(self, group: Group, by: Account, typed: str) -> tuple[str, ...]:
        """Choose the countries that members are from, as ISO 3166 codes. Raises `Refused`."""
        codes = tuple(dict.fromkeys(typed.upper().replace(",", " ").split()))
        known = sorted({*PACKS, *REGIONS})
        if not set(codes) <= set(known):
            raise Refused("watch-country-unknown", {"choices": ", ".join(known)})
        facts = {"countries": len(codes)}
        await self._keep(group, by, _COUNTRIES, " ".join(codes), facts)
        self._wanted[group] = Wanted(self.of(group).chosen, codes)
        return codes

    async def _keep(
        self, group: Group, by: Account, name: str, value: str, facts: Mapping[str, object]
    ) -> None:
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            await group_rows.set_setting(conn, group_id, name, value)
            await self._audit.record(conn, group, Deed.WATCH_CHANGED, by=by, facts=facts)

        await self._store.write(work)


_NOTHING_CHOSEN: Final = Wanted()
