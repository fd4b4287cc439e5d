"""Street addresses: what people write of a place that somebody could be visited at.

Patterns of the usual forms in English and a score of other languages. Where only the words around
it make it an address ("lives at 12 Lindenhof 4") the form may be looser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.detection.personal.looking import Span, compiled, found_in, spans

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
    r"vej|vejen|vænget|gaden|stræde|alléen|"  # Danish
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
    r"[Uu]l\.|[Uu]lica|[Aa]l\.|[Pp]l\.|[Oo]s\.|Calea|Bulevardul|Bulevar|Jalan|Jl\.|"
    r"[\x{423}\x{443}]л\.|[\x{423}\x{443}]лица|[Пп]роспект|Λεωφόρος|Οδός)"
)
_AFTER_NAME: Final = (
    r"(?:utca|u\.|út|útja|tér|körút|rkp\.|sétány|ulica|tänav|tee|iela|gatvė|g\.|sokak|soka[g\x{11f}][i\x{131}]|"
    r"caddesi|cad\.|mahallesi)"
)

_SURE: Final = tuple(
    map(
        compiled,
        (
            # 12 Elm Tree Road; 350 5th Avenue; 12b N. High St
            rf"\b{_HOUSE},?\s(?:[NSEW]{{1,2}}\.?\s)?{_NAMES}{_STREET}\b\.?",
            rf"(?i)\b[0-9]{{1,5}}\s(?:[nsew]\.?\s)?[0-9]{{1,3}}(?:st|nd|rd|th)\s{_LOWER_STREET}\b",
            # Lindenstrasse 5; Koskikatu 25
            rf"(?:\b|[^\pL])\pL[\pL-]{{2,}}{_ENDINGS}\s[0-9]{{1,4}}\s?[a-hA-H]?\b",
            r"(?:\b|[^\pL])\p{Lu}[\pL-]{2,}\s(?:Stra(?:ß|ss)e|Weg|Platz|Allee|Ring|"
            r"Damm|terrasse|Terrasse|plads)\s[0-9]{1,4}\s?[a-hA-H]?\b",
            # Via Roma 5; 5 rue de la Paix; Calle Mayor, 5
            rf"\b{_BEFORE_NAME}\s{_LINKS}{{0,3}}[\p{{Lu}}0-9][^\n,;:!?]{{1,40}}?,?\s"
            rf"(?:n[ºo°.]{{1,2}}\s?)?[0-9]{{1,5}}\b",
            rf"\b[0-9]{{1,4}}(?:\s?(?:bis|ter))?,?\s(?i:rue|avenue|boulevard|bd|chemin|impasse|"
            rf"all[ée]e|quai|route|cours|place)\s{_LINKS}{{0,3}}{_NAME}",
            # Rákóczi út 5
            rf"\pL[\pL-]+\s{_AFTER_NAME}\s[0-9]{{1,4}}\b",
            # Apt. 5; a suite comes with another number before it
            r"\b(?:Apt|Apartment|APT|apt\.|Appt|Wohnung|Whg\.|Dpto\.)\.?\s?#?[0-9]{1,5}[a-zA-Z]?\b",
            r"(?i)[0-9][^!]{2,60}[\s>,]suite\s#?[0-9]{2,5}\b",
            r"\bFlat\s[0-9]{1,4}[a-zA-Z]?,",
            # Post boxes, also of armed forces abroad
            r"(?i)\b(?:psc|unit|cmr)\s[0-9]{1,5},?\s+box\s[0-9]{1,5}\b",
            r"(?i)\b(?:apo|fpo|dpo),?\s+a[aep]\s+[0-9]{5}\b",
            r"(?i)\b(?:p\.?\s?o\.?\s?box|post\s?office\sbox|postbox|postfach|apartado(?:\spostal)?|"
            r"apdo\.?|casilla|bo[iî]te\spostale|postboks|postbus|caixa\spostal)\s?#?[0-9]{1,6}\b",
            # Dallas, TX 75201
            r"\pL[\pL.]+\s*,\s*[A-Z]{2,3}\s+[0-9]{5}(?:-[0-9]{4})?\b",
            r"\p{Lu}\pL+\s(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|"
            r"N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])\s[0-9]{5}(?:-[0-9]{4})?\b",
            # Postcodes that stand for a few houses, and any that is called one
            r"\b[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKPSTUW]?\s[0-9][ABD-HJLNP-UW-Z]{2}\b",
            r"\b[ABCEGHJ-NPRSTVXY][0-9][A-Z]\s[0-9][A-Z][0-9]\b",
            r"(?i)\bzip(?:\s?code)?(?:\sis\s|\s?[:=]\s?)[0-9]{5}(?:-[0-9]{4})?(?:[^0-9-]|$)",
            r"(?i)\b(?:post\s?code|postal\scode|postleitzahl|plz|code\spostal|c[óo]digo\spostal)"
            r"(?:\s(?:is|ist|es|est)\s|\s?[:=]\s?)(?:[A-Z]{1,2}[- ]?)?[0-9]{4,6}\b",
            # on the corner of Elm Road and 5th
            rf"\b(?i:corner)\sof\s(?:[0-9]{{1,5}}\s)?{_NAME}[^\n!?;]{{0,50}}?\s(?:and|&)\s"
            rf"(?:[0-9]{{1,5}}\s)?{_NAME}",
            # Bygget 91 street
            rf"{_NAME}\s[0-9]{{1,4}}\s[Ss]t(?:reet\b|\.)",
            r"(?i)\pL{4,}\s[0-9]{2,4}\sst(?:\.|reet(?:[.,]|$|\sin\s))",
            # on Gordon Street
            rf"\b(?:[Oo]n|[Aa]t|[Ii]n|[Oo]ff|[Aa]long|[Nn]ear|[Ff]rom)\s(?:{_NAME}\s){{1,2}}"
            rf"(?:Street|Avenue|Road|Lane|Boulevard|Drive|Crescent)\b",
        ),
    )
)
_FAMOUS = compiled(
    r"(?i)\b(?:wall|main|high|sesame|easy|fleet|bourbon|coronation|madison|park|abbey|silk|rocky|"
    r"broad|this|that|the|my|your|our|his|her|same|next|back|dead|one|google|penny|memory|"
    r"sunset|mulholland|hard|usb|flash|pen|disk|tape|zip|thumb)\s"
    r"(?:street|avenue|road|lane|boulevard|drive|crescent)$"
)

# Lower case needs the plainest form: a number, one or two words that are no small words, a street.
_LOWER = compiled(
    rf"(?i)\b[0-9]{{1,5}}[a-h]?\s([\pL'-]{{3,}})(?:\s([\pL'-]{{3,}}))?\s{_LOWER_STREET}(?:\s|[.,!?]|$)"
)
_SMALL_WORDS = compiled(
    r"(?i)\s(?:the|down|from|across|off|along|over|this|that|same|side|more|other|another|different|"
    r"blocks?|miles?|km|minutes?|mins?|hours?|hrs?|days?|years?|times?|people|guys|cars?|men|women|"
    r"kids|way|new|old|and|for|out|into|onto|hard|disk|flash|usb|zip|tape|per|each|every|"
    r"houses?|shops?|feet|foot|yards?|meters?|metres?|lanes?|long|test|who|with|your|our|his|her|"
    r"their|its|any|some|all|are|was|were|will|can|could|would|percent|dead|end|way|dirt|busy|"
    r"first|second|third|to|per|gb|tb|mb)\s"
)

# After these words a place may be written in any form that has a number and a name.
_CUE = compiled(
    r"(?i)(?:\baddress(?:es)?(?:\sto)?(?:\sthe\ssame)?(?:\sis)?|\bliv(?:e|es|ed|ing)\s(?:at|in|on)|"
    r"\bmov(?:e|ed|ing)\sto|\bstay(?:s|ed|ing)?\sat|\blocated\s(?:at|on|in)|\bmeet\b[^\n.!?]{0,40}?\s"
    r"(?:at|in)|\b(?:house|home|office|offices|restaurant|flat|apartment|clinic|shop|place|party|he|"
    r"she|it)\s(?:is|are|'s)\s(?:at|on|in)|\barrived\sat|\bdeliver(?:ed)?\sto|\bs(?:end|ent|hip|hipped)"
    r"\b[^\n.!?]{0,30}?\sto|\b(?:taxi|cab|uber|ride|come|drive)\sto|\bdrops?\syou\soff\sat|"
    r"\benter\son|\brefers\sto|\bwohn(?:e|t|en)\sin(?:\sder)?|\bviv(?:e|o)\sen(?:\sla)?|\bhabite\s(?:au|à)|"
    r"\bmeeting\b[^\n.!?]{0,30}?\s(?:at|in)|\bmy\splace\sis|\bhere\sthey\sare|\bit\sis|\bit's\sin|\buser)"
    r"[\s:,>?\x{2013}-]{1,8}"
)
_LOOSE = compiled(
    rf"^(?:[0-9]{{1,6}}[,\s]+){{0,2}}(?:{_LINKS}{{0,2}}{_NAME}[,\s]+(?:and\s|&\s)?){{1,5}}"
    r"[0-9]{2,5}[a-hA-H]?(?:[\s.,!?;:]|$)"
    rf"|^[0-9]{{1,6}}[,\s]+[0-9]{{1,5}}\s(?:{_LINKS}{{0,2}}{_NAME}[\s.,!?;:]?){{1,4}}"
)
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
_DIGIT: Final = re.compile("[0-9]")
_WITHOUT_NUMBER: Final = (
    "Street",
    "Avenue",
    "Road",
    "Lane",
    "Boulevard",
    "Drive",
    "Crescent",
    "corner of",
)


def addresses(text: str) -> Iterator[Span]:
    """Street addresses, post boxes and postcodes; overlapping parts of one come as one."""
    number = _DIGIT.search(text) is not None
    if not number and not any(word in text for word in _WITHOUT_NUMBER):
        return
    found: list[Span] = []
    for pattern in _SURE if number else _SURE[-3:]:
        found += (
            span for span in spans(pattern, text) if not found_in(_FAMOUS, text[slice(*span)])
        )
    if number:
        found += _lower(text)
        found += _after_cues(text)
    end = -1
    for start, last in sorted(found):
        if start >= end:
            yield start, last
        end = max(end, last)


def _lower(text: str) -> Iterator[Span]:
    for start, end in spans(_LOWER, text):
        if not found_in(_SMALL_WORDS, text[start:end].replace(" ", "  ")):
            yield start, end


def _after_cues(text: str) -> Iterator[Span]:
    for _, place in spans(_CUE, text):
        for start, end in spans(_LOOSE, text[place : place + 90], 1):
            written = text[place + start : place + end]
            if _NO_PLACE.isdisjoint(written.lower().replace(",", " ").split()):
                yield place + start, place + end
