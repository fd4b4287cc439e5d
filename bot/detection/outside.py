"""Taking it outside: talk of carrying what was said here to somebody who is not here."""

from __future__ import annotations

from typing import Final

from bot.detection.finding import Finding, Kind
from bot.detection.hints import OUTSIDE, hints_in
from bot.detection.normalise import Folded
from bot.detection.personal.looking import compiled, found_in, spans

_TOLD = r"(?:told|tell(?:ing)?|show(?:ed|ing)?|sent|send(?:ing)?|forward(?:ed|ing)?)"
_SOMEBODY = (
    r"(?:my|our|a|his|her|their|some) (?:best |old |other |close )?"
    r"(?:friends?|mates?|buddy|boyfriend|girlfriend|husband|wife|partner|spouse|mother|mum|mom|"
    r"father|dad|parents|sister|brother|family|cousin|boss|manager|colleagues?|co-?workers?|"
    r"roommate|flatmate|neighbou?rs?|pastor|teacher|class|ex)|"
    r"(?:everyone|people) at (?:work|school|home|church)"
)
_THIS = r"(?:this|our|the)"
_PLACE = r"(?:group|circle|chat|channel|room|meeting|support group)"
_SAID = r"(?:said|says?|wrote|writes?|posted|posts?|shared|shares?|told us|talked about|told)"
_HERE = (
    rf"(?:(?:in|from|of|to) {_THIS} {_PLACE}|"
    rf"\w+ {_SAID}(?: \w+){{0,3}} (?:here|in {_THIS} {_PLACE}))"
)
_COPY = (
    r"(?:screen ?-?(?:shot|grab|cap)(?:s|ted|bed|ped|ting|ping)?|screen ?-?record(?:ed|ing|ings)?|"
    r"cop(?:y|ies) of|copied|copying|recordings? of|recorded|recording|photos? of|pics? of|"
    r"pictures? of|transcripts? of)"
)
# A request not to is the opposite: "please do not post screenshots of this group".
_NOT: Final = compiled(
    r"\b(?:do not|don.?t|never|no one|nobody|not allowed|aren.?t allowed|without|avoid|forbidden|"
    r"against the rules|should ?n.?t|should not|must not|can ?not|can.?t|won.?t|no)\b[^.!?]*$"
)
_SITES = (
    r"(?:my )?(?:facebook|instagram|insta|twitter|tiktok|reddit|snapchat|whatsapp|telegram|youtube|"
    r"story|stories|blog)"
)
_SHARED = r"(?:post|put|share|upload|repost|leak)(?:s|ed|ing|ting)?|shar(?:ed|ing)"
_ROOM = r"(?:this|our|the) (?:group|circle|chat|channel|meeting|conversation|room|thread)"
_FORMS: Final = (
    rf"\b{_COPY} (?:\w+ ){{0,3}}(?:{_HERE}|{_ROOM})\b",
    rf"\b{_TOLD} (?:it |this |that |them )?(?:to )?(?:{_SOMEBODY}) (?:\w+ ){{0,4}}{_HERE}\b",
    rf"\b{_TOLD} (?:\w+ ){{0,5}}(?:to|with) (?:{_SOMEBODY})\b[^.!?]{{0,40}}\b{_HERE}\b",
    rf"\b{_TOLD} (?:\w+ ){{0,5}}{_HERE} (?:\w+ ){{0,2}}(?:to|with) (?:{_SOMEBODY})\b",
    rf"\b(?:{_SHARED}) (?:\w+ ){{0,6}}{_ROOM} (?:\w+ ){{0,2}}(?:on|to|in) {_SITES}\b",
    rf"\b(?:{_SHARED}) (?:\w+ ){{0,4}}{_HERE} (?:\w+ ){{0,2}}(?:on|to|in) {_SITES}\b",
)
_PATTERNS: Final = [compiled(pattern) for pattern in _FORMS]
_ANY: Final = compiled("|".join(_FORMS))


def outside(folded: Folded) -> list[Finding]:
    """Every place that talks of it. English only; severity low, since talk is not the deed."""
    text = folded.text
    if hints_in(folded) & OUTSIDE != OUTSIDE or not found_in(_ANY, text):
        return []  # most texts
    found = {
        (start, end)
        for pattern in _PATTERNS
        for start, end in spans(pattern, text)
        if not found_in(_NOT, text[max(start - _BEFORE, 0) : start])
    }
    return [Finding(Kind.OUTSIDE, *folded.span(*span)) for span in sorted(found)]


_BEFORE: Final = 60
"""Characters before a place in which a "do not" counts."""
