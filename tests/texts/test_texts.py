"""The engine: keys and gaps become sentences, and nothing a person wrote is taken for ours."""

from __future__ import annotations

import logging
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Account, Group, MessageRef, Room
from bot.reply import Text, Value
from bot.texts import FOLDER, Texts, TextsError, clean, day, default_texts

TEXTS = default_texts()
ROOM = Room(Group("sandbox", "g"), "secret-room")

MINIMAL = "missing-text = No words\n"


def say(key: str, language: str = "en", **args: Value) -> str:
    return TEXTS.say(Text(key, args), language)


def with_files(folder: Path, **files: str) -> Texts:
    for name, content in {"en": MINIMAL, **files}.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "some.ftl").write_text(content, encoding="utf-8")
    return Texts.load(folder=folder)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=1, hours=2), "1 day and 2 hours"),
        (timedelta(days=1, hours=2, minutes=3), "1 day and 2 hours"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(), "0 seconds"),
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(days=1000), "1,000 days"),
    ],
)
def test_a_duration_in_words(duration: timedelta, words: str) -> None:
    assert say("bad-duration-too-long", longest=duration).endswith(f"is {words}.")


def test_a_moment_a_day_and_numbers() -> None:
    moment = datetime(2026, 5, 3, 16, 30, 59, tzinfo=timezone(timedelta(hours=2)))
    assert say("rules-section", text=moment) == "14:30 UTC on 3 May 2026"
    assert say("rules-section", text=day(date(2026, 12, 24))) == "24 December 2026"
    assert say("rules-section", text=12_000) == "12,000"
    assert say("rules-section", text=True) == "yes"


def test_what_points_to_somebody_is_never_shown_as_it_is() -> None:
    for value in (Account("sandbox", "secret"), ROOM, MessageRef(ROOM, "secret")):
        assert "secret" not in say("rules-section", text=value)


def test_an_adapter_shows_values_its_own_way() -> None:
    def show(value: Value) -> str | None:
        if isinstance(value, Room):
            return "#circle"
        return value.replace("*", "\\*") if isinstance(value, str) else None

    nested = Text("rules-section", {"text": ROOM})
    assert TEXTS.say(nested, "en", show) == "#circle"
    assert TEXTS.say(Text("rules-section", {"text": nested}), "en", show) == "#circle"
    assert TEXTS.say(Text("rules-section", {"text": "a*b"}), "en", show) == "a\\*b"
    # Ours is left alone, and a value that selects a form is compared as it is.
    assert "not allowed" in TEXTS.say(Text("platform-failed", {"why": "forbidden"}), "en", show)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_persons_words_come_out_as_they_went_in(words: str) -> None:
    assert say("rules-section", text=words) == clean(words)


@pytest.mark.parametrize(
    "words",
    [
        '{ $text } { button-join } {-term} {"x"}',
        "\n.attr = x\nmissing-text = y",
        "x" * 30_000,
        "\\u0041 \\1 \\g<0> %s {0}",
        "a\x000\x00b",
        "\x000\x00",
    ],
)
def test_hostile_words_are_only_words(words: str) -> None:
    assert say("rules-section", text=words) == clean(words)


def test_marks_that_reorder_text_are_dropped() -> None:
    assert say("rules-section", text="a\u202eb\u2066c\x1b[31m\r\nd") == "abc[31m\nd"
    # Joiners that scripts and emoji need stay.
    assert say("rules-section", text="\u0646\u200c\u062e") == "\u0646\u200c\u062e"


def test_a_missing_key_is_one_neutral_sentence(caplog: pytest.LogCaptureFixture) -> None:
    texts = Texts.load()
    with caplog.at_level(logging.WARNING):
        said = texts.say(Text("no-such-key", {"words": "Zephyrine"}), "en")

    assert said == texts.say(Text("missing-text"), "en")
    assert texts.missing == {"no-such-key": 1}
    assert "Zephyrine" not in caplog.text


def test_an_empty_gap_is_counted_and_never_raises() -> None:
    texts = Texts.load()
    assert "too long" in texts.say(Text("too-long", {"limit": 5}), "en")
    assert texts.incomplete == {"too-long": 1}


def test_a_text_that_holds_itself_ends() -> None:
    text = Text("rules-section", {"text": "x"})
    for _ in range(50):
        text = Text("rules-section", {"text": text})
    assert TEXTS.say(text, "en")


def test_languages_fall_back(tmp_path: Path) -> None:
    texts = with_files(
        tmp_path,
        **{
            "en": f"{MINIMAL}a = A\nb = B\nc = C {{ b }}\n",
            "pt": "a = pt\nb = pt\n",
            "pt-BR": "a = br\n",
        },
    )
    said = {
        language: [texts.say(Text(key), language) for key in "abc"]
        for language in ("en-GB", "xx", "", "../..", "pt", "pt-PT", "pt_br", "PT-BR")
    }
    english, portuguese, brazilian = ["A", "B", "C B"], ["pt", "pt", "C pt"], ["br", "pt", "C pt"]
    assert said == {
        "en-GB": english,
        "xx": english,
        "": english,
        "../..": english,
        "pt": portuguese,
        "pt-PT": portuguese,
        "pt_br": brazilian,
        "PT-BR": brazilian,
    }
    assert set(texts.languages) == {"en", "pt", "pt-BR"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{MINIMAL}a = x\na = y\n", "en/some.ftl, line 3: a is already in en/some.ftl"),
        (f"{MINIMAL}a = {{ $x\n", "en/some.ftl, line 2: cannot be read"),
        ("a = x\n", "missing or not whole"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(TextsError, match=told):
        with_files(tmp_path, en=content)


def test_a_key_in_two_files_and_text_that_is_not_utf8(tmp_path: Path) -> None:
    with_files(tmp_path)
    (tmp_path / "en" / "other.ftl").write_bytes(b"x = \xff\n")
    with pytest.raises(TextsError, match=r"other\.ftl: is not UTF-8"):
        Texts.load(folder=tmp_path)
    (tmp_path / "en" / "other.ftl").write_text(MINIMAL)
    with pytest.raises(TextsError, match="already in"):
        Texts.load(folder=tmp_path)
    with pytest.raises(TextsError, match="no texts in: de"):
        Texts.load(["de"])


def test_a_text_is_said_in_no_time() -> None:
    texts = [
        Text("bug", {"number": "9f86d081"}),
        Text("too-long", {"name": Text("button-join"), "limit": 4000, "length": 12_000}),
        Text("bad-duration-too-long", {"longest": timedelta(days=1, hours=2)}),
        Text("join-start"),
    ]
    best = min(_seconds(texts) for _ in range(5)) / (200 * len(texts))
    assert best < 50e-6


def _seconds(texts: list[Text]) -> float:
    start = time.process_time()
    for _ in range(200):
        for text in texts:
            TEXTS.say(text, "en")
    return time.process_time() - start


def test_every_language_folder_has_only_what_is_read() -> None:
    for path in FOLDER.iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert {file.suffix for file in path.iterdir()} <= {".ftl", ".md"}
