"""One look over one text with everything that a group switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from bot.detection.crisis import find_crisis
from bot.detection.finding import Finding
from bot.detection.guard_words import GuardWords
from bot.detection.hints import CRISIS, PERSONAL, hints_in
from bot.detection.keywords import Keywords
from bot.detection.normalise import Folded, fold
from bot.detection.outside import outside
from bot.detection.personal import EVERYTHING, Personal, find_personal
from bot.detection.visible import found_in_visible

Detector = Callable[[Folded], Iterable[Finding]]
"""What looks for one kind of thing. Its spans count code points of `Folded.source`."""


def personal_data(wanted: Personal = EVERYTHING) -> Detector:
    """Looks for the personal data that a group chose."""

    def personal(folded: Folded) -> Iterable[Finding]:
        if not hints_in(folded) & PERSONAL:
            return ()
        return found_in_visible(lambda text: find_personal(text, wanted), folded)

    return personal


def crisis(folded: Folded) -> Iterable[Finding]:
    """Looks for danger to self or to another, said in the first person."""
    if not hints_in(folded) & CRISIS:
        return ()
    return found_in_visible(find_crisis, folded)


DEFAULT: Final[tuple[Detector, ...]] = (personal_data(), crisis, outside)
"""What every group looks for unless it chose otherwise."""


class Scanner:
    """What one group looks for, put together. Immutable; build a new one when it changes."""

    def __init__(
        self,
        keywords: Keywords | None = None,
        guard_words: GuardWords | None = None,
        detectors: Iterable[Detector] = DEFAULT,
    ) -> None:
        self._keywords = keywords
        self._guard_words = guard_words
        self._detectors = tuple(detectors)

    def scan(self, text: str) -> list[Finding]:
        """Everything found in a text, in the order of the text. Never fails; linear in it."""
        return self.find(fold(text))

    def find(self, folded: Folded) -> list[Finding]:
        """`scan` of a text that is folded already."""
        findings = [] if self._keywords is None else self._keywords.find_in(folded)
        if self._guard_words is not None:
            findings += self._guard_words.find_in(folded)
        for detector in self._detectors:
            findings += detector(folded)
        if len(findings) > 1:
            findings.sort(key=lambda finding: (finding.start, finding.end))
        return findings
