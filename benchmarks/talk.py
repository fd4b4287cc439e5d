"""Chat as it is written, and keywords to look for in it. The same in every run."""

from __future__ import annotations

import random

_WORDS = """
the i to a and it you that of my in is for me was not be with have just so this but on as at like
do what really know think when get feel out today time if one all good day how about more would
been going had much night sleep them thanks your are they or because still some people want up
there from can will work did too things lot week home back never even now could talk anyone same
make sorry hope better help day tomorrow thing tried always right need keep trying here again hard
feeling tired little bit maybe something someone myself yes no okay did anything else after before
first bad morning doctor friend family mum sister brother group meeting last year months made went
said told calm walk tea music quiet long evening breathe proud small step glad heard
""".split()  # noqa: SIM905 (a list of strings is a page long)
_ENDINGS = (".", ".", "!", "?", "...", "", "", "")
_SIGNS = (" \N{PURPLE HEART}", " \N{SMILING FACE WITH SMILING EYES}", " \N{WHITE SMILING FACE}")
_CONTRACTIONS = ("I’m", "don’t", "it’s", "that’s", "can’t")  # noqa: RUF001 (as phones type them)
_SYLLABLES = """
bar ben cal dor el far gan hal is jor kel lin mar nor ol per quin ros sel tor ul ven wes yar zan
""".split()  # noqa: SIM905 (a list of strings is a page long)
_PLACES = ("street", "road", "school", "clinic", "hospital", "park", "office", "station")


def messages(count: int, seed: int = 1) -> list[str]:
    """What people write in a room: mostly a line, sometimes a paragraph, a third not in ASCII."""
    chance = random.Random(seed)
    return [_message(chance) for _ in range(count)]


def _message(chance: random.Random) -> str:
    length = min(max(int(chance.lognormvariate(2.3, 0.8)), 1), 150)
    # Common words are common: the square prefers the front of the list.
    words = [_WORDS[int(chance.random() ** 2 * len(_WORDS))] for _ in range(length)]
    if chance.random() < 0.25:
        words[0] = chance.choice(_CONTRACTIONS)
    text = " ".join(words)
    text = text[0].upper() + text[1:] + chance.choice(_ENDINGS)
    return text + chance.choice(_SIGNS) if chance.random() < 0.12 else text


def keywords(count: int, seed: int = 2) -> list[str]:
    """Names, names with surnames, addresses. None of them is in `messages`, as in most chat."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        first, last = _name(chance), _name(chance)
        number = chance.randrange(1, 200)
        kinds = (first + last, f"{first} {last}", f"{number} {first} {chance.choice(_PLACES)}")
        found[chance.choice(kinds)] = None
    return list(found)


async def none_too_broad(_: list[str]) -> set[str]:
    """`keywords` has no word that everybody says."""
    return set()


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3))))
