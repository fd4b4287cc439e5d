"""Pure functions on text: text in, findings out. Nothing here stores, sends or knows anybody."""

from bot.detection.finding import Finding, Kind, Severity
from bot.detection.keywords import KeywordError, Keywords, check_phrase
from bot.detection.normalise import Folded, fold

__all__ = [
    "Finding",
    "Folded",
    "KeywordError",
    "Keywords",
    "Kind",
    "Severity",
    "check_phrase",
    "fold",
]
