"""Personal data and crisis: what is found in our own evaluation set, and what a message costs.

The peers are real ones, in `.venv-peers` (benchmarks/peers.txt); where it is missing, ours stand
alone. They look for the kinds that they have, without a model of a language.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import talk
from benchmarks.results import Line, Options, compared, limited, percentile, plain
from bot.detection import Keywords, Scanner
from bot.detection.crisis import find_crisis
from tests.detection.evaluation import personal
from tests.detection.evaluation.measure import Count, Row, measured, written

PEERS = ("presidio", "scrubadub", "commonregex")
PYTHON = Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
KINDS = ("PHONE", "EMAIL", "URL", "IP", "CREDIT_CARD", "IBAN", "NATIONAL_ID", "ADDRESS")
MEAN_LIMIT = 60.0
"""Microseconds a message on clean chat, with 1,000 keywords and the default detectors."""


def run(options: Options) -> Iterator[Line]:
    """Speed on clean chat first, then each kind's recall and precision."""
    scanner = Scanner(Keywords(talk.keywords(1_000)))
    means, slowest = [], []
    for turn in range(options.repeat):
        taken = [_timed(scanner, text) for text in _chat(options, turn)]
        means.append(mean(taken))
        slowest.append(percentile(taken, 0.99))
    yield limited("default detectors, 1,000 keywords, mean", "us/message", means, MEAN_LIMIT)
    yield plain("default detectors, 1,000 keywords, p99", "us/message", slowest)
    rows = [*personal.rows(seed=11, each=options.size(60, 2)), *written("pii_written")]
    clean = list(written("clean_written"))
    answers = {peer: _asked(peer, [*rows, *clean]) for peer in PEERS if PYTHON.exists()}
    for peer, (_, cost) in answers.items():
        yield compared(f"against {peer}", "us/message", means, peer, [cost] * len(means))
    ours = measured(rows, KINDS, lambda text: {each.kind.name for each in scanner.scan(text)})
    theirs = {peer: _counted(rows, kinds[: len(rows)]) for peer, (kinds, _) in answers.items()}
    for kind in KINDS:
        for measure in ("precision", "recall"):
            others = ", ".join(
                f"{peer} {getattr(counts[kind], measure):.2f}" for peer, counts in theirs.items()
            )
            yield plain(f"{kind}: {measure}", "of 1", [getattr(ours[kind], measure)], others)
    crisis = measured(
        written("crisis_written"),
        ["CRISIS"],
        lambda text: {e.kind.name for e in scanner.scan(text)},
    )["CRISIS"]
    yield plain("CRISIS: precision", "of 1", [crisis.precision])
    yield plain("CRISIS: recall", "of 1", [crisis.recall])
    idioms = [row.text for row in written("crisis_written") if row.label == "idiom"]
    yield plain("idioms left alone", "of 1", [_left_alone(map(find_crisis, idioms))])
    others = ", ".join(
        f"{peer} {_left_alone(kinds[len(rows) :]):.3f}" for peer, (kinds, _) in answers.items()
    )
    alone = _left_alone(scanner.scan(row.text) for row in clean)
    yield plain("clean lines left alone, all kinds", "of 1", [alone], others)


def _left_alone(found: Iterable[Collection[object]]) -> float:
    """The share of texts that nothing was found in."""
    return mean(not each for each in found)


def _chat(options: Options, turn: int) -> Sequence[str]:
    return talk.messages(options.size(4_000, 100), seed=turn)


def _timed(scanner: Scanner, text: str) -> float:
    began = time.process_time()
    scanner.scan(text)
    return (time.process_time() - began) * 1e6


def _asked(peer: str, rows: Sequence[Row]) -> tuple[list[set[str]], float]:
    """The kinds that a peer finds in each row, and what a message of clean chat costs it."""
    chat = list(talk.messages(200, seed=0))
    return (
        [set(kinds) for kinds in _answer(peer, [row.text for row in rows])["kinds"]],
        _answer(peer, chat)["us"],
    )


def _answer(peer: str, texts: list[str]) -> dict[str, Any]:
    script = Path(__file__).parent / "personal_peers.py"
    done = subprocess.run(
        [PYTHON, script, peer],
        input=json.dumps(texts),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _counted(rows: Sequence[Row], answers: list[set[str]]) -> dict[str, Count]:
    told = {row.text: kinds for row, kinds in zip(rows, answers, strict=True)}
    return measured(rows, KINDS, told.__getitem__)
