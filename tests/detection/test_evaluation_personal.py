"""Personal data and crisis measured on texts of our own; the floors lie a little under what was
reached. How the texts came about: evaluation/SOURCES.md; what the figures mean: docs/detection.md.
"""

from __future__ import annotations

import pytest

from bot.detection import Scanner, Severity
from bot.detection.crisis import find_crisis
from tests.detection.evaluation import personal
from tests.detection.evaluation.measure import Count, measured, written

pytestmark = pytest.mark.slow

FLOORS = {
    "PHONE": 0.98,
    "EMAIL": 0.99,
    "URL": 0.99,
    "IP": 0.99,
    "CREDIT_CARD": 0.98,
    "IBAN": 0.99,
    "NATIONAL_ID": 0.98,
    "ADDRESS": 0.97,
}
SCANNER = Scanner()


def kinds_in(text: str) -> set[str]:
    return {finding.kind.name for finding in SCANNER.scan(text)}


@pytest.fixture(scope="module")
def personal_counts() -> dict[str, Count]:
    texts = [*personal.rows(seed=7, each=60), *written("pii_written")]
    return measured(texts, FLOORS, kinds_in)


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_personal_data_is_found(personal_counts: dict[str, Count], kind: str, floor: float) -> None:
    count = personal_counts[kind]
    assert count.right > 50
    assert count.recall >= floor, count
    assert count.precision >= floor, count


def test_chat_without_anything_raises_nothing() -> None:
    rows = list(written("clean_written"))
    assert len(rows) > 100
    assert [row.text for row in rows if kinds_in(row.text)] == []


def test_crisis_is_found_and_idiom_is_not() -> None:
    count = measured(written("crisis_written"), ["CRISIS"], kinds_in)["CRISIS"]
    assert count.right > 100
    assert count.recall >= 0.93, count
    assert count.precision >= 0.97, count


def test_forum_texts_say_it_sideways() -> None:
    count = measured(written("crisis_forum"), ["CRISIS"], kinds_in)["CRISIS"]
    assert count.recall >= 0.47, count
    assert count.precision >= 0.91, count


def test_posts_by_people_who_did_not_know_the_rules() -> None:
    count = measured(written("crisis_batches"), ["CRISIS"], kinds_in)["CRISIS"]
    assert count.right > 200
    assert count.recall >= 0.47, count
    assert count.precision >= 0.88, count


@pytest.mark.parametrize(("label", "share"), [("high", 0.93), ("low", 0.93), ("past", 0.81)])
def test_how_bad_it_is_is_told(label: str, share: float) -> None:
    rows = [row for row in written("crisis_written") if row.label == label]
    told = [_told(row.text) for row in rows]
    assert told.count(label) >= share * len(rows)


def _told(text: str) -> str:
    findings = find_crisis(text)
    if all(finding.past for finding in findings):
        return "past" if findings else "nothing"
    return "high" if any(each.severity is Severity.HIGH for each in findings) else "low"
