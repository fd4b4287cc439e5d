"""What a text may hold, by letters of which some stand in every text that holds it.

One search for all of them: most texts have none that matter, and no detector looks at these.
"""

from __future__ import annotations

import string
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from bot.detection import crisis
from bot.detection.normalise import Folded
from bot.detection.personal import HINTS as _OF_PERSONAL
from bot.detection.visible import is_plain

# Plain numbers to be added up: every message asks for them.
PERSONAL: Final = 1
CRISIS: Final = 2
_PLACE: Final = 4
_DEED: Final = 8
OUTSIDE: Final = _PLACE | _DEED
"""Taking it outside needs both."""

_PLACES: Final = ("group", "circle", "chat", "channel", "room", "meeting", "here", "conversation",
                  "thread")  # fmt: skip
_DEEDS: Final = ("screen", "cop", "record", "photo", "pic", "transcript", "told", "tell", "show",
                 "sen", "forward", "post", "put", "shar", "upload", "leak")  # fmt: skip
# What personal data is written with: a full stop or a bracket between letters is among it.
_SIGNS: Final = (*"()]}", *("." + letter for letter in string.ascii_lowercase))
_SAID: Final = tuple(
    written
    for letters in crisis.HINTS.values()
    for each in letters
    for written in dict.fromkeys(each.replace("'", mark) for mark in "'\u2019\u2018\u02bc")
)
_EACH: Final = (
    *((letters, PERSONAL) for letters in (*_OF_PERSONAL, *_SIGNS)),
    *((letters, CRISIS) for letters in _SAID),
    *((letters, _PLACE) for letters in _PLACES),
    *((letters, _DEED) for letters in _DEEDS),
)
_MEANS: Final = [hint for _, hint in _EACH]
_ALL: Final = AhoCorasick([letters for letters, _ in _EACH], implementation=Implementation.DFA)
_EVERYTHING: Final = PERSONAL | CRISIS | OUTSIDE


def hints_in(folded: Folded) -> int:
    """The hints in a text, added up; all of them where letters stand in for others."""
    if folded.hints is None:
        folded.hints = _looked_for(folded)
    return folded.hints


def _looked_for(folded: Folded) -> int:
    if not all(map(is_plain, folded.beyond)):
        return _EVERYTHING
    hints = 0
    # A word's hint may begin or end with the space that folding takes from a text's ends.
    for number, _, _ in _ALL.find_matches_as_indexes(f" {folded.text} ", overlapping=True):
        hints |= _MEANS[number]
    return hints
