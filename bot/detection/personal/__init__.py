"""Personal data of anyone: what could lead from a group to a person, or to their money."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from bot.detection.finding import Finding, Kind
from bot.detection.personal.addresses import STREETS, addresses
from bot.detection.personal.internet import (
    NETWORKS,
    emails,
    handles,
    invites,
    ips,
    room_links,
    urls,
)
from bot.detection.personal.looking import Span, overlaps
from bot.detection.personal.money import cards, ibans
from bot.detection.personal.national import PACKS, lone_national_id, national_ids
from bot.detection.personal.phones import phones

__all__ = ["EVERYTHING", "KINDS", "PACKS", "REGIONS", "Personal", "find_personal"]

KINDS: Final = frozenset(
    {
        Kind.PHONE,
        Kind.EMAIL,
        Kind.URL,
        Kind.INVITE,
        Kind.ROOM_LINK,
        Kind.HANDLE,
        Kind.IP,
        Kind.CREDIT_CARD,
        Kind.IBAN,
        Kind.NATIONAL_ID,
        Kind.ADDRESS,
    }
)
"""Every kind that is looked for here."""

REGIONS: Final = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "IN", "AU", "TR", "PH", "ZA")
"""Where a phone number without a country's code is looked up when a group names no regions."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What one group looks for."""

    kinds: frozenset[Kind] = KINDS
    regions: tuple[str, ...] = REGIONS
    """Where members' phone numbers come from: ISO 3166 codes."""
    packs: tuple[str, ...] = tuple(PACKS)
    """Whose national identity numbers are looked for: keys of `PACKS`."""


EVERYTHING: Final = Personal()

# One class or a few fixed places each, so their searches are linear, whatever the text is.
# It begins with the rare signs, so that it passes over all others at once.
_JOINED: Final = re.compile(
    r"[.:\])}(](?:(?<=[^\s.][.])[A-Za-z0-9]|(?<=:)//|(?<=[\])}(])[.A-Za-z ])"
)
_LINKED: Final = ("://", ":\\\\", ":r/", ":roomid/", ":u/")
_DOTS_OF_IP, _COLONS_OF_IP = 3, 2
_FEWEST_OF_ID, _FEWEST_OF_PHONE, _FEWEST_OF_ACCOUNT = 4, 7, 10
_SPELLED: Final = (
    " dot ",
    "(dot",
    "[dot",
    "(at",
    "[at",
    "{at",
    "<at",
    "( at",
    "[ at",
    "arroba",
    "at gmail",
    "at googlemail",
    "at hotmail",
    "at outlook",
    "at yahoo",
    "at icloud",
    "at proton",
    "at gmx",
    "at live.",
    "at aol",
)
_SPELLED_HINT, _NETWORK_HINT, _STREET_HINT, _DIGIT = "spelled", "network", "street", "digit"
_HINT_OF: Final = (
    *(_SPELLED_HINT for _ in _SPELLED),
    *(_NETWORK_HINT for _ in NETWORKS),
    *(_STREET_HINT for _ in STREETS),
    *(_DIGIT for _ in string.digits),
    *"@:/#.",
)
HINTS: Final = (*_SPELLED, *STREETS, *string.digits, *"@:/#_")
"""One of these is in every text that holds personal data, or a full stop between letters, or a
bracket. In lower case. A network's name alone is none: what is called a handle has a sign in it."""
_HINTS: Final = AhoCorasick(
    [*_SPELLED, *NETWORKS, *STREETS, *string.digits, *"@:/#."], implementation=Implementation.DFA
)


def find_personal(text: str, wanted: Personal = EVERYTHING) -> list[Finding]:
    """Personal data in a text, in order. Never fails; linear in the length of the text.

    A stretch counts once: the digits of an account number are no phone number as well. Two are
    links besides: an invitation and a link to a room. And a message that is nothing but a number
    may be the number of a phone and of a person.
    """
    small = text.lower()
    matches = _HINTS.find_matches_as_indexes(small, overlapping=True)
    if not matches:
        return []  # many texts
    told = [_HINT_OF[number] for number, _, _ in matches]
    hints, digits = set(told), told.count(_DIGIT)
    kinds = wanted.kinds
    findings: list[Finding] = []
    taken: list[Span] = []

    def take(kind: Kind, found: Iterable[Span]) -> None:
        spans = [span for span in found if not overlaps(span, taken)]
        taken.extend(spans)
        if kind in kinds:
            findings.extend(Finding(kind, *span) for span in spans)

    at, colon, slash = "@" in hints, ":" in hints, "/" in hints
    joined = "." in hints and _JOINED.search(text) is not None
    if at or _SPELLED_HINT in hints:
        take(Kind.EMAIL, emails(text))
    if joined or colon or slash:
        linked = joined or any(sign in small for sign in _LINKED)
        links = list(urls(text, taken)) if linked else []
        if slash and Kind.INVITE in kinds:
            findings.extend(Finding(Kind.INVITE, *span) for span in invites(text))
        if (slash or (colon and ("#" in text or "!" in text))) and Kind.ROOM_LINK in kinds:
            findings.extend(Finding(Kind.ROOM_LINK, *span) for span in room_links(text))
        take(Kind.URL, links)
    if (digits and told.count(".") >= _DOTS_OF_IP) or told.count(":") >= _COLONS_OF_IP:
        take(Kind.IP, ips(text))
    if digits >= _FEWEST_OF_ACCOUNT:
        take(Kind.IBAN, ibans(text))
        take(Kind.CREDIT_CARD, cards(text))
    if digits >= _FEWEST_OF_ID:
        if Kind.NATIONAL_ID in kinds:
            take(Kind.NATIONAL_ID, national_ids(text, wanted.packs))
        lone = lone_national_id(text, wanted.packs) if Kind.NATIONAL_ID in kinds else ()
        numbers = [span for span in lone if not overlaps(span, taken)]
        if Kind.PHONE in kinds and digits >= _FEWEST_OF_PHONE:
            take(Kind.PHONE, phones(text, wanted.regions))
        # Ten bare digits may well be either, and either is worth a look.
        findings.extend(Finding(Kind.NATIONAL_ID, *span) for span in numbers)
    if (digits or _STREET_HINT in hints) and Kind.ADDRESS in kinds:
        findings.extend(Finding(Kind.ADDRESS, *span) for span in addresses(text))
    named = at or "#" in hints or _NETWORK_HINT in hints or (slash and "u/" in small)
    if named and Kind.HANDLE in kinds:
        findings.extend(
            Finding(Kind.HANDLE, *span) for span in handles(text) if not overlaps(span, taken)
        )
    findings.sort(key=lambda finding: (finding.start, finding.end))
    return findings
