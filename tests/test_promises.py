"""docs/anonymity.md keeps to what is there: tests that exist, or words that are told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
WORDS: Final = re.sub(
    r"\s+",
    " ",
    " ".join(path.read_text() for path in (ROOT / "bot/texts/en").glob("*.ftl")),
)
BUTTON: Final = re.compile(r"\{ (button-[a-z-]+) \}")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/anonymity.md").read_text().splitlines()
    if re.match(r"\| \d", line)
]


def _label(found: re.Match[str]) -> str:
    label = re.search(rf"(?<= ){found[1]} = (.+?) (?=[a-z#])", WORDS)
    assert label, found[1]
    return label[1]


SAID: Final = BUTTON.sub(_label, WORDS)


def test_there_are_55_ways() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 56)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_way_is_shown_or_told(row: list[str]) -> None:
    _, _, done, shown, *told = row
    tests = re.findall(r"`([\w/]+\.py)::(test_\w+)`", shown)
    sentences = re.findall("“(.+?)”", " ".join(told))
    assert tests or sentences
    assert done
    for file, name in tests:
        assert re.search(rf"def {name}\(", (TESTS / file).read_text()), f"no {name} in {file}"
    for sentence in sentences:
        assert sentence in SAID
