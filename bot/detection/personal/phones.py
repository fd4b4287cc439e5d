"""Phone numbers, in any country's way of writing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from bot.detection.personal.looking import (
    Span,
    before,
    compiled,
    digits_of,
    found_in,
    letter_at,
    spans,
)

FEWEST_DIGITS: Final = 7
MOST_DIGITS: Final = 15
_MOST_CHECKED: Final = 15
"""Numbers in one text that are asked about in every region: that is what costs most."""

_MOBILE: Final = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_REACH: Final = 48

_CANDIDATE = compiled(
    r"(?:\+ ?|\b00|\()?\(?\+?[0-9](?:[ \x{00A0}\x{2010}-\x{2015}./()-]{0,3}[0-9])+"
    r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6}\b)?"
)
_NORTH_AMERICA = compiled(
    r"^(?:(?:\+|00|011)? ?1[-. ]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[-. /])"
    r"[0-9]{3}[-. ][0-9]{4}$"
)
_COUNTED: Final = "12345678"
"""What is typed to show a form."""
_AMERICAN_ID = compiled(r"^[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}$")
_EXTENSION = compiled(r",? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6}$")
_BEFORE = compiled(
    r"(?i)(?:\b(?:tele)?phones?\b|\btel[.:]?\b|\bmobile?\b|\bmob\b|\bcell(?:phone|ular)?\b|\bph\b[.:]?"
    r"|\b(?:call(?:ing)?|ring|txt)\b|\btext (?:me|him|her|us|them)\b|\bsms\b|\bwhats ?app\b"
    r"|\bfax\b|\bdial\b"
    r"|\bhotline\b|\blandline\b|\b(?:reach|contact|ring) (?:me|us|him|her|them|you)\b|\bsignal\b"
    r"|\b(?:my|his|her|their|our|new|home|work|contact|the) (?:number|no|nr)\b|\bdigits\b"
    r"|\banswering at\b|\bmessages? (?:to|at|on)\b|\btelefon\w*|\bhandy(?:nummer|nr)?\b"
    r"|\bt[eé]l[eéè]\w*|\bnum[eé]ro\b|\bcelular\b|\bm[oó]vil\b|\bcellulare\b|\bgsm\b)[^0-9]{0,24}$"
    r"|(?i:\b(?:office|desk|home|work|main|night|day))\W{1,3}$"
)
_AFTER = compiled(
    r"(?i)^[ ,(-]{0,3}(?:office|fax|mobile|cell|home|work|desk|phone|tel|mob|landline)\b"
)
# What also has seven digits and more, and says so.
_OTHER = compiled(
    r"(?i)(?:#|\b(?:bugs?|orders?|ids?|tickets?|tracking|ref(?:erence)?|invoice|version|commit|isbn"
    r"|issn|doi|account|acct|article|case|serial|sku|upc|ean|imei|part|build|pid|uid|gid|lot|claim"
    r"|policy|receipt|confirmation|transaction|ssn|sin|tfn|nhs|passport|licen[cs]e|plate|score|port"
    r"|at line|row|pages?|kernel))[ .:#-]*(?:(?:number|no|nr|is|was)\b[ .:#]*){0,2}$"
)
_TIME: Final = r"[0-2]?[0-9](?:[.:-][0-9]{2}){0,2}"
_DATE = compiled(
    rf"^(?:(?:19|20)[0-9]{{2}}[-./ ][01]?[0-9][-./ ][0-3]?[0-9](?:[ -]+{_TIME})?"
    r"|(?:[0-3]?[0-9][-./ ](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-./ ][0-3]?[0-9])[-./ ]"
    rf"(?:19|20)?[0-9]{{2}}(?: +{_TIME})?"
    r"|(?:19|20)[0-9]{2} ?[-\x{2013}/ ] ?(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]"
    r"(?:[-. ]?[0-9]{4,6})?)$"
)
_THOUSANDS = compiled(r"^[0-9]{1,3}(?:(?: [0-9]{3})+|(?:\.[0-9]{3})+)$")
_FRACTION = compiled(r"^[0-9]*\.[0-9]+$|^[0-9]{1,2}(?:\.[0-9]{1,5}){3,}$|^[0-9]+ ?/ ?[0-9]+$")


def phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Phone numbers. A number without a country's code counts when one of `regions` (as in "GB")
    has such numbers, or when the words around it speak of a phone."""
    asked = 0
    for start, end in spans(_CANDIDATE, text):
        written = text[start:end]
        core = written
        if written[-1].isdigit() and any(letter in written for letter in "xX#,t"):
            tails = list(spans(_EXTENSION, written, 1))
            core = written[: tails[0][0]] if tails else written
        count = len(digits_of(core))
        if not FEWEST_DIGITS <= count <= MOST_DIGITS or not _stands_apart(text, start, end, core):
            continue
        if found_in(_DATE, core):
            continue
        if speaks_of_phone(text, start, end):
            if not _repeats(core):
                yield start, end
            continue
        if speaks_of_other(text, start) or found_in(_FRACTION, core) or _repeats(core):
            continue
        if found_in(_NORTH_AMERICA, core):
            yield start, end
            continue
        asked += 1
        if asked <= _MOST_CHECKED and _is_valid(core, regions, alone=text.strip() == core):
            yield start, end


def speaks_of_phone(text: str, start: int, end: int) -> bool:
    """Whether the words right before or after a number say that it is a phone's."""
    return found_in(_BEFORE, before(text, start, _REACH)) or found_in(_AFTER, text[end : end + 16])


def speaks_of_other(text: str, start: int) -> bool:
    """Whether the words right before a number say what it counts: an order, a bug, a book."""
    return found_in(_OTHER, before(text, start, _REACH))


def _stands_apart(text: str, start: int, end: int, core: str) -> bool:
    """Whether a number is not part of a longer word, an amount of money or an expression."""
    previous, following = letter_at(text, start - 1), letter_at(text, end)
    if following.isalnum() or following in {"%", "\u20ac", "\u00b0", "_", "="}:
        return False
    if following in {".", ",", ":"} and letter_at(text, end + 1).isdigit():
        return False
    if previous.isalpha():
        # "call415-555-0132": glued to a word, but grouped as only phones are.
        return found_in(_NORTH_AMERICA, core)
    return not (previous and previous in "$\u20ac\u00a3#_=.,*&")


def _repeats(core: str) -> bool:
    return len(set(digits_of(core))) < 3


def _is_valid(core: str, regions: Sequence[str], *, alone: bool) -> bool:
    digits = digits_of(core)
    if found_in(_AMERICAN_ID, core) or digits in "01234567890":
        return False
    international = core.lstrip("( ").startswith("+")
    if international or core.startswith("00"):
        plus = core if international else "+" + core[2:]
        return _parses(plus, None) or (core.startswith("00") and found_in(_NORTH_AMERICA, core))
    if found_in(_THOUSANDS, core) and digits.endswith("000"):
        return False
    if digits[0] == "0":
        # As one dials within most countries; in one piece it is at least as long as a mobile's.
        long_enough = len(digits) >= 8 if not core.isdigit() else 10 <= len(digits) <= 11
        return long_enough and any(_parses(core, region) for region in regions)
    groups = "".join(letter if letter.isdigit() else " " for letter in core).split()
    if len(groups) > 1:
        area = "(" in core
        few, longest = len(groups) < 3 and not area, 5 if area else 4
        if few or len(digits) < 9 or any(not 2 <= len(group) <= longest for group in groups):
            return False
    elif len(digits) != 10 or _COUNTED in digits:
        return False
    # A message that is nothing but ten digits answers somebody who asked for a number.
    return any(_parses(core, region, mobile=not alone or len(groups) > 1) for region in regions)


def _parses(number: str, region: str | None, mobile: bool = False) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return False
    if not phonenumbers.is_valid_number(parsed):
        return False
    # Without the zero that is dialled first, a landline's number looks like any other.
    dialled_first = region and phonenumbers.ndd_prefix_for_region(region, True) == "0"
    return not (mobile and dialled_first) or phonenumbers.number_type(parsed) in _MOBILE
