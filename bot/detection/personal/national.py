"""National identity numbers: for each country the forms its numbers have, and their check.

Which checks there are is python-stdnum's work. A number of a form that few other things have
(letters in their places, a country's dots and dashes, a date of birth and check digits) is found
anywhere. One that looks like any number is found next to words that speak of identity numbers, or
when a message consists of little else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from stdnum import luhn
from stdnum.ar import cuit
from stdnum.ar import dni as ar_dni
from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.do import cedula
from stdnum.ec import ci
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nif as fr_nif
from stdnum.fr import nir
from stdnum.gb import nhs, utr
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.id import nik
from stdnum.ie import pps
from stdnum.il import idnr as teudat_zehut
from stdnum.in_ import aadhaar, epic, pan
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale
from stdnum.jp import in_ as my_number
from stdnum.ke import pin as kra_pin
from stdnum.kr import rrn
from stdnum.lt import asmens
from stdnum.lv import pvn
from stdnum.mx import curp, rfc
from stdnum.my import nric as mykad
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.nz import ird
from stdnum.pe import cui
from stdnum.pk import cnic
from stdnum.pl import pesel
from stdnum.pt import cc
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.ru import inn
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.th import pin as th_pin
from stdnum.tr import tckimlik
from stdnum.ua import rntrc
from stdnum.us import itin, ssn
from stdnum.za import idnr as za_idnr

from bot.detection.personal.looking import (
    Span,
    compiled,
    found_in,
    letter_at,
    overlaps,
    spans,
)
from bot.detection.personal.phones import speaks_of_other, speaks_of_phone

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a country writes its numbers."""

    pattern: str
    check: Check
    sure: bool = False
    """Whether little else looks like it and passes the check."""


def _nino(number: str) -> bool:
    """A British National Insurance number; these have no check digit (HMRC's NIM39110)."""
    return number[:2].upper() not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}


def _nric(number: str) -> bool:
    """A Singaporean identity number: weighted digits, and a letter that follows from them."""
    series, digits, letter = number[0].upper(), number[1:8], number[8].upper()
    total = sum(int(d) * w for d, w in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(series, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "KLJNPQRTUWX"}
    expected = letters.get(series, "XWUTRQPNMLK")
    place = total % 11
    return letter == (expected[10 - place] if series == "M" else expected[place])


def _american(number: str) -> bool:
    return ssn.is_valid(number) or itin.is_valid(number)


def _bare(check: Check) -> Check:
    """A check for numbers that people also write with signs the library does not drop."""
    return lambda number: check("".join(letter for letter in number if letter.isalnum()))


def _south_african(number: str) -> bool:
    # A 2 where citizens have 0 and residents have 1 is a refugee's.
    return za_idnr.is_valid(number) or (number[10] == "2" and luhn.is_valid(number))


def _finnish(number: str) -> bool:
    return hetu.is_valid(number, allow_temporary=True)


_NINE = r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}"
_TEN = r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}"
_ELEVEN = r"[0-9]{11}"

PACKS: Final[dict[str, tuple[Form, ...]]] = {
    "AR": (
        Form(r"[0-9]{2}-[0-9]{8}-[0-9]", cuit.is_valid, sure=True),
        Form(r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}", ar_dni.is_valid),
    ),
    "AT": (Form(r"[0-9]{4}[ -]?[0-9]{6}", _bare(vnr.is_valid)),),
    "AU": (Form(_NINE, _bare(tfn.is_valid)),),
    "BE": (
        Form(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}[.-][0-9]{2}", nn.is_valid, sure=True),
        Form(_ELEVEN, nn.is_valid),
    ),
    "BG": (Form(r"[0-9]{10}", egn.is_valid),),
    "BR": (
        Form(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", cpf.is_valid, sure=True),
        Form(_ELEVEN, cpf.is_valid),
    ),
    "CA": (Form(_NINE, _bare(sin.is_valid)),),
    "CH": (Form(r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", ahv.is_valid, sure=True),),
    "CL": (Form(r"[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9kK]", rut.is_valid, sure=True),),
    "CN": (Form(r"[1-9][0-9]{16}[0-9xX]", ric.is_valid, sure=True),),
    "CZ": (
        Form(r"[0-9]{6}/[0-9]{3,4}", rc.is_valid, sure=True),
        Form(r"[0-9]{9,10}", rc.is_valid),
    ),
    "DE": (
        Form(r"[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}", idnr.is_valid, sure=True),
        Form(_ELEVEN, idnr.is_valid),
    ),
    "DK": (Form(r"[0-9]{6}[ -]?[0-9]{4}", _bare(cpr.is_valid)),),
    "DO": (Form(r"[0-9]{3}-[0-9]{7}-[0-9]", cedula.is_valid, sure=True),),
    "EC": (Form(r"[0-9]{9}-?[0-9]", ci.is_valid),),
    "EE": (Form(_ELEVEN, ik.is_valid),),
    "ES": (
        Form(r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}[ -]?[A-Za-z]", _bare(dni.is_valid), sure=True),
        Form(r"[XYZxyz]-?[0-9]{7}-?[A-Za-z]", nie.is_valid, sure=True),
    ),
    "FI": (Form(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]", _finnish, sure=True),),
    "FR": (
        Form(
            r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
            nir.is_valid,
            sure=True,
        ),
        Form(r"[0-3][0-9](?: ?[0-9]{2} ?[0-9]{3}){2} ?[0-9]", _bare(fr_nif.is_valid)),
    ),
    "GB": (
        Form(
            r"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z]"
            r" ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]",
            _nino,
            sure=True,
        ),
        Form(_TEN, nhs.is_valid),
        Form(r"[0-9]{5} ?[0-9]{5}", utr.is_valid),
    ),
    "GR": (Form(_ELEVEN, amka.is_valid),),
    "HR": (Form(_ELEVEN, oib.is_valid),),
    "ID": (Form(r"[0-9]{16}", nik.is_valid),),
    "IE": (Form(r"[0-9]{7}[A-Wa-w][A-IWa-iw]?", pps.is_valid, sure=True),),
    "IL": (Form(r"[0-9]{8}-?[0-9]", teudat_zehut.is_valid),),
    "IN": (
        Form(r"[2-9][0-9]{3}[ :-][0-9]{4}[ :-][0-9]{4}", _bare(aadhaar.is_valid), sure=True),
        Form(r"[2-9][0-9]{11}", aadhaar.is_valid),
        Form(r"[A-Z]{5}[0-9]{4}[A-Z]", pan.is_valid, sure=True),
        Form(r"[A-Z]{3}[0-9]{7}", epic.is_valid),
    ),
    "IS": (Form(r"[0-9]{6}-?[0-9]{4}", kennitala.is_valid),),
    "IT": (
        Form(
            r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]",
            codicefiscale.is_valid,
            sure=True,
        ),
    ),
    "JP": (Form(r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", _bare(my_number.is_valid)),),
    "KE": (Form(r"[AP][0-9]{9}[A-Z]", kra_pin.is_valid, sure=True),),
    "KR": (Form(r"[0-9]{6}-[0-9]{7}", rrn.is_valid, sure=True),),
    "LT": (Form(_ELEVEN, asmens.is_valid),),
    "LV": (Form(r"[0-9]{6}-?[0-9]{5}", pvn.is_valid),),
    "MX": (
        Form(r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]", curp.is_valid, sure=True),
        Form(r"[A-Z&]{3,4}[ -]?[0-9]{6}[ -]?[A-Z0-9]{3}", rfc.is_valid, sure=True),
    ),
    "MY": (Form(r"[0-9]{6}-[0-9]{2}-[0-9]{4}", mykad.is_valid, sure=True),),
    "NL": (Form(r"[0-9]{4}\.?[0-9]{2}\.?[0-9]{3}", bsn.is_valid),),
    "NO": (Form(r"[0-9]{6} ?[0-9]{5}", fodselsnummer.is_valid),),
    "NZ": (Form(r"[0-9]{2,3}[ -]?[0-9]{3}[ -]?[0-9]{3}", _bare(ird.is_valid)),),
    "PE": (Form(r"[0-9]{8}-?[0-9A-K]", cui.is_valid),),
    "PK": (Form(r"[0-9]{5}-[0-9]{7}-[0-9]", cnic.is_valid, sure=True),),
    "PL": (Form(_ELEVEN, pesel.is_valid),),
    "PT": (
        Form(r"[0-9]{8} ?[0-9] ?[A-Z0-9]{2}[0-9]", cc.is_valid, sure=True),
        Form(_NINE, _bare(pt_nif.is_valid)),
    ),
    "RO": (Form(r"[1-9][0-9]{12}", cnp.is_valid, sure=True),),
    "RS": (Form(r"[0-3][0-9][01][0-9]{10}", emso.is_valid, sure=True),),
    "RU": (Form(r"[0-9]{12}", inn.is_valid),),
    "SE": (
        Form(r"(?:19|20)[0-9]{6}[-+]?[0-9]{4}", personnummer.is_valid, sure=True),
        Form(r"[0-9]{6}[-+]?[0-9]{4}", personnummer.is_valid),
    ),
    "SG": (Form(r"[STFGMstfgm][0-9]{7}[A-Za-z]", _nric, sure=True),),
    "SI": (Form(r"[0-3][0-9][01][0-9]{10}", emso.is_valid, sure=True),),
    "SK": (
        Form(r"[0-9]{6}/[0-9]{3,4}", rc.is_valid, sure=True),
        Form(r"[0-9]{9,10}", rc.is_valid),
    ),
    "TH": (
        Form(r"[0-9]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", th_pin.is_valid, sure=True),
        Form(r"[0-9]{13}", th_pin.is_valid),
    ),
    "TR": (Form(r"[1-9][0-9]{10}", tckimlik.is_valid),),
    "UA": (Form(r"[0-9]{10}", rntrc.is_valid),),
    "US": (
        Form(r"[0-9]{3}-[0-9]{2}-?[0-9]{4}|[0-9]{3}-?[0-9]{2}-[0-9]{4}", _american, sure=True),
        Form(r"[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{9}", _bare(_american)),
    ),
    "ZA": (Form(r"[0-9]{6} ?[0-9]{4} ?[0-9]{3}", _bare(_south_african), sure=True),),
}
"""The forms of each country, by its ISO 3166 code. A group switches countries on and off."""

_SPOKEN_OF = compiled(
    r"(?:(?i:\b(?:ssn|social security|my social|(?:national|personal|citizen)(?: identity"
    r"| identification| insurance| tax)? (?:card|number|no|nr|id|code)"
    r"|(?:identity|identification) (?:card|number|no|nr|code)|id card|tax(?:payer)?"
    r" (?:id\w*|file|number|ref\w*)|nino|national insurance|nhs|aadhaar|aadhar"
    r"|pan (?:card|number|no)"
    r"|personnummer|f[oø]dselsnummer|cpr|kennitala|henkil[oö]tunnus|hetu|pesel|rodn[eé] [cč][ií]slo"
    r"|cnp|egn|oib|jmbg|emso|dni|nie|nif|nir|cpf|cuit|cuil|rut|curp|rfc|codice fiscale|bsn"
    r"|burgerservicenummer|rijksregisternummer|steuer-?id\w*|idnr|identifikationsnummer|svnr|ahv"
    r"|sozialversicherungs\w*|s[eé]curit[eé] sociale|amka|t\.?c\.? kimlik|kimlik|teudat zehut"
    r"|itin|nric|fin number|mykad|cnic|nik|ktp|my number card|inn|snils|pps(?:n| number)|ird|irn"
    r"|c[eé]dula|isikukood|asmens kodas|rsa id|refugee id)\b)|\b(?:SIN|TFN|PAN|NI|UTR)\b)"
)
_NEXT_TO = compiled(
    r"(?i)^\W{0,4}(?:(?:number|no|nr|id|is|was|are|card|code|num|it's|here)\b\W{0,4}){0,4}$"
)
_ANY = compiled(r"\b[A-Za-z0-9](?:-?[A-Za-z0-9]){4,17}\b")
_FEWEST_DIGITS = 4
_BEFORE: Final = 60
_AFTER: Final = 25
_LONGEST_ALONE: Final = 50
_FEWEST_DIFFERENT: Final = 3
_LITTLE_ELSE: Final = 4
"""A message with at most so many other characters consists of the number."""


@cache
def _looked_for(packs: tuple[str, ...]) -> tuple[Any, tuple[tuple[Any, Form], ...]]:
    """All forms of some countries: as one pattern, and one by one."""
    forms = {form for pack in packs for form in PACKS.get(pack, ())}
    ordered = sorted(forms, key=lambda form: (not form.sure, form.pattern))
    together = compiled("|".join(sorted({rf"\b(?:{form.pattern})\b" for form in ordered})))
    return together, tuple((compiled(rf"\b(?:{form.pattern})\b"), form) for form in ordered)


def national_ids(text: str, packs: Sequence[str]) -> Iterator[Span]:
    """Identity numbers of some countries (ISO 3166 codes, as in `PACKS`)."""
    together, forms = _looked_for(tuple(packs))
    spoken = [end for _, end in spans(_SPOKEN_OF, text)]
    found: list[Span] = []
    for pattern, form in forms if found_in(together, text) else ():
        for start, end in spans(pattern, text):
            if overlaps((start, end), found) or not _stands_apart(text, start, end):
                continue
            likely = _is_spoken_of(start, end, spoken) or (
                form.sure and not speaks_of_other(text, start)
            )
            if likely and form.check(text[start:end]):
                found.append((start, end))
    # A number that its words announce counts even with a slip in it.
    for place in spoken:
        for start, end in spans(_ANY, text[place : place + _BEFORE], 8):
            if not found_in(_NEXT_TO, text[place : place + start]):
                continue
            span = (place + start, place + end)
            token = text[slice(*span)]
            digits = sum(letter.isdigit() for letter in token)
            if digits >= _FEWEST_DIGITS and len(token) > 5 and not overlaps(span, found):
                found.append(span)
    yield from found


def lone_national_id(text: str, packs: Sequence[str]) -> Iterator[Span]:
    """The identity number that a message consists of, if it does."""
    together, forms = _looked_for(tuple(packs))
    if len(text) > _LONGEST_ALONE or not found_in(together, text):
        return
    for pattern, form in forms:
        for start, end in spans(pattern, text, 1):
            little_else = len(text.strip()) - (end - start) <= _LITTLE_ELSE
            if (
                little_else
                and len(set(text[start:end])) > _FEWEST_DIFFERENT
                and _stands_apart(text, start, end)
                and not speaks_of_phone(text, start, end)
                and form.check(text[start:end])
            ):
                yield start, end
                return


def _stands_apart(text: str, start: int, end: int) -> bool:
    before, after = letter_at(text, start - 1), letter_at(text, end)
    # "4716 9876 2234 1561": a part of a longer number.
    number = text[start:end]
    if after and after in number and letter_at(text, end + 1).isdigit():
        return False
    if before and before in number and letter_at(text, start - 2).isdigit():
        return False
    if (before and before in "-./#$_=@+") or (after and after in "-_@=/"):
        return False
    return not (after in {".", ","} and letter_at(text, end + 1).isdigit())


def _is_spoken_of(start: int, end: int, spoken: Sequence[int]) -> bool:
    return any(start - _BEFORE <= place <= end + _AFTER for place in spoken)
