"""Canaries: words that stand nowhere else, and every form in which they could lie on a disk."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

NAME = "Zorblattine Quixberry"
RENAMED = "Vexillomir Thrumcap"
SENTENCE = "my sister Oggsplendid takes pills on Thursdaywise evenings"
EDITED = "never mind what Oggsplendid and Plumbagoon did"
KEYWORD = "Fizzlewhackett"
ANONYMOUS = "I have not told anybody about Snorkelgarth before"
HELPLINE = "Blimperton Lantern"
CONTACT = "0800 5550173642"
BAD = "Crumpwizzle"
TOKEN = "forgedNobblesnatchToken"
RULE = "Be kind to Dribblethwaite above all."
FILE = "scan-of-Grumblebuckle-letter.jpg"
GUARD = "12 Wobblethorpe Lane"
NOTE = "was shaken after what happened near snibbleford"
CASE = "somebody is afraid since quonkmere was spoken of"
FAULT = "Wifflesnoot said it when it broke"

WORDS = (
    *("Zorblattine", "Quixberry", "Vexillomir", "Thrumcap", "Oggsplendid", "Thursdaywise"),
    *("Plumbagoon", "Fizzlewhackett", "Snorkelgarth", "Blimperton", "5550173642", "Crumpwizzle"),
    *("Nobblesnatch", "Dribblethwaite", "Grumblebuckle", "Wifflesnoot"),
    *("Wobblethorpe", "Snibbleford", "Quonkmere"),
)
"""One word of each is enough to be unmasked by. Handles are names in small letters."""


def forms(word: str) -> Iterator[bytes]:
    """A word as it might be written down: plain, wide, and in the encodings programs like."""
    for said in dict.fromkeys((word, word.lower(), word.upper())):
        plain = said.encode()
        yield plain
        yield from (said.encode(wide) for wide in ("utf-16-le", "utf-16-be", "utf-32-le"))
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        yield quote(said, safe="").encode()
        yield json.dumps(said)[1:-1].encode()
        yield plain[::-1]
        for lead in range(3):
            # Where a word begins within three bytes changes every letter of base64; the letters
            # at both ends also hold its neighbours and are left out.
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                coded = encode(b"\0" * lead + plain)
                yield coded[-(-lead * 4 // 3) : (lead + len(plain)) * 4 // 3]


def found(data: bytes, words: Iterable[str] = WORDS) -> list[str]:
    """The canaries in some bytes."""
    return [word for word in words if any(form in data for form in forms(word))]


def in_files(folder: Path, words: Iterable[str] = WORDS) -> Mapping[str, list[str]]:
    """The canaries in the contents and the names of all files of a folder."""
    words = tuple(words)
    held = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        data = path.read_bytes() if path.is_file() else b""
        if seen := found(name.encode() + b"\0" + data, words):
            held[name] = seen
    return held
