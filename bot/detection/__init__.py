"""Pure functions on text: text in, findings out. Nothing here stores, sends or knows anybody."""

from bot.detection.finding import Finding, Kind, Severity
from bot.detection.guard_words import GuardWordError, GuardWords, seal
from bot.detection.keywords import KeywordError, Keywords, check_phrase
from bot.detection.normalise import Folded, fold
from bot.detection.scanner import DEFAULT, Detector, Scanner

__all__ = [
    "DEFAULT",
    "Detector",
    "Finding",
    "Folded",
    "GuardWordError",
    "GuardWords",
    "KeywordError",
    "Keywords",
    "Kind",
    "Scanner",
    "Severity",
    "check_phrase",
    "fold",
    "seal",
]
