"""Personal data made up by rule, the same for the same seed; none of it belongs to anybody.

Check digits come from python-stdnum, phone numbers are the examples of Google's libphonenumber.
The sentences and the streets were written for this.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import phonenumbers
from stdnum import iban, luhn, numdb
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.iso7064 import mod_97_10
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import ssn

from tests.detection.evaluation.measure import Row

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SAYING = ("it is {}", "{} is what I have", "please write down {}", "was it {}, or not?", "{}")
_CALLING = ("call me on {}", "my number is {}", "phone: {}", "text me, {}", "{}")
_DIALLED = ("GB", "DE", "FR", "IT", "NL", "AU", "ES", "IN", "BR", "ZA", "TR", "PH")
_ABROAD = (*_DIALLED, "US", "CA", "SE", "NO", "PL", "CH", "AT", "JP", "KR", "MX", "IE", "NZ", "NG")

_STREETS = (
    "{n} Maple Street",
    "{n} Chestnut Avenue",
    "{n} Old Mill Road",
    "{n}b Station Road",
    "{n} Seaview Terrace",
    "{n} N Lincoln Blvd",
    "{n} Kings Court",
    "{n} W 34th Street",
    "Birkenweg {n}",
    "Schillerstraße {n}",
    "Am Stadtpark, Gartenstr. {n}",
    "Marktplatz {n}",
    "{n} rue Victor Hugo",
    "{n}, avenue de la Gare",
    "Via Dante {n}",
    "Viale Europa {n}",
    "Calle Cervantes {n}",
    "Avenida de América {n}",
    "Rua do Carmo {n}",
    "ul. Długa {n}",
    "Keizersgracht {n}",
    "Dorpsstraat {n}",
    "Kungsgatan {n}",
    "Nygatan {n}",
    "Kirkeveien {n}",
    "Skovvej {n}",
    "Aleksanterinkatu {n}",
    "Kossuth Lajos utca {n}",
    "Apt. {n}, the blue door",
    "P.O. Box {n}",
    "Unit {n} Box 1204",
    "Flat {n}, the Old Bakery",
)
_PLACES = (
    "I live at {}",
    "send the parcel to {}",
    "it happened near {}",
    "{}",
    "ask at {}, please",
)

_IDS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("my SSN is {}", "ddd-dd-dddd", ssn.is_valid),
    ("SIN {}", "ddd ddd ddd", sin.is_valid),
    ("NHS number {}", "ddd ddd dddd", nhs.is_valid),
    ("{} is my Steuer-ID", "dd ddd ddd ddd", idnr.is_valid),
    ("mon numéro: {}", "1 8d 0d 75 0dd ddd dd", nir.is_valid),
    ("DNI {}", "ddddddddA", dni.is_valid),
    ("CPF {}", "ddd.ddd.ddd-dd", cpf.is_valid),
    ("Aadhaar {}", "4ddd dddd dddd", aadhaar.is_valid),
    ("hetu {}", "1d0d8d-dddA", hetu.is_valid),
    ("personnummer {}", "8d0d1d-dddd", personnummer.is_valid),
    ("fødselsnummer {}", "1d0d8ddddddd"[:11], fodselsnummer.is_valid),
    ("pesel {}", "8d0d1dddddd", pesel.is_valid),
    ("TC kimlik {}", "ddddddddddd", tckimlik.is_valid),
    ("AHV {}", "756.dddd.dddd.dd", ahv.is_valid),
    ("{} (rijksregister)", "8d.0d.1d-ddd.dd", nn.is_valid),
)
_CARDS = (
    ("4", 16, (4, 4, 4, 4)),
    ("51", 16, (4, 4, 4, 4)),
    ("37", 15, (4, 6, 5)),
    ("6011", 16, (4, 4, 4, 4)),
    ("2221", 16, (4, 4, 4, 4)),
    ("3530", 16, (4, 4, 4, 4)),
)
_HOSTS = ("example.org", "mail.example.com", "example.co.uk", "post.example.de")
_CLEAN = (
    "bug {d7} is open",
    "order number {d4}-{d4}-{d4} came",
    "on 1{d1}.0{d1}.20{d2} at 18:30",
    "version 3.{d1}.{d2} broke it",
    "we raised {d2},{d3} euros",
    "ISBN 978-3-16-{d6}-0",
    "page {d3} of {d3}",
    "I slept {d1} hours and ran {d1} km",
    "from 19{d2}-20{d2} I was away",
    "it costs {d2}.99",
    "room {d3} on floor {d1}",
    "commit {d7}{d7}",
    "{d3} 000 people came",
)


def rows(seed: int, each: int) -> Iterator[Row]:
    """`each` texts of every kind and about as many without any."""
    chance = random.Random(seed)
    for _ in range(each):
        for kind, make in _MAKERS.items():
            yield Row(make(chance), frozenset({kind}), "generated")
        for template in chance.sample(_CLEAN, 5):
            digits = {f"d{n}": _digits(chance, n) for n in range(1, 8)}
            yield Row(template.format(**digits), frozenset(), "nothing")


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _said(chance: random.Random, what: str) -> str:
    return chance.choice(_SAYING).format(what)


def _phone(chance: random.Random) -> str:
    national = chance.random() < 0.5
    region = chance.choice(_DIALLED if national else _ABROAD)
    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    shape = phonenumbers.PhoneNumberFormat
    written = phonenumbers.format_number(
        example, shape.NATIONAL if national else shape.INTERNATIONAL
    )
    return chance.choice(_CALLING).format(written)


def _card(chance: random.Random) -> str:
    first, length, groups = chance.choice(_CARDS)
    number = first + _digits(chance, length - len(first) - 1)
    number += luhn.calc_check_digit(number)
    if chance.random() < 0.6:
        joint, parts = chance.choice(" -"), []
        for group in groups:
            parts.append(number[:group])
            number = number[group:]
        number = joint.join(parts)
    return _said(chance, number)


def _iban(chance: random.Random) -> str:
    while True:
        country = chance.choice(("DE", "FR", "GB", "NL", "AT", "CH", "PL", "SE", "DK", "IE", "PT"))
        structure = numdb.get("iban").info(country)[0][1]["bban"]
        account = ""
        for part in (
            structure.replace("!", "")
            .replace("n", "n ")
            .replace("a", "a ")
            .replace("c", "c ")
            .split()
        ):
            letters = {"n": "0123456789", "a": _LETTERS, "c": "0123456789"}[part[-1]]
            account += "".join(chance.choice(letters) for _ in range(int(part[:-1])))
        number = country + mod_97_10.calc_check_digits(f"{account}{country}") + account
        if iban.is_valid(number):
            break
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return _said(chance, spaced if chance.random() < 0.5 else number)


def _national_id(chance: random.Random) -> str:
    saying, template, is_valid = chance.choice(_IDS)
    while True:
        number = "".join(
            chance.choice("0123456789")
            if letter == "d"
            else chance.choice(_LETTERS)
            if letter == "A"
            else letter
            for letter in template
        )
        if is_valid(number):
            return saying.format(number)


def _email(chance: random.Random) -> str:
    name = "".join(chance.choice("abcdefghijklmnop._") for _ in range(7)).strip("._") or "ann"
    return _said(chance, f"{name}@{chance.choice(_HOSTS)}")


def _url(chance: random.Random) -> str:
    start = chance.choice(("https://", "http://", "www.", ""))
    tail = chance.choice(("", "/", "/a/b?c=1", "/page.html"))
    return _said(chance, f"{start}{chance.choice(_HOSTS)}{tail}")


def _ip(chance: random.Random) -> str:
    if chance.random() < 0.6:
        address = ".".join(str(chance.randrange(10, 256)) for _ in range(4))
    else:
        address = "2001:db8::" + ":".join(f"{chance.randrange(16**4):x}" for _ in range(3))
    return _said(chance, address)


def _address(chance: random.Random) -> str:
    street = chance.choice(_STREETS).format(n=chance.randrange(2, 250))
    return chance.choice(_PLACES).format(street)


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "PHONE": _phone,
    "EMAIL": _email,
    "URL": _url,
    "IP": _ip,
    "CREDIT_CARD": _card,
    "IBAN": _iban,
    "NATIONAL_ID": _national_id,
    "ADDRESS": _address,
}
