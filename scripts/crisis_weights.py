"""Make bot/detection/data/crisis_weights.tsv: what each sign of danger weighs.

    python scripts/crisis_weights.py [--development FOLDER] [--held-out]

A logistic regression with an L2 penalty over the signs of `bot.detection.crisis_weighing`, learned
from the texts in tests/detection/evaluation and, if given, from the rows of a development set,
which are read and never copied. A text counts as told by its heaviest two sentences, so these are
chosen anew after each round. The same texts give the same weights. `--held-out` writes nothing: it
tells how each kind of text fares that the weights were not learned from, a quarter at a time.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from bot.detection import crisis_weighing as weighing

REPOSITORY: Final = Path(__file__).parents[1]
TABLE: Final = REPOSITORY / "bot" / "detection" / "data" / "crisis_weights.tsv"
WRITTEN: Final = (
    "crisis_voices",
    "crisis_written",
    "crisis_forum",
    "crisis_batches",
    "clean_written",
)
DEVELOPMENT: Final = ("crisis_rallypoint", "clean_chat", "clean_idioms", "evasion_tables")
ROUNDS: Final = 3
STEPS: Final = 90
PENALTY: Final = 5.0
RARE: Final = 2
"""Texts that a sign must be in."""
SLIGHT: Final = 0.06
"""Weights below this are left out of the table."""


class Text(NamedTuple):
    source: str
    group: str
    """Whose voice, or which handful of lines: held out as a whole."""
    plain: str
    crisis: bool


def main(arguments: list[str]) -> None:
    texts = list(_texts(arguments))
    if "--held-out" in arguments:
        _held_out(texts)
        return
    weights = _learned(texts)
    lines = [f"{sign}\t{weight:.2f}" for sign, weight in sorted(weights.items())]
    head = "# What a sign weighs in natural logarithms of odds; scripts/crisis_weights.py made it."
    TABLE.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    print(f"{len(weights)} signs from {len(texts)} texts")


def _texts(arguments: list[str]) -> list[Text]:
    folder = REPOSITORY / "tests" / "detection" / "evaluation"
    sources = [folder / f"{name}.jsonl" for name in WRITTEN]
    if "--development" in arguments:
        development = Path(arguments[arguments.index("--development") + 1])
        sources += [development / f"{name}.jsonl" for name in DEVELOPMENT]
    seen: dict[str, Text] = {}
    for source in sources:
        for number, line in enumerate(source.read_text("utf-8").splitlines()):
            row = json.loads(line)
            crisis = "CRISIS" in row["kinds"]
            if row["kinds"] and not crisis:
                continue
            group = f"{source.stem} {row.get('voice', number // 10)}"
            text = Text(source.stem, group, weighing.plain(row["text"]), crisis)
            seen.setdefault(text.plain, text)
    ordinary = REPOSITORY / "bot" / "services" / "leaks" / "ordinary.txt"
    for number, line in enumerate(ordinary.read_text("utf-8").splitlines()):
        text = Text("ordinary", f"ordinary {number // 10}", weighing.plain(line), crisis=False)
        seen.setdefault(text.plain, text)
    return list(seen.values())


def _learned(texts: list[Text]) -> dict[str, float]:
    read = [
        (text.crisis, [found for found, _ in weighing.windows(text.plain, everywhere=True)])
        for text in texts
    ]
    often = Counter(sign for _, windows in read for sign in set().union(*windows))
    # The words of the development set are other people's.
    ours = {sign for text in texts if text.source not in DEVELOPMENT for sign in _signs(text)}
    common = sorted(sign for sign, times in often.items() if times >= RARE and sign in ours)
    number = {sign: at for at, sign in enumerate(common)}
    bias = len(number)
    rows = [
        (crisis, [[bias, *sorted(number[s] for s in signs if s in number)] for signs in windows])
        for crisis, windows in read
    ]
    weights = [0.0] * (bias + 1)
    for turn in range(ROUNDS):
        chosen = []
        for crisis, windows in rows:
            if not crisis:
                chosen += [(0, 1.0, window) for window in windows]
            elif turn == 0:
                chosen += [(1, 1 / len(windows), window) for window in windows]
            else:
                chosen.append((1, 1.0, max(windows, key=lambda w: sum(weights[at] for at in w))))
        weights = _fitted(chosen, weights)
    kept = {sign: weights[at] for sign, at in number.items() if abs(weights[at]) >= SLIGHT}
    return {weighing.BIAS: weights[bias], **kept}


def _signs(text: Text) -> set[str]:
    return set().union(*(found for found, _ in weighing.windows(text.plain, everywhere=True)))


def _fitted(rows: list[tuple[int, float, list[int]]], weights: list[float]) -> list[float]:
    """Rprop without backtracking (Riedmiller and Braun 1993): each weight has a step of its own."""
    weights = list(weights)
    steps = [0.1] * len(weights)
    last = [0.0] * len(weights)
    for _ in range(STEPS):
        slope = [PENALTY * weight for weight in weights]
        slope[-1] = 0.0
        for crisis, share, window in rows:
            weighed = sum([weights[at] for at in window])
            error = share * (1 / (1 + math.exp(-max(-30.0, min(30.0, weighed)))) - crisis)
            for at in window:
                slope[at] += error
        for at, value in enumerate(slope):
            if value * last[at] > 0:
                steps[at] = min(1.0, steps[at] * 1.2)
            elif value * last[at] < 0:
                steps[at] *= 0.5
                last[at] = 0.0
                continue
            weights[at] -= math.copysign(steps[at], value) if value else 0.0
            last[at] = value
    return weights


def _held_out(texts: list[Text]) -> None:
    groups = sorted({text.group for text in texts})
    told: Counter[tuple[str, bool, bool]] = Counter()
    for part in range(4):
        out = {group for at, group in enumerate(groups) if at % 4 == part}
        weights = _learned([text for text in texts if text.group not in out])
        for text in texts:
            if text.group in out:
                found = weighing.weighed(text.plain, weights) is not None
                told[text.source, text.crisis, found] += 1
    for source in dict.fromkeys(text.source for text in texts):
        right, missed = told[source, True, True], told[source, True, False]
        wrong, left = told[source, False, True], told[source, False, False]
        print(f"{source}: {right} of {right + missed} found, {wrong} of {wrong + left} wrongly")


if __name__ == "__main__":
    main(sys.argv[1:])
