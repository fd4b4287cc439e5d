"""Texts that are made to break or to hold up whoever reads them. 32,000 characters each."""

from __future__ import annotations

import base64
from random import Random
from typing import Final

LENGTH: Final = 32_000
_CHANCE: Final = Random(5)


def _filled(piece: str) -> str:
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH]


HOSTILE: Final[dict[str, str]] = {
    name: _filled(piece)
    for name, piece in {
        "one letter": "a",
        "spaced letters": "a ",
        "leet of one sign": "@",
        "every sign": "@4$5!1|+7([{<^&#*%?0368",
        "signs and letters": "p@$$w0rd h3ll0 ",
        "nearly a keyword": "p@$$w0r ",
        "signs with no end": "a1b!c|d(e[f{g<h^i&j#k*l%m?n",
        "words with signs far apart": "x1y and and and and and and and ",
        "marks": "a" + "\u0301\u0316" * 50,
        "marks only": "\u0301",
        "letters with a thousand marks": "a" + "\u0336" * 1_000,
        "unseen": "\u200b",
        "unseen between letters": "a\u200b",
        "tags": "\U000e0061",
        "backwards": "\u202eabc\u202c",
        "backwards without an end": "\u202e",
        "lines": "\n",
        "lines and letters": "a\n",
        "spaces and lines": " \n .",
        "one character is eighteen": "\ufdfa",
        "squared letters": "\U0001f170",
        "alike": "\u0430\u0441\u0435",
        "markup": "**__~~||``",
        "split by markup": "pass**word**",
        "digits": "1234567890",
        "numbers": "+49 170 555 ",
        "mail": "a@",
        "mail and dots": "a.b@c.",
        "addresses": "1 Main Street, ",
        "links": "http://",
        "brackets": "(((",
        "drawn of several": "|-|_|/\\()",
        "half a pair": "\ud800",
        "nothing": "\x00",
        "emoji": "\U0001f468\u200d\U0001f469\u200d",
        "chinese": "\u6211\u60f3\u53bb\u533b\u9662",
        "crisis": "i want to kill my ",
        "crisis denied": "i do not not not want to ",
        "dashes": "a-a-",
        "triples": "aaab",
        "phrase of one word": "anna ",
    }.items()
} | {
    "chance": "".join(chr(_CHANCE.choice((_CHANCE.randrange(0x250), _CHANCE.randrange(0xD800))))
                      for _ in range(LENGTH)),
    "base64": base64.b64encode(_CHANCE.randbytes(LENGTH)).decode()[:LENGTH],
}  # fmt: skip
