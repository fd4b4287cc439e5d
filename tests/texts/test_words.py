"""Every text, with sample values, is short and plain and promises nothing it cannot keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from bot.reply import Text, Value
from bot.texts import FOLDER, default_texts
from bot.texts.pack import GroundRules, Section
from tests.texts import keys, reading

TEXTS = default_texts()
FILES = sorted((FOLDER / "en").glob("*.ftl"))
PACK = GroundRules.default()

MOST_WORDS = 60
MOST_IN_SENTENCE = 20
LONGEST_BUTTON = 25
MOST_BUTTONS = 5
HARDEST = 6.0

FORBIDDEN = (
    "patient", "patients", "symptom", "symptoms", "condition", "conditions", "sufferer", "victim",
    "disorder", "commit suicide", "committed suicide", "please be advised", "user", "users",
    "server owner", "abuse", "violation", "the button below", "click",
)  # fmt: skip
PROMISES = (
    "someone will come", "someone will be there", "will be here soon", "help is on its way",
    "help is coming", "we will always", "i will always", "completely safe", "totally safe",
    "fully private", "completely private", "fully anonymous", "completely anonymous",
    "nobody can ever", "guarantee", "erased everywhere", "deleted everywhere", "gone forever",
    "gone for good", "hipaa",
)  # fmt: skip
# Fixed names that people have to type or find as they stand.
CAPITALS = {"UTC", "UTF", "OK", "A", "I"}

SAMPLES: dict[str, Value] = {
    "essentials": PACK.section(Section.ESSENTIALS),
    "text": "These are words of the group itself.",
    "words": "These are words of the group itself.",
    "name": "Night Line",
    "contact": "0800 123",
    "hours": "all day",
    "checked": Text("day", {"day": "3", "month": 5, "year": "2026"}),
    "at": datetime(2026, 5, 3, 14, 30, tzinfo=UTC),
    "due": datetime(2026, 5, 3, 14, 30, tzinfo=UTC),
    "until": datetime(2026, 5, 3, 14, 30, tzinfo=UTC),
    "longest": timedelta(days=13),
    "shortest": timedelta(minutes=5),
    "lifetime": timedelta(hours=12),
    "first": "1 day",
    "second": "2 hours",
    "time": "14:30",
    "count": 3,
    "section": "Limits",
    "hash": "9f86d081",
    "choices": "on, off",
    "why": "forbidden",
}
NUMBERS = (
    "version", "page", "pages", "limit", "length", "least", "most", "position", "month", "minutes",
    "number",
)  # fmt: skip


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def entries() -> list[tuple[str, frozenset[str], Path]]:
    found = []
    for path in FILES:
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{path.name}: {entry.content}"
            if isinstance(entry, ast.Message):
                seen = _Variables()
                seen.visit(entry)
                found.append((entry.id.name, frozenset(seen.names), path))
    return found


ENTRIES = entries()
KEYS = [key for key, _, _ in ENTRIES]
NAMES = {key: names for key, names, _ in ENTRIES}
BUTTONS = [key for key in KEYS if key.startswith("button-") and key != "button-too-old"]


def sample(key: str, count: int = 3) -> str:
    args: dict[str, Value] = {
        name: SAMPLES.get(name, count if name in NUMBERS else "this") for name in NAMES[key]
    }
    if "count" in args:
        args["count"] = count
    return TEXTS.say(Text(key, args), "en")


def test_a_text_is_short_and_plain() -> None:
    wrong = {key: faults for key in KEYS if (faults := list(_faults(key)))}
    assert len(KEYS) > 500
    assert wrong == {}


def _faults(key: str) -> Iterator[str]:
    text = sample(key)
    lowered = f" {' '.join(reading.words(text.lower()))} "

    if TEXTS.incomplete[key]:
        yield "a gap stayed empty"
    # What a person's own words add to a card is theirs; the rules' essentials are on one card.
    if len(reading.words(text)) > MOST_WORDS:
        yield "too long"
    for sentence in reading.sentences(text):
        if len(reading.words(sentence)) > MOST_IN_SENTENCE:
            yield f"too long a sentence: {sentence}"
    for phrase in FORBIDDEN + PROMISES:
        if f" {phrase} " in lowered:
            yield phrase
    if "!" in text:
        yield "an exclamation mark"
    if re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]", text):
        yield "an emoji"
    loud = {word for word in reading.words(text) if word.isupper() and word.isalpha()}
    if loud - CAPITALS:
        yield f"capitals: {loud - CAPITALS}"
    if re.search(r"[*_`~|<>\\]|\[.*\]\(", text):
        yield "markup"


def test_a_button_is_short() -> None:
    assert BUTTONS
    for key in BUTTONS:
        assert len(sample(key)) <= LONGEST_BUTTON, key
        assert not NAMES[key], key


def test_a_lock_screen_line_is_the_same_for_everything() -> None:
    lines = [key for key in KEYS if key.startswith("lock-")]
    assert lines
    for key in lines:
        assert not NAMES[key], key
        assert len(reading.words(sample(key))) <= 12, key


def test_the_limits_card_names_what_cannot_be_promised() -> None:
    text = sample("join-limits")
    for word in ("life", "danger", "child", "risk", "court", "server", "runs this bot", "copy"):
        assert word in text


@pytest.mark.parametrize("key", ["join-start", "join-first", "rules-withdrawn"])
def test_help_now_has_one_name(key: str) -> None:
    assert sample("button-help-now") == "Help now"
    assert "Help now" in sample(key)


def test_the_pack_is_plain() -> None:
    for section in Section:
        for sentence in reading.sentences(PACK.section(section)):
            assert len(reading.words(sentence)) <= MOST_IN_SENTENCE, sentence
    lowered = " ".join(reading.words(PACK.text.lower()))
    for phrase in FORBIDDEN + PROMISES:
        assert f" {phrase} " not in lowered
    assert "!" not in PACK.text


def test_everything_joined_is_easy_to_read() -> None:
    everything = "\n".join([*map(sample, KEYS), PACK.text])
    assert reading.grade(everything) <= HARDEST
    assert reading.grade(PACK.text) <= HARDEST


def test_the_counter_of_syllables() -> None:
    counts = {"help": 1, "moderator": 4, "people": 2, "like": 1, "pressed": 1, "wanted": 2}
    assert {word: reading.syllables(word) for word in counts} == counts


# Said by the texts themselves, or by the engine.
WITHIN = ("missing-text", "not-allowed", "moment", "day", "duration-.*", "shown-.*", "yes", "no")


@pytest.mark.slow
def test_no_key_is_missing() -> None:
    missing = {
        pattern.replace("\\", ""): place
        for pattern, place in keys.used().items()
        if not any(re.fullmatch(pattern, key) for key in KEYS)
    }
    assert not missing


def test_every_gap_is_filled() -> None:
    empty = [
        f"{place}: {key} needs {', '.join(sorted(NAMES[key] - names))}"
        for key, names, place in keys.given()
        if NAMES.get(key, frozenset()) - names
    ]
    assert not empty


@pytest.mark.slow
def test_no_key_is_left_over() -> None:
    # A key that begins with a gap could be any key, so it says nothing about what is used.
    used = (pattern for pattern in keys.used() if not pattern.startswith("["))
    said = [*used, *map(re.escape, keys.words_in_source()), *WITHIN]
    matches = re.compile("|".join(f"(?:{pattern})" for pattern in said))
    assert [key for key in KEYS if not matches.fullmatch(key)] == []


def test_no_card_has_more_than_five_buttons() -> None:
    import ast as python

    seen = 0
    for path, module in keys.sources("buttons="):
        for node in python.walk(module):
            if isinstance(node, python.keyword) and node.arg == "buttons":
                seen += 1
                count = sum(isinstance(inner, python.Call) for inner in python.walk(node.value))
                assert count <= MOST_BUTTONS, f"{path}:{node.value.lineno}"
    assert seen > 20
