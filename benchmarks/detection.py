"""Looking for keywords in a message, by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from benchmarks import talk
from benchmarks.results import Line, Options, compared
from bot.detection import Keywords

KEYWORDS = 1_000


def run(options: Options) -> Iterator[Line]:
    """The automaton against what one would write first: all words joined in one pattern."""
    phrases = talk.keywords(KEYWORDS)
    keywords = Keywords(phrases)
    joined = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)
    ours, peers = [], []
    for turn in range(options.repeat):
        # The pattern is slow, so it gets fewer messages, and both get some of the same.
        texts = talk.messages(options.size(4_000, 100), seed=turn)
        ours.append(_timed(keywords.hits, texts))
        peers.append(_timed(joined.search, texts[: options.size(200, 10)]))
    yield compared("detection", "us/message", ours, "re, all keywords joined", peers)


def _timed(look: Callable[[str], object], texts: Sequence[str]) -> float:
    began = time.process_time()
    for text in texts:
        assert not look(text)
    return (time.process_time() - began) / len(texts) * 1e6
