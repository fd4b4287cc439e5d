"""Payment cards and bank accounts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from stdnum import iban, luhn, numdb

from bot.detection.personal.looking import (
    Span,
    before,
    compiled,
    digits_of,
    found_in,
    letter_at,
    spans,
)
from bot.detection.personal.phones import speaks_of_other

_CARD = compiled(r"[0-9](?:[ \x{00A0}.-]?[0-9]){11,18}")
_CARD_WORDS = compiled(
    r"(?i)\b(?:(?:credit|debit|bank|gift)? ?cards?|cc|visa|master ?card|amex|american express"
    r"|maestro|discover|diners|jcb|cvv|cvc|kreditkarten?|karten?nummer|carte|tarjeta|cart[aã]o"
    r"|carta|kaart|kort)\b"
)
_GROUPS: Final = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 3), (4, 4, 5)}
_REACH: Final = 40
_NEEDS_WORDS: Final = (12, 13)
"""As long as article numbers and times in milliseconds are: only where a card is spoken of."""

# First digits, and how many digits such a number has. ISO/IEC 7812; the ranges as the schemes
# publish them.
_ISSUERS: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    (4, 4, frozenset({13, 16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16, 19})),  # Diners
    (309, 309, frozenset({14, 16, 19})),
    (36, 36, frozenset({14, 16, 19})),
    (38, 39, frozenset({14, 16, 19})),
    (3528, 3589, frozenset({16, 19})),  # JCB
    (1800, 1800, frozenset({15})),
    (2131, 2131, frozenset({15})),
    (6011, 6011, frozenset({16, 19})),  # Discover
    (644, 649, frozenset({16, 19})),
    (65, 65, frozenset({16, 19})),
    (62, 62, frozenset({16, 17, 18, 19})),  # UnionPay
    (2200, 2204, frozenset({16, 19})),  # Mir
    (50, 50, frozenset(range(12, 20))),  # Maestro
    (56, 61, frozenset(range(12, 20))),
    (63, 64, frozenset(range(12, 20))),
    (66, 69, frozenset(range(12, 20))),
)


def cards(text: str) -> Iterator[Span]:
    """Payment cards: a known issuer, a length it uses, and a check digit that is right."""
    for start, end in spans(_CARD, text):
        if letter_at(text, start - 1).isdigit() or letter_at(text, end).isdigit():
            continue
        written = text[start:end]
        digits = digits_of(written)
        spoken_of = found_in(_CARD_WORDS, _around(text, start, end))
        if not _is_card(digits, spoken_of) or (not spoken_of and speaks_of_other(text, start)):
            continue
        groups = tuple(map(len, _split(written)))
        if len(groups) > 1 and groups not in _GROUPS:
            continue
        if letter_at(text, start - 1) in {".", ","} and letter_at(text, start - 2).isdigit():
            continue
        joined = letter_at(text, start - 1), letter_at(text, end)
        if not any(side.isalpha() or side == "_" for side in joined):
            yield start, end


def _split(written: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in written).split()


def _around(text: str, start: int, end: int) -> str:
    return before(text, start, _REACH) + " " + text[end : end + _REACH]


def _is_card(digits: str, spoken_of: bool) -> bool:
    if len(set(digits)) < 2 or not luhn.is_valid(digits):
        return False
    if spoken_of:
        # Issuers come and go; the words and the check digit are enough.
        return digits[0] in "123456"
    if len(digits) in _NEEDS_WORDS:
        return False
    return any(
        first <= int(digits[: len(str(first))]) <= last and len(digits) in lengths
        for first, last, lengths in _ISSUERS
    )


_IBAN = compiled(r"(?i)\b[a-z]{2}[0-9]{2}(?:[ \x{00A0}.-]{0,2}[a-z0-9]){11,30}")
_COUNTRIES = numdb.get("iban")


@cache
def _length_of(country: str) -> int:
    """How many characters an account number of a country has; 0 for one that has none."""
    details = _COUNTRIES.info(country)[0][1]
    structure = details.get("bban", "")
    lengths = "".join(letter if letter.isdigit() else " " for letter in structure).split()
    return 4 + sum(map(int, lengths)) if lengths else 0


def ibans(text: str) -> Iterator[Span]:
    """Account numbers whose country, length and check digits are right."""
    for start, end in spans(_IBAN, text):
        length = _length_of(text[start : start + 2].upper())
        kept = [at for at in range(start, end) if text[at].isalnum()][:length]
        if not length or len(kept) < length:
            continue
        last = kept[-1] + 1
        if letter_at(text, last).isalnum():
            continue
        number = "".join(text[at] for at in kept)
        if (number.isupper() or number.islower()) and iban.is_valid(number):
            yield start, last
