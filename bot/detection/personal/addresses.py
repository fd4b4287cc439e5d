"""Street addresses: what people write of a place that somebody could be visited at.

Patterns of the usual forms in English and a score of other languages. Where only the words around
it make it an address ("lives at 12 Lindenhof 4") the form may be looser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.detection.personal.looking import MOST_CANDIDATES, Span, compiled, found_in, spans

_NAME: Final = r"\p{Lu}[\pL\x{2019}'.-]*"
_LINKS: Final = (
    r"(?:(?:de|da|do|dos|das|del|della|dei|di|du|des|la|le|les|los|las|el|al|of|the|van|von|der|"
    r"den|am|an|im|e|y|et|i|na|pod|nad|ibn)\s|[dl]['\x{2019}])"
)
_NAMES: Final = rf"(?:{_LINKS}{{0,2}}{_NAME}\s){{1,4}}"
_HOUSE: Final = r"[0-9]{1,5}(?: ?[a-hA-H])?(?:[-/][0-9]{1,4}[a-zA-Z]?)?"
_STREET: Final = (
    r"(?:Street|St|Str|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Close|Court|Ct|Place|Pl|Crescent|"
    r"Cres|Way|Boulevard|Blvd|Highway|Hwy|Terrace|Ter|Square|Sq|Parade|Pde|Grove|Hill|Gardens|"
    r"Row|Mews|Walk|Parkway|Pkwy|Circle|Cir|Trail|Alley|Esplanade|Turnpike|Quay|Rise|Heights|"
    r"Wharf|Path|Crossing|Loop|Pike|Green|Wynd|Broadway)"
)
_LOWER_STREET: Final = r"(?:street|st\.?|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|crescent)"

# Endings of one-word streets and the words before or after others, by languages.
_ENDINGS: Final = (
    r"(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|ufer|damm|steig|"  # German
    r"straat|laan|plein|gracht|kade|singel|dreef|wal|steeg|"  # Dutch
    r"gatan?|vägen|väg|gränd|torget|"  # Swedish
    r"[rsndtlkm]gade|vej|vejen|vænget|gaden|stræde|alléen|"  # Danish
    r"veien|vegen|vei|gata|gaten|"  # Norwegian
    r"katu|kuja|ntie|polku|kaari|"  # Finnish
    r"stræti|braut|vegur|gata|stígur|"  # Icelandic
    r"utca|útja)"  # Hungarian
)
_BEFORE_NAME: Final = (
    r"(?:Via|Viale|Piazza|Piazzetta|Piazzale|Corso|Vicolo|Largo|Strada|Lungomare|"
    r"Rue|Avenue|Av\.?|Bd\.?|Boulevard|Chemin|Impasse|All[ée]e|Place|Quai|Route|Cours|Passage|"
    r"Calle|C/|Carrer|Paseo|Plaza|Camino|Carretera|Ronda|Avenida|Avda\.?|"
    r"Rua|Travessa|Praça|Alameda|Estrada|"
    r"(?:calle|avenida|avda\.?|carrer|paseo|plaza|rue|rua|travessa|piazza|viale|in\svia)|"
    r"[Uu]l\.|[Uu]lica|[Aa]l\.|[Pp]l\.|[Oo]s\.|Calea|Bulevardul|Bulevar|Jalan|Jl\.|"
    r"[\x{423}\x{443}]л\.|[\x{423}\x{443}]лица|[Пп]роспект|Λεωφόρος|Οδός)"
)
_AFTER_NAME: Final = (
    r"(?:utca|u\.|út|útja|tér|körút|rkp\.|sétány|ulica|tänav|tee|iela|gatvė|g\.|sokak|soka[g\x{11f}][i\x{131}]|"
    r"caddesi|cad\.|mahallesi)"
)

# What begins with its number: 12 Elm Tree Road; 350 5th Avenue; 5 rue de la Paix
# In lower case only the plainest form: a number, one or two words, a street.
_FROM_NUMBER = compiled(
    rf"""^(?:
    {_HOUSE},?\s(?:[NSEW]{{1,2}}\.?\s)?{_NAMES}{_STREET}\b\.?|
    [0-9]{{1,5}}\s(?:[NSEWnsew]\.?\s)?[0-9]{{1,3}}(?:st|nd|rd|th)\s(?i:{_LOWER_STREET})\b|
    [0-9]{{1,4}}(?:\s?(?:bis|ter))?,?\s(?i:rue|avenue|boulevard|bd|chemin|impasse|all[ée]e|quai|
    route|cours|place)\s{_LINKS}{{0,3}}{_NAME}|
    [0-9]{{1,5}}[a-h]?\s(?i:[\pL'-]{{2,}}(?:\s[\pL'-]{{2,}})?\s{_LOWER_STREET})(?:[\s.,!?]|$)
    )"""
)
# What ends with its number.
_TO_NUMBER = compiled(
    rf"""(?:
    \pL[\pL-]+{_ENDINGS}\s[0-9]{{1,4}}|
    \p{{Lu}}[\pL-]{{2,}}\s(?:Stra(?:ß|ss)e|Weg|Platz|Allee|Ring|Damm|[Tt]errasse|plads)\s[0-9]{{1,4}}|
    \b{_BEFORE_NAME}\s{_LINKS}{{0,3}}[\p{{Lu}}0-9][^\n,;:!?]{{1,40}},?\s(?:n[ºo°.]{{1,2}}\s?)?
    [0-9]{{1,5}}|
    \pL[\pL-]+\s{_AFTER_NAME}\s[0-9]{{1,4}}|
    \b(?:Apt|Apartment|APT|apt\.|Appt|Wohnung|Whg\.|Dpto\.)\.?\s?\#?[0-9]{{1,5}}|
    (?i:\b(?:psc|unit|cmr)\s[0-9]{{1,5}},?\s+box\s[0-9]{{1,5}})|
    (?i:\b[afd]po,?\s+a[aep]\s+[0-9]{{5}})|
    (?i:\b(?:p\.?\s?o\.?\s?box|post\s?office\sbox|postbox|postfach|apartado(?:\spostal)?|apdo\.?|
    casilla|bo[iî]te\spostale|postboks|postbus|caixa\spostal)\s?\#?[0-9]{{1,6}})|
    \pL\s*,\s*[A-Z]{{2,3}}\s+[0-9]{{5}}|
    \p{{Lu}}\pL+\s(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[LNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|
    O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])\s[0-9]{{5}}|
    (?i:\bzip(?:\s?code)?(?:\sis\s|\s?[:=]\s?)[0-9]{{5}})|
    (?i:\b(?:post\s?code|postal\scode|postleitzahl|plz|code\spostal|c[óo]digo\spostal)
    (?:\s(?:is|ist|es|est)\s|\s?[:=]\s?)(?:[A-Z]{{1,2}}[-\s]?)?[0-9]{{4,6}})
    )$"""
)
_TO_SUITE = compiled(r"(?i)[\s>,]suite\s#?[0-9]{2,5}$")
_FLAT = compiled(r"\bFlat\s[0-9]{1,4}$")
# Bygget 91 street
_BEFORE_STREET = compiled(r"\pL{4,}\s[0-9]{1,4}$")
_STREET_AFTER = compiled(r"^[0-9]+\s[Ss]t(?:\.|reet(?:[.,]|$|\sin\s))")
# Postcodes that stand for a few houses: British and Canadian ones
_POSTCODE = compiled(
    r"\b(?:[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKPSTUW]?\s[0-9][ABD-HJLNP-UW-Z]{2}"
    r"|[ABCEGHJ-NPRSTVXY][0-9][A-Z]\s[0-9][A-Z][0-9])\b"
)
_CORNER = compiled(
    rf"(?i:\bcorner)\sof\s(?:[0-9]{{1,5}}\s)?{_NAME}[^\n!?;]{{0,50}}?\s(?:and|&)\s"
    rf"(?:(?:[0-9]{{1,5}}\s)?{_NAME}|[0-9]{{1,3}}(?:st|nd|rd|th)\b)"
)
# on Gordon Street
_UNNUMBERED = compiled(
    rf"\b(?:[Oo]n|[Aa]t|[Ii]n|[Oo]ff|[Aa]long|[Nn]ear|[Ff]rom)\s(?:{_NAME}\s){{1,2}}"
    rf"(?:Street|Avenue|Road|Lane|Boulevard|Drive|Crescent)\b"
)
_FAMOUS = compiled(
    r"(?i)\b(?:wall|main|high|sesame|easy|fleet|bourbon|coronation|madison|park|abbey|silk|rocky|"
    r"broad|this|that|the|my|your|our|his|her|same|next|back|dead|one|google|penny|memory|"
    r"sunset|mulholland|hard|usb|flash|pen|disk|tape|zip|thumb)\s"
    r"(?:street|avenue|road|lane|boulevard|drive|crescent)$"
)

_SMALL_WORDS_LIST: Final = """
    of my is it at on in to by up go so me we us no or as an am be do he if i'm was had
    the down from across off along over this that same side more other another different
    block blocks mile miles km minute minutes min mins hour hours hr hrs day days year years
    time times people guys car cars men women kids way new old and for out into onto hard
    disk flash usb zip tape per each every house houses shop shops feet foot yard yards
    meter meters metre metres lane lanes long test who with your our his her their its any
    some all are was were will can could would percent dead end dirt busy first second third
    to gb tb mb
"""
_SMALL_WORDS: Final = frozenset(_SMALL_WORDS_LIST.split())

# After these words a place may be written in any form that has a number and a name.
_CUE: Final = (
    r"(?i:\baddress(?:es)?(?:\sto)?(?:\sthe\ssame)?(?:\sis)?|\bliv(?:e|es|ed|ing)\s(?:at|in|on)|"
    r"\bmov(?:e|ed|ing)\sto|\bstay(?:s|ed|ing)?\sat|\blocated\s(?:at|on|in)|"
    r"\bmeet(?:ing)?\s[^\n.!?]{0,30}(?:at|in)|\b(?:house|home|offices?|restaurant|flat|apartment|"
    r"clinic|shop|place|party|he|she|it)\s?(?:is|are|'s)\s(?:at|on|in)|\barrived\sat|"
    r"\bdeliver(?:ed)?\sto|\bs(?:end|ent|hip|hipped)\s[^\n.!?]{0,30}to|"
    r"\b(?:taxi|cab|uber|ride|come|drive)\sto|\bdrops?\syou\soff\sat|\benter\son|\brefers\sto|"
    r"\bwohn(?:e|t|en)\sin(?:\sder)?|\bviv(?:e|o)\sen(?:\sla)?|\bhabite\s(?:au|à)|\bmy\splace\sis|"
    r"\bhere\sthey\sare|\bit\sis|\buser)[\s:,>?\x{2013}-]{1,8}"
)
_AFTER_CUE = compiled(
    rf"{_CUE}(?:[0-9]{{1,6}}[,\s]+){{0,2}}(?:{_LINKS}{{0,2}}{_NAME}[,\s]+(?:and\s|&\s)?){{1,5}}"
    r"[0-9]{2,5}$"
)
_AFTER_CUE_TWO = compiled(rf"{_CUE}[0-9]{{1,6}}[,\s]+[0-9]{{1,5}}$")
_THEN_NAMES = compiled(rf"^[0-9]{{1,5}}\s(?:{_LINKS}{{0,2}}{_NAME}[\s.,!?;:]?){{1,4}}")
_NO_PLACE_WORDS: Final = """
    windows ubuntu debian fedora python version level chapter room rooms area district gate
    platform terminal track zone grade year years page pages week weekend day season episode
    channel monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec am pm summer winter spring autumn fall christmas about over
    only around since until by before after line bus flight train route number no figure
    table step part section article vista xp kernel linux firefox gnome kde java php apache
    model i'm i we my am all just almost maybe like nearly approximately category stage
    phase group team class boeing airbus
"""
_NO_PLACE: Final = frozenset(_NO_PLACE_WORDS.split())

# One class, so the search is linear, whatever the text is.
_NUMBER: Final = re.compile("[0-9]+")
_STREETS: Final = ("Street", "Avenue", "Road", "Lane", "Boulevard", "Drive", "Crescent")
_REACH: Final = 100
"""How many characters before and after a number are looked at."""
_LONGEST_NUMBER: Final = 6
_GOES_ON: Final = frozenset(" ,\n-/\u00a0abcdefghABCDEFGHst")
_GOES_BEFORE: Final = frozenset(("", *" \n\t#,:.=\u00a0"))


STREETS: Final = ("corner of", *map(str.lower, _STREETS))
"""One of these, in lower case, or a digit is in every text that has an address."""


def addresses(text: str) -> Iterator[Span]:
    """Street addresses, post boxes and postcodes; overlapping parts of one come as one."""
    found: list[Span] = []
    previous = -_REACH
    for count, number in enumerate(_NUMBER.finditer(text)):
        if count == MOST_CANDIDATES:
            break
        start, end = number.span()
        if end - start <= _LONGEST_NUMBER:
            found += _from_number(text, start, end)
            found += _to_number(text, start, end, start - previous)
        previous = end
    if previous >= 0:
        found += spans(_POSTCODE, text)
    if "corner of" in text:
        found += spans(_CORNER, text)
    if any(word in text for word in _STREETS):
        found += (
            span for span in spans(_UNNUMBERED, text) if not found_in(_FAMOUS, text[slice(*span)])
        )
    reached = -1
    for start, end in sorted(found):
        if start >= reached:
            yield start, end
        reached = max(reached, end)


def _from_number(text: str, start: int, end: int) -> Iterator[Span]:
    """Addresses that a number is the first part of."""
    if text[end : end + 1] not in _GOES_ON:
        return
    onward = text[start : start + _REACH]
    for _, length in spans(_FROM_NUMBER, onward, 1):
        words = onward[:length].split()
        if words[1:2] in (["to"], ["from"]):  # the 42 to King Street
            continue
        if any(word[0].isupper() for word in words) or _SMALL_WORDS.isdisjoint(words):
            yield start, start + length


def _to_number(text: str, start: int, end: int, since_another: int) -> Iterator[Span]:
    """Addresses that a number is the last part of. `since_another`: how far from the one before."""
    following = text[end : end + 2]
    glued = following[:1].isdigit() or (following.isalpha() and len(following) > 1)
    if glued or text[max(0, start - 1) : start] not in _GOES_BEFORE:
        return
    first = max(0, start - _REACH)
    lead = text[first:end]
    for begin, _ in spans(_TO_NUMBER, lead, 1):
        if not (following[:1] == "-" and following[1:].isdigit()):
            yield first + begin, end
    if since_another < _REACH and "uite" in lead[-12:] and found_in(_TO_SUITE, lead):
        yield start, end
    if following[:1] == "," and found_in(_FLAT, lead):
        yield start, end
    if following in {" s", " S"} and found_in(_STREET_AFTER, text[start : start + _REACH]):
        for begin, _ in spans(_BEFORE_STREET, lead, 1):
            yield first + begin, end
    words = lead.replace(",", " ").rsplit(None, 2)
    if end - start > 1 and len(words) > 1 and words[-2][0].isupper():
        for begin, _ in spans(_AFTER_CUE, lead, 1):
            if _NO_PLACE.isdisjoint(lead[begin:].lower().replace(",", " ").split()[2:]):
                yield first + begin, end
    if since_another <= 2 and found_in(_AFTER_CUE_TWO, lead):
        for _, length in spans(_THEN_NAMES, text[start : start + _REACH], 1):
            yield start, start + length
